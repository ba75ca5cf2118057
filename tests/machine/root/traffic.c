/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Four threads that send, call, receive and reply as they draw it from a seed, through endpoints, badges, notifications
 * and reply objects that are deleted, made anew, revoked and minted meanwhile; the threads are suspended, resumed,
 * bound, unbound and deleted. What each was told and which faults came is printed as a digest of twenty steps; those of
 * one such block, -DSHOW=BLOCK, each on its own line. Priorities are distinct, so that nothing depends on time.
 */
#include "root.h"

enum { TALKERS = 4, BLOCK = 20, BLOCKS = 100 };
enum {
    EP,                    /* three */
    NTFN = EP + 3,         /* two */
    MINTED = NTFN + 2,     /* five */
    CHANNELS = MINTED + 5, /* what they talk through: all before this */
    REPLY = CHANNELS,      /* three */
    OBJECTS = REPLY + 3,   /* what is sent: all before this */
    FAULT_EP = OBJECTS,
    FAULT_BADGED, /* TALKERS of it, as of what follows */
    THREAD = FAULT_BADGED + TALKERS,
    SC = THREAD + TALKERS,
    TURN = SC + TALKERS,
    RECEIVED = TURN + TALKERS,
    OWN_REPLY = RECEIVED + TALKERS,
    FAULT_REPLY,
    ABSENT
};

static _Alignas(4096) uint8_t buffers[TALKERS][4096];
static _Alignas(16) uint8_t stacks[TALKERS][4096];

/* Of the root and of each talker: where its draws are, and what it was told. */
static struct {
    uint64_t state, digest, acts;
} all[TALKERS + 1];

static uint64_t draw(unsigned who, uint64_t below)
{
    return draw_number(&all[who].state, below);
}

static void take_up(unsigned who, uint64_t n)
{
    add_to_digest(&all[who].digest, n);
}

static uint64_t at(uint64_t n)
{
    return base + n;
}

/* ---- The talkers ---- */

static uint64_t channel(unsigned who)
{
    return at(draw(who, draw(who, 3) ? 2 : CHANNELS));
}

static uint64_t reply_object(unsigned who)
{
    return at(REPLY + draw(who, 3));
}

static void hear(unsigned who, const uint64_t *buffer, struct answer a)
{
    uint64_t words[4] = {ipc[1], ipc[2], ipc[3], ipc[4]}, length = a.info & 127;
    take_up(who, a.badge >= base ? a.badge - base : a.badge); /* what was called is still there if no message came */
    take_up(who, a.info);
    for (unsigned i = 0; i < 4 && i < length; i++) {
        take_up(who, words[i]);
    }
    for (unsigned i = 5; i <= 10 && i <= length; i++) {
        take_up(who, buffer[i]);
    }
    for (unsigned i = 0; i < 3; i++) {
        take_up(who, a.info >> (9 + i) & 1 ? buffer[122 + i] : 0); /* badges of unwrapped capabilities */
    }
}

static uint64_t write_message(unsigned who, uint64_t *buffer)
{
    unsigned words = (unsigned)draw(who, 10), caps = (unsigned)(draw(who, 3) ? 0 : draw(who, 4));
    for (unsigned i = 0; i < caps; i++) {
        buffer[122 + i] = at(draw(who, OBJECTS));
    }
    for (unsigned i = 1; i <= 10; i++) {
        uint64_t word = draw(who, 1000);
        buffer[i] = word;
        if (i <= 4) {
            ipc[i] = word;
        }
    }
    return tag(draw(who, 50), caps, words);
}

static struct answer act(unsigned who, uint64_t *buffer)
{
    uint64_t to = channel(who), with = reply_object(who), message = write_message(who, buffer);
    switch (draw(who, 10)) {
    case 0:
        trap(SEL4_SYS_SEND, to, message, 0);
        return (struct answer){0, 0};
    case 1:
        trap(SEL4_SYS_NBSEND, to, message, 0);
        return (struct answer){0, 0};
    case 2:
    case 3:
        return trap(SEL4_SYS_CALL, to, message, 0);
    case 4:
    case 5:
        return trap(SEL4_SYS_RECV, to, 0, with);
    case 6:
        return trap(SEL4_SYS_NBRECV, to, 0, with);
    case 7:
        answer(with, draw(who, 50), (unsigned)draw(who, 8));
        return (struct answer){0, 0};
    case 8:
        return wait_for(to);
    default:
        return trap(SEL4_SYS_REPLY_RECV, to, message, with);
    }
}

static void talk(unsigned who)
{
    uint64_t *buffer = (uint64_t *)buffers[who];
    for (;;) {
        wait_for(at(TURN + who));
        for (unsigned i = 0; i < 3; i++) {
            hear(who, buffer, act(who, buffer));
            all[who].acts++;
        }
    }
}

