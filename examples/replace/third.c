/* SPDX-License-Identifier: BSD-2-Clause */
/* Data where the second has constants, and zeros that must be zero. */
#include "program.h"

static volatile unsigned char data[5000] = {[4999] = 33}, zeros[12000];

void pd_main(const uint64_t *args)
{
    uint64_t sum = data[4999];
    (void)args;
    for (unsigned i = 0; i < sizeof(zeros); i++) {
        sum += zeros[i];
        zeros[i] = 1;
    }
    work(3, sum);
}
