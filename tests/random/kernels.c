/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernels: the built-in ones, and such as differ from them in what no built-in one has. */
#include <stdlib.h>

#include "profile/profile.h"
#include "random.h"

static uint16_t new_label(const struct capdl_profile *p)
{
    uint16_t most = 0;
    for (unsigned i = 0; i < CAPDL_METHOD_COUNT; i++) {
        if (p->labels[i] != CAPDL_PROFILE_ABSENT && p->labels[i] > most) {
            most = p->labels[i];
        }
    }
    return (uint16_t)(most + 1);
}

static void add_domains(struct capdl_profile *p, struct rng *r)
{
    p->num_domains = (uint32_t)rng_between(r, 2, 16);
    p->num_domain_schedules = (uint32_t)rng_between(r, 4, 64);
}

static void add_cores(struct capdl_profile *p, struct rng *r)
{
    p->smp = true;
    p->max_nodes = (uint32_t)rng_between(r, 2, 4);
    if (!p->mcs) {
        p->labels[CAPDL_METHOD_TCB_SET_AFFINITY] = new_label(p);
    }
    if (p->arch == CAPDL_ARCH_AARCH64) {
        p->labels[CAPDL_METHOD_IRQ_CONTROL_GET_TRIGGER_CORE] = new_label(p);
    }
}

struct capdl_profile *kernel_copy(const struct capdl_profile *like)
{
    struct capdl_profile *p = malloc(sizeof(*p));
    if (!p) {
        abort();
    }
    *p = *like;
    return p;
}

struct capdl_profile *kernel_pick(struct rng *r)
{
    const struct capdl_profile *builtin;
    do {
        builtin = profile_builtin_at(rng_below(r, 12));
    } while (builtin->root_cnode_bits != 12 && !rng_chance(r, 4));
    struct capdl_profile *p = kernel_copy(builtin);
    if (rng_chance(r, 4)) {
        add_domains(p, r);
    }
    if (rng_chance(r, 4)) {
        add_cores(p, r);
    }
    p->smc = p->arch == CAPDL_ARCH_AARCH64 && rng_chance(r, 4);
    return p;
}