static void talk_0(void)
{
    talk(0);
}
static void talk_1(void)
{
    talk(1);
}
static void talk_2(void)
{
    talk(2);
}
static void talk_3(void)
{
    talk(3);
}

/* ---- What the root does to them ---- */

static void restart(unsigned who)
{
    static void (*const codes[])(void) = {talk_0, talk_1, talk_2, talk_3};
    uint64_t registers[SEL4_REGISTERS + 2] = {1, SEL4_REGISTERS}, sp = (uint64_t)&stacks[who][4096] - 16;
#if defined(__x86_64__)
    registers[2 + SEL4_REGISTER_RSP] = sp - 8;
    registers[2 + SEL4_REGISTER_RIP] = (uint64_t)codes[who];
    registers[2 + SEL4_REGISTER_RFLAGS] = 0x202;
#else
    registers[2 + SEL4_REGISTER_SP] = sp;
    registers[2 + SEL4_REGISTER_PC] = (uint64_t)codes[who];
#endif
#if defined(__riscv)
    __asm__("mv %0, gp" : "=r"(registers[2 + SEL4_REGISTER_GP]));
#endif
    call(at(THREAD + who), SEL4_LABEL_TCB_WRITE_REGISTERS, SEL4_REGISTERS + 2, registers, NONE);
}

/* Priorities of two talkers are never the same. */
static uint64_t priority_of(unsigned who)
{
    return 60 + 40 * who + draw(TALKERS, 40);
}

static void spawn(unsigned who)
{
    uint64_t tcb = at(THREAD + who), buffer = (uint64_t)buffers[who], frame = frame_of(buffers[who]);
    uint64_t fault = at(FAULT_BADGED + who), priority = priority_of(who);
    delete (tcb);
    retype(untyped, SEL4_TYPE_TCB, 0, tcb, 1);
#if SEL4_MCS
    uint64_t control = ((uint64_t *)info)[19], sc = at(SC + who);
    delete (sc);
    retype(untyped, SEL4_TYPE_SCHED_CONTEXT, 8, sc, 1);
    call(control, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(10000, 10000, 0, 0, 0), WORDS(sc));
    call(tcb, SEL4_LABEL_TCB_CONFIGURE, WORDS(0, 0, buffer), WORDS(CNODE, VSPACE, frame));
    call(tcb, SEL4_LABEL_TCB_SET_SCHED_PARAMS, WORDS(priority, priority), WORDS(TCB, sc, fault));
#else
    call(tcb, SEL4_LABEL_TCB_CONFIGURE, WORDS(fault, 0, 0, buffer), WORDS(CNODE, VSPACE, frame));
    call(tcb, SEL4_LABEL_TCB_SET_SCHED_PARAMS, WORDS(priority, priority), WORDS(TCB));
#endif
    ((uint64_t *)buffer)[125] = CNODE;
    ((uint64_t *)buffer)[126] = at(RECEIVED + who);
    ((uint64_t *)buffer)[127] = 64;
    restart(who);
}

static void make_anew(unsigned n, uint64_t type)
{
    delete (at(n));
    retype(untyped, type, 0, at(n), 1);
}

static uint64_t change_channels(void)
{
    unsigned minted = MINTED + (unsigned)draw(TALKERS, 5);
    switch (draw(TALKERS, 8)) {
    case 0:
        make_anew(EP + (unsigned)draw(TALKERS, 3), SEL4_TYPE_ENDPOINT);
        return 0;
    case 1:
        make_anew(NTFN + (unsigned)draw(TALKERS, 2), SEL4_TYPE_NOTIFICATION);
        return 0;
    case 2:
        return revoke(at(EP + draw(TALKERS, 5)));
    case 3:
        return call(CNODE, SEL4_LABEL_CNODE_CANCEL_BADGED_SENDS, WORDS(at(minted), 64), NONE);
    case 4:
#if SEL4_MCS
        make_anew(REPLY + (unsigned)draw(TALKERS, 3), SEL4_TYPE_REPLY);
#endif
        return 0;
    default:
        delete (at(minted));
        return mint(at(minted), at(EP + draw(TALKERS, 5)), draw(TALKERS, 3) ? RIGHTS : draw(TALKERS, 16),
                    draw(TALKERS, 6));
    }
}

