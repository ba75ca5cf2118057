/* SPDX-License-Identifier: BSD-2-Clause */
/* One sample from text to verdict. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "native.h"
#include "random.h"
#include "verify/verify.h"

enum { DATA_BYTES = 20000 };

static char directory[] = "/tmp/capdl-random-XXXXXX";
static char spec_path[64], data_path[64], untypeds_path[64];

struct run {
    const struct sample *sample;
    bool real;
    struct outcome *outcome;
    char *text;
    size_t text_size;
    struct capdl_spec spec;
    struct capdl_diags diags;
    uint8_t *bytes; /* of the image */
    size_t size;
    struct image image;
    struct capdl_spec decoded;
    struct verify_spec with[2];
    struct verify_result results[2];
};

static FILE *opened(const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(99);
    }
    return file;
}

void data_write(FILE *file)
{
    for (unsigned i = 0; i < DATA_BYTES; i++) {
        putc((int)(i % 251 + 1), file);
    }
}

const char *scratch_directory(void)
{
    if (*data_path) {
        return directory;
    }
    if (!mkdtemp(directory)) {
        perror(directory);
        exit(99);
    }
    snprintf(spec_path, sizeof(spec_path), "%s/random.cdl", directory);
    snprintf(data_path, sizeof(data_path), "%s/data.bin", directory);
    snprintf(untypeds_path, sizeof(untypeds_path), "%s/untypeds", directory);
    FILE *file = opened(data_path);
    data_write(file);
    fclose(file);
    return directory;
}

void scratch_free(void)
{
    unlink(data_path);
    unlink(untypeds_path);
    rmdir(directory);
}

static void wrong(struct run *run, const char *format, ...) CAPDL_PRINTF(2, 3);
static void wrong(struct run *run, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(run->outcome->reason, sizeof(run->outcome->reason), format, arguments);
    va_end(arguments);
    run->outcome->verdict = VERDICT_WRONG;
}

static const struct capdl_diag *find_error(const struct run *run)
{
    for (size_t i = 0; i < run->diags.count; i++) {
        if (run->diags.list[i].severity == CAPDL_ERROR) {
            return &run->diags.list[i];
        }
    }
    return NULL;
}

static const char *first_error(const struct run *run)
{
    const struct capdl_diag *error = find_error(run);
    return error ? error->message : "nothing";
}

/* The words with which compiler and initialiser give this reason. */
static bool gives_reason(const char *text, enum fit fit)
{
    bool address = strstr(text, "no untyped memory holds") || strstr(text, "cannot be at");
    bool memory =
        strstr(text, " lack ") || strstr(text, "bytes more than the RAM") || strstr(text, "contiguous bytes of RAM");
    bool children = strstr(text, "children");
    switch (fit) {
    case FIT_NO_ADDRESS:
        return address;
    case FIT_NO_MEMORY:
        return memory;
    case FIT_NEITHER:
        return address || memory;
    case FIT_NO_COVER:
        return children || strstr(text, "fit");
    default:
        return address || memory || children || strstr(text, "slots");
    }
}

static bool warned_of_pins(const struct run *run)
{
    for (size_t i = 0; i < run->diags.count; i++) {
        if (run->diags.list[i].check == CAPDL_CHECK_IOAPIC) {
            return true;
        }
    }
    return false;
}

/* What compiles boots; what does not is shown the place. */
static void judge_mutant(struct run *run, const char *text, bool at_boot)
{
    const struct capdl_diag *error = at_boot ? NULL : find_error(run);
    if (at_boot && warned_of_pins(run) && strstr(text, "RangeError")) {
        run->outcome->at_boot = true; /* how many pins there are only the running machine knows */
    } else if (at_boot) {
        wrong(run, "compiles, but is refused at boot: %s", text);
    } else if (error && !error->pos.line && run->outcome->fit == FIT_UNKNOWN) {
        wrong(run, "refused without a place: %s", text);
    }
}

static void judge_refusal(struct run *run, const char *text, bool at_boot)
{
    enum fit fit = run->outcome->fit;
    run->outcome->at_boot = at_boot;
    run->outcome->verdict = VERDICT_REFUSED;
    if (run->sample->mutant) {
        judge_mutant(run, text, at_boot);
    } else if (fit == FIT_GOOD) {
        wrong(run, "refused %s, but it fits: %s", at_boot ? "at boot" : "by the compiler", text);
    } else if (!gives_reason(text, fit)) {
        wrong(run, "refused %s for another reason than '%s': %s", at_boot ? "at boot" : "by the compiler",
              fit_name(fit), text);
    }
}

static bool compile(struct run *run)
{
    struct image_options options = {.profile = run->sample->profile,
                                    .spec_path = spec_path,
                                    .strip = run->sample->strip,
                                    .untypeds = run->sample->fit_at_boot ? NULL : untypeds_path};
    struct capdl_text_options none = {NULL};
    uint16_t source = capdl_diags_add_source(&run->diags, "random.cdl", run->text, run->text_size);
    bool good = capdl_spec_read_text(&run->spec, &run->diags, source, &none);
    if (!good && run->sample->mutant) {
        judge_refusal(run, first_error(run), false);
        return false;
    }
    if (!good) {
        wrong(run, "not a spec: %s", first_error(run));
        return false;
    }
    run->outcome->fit = run->sample->mutant ? FIT_UNKNOWN : fit_judge(&run->spec, run->sample);
    good = capdl_spec_check(&run->spec, &run->diags);
    if (good) {
        FILE *out = open_memstream((char **)&run->bytes, &run->size);
        good = image_compile(&run->spec, &options, &run->diags, out);
        fclose(out);
    }
    if (!good) {
        judge_refusal(run, first_error(run), false);
        return false;
    }
    if (image_open(&run->image, "image", run->bytes, run->size, &run->diags) &&
        image_to_spec(&run->image, "image", &run->decoded, &run->diags)) {
        return true;
    }
    wrong(run, "the image cannot be read: %s", first_error(run));
    return false;
}

