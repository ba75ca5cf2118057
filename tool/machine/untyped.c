/* SPDX-License-Identifier: BSD-2-Clause */
/* Untyped memory: making objects out of it. */
#include "kernel.h"

#include <stdio.h>

static enum capdl_type object_type(const struct kernel *k, uint64_t number)
{
    for (unsigned type = 0; type < CAPDL_TYPE_COUNT; type++) {
        if (k->profile->types[type] == number && number != CAPDL_PROFILE_ABSENT) {
            return type;
        }
    }
    return CAPDL_TYPE_COUNT;
}

static unsigned object_size_bits(const struct kernel *k, enum capdl_type type, uint64_t user_size)
{
    switch (type) {
    case CAPDL_TYPE_UNTYPED:
    case CAPDL_TYPE_SCHED_CONTEXT:
        return (unsigned)user_size;
    case CAPDL_TYPE_CNODE:
        return k->profile->size_bits[type] + (unsigned)user_size;
    default:
        return k->profile->size_bits[type];
    }
}

static bool is_frame_type(enum capdl_type type)
{
    return type == CAPDL_TYPE_FRAME_4K || type == CAPDL_TYPE_FRAME_2M || type == CAPDL_TYPE_FRAME_1G;
}

static void thread_init(struct kernel *k, struct tcb *thread)
{
    k->registers->init(thread->regs);
    thread->time_slice = TIME_SLICE_TICKS;
    thread->domain = k->domain;
    snprintf(thread->name, sizeof(thread->name), "child of: '%.40s'", k->current ? k->current->name : "");
    thread->all_next = k->threads;
    if (k->threads) {
        k->threads->all_prev = thread;
    }
    k->threads = thread;
}

static void *new_object(struct kernel *k, enum capdl_type type, uint64_t paddr, uint64_t user_size, size_t size)
{
    return memory_new_object(&k->memory, paddr, (uint8_t)type, (uint8_t)object_size_bits(k, type, user_size), size);
}

static struct cap create_thread(struct kernel *k, uint64_t paddr)
{
    struct tcb *thread = new_object(k, CAPDL_TYPE_TCB, paddr, 0, sizeof(*thread));
    if (!thread) {
        return cap_null();
    }
    thread_init(k, thread);
    return (struct cap){.type = CAP_THREAD, .paddr = paddr, .object = thread};
}

static struct cap create_cnode(struct kernel *k, uint64_t paddr, uint64_t bits)
{
    size_t size = sizeof(struct cnode) + ((size_t)1 << bits) * sizeof(struct slot);
    struct cnode *cnode = new_object(k, CAPDL_TYPE_CNODE, paddr, bits, size);
    if (!cnode) {
        return cap_null();
    }
    return (struct cap){.type = CAP_CNODE, .bits = (uint8_t)bits, .paddr = paddr, .object = cnode};
}

static struct cap create_sched_context(struct kernel *k, uint64_t paddr, uint64_t bits)
{
    struct cap cap = {.type = CAP_SCHED_CONTEXT, .bits = (uint8_t)bits, .paddr = paddr};
    unsigned refills = refill_max_of(k, &cap);
    size_t size = sizeof(struct sched_context) + refills * sizeof(struct refill);
    struct sched_context *sc = new_object(k, CAPDL_TYPE_SCHED_CONTEXT, paddr, bits, size);
    if (!sc) {
        return cap_null();
    }
    sc->refills = (struct refill *)(void *)(sc + 1);
    cap.object = sc;
    return cap;
}

static struct cap create_table(struct kernel *k, enum capdl_type type, enum cap_type cap_type, uint64_t paddr)
{
    uint32_t entries = UINT32_C(1) << (object_size_bits(k, type, 0) - 3);
    struct table *table = new_object(k, type, paddr, 0, sizeof(*table) + entries * sizeof(struct pte));
    if (!table) {
        return cap_null();
    }
    table->entries = entries;
    return (struct cap){.type = (uint8_t)cap_type, .paddr = paddr, .object = table};
}

