/* SPDX-License-Identifier: BSD-2-Clause */
/* The members of struct capdl_profile as a table: encoding, decoding, JSON and comparison all walk it. */
#ifndef TOOL_PROFILE_FIELDS_H
#define TOOL_PROFILE_FIELDS_H

#include "profile/profile.h"

enum field_kind {
    FIELD_STRING,  /* char[] */
    FIELD_ARCH,    /* enum capdl_arch, by keyword */
    FIELD_BOOL,    /* bool */
    FIELD_NUMBER,  /* unsigned integer */
    FIELD_LEVELS,  /* vspace_index_bits, vspace_levels of them */
    FIELD_NAMED,   /* array of integers indexed by an enumeration; entries equal to `absent` are left out */
    FIELD_REGION,  /* struct capdl_region */
    FIELD_REGIONS, /* array of struct capdl_region, and a size_t `count_offset` that says how many */
};

struct field {
    const char *key;
    const char *label; /* what a reader calls it */
    enum field_kind kind;
    size_t offset;
    size_t width;        /* of an element, in bytes */
    size_t count;        /* bytes of a string, elements of an array */
    size_t count_offset; /* REGIONS */
    int64_t absent;      /* NAMED */
    int64_t least;       /* NUMBER, NAMED, LEVELS: range of a value */
    int64_t most;
    bool is_address;          /* NUMBER: people read it in base 16 */
    const char *const *names; /* NAMED */
    bool distinct;            /* NAMED: no two of them are equal, but for absent ones */
};

/* In the order in which people read them. `prefix` is not among them: it means nothing on another machine. */
extern const struct field profile_fields[];
extern const size_t num_profile_fields;

/* Element i of a NUMBER, NAMED or LEVELS field. Signed 32-bit elements are sign-extended. */
int64_t field_get(const struct capdl_profile *, const struct field *, size_t i);
void field_set(struct capdl_profile *, const struct field *, size_t i, int64_t value);

/* Regions of a REGION or REGIONS field; returns how many. */
size_t field_regions(const struct capdl_profile *, const struct field *, const struct capdl_region **);

/* Whether a value that is read is in a field's range; if not, flaw (PROFILE_FLAW bytes) says so. */
bool field_in_range(const struct field *, size_t i, int64_t value, char *flaw);

/* Whether it can be the profile of a kernel; for all profiles that come from outside. If not, flaw says why: a sentence
   without a full stop. */
bool profile_good(const struct capdl_profile *, char flaw[PROFILE_FLAW]);

#endif
