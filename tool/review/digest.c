/* SPDX-License-Identifier: BSD-2-Clause */
#include "review/digest.h"

#include <stdlib.h>
#include <string.h>

struct filled {
    const char *name;
    uint32_t index;
    uint64_t content;
};

static int compare_names(const void *left, const void *right)
{
    const struct filled *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order ? order : a->index < b->index ? -1 : a->index > b->index;
}

/* The contents of all frames, by name; the frames no longer have any. */
static struct filled *take_fills(struct capdl_spec *spec, struct fill_contents *contents, size_t *count)
{
    struct filled *list = calloc(spec->num_objects + (size_t)1, sizeof(*list));
    *count = 0;
    for (uint32_t i = 0; list && i < spec->num_objects; i++) {
        struct capdl_object object = capdl_object_view(spec, i);
        if (object.kind != CAPDL_KIND_FRAME) {
            continue;
        }
        uint64_t content = fill_contents_number(contents, spec, i);
        if (content) {
            list[(*count)++] = (struct filled){object.name, object.index, content};
        }
        object.u.fills.count = 0;
        object.flags &= (uint8_t)~CAPDL_OBJECT_HAS_FILL;
        capdl_object_set(spec, i, &object);
    }
    if (!list) {
        fprintf(stderr, "capdl: out of memory\n");
        exit(2);
    }
    qsort(list, *count, sizeof(*list), compare_names);
    return list;
}

static ssize_t add_to_hash(void *hash, const char *bytes, size_t size)
{
    sha256_add(hash, bytes, size);
    return (ssize_t)size;
}

void digest_spec(struct capdl_spec *spec, struct fill_contents *contents, char text[2 * SHA256_BYTES + 1])
{
    struct sha256 hash;
    uint8_t digest[SHA256_BYTES];
    size_t count;
    struct filled *filled = take_fills(spec, contents, &count);
    sha256_init(&hash);
    FILE *stream = fopencookie(&hash, "w", (cookie_io_functions_t){.write = add_to_hash});
    if (!stream) {
        fprintf(stderr, "capdl: out of memory\n");
        exit(2);
    }
    capdl_spec_write_text(spec, stream, true);
    for (size_t i = 0; i < count; i++) {
        char bytes[2 * SHA256_BYTES + 1];
        sha256_text(fill_contents_digest(contents, filled[i].content), bytes);
        fprintf(stream, "%s %u %s\n", filled[i].name, filled[i].index, bytes);
    }
    fclose(stream);
    sha256_end(&hash, digest);
    sha256_text(digest, text);
    free(filled);
}
