/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes a message and never answers. */
#include "pd.h"

void pd_main(const uint64_t *args)
{
    (void)args;
    uint64_t badge = pd_recv(4).badge;
    pd_print("takes: badge %u\n", badge);
}
