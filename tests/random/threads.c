/* SPDX-License-Identifier: BSD-2-Clause */
/* Random threads: several in one address space, with and without IPC buffer, fault handlers of both kinds. */
#include "generate.h"

static void give_cspace(struct generator *g, const char *name)
{
    const struct thing *cnode = thing_any(g, THING_CNODE);
    if (cnode && rng_chance(&g->r, 5))
        line_add(g, SECTION_CAPS, "%s { cspace: %s (guard: %u, guard_size: %u) }", name, cnode->name, (unsigned)rng_below(&g->r, 4),
                 2 + (unsigned)rng_below(&g->r, 40));
    else if (cnode)
        line_add(g, SECTION_CAPS, "%s { cspace: %s (guard: 0, guard_size: %u) }", name, cnode->name, 64 - cnode->bits);
}

/* Address of its IPC buffer, 0: it has none. */
static uint64_t give_space(struct generator *g, const char *name)
{
    unsigned space = (unsigned)rng_below(&g->r, g->num_spaces);
    line_add(g, SECTION_CAPS, "%s { vspace: v%u }", name, space);
    for (size_t i = 0; i < g->num_buffers; i++)
        if (g->buffers[i].space == space && !rng_chance(&g->r, 3)) {
            line_add(g, SECTION_CAPS, "%s { ipc_buffer_slot: %s (RW) }", name, g->buffers[i].frame);
            return g->buffers[i].address + 1024 * rng_below(&g->r, 4);
        }
    return 0;
}

static void give_once(struct generator *g, const char *name, enum thing_kind kind, const char *slot, const char *rights)
{
    struct thing *thing = thing_any(g, kind);
    if (!thing || thing->used || rng_chance(&g->r, 3))
        return;
    thing->used = true;
    line_add(g, SECTION_CAPS, "%s { %s: %s%s }", name, slot, thing->name, rights);
}

static void give_handlers(struct generator *g, const char *name)
{
    const struct thing *ep = thing_any(g, THING_ENDPOINT);
    if (!ep || !g->sample->profile->mcs)
        return;
    if (rng_chance(&g->r, 2))
        line_add(g, SECTION_CAPS, "%s { fault_ep_slot: %s (RWGP, badge: %u) }", name, ep->name, (unsigned)rng_below(&g->r, 50));
    if (rng_chance(&g->r, 4))
        line_add(g, SECTION_CAPS, "%s { temp_fault_ep_slot: %s (WG) }", name, ep->name);
}

void thread_generate(struct generator *g)
{
    struct thing *t = thing_add(g, THING_TCB, "thread%u", g->num_threads++);
    char buffer[40] = "", fault[40] = "";
    if (!t)
        return;
    uint64_t address = 0;
    bool bare = !g->num_spaces || rng_chance(&g->r, 20); /* the kernel takes both or none */
    if (!bare) {
        give_cspace(g, t->name);
        address = give_space(g, t->name);
    }
    if (address)
        snprintf(buffer, sizeof buffer, "addr: 0x%llx, ", (unsigned long long)address);
    if (!bare && !g->sample->profile->mcs && rng_chance(&g->r, 3))
        snprintf(fault, sizeof fault, ", fault_ep: %u", (unsigned)rng_below(&g->r, 64));
    unsigned mcp = (unsigned)rng_below(&g->r, 250);
    line_add(g, SECTION_OBJECTS, "%s = tcb (%sip: 0x%x, sp: 0x%x, prio: %u, max_prio: %u, init: [%u, 0x%llx], tls: 0x%x%s%s)", t->name,
             buffer, 0x400000 + (unsigned)rng_below(&g->r, 1000) * 4, 0x10000000 + (unsigned)rng_below(&g->r, 1000) * 16,
             (unsigned)rng_below(&g->r, mcp + 1), mcp, (unsigned)rng_below(&g->r, 100), (unsigned long long)rng_next(&g->r),
             (unsigned)rng_below(&g->r, 10000) * 8, rng_chance(&g->r, 4) ? ", resume: False" : "", fault);
    give_handlers(g, t->name);
    if (g->sample->profile->mcs)
        give_once(g, t->name, THING_SC, "sc_slot", "");
    give_once(g, t->name, THING_NOTIFICATION, "bound_notification", " (RW)");
    if (g->arch == CAPDL_ARCH_AARCH64 && rng_chance(&g->r, 4))
        give_once(g, t->name, THING_VCPU, "bound_vcpu", "");
}
