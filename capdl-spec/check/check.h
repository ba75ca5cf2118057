/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the checks share. Each check is one small function, listed in check.c and described in
 * docs/checks.md. */
#ifndef CAPDL_CHECK_CHECK_H
#define CAPDL_CHECK_CHECK_H

#include "model/model.h"

enum { CHECK_LABEL = 160 };

struct checker {
    const struct capdl_spec *spec;
    struct capdl_diags *diags;
    const char *name;          /* of the check being made */
    struct capdl_pos last_pos; /* of its last finding: elements of an array are reported once */
    bool errors_only;          /* the text had errors: what is missing may just not have been understood */
    bool misplaced;            /* so it may because of errors in what holds what */
    bool *used;                /* per object: something refers to it */
    uint32_t *table_holder;    /* per object: 1 + the page table in which it first lies as a page table, or 0 */
};

/* Reports unless the last finding of this check was at the same place. */
void capdl_check_report(struct checker *, enum capdl_severity, struct capdl_pos, const char *format, ...)
    CAPDL_PRINTF(4, 5);
/* The same about a capability. */
void capdl_check_report_cap(struct checker *, enum capdl_severity, const struct capdl_cap *, const char *format, ...)
    CAPDL_PRINTF(4, 5);
/* Zeros for each object of the spec, which take memory where something else is written. */
void *capdl_check_zeros(const struct checker *, size_t item);
void capdl_check_zeros_free(const struct checker *, void *zeros, size_t item);
/* Name of an object, in the caller's buffer of CHECK_LABEL bytes. */
const char *capdl_check_label(const struct checker *, uint32_t object, char *buffer);
/* Whether the size of an object is known: not when the text says it wrongly. */
bool capdl_check_knows_size(const struct checker *, const struct capdl_object *);
/* Whether objects of this kind exist; of those that do not, nothing more is said than that. */
bool capdl_check_exists(const struct checker *, enum capdl_kind);
/* objects.c: whether the architecture has frames of this size. */
bool capdl_check_frame_is_legal(const struct checker *, const struct capdl_object *frame);

/* vspace.c: what a page table is like. */
bool capdl_check_is_table(enum capdl_kind);
bool capdl_check_is_vspace_root(const struct checker *, enum capdl_kind);
/* log2 of the bytes one of its entries maps; 0 if it depends on what is not known. */
unsigned capdl_check_table_shift(const struct checker *, uint32_t table);
unsigned capdl_check_table_entries(const struct checker *, uint32_t table);

void capdl_check_object_arch(struct checker *);
void capdl_check_priority(struct checker *);
void capdl_check_scheduling(struct checker *);
void capdl_check_fill(struct checker *);
void capdl_check_frame_size(struct checker *);
void capdl_check_size(struct checker *);
void capdl_check_thread(struct checker *);
void capdl_check_unused(struct checker *);

void capdl_check_container(struct checker *);
void capdl_check_slot_range(struct checker *);
void capdl_check_cap_slot(struct checker *);
void capdl_check_guard(struct checker *);
void capdl_check_badge(struct checker *);
void capdl_check_rights(struct checker *);
void capdl_check_fault_handler(struct checker *);
void capdl_check_bound_twice(struct checker *);

void capdl_check_table_nesting(struct checker *);
void capdl_check_table_shared(struct checker *);
void capdl_check_frame_level(struct checker *);
void capdl_check_frame_rights(struct checker *);
void capdl_check_mapping(struct checker *);
void capdl_check_ipc_buffer(struct checker *);

void capdl_check_io_device(struct checker *);
void capdl_check_io_table(struct checker *);
void capdl_check_stream(struct checker *);

void capdl_check_paddr(struct checker *);
void capdl_check_overlap(struct checker *);
void capdl_check_cover(struct checker *);

void capdl_check_irq(struct checker *);
void capdl_check_domain(struct checker *);
void capdl_check_derivation(struct checker *);

void capdl_check_leftover(struct checker *);

#endif
