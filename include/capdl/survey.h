/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A system from the point of view of a reviewer: each subject (see capdl/review.h) with its threads, what it can do,
 * and the memory it reaches; what subjects share; and who can affect whom. `capdl report` prints it.
 */
#ifndef CAPDL_SURVEY_H
#define CAPDL_SURVEY_H

#include <capdl/review.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In place of a subject's number: an object that is a device. */
#define CAPDL_SURVEY_DEVICE (UINT32_C(1) << 31)

struct capdl_survey_thread {
    uint32_t object;                           /* the TCB */
    uint32_t context;                          /* scheduling context, or CAPDL_NO_OBJECT */
    uint32_t fault_endpoint, timeout_endpoint; /* or CAPDL_NO_OBJECT */
    uint32_t notification;                     /* bound to it, or CAPDL_NO_OBJECT */
    bool lost_faults; /* a handler is named, but faults do not reach it: the pointer leads nowhere, or lacks rights */
};

/* A capability of a CNode that the subject can name; several to neighbours in an array are one. */
struct capdl_survey_right {
    const struct capdl_cap *cap;
    uint32_t count;       /* of elements of the array */
    uint32_t container;   /* the CNode, in whose slot cap->slot the first one is */
    uint64_t pointer;     /* by which the subject's threads name it */
    enum capdl_rank rank; /* how grave it would be to give it to the subject (ranks.def) */
    const char *text;     /* what the subject can do with it: "call endpoint 'e' (WP, badge 0x1); ..." */
};

/* Memory at an address: frames of an array at contiguous addresses are one. */
struct capdl_survey_mapping {
    uint64_t start, size;  /* in the address space */
    uint32_t frame, count; /* the first frame, and how many of the array */
    uint32_t table;        /* the page table that has the first one, */
    uint64_t slot;         /* in this slot */
    uint8_t rights;
    bool uncached, guest; /* guest: in the memory of a virtual machine */
    bool shared;          /* others reach it, too */
    const char *role;     /* "code of ping, 4 KiB" */
};

/* Contiguous pages with the same rights that are filled with something or can be executed. */
struct capdl_survey_segment {
    uint64_t start, size;
    uint8_t rights;
    bool filled;     /* else all bytes are 0 */
    char digest[65]; /* of the contents, as capdl_diff_options.digest gives it; "" without, and of zeros */
};

struct capdl_survey_subject {
    const char *name;
    struct capdl_survey_thread *threads;
    struct capdl_survey_right *rights;
    struct capdl_survey_mapping *mappings;
    struct capdl_survey_segment *segments;
    size_t num_threads, num_rights, num_mappings, num_segments;
};

/* A device and the memory it reaches by its I/O page tables. */
struct capdl_survey_device {
    uint32_t object;
    const char *role;
    struct capdl_survey_mapping *mappings;
    size_t num_mappings;
};

/* Who has a capability to an object, or has it mapped; the union of what its capabilities allow. */
struct capdl_survey_user {
    uint32_t who; /* a subject of the survey, or CAPDL_SURVEY_DEVICE | object */
    uint8_t rights;
    bool mapped;
    uint64_t badge;
};

/* An endpoint, notification or interrupt; memory that several reach, or that has a physical address. */
struct capdl_survey_channel {
    uint32_t object, count; /* elements of an array with the same users */
    const char *role;
    struct capdl_survey_user *users;
    size_t num_users;
};

/* How one subject can affect another. */
enum capdl_effect {
    CAPDL_EFFECT_CONTROL = 1,  /* holds its thread, CNode, page tables, scheduling context, or an untyped with these */
    CAPDL_EFFECT_HANDLE = 2,   /* receives its faults, and decides whether and how it goes on */
    CAPDL_EFFECT_MEMORY = 4,   /* writes memory that it reads or executes */
    CAPDL_EFFECT_MESSAGE = 8,  /* sends to it */
    CAPDL_EFFECT_ANSWER = 16,  /* answers its calls */
    CAPDL_EFFECT_SIGNAL = 32,  /* signals it */
    CAPDL_EFFECT_FAULT = 64,   /* its own faults go there */
    CAPDL_EFFECT_THROUGH = 128 /* nothing of these, but through others */
};

enum { CAPDL_SURVEY_MOST_EFFECTS = 64 };

/* All strings are the survey's own. */
struct capdl_survey {
    struct capdl_survey_subject *subjects; /* in the order of their names */
    struct capdl_survey_device *devices;
    struct capdl_survey_channel *channels;
    size_t num_subjects, num_devices, num_channels;
    uint8_t *effects;       /* [from * num_subjects + to]: set of enum capdl_effect; NULL when there are more than
                               CAPDL_SURVEY_MOST_EFFECTS */
    uint32_t *subject_of;   /* per object: whose thread, CNode, page table or scheduling context it is; or UINT32_MAX */
    struct capdl_spec none; /* private: has all texts */
};

/* Fills a survey, which capdl_survey_free empties; the spec must outlive it. The options may be NULL. */
void capdl_survey_make(struct capdl_survey *, const struct capdl_spec *, const struct capdl_diff_options *);
void capdl_survey_free(struct capdl_survey *);

#ifdef __cplusplus
}
#endif

#endif
