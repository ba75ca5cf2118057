/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes the input for an image or, when it is no ELF file, for the blob in one. Neither has a seal to protect it here,
 * which a user's image has. What opens is turned back into a spec and printed.
 */
#include <stdlib.h>

#include "blob/blob.h"
#include "image/image.h"
#include "image/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void show(const struct image *image, struct capdl_diags *diags)
{
    struct capdl_spec spec;
    char *text = NULL;
    FILE *out = open_memstream(&text, &(size_t){0});
    capdl_spec_init(&spec);
    if (image_to_spec(image, "image", &spec, diags)) {
        capdl_spec_check(&spec, diags);
        capdl_spec_write_text(&spec, out, true);
    }
    fclose(out);
    free(text);
    capdl_spec_free(&spec);
}

static void open_blob(const uint8_t *data, size_t size)
{
    struct capdl_blob blob;
    struct capdl_blob_error error;
    if (!capdl_blob_open(&blob, data, size, &error) && (error.offset > size || !error.expected)) {
        abort();
    }
    /* Boot does not prove the names, and reads those that it needs. */
    if (capdl_blob_open_for_boot(&blob, data, size, &error, &(struct capdl_kept_calls){0})) {
        for (uint64_t i = 0; i < 100; i += 7) {
            struct capdl_blob_names names;
            struct capdl_blob_name name = capdl_blob_name_of(&blob, CAPDL_BLOB_NAMED_SLOTS, i, &names);
            const char *from = names.outside ? (const char *)data : names.text,
                       *end = names.outside ? from + size : from + sizeof(names.text);
            if (name.text && (name.text < from || name.text + name.length > end)) {
                abort();
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct capdl_diags diags = {NULL};
    struct image image;
    char *messages = NULL;
    FILE *sink = open_memstream(&messages, &(size_t){0});
    seal_check(data, size, NULL);
    if (!image_is_elf(data, size)) {
        open_blob(data, size);
    } else if (image_open(&image, "image", data, size, &diags)) {
        show(&image, &diags);
    } else if (!diags.num_errors) {
        abort();
    }
    capdl_diags_print(&diags, sink, 20);
    fclose(sink);
    free(messages);
    capdl_diags_free(&diags);
    return 0;
}
