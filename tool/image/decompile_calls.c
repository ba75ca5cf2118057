/* SPDX-License-Identifier: BSD-2-Clause */
/* The meaning of the kernel calls that derive, hand out and bind capabilities. */
#include <assert.h>
#include <stdlib.h>

#include "image/decompile_add.h"
#include "image/decompile_held.h"
#include "image/program.h"
#include "image/reverse.h"
#include "profile/board.h"
#include "profile/names.h"

static bool in_root(const struct capdl_operand *target)
{
    return target->kind == CAPDL_REF_INITIAL && target->value == CAPDL_INITIAL_CNODE;
}

static uint64_t word(const struct capdl_call *call, unsigned i)
{
    return call->operands[call->num_caps + i].value;
}

/* Copy and Mint into a slot of ours: words index, depth, source, depth, rights[, badge]. */
static void derive_copy(struct reverse *r, const struct capdl_call *call, bool minted)
{
    if (minted && reverse_io_space(r, call)) {
        return;
    }
    const struct held *source = reverse_held(r, &call->operands[3]);
    struct held *copy = reverse_fill_slot(r, &call->operands[1]);
    if (copy) {
        *copy = *source;
        copy->original = false;
        copy->mapped = false;
        copy->rights = (uint8_t)word(call, 4);
        if (copy->kind != CAPDL_KIND_COUNT) {
            reverse_rights(r, copy->kind, copy->rights);
        }
        copy->data = minted ? word(call, 5) : 0;
    }
}

static void set_data(struct reverse *r, struct capdl_cap *cap, uint64_t data)
{
    cap->data = data;
    if (cap->kind == CAPDL_KIND_CNODE) {
        cap->data = capdl_guard_value(r->image->profile.arch, data);
        cap->guard_size = (uint8_t)capdl_guard_size(r->image->profile.arch, data);
        if (cap->data >> cap->guard_size) {
            reverse_fail(r, "a guard has more bits than its size, which the kernel ignores");
        }
        cap->flags |= CAPDL_CAP_HAS_GUARD;
    } else {
        cap->flags |= CAPDL_CAP_HAS_BADGE;
    }
}

/* The spec's smc object: to the kernel it is only the capability for SMC calls. */
static uint32_t smc_object(struct reverse *r)
{
    for (uint32_t i = 0; i < r->spec->num_objects; i++) {
        if (capdl_object_kind(r->spec, i) == CAPDL_KIND_SMC) {
            return i;
        }
    }
    return reverse_add(r, NULL, CAPDL_KIND_SMC);
}

static void put_copy(struct reverse *r, const struct capdl_call *call, bool minted)
{
    uint32_t cnode = reverse_object(r, &call->target, CAPDL_KIND_CNODE);
    const struct held *source = reverse_held(r, &call->operands[3]);
    if (r->failed || source->kind == CAPDL_KIND_COUNT) {
        reverse_fail(r, "a CNode gets a capability that no spec can name");
        return;
    }
    struct capdl_cap cap = {.slot = word(call, 0), .object = source->object, .kind = source->kind};
    cap.rights = reverse_rights(r, cap.kind, word(call, 4));
    cap.data = cap.kind == CAPDL_KIND_SCHED_CONTROL ? source->data : 0;
    if (cap.kind == CAPDL_KIND_SMC) {
        cap.object = smc_object(r);
    }
    if (minted) {
        set_data(r, &cap, word(call, 5));
    }
    reverse_cap(r, cnode, cap);
}

static void derivation_add(struct reverse *r, struct capdl_slot_ref parent, struct capdl_slot_ref child)
{
    struct capdl_spec *spec = r->spec;
    spec->derivations = memory_grow(spec->derivations, &spec->capacity_derivations, spec->num_derivations + 1,
                                    sizeof(*spec->derivations));
    spec->derivations[spec->num_derivations++] = (struct capdl_derivation){.parent = parent, .child = child};
}

