/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects of the spec paired with nodes of the kernel, and what follows from a pair. */
#include "verify/pairs.h"

bool match_pair(struct verify *v, uint32_t object, uint32_t node)
{
    if (object == CAPDL_NO_OBJECT || node == NO_NODE || v->match[object] != NO_NODE) {
        return false;
    }
    struct node *n = &v->nodes[node];
    if (n->match != CAPDL_NO_OBJECT || n->flags & NODE_OWN ||
        n->type != kind_cap_type(v, capdl_object_kind(v->spec, object))) {
        return false;
    }
    n->match = object;
    v->match[object] = node;
    v->queue[v->num_queue++] = object;
    return true;
}

void match_along(struct verify *v, uint32_t object)
{
    struct capdl_caps caps = capdl_object_caps(v->spec, object);
    for (uint32_t i = 0; i < caps.count; i++) {
        if (caps.list[i].object != CAPDL_NO_OBJECT && kind_has_node(capdl_object_kind(v->spec, caps.list[i].object))) {
            match_pair(v, caps.list[i].object, state_target(v, object, &caps.list[i], i));
        }
    }
}

void match_follow(struct verify *v)
{
    while (v->num_queue > 0) {
        match_along(v, v->queue[--v->num_queue]);
    }
}
