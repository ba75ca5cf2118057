/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which memory a kernel will hand to its initial task, computed before it boots. The rules are those of the kernel's
 * own boot code on AArch64 and RISC-V; where kernel, device tree and image are is what our loader does when nobody asks
 * for another place:
 *
 *     RAM   | boot code | kernel | device tree | image |  untypeds ...   | root objects | untypeds |
 *             untypeds                                                     at the top
 */
#ifndef TOOL_IMAGE_FORECAST_H
#define TOOL_IMAGE_FORECAST_H

#include <stdio.h>

#include <capdl/diag.h>
#include <capdl/profile.h>

#include "blob/plan.h"

struct image;

struct forecast_input {
    const struct capdl_profile *profile;
    uint64_t image_start, image_end; /* virtual, page aligned */
    uint64_t tree_size;              /* of the device tree the kernel is handed, in bytes; 0: none */
    uint64_t tree_at;                /* physical; 0: after the kernel */
    uint64_t image_at;               /* physical; 0: after kernel and device tree */
    uint64_t module_size;            /* x86-64: of the image's file; 0: not known yet */
    bool most;                       /* leave out what is not known yet: device tree, image and root objects */
};

/* Memory that is not free, and why. */
struct forecast_range {
    const char *what; /* "the kernel", "the image", ... */
    uint64_t start, end;
};

enum { FORECAST_RANGES = 8 };

struct forecast {
    struct capdl_untyped *list; /* in the kernel's order; to be released */
    size_t count, capacity;
    struct forecast_range ranges[FORECAST_RANGES];
    size_t num_ranges;
    uint64_t image_at;                     /* physical; 0: not known */
    uint64_t first_untyped;                /* slot of the first untyped */
    uint64_t extra_pages;                  /* of extra bootinfo */
    uint64_t first_empty;                  /* first empty slot of the root CNode */
    uint64_t num_slots;                    /* of the root CNode */
    uint64_t lost, lost_ram, lost_devices; /* untypeds for which the kernel's list has no room, and their bytes */
    bool image_misplaced;                  /* there is no RAM where the image should be */
    bool roots_misplaced;                  /* no piece of RAM can hold the root objects */
    bool slots_exceeded;                   /* the root CNode cannot hold all capabilities: the kernel would stop */
};

/* Whether kernel and memory map are known: not where firmware decides, on x86-64. */
bool forecast_possible(const struct capdl_profile *);
/* False when the kernel would not boot: one of the last three members says why. Released either way. */
bool forecast_make(struct forecast *, const struct forecast_input *);
void forecast_free(struct forecast *);
/* The i-th piece of device memory, as the kernel takes it. */
struct capdl_region forecast_device(const struct capdl_profile *, size_t i);
/* What a full list of untypeds loses, as a sentence; false if it is not full. */
bool forecast_lost(const struct forecast *, const struct capdl_profile *, char *text, size_t size);
/* What takes memory in [start, end), or 0. */
const struct forecast_range *forecast_in_the_way(const struct forecast *, uint64_t start, uint64_t end);

/* Reads the untypeds that a kernel reports from a file: one "address log2-size device" a line. False: an error is in
   diags. The list is to be released either way. */
bool untypeds_read(const struct capdl_profile *, const char *path, struct capdl_untyped **list, size_t *count,
                   struct capdl_diags *);
/* Such a list in place of a forecast, for an image of so many bytes. False: an error is in diags. Released either way.
 */
bool forecast_read(struct forecast *, const struct capdl_profile *, const char *path, uint64_t image_bytes,
                   struct capdl_diags *);
/* Why the kernel would not boot at all (forecast_make failed). Writes it to text. */
void forecast_explain(const struct forecast *, const struct forecast_input *, char *text, size_t size);

/* The forecast as the planner wants it; what a failed plan lacks, and what is in the way, as the end of a sentence
   that begins with the object's name. */
struct capdl_plan_request forecast_request(const struct forecast *, const struct capdl_blob *, void *scratch);
void fit_explain(const struct forecast *, const struct capdl_profile *, const struct capdl_plan_failure *, char *text,
                 size_t size);

struct fit_options {
    const struct capdl_profile *profile;   /* the kernel that is to boot it */
    const char *name;                      /* of the image, for messages */
    const char *untypeds;                  /* file with the list the kernel reports; 0: forecast */
    uint64_t tree_at, tree_size, image_at; /* of a packed image, physical; image_at 0: as `capdl run` packs it */
    struct capdl_region loader;            /* to be shown, if it has a size */
    /* Told where each object that has a name will be, pages of the image included; NULL: nobody asks. Frames that the
       loader fills are at the spec's addresses. */
    void (*object)(void *objects, const struct capdl_blob_name *, uint64_t address, unsigned size_bits);
    void *objects;
};
/* Gets the plan, piece by piece. */
struct fit_printer {
    void (*section)(void *context, const char *title); /* what follows, up to the next one, belongs to it */
    void (*range)(void *context, uint64_t start, uint64_t end, const char *what);
    void (*note)(void *context, const char *text);
    void (*number)(void *context, const char *name, uint64_t value); /* of the totals; NULL: in notes only */
    void *context;
};
/* Plans an image's objects and tells where everything goes and what is left; printer: NULL for the check only. False:
   it does not fit, or that cannot be told; an error is in diags. */
bool fit_tell(const struct image *, const struct fit_options *, struct capdl_diags *, const struct fit_printer *);
/* Plans an image's objects and prints where everything goes and what is left. False: it does not fit, or that cannot
   be told; an error is in diags. */
bool fit_report(const struct image *, const struct fit_options *, struct capdl_diags *, FILE *out);
/* The same check without a report; true also where it cannot be made. */
bool fit_check_image(const struct image *, const struct fit_options *, struct capdl_diags *);

#endif
