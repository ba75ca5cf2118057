/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What devices behind an SMMU of Arm see: an address space is assigned to a context bank, and the bank is bound to
 * streams.
 */
#include <string.h>

#include "image/program.h"

/* Context banks and streams come out of control capabilities by their numbers. */
static const struct part {
    enum capdl_kind kind;
    enum capdl_number number;
    const char *keyword;
    enum capdl_initial_cap control;
    enum capdl_method get;
} bank_part = {CAPDL_KIND_CONTEXTBANK, CAPDL_NUMBER_BANK, "bank", CAPDL_INITIAL_SMMU_CB_CONTROL,
               CAPDL_METHOD_CB_CONTROL_GET_CB},
  stream_part = {CAPDL_KIND_STREAMID, CAPDL_NUMBER_STREAM, "id", CAPDL_INITIAL_SMMU_SID_CONTROL,
                 CAPDL_METHOD_SID_CONTROL_GET_SID};

/* How many there are. Only the kernel's source says so, for each platform with an SMMU. */
static uint64_t part_count(const struct capdl_profile *profile, const struct part *part)
{
    bool tx2 = strcmp(profile->platform, "tx2") == 0;
    return !tx2 ? UINT64_MAX : part == &stream_part ? 128 : 64;
}

static bool part_good(struct program *program, uint32_t object, const struct part *part)
{
    uint64_t number = capdl_object_number(program->spec, object, part->number),
             count = part_count(program->profile, part);
    if (!capdl_object_numbers(program->spec, object)) {
        program_error(program, object, "has no number: write %s (%s: n)", capdl_kind_keyword(part->kind),
                      part->keyword);
    } else if (number >= count) {
        program_error(program, object, "is number %llu, but those of kernel %s are 0 to %llu",
                      (unsigned long long)number, program->profile->name, (unsigned long long)count - 1);
    } else {
        return true;
    }
    return false;
}

static void part_get(struct program *program, uint32_t object, const struct part *part)
{
    if (!part_good(program, object, part)) {
        return;
    }
    uint64_t slot = calls_derive(program, object);
    program->kernel_objects[object].derived = (uint32_t)slot;
    const struct operand operands[] = {
        operand_initial(part->control),
        operand_initial(CAPDL_INITIAL_CNODE),
        operand_word(capdl_object_number(program->spec, object, part->number)),
        operand_slot(slot),
        operand_depth(program),
    };
    calls_add(program, CAPDL_PHASE_DERIVE, part->get, object, operands, sizeof(operands) / sizeof(operands[0]));
}

/* The capability in slot 0, which is all that they hold; 0 if there is none. */
static const struct capdl_cap *held_in(struct program *program, uint32_t object)
{
    struct capdl_caps caps = capdl_object_caps(program->spec, object);
    if (caps.count && caps.list[caps.count - 1].slot != 0) {
        program_cap_error(program, object, &caps.list[caps.count - 1], "does not belong there: only slot 0 exists");
    }
    return caps.count && caps.list[0].slot == 0 ? &caps.list[0] : NULL;
}

static void assign_space(struct program *program, uint32_t bank, const struct part *part)
{
    (void)part;
    const struct capdl_cap *space = held_in(program, bank);
    if (!space || program->kernel_objects[bank].derived == CAPDL_NO_OBJECT) {
        return;
    }
    if (space->object == CAPDL_NO_OBJECT || !(program->kernel_objects[space->object].flags & KOBJ_ROOT)) {
        program_cap_error(program, bank, space, "is not the root of an address space");
        return;
    }
    CALL(program, PAGES, CB_ASSIGN_VSPACE, bank, operand_slot(program->kernel_objects[bank].derived),
         operand_object(program, space->object));
}

static void bind_bank(struct program *program, uint32_t stream, const struct part *part)
{
    (void)part;
    const struct capdl_cap *bank = held_in(program, stream);
    if (!bank || program->kernel_objects[stream].derived == CAPDL_NO_OBJECT) {
        return;
    }
    if (bank->kind != CAPDL_KIND_CONTEXTBANK) {
        program_cap_error(program, stream, bank, "is not a context bank");
    } else if (!capdl_object_caps(program->spec, bank->object).count) {
        program_cap_error(program, stream, bank, "cannot be bound: the kernel requires an address space in its slot 0");
    } else if (program->kernel_objects[bank->object].derived != CAPDL_NO_OBJECT) {
        CALL(program, PAGES, SID_BIND_CB, stream, operand_slot(program->kernel_objects[stream].derived),
             operand_slot(program->kernel_objects[bank->object].derived));
    }
}

static void each(struct program *program, const struct part *part,
                 void (*visit)(struct program *, uint32_t, const struct part *))
{
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        if (capdl_object_kind(program->spec, i) == part->kind) {
            visit(program, i, part);
        }
    }
}

void streams_derive(struct program *program)
{
    each(program, &bank_part, part_get);
    each(program, &stream_part, part_get);
}

/* Done when everything is mapped: a device never sees an incomplete address space. */
void streams_bind(struct program *program)
{
    each(program, &bank_part, assign_space);
    each(program, &stream_part, bind_bank);
}
