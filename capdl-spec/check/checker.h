/* SPDX-License-Identifier: BSD-2-Clause */
/* What checks share: the spec, and what has been found out about its objects. */
#ifndef CAPDL_CHECK_CHECKER_H
#define CAPDL_CHECK_CHECKER_H

#include <capdl/architecture.h>

#include "model/model.h"

/* reach.c: what is known of an object once all capabilities have been looked at. */
enum check_what {
    CHECK_HELD = 1,             /* CNode, TCB: a CNode has a capability to it */
    CHECK_GRANTS = 2,           /* endpoint: capabilities can be sent through it */
    CHECK_RECEIVED = 4,         /* endpoint, notification: a thread can wait for it */
    CHECK_ANSWERED = 8,         /* endpoint: one that receives can have a reply object */
    CHECK_ASKED = 16,           /* endpoint: one that sends can be answered */
    CHECK_GROUP_MAKES = 32,     /* group: has memory to make objects from */
    CHECK_GROUP_REPLIES = 64,   /* has a reply object */
    CHECK_GROUP_WAITS = 128,    /* has something to wait for */
    CHECK_GROUP_CONTROLS = 256, /* has a TCB */
    CHECK_GROUP_BINDS = 512,    /* can make an interrupt signal something that it waits for */
};

enum { CHECK_SEVERAL = UINT32_MAX };

struct check_reach {
    bool known;
    bool mcs;        /* it has objects that only MCS kernels have */
    uint32_t *by;    /* per CNode: 1 + the thread that reaches it, CHECK_SEVERAL, 0 none; per endpoint: who receives */
    uint32_t *above; /* see capdl_check_group */
    uint16_t *what;  /* per object: enum check_what */
    uint8_t *said;   /* per object: the check that had a finding about it last */
};

struct checker {
    const struct capdl_spec *spec;
    struct capdl_diags *diags;
    enum capdl_check check;    /* being made */
    struct capdl_pos last_pos; /* of its last finding: elements of an array are reported once */
    bool errors_only;          /* the text had errors: what is missing may just not have been understood */
    bool misplaced;            /* so it may because of errors in what holds what */
    bool *used;                /* per object: something refers to it */
    uint64_t kinds;            /* bit k: there are objects of kind k */
    uint32_t *alike;           /* see capdl_check_next; 0: there are no large arrays */
    uint32_t *table_holder;    /* per object: 1 + the page table in which it first is as a page table, or 0 */
    struct check_reach reach;
};

static inline const struct capdl_architecture *capdl_check_facts(const struct checker *c)
{
    return capdl_architecture(c->spec->arch);
}

/*
 * The object after this one that a check must look at: of the elements of a large array with nothing in them, which
 * differ in their index alone, the first stands for all. Who asks what refers to an object must look at each.
 */
static inline uint32_t capdl_check_next(const struct checker *c, uint32_t object)
{
    uint32_t next = object + 1;
    return c->alike && next < c->spec->num_objects && c->alike[next] ? c->alike[next] : next;
}

/* Whether both objects are declared at the same place of the text. */
static inline bool capdl_check_same_place(const struct checker *c, uint32_t a, uint32_t b)
{
    return c->spec->objects->basic[a].at && c->spec->objects->basic[a].at == c->spec->objects->basic[b].at;
}

static inline bool capdl_check_has_kind(const struct checker *c, enum capdl_kind kind)
{
    return c->kinds >> kind & 1;
}

#endif
