/* SPDX-License-Identifier: BSD-2-Clause */
#include "../invoke.h"

enum { STOP = 3, OWN, IRQS, ASIDS, DOMAINS, MEMORY, THREAD, PARENT, CHILD, TIME, CONTEXT, FREE = 0x20 };

static uint64_t get_irq(void)
{
    const uint64_t cnode = OWN;
#ifdef SEL4_ARCH_X86_64
    const uint64_t words[] = {FREE, CNODE_BITS, 0, 5, 0, 0, 40};
    for (unsigned i = 0; i < 7; i++) {
        pd_words[i] = words[i];
    }
    return invoke(IRQS, SEL4_LABEL_IRQ_CONTROL_GET_IOAPIC, 1, &cnode, 7);
#else
    pd_words[0] = 40;
    pd_words[1] = FREE;
    pd_words[2] = CNODE_BITS;
    return invoke(IRQS, SEL4_LABEL_IRQ_CONTROL_GET, 1, &cnode, 3);
#endif
}

static uint64_t make_pool(void)
{
    const uint64_t caps[] = {FREE + 1, OWN};
    uint64_t error = untyped_retype(MEMORY, SEL4_TYPE_UNTYPED, 12, OWN, FREE + 1);
    pd_words[0] = FREE + 2;
    pd_words[1] = CNODE_BITS;
    return error + invoke(ASIDS, SEL4_LABEL_ASID_CONTROL_MAKE_POOL, 2, caps, 2);
}

static uint64_t set_domain(void)
{
    const uint64_t thread = THREAD;
    pd_words[0] = 0;
    return invoke(DOMAINS, SEL4_LABEL_DOMAIN_SET_SET, 1, &thread, 1);
}

static uint64_t configure(void)
{
#if SEL4_MCS
    const uint64_t context = CONTEXT, words[] = {10000, 20000, 0, 0, 0};
    for (unsigned i = 0; i < 5; i++) {
        pd_words[i] = words[i];
    }
    return invoke(TIME, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, 1, &context, 5);
#else
    return 0;
#endif
}

void pd_main(const uint64_t *args)
{
    (void)args;
    pd_print("controls: interrupt %u, ", get_irq());
    pd_print("ASID pool %u, ", make_pool());
    pd_print("domain %u, ", set_domain());
    pd_print("time %u\n", configure());
    pd_print("child of an untyped: %u, ", untyped_retype(CHILD, SEL4_TYPE_ENDPOINT, 0, OWN, FREE + 3));
    uint64_t error = cnode_revoke(OWN, PARENT);
    pd_print("revoked: %u, the child is gone: %u\n", error, (uint64_t)(cnode_copy(OWN, FREE + 4, OWN, CHILD) == 6));
    pd_print("controls: complete\n");
}
