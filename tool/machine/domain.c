/* SPDX-License-Identifier: BSD-2-Clause */
/* Scheduling domains. Error order: src/object/domain.c of seL4. */
#include "kernel.h"

#define MAX_DURATION ((UINT64_C(1) << 56) - 1)

static enum status decode_set(struct kernel *k, struct invocation *inv)
{
    if (inv->length == 0) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t domain = invocation_argument(k, inv, 0);
    if (domain >= k->profile->num_domains) {
        return fail_argument(k, 0);
    }
    if (!k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    if (k->extra[0]->cap.type != CAP_THREAD) {
        return fail_argument(k, 1);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    thread_set_domain(k, k->extra[0]->cap.object, (uint8_t)domain);
    return STATUS_OK;
}

/* The last entry is an end marker forever. */
static enum status decode_configure(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 2 + time_words(k)) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t index = invocation_argument(k, inv, 0), domain = invocation_argument(k, inv, 1);
    uint64_t duration = invocation_time(k, inv, 2);
    if (index >= k->schedule_length - 1) {
        return fail_range(k, 0, k->schedule_length - 2);
    }
    if (domain >= k->profile->num_domains) {
        return fail_range(k, 0, k->profile->num_domains - 1);
    }
    if (duration > MAX_DURATION) {
        return fail_argument(k, 2);
    }
    if (duration == 0 && domain != 0) {
        return fail_argument(k, 1);
    }
    if (index == k->schedule_start && duration == 0) {
        return fail_argument(k, 2);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    k->schedule[index] = (struct domain_slot){(uint8_t)domain, duration};
    return STATUS_OK;
}

static enum status decode_set_start(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 1) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t index = invocation_argument(k, inv, 0);
    if (index >= k->schedule_length) {
        return fail_range(k, 0, k->schedule_length - 1);
    }
    if (k->schedule[index].duration == 0) {
        return fail_argument(k, 0);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    k->schedule_start = (uint32_t)index;
    k->domain_time = 0;
    k->schedule_index = k->schedule_length - 2;
    sched_reschedule(k);
    return STATUS_OK;
}

enum status domain_decode(struct kernel *k, struct invocation *inv)
{
    switch (inv->method) {
    case CAPDL_METHOD_DOMAIN_SET_SET:
        return decode_set(k, inv);
    case CAPDL_METHOD_DOMAIN_SET_SCHEDULE_CONFIGURE:
        return decode_configure(k, inv);
    case CAPDL_METHOD_DOMAIN_SET_SCHEDULE_SET_START:
        return decode_set_start(k, inv);
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}

static bool entries_have(const struct kernel *k, uint32_t first, uint8_t domain)
{
    for (uint32_t i = first; i < k->schedule_length && k->schedule[i].duration; i++) {
        if (k->schedule[i].domain == domain) {
            return true;
        }
    }
    return false;
}

/* The schedule continues to its end, then from its start index. */
bool domain_is_scheduled(const struct kernel *k, uint8_t domain)
{
    return entries_have(k, k->schedule_index, domain) || entries_have(k, k->schedule_start, domain);
}
