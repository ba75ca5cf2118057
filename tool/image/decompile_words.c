/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rejects calls that kernels accept but no spec needs: calls with bits that the kernel ignores, by which equal effects
 * would have different digests (docs/evidence.md), and calls in START that could fail while threads run already
 * (docs/boot.md).
 */
#include <string.h>

#include "image/decompile_held.h"
#include "image/reverse.h"

static uint64_t word(const struct capdl_call *call, unsigned i)
{
    return call->operands[call->num_caps + i].value;
}

/* The bits that the kernel reads. It ignores the architecture flags of register calls. */
static uint64_t bits_used(const struct method_param *param)
{
    enum { RIGHTS = 15 };
    switch (param->kind) {
    case METHOD_RIGHTS:
        return RIGHTS;
    case METHOD_BYTE:
        return strncmp(param->name, "arch_flags", (size_t)param->name_length) == 0 ? 0 : UINT64_C(0xff) << param->shift;
    case METHOD_BOOL:
        return UINT64_C(1) << param->shift;
    case METHOD_CAP:
    case METHOD_REGISTERS:
        return 0;
    case METHOD_WORD:
    case METHOD_ATTRIBUTES:
    case METHOD_TIME:
        return UINT64_MAX;
    }
    return UINT64_MAX;
}

void reverse_words_init(const struct method_params *params, uint64_t used[METHOD_MOST_PARAMS])
{
    for (unsigned i = 0; i < params->num_words; i++) {
        used[i] = 0;
        for (unsigned k = 0; k < params->count; k++) {
            const struct method_param *param = &params->list[k];
            used[i] |= param->kind != METHOD_CAP && param->position == i ? bits_used(param) : 0;
        }
    }
}

bool reverse_words_used(const struct method_params *params, const uint64_t used[METHOD_MOST_PARAMS],
                        const struct capdl_call *call)
{
    for (unsigned i = 0; i < params->num_words; i++) {
        if (call->operands[call->num_caps + i].kind == CAPDL_OPERAND_LITERAL && word(call, i) & ~used[i]) {
            return false;
        }
    }
    return true;
}

/* The entry has been set, as one with a duration. */
static bool is_schedule_entry(const struct reverse *r, uint64_t index)
{
    const struct capdl_domains *domains = &r->spec->domains;
    uint64_t at = index - domains->index_shift;
    return domains->has_schedule && at < domains->num_schedule && !domains->schedule[at].end_marker;
}

/*
 * A thread is started by writing its registers: the kernel refuses that if the target is no TCB or the caller's own,
 * and if the message is shorter than it says. The schedule starts when all else is done; the kernel refuses an entry
 * that is not there.
 */
bool reverse_cannot_fail(struct reverse *r, enum capdl_method method, const struct capdl_call *call)
{
    bool last = r->started_schedule;
    if (method == CAPDL_METHOD_DOMAIN_SET_SCHEDULE_SET_START) {
        r->started_schedule = true;
        return !last && is_schedule_entry(r, word(call, 0));
    }
    if (method != CAPDL_METHOD_TCB_WRITE_REGISTERS || call->target.kind != CAPDL_REF_SLOT) {
        return false;
    }
    const struct held *thread = reverse_held(r, &call->target);
    return !last && thread->kind == CAPDL_KIND_TCB && !thread->moved && word(call, 1) == call->num_operands - 2u;
}
