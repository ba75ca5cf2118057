/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical memory: bytes of RAM and of device regions, and which kernel objects are where. */
#ifndef MACHINE_PHYSICAL_H
#define MACHINE_PHYSICAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts every kernel object that has memory of its own. */
struct object {
    struct object *next; /* in the same 2 MiB */
    uint64_t paddr;
    uint8_t type; /* enum capdl_type */
    uint8_t bits; /* log2 of its size */
};

struct memory_region;
struct memory_chunk;

struct memory {
    struct memory_region *regions;
    size_t num_regions;
    struct memory_chunk **chunks; /* hash of 2 MiB chunks in use */
    size_t num_chunks, capacity;
    void (*release)(void *context, struct object *); /* called before an object is freed */
    void *context;
};

void memory_init(struct memory *);
void memory_free(struct memory *);

/* Adds [start, end) as RAM: contiguous host memory, zero, not committed before use. False when out of memory. */
bool memory_add_ram(struct memory *, uint64_t start, uint64_t end);

/* Host address of the byte at paddr; `available`, if not 0, is set to how many bytes follow contiguously. Memory that
   is not RAM is a device's: zero until written. 0 when out of memory. */
uint8_t *memory_at(struct memory *, uint64_t paddr, uint64_t *available);

bool memory_is_ram(const struct memory *, uint64_t paddr);

/* Zeroes RAM; nothing happens to other memory. */
void memory_clear(struct memory *, uint64_t paddr, uint64_t size);

/* Puts a new zeroed object of `size` host bytes at paddr. 0 when out of memory. */
void *memory_new_object(struct memory *, uint64_t paddr, uint8_t type, uint8_t bits, size_t size);
/* Frees all objects that start in [paddr, paddr + size). */
void memory_free_objects(struct memory *, uint64_t paddr, uint64_t size);

#endif
