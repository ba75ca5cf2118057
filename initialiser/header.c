/* SPDX-License-Identifier: BSD-2-Clause */
#include "initialiser.h"

/* The host fills in where things are, and boot how far it came. */
__attribute__((section(".capdl.header"), used)) struct capdl_image_header header = {
    .magic = CAPDL_IMAGE_MAGIC,
    .version = CAPDL_BLOB_VERSION,
    .arch = INITIALISER_ARCH,
    .object = UINT64_MAX,
    .digest = CAPDL_DIGEST_START,
};
