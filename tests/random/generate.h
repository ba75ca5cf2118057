/* SPDX-License-Identifier: BSD-2-Clause */
/* What the generator's files share. */
#ifndef TESTS_RANDOM_GENERATE_H
#define TESTS_RANDOM_GENERATE_H

#include "profile/profile.h"
#include "random.h"

enum thing_kind {
    THING_ENDPOINT,
    THING_NOTIFICATION,
    THING_REPLY,
    THING_SC,
    THING_CNODE,
    THING_UNTYPED,
    THING_FRAME,
    THING_IRQ,
    THING_PORTS,
    THING_SGI,
    THING_VCPU,
    THING_SMC,
    THING_TCB,
    THING_TABLE,
    THING_POOL,
    THING_KINDS
};

enum { MOST_THINGS = 400, MOST_FIXED = 200, MOST_SPACES = 4, MOST_SLOTS = 4096, NAME = 32 };

/* An object that lines were made for. */
struct thing {
    char name[NAME];
    enum thing_kind kind;
    unsigned bits;
    bool device;
    bool used;             /* of what can be given once: somebody has it */
    bool original;         /* somebody has its original capability: every other one is derived from that */
    bool fixed;            /* frame: at a physical address */
    bool filled;           /* frame: from a file */
    uint64_t room;         /* untyped: bytes not given to children */
    unsigned level, space; /* table */
    uint64_t prefix;       /* table: what its addresses begin with */
    unsigned mapped;       /* frame: how often */
    char table[NAME];      /* frame: table and slot of its last mapping, and the rights there */
    uint64_t table_slot;
    unsigned table_rights;
};

struct fixed {
    uint64_t start, end;
};

/* A slot that is taken. */
struct taken {
    size_t thing;
    uint64_t slot;
};

/* A frame in an address space, where a thread could have its IPC buffer. */
struct buffer {
    unsigned space;
    uint64_t address;
    unsigned bits;
    bool filled; /* as its frame */
    bool stack;  /* a thread has its stack there */
    char frame[NAME];
};

struct generator {
    struct rng r;
    struct sample *sample;
    enum capdl_arch arch;
    bool real; /* for a kernel that is at hand */
    bool base; /* to be changed: small, and with all that the kernel has */
    struct thing things[MOST_THINGS];
    size_t num_things;
    struct fixed fixed[MOST_FIXED];
    size_t num_fixed;
    struct taken taken[MOST_SLOTS];
    size_t num_taken;
    struct buffer buffers[64];
    size_t num_buffers;
    unsigned num_irqs, num_spaces, num_threads;
};

void line_add(struct generator *, enum section, const char *format, ...) CAPDL_PRINTF(3, 4);
/* A new object; 0: there are enough. Pointers stay good. */
struct thing *thing_add(struct generator *, enum thing_kind, const char *format, ...) CAPDL_PRINTF(3, 4);
/* Some object of the kind, or 0. */
struct thing *thing_any(struct generator *, enum thing_kind);
/* Takes a slot; false: it is taken already. */
bool slot_take(struct generator *, const struct thing *, uint64_t slot);

/* spaces.c, threads.c, caps.c, relations.c, devices.c */
void space_generate(struct generator *);
void thread_generate(struct generator *);
void caps_generate(struct generator *);
void relations_generate(struct generator *);
void devices_generate(struct generator *);
/* Some rights on an endpoint or notification. */
const char *pick_rights(struct generator *);

#endif
