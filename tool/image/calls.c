/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists of kernel calls. Regular sequences become runs while they are added: a call that continues the last run
 * only increments its count, so a million equal frames take one entry.
 */
#include <assert.h>

#include "image/program.h"
#include "profile/names.h"

bool operand_equal(struct operand a, struct operand b)
{
    return a.kind == b.kind && a.value == b.value;
}

struct operand operand_object(const struct program *program, uint32_t object)
{
    const struct kernel_object *kobj = &program->kernel_objects[object];
    return kobj->kind == KOBJ_PAGE ? operand_page(kobj->number) : operand_slot(kobj->number);
}

struct operand operand_late(const struct program *program, uint32_t object)
{
    uint32_t late = program->kernel_objects[object].late;
    return late != CAPDL_NO_OBJECT ? operand_slot(late) : operand_object(program, object);
}

static bool like(const struct call_list *calls, const struct call *call, enum capdl_method method,
                 const struct operand *operands, unsigned count)
{
    if (call->method != method || call->num_operands != count) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        if (calls->operands[call->first + i].kind != operands[i].kind) {
            return false;
        }
    }
    return true;
}

/* Strides are never negative: a call below the last one ends its run. */
static bool pair_up(struct call_list *calls, struct call *call, const struct operand *operands, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (operands[i].value < calls->operands[call->first + i].value) {
            return false;
        }
    }
    calls->operands =
        memory_grow(calls->operands, &calls->capacity_operands, calls->num_operands + count, sizeof(*operands));
    struct operand *last = &calls->operands[call->first];
    for (unsigned i = 0; i < count; i++) {
        last[count + i] = operand_word(operands[i].value - last[i].value);
    }
    calls->num_operands += count;
    call->count = 2;
    return true;
}

static bool continues(const struct call_list *calls, const struct call *call, const struct operand *operands,
                      unsigned count)
{
    const struct operand *first = &calls->operands[call->first];
    const struct operand *strides = first + count;
    if (call->count == CAPDL_BLOB_MAX_SLOTS) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        if (operands[i].value < first[i].value ||
            operands[i].value - first[i].value != strides[i].value * call->count) {
            return false;
        }
    }
    return true;
}

static void append(struct call_list *calls, enum capdl_method method, uint32_t object, const struct operand *operands,
                   unsigned count)
{
    calls->list = memory_grow(calls->list, &calls->capacity, calls->count + 1, sizeof(*calls->list));
    calls->operands =
        memory_grow(calls->operands, &calls->capacity_operands, calls->num_operands + count, sizeof(*operands));
    calls->list[calls->count++] = (struct call){.method = (uint16_t)method,
                                                .num_operands = (uint16_t)count,
                                                .object = object,
                                                .count = 1,
                                                .first = calls->num_operands};
    for (unsigned i = 0; i < count; i++) {
        calls->operands[calls->num_operands++] = operands[i];
    }
}

/* A run of two that no call continues may have begun one call too early: split it, so that its second call can
 * begin a run with the next. The memory of its strides takes the second call's operands. */
static void split_pair(struct call_list *calls)
{
    struct call *pair = &calls->list[calls->count - 1];
    struct operand *first = &calls->operands[pair->first], *second = first + pair->num_operands;
    for (unsigned i = 0; i < pair->num_operands; i++) {
        second[i] = (struct operand){first[i].value + second[i].value, first[i].kind};
    }
    pair->count = 1;
    struct call next = *pair;
    next.first += next.num_operands;
    calls->list = memory_grow(calls->list, &calls->capacity, calls->count + 1, sizeof(*calls->list));
    calls->list[calls->count++] = next;
}

static bool method_exists(struct program *program, enum capdl_method method, uint32_t object)
{
    if (program->profile->labels[method] != CAPDL_PROFILE_ABSENT) {
        return true;
    }
    if (!program->method_refused[method]) {
        program->method_refused[method] = true;
        program_error(program, object, "needs the kernel call %s, which kernel %s does not have", method_names[method],
                      program->profile->name);
    }
    return false;
}

/* Target, capabilities and words, as methods.def lists them for the method, which is looked up once. */
static void check_operands(struct program *program, enum capdl_method method, unsigned count)
{
    struct method_params *params = &program->methods[method];
    if (!params->count) {
        bool known = method_params(program->profile, method, params);
        assert(known);
    }
    assert(method_params_fit(params, params->num_caps, count - 1 - params->num_caps));
}

void calls_add(struct program *program, enum capdl_phase phase, enum capdl_method method, uint32_t object,
               const struct operand *operands, unsigned count)
{
    if (!method_exists(program, method, object)) {
        return;
    }
    check_operands(program, method, count);
    struct call_list *calls = &program->phases[phase];
    struct call *last = calls->count ? &calls->list[calls->count - 1] : NULL;
    if (last && like(calls, last, method, operands, count)) {
        if (last->count > 1 && continues(calls, last, operands, count)) {
            last->count++;
            return;
        }
        if (last->count == 2) {
            split_pair(calls);
            last = &calls->list[calls->count - 1];
        }
        if (last->count == 1 && pair_up(calls, last, operands, count)) {
            return;
        }
    }
    append(calls, method, object, operands, count);
}

uint64_t calls_derive(struct program *program, uint32_t object)
{
    program->derived =
        memory_grow(program->derived, &program->capacity_derived, program->num_derived + 1, sizeof(uint32_t));
    program->derived[program->num_derived] = object;
    return program->num_objects + program->num_derived++;
}

struct operand calls_copy(struct program *program, uint32_t object, struct operand source, unsigned rights,
                          uint64_t badge)
{
    struct operand copy = operand_slot(calls_derive(program, CAPDL_NO_OBJECT));
    struct operand ours = operand_initial(CAPDL_INITIAL_CNODE), depth = operand_depth(program);
    if (badge) {
        CALL(program, COPIES, CNODE_MINT, object, ours, ours, copy, depth, source, depth, operand_word(rights),
             operand_word(badge));
    } else {
        CALL(program, COPIES, CNODE_COPY, object, ours, ours, copy, depth, source, depth, operand_word(rights));
    }
    return copy;
}
