/* SPDX-License-Identifier: BSD-2-Clause */
/* `capdl fit`: the plan the initialiser will make, for people. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include <capdl/escape.h>

#include "blob/leftovers.h"
#include "image/forecast.h"
#include "image/program.h"
#include "image/slot_names.h"

enum { TEXT_SIZE = 700 };

struct use {
    uint64_t objects, bytes;
};

struct report {
    const struct fit_printer *out; /* NULL: nobody wants to know */
    const struct forecast *forecast;
    const struct capdl_blob *blob;
    struct slot_names names;
    struct capdl_plan plan;
    struct use *uses; /* per untyped */
    uint64_t objects, retypes;
};

/* "4 KiB", "1.5 MiB": a size as people say it. */
static const char *amount(uint64_t bytes, char text[32])
{
    static const char units[] = "KMGT";
    unsigned shift = 10, unit = 0;
    while (unit < 3 && bytes >> shift >= 1024) {
        shift += 10;
        unit++;
    }
    uint64_t tenths = (bytes >> (shift - 10)) * 10 / 1024;
    if (bytes < 1024) {
        snprintf(text, 32, "%" PRIu64 " bytes", bytes);
    } else if (tenths % 10) {
        snprintf(text, 32, "%" PRIu64 ".%" PRIu64 " %ciB", tenths / 10, tenths % 10, units[unit]);
    } else {
        snprintf(text, 32, "%" PRIu64 " %ciB", tenths / 10, units[unit]);
    }
    return text;
}

static void section(const struct report *r, const char *title)
{
    r->out->section(r->out->context, title);
}

static void line(const struct report *r, uint64_t start, uint64_t end, const char *what)
{
    r->out->range(r->out->context, start, end, what);
}

static CAPDL_PRINTF(2, 3) void note(const struct report *r, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    r->out->note(r->out->context, text);
}

static void number(const struct report *r, const char *name, uint64_t value)
{
    if (r->out->number) {
        r->out->number(r->out->context, name, value);
    }
}

