/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's word and its message registers. Numbers of our own have 64 bits. */
#ifndef INITIALISER_WORD_H
#define INITIALISER_WORD_H

#include <stdint.h>

/* seL4_Word. The tests' stand-ins for a kernel have one of 64 bits on every host, unless they say otherwise. */
#if defined(INITIALISER_ARCH)
typedef uintptr_t word;
#elif defined(INITIALISER_WORD)
typedef INITIALISER_WORD word;
#else
typedef uint64_t word;
#endif

enum {
    WORD_BITS = sizeof(word) * 8,
    MESSAGE_REGISTERS = 4, /* at most: a kernel may take fewer of a message's words from registers */
    MESSAGE_WORDS = 120,
};

#endif
