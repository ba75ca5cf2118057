/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes the input for a program, and asks for functions and lines of addresses in it and elsewhere. */
#include "machine/symbols.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t addresses[] = {0, 0x200000, 0x200010, 0x201000, 0x201020, 0x2013cc, 0x201660, UINT64_MAX};
    const struct symbol_file file = {data, size};
    for (unsigned i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        struct symbol_location place;
        symbols_in(&file, addresses[i], &place);
    }
    return 0;
}