static struct cap create_simple(struct kernel *k, enum capdl_type type, enum cap_type cap_type, uint8_t rights,
                                uint64_t paddr, size_t size)
{
    void *object = new_object(k, type, paddr, 0, size);
    if (!object) {
        return cap_null();
    }
    return (struct cap){.type = (uint8_t)cap_type, .rights = rights, .paddr = paddr, .object = object};
}

struct cap object_create(struct kernel *k, enum capdl_type type, uint64_t paddr, uint64_t user_size, bool device)
{
    uint8_t flags = device ? CAP_FLAG_DEVICE : 0;
    switch (type) {
    case CAPDL_TYPE_UNTYPED:
        return (struct cap){.type = CAP_UNTYPED, .bits = (uint8_t)user_size, .flags = flags, .paddr = paddr};
    case CAPDL_TYPE_TCB:
        return create_thread(k, paddr);
    case CAPDL_TYPE_ENDPOINT:
        return create_simple(k, type, CAP_ENDPOINT, CAPDL_RIGHTS_ALL, paddr, sizeof(struct endpoint));
    case CAPDL_TYPE_NOTIFICATION:
        return create_simple(k, type, CAP_NOTIFICATION, CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE, paddr,
                             sizeof(struct notification));
    case CAPDL_TYPE_CNODE:
        return create_cnode(k, paddr, user_size);
    case CAPDL_TYPE_SCHED_CONTEXT:
        return create_sched_context(k, paddr, user_size);
    case CAPDL_TYPE_REPLY:
        return create_simple(k, type, CAP_REPLY, CAPDL_RIGHT_GRANT, paddr, sizeof(struct reply));
    case CAPDL_TYPE_FRAME_4K:
    case CAPDL_TYPE_FRAME_2M:
    case CAPDL_TYPE_FRAME_1G:
        return (struct cap){.type = CAP_FRAME,
                            .rights = VM_READ_WRITE,
                            .bits = (uint8_t)object_size_bits(k, type, 0),
                            .flags = flags,
                            .paddr = paddr};
    case CAPDL_TYPE_PAGE_TABLE:
        return create_table(k, type, CAP_PAGE_TABLE, paddr);
    case CAPDL_TYPE_PAGE_DIRECTORY:
        return create_table(k, type, CAP_PAGE_DIRECTORY, paddr);
    case CAPDL_TYPE_PDPT:
        return create_table(k, type, CAP_PDPT, paddr);
    case CAPDL_TYPE_VSPACE:
        return create_table(k, type, k->arch->root, paddr);
    case CAPDL_TYPE_EPT_PML4:
        return create_table(k, type, CAP_EPT_PML4, paddr);
    case CAPDL_TYPE_EPT_PDPT:
        return create_table(k, type, CAP_EPT_PDPT, paddr);
    case CAPDL_TYPE_EPT_PD:
        return create_table(k, type, CAP_EPT_PD, paddr);
    case CAPDL_TYPE_EPT_PT:
        return create_table(k, type, CAP_EPT_PT, paddr);
    case CAPDL_TYPE_IO_PAGE_TABLE:
        return create_table(k, type, CAP_IO_PAGE_TABLE, paddr);
    case CAPDL_TYPE_VCPU:
        return create_simple(k, type, CAP_VCPU, 0, paddr, sizeof(struct vcpu));
    case CAPDL_TYPE_COUNT:
        break;
    }
    return cap_null();
}

struct retype {
    enum capdl_type type;
    uint64_t size, offset, window;
    unsigned bits;
    struct slot *slots;
};

static enum status check_type(struct kernel *k, struct retype *r, uint64_t number)
{
    r->type = object_type(k, number);
    if (r->type == CAPDL_TYPE_COUNT) {
        return fail_argument(k, 0);
    }
    r->bits = r->size < k->facts->word_bits ? object_size_bits(k, r->type, r->size) : 0;
    if (r->size >= k->facts->word_bits || r->bits > k->profile->max_untyped_bits) {
        return fail_range(k, 0, k->profile->max_untyped_bits);
    }
    if (r->type == CAPDL_TYPE_CNODE && r->size == 0) {
        return fail_argument(k, 1);
    }
    if (r->type == CAPDL_TYPE_UNTYPED && r->size < MIN_UNTYPED_BITS) {
        return fail_argument(k, 1);
    }
    if (r->type == CAPDL_TYPE_SCHED_CONTEXT && r->size < MIN_SCHED_CONTEXT_BITS) {
        return fail_argument(k, 1);
    }
    return STATUS_OK;
}

