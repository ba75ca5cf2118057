/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>

#include "../invoke.h"

enum { OWN = 4, BIG, BIG_BITS = 9, FREE = 0x38 };

static uint64_t copy_from(uint64_t cnode, uint64_t slot, uint64_t bits)
{
    const uint64_t words[] = {FREE, CNODE_BITS, slot, bits, 15};
    for (unsigned i = 0; i < 5; i++) {
        pd_words[i] = words[i];
    }
    return invoke(OWN, SEL4_LABEL_CNODE_COPY, 1, &cnode, 5);
}

/* Copies a capability, revokes it, and looks whether the copy is still there. */
static void show(const char *what, uint64_t cnode, uint64_t slot, uint64_t bits)
{
    uint64_t copied = copy_from(cnode, slot, bits);
    uint64_t revoked = invoke_words(cnode, SEL4_LABEL_CNODE_REVOKE, 2, slot, bits, 0);
    bool left = cnode_copy(OWN, FREE + 1, OWN, FREE) == 0;
    pd_print("%s: copied %u, revoked %u, the copy is %s\n", what, copied, revoked, left ? "left" : "gone");
    cnode_delete(OWN, FREE);
    cnode_delete(OWN, FREE + 1);
}

/* Slots from the first on that hold something: as far as can be copied. */
static unsigned count(uint64_t cnode, uint64_t first, uint64_t end, uint64_t bits)
{
    unsigned held = 0;
    for (uint64_t slot = first; slot < end; slot++) {
        held += copy_from(cnode, slot, bits) == 0;
        cnode_delete(OWN, FREE);
    }
    return held;
}

void pd_main(const uint64_t *args)
{
    (void)args;
    pd_print("calls: %u, signals: %u\n", count(BIG, 0, 0x140, BIG_BITS), count(OWN, 8, 0x10, CNODE_BITS));
    show("first call", BIG, 1, BIG_BITS);
    show("call behind the first Retype", BIG, 257, BIG_BITS);
    show("last call", BIG, 300, BIG_BITS);
    show("signal", OWN, 15, CNODE_BITS);
    show("page", BIG, 0x157, BIG_BITS);
    show("CNode", OWN, 0x27, CNODE_BITS);
    show("one of seven calls", OWN, 0x16, CNODE_BITS);
    copy_from(BIG, 0x147, BIG_BITS);
    pd_print("memory can be used: %u\n", untyped_retype(FREE, SEL4_TYPE_NOTIFICATION, 0, OWN, FREE + 1));
    pd_print("originals: complete\n");
}
