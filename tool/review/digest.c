/* SPDX-License-Identifier: BSD-2-Clause */
#include "review/digest.h"

#include <stdlib.h>

static ssize_t add_to_hash(void *hash, const char *bytes, size_t size)
{
    sha256_add(hash, bytes, size);
    return (ssize_t)size;
}

void digest_spec(const struct capdl_spec *spec, const struct capdl_diff_options *options,
                 char text[2 * SHA256_BYTES + 1])
{
    struct sha256 hash;
    uint8_t digest[SHA256_BYTES];
    sha256_init(&hash);
    FILE *stream = fopencookie(&hash, "w", (cookie_io_functions_t){.write = add_to_hash});
    if (!stream) {
        fprintf(stderr, "capdl: out of memory\n");
        exit(2);
    }
    capdl_review_lines(spec, options, stream);
    fclose(stream);
    sha256_end(&hash, digest);
    sha256_text(digest, text);
}
