/* SPDX-License-Identifier: BSD-2-Clause */
/* Private to the decompiler: recovers the spec from the kernel calls of an image. */
#ifndef TOOL_IMAGE_REVERSE_H
#define TOOL_IMAGE_REVERSE_H

#include "blob/blob.h"
#include "image/image.h"
#include "profile/methods.h"

/* A capability of the initialiser: what it refers to, with which rights and badge. */
struct held {
    uint32_t object; /* CAPDL_NO_OBJECT: control capability, or nothing the spec names */
    uint8_t kind;    /* enum capdl_kind; CAPDL_KIND_COUNT: nothing is known about it */
    uint8_t rights;
    bool original; /* as the kernel made it: rights are not the spec's */
    bool moved;    /* moved to a CNode of the spec: the slot is empty */
    uint64_t data; /* badge; core of a SchedControl */

    /* Frames: the mapping this very capability made. */
    bool mapped;
    uint8_t mapped_rights;
    uint32_t table;
    uint64_t table_slot;
};

struct table_entry { /* key: root, level and the upper part of the address */
    uint64_t index;
    uint32_t root, object;
    uint32_t level; /* 0: unused */
};

struct reverse {
    const struct image *image;
    const char *name;
    struct capdl_spec *spec;
    struct capdl_diags *diags;
    struct capdl_blob blob;
    uint8_t methods[CAPDL_BLOB_MAX_METHODS]; /* enum capdl_method */
    struct method_params params[CAPDL_BLOB_MAX_METHODS];
    uint64_t words_used[CAPDL_BLOB_MAX_METHODS][METHOD_MOST_PARAMS]; /* reverse_words_init */
    bool failed;
    bool started_schedule; /* of domains: nothing may come after it */

    struct capdl_blob_name *slot_names, *page_names; /* text 0: none */
    bool named;
    struct held *slots;
    struct held *pages;
    struct held control; /* what reverse_held returns for capabilities that are not in our slots */
    uint64_t *cores;     /* per object: of a scheduling context */
    uint64_t *addresses; /* per slot: physical address, or UINT64_MAX */
    uint32_t num_generated[CAPDL_KIND_COUNT];

    struct table_entry *tables; /* open addressing */
    size_t num_tables, tables_size;
};

/* decompile_objects.c */
void reverse_objects(struct reverse *);
void reverse_pages(struct reverse *);
void reverse_fills(struct reverse *);
/* decompile_leftovers.c; whether an untyped was made for them */
void reverse_leftovers(struct reverse *);
bool reverse_leftovers_own(const struct reverse *, uint64_t slot);
/* decompile_vspace.c */
void reverse_map_table(struct reverse *, const struct capdl_call *);
void reverse_map_page(struct reverse *, const struct capdl_call *);
void reverse_map_io_table(struct reverse *, const struct capdl_call *);
void reverse_map_io_page(struct reverse *, const struct capdl_call *);
/* decompile_devices.c: true if the call is one of what devices have in place of page tables */
bool reverse_device_call(struct reverse *, enum capdl_method, const struct capdl_call *);
/* True if a Mint into one of our slots makes an I/O space. */
bool reverse_io_space(struct reverse *, const struct capdl_call *);
/* decompile_threads.c */
bool reverse_thread_call(struct reverse *, enum capdl_method, const struct capdl_call *);
void reverse_sched(struct reverse *, const struct capdl_call *);
/* decompile_words.c: which bits of its words a method uses, whether each word of a call is one that the kernel uses,
   and whether the call must succeed once all before it have */
void reverse_words_init(const struct method_params *, uint64_t used[METHOD_MOST_PARAMS]);
bool reverse_words_used(const struct method_params *, const uint64_t used[METHOD_MOST_PARAMS],
                        const struct capdl_call *);
bool reverse_cannot_fail(struct reverse *, enum capdl_method, const struct capdl_call *);
/* decompile_calls.c: all calls */
void reverse_calls(struct reverse *);

#endif
