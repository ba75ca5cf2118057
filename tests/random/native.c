/* SPDX-License-Identifier: BSD-2-Clause */
#include "native.h"

#include <stdlib.h>
#include <string.h>

#include "machine/boot.h"
#include "seam.h"

enum { PAGE = CAPDL_PAGE_SIZE, BOOTINFO_IPC_BUFFER = 4, WINDOW_PAGE = 0 };

struct native {
    const struct native_options *options;
    struct native_result *result;
    struct kernel *kernel;
    struct boot_info boot;
    struct capdl_image_header *header; /* in the machine's memory */
    uint8_t *memory;                   /* image, IPC buffer, bootinfo and what follows it */
    uint8_t *blob, *scratch;           /* on their own, so that sanitizers see their ends */
    size_t said;
};

static void put_char(void *context, char c)
{
    struct native *n = context;
    if (n->said + 1 < NATIVE_SAID) {
        n->result->said[n->said++] = c;
    }
}

static enum capdl_kernel_error inject(void *context, struct kernel *k, const struct invocation *invocation)
{
    struct native *n = context;
    (void)k;
    if (++n->result->invocations != n->options->refuse) {
        return CAPDL_ERROR_NO_ERROR;
    }
    n->result->refused_label = (unsigned)invocation->label;
    return n->options->error;
}

/* What the initialiser has written to its image, into the machine's memory. The window's page stands for one that is
   zero, and is nobody's while we run. */
static void write_image(struct native *n)
{
    memset(n->memory + WINDOW_PAGE * PAGE, 0, PAGE);
    memcpy(memory_at(&n->kernel->memory, n->boot.image_paddr, NULL), n->memory,
           n->boot.image_end - n->boot.image_start);
}

static uint64_t call(void *context, int64_t number, uint64_t target, uint64_t info, const uint64_t registers[4],
                     const uint64_t *words)
{
    struct native *n = context;
    struct kernel *k = n->kernel;
    struct tcb *thread = k->initial;
    uint64_t *buffer = (uint64_t *)(void *)ipc_buffer_of(k, thread, true);
    if (buffer) {
        memcpy(buffer + 1 + MESSAGE_REGISTERS, words + 1 + MESSAGE_REGISTERS,
               (MESSAGE_MAX_LENGTH - MESSAGE_REGISTERS) * 8);
        memcpy(buffer + MESSAGE_CAPS_OFFSET, words + MESSAGE_CAPS_OFFSET, MESSAGE_MAX_CAPS * 8);
    }
    thread->regs[k->registers->cap] = target;
    thread->regs[k->registers->message_info] = info;
    for (unsigned i = 0; i < MESSAGE_REGISTERS; i++) {
        thread->regs[k->registers->message[i]] = registers[i];
    }
    if (info >> 12 == k->profile->labels[CAPDL_METHOD_PAGE_CLEAN_INVALIDATE_DATA]) {
        write_image(n);
    }
    kernel_syscall(k, number);
    if (k->current != thread) {
        seam_leave();
    }
    return thread->regs[k->registers->message_info];
}

static uint64_t window_address(void *context, unsigned size_bits)
{
    struct native *n = context;
    uint64_t end = n->boot.bootinfo + PAGE + (1 << 21); /* behind extra bootinfo of any size */
    if (size_bits == CAPDL_PAGE_BITS) {
        return n->boot.image_start + WINDOW_PAGE * PAGE;
    }
    return size_bits == 21 ? UINT64_C(0x200000) : (end + (UINT64_C(1) << 30) - 1) >> 30 << 30;
}

/* What is written there must be mapped, and writable. */
static uint8_t *window_bytes(void *context, uint64_t address)
{
    struct native *n = context;
    struct page_view view;
    struct table *root = n->kernel->initial->slots[TCB_VTABLE].cap.object;
    uint64_t available = 0;
    if (!vspace_translate(n->kernel, root, address, &view) || !(view.rights & PAGE_W)) {
        kernel_vm_fault(n->kernel, address, 0, false);
        seam_leave();
    }
    uint8_t *bytes = memory_at(&n->kernel->memory, view.paddr, &available);
    if (!bytes || available >> view.bits == 0) {
        fprintf(stderr, "native.c: a fill into device memory that is not in one piece\n");
        abort();
    }
    return bytes;
}

static void trap(void *context)
{
    struct native *n = context;
    kernel_user_exception(n->kernel, 0, 0);
}

static struct capdl_image_header *find_header(struct native *n)
{
    uint64_t size = n->boot.image_end - n->boot.image_start;
    uint8_t *image = memory_at(&n->kernel->memory, n->boot.image_paddr, NULL);
    for (uint64_t i = 0; i + sizeof(struct capdl_image_header) <= size; i += 8) {
        struct capdl_image_header *header = (void *)(image + i);
        if (header->magic == CAPDL_IMAGE_MAGIC && header->image_start == n->boot.image_start) {
            return header;
        }
    }
    return NULL;
}

static void *copied(const void *from, size_t size)
{
    void *to = malloc(size ? size : 1);
    if (!to) {
        abort();
    }
    return memcpy(to, from, size);
}