static int compare_ranges(const void *a, const void *b)
{
    const struct forecast_range *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

static void print_map(const struct report *r, const struct fit_options *options)
{
    const struct capdl_profile *profile = options->profile;
    struct forecast_range ranges[FORECAST_RANGES];
    size_t count = r->forecast->num_ranges;
    for (size_t i = 0; i < count; i++) {
        ranges[i] = r->forecast->ranges[i];
    }
    qsort(ranges, count, sizeof(ranges[0]), compare_ranges);
    if (count && profile->num_memory) {
        section(r, "memory");
    }
    for (size_t i = 0; count && i < profile->num_memory; i++) {
        line(r, profile->memory[i].start, profile->memory[i].end, "RAM");
    }
    for (size_t i = 0; i < count; i++) {
        line(r, ranges[i].start, ranges[i].end, ranges[i].what);
    }
    if (options->loader.end > options->loader.start) {
        line(r, options->loader.start, options->loader.end, "the loader, until the kernel starts");
    }
}

static void name_of(const struct report *r, uint64_t slot, char *text, size_t size)
{
    if (!slot_names_print(&r->names, slot, text, size)) {
        snprintf(text, size, "object %" PRIu64, slot);
    }
}

/* Runs of objects at given addresses, each with the memory it is in. */
static void print_fixed(const struct report *r)
{
    struct capdl_blob_table table = capdl_blob_table(r->blob, CAPDL_BLOB_ITEM_FIXED);
    struct capdl_blob_objects run;
    bool any = false;
    while (capdl_blob_next_objects(&table, &run)) {
        char first[256], last[256], text[560];
        if (!any) {
            section(r, "objects at fixed addresses");
        }
        any = true;
        name_of(r, run.slot, first, sizeof(first));
        name_of(r, run.slot + run.count - 1, last, sizeof(last));
        bool device = false;
        for (size_t i = 0; i < r->forecast->count; i++) {
            const struct capdl_untyped *u = &r->forecast->list[i];
            device |= u->is_device && run.place - u->address < UINT64_C(1) << u->size_bits;
        }
        snprintf(text, sizeof(text), "%s%s%s%s", first, run.count > 1 ? " to " : "", run.count > 1 ? last : "",
                 device ? ", device memory" : "");
        line(r, run.place, run.place + (run.count << run.size_bits), text);
    }
}

static void tell_objects(const struct report *r, const struct fit_options *options, const struct capdl_retype *retype)
{
    for (uint64_t i = 0; options->object && retype->kind == CAPDL_RETYPE_OBJECTS && i < retype->count; i++) {
        struct capdl_blob_name name = slot_names_find(&r->names, retype->slot + i);
        if (name.text) {
            options->object(options->objects, &name, retype->address + (i << retype->size_bits), retype->size_bits);
        }
    }
}

/* Frames that are pages of the image stay where the image is. */
static void tell_pages(const struct report *r, const struct fit_options *options,
                       const struct capdl_image_header *header)
{
    struct capdl_blob_names names;
    struct capdl_blob_name name;
    uint64_t count, address = r->forecast->image_at + (header->pages_start - header->image_start);
    capdl_blob_names_start(&names, r->blob, CAPDL_BLOB_NAMED_PAGES);
    while (options->object && r->forecast->image_at && capdl_blob_next_name(&names, &name, &count)) {
        for (uint64_t i = 0; i < count; i++, name.index++, address += CAPDL_PAGE_SIZE) {
            if (name.text) {
                options->object(options->objects, &name, address, CAPDL_PAGE_BITS);
            }
        }
    }
}

static void run_plan(struct report *r, const struct fit_options *options)
{
    struct capdl_retype retype;
    while (capdl_plan_next(&r->plan, &retype)) {
        bool counts = retype.kind != CAPDL_RETYPE_PADDING;
        tell_objects(r, options, &retype);
        r->retypes++;
        r->uses[retype.untyped].objects += counts ? retype.count : 0;
        r->uses[retype.untyped].bytes += counts ? retype.count << retype.size_bits : 0;
        r->objects += counts ? retype.count : 0;
    }
}

static void print_untypeds(const struct report *r)
{
    bool any = false;
    for (size_t i = 0; i < r->forecast->count; i++) {
        const struct capdl_untyped *u = &r->forecast->list[i];
        const struct use *use = &r->uses[i];
        char text[128], size[32];
        if (use->objects == 0) {
            continue;
        }
        if (!any) {
            section(r, "untypeds used");
        }
        any = true;
        snprintf(text, sizeof(text), "%s%" PRIu64 " object%s of %s", u->is_device ? "device memory, " : "",
                 use->objects, use->objects == 1 ? "" : "s", amount(use->bytes, size));
        line(r, u->address, u->address + (UINT64_C(1) << u->size_bits), text);
    }
}

static void print_totals(const struct report *r)
{
    uint64_t used = 0, untouched = 0, largest = 0;
    for (size_t i = 0; i < r->forecast->count; i++) {
        const struct capdl_untyped *u = &r->forecast->list[i];
        uint64_t size = UINT64_C(1) << u->size_bits;
        used += u->is_device ? 0 : r->uses[i].bytes;
        untouched += u->is_device || r->uses[i].objects ? 0 : size;
        largest = !u->is_device && !r->uses[i].objects && size > largest ? size : largest;
    }
    uint64_t slots = r->blob->sizes[CAPDL_SIZE_SLOTS] + r->plan.num_padding;
    char a[32], b[32], c[32], d[32], larger[100] = "";
    section(r, "totals");
    number(r, "objects", r->objects);
    number(r, "retypes", r->retypes);
    number(r, "padding", r->plan.num_padding);
    number(r, "ram_used", used);
    number(r, "ram_touched", r->plan.ram_touched);
    number(r, "ram_untouched", untouched);
    number(r, "largest_untouched", largest);
    number(r, "slots_needed", slots);
    number(r, "slots_free", r->plan.request.empty_slots);
    number(r, "slots", r->forecast->num_slots);
    note(r, "%" PRIu64 " objects made by %" PRIu64 " calls of Retype, %" PRIu64 " untypeds as padding", r->objects,
         r->retypes, r->plan.num_padding);
    note(r, "%s of RAM used, from untypeds of %s, which the kernel clears (%" PRIu64 " bytes)", amount(used, a),
         amount(r->plan.ram_touched, b), r->plan.ram_touched);
    note(r, "%s of RAM left untouched, the largest range %s", amount(untouched, c), amount(largest, d));
    if (r->plan.num_leaves) {
        snprintf(larger, sizeof(larger), ": the initialiser makes a larger CSpace of %" PRIu64 " CNodes",
                 r->plan.num_leaves + 1);
    }
    note(r, "%" PRIu64 " slots needed, %" PRIu64 " of the root CNode's %" PRIu64 " are free%s", slots,
         r->plan.request.empty_slots, r->forecast->num_slots, larger);
}

/* Pages of the image that the initialiser gives: tables of the blob it has read, pages it has copied, scratch,
   and the one in whose place it maps frames. */
static uint64_t free_pages(const struct report *r, const struct capdl_image_header *header)
{
    uint64_t copied = header->pages_start + r->blob->sizes[CAPDL_SIZE_LEFT_PAGE] * CAPDL_PAGE_SIZE;
    return (header->image_end - copied) / CAPDL_PAGE_SIZE + r->blob->items[CAPDL_BLOB_ITEM_PHASES] / CAPDL_PAGE_SIZE +
           1;
}

/* Where the slots begin: if a bootinfo lists several leftovers, after the slots of those handed over before. */
static uint64_t first_slot(struct report *r, const uint64_t *sizes)
{
    struct capdl_leftover_untyped untypeds[CAPDL_LEFTOVERS_MAX_UNTYPEDS];
    uint64_t first = sizes[CAPDL_SIZE_LEFT_FIRST], before = 0;
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        const uint64_t *other = capdl_leftovers_sizes(r->blob, i);
        struct capdl_leftover_list left = {.untypeds = untypeds};
        if (!(sizes[CAPDL_SIZE_LEFT_KINDS] & other[CAPDL_SIZE_LEFT_KINDS] & CAPDL_LEFT_BOOTINFO) ||
            other[CAPDL_SIZE_LEFT_FRAME] != sizes[CAPDL_SIZE_LEFT_FRAME]) {
            continue;
        }
        first = other[CAPDL_SIZE_LEFT_FIRST] < first ? other[CAPDL_SIZE_LEFT_FIRST] : first;
        if (other > sizes) {
            capdl_leftovers_list(&left, &r->plan, other);
            before += left.count;
        }
    }
    return first + before;
}

