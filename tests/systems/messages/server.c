/* SPDX-License-Identifier: BSD-2-Clause */
#include "raw.h"

enum { ENDPOINT = 4, BELL, CNODE = 8, GIFT = 60 };
enum { THREE = 1000, ONE = 1001, WANTS_ONE = 1005 };

static void print(struct answer a)
{
    pd_print("server: badge %u label %u length %u sum %u caps %u unwrapped %u\n", a.badge, a.label, a.length,
             sum_of_words(a.length), a.caps, a.unwrapped);
    if (a.unwrapped) {
        pd_print("server: unwrapped badge %u\n", *buffer_word(SEL4_IPC_BUFFER_WORD_CAPS));
    }
}

static void delete_gift(void)
{
    pd_words[0] = GIFT;
    pd_words[1] = 64;
    pd_print("server: throws it away: error %u\n",
             enter_kernel(SEL4_SYS_CALL, CNODE, SEL4_LABEL_CNODE_DELETE, 0, 2).label);
}

void pd_main(const uint64_t *args)
{
    struct answer a;
    (void)args;
    receive_cap_in(CNODE, GIFT);
    a = enter_kernel(SEL4_SYS_RECV, ENDPOINT, 0, 0, 0);
    for (;;) {
        print(a);
        if (a.label == THREE || a.label == ONE) {
            delete_gift();
        }
        send_caps(BELL, 0, 0);
        for (uint64_t i = 0; i < a.length; i++) {
            pd_words[i] *= 2;
        }
        receive_cap_in(CNODE, GIFT);
        a = enter_kernel(SEL4_SYS_REPLY_RECV, ENDPOINT, a.label + 1, a.label == WANTS_ONE, a.length);
    }
}
