/* SPDX-License-Identifier: BSD-2-Clause */
/* A bootable file for a board: kernel, device tree, image and the contents of reserved memory behind the loader. */
#include "pack.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "image/reserved_section.h"
#include "payload_parts.h"
#include "plan.h"

static void extra_add(struct pack_extra **list, size_t *count, struct pack_extra extra)
{
    *list = memory_need(reallocarray(*list, *count + 1, sizeof(**list)));
    (*list)[(*count)++] = extra;
}

/* A piece [from, from + size) of a content. */
static void content_add(struct pack_extra **list, size_t *count, const struct image_content *content, uint64_t from,
                        uint64_t size)
{
    uint64_t offset = from - content->address, stored = content->stored > offset ? content->stored - offset : 0;
    stored = stored < size ? stored : size;
    if (size) {
        extra_add(list, count,
                  (struct pack_extra){.file = {"reserved memory", content->bytes + (stored ? offset : 0), stored},
                                      .address = from,
                                      .zeros = size - stored});
    }
}

/* A content, except for what externals hold; these are ascending. */
static void content_split(const struct pack_options *options, struct pack_extra **list, size_t *count,
                          const struct image_content *content)
{
    uint64_t at = content->address, end = at + content->stored + content->zeros;
    for (size_t i = 0; i < options->num_externals; i++) {
        const struct pack_external *external = &options->externals[i];
        if (external->address < end && external->address + external->size > at) {
            content_add(list, count, content, at, external->address > at ? external->address - at : 0);
            at = external->address + external->size < end ? external->address + external->size : end;
        }
    }
    content_add(list, count, content, at, end - at);
}

/* What the image wants put into reserved memory, beside what the caller wants. To be freed. */
static struct pack_extra *all_extras(struct pack_options *options, const struct reserved_section *contents)
{
    struct pack_extra *list = NULL;
    size_t count = 0;
    for (size_t i = 0; i < options->num_extras; i++) {
        extra_add(&list, &count, options->extras[i]);
    }
    for (uint64_t i = 0; i < contents->num_contents; i++) {
        struct image_content content = reserved_section_at(contents, i);
        content_split(options, &list, &count, &content);
    }
    for (size_t i = 0; i < options->num_externals; i++) {
        const struct pack_external *external = &options->externals[i];
        extra_add(&list, &count,
                  (struct pack_extra){.file = {external->name, NULL, 0},
                                      .address = external->address,
                                      .zeros = external->size,
                                      .external = true});
    }
    options->extras = list;
    options->num_extras = count;
    return list;
}

/* The size of the device tree that the kernel gets; for the firmware's, which is not known yet, that of the room for
 * it. */
static uint64_t tree_size(const struct plan *plan)
{
    return plan->options->firmware_dtb ? plan->tree_extent.end - plan->tree_extent.start
           : plan->tree_made           ? 0
                                       : plan->tree_size;
}

static void keep(struct plan *plan, uint64_t start, uint64_t end)
{
    const struct capdl_payload_span span = {start, end};
    if (end > start) {
        buffer_add(&plan->kept, &span, sizeof(span));
    }
}

/* The firmware's device tree does not say what is reserved here and by the kernel's own tree, which its readers must
 * know. */
static void keep_reserved(struct plan *plan, const struct reserved_section *contents)
{
    const struct pack_options *options = plan->options;
    for (size_t i = 0; options->firmware_dtb && i < options->num_reserved; i++) {
        keep(plan, options->reserved[i].start, options->reserved[i].end);
    }
    for (uint64_t i = 0; options->firmware_dtb && i < contents->num_regions; i++) {
        struct capdl_region region = reserved_section_region(contents, i);
        keep(plan, region.start, region.end);
    }
    for (size_t i = 0; options->firmware_dtb && i < plan->num_firmware; i++) {
        keep(plan, plan->firmware[i].start, plan->firmware[i].end);
    }
}

static bool pack(const struct pack_options *options, const struct reserved_section *contents, struct capdl_diags *diags,
                 FILE *out)
{
    struct plan plan = {.options = options, .profile = options->profile, .diags = diags};
    bool fine = inputs_open(&plan);
    keep_reserved(&plan, contents);
    fine = fine && layout_system(&plan) && payload_plan(&plan) && layout_loader(&plan, payload_memory_size(&plan)) &&
           layout_check(&plan);
    if (fine && out) {
        payload_write(&plan);
        fine = format_write(&plan, out);
    }
    if (fine && options->placement) {
        *options->placement = (struct pack_placement){plan.tree_extent.start,
                                                      tree_size(&plan),
                                                      plan.image_extent.start,
                                                      {plan.loader_extent.start, plan.loader_extent.end}};
    }
    inputs_close(&plan);
    return fine;
}

bool pack_image(const struct pack_options *options, struct capdl_diags *diags, FILE *out)
{
    struct pack_options complete = *options;
    struct reserved_section contents;
    if (!reserved_section_open(&contents, options->image.bytes, options->image.size)) {
        capdl_error(diags, CAPDL_NOWHERE, "%s: has a damaged section %s", options->image.name, RESERVED_SECTION);
        return false;
    }
    struct pack_extra *extras = all_extras(&complete, &contents);
    bool fine = pack(&complete, &contents, diags, out);
    free(extras);
    return fine;
}