/* From a CNode of the spec: a child. */
static void put_child(struct reverse *r, const struct capdl_call *call, bool minted)
{
    uint32_t cnode = reverse_object(r, &call->target, CAPDL_KIND_CNODE);
    uint32_t from = reverse_object(r, &call->operands[0], CAPDL_KIND_CNODE);
    const struct capdl_cap *parent = r->failed ? NULL : capdl_spec_cap_at(r->spec, from, word(call, 2));
    if (!parent) {
        reverse_fail(r, "a capability is copied from a slot that is empty");
        return;
    }
    struct capdl_cap cap = {.slot = word(call, 0), .object = parent->object, .kind = parent->kind};
    cap.rights = reverse_rights(r, cap.kind, word(call, 4));
    if (minted) {
        set_data(r, &cap, word(call, 5));
    } else if (cap.kind != CAPDL_KIND_CNODE && parent->data) {
        set_data(r, &cap, parent->data);
    }
    reverse_cap(r, cnode, cap);
    derivation_add(r, (struct capdl_slot_ref){from, word(call, 2)}, (struct capdl_slot_ref){cnode, cap.slot});
}

static void copy(struct reverse *r, const struct capdl_call *call, bool minted)
{
    if (!in_root(&call->operands[0])) {
        put_child(r, call, minted);
    } else if (in_root(&call->target)) {
        derive_copy(r, call, minted);
    } else {
        put_copy(r, call, minted);
    }
}

static void move(struct reverse *r, const struct capdl_call *call)
{
    uint32_t cnode = reverse_object(r, &call->target, CAPDL_KIND_CNODE);
    const struct held *source = reverse_held(r, &call->operands[3]);
    if (r->failed || source->kind == CAPDL_KIND_COUNT) {
        reverse_fail(r, "a CNode gets a capability that no spec can name");
        return;
    }
    reverse_held(r, &call->operands[3])->moved = true;
    struct capdl_cap cap = {.slot = word(call, 0), .object = source->object, .kind = source->kind};
    if (cap.kind == CAPDL_KIND_EP || cap.kind == CAPDL_KIND_NOTIFICATION) {
        cap.rights = CAPDL_RIGHTS_ALL; /* the original */
    }
    if (cap.kind == CAPDL_KIND_FRAME) {
        unsigned all = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE | (source->mapped_rights & CAPDL_RIGHT_EXECUTE);
        cap.rights = (uint8_t)(source->original ? all : source->rights);
    }
    if (source->mapped && cap.kind == CAPDL_KIND_FRAME) {
        cap.flags |= CAPDL_CAP_HAS_MAPPING;
        struct capdl_cap_extra extra = {.mapping_container = source->table, .mapping_slot = source->table_slot};
        cap.extra = capdl_spec_add_extra(r->spec, &extra);
    }
    reverse_cap(r, cnode, cap);
}

static void map_irq(struct reverse *r, uint32_t object, uint64_t irq)
{
    struct capdl_spec *spec = r->spec;
    spec->irqs = memory_grow(spec->irqs, &spec->capacity_irqs, spec->num_irqs + 1, sizeof(*spec->irqs));
    spec->irqs[spec->num_irqs++] = (struct capdl_irq_map){.irq = irq, .object = object};
}

/* What an interrupt's Get says, by the names that methods.def has for its operands. */
struct get {
    enum capdl_method method;
    enum capdl_kind kind;
    const char *irq;
    struct {
        enum capdl_number number;
        const char *operand; /* NULL ends the list */
    } numbers[5];
};

