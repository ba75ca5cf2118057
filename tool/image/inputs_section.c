/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/inputs_section.h"

#include <string.h>

#include "base/elf_view.h"

const char *inputs_section(const uint8_t *elf, size_t size, size_t *section_size)
{
    struct elf_view view;
    Elf64_Shdr section;
    const char *problem;
    if (!elf_view_open(&view, elf, size, &problem) || !elf_view_find(&view, INPUTS_SECTION, &section) ||
        section.sh_type != SHT_PROGBITS || section.sh_offset > size || section.sh_size > size - section.sh_offset) {
        return NULL;
    }
    *section_size = section.sh_size;
    return (const char *)elf + section.sh_offset;
}

/* What precedes a delimiter in the line; moves behind it. */
static bool take(const char **at, const char *end, char delimiter, const char **text, size_t *length)
{
    const char *found = memchr(*at, delimiter, (size_t)(end - *at));
    if (!found) {
        return false;
    }
    *text = *at;
    *length = (size_t)(found - *at);
    *at = found + 1;
    return true;
}

bool inputs_next(const char **at, const char *end, struct input_line *line)
{
    size_t digits;
    const char *newline = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;
    return newline && take(at, newline, '\t', &line->digest, &digits) && digits == 2 * SHA256_BYTES &&
           take(at, newline, '\t', &line->kind, &line->kind_length) &&
           take(at, newline, '\t', &line->domain, &line->domain_length) &&
           take(at, newline + 1, '\n', &line->name, &line->name_length);
}

void inputs_renew(uint8_t *elf, size_t size, const char *domain, const uint8_t *program, size_t program_size)
{
    size_t section_size;
    const char *text = inputs_section(elf, size, &section_size), *at = text;
    struct input_line line;
    struct sha256 hash;
    uint8_t digest[SHA256_BYTES];
    char digits[2 * SHA256_BYTES + 1];
    sha256_init(&hash);
    sha256_add(&hash, program, program_size);
    sha256_end(&hash, digest);
    sha256_text(digest, digits);
    while (text && inputs_next(&at, text + section_size, &line)) {
        if (line.domain_length == strlen(domain) && memcmp(line.domain, domain, line.domain_length) == 0) {
            memcpy(elf + ((const uint8_t *)line.digest - elf), digits, 2 * SHA256_BYTES);
        }
    }
}
