/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of images share: specs from text, a made-up initialiser, and a blob as text by libcbor. */
#ifndef TESTS_IMAGE_FIXTURE_H
#define TESTS_IMAGE_FIXTURE_H

#include "../check.h"
#include "image/image.h"

/* Removes the test's directory; what main returns. */
int fixture_result(void);

/* A directory for this test, made at the first call. */
const char *test_directory(void);
/* Path of a file in it, in a static buffer; several can be in use. */
const char *test_path(const char *name);
void write_file(const char *name, const void *bytes, size_t size);
/* A file of `size` bytes: byte i is i % 251 + 1, so that no byte is zero. */
void write_pattern(const char *name, size_t size);

/* A spec from text, with a profile to compile it for. */
struct compiled {
    struct capdl_spec spec;
    struct capdl_diags diags;
    struct image_options options;
    uint8_t *blob, *image;
    size_t blob_size, image_size;
    bool good;
};

/* Reads the text and compiles it to a blob; with a made-up initialiser also to an image. An error in the text itself
 * ends the test. profile: name of a built-in kernel, with a '+' behind it for one that has all objects and methods. */
void compile_text(struct compiled *, const char *profile, const char *text);
void compile_text_to_image(struct compiled *, const char *profile, const char *text, bool strip);
/* The same for a spec that is there already. */
void compile_to_image(struct compiled *);
void compiled_free(struct compiled *);
/* All messages, one a line, in memory to be freed. */
char *messages(const struct capdl_diags *);

/* The blob as text, read by libcbor: one line for each group, fixed, cover, fill and call; to be freed. */
char *blob_text(const uint8_t *blob, size_t size);

/* Writes a made-up initialiser of that architecture and returns its path. */
const char *make_initialiser(enum capdl_arch);

#endif
