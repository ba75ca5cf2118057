/* SPDX-License-Identifier: BSD-2-Clause */
/* Which objects are made straight into a CNode of the spec: docs/objects.md, "Capabilities in CNodes". */
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>

#include "model/model.h"

struct finder {
    const struct capdl_spec *spec;
    const struct capdl_architecture *arch;
    uint8_t *uses; /* per object: what refers to it; 2: that and more */
    struct capdl_originals found;
    size_t capacity;
};

static void use(struct finder *f, uint32_t object)
{
    if (object != CAPDL_NO_OBJECT && f->uses[object] < 2) {
        f->uses[object]++;
    }
}

static void use_in_derivation(struct finder *f, const struct capdl_slot_ref *ref)
{
    const struct capdl_cap *cap = capdl_spec_cap_at(f->spec, ref->container, ref->slot);
    if (cap) {
        use(f, cap->object);
    }
}

static void count_uses(struct finder *f)
{
    for (uint32_t i = 0; i < f->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(f->spec, i);
        use(f, capdl_object_parent(f->spec, i));
        for (uint32_t k = 0; k < caps.count; k++) {
            use(f, caps.list[k].object);
        }
    }
    for (size_t i = 0; i < f->spec->num_derivations; i++) {
        use_in_derivation(f, &f->spec->derivations[i].parent);
        use_in_derivation(f, &f->spec->derivations[i].child);
    }
}

/* What the kernel gives of rights with a new object; 0: they mean nothing for it. */
static unsigned rights_needed(enum capdl_kind kind)
{
    return kind == CAPDL_KIND_EP                                         ? CAPDL_RIGHTS_ALL
           : kind == CAPDL_KIND_NOTIFICATION || kind == CAPDL_KIND_FRAME ? CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE
                                                                         : 0;
}

/* log2 of the bytes of objects whose size the spec gives; others take less than any CNode here. */
static unsigned size_of(const struct finder *f, uint32_t object)
{
    unsigned bits = capdl_object_size_bits(f->spec, object);
    return capdl_object_kind(f->spec, object) == CAPDL_KIND_CNODE ? bits + f->arch->slot_bits : bits;
}

static bool is_anywhere(const struct capdl_spec *spec, uint32_t object)
{
    return capdl_object_parent(spec, object) == CAPDL_NO_OBJECT &&
           !(capdl_object_flags(spec, object) & (CAPDL_OBJECT_HAS_PADDR | CAPDL_OBJECT_CONTIGUOUS));
}

/* Whether all there is of an object is its capability, as the kernel makes it. */
static bool is_bare(const struct finder *f, const struct capdl_cap *cap)
{
    static const bool may_be[CAPDL_KIND_COUNT] = {
        [CAPDL_KIND_EP] = true,    [CAPDL_KIND_NOTIFICATION] = true, [CAPDL_KIND_RTREPLY] = true,
        [CAPDL_KIND_FRAME] = true, [CAPDL_KIND_UT] = true,           [CAPDL_KIND_CNODE] = true,
    };
    const unsigned needed = rights_needed(cap->kind);
    return may_be[cap->kind] && cap->object != CAPDL_NO_OBJECT && f->uses[cap->object] == 1 &&
           (cap->rights & needed) == needed && cap->data == 0 && cap->guard_size == 0 &&
           !(cap->flags & (CAPDL_CAP_HAS_MAPPING | CAPDL_CAP_REPLY | CAPDL_CAP_MASTER_REPLY)) &&
           is_anywhere(f->spec, cap->object) && !(capdl_object_flags(f->spec, cap->object) & CAPDL_OBJECT_HAS_FILL) &&
           capdl_object_caps(f->spec, cap->object).count == 0;
}

static bool is_like(const struct finder *f, const struct capdl_cap *a, const struct capdl_cap *b)
{
    return a->kind == b->kind && a->rights == b->rights &&
           capdl_object_size_bits(f->spec, a->object) == capdl_object_size_bits(f->spec, b->object);
}

static void find_in(struct finder *f, uint32_t cnode)
{
    struct capdl_caps caps = capdl_object_caps(f->spec, cnode);
    unsigned bits = capdl_object_size_bits(f->spec, cnode), size = bits + f->arch->slot_bits;
    for (uint32_t i = 0, end; i < caps.count; i = end) {
        const struct capdl_cap *cap = &caps.list[i];
        end = i + 1;
        if (!is_bare(f, cap) || size_of(f, cap->object) > size) {
            continue;
        }
        while (end < caps.count && caps.list[end].slot == cap->slot + (end - i) && is_bare(f, &caps.list[end]) &&
               is_like(f, &caps.list[end], cap)) {
            end++;
        }
        if (end - i >= CAPDL_ORIGINALS_LEAST && caps.list[end - 1].slot >> bits == 0) {
            f->found.list = capdl_spec_grow(f->found.list, &f->capacity, f->found.count + 1, sizeof(*f->found.list));
            f->found.list[f->found.count++] = (struct capdl_original_run){cnode, i, end - i};
        }
    }
}

struct capdl_originals capdl_originals_find(const struct capdl_spec *spec, enum capdl_arch arch)
{
    struct finder f = {.spec = spec, .arch = capdl_architecture(arch)};
    f.uses = calloc((size_t)spec->num_objects + 1, sizeof(*f.uses));
    if (!f.uses) {
        capdl_spec_out_of_memory();
    }
    count_uses(&f);
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) == CAPDL_KIND_CNODE && is_anywhere(spec, i)) {
            find_in(&f, i);
        }
    }
    free(f.uses);
    return f.found;
}

void capdl_originals_free(struct capdl_originals *originals)
{
    free(originals->list);
    *originals = (struct capdl_originals){NULL};
}