/* From the initial task's memory, page by page. */
static void copy_mapped(struct native *n, uint64_t from, uint8_t *to, uint64_t pages)
{
    struct table *root = n->kernel->initial->slots[TCB_VTABLE].cap.object;
    for (struct page_view view; pages > 0; pages--, from += PAGE, to += PAGE) {
        if (!vspace_translate(n->kernel, root, from, &view)) {
            abort();
        }
        memcpy(to, memory_at(&n->kernel->memory, view.paddr + (from - view.vaddr), NULL), PAGE);
    }
}

/* The image, the IPC buffer and bootinfo where the initialiser can reach them, with addresses that are so here. */
static struct seam seam_over(struct native *n)
{
    uint64_t size = n->boot.image_end - n->boot.image_start;
    uint8_t *image = memory_at(&n->kernel->memory, n->boot.image_paddr, NULL);
    struct capdl_image_header *h = n->header;
    _Alignas(8) uint8_t first[PAGE];
    copy_mapped(n, n->boot.bootinfo, first, 1);
    uint64_t extra = (*(uint64_t *)(void *)first + PAGE - 1) / PAGE;
    n->memory = aligned_alloc(PAGE, size + (2 + extra) * PAGE);
    if (!n->memory) {
        abort();
    }
    memcpy(n->memory, image, size);
    memset(n->memory + size, 0, PAGE);
    copy_mapped(n, n->boot.bootinfo, n->memory + size + PAGE, 1 + extra);
    uint64_t *bootinfo = (uint64_t *)(void *)(n->memory + size + PAGE);
    bootinfo[BOOTINFO_IPC_BUFFER] = (uintptr_t)(n->memory + size);
    n->blob = copied(image + (h->blob_start - h->image_start), h->blob_size);
    n->scratch = copied(image + (h->scratch_start - h->image_start), h->scratch_size);
    digest_start(n->kernel, h->digest);
    struct seam seam = {.header = *h,
                        .bootinfo = bootinfo,
                        .window_page = WINDOW_PAGE,
                        .context = n,
                        .call = call,
                        .window_address = window_address,
                        .window_bytes = window_bytes,
                        .trap = trap};
    seam.header.pages_start = h->pages_start - h->image_start + (uintptr_t)n->memory;
    seam.header.image_end = (uintptr_t)(n->memory + size);
    seam.header.image_start = (uintptr_t)n->memory;
    seam.header.blob_start = (uintptr_t)n->blob;
    seam.header.scratch_start = (uintptr_t)n->scratch;
    return seam;
}

static void judge(struct native *n, const struct capdl_image_header *header)
{
    struct native_result *r = n->result;
    const struct kernel *k = n->kernel;
    r->header = *header;
    bool other_domain = k->domain != k->initial->domain; /* nobody need be there */
    r->gave_way = k->current != k->initial && (k->current != k->idle || other_domain);
    for (const struct tcb *t = k->threads; t; t = t->all_next) {
        r->runnable = r->runnable || (t != k->initial && t != k->idle && thread_is_schedulable(k, t));
    }
    if (r->gave_way) {
        r->outcome = MACHINE_BOOTED;
    } else {
        r->outcome = header->phase == CAPDL_PHASE_DONE && k->current == k->idle ? MACHINE_IDLE : MACHINE_BOOT_FAILED;
    }
}

static const char *last_line(char *text)
{
    char *end = text + strlen(text);
    while (end > text && end[-1] == '\n') {
        *--end = 0;
    }
    while (end > text && end[-1] != '\n') {
        end--;
    }
    return end;
}

static void run(struct native *n)
{
    struct seam seam = seam_over(n);
    seam_boot(&seam);
    judge(n, &seam.header);
    write_image(n);
    if (n->options->stopped) {
        struct machine_stop stop = {
            .kernel = n->kernel, .boot = &n->boot, .header = &n->result->header, .outcome = n->result->outcome};
        n->options->stopped(n->options->context, &stop, last_line(n->result->said));
    }
    free(n->memory);
    free(n->blob);
    free(n->scratch);
}

bool native_boot(const uint8_t *bytes, size_t size, const struct native_options *options, struct native_result *result,
                 struct capdl_diags *diags)
{
    struct native n = {.options = options, .result = result};
    struct kernel_host host = {.context = &n, .put_char = put_char};
    struct boot_options boot_options = {.name = "image", .elf = bytes, .elf_size = size, .untypeds = options->untypeds};
    memset(result, 0, sizeof(*result));
    n.kernel = kernel_create(options->profile, &host);
    if (!n.kernel) {
        abort();
    }
    n.kernel->inject = inject;
    n.kernel->inject_context = &n;
    bool good = boot(n.kernel, &boot_options, &n.boot, diags);
    n.header = good ? find_header(&n) : NULL;
    if (good && !n.header) {
        capdl_error(diags, (struct capdl_pos){0}, "the image has no header");
    }
    if (n.header) {
        run(&n);
    }
    kernel_free(n.kernel);
    return n.header != NULL;
}
