/* SPDX-License-Identifier: BSD-2-Clause */
/* A spec as facts: who holds what, who can reach which memory, how everything is set. */
#include <stdlib.h>
#include <string.h>

#include "private.h"

struct gatherer {
    const struct world *world;
    const struct capdl_diff_options *options;
    struct facts *facts;
    uint32_t *seen; /* per object: 1 + subject that was there */
};

enum attribute_number {
    ATTRIBUTE_TCB, /* + enum capdl_tcb_field */
    ATTRIBUTE_PERIOD = ATTRIBUTE_TCB + CAPDL_TCB_FIELD_COUNT,
    ATTRIBUTE_BUDGET,
    ATTRIBUTE_REFILLS,
    ATTRIBUTE_FLAGS,
    ATTRIBUTE_DATA,
    ATTRIBUTE_PADDR,
    ATTRIBUTE_SIZE,
    ATTRIBUTE_DEVICE,                                           /* + enum capdl_number */
    ATTRIBUTE_TCB_LIST = ATTRIBUTE_DEVICE + CAPDL_NUMBER_COUNT, /* + the place in the list */
};

/* What the numbers of a device or an interrupt are. */
static struct attribute device_attribute(enum capdl_kind kind, unsigned number)
{
    static const struct {
        enum capdl_kind kind;
        enum capdl_rank rank;
        const char *text[CAPDL_NUMBER_COUNT];
    } devices[] = {
        {CAPDL_KIND_ARM_IRQ, CAPDL_RANK_INTERRUPT, {"trigger", "target core"}},
        {CAPDL_KIND_RISCV_IRQ, CAPDL_RANK_INTERRUPT, {"trigger"}},
        {CAPDL_KIND_IOAPIC_IRQ, CAPDL_RANK_INTERRUPT, {"IOAPIC", "pin", "level", "polarity"}},
        {CAPDL_KIND_MSI_IRQ, CAPDL_RANK_INTERRUPT, {"handle", "PCI bus", "PCI device", "PCI function"}},
        {CAPDL_KIND_ARM_SGI_SIGNAL, CAPDL_RANK_FLOW, {"interrupt", "target core"}},
        {CAPDL_KIND_IO_PORTS, CAPDL_RANK_HARDWARE, {"first port", "last port"}},
        {CAPDL_KIND_IO_DEVICE, CAPDL_RANK_DMA, {"I/O domain", "PCI bus", "PCI device", "PCI function"}},
        {CAPDL_KIND_ARM_IO_DEVICE, CAPDL_RANK_DMA, {"I/O space"}},
        {CAPDL_KIND_CONTEXTBANK, CAPDL_RANK_DMA, {"bank"}},
        {CAPDL_KIND_STREAMID, CAPDL_RANK_DMA, {"id"}},
        {CAPDL_KIND_IO_PT, CAPDL_RANK_DMA, {"level"}},
        {CAPDL_KIND_LEFTOVER, CAPDL_RANK_RESHAPE, {"slots", "devices"}},
    };

    for (unsigned i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
        if (devices[i].kind == kind && devices[i].text[number]) {
            return (struct attribute){devices[i].rank, devices[i].text[number]};
        }
    }
    return (struct attribute){CAPDL_RANK_HARDWARE, "number"};
}

