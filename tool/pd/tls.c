/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Thread-local data, laid out as the architectures' ABIs say; TP is the thread pointer register.
 *
 *     AArch64   TP -> | 16 bytes, padding to the alignment | data |
 *     RISC-V    TP -> | data |
 *     x86-64          | data | padding to the alignment | <- TP: a word that holds TP itself
 */
#include <string.h>

#include <capdl/blob.h>

#include "expand.h"

enum { AARCH64_HEADER = 16, X86_64_HEADER = 64 };

struct tls_layout {
    uint64_t size, align; /* of the block */
    uint64_t data, tp;    /* offsets in it */
};

static uint64_t align_up(uint64_t value, uint64_t align)
{
    return (value + align - 1) & ~(align - 1);
}

static struct tls_layout layout_of(enum capdl_arch arch, const struct elf_segment *tls)
{
    uint64_t align = tls->align ? tls->align : 1;
    struct tls_layout l = {.align = align > CAPDL_PAGE_SIZE ? align : CAPDL_PAGE_SIZE};

    if (arch == CAPDL_ARCH_X86_64) {
        l.tp = align_up(tls->memsz, align > X86_64_HEADER ? align : X86_64_HEADER);
        l.data = l.tp - align_up(tls->memsz, align);
        l.size = l.tp + X86_64_HEADER;
    } else {
        l.data = arch == CAPDL_ARCH_AARCH64 ? align_up(AARCH64_HEADER, align) : 0;
        l.size = l.data + tls->memsz;
    }
    l.size = align_up(l.size, CAPDL_PAGE_SIZE);
    return l;
}

/* The part of the initial image that lies in the page at `offset` of the block. */
static void fill_page(struct expansion *x, uint32_t frame, const struct elf_segment *tls, const struct tls_layout *l,
                      uint64_t offset, struct capdl_fill fill)
{
    uint64_t from = l->data > offset ? l->data : offset, to = l->data + tls->filesz;

    if (to > offset + CAPDL_PAGE_SIZE)
        to = offset + CAPDL_PAGE_SIZE;
    if (from >= to)
        return;
    fill.offset = from - offset;
    fill.length = to - from;
    fill.source_offset = tls->offset + (from - l->data);
    load_fill(x, frame, fill);
}

/* Frames are filled from files only, so each byte of the word is taken from a place in the program that happens to
   hold it. */
static bool fill_self_pointer(struct expansion *x, uint32_t frame, const struct elf_program *elf, uint64_t tp,
                              struct capdl_fill fill)
{
    fill.length = 1;
    for (unsigned i = 0; i < 8; i++) {
        int byte = (int)(tp >> (8 * i) & 0xff);
        const uint8_t *found = memchr(elf->bytes.data, byte, elf->bytes.size);
        if (byte == 0)
            continue;
        if (!found) {
            capdl_error(x->diags, fill.pos,
                        "\"%s\" has thread-local data, but no byte 0x%02x to make the thread pointer from: "
                        "link it at another address",
                        fill.text, byte);
            return false;
        }
        fill.offset = tp % CAPDL_PAGE_SIZE + i;
        fill.source_offset = (uint64_t)(found - elf->bytes.data);
        load_fill(x, frame, fill);
    }
    return true;
}

static bool make_page(struct expansion *x, struct pd *pd, const struct elf_program *elf, const struct tls_layout *l,
                      uint64_t base, uint64_t offset)
{
    const struct capdl_param *name = pd->program->params.elf;
    struct capdl_fill fill = {.kind = CAPDL_FILL_FILE, .text = name->text, .pos = name->pos};
    uint32_t frame = object_numbered(x, pd, "tls", pd->num_tls++);

    if (frame == CAPDL_NO_OBJECT)
        return false;
    if (!(x->spec->objects[frame].flags & CAPDL_OBJECT_HAS_FILL)) {
        fill_page(x, frame, &elf->tls, l, offset, fill);
        if (x->profile->arch == CAPDL_ARCH_X86_64 && l->tp - offset < CAPDL_PAGE_SIZE
            && !fill_self_pointer(x, frame, elf, base + l->tp, fill))
            return false;
    }
    return space_map(x, pd, base + offset,
                     (struct capdl_cap){.object = frame, .rights = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE});
}

bool load_tls(struct expansion *x, struct pd *pd, const struct elf_program *elf)
{
    if (!elf->has_tls || !pd->space)
        return true;
    struct tls_layout l = layout_of(x->profile->arch, &elf->tls);
    uint64_t base = space_place(x, pd, l.size, l.align, CAPDL_PAGE_SIZE, "thread-local data");
    if (!base)
        return false;
    for (uint64_t offset = 0; offset < l.size; offset += CAPDL_PAGE_SIZE)
        if (!make_page(x, pd, elf, &l, base, offset))
            return false;
    pd->thread_pointer = base + l.tp;
    pd->has_thread_pointer = true;
    return true;
}
