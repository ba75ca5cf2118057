/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's state as a list of nodes: whatever some capability of some thread, CNode or interrupt names. */
#include <stdlib.h>

#include "verify/private.h"

struct key {
    uint64_t a, b;
};

static bool cap_key(const struct verify *v, const struct slot *slot, struct key *key)
{
    const struct cap *cap = &slot->cap;
    if (cap->type == CAP_UNTYPED) {
        *key = (struct key){(uintptr_t)slot, 0};
    } else if (cap->type == CAP_FRAME) {
        *key = (struct key){cap->paddr, cap->bits};
    } else {
        *key = (struct key){(uintptr_t)cap->object, 0};
        return cap->object && (cap->type != CAP_REPLY || v->profile->mcs);
    }
    return true;
}

static struct key node_key(const struct node *node)
{
    if (node->object || node->untyped) {
        return (struct key){node->object ? (uintptr_t)node->object : (uintptr_t)node->untyped, 0};
    }
    return (struct key){node->paddr, node->bits};
}

/*
 * Where to look first: what is near in memory, and so mostly made one after the other, is near in the table, too, in
 * groups that are spread all over it.
 */
static size_t place_of(struct key key)
{
    enum { OBJECT_BITS = 4, GROUP_BITS = 6 };
    uint64_t number = key.a >> (key.b ? key.b : OBJECT_BITS), group = (number >> GROUP_BITS) + (key.b << 57);
    return (size_t)(group * UINT64_C(0x9e3779b97f4a7c15) >> 24 << GROUP_BITS | (number & ((1u << GROUP_BITS) - 1)));
}

static uint32_t *hash_entry(const struct verify *v, struct key key)
{
    size_t mask = v->hash_size - 1;
    size_t at = place_of(key) & mask;
    for (; v->hash[at]; at = (at + 1) & mask) {
        struct key found = node_key(&v->nodes[v->hash[at] - 1]);
        if (found.a == key.a && found.b == key.b) {
            break;
        }
    }
    return &v->hash[at];
}

static void hash_enlarge(struct verify *v)
{
    if ((v->num_nodes + 1) * 2 <= v->hash_size) {
        return;
    }
    free(v->hash);
    v->hash_size = v->hash_size ? v->hash_size * 2 : 1024;
    v->hash = memory_zeroed(v->hash_size, sizeof(*v->hash));
    for (size_t i = 0; i < v->num_nodes; i++) {
        *hash_entry(v, node_key(&v->nodes[i])) = (uint32_t)i + 1;
    }
}

static uint32_t find(const struct verify *v, struct key key)
{
    return *hash_entry(v, key) - 1; /* 0 becomes NO_NODE */
}

uint32_t state_node(const struct verify *v, const struct slot *slot)
{
    struct key key;
    return slot && cap_key(v, slot, &key) ? find(v, key) : NO_NODE;
}

uint32_t state_object_node(const struct verify *v, const void *object)
{
    return object ? find(v, (struct key){(uintptr_t)object, 0}) : NO_NODE;
}

uint32_t state_frame_node(const struct verify *v, uint64_t paddr, unsigned bits)
{
    return find(v, (struct key){paddr, bits});
}

static void add_slot(struct verify *v, const struct slot *slot)
{
    const struct cap *cap = &slot->cap;
    struct key key;
    if (cap->type == CAP_NULL || !cap_key(v, slot, &key)) {
        return;
    }
    hash_enlarge(v);
    uint32_t *entry = hash_entry(v, key);
    if (!*entry) {
        v->nodes = memory_grow(v->nodes, &v->capacity_nodes, v->num_nodes + 1, sizeof(*v->nodes));
        v->nodes[v->num_nodes++] = (struct node){
            .paddr = cap->paddr,
            .object = cap->type == CAP_UNTYPED || cap->type == CAP_FRAME ? NULL : cap->object,
            .untyped = cap->type == CAP_UNTYPED ? slot : NULL,
            .match = CAPDL_NO_OBJECT,
            .type = cap->type,
            .bits = cap->bits,
            .device = cap->flags & CAP_FLAG_DEVICE,
        };
        *entry = (uint32_t)v->num_nodes;
    }
    v->nodes[*entry - 1].flags |= NODE_HELD;
}

static void scan_thread(struct verify *v, const struct tcb *thread)
{
    for (unsigned i = 0; i < TCB_SLOTS; i++) {
        add_slot(v, &thread->slots[i]);
    }
}

static void scan_nodes(struct verify *v)
{
    for (size_t i = 0; i < v->num_nodes; i++) { /* grows */
        if (v->nodes[i].type != CAP_CNODE) {
            continue;
        }
        const struct cnode *cnode = v->nodes[i].object;
        uint64_t count = UINT64_C(1) << v->nodes[i].bits;
        for (uint64_t k = 0; k < count; k++) {
            add_slot(v, &cnode->slots[k]);
        }
    }
}

