/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that a boot loader before us filled from files of their own: each must have the SHA-256 that the image was
 * made with. */
#include "sha256/sha256.h"
#include "loader.h"

void externals_check(void)
{
    const struct capdl_payload_external *list = (const void *)(payload + loader.payload->externals);
    for (uint32_t i = 0; i < loader.payload->num_externals; i++) {
        const struct capdl_payload_external *external = &list[i];
        uint8_t digest[SHA256_BYTES];
        struct sha256 sha;
        sha256_init(&sha);
        sha256_add(&sha, (const void *)(uintptr_t)external->start, external->size);
        sha256_end(&sha, digest);
        if (memcmp(digest, external->hash, sizeof(digest))) {
            die("%s: the %lu bytes at %lx are not those that the image was made with: load its file there",
                external->name, external->size, external->start);
        }
        arch_publish(external->start, external->size);
    }
}