/* What the initialiser will list when it hands it over. */
static void print_some(struct report *r, const struct capdl_image_header *header, const uint64_t *sizes)
{
    struct capdl_leftover_untyped untypeds[CAPDL_LEFTOVERS_MAX_UNTYPEDS];
    struct capdl_leftover_list left = {.untypeds = untypeds};
    char cnode[256], title[400];
    capdl_leftovers_list(&left, &r->plan, sizes);
    uint64_t slots = sizes[CAPDL_SIZE_LEFT_SLOTS] - left.count;
    bool bootinfo = sizes[CAPDL_SIZE_LEFT_KINDS] & CAPDL_LEFT_BOOTINFO;
    uint64_t pages = sizes[CAPDL_SIZE_LEFT_KINDS] & CAPDL_LEFT_RAM && !bootinfo ? free_pages(r, header) : 0;
    uint64_t given = pages < slots ? pages : slots;
    name_of(r, sizes[CAPDL_SIZE_LEFT_CNODE], cnode, sizeof(cnode));
    snprintf(title, sizeof(title), "leftovers, to %" PRIu64 " slots of %s from slot %" PRIu64 " on",
             sizes[CAPDL_SIZE_LEFT_SLOTS], cnode, first_slot(r, sizes));
    section(r, title);
    for (uint64_t i = 0; i < left.count; i++) {
        const struct capdl_leftover_untyped *u = &left.untypeds[i];
        line(r, u->address, u->address + (UINT64_C(1) << u->size_bits),
             u->is_device ? "untyped, device memory" : "untyped");
    }
    note(r, "%" PRIu64 " page%s of the image; left out: %" PRIu64 " untyped%s and %" PRIu64 " page%s", given,
         given == 1 ? "" : "s", left.left_out, left.left_out == 1 ? "" : "s", pages - given,
         pages - given == 1 ? "" : "s");
}

