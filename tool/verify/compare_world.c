/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What no single object of the spec is about: memory, domains, interrupts, other threads, and what the initialiser
 * keeps.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "profile/names.h"
#include "verify/private.h"

static void compare_entry(struct verify *v, size_t i)
{
    const struct capdl_domains *domains = &v->spec->domains;
    const struct capdl_domain_entry *entry = &domains->schedule[i];
    uint64_t index = domains->index_shift + i, duration = entry->duration;
    if (entry->end_marker) {
        duration = 0;
    } else if (entry->unit == CAPDL_MICROSECONDS) {
        duration = v->profile->mcs ? ticks_of_us(v->kernel, duration)
                                   : duration / (UINT64_C(1000) * v->profile->timer_tick_ms);
    }
    if (index >= v->kernel->schedule_length) {
        differ_world(v, "the domain schedule has no entry %" PRIu64, index);
        return;
    }
    const struct domain_slot *actual = &v->kernel->schedule[index];
    if (actual->duration != duration || (duration && actual->domain != entry->domain)) {
        differ_world(v,
                     "the domain schedule has in entry %" PRIu64 " domain %u for %" PRIu64 " ticks, not domain %" PRIu64
                     " for %" PRIu64,
                     index, actual->domain, actual->duration, entry->domain, duration);
    }
}

void compare_domains(struct verify *v)
{
    const struct capdl_domains *domains = &v->spec->domains;
    if (!domains->has_schedule) {
        return;
    }
    for (size_t i = 0; i < domains->num_schedule; i++) {
        compare_entry(v, i);
    }
    uint64_t start =
        domains->index_shift + (domains->start_kind == CAPDL_DOMAIN_START_INDEX ? domains->start_index : 0);
    if (domains->start_kind != CAPDL_DOMAIN_START_NONE && v->kernel->schedule_start != start) {
        differ_world(v, "the domain schedule starts at entry %u, not %" PRIu64, v->kernel->schedule_start, start);
    }
}

static bool wanted_irq(const struct verify *v, unsigned irq)
{
    for (uint32_t i = 0; i < v->spec->num_objects; i++) {
        if (v->irqs[i] == irq) {
            return true;
        }
    }
    return false;
}

static void compare_interrupts(struct verify *v)
{
    for (unsigned i = 0; i < MAX_IRQS; i++) {
        if ((v->kernel->irq_state[i] == IRQ_SIGNAL || v->kernel->irq_slots[i].cap.type != CAP_NULL) &&
            !wanted_irq(v, i)) {
            differ_world(v, "interrupt %u is in use, which is not in the spec", i);
        }
    }
}

static void compare_threads(struct verify *v)
{
    for (const struct tcb *thread = v->kernel->threads; thread; thread = thread->all_next) {
        uint32_t node = state_object_node(v, thread);
        if (thread == v->kernel->initial || thread == v->kernel->idle) {
            continue;
        }
        bool known = node != NO_NODE && v->nodes[node].match != CAPDL_NO_OBJECT;
        if (!known && (thread->state != THREAD_INACTIVE || thread->instructions)) {
            differ_world(v, "the thread at 0x%" PRIx64 " is started, which is not in the spec", thread->header.paddr);
        }
    }
}

struct mapped {
    uint64_t start, end;
    uint32_t object;
};

static int compare_mapped(const void *a, const void *b)
{
    const struct mapped *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

/* Objects of the spec by address; untypeds are memory for others and left out. */
static size_t collect_mapped(const struct verify *v, struct mapped *list)
{
    size_t count = 0;
    for (uint32_t i = 0; i < v->spec->num_objects; i++) {
        if (v->match[i] != NO_NODE && v->nodes[v->match[i]].type != CAP_UNTYPED) {
            const struct node *n = &v->nodes[v->match[i]];
            list[count++] = (struct mapped){n->paddr, n->paddr + node_bytes(v, n), i};
        }
    }
    qsort(list, count, sizeof(*list), compare_mapped);
    return count;
}

static void compare_overlaps(struct verify *v, const struct mapped *list, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (list[i].start < list[i - 1].end) {
            char label[LABEL_SIZE];
            differ(v, list[i].object, "at 0x%" PRIx64 " overlaps %s", list[i].start,
                   object_label(v, list[i - 1].object, label));
        }
    }
}

struct own_space {
    struct verify *v;
    const struct mapped *list;
    size_t count;
};

