/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel entry: arch/<arch>/arch.h has the instruction. */
#ifndef MONITOR_SYSCALL_H
#define MONITOR_SYSCALL_H

#include <stdint.h>

struct registers {
    uint64_t cap;  /* in: capability, or a character; out: badge */
    uint64_t info; /* of the message */
    uint64_t word[4];
    uint64_t reply; /* in: the reply object that a receive uses */
};

/* Makes the system call with this number; the kernel's answer replaces the registers. */
static inline void enter(int64_t number, struct registers *);

#include "arch.h"

#endif
