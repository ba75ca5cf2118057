/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz target for everything a profile is read from. The first byte of the input says what the rest is; a file
 * takes the place of that file in the hand-made AArch64 prefix. Whatever comes: no crash, errors exactly when
 * reading failed, and what was accepted can be encoded and decoded. Run over the seeds by the tests (fuzz_run.c);
 * for libFuzzer, build this file and prefix.c, with PREFIX_DIRECTORY set, with `clang -fsanitize=fuzzer,address`
 * against the profile library.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_profile.h"
#include "prefix.h"
#include "profile/profile.h"

const char *const fuzz_files[FUZZ_FILES] = {
    "libsel4/include/kernel/gen_config.json",
    "libsel4/include/interfaces/object-api.xml",
    "libsel4/include/api/syscall.xml",
    "libsel4/include/sel4/sel4_arch/constants.h",
    "libsel4/include/sel4/bootinfo_types.h",
    "libsel4/include/sel4/arch/objecttype.h",
    "support/platform_gen.json",
    "bin/kernel.elf",
};

static char *prefix;

static void remove_prefix(void)
{
    prefix_remove(prefix);
}

const char *fuzz_prefix(void)
{
    static const struct prefix_kernel kernel = {EM_AARCH64, ET_EXEC, ELFCLASS64, 0xffc0000000, 0x80000000, 0x12345};
    if (prefix == NULL) {
        prefix = prefix_copy(PREFIX_DIRECTORY "/aarch64");
        prefix_write_kernel(prefix, &kernel);
        atexit(remove_prefix);
    }
    return prefix;
}

static void expect(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "fuzz_profile: %s\n", what);
        abort();
    }
}

static void try_decode(const uint8_t *bytes, size_t size)
{
    struct capdl_profile profile;
    char flaw[PROFILE_FLAW];
    size_t again_size;
    uint8_t *again;
    if (!profile_decode(bytes, size, &profile, flaw)) {
        return;
    }
    again = profile_encode(&profile, &again_size);
    expect(again_size == size && memcmp(again, bytes, size) == 0, "decoded what is not written like that");
    free(again);
}

static void try_profile(const struct capdl_profile *profile)
{
    struct capdl_profile back;
    char flaw[PROFILE_FLAW];
    size_t size;
    uint8_t *bytes = profile_encode(profile, &size);
    expect(profile_decode(bytes, size, &back, flaw), "read what cannot be decoded");
    free(bytes);
}

static void try_file(const char *file, const uint8_t *bytes, size_t size)
{
    struct capdl_diags diags = {NULL};
    struct capdl_profile profile;
    bool good;
    prefix_write(fuzz_prefix(), file, size > 0 ? (const void *)bytes : "", size);
    good = profile_read(fuzz_prefix(), &profile, &diags);
    expect(good == (diags.num_errors == 0), "result and errors disagree");
    if (good) {
        try_profile(&profile);
    }
    capdl_diags_free(&diags);
}

/* Puts the original back, so that inputs do not depend on each other. */
static void restore(const char *file, const char *original, size_t size)
{
    prefix_write(fuzz_prefix(), file, original, size);
}

char *fuzz_original(size_t i, size_t *size)
{
    char path[4096], *bytes;
    FILE *file;
    long length;
    snprintf(path, sizeof(path), "%s/%s", fuzz_prefix(), fuzz_files[i]);
    file = fopen(path, "rb");
    expect(file != NULL && fseek(file, 0, SEEK_END) == 0, path);
    length = ftell(file);
    rewind(file);
    bytes = malloc((size_t)length + 1);
    expect(bytes != NULL && fread(bytes, 1, (size_t)length, file) == (size_t)length, path);
    fclose(file);
    *size = (size_t)length;
    return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t i, original_size;
    char *original;
    if (size == 0) {
        return 0;
    }
    i = (size_t)(data[0] - '1');
    if (data[0] == '0') {
        try_decode(data + 1, size - 1);
    }
    if (i >= FUZZ_FILES) {
        return 0;
    }
    original = fuzz_original(i, &original_size);
    try_file(fuzz_files[i], data + 1, size - 1);
    restore(fuzz_files[i], original, original_size);
    free(original);
    return 0;
}
