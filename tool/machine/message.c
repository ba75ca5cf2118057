/* SPDX-License-Identifier: BSD-2-Clause */
/* Message registers, IPC buffers, and what the kernel answers to an invocation. */
#include "kernel.h"

enum status fail(struct kernel *k, enum capdl_kernel_error type)
{
    k->error = (struct syscall_error){.type = type};
    return STATUS_SYSCALL_ERROR;
}

enum status fail_argument(struct kernel *k, unsigned number)
{
    k->error = (struct syscall_error){.type = CAPDL_ERROR_INVALID_ARGUMENT, .number = number};
    return STATUS_SYSCALL_ERROR;
}

enum status fail_capability(struct kernel *k, unsigned number)
{
    k->error = (struct syscall_error){.type = CAPDL_ERROR_INVALID_CAPABILITY, .number = number};
    return STATUS_SYSCALL_ERROR;
}

enum status fail_range(struct kernel *k, uint64_t min, uint64_t max)
{
    k->error = (struct syscall_error){.type = CAPDL_ERROR_RANGE_ERROR, .number = min, .max = max};
    return STATUS_SYSCALL_ERROR;
}

enum status fail_lookup(struct kernel *k, bool source)
{
    k->error = (struct syscall_error){.type = CAPDL_ERROR_FAILED_LOOKUP, .source = source};
    return STATUS_SYSCALL_ERROR;
}

enum status fail_memory(struct kernel *k, uint64_t left)
{
    k->error = (struct syscall_error){.type = CAPDL_ERROR_NOT_ENOUGH_MEMORY, .number = left};
    return STATUS_SYSCALL_ERROR;
}

struct lookup_fault lookup_missing(uint64_t bits_left)
{
    return (struct lookup_fault){.kind = LOOKUP_MISSING_CAPABILITY, .bits_left = bits_left};
}

uint64_t message_info(uint64_t label, unsigned unwrapped, unsigned caps, unsigned length)
{
    return label << 12 | (uint64_t)unwrapped << 9 | (uint64_t)caps << 7 | length;
}

/* The kernel cuts longer messages to the greatest length. */
unsigned message_info_length(uint64_t info)
{
    unsigned length = info & 127;
    return length > MESSAGE_MAX_LENGTH ? MESSAGE_MAX_LENGTH : length;
}

unsigned message_info_caps(uint64_t info)
{
    return (unsigned)(info >> 7) & 3;
}

uint8_t *ipc_buffer_of(const struct kernel *k, const struct tcb *thread, bool receiver)
{
    const struct cap *cap = &thread->slots[TCB_BUFFER].cap;
    if (cap->type != CAP_FRAME || cap->flags & CAP_FLAG_DEVICE) {
        return NULL;
    }
    if (cap->rights != VM_READ_WRITE && (receiver || cap->rights != VM_READ)) {
        return NULL;
    }
    uint64_t offset = thread->ipc_buffer & ((UINT64_C(1) << cap->bits) - 1);
    return memory_at((struct memory *)&k->memory, cap->paddr + offset, NULL);
}

uint64_t buffer_word(const struct kernel *k, const uint8_t *buffer, unsigned i)
{
    return capdl_word_get(k->profile->arch, buffer + i * capdl_word_bytes(k->profile->arch));
}

void buffer_set_word(struct kernel *k, uint8_t *buffer, unsigned i, uint64_t word)
{
    if (k->written != buffer && k->host.written) {
        k->written = buffer;
        k->host.written(k->host.context, buffer, UINT64_C(1) << k->facts->ipc_buffer_bits);
    }
    capdl_word_put(k->profile->arch, buffer + i * capdl_word_bytes(k->profile->arch), word);
}

uint64_t invocation_argument(const struct kernel *k, const struct invocation *inv, unsigned i)
{
    if (i < k->facts->message_registers) {
        return k->current->regs[k->registers->message[i]];
    }
    return inv->buffer ? buffer_word(k, inv->buffer, i + 1) : 0;
}

unsigned time_words(const struct kernel *k)
{
    return 64u / k->facts->word_bits;
}

