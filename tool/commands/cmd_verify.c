/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/depfile.h"
#include "base/progress.h"
#include "image/inputs_section.h"
#include "image/system_section.h"
#include "input/print_json.h"
#include "input/provenance.h"
#include "microkit_placed.h"
#include "review/digest.h"
#include "verify/result_json.h"

const struct usage usage_verify = {
    "verify IMAGE [--spec SPEC] [--memory-map MAP] [--untypeds FILE] [--kernel KERNEL] [-I DIR]...\n"
    "              [--report REPORT] [--json]",
    "Boots an image on the emulated machine up to the moment when the first thread of the system would run,\n"
    "and compares the kernel's state with the spec in the image and, with --spec, with a source spec: every\n"
    "object, capability, mapping, byte and register. With --report, also compares the address of each object with a\n"
    "report of 'capdl microkit'. Prints totals and a digest of the state, or all differences.",
    .takes = OPTIONS(OPTION_SPEC, OPTION_REPORT, OPTIONS_MEMORY, OPTION_KERNEL, OPTIONS_INCLUDE, OPTION_JSON,
                     OPTIONS_CHECKS),
    .min_operands = 1,
    .max_operands = 1,
    .examples = "capdl verify system.elf\n"
                "capdl verify system.elf --spec system.cdl --kernel /opt/sel4",
    .findings = "A bad image, a failed boot, or a difference between the kernel's state and the spec.",
};

enum { MOST_SPECS = 2, KINDS_A_LINE = 4 };

static void print_remains(const struct verify_result *r)
{
    unsigned listed = 0;
    printf("  left with the suspended initialiser:");
    for (size_t i = 0; i < r->num_remains; i++) {
        const struct verify_remains *m = &r->remains[i];
        printf("%s %" PRIu64 " x %s", listed % KINDS_A_LINE == 0 ? "\n   " : ",", m->own + m->shared, m->what);
        if (m->shared) {
            printf(" (%" PRIu64 " of the system's)", m->shared);
        }
        listed++;
    }
    printf("\n    with %" PRIu64 " bytes of RAM in untypeds\n", r->untyped_bytes);
}

static void print_handed_over(const struct verify_totals *t)
{
    if (t->left_untypeds + t->left_frames > 0) {
        printf("  handed over: %" PRIu64 " untypeds with %" PRIu64 " bytes of RAM and %" PRIu64
               " bytes of device memory, %" PRIu64 " pages of the image\n",
               t->left_untypeds, t->left_bytes, t->left_device_bytes, t->left_frames);
    }
}

static void print_same(const char *name, const struct verify_result *r)
{
    const struct verify_totals *t = &r->totals;
    capdl_escape_printf(stdout, "%s: the kernel's state is what the spec says\n", name);
    printf("  %" PRIu64 " objects, %" PRIu64 " capabilities, %" PRIu64 " page tables and %" PRIu64 " pages mapped\n",
           t->objects, t->capabilities, t->tables, t->mappings);
    printf("  %" PRIu64 " threads, none of which has run; %" PRIu64 " scheduling contexts, %" PRIu64 " interrupts\n",
           t->threads, t->scheduling_contexts, t->interrupts);
    printf("  %" PRIu64 " bytes of frames compared; %" PRIu64 " bytes of device memory skipped\n",
           t->pages * CAPDL_PAGE_SIZE, t->device_pages * CAPDL_PAGE_SIZE);
    if (t->addresses) {
        printf("  %" PRIu64 " objects are where the report says\n", t->addresses);
    }
    print_handed_over(t);
    print_remains(r);
    printf("  %" PRIu64 " kernel calls before the first thread starts, digest 0x%" PRIx64 "\n", r->said_calls,
           r->said_digest);
    printf("  %" PRIu64 " kernel calls in all, digest 0x%" PRIx64 "\n", r->answered_calls, r->calls_digest);
    printf("  digest sha256:%s\n", r->digest);
}

static void print_differences(const char *name, const struct verify_result *r, size_t most)
{
    for (size_t i = 0; i < r->num_differences; i++) {
        if (most && i == most) {
            capdl_escape_printf(stdout, "%s: and %zu more (--max-errors 0 shows them all)\n", name,
                                r->num_differences - i);
            break;
        }
        capdl_escape_printf(stdout, "%s: %s\n", name, r->differences[i]);
    }
    capdl_escape_printf(stdout, "%s: %zu difference%s between the kernel's state and the spec\n", name,
                        r->num_differences, r->num_differences == 1 ? "" : "s");
}

