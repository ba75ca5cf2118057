/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of a spec: the list of them, and the order in which they are made. */
#include <stdlib.h>
#include <string.h>

#include "checker.h"
#include "checks.h"
#include "per_object.h"
#include "reach.h"

static const struct {
    enum capdl_check id;
    void (*run)(struct checker *);
} checks[] = {
#define CAPDL_SPEC_CHECK(id, function, severity, name, text) {CAPDL_CHECK_##id, capdl_check_##function},
#include <capdl/checks.def>
};

_Static_assert(CAPDL_CHECK_COUNT < 256, "numbers of checks are kept in bytes");

enum { NUM_CHECKS = sizeof(checks) / sizeof(checks[0]) };

static void note_uses(struct checker *c, uint32_t id)
{
    struct capdl_caps caps = capdl_object_caps(c->spec, id);
    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        bool in_table = capdl_kind_is_table(capdl_object_kind(c->spec, id)) && capdl_kind_is_table(cap->kind);
        if (cap->object == CAPDL_NO_OBJECT) {
            continue;
        }
        c->used[cap->object] = true;
        if (in_table && !c->table_holder[cap->object]) {
            c->table_holder[cap->object] = id + 1;
        }
    }
}

_Static_assert(CAPDL_KIND_COUNT <= 64, "kinds are kept in 64 bits");

/* Kinds of which nothing but capabilities says anything that is not in the object. */
static bool can_be_alike(enum capdl_kind kind)
{
    return kind == CAPDL_KIND_EP || kind == CAPDL_KIND_NOTIFICATION || kind == CAPDL_KIND_FRAME ||
           kind == CAPDL_KIND_CNODE || kind == CAPDL_KIND_TCB || kind == CAPDL_KIND_SC || kind == CAPDL_KIND_RTREPLY;
}

static void note_alike(struct checker *c, uint32_t first, uint32_t end)
{
    enum { FEWEST = 64 };
    const struct capdl_object_basic *basic = &c->spec->objects->basic[first];

    if (end - first < FEWEST || basic->has & ~(unsigned)CAPDL_COLUMN_INDEX ||
        !can_be_alike((enum capdl_kind)basic->kind)) {
        return;
    }
    if (!c->alike) {
        c->alike = capdl_check_zeros(c, sizeof(*c->alike));
    }
    c->alike[first + 1] = end;
}

static void find_alike(struct checker *c)
{
    const struct capdl_object_basic *basic = c->spec->objects->basic;
    uint32_t first = 0;
    for (uint32_t i = 1; i <= c->spec->num_objects; i++) {
        if (i == c->spec->num_objects || memcmp(&basic[i], &basic[first], sizeof(*basic)) != 0) {
            note_alike(c, first, i);
            c->kinds |= UINT64_C(1) << basic[first].kind;
            first = i;
        }
    }
}

static void collect(struct checker *c)
{
    const struct capdl_spec *spec = c->spec;
    c->used = capdl_check_zeros(c, sizeof(*c->used));
    c->table_holder = capdl_check_zeros(c, sizeof(*c->table_holder));
    find_alike(c);
    for (uint32_t i = 0; i < spec->num_objects; i = capdl_check_next(c, i)) {
        note_uses(c, i);
    }
    for (size_t i = 0; i < spec->num_irqs; i++) {
        c->used[spec->irqs[i].object] = true;
    }
}

/* Whether errors of the check are about what holds what, so that later checks may miss a capability. */
static bool is_of_structure(enum capdl_check check)
{
    return check == CAPDL_CHECK_CONTAINER || check == CAPDL_CHECK_SLOT_RANGE || check == CAPDL_CHECK_CAP_SLOT ||
           check == CAPDL_CHECK_TABLE_NESTING || check == CAPDL_CHECK_TABLE_SHARED;
}

bool capdl_spec_check(const struct capdl_spec *spec, struct capdl_diags *diags)
{
    size_t errors = diags->num_errors, found;
    struct checker checker = {.spec = spec, .diags = diags, .errors_only = errors, .misplaced = errors};
    collect(&checker);
    for (unsigned i = 0; i < NUM_CHECKS; i++) {
        if (diags->disabled[checks[i].id]) {
            continue;
        }
        checker.check = checks[i].id;
        checker.last_pos = (struct capdl_pos){.line = 0};
        found = diags->num_errors;
        checks[i].run(&checker);
        checker.misplaced |= is_of_structure(checks[i].id) && diags->num_errors > found;
    }
    capdl_check_free_reach(&checker);
    if (checker.alike) {
        capdl_check_zeros_free(&checker, checker.alike, sizeof(*checker.alike));
    }
    capdl_check_zeros_free(&checker, checker.used, sizeof(*checker.used));
    capdl_check_zeros_free(&checker, checker.table_holder, sizeof(*checker.table_holder));
    return diags->num_errors == errors;
}
