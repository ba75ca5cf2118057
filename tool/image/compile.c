/* SPDX-License-Identifier: BSD-2-Clause */
/* The compiler as a list of its passes; program.h says what each does. */
#include <stdlib.h>

#include "base/progress.h"
#include "image/program.h"

static void program_free(struct program *program)
{
    fill_files_free(&program->files);
    for (size_t i = 0; i < CAPDL_PHASE_COUNT; i++) {
        free(program->phases[i].list);
        free(program->phases[i].operands);
    }
    free(program->words);
    free(program->originals);
    free(program->derivations);
    free(program->kernel_objects);
    free(program->objects);
    free(program->derived);
    free(program->direct);
    capdl_originals_free(&program->originals_in_cnodes);
    free(program->groups.list);
    free(program->fixed.list);
    free(program->covers.list);
    free(program->pages);
    free(program->packed.bytes);
    free(program->fills);
    contiguous_free(program);
    free(program->mappings);
    free(program->pool_of);
}

static bool archs_agree(struct program *program)
{
    const struct capdl_profile *profile = program->profile;
    if (program->spec->has_arch && !capdl_arch_agree(program->spec->arch, profile->arch)) {
        capdl_error(program->diags, CAPDL_WHOLE_SPEC, "the spec is for %s, but kernel %s is for %s",
                    capdl_arch_name(program->spec->arch), profile->name, capdl_arch_name(profile->arch));
        return false;
    }
    return true;
}

/* A pass reports all its errors before the next pass relies on its results. */
static bool make(struct program *program, const struct program *first)
{
    static void (*const passes[])(struct program *) = {
        asids_count,         arguments_place,  reserved_find,    content_find,      direct_find,       order_objects,
        derivations_collect, mappings_collect, asids_assign,     vspace_map,        io_spaces_derive,  io_spaces_map,
        streams_derive,      streams_bind,     content_fill,     ports_derive,      interrupts_derive, sched_configure,
        threads_configure,   caps_distribute,  leftovers_assign, domains_configure, calls_distribute,
    };
    kernel_types_objects(program);
    leftovers_ask(program, first);
    for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]); i++) {
        passes[i](program);
        bool placed = passes[i] == order_objects || passes[i] == derivations_collect || passes[i] == mappings_collect;
        if (placed && program->diags->num_errors) {
            return false;
        }
    }
    const size_t slots = program->num_objects + program->num_derived + program->num_direct;
    if (slots > CAPDL_BLOB_MAX_SLOTS) {
        capdl_error(program->diags, CAPDL_WHOLE_SPEC,
                    "%zu objects and derived capabilities are more than an image can hold: at most %d", slots,
                    CAPDL_BLOB_MAX_SLOTS);
    }
    return program->diags->num_errors == 0;
}

uint8_t *image_compile_blob(const struct capdl_spec *spec, const struct image_options *options,
                            struct capdl_diags *diags, size_t *size)
{
    struct program program = {.spec = spec, .profile = options->profile, .options = options, .diags = diags};
    uint8_t *blob = NULL;
    if (diags->num_errors == 0 && archs_agree(&program) && make(&program, NULL)) {
        blob = encode_program(&program, size);
    }
    program_free(&program);
    return blob;
}

static bool compile_again(const struct program *first, FILE *out);

static bool compile(struct program *program, const struct program *first, FILE *out)
{
    progress_say("compiling", program->options->spec_path);
    bool good = program->diags->num_errors == 0 && archs_agree(program) && make(program, first);
    if (good) {
        size_t size;
        uint8_t *blob = encode_program(program, &size);
        progress_say("laying out the image of", program->options->spec_path);
        good = fit_check(program, blob, size) && layout_write(program, blob, size, out);
        good = program->missing || (good && (program->chosen || program->shared)) ? compile_again(program, out) : good;
        free(blob);
    }
    program_free(program);
    return good;
}

/* The second attempt reports errors only: the first has given the warnings. */
static bool compile_again(const struct program *first, FILE *out)
{
    struct capdl_spec spec = first->chosen ? contiguous_spec(first) : capdl_spec_copy(first->spec);
    struct capdl_diags diags = {NULL};
    struct program program = {.spec = &spec,
                              .profile = first->profile,
                              .options = first->options,
                              .diags = &diags,
                              .copies = first->copies + first->missing};
    bool good = compile(&program, first, out);
    for (size_t i = 0; i < diags.count; i++) {
        if (diags.list[i].severity == CAPDL_ERROR) {
            capdl_error(first->diags, diags.list[i].pos, "%s", diags.list[i].message);
        }
    }
    capdl_diags_free(&diags);
    capdl_spec_free_copy(&spec);
    return good;
}

bool image_compile(const struct capdl_spec *spec, const struct image_options *options, struct capdl_diags *diags,
                   FILE *out)
{
    struct program program = {.spec = spec, .profile = options->profile, .options = options, .diags = diags};
    return compile(&program, NULL, out);
}
