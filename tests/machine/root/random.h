/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the pieces of code lie in the file of `random`: behind a mark, on a page of their own. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

#define RANDOM_MARK "pieces of code:"
#define RANDOM_BROKEN "the processor is broken\n"

enum { RANDOM_PIECE = 64, RANDOM_PIECES = 512 };

struct random_input {
    char mark[sizeof(RANDOM_MARK)];
    uint64_t count; /* of pieces */
    uint8_t piece[RANDOM_PIECES][RANDOM_PIECE];
};

#endif