static const struct get gets[] = {
    {CAPDL_METHOD_IRQ_CONTROL_GET, CAPDL_KIND_IRQ, "irq", {{0, NULL}}},
    {CAPDL_METHOD_IRQ_CONTROL_GET_TRIGGER, CAPDL_KIND_ARM_IRQ, "irq", {{CAPDL_NUMBER_TRIGGER, "trigger"}}},
    {CAPDL_METHOD_IRQ_CONTROL_GET_TRIGGER_CORE,
     CAPDL_KIND_ARM_IRQ,
     "irq",
     {{CAPDL_NUMBER_TRIGGER, "trigger"}, {CAPDL_NUMBER_TARGET, "target"}}},
    {CAPDL_METHOD_IRQ_CONTROL_GET_IOAPIC,
     CAPDL_KIND_IOAPIC_IRQ,
     "vector",
     {{CAPDL_NUMBER_IOAPIC_NUM, "ioapic"},
      {CAPDL_NUMBER_IOAPIC_PIN, "pin"},
      {CAPDL_NUMBER_IOAPIC_LEVEL, "level"},
      {CAPDL_NUMBER_IOAPIC_POLARITY, "polarity"}}},
    {CAPDL_METHOD_IRQ_CONTROL_GET_MSI,
     CAPDL_KIND_MSI_IRQ,
     "vector",
     {{CAPDL_NUMBER_MSI_BUS, "pci_bus"},
      {CAPDL_NUMBER_MSI_DEV, "pci_dev"},
      {CAPDL_NUMBER_MSI_FUN, "pci_func"},
      {CAPDL_NUMBER_MSI_HANDLE, "handle"}}},
};

/* An operand by the name that methods.def has for it; the call has all that its method takes. */
static const struct capdl_operand *operand_named(const struct reverse *r, const struct capdl_call *call,
                                                 const char *name)
{
    const struct method_params *params = &r->params[call->method];
    const struct method_param *param = method_param_find(params, name);
    assert(param);
    return &call->operands[param->kind == METHOD_CAP ? param->position : params->num_caps + param->position];
}

static bool get_interrupt(struct reverse *r, enum capdl_method method, const struct capdl_call *call)
{
    const struct get *get = gets;
    while (get < gets + sizeof(gets) / sizeof(gets[0]) && get->method != method) {
        get++;
    }
    if (get == gets + sizeof(gets) / sizeof(gets[0])) {
        return false;
    }
    bool arm = get->kind == CAPDL_KIND_ARM_IRQ && capdl_kind_on_arch(get->kind, r->image->profile.arch);
    enum capdl_kind kind = get->kind == CAPDL_KIND_ARM_IRQ && !arm ? CAPDL_KIND_RISCV_IRQ : get->kind;
    uint32_t object = reverse_add_derived(r, operand_named(r, call, "index"), kind);
    if (object == CAPDL_NO_OBJECT) {
        return true;
    }
    for (unsigned i = 0; get->numbers[i].operand; i++) {
        reverse_number(r, object, get->numbers[i].number, operand_named(r, call, get->numbers[i].operand)->value);
    }
    if (arm) {
        uint64_t target = capdl_object_number(r->spec, object, CAPDL_NUMBER_TARGET);
        reverse_number(r, object, CAPDL_NUMBER_TARGET, target);
    }
    map_irq(r, object, operand_named(r, call, get->irq)->value);
    return true;
}

/* Words a, b, index, depth: an object with two numbers. */
static void issue(struct reverse *r, const struct capdl_call *call, enum capdl_kind kind, enum capdl_number a,
                  enum capdl_number b)
{
    uint32_t object = reverse_add_derived(r, &call->operands[3], kind);
    if (object != CAPDL_NO_OBJECT) {
        reverse_number(r, object, a, word(call, 0));
        reverse_number(r, object, b, word(call, 1));
    }
}

static void set_notification(struct reverse *r, const struct capdl_call *call)
{
    const struct held *handler = reverse_held(r, &call->target);
    uint32_t notification = reverse_object(r, &call->operands[0], CAPDL_KIND_NOTIFICATION);
    if (notification == CAPDL_NO_OBJECT || handler->object == CAPDL_NO_OBJECT) {
        reverse_fail(r, "a notification is set on something that is not an interrupt");
        return;
    }
    const struct held *held = reverse_held(r, &call->operands[0]);
    struct capdl_cap cap = {
        .object = notification, .kind = CAPDL_KIND_NOTIFICATION, .rights = held->rights, .data = held->data};
    cap.flags = held->data ? CAPDL_CAP_HAS_BADGE : 0;
    reverse_cap(r, handler->object, cap);
}

