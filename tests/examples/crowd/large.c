/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports the sum of 64 MiB of zeros and a one. */
#include "pd.h"

enum { REPORTS = 4, WORDS = (64 << 20) / 8 };

static volatile uint64_t zeros[WORDS];

void pd_main(const uint64_t *args)
{
    uint64_t sum = args[0];
    for (uint64_t i = 0; i < WORDS; i += 512) {
        sum += zeros[i];
    }
    zeros[WORDS - 1] = 1;
    pd_words[0] = sum + zeros[WORDS - 1];
    pd_send(REPORTS, 0, 1);
}
