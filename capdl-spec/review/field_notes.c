/* SPDX-License-Identifier: BSD-2-Clause */
/* What another value of a field means, and who else has it. */
#include "field_notes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "parties.h"
#include "reach.h"
#include "time_notes.h"
#include "words.h"

/* Whose numbers are those of one thing in the machine, which two should not share. */
static bool is_place(enum capdl_kind kind, uint32_t field)
{
    return (kind == CAPDL_KIND_IOAPIC_IRQ && field < FIELD_NUMBER + CAPDL_NUMBER_IOAPIC_LEVEL) ||
           capdl_kind_class(kind) == CAPDL_CLASS_DEVICE || kind == CAPDL_KIND_MSI_IRQ ||
           kind == CAPDL_KIND_ARM_SGI_SIGNAL || kind == CAPDL_KIND_IO_PORTS;
}

char *capdl_review_twin_note(struct review *review, const struct edit *edit)
{
    const struct world *world = &review->new;
    const struct capdl_spec *spec = world->spec;
    uint32_t object = (uint32_t)edit->object;
    enum capdl_kind kind = capdl_object_kind(spec, object);
    bool ports = kind == CAPDL_KIND_IO_PORTS;
    char label[REVIEW_LABEL];
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        const struct capdl_numbers *a = capdl_object_kind(spec, i) == kind ? capdl_object_numbers(spec, i) : NULL;
        const struct capdl_numbers *b = capdl_object_numbers(spec, object);
        unsigned compared = kind == CAPDL_KIND_IOAPIC_IRQ                                 ? 2
                            : kind == CAPDL_KIND_IO_DEVICE && edit->field == FIELD_NUMBER ? 1
                                                                                          : CAPDL_NUMBER_COUNT;
        if (i != object && a && b &&
            (ports ? a->value[CAPDL_NUMBER_PORTS_FIRST] <= b->value[CAPDL_NUMBER_PORTS_LAST] &&
                         b->value[CAPDL_NUMBER_PORTS_FIRST] <= a->value[CAPDL_NUMBER_PORTS_LAST]
                   : memcmp(a->value, b->value, compared * sizeof(a->value[0])) == 0)) {
            return capdl_review_format("; %s %s", capdl_review_object(review, i, label),
                                       ports ? "has some of these ports, too" : "has that number, too");
        }
    }
    return ports ? capdl_review_format("; no other range has any of these ports")
                 : capdl_review_format("; no other %s has that number", capdl_kind_name(kind));
}

/* Which interrupt has a number in a system, other than this one. */
static uint32_t irq_with(const struct capdl_spec *spec, uint64_t number, uint32_t but)
{
    for (size_t i = 0; i < spec->num_irqs; i++) {
        if (spec->irqs[i].irq == number && spec->irqs[i].object != but) {
            return spec->irqs[i].object;
        }
    }
    return REVIEW_NONE;
}

/* Whose the number of an interrupt is, too, or was, and who gets the old one. */
static char *irq_note(const struct review *review, const struct edit *edit)
{
    uint32_t now = irq_with(review->new.spec, edit->new_value, (uint32_t)edit->object);
    uint32_t was = irq_with(review->old.spec, edit->new_value, review->old_of[edit->object]);
    uint32_t left = irq_with(review->new.spec, edit->old_value, (uint32_t)edit->object);
    char label[REVIEW_LABEL], old[40] = "";
    if (edit->has_old && left == REVIEW_NONE) {
        snprintf(old, sizeof(old), "; nobody is woken by %" PRIu64 " any more", edit->old_value);
    }
    return !edit->has_new ? capdl_review_format("%s", old)
           : now != REVIEW_NONE
               ? capdl_review_format("; %s has that number, too%s",
                                     capdl_review_object(review, review->new.object_number[now], label), old)
           : was != REVIEW_NONE
               ? capdl_review_format("; that was the number of %s%s",
                                     capdl_review_object(review, review->old.object_number[was], label), old)
               : capdl_review_format("; no other interrupt has that number%s", old);
}

const struct capdl_cap *capdl_review_mapped_at(const struct world *world, uint32_t subject, uint64_t address)
{
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(world->spec, i);
        for (size_t j = world->first_use[i]; j < world->first_use[i + 1]; j++) {
            const struct use *use = &world->uses[j];
            for (uint32_t k = 0;
                 capdl_review_who(world, use) == subject && capdl_kind_is_table(capdl_object_kind(world->spec, i)) &&
                 use->shift < 64 && k < caps.count;
                 k++) {
                uint64_t start = use->address | caps.list[k].slot << use->shift;
                if (caps.list[k].kind == CAPDL_KIND_FRAME && address >= start &&
                    address - start < UINT64_C(1) << capdl_object_size_bits(world->spec, caps.list[k].object)) {
                    return caps.list + k;
                }
            }
        }
    }
    return NULL;
}

