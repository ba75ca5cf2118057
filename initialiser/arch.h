/* SPDX-License-Identifier: BSD-2-Clause */
/* What differs between architectures, and between a kernel and the tests that stand in for one. */
#ifndef INITIALISER_ARCH_H
#define INITIALISER_ARCH_H

#include <stdint.h>

#include "word.h"

/* Sets how the kernel is entered: CAPDL_BOOT_FLAG_*. Before it, no call is made. */
void arch_configure(uint64_t flags);

/*
 * A system call: its number, the target's capability pointer (or a character to print), the message info word
 * and the first words of the message. Returns the info word of the reply. The kernel takes the words that do not go
 * into registers from the IPC buffer.
 */
word arch_call(int64_t number, word target, word info, const word registers[MESSAGE_REGISTERS]);

/* The words of a message that go into registers, with what only the machine knows: by convert_duration, or as they are.
 */
struct capdl_call;
const word *arch_complete(const struct capdl_call *, const word *words);

/* Copies whole pages or units of packed ones (CAPDL_FILL_UNIT_BITS), which both ends are aligned to. */
void arch_copy(void *to, const void *from, uint64_t bytes);

/* Call it after writing instructions that other threads will execute. */
void arch_code_written(void);

/* Traps, over and over. The kernel stops a thread that faults and has no fault handler. */
_Noreturn void arch_stop(void);

#endif
