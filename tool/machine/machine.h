/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The emulated seL4 machine: boots an image without a kernel. CPU by Unicorn, kernel object semantics by kernel.h in
 * this room.
 */
#ifndef TOOL_MACHINE_H
#define TOOL_MACHINE_H

#include <stdio.h>

#include "image/image.h"

struct boot_info;
struct kernel;
struct symbol_files;
struct trace_filter;

enum machine_outcome {
    MACHINE_IDLE,        /* all threads are blocked or suspended, none faulted without a handler: a system that waits */
    MACHINE_HALTED,      /* a thread asked for DebugHalt */
    MACHINE_FAULTED,     /* idle, and at least one thread faulted without a handler */
    MACHINE_TIMEOUT,     /* time or instruction limit reached */
    MACHINE_BOOT_FAILED, /* the initialiser stopped with an error or did not finish */
    MACHINE_UNTIL,       /* the console showed what `until` says */
    MACHINE_MEMORY,      /* the emulation took more memory of the host than it may */
    MACHINE_BOOTED,      /* another thread than the initial one would run next (only with `stopped` below) */
};

/* The machine as it stopped, valid until the function that is given it returns. */
struct machine_stop {
    struct kernel *kernel;
    const struct boot_info *boot;
    const struct capdl_image_header *header; /* as the initialiser left it; 0: no initialiser of ours */
    enum machine_outcome outcome;            /* BOOTED or IDLE: the boot is complete */
};

/* Who runs at the moment, for whoever must explain why the processor emulator died. */
struct machine_progress {
    uint64_t pc; /* from where */
    char thread[128];
};

/* Callbacks around the emulation of untrusted instructions. Any may be 0. */
struct machine_guard {
    void *context;
    void (*seal)(void *context); /* all is set up: the first instruction comes next */
    struct machine_progress *progress;
    uint64_t (*memory)(void *context); /* bytes that the process uses; 0: not known */
};

struct machine_options {
    FILE *console;                       /* what DebugPutChar prints */
    FILE *report;                        /* the report at the end: outcome, who waits for what, who faulted where */
    const struct symbol_files *symbols;  /* programs, for functions and lines in the report; 0: none */
    FILE *trace;                         /* a line for each entry into the kernel; 0: none */
    const struct trace_filter *filter;   /* of the trace */
    bool stats;                          /* totals at the end of the report */
    uint64_t max_instructions;           /* 0: no limit */
    double timeout_seconds;              /* wall clock; 0: no limit */
    const struct capdl_profile *profile; /* the kernel to model; 0: the image's own */
    const char *until;                   /* stop at the end of the line in which the console shows this; 0: go on */
    const char *untypeds; /* file with one untyped a line ("paddr size_bits device"), 0: from the profile's platform */

    uint64_t refuse;                 /* the invocation, from 1, that fails; 0: none */
    enum capdl_kernel_error refusal; /* with this error */

    /* If not 0, the machine stops before any thread but the initial one executes an instruction, and this is called. */
    void (*stopped)(void *context, const struct machine_stop *);
    void *context;

    struct machine_guard guard;
};

struct machine_result {
    enum machine_outcome outcome;
    uint64_t instructions; /* of user programs */
    uint64_t kernel_calls; /* invocations of the initialiser up to its end */
    uint64_t boot_instructions;
};

/* Boots the image and runs it until it is idle for ever or reaches a limit. False: it could not be set up
 * (diags). */
bool machine_run(const struct image *, const struct machine_options *, struct machine_result *, struct capdl_diags *);

/* The same in a child process that can harm nothing: no file, no network, bounded memory. Its output goes to the
 * streams of the options, too. False also if the processor emulator died: diags say what it was running. */
bool machine_run_confined(const struct image *, const struct machine_options *, struct machine_result *,
                          struct capdl_diags *);

/* An image is about to be run: loads what takes long to load, while the caller reads the image. The functions that make
 * a process wait for the end of that by machine_prepared. */
void machine_prepare(void);
void machine_prepared(void);

/* Any ELF program as the initial task; options.profile must be given. */
struct machine_program {
    const char *name;
    const uint8_t *elf;
    size_t size;
};
bool machine_run_program(const struct machine_program *, const struct machine_options *, struct machine_result *,
                         struct capdl_diags *);

/* For messages: a phase of the initialiser (enum capdl_phase) and a kernel's error, in words. */
const char *machine_phase_name(uint64_t phase);
const char *machine_error_name(uint64_t error);

#endif
