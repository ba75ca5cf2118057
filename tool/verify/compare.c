/* SPDX-License-Identifier: BSD-2-Clause */
/* Every object of the spec against its node: type, size, place, and what its kind has. */
#include <inttypes.h>

#include "verify/private.h"

static void compare_size(struct verify *v, uint32_t object, const struct node *node)
{
    bool sized = capdl_object_kind(v->spec, object) == CAPDL_KIND_FRAME ||
                 capdl_object_kind(v->spec, object) == CAPDL_KIND_UT ||
                 capdl_object_kind(v->spec, object) == CAPDL_KIND_CNODE ||
                 (capdl_object_kind(v->spec, object) == CAPDL_KIND_SC &&
                  capdl_object_flags(v->spec, object) & CAPDL_OBJECT_HAS_SIZE);
    if (sized && node->bits != capdl_object_size_bits(v->spec, object)) {
        differ(v, object, "has 2^%u %s, not 2^%u", node->bits,
               capdl_object_kind(v->spec, object) == CAPDL_KIND_CNODE ? "slots" : "bytes",
               capdl_object_size_bits(v->spec, object));
    }
    if (capdl_object_flags(v->spec, object) & CAPDL_OBJECT_HAS_PADDR &&
        node->paddr != capdl_object_paddr(v->spec, object)) {
        differ(v, object, "is at 0x%" PRIx64 ", not at 0x%" PRIx64, node->paddr, capdl_object_paddr(v->spec, object));
    }
}

/* Compares with the address that verify_spec.addresses gives. */
static void compare_address(struct verify *v, uint32_t object, const struct node *node)
{
    uint64_t told = v->given->addresses ? v->given->addresses[object] : node->paddr;
    if (told == UINT64_MAX) {
        differ(v, object, "is at 0x%" PRIx64 ", of which %s says nothing", node->paddr, v->given->told_by);
    } else if (told != node->paddr) {
        differ(v, object, "is at 0x%" PRIx64 ", not at 0x%" PRIx64 " as %s says", node->paddr, told, v->given->told_by);
    } else if (v->given->addresses) {
        v->result->totals.addresses++;
    }
}

/* Contiguous frames: each follows the one before it in its array. Frames to which nobody has a capability cannot be
 * identified. */
static void compare_neighbour(struct verify *v, uint32_t object, const struct node *node)
{
    if (!(capdl_object_flags(v->spec, object) & CAPDL_OBJECT_CONTIGUOUS) || capdl_object_index(v->spec, object) == 0) {
        return;
    }
    uint32_t before =
        capdl_spec_find(v->spec, capdl_object_name(v->spec, object), capdl_object_index(v->spec, object) - 1);
    uint32_t other = before == CAPDL_NO_OBJECT ? NO_NODE : v->match[before];
    if (other != NO_NODE && v->uses[object] && v->uses[before] &&
        v->nodes[other].paddr + (UINT64_C(1) << capdl_object_size_bits(v->spec, object)) != node->paddr) {
        char label[LABEL_SIZE];
        differ(v, object, "is at 0x%" PRIx64 ", not right after %s at 0x%" PRIx64, node->paddr,
               object_label(v, before, label), v->nodes[other].paddr);
    }
}

/* Threads of the spec are compared with what is bound to them elsewhere; here the bound thread must be one of
 * them. */
static void compare_holder(struct verify *v, uint32_t object, const struct tcb *thread)
{
    uint32_t node = state_object_node(v, thread);
    if (thread && (node == NO_NODE || v->nodes[node].match == CAPDL_NO_OBJECT)) {
        differ(v, object, "is bound to a thread that is not in the spec");
    }
}

/* Before any thread has run, nobody waits for anything. */
static void compare_endpoint(struct verify *v, uint32_t object, const struct endpoint *endpoint)
{
    if (endpoint->state != ENDPOINT_IDLE || endpoint->queue.head) {
        differ(v, object, "has a thread waiting");
    }
}

static void compare_notification(struct verify *v, uint32_t object, const struct notification *notification)
{
    if (notification->state != NOTIFICATION_IDLE || notification->queue.head || notification->sc) {
        differ(v, object, "is not idle");
    }
    compare_holder(v, object, notification->bound);
    if (notification->bound && notification->bound->notification != notification) {
        differ(v, object, "is bound to a thread that is not bound to it");
    }
}

