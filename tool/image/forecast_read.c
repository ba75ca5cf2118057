/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads untypeds from a file, for machines whose memory the firmware decides on; gives the planner a forecast. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/depfile.h"
#include "image/arch.h"
#include "image/forecast.h"
#include "image/program.h"

enum { MAX_LISTED = 4096 };

/* A list of untypeds that is being read. */
struct reading {
    const struct capdl_profile *profile;
    struct capdl_untyped *list;
    size_t count, capacity;
};

/* Device memory may be larger than its physical address is aligned: kernels align it where they see it, in their window
 * on physical memory. */
static bool is_aligned(const struct capdl_profile *profile, uint64_t address, unsigned bits, bool device)
{
    uint64_t mask = (UINT64_C(1) << bits) - 1;
    return !(address & mask) || (device && !((address + image_arch(profile->arch)->window_start(profile)) & mask));
}

static bool parse_line(const struct reading *r, const char *line, struct capdl_untyped *untyped)
{
    int64_t address;
    unsigned bits, device;
    int end = 0;
    if (sscanf(line, "%" SCNi64 " %u %u %n", &address, &bits, &device, &end) != 3 || line[end] || device > 1 ||
        bits < CAPDL_BLOB_MIN_SIZE_BITS || bits > r->profile->max_untyped_bits ||
        !is_aligned(r->profile, (uint64_t)address, bits, device)) {
        return false;
    }
    *untyped = (struct capdl_untyped){.address = (uint64_t)address, .size_bits = bits & 63, .is_device = device & 1};
    return true;
}

static bool read_lines(struct reading *r, FILE *file, uint16_t source, struct capdl_diags *diags)
{
    char line[256];
    for (uint32_t number = 1; fgets(line, sizeof(line), file); number++) {
        if (line[0] == '#' || line[strspn(line, " \t\r\n")] == 0) {
            continue;
        }
        struct capdl_untyped untyped;
        if (r->count == MAX_LISTED || !parse_line(r, line, &untyped)) {
            capdl_error(diags, (struct capdl_pos){.line = number, .file = source},
                        "expected an untyped: address, log2 of its size (%d to %u), 0 or 1 for device memory; address "
                        "a multiple of the size, at most %d lines",
                        CAPDL_BLOB_MIN_SIZE_BITS, r->profile->max_untyped_bits, MAX_LISTED);
            return false;
        }
        r->list = memory_grow(r->list, &r->capacity, r->count + 1, sizeof(*r->list));
        r->list[r->count++] = untyped;
    }
    return true;
}

bool untypeds_read(const struct capdl_profile *profile, const char *path, struct capdl_untyped **list, size_t *count,
                   struct capdl_diags *diags)
{
    struct reading reading = {.profile = profile};
    uint16_t source = capdl_diags_add_source(diags, path, NULL, 0);
    FILE *file = fopen(path, "r");
    bool good = false;
    if (!file) {
        capdl_error(diags, (struct capdl_pos){.file = source}, "cannot read the list of untypeds: %s", strerror(errno));
    } else {
        depfile_note(path);
        good = read_lines(&reading, file, source, diags);
        fclose(file);
    }
    *list = reading.list;
    *count = reading.count;
    return good;
}

bool forecast_read(struct forecast *forecast, const struct capdl_profile *profile, const char *path,
                   uint64_t image_bytes, struct capdl_diags *diags)
{
    *forecast = (struct forecast){.num_slots = UINT64_C(1) << profile->root_cnode_bits};
    bool good = untypeds_read(profile, path, &forecast->list, &forecast->count, diags);
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
