/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a kernel's files are. What Microkit's SDK has for a board and a configuration is most of an install prefix
 * under other names:
 *
 *     PREFIX/libsel4/include/...          BOARD/include/...
 *     PREFIX/bin/kernel.elf               BOARD/elf/sel4.elf
 *     PREFIX/support/platform_gen.json    BOARD/platform_gen.json
 *     PREFIX/support/kernel.dtb           none
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "profile/prefix.h"

static const struct {
    const char *prefix, *board;
} names[] = {
    {"libsel4/include/", "include/"},
    {"bin/kernel.elf", "elf/sel4.elf"},
    {"support/", ""},
};

const char profile_dtb_name[] = "support/kernel.dtb";

bool profile_is_board(const char *directory)
{
    char *kernel = memory_format("%s/elf/sel4.elf", directory);
    char *other = memory_format("%s/bin/kernel.elf", directory);
    bool is = access(kernel, F_OK) == 0 && access(other, F_OK) != 0;
    free(kernel);
    free(other);
    return is;
}

char *profile_file(const char *directory, const char *relative)
{
    bool board = profile_is_board(directory);
    for (size_t i = 0; board && i < sizeof(names) / sizeof(names[0]); i++) {
        size_t length = strlen(names[i].prefix);
        if (strncmp(relative, names[i].prefix, length) == 0) {
            return memory_format("%s/%s%s", directory, names[i].board, relative + length);
        }
    }
    return memory_format("%s/%s", directory, relative);
}

char *profile_dtb(const char *directory)
{
    return profile_file(directory, profile_dtb_name);
}
