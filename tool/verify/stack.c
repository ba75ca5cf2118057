/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start-up arguments that have no register. A thread finds them as the parameters of a C function: AAPCS64 and the
 * RISC-V ELF psABI have eight in registers and the others from sp on; the System V ABI of x86-64 six, and the others
 * after the return address, which begins at rsp. The stack pointer, or the address after the return address, is a
 * multiple of 16.
 */
#include <stdlib.h>

#include "verify/private.h"

static uint64_t return_address_size(const struct verify *v)
{
    const struct verify_arch *arch = verify_arch(v->profile->arch);
    return arch->return_on_stack ? arch->word : 0;
}

static uint64_t count_on_stack(const struct verify *v, const struct capdl_tcb *tcb)
{
    size_t registers = verify_arch(v->profile->arch)->num_arguments;
    return tcb->num_init > registers ? tcb->num_init - registers : 0;
}

uint64_t stack_pointer_of(const struct verify *v, const struct capdl_tcb *tcb)
{
    const struct verify_arch *arch = verify_arch(v->profile->arch);
    uint64_t count = count_on_stack(v, tcb);
    if (count == 0) {
        return tcb->sp;
    }
    uint64_t first = (tcb->sp - count * arch->word) & ~(uint64_t)(arch->stack_alignment - 1);
    return first - return_address_size(v);
}

/* The capability of the frame in which an address is. */
static const struct capdl_cap *frame_at(const struct verify *v, uint32_t table, uint64_t address, uint64_t *offset)
{
    for (unsigned level = 0; level < v->profile->vspace_levels && kind_is_any_table(capdl_object_kind(v->spec, table));
         level++) {
        unsigned shift = vspace_shift(v->profile, level);
        const struct capdl_cap *cap = capdl_spec_cap_at(v->spec, table, vspace_index(v->profile, level, address));
        if (!cap || cap->object == CAPDL_NO_OBJECT) {
            return NULL;
        }
        if (cap->kind == CAPDL_KIND_FRAME) {
            *offset = address & ((UINT64_C(1) << shift) - 1);
            return cap;
        }
        table = cap->object;
    }
    return NULL;
}

static void collect(struct verify *v, uint32_t object)
{
    const struct capdl_tcb *tcb = capdl_object_tcb(v->spec, object);
    const struct capdl_cap *vspace = capdl_spec_cap_at(v->spec, object, CAPDL_TCB_SLOT_VSPACE);
    uint64_t count = tcb && vspace && vspace->object != CAPDL_NO_OBJECT ? count_on_stack(v, tcb) : 0;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t offset,
            address = stack_pointer_of(v, tcb) + return_address_size(v) + i * verify_arch(v->profile->arch)->word;
        const struct capdl_cap *frame = frame_at(v, vspace->object, address, &offset);
        if (!frame) {
            differ(v, object, "has start-up arguments on its stack, where nothing is mapped");
            return;
        }
        v->arguments = memory_grow(v->arguments, &v->capacity_arguments, v->num_arguments + 1, sizeof(*v->arguments));
        v->arguments[v->num_arguments++] =
            (struct argument){frame->object, offset, tcb->init[tcb->num_init - count + i]};
    }
}

static int compare_arguments(const void *a, const void *b)
{
    const struct argument *x = a, *y = b;
    if (x->frame != y->frame) {
        return x->frame < y->frame ? -1 : 1;
    }
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

void stack_collect(struct verify *v)
{
    for (uint32_t i = 0; i < v->spec->num_objects; i++) {
        if (capdl_object_kind(v->spec, i) == CAPDL_KIND_TCB) {
            collect(v, i);
        }
    }
    if (v->num_arguments > 0) {
        qsort(v->arguments, v->num_arguments, sizeof(*v->arguments), compare_arguments);
    }
}

const struct argument *stack_argument_from(const struct verify *v, uint32_t frame, uint64_t offset)
{
    const struct argument key = {.frame = frame, .offset = offset};
    size_t low = 0, high = v->num_arguments;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_arguments(&v->arguments[middle], &key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < v->num_arguments && v->arguments[low].frame == frame ? &v->arguments[low] : NULL;
}
