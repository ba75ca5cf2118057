/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Constants of the blob: what host tool and initialiser agree upon. Structure and meaning: docs/blob.md, schema:
 * docs/blob.cddl. The blob is deterministic CBOR (RFC 8949 section 4.2). Freestanding: usable by the initialiser.
 *
 *     image:  | text, rodata, data, bss, stack | blob | pages | scratch (zero, not stored) |
 *               prebuilt, one per architecture   appended by the host
 */
#ifndef CAPDL_BLOB_H
#define CAPDL_BLOB_H

#include <stdint.h>

#include <capdl/facts.h>
#include <capdl/leftovers.h>

enum { CAPDL_BLOB_VERSION = 1, CAPDL_PAGE_SIZE = 4096, CAPDL_PAGE_BITS = 12 };

/* Items of the outermost array, in this order. */
enum capdl_blob_item {
#define CAPDL_BLOB_ITEM(id, name) CAPDL_BLOB_ITEM_##id,
#include <capdl/blobitems.def>
#undef CAPDL_BLOB_ITEM
    CAPDL_BLOB_ITEM_COUNT
};

/* Kernel facts the initialiser itself uses. Absent key: 0. Encoded in ascending order of the key. */
enum capdl_boot_key {
#define CAPDL_BOOT_FACT(id) CAPDL_BOOT_##id,
#define CAPDL_BOOT_LABEL(id, method, name) CAPDL_BOOT_##id,
#include <capdl/bootkeys.def>
    CAPDL_BOOT_KEY_COUNT
};

enum {
    CAPDL_BOOT_FLAG_MCS = 1,
    CAPDL_BOOT_FLAG_SYSENTER = 2, /* x86-64: enter the kernel by SYSENTER */
    CAPDL_BOOT_FLAG_QUIET = 4,    /* leave out the line that says what was done */
};

/* Items of a group: those of objects that are made straight into a CNode of the spec tell which slots of it. */
enum { CAPDL_GROUP_ITEMS = 4, CAPDL_DIRECT_ITEMS = 7 };

enum { CAPDL_FILL_ITEMS = 6 };

/* Sizes known in advance. */
enum capdl_size_key {
    CAPDL_SIZE_OBJECTS, /* slots filled by Retype: groups that are not direct, then fixed, then covers */
    CAPDL_SIZE_SLOTS,   /* all slots the initialiser needs but for padding; the ones after OBJECTS are for derived
                           capabilities */
    CAPDL_SIZE_PAGES,   /* pages in the page segment */
    /* The pages of the segment from this one on serve only to be copied. */
    CAPDL_SIZE_LEFT_PAGE,
    /* Who gets what is left when all objects exist; CAPDL_MAX_LEFTOVERS times, those that are not given are 0. */
    CAPDL_SIZE_LEFT_SLOTS,  /* most capabilities to hand over, at least 1; 0: nobody */
    CAPDL_SIZE_LEFT_CNODE,  /* slot of the CNode they go to ... */
    CAPDL_SIZE_LEFT_BITS,   /* ... which has 2^this slots ... */
    CAPDL_SIZE_LEFT_FIRST,  /* ... from this one of its slots on */
    CAPDL_SIZE_LEFT_FRAME,  /* slot of the 4 KiB frame that describes them: struct capdl_leftovers */
    CAPDL_SIZE_LEFT_NAME,   /* a slot that stays empty: its name is theirs */
    CAPDL_SIZE_LEFT_KINDS,  /* what is left of these, enum capdl_left_kind */
    CAPDL_SIZE_LEFT_OWN,    /* the untypeds that were made for them: the first slot ... */
    CAPDL_SIZE_LEFT_PIECES, /* ... and how many, of one size */
    CAPDL_SIZE_LEFT_SHARE,  /* the percentage that the spec asks for, CAPDL_LEFT_EQUAL: an equal part; for the host */
    CAPDL_SIZE_LEFT_END,
    CAPDL_LEFT_KEYS = CAPDL_SIZE_LEFT_END - CAPDL_SIZE_LEFT_SLOTS,
    CAPDL_SIZE_KEY_COUNT = CAPDL_SIZE_LEFT_SLOTS + CAPDL_MAX_LEFTOVERS * CAPDL_LEFT_KEYS
};

enum { CAPDL_LEFT_EQUAL = 255 };

enum capdl_left_kind {
    CAPDL_LEFT_RAM = 1, /* and the pages of the image that are no longer in use */
    CAPDL_LEFT_DEVICES = 2,
    CAPDL_LEFT_BOOTINFO = 4, /* the description is the kernel's, struct seL4_BootInfo: no pages */
};

/*
 * Operands of a call, and its target. An unsigned integer is a literal word. A negative integer -1 - r is a reference r
 * = index * 4 + kind, which the initialiser replaces by a capability pointer.
 */
