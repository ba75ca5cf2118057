/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Proof by execution: boots an image on the emulated machine up to the moment when the first thread of the system
 * would run, and compares the kernel's state there with a spec. Knows the spec model and the kernel model, not how
 * images are made.
 */
#ifndef TOOL_VERIFY_H
#define TOOL_VERIFY_H

#include <capdl/spec.h>

#include "image/image.h"
#include "machine/machine.h"
#include "sha256/sha256.h"

struct fill_files;

/* One of the specs to compare the state with. */
struct verify_spec {
    const struct capdl_spec *spec;
    const char *name;               /* for messages */
    const char *path;               /* fill files are looked for beside it, may be 0 ... */
    const char *const *directories; /* ... then here, ended by 0; may be 0 */
    const uint8_t *bytes; /* contents of the file `name` where it is in memory already, as an image is; else 0 */
    size_t size;
    const uint64_t *addresses; /* where each object is said to be, UINT64_MAX: of that one nothing is said; NULL: only
                                  the spec counts */
    const char *told_by;       /* who says so, for messages */
    struct fill_files *files;  /* read already; 0: to be read where the comparison is made */
};

/* What was compared: it is as the spec says, or reported. */
struct verify_totals {
    uint64_t objects;
    uint64_t addresses;    /* of objects that are where verify_spec.addresses says */
    uint64_t capabilities; /* in CNodes, TCBs and interrupts */
    uint64_t mappings;     /* entries of page tables that map pages */
    uint64_t tables;       /* entries that map page tables */
    uint64_t pages;        /* of 4 KiB, whose bytes were compared */
    uint64_t device_pages; /* of 4 KiB in device memory, whose bytes are not compared */
    uint64_t threads, scheduling_contexts, interrupts;
    uint64_t left_untypeds, left_bytes, left_device_bytes, left_frames; /* handed over */
};

enum { VERIFY_REMAINS = 40, VERIFY_DIGEST_TEXT = 2 * SHA256_BYTES + 1 };

/* What the suspended initialiser still holds: how many of a kind. */
struct verify_remains {
    char what[40];   /* "untyped", ... */
    uint64_t own;    /* to what is no object of the spec */
    uint64_t shared; /* to objects of the spec */
};

struct verify_result {
    struct verify_totals totals;
    char **differences; /* one sentence each, in the order of the spec */
    size_t num_differences, capacity;
    struct verify_remains remains[VERIFY_REMAINS];
    size_t num_remains;
    uint64_t untyped_bytes;          /* of RAM in untypeds that the initialiser holds */
    char digest[VERIFY_DIGEST_TEXT]; /* of the canonical description, in hexadecimal */
    uint64_t kernel_calls;
    uint64_t answered_calls, calls_digest; /* docs/evidence.md: as the kernel saw them */
    uint64_t said_calls, said_digest;      /* of those before the first thread was started */
};

struct verify_options {
    const struct capdl_profile *profile; /* the kernel to boot on */
    const char *untypeds;                /* file with the untyped list; 0: the platform's */
    struct machine_guard guard;
};

/*
 * Boots the image and compares it with each of the specs; results has one for each. False: the machine could not be
 * set up (diags); a boot that fails is a difference.
 */
bool verify_image(const struct image *, const struct verify_options *, const struct verify_spec *,
                  struct verify_result *results, size_t count, struct capdl_diags *);
/* The same in a child process that can harm nothing (machine_run_confined). False also when the processor emulator
 * died. */
bool verify_image_confined(const struct image *, const struct verify_options *, const struct verify_spec *,
                           struct verify_result *results, size_t count, struct capdl_diags *);
/* The same comparison on a machine that has been stopped. said: the initialiser's last line. */
void verify_stopped(const struct image *, const struct machine_stop *, const char *said, const struct verify_spec *,
                    struct verify_result *results, size_t count);
void verify_result_free(struct verify_result *);

#endif
