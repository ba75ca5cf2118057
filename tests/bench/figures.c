/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a boot costs on the emulated machine: figures IMAGE [MOST-INSTRUCTIONS MOST-CALLS]
 * All of it is counted, none measured: the same image gives the same line everywhere.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "machine/machine.h"

static uint8_t *read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    *size = 0;
    if (!file) {
        return NULL;
    }
    if (fseek(file, 0, SEEK_END) == 0 && (bytes = malloc((size_t)ftell(file) + 1))) {
        size_t length = (size_t)ftell(file);
        rewind(file);
        *size = fread(bytes, 1, length, file);
    }
    fclose(file);
    return bytes;
}

/* The number before "bytes of untyped memory touched" in what the initialiser says. */
static uint64_t bytes_touched(const char *console)
{
    const char *end = strstr(console, " bytes of untyped"), *start = end;
    while (start && start > console && start[-1] != ' ') {
        start--;
    }
    return start ? strtoull(start, NULL, 10) : 0;
}

/* All is in place, and no thread of the system has run. */
static void stop(void *context, const struct machine_stop *stopped)
{
    (void)context, (void)stopped;
}

static bool boot(const char *path, const uint8_t *bytes, size_t size, struct machine_result *result, uint64_t *touched)
{
    struct capdl_diags diags = {NULL};
    struct image image;
    char *console = NULL;
    size_t length;
    FILE *memory = open_memstream(&console, &length);
    struct machine_options options = {.console = memory, .stopped = stop, .timeout_seconds = 100};
    bool good = image_open(&image, path, bytes, size, &diags) && machine_run(&image, &options, result, &diags) &&
                (result->outcome == MACHINE_BOOTED || result->outcome == MACHINE_IDLE);
    fclose(memory);
    *touched = bytes_touched(console);
    free(console);
    capdl_diags_print(&diags, stderr, 0);
    capdl_diags_free(&diags);
    return good;
}

int main(int argc, char **argv)
{
    const uint64_t most_instructions = argc > 2 ? strtoull(argv[2], NULL, 10) : UINT64_MAX;
    const uint64_t most_calls = argc > 3 ? strtoull(argv[3], NULL, 10) : UINT64_MAX;
    struct machine_result result = {0};
    uint64_t touched = 0;
    size_t size = 0;
    uint8_t *bytes = argc > 1 ? read_all(argv[1], &size) : NULL;
    bool good = bytes && boot(argv[1], bytes, size, &result, &touched);
    free(bytes);
    if (!good) {
        fprintf(stderr, "%s does not boot\n", argc > 1 ? argv[1] : "nothing");
        return 1;
    }
    printf("%s: image %zu bytes, %" PRIu64 " kernel calls, %" PRIu64 " instructions of the initialiser, %" PRIu64
           " bytes of memory touched\n",
           strrchr(argv[1], '/') ? strrchr(argv[1], '/') + 1 : argv[1], size, result.kernel_calls,
           result.boot_instructions, touched);
    return result.boot_instructions > most_instructions || result.kernel_calls > most_calls;
}
