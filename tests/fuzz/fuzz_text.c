/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Feeds a text to the parser, the checks and the printer. What was accepted must print as a text that is accepted and
 * prints as the same bytes. Linked with libFuzzer this is a fuzzer; with fuzz_main.c it is a regression test over
 * files.
 */
#include <stdlib.h>
#include <string.h>

#include <capdl/spec.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct text {
    char *bytes;
    size_t size;
};

static struct text print(const struct capdl_spec *spec, bool folded)
{
    struct text text;
    FILE *out = open_memstream(&text.bytes, &text.size);
    capdl_spec_write_text(spec, out, folded);
    fclose(out);
    return text;
}

/* A short text may make 16 million objects: checking them under sanitizers takes minutes, in which others are tried. */
enum { MOST_CHECKED = 1 << 16 };

static uint64_t size_of(const struct capdl_spec *spec)
{
    uint64_t size = spec->num_objects;
    for (uint32_t i = 0; i < spec->num_objects && size < MOST_CHECKED; i++) {
        size += capdl_object_caps(spec, i).count;
    }
    return size;
}

/* Reads a text and prints it again; bytes 0 if it was not accepted, or makes too much. */
static struct text reprint(const char *bytes, size_t size, bool folded)
{
    struct capdl_diags diags = {NULL};
    struct capdl_spec spec;
    struct text text = {NULL};
    char *message = NULL;
    FILE *sink = open_memstream(&message, &(size_t){0});
    capdl_spec_init(&spec);
    bool good = capdl_spec_read_text(&spec, &diags, capdl_diags_add_source(&diags, "input", bytes, size), NULL);

    if (size_of(&spec) < MOST_CHECKED) {
        if (good) {
            text = print(&spec, folded);
        }
        capdl_spec_check(&spec, &diags);
    }
    capdl_diags_print(&diags, sink, 20);
    fclose(sink);
    free(message);
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    return text;
}

static void expect_same(const struct text *printed, bool folded)
{
    struct text again = reprint(printed->bytes, printed->size, folded);
    if (!again.bytes || again.size != printed->size || memcmp(again.bytes, printed->bytes, again.size)) {
        fprintf(stderr, "not a fixpoint:\n%s\nbecomes:\n%s\n", printed->bytes, again.bytes ? again.bytes : "(refused)");
        abort();
    }
    free(again.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int folded = 0; folded < 2; folded++) {
        struct text printed = reprint((const char *)data, size, folded);
        if (printed.bytes) {
            expect_same(&printed, folded);
        }
        free(printed.bytes);
    }
    return 0;
}