static enum status find_cnode(struct kernel *k, uint64_t index, uint64_t depth, struct cap *out)
{
    struct slot *slot = k->extra[0];
    if (depth != 0) {
        enum status status = lookup_target(k, &k->extra[0]->cap, index, depth, &slot);
        if (status != STATUS_OK) {
            return status;
        }
    }
    *out = slot->cap;
    if (out->type == CAP_CNODE) {
        return STATUS_OK;
    }
    k->lookup_fault = lookup_missing(depth);
    return fail_lookup(k, false);
}

static enum status check_window(struct kernel *k, struct retype *r, const struct cap *cnode)
{
    uint64_t size = UINT64_C(1) << cnode->bits;
    if (r->offset > size - 1) {
        return fail_range(k, 0, size - 1);
    }
    if (r->window < 1 || r->window > k->profile->fan_out) {
        return fail_range(k, 1, k->profile->fan_out);
    }
    if (r->window > size - r->offset) {
        return fail_range(k, 1, size - r->offset);
    }
    r->slots = &((struct cnode *)cnode->object)->slots[r->offset];
    for (uint64_t i = 0; i < r->window; i++) {
        enum status status = slot_ensure_empty(k, &r->slots[i]);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static void untyped_reset(struct kernel *k, struct cap *cap)
{
    if (cap->data == 0) {
        return;
    }
    memory_free_objects(&k->memory, cap->paddr, UINT64_C(1) << cap->bits);
    if (!(cap->flags & CAP_FLAG_DEVICE)) {
        memory_clear(&k->memory, cap->paddr, cap->data);
    }
    cap->data = 0;
}

static enum status retype(struct kernel *k, struct slot *untyped, const struct retype *r)
{
    struct cap *cap = &untyped->cap;
    uint64_t size = UINT64_C(1) << r->bits;
    uint64_t base = (cap->paddr + cap->data + size - 1) & ~(size - 1);
    cap->data = base + r->window * size - cap->paddr;
    for (uint64_t i = 0; i < r->window; i++) {
        struct cap made = object_create(k, r->type, base + i * size, r->size, cap->flags & CAP_FLAG_DEVICE);
        if (made.type == CAP_NULL) {
            return fail_memory(k, 0);
        }
        slot_insert_new(untyped, &r->slots[i], made);
    }
    return STATUS_OK;
}

enum status untyped_decode(struct kernel *k, struct invocation *inv)
{
    if (inv->method != CAPDL_METHOD_UNTYPED_RETYPE) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (inv->length < 6 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct retype r = {.size = invocation_argument(k, inv, 1),
                       .offset = invocation_argument(k, inv, 4),
                       .window = invocation_argument(k, inv, 5)};
    struct cap cnode;
    enum status status = check_type(k, &r, invocation_argument(k, inv, 0));
    if (status == STATUS_OK) {
        status = find_cnode(k, invocation_argument(k, inv, 2), invocation_argument(k, inv, 3), &cnode);
    }
    if (status == STATUS_OK) {
        status = check_window(k, &r, &cnode);
    }
    if (status != STATUS_OK) {
        return status;
    }

    struct cap *cap = &inv->slot->cap;
    bool reset = slot_ensure_no_children(k, inv->slot) == STATUS_OK;
    uint64_t left = (UINT64_C(1) << cap->bits) - (reset ? 0 : cap->data);
    if (left >> r.bits < r.window) {
        return fail_memory(k, left);
    }
    if (cap->flags & CAP_FLAG_DEVICE && !is_frame_type(r.type) && r.type != CAPDL_TYPE_UNTYPED) {
        return fail_argument(k, 1);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (reset) {
        untyped_reset(k, cap);
    }
    return retype(k, inv->slot, &r);
}
