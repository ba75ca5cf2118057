/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a started system is like on an architecture, according to the manuals of processor, kernel and ABI: one
 * table each, in arch_*.c. The compiler's tables are not used: their mistakes would go unnoticed.
 */
#ifndef TOOL_VERIFY_ARCH_H
#define TOOL_VERIFY_ARCH_H

#include <stdbool.h>
#include <stdint.h>

#include <capdl/facts.h>

struct verify_arch {
    /* Threads: registers by the names the kernel model has for them, arguments in the order of the C calling
     * convention. */
    const char *arguments[8];
    unsigned num_arguments;
    const char *tls;
    unsigned word;            /* bytes */
    unsigned stack_alignment; /* of the stack pointer, or the address after the return address */
    bool return_on_stack;

    /* Mappings: attributes as the kernel model keeps them. */
    unsigned cached, uncached;
    bool always_executable; /* what can be read can be executed */
    bool separate_caches;   /* instruction fetches and uncached accesses bypass the data cache */

    /* Page tables. */
    bool one_type;          /* the root is of the type that all tables have */
    bool one_type_of_lower; /* those below the root are */

    unsigned first_vector; /* what the kernel calls interrupt 0 of the spec */
};

const struct verify_arch *verify_arch(enum capdl_arch);

#define CAPDL_ARCH_BOOTED(id, name) extern const struct verify_arch verify_##name;
#include <capdl/arch.def>

#endif
