/* SPDX-License-Identifier: BSD-2-Clause */
/* What devices see: the roots of their I/O page tables, streams and context banks; and that no other device sees
   anything. */
#include <inttypes.h>
#include <stdlib.h>

#include "verify/private.h"

/* Whether what is bound is the spec's capability in slot 0. */
static void compare_root(struct verify *v, uint32_t object, uint32_t actual)
{
    const struct capdl_cap *cap = capdl_spec_cap_at(v->spec, object, 0);
    uint32_t wanted = cap && cap->object != CAPDL_NO_OBJECT ? v->match[cap->object] : NO_NODE;
    if (actual != wanted) {
        char is[LABEL_SIZE], should[LABEL_SIZE];
        differ(v, object, "sees %s, not %s", node_label(v, actual, is),
               wanted == NO_NODE ? "nothing" : object_label(v, cap->object, should));
    }
}

static void compare_stream(struct verify *v, uint32_t object, uint64_t number)
{
    struct capdl_caps caps = capdl_object_caps(v->spec, object);
    const struct slot *bank = number < NUM_STREAMS ? &v->kernel->streams[number].bank : NULL;
    if (!bank || !v->kernel->stream_taken[number]) {
        differ(v, object, "has no capability");
    } else if (caps.count) {
        compare_cap(v, object, &caps.list[0], bank);
    } else if (bank->cap.type != CAP_NULL) {
        differ(v, object, "is bound to context bank %" PRIu64 ", which is not in the spec", bank->cap.paddr);
    }
}

void compare_device(struct verify *v, uint32_t object)
{
    _Static_assert(CAPDL_NUMBER_STREAM == CAPDL_NUMBER_BANK, "one accessor for both");
    uint64_t number = capdl_object_numbers(v->spec, object)
                          ? capdl_object_numbers(v->spec, object)->value[CAPDL_NUMBER_BANK]
                          : UINT64_MAX;
    if (capdl_object_kind(v->spec, object) == CAPDL_KIND_STREAMID) {
        compare_stream(v, object, number);
        return;
    }
    if (capdl_object_kind(v->spec, object) == CAPDL_KIND_CONTEXTBANK &&
        (number >= NUM_BANKS || !v->kernel->bank_taken[number])) {
        differ(v, object, "has no capability");
        return;
    }
    compare_root(v, object, state_device_target(v, object));
}

/* Devices that the spec does not have. */
void compare_other_devices(struct verify *v)
{
    bool *known = memory_zeroed(UINT16_MAX + 1, sizeof(*known));
    bool streams[NUM_STREAMS] = {false};
    for (uint32_t i = 0; i < v->spec->num_objects; i++) {
        if (capdl_object_kind(v->spec, i) == CAPDL_KIND_IO_DEVICE) {
            known[device_request(v, i)] = true;
        }
        uint64_t stream = capdl_object_kind(v->spec, i) == CAPDL_KIND_STREAMID && capdl_object_numbers(v->spec, i)
                              ? capdl_object_numbers(v->spec, i)->value[CAPDL_NUMBER_STREAM]
                              : NUM_STREAMS;
        if (stream < NUM_STREAMS) {
            streams[stream] = true;
        }
    }
    for (uint32_t i = 0; v->kernel->io_roots && i <= UINT16_MAX; i++) {
        if (v->kernel->io_roots[i] && !known[i]) {
            differ_world(v, "the device %u:%u.%u has an I/O page table, which is not in the spec", i >> 8, i >> 3 & 31,
                         i & 7);
        }
    }
    for (unsigned i = 0; i < NUM_STREAMS; i++) {
        if (v->kernel->stream_taken[i] && !streams[i]) {
            differ_world(v, "stream %u is in use, which is not in the spec", i);
        }
    }
    free(known);
}
