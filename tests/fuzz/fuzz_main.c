/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs a fuzz target over files, and over each file cut off at many places. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 1 << 20, CUTS = 64 };

/* A copy of the exact size, so that reading behind its end is noticed. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size + !size);

    if (!copy)
        exit(2);
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

int main(int argc, char **argv)
{
    static uint8_t data[LARGEST];

    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        size_t size;

        if (!file)
            return 2;
        size = fread(data, 1, sizeof(data), file);
        fclose(file);
        run(data, size);
        for (size_t cut = 1; cut < CUTS; cut++)
            run(data, size * cut / CUTS);
    }
    return 0;
}
