/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wrong numbers in the files of an install prefix that are otherwise right: each literal becomes 0, 1, a neighbour, 63,
 * the bounds of words and what is beyond them. The prefix is then refused with an error that names it, or is that of
 * some kernel.
 */
#include <ctype.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "../check.h"
#include "prefix.h"
#include "profile/fields.h"

static const char *const files[] = {
    "libsel4/include/kernel/gen_config.json",
    "libsel4/include/sel4/arch/constants.h",
    "libsel4/include/sel4/arch/objecttype.h",
    "libsel4/include/sel4/constants.h",
    "libsel4/include/sel4/objecttype.h",
    "libsel4/include/sel4/sel4_arch/constants.h",
    "libsel4/include/sel4/sel4_arch/objecttype.h",
    "libsel4/include/sel4/sel4_arch/types_gen.h",
    "support/platform_gen.json",
};

static const char *const wrong[] = {
    "0",
    "1",
    "2",
    "12",
    "63",
    "64",
    "4096",
    "65535",
    "65536",
    "2147483647",
    "4294967296",
    "9223372036854775807",
    "1099511627776",
    "18446744073709551615",
    "18446744073709551616",
    "-1",
};

static char *read_file(const char *prefix, const char *file, size_t *size)
{
    char *path, *text = NULL;
    if (asprintf(&path, "%s/%s", prefix, file) < 0) {
        abort();
    }
    FILE *in = fopen(path, "rb");
    if (in) {
        text = calloc(1, 1 << 16);
        *size = fread(text, 1, (1 << 16) - 1, in);
        fclose(in);
    }
    free(path);
    return text;
}

static unsigned refused, accepted;

static void check_prefix(const char *prefix, const char *what, const char *literal, size_t at)
{
    static struct capdl_profile profile;
    struct capdl_diags diags = {NULL};
    char *text, flaw[PROFILE_FLAW];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    bool good = profile_read(prefix, &profile, &diags);
    capdl_diags_print(&diags, out, 0);
    fclose(out);
    if (good) {
        accepted++;
        CHECK(profile_good(&profile, flaw), "%s byte %zu as %s: %s", what, at, literal, flaw);
    } else {
        refused++;
        CHECK(diags.num_errors && strstr(text, prefix) && strstr(text, ": error: "), "%s byte %zu as %s: '%s'", what,
              at, literal, text);
    }
    free(text);
    capdl_diags_free(&diags);
}

/* The file with another literal in place of that of `length` characters. */
static void try_literal(const char *prefix, const char *file, const char *text, size_t size, size_t at, size_t length)
{
    char near[2][32];
    unsigned long long now = strtoull(text + at, NULL, 0);
    snprintf(near[0], sizeof(near[0]), "%llu", now - 1);
    snprintf(near[1], sizeof(near[1]), "%llu", now + 1);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]) + 2; i++) {
        const char *literal = i < 2 ? near[i] : wrong[i - 2];
        char *changed;
        if (asprintf(&changed, "%.*s%s%s", (int)at, text, literal, text + at + length) < 0) {
            abort();
        }
        prefix_write(prefix, file, changed, strlen(changed));
        check_prefix(prefix, file, literal, at);
        free(changed);
    }
    prefix_write(prefix, file, text, size);
}

static void try_file(const char *prefix, const char *file)
{
    size_t size, length;
    char *text = read_file(prefix, file, &size);
    for (size_t at = 0; text && at < size; at += length) {
        length = 1;
        bool starts = at == 0 || (!isalnum((unsigned char)text[at - 1]) && text[at - 1] != '_');
        if (starts && isdigit((unsigned char)text[at])) {
            while (isalnum((unsigned char)text[at + length])) {
                length++;
            }
            try_literal(prefix, file, text, size, at, length);
        }
    }
    free(text);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        struct prefix_kernel kernel;
    } prefixes[] = {
        {"aarch64", {EM_AARCH64, ET_EXEC, ELFCLASS64, 0xffc0000000, 0x80000000, 0x12345}},
        {"x86_64", {EM_X86_64, ET_EXEC, ELFCLASS64, 0xffffffff80100000, 0x100000, 0x80000}},
    };
    for (size_t i = 0; i < 2 && argc > 1; i++) {
        char *source;
        if (asprintf(&source, "%s/%s", argv[1], prefixes[i].name) < 0) {
            abort();
        }
        char *prefix = prefix_copy(source);
        prefix_write_kernel(prefix, &prefixes[i].kernel);
        for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++) {
            try_file(prefix, files[f]);
        }
        prefix_remove(prefix);
        free(source);
    }
    printf("%u refused, %u accepted\n", refused, accepted);
    CHECK(refused > 950 && accepted > 100, "%u %u", refused, accepted);
    return check_result();
}
