/* SPDX-License-Identifier: BSD-2-Clause */
/* Symbols of a program by their names. */
#ifndef TOOL_MICROKIT_SYMBOLS_H
#define TOOL_MICROKIT_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbol_index;

struct symbol_found {
    unsigned count; /* of different symbols with the name, local ones included; the rest is of one of them */
    uint64_t address, size;
};

/* Of an ELF file in memory, which must outlive it. A file that has no symbols has an empty one. */
struct symbol_index *symbol_index_new(const uint8_t *bytes, size_t size);
void symbol_index_free(struct symbol_index *);
bool symbol_index_empty(const struct symbol_index *);
struct symbol_found symbol_find(const struct symbol_index *, const char *name);

#endif
