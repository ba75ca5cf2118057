/* SPDX-License-Identifier: BSD-2-Clause */
/* Real kernels under QEMU: the command line for a profile's platform, and a run that leaves nothing behind. */
#ifndef TOOL_PACK_QEMU_H
#define TOOL_PACK_QEMU_H

#include <signal.h>
#include <stdio.h>

#include <capdl/diag.h>
#include <capdl/profile.h>

/* A command line; argv is ended by 0, its strings are the line's own. */
enum { QEMU_MOST_DEVICES = 8 };

struct qemu_line {
    char *argv[40 + 2 * QEMU_MOST_DEVICES];
    size_t argc;
};

/*
 * The command line that boots `kernel` on the machine a profile's kernel was built for, with the serial console on
 * standard output. x86-64: the machine has an IOMMU if the profile has; kernel is a multiboot kernel (pack_multiboot)
 * and `module` the image; else kernel is what pack_image wrote in qemu_format and module is 0. A platform QEMU cannot
 * be, and a QEMU that is not installed, are errors that say what would help.
 */
bool qemu_command(const struct capdl_profile *, const char *kernel, const char *module, struct qemu_line *,
                  struct capdl_diags *);
/* The line as a shell would take it, with a newline. */
void qemu_print(const struct qemu_line *, FILE *);
/* Adds a word. */
void qemu_add(struct qemu_line *, const char *word);
void qemu_free(struct qemu_line *);

enum qemu_outcome {
    QEMU_ENDED,   /* the machine switched itself off */
    QEMU_MARKER,  /* the marker was printed */
    QEMU_TIMEOUT, /* time was up */
    QEMU_QUIET,   /* nothing was printed for as long as quiet_seconds, and no core had anything to do */
    QEMU_BUSY,    /* nothing was printed for as long as busy_seconds */
    QEMU_STOPPED, /* *stop was set */
    QEMU_REFUSED, /* kernel and image make nothing bootable; see diags */
    QEMU_FAILED,  /* QEMU did not start or gave up; its complaint is in diags */
};

struct qemu_options {
    FILE *console;                     /* what the serial line prints, as it comes; may be 0 */
    FILE *input;                       /* what is typed on the serial line; 0: nothing. Not buffered by the caller. */
    const char *input_after;           /* and not before this has been printed, or 2 seconds of silence; 0: at once */
    const char *marker;                /* end when this has been printed, at the end of that line; 0: none */
    double timeout_seconds;            /* wall clock; 0: no limit */
    double quiet_seconds;              /* 0: silence does not end the run; else it does if the machine is idle, too */
    double busy_seconds;               /* the same for a machine that is not idle; 0: it never does */
    const char *const *devices;        /* further devices, as -device takes them; ended by NULL; may be NULL */
    const volatile sig_atomic_t *stop; /* end when it is set, by a signal handler for instance; may be 0 */
};

/* Runs a line. However it ends, also by a signal that kills this program, no QEMU survives. */
enum qemu_outcome qemu_run(const struct qemu_line *, const struct qemu_options *, struct capdl_diags *);

/*
 * All of it: makes what the machine boots out of the profile's prefix and an initialiser image, and runs it. No
 * temporary files are made. `verbose`, if not 0, is first told the commands that would do the same by hand.
 */
enum qemu_outcome qemu_boot(const struct capdl_profile *, const char *image_name, const uint8_t *image,
                            size_t image_size, const struct qemu_options *, FILE *verbose, struct capdl_diags *);

#endif
