/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes that a fill has in the spec itself, as hexadecimal digits. */
#include "model.h"

static int digit_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool capdl_fill_set_bytes(struct capdl_spec *spec, struct capdl_fill *fill, const char *digits, size_t count)
{
    char *text;
    fill->kind = CAPDL_FILL_OTHER;
    fill->text = "";
    if (!count || count % 2 || count / 2 != fill->length) {
        return false;
    }
    text = capdl_spec_alloc(spec, count + 1);
    for (size_t i = 0; i < count; i++) {
        int value = digit_value(digits[i]);
        if (value < 0) {
            return false;
        }
        text[i] = "0123456789abcdef"[value];
    }
    text[count] = '\0';
    fill->kind = CAPDL_FILL_BYTES;
    fill->text = text;
    return true;
}

void capdl_fill_get_bytes(const struct capdl_fill *fill, uint64_t from, uint64_t count, uint8_t *bytes)
{
    for (const char *digit = fill->text + 2 * from; count; count--, digit += 2) {
        *bytes++ = (uint8_t)(digit_value(digit[0]) << 4 | digit_value(digit[1]));
    }
}
