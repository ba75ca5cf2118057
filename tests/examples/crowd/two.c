/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports a product. */
#include "pd.h"

enum { REPORTS = 4 };

void pd_main(const uint64_t *args)
{
    uint64_t product = 1;
    for (uint64_t i = 2; i < 10; i++) {
        product *= i * args[0];
    }
    pd_words[0] = product;
    pd_send(REPORTS, 0, 1);
}