static void make_pool(struct reverse *r, const struct capdl_call *call)
{
    struct held *pool = reverse_fill_slot(r, &call->operands[2]);
    if (pool) {
        *pool = *reverse_held(r, &call->operands[0]);
        pool->kind = CAPDL_KIND_ASID_POOL;
    }
}

/* Only pools that the spec has hold their address spaces there. */
static void assign(struct reverse *r, const struct capdl_call *call)
{
    const struct held *pool = reverse_held(r, &call->target);
    if (pool->kind != CAPDL_KIND_ASID_POOL || pool->object == CAPDL_NO_OBJECT) {
        return;
    }
    uint32_t container = pool->object;
    const struct held *root = reverse_held(r, &call->operands[0]);
    if (root->object != CAPDL_NO_OBJECT) {
        reverse_cap(r, container,
                    (struct capdl_cap){.slot = capdl_object_caps(r->spec, container).count,
                                       .object = root->object,
                                       .kind = root->kind});
    }
}

/* In ticks; 0 if only the running kernel knows. */
static bool duration_good(const struct capdl_profile *profile, uint64_t ticks, uint64_t us)
{
    struct board_clock clock = board_domain_clock(profile);
    if (!clock.ticks) {
        return ticks == 0 && us > 0 && profile->mcs && capdl_architecture(profile->arch)->pc;
    }
    return ticks > 0 && (__uint128_t)us * clock.ticks / clock.us == ticks;
}

static void add_schedule(struct reverse *r, const struct capdl_call *call)
{
    struct capdl_domains *domains = &r->spec->domains;
    if (!domains->has_schedule) {
        size_t room = r->image->profile.num_domain_schedules;
        domains->has_schedule = true;
        domains->schedule = capdl_spec_alloc(r->spec, (room ? room : 1) * sizeof(*domains->schedule));
        domains->index_shift = word(call, 0);
        domains->has_index_shift = domains->index_shift != 0;
        domains->start_kind = CAPDL_DOMAIN_START_NONE;
    }
    if (domains->num_schedule >= r->image->profile.num_domain_schedules ||
        word(call, 0) != domains->index_shift + domains->num_schedule) {
        reverse_fail(r, "a domain schedule has gaps or is too long for its kernel");
        return;
    }
    bool us = call->num_operands == CAPDL_DURATION_OPERANDS;
    if (word(call, 2) == 0 && word(call, 1) != 0 && !us) {
        reverse_fail(r, "a domain schedule's end has a domain, which the kernel ignores");
    }
    if (us && !duration_good(&r->image->profile, word(call, 2), word(call, 3))) {
        reverse_fail(r, "a duration in a domain schedule is not what its microseconds are in ticks");
    }
    domains->schedule[domains->num_schedule++] =
        (struct capdl_domain_entry){.domain = word(call, 1),
                                    .duration = word(call, us ? 3 : 2),
                                    .unit = us ? CAPDL_MICROSECONDS : CAPDL_TICKS,
                                    .end_marker = !us && word(call, 2) == 0};
}

static void set_start(struct reverse *r, const struct capdl_call *call)
{
    struct capdl_domains *domains = &r->spec->domains;
    if (call->operands[0].value < domains->index_shift) {
        reverse_fail(r, "a domain schedule starts outside itself");
        return;
    }
    domains->start_index = call->operands[0].value - domains->index_shift;
    domains->start_kind = domains->start_index ? CAPDL_DOMAIN_START_INDEX : CAPDL_DOMAIN_START_DEFAULT;
}

static void fail_method(struct reverse *r, enum capdl_method method, const char *what)
{
    char text[128];
    snprintf(text, sizeof(text), "%s %s", method_names[method], what);
    reverse_fail(r, text);
}

/* Whether a compiler of ours could have written it. */
static bool call_is_good(struct reverse *r, enum capdl_method method, const struct capdl_call *call)
{
    const struct method_params *params = &r->params[call->method];
    if (!method_params_fit(params, call->num_caps, call->num_operands - call->num_caps)) {
        fail_method(r, method, "has the wrong number of operands");
        return false;
    }
    if (!reverse_words_used(params, r->words_used[call->method], call)) {
        fail_method(r, method, "has bits that the kernel ignores");
        return false;
    }
    if (call->phase == CAPDL_PHASE_START && !reverse_cannot_fail(r, method, call)) {
        fail_method(r, method, "could fail when threads have been started already");
        return false;
    }
    return true;
}

