/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities one by one: what they name, rights, badge, guard, and the mapping a frame's capability stands for. */
#include <inttypes.h>

#include "verify/private.h"

struct at {
    struct verify *v;
    uint32_t container;
    const struct capdl_cap *wanted;
    const struct slot *slot;
    char place[48]; /* "slot 0x5", "vspace" */
};

static void name_slot(struct at *at)
{
    static const char *const tcb_slots[] = {
#define CAPDL_TCB_SLOT(id, number, name) [number] = name,
#include <capdl/tcbslots.def>
#undef CAPDL_TCB_SLOT
    };
    uint64_t slot = at->wanted->slot;
    bool named = capdl_object_kind(at->v->spec, at->container) == CAPDL_KIND_TCB && slot < CAPDL_TCB_SLOT_COUNT;
    if (named) {
        snprintf(at->place, sizeof(at->place), "in %s", tcb_slots[slot]);
    } else {
        snprintf(at->place, sizeof(at->place), "in slot 0x%" PRIx64, slot);
    }
}

static const char *rights_text(unsigned rights, char buffer[CAPDL_RIGHTS_TEXT])
{
    return rights ? capdl_rights_text(CAPDL_KIND_EP, rights, buffer) : "none";
}

static void compare_number(const struct at *at, const char *what, uint64_t actual, uint64_t wanted)
{
    if (actual != wanted) {
        differ(at->v, at->container, "has %s a capability with %s 0x%" PRIx64 ", not 0x%" PRIx64, at->place, what,
               actual, wanted);
    }
}

static unsigned frame_rights(unsigned rights)
{
    unsigned both = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE;
    return !(rights & CAPDL_RIGHT_READ) ? 0 : rights & both;
}

static void compare_rights(const struct at *at)
{
    static const uint8_t of_frame[] = {
        [VM_NONE] = 0, [VM_READ] = CAPDL_RIGHT_READ, [VM_READ_WRITE] = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE};
    const struct cap *cap = &at->slot->cap;
    unsigned actual = cap->rights, wanted = at->wanted->rights & CAPDL_RIGHTS_ALL;
    switch ((enum cap_type)cap->type) {
    case CAP_ENDPOINT:
        break;
    case CAP_NOTIFICATION:
        wanted &= CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE;
        break;
    case CAP_FRAME:
        actual = cap->rights <= VM_READ_WRITE ? of_frame[cap->rights] : UINT8_MAX;
        wanted = frame_rights(wanted);
        break;
    case CAP_REPLY:
        wanted = CAPDL_RIGHT_GRANT; /* the language has no rights on reply objects; the kernel gives this one */
        break;
    default:
        return;
    }
    if (actual != wanted) {
        char a[CAPDL_RIGHTS_TEXT], w[CAPDL_RIGHTS_TEXT];
        differ(at->v, at->container, "has %s a capability with rights %s, not %s", at->place, rights_text(actual, a),
               rights_text(wanted, w));
    }
}

/* A frame capability remembers one mapping, which is removed with it: it must be the one that the spec names, or
 * none. */
static void compare_mapping(const struct at *at)
{
    struct verify *v = at->v;
    const struct cap *cap = &at->slot->cap;
    const struct capdl_cap_extra *extra = capdl_cap_extra(v->spec, at->wanted);
    if (!extra || !(at->wanted->flags & CAPDL_CAP_HAS_MAPPING)) {
        if (cap->asid) {
            differ(v, at->container,
                   "has %s a frame capability for the mapping at 0x%" PRIx64 ", which is not in the spec", at->place,
                   cap->data);
        }
        return;
    }
    const struct table_position *table = &v->table_positions[extra->mapping_container];
    uint32_t root = table->root == CAPDL_NO_OBJECT ? NO_NODE : v->match[table->root];
    uint16_t asid = root == NO_NODE ? 0 : v->nodes[root].asid;
    uint64_t address = table->base + (extra->mapping_slot << table_shift(v, extra->mapping_container));
    if (!cap->asid) {
        differ(v, at->container, "has %s a frame capability for no mapping, not for the one at 0x%" PRIx64, at->place,
               address);
    } else if (cap->asid != asid || cap->data != address) {
        differ(v, at->container,
               "has %s a frame capability for the mapping at 0x%" PRIx64 ", not for the one at 0x%" PRIx64
               " of the address space in the spec",
               at->place, cap->data, address);
    }
}

static void compare_guard(const struct at *at)
{
    const struct cap *cap = &at->slot->cap;
    unsigned bits = at->wanted->guard_size;
    uint64_t mask = bits ? ~UINT64_C(0) >> (64 - bits) : 0;
    compare_number(at, "a guard size of", cap->guard_bits, bits);
    compare_number(at, "the guard", cap->data, at->wanted->data & mask);
}

