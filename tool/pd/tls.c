/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Thread-local data, laid out as the architectures' ABIs say; TP is the thread pointer register.
 *
 *     AArch64   TP -> | 16 bytes, padding to the alignment | data |
 *     RISC-V    TP -> | data |
 *     x86-64          | data | padding to the alignment | <- TP: a word that holds TP itself
 */
#include <inttypes.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/blob.h>

#include "base/pd_names.h"
#include "expand.h"
#include "fill.h"

/* How far above the program a place for the block is looked for. */
#define MOST_SEARCHED (UINT64_C(256) << 20)

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
    const struct capdl_architecture *facts = capdl_architecture(arch);
    uint64_t align = tls->align ? tls->align : 1;
    struct tls_layout l = {.align = align > CAPDL_PAGE_SIZE ? align : CAPDL_PAGE_SIZE};
    if (facts->tls_below) {
        l.tp = align_up(tls->memsz, align > facts->tls_alignment ? align : facts->tls_alignment);
        l.data = l.tp - align_up(tls->memsz, align);
        l.size = l.tp + facts->tls_header;
    } else {
        l.data = align_up(facts->tls_header, align);
        l.size = l.data + tls->memsz;
    }
    l.size = align_up(l.size, CAPDL_PAGE_SIZE);
    return l;
}

/* The part of the initial image that is in the page at `offset` of the block. */
static void fill_page(struct expansion *x, uint32_t frame, const struct elf_segment *tls, const struct tls_layout *l,
                      uint64_t offset, struct capdl_fill fill)
{
    uint64_t from = l->data > offset ? l->data : offset, to = l->data + tls->filesz;
    if (to > offset + CAPDL_PAGE_SIZE) {
        to = offset + CAPDL_PAGE_SIZE;
    }
    if (from >= to) {
        return;
    }
    fill.offset = from - offset;
    fill.length = to - from;
    fill.source_offset = tls->offset + (from - l->data);
    fill_add(x, frame, fill);
}

/* Frames are filled from files only, so each byte of the word is taken from a place in the program that happens to
   hold it; find_place has chosen a word for which there are such places. */
static void fill_self_pointer(struct expansion *x, uint32_t frame, const struct elf_program *elf, uint64_t tp,
                              struct capdl_fill fill)
{
    fill.length = 1;
    for (unsigned i = 0; i < capdl_word_bytes(x->profile->arch); i++) {
        uint8_t byte = (uint8_t)(tp >> (8 * i));
        const uint8_t *found = byte ? memchr(elf->bytes.data, byte, elf->bytes.size) : NULL;
        if (!found) {
            continue;
        }
        fill.offset = tp % CAPDL_PAGE_SIZE + i;
        fill.source_offset = (uint64_t)(found - elf->bytes.data);
        fill_add(x, frame, fill);
    }
}

/* Whether each byte of the word stands somewhere in the program; zeros need not. */
static bool can_spell(const bool present[256], uint64_t word)
{
    for (; word; word >>= 8) {
        if (word & 0xff && !present[word & 0xff]) {
            return false;
        }
    }
    return true;
}

static void note_bytes(const struct elf_program *elf, bool present[256])
{
    for (unsigned byte = 0; byte < 256; byte++) {
        present[byte] = memchr(elf->bytes.data, (int)byte, elf->bytes.size) != NULL;
    }
}

/* Where the block goes: where it holds its own address, the first place whose address the program's bytes can spell. */
static uint64_t find_place(struct expansion *x, struct pd *pd, const struct elf_program *elf,
                           const struct tls_layout *l)
{
    bool present[256];
    uint64_t place = space_find(x, pd, 0, l->size, l->align), first = place;
    if (!capdl_architecture(x->profile->arch)->tls_below) {
        return place;
    }
    note_bytes(elf, present);
    while (place && !can_spell(present, place + l->tp)) {
        place = place - first < MOST_SEARCHED ? space_find(x, pd, place, l->size, l->align) : 0;
    }
    return place;
}

static bool make_page(struct expansion *x, struct pd *pd, const struct elf_program *elf, const struct tls_layout *l,
                      uint64_t base, uint64_t offset)
{
    const struct capdl_param *name = pd->program->params.elf;
    struct capdl_fill fill = {.kind = CAPDL_FILL_FILE, .text = name->text, .pos = name->pos};
    uint32_t frame = object_numbered(x, pd, PD_TLS, pd->num_tls++, CAPDL_PAGE_BITS);
    if (frame == CAPDL_NO_OBJECT) {
        return false;
    }
    if (!(capdl_object_flags(x->spec, frame) & CAPDL_OBJECT_HAS_FILL)) {
        fill_page(x, frame, &elf->tls, l, offset, fill);
        if (capdl_architecture(x->profile->arch)->tls_below && l->tp - offset < CAPDL_PAGE_SIZE) {
            fill_self_pointer(x, frame, elf, base + l->tp, fill);
        }
    }
    return space_map(x, pd, base + offset,
                     (struct capdl_cap){.object = frame, .rights = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE});
}

bool load_tls(struct expansion *x, struct pd *pd, const struct elf_program *elf)
{
    if (!elf->has_tls || !pd->space) {
        return true;
    }
    struct tls_layout l = layout_of(x->profile->arch, &elf->tls);
    uint64_t base = find_place(x, pd, elf, &l);
    if (!base) {
        capdl_error(x->diags, pd->program->pos, "no room for the thread-local data of '%s', %" PRIu64 " bytes",
                    pd->program->name, l.size);
        return false;
    }
    if (!space_take(x, pd, base, l.size, "thread-local data", pd->program->pos)) {
        return false;
    }
    for (uint64_t offset = 0; offset < l.size; offset += CAPDL_PAGE_SIZE) {
        if (!make_page(x, pd, elf, &l, base, offset)) {
            return false;
        }
    }
    pd->thread_pointer = base + l.tp;
    pd->has_thread_pointer = true;
    return true;
}
