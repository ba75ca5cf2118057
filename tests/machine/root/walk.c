/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A walk through the kernel's state: objects are made, their capabilities copied, moved, minted, rotated, deleted and
 * revoked, and every label is invoked on whatever lies in a slot, with words and capabilities drawn from a seed.
 * After each step it asks what lies in each slot. Answers are printed as a digest of fifty steps, those of one such
 * block, -DSHOW=BLOCK, each on its own line. Nothing here knows what should happen.
 */
#include "root.h"

enum {
    SLOTS = 48,  /* those it plays with */
    TOP = SLOTS, /* the untyped that all is made from */
    BLOCK = 50,  /* steps in a line */
    BLOCKS = 80,
    RENEWED = 10, /* blocks after which it begins anew */
    MOST_LABELS = 80
};
enum { IS_UNTYPED = 2, IS_ENDPOINT = 4, IS_CNODE = 10 }; /* what the kernel says of a capability */
#define ARENA UINT64_C(0x3000000000)

static uint64_t state = SEED * UINT64_C(0x9e3779b97f4a7c15), digest;
static int block;

static uint64_t draw(uint64_t below)
{
    return draw_number(&state, below);
}

static uint64_t at(uint64_t n)
{
    return base + n;
}

static uint64_t any_slot(void)
{
    return at(draw(SLOTS));
}

static uint64_t what_lies_in(uint64_t slot)
{
    return trap(SEL4_SYS_DEBUG_CAP_IDENTIFY, slot, 0, 0).badge;
}

/* A call, but of an endpoint: nobody would answer. */
static uint64_t ask(uint64_t cap, uint64_t label, unsigned words, const uint64_t *word, unsigned caps,
                    const uint64_t *cptr)
{
    return what_lies_in(cap) == IS_ENDPOINT ? UINT64_MAX : call(cap, label, words, word, caps, cptr);
}

/* One that has such a capability, if a few draws find one. */
static uint64_t slot_with(uint64_t kind)
{
    uint64_t slot = any_slot();
    for (unsigned i = 0; i < 20 && what_lies_in(slot) != kind; i++) {
        slot = any_slot();
    }
    return slot;
}

static void take_up(uint64_t n)
{
    add_to_digest(&digest, n);
}

static uint64_t any_word(void)
{
    switch (draw(12)) {
    case 0:
        return 0;
    case 1:
        return draw(16);
    case 2:
        return any_slot();
    case 3:
        return 64;
    case 4:
        return UINT64_C(1) << draw(64);
    case 5:
        return UINT64_MAX;
    case 6:
        return ARENA + draw(8) * 4096;
    case 7:
        return ARENA + (draw(4) << 21);
    case 8:
        return ARENA + (draw(3) << 30);
    case 9:
        return draw(256);
    case 10:
        return UINT64_MAX << draw(64);
    default:
        return draw(0);
    }
}

static uint64_t any_capability(void)
{
    switch (draw(8)) {
    case 0:
        return CNODE;
    case 1:
        return VSPACE;
    case 2:
        return 0;
    default:
        return any_slot();
    }
}

/* ---- Steps: each returns the kernel's answer ---- */

static uint64_t make(void)
{
    static const uint8_t sizes[] = {0, 0, 0, 0, 1, 4, 5, 8, 10, 12, 14, 21};
    uint64_t from = draw(4) ? slot_with(IS_UNTYPED) : at(TOP);
    uint64_t size = sizes[draw(sizeof(sizes))], count = draw(16) ? 1 + draw(3) : draw(300);
    if (draw(5) == 0) {
        return ask(from, SEL4_LABEL_UNTYPED_RETYPE, WORDS(draw(16), size, slot_with(IS_CNODE), 64, draw(16), count),
                   WORDS(CNODE));
    }
    return ask(from, SEL4_LABEL_UNTYPED_RETYPE, WORDS(draw(16), size, 0, 0, any_slot(), count), WORDS(CNODE));
}

static uint64_t arrange(void)
{
    uint64_t to = any_slot(), from = any_slot();
    switch (draw(10)) {
    case 0:
    case 1:
        return copy(to, from, draw(16));
    case 2:
    case 3:
        return mint(to, from, draw(4) ? RIGHTS : draw(16), draw(2) ? draw(8) : any_word());
    case 4:
        return ask(CNODE, SEL4_LABEL_CNODE_MOVE, WORDS(to, 64, from, 64), WORDS(CNODE));
    case 5:
        return ask(CNODE, SEL4_LABEL_CNODE_MUTATE, WORDS(to, 64, from, 64, any_word()), WORDS(CNODE));
    case 6:
        return ask(CNODE, SEL4_LABEL_CNODE_ROTATE, WORDS(to, 64, any_word(), any_slot(), 64, any_word(), from, 64),
                   WORDS(CNODE, CNODE));
    case 7:
        return ask(CNODE, SEL4_LABEL_CNODE_CANCEL_BADGED_SENDS, WORDS(to, 64), NONE);
    case 8:
        return draw(3) ? delete (to) : revoke(to);
    default:
        return delete (to);
    }
}

