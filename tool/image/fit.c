/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the objects fit the kernel's memory: the initialiser's own planner, run on the host. Where the kernel is at
 * hand, or its untypeds were listed, that is the plan the initialiser will make. Else only the platform is known, not
 * what firmware, loader and the image itself will take: then a plan that fails with all of the memory is a proof, and
 * one that succeeds is not.
 */
#include <stdlib.h>
#include <string.h>

#include "blob/plan.h"
#include "image/forecast.h"
#include "image/program.h"

enum { EXPLANATION = 1000 };

static void explain_memory(const struct forecast *forecast, const struct capdl_profile *profile,
                           const struct capdl_plan_failure *failure, char *text, size_t size)
{
    int length = snprintf(text, size,
                          "does not fit: objects of 0x%llx bytes and larger need 0x%llx bytes more than the RAM of "
                          "kernel %s has",
                          1ULL << failure->size_bits, (unsigned long long)failure->missing, profile->name);
    if (length < 0 || (size_t)length >= size) {
        return;
    }
    if (failure->largest_free) {
        length +=
            snprintf(text + length, size - (size_t)length, "; 0x%llx bytes are then free, the largest range 0x%llx",
                     (unsigned long long)failure->total_free, 1ULL << failure->largest_free);
    }
    for (size_t i = 0; i < forecast->num_ranges && (size_t)length < size; i++) {
        const struct forecast_range *range = &forecast->ranges[i];
        length += snprintf(text + length, size - (size_t)length, "%s%s at 0x%llx to 0x%llx",
                           i ? ", " : "; in the way: ", range->what, (unsigned long long)range->start,
                           (unsigned long long)range->end);
    }
}

static void explain_address(const struct forecast *forecast, const struct capdl_profile *profile,
                            const struct capdl_plan_failure *failure, char *text, size_t size)
{
    unsigned long long bytes = 1ULL << failure->size_bits, address = failure->address;
    const struct forecast_range *range = forecast_in_the_way(forecast, address, address + bytes);
    if (range) {
        snprintf(text, size, "cannot be at 0x%llx: of the 0x%llx bytes there, %s takes 0x%llx to 0x%llx", address,
                 bytes, range->what, (unsigned long long)range->start, (unsigned long long)range->end);
        return;
    }
    snprintf(text, size,
             "cannot be at 0x%llx: kernel %s has no free memory of 0x%llx bytes there (the kernel itself is at 0x%llx "
             "to 0x%llx, and it keeps the registers of its own devices)",
             address, profile->name, bytes, (unsigned long long)profile->kernel.start,
             (unsigned long long)profile->kernel.end);
}

/* What a longer list of untypeds would have. */
static void explain_lost(const struct forecast *forecast, const struct capdl_profile *profile, char *text, size_t size)
{
    size_t length = strlen(text);
    if (forecast->lost) {
        snprintf(text + length, size - length,
                 "; %llu untypeds, of 0x%llx bytes of RAM and 0x%llx bytes of device memory, are lost, as the kernel's "
                 "list has room for %u (CONFIG_MAX_NUM_BOOTINFO_UNTYPED_CAPS)",
                 (unsigned long long)forecast->lost, (unsigned long long)forecast->lost_ram,
                 (unsigned long long)forecast->lost_devices, profile->max_untypeds);
    }
}

void fit_explain(const struct forecast *forecast, const struct capdl_profile *profile,
                 const struct capdl_plan_failure *failure, char *text, size_t size)
{
    switch (failure->status) {
    case CAPDL_PLAN_NO_MEMORY:
        explain_memory(forecast, profile, failure, text, size);
        explain_lost(forecast, profile, text, size);
        break;
    case CAPDL_PLAN_NO_ADDRESS:
        explain_address(forecast, profile, failure, text, size);
        explain_lost(forecast, profile, text, size);
        break;
    default:
        snprintf(text, size, "needs %llu slots more than the root CNode of kernel %s can provide",
                 (unsigned long long)failure->missing, profile->name);
        break;
    }
}

/* Whether the kernel's memory is known, so that the plan of the boot itself can be made once the image has its
 * size. */
static bool is_exact(const struct program *program)
{
    return program->options->untypeds || (program->profile->prefix[0] && forecast_possible(program->profile));
}

/* Of the array with the most elements, or of the first object. */
static struct capdl_pos most_objects(const struct capdl_spec *spec)
{
    uint32_t first = 0, most = 0;
    for (uint32_t i = 0, end; i < spec->num_objects; i = end) {
        for (end = i + 1; end < spec->num_objects && capdl_object_index(spec, i) != CAPDL_NO_INDEX &&
                          strcmp(capdl_object_name(spec, end), capdl_object_name(spec, i)) == 0;
             end++) {
        }
        if (end - i > most) {
            most = end - i;
            first = i;
        }
    }
    return spec->num_objects ? capdl_object_pos(spec, first) : CAPDL_NOWHERE;
}