struct attribute capdl_review_attribute(enum capdl_kind kind, uint64_t detail)
{
    static const struct attribute attributes[] = {
#define CAPDL_TCB_FIELD(id, member, type, otherwise, written, rust, in_rust, rank, name) \
    [ATTRIBUTE_TCB + CAPDL_TCB_FIELD_##id] = {CAPDL_RANK_##rank, name},
#include <capdl/tcbfields.def>
#undef CAPDL_TCB_FIELD
        [ATTRIBUTE_PERIOD] = {CAPDL_RANK_TIME, "period in microseconds"},
        [ATTRIBUTE_BUDGET] = {CAPDL_RANK_TIME, "budget in microseconds"},
        [ATTRIBUTE_REFILLS] = {CAPDL_RANK_TIME, "number of extra refills"},
        [ATTRIBUTE_FLAGS] = {CAPDL_RANK_TIME, "scheduling flags"},
        [ATTRIBUTE_DATA] = {CAPDL_RANK_FAULTS, "badge of timeout faults"},
        [ATTRIBUTE_PADDR] = {CAPDL_RANK_ADDRESS, "physical address"},
        [ATTRIBUTE_SIZE] = {CAPDL_RANK_ATTRIBUTES, "size in bits"},
    };

    if (detail >= ATTRIBUTE_DEVICE && detail < ATTRIBUTE_TCB_LIST) {
        return device_attribute(kind, (unsigned)(detail - ATTRIBUTE_DEVICE));
    }
    return attributes[detail < ATTRIBUTE_TCB_LIST ? detail : ATTRIBUTE_TCB + CAPDL_TCB_FIELD_INIT];
}

bool capdl_review_is_address(const struct fact *fact)
{
    return fact->relation == RELATION_NUMBER && fact->detail == ATTRIBUTE_PADDR;
}

static struct fact *fact_add(struct gatherer *g, enum relation relation, uint32_t subject, uint64_t object)
{
    struct facts *facts = g->facts;