static void reverse_call(struct reverse *r, enum capdl_method method, const struct capdl_call *call)
{
    if (!call_is_good(r, method, call)) {
        return;
    }
    if (reverse_thread_call(r, method, call) || reverse_device_call(r, method, call) ||
        get_interrupt(r, method, call)) {
        return;
    }
    switch (method) {
    case CAPDL_METHOD_CNODE_COPY:
    case CAPDL_METHOD_CNODE_MINT:
        copy(r, call, method == CAPDL_METHOD_CNODE_MINT);
        break;
    case CAPDL_METHOD_CNODE_MOVE:
        move(r, call);
        break;
    case CAPDL_METHOD_PAGE_MAP:
    case CAPDL_METHOD_PAGE_MAP_EPT:
        reverse_map_page(r, call);
        break;
    case CAPDL_METHOD_PAGE_TABLE_MAP:
    case CAPDL_METHOD_PAGE_DIRECTORY_MAP:
    case CAPDL_METHOD_PDPT_MAP:
    case CAPDL_METHOD_EPT_PDPT_MAP:
    case CAPDL_METHOD_EPT_PD_MAP:
    case CAPDL_METHOD_EPT_PT_MAP:
        reverse_map_table(r, call);
        break;
    case CAPDL_METHOD_SCHED_CONTROL_CONFIGURE_FLAGS:
        reverse_sched(r, call);
        break;
    case CAPDL_METHOD_ASID_CONTROL_MAKE_POOL:
        make_pool(r, call);
        break;
    case CAPDL_METHOD_ASID_POOL_ASSIGN:
        assign(r, call);
        break;
    case CAPDL_METHOD_IO_PORT_CONTROL_ISSUE:
        issue(r, call, CAPDL_KIND_IO_PORTS, CAPDL_NUMBER_PORTS_FIRST, CAPDL_NUMBER_PORTS_LAST);
        break;
    case CAPDL_METHOD_IRQ_CONTROL_ISSUE_SGI_SIGNAL:
        issue(r, call, CAPDL_KIND_ARM_SGI_SIGNAL, CAPDL_NUMBER_SGI_IRQ, CAPDL_NUMBER_TARGET);
        break;
    case CAPDL_METHOD_IRQ_HANDLER_SET_NOTIFICATION:
        set_notification(r, call);
        break;
    case CAPDL_METHOD_DOMAIN_SET_SCHEDULE_CONFIGURE:
        add_schedule(r, call);
        break;
    case CAPDL_METHOD_DOMAIN_SET_SCHEDULE_SET_START:
        set_start(r, call);
        break;
    case CAPDL_METHOD_PAGE_UNMAP:      /* of an embedded page, from ourselves */
    case CAPDL_METHOD_IRQ_HANDLER_ACK: /* after setting the notification */
        break;
    default:
        reverse_fail(r, "it makes a kernel call that no spec needs");
        break;
    }
}

/* Each call makes or moves a capability or configures an object; this is more than any image of the largest size
 * needs. */
enum { MAX_CALLS = 1 << 27 };

void reverse_calls(struct reverse *r)
{
    struct capdl_blob_calls calls = capdl_blob_calls(&r->blob);
    struct capdl_call call;
    uint64_t left = MAX_CALLS;
    r->cores = memory_zeroed(r->spec->num_objects, sizeof(*r->cores));
    while (!r->failed && capdl_blob_next_call(&calls, &call)) {
        if (call.count > left) {
            reverse_fail(r, "it makes more kernel calls than any spec needs");
            return;
        }
        left -= call.count;
        for (uint64_t i = 0; i < call.count && !r->failed; i++, capdl_call_step(&call, 1)) {
            reverse_call(r, r->methods[call.method], &call);
        }
    }
}
