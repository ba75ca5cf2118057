/* SPDX-License-Identifier: BSD-2-Clause */
/* Random threads: several in one address space, with and without IPC buffer, fault handlers of both kinds. */
#include <string.h>

#include "generate.h"

static void give_cspace(struct generator *g, const char *name)
{
    const struct thing *cnode = thing_any(g, THING_CNODE);
    if (cnode && rng_chance(&g->r, 5)) {
        line_add(g, SECTION_CAPS, "%s { cspace: %s (guard: %u, guard_size: %u) }", name, cnode->name,
                 (unsigned)rng_below(&g->r, 4), 2 + (unsigned)rng_below(&g->r, 40));
    } else if (cnode) {
        line_add(g, SECTION_CAPS, "%s { cspace: %s (guard: 0, guard_size: %u) }", name, cnode->name, 64 - cnode->bits);
    }
}

/* Address of its IPC buffer, 0: it has none. */
static uint64_t give_space(struct generator *g, const char *name, unsigned space)
{
    line_add(g, SECTION_CAPS, "%s { vspace: v%u }", name, space);
    for (size_t i = 0; i < g->num_buffers; i++) {
        if (g->buffers[i].space == space && !rng_chance(&g->r, 3)) {
            line_add(g, SECTION_CAPS, "%s { ipc_buffer_slot: %s (RW) }", name, g->buffers[i].frame);
            return g->buffers[i].address + 1024 * rng_below(&g->r, 4);
        }
    }
    return 0;
}

/* Where the stack begins: in a frame of its own when there are arguments for it. That is one with contents: so it is
   clear that it lies in the image. */
struct stack {
    uint64_t sp;
    unsigned arguments;
};

static void take_stack(struct generator *g, const char *frame)
{
    for (size_t i = 0; i < g->num_buffers; i++) {
        g->buffers[i].stack = g->buffers[i].stack || strcmp(g->buffers[i].frame, frame) == 0;
    }
}

static struct stack give_stack(struct generator *g, int space)
{
    struct stack stack = {.sp = 0x10000000 + rng_below(&g->r, 1000) * 16, .arguments = 2};
    for (size_t i = 0; i < g->num_buffers && rng_chance(&g->r, 3); i++) {
        struct buffer *b = &g->buffers[i];
        if ((int)b->space == space && b->filled && !b->stack) {
            take_stack(g, b->frame);
            return (struct stack){b->address + (UINT64_C(1) << b->bits) - 16 * rng_below(&g->r, 10),
                                  (unsigned)rng_between(&g->r, 2, 14)};
        }
    }
    return stack;
}

static void describe_arguments(struct generator *g, unsigned count, char *text, size_t size)
{
    size_t used = 0;
    for (unsigned i = 0; i < count; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s0x%llx", i ? ", " : "",
                                 (unsigned long long)(rng_next(&g->r) >> rng_below(&g->r, 64)));
    }
}

static void give_once(struct generator *g, const char *name, enum thing_kind kind, const char *slot, const char *rights)
{
    struct thing *thing = thing_any(g, kind);
    if (!thing || thing->used || rng_chance(&g->r, 3)) {
        return;
    }
    thing->used = true;
    line_add(g, SECTION_CAPS, "%s { %s: %s%s }", name, slot, thing->name, rights);
}

static void give_handlers(struct generator *g, const char *name)
{
    const struct thing *ep = thing_any(g, THING_ENDPOINT);
    if (!ep || !g->sample->profile->mcs) {
        return;
    }
    if (rng_chance(&g->r, 2)) {
        line_add(g, SECTION_CAPS, "%s { fault_ep_slot: %s (RWGP, badge: %u) }", name, ep->name,
                 (unsigned)rng_below(&g->r, 50));
    }
    if (rng_chance(&g->r, 4)) {
        line_add(g, SECTION_CAPS, "%s { temp_fault_ep_slot: %s (WG) }", name, ep->name);
    }
}

/* What is written behind ip and sp: parameters some kernels have and others have not. */
static void describe_more(struct generator *g, bool bare, char *text, size_t size)
{
    const struct capdl_profile *p = g->sample->profile;
    size_t used = 0;
    *text = 0;
    if (p->num_domains > 1 && rng_chance(&g->r, 2)) {
        used += (size_t)snprintf(text + used, size - used, ", dom: %u", (unsigned)rng_below(&g->r, p->num_domains));
    }
    if (p->max_nodes > 1 && rng_chance(&g->r, 2)) {
        used += (size_t)snprintf(text + used, size - used, ", affinity: %u", (unsigned)rng_below(&g->r, p->max_nodes));
    }
    if (rng_chance(&g->r, 8)) {
        used += (size_t)snprintf(text + used, size - used, ", fpu_disabled: True");
    }
    if ((g->real && p->smp) || rng_chance(&g->r, 4)) { /* on other cores they would run, and fail, at once */
        used += (size_t)snprintf(text + used, size - used, ", resume: False");
    }
    if (!bare && !p->mcs && rng_chance(&g->r, 3)) {
        snprintf(text + used, size - used, ", fault_ep: %u", (unsigned)rng_below(&g->r, 64));
    }
}

void thread_generate(struct generator *g)
{
    struct thing *t = thing_add(g, THING_TCB, "thread%u", g->num_threads++);
    char buffer[40] = "", more[120], arguments[400];
    if (!t) {
        return;
    }
    uint64_t address = 0;
    bool bare = !g->num_spaces || rng_chance(&g->r, 20); /* the kernel takes both or none */
    int space = bare ? -1 : (int)rng_below(&g->r, g->num_spaces);
    if (!bare) {
        give_cspace(g, t->name);
        address = give_space(g, t->name, (unsigned)space);
    }
    if (address) {
        snprintf(buffer, sizeof(buffer), "addr: 0x%llx, ", (unsigned long long)address);
    }
    struct stack stack = give_stack(g, space);
    describe_more(g, bare, more, sizeof(more));
    describe_arguments(g, stack.arguments, arguments, sizeof(arguments));
    unsigned mcp = (unsigned)rng_below(&g->r, 250);
    line_add(g, SECTION_OBJECTS, "%s = tcb (%sip: 0x%x, sp: 0x%llx, prio: %u, max_prio: %u, init: [%s], tls: 0x%x%s)",
             t->name, buffer, 0x400000 + (unsigned)rng_below(&g->r, 1000) * 4, (unsigned long long)stack.sp,
             (unsigned)rng_below(&g->r, mcp + 1), mcp, arguments, (unsigned)rng_below(&g->r, 10000) * 8, more);
    give_handlers(g, t->name);
    if (g->sample->profile->mcs) {
        give_once(g, t->name, THING_SC, "sc_slot", "");
    }
    give_once(g, t->name, THING_NOTIFICATION, "bound_notification", " (RW)");
    if (g->arch == CAPDL_ARCH_AARCH64 && rng_chance(&g->r, 4)) {
        give_once(g, t->name, THING_VCPU, "bound_vcpu", "");
    }
}
