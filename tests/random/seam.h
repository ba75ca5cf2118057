/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the initialiser's phases, linked natively, and whoever stands in for kernel and processor. It has no header
 * of the initialiser and none of the kernel model, which use the same names for different things.
 */
#ifndef TESTS_RANDOM_SEAM_H
#define TESTS_RANDOM_SEAM_H

#include <capdl/blob.h>

/* The initial task's memory, natively: what the kernel mapped for it, at other addresses. */
struct seam {
    struct capdl_image_header header; /* addresses translated; after the boot, as the initialiser left it */
    const void *bootinfo;             /* addresses translated */
    uint64_t window_page;             /* page of the image that is given up for the window */

    void *context;
    /* The kernel's entry: the message's words beyond the registers and its capabilities are in `buffer`, which is
       seL4_IPCBuffer. Returns the reply's info word; does not return when the initial task does not go on. */
    uint64_t (*call)(void *context, int64_t number, uint64_t target, uint64_t info, const uint64_t registers[4],
                     const uint64_t *buffer);
    uint64_t (*window_address)(void *context, unsigned size_bits);
    uint8_t *(*window_bytes)(void *context, uint64_t address);
    void (*trap)(void *context); /* the initialiser's last instruction */
};

/* Boots until the initialiser comes to its end. One boot at a time. */
void seam_boot(struct seam *);
/* Ends the boot from within one of the functions above. */
_Noreturn void seam_leave(void);

#endif
