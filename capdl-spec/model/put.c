/* SPDX-License-Identifier: BSD-2-Clause */
/* What is printed once for each object and capability, without what fprintf and locks cost. */
#include <string.h>

#include "model.h"

void capdl_put_text(FILE *out, const char *text)
{
    fwrite_unlocked(text, 1, strlen(text), out);
}

/* Inline, so that the base is a constant to divide by. */
static inline void put_digits(FILE *out, uint64_t number, unsigned base)
{
    char digits[24];
    size_t at = sizeof(digits);
    do {
        digits[--at] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number);
    fwrite_unlocked(digits + at, 1, sizeof(digits) - at, out);
}

void capdl_put_decimal(FILE *out, uint64_t number)
{
    put_digits(out, number, 10);
}

void capdl_put_hexadecimal(FILE *out, uint64_t number)
{
    capdl_put_text(out, "0x");
    put_digits(out, number, 16);
}

void capdl_put_object(FILE *out, const struct capdl_spec *spec, uint32_t object)
{
    uint32_t index = capdl_object_index(spec, object);
    capdl_put_text(out, capdl_object_name(spec, object));
    if (index != CAPDL_NO_INDEX) {
        putc_unlocked('[', out);
        capdl_put_decimal(out, index);
        putc_unlocked(']', out);
    }
}