/* In and out of CNodes that the walk has made. */
static uint64_t arrange_within(void)
{
    static const uint64_t labels[] = {SEL4_LABEL_CNODE_COPY,   SEL4_LABEL_CNODE_MINT,   SEL4_LABEL_CNODE_MOVE,
                                      SEL4_LABEL_CNODE_MUTATE, SEL4_LABEL_CNODE_REVOKE, SEL4_LABEL_CNODE_DELETE};
    uint64_t label = labels[draw(6)], node = slot_with(IS_CNODE);
    if (draw(2)) {
        return ask(node, label, WORDS(draw(16), draw(8) ? 64 : draw(66), any_slot(), 64, RIGHTS, draw(8)),
                   WORDS(CNODE));
    }
    if (label == SEL4_LABEL_CNODE_REVOKE || label == SEL4_LABEL_CNODE_DELETE) {
        label = SEL4_LABEL_CNODE_COPY; /* of the root's own slots it only takes its own */
    }
    return ask(CNODE, label, WORDS(any_slot(), 64, draw(16), draw(8) ? 64 : draw(66), RIGHTS, draw(8)), WORDS(node));
}

static uint64_t assign(void)
{
    return ask(ASID_POOL, SEL4_LABEL_ASID_POOL_ASSIGN, NONE, WORDS(any_slot()));
}

static uint64_t issue(void)
{
#if defined(__x86_64__)
    return ask(IRQ_CONTROL, SEL4_LABEL_IRQ_CONTROL_GET_IOAPIC, WORDS(any_slot(), 64, 0, 5, 0, 0, 3 + draw(3)),
               WORDS(CNODE));
#else
    return ask(IRQ_CONTROL, SEL4_LABEL_IRQ_CONTROL_GET, WORDS(40 + draw(3), any_slot(), 64), WORDS(CNODE));
#endif
}

/* To an endpoint it only sends: nobody would answer a call, and without the right to receive it would be stopped. */
static uint64_t any_invocation(void)
{
    uint64_t slot = any_slot(), words[10], caps[3], label = draw(MOST_LABELS), kind = what_lies_in(slot);
    unsigned num_words = (unsigned)draw(11), num_caps = (unsigned)draw(4);
    for (unsigned i = 0; i < 10; i++) {
        words[i] = any_word();
    }
    for (unsigned i = 0; i < 3; i++) {
        caps[i] = any_capability();
    }
    if (kind != IS_ENDPOINT) {
        return call(slot, label, num_words, words, num_caps, caps);
    }
    for (unsigned i = 0; i < num_caps; i++) {
        ipc[122 + i] = caps[i];
    }
    trap(SEL4_SYS_NBSEND, slot, tag(label, num_caps, 0), 0);
    return 0;
}

static uint64_t step(void)
{
    switch (draw(20)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
        return make();
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
        return arrange();
    case 10:
    case 11:
        return arrange_within();
    case 12:
        return draw(2) ? assign() : issue();
    default:
        return any_invocation();
    }
}

/* ---- The walk ---- */

static void show(unsigned number, uint64_t error, const uint64_t detail[3])
{
    put_number(number);
    puts_(": ");
    put_error(error, detail, ' ');
    puts_(" |");
    for (unsigned i = 0; i < SLOTS; i++) {
        put(' ');
        put_number(what_lies_in(at(i)));
    }
    put('\n');
}

static void begin_anew(void)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        delete (at(i));
    }
    revoke(at(TOP));
}

void root_main(void)
{
    retype(untyped, SEL4_TYPE_UNTYPED, 22, at(TOP), 1);
    for (block = 0; block < BLOCKS; block++) {
        if (block % RENEWED == 0) {
            begin_anew();
        }
        for (unsigned i = 0; i < BLOCK; i++) {
            ipc[1] = ipc[2] = ipc[3] = 0;
            uint64_t error = step(), detail[3] = {ipc[1], ipc[2], ipc[3]};
            take_up(error);
            for (unsigned j = 0; j < SLOTS; j++) {
                take_up(what_lies_in(at(j)));
            }
            if (block == SHOW) {
                show(i, error, detail);
            }
        }
        value("digest", digest);
    }
}
