/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"

void pd_main(const uint64_t *args)
{
#if defined(__aarch64__)
    __asm__ volatile(".arch armv8-a\n\tfmov d0, xzr");
#else
    __asm__ volatile("pxor %xmm0, %xmm0");
#endif
    if (args[0] == 1) {
        pd_print("the other may use it\n");
    }
}
