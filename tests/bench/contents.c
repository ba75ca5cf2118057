/* SPDX-License-Identifier: BSD-2-Clause */
/* contents random|text BYTES: what memory is filled with, the same everywhere. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

int main(int argc, char **argv)
{
    static const char *const words[] = {"the ",   "kernel ",  "maps ",    "a ",      "frame ",  "of ",     "memory ",
                                        "into ",  "an ",      "address ", "space, ", "and ",    "holds ",  "it.\n",
                                        "until ", "revoked ", "by ",      "its ",    "parent ", "untyped "};
    uint64_t state = 88172645463325252, left = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    if (argc != 3) {
        return 2;
    }
    while (left) {
        uint64_t number = next(&state);
        const char *piece = (const char *)&number;
        size_t size = sizeof(number);
        if (strcmp(argv[1], "text") == 0) {
            piece = words[number % (sizeof(words) / sizeof(*words))];
            size = strlen(piece);
        }
        size = size < left ? size : left;
        fwrite(piece, 1, size, stdout);
        left -= size;
    }
    return ferror(stdout) || fflush(stdout) ? 2 : 0;
}
