/* SPDX-License-Identifier: BSD-2-Clause */
#include "review/digest.h"

#include <stdlib.h>

#include "base/memory.h"

static ssize_t add_to_hash(void *hash, const char *bytes, size_t size)
{
    sha256_add(hash, bytes, size);
    return (ssize_t)size;
}

static void digest_lines(const struct capdl_spec *spec, const struct capdl_diff_options *options,
                         uint8_t digest[SHA256_BYTES])
{
    struct sha256 hash;
    sha256_init(&hash);
    FILE *stream = memory_need(fopencookie(&hash, "w", (cookie_io_functions_t){.write = add_to_hash}));
    capdl_review_lines(spec, options, stream);
    fclose(stream);
    sha256_end(&hash, digest);
}

void digest_spec(const struct capdl_spec *spec, const struct capdl_diff_options *options,
                 char text[2 * SHA256_BYTES + 1])
{
    uint8_t digest[SHA256_BYTES];
    digest_lines(spec, options, digest);
    sha256_text(digest, text);
}

void digest_settled_init(struct digest_settled *settled, const struct capdl_spec *from)
{
    settled->spec = from;
    if (!capdl_review_is_settled(from)) {
        settled->copy = capdl_spec_copy(from);
        capdl_review_settle(&settled->copy);
        settled->spec = &settled->copy;
    }
}

void digest_settled_free(struct digest_settled *settled)
{
    if (settled->spec == &settled->copy) {
        capdl_spec_free_copy(&settled->copy);
    }
}

static bool digest_with(struct fill_contents *contents, const struct capdl_spec *spec, uint8_t digest[SHA256_BYTES])
{
    struct capdl_diff_options options = {
        .content = fill_contents_number, .digest = fill_contents_text, .context = contents};
    struct digest_settled settled;
    digest_settled_init(&settled, spec);
    contents->sources[0].spec = settled.spec;
    digest_lines(settled.spec, &options, digest);
    bool good = !contents->missing[0];
    digest_settled_free(&settled);
    fill_contents_free(contents);
    return good;
}

bool digest_system(const struct capdl_spec *spec, const char *path, const char *const *directories,
                   uint8_t digest[SHA256_BYTES])
{
    struct fill_contents contents = {.sources = {{spec, {path, directories}}}};
    return digest_with(&contents, spec, digest);
}

bool digest_of_image(const struct capdl_spec *spec, const char *path, const uint8_t *bytes, size_t size,
                     uint8_t digest[SHA256_BYTES])
{
    static const char *const nowhere[] = {NULL};
    struct fill_contents contents = {.sources = {{spec, {path, nowhere}}}};
    fill_files_give(&contents.sources[0].files, path, bytes, size);
    return digest_with(&contents, spec, digest);
}
