/* SPDX-License-Identifier: BSD-2-Clause */
/* A made-up kernel prefix, and ELF programs of any shape. */
#ifndef TESTS_LOADER_PREFIX_H
#define TESTS_LOADER_PREFIX_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#include <capdl/profile.h>

struct test_segment {
    uint64_t vaddr, paddr, file_size, memory_size;
};

/* An executable whose segments hold bytes that depend on their addresses: see test_byte. To be freed. */
uint8_t *test_elf(uint16_t machine, uint64_t entry, const struct test_segment *, size_t count, size_t *size);
/* What a segment holds at a virtual address: zero in every odd 64 KiB, else something that is not. */
uint8_t test_byte(uint64_t vaddr);

/* Makes a prefix in a new directory and fills a profile. The machine has 32 MiB of RAM at 1 GiB; the kernel manages the
 * first half. */
void test_prefix(struct capdl_profile *, enum capdl_arch);
void test_prefix_write(const struct capdl_profile *, const char *name, const void *bytes, size_t size);
void test_prefix_remove(const struct capdl_profile *);
/* A small sound device tree. To be freed. */
uint8_t *test_tree(size_t *size);

#endif
