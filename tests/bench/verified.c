/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verified IMAGE: boots the image and compares the kernel's state with the spec in it, as `capdl verify` does, but in
 * this process, so that a tool that counts instructions sees all of them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "verify/verify.h"

static bool verified(const char *path, const struct file_bytes *file, struct capdl_diags *diags)
{
    struct image image;
    struct capdl_spec spec;
    struct verify_result result = {.num_differences = 1};
    capdl_spec_init(&spec);
    bool good = image_open(&image, path, file->data, file->size, diags) && image_to_spec(&image, path, &spec, diags);
    if (good) {
        struct verify_options options = {.profile = &image.profile};
        struct verify_spec with = {.spec = &spec, .name = path, .bytes = file->data, .size = file->size};
        good = verify_image(&image, &options, &with, &result, 1, diags) && result.num_differences == 0;
        verify_result_free(&result);
    }
    capdl_spec_free(&spec);
    return good;
}

int main(int argc, char **argv)
{
    struct capdl_diags diags = {NULL};
    struct file_bytes file;
    if (argc != 2 || !file_read(argv[1], &file)) {
        fprintf(stderr, "verified: cannot read %s\n", argc > 1 ? argv[1] : "nothing");
        return 1;
    }
    bool good = verified(argv[1], &file, &diags);
    capdl_diags_print(&diags, stderr, 0);
    capdl_diags_free(&diags);
    file_release(&file);
    if (!good) {
        fprintf(stderr, "%s is not what its spec says\n", argv[1]);
    }
    return !good;
}
