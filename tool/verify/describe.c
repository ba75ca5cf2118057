/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The canonical description of a final state, of which the digest is made: one line of text for each fact, objects
 * by name. It is written from the kernel's state; the spec only gives the names. Format: docs/verify.md.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "verify/private.h"

struct description {
    struct verify *v;
    struct sha256 sha;
    size_t used;
    char text[4096]; /* what is still to be added to the digest */
};

static void put(struct description *d, const char *text, size_t length)
{
    if (length > sizeof(d->text) - d->used) {
        sha256_add(&d->sha, d->text, d->used);
        d->used = 0;
    }
    if (length > sizeof(d->text)) {
        sha256_add(&d->sha, text, length);
        return;
    }
    memcpy(d->text + d->used, text, length);
    d->used += length;
}

static void put_number(struct description *d, uint64_t number, unsigned base)
{
    char digits[20], *end = digits + sizeof(digits), *at = end;
    do {
        *--at = "0123456789abcdef"[number % base];
        number /= base;
    } while (number);
    put(d, at, (size_t)(end - at));
}

static uint64_t number_from(va_list *arguments, unsigned longs)
{
    return longs == 0   ? va_arg(*arguments, unsigned)
           : longs == 1 ? va_arg(*arguments, unsigned long)
                        : va_arg(*arguments, unsigned long long);
}

/* Of printf's conversions only %s, %u and %x, plain or with l or ll: there are millions of lines. */
static void line(struct description *d, const char *format, ...) CAPDL_PRINTF(2, 3);

static void line(struct description *d, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (const char *next; *format; format = next + 1) {
        unsigned longs = 0;
        next = strchrnul(format, '%');
        put(d, format, (size_t)(next - format));
        if (!*next) {
            break;
        }
        while (*++next == 'l') {
            longs++;
        }
        if (*next == 's') {
            const char *text = va_arg(arguments, const char *);
            put(d, text, strlen(text));
        } else {
            put_number(d, number_from(&arguments, longs), *next == 'x' ? 16 : 10);
        }
    }
    va_end(arguments);
    put(d, "\n", 1);
}

static const char *name(const struct description *d, uint32_t node, char buffer[LABEL_SIZE])
{
    if (node == NO_NODE) {
        return "-";
    }
    const struct node *n = &d->v->nodes[node];
    if (n->match == CAPDL_NO_OBJECT) {
        return cap_type_name(n->type);
    }
    return capdl_object_label(d->v->spec, n->match, buffer, LABEL_SIZE);
}

static void describe_slot(struct description *d, uint64_t at, const struct slot *slot)
{
    const struct cap *cap = &slot->cap;
    char target[LABEL_SIZE];
    uint32_t node = state_node(d->v, slot);
    uint64_t number = node == NO_NODE ? cap->paddr : 0; /* addresses of what is in RAM are not part of the state */
    bool data = node == NO_NODE || cap->type == CAP_ENDPOINT || cap->type == CAP_NOTIFICATION || cap->type == CAP_CNODE;
    if (cap->type != CAP_NULL) {
        line(d, " cap %" PRIx64 " %s %s rights %u number %" PRIx64 " data %" PRIx64 " guard %u", at,
             cap_type_name(cap->type), name(d, node, target), cap->rights, number, data ? cap->data : 0,
             cap->guard_bits);
    }
}

/* What was left over differs between machines. */
static void describe_cnode(struct description *d, const struct node *n)
{
    const struct cnode *cnode = n->object;
    for (uint64_t i = 0; i < UINT64_C(1) << n->bits; i++) {
        if (!leftovers_slot(d->v, n->match, i)) {
            describe_slot(d, i, &cnode->slots[i]);
        }
    }
}

static void describe_thread(struct description *d, const struct tcb *thread)
{
    const struct registers *r = d->v->kernel->registers;
    char a[LABEL_SIZE], b[LABEL_SIZE], c[LABEL_SIZE];
    for (uint64_t i = 0; i < CAPDL_TCB_SLOT_COUNT; i++) {
        const struct slot *slot = state_tcb_slot(d->v, thread, i);
        if (slot) {
            describe_slot(d, i, slot);
        }
    }
    bool ready = thread->state == THREAD_RUNNING || thread->state == THREAD_RESTART;
    line(d, " thread %s buffer %" PRIx64 " fault %" PRIx64 " flags %" PRIx64 " prio %u mcp %u domain %u affinity %u",
         ready ? "ready" : "inactive", thread->ipc_buffer, thread->fault_handler, thread->flags, thread->priority,
         thread->mcp, thread->domain, thread->affinity);
    line(d, " bound sc %s notification %s vcpu %s", name(d, state_object_node(d->v, thread->sc), a),
         name(d, state_object_node(d->v, thread->notification), b), name(d, state_object_node(d->v, thread->vcpu), c));
    for (unsigned i = 0; i < r->count; i++) {
        line(d, " register %s %" PRIx64, r->names[i], thread->regs[i]);
    }
}

static uint32_t page_node(const struct verify *v, const struct pte *pte)
{
    uint32_t node = NO_NODE;
    for (unsigned level = 0; node == NO_NODE && level < v->profile->vspace_levels; level++) {
        node = state_frame_node(v, pte->paddr, vspace_shift(v->profile, level));
    }
    return node;
}

static void describe_table(struct description *d, const struct table *table)
{
    char target[LABEL_SIZE];
    for (uint32_t i = 0; i < table->entries; i++) {
        const struct pte *pte = &table->pte[i];
        if (pte->kind == PTE_TABLE) {
            line(d, " table %x %s", i, name(d, state_object_node(d->v, pte->table), target));
        } else if (pte->kind == PTE_PAGE) {
            line(d, " page %x %s rights %u attributes %u", i, name(d, page_node(d->v, pte), target), pte->rights,
                 pte->attributes);
        }
    }
}

