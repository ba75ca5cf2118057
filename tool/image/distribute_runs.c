/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Systems of many alike domains: what is done for one is done for the next with other numbers. So the calls
 *
 *     a1 b1 c1  a2 b2 c2  a3 b3 c3  ...      become      a1 a2 a3 ...  b1 b2 b3 ...  c1 c2 c3 ...
 *
 * which are three runs. Only calls of one phase that do not depend on each other are put into another order.
 */
#include <stdlib.h>

#include "image/program.h"

enum { LONGEST_PERIOD = 32, FEWEST_REPEATS = 3 };

/* A sequence of calls that comes again and again. */
struct pattern {
    size_t first, period, repeats;
};

static const struct operand *operands_of(const struct call_list *calls, size_t i)
{
    return &calls->operands[calls->list[i].first];
}

/* Whether two calls, or runs, differ only in the values that they begin with. */
static bool alike(const struct call_list *calls, size_t a, size_t b)
{
    const struct call *x = &calls->list[a], *y = &calls->list[b];
    if (x->method != y->method || x->num_operands != y->num_operands || x->count != y->count) {
        return false;
    }
    const struct operand *p = operands_of(calls, a), *q = operands_of(calls, b);
    for (unsigned i = 0; i < x->num_operands; i++) {
        if (p[i].kind != q[i].kind || (x->count > 1 && p[x->num_operands + i].value != q[x->num_operands + i].value)) {
            return false;
        }
    }
    return true;
}

/* Whether the n-th repetition of a call is n strides from it. References never decrease. */
static bool repeats_call(const struct call_list *calls, size_t call, size_t period, size_t n)
{
    if (!alike(calls, call, call + n * period)) {
        return false;
    }
    const struct operand *first = operands_of(calls, call), *second = operands_of(calls, call + period),
                         *last = operands_of(calls, call + n * period);
    for (unsigned i = 0; i < calls->list[call].num_operands; i++) {
        uint64_t step = second[i].value - first[i].value;
        if ((first[i].kind != CAPDL_OPERAND_LITERAL && second[i].value < first[i].value) ||
            last[i].value != first[i].value + n * step) {
            return false;
        }
    }
    return true;
}

/* Whether the pattern's calls do not rely on one of its calls in another repetition. Tables of one address space do,
   and capabilities that are copied out of a CNode of the spec, or moved. */
static bool is_independent(const struct call_list *calls, size_t call, size_t period, enum capdl_phase phase)
{
    const struct operand *operands = operands_of(calls, call);
    if (calls->list[call].num_operands < 2) {
        return phase == CAPDL_PHASE_PAGES;
    }
    switch (phase) {
    case CAPDL_PHASE_TABLES:
        return !operand_equal(operands[1], operands_of(calls, call + period)[1]);
    case CAPDL_PHASE_CNODES:
        return calls->list[call].method != CAPDL_METHOD_CNODE_MOVE &&
               operand_equal(operands[1], operand_initial(CAPDL_INITIAL_CNODE));
    default:
        return phase == CAPDL_PHASE_PAGES;
    }
}

static bool may_mix(const struct call_list *calls, const struct pattern *pattern, enum capdl_phase phase)
{
    for (size_t i = 0; pattern->period > 1 && i < pattern->period; i++) {
        if (!is_independent(calls, pattern->first + i, pattern->period, phase)) {
            return false;
        }
    }
    return true;
}

static size_t count_repeats(const struct call_list *calls, size_t first, size_t period)
{
    size_t n = 1;
    if (first + FEWEST_REPEATS * period > calls->count || !repeats_call(calls, first, period, 2)) {
        return n;
    }
    for (; first + (n + 1) * period <= calls->count; n++) {
        for (size_t i = 0; i < period; i++) {
            if (!repeats_call(calls, first + i, period, n)) {
                return n;
            }
        }
    }
    return n;
}

/* How many entries all repetitions of a call take. A call that is a run itself remains one, unless that is the
 * shorter of the two. */
static size_t entries_after(const struct pattern *pattern, const struct call *call)
{
    return call->count < pattern->repeats ? call->count : pattern->repeats;
}

static size_t entries_saved(const struct call_list *calls, const struct pattern *pattern)
{
    size_t saved = pattern->period * pattern->repeats;
    for (size_t i = pattern->first; i < pattern->first + pattern->period; i++) {
        saved -= entries_after(pattern, &calls->list[i]);
    }
    return saved;
}

/* Two calls that are no pattern, and the last of their kind: a run of two. */
static bool is_pair(const struct call_list *calls, size_t first)
{
    if (first + 1 >= calls->count || !alike(calls, first, first + 1) || calls->list[first].count > 1 ||
        (first + 2 < calls->count && alike(calls, first, first + 2))) {
        return false;
    }
    const struct operand *a = operands_of(calls, first), *b = operands_of(calls, first + 1);
    for (unsigned i = 0; i < calls->list[first].num_operands; i++) {
        if (b[i].value < a[i].value) {
            return false;
        }
    }
    return true;
}