/* What a thread finds at an address. */
static char *place_note(struct review *review, uint32_t tcb, uint64_t address)
{
    const struct world *world = &review->new;
    uint32_t owner = capdl_review_owner(world, tcb);
    const struct capdl_cap *page = owner == REVIEW_NONE ? NULL : capdl_review_mapped_at(world, owner, address);
    char label[REVIEW_LABEL];
    return page ? capdl_review_format("; %s is there%s",
                                      capdl_review_object(review, world->object_number[page->object], label),
                                      page->rights & CAPDL_RIGHT_EXECUTE ? ", which it may execute" : "")
                : capdl_review_format("; nothing is mapped there: to use it is a fault");
}

/* Stacks grow down: what counts is below the pointer. */
static char *stack_note(struct review *review, uint32_t tcb, uint64_t sp)
{
    char *place = place_note(review, tcb, sp - 1), *text = place;
    if (strstr(place, "nothing is mapped")) {
        text = capdl_review_format("; nothing is mapped below it: the first use of the stack is a fault");
        free(place);
    }
    return text;
}

/* Memory that a device reaches, which another number gives to another device. */
static char *reach_of_device(const struct review *review, uint32_t device)
{
    char *list = capdl_review_reach(review, &review->new, USE_DEVICE | device);
    char *text = strcmp(list, "no memory") == 0
                     ? capdl_review_format("; no memory is mapped for it")
                     : capdl_review_format("; it now reaches %s, and the one of the old number no longer does", list);
    free(list);
    return text;
}

/* Which device a message-signalled interrupt is one of. */
static char *msi_note(const struct review *review, uint32_t object)
{
    const struct capdl_spec *spec[2] = {review->new.spec, review->old.spec};
    const uint32_t id[2] = {object, review->old_of[object]};
    uint64_t n[2][3];
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned j = 0; j < 3; j++) {
            n[i][j] = capdl_object_number(spec[i], id[i], (enum capdl_number)(CAPDL_NUMBER_MSI_BUS + (int)j));
        }
    }
    if (memcmp(n[0], n[1], sizeof(n[0])) == 0) {
        return capdl_review_format("; it is an interrupt of PCI %" PRIx64 ":%" PRIx64 ".%" PRIx64, n[0][0], n[0][1],
                                   n[0][2]);
    }
    return capdl_review_format("; it is now an interrupt of PCI %" PRIx64 ":%" PRIx64 ".%" PRIx64
                               ", no longer of %" PRIx64 ":%" PRIx64 ".%" PRIx64,
                               n[0][0], n[0][1], n[0][2], n[1][0], n[1][1], n[1][2]);
}

char *capdl_review_field_note(struct review *review, const struct edit *edit, enum capdl_kind kind)
{
    enum capdl_class class = capdl_kind_class(kind);
    char *twins, *reach, *text;
    switch (edit->field) {
    case FIELD_TCB + CAPDL_TCB_FIELD_PRIO:
        return capdl_review_priority_note(review, edit);
    case FIELD_TCB + CAPDL_TCB_FIELD_MAX_PRIO:
        return capdl_review_max_priority_note(review, edit);
    case FIELD_TCB + CAPDL_TCB_FIELD_AFFINITY:
        return capdl_review_core_note(review, (uint32_t)edit->object);
    case FIELD_TCB + CAPDL_TCB_FIELD_DOM:
        return capdl_review_domain_note(review, edit);
    case FIELD_TCB + CAPDL_TCB_FIELD_IP:
    case FIELD_TCB + CAPDL_TCB_FIELD_ADDR:
        return place_note(review, (uint32_t)edit->object, edit->new_value);
    case FIELD_TCB + CAPDL_TCB_FIELD_SP:
        return stack_note(review, (uint32_t)edit->object, edit->new_value);
    case FIELD_BUDGET:
    case FIELD_PERIOD:
        return capdl_review_budget_note(review, edit);
    case FIELD_IRQ:
        return irq_note(review, edit);
    default:
        break;
    }
    if (edit->field >= FIELD_LIST) {
        return capdl_review_format("; what that means, its program decides");
    }
    if ((kind == CAPDL_KIND_ARM_IRQ || kind == CAPDL_KIND_RISCV_IRQ) &&
        edit->field == FIELD_NUMBER + CAPDL_NUMBER_TRIGGER) {
        return capdl_review_format("; if the device does not raise it so, it can be lost");
    }
    if (!is_place(kind, edit->field)) {
        return capdl_review_format("%s", "");
    }
    twins = capdl_review_twin_note(review, edit);
    if (kind == CAPDL_KIND_MSI_IRQ && edit->field != FIELD_NUMBER) {
        reach = msi_note(review, (uint32_t)edit->object);
        text = capdl_review_format("%s%s", reach, twins);
        free(twins);
        free(reach);
        return text;
    }
    if (class != CAPDL_CLASS_DEVICE || kind == CAPDL_KIND_CONTEXTBANK) {
        return twins;
    }
    reach = kind == CAPDL_KIND_IO_DEVICE && edit->field == FIELD_NUMBER
                ? capdl_review_format(
                      "%s", strstr(twins, "no other")
                                ? ": it reaches the same memory as before, alone"
                                : ": with most IOMMUs, each then reaches the memory that is mapped for the other")
                : reach_of_device(review, (uint32_t)edit->object);
    text = capdl_review_format("%s%s", twins, reach);
    free(twins);
    free(reach);
    return text;
}
