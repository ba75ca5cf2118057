/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch.h"
#include "duration.h"
#include "own_calls.h"
#include "phases.h"
#include "window.h"

struct capdl_image_header header;

static struct fake *fake;
static jmp_buf end;
static uint64_t window_slot;
static bool configured;

/* The image, and what the kernel puts behind it. */
static struct memory {
    uint8_t blob[4 * CAPDL_PAGE_SIZE];
    uint8_t pages[FAKE_PAGES * CAPDL_PAGE_SIZE];
    uint64_t scratch[CAPDL_PAGE_SIZE / 8];
    struct ipc_buffer ipc_buffer;
    uint8_t rest[CAPDL_PAGE_SIZE - sizeof(struct ipc_buffer)];
    uint8_t bootinfo[CAPDL_PAGE_SIZE];
    uint8_t extra[sizeof(((struct fake *)0)->extra)];
} memory __attribute__((aligned(CAPDL_PAGE_SIZE)));

static void write_log(const char *format, ...)
{
    size_t length = strlen(fake->log);
    va_list arguments;
    va_start(arguments, format);
    length += (size_t)vsnprintf(fake->log + length, sizeof(fake->log) - length, format, arguments);
    va_end(arguments);
    if (length >= sizeof(fake->log)) {
        abort();
    }
}

/* ---- arch.h ---- */

void arch_configure(uint64_t flags)
{
    (void)flags;
    configured = true;
}

static word console_char(char c)
{
    size_t length = strlen(fake->console);
    if (length == 0) {
        fake->calls_when_said = header.num_calls;
    }
    if (length + 1 < sizeof(fake->console)) {
        fake->console[length] = c;
    }
    return 0;
}

word arch_call(int64_t number, word target, word info, const word registers[MESSAGE_REGISTERS])
{
    unsigned words = info & 127, caps = info >> 7 & 3, label = (unsigned)(info >> 12);
    if (!configured) {
        abort();
    }
    if (number == FAKE_PUTCHAR || number == FAKE_OTHER_PUTCHAR) {
        fake->putchar = number;
        return console_char((char)target);
    }
    if (number != FAKE_CALL) {
        abort();
    }
    write_log("%u %#lx (", label, (unsigned long)target);
    for (unsigned i = 0; i < caps; i++) {
        write_log("%s%#lx", i ? " " : "", (unsigned long)memory.ipc_buffer.caps[i]);
    }
    write_log(")");
    for (unsigned i = 0; i < words; i++) {
        write_log(" %#lx", (unsigned long)(i < 4 ? registers[i] : memory.ipc_buffer.words[i]));
    }
    write_log("\n");
    if (label == FAKE_MAP && memory.ipc_buffer.caps[0] == CAPDL_INITIAL_VSPACE) {
        window_slot = target - self.first[CAPDL_REF_SLOT];
    }
    if (++fake->calls == fake->refuse || (fake->refuse_rest && fake->calls > fake->refuse)) {
        return (word)fake->error << 12;
    }
    return 0;
}

const word *arch_complete(const struct capdl_call *call, const word *words)
{
    return convert_duration(call, words);
}

void arch_copy(void *to, const void *from, uint64_t bytes)
{
    memcpy(to, from, bytes);
}

void arch_code_written(void)
{
    fake->code_written = true;
}

void arch_stop(void)
{
    fake->stopped = true;
    longjmp(end, 1);
}

/* ---- window.h ---- */

uint64_t window_page(void)
{
    return header.image_start + 57 * CAPDL_PAGE_SIZE;
}

void window_open(void)
{
    call_start(CAPDL_BOOT_PAGE_UNMAP, CAPDL_OPERAND_LITERAL, 77);
    call_make();
}

uint64_t window_address(uint64_t size_bits)
{
    return UINT64_C(1) << size_bits;
}

uint8_t *window_bytes(uint64_t address)
{
    (void)address;
    return fake->frames[window_slot];
}

/* ---- Boot ---- */

static void write_bootinfo(void)
{
    struct bootinfo *b = (struct bootinfo *)memory.bootinfo;
    struct slot_region *sched_control = (struct slot_region *)(memory.bootinfo + FAKE_SCHEDCONTROL_OFFSET);
    struct slot_region *untyped = (struct slot_region *)(memory.bootinfo + FAKE_UNTYPED_OFFSET);
    b->extra_len = fake->extra_size;
    memcpy(memory.extra, fake->extra, sizeof(memory.extra));
    b->ipc_buffer = (word)(uintptr_t)&memory.ipc_buffer;
    b->empty = (struct slot_region){100, 100 + fake->empty_slots};
    b->image_frames = (struct slot_region){20, 20 + offsetof(struct memory, ipc_buffer) / CAPDL_PAGE_SIZE};
    b->cnode_bits = 12;
    b->num_iopt_levels = fake->iopt_levels;
    *sched_control = (struct slot_region){16, 16 + fake->cores};
    *untyped = (struct slot_region){100 - fake->num_untypeds, 100}; /* made last */
    struct untyped_desc *list = (struct untyped_desc *)(untyped + 1);
    for (uint64_t i = 0; i < fake->num_untypeds; i++) {
        list[i] = (struct untyped_desc){.address = (word)fake->untypeds[i].address,
                                        .size_bits = fake->untypeds[i].size_bits,
                                        .is_device = fake->untypeds[i].is_device};
    }
}

static void write_header(void)
{
    header = (struct capdl_image_header){
        .magic = CAPDL_IMAGE_MAGIC,
        .version = CAPDL_BLOB_VERSION,
        .arch = CAPDL_ARCH_RISCV,
        .image_start = (uintptr_t)&memory,
        .blob_start = (uintptr_t)memory.blob,
        .blob_size = fake->blob_size,
        .pages_start = (uintptr_t)memory.pages,
        .num_pages = fake->num_pages,
        .scratch_start = (uintptr_t)memory.scratch,
        .scratch_size = sizeof(memory.scratch),
        .image_end = (uintptr_t)&memory.ipc_buffer,
        .object = UINT64_MAX,
        .digest = CAPDL_DIGEST_START,
    };
}

void fake_boot(struct fake *f)
{
    fake = f;
    configured = false;
    memset(fake->log, 0, sizeof(fake->log));
    memset(fake->console, 0, sizeof(fake->console));
    memset(fake->frames, 0, sizeof(fake->frames));
    memset(&memory, 0, sizeof(memory));
    memcpy(memory.blob, fake->blob, fake->blob_size);
    for (uint64_t page = 0; page < fake->num_pages; page++) {
        memset(memory.pages + page * CAPDL_PAGE_SIZE, (int)page + 1, CAPDL_PAGE_SIZE);
    }
    write_bootinfo();
    write_header();
    if (fake->tamper) {
        fake->tamper();
    }
    self = (struct initialiser){.slot = UINT64_MAX};
    fake->stopped = false;
    fake->calls = 0;
    if (!setjmp(end)) {
        initialise((const struct bootinfo *)memory.bootinfo);
    }
}