static void compare_reply(struct verify *v, uint32_t object, const struct reply *reply)
{
    if (reply->tcb || reply->prev || reply->next) {
        differ(v, object, "is in use");
    }
}

static void compare_vcpu(struct verify *v, uint32_t object, const struct vcpu *vcpu)
{
    compare_holder(v, object, vcpu->tcb);
    if (vcpu->tcb && vcpu->tcb->vcpu != vcpu) {
        differ(v, object, "is bound to a thread that is not bound to it");
    }
}

static void compare_frame(struct verify *v, uint32_t object, const struct node *node)
{
    if (node->bits == capdl_object_size_bits(v->spec, object) && !leftovers_frame(v, object)) {
        contents_compare(v, object);
    }
}

static void compare_node(struct verify *v, uint32_t object)
{
    const struct node *node = &v->nodes[v->match[object]];
    compare_size(v, object, node);
    compare_address(v, object, node);
    compare_neighbour(v, object, node);
    switch ((enum cap_type)node->type) {
    case CAP_PAGE_TABLE:
    case CAP_PAGE_DIRECTORY:
    case CAP_PDPT:
    case CAP_VSPACE:
    case CAP_EPT_PML4:
    case CAP_EPT_PDPT:
    case CAP_EPT_PD:
    case CAP_EPT_PT:
    case CAP_IO_PAGE_TABLE:
        compare_table(v, object);
        break;
    case CAP_CNODE:
        compare_cnode(v, object);
        break;
    case CAP_THREAD:
        compare_thread(v, object);
        break;
    case CAP_FRAME:
        compare_frame(v, object, node);
        break;
    case CAP_ASID_POOL:
        compare_asid_pool(v, object);
        break;
    case CAP_SCHED_CONTEXT:
        compare_holder(v, object, ((const struct sched_context *)node->object)->tcb);
        compare_sched_context(v, object);
        break;
    case CAP_ENDPOINT:
        compare_endpoint(v, object, node->object);
        break;
    case CAP_NOTIFICATION:
        compare_notification(v, object, node->object);
        break;
    case CAP_REPLY:
        compare_reply(v, object, node->object);
        break;
    case CAP_VCPU:
        compare_vcpu(v, object, node->object);
        break;
    case CAP_UNTYPED: /* its children are its state, which the derivations have */
    case CAP_NULL:    /* the others name no object */
    case CAP_ZOMBIE:
    case CAP_IRQ_CONTROL:
    case CAP_IRQ_HANDLER:
    case CAP_DOMAIN:
    case CAP_SCHED_CONTROL:
    case CAP_ASID_CONTROL:
    case CAP_IO_PORT_CONTROL:
    case CAP_IO_PORT:
    case CAP_SGI_SIGNAL:
    case CAP_SMC:
    case CAP_IO_SPACE:
    case CAP_STREAM_CONTROL:
    case CAP_STREAM:
    case CAP_BANK_CONTROL:
    case CAP_CONTEXT_BANK:
    case CAP_TYPES:
        break;
    }
}

void compare_objects(struct verify *v)
{
    for (uint32_t i = 0; i < v->spec->num_objects; i++) {
        enum capdl_kind kind = capdl_object_kind(v->spec, i);
        if (kind == CAPDL_KIND_PROGRAM) {
            continue; /* stands for other objects of the spec */
        }
        v->result->totals.objects++;
        if (capdl_kind_class(kind) == CAPDL_CLASS_INTERRUPT || capdl_kind_class(kind) == CAPDL_CLASS_ISSUED) {
            compare_irq(v, i);
        } else if (kind_is_device(kind)) {
            compare_device(v, i);
        } else if (kind == CAPDL_KIND_LEFTOVER) {
            compare_leftovers(v, i);
        } else if (!kind_has_node(kind)) {
            differ(v, i, "cannot be compared: the kernel model has no such object");
        } else if (v->match[i] == NO_NODE) {
            differ(v, i, "is missing: there is no such object");
        } else {
            compare_node(v, i);
        }
    }
}