static void see_own_page(const struct own_space *s, uint64_t address, uint64_t paddr, uint64_t size)
{
    size_t low = 0, high = s->count;
    while (low < high) { /* the first that ends after paddr; they do not overlap, so ends ascend, too */
        size_t middle = low + (high - low) / 2;
        if (s->list[middle].end > paddr) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    if (low < s->count && s->list[low].start < paddr + size) {
        differ(s->v, s->list[low].object, "is still mapped in the initialiser's own address space, at 0x%" PRIx64,
               address);
    }
}

static void walk_own(const struct own_space *s, const struct table *table, unsigned level, uint64_t base)
{
    unsigned shift = vspace_shift(s->v->profile, level);
    for (uint32_t i = 0; i < table->entries; i++) {
        const struct pte *pte = &table->pte[i];
        uint64_t address = base + ((uint64_t)i << shift);
        if (pte->kind == PTE_TABLE && level + 1u < s->v->profile->vspace_levels) {
            walk_own(s, pte->table, level + 1, address);
        } else if (pte->kind == PTE_PAGE) {
            see_own_page(s, address, pte->paddr, UINT64_C(1) << shift);
        }
    }
}

static void compare_memory(struct verify *v)
{
    struct mapped *list = memory_zeroed(v->spec->num_objects, sizeof(*list));
    size_t count = collect_mapped(v, list);
    compare_overlaps(v, list, count);
    const struct cap *own = &v->kernel->initial->slots[TCB_VTABLE].cap;
    if (own->object) {
        walk_own(&(struct own_space){v, list, count}, own->object, 0, 0);
    }
    free(list);
}

static const char *method_name(enum capdl_method method)
{
    return method < CAPDL_METHOD_COUNT ? method_names[method] : "a call without a name";
}

/* A switch of domains may come before the initialiser suspends itself: the call before that is the one that starts
 * the schedule. */
static void compare_initialiser(struct verify *v)
{
    const struct tcb *initial = v->kernel->initial;
    bool other_domain = v->spec->domains.has_schedule && v->kernel->domain != initial->domain;
    if (initial->state != THREAD_INACTIVE && !other_domain) {
        differ_world(v, "the initialiser is not suspended when the first thread runs");
    }
    if (v->kernel->num_late > 0) {
        differ_world(v, "a thread is started already when the initialiser comes to %s and %" PRIu64 " other calls",
                     method_name(v->kernel->late), v->kernel->num_late - 1);
    }
}

/* Compares what the initialiser says it did, in its record and on the console, with what the kernel saw. */
static void compare_calls(struct verify *v)
{
    static const char calls[] = " pages in place, ", digest[] = ", digest ";
    const struct call_digest *seen = &v->kernel->calls;
    const struct capdl_image_header *header = v->stop->header;
    const char *count = strstr(v->said, calls), *said = strstr(v->said, digest);
    if (header->digest != seen->value || header->num_calls != seen->count + 1) { /* the last is never answered */
        differ_world(v,
                     "the initialiser recorded %" PRIu64 " kernel calls with digest 0x%" PRIx64
                     ", the kernel saw %" PRIu64 " with digest 0x%" PRIx64,
                     header->num_calls, header->digest, seen->count + 1, seen->value);
    }
    if (!count || !said) {
        return;
    }
    uint64_t number = strtoull(count + strlen(calls), NULL, 10), stated = strtoull(said + strlen(digest), NULL, 16);
    bool before = number == seen->start_count && stated == seen->start_value;
    /* some initialisers of earlier versions say it last */
    bool all = seen->is_old && number == seen->count && stated == seen->value;
    if (!before && !all) {
        differ_world(v,
                     "the initialiser printed %" PRIu64 " kernel calls with digest 0x%" PRIx64
                     ", before the first start the kernel saw %" PRIu64 " with digest 0x%" PRIx64,
                     number, stated, seen->start_count, seen->start_value);
    }
}

void compare_world(struct verify *v)
{
    compare_initialiser(v);
    compare_calls(v);
    compare_threads(v);
    compare_interrupts(v);
    compare_other_devices(v);
    compare_memory(v);
}

static struct verify_remains *remains_of(struct verify *v, enum cap_type type)
{
    struct verify_result *r = v->result;
    const char *what = cap_type_name(type);
    for (size_t i = 0; i < r->num_remains; i++) {
        if (strcmp(r->remains[i].what, what) == 0) {
            return &r->remains[i];
        }
    }
    if (r->num_remains == VERIFY_REMAINS) {
        return &r->remains[VERIFY_REMAINS - 1];
    }
    struct verify_remains *remains = &r->remains[r->num_remains];
    *remains = (struct verify_remains){.own = 0};
    snprintf(remains->what, sizeof(remains->what), "%s", what);
    return &r->remains[r->num_remains++];
}

static void list_cnode(struct verify *v, const struct node *n)
{
    const struct cnode *cnode = n->object;
    for (uint64_t i = 0; i < UINT64_C(1) << n->bits; i++) {
        const struct slot *slot = &cnode->slots[i];
        if (slot->cap.type == CAP_NULL) {
            continue;
        }
        uint32_t node = state_node(v, slot);
        struct verify_remains *remains = remains_of(v, slot->cap.type);
        if (node != NO_NODE && v->nodes[node].match != CAPDL_NO_OBJECT) {
            remains->shared++;
        } else {
            remains->own++;
        }
        if (slot->cap.type == CAP_UNTYPED && !(slot->cap.flags & CAP_FLAG_DEVICE)) {
            v->result->untyped_bytes += UINT64_C(1) << slot->cap.bits;
        }
    }
}

void list_remains(struct verify *v)
{
    for (size_t i = 0; i < v->num_nodes; i++) {
        if (v->nodes[i].flags & NODE_OWN) {
            list_cnode(v, &v->nodes[i]);
        }
    }
}
