/* SPDX-License-Identifier: BSD-2-Clause */
/* Scheduling contexts: each is configured once, by the SchedControl of the core its thread belongs to. */
#include <stdlib.h>

#include <capdl/flags.h>

#include "image/program.h"
#include "profile/board.h"

struct binding {
    bool is_bound;
    uint32_t thread;
    uint64_t core;
};

static struct binding *find_bindings(struct program *program)
{
    struct binding *bindings = memory_zeroed(program->spec->num_objects, sizeof(*bindings));
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        const struct capdl_cap *cap = capdl_object_kind(program->spec, i) == CAPDL_KIND_TCB
                                          ? capdl_spec_cap_at(program->spec, i, CAPDL_TCB_SLOT_SC)
                                          : NULL;
        if (!cap || cap->kind != CAPDL_KIND_SC) {
            continue;
        }
        if (bindings[cap->object].is_bound) {
            program_cap_error(program, i, cap, "is already bound to another thread: '%s'",
                              program_label(program, bindings[cap->object].thread, (char[PROGRAM_LABEL]){0}));
        }
        bindings[cap->object] = (struct binding){true, i, capdl_tcb_values(program->spec, i)->affinity};
    }
    return bindings;
}

/* Where the frequency is measured at boot, assumes a clock faster than any machine's. */
static uint64_t longest_period(const struct capdl_profile *profile)
{
    struct board board = board_of(profile);
    if (!profile->timer_frequency && capdl_architecture(profile->arch)->pc) {
        board.timer_frequency = UINT64_C(1000000) * BOARD_MOST_MHZ;
    }
    return board_max_period_us(&board);
}

static bool times_good(struct program *program, uint32_t object, const struct capdl_sc *sc)
{
    uint64_t least = 2 * program->profile->kernel_wcet_us;
    if (sc->budget > sc->period) {
        program_error(program, object, "has a budget of %llu us, more than its period of %llu us",
                      (unsigned long long)sc->budget, (unsigned long long)sc->period);
        return false;
    }
    if (sc->budget == 0 || sc->budget < least) {
        program_error(program, object, "has a budget of %llu us, but kernel %s needs at least %llu us",
                      (unsigned long long)sc->budget, program->profile->name, (unsigned long long)(least ? least : 1));
        return false;
    }
    if (sc->period > longest_period(program->profile)) {
        program_error(program, object, "has a period of %llu us; kernel %s takes at most %llu us",
                      (unsigned long long)sc->period, program->profile->name,
                      (unsigned long long)longest_period(program->profile));
        return false;
    }
    return true;
}

static bool flags_good(struct program *program, uint32_t object, const struct capdl_sc *sc)
{
    if (sc->flags & ~(uint64_t)CAPDL_SC_FLAG_SPORADIC) {
        program_error(program, object, "has flags 0x%llx: expected 0 or 1 (sporadic)", (unsigned long long)sc->flags);
        return false;
    }
    return true;
}

static void configure(struct program *program, uint32_t object, const struct binding *binding)
{
    const struct capdl_sc *sc = capdl_object_sc(program->spec, object);
    if (!sc || (sc->budget == 0 && sc->period == 0)) {
        if (binding->is_bound) {
            program_warning(program, CAPDL_CHECK_SC_BUDGET, object,
                            "has no budget, so its thread will never run (write period: and budget:)");
        }
        return;
    }
    bool times = times_good(program, object, sc), flags = flags_good(program, object, sc);
    if (!times || !flags || binding->core >= program->profile->max_nodes) {
        return; /* a core that does not exist is refused with its thread */
    }
    CALL(program, SCHED, SCHED_CONTROL_CONFIGURE_FLAGS, object, operand_sched_control(binding->core),
         operand_object(program, object), operand_word(sc->budget), operand_word(sc->period), operand_word(sc->refills),
         operand_word(sc->data), operand_word(sc->flags));
}

void sched_configure(struct program *program)
{
    struct binding *bindings = find_bindings(program);
    for (size_t slot = 0; slot < program->num_objects; slot++) {
        uint32_t object = program->objects[slot];
        if (object != CAPDL_NO_OBJECT && capdl_object_kind(program->spec, object) == CAPDL_KIND_SC) {
            configure(program, object, &bindings[object]);
        }
    }
    free(bindings);
}
