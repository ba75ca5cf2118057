/* SPDX-License-Identifier: BSD-2-Clause */
#include "make_elf.h"

#include <stdio.h>
#include <stdlib.h>

static void put(uint8_t *at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

struct made_elf made_good(uint16_t machine)
{
    struct made_elf elf = {.class = 2,
                           .data = 1,
                           .type = 2,
                           .machine = machine,
                           .phentsize = 56,
                           .entry = 0x200010,
                           .phoff = 64,
                           .size = 0x4000};
    made_add(&elf, ELF_LOAD, ELF_R | ELF_X, 0x1000, 0x200000, 0x1000, 0x1000, 0x1000);
    return elf;
}

void made_add(struct made_elf *elf, uint32_t type, uint32_t flags, uint64_t offset, uint64_t vaddr, uint64_t filesz,
              uint64_t memsz, uint64_t align)
{
    elf->headers[elf->num_headers++] = (struct made_header){type, flags, offset, vaddr, filesz, memsz, align};
    elf->phnum = (uint16_t)elf->num_headers;
}

uint8_t made_byte(size_t offset)
{
    return (uint8_t)(offset * 7 + 1);
}

uint8_t *made_bytes(const struct made_elf *elf)
{
    size_t room = elf->size > 0x1000 ? elf->size : 0x1000;
    uint8_t *b = calloc(1, room);
    if (!b) {
        abort();
    }
    for (size_t i = 0x1000; i < room; i++) {
        b[i] = made_byte(i);
    }
    put(b, 0x464c457f, 4); /* "\x7fELF" */
    b[4] = elf->class;
    b[5] = elf->data;
    b[6] = 1;
    put(b + 16, elf->type, 2);
    put(b + 18, elf->machine, 2);
    put(b + 20, 1, 4);
    put(b + 24, elf->entry, 8);
    put(b + 32, elf->phoff, 8);
    put(b + 52, 64, 2);
    put(b + 54, elf->phentsize, 2);
    put(b + 56, elf->phnum, 2);
    for (size_t i = 0; i < elf->num_headers; i++) {
        const struct made_header *h = &elf->headers[i];
        const uint64_t words[] = {h->offset, h->vaddr, h->vaddr, h->filesz, h->memsz, h->align};
        uint8_t *p = b + 64 + i * 56;
        put(p, h->type, 4);
        put(p + 4, h->flags, 4);
        for (size_t j = 0; j < 6; j++) {
            put(p + 8 + j * 8, words[j], 8);
        }
    }
    return b;
}

void made_write(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, size, f) != size || fclose(f) != 0) {
        perror(path);
        exit(2);
    }
}
