/* SPDX-License-Identifier: BSD-2-Clause */
/* What only Arm kernels have besides memory: virtual CPUs, signals between cores, calls of the firmware. Error order:
   src/arch/arm/object/{vcpu,interrupt,smc}.c of seL4. */
#include "kernel.h"

enum { NUM_SMC_REGISTERS = 8, NUM_LIST_REGISTERS = 4, VIRTUAL_TIMER_IRQ = 27 };

/* ---- Virtual CPUs: bound, written and read; a virtual machine is never entered. ---- */

static enum status decode_set_tcb(struct kernel *k, struct vcpu *vcpu)
{
    if (!k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    if (k->extra[0]->cap.type != CAP_THREAD) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    struct tcb *thread = k->extra[0]->cap.object;
    if (thread->vcpu) {
        thread->vcpu->tcb = NULL;
    }
    if (vcpu->tcb) {
        vcpu->tcb->vcpu = NULL;
    }
    thread->vcpu = vcpu;
    vcpu->tcb = thread;
    return STATUS_OK;
}

static enum status decode_inject(struct kernel *k, const struct invocation *inv)
{
    if (inv->length < 1) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t irq = invocation_argument(k, inv, 0);
    if ((irq & 0xffff) > 1023) {
        return fail_range(k, 0, 1023);
    }
    if ((irq >> 16 & 0xff) > 31) {
        return fail_range(k, 0, 31);
    }
    if ((irq >> 24 & 0xff) > 1) {
        return fail_range(k, 0, 1);
    }
    if ((irq >> 32 & 0xff) >= NUM_LIST_REGISTERS) {
        return fail_range(k, 0, NUM_LIST_REGISTERS - 1);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    return STATUS_OK;
}

static enum status decode_register(struct kernel *k, const struct invocation *inv, struct vcpu *vcpu, bool write)
{
    if (inv->length < (write ? 2u : 1u)) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t number = invocation_argument(k, inv, 0);
    if (number >= VCPU_REGISTERS) {
        return fail_argument(k, 1);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (write) {
        vcpu->regs[number] = invocation_argument(k, inv, 1);
        return STATUS_OK;
    }
    if (inv->call) {
        reply_word(k, k->current, vcpu->regs[number]);
    }
    thread_set_state(k, k->current, THREAD_RUNNING);
    return STATUS_OK;
}

static enum status decode_ack(struct kernel *k, const struct invocation *inv)
{
    if (inv->length < 1) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t irq = invocation_argument(k, inv, 0);
    enum status status = k->arch->check_irq(k, irq);
    if (status != STATUS_OK) {
        return status;
    }
    if (irq != VIRTUAL_TIMER_IRQ) {
        return fail_argument(k, 0);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    return STATUS_OK;
}

/* The other methods have the labels after SetTCB: InjectIRQ, ReadRegs, WriteRegs, AckVPPI. */
enum status vcpu_decode(struct kernel *k, struct invocation *inv)
{
    uint64_t method = inv->label - k->profile->labels[CAPDL_METHOD_VCPU_SET_TCB];
    switch (method) {
    case 0:
        return decode_set_tcb(k, inv->cap.object);
    case 1:
        return decode_inject(k, inv);
    case 2:
    case 3:
        return decode_register(k, inv, inv->cap.object, method == 3);
    case 4:
        return decode_ack(k, inv);
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}

/* ---- Signals between cores ---- */

enum status sgi_signal_decode(struct kernel *k, struct invocation *inv)
{
    thread_set_state(k, k->current, THREAD_RESTART);
    if (inv->cap.data == 0) { /* to the one core there is */
        irq_deliver(k, (uint32_t)inv->cap.paddr);
    }
    return STATUS_OK;
}

/* ---- The firmware: it does not know the function, whichever it is ---- */

enum status smc_decode(struct kernel *k, struct invocation *inv)
{
    if (inv->method != CAPDL_METHOD_SMC_CALL) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (inv->length < NUM_SMC_REGISTERS) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    if (inv->cap.data && inv->cap.data != invocation_argument(k, inv, 0)) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    uint64_t words[NUM_SMC_REGISTERS] = {UINT64_MAX};
    for (unsigned i = 1; i < NUM_SMC_REGISTERS; i++) {
        words[i] = invocation_argument(k, inv, i);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (inv->call) {
        reply_words(k, k->current, words, NUM_SMC_REGISTERS);
    }
    thread_set_state(k, k->current, THREAD_RUNNING);
    return STATUS_OK;
}