static void find_asids(struct verify *v)
{
    unsigned pools = 1u << v->profile->num_asid_pool_bits, bits = v->profile->asid_pool_bits;
    for (unsigned i = 0; i < pools && i < MAX_ASID_POOLS; i++) {
        const struct asid_pool *pool = v->kernel->asid_table[i];
        for (unsigned k = 0; pool && k < 1u << bits; k++) {
            uint32_t node = state_object_node(v, pool->vspace[k]);
            if (node != NO_NODE) {
                v->nodes[node].asid = (uint16_t)(i << bits | k);
            }
        }
    }
}

static void find_devices(struct verify *v)
{
    for (uint32_t i = 0; v->kernel->io_roots && i <= UINT16_MAX; i++) {
        uint32_t node = state_object_node(v, v->kernel->io_roots[i]);
        if (node != NO_NODE) {
            v->nodes[node].asid = (uint16_t)i;
        }
    }
}

/* The CNodes of the initialiser's CSpace: the kernel's, and those that enlarge it. */
static void mark_own(struct verify *v)
{
    uint32_t root = state_object_node(v, v->boot->root), top = state_node(v, &v->kernel->initial->slots[TCB_CTABLE]);
    if (root != NO_NODE) {
        v->nodes[root].flags |= NODE_OWN;
    }
    if (top == NO_NODE || top == root || v->nodes[top].type != CAP_CNODE) {
        return;
    }
    v->nodes[top].flags |= NODE_OWN;
    for (uint64_t i = v->boot->first_empty; i < v->boot->num_slots; i++) {
        uint32_t leaf = state_node(v, &v->boot->root->slots[i]);
        if (leaf != NO_NODE && v->nodes[leaf].type == CAP_CNODE) {
            v->nodes[leaf].flags |= NODE_OWN;
        }
    }
}

void state_collect(struct verify *v)
{
    hash_enlarge(v);
    for (const struct tcb *thread = v->kernel->threads; thread; thread = thread->all_next) {
        scan_thread(v, thread);
    }
    for (unsigned i = 0; i < MAX_IRQS; i++) {
        add_slot(v, &v->kernel->irq_slots[i]);
    }
    for (unsigned i = 0; i < NUM_BANKS; i++) {
        add_slot(v, &v->kernel->banks[i].space);
    }
    scan_nodes(v);
    find_asids(v);
    find_devices(v);
    mark_own(v);
}

const struct slot *state_tcb_slot(const struct verify *v, const struct tcb *thread, uint64_t slot)
{
    switch (slot) {
    case CAPDL_TCB_SLOT_CSPACE:
        return &thread->slots[TCB_CTABLE];
    case CAPDL_TCB_SLOT_VSPACE:
        return &thread->slots[TCB_VTABLE];
    case CAPDL_TCB_SLOT_IPC_BUFFER:
        return &thread->slots[TCB_BUFFER];
    case CAPDL_TCB_SLOT_FAULT_EP:
        return v->profile->mcs ? &thread->slots[TCB_FAULT_HANDLER] : NULL;
    case CAPDL_TCB_SLOT_TEMP_FAULT_EP:
        return v->profile->mcs ? &thread->slots[TCB_TIMEOUT_HANDLER] : NULL;
    case CAPDL_TCB_SLOT_EPT_ROOT:
        return &thread->slots[TCB_EPT_ROOT];
    default:
        return NULL;
    }
}

static uint32_t thread_target(const struct verify *v, const struct tcb *thread, uint64_t slot)
{
    switch (slot) {
    case CAPDL_TCB_SLOT_SC:
        return state_object_node(v, thread->sc);
    case CAPDL_TCB_SLOT_BOUND_NOTIFICATION:
        return state_object_node(v, thread->notification);
    case CAPDL_TCB_SLOT_BOUND_VCPU:
        return state_object_node(v, thread->vcpu);
    default:
        return state_node(v, state_tcb_slot(v, thread, slot));
    }
}

/* Frames of each size that a table may map. Which one an entry maps depends on the table's level, which only a walk
 * shows. */
static uint32_t entry_target(const struct verify *v, const struct pte *pte)
{
    static const uint8_t sizes[] = {12, 21, 30};
    if (pte->kind == PTE_TABLE) {
        return state_object_node(v, pte->table);
    }
    for (unsigned i = 0; pte->kind == PTE_PAGE && i < sizeof(sizes); i++) {
        uint32_t node = state_frame_node(v, pte->paddr, sizes[i]);
        if (node != NO_NODE) {
            return node;
        }
    }
    return NO_NODE;
}

static const struct table *pool_entry(const struct verify *v, const struct asid_pool *pool, uint32_t ordinal)
{
    for (unsigned i = 0; i < 1u << v->profile->asid_pool_bits; i++) {
        if (pool->vspace[i] && ordinal-- == 0) {
            return pool->vspace[i];
        }
    }
    return NULL;
}

