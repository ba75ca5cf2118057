/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-256 against the examples of FIPS 180-4 and the million-letter example that goes with them. */
#include <stdio.h>
#include <string.h>

#include "sha256/sha256.h"

static int check(const char *what, struct sha256 *s, const char *expected)
{
    uint8_t digest[SHA256_BYTES];
    char text[2 * SHA256_BYTES + 1];
    sha256_end(s, digest);
    sha256_text(digest, text);
    if (strcmp(text, expected) == 0) {
        return 0;
    }
    fprintf(stderr, "%s: %s, not %s\n", what, text, expected);
    return 1;
}

static int check_text(const char *message, const char *expected)
{
    struct sha256 s;
    sha256_init(&s);
    sha256_add(&s, message, strlen(message));
    return check(message, &s, expected);
}

/* In pieces of every size, so that each way through a block is taken. */
static int check_million(void)
{
    char piece[200];
    struct sha256 s;
    memset(piece, 'a', sizeof(piece));
    sha256_init(&s);
    for (size_t left = 1000000, size = 1; left > 0; size = size % sizeof(piece) + 1) {
        size_t part = size < left ? size : left;
        sha256_add(&s, piece, part);
        left -= part;
    }
    return check("a million times 'a'", &s, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

int main(void)
{
    int failed = check_text("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    failed += check_text("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    failed += check_text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    failed += check_million();
    return failed != 0;
}
