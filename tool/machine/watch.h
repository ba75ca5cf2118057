/* SPDX-License-Identifier: BSD-2-Clause */
/* Observes entries into the kernel and reports: what went wrong, every call (trace), totals. */
#ifndef MACHINE_WATCH_H
#define MACHINE_WATCH_H

#include <stdio.h>

#include "names.h"
#include "trace_filter.h"

struct watch_trouble;
struct watch_row;

struct watch {
    const struct kernel *kernel;
    const struct names *names;
    const uint64_t *time; /* ns of virtual time */
    FILE *report, *trace; /* either may be 0 */
    const struct trace_filter *filter;
    bool stats;
    const struct reserved_section
        *reserved; /* memory that is no device's though the kernel takes it for that; 0: none */

    /* Of the invocation that is being made, which may delete what it names. */
    bool named;
    char thread[NAME_SIZE], object[NAME_SIZE], cnode[NAME_SIZE];

    uint64_t *devices; /* frames of device memory that were reported */
    size_t num_devices;
    struct watch_trouble *troubles;
    size_t num_troubles;
    struct watch_row *rows; /* totals: hash */
    size_t num_rows, capacity;
};

/* From now on k->watch tells w, whose first fields are set. */
void watch_start(struct watch *, struct kernel *);
/* A thread ran and entered the kernel; it may have been deleted. */
void watch_ran(struct watch *, const struct tcb *, uint64_t instructions, uint64_t ns);
/* After the run: what is still to be reported, and the totals. */
void watch_finish(struct watch *);
void watch_free(struct watch *);

/* watch_names.c: names of an entry's thread, an act's object, the slot it went through. */
const char *watch_thread(const struct watch *, const struct record *, char *out);
const char *watch_object(const struct watch *, const struct record *, const struct act *, char *out);
const char *watch_slot(const struct watch *, const struct record *, const struct act *, char *out);
/* The slot's own name, or the address that was looked up. */
void watch_slot_name(const struct watch *, const struct act *, char *out);
/* The name of a system call, a fault, and of what was called: of the method, else of the system call. */
const char *watch_syscall_name(enum capdl_syscall);
const char *watch_fault_name(enum fault_kind);
const char *watch_operation(const struct record *);
/* Why a capability could not be found, in words. */
const char *watch_lookup_text(enum lookup_kind);

/* trouble.c */
void trouble_entry(struct watch *, const struct record *);
void trouble_deviation(struct watch *, const struct tcb *, uint64_t pc, const char *instruction);
void trouble_device(struct watch *, const struct tcb *, const struct device_access *);
void trouble_gone(struct watch *, const struct object *);
void trouble_finish(struct watch *);
/* trace.c */
void trace_entry(struct watch *, const struct record *);
/* stats.c */
void stats_entry(struct watch *, const struct record *);
void stats_gone(struct watch *, const struct object *);
void stats_print(struct watch *);

#endif