static void describe_contents(struct description *d, const struct node *n)
{
    uint64_t size = UINT64_C(1) << n->bits;
    for (uint64_t offset = 0; !n->device && offset < size; offset += CAPDL_PAGE_SIZE) {
        const uint8_t *page = contents_page(d->v, n->paddr + offset);
        if (page && !contents_is_zero(page)) {
            line(d, " content %" PRIx64, offset);
            put(d, (const char *)page, CAPDL_PAGE_SIZE);
        }
    }
}

static void describe_sched_context(struct description *d, const struct sched_context *sc)
{
    char thread[LABEL_SIZE];
    line(d, " sc thread %s period %" PRIx64 " refills %u core %u data %" PRIx64,
         name(d, state_object_node(d->v, sc->tcb), thread), sc->period, sc->refill_max, sc->core, sc->badge);
}

static void describe_node(struct description *d, uint32_t node)
{
    const struct node *n = &d->v->nodes[node];
    const struct asid_pool *pool = n->object;
    char target[LABEL_SIZE];
    if (cap_is_table(n->type)) {
        describe_table(d, n->object);
        return;
    }
    switch ((enum cap_type)n->type) {
    case CAP_CNODE:
        describe_cnode(d, n);
        break;
    case CAP_THREAD:
        describe_thread(d, n->object);
        break;
    case CAP_FRAME:
        if (!leftovers_frame(d->v, n->match)) {
            describe_contents(d, n);
        }
        break;
    case CAP_SCHED_CONTEXT:
        describe_sched_context(d, n->object);
        break;
    case CAP_ASID_POOL:
        for (unsigned i = 0; i < 1u << d->v->profile->asid_pool_bits; i++) {
            if (pool->vspace[i]) {
                line(d, " space %s", name(d, state_object_node(d->v, pool->vspace[i]), target));
            }
        }
        break;
    default:
        break;
    }
}

static void describe_left(struct description *d, const struct left *left, const char *label)
{
    char cnode[LABEL_SIZE], frame[LABEL_SIZE];
    line(d, "leftovers %s %s slots %" PRIx64 " from %" PRIx64 " frame %s kinds %u size %" PRIx64, label,
         name(d, d->v->match[left->cnode], cnode), left->slots, left->first, name(d, d->v->match[left->frame], frame),
         left->kinds, left->size);
}

/* Whether the spec gives an address, to the object or to an untyped around it. */
static bool has_address(const struct verify *v, uint32_t object)
{
    for (uint32_t left = v->spec->num_objects; object != CAPDL_NO_OBJECT && left > 0; left--) {
        if (capdl_object_flags(v->spec, object) & CAPDL_OBJECT_HAS_PADDR) {
            return true;
        }
        object = capdl_object_parent(v->spec, object);
    }
    return false;
}

static void describe_device(struct description *d, uint32_t object, const char *label)
{
    uint64_t stream =
        capdl_object_kind(d->v->spec, object) == CAPDL_KIND_STREAMID && capdl_object_numbers(d->v->spec, object)
            ? capdl_object_numbers(d->v->spec, object)->value[CAPDL_NUMBER_STREAM]
            : NUM_STREAMS;
    const struct slot *bank = stream < NUM_STREAMS ? &d->v->kernel->streams[stream].bank : NULL;
    char target[LABEL_SIZE];
    line(d, "device %s sees %s", label, name(d, state_device_target(d->v, object), target));
    if (bank) {
        describe_slot(d, 0, bank);
    }
}

static void describe_object(struct description *d, uint32_t object)
{
    uint32_t node = d->v->match[object];
    char label[LABEL_SIZE];
    capdl_object_label(d->v->spec, object, label, sizeof(label));
    if (leftovers_of(d->v, object)) {
        describe_left(d, leftovers_of(d->v, object), label);
    } else if (d->v->irqs[object] < MAX_IRQS) {
        line(d, "interrupt %s %" PRIu64, label, d->v->irqs[object]);
        describe_slot(d, 0, &d->v->kernel->irq_slots[d->v->irqs[object]]);
    } else if (kind_is_device(capdl_object_kind(d->v->spec, object))) {
        describe_device(d, object, label);
    } else if (node != NO_NODE) {
        const struct node *n = &d->v->nodes[node];
        bool fixed = capdl_object_kind(d->v->spec, object) == CAPDL_KIND_FRAME && has_address(d->v, object);
        line(d, "object %s %s bits %u device %u address %" PRIx64, label, cap_type_name(n->type), n->bits, n->device,
             fixed ? n->paddr : 0);
        describe_node(d, node);
    }
}

void describe_state(struct verify *v)
{
    struct description d = {.v = v};
    uint32_t count, *order = capdl_spec_by_name(v->spec, &count);
    sha256_init(&d.sha);
    line(&d, "capdl state 1 %s", capdl_arch_name(v->profile->arch));
    for (uint32_t i = 0; i < count; i++) {
        describe_object(&d, order[i]);
    }
    for (uint32_t i = 0; i < v->kernel->schedule_length; i++) {
        const struct domain_slot *slot = &v->kernel->schedule[i];
        if (slot->duration) {
            line(&d, "domain %x %u %" PRIx64, i, slot->domain, slot->duration);
        }
    }
    uint8_t digest[SHA256_BYTES];
    sha256_add(&d.sha, d.text, d.used);
    sha256_end(&d.sha, digest);
    sha256_text(digest, v->result->digest);
    free(order);
}