/* Contiguous frames may get addresses, which the spec in the image then gives and the source does not. */
static bool chose_addresses(const struct run *run)
{
    const struct capdl_spec *specs[] = {&run->spec, &run->decoded};
    uint32_t contiguous[2] = {0};
    for (unsigned i = 0; i < 2; i++) {
        for (uint32_t o = 0; o < specs[i]->num_objects; o++) {
            contiguous[i] += (capdl_object_flags(specs[i], o) & CAPDL_OBJECT_CONTIGUOUS) != 0;
        }
    }
    return contiguous[0] != contiguous[1];
}

static void judge_comparison(struct run *run)
{
    const struct verify_result *source = &run->results[0], *image = &run->results[1];
    struct outcome *o = run->outcome;
    o->verdict = VERDICT_VERIFIED;
    o->objects = source->totals.objects;
    o->kernel_calls = source->kernel_calls;
    o->compared = source->totals.capabilities + source->totals.mappings + source->totals.tables;
    o->pages = source->totals.pages;
    bool failed = source->num_differences && strstr(source->differences[0], "the boot failed");
    if (source->num_differences &&
        (strstr(source->differences[0], "planning memory") || (run->sample->mutant && failed))) {
        judge_refusal(run, source->differences[0], true);
    } else if (source->num_differences) {
        wrong(run, "differs from the source: %s", source->differences[0]);
    } else if (image->num_differences) {
        wrong(run, "differs from the spec in the image: %s", image->differences[0]);
    } else if (!run->sample->strip && !chose_addresses(run) && strcmp(source->digest, image->digest) != 0) {
        wrong(run, "two digests: %s, %s", source->digest, image->digest);
    } else if (o->fit != FIT_GOOD && o->fit != FIT_UNKNOWN) {
        wrong(run, "boots, but it cannot fit: %s", fit_name(o->fit));
    }
}

static void stopped(void *context, const struct machine_stop *stop, const char *said)
{
    struct run *run = context;
    verify_stopped(&run->image, stop, said, run->with, run->results, 2);
}

/* A PC with an IOMMU where the spec has something for it. */
static const struct capdl_profile *machine_profile(const struct run *run, struct capdl_profile *with_iommu)
{
    const struct capdl_profile *profile = run->sample->profile;
    if (profile->arch != CAPDL_ARCH_X86_64 || profile->num_memory || !image_needs_iommu(&run->image)) {
        return profile;
    }
    *with_iommu = *profile;
    with_iommu->num_iommus = 1;
    return with_iommu;
}

static void boot_and_compare(struct run *run)
{
    static struct capdl_profile with_iommu;
    struct native_options native = {
        .profile = machine_profile(run, &with_iommu), .untypeds = untypeds_path, .stopped = stopped, .context = run};
    struct verify_options options = {.profile = run->sample->profile, .untypeds = untypeds_path};
    static struct native_result result;
    run->with[0] = (struct verify_spec){.spec = &run->spec, .name = "random.cdl", .path = spec_path};
    run->with[1] = (struct verify_spec){.spec = &run->decoded, .name = "image", .bytes = run->bytes, .size = run->size};
    bool good = run->real ? verify_image(&run->image, &options, run->with, run->results, 2, &run->diags)
                          : native_boot(run->bytes, run->size, &native, &result, &run->diags);
    if (good) {
        judge_comparison(run);
    } else {
        wrong(run, "no machine: %s", first_error(run));
    }
    verify_result_free(&run->results[0]);
    verify_result_free(&run->results[1]);
}

/* Changed systems have their origin's untypeds, and files cost more than most of the rest. */
static void write_untypeds(const struct sample *sample)
{
    static char *last;
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    sample_write_untypeds(sample, out);
    fclose(out);
    if (last && strcmp(last, text) == 0) {
        free(text);
        return;
    }
    unlink(untypeds_path); /* a file that is cut off is flushed to disk */
    out = opened(untypeds_path);
    fputs(text, out);
    fclose(out);
    free(last);
    last = text;
}

void sample_check(const struct sample *sample, bool real, struct outcome *outcome)
{
    struct run run = {.sample = sample, .real = real, .outcome = outcome};
    scratch_directory();
    *outcome = (struct outcome){.verdict = VERDICT_WRONG};
    FILE *out = open_memstream(&run.text, &run.text_size);
    sample_write(sample, out);
    fclose(out);
    write_untypeds(sample);
    capdl_spec_init(&run.spec);
    capdl_spec_init(&run.decoded);
    if (compile(&run)) {
        boot_and_compare(&run);
    }
    capdl_spec_free(&run.spec);
    capdl_spec_free(&run.decoded);
    capdl_diags_free(&run.diags);
    free(run.text);
    free(run.bytes);
}
