/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Children of untypeds. The kernel places each child after the last one, aligned to its size, so:
 *
 *     no address       large before small: no gap is left
 *     with addresses   by address, gaps closed by padding untypeds; then the rest, large before small
 *
 *     | child 0x1000 |pad| child 0x4000 | others, size descending      |
 *     parent's address                  ^ end of the last address
 */
#include <stdlib.h>

#include "image/groups.h"

#define UNKNOWN UINT64_MAX

struct covering {
    struct program *program;
    uint32_t *children;  /* of all untypeds, by parent */
    size_t *start;       /* per object: its children are children[start[o]] to children[start[o + 1]] */
    uint64_t *addresses; /* per object: physical address, as far as the spec fixes it */
};

static bool is_covered(const struct program *program, uint32_t object)
{
    uint32_t parent = capdl_object_parent(program->spec, object);
    return parent < program->spec->num_objects && program->kernel_objects[object].type != CAPDL_TYPE_COUNT;
}

static size_t children_collect(struct covering *covering)
{
    struct program *program = covering->program;
    uint32_t count = program->spec->num_objects;
    size_t covered = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (is_covered(program, i)) {
            covering->start[capdl_object_parent(program->spec, i) + 1]++;
            covered++;
        }
    }
    if (covered == 0) {
        return 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        covering->start[i + 1] += covering->start[i];
    }
    size_t *next = memory_zeroed(count, sizeof(*next));
    for (uint32_t i = 0; i < count; i++) {
        if (is_covered(program, i)) {
            uint32_t parent = capdl_object_parent(program->spec, i);
            covering->children[covering->start[parent] + next[parent]++] = i;
        }
    }
    free(next);
    return covered;
}

/* With an address before without, by address; then by size descending, type and the spec's order. */
static int compare_children(const void *a, const void *b, void *context)
{
    const struct program *program = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    const struct kernel_object *px = &program->kernel_objects[x], *py = &program->kernel_objects[y];
    bool fixed_x = capdl_object_flags(program->spec, x) & CAPDL_OBJECT_HAS_PADDR,
         fixed_y = capdl_object_flags(program->spec, y) & CAPDL_OBJECT_HAS_PADDR;
    if (fixed_x != fixed_y) {
        return fixed_x ? -1 : 1;
    }
    if (fixed_x && capdl_object_paddr(program->spec, x) != capdl_object_paddr(program->spec, y)) {
        return capdl_object_paddr(program->spec, x) < capdl_object_paddr(program->spec, y) ? -1 : 1;
    }
    if (px->size_bits != py->size_bits) {
        return px->size_bits > py->size_bits ? -1 : 1;
    }
    if (px->type != py->type) {
        return px->type < py->type ? -1 : 1;
    }
    return x < y ? -1 : 1;
}

/* Closes the gap between two offsets in a parent. */
static void pad(struct program *program, uint64_t parent_slot, uint64_t from, uint64_t to)
{
    while (from < to) {
        unsigned bits = from ? (unsigned)__builtin_ctzll(from) : 63;
        while (UINT64_C(1) << bits > to - from) {
            bits--;
        }
        struct kernel_object shape = {
            .type = CAPDL_TYPE_UNTYPED, .argument = (uint8_t)bits, .size_bits = (uint8_t)bits};
        order_place(program, &program->covers, CAPDL_NO_OBJECT, &shape, 0, parent_slot);
        from += UINT64_C(1) << bits;
    }
}

