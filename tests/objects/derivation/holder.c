/* SPDX-License-Identifier: BSD-2-Clause */
#include "../invoke.h"

enum { STOP = 3, OWN, OTHER, FREE = 0x30 };

/* Whether a slot of the other's CSpace holds something. */
static char held(uint64_t slot)
{
    if (cnode_copy(OWN, FREE, OTHER, slot) != 0) {
        return '-';
    }
    cnode_delete(OWN, FREE);
    return '+';
}

static void show(const char *when)
{
    pd_print("%s:", when);
    for (uint64_t slot = 0x20; slot <= 0x27; slot++) {
        pd_print(" %c", held(slot));
    }
    pd_print("\n");
}

void pd_main(const uint64_t *args)
{
    (void)args;
    pd_print("derivation: signal 20, badged signal 21, call 22, another call 23, inside 24, memory 25, thread 26, page "
             "27\n");
    show("at first");
    cnode_revoke(OWN, 0x16);
    show("badged signal revoked");
    cnode_revoke(OWN, 0x10);
    show("signal revoked");
    pd_print("its child in the same CSpace: %c\n", cnode_copy(OWN, FREE, OWN, 0x16) ? '-' : '+');
    cnode_revoke(OWN, 0x11);
    show("call revoked");
    cnode_revoke(OWN, 0x13);
    show("pool revoked");
    pd_print("memory cannot be used: %u\n", untyped_retype(0x12, SEL4_TYPE_NOTIFICATION, 0, OWN, FREE));
    cnode_revoke(OWN, 0x12);
    pd_print("memory can be used: %u\n", untyped_retype(0x12, SEL4_TYPE_NOTIFICATION, 0, OWN, FREE));
    cnode_delete(OWN, FREE);
    cnode_revoke(OWN, 0x14);
    cnode_revoke(OWN, 0x15);
    show("all revoked");
    pd_print("derivation: complete\n");
}
