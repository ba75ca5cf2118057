/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Feeds a document to the JSON readers, the checks and the printers. What was accepted must print as text that is
 * accepted and prints as the same bytes, and as JSON that is read as the same spec.
 */
#include <stdlib.h>
#include <string.h>

#include <capdl/spec.h>

#include "json/spec_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct text {
    char *bytes;
    size_t size;
};

static struct text print(const struct capdl_spec *spec, bool json)
{
    struct text text;
    FILE *out = open_memstream(&text.bytes, &text.size);
    if (json) {
        spec_json_write(spec, out);
    } else {
        capdl_spec_write_text(spec, out, true);
    }
    fclose(out);
    return text;
}

/* Reads a document and prints it as text and as JSON; bytes 0 if it was not accepted. */
static bool reprint(const char *bytes, size_t size, struct text *text, struct text *json)
{
    struct capdl_text_options options = {.has_arch = false};
    struct capdl_diags diags = {NULL};
    struct capdl_spec spec;
    struct text shown = {NULL};
    FILE *sink = open_memstream(&shown.bytes, &shown.size);
    uint16_t source = capdl_diags_add_source(&diags, "input", bytes, size);
    bool is_json = spec_json_is(bytes, size), good;
    capdl_spec_init(&spec);
    good = (is_json ? spec_json_read : capdl_spec_read_text)(&spec, &diags, source, &options);
    if (good) {
        *text = print(&spec, false);
        *json = print(&spec, true);
    }
    capdl_spec_check(&spec, &diags);
    capdl_diags_print(&diags, sink, 20);
    diags_json_write(&diags, sink);
    fclose(sink);
    free(shown.bytes);
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    return good;
}

static void expect_same(const struct text *from, const struct text *text)
{
    struct text again = {NULL}, json = {NULL};
    if (!reprint(from->bytes, from->size, &again, &json) || again.size != text->size ||
        memcmp(again.bytes, text->bytes, again.size)) {
        fprintf(stderr, "%s\nis not the same as:\n%s\n", from->bytes, text->bytes);
        abort();
    }
    free(again.bytes);
    free(json.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = {NULL}, json = {NULL};
    if (!spec_json_is((const char *)data, size) || !reprint((const char *)data, size, &text, &json)) {
        return 0;
    }
    expect_same(&text, &text);
    expect_same(&json, &text);
    free(text.bytes);
    free(json.bytes);
    return 0;
}
