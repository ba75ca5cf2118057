/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes the input for a PC's memory map, for the list of untypeds that a kernel reports, and for the filter of a trace.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/forecast.h"
#include "machine/trace_filter.h"
#include "pack/memory_map.h"
#include "profile/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_map(const char *path, struct capdl_diags *diags)
{
    struct capdl_profile profile = *profile_default(CAPDL_ARCH_X86_64);
    size_t errors = diags->num_errors;
    if (memory_map_apply(&profile, path, diags)) {
        memory_map_qemu_size(&profile);
    } else if (diags->num_errors == errors) {
        abort();
    }
}

static void read_untypeds(const char *path, struct capdl_diags *diags)
{
    struct forecast forecast;
    forecast_read(&forecast, profile_default(CAPDL_ARCH_AARCH64), path, 1 << 20, diags);
    forecast_free(&forecast);
}

static void read_filter(const uint8_t *data, size_t size)
{
    struct trace_filter filter;
    const char *wrong = NULL;
    char *text = strndup((const char *)data, size);
    if (!trace_filter_parse(&filter, text, &wrong) && (!wrong || wrong < text || wrong > text + strlen(text))) {
        abort();
    }
    trace_filter_free(&filter);
    free(text);
}

/* A file is given as an open one without a name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct capdl_diags diags = {NULL};
    char path[64], *messages = NULL;
    FILE *sink = open_memstream(&messages, &(size_t){0});
    int file = memfd_create("map", 0);
    if (file < 0 || write(file, data, size) != (ssize_t)size) {
        perror("memfd");
        exit(2);
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
    read_map(path, &diags);
    read_untypeds(path, &diags);
    read_filter(data, size);
    capdl_diags_print(&diags, sink, 20);
    fclose(sink);
    free(messages);
    close(file);
    capdl_diags_free(&diags);
    return 0;
}
