/* SPDX-License-Identifier: BSD-2-Clause */
/* Scheduling domains: threads into theirs, and the schedule. Setting its start switches domains at once, so it is the
 * last call. */
#include "image/program.h"

static void set_domains(struct program *program)
{
    for (size_t slot = 0; slot < program->num_objects; slot++) {
        uint32_t object = program->objects[slot];
        if (object == CAPDL_NO_OBJECT || capdl_object_kind(program->spec, object) != CAPDL_KIND_TCB) {
            continue;
        }
        const struct capdl_tcb *tcb = capdl_object_tcb(program->spec, object);
        if (!tcb || tcb->dom == 0) {
            continue;
        }
        if (tcb->dom >= program->profile->num_domains) {
            program_error(program, object, "is to be in domain %llu; kernel %s has %u (0 to %u)",
                          (unsigned long long)tcb->dom, program->profile->name, program->profile->num_domains,
                          program->profile->num_domains - 1);
            continue;
        }
        CALL(program, DOMAINS, DOMAIN_SET_SET, object, operand_initial(CAPDL_INITIAL_DOMAIN),
             operand_late(program, object), operand_word(tcb->dom));
    }
}

static bool entry_duration(struct program *program, const struct capdl_domain_entry *entry, uint64_t *ticks)
{
    const struct capdl_profile *profile = program->profile;
    *ticks = entry->duration;
    if (entry->unit == CAPDL_MICROSECONDS) {
        if (!profile->mcs || profile->timer_frequency == 0) {
            capdl_error(program->diags, entry->pos,
                        "a duration in us cannot be converted: the ticks of kernel %s are %s; give ticks",
                        profile->name, profile->mcs ? "only known when it boots" : "those of its timer interrupt");
            return false;
        }
        __uint128_t wide = (__uint128_t)entry->duration * profile->timer_frequency / 1000000;
        *ticks = wide >> 56 ? UINT64_MAX : (uint64_t)wide;
    }
    if (*ticks >> 56) {
        capdl_error(program->diags, entry->pos, "duration of more than 56 bits");
        return false;
    }
    if (!entry->end_marker && *ticks == 0) {
        capdl_error(program->diags, entry->pos, "a domain's duration cannot be zero");
        return false;
    }
    return true;
}

static void set_schedule(struct program *program)
{
    const struct capdl_domains *domains = &program->spec->domains;
    const struct capdl_profile *profile = program->profile;
    uint64_t room = profile->num_domain_schedules ? profile->num_domain_schedules - 1 : 0;
    if (domains->index_shift > room || domains->num_schedule > room - domains->index_shift) {
        capdl_error(program->diags, domains->pos,
                    "a domain schedule of %zu entries from index %llu does not fit: kernel %s has "
                    "room for %llu",
                    domains->num_schedule, (unsigned long long)domains->index_shift, profile->name,
                    (unsigned long long)room);
        return;
    }
    for (size_t i = 0; i < domains->num_schedule; i++) {
        const struct capdl_domain_entry *entry = &domains->schedule[i];
        uint64_t ticks;
        if (!entry->end_marker && entry->domain >= profile->num_domains) {
            capdl_error(program->diags, entry->pos, "domain %llu does not exist: kernel %s has %u",
                        (unsigned long long)entry->domain, profile->name, profile->num_domains);
        } else if (entry_duration(program, entry, &ticks)) {
            CALL(program, DOMAINS, DOMAIN_SET_SCHEDULE_CONFIGURE, CAPDL_NO_OBJECT,
                 operand_initial(CAPDL_INITIAL_DOMAIN), operand_word(domains->index_shift + i),
                 operand_word(entry->end_marker ? 0 : entry->domain), operand_word(entry->end_marker ? 0 : ticks));
        }
    }
}

static void set_start(struct program *program)
{
    const struct capdl_domains *domains = &program->spec->domains;
    if (domains->start_kind == CAPDL_DOMAIN_START_NONE) {
        return;
    }
    uint64_t index = domains->start_kind == CAPDL_DOMAIN_START_INDEX ? domains->start_index : 0;
    if (index >= domains->num_schedule || domains->schedule[index].end_marker) {
        capdl_error(program->diags, domains->pos,
                    "the domain schedule cannot start at %llu: it has %zu entries, and not at an end "
                    "marker",
                    (unsigned long long)index, domains->num_schedule);
        return;
    }
    CALL(program, START, DOMAIN_SET_SCHEDULE_SET_START, CAPDL_NO_OBJECT, operand_initial(CAPDL_INITIAL_DOMAIN),
         operand_word(domains->index_shift + index));
}

void domains_configure(struct program *program)
{
    set_domains(program);
    if (program->spec->domains.has_schedule) {
        set_schedule(program);
        set_start(program);
    }
}
