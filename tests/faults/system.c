/* SPDX-License-Identifier: BSD-2-Clause */
#include "system.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

unsigned failures;

static char watched[256];

static void too_long(int signal)
{
    (void)signal;
    static const char text[] = " did not come to an end\n";
    (void)!write(STDERR_FILENO, watched, strlen(watched));
    (void)!write(STDERR_FILENO, text, sizeof(text) - 1);
    _exit(1);
}

void watch(unsigned seconds, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(watched, sizeof(watched), format, arguments);
    va_end(arguments);
    signal(SIGALRM, too_long);
    alarm(seconds);
}

void failed(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    putc('\n', stderr);
    failures++;
}

const char *phase_name(uint64_t phase)
{
#define CAPDL_PHASE(id, number, name) [number] = name,
    static const char *const names[] = {
#include <capdl/phases.def>
    };
#undef CAPDL_PHASE
    return phase < sizeof(names) / sizeof(names[0]) && names[phase] ? names[phase] : "?";
}

const char *error_name(uint64_t error)
{
#define CAPDL_KERNEL_ERROR(id, number, name) [number] = name,
    static const char *const names[] = {
#include <capdl/errors.def>
    };
#undef CAPDL_KERNEL_ERROR
    return error < sizeof(names) / sizeof(names[0]) ? names[error] : "?";
}

static bool compile(struct system *s)
{
    char path[80], *text;
    size_t length;
    struct capdl_spec spec;
    struct capdl_text_options none = {NULL};
    snprintf(path, sizeof(path), "%s/spec.cdl", scratch_directory());
    snprintf(s->untypeds, sizeof(s->untypeds), "%s/untypeds", scratch_directory());
    FILE *out = open_memstream(&text, &length), *list = fopen(s->untypeds, "w");
    sample_write(&s->sample, out);
    fclose(out);
    if (!list) {
        abort();
    }
    sample_write_untypeds(&s->sample, list);
    fclose(list);
    struct image_options options = {
        .profile = s->sample.profile, .spec_path = path, .untypeds = s->untypeds, .strip = s->sample.strip};
    capdl_spec_init(&spec);
    uint16_t source = capdl_diags_add_source(&s->diags, "spec.cdl", text, length);
    out = open_memstream((char **)&s->bytes, &s->size);
    bool good = capdl_spec_read_text(&spec, &s->diags, source, &none) && fit_judge(&spec, &s->sample) == FIT_GOOD &&
                image_compile(&spec, &options, &s->diags, out);
    fclose(out);
    capdl_spec_free(&spec);
    good = good && image_open(&s->image, "image", s->bytes, s->size, &s->diags);
    free(text);
    return good;
}

bool system_build(struct system *s, uint64_t seed)
{
    *s = (struct system){.sample = sample_generate(seed)};
    return compile(s);
}

void system_free(struct system *s)
{
    sample_free(&s->sample);
    capdl_diags_free(&s->diags);
    free(s->bytes);
}