static void print_leftovers(struct report *r, const struct capdl_image_header *header)
{
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        const uint64_t *sizes = capdl_leftovers_sizes(r->blob, i);
        if (sizes[CAPDL_SIZE_LEFT_SLOTS]) {
            print_some(r, header, sizes);
        }
    }
}

static void print_run(const struct report *r, uint64_t first, uint64_t count)
{
    char from[256], to[256];
    name_of(r, first, from, sizeof(from));
    name_of(r, first + count - 1, to, sizeof(to));
    if (count == 1) {
        note(r, "%s", from);
    } else {
        note(r, "%s to %s: %" PRIu64, from, to, count);
    }
}

/* Without names, which pages are frames is not known. */
static bool fill_is_copy(const struct report *r, const struct capdl_blob_fill *fill)
{
    struct capdl_blob_names names;
    return !(fill->flags & (CAPDL_FILL_CHUNK | CAPDL_FILL_PACKED)) && fill->size_bits == CAPDL_PAGE_BITS &&
           capdl_blob_name_of(r->blob, CAPDL_BLOB_NAMED_PAGES, fill->page, &names).text;
}

static bool fill_is_packed(const struct report *r, const struct capdl_blob_fill *fill)
{
    (void)r;
    return fill->flags & CAPDL_FILL_PACKED;
}

/* Frames that got no pages of their own, as there were no slots for them. */
static void print_copied(const struct report *r, bool (*chosen)(const struct report *, const struct capdl_blob_fill *),
                         const char *title)
{
    struct capdl_blob_table table = capdl_blob_table(r->blob, CAPDL_BLOB_ITEM_FILLS);
    struct capdl_blob_fill fill;
    uint64_t first = 0, count = 0;
    while (capdl_blob_next_fill(&table, &fill)) {
        if (!chosen(r, &fill)) {
            continue;
        }
        if (count == 0) {
            section(r, title);
        } else if (fill.slot != first + count) {
            print_run(r, first, count);
        }
        uint64_t frames = fill.flags & CAPDL_FILL_PACKED ? 1 : fill.pages;
        first = count && fill.slot == first + count ? first : fill.slot;
        count = fill.slot + frames - first;
    }
    if (count) {
        print_run(r, first, count);
    }
}

static void refuse(const struct report *r, const struct fit_options *options, struct capdl_diags *diags)
{
    char text[TEXT_SIZE], name[256] = "the system";
    fit_explain(r->forecast, options->profile, &r->plan.failure, text, sizeof(text));
    if (r->plan.failure.slot != UINT64_MAX) {
        name_of(r, r->plan.failure.slot, name, sizeof(name));
    }
    capdl_error(diags, CAPDL_NOWHERE, "%s: '%s' %s", options->name, name, text);
}

static void print_contents(const struct report *r, const struct reserved_section *contents,
                           const struct fit_options *options)
{
    char title[TEXT_SIZE];
    snprintf(title, sizeof(title), "%s on kernel %s", options->name, options->profile->name);
    section(r, title);
    print_map(r, options);
    for (uint64_t i = 0; i < contents->num_regions; i++) {
        struct capdl_region region = reserved_section_region(contents, i);
        line(r, region.start, region.end, "reserved, filled by the loader");
    }
    print_fixed(r);
}