/* The pattern that begins at this call and saves the most entries; one without repetitions if none saves any. */
static struct pattern find_pattern(const struct call_list *calls, size_t first, enum capdl_phase phase)
{
    struct pattern best = {.first = first, .period = 1, .repeats = 1};
    size_t most = 0;
    for (size_t period = 1; period <= LONGEST_PERIOD; period++) {
        struct pattern pattern = {first, period, count_repeats(calls, first, period)};
        if (pattern.repeats < FEWEST_REPEATS || !may_mix(calls, &pattern, phase)) {
            continue;
        }
        size_t saved = entries_saved(calls, &pattern);
        if (saved > most) {
            most = saved;
            best = pattern;
        }
    }
    best.repeats += most == 0 && is_pair(calls, first);
    return best;
}

/* Adds an entry that begins `offset` strides after `operands`; strides: 0 if it is one call. */
static void emit(struct call_list *out, const struct call *like, uint64_t count, const struct operand *operands,
                 const struct operand *offsets, uint64_t offset, const struct operand *strides)
{
    unsigned num = like->num_operands;
    out->list = memory_grow(out->list, &out->capacity, out->count + 1, sizeof(*out->list));
    out->operands =
        memory_grow(out->operands, &out->capacity_operands, out->num_operands + 2 * num, sizeof(*out->operands));
    struct call call = *like;
    call.count = count;
    call.first = out->num_operands;
    out->list[out->count++] = call;
    for (unsigned i = 0; i < num; i++) {
        struct operand operand = operands[i];
        operand.value += offsets ? offsets[i].value * offset : 0;
        out->operands[out->num_operands++] = operand;
    }
    for (unsigned i = 0; strides && i < num; i++) {
        out->operands[out->num_operands++] = strides[i];
    }
}

static void emit_copy(struct call_list *out, const struct call_list *calls, size_t i)
{
    const struct call *call = &calls->list[i];
    const struct operand *operands = operands_of(calls, i);
    emit(out, call, call->count, operands, NULL, 0, call->count > 1 ? operands + call->num_operands : NULL);
}

/* All repetitions of one call. */
static void emit_repeated(struct call_list *out, const struct call_list *calls, const struct pattern *pattern, size_t i)
{
    const struct call *call = &calls->list[i];
    const struct operand *first = operands_of(calls, i), *second = operands_of(calls, i + pattern->period);
    if (call->count >= pattern->repeats) {
        for (size_t n = 0; n < pattern->repeats; n++) {
            emit_copy(out, calls, i + n * pattern->period);
        }
        return;
    }
    struct operand strides[1 + CAPDL_CALL_MAX_OPERANDS];
    for (unsigned k = 0; k < call->num_operands; k++) {
        strides[k] = operand_word(second[k].value - first[k].value);
    }
    for (uint64_t step = 0; step < call->count; step++) {
        emit(out, call, pattern->repeats, first, call->count > 1 ? first + call->num_operands : NULL, step, strides);
    }
}

/* Splits runs of two again: each of the two may belong to another pattern. The memory of its strides takes the second
   call's operands. */
static void split_pairs(struct call_list *calls)
{
    size_t pairs = 0;
    for (size_t i = 0; i < calls->count; i++) {
        pairs += calls->list[i].count == 2;
    }
    calls->list = memory_grow(calls->list, &calls->capacity, calls->count + pairs, sizeof(*calls->list));
    for (size_t i = calls->count, to = i + pairs; i-- > 0;) {
        struct call call = calls->list[i];
        if (call.count == 2) {
            struct operand *first = &calls->operands[call.first], *second = first + call.num_operands;
            for (unsigned k = 0; k < call.num_operands; k++) {
                second[k] = (struct operand){first[k].value + second[k].value, first[k].kind};
            }
            call.count = 1;
            calls->list[--to] = call;
            calls->list[to].first += call.num_operands;
        }
        calls->list[--to] = call;
    }
    calls->count += pairs;
}

static struct call_list distribute(const struct call_list *calls, enum capdl_phase phase)
{
    struct call_list out = {NULL};
    for (size_t first = 0; first < calls->count;) {
        struct pattern pattern = find_pattern(calls, first, phase);
        for (size_t i = first; i < first + pattern.period; i++) {
            if (pattern.repeats > 1) {
                emit_repeated(&out, calls, &pattern, i);
            } else {
                emit_copy(&out, calls, i);
            }
        }
        first += pattern.period * pattern.repeats;
    }
    return out;
}

static void free_list(struct call_list *calls)
{
    free(calls->list);
    free(calls->operands);
}

void calls_distribute(struct program *program)
{
    for (unsigned phase = 0; phase < CAPDL_PHASE_COUNT; phase++) {
        struct call_list *calls = &program->phases[phase];
        split_pairs(calls);
        struct call_list distributed = distribute(calls, (enum capdl_phase)phase);
        free_list(calls);
        *calls = distributed;
    }
}
