/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls the server, writes into the memory that it shares with the logger, and notifies it. */
#include "contract.h"

char *volatile buffer; /* set by the tool */
volatile uint64_t server_id, logger_id;

static void init(void)
{
    static const char text[] = "the answer is there";
    uint64_t answer = call((unsigned)server_id, 21);
    pd_print("%s: 21 doubled is %u\n", name(), answer);
    for (unsigned i = 0; i < sizeof(text); i++) {
        buffer[i] = text[i];
    }
    if (!notify((unsigned)logger_id)) {
        pd_print("%s: has no channel to the logger\n", name());
    }
    if (!notify((unsigned)server_id)) {
        pd_print("%s: may not notify the server\n", name());
    }
}

static void notified(unsigned channel)
{
    pd_print("%s: the logger is done (channel %u)\n", name(), (uint64_t)channel);
}

static uint64_t protected(unsigned channel, uint64_t word)
{
    (void)channel;
    return word;
}

static void fault(unsigned child, uint64_t label)
{
    (void)child, (void)label;
}
