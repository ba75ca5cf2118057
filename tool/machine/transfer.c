/* SPDX-License-Identifier: BSD-2-Clause */
/* What a message carries from sender to receiver. Follows src/kernel/thread.c and src/object/tcb.c of seL4. */
#include "kernel.h"

enum status extra_caps_lookup(struct kernel *k, const struct tcb *thread, const uint8_t *buffer, uint64_t info)
{
    for (unsigned i = 0; i < MESSAGE_MAX_CAPS; i++) {
        k->extra[i] = NULL;
    }
    for (unsigned i = 0; buffer && i < message_info_caps(info); i++) {
        uint64_t cptr = buffer_word(k, buffer, MESSAGE_CAPS_OFFSET + i);
        if (lookup_slot(k, thread, cptr, &k->extra[i]) != STATUS_OK) {
            k->extra[i] = NULL;
            k->fault = (struct fault){.kind = FAULT_CAP, .address = cptr};
            return STATUS_FAULT;
        }
    }
    return STATUS_OK;
}

static unsigned copy_words(struct kernel *k, const struct tcb *sender, const uint8_t *from, struct tcb *receiver,
                           uint8_t *to, unsigned count)
{
    unsigned i = 0;
    for (; i < count && i < k->facts->message_registers; i++) {
        receiver->regs[k->registers->message[i]] = sender->regs[k->registers->message[i]];
    }
    for (; from && to && i < count; i++) {
        buffer_set_word(k, to, i + 1, buffer_word(k, from, i + 1));
    }
    return i;
}

static struct slot *receive_slot(struct kernel *k, const struct tcb *receiver, const uint8_t *buffer)
{
    struct slot *root, *slot;
    if (lookup_slot(k, receiver, buffer_word(k, buffer, MESSAGE_RECEIVE_OFFSET), &root) != STATUS_OK) {
        return NULL;
    }
    enum status status = lookup_target(k, &root->cap, buffer_word(k, buffer, MESSAGE_RECEIVE_OFFSET + 1),
                                       buffer_word(k, buffer, MESSAGE_RECEIVE_OFFSET + 2), &slot);
    return status == STATUS_OK && slot->cap.type == CAP_NULL ? slot : NULL;
}

/* Capabilities to the endpoint itself are unwrapped to their badge; at most one other is transferred. */
static void transfer_caps(struct kernel *k, const struct endpoint *endpoint, const struct tcb *receiver,
                          uint8_t *buffer, unsigned *caps, unsigned *unwrapped)
{
    *caps = *unwrapped = 0;
    if (!k->extra[0] || !buffer) {
        return;
    }
    struct slot *dest = receive_slot(k, receiver, buffer);
    for (unsigned i = 0; i < MESSAGE_MAX_CAPS && k->extra[i]; i++) {
        struct slot *slot = k->extra[i];
        if (slot->cap.type == CAP_ENDPOINT && slot->cap.object == endpoint) {
            buffer_set_word(k, buffer, MESSAGE_CAPS_OFFSET + i, slot->cap.data);
            *unwrapped |= 1u << i;
        } else {
            struct cap cap;
            if (!dest || cap_derive(k, slot, slot->cap, &cap) != STATUS_OK || cap.type == CAP_NULL) {
                return;
            }
            slot_insert(k, cap, slot, dest);
            dest = NULL;
        }
        *caps = i + 1;
    }
}

static void normal_transfer(struct kernel *k, const struct tcb *sender, const struct endpoint *endpoint, uint64_t badge,
                            bool grant, struct tcb *receiver, uint8_t *buffer)
{
    const uint8_t *from = ipc_buffer_of(k, sender, false);
    uint64_t info = sender->regs[k->registers->message_info];
    if (!grant || extra_caps_lookup(k, sender, from, info) != STATUS_OK) {
        k->extra[0] = NULL;
    }
    unsigned length = copy_words(k, sender, from, receiver, buffer, message_info_length(info));
    unsigned caps, unwrapped;
    transfer_caps(k, endpoint, receiver, buffer, &caps, &unwrapped);
    k->record.now->caps_lost = caps < message_info_caps(info);
    receiver->regs[k->registers->message_info] = message_info(info >> 12, unwrapped, caps, length);
    receiver->regs[k->registers->cap] = badge;
}

void ipc_transfer(struct kernel *k, struct tcb *sender, struct endpoint *endpoint, uint64_t badge, bool grant,
                  struct tcb *receiver)
{
    uint8_t *buffer = ipc_buffer_of(k, receiver, true);
    if (sender->fault.kind == FAULT_NONE) {
        normal_transfer(k, sender, endpoint, badge, grant, receiver, buffer);
        return;
    }
    unsigned length = fault_set_message(k, sender, receiver, buffer);
    receiver->regs[k->registers->message_info] = message_info(fault_label(k, sender->fault.kind), 0, 0, length);
    receiver->regs[k->registers->cap] = badge;
}
