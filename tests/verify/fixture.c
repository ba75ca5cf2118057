/* SPDX-License-Identifier: BSD-2-Clause */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../profile/complete.h"

static char directory[] = "/tmp/capdl-verify-test-XXXXXX";
static char data_path[64];

int fixture_result(void)
{
    if (*data_path) {
        unlink(data_path);
        rmdir(directory);
    }
    return check_result();
}

/* data.bin beside the specs: 20000 bytes, none of them zero. */
static void make_data(void)
{
    if (*data_path) {
        return;
    }
    if (!mkdtemp(directory)) {
        perror("mkdtemp");
        exit(99);
    }
    snprintf(data_path, sizeof(data_path), "%s/data.bin", directory);
    FILE *file = fopen(data_path, "wb");
    for (unsigned i = 0; file && i < 20000; i++) {
        putc((int)(i % 251 + 1), file);
    }
    if (!file || fclose(file) != 0) {
        perror(data_path);
        exit(99);
    }
}

char *replaced(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    char *copy;
    if (!at || strstr(at + 1, from) || asprintf(&copy, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) < 0) {
        fprintf(stderr, "the test's text does not have once: %s\n", from);
        exit(99);
    }
    return copy;
}

static void stop_on_errors(struct system *s, bool good)
{
    if (!good) {
        capdl_diags_print(&s->diags, stderr, 0);
        exit(99);
    }
}

void system_read(struct system *s, const char *profile, const char *text)
{
    struct capdl_text_options none = {NULL};
    make_data();
    *s = (struct system){.profile = complete_profile(profile)};
    if (asprintf(&s->path, "%s/test.cdl", directory) < 0 || !s->profile) {
        exit(99);
    }
    capdl_spec_init(&s->spec);
    uint16_t source = capdl_diags_add_source(&s->diags, "test.cdl", text, strlen(text));
    stop_on_errors(s, capdl_spec_read_text(&s->spec, &s->diags, source, &none));
}

void system_reopen(struct system *s)
{
    stop_on_errors(s, image_open(&s->image, "system.img", s->bytes, s->size, &s->diags));
}

void system_build(struct system *s, bool strip)
{
    struct image_options options = {.profile = s->profile, .spec_path = s->path, .strip = strip};
    FILE *out = open_memstream((char **)&s->bytes, &s->size);
    bool good = image_compile(&s->spec, &options, &s->diags, out);
    fclose(out);
    stop_on_errors(s, good);
    system_reopen(s);
}

void system_free(struct system *s)
{
    capdl_spec_free(&s->spec);
    capdl_diags_free(&s->diags);
    free(s->path);
    free(s->bytes);
}

uint8_t *system_page(struct system *s, uint64_t number)
{
    return s->bytes + (s->image.pages - s->image.bytes) + number * CAPDL_PAGE_SIZE;
}

void system_verify(struct system *s, const struct system *spec, struct verify_result *result)
{
    struct verify_options options = {.profile = s->profile};
    struct verify_spec with = {.spec = &spec->spec, .name = "test.cdl", .path = spec->path};
    stop_on_errors(s, verify_image(&s->image, &options, &with, result, 1, &s->diags));
}

bool says(const struct verify_result *r, const char *text)
{
    for (size_t i = 0; i < r->num_differences; i++) {
        if (strstr(r->differences[i], text)) {
            return true;
        }
    }
    return false;
}

char *differences(const struct verify_result *r)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < r->num_differences; i++) {
        fprintf(out, "    %s\n", r->differences[i]);
    }
    fclose(out);
    return text;
}