static void print_json(const struct verify_spec *specs, const struct verify_result *results, size_t count)
{
    struct json_object *json = json_object_new_array();
    for (size_t i = 0; i < count; i++) {
        json_object_array_add(json, verify_result_json(specs[i].name, &results[i]));
    }
    print_json_value(json, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
    json_object_put(json);
}

static int report(const struct verify_spec *specs, const struct verify_result *results, size_t count,
                  const struct options *options)
{
    int code = EXIT_FINE;
    if (options->json) {
        print_json(specs, results, count);
    }
    for (size_t i = 0; i < count; i++) {
        if (results[i].num_differences) {
            code = EXIT_FINDINGS;
        }
        if (!options->json && results[i].num_differences) {
            print_differences(specs[i].name, &results[i], options->max_errors);
        } else if (!options->json) {
            print_same(specs[i].name, &results[i]);
        }
    }
    return code;
}

static int verify(struct input *image, struct input *source, const struct options *options)
{
    struct verify_options how = {.profile = options->kernel ? &image->profile : &image->image.profile,
                                 .untypeds = options->untypeds};
    struct verify_spec specs[MOST_SPECS] = {
        {.spec = &image->spec, .name = image->name, .bytes = image->bytes.data, .size = image->bytes.size},
    };
    struct verify_result results[MOST_SPECS];
    size_t count = 1;
    if (source) {
        specs[count++] = (struct verify_spec){
            .spec = &source->spec, .name = source->name, .path = source->name, .directories = options->directories};
    }
    uint64_t *addresses = NULL;
    if (options->kernel && !input_kernel_fits(image)) {
        return EXIT_FINDINGS;
    }
    if (options->report) {
        addresses = placed_read(&image->spec, options->report, &image->diags);
        if (!addresses) {
            return EXIT_FINDINGS;
        }
        specs[0].addresses = addresses;
        specs[0].told_by = options->report;
    }
    progress_say("booting", image->name);
    bool good = verify_image_confined(&image->image, &how, specs, results, count, &image->diags);
    int code = good ? report(specs, results, count, options) : EXIT_FINDINGS;
    for (size_t i = 0; i < count; i++) {
        verify_result_free(&results[i]);
    }
    free(addresses);
    return code;
}

/* Which files of the source spec are others than those the image was made from. */
static void compare_inputs(const struct input *image, const struct input *source, const struct options *options,
                           bool same_system)
{
    size_t made_size, size, length, count;
    const char *made_from = inputs_section(image->bytes.data, image->bytes.size, &made_size);
    char *text = NULL;
    FILE *out = made_from ? open_memstream(&text, &length) : NULL;
    if (!out) {
        return; /* an image of an earlier version, or one without names */
    }
    char *now = inputs_describe(source, options, &size);
    count = inputs_compare(made_from, made_size, now, size, source->name, out);
    fclose(out);
    if (count && same_system) {
        fprintf(stderr, "capdl: %zu input%s since changed, which makes no difference to the system:\n%s", count,
                count == 1 ? " has" : "s have", text);
    } else if (count) {
        fprintf(stderr, "capdl: %zu input%s since changed:\n%s", count, count == 1 ? " has" : "s have", text);
    }
    free(text);
    free(now);
}

/* Whether the image says that it was made from the source spec, names and programs included. */
static int compare_digests(const struct input *image, const struct input *source, const struct options *options)
{
    const uint8_t *made_from = system_section(image->bytes.data, image->bytes.size);
    uint8_t digest[SHA256_BYTES];
    char text[2][2 * SHA256_BYTES + 1];
    if (!made_from || !digest_system(&source->spec, source->name, options->directories, digest)) {
        return EXIT_FINE; /* an image of an earlier version, or one in which a program was replaced */
    }
    sha256_text(made_from, text[0]);
    sha256_text(digest, text[1]);
    if (memcmp(made_from, digest, SHA256_BYTES) == 0) {
        if (!options->json) {
            capdl_escape_printf(stdout, "%s: made from the system of %s (sha256:%s)\n", image->name, source->name,
                                text[0]);
        }
        compare_inputs(image, source, options, true);
        return EXIT_FINE;
    }
    capdl_escape_printf(
        stderr,
        "capdl: %s was made from another system, sha256:%s; that of %s is sha256:%s ('capdl diff' shows "
        "how they differ)\n",
        image->name, text[0], source->name, text[1]);
    compare_inputs(image, source, options, false);
    return EXIT_FINDINGS;
}

/* PDs of the source spec are expanded for the kernel that the image was made for. */
static int verify_with_source(struct input *image, struct options *options)
{
    struct input source;
    struct options of_source = *options;
    of_source.kernel = NULL;
    of_source.profile = &image->image.profile;
    int code = input_read(&source, options->spec, INPUT_SPEC, &of_source);
    progress_say("checking", source.name);
    if (code == EXIT_FINE && !capdl_spec_check(&source.spec, &source.diags)) {
        code = EXIT_FINDINGS;
    }
    if (code == EXIT_FINE) {
        int compared = compare_digests(image, &source, options);
        code = verify(image, &source, options);
        code = code == EXIT_FINE ? compared : code;
    }
    return input_finish(&source, options, code);
}

int cmd_verify(int argc, char **argv)
{
    struct options options;
    struct input image;
    int code = options_parse(&usage_verify, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    machine_prepare();
    code = input_read(&image, options.operands[0], INPUT_SPEC | INPUT_IMAGE, &options);
    depfile_start(); /* what is read from here on is the spec's */
    if (code == EXIT_FINE && !image.is_image) {
        capdl_error(&image.diags, CAPDL_NOWHERE,
                    "%s is not an image: it does not start like an ELF file; 'capdl compile' "
                    "makes images",
                    image.name);
        code = EXIT_FINDINGS;
    }
    if (code == EXIT_FINE) {
        code = options.spec ? verify_with_source(&image, &options) : verify(&image, NULL, &options);
    }
    code = input_finish(&image, &options, code);
    options_free(&options);
    return code;
}
