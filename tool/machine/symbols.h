/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions and source lines of programs, by address. Programs are ELF files. A thread executes the one whose code
 * is in its memory byte for byte.
 */
#ifndef MACHINE_SYMBOLS_H
#define MACHINE_SYMBOLS_H

#include "kernel.h"

struct symbol_file {
    const uint8_t *bytes;
    size_t size;
};

struct symbol_files {
    const struct symbol_file *list;
    size_t count;
};

enum { SYMBOL_SIZE = 128 };

struct symbol_location {
    char function[SYMBOL_SIZE]; /* "": not known */
    uint64_t offset;            /* from its beginning */
    char file[SYMBOL_SIZE];     /* without its directory; "": not known */
    unsigned line;
};

/* False: none of the programs is there, or it has no function at this address. */
bool symbols_find(const struct symbol_files *, struct kernel *, struct table *root, uint64_t pc,
                  struct symbol_location *);

/* The same in one program, for any thread. */
bool symbols_in(const struct symbol_file *, uint64_t pc, struct symbol_location *);

/* source_lines.c, or source_lines_none.c where there is no libdw: the line that an instruction was made for. */
bool source_line_find(const struct symbol_file *, uint64_t pc, struct symbol_location *);

#endif
