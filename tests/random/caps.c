/* SPDX-License-Identifier: BSD-2-Clause */
/* Random capabilities in CNodes: copies, badges, guards, CNodes in CNodes, control capabilities. */
#include "generate.h"

const char *pick_rights(struct generator *g)
{
    static const char *const rights[] = {"R", "W", "RW", "RWG", "RWP", "RWGP", "WG", "WP"};
    return rights[rng_below(&g->r, 8)];
}

static void give(struct generator *g, const struct thing *cnode, const char *format, const char *name)
{
    uint64_t slot = rng_below(&g->r, UINT64_C(1) << cnode->bits);
    char target[200];
    if (!slot_take(g, cnode, slot)) {
        return;
    }
    snprintf(target, sizeof(target), format, name);
    line_add(g, SECTION_CAPS, "%s { %llu: %s }", cnode->name, (unsigned long long)slot, target);
}

static void give_badged(struct generator *g, const struct thing *cnode, const struct thing *what, const char *rights)
{
    char format[80];
    if (rng_chance(&g->r, 2)) {
        snprintf(format, sizeof(format), "%%s (%s, badge: 0x%llx)", rights,
                 (unsigned long long)(rng_next(&g->r) >> rng_below(&g->r, 60)));
    } else {
        snprintf(format, sizeof(format), "%%s (%s)", rights);
    }
    give(g, cnode, format, what->name);
}

static void give_cnode(struct generator *g, const struct thing *cnode, const struct thing *what)
{
    char format[80];
    unsigned size = (unsigned)rng_below(&g->r, 58 - what->bits);
    uint64_t guard = size ? rng_next(&g->r) >> (64 - size) : 0;
    snprintf(format, sizeof(format), "%%s (guard: 0x%llx, guard_size: %u)", (unsigned long long)guard, size);
    give(g, cnode, rng_chance(&g->r, 3) ? "%s" : format, what->name);
}

static void give_any(struct generator *g, const struct thing *cnode)
{
    static const char *const page_rights[] = {"%s (R)", "%s (RW)"};
    struct thing *what = &g->things[rng_below(&g->r, g->num_things)];
    if (what->original) {
        return;
    }
    switch (what->kind) {
    case THING_ENDPOINT:
        give_badged(g, cnode, what, pick_rights(g));
        break;
    case THING_NOTIFICATION:
        give_badged(g, cnode, what, rng_chance(&g->r, 2) ? "R" : "RW");
        break;
    case THING_CNODE:
        give_cnode(g, cnode, what);
        break;
    case THING_FRAME:
        give(g, cnode, page_rights[rng_below(&g->r, 2)], what->name);
        break;
    case THING_SMC:
        give(g, cnode, rng_chance(&g->r, 2) ? "%s (badge: 0x84000001)" : "%s", what->name);
        break;
    case THING_UNTYPED: /* of some the kernel allows no copies, or not always */
    case THING_TABLE:
        if (what->used) {
            return;
        }
        what->used = true;
        give(g, cnode, "%s", what->name);
        break;
    default:
        give(g, cnode, "%s", what->name);
    }
}

static void give_controls(struct generator *g)
{
    const struct capdl_profile *p = g->sample->profile;
    bool ports = p->arch == CAPDL_ARCH_X86_64,
         streams = p->labels[CAPDL_METHOD_SID_CONTROL_GET_SID] != CAPDL_PROFILE_ABSENT;
    const struct {
        const char *name;
        bool there;
    } controls[] = {{"irq_control", true},      {"asid_control", true},        {"domain", true},
                    {"io_port_control", ports}, {"streamid_control", streams}, {"contextbank_control", streams}};
    for (unsigned i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
        if (controls[i].there && rng_chance(&g->r, 12)) {
            give(g, thing_any(g, THING_CNODE), "%s", controls[i].name);
        }
    }
    for (unsigned core = 0; g->sample->profile->mcs && core < g->sample->profile->max_nodes; core++) {
        static const char *const formats[] = {"%s (core: 0)", "%s (core: 1)", "%s (core: 2)", "%s (core: 3)"};
        if (rng_chance(&g->r, 12)) {
            give(g, thing_any(g, THING_CNODE), formats[core], "sched_control");
        }
    }
}

/* Objects that nothing else refers to, in slots that mostly follow each other: their originals may be there. */
static void give_run(struct generator *g, const struct thing *cnode, unsigned number)
{
    static const struct {
        const char *kind, *rights;
    } kinds[] = {{"ep", " (RWGP)"},       {"ep", " (RWG)"},    {"notification", " (RW)"}, {"notification", " (RWGP)"},
                 {"frame (4k)", " (RW)"}, {"ut (5 bits)", ""}, {"cnode (2 bits)", ""}};
    size_t kind = rng_below(&g->r, sizeof(kinds) / sizeof(kinds[0]));
    uint64_t count = rng_between(&g->r, 6, 40), slot = rng_below(&g->r, UINT64_C(1) << cnode->bits);
    line_add(g, SECTION_OBJECTS, "run%u[%llu] = %s", number, (unsigned long long)count, kinds[kind].kind);
    for (uint64_t i = 0; i < count; i++, slot++) {
        if (slot >> cnode->bits == 0 && slot_take(g, cnode, slot)) {
            line_add(g, SECTION_CAPS, "%s { %llu: run%u[%llu]%s }", cnode->name, (unsigned long long)slot, number,
                     (unsigned long long)i, kinds[kind].rights);
        }
    }
}

void caps_generate(struct generator *g)
{
    for (unsigned i = 0; !g->base && rng_chance(&g->r, 3) && i < 3; i++) {
        give_run(g, thing_any(g, THING_CNODE), i);
    }
    for (uint64_t i = rng_below(&g->r, 2 * g->num_things + 4); i > 0; i--) {
        give_any(g, thing_any(g, THING_CNODE));
    }
    give_controls(g);
}
