/* SPDX-License-Identifier: BSD-2-Clause */
/* What the reader calls the objects of a machine: by the image's table of names, by the names that threads gave each
 * other, else by address. */
#ifndef MACHINE_NAMES_H
#define MACHINE_NAMES_H

#include "blob/blob.h"
#include "blob/plan.h"
#include "boot.h"
#include "image/slot_names.h"

enum { NAME_SIZE = 128 };

struct names_entry {
    uint64_t key;  /* 0: free */
    uint64_t slot; /* of the initialiser, from 0 */
};

struct names {
    struct kernel *kernel;
    const struct boot_info *boot;
    const struct capdl_blob *blob; /* 0: none */
    struct slot_names slots;       /* of the blob */
    bool has_initialiser;          /* of ours */
    struct names_entry *entries;   /* hash; 0: not collected */
    size_t capacity;
};

/* Learns which slot of the initialiser holds which object: once it has filled them, and before threads change
 * anything. Learns nothing if there is no blob. */
void names_collect(struct names *);
/* The object is freed: another one at its address gets names of its own. */
void names_forget(struct names *, const struct object *);
void names_free(struct names *);

/* Each writes into out, NAME_SIZE bytes, and returns it. */
const char *names_object(const struct names *, const struct object *, char *out);
const char *names_thread(const struct names *, const struct tcb *, char *out);
const char *names_frame(const struct names *, uint64_t paddr, char *out);
/* What a slot of our initialiser is for, by its address; false: the slot has no name. */
bool names_initialiser_slot(const struct names *, uint64_t cptr, char *out);
/* The object that the capability is to. */
const char *names_cap(const struct names *, const struct cap *, char *out);

#endif
