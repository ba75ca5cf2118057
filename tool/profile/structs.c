/* SPDX-License-Identifier: BSD-2-Clause */
/* Offsets in structures whose members are words, pointers and slot regions: struct seL4_BootInfo up to its untyped
 * list. */
#include "profile/headers.h"

static int64_t type_size(struct slice type, unsigned word_bytes)
{
    static const char *const words[] = {"seL4_Word", "seL4_NodeId", "seL4_SlotPos", "seL4_Domain", "seL4_CPtr"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (slice_is(type, words[i])) {
            return word_bytes;
        }
    }
    return slice_is(type, "seL4_SlotRegion") ? 2 * (int64_t)word_bytes : -1;
}

/* Moves past `struct tag {`. */
static bool find_struct(struct slice *rest, const char *tag)
{
    struct slice token;
    enum token_kind kind;
    while ((kind = slice_token(rest, &token)) != TOKEN_END) {
        struct slice after;
        if (kind != TOKEN_NAME || !slice_is(token, "struct")) {
            continue;
        }
        after = *rest;
        if (slice_token(&after, &token) != TOKEN_NAME || !slice_is(token, tag)) {
            continue;
        }
        if (slice_token(&after, &token) == TOKEN_PUNCTUATION && slice_is(token, "{")) {
            *rest = after;
            return true;
        }
    }
    return false;
}

int64_t struct_offset(struct slice rest, const char *tag, const char *member, unsigned word_bytes)
{
    struct slice type, name;
    int64_t offset = 0;
    if (!find_struct(&rest, tag)) {
        return -1;
    }
    while (slice_token(&rest, &type) == TOKEN_NAME) {
        int64_t size = type_size(type, word_bytes);
        if (slice_token(&rest, &name) == TOKEN_PUNCTUATION && slice_is(name, "*")) {
            size = word_bytes;
            slice_token(&rest, &name);
        }
        if (slice_is(name, member)) {
            return offset;
        }
        offset += size;
        if (size < 0 || slice_token(&rest, &type) != TOKEN_PUNCTUATION || !slice_is(type, ";")) {
            return -1;
        }
    }
    return -1;
}