enum capdl_ref_kind {
    CAPDL_REF_SLOT = 0,          /* slot of the initialiser: an object or a derived capability */
    CAPDL_REF_PAGE = 1,          /* frame capability of a page in the page segment */
    CAPDL_REF_INITIAL = 2,       /* enum capdl_initial_cap; CNODE is the CNode through which all slots resolve */
    CAPDL_REF_SCHED_CONTROL = 3, /* SchedControl of a core */
};

/* A name may begin like the one before where both have at most so many characters; fewer digits than this may end it.
 */
enum { CAPDL_NAME_MOST_SHARED = 255, CAPDL_NAME_MOST_DIGITS = 32 };

/* A call is [method, target, [* operand]] or, for a run, [method, target, [* operand], count, [* stride]]: per step,
   the target's index grows by the first stride and each operand (a literal's value, a reference's index) by its own.
   The method's capability operands come first, then its words (message registers), each in the order of libsel4's
   interface. */
enum { CAPDL_CALL_ITEMS = 3, CAPDL_CALL_RUN_ITEMS = 5 };

/* Most operands of a call: registers of the widest UserContext and two words, with room. */
enum { CAPDL_CALL_MAX_OPERANDS = 64, CAPDL_CALL_MAX_CAPS = 3 };

/* Limits of the format, all far beyond what a kernel has or a machine holds. The reader keeps the methods in a table.
 */
enum {
    CAPDL_BLOB_MAX_METHODS = 128,
    CAPDL_BLOB_MAX_SLOTS = 1 << 24,
    CAPDL_BLOB_MAX_PAGES = 1 << 24,
    CAPDL_BLOB_MAX_CORES = 256,
    CAPDL_BLOB_MIN_SIZE_BITS = 4,
    CAPDL_BLOB_MAX_SIZE_BITS = 47,
    CAPDL_BLOB_MAX_ADDRESS_BITS = 56,
};

enum {
    CAPDL_FILL_EXECUTABLE = 1, /* instructions: unify caches */
    CAPDL_FILL_UNCACHED = 2,   /* will be mapped uncached: clean and invalidate */
    CAPDL_FILL_CHUNK =
        4, /* not from pages: from a chunk of the kernel's extra bootinfo, whose id stands above the flags: */
    CAPDL_FILL_CHUNK_SHIFT = 8,
    CAPDL_FILL_PACKED = 8, /* counts in units of so many bytes as this is log2 of, instead of pages: */
    CAPDL_FILL_UNIT_BITS = 7,
    CAPDL_FILL_MAX_CHUNK = 6, /* ids as in libsel4's bootinfo_types.h */
};

/*
 * A call of DOMAINS with this many operands has a duration that the spec gives in microseconds. The last has them; the
 * one before it has the ticks, or is 0 where only the running kernel knows them: then they are the microseconds times
 * the number of 32 bits in this chunk of the extra bootinfo, after its header.
 */
enum { CAPDL_DURATION_OPERANDS = 4, CAPDL_DURATION_CHUNK = 5 };

/* Words of the kernel with which every bootinfo begins. Where other members are, the profile says. */
enum { CAPDL_BOOTINFO_WORDS = 18 };

/*
 * Header of an image, at the start of the ELF section ".capdl.header" of the prebuilt initialiser. The host fills in
 * the second part; the initialiser writes the third part while it boots, so that a debugger or a memory dump can tell
 * how far it came on kernels without a console. Addresses are virtual; sizes are bytes.
 */
#define CAPDL_IMAGE_MAGIC UINT64_C(0x4c44504143344c65) /* "eL4CAPDL" */

/*
 * The digest of kernel calls (docs/evidence.md) begins with this number in the header. Images of earlier versions begin
 * with 0, and have another digest.
 */
#define CAPDL_DIGEST_START 1
#define CAPDL_DIGEST_MULTIPLIER UINT64_C(0x9e3779b97f4a7c15)
enum { CAPDL_DIGEST_PLACE_SHIFT = 52 };

struct capdl_image_header {
    uint64_t magic;
    uint32_t version; /* CAPDL_BLOB_VERSION */
    uint32_t arch;    /* enum capdl_arch */

    uint64_t image_start;
    uint64_t blob_start;
    uint64_t blob_size;
    uint64_t pages_start;
    uint64_t num_pages;
    uint64_t scratch_start;
    uint64_t scratch_size;
    uint64_t image_end;

    uint64_t phase;        /* enum capdl_phase reached; CAPDL_PHASE_DONE after a good boot */
    uint64_t kernel_error; /* enum capdl_kernel_error of the call that failed, 0 if none */
    uint64_t method;       /* label of that call */
    uint64_t object;       /* slot of its target, all ones if it has none */
    uint64_t detail[2];    /* numbers of the message, meaning by phase (docs/boot.md) */
    uint64_t num_calls;    /* kernel calls made; while a run lasts, with all of it */
    uint64_t digest;       /* of those that were answered (docs/evidence.md) */
};

#endif
