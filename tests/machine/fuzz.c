/* SPDX-License-Identifier: BSD-2-Clause */
/* Random system calls of random threads: whatever they do, the kernel model must stay sound. fuzz [SEED [CALLS]] */
#include "world.h"

#include <stdlib.h>

enum { SLOTS = 48, CHECK_EVERY = 512 };

static uint64_t state;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static uint64_t below(uint64_t n)
{
    return next_random() % n;
}

/* A capability address: mostly one of ours. */
static uint64_t random_cptr(const struct world *w)
{
    switch (below(8)) {
    case 0:
        return below(CAPDL_INITIAL_COUNT);
    case 1:
        return w->untyped;
    case 2:
        return next_random();
    default:
        return w->base + below(SLOTS);
    }
}

/* A word that some method may take for something sensible. */
static uint64_t random_word(const struct world *w)
{
    static const uint64_t words[] = {0,  1,  2,   3,   4,      12,       13,       15,
                                     64, 63, 255, 256, 0x1000, 0x400000, 0x200000, 0x40000000};
    switch (below(6)) {
    case 0:
        return next_random();
    case 1:
        return random_cptr(w);
    case 2:
        return UINT64_C(0x3000000000) + below(16) * 0x1000;
    case 3:
        return w->k->profile->types[below(CAPDL_TYPE_COUNT)];
    default:
        return words[below(sizeof(words) / sizeof(words[0]))];
    }
}

static void random_message(struct world *w, struct kernel_message *m)
{
    enum capdl_method method = (enum capdl_method)below(CAPDL_METHOD_COUNT);
    *m = (struct kernel_message){
        .label = w->k->profile->labels[method], .length = (unsigned)below(10), .caps = (unsigned)below(4)};
    for (unsigned i = 0; i < m->length; i++) {
        m->words[i] = random_word(w);
    }
    for (unsigned i = 0; i < m->caps; i++) {
        m->cap[i] = random_cptr(w);
    }
}

/* Makes objects, so that there is something to go wrong with. */
static void make_something(struct world *w)
{
    enum capdl_type type = (enum capdl_type)below(CAPDL_TYPE_COUNT);
    uint64_t size = type == CAPDL_TYPE_UNTYPED ? 12 + below(8) : type == CAPDL_TYPE_SCHED_CONTEXT ? 8 : 3;
    uint64_t from = below(4) ? w->untyped : w->base + below(SLOTS);
    world_retype(w, from, type, size, (unsigned)below(SLOTS), 1 + below(3));
}

static void random_syscall(struct world *w)
{
    struct kernel *k = w->k;
    struct tcb *thread = k->current;
    enum capdl_syscall syscall = (enum capdl_syscall)below(CAPDL_SYSCALL_DEBUG_PUTCHAR);
    thread->regs[k->registers->cap] = random_cptr(w);
    thread->regs[k->registers->reply] = random_cptr(w);
    thread->regs[k->registers->message_info] = message_info(below(40), 0, (unsigned)below(4), (unsigned)below(6));
    if (k->profile->syscalls[syscall]) {
        kernel_syscall(k, k->profile->syscalls[syscall]);
    }
}

static void step(struct world *w)
{
    struct kernel *k = w->k;
    struct kernel_message m;
    kernel_set_time(k, k->clock + below(2000));
    switch (below(16)) {
    case 0:
        random_syscall(w);
        break;
    case 1:
        kernel_vm_fault(k, random_word(w), 4, false);
        break;
    case 2:
        kernel_timer(k);
        break;
    case 3:
    case 4:
    case 5:
        make_something(w);
        break;
    default:
        random_message(w, &m);
        kernel_call(k, random_cptr(w), &m);
        break;
    }
}

static bool run(const char *profile, uint64_t calls)
{
    struct world *w = world_new(profile);
    bool sound = true;
    for (uint64_t i = 0; i < calls && sound; i++) {
        if (w->k->current == w->k->idle) { /* everybody is blocked: begin again */
            sound = world_is_sound(w);
            world_free(w);
            w = world_new(profile);
        }
        step(w);
        if (i % CHECK_EVERY == 0) {
            sound = sound && world_is_sound(w);
        }
    }
    sound = sound && world_is_sound(w);
    world_free(w);
    return sound;
}

int main(int argc, char **argv)
{
    static const char *const profiles[] = {"aarch64-12",     "aarch64-mcs-12", "riscv64-12",
                                           "riscv64-mcs-12", "x86_64-12",      "x86_64-mcs-12"};
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    uint64_t calls = argc > 2 ? strtoull(argv[2], NULL, 0) : 3000;
    for (unsigned i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        state = seed * UINT64_C(0x9e3779b97f4a7c15) + i + 1;
        if (!run(profiles[i], calls)) {
            printf("%s: not sound with seed %llu\n", profiles[i], (unsigned long long)seed);
            return 1;
        }
    }
    return 0;
}