uint16_t device_request(const struct verify *v, uint32_t object)
{
    return (uint16_t)(capdl_object_number(v->spec, object, CAPDL_NUMBER_IO_BUS) << 8 |
                      capdl_object_number(v->spec, object, CAPDL_NUMBER_IO_DEV) << 3 |
                      capdl_object_number(v->spec, object, CAPDL_NUMBER_IO_FUN));
}

uint32_t state_device_target(const struct verify *v, uint32_t object)
{
    uint64_t bank = capdl_object_number(v->spec, object, CAPDL_NUMBER_BANK);
    if (capdl_object_kind(v->spec, object) == CAPDL_KIND_CONTEXTBANK) {
        return bank < NUM_BANKS ? state_node(v, &v->kernel->banks[bank].space) : NO_NODE;
    }
    return capdl_object_kind(v->spec, object) == CAPDL_KIND_IO_DEVICE && v->kernel->io_roots
               ? state_object_node(v, v->kernel->io_roots[device_request(v, object)])
               : NO_NODE;
}

uint32_t state_target(const struct verify *v, uint32_t object, const struct capdl_cap *cap, uint32_t ordinal)
{
    if (kind_is_device(capdl_object_kind(v->spec, object))) {
        return state_device_target(v, object);
    }
    if (v->irqs[object] < MAX_IRQS) {
        return cap->slot == 0 ? state_node(v, &v->kernel->irq_slots[v->irqs[object]]) : NO_NODE;
    }
    uint32_t container = v->match[object];
    if (container == NO_NODE) {
        return NO_NODE;
    }
    const struct node *node = &v->nodes[container];
    const struct table *table = node->object;
    switch (capdl_kind_holds(capdl_object_kind(v->spec, object))) {
    case CAPDL_HOLDS_ANYTHING:
        return cap->slot >> node->bits ? NO_NODE
                                       : state_node(v, &((const struct cnode *)node->object)->slots[cap->slot]);
    case CAPDL_HOLDS_THREAD:
        return thread_target(v, node->object, cap->slot);
    case CAPDL_HOLDS_SPACES:
        return state_object_node(v, pool_entry(v, node->object, ordinal));
    case CAPDL_HOLDS_PAGES:
    case CAPDL_HOLDS_IO_PAGES:
        return cap->slot < table->entries ? entry_target(v, &table->pte[cap->slot]) : NO_NODE;
    case CAPDL_HOLDS_NOTHING:
    case CAPDL_HOLDS_VSPACE:
    case CAPDL_HOLDS_IO_TABLE:
    case CAPDL_HOLDS_CONTEXT_BANK:
    case CAPDL_HOLDS_NOTIFICATION:
    case CAPDL_HOLDS_FRAME:
        break;
    }
    return NO_NODE;
}

typedef void seer(void *context, uint64_t slot, uint32_t node);

static void each_of_thread(const struct verify *v, const struct tcb *thread, seer *see, void *context)
{
    for (uint64_t slot = 0; slot < CAPDL_TCB_SLOT_COUNT; slot++) {
        uint32_t target = thread_target(v, thread, slot);
        if (target != NO_NODE) {
            see(context, slot, target);
        }
    }
}

static void each_of_cnode(const struct verify *v, const struct node *node, seer *see, void *context)
{
    const struct cnode *cnode = node->object;
    for (uint64_t i = 0; i < UINT64_C(1) << node->bits; i++) {
        uint32_t target = cnode->slots[i].cap.type == CAP_NULL ? NO_NODE : state_node(v, &cnode->slots[i]);
        if (target != NO_NODE) {
            see(context, i, target);
        }
    }
}

static void each_of_table(const struct verify *v, const struct table *table, seer *see, void *context)
{
    for (uint32_t i = 0; i < table->entries; i++) {
        uint32_t target = entry_target(v, &table->pte[i]);
        if (target != NO_NODE) {
            see(context, i, target);
        }
    }
}

void state_each(const struct verify *v, uint32_t index, seer *see, void *context)
{
    const struct node *node = &v->nodes[index];
    if (cap_is_table(node->type)) {
        each_of_table(v, node->object, see, context);
        return;
    }
    switch ((enum cap_type)node->type) {
    case CAP_CNODE:
        each_of_cnode(v, node, see, context);
        break;
    case CAP_THREAD:
        each_of_thread(v, node->object, see, context);
        break;
    case CAP_ASID_POOL:
        for (uint32_t i = 0; pool_entry(v, node->object, i); i++) {
            see(context, i, state_object_node(v, pool_entry(v, node->object, i)));
        }
        break;
    default:
        break;
    }
}

uint64_t node_bytes(const struct verify *v, const struct node *n)
{
    unsigned bits = n->object ? ((const struct object *)n->object)->bits : n->bits;
    if (n->type == CAP_CNODE) {
        bits = n->bits + v->profile->size_bits[CAPDL_TYPE_CNODE];
    }
    return UINT64_C(1) << bits;
}
