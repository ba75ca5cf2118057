/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads untypeds from a file, for machines whose memory the firmware decides on; gives the planner a forecast. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/depfile.h"
#include "image/forecast.h"
#include "image/program.h"

enum { MAX_LISTED = 4096, LARGEST_BITS = 47 };

/* PCs align device memory where the kernel sees it: in its window, which begins at -2^39. */
static bool is_aligned(uint64_t address, unsigned bits, bool device)
{
    uint64_t mask = (UINT64_C(1) << bits) - 1;
    return !(address & mask) || (device && !((address - (UINT64_C(1) << 39)) & mask));
}

static bool parse_line(const char *line, struct capdl_untyped *untyped)
{
    int64_t address;
    unsigned bits, device;
    int end = 0;
    if (sscanf(line, "%" SCNi64 " %u %u %n", &address, &bits, &device, &end) != 3 || line[end] || device > 1 ||
        bits < CAPDL_BLOB_MIN_SIZE_BITS || bits > LARGEST_BITS || !is_aligned((uint64_t)address, bits, device)) {
        return false;
    }
    *untyped = (struct capdl_untyped){.address = (uint64_t)address, .size_bits = bits & 63, .is_device = device & 1};
    return true;
}

static bool read_lines(struct forecast *forecast, FILE *file, uint16_t source, struct capdl_diags *diags)
{
    char line[256];
    for (uint32_t number = 1; fgets(line, sizeof(line), file); number++) {
        if (line[0] == '#' || line[strspn(line, " \t\r\n")] == 0) {
            continue;
        }
        struct capdl_untyped untyped;
        if (forecast->count == MAX_LISTED || !parse_line(line, &untyped)) {
            capdl_error(diags, (struct capdl_pos){.line = number, .file = source},
                        "expected an untyped: address, log2 of its size (4 to %d), 0 or 1 for device memory; address "
                        "a multiple of "
                        "the size, at most %d lines",
                        LARGEST_BITS, MAX_LISTED);
            return false;
        }
        forecast->list = memory_grow(forecast->list, &forecast->capacity, forecast->count + 1, sizeof(*forecast->list));
        forecast->list[forecast->count++] = untyped;
    }
    return true;
}

bool forecast_read(struct forecast *forecast, const struct capdl_profile *profile, const char *path,
                   uint64_t image_bytes, struct capdl_diags *diags)
{
    uint16_t source = capdl_diags_add_source(diags, path, NULL, 0);
    FILE *file = fopen(path, "r");
    *forecast = (struct forecast){.num_slots = UINT64_C(1) << profile->root_cnode_bits};
    if (!file) {
        capdl_error(diags, (struct capdl_pos){.file = source}, "cannot read the list of untypeds: %s", strerror(errno));
        return false;
    }
    depfile_note(path);
    bool good = read_lines(forecast, file, source, diags);
    fclose(file);
    forecast->first_empty =
        image_root_slots(profile, image_bytes); /* an estimate: what else the kernel hands over is not known */
    return good;
}

struct capdl_plan_request forecast_request(const struct forecast *forecast, const struct capdl_blob *blob,
                                           void *scratch)
{
    return (struct capdl_plan_request){
        .blob = blob,
        .untypeds = forecast->list,
        .num_untypeds = forecast->count,
        .scratch = scratch,
        .empty_slots = forecast->first_empty < forecast->num_slots ? forecast->num_slots - forecast->first_empty : 0,
    };
}

void forecast_explain(const struct forecast *forecast, const struct forecast_input *input, char *text, size_t size)
{
    const struct capdl_profile *profile = input->profile;
    unsigned long long bytes = input->image_end - input->image_start;
    if (forecast->image_misplaced) {
        const struct forecast_range *image = &forecast->ranges[forecast->num_ranges - 1];
        snprintf(text, size,
                 "the image of 0x%llx bytes would be at 0x%llx to 0x%llx%s, which is not all RAM of kernel '%s'", bytes,
                 (unsigned long long)image->start, (unsigned long long)image->end,
                 input->module_size ? ", unpacked from its file after that" : "", profile->name);
    } else if (forecast->roots_misplaced) {
        snprintf(text, size,
                 "besides an image of 0x%llx bytes kernel '%s' has no RAM left for the initial task's CNode of 2^%u "
                 "slots and its page tables",
                 bytes, profile->name, profile->root_cnode_bits);
    } else {
        snprintf(text, size,
                 "the image of 0x%llx bytes and the kernel's untypeds take %llu slots of the root CNode of kernel "
                 "'%s', which has only %llu",
                 bytes, (unsigned long long)forecast->first_empty, profile->name,
                 (unsigned long long)forecast->num_slots);
    }
}