    facts->list = capdl_spec_grow(facts->list, &facts->capacity, facts->count + 1, sizeof(*facts->list));
    facts->list[facts->count] = (struct fact){
        .relation = relation,
        .subject = subject == REVIEW_NONE ? REVIEW_NONE : g->world->subject_number[subject],
        .object = object,
        .holder = REVIEW_NONE,
    };
    return &facts->list[facts->count++];
}

/* A fact about an object of the spec. */
static struct fact *fact_of(struct gatherer *g, enum relation relation, uint32_t subject, uint32_t object)
{
    return fact_add(g, relation, subject, g->world->object_number[object]);
}

static void fact_number(struct gatherer *g, uint32_t object, uint64_t attribute, uint64_t value)
{
    struct fact *fact = fact_of(g, RELATION_NUMBER, REVIEW_NONE, object);

    fact->detail = attribute;
    fact->value = value;
}

/* Control capabilities have no object: they are known by their kind, behind all objects. */
static uint64_t target_number(const struct gatherer *g, const struct capdl_cap *cap)
{
    return cap->object == CAPDL_NO_OBJECT ? UINT64_C(1) << 32 | cap->kind : g->world->object_number[cap->object];
}

static void gather_held(struct gatherer *g, uint32_t subject, uint32_t cnode, const struct capdl_cap *cap)
{
    struct fact *fact = fact_add(g, RELATION_HOLD, subject, target_number(g, cap));

    fact->detail = cap->kind == CAPDL_KIND_CNODE ? 0 : cap->data;
    fact->value = cap->rights;
    fact->holder = cnode;
    fact->slot = cap->slot;
}

static void gather_frame(struct gatherer *g, uint32_t subject, uint32_t table, const struct capdl_cap *cap)
{
    struct fact *fact = fact_of(g, RELATION_MAP, subject, cap->object);

    fact->value = cap->rights | (cap->flags & CAPDL_CAP_UNCACHED ? MAP_UNCACHED : 0u);
    fact->holder = table;
    fact->slot = cap->slot;
}

/* How a tree of containers is walked: which capabilities are followed, and what each is worth. `who` is the subject or
 * device. */
struct walk {
    bool (*follows)(const struct gatherer *, uint32_t who, const struct capdl_cap *);
    void (*visit)(struct gatherer *, uint32_t who, uint32_t holder, const struct capdl_cap *);
};

/* Visits all capabilities in a container and in those below it, each container once. */
static void walk_from(struct gatherer *g, uint32_t who, uint32_t root, const struct walk *walk)
{
    uint32_t *stack = NULL, depth = 0;
    size_t capacity = 0;

    if (root == REVIEW_NONE) {
        return;
    }
    stack = capdl_spec_grow(stack, &capacity, 1, sizeof(*stack));
    stack[depth++] = root;
    g->seen[root] = who + 1;
    while (depth) {
        uint32_t id = stack[--depth];
        struct capdl_caps caps = capdl_object_caps(g->world->spec, id);

        for (uint32_t i = 0; i < caps.count; i++) {
            const struct capdl_cap *cap = &caps.list[i];

            walk->visit(g, who, id, cap);
            if (cap->object == CAPDL_NO_OBJECT || g->seen[cap->object] == who + 1 || !walk->follows(g, who, cap)) {
                continue;
            }
            g->seen[cap->object] = who + 1;
            stack = capdl_spec_grow(stack, &capacity, depth + (size_t)1, sizeof(*stack));
            stack[depth++] = cap->object;
        }
    }
    free(stack);
}

static bool is_foreign(const struct gatherer *g, uint32_t subject, const struct capdl_cap *cap)
{
    uint32_t owner = g->world->owner[cap->object];

    return owner != subject && owner != REVIEW_NONE;
}

/* Another subject's CNode is not looked into: who holds it may do everything there, which is said once. */
static bool follows_cnode(const struct gatherer *g, uint32_t subject, const struct capdl_cap *cap)
{
    return cap->kind == CAPDL_KIND_CNODE && !is_foreign(g, subject, cap);
}

static bool follows_table(const struct gatherer *g, uint32_t subject, const struct capdl_cap *cap)
{
    return capdl_kind_is_table(cap->kind) && !is_foreign(g, subject, cap);
}

/* A device has page tables of its own, or those of an address space by way of a context bank. */
static bool follows_translation(const struct gatherer *g, uint32_t device, const struct capdl_cap *cap)
{
    (void)g;
    (void)device;
    return capdl_kind_is_table(cap->kind) || cap->kind == CAPDL_KIND_IO_PT || cap->kind == CAPDL_KIND_CONTEXTBANK;
}

static void visit_mapped(struct gatherer *g, uint32_t subject, uint32_t table, const struct capdl_cap *cap)
{
    if (cap->kind == CAPDL_KIND_FRAME) {
        gather_frame(g, subject, table, cap);
    }
}

/* What a device can reach. */
static void visit_dma(struct gatherer *g, uint32_t device, uint32_t table, const struct capdl_cap *cap)
{
    struct fact *fact;

    if (cap->kind != CAPDL_KIND_FRAME) {
        return;
    }
    fact = fact_of(g, RELATION_DMA, REVIEW_NONE, cap->object);
    fact->detail = g->world->object_number[device];
    fact->value = cap->rights;
    fact->holder = table;
    fact->slot = cap->slot;
}

static void gather_handler(struct gatherer *g, uint32_t tcb, const struct capdl_cap *cap, bool timeout)
{
    struct fact *fact = fact_of(g, RELATION_HANDLER, REVIEW_NONE, tcb);

    fact->detail = timeout;
    fact->value = target_number(g, cap);
    fact->holder = tcb;
    fact->slot = cap->slot;
    fact = fact_of(g, RELATION_BADGE, REVIEW_NONE, tcb);
    fact->detail = timeout;
    fact->value = cap->data;
    fact->holder = tcb;
    fact->slot = cap->slot;
}

static void gather_tcb_caps(struct gatherer *g, uint32_t id)
{
    struct capdl_caps caps = capdl_object_caps(g->world->spec, id);

    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];

        if (cap->slot == CAPDL_TCB_SLOT_FAULT_EP || cap->slot == CAPDL_TCB_SLOT_TEMP_FAULT_EP) {
            gather_handler(g, id, cap, cap->slot == CAPDL_TCB_SLOT_TEMP_FAULT_EP);
        } else {
            struct fact *fact = fact_of(g, RELATION_BOUND, REVIEW_NONE, id);

            fact->detail = cap->slot;
            fact->value = target_number(g, cap);
        }
    }
}

static void gather_tcb(struct gatherer *g, uint32_t id)
{
    const struct capdl_tcb *tcb =
        capdl_object_tcb(g->world->spec, id) ? capdl_object_tcb(g->world->spec, id) : &capdl_tcb_defaults;

    for (unsigned i = 0; i < CAPDL_TCB_FIELD_COUNT; i++) {
        if (capdl_tcb_field_type((enum capdl_tcb_field)i) != CAPDL_TCB_LIST) {
            fact_number(g, id, ATTRIBUTE_TCB + i, capdl_tcb_get(tcb, (enum capdl_tcb_field)i));
        }
    }
    for (size_t i = 0; i < tcb->num_init; i++) {
        fact_number(g, id, ATTRIBUTE_TCB_LIST + i, tcb->init[i]);
    }
    gather_tcb_caps(g, id);
}

