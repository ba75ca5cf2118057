/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which capability maps a page. A mapping is a property of one capability: the kernel's original maps the first
 * place, copies the others. A frame capability of a CNode that says `mapping: (table, slot)` shall be the one that
 * maps that slot: it is mapped while it is still ours and moved into the CNode afterwards.
 */
#include <stdlib.h>

#include "image/program.h"

static int compare_mappings(const void *a, const void *b)
{
    const struct mapping *x = a, *y = b;
    if (x->container != y->container) {
        return x->container < y->container ? -1 : 1;
    }
    return x->slot < y->slot ? -1 : x->slot > y->slot;
}

static void collect(struct program *program, uint32_t cnode)
{
    struct capdl_caps caps = capdl_object_caps(program->spec, cnode);
    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        const struct capdl_cap_extra *extra = capdl_cap_extra(program->spec, cap);
        if (cap->kind != CAPDL_KIND_FRAME || !(cap->flags & CAPDL_CAP_HAS_MAPPING) || !extra) {
            continue;
        }
        program->mappings = memory_grow(program->mappings, &program->capacity_mappings, program->num_mappings + 1,
                                        sizeof(*program->mappings));
        program->mappings[program->num_mappings++] = (struct mapping){.container = extra->mapping_container,
                                                                      .slot = extra->mapping_slot,
                                                                      .cnode = cnode,
                                                                      .cap = i,
                                                                      .source = operand_word(0)};
    }
}

void mappings_collect(struct program *program)
{
    for (size_t slot = 0; slot < program->num_objects; slot++) {
        uint32_t object = program->objects[slot];
        if (object != CAPDL_NO_OBJECT && capdl_object_kind(program->spec, object) == CAPDL_KIND_CNODE) {
            collect(program, object);
        }
    }
    if (program->num_mappings == 0) {
        return;
    }
    qsort(program->mappings, program->num_mappings, sizeof(*program->mappings), compare_mappings);
    for (size_t i = 0; i < program->num_mappings; i++) {
        const struct mapping *mapping = &program->mappings[i];
        const struct capdl_cap *cap = capdl_object_caps(program->spec, mapping->cnode).list + mapping->cap;
        const struct capdl_cap *page = capdl_spec_cap_at(program->spec, mapping->container, mapping->slot);
        if (!page || page->kind != CAPDL_KIND_FRAME || page->object != cap->object) {
            program_cap_error(program, mapping->cnode, cap,
                              "names slot 0x%llx of '%s' as its mapping, which does not hold that frame",
                              (unsigned long long)mapping->slot,
                              program_label(program, mapping->container, (char[PROGRAM_LABEL]){0}));
        } else if (!(page->rights & CAPDL_RIGHT_READ) &&
                   capdl_object_kind(program->spec, mapping->container) != CAPDL_KIND_IO_PT) {
            program_cap_error(
                program, mapping->cnode, cap,
                "names slot 0x%llx of '%s' as its mapping, but the page there has no R, so nothing maps it",
                (unsigned long long)mapping->slot,
                program_label(program, mapping->container, (char[PROGRAM_LABEL]){0}));
        } else if (i > 0 && compare_mappings(mapping - 1, mapping) == 0) {
            program_cap_error(program, mapping->cnode, cap, "names a mapping that another capability already names");
        } else if (page->rights & ~cap->rights & (CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE)) {
            program_cap_error(program, mapping->cnode, cap, "has fewer rights than the mapping it makes in '%s'",
                              program_label(program, mapping->container, (char[PROGRAM_LABEL]){0}));
        }
    }
}

struct mapping *mapping_find(const struct program *program, uint32_t container, uint64_t slot)
{
    struct mapping key = {.container = container, .slot = slot};
    if (program->num_mappings == 0) {
        return NULL;
    }
    return bsearch(&key, program->mappings, program->num_mappings, sizeof(key), compare_mappings);
}

/* How many capabilities of the spec there are to each object. */
static uint32_t *count_caps(const struct program *program)
{
    const struct capdl_spec *spec = program->spec;
    uint32_t *counts = memory_zeroed(spec->num_objects, sizeof(*counts));
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(spec, i);
        for (uint32_t k = 0; k < caps.count; k++) {
            uint32_t object = caps.list[k].object;
            if (object != CAPDL_NO_OBJECT) {
                counts[object]++;
            }
        }
    }
    return counts;
}

/* A capability that is moved on keeps the rights it has, so only one with all rights can be the original. Its
 * holder can revoke all other capabilities of the frame, including mappings, so there must be none but this one and
 * its mapping. */
static bool can_be_original(const struct program *program, const struct mapping *mapping, const uint32_t *counts)
{
    const struct capdl_cap *cap = capdl_object_caps(program->spec, mapping->cnode).list + mapping->cap;
    unsigned all = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE;
    return (cap->rights & all) == all && counts[cap->object] == 2;
}

/* An original that a CNode wants as its mapping capability is not for others. */
void mappings_reserve(struct program *program)
{
    uint32_t *counts = program->num_mappings ? count_caps(program) : NULL;
    for (size_t i = 0; i < program->num_mappings; i++) {
        struct mapping *mapping = &program->mappings[i];
        uint32_t frame = capdl_object_caps(program->spec, mapping->cnode).list[mapping->cap].object;
        if (can_be_original(program, mapping, counts) && !(program->kernel_objects[frame].flags & KOBJ_TAKEN)) {
            program->kernel_objects[frame].flags |= KOBJ_TAKEN;
            mapping->source = operand_object(program, frame);
        }
    }
    free(counts);
}

struct operand mapping_source(struct program *program, uint32_t table, const struct capdl_cap *cap)
{
    struct mapping *mapping = mapping_find(program, table, cap->slot);
    struct kernel_object *kobj = &program->kernel_objects[cap->object];
    struct operand original = operand_object(program, cap->object);
    if (!mapping) {
        if (!(kobj->flags & KOBJ_TAKEN)) {
            kobj->flags |= KOBJ_TAKEN;
            return original;
        }
        return calls_copy(program, cap->object, original, CAPDL_RIGHTS_ALL, 0);
    }
    if (mapping->source.kind == CAPDL_OPERAND_LITERAL) {
        mapping->source = calls_copy(program, cap->object, original,
                                     capdl_object_caps(program->spec, mapping->cnode).list[mapping->cap].rights, 0);
    }
    return mapping->source;
}
