/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SHA256_SHA256_FAST_H
#define SHA256_SHA256_FAST_H

#include "sha256_blocks.h"

/* By instructions that this processor has for it, or null. */
sha256_compress *sha256_compress_fast(void);

#endif
