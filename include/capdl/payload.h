/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the host tool puts after the boot loader: a header, tables, and bytes to be laid out in memory. Everything was
 * worked out and checked on the host; the loader copies, fills with zeros, and jumps. Little-endian, read by AArch64
 * and RISC-V only.
 *
 *     loader (whole pages) | header | regions | memory | externals | device tree | stored bytes     in the file
 *                                                                   | workspace        in memory only, from the next
 * page on
 */
#ifndef CAPDL_PAYLOAD_H
#define CAPDL_PAYLOAD_H

#include <stdbool.h>
#include <stdint.h>

enum {
    CAPDL_PAYLOAD_VERSION = 4,
    CAPDL_PAYLOAD_UNIT = 32,           /* what sums are made of */
    CAPDL_PAYLOAD_CORES = 16,          /* cores the loader can start */
    CAPDL_PAYLOAD_TREE_ROOM = 0x40000, /* largest device tree of a firmware, without its padding */
};
#define CAPDL_PAYLOAD_MAGIC UINT64_C(0x64616f6c64706163) /* "capdload" in memory */

enum capdl_payload_flag {
    CAPDL_PAYLOAD_HYPERVISOR = 1,    /* AArch64: the kernel runs at EL2 */
    CAPDL_PAYLOAD_SHAREABLE = 2,     /* AArch64: the kernel maps memory inner shareable (SMP kernels do) */
    CAPDL_PAYLOAD_FIRMWARE_TREE = 4, /* hand over the firmware's device tree if there is one; room is kept for it */
};

/*
 * `stored` bytes at offset `from` of the payload go to physical address `to`; `zeros` zero bytes follow them there.
 * Both are at the same place of their units, and no unit holds bytes of two regions; what is left of a unit is zero.
 */
struct capdl_payload_region {
    uint64_t to, stored, zeros, from;
};

/* Physical memory [start, end). */
struct capdl_payload_span {
    uint64_t start, end;
};

/* Memory that was filled from a file of its own before the loader started, and that must have these contents. */
struct capdl_payload_external {
    uint64_t start, size;
    uint8_t hash[32]; /* SHA-256 */
    char name[48];    /* for messages, ended by 0 */
};

/* Eight bytes of anything. */
typedef uint64_t __attribute__((may_alias)) capdl_payload_word;

/* Two sums, so that a processor need not wait for one multiplication before the next. */
struct capdl_payload_sum {
    uint64_t even, odd;
};

/* Addresses are physical unless said otherwise; offsets count from the header; sizes are in bytes. */
struct capdl_payload {
    uint64_t magic;
    uint64_t size; /* of all of it; a multiple of CAPDL_PAYLOAD_UNIT */
    uint64_t
        run_address; /* where the loader moves to if it finds itself in the way; above all it fills, or apart from it */
    uint32_t version;
    uint32_t flags;         /* enum capdl_payload_flag */
    uint32_t num_cores;     /* the kernel waits for exactly this many */
    uint32_t first_hart;    /* RISC-V: the hart the kernel must boot on */
    uint32_t num_regions;   /* ascending, disjoint */
    uint32_t num_memory;    /* what the kernel takes for RAM, ascending */
    uint32_t physical_bits; /* AArch64: size of physical addresses the kernel was built for, 40 or 44 */
    uint32_t num_externals;
    struct capdl_payload_sum sum;          /* of this header, with zeros here, and all that follows up to `stored` */
    struct capdl_payload_sum stored_sum;   /* of the rest */
    uint64_t regions, memory;              /* offsets of the two tables */
    uint64_t tree, tree_size;              /* offset and size of the device tree that came with the kernel */
    uint64_t stored;                       /* offset of the stored bytes, in the order of `regions` */
    struct capdl_payload_span kernel;      /* 2 MiB aligned start */
    uint64_t kernel_virtual;               /* virtual address of kernel.start */
    uint64_t kernel_entry;                 /* virtual */
    struct capdl_payload_span initialiser; /* page aligned */
    uint64_t initialiser_offset;           /* physical minus virtual address, modulo 2^64 */
    uint64_t initialiser_entry;            /* virtual */
    struct capdl_payload_span kernel_tree; /* where the kernel is handed the device tree, and the room there */
    uint64_t externals;                    /* offset of the table */
    uint64_t num_kept;                     /* spans after those of `memory`: to be reserved in a firmware's tree, too */
};

/*
 * Notices what a download that broke off, or a place that was overwritten, does to a payload. To multiply by an odd
 * number loses nothing: a single wrong word is always noticed.
 */
static inline __attribute__((always_inline)) void capdl_payload_add(struct capdl_payload_sum *sum,
                                                                    const capdl_payload_word *unit)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    sum->even = (sum->even + unit[0]) * odd + unit[1];
    sum->odd = (sum->odd + unit[2]) * odd + unit[3];
}

static inline void capdl_payload_add_all(struct capdl_payload_sum *sum, const capdl_payload_word *words, uint64_t size)
{
    for (uint64_t i = 0; i < size / sizeof(*words); i += CAPDL_PAYLOAD_UNIT / sizeof(*words)) {
        capdl_payload_add(sum, words + i);
    }
}

static inline bool capdl_payload_same(struct capdl_payload_sum a, struct capdl_payload_sum b)
{
    return a.even == b.even && a.odd == b.odd;
}

_Static_assert(sizeof(struct capdl_payload) % CAPDL_PAYLOAD_UNIT == 0, "summed by units");

#endif
