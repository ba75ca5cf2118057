/* SPDX-License-Identifier: BSD-2-Clause */
#include "program.h"

void pd_main(const uint64_t *args)
{
    work(1, args[0]);
}
