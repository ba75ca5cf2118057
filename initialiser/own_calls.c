/* SPDX-License-Identifier: BSD-2-Clause */
#include "own_calls.h"

#include "kernel.h"
#include "message.h"

static struct capdl_call own;
static struct capdl_operand *own_end; /* after the last operand so far */

void call_start(enum capdl_boot_key method, unsigned target_kind, uint64_t target)
{
    own.method = METHOD_OWN + (unsigned)method;
    own.label = (unsigned)self.blob.boot[method];
    own.count = 1;
    own.num_caps = 0;
    own.target.kind = target_kind;
    own.target.value = target;
    own_end = own.operands;
}

static void call_operand(uint64_t kind, uint64_t value)
{
    own_end->kind = kind;
    own_end->value = value;
    own_end++;
}

void call_cap(unsigned kind, uint64_t value)
{
    own.num_caps++;
    call_operand(kind, value);
}

void call_word(uint64_t value)
{
    call_operand(CAPDL_OPERAND_LITERAL, value);
}

void call_make(void)
{
    unsigned error;
    own.num_operands = (unsigned)(own_end - own.operands);
    error = call_run(&own);
    if (error) {
        die_call(&own, error);
    }
}
