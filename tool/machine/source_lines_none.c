/* SPDX-License-Identifier: BSD-2-Clause */
#include "symbols.h"

bool source_line_find(const struct symbol_file *file, uint64_t pc, struct symbol_location *location)
{
    (void)file, (void)pc, (void)location;
    return false;
}