static bool plan_and_print(struct report *r, const struct image *image, const struct fit_options *options,
                           struct capdl_diags *diags)
{
    void *scratch = memory_zeroed(capdl_plan_scratch_size(r->blob->counts[CAPDL_BLOB_ITEM_GROUPS]), 1);
    struct capdl_plan_request request = forecast_request(r->forecast, r->blob, scratch);
    r->uses = memory_zeroed(r->forecast->count, sizeof(*r->uses));
    if (r->out) {
        print_contents(r, &image->contents, options);
    }
    bool fits = capdl_plan_make(&r->plan, &request);
    if (!fits) {
        refuse(r, options, diags);
    } else if (r->out) {
        run_plan(r, options);
        tell_pages(r, options, &image->header);
        print_untypeds(r);
        print_totals(r);
        print_copied(r, fill_is_copy,
                     "frames copied from equal ones, as the root CNode has no slots for pages of theirs");
        print_copied(r, fill_is_packed,
                     "frames copied from packed pages, as the root CNode has no slots for pages of theirs");
        print_leftovers(r, &image->header);
    }
    char lost[TEXT_SIZE];
    if (r->out && forecast_lost(r->forecast, options->profile, lost, sizeof(lost))) {
        section(r, lost);
    }
    free(r->uses);
    free(scratch);
    return fits;
}

static bool find_memory(struct forecast *forecast, const struct image *image, const struct fit_options *options,
                        struct capdl_diags *diags)
{
    const struct capdl_profile *profile = options->profile;
    struct forecast_input input = {.profile = profile,
                                   .image_start = image->header.image_start,
                                   .image_end = image->header.image_end,
                                   .tree_at = options->tree_at,
                                   .tree_size = options->tree_at ? options->tree_size : profile->dtb_bytes,
                                   .image_at = options->image_at,
                                   .module_size = capdl_architecture(profile->arch)->pc ? image->size : 0};
    char text[TEXT_SIZE];
    if (options->untypeds) {
        return forecast_read(forecast, profile, options->untypeds, input.image_end - input.image_start, diags);
    }
    *forecast = (struct forecast){NULL};
    if (!forecast_possible(profile)) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "the machine's firmware determines the memory of kernel '%s': give its map with --memory-map (a "
                    "boot log of the machine, or qemu:SIZE), or the kernel's list with --untypeds%s",
                    profile->name, image->blob ? "; otherwise the initialiser makes this check at boot" : "");
        return false;
    }
    if (forecast_make(forecast, &input)) {
        return true;
    }
    forecast_explain(forecast, &input, text, sizeof(text));
    capdl_error(diags, CAPDL_NOWHERE, "%s: %s", options->name, text);
    return false;
}

/* Where the kernel maps things for a root task. */
static void print_addresses(const struct report *r, const struct capdl_image_header *header, uint64_t extra)
{
    uint64_t buffer = header->image_end, bootinfo = buffer + CAPDL_PAGE_SIZE;
    section(r, "addresses of the root task");
    line(r, header->image_start, header->image_end, "its segments and what is between them");
    line(r, buffer, bootinfo, "IPC buffer");
    line(r, bootinfo, bootinfo + CAPDL_PAGE_SIZE, "bootinfo");
    if (extra) {
        line(r, bootinfo + CAPDL_PAGE_SIZE, bootinfo + CAPDL_PAGE_SIZE + extra * CAPDL_PAGE_SIZE, "extra bootinfo");
    }
}

