/* SPDX-License-Identifier: BSD-2-Clause */
#include "seam.h"

#include <setjmp.h>
#include <string.h>

#include "arch.h"
#include "initialiser.h"
#include "duration.h"
#include "own_calls.h"
#include "phases.h"
#include "window.h"

struct capdl_image_header header;

static struct seam *seam;
static jmp_buf end;

/* ---- arch.h ---- */

void arch_configure(uint64_t flags)
{
    (void)flags;
}

word arch_call(int64_t number, word target, word info, const word registers[MESSAGE_REGISTERS])
{
    return seam->call(seam->context, number, target, info, registers, &self.ipc_buffer->tag);
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
}

void arch_stop(void)
{
    seam->trap(seam->context);
    longjmp(end, 1);
}

/* ---- window.h ---- */

uint64_t window_page(void)
{
    return header.image_start + seam->window_page * CAPDL_PAGE_SIZE;
}

void window_open(void)
{
    call_start(CAPDL_BOOT_PAGE_UNMAP, CAPDL_OPERAND_LITERAL, page_cap(window_page()));
    call_make();
}

uint64_t window_address(uint64_t size_bits)
{
    return seam->window_address(seam->context, (unsigned)size_bits);
}

uint8_t *window_bytes(uint64_t address)
{
    return seam->window_bytes(seam->context, address);
}

/* ---- Boot ---- */

void seam_leave(void)
{
    longjmp(end, 1);
}

void seam_boot(struct seam *s)
{
    seam = s;
    header = s->header;
    self = (struct initialiser){.slot = UINT64_MAX};
    if (!setjmp(end)) {
        initialise(s->bootinfo);
    }
    s->header = header;
}
