/* SPDX-License-Identifier: BSD-2-Clause */
#include "duration.h"

#include "chunk.h"

/* A duration in microseconds that no host could convert. Where bootinfo has no frequency the kernel refuses it. */
__attribute__((noinline)) const word *convert_duration(const struct capdl_call *call, const word *words)
{
    static const struct capdl_blob_fill frequency = {
        .page = 2 * sizeof(word), .pages = sizeof(uint32_t), .flags = CAPDL_DURATION_CHUNK << CAPDL_FILL_CHUNK_SHIFT};
    static word converted[MESSAGE_REGISTERS];
    uint64_t ticks = 0; /* of a microsecond */

    if (call->phase != CAPDL_PHASE_DOMAINS || call->num_operands != CAPDL_DURATION_OPERANDS || words[2]) {
        return words;
    }
    copy_chunk((uint8_t *)&ticks, &frequency);
    __builtin_memcpy(converted, words, sizeof(converted));
    converted[2] = ticks ? words[3] * (word)ticks : (word)-1;
    return converted;
}
