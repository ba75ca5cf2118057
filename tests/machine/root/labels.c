/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every label on every kind of capability, with messages of several shapes: a line for each pair that is not always an
 * illegal operation. Nothing here knows which label is which, so whatever a kernel accepts is compared.
 */
#include "root.h"

enum { UT, TARGET, TCB2, NTFN, CN, FRAME, BIG, PT, PD, PDPT, VS, UT4K, POOL, SC, IRQ, PORTS, REPLY, SMALL, VCPU_, SGI };

enum { MOST_LABELS = 80 };

static _Alignas(4096) uint8_t spare[4096];
#if SEL4_MCS
static const char sched_control[] = "sched control";
#endif

static uint64_t at(unsigned n)
{
    return base + n;
}

/* ---- Shapes of messages ---- */

static const struct shape {
    uint8_t words, value, caps;
    uint8_t cap; /* slot, or below TCB2 an initial capability's number: CNODE, VSPACE */
} shapes[] = {
    {0, 0, 0, 0},         {1, 0, 0, 0},         {8, 0, 0, 0},          {8, 0, 1, CNODE},      {8, 0, 3, CNODE},
    {8, 1, 3, CNODE},     {8, 0, 3, NTFN + 64}, {8, 0, 3, 64 + FRAME}, {8, 0, 3, VSPACE},     {8, 16, 3, 64 + TCB2},
    {3, 255, 2, 64 + PT}, {2, 0, 1, 64 + SC},   {8, 4, 3, 64 + VS},    {6, 12, 2, 64 + UT4K},
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

struct result {
    uint64_t error, detail[3];
};

static struct result try_shape(uint64_t cap, uint64_t label, const struct shape *s)
{
    uint64_t words[8], caps[3];
    for (unsigned i = 0; i < 8; i++) {
        words[i] = s->value;
    }
    for (unsigned i = 0; i < 3; i++) {
        caps[i] = s->cap >= 64 ? at(s->cap - 64u) : s->cap;
    }
    ipc[1] = ipc[2] = ipc[3] = 0;
    struct result r = {.error = call(cap, label, s->words, words, s->caps, caps)};
    for (unsigned i = 0; i < 3; i++) {
        r.detail[i] = ipc[1 + i];
    }
    return r;
}

/* What an x86 kernel allows for a period depends on the frequency it measured. */
static bool varies(const char *name)
{
#if defined(__x86_64__) && SEL4_MCS
    return name == sched_control;
#else
    (void)name;
    return false;
#endif
}

static void print_results(const char *name, uint64_t label, const struct result *results)
{
    puts_(name);
    put(' ');
    put_number(label);
    put(':');
    for (unsigned i = 0; i < SHAPES; i++) {
        put(' ');
        if (varies(name)) {
            put_number(results[i].error);
        } else {
            put_error(results[i].error, results[i].detail, ',');
        }
    }
    put('\n');
}

static void try_label(const char *name, uint64_t cap, uint64_t label, void (*renew)(void))
{
    struct result results[SHAPES];
    bool accepted = false;
    if (renew) {
        renew();
    }
    for (unsigned i = 0; i < SHAPES; i++) {
        results[i] = try_shape(cap, label, &shapes[i]);
        accepted = accepted || results[i].error != ILLEGAL_OPERATION;
    }
    if (accepted) {
        print_results(name, label, results);
    }
}

/* ---- The capabilities ---- */

static bool is_skipped(uint64_t cap, uint64_t label)
{
#ifdef SEL4_LABEL_DOMAIN_SET_SCHEDULE_SET_START
    /* a schedule without domain 0 would be the end */
    if (cap == DOMAIN &&
        (label == SEL4_LABEL_DOMAIN_SET_SCHEDULE_CONFIGURE || label == SEL4_LABEL_DOMAIN_SET_SCHEDULE_SET_START)) {
        return true;
    }
#endif
#ifdef SEL4_LABEL_IRQ_CONTROL_GET_TRIGGER_CORE
    /* release 16 does not look whether there is a capability: the kernel stops */
    if (cap == IRQ_CONTROL && label == SEL4_LABEL_IRQ_CONTROL_GET_TRIGGER_CORE) {
        return true;
    }
#endif
    (void)cap, (void)label;
    return false;
}

static void sweep(const char *name, uint64_t cap, void (*renew)(void))
{
    for (uint64_t label = 0; label < MOST_LABELS; label++) {
        if (!is_skipped(cap, label)) {
            try_label(name, cap, label, renew);
        }
    }
}

/* A thread that was started stays in no queue. */
static void renew_thread(void)
{
    delete (at(TARGET));
    retype(at(UT), SEL4_TYPE_TCB, 0, at(TARGET), 1);
}

static void renew_untyped(void)
{
    revoke(at(SMALL));
}

static void make_objects(void)
{
    retype(untyped, SEL4_TYPE_UNTYPED, 16, at(UT), 1);
    retype(untyped, SEL4_TYPE_UNTYPED, 16, at(SMALL), 1);
    retype(untyped, SEL4_TYPE_UNTYPED, 12, at(UT4K), 1);
    retype(untyped, SEL4_TYPE_TCB, 0, at(TCB2), 1);
    retype(untyped, SEL4_TYPE_NOTIFICATION, 0, at(NTFN), 1);
    retype(untyped, SEL4_TYPE_CNODE, 4, at(CN), 1);
    retype(untyped, SEL4_TYPE_FRAME_4K, 0, at(FRAME), 1);
    retype(untyped, SEL4_TYPE_FRAME_2M, 0, at(BIG), 1);
    retype(untyped, SEL4_TYPE_PAGE_TABLE, 0, at(PT), 1);
    retype(untyped, SEL4_TYPE_VSPACE, 0, at(VS), 1);
}

static void sweep_memory(void)
{
    sweep("frame", at(FRAME), 0);
    sweep("large frame", at(BIG), 0);
    sweep("mapped frame", frame_of(spare), 0);
    sweep("table", at(PT), 0);
    sweep("address space", at(VS), 0);
    sweep("own address space", VSPACE, 0);
    sweep("ASID control", ASID_CONTROL, 0);
    sweep("ASID pool", ASID_POOL, 0);
#if defined(__x86_64__)
    retype(untyped, SEL4_TYPE_PAGE_DIRECTORY, 0, at(PD), 1);
    retype(untyped, SEL4_TYPE_PDPT, 0, at(PDPT), 1);
    sweep("page directory", at(PD), 0);
    sweep("PDPT", at(PDPT), 0);
    sweep("port control", IO_PORT_CONTROL, 0);
    call(IO_PORT_CONTROL, SEL4_LABEL_IO_PORT_CONTROL_ISSUE, WORDS(0, 1, at(PORTS), 64), WORDS(CNODE));
    sweep("ports", at(PORTS), 0);
#endif
}

static void sweep_rest(void)
{
    sweep("null", 0, 0);
    sweep("untyped", at(SMALL), renew_untyped);
    sweep("CNode", at(CN), 0);
    sweep("thread", at(TARGET), renew_thread);
    sweep("notification", at(NTFN), 0);
    sweep("IRQ control", IRQ_CONTROL, 0);
    sweep("domain", DOMAIN, 0);
#if SEL4_MCS
    retype(untyped, SEL4_TYPE_SCHED_CONTEXT, 8, at(SC), 1);
    sweep("scheduling context", at(SC), 0);
    sweep("own scheduling context", INITIAL_SC, 0);
    sweep(sched_control, ((uint64_t *)info)[19], 0);
#endif
#ifdef SEL4_TYPE_VCPU
    retype(untyped, SEL4_TYPE_VCPU, 0, at(VCPU_), 1);
    sweep("VCPU", at(VCPU_), 0);
#endif
#if SEL4_SMC
    sweep("SMC", SMC, 0);
#endif
#if defined(SEL4_LABEL_IRQ_CONTROL_ISSUE_SGI_SIGNAL) && !SEL4_SMP
    call(IRQ_CONTROL, SEL4_LABEL_IRQ_CONTROL_ISSUE_SGI_SIGNAL, WORDS(3, 7, at(SGI), 64), WORDS(CNODE));
    sweep("SGI", at(SGI), 0);
#endif
#if defined(__x86_64__)
    call(IRQ_CONTROL, SEL4_LABEL_IRQ_CONTROL_GET_IOAPIC, WORDS(at(IRQ), 64, 0, 5, 0, 0, 3), WORDS(CNODE));
#else
    call(IRQ_CONTROL, SEL4_LABEL_IRQ_CONTROL_GET, WORDS(40, at(IRQ), 64), WORDS(CNODE));
#endif
    sweep("IRQ handler", at(IRQ), 0);
}

void root_main(void)
{
    make_objects();
    sweep_rest();
    sweep_memory();
}
