/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "verify/private.h"

static void add(struct verify *v, const char *about, const char *format, va_list arguments)
{
    struct verify_result *r = v->result;
    char *text = memory_vformat(format, arguments);
    char *line = memory_format("%s%s%s", about, *about ? " " : "", text);
    free(text);
    r->differences = memory_grow(r->differences, &r->capacity, r->num_differences + 1, sizeof(*r->differences));
    r->differences[r->num_differences++] = line;
}

void differ(struct verify *v, uint32_t object, const char *format, ...)
{
    char label[LABEL_SIZE];
    va_list arguments;
    va_start(arguments, format);
    add(v, object_label(v, object, label), format, arguments);
    va_end(arguments);
}

void differ_world(struct verify *v, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(v, "", format, arguments);
    va_end(arguments);
}

const char *object_label(const struct verify *v, uint32_t object, char buffer[LABEL_SIZE])
{
    char name[LABEL_SIZE - 40];
    snprintf(buffer, LABEL_SIZE, "%s '%s'", capdl_kind_name(capdl_object_kind(v->spec, object)),
             capdl_object_label(v->spec, object, name, sizeof(name)));
    return buffer;
}

static bool is_initialisers(const struct verify *v, const struct node *node)
{
    return node->object && (node->object == v->kernel->initial || node->object == v->boot->root ||
                            node->object == v->kernel->initial->slots[TCB_VTABLE].cap.object);
}

const char *node_label(const struct verify *v, uint32_t node, char buffer[LABEL_SIZE])
{
    if (node == NO_NODE) {
        snprintf(buffer, LABEL_SIZE, "nothing");
        return buffer;
    }
    const struct node *n = &v->nodes[node];
    if (n->match != CAPDL_NO_OBJECT) {
        return object_label(v, n->match, buffer);
    }
    snprintf(buffer, LABEL_SIZE, "%s at 0x%" PRIx64 "%s", cap_type_name(n->type), n->paddr,
             is_initialisers(v, n) || n->flags & NODE_OWN ? ", which is the initialiser's," : "");
    return buffer;
}

const char *cap_label(const struct verify *v, const struct slot *slot, char buffer[LABEL_SIZE])
{
    const struct cap *cap = &slot->cap;
    uint32_t node = state_node(v, slot);
    if (node != NO_NODE) {
        return node_label(v, node, buffer);
    }
    if (cap->type == CAP_IRQ_HANDLER || cap->type == CAP_SCHED_CONTROL || cap->type == CAP_STREAM ||
        cap->type == CAP_CONTEXT_BANK) {
        snprintf(buffer, LABEL_SIZE, "%s %" PRIu64, cap_type_name(cap->type), cap->paddr);
    } else if (cap->type == CAP_IO_PORT || cap->type == CAP_SGI_SIGNAL) {
        snprintf(buffer, LABEL_SIZE, "%s 0x%" PRIx64 " to 0x%" PRIx64, cap_type_name(cap->type), cap->paddr, cap->data);
    } else {
        snprintf(buffer, LABEL_SIZE, "%s", cap_type_name(cap->type));
    }
    return buffer;
}
