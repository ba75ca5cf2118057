/* SPDX-License-Identifier: BSD-2-Clause */
/* Words where both sides allow it: with caches off a byte costs as much as a word. */
#include "libc.h"

#include <stdint.h>

enum { WORD = sizeof(uint64_t), TURN = 8 };
typedef uint64_t __attribute__((may_alias)) word;

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    return memmove(to, from, size);
}

static void copy_up(uint8_t *to, const uint8_t *from, size_t size)
{
    if (((uintptr_t)to | (uintptr_t)from) % WORD == 0) {
        for (; size >= WORD; to += WORD, from += WORD, size -= WORD) {
            *(word *)(void *)to = *(const word *)(const void *)from;
        }
    }
    while (size--) {
        *to++ = *from++;
    }
}

static void copy_down(uint8_t *to, const uint8_t *from, size_t size)
{
    while (size--) {
        to[size] = from[size];
    }
}

void *memmove(void *to, const void *from, size_t size)
{
    if ((uintptr_t)to - (uintptr_t)from >= size) {
        copy_up(to, from, size);
    } else {
        copy_down(to, from, size);
    }
    return to;
}

void *memset(void *to, int byte, size_t size)
{
    uint8_t *at = to;
    uint64_t pattern = (uint8_t)byte * UINT64_C(0x0101010101010101);
    for (; size && (uintptr_t)at % WORD; size--) {
        *at++ = (uint8_t)byte;
    }
    for (; size >= TURN * WORD; at += TURN * WORD, size -= TURN * WORD) {
        word *words = (word *)(void *)at;
        words[0] = words[1] = words[2] = words[3] = pattern;
        words[4] = words[5] = words[6] = words[7] = pattern;
    }
    for (; size >= WORD; at += WORD, size -= WORD) {
        *(word *)(void *)at = pattern;
    }
    while (size--) {
        *at++ = (uint8_t)byte;
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const uint8_t *x = a, *y = b;
    for (; size && *x == *y; size--) {
        x++, y++;
    }
    return size ? *x - *y : 0;
}

size_t strlen(const char *string)
{
    size_t length = 0;
    while (string[length]) {
        length++;
    }
    return length;
}

int strcmp(const char *a, const char *b)
{
    for (; *a && *a == *b; a++, b++) {
    }
    return (uint8_t)*a - (uint8_t)*b;
}