static uint64_t change_thread(void)
{
    unsigned who = (unsigned)draw(TALKERS, TALKERS);
    uint64_t tcb = at(THREAD + who);
    switch (draw(TALKERS, 9)) {
    case 0:
        return call(tcb, SEL4_LABEL_TCB_SUSPEND, NONE, NONE);
    case 1:
    case 2:
        return call(tcb, SEL4_LABEL_TCB_RESUME, NONE, NONE);
    case 3:
        return call(tcb, SEL4_LABEL_TCB_SET_PRIORITY, WORDS(priority_of(who)), WORDS(TCB));
    case 4:
        return call(tcb, SEL4_LABEL_TCB_BIND_NOTIFICATION, NONE, WORDS(at(NTFN + draw(TALKERS, 2))));
    case 5:
        return call(tcb, SEL4_LABEL_TCB_UNBIND_NOTIFICATION, NONE, NONE);
    case 6:
        spawn(who);
        return 0;
    case 7:
        return delete (at(RECEIVED + who));
    default:
#if SEL4_MCS
        return draw(TALKERS, 2) ? call(at(SC + who), SEL4_LABEL_SCHED_CONTEXT_UNBIND, NONE, NONE)
                                : call(at(SC + who), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(tcb));
#else
        return 0;
#endif
    }
}

/* The root takes part, but never waits. */
static uint64_t take_part(void)
{
    uint64_t message = write_message(TALKERS, ipc);
    if (draw(TALKERS, 2)) {
        trap(SEL4_SYS_NBSEND, channel(TALKERS), message, 0);
    } else {
        hear(TALKERS, ipc, trap(SEL4_SYS_NBRECV, at(EP + draw(TALKERS, 3)), 0, at(OWN_REPLY)));
        if (draw(TALKERS, 3)) {
            answer(at(OWN_REPLY), draw(TALKERS, 50), (unsigned)draw(TALKERS, 8));
        }
    }
    return 0;
}

/* Who faulted begins again. Of the message nothing is used that depends on where the program lies. */
static void take_faults(void)
{
    for (;;) {
        ipc[2] = ipc[3] = 0;
#if SEL4_MCS
        struct answer a = trap(SEL4_SYS_NBRECV, at(FAULT_EP), 0, at(FAULT_REPLY));
#else
        struct answer a = poll(at(FAULT_EP));
#endif
        if (a.badge == 0) {
            return;
        }
        take_up(TALKERS, a.badge);
        take_up(TALKERS, a.info);
        take_up(TALKERS, ipc[2] - base);
        take_up(TALKERS, ipc[3]);
        restart((unsigned)a.badge - 1);
    }
}

static uint64_t step(void)
{
    switch (draw(TALKERS, 8)) {
    case 0:
        return change_channels();
    case 1:
        return change_thread();
    case 2:
    case 3:
        return take_part();
    case 4:
        restart((unsigned)draw(TALKERS, TALKERS));
        return 0;
    default:
        trap(SEL4_SYS_NBSEND, at(TURN + draw(TALKERS, TALKERS)), tag(0, 0, 0), 0);
        return 0;
    }
}

/* ---- All together ---- */

static void print_state(const char *name, uint64_t number)
{
    puts_(name);
    put(' ');
    put_number(number);
    put(':');
    for (unsigned i = 0; i <= TALKERS; i++) {
        put(' ');
        put_number(all[i].digest);
        if (i < TALKERS) {
            put('/');
            put_number(all[i].acts);
        }
    }
    put('\n');
}

static void make_objects(void)
{
    for (unsigned i = 0; i < 3; i++) {
        make_anew(EP + i, SEL4_TYPE_ENDPOINT);
#if SEL4_MCS
        make_anew(REPLY + i, SEL4_TYPE_REPLY);
#endif
    }
#if SEL4_MCS
    make_anew(OWN_REPLY, SEL4_TYPE_REPLY);
    make_anew(FAULT_REPLY, SEL4_TYPE_REPLY);
#endif
    make_anew(NTFN, SEL4_TYPE_NOTIFICATION);
    make_anew(NTFN + 1, SEL4_TYPE_NOTIFICATION);
    make_anew(FAULT_EP, SEL4_TYPE_ENDPOINT);
    for (unsigned i = 0; i < TALKERS; i++) {
        mint(at(FAULT_BADGED + i), at(FAULT_EP), RIGHTS, i + 1);
        make_anew(TURN + i, SEL4_TYPE_NOTIFICATION);
    }
}

void root_main(void)
{
    for (unsigned i = 0; i <= TALKERS; i++) {
        all[i].state = (SEED * 8 + i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    }
    make_objects();
    for (unsigned i = 0; i < TALKERS; i++) {
        spawn(i);
    }
    for (int block = 0; block < BLOCKS; block++) {
        for (unsigned i = 0; i < BLOCK; i++) {
            take_up(TALKERS, step());
            let_others_run();
            take_faults();
            if (block == SHOW) {
                print_state("step", i);
            }
        }
        print_state("steps", (uint64_t)block);
    }
}
