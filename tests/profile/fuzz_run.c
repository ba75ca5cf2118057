/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs the fuzz target over the seed files, and over good inputs changed at random, the same way each time. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_profile.h"
#include "profile/profile.h"

enum { ROUNDS = 150, MAX_GROWTH = 64 };

static uint64_t state = 0x9e3779b97f4a7c15;

static size_t random_below(size_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return limit > 0 ? (size_t)(state % limit) : 0;
}

/* Replaces a piece by another piece of the input, a few characters that matter, or nothing. Returns the new size.
 */
static size_t mutate(uint8_t *bytes, size_t size)
{
    static const char pieces[][12] = {"<",       "/>",       "{",  "}",    "\"", "(",  ")",
                                      "#if 1\n", "#endif\n", "/*", "\\\n", "0x", "-1", "99999999999"};
    size_t at = random_below(size), cut = random_below(size - at < 40 ? size - at : 40), length;
    const char *piece = pieces[random_below(sizeof(pieces) / sizeof(pieces[0]))];
    uint8_t copy[MAX_GROWTH];
    switch (random_below(4)) {
    case 0:
        bytes[at] ^= (uint8_t)(1 << random_below(8));
        return size;
    case 1:
        length = strlen(piece);
        memcpy(copy, piece, length);
        break;
    case 2:
        length = random_below(size < MAX_GROWTH ? size : MAX_GROWTH);
        memcpy(copy, bytes + random_below(size - length), length);
        break;
    default:
        length = 0;
    }
    memmove(bytes + at + length, bytes + at + cut, size - at - cut);
    memcpy(bytes + at, copy, length);
    return size - cut + length;
}

/* The selector is in front of the content, and survives. */
static void run_mutated(char selector, const void *content, size_t content_size)
{
    enum { STEPS = 4 };

    for (int round = 0; round < ROUNDS; round++) {
        uint8_t *input = malloc(1 + content_size + STEPS * MAX_GROWTH);
        size_t size = content_size, steps = random_below(STEPS) + 1;
        input[0] = (uint8_t)selector;
        memcpy(input + 1, content, content_size);
        for (size_t i = 0; i < steps && size > 0; i++) {
            size = mutate(input + 1, size);
        }
        if (round % 8 == 7) {
            size = random_below(size);
        }
        LLVMFuzzerTestOneInput(input, 1 + size);
        free(input);
    }
}

static void run_originals(void)
{
    for (size_t i = 0; i < FUZZ_FILES; i++) {
        size_t size;
        char *content = fuzz_original(i, &size);
        run_mutated((char)('1' + i), content, size);
        free(content);
    }
}

static void run_encoded(void)
{
    size_t size;
    uint8_t *bytes = profile_encode(profile_builtin("riscv64-mcs"), &size);
    for (int i = 0; i < 20; i++) {
        run_mutated('0', bytes, size);
    }
    free(bytes);
}

static unsigned run_seeds(const char *directory)
{
    static uint8_t input[1 << 16];
    DIR *list = opendir(directory);
    struct dirent *entry;
    unsigned count = 0;
    while (list != NULL && (entry = readdir(list)) != NULL) {
        char path[4096];
        FILE *file;
        snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
        if (entry->d_name[0] == '.' || (file = fopen(path, "rb")) == NULL) {
            continue;
        }
        LLVMFuzzerTestOneInput(input, fread(input, 1, sizeof(input), file));
        fclose(file);
        count++;
    }
    if (list != NULL) {
        closedir(list);
    }
    return count;
}

int main(int argc, char **argv)
{
    unsigned seeds;
    if (argc != 2) {
        return 2;
    }
    seeds = run_seeds(argv[1]);
    run_encoded();
    run_originals();
    printf("%u seeds, and %d changed inputs\n", seeds, ROUNDS * (20 + FUZZ_FILES));
    return seeds == 0;
}
