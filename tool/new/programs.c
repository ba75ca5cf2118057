/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Both programs of the system: the client with -DCLIENT, the server without. pd.h says what the functions pd_... do; it
 * is in the directory that `pkg-config --variable=sources capdl-pd-@CPU@` prints.
 */
#include "pd.h"

/* Slots of the program's CSpace, as in system.cdl. */
enum { REQUESTS = 4 };

#ifdef CLIENT
void pd_main(const uint64_t *args)
{
    pd_words[0] = args[0];
    pd_call(REQUESTS, 0, 1);
    pd_print("client: %u doubled is %u\n", args[0], pd_words[0]);
}
#else
void pd_main(const uint64_t *args)
{
    (void)args;
    for (struct pd_message m = pd_recv(REQUESTS);; m = pd_reply_recv(REQUESTS, 0, 1)) {
        pd_print("server: a call from badge %u\n", m.badge);
        pd_words[0] *= 2;
    }
}
#endif
