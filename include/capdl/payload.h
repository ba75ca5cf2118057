/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the host tool puts after the boot loader: a header, tables, and bytes to be laid out in memory. Everything was
 * worked out and checked on the host; the loader copies, fills with zeros, and jumps. Little-endian, read by AArch64
 * and RISC-V only.
 *
 *     loader (whole pages) | header | regions | memory | device tree | stored bytes     in the file
 *                                                                   | workspace        in memory only, from the next
 * page on
 */
#ifndef CAPDL_PAYLOAD_H
#define CAPDL_PAYLOAD_H

#include <stdint.h>

enum {
    CAPDL_PAYLOAD_VERSION = 1,
    CAPDL_PAYLOAD_CORES = 16,          /* cores the loader can start */
    CAPDL_PAYLOAD_TREE_ROOM = 0x40000, /* largest device tree of a firmware, without its padding */
};
#define CAPDL_PAYLOAD_MAGIC UINT64_C(0x64616f6c64706163) /* "capdload" in memory */

enum capdl_payload_flag {
    CAPDL_PAYLOAD_HYPERVISOR = 1,    /* AArch64: the kernel runs at EL2 */
    CAPDL_PAYLOAD_SHAREABLE = 2,     /* AArch64: the kernel maps memory inner shareable (SMP kernels do) */
    CAPDL_PAYLOAD_FIRMWARE_TREE = 4, /* hand over the firmware's device tree if there is one; room is kept for it */
};

/* `stored` bytes at offset `from` of the payload go to physical address `to`; `zeros` zero bytes follow them there. */
struct capdl_payload_region {
    uint64_t to, stored, zeros, from;
};

/* Physical memory [start, end). */
struct capdl_payload_span {
    uint64_t start, end;
};

/* Addresses are physical unless said otherwise; offsets count from the header; sizes are in bytes. */
struct capdl_payload {
    uint64_t magic;
    uint64_t size; /* of all of it; a multiple of 16 */
    uint64_t home; /* where the loader moves to if it finds itself in the way; above all it fills, or apart from it */
    uint32_t version;
    uint32_t flags;         /* enum capdl_payload_flag */
    uint32_t num_cores;     /* the kernel waits for exactly this many */
    uint32_t first_hart;    /* RISC-V: the hart the kernel must boot on */
    uint32_t num_regions;   /* ascending, disjoint */
    uint32_t num_memory;    /* what the kernel takes for RAM, ascending */
    uint32_t physical_bits; /* AArch64: size of physical addresses the kernel was built for, 40 or 44 */
    uint32_t unused;
    uint64_t sum;                          /* capdl_payload_sum of all that follows this header */
    uint64_t regions, memory;              /* offsets of the two tables */
    uint64_t tree, tree_size;              /* offset and size of the device tree that came with the kernel */
    struct capdl_payload_span kernel;      /* 2 MiB aligned start */
    uint64_t kernel_virtual;               /* virtual address of kernel.start */
    uint64_t kernel_entry;                 /* virtual */
    struct capdl_payload_span initialiser; /* page aligned */
    uint64_t initialiser_offset;           /* physical minus virtual address, modulo 2^64 */
    uint64_t initialiser_entry;            /* virtual */
    struct capdl_payload_span kernel_tree; /* where the kernel is handed the device tree, and the room there */
};

/* Notices what a download that broke off, or a place that was overwritten, does to a payload. */
static inline uint64_t capdl_payload_sum(const uint64_t *words, uint64_t size)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < size / sizeof(*words); i++) {
        sum = (sum << 1 | sum >> 63) + words[i];
    }
    return sum;
}

#endif