/* Objects that are numbers, not memory. */
static void compare_value(const struct at *at)
{
    struct verify *v = at->v;
    const struct capdl_cap *wanted = at->wanted;
    const struct cap *cap = &at->slot->cap;
    if (cap->type == CAP_SCHED_CONTROL) {
        compare_number(at, "core", cap->paddr, wanted->data);
    } else if (cap->type == CAP_SMC) {
        compare_number(at, "badge", cap->data, wanted->data);
    } else if (cap->type == CAP_IRQ_HANDLER) {
        compare_number(at, "interrupt", cap->paddr,
                       wanted->object == CAPDL_NO_OBJECT ? UINT64_MAX : v->irqs[wanted->object]);
    } else if (cap->type == CAP_IO_SPACE) {
        const struct capdl_numbers *numbers =
            wanted->object == CAPDL_NO_OBJECT ? NULL : capdl_object_numbers(v->spec, wanted->object);
        compare_number(at, "device", cap->paddr, numbers ? device_request(v, wanted->object) : 0);
        compare_number(at, "domain", cap->data, numbers ? numbers->value[CAPDL_NUMBER_IO_DOMAIN] : 0);
    } else if (cap->type == CAP_STREAM || cap->type == CAP_CONTEXT_BANK) {
        const struct capdl_numbers *numbers = capdl_object_numbers(v->spec, wanted->object);
        compare_number(at, "number", cap->paddr, numbers ? numbers->value[CAPDL_NUMBER_STREAM] : 0);
    } else if ((cap->type == CAP_IO_PORT || cap->type == CAP_SGI_SIGNAL) && wanted->object != CAPDL_NO_OBJECT) {
        const struct capdl_numbers *numbers = capdl_object_numbers(v->spec, wanted->object);
        bool sgi = cap->type == CAP_SGI_SIGNAL;
        uint64_t first = numbers ? numbers->value[sgi ? CAPDL_NUMBER_SGI_IRQ : CAPDL_NUMBER_PORTS_FIRST] : 0;
        uint64_t last = numbers ? numbers->value[sgi ? CAPDL_NUMBER_TARGET : CAPDL_NUMBER_PORTS_LAST] : 0;
        compare_number(at, sgi ? "interrupt" : "first port", cap->paddr, first);
        compare_number(at, sgi ? "target" : "last port", cap->data, last);
    }
}

/* Whether the spec says that this capability is a copy of another in a CNode, or the other of this. */
static bool is_in_derivation(const struct at *at)
{
    for (size_t i = 0; i < at->v->spec->num_derivations; i++) {
        const struct capdl_derivation *d = &at->v->spec->derivations[i];
        if ((d->parent.container == at->container && d->parent.slot == at->wanted->slot) ||
            (d->child.container == at->container && d->child.slot == at->wanted->slot)) {
            return true;
        }
    }
    return false;
}

/* To the kernel, a copy of an untyped looks like a child of its full size: it is another node. */
static bool is_untyped_copy(const struct at *at)
{
    uint32_t actual = state_node(at->v, at->slot), wanted = at->v->match[at->wanted->object];
    if (at->slot->cap.type != CAP_UNTYPED || actual == NO_NODE || wanted == NO_NODE || !is_in_derivation(at)) {
        return false;
    }
    const struct node *a = &at->v->nodes[actual], *w = &at->v->nodes[wanted];
    return a->paddr == w->paddr && a->bits == w->bits;
}

static bool names_the_object(const struct at *at)
{
    struct verify *v = at->v;
    const struct capdl_cap *wanted = at->wanted;
    enum cap_type type = kind_cap_type(v, wanted->kind);
    bool node = wanted->object != CAPDL_NO_OBJECT && kind_has_node(wanted->kind);
    if (at->slot->cap.type == type &&
        (!node || state_node(v, at->slot) == v->match[wanted->object] || is_untyped_copy(at))) {
        return true;
    }
    char actual[LABEL_SIZE], expected[LABEL_SIZE];
    if (wanted->object != CAPDL_NO_OBJECT) {
        object_label(v, wanted->object, expected);
    } else {
        snprintf(expected, sizeof(expected), "%s", capdl_kind_name(wanted->kind));
    }
    if (at->slot->cap.type == CAP_NULL) {
        differ(v, at->container, "has no capability %s; it should be to %s", at->place, expected);
    } else {
        differ(v, at->container, "has %s a capability to %s, not to %s", at->place, cap_label(v, at->slot, actual),
               expected);
    }
    return false;
}

void compare_cap(struct verify *v, uint32_t container, const struct capdl_cap *wanted, const struct slot *slot)
{
    struct at at = {.v = v, .container = container, .wanted = wanted, .slot = slot};
    v->result->totals.capabilities++;
    name_slot(&at);
    if (!names_the_object(&at)) {
        return;
    }
    compare_rights(&at);
    switch ((enum cap_type)slot->cap.type) {
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
        compare_number(&at, "badge", slot->cap.data, wanted->data);
        break;
    case CAP_CNODE:
        compare_guard(&at);
        break;
    case CAP_FRAME:
        compare_mapping(&at);
        break;
    default:
        compare_value(&at);
        break;
    }
}

void compare_cnode(struct verify *v, uint32_t object)
{
    struct capdl_caps caps = capdl_object_caps(v->spec, object);
    const struct node *node = &v->nodes[v->match[object]];
    const struct cnode *cnode = node->object;
    uint64_t count = UINT64_C(1) << node->bits;
    uint32_t next = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (leftovers_slot(v, object, i)) {
            next += next < caps.count && caps.list[next].slot == i;
        } else if (next < caps.count && caps.list[next].slot == i) {
            compare_cap(v, object, &caps.list[next++], &cnode->slots[i]);
        } else if (cnode->slots[i].cap.type != CAP_NULL) {
            char label[LABEL_SIZE];
            differ(v, object, "has in slot 0x%" PRIx64 " a capability to %s, which is not in the spec", i,
                   cap_label(v, &cnode->slots[i], label));
        }
    }
    for (; next < caps.count; next++) {
        differ(v, object, "has no slot 0x%" PRIx64 ", where the spec puts a capability", caps.list[next].slot);
    }
}
