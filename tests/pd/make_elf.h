/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes ELF files byte by byte, after the ELF specification and without any library, so that it cannot share its
   mistakes. */
#ifndef TESTS_PD_MAKE_ELF_H
#define TESTS_PD_MAKE_ELF_H

#include <stddef.h>
#include <stdint.h>

enum { ELF_R = 4, ELF_W = 2, ELF_X = 1 };
enum { ELF_LOAD = 1, ELF_DYNAMIC = 2, ELF_INTERP = 3, ELF_TLS = 7 };
enum { ELF_AARCH64 = 183, ELF_RISCV = 243, ELF_X86_64 = 62 };

struct made_header {
    uint32_t type, flags;
    uint64_t offset, vaddr, filesz, memsz, align;
};

/* What the file says; size is its length, of which the part after the headers counts up: byte i is i * 7 + 1. */
struct made_elf {
    uint8_t class, data;
    uint16_t type, machine, phentsize;
    uint64_t entry, phoff;
    uint16_t phnum; /* what the header claims; the headers given are always written */
    struct made_header headers[16];
    size_t num_headers;
    size_t size;
};

/* An executable for this machine with one segment, R X at 0x200000 with 0x1000 bytes from offset 0x1000, which the
   entry is in. */
struct made_elf made_good(uint16_t machine);
void made_add(struct made_elf *, uint32_t type, uint32_t flags, uint64_t offset, uint64_t vaddr, uint64_t filesz,
              uint64_t memsz, uint64_t align);
/* The byte at an offset behind the headers. */
uint8_t made_byte(size_t offset);
/* The file's bytes, to be freed. */
uint8_t *made_bytes(const struct made_elf *);
/* Writes bytes to a file, ending the test if that fails. */
void made_write(const char *path, const uint8_t *bytes, size_t size);

#endif
