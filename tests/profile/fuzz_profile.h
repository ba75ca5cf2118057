/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_PROFILE_FUZZ_PROFILE_H
#define TESTS_PROFILE_FUZZ_PROFILE_H

#include <stddef.h>
#include <stdint.h>

enum { FUZZ_FILES = 8 };

/* Files of a prefix that inputs starting with '1', '2', ... replace; those with '0' are encoded profiles. */
extern const char *const fuzz_files[FUZZ_FILES];
/* The unchanged content of one of them, to be freed. */
char *fuzz_original(size_t i, size_t *size);
const char *fuzz_prefix(void);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
