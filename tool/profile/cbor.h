/* SPDX-License-Identifier: BSD-2-Clause */
/* The few parts of CBOR (RFC 8949) a profile is made of. */
#ifndef TOOL_PROFILE_CBOR_H
#define TOOL_PROFILE_CBOR_H

enum cbor_major {
    CBOR_UNSIGNED = 0,
    CBOR_NEGATIVE = 1,
    CBOR_TEXT = 3,
    CBOR_ARRAY = 4,
    CBOR_MAP = 5,
    CBOR_SIMPLE = 7,
};

enum { CBOR_FALSE = 20, CBOR_TRUE = 21 };

#endif