/* What a root task finds; what it does with it is not known. */
static void print_found(const struct report *r, uint64_t pages)
{
    uint64_t ram = 0, devices = 0, largest = 0, num_ram = 0;
    char total[32], most[32], device[32];
    for (size_t i = 0; i < r->forecast->count; i++) {
        const struct capdl_untyped *u = &r->forecast->list[i];
        uint64_t size = UINT64_C(1) << u->size_bits;
        ram += u->is_device ? 0 : size;
        devices += u->is_device ? size : 0;
        num_ram += !u->is_device;
        largest = !u->is_device && size > largest ? size : largest;
    }
    section(r, "what it finds");
    note(r, "%" PRIu64 " untypeds of RAM, %s (%" PRIu64 " bytes), the largest %s", num_ram, amount(ram, total), ram,
         amount(largest, most));
    note(r, "%" PRIu64 " untypeds of device memory, %s", r->forecast->count - num_ram, amount(devices, device));
    note(r,
         "%" PRIu64 " slots of the root CNode: %" PRIu64 " for pages of the program, untypeds from %" PRIu64
         " on, empty from %" PRIu64 " on",
         r->forecast->num_slots, pages, r->forecast->first_untyped, r->forecast->first_empty);
}

static void print_task(const struct report *r, const struct image *image, const struct fit_options *options)
{
    char title[TEXT_SIZE];
    uint64_t pages = (image->header.image_end - image->header.image_start) / CAPDL_PAGE_SIZE;
    snprintf(title, sizeof(title), "root task %s on kernel %s", options->name, options->profile->name);
    section(r, title);
    print_map(r, options);
    print_addresses(r, &image->header, r->forecast->extra_pages);
    print_found(r, pages);
    if (forecast_lost(r->forecast, options->profile, title, sizeof(title))) {
        section(r, title);
    }
}

/* A foreign root task has no plan: only whether it can start is known. */
static bool tell_task(const struct image *image, const struct fit_options *options, struct capdl_diags *diags,
                      const struct fit_printer *printer)
{
    struct forecast forecast;
    bool good = find_memory(&forecast, image, options, diags);
    uint64_t extra = good ? forecast.extra_pages : 0, above = options->profile->user_top - image->header.image_end;
    if (extra > above / CAPDL_PAGE_SIZE - 2) {
        capdl_error(diags, CAPDL_NOWHERE, "%s: bootinfo would end beyond the end of user addresses, 0x%" PRIx64,
                    options->name, options->profile->user_top);
        good = false;
    }
    if (good && printer) {
        struct report report = {.out = printer, .forecast = &forecast};
        print_task(&report, image, options);
    }
    forecast_free(&forecast);
    return good;
}

bool fit_tell(const struct image *image, const struct fit_options *options, struct capdl_diags *diags,
              const struct fit_printer *printer)
{
    if (!image->blob) {
        return tell_task(image, options, diags, printer);
    }
    struct forecast forecast;
    struct capdl_blob *blob = memory_zeroed(1, sizeof(*blob));
    bool good = find_memory(&forecast, image, options, diags) && image_blob(image, blob);
    if (good) {
        struct report report = {.out = printer, .forecast = &forecast, .blob = blob};
        slot_names_init(&report.names, blob);
        good = plan_and_print(&report, image, options, diags);
        slot_names_free(&report.names);
    }
    forecast_free(&forecast);
    free(blob);
    return good;
}

/* ---- As text ---- */

static void print_section(void *out, const char *title)
{
    capdl_escape_printf(out, "%s\n", title);
}

static void print_range(void *out, uint64_t start, uint64_t end, const char *what)
{
    char size[32];
    capdl_escape_printf(out, "  0x%010" PRIx64 " .. 0x%010" PRIx64 "  %10s  %s\n", start, end,
                        amount(end - start, size), what);
}

static void print_note(void *out, const char *text)
{
    capdl_escape_printf(out, "  %s\n", text);
}

bool fit_report(const struct image *image, const struct fit_options *options, struct capdl_diags *diags, FILE *out)
{
    const struct fit_printer printer = {print_section, print_range, print_note, NULL, out};
    return fit_tell(image, options, diags, &printer);
}

bool fit_check_image(const struct image *image, const struct fit_options *options, struct capdl_diags *diags)
{
    return !forecast_possible(options->profile) || fit_tell(image, options, diags, NULL);
}
