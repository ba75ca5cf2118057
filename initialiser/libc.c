/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions that compilers call implicitly. */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int value, size_t size);

/* Structs are copied and cleared by words. */
typedef uint64_t __attribute__((may_alias)) word;

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    uint8_t *target = to;
    const uint8_t *source = from;
    if (((uintptr_t)to | (uintptr_t)from) % sizeof(word) == 0) {
        for (; size >= sizeof(word); size -= sizeof(word)) {
            *(word *)target = *(const word *)source;
            target += sizeof(word);
            source += sizeof(word);
        }
    }
    while (size--) {
        *target++ = *source++;
    }
    return to;
}

void *memset(void *to, int value, size_t size)
{
    uint8_t *target = to;
    if ((uintptr_t)to % sizeof(word) == 0 && size >= sizeof(word)) {
        const uint8_t *end = target + size / sizeof(word) * sizeof(word);
        const word pattern = (uint8_t)value * UINT64_C(0x0101010101010101);
        do {
            *(word *)target = pattern;
            target += sizeof(word);
        } while (target != end);
        size %= sizeof(word);
    }
    while (size--) {
        *target++ = (uint8_t)value;
    }
    return to;
}