/* An error about the object that has no place. True: contiguous frames can have another, so the spec is to be
 * compiled anew. */
static bool refuse(struct program *program, const struct forecast *forecast, const struct capdl_plan_failure *failure)
{
    uint64_t slot = failure->slot;
    uint64_t direct = slot - program->num_objects - program->num_derived;
    uint32_t object = slot < program->num_objects    ? program->objects[slot]
                      : direct < program->num_direct ? program->direct[direct]
                                                     : CAPDL_NO_OBJECT;
    uint32_t owner = contiguous_owner(program, slot);
    char text[EXPLANATION];
    if (is_exact(program) && failure->status == CAPDL_PLAN_NO_MEMORY && program->num_contiguous > 0) {
        unsigned before = (unsigned)program->diags->num_errors;
        if (contiguous_choose(program, forecast)) {
            return true;
        }
        if (program->diags->num_errors > before) {
            return false;
        }
    }
    fit_explain(forecast, program->profile, failure, text, sizeof(text));
    object = owner == CAPDL_NO_OBJECT ? object : owner;
    if (object == CAPDL_NO_OBJECT) { /* the CNodes of the initialiser itself */
        capdl_error(program->diags, most_objects(program->spec), "the initialiser's CSpace for %zu objects %s",
                    program->num_objects + program->num_direct, text);
    } else {
        program_error(program, object, "%s", text);
    }
    return false;
}

/* Makes the plan; an error, about the object that has no place, when there is none. */
static bool plan_fits(struct program *program, const struct forecast *forecast, const uint8_t *bytes, size_t size)
{
    struct capdl_blob *blob = memory_zeroed(1, sizeof(*blob));
    struct capdl_plan plan = {NULL};
    struct capdl_blob_error error;
    bool fits = true;
    device_memory_check(program, forecast);
    if (program->diags->num_errors) {
        fits = false;
    } else if (capdl_blob_open(blob, bytes, size, &error)) {
        void *scratch = memory_zeroed(capdl_plan_scratch_size(program->groups.count), 1);
        struct capdl_plan_request request = forecast_request(forecast, blob, scratch);
        fits = capdl_plan_make(&plan, &request);
        if (!fits) {
            fits = refuse(program, forecast, &plan.failure);
        } else {
            leftovers_share(program, &plan);
            fits = program->diags->num_errors == 0;
        }
        free(scratch);
    }
    free(blob);
    return fits;
}

/* A system that fits nevertheless may work; one that looks for memory at run time will not find all. */
static void warn_lost(struct program *program, const struct forecast *forecast)
{
    char text[EXPLANATION];
    if (forecast_lost(forecast, program->profile, text, sizeof(text))) {
        capdl_finding(program->diags, CAPDL_WARNING, CAPDL_CHECK_UNTYPED_LIST, CAPDL_NOWHERE, "%s", text);
    }
}

bool fit_check(struct program *program, const uint8_t *bytes, size_t size)
{
    struct forecast_input input = {.profile = program->profile, .most = true};
    struct forecast forecast;
    if (is_exact(program) || !forecast_possible(program->profile)) {
        return true;
    }
    forecast_make(&forecast, &input);
    warn_lost(program, &forecast);
    bool fits = plan_fits(program, &forecast, bytes, size);
    forecast_free(&forecast);
    return fits;
}

static struct forecast_input exact_input(const struct program *program, const struct capdl_image_header *header)
{
    return (struct forecast_input){.profile = program->profile,
                                   .image_start = header->image_start,
                                   .image_end = header->image_end,
                                   .tree_size = program->profile->dtb_bytes,
                                   .image_at = program->options->image_at};
}

uint64_t fit_root_slots(const struct program *program, const struct capdl_image_header *header)
{
    const struct forecast_input input = exact_input(program, header);
    struct forecast forecast;
    if (program->options->untypeds || !is_exact(program)) {
        return image_root_slots(program->profile, header->image_end - header->image_start);
    }
    forecast_make(&forecast, &input);
    uint64_t slots = forecast.first_empty;
    forecast_free(&forecast);
    return slots;
}

bool fit_image(struct program *program, const uint8_t *bytes, size_t size, const struct capdl_image_header *header)
{
    const struct capdl_profile *profile = program->profile;
    const struct forecast_input input = exact_input(program, header);
    struct forecast forecast;
    bool fits;
    if (!is_exact(program)) {
        return true;
    }
    if (program->options->untypeds) {
        fits = forecast_read(&forecast, profile, program->options->untypeds, header->image_end - header->image_start,
                             program->diags);
    } else {
        fits = forecast_make(&forecast, &input);
        if (!fits) {
            char text[EXPLANATION];
            forecast_explain(&forecast, &input, text, sizeof(text));
            capdl_error(program->diags, CAPDL_WHOLE_SPEC, "%s", text);
        }
    }
    if (fits) {
        warn_lost(program, &forecast);
    }
    fits = fits && plan_fits(program, &forecast, bytes, size);
    forecast_free(&forecast);
    return fits;
}