uint64_t invocation_time(const struct kernel *k, const struct invocation *inv, unsigned i)
{
    uint64_t time = 0;
    for (unsigned n = 0; n < time_words(k); n++) {
        time |= invocation_argument(k, inv, i + n) << n * k->facts->word_bits;
    }
    return time;
}

unsigned message_set(struct kernel *k, struct tcb *thread, uint8_t *buffer, unsigned i, uint64_t value)
{
    if (i < k->facts->message_registers) {
        thread->regs[k->registers->message[i]] = value;
        return i + 1;
    }
    if (!buffer) {
        return k->facts->message_registers;
    }
    buffer_set_word(k, buffer, i + 1, value);
    return i + 1;
}

unsigned message_set_time(struct kernel *k, struct tcb *thread, uint8_t *buffer, unsigned i, uint64_t time)
{
    for (unsigned n = time_words(k); n > 1; n--, i++, time >>= k->facts->word_bits) {
        message_set(k, thread, buffer, i, time & capdl_word_most(k->profile->arch));
    }
    return message_set(k, thread, buffer, i, time);
}

unsigned message_set_lookup_fault(struct kernel *k, struct tcb *thread, uint8_t *buffer, struct lookup_fault fault,
                                  unsigned offset)
{
    unsigned length = message_set(k, thread, buffer, offset, (uint64_t)fault.kind + 1);
    if (fault.kind == LOOKUP_INVALID_ROOT) {
        return length;
    }
    length = message_set(k, thread, buffer, offset + 1, fault.bits_left);
    if (fault.kind == LOOKUP_DEPTH_MISMATCH) {
        length = message_set(k, thread, buffer, offset + 2, fault.bits_found);
    }
    if (fault.kind == LOOKUP_GUARD_MISMATCH) {
        message_set(k, thread, buffer, offset + 2, fault.guard_found);
        length = message_set(k, thread, buffer, offset + 3, fault.bits_found);
    }
    return length;
}

static unsigned error_set_message(struct kernel *k, struct tcb *thread, uint8_t *buffer)
{
    const struct syscall_error *error = &k->error;
    switch (error->type) {
    case CAPDL_ERROR_INVALID_ARGUMENT:
    case CAPDL_ERROR_INVALID_CAPABILITY:
    case CAPDL_ERROR_NOT_ENOUGH_MEMORY:
        return message_set(k, thread, buffer, 0, error->number);
    case CAPDL_ERROR_RANGE_ERROR:
        message_set(k, thread, buffer, 0, error->number);
        return message_set(k, thread, buffer, 1, error->max);
    case CAPDL_ERROR_FAILED_LOOKUP:
        message_set(k, thread, buffer, 0, error->source);
        return message_set_lookup_fault(k, thread, buffer, k->lookup_fault, 1);
    default:
        return 0;
    }
}

void reply_error(struct kernel *k, struct tcb *thread)
{
    thread->regs[k->registers->cap] = 0;
    unsigned length = error_set_message(k, thread, ipc_buffer_of(k, thread, true));
    thread->regs[k->registers->message_info] = message_info(k->error.type, 0, 0, length);
}

void reply_empty(struct kernel *k, struct tcb *thread)
{
    thread->regs[k->registers->cap] = 0;
    thread->regs[k->registers->message_info] = message_info(0, 0, 0, 0);
}

void reply_words(struct kernel *k, struct tcb *thread, const uint64_t *words, unsigned count)
{
    uint8_t *buffer = ipc_buffer_of(k, thread, true);
    unsigned fits = buffer || count < k->facts->message_registers ? count : k->facts->message_registers;
    thread->regs[k->registers->cap] = 0;
    for (unsigned i = 0; i < fits; i++) {
        message_set(k, thread, buffer, i, words[i]);
    }
    thread->regs[k->registers->message_info] = message_info(0, 0, 0, fits);
}

void reply_word(struct kernel *k, struct tcb *thread, uint64_t word)
{
    reply_words(k, thread, &word, 1);
}

void reply_time(struct kernel *k, struct tcb *thread, uint64_t time)
{
    thread->regs[k->registers->cap] = 0;
    unsigned length = message_set_time(k, thread, ipc_buffer_of(k, thread, true), 0, time);
    thread->regs[k->registers->message_info] = message_info(0, 0, 0, length);
}
