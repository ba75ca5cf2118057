/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of every length, with and without capabilities, through capabilities that allow it or do not. */
#include "raw.h"

enum { GRANT = 4, WRITE, BELL, FRAME, CNODE, ANSWERED, EMPTY = 40, GIFT = 50 };

static void call(const char *name, uint64_t endpoint, uint64_t label, uint64_t caps, uint64_t length)
{
    struct answer a = enter_kernel(SEL4_SYS_CALL, endpoint, label, caps, length);
    pd_print("client: %s: badge %u label %u length %u sum %u caps %u unwrapped %u\n", name, a.badge, a.label, a.length,
             sum_of_words(a.length), a.caps, a.unwrapped);
}

void pd_main(const uint64_t *args)
{
    (void)args;
    for (unsigned length = 0; length <= SEL4_MESSAGE_MAX_LENGTH; length += 40) {
        for (unsigned i = 0; i < length; i++) {
            pd_words[i] = 1000 + i;
        }
        call("words", GRANT, 5 + length, 0, length);
    }
    pd_words[0] = 1;
    send_caps(BELL, FRAME, GRANT);
    call("three capabilities", GRANT, 1000, 3, 1);
    send_caps(BELL, 0, 0);
    call("one capability", GRANT, 1001, 1, 1);
    call("without the right to grant", ANSWERED, 1002, 1, 1);
    send_caps(GRANT, 0, 0);
    call("the endpoint itself", GRANT, 1003, 1, 1);
    send_caps(EMPTY, 0, 0);
    call("an empty slot", GRANT, 1004, 1, 1);
    receive_cap_in(CNODE, GIFT);
    call("receives one", GRANT, 1005, 0, 1);
    pd_signal(GIFT);
    pd_print("client: rings %u\n", enter_kernel(SEL4_SYS_NBRECV, BELL, 0, 0, 0).badge);
    pd_print("client: rings %u\n", enter_kernel(SEL4_SYS_NBRECV, BELL, 0, 0, 0).badge);
    pd_print("client: cannot be answered\n");
    call("is answered", WRITE, 1006, 0, 1);
}