static void gather_sc(struct gatherer *g, uint32_t id)
{
    static const struct capdl_sc defaults;
    const struct capdl_sc *sc = capdl_object_sc(g->world->spec, id) ? capdl_object_sc(g->world->spec, id) : &defaults;

    fact_number(g, id, ATTRIBUTE_PERIOD, sc->period);
    fact_number(g, id, ATTRIBUTE_BUDGET, sc->budget);
    fact_number(g, id, ATTRIBUTE_REFILLS, sc->refills);
    fact_number(g, id, ATTRIBUTE_FLAGS, sc->flags);
    fact_number(g, id, ATTRIBUTE_DATA, sc->data);
}

static uint64_t hash_fills(const struct capdl_spec *spec, uint32_t frame)
{
    uint64_t hash = 0;

    struct capdl_fills fills = capdl_object_fills(spec, frame);
    for (size_t i = 0; i < fills.count; i++) {
        const struct capdl_fill *fill = &fills.list[i];

        hash = (hash + fill->offset) * 31 + fill->length * 7 + fill->source_offset;
        for (const char *text = fill->text; text && *text; text++) {
            hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
        }
    }
    return hash;
}

static void gather_frame_content(struct gatherer *g, uint32_t id)
{
    const struct world *world = g->world;
    uint64_t content =
        g->options->content ? g->options->content(g->options->context, world->spec, id) : hash_fills(world->spec, id);

    if (content) {
        fact_of(g, RELATION_CONTENT, REVIEW_NONE, id)->value = content;
    }
}

static void gather_numbers(struct gatherer *g, uint32_t id)
{
    struct capdl_caps caps = capdl_object_caps(g->world->spec, id);
    const struct capdl_numbers *numbers = capdl_object_numbers(g->world->spec, id);

    for (unsigned i = 0; numbers && i < CAPDL_NUMBER_COUNT; i++) {
        if (numbers->has >> i & 1) {
            fact_number(g, id, ATTRIBUTE_DEVICE + i, numbers->value[i]);
        }
    }
    for (uint32_t i = 0;
         capdl_kind_class(capdl_object_kind(g->world->spec, id)) == CAPDL_CLASS_INTERRUPT && i < caps.count; i++) {
        struct fact *fact = fact_of(g, RELATION_SIGNAL, REVIEW_NONE, id);

        fact->detail = target_number(g, &caps.list[i]);
        fact->value = caps.list[i].data;
        fact->holder = id;
        fact->slot = caps.list[i].slot;
    }
}

static void gather_object(struct gatherer *g, uint32_t id)
{
    fact_of(g, RELATION_OBJECT, REVIEW_NONE, id)->value = capdl_object_kind(g->world->spec, id);
    if (capdl_object_flags(g->world->spec, id) & CAPDL_OBJECT_HAS_PADDR) {
        fact_number(g, id, ATTRIBUTE_PADDR, capdl_object_paddr(g->world->spec, id));
    }
    if (capdl_object_size_bits(g->world->spec, id)) {
        fact_number(g, id, ATTRIBUTE_SIZE, capdl_object_size_bits(g->world->spec, id));
    }
    if (capdl_object_kind(g->world->spec, id) == CAPDL_KIND_TCB) {
        gather_tcb(g, id);
    } else if (capdl_object_kind(g->world->spec, id) == CAPDL_KIND_SC) {
        gather_sc(g, id);
    } else if (capdl_object_kind(g->world->spec, id) == CAPDL_KIND_FRAME) {
        gather_frame_content(g, id);
    } else if (capdl_kind_has(capdl_object_kind(g->world->spec, id), CAPDL_TRAIT_NUMBERS)) {
        gather_numbers(g, id);
    }
}

static const struct walk held = {follows_cnode, gather_held}, mapped = {follows_table, visit_mapped},
                         dma = {follows_translation, visit_dma};

