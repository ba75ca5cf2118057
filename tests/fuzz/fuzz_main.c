/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs a fuzz target over files, over each file cut off at many places, and over copies with changes, the same ones
 * each time. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifndef VARIANTS
#define VARIANTS 100 /* of each file: fewer for targets that take long */
#endif
enum { LARGEST = 1 << 20, CUTS = VARIANTS * 16 / 25, CHANGED = VARIANTS, MOST_CHANGES = 6, PIECE = 16, PAGE = 4096 };

static uint64_t state = 0x9e3779b97f4a7c15;

static size_t random_below(size_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return limit ? (size_t)(state % limit) : 0;
}

/* A copy, so that reading behind its end is noticed: by AddressSanitizer, or because a page is there that nobody may
 * read. */
static void run(const uint8_t *data, size_t size)
{
#ifdef __SANITIZE_ADDRESS__
    uint8_t *copy = malloc(size + !size);

    if (!copy) {
        exit(2);
    }
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
#else
    static uint8_t *end;

    if (!end) {
        uint8_t *pages = mmap(NULL, LARGEST + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED || mprotect(pages + LARGEST, PAGE, PROT_NONE) != 0) {
            exit(2);
        }
        end = pages + LARGEST;
    }
    memcpy(end - size, data, size);
    LLVMFuzzerTestOneInput(end - size, size);
#endif
}

/* Flips a bit, sets a byte, copies a piece elsewhere, or takes one out. Returns the new size. */
static size_t change(uint8_t *data, size_t size)
{
    size_t at = random_below(size), from = random_below(size), most = size - (at > from ? at : from);
    size_t length = random_below(most < PIECE ? most : PIECE);
    switch (random_below(4)) {
    case 0:
        data[at] ^= (uint8_t)(1 << random_below(8));
        return size;
    case 1:
        data[at] = (uint8_t)random_below(256);
        return size;
    case 2:
        memmove(data + at, data + from, length);
        return size;
    default:
        memmove(data + at, data + at + length, size - at - length);
        return size - length;
    }
}

static void run_changed(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size + !size);
    if (!copy) {
        exit(2);
    }
    for (unsigned i = 0; i < CHANGED; i++) {
        size_t left = size;
        memcpy(copy, data, size);
        for (size_t changes = 1 + random_below(MOST_CHANGES); changes && left; changes--) {
            left = change(copy, left);
        }
        run(copy, left);
    }
    free(copy);
}

int main(int argc, char **argv)
{
    static uint8_t data[LARGEST];
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        size_t size;
        if (!file) {
            return 2;
        }
        size = fread(data, 1, sizeof(data), file);
        fclose(file);
        run(data, size);
        for (size_t cut = 1; cut < CUTS; cut++) {
            run(data, size * cut / CUTS);
        }
        run_changed(data, size);
    }
    return 0;
}
