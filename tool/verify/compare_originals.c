/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who holds originals: the holder of an object's only capability can revoke all copies of it, and delete the object.
 * Where the spec gives that to nobody, the initialiser keeps the original.
 */
#include <inttypes.h>

#include "verify/private.h"

/* Whether the kernel itself tells an original from a copy, and the spec alone says who gets it. */
static bool is_told_apart(const struct capdl_cap *cap)
{
    static const bool kinds[CAPDL_KIND_COUNT] = {
        [CAPDL_KIND_EP] = true,    [CAPDL_KIND_NOTIFICATION] = true, [CAPDL_KIND_RTREPLY] = true,
        [CAPDL_KIND_CNODE] = true, [CAPDL_KIND_FRAME] = true,        [CAPDL_KIND_TCB] = true,
        [CAPDL_KIND_SC] = true,
    };
    return kinds[cap->kind] && !(cap->flags & CAPDL_CAP_HAS_MAPPING);
}

/* A capability that was found to name the right object: all others to it are gone, or there are some. */
static void compare_original(struct verify *v, uint32_t cnode, const struct capdl_cap *cap, const struct slot *slot,
                             bool wanted)
{
    if (!is_told_apart(cap) || v->match[cap->object] == NO_NODE || state_node(v, slot) != v->match[cap->object] ||
        slot_is_final(v->kernel, slot) == wanted) {
        return;
    }
    char label[LABEL_SIZE];
    object_label(v, cap->object, label);
    if (wanted) {
        differ(v, cnode, "has in slot 0x%" PRIx64 " a copy of the capability to %s, not the original", cap->slot,
               label);
    } else {
        differ(v, cnode,
               "has in slot 0x%" PRIx64 " the original capability to %s, not a copy: its holder can destroy the object",
               cap->slot, label);
    }
}

void compare_originals(struct verify *v)
{
    const struct capdl_spec *spec = v->spec;
    struct capdl_originals all = capdl_originals_find(spec, v->profile->arch);
    const struct capdl_original_run *run = all.list, *end = all.list + all.count;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        const struct node *node = v->match[i] == NO_NODE ? NULL : &v->nodes[v->match[i]];
        struct capdl_caps caps = capdl_object_caps(spec, i);
        for (uint32_t k = 0; capdl_object_kind(spec, i) == CAPDL_KIND_CNODE && k < caps.count; k++) {
            while (run != end && (run->cnode < i || (run->cnode == i && run->first + run->count <= k))) {
                run++;
            }
            bool wanted = run != end && run->cnode == i && run->first <= k;
            if (node && node->type == CAP_CNODE && caps.list[k].slot >> node->bits == 0 &&
                caps.list[k].object != CAPDL_NO_OBJECT) {
                compare_original(v, i, &caps.list[k], &((const struct cnode *)node->object)->slots[caps.list[k].slot],
                                 wanted);
            }
        }
    }
    capdl_originals_free(&all);
}
