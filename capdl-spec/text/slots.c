/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots: numbers, or names of those of TCBs. */
#include "slots.h"

#include "tokens.h"

static bool slot_name(const struct text_token *token, uint64_t *slot)
{
#define CAPDL_TCB_SLOT(id, number, name)    \
    if (capdl_text_token_is(token, name)) { \
        *slot = (number);                   \
        return true;                        \
    }
#include <capdl/tcbslots.def>
#undef CAPDL_TCB_SLOT
    return false;
}

static bool report_slot(struct text_parser *p)
{
    struct capdl_nearest nearest = {NULL};
#define CAPDL_TCB_SLOT(id, number, name) capdl_nearest_try(&nearest, p->token.text, p->token.length, name);
#include <capdl/tcbslots.def>
#undef CAPDL_TCB_SLOT
    return capdl_text_unexpected(
        p, "a slot: a number, or the name of a TCB's slot such as cspace, vspace or ipc_buffer_slot%s",
        capdl_nearest_hint(&nearest));
}

bool capdl_text_slot_parse(struct text_parser *p, uint64_t *slot)
{
    if (p->token.kind == TEXT_NUMBER) {
        *slot = p->token.number;
    } else if (!slot_name(&p->token, slot)) {
        return report_slot(p);
    }
    capdl_text_advance(p);
    return true;
}