/* Checks a child's address against where the next free byte of its parent is. */
static bool child_fits(struct covering *covering, uint32_t parent, uint32_t child, uint64_t next)
{
    struct program *program = covering->program;
    uint64_t base = covering->addresses[parent];
    uint64_t size = UINT64_C(1) << program->kernel_objects[child].size_bits;
    uint64_t parent_size = UINT64_C(1) << program->kernel_objects[parent].size_bits;
    char label[256];
    capdl_object_label(program->spec, parent, label, sizeof(label));
    if (base == UNKNOWN) {
        program_error(program, child, "is at 0x%llx, but its untyped '%s' has no physical address",
                      (unsigned long long)capdl_object_paddr(program->spec, child), label);
        return false;
    }
    if (capdl_object_paddr(program->spec, child) & (size - 1)) {
        program_error(program, child, "is at 0x%llx, which is not a multiple of its size 0x%llx",
                      (unsigned long long)capdl_object_paddr(program->spec, child), (unsigned long long)size);
        return false;
    }
    if (capdl_object_paddr(program->spec, child) < base ||
        capdl_object_paddr(program->spec, child) - base > parent_size - 1 ||
        size > parent_size - (capdl_object_paddr(program->spec, child) - base)) {
        program_error(program, child,
                      "at 0x%llx with 0x%llx bytes is outside its untyped '%s', which is 0x%llx to 0x%llx",
                      (unsigned long long)capdl_object_paddr(program->spec, child), (unsigned long long)size, label,
                      (unsigned long long)base, (unsigned long long)(base + parent_size));
        return false;
    }
    if (capdl_object_paddr(program->spec, child) - base < next) {
        program_error(program, child, "at 0x%llx overlaps another child of '%s', which ends at 0x%llx",
                      (unsigned long long)capdl_object_paddr(program->spec, child), label,
                      (unsigned long long)(base + next));
        return false;
    }
    return true;
}

static void cover_children(struct covering *covering, uint32_t parent)
{
    struct program *program = covering->program;
    uint32_t *children = covering->children + covering->start[parent];
    size_t count = covering->start[parent + 1] - covering->start[parent];
    uint64_t slot = program->kernel_objects[parent].number, next = 0, base = covering->addresses[parent];
    uint64_t parent_size = UINT64_C(1) << program->kernel_objects[parent].size_bits;
    qsort_r(children, count, sizeof(*children), compare_children, program);
    for (size_t i = 0; i < count; i++) {
        uint64_t size = UINT64_C(1) << program->kernel_objects[children[i]].size_bits;
        uint32_t child = children[i];
        uint64_t at = (next + size - 1) & ~(size - 1);
        if (capdl_object_flags(program->spec, child) & CAPDL_OBJECT_HAS_PADDR) {
            if (!child_fits(covering, parent, children[i], next)) {
                continue;
            }
            at = capdl_object_paddr(program->spec, child) - base;
            pad(program, slot, next, at);
        }
        covering->addresses[children[i]] = base == UNKNOWN ? UNKNOWN : base + at;
        order_place(program, &program->covers, children[i], &program->kernel_objects[children[i]], 0, slot);
        next = at + size;
    }
    if (next > parent_size) {
        program_error(program, parent, "has 0x%llx bytes, but its %zu children need 0x%llx",
                      (unsigned long long)parent_size, count, (unsigned long long)next);
    }
}

static void refuse_unplaced(struct program *program)
{
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        if (!is_covered(program, i) || program->kernel_objects[i].kind != KOBJ_NONE) {
            continue;
        }
        uint32_t parent = capdl_object_parent(program->spec, i);
        if (capdl_object_kind(program->spec, parent) != CAPDL_KIND_UT) {
            program_error(program, i, "is made from '%s', which is not an untyped",
                          program_label(program, parent, (char[PROGRAM_LABEL]){0}));
        } else if (capdl_object_kind(program->spec, i) == CAPDL_KIND_UT && program->diags->num_errors == 0) {
            program_error(program, i, "is made from an untyped that is made from itself");
        }
    }
}

void cover_objects(struct program *program)
{
    const struct capdl_spec *spec = program->spec;
    struct covering covering = {.program = program,
                                .children = memory_zeroed(spec->num_objects, sizeof(uint32_t)),
                                .start = memory_zeroed((size_t)spec->num_objects + 1, sizeof(size_t))};
    if (children_collect(&covering) > 0) {
        covering.addresses = memory_zeroed(spec->num_objects, sizeof(uint64_t));
        for (uint32_t i = 0; i < spec->num_objects; i++) {
            covering.addresses[i] =
                capdl_object_flags(spec, i) & CAPDL_OBJECT_HAS_PADDR ? capdl_object_paddr(spec, i) : UNKNOWN;
        }
        for (size_t slot = 0; slot < program->num_objects; slot++) { /* grows: children come after their parents */
            uint32_t object = program->objects[slot];
            if (object != CAPDL_NO_OBJECT && capdl_object_kind(spec, object) == CAPDL_KIND_UT &&
                covering.start[object + 1] > covering.start[object]) {
                cover_children(&covering, object);
            }
        }
        refuse_unplaced(program);
    }
    free(covering.children);
    free(covering.start);
    free(covering.addresses);
}
