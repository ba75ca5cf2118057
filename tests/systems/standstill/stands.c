/* SPDX-License-Identifier: BSD-2-Clause */
/* Comes to rest in the way that args[0] says. */
#include "pd.h"

enum { ENDPOINT = 4, BELL, NO_ANSWER };

void pd_main(const uint64_t *args)
{
    switch (args[0]) {
    case 0:
        pd_send(ENDPOINT, 0, 0);
        break;
    case 1:
        pd_recv(ENDPOINT);
        break;
    case 2:
        pd_wait(BELL);
        break;
    case 3:
        pd_call(NO_ANSWER, 0, 0);
        break;
    case 4:
        *(volatile uint64_t *)0x7000 = 1;
        break;
    case 5:
        pd_recv(55);
        break;
    }
    pd_print("stands %u: goes on\n", args[0]);
}