/* Memory of a guest is memory of the thread that runs it. */
static void gather_spaces(struct gatherer *g)
{
    const struct world *world = g->world;

    for (uint32_t i = 0; i < world->num_subjects; i++) {
        walk_from(g, i, world->subjects[i].cspace, &held);
        walk_from(g, i, world->subjects[i].vspace, &mapped);
    }
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        if (capdl_object_kind(world->spec, i) == CAPDL_KIND_TCB) {
            walk_from(g, world->owner[i], capdl_review_target(world->spec, i, CAPDL_TCB_SLOT_EPT_ROOT), &mapped);
        }
    }
}

static void gather_sections(struct gatherer *g)
{
    const struct capdl_spec *spec = g->world->spec;

    for (size_t i = 0; i < spec->num_irqs; i++) {
        fact_add(g, RELATION_IRQ, REVIEW_NONE, spec->irqs[i].irq)->value =
            g->world->object_number[spec->irqs[i].object];
    }
    for (size_t i = 0; i < spec->domains.num_schedule; i++) {
        const struct capdl_domain_entry *entry = &spec->domains.schedule[i];
        uint64_t values[] = {entry->domain, entry->duration, entry->unit};

        for (unsigned j = 0; j < sizeof(values) / sizeof(values[0]); j++) {
            struct fact *fact = fact_add(g, RELATION_SCHEDULE, REVIEW_NONE, i);

            fact->detail = j;
            fact->value = values[j];
        }
    }
    for (size_t i = 0; i < spec->num_derivations; i++) {
        const struct capdl_derivation *derivation = &spec->derivations[i];
        struct fact *fact = fact_of(g, RELATION_DERIVED, REVIEW_NONE, derivation->child.container);

        fact->detail = derivation->child.slot;
        fact->value = (uint64_t)g->world->object_number[derivation->parent.container] << 32 ^ derivation->parent.slot;
    }
}

static int fact_compare(const void *left, const void *right)
{
    const struct fact *a = left, *b = right;
    const uint64_t keys[][2] = {{a->relation, b->relation},
                                {a->subject, b->subject},
                                {a->object, b->object},
                                {a->detail, b->detail},
                                {a->value, b->value}};

    for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (keys[i][0] != keys[i][1]) {
            return keys[i][0] < keys[i][1] ? -1 : 1;
        }
    }
    return 0;
}

/* Several capabilities to one thing count as one with the rights of all. */
static void facts_unite(struct facts *facts)
{
    size_t count = 0;

    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->list[i];
        struct fact *last = count ? &facts->list[count - 1] : NULL;
        bool same = last && last->relation == fact->relation && last->subject == fact->subject &&
                    last->object == fact->object && last->detail == fact->detail;
        bool rights =
            fact->relation == RELATION_HOLD || fact->relation == RELATION_MAP || fact->relation == RELATION_DMA;

        if (same && (rights || last->value == fact->value)) {
            last->value |= fact->value;
        } else {
            facts->list[count++] = *fact;
        }
    }
    facts->count = count;
}

void capdl_review_facts(struct facts *facts, const struct world *world, const struct capdl_diff_options *options)
{
    const struct capdl_spec *spec = world->spec;
    struct gatherer g = {.world = world, .options = options, .facts = facts};

    g.seen = capdl_spec_realloc(NULL, (spec->num_objects + (size_t)1) * sizeof(*g.seen));
    memset(g.seen, 0, spec->num_objects * sizeof(*g.seen));
    gather_spaces(&g);
    memset(g.seen, 0, spec->num_objects * sizeof(*g.seen));
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        gather_object(&g, i);
        if (capdl_kind_class(capdl_object_kind(spec, i)) == CAPDL_CLASS_DEVICE &&
            capdl_object_kind(spec, i) != CAPDL_KIND_CONTEXTBANK) {
            walk_from(&g, i, i, &dma);
        }
    }
    gather_sections(&g);
    free(g.seen);
    if (facts->count) {
        qsort(facts->list, facts->count, sizeof(*facts->list), fact_compare);
    }
    facts_unite(facts);
}
