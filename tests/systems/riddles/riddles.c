/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes calls that come to nothing: args[0] says which. */
#include "pd.h"

#include "syscall.h"

enum { MESSAGES = 4, TCB, BELL, NOTHING = 9 };

static void poll(uint64_t cap)
{
    struct syscall_registers r = {.cap = cap, .reply = PD_SLOT_REPLY};
    syscall_enter(SEL4_SYS_NBRECV, &r);
}

static unsigned sink(unsigned depth)
{
    volatile unsigned words[64];
    if (depth == 1000000) {
        return 0;
    }
    words[depth % 64] = depth;
    return words[depth % 64] + sink(depth + 1) + words[0];
}

void pd_main(const uint64_t *args)
{
    switch (args[0]) {
    case 0:
        pd_send(NOTHING, 0, 0);
        pd_print("empty: answer %u\n", pd_call(NOTHING, 0, 0).label);
        break;
    case 1:
        pd_send(MESSAGES, 0, 0);
        pd_print("unable: answer %u\n", pd_call(MESSAGES, 0, 0).label);
        break;
    case 2:
        pd_call(MESSAGES, 0, 0);
        pd_print("mute: goes on\n");
        break;
    case 3:
        pd_reply(0, 0);
        break;
    case 4:
        pd_print("refused: answer %u\n", pd_call(TCB, SEL4_LABEL_TCB_READ_REGISTERS, 0).label);
        break;
    case 5:
        for (unsigned i = 0; i < 5; i++) {
            pd_send(NOTHING, 0, 0);
        }
        break;
    case 6:
        pd_recv(MESSAGES);
        pd_print("deaf: goes on\n");
        break;
    case 7:
        pd_print("takes: badge %u\n", pd_recv(MESSAGES).badge);
        break;
    case 8:
        pd_print("sinks: %u\n", sink(0));
        break;
    case 9:
        pd_call(MESSAGES, 0, 1);
        pd_print("rings: goes on\n");
        break;
    case 10:
        poll(MESSAGES);
        poll(BELL); /* which was rung once */
        poll(BELL);
        pd_print("polls: goes on\n");
        break;
    }
}
