/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The emulated machine without a processor: the initialiser's phases, compiled for this machine, are the initial task
 * of the kernel model. Some hundred times faster than emulating its instructions, and sanitizers see all of it.
 */
#ifndef TESTS_RANDOM_NATIVE_H
#define TESTS_RANDOM_NATIVE_H

#include "image/image.h"
#include "machine/machine.h"

enum { NATIVE_SAID = 4096 };

struct native_options {
    const struct capdl_profile *profile;
    const char *untypeds; /* file with the untyped list; 0: the platform's */
    uint64_t refuse;      /* the invocation, from 1, that fails; 0: none */
    unsigned error;       /* with this error */

    void (*stopped)(void *context, const struct machine_stop *, const char *said); /* may be 0 */
    void *context;
};

struct native_result {
    enum machine_outcome outcome; /* BOOTED, IDLE or BOOT_FAILED */
    struct capdl_image_header header;
    char said[NATIVE_SAID]; /* all that was printed */
    uint64_t invocations;   /* the kernel saw */
    bool gave_way;          /* another thread than the initial one is to run */
    bool runnable;          /* some thread of the system is ready to run */
    unsigned refused_label; /* of the invocation that failed */
};

/* Boots the bytes of an image, which need not be one that image_open accepts, as long as its header is good. False: the
   machine could not be set up (diags). */
bool native_boot(const uint8_t *bytes, size_t size, const struct native_options *, struct native_result *,
                 struct capdl_diags *);

#endif
