/* SPDX-License-Identifier: BSD-2-Clause */
/* 16 MiB of data of which no two pages are alike. */
#include "pd.h"

__asm__(".pushsection .data\n"
        ".balign 4096\n"
        "contents:\n"
        ".set number, 1\n"
        ".rept 4096\n"
        ".quad number\n"
        ".skip 4088\n"
        ".set number, number + 1\n"
        ".endr\n"
        ".popsection\n");

extern volatile uint64_t contents[];

void pd_main(const uint64_t *args)
{
    contents[0] = args[0];
}
