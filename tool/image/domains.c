/* SPDX-License-Identifier: BSD-2-Clause */
/* Scheduling domains: threads into theirs, and the schedule. Setting its start switches domains at once, so it is the
 * last call. */
#include "image/program.h"
#include "profile/board.h"

/* A schedule that nobody sets runs domain 0 forever; one fixed at build time is not known. */
static bool runs_domain_0_only(const struct program *program)
{
    return program->profile->num_domain_schedules > 0 && !program->spec->domains.has_schedule &&
           !capdl_domains_can_change(program->spec);
}

static void set_domains(struct program *program)
{
    bool unset = runs_domain_0_only(program);
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
            char domains[40];
            program_error(program, object, "is in domain %llu, but kernel %s has only %s", (unsigned long long)tcb->dom,
                          program->profile->name, program_numbers(domains, "domain", program->profile->num_domains));
            continue;
        }
        if (unset) {
            program_warning(program, CAPDL_CHECK_DOMAIN_SCHEDULE, object,
                            "is in domain %llu, which never runs: kernel %s runs only domain 0 unless the spec has a "
                            "schedule (write domains { schedule: [...] })",
                            (unsigned long long)tcb->dom, program->profile->name);
        }
        CALL(program, DOMAINS, DOMAIN_SET_SET, object, operand_initial(CAPDL_INITIAL_DOMAIN),
             operand_late(program, object), operand_word(tcb->dom));
    }
}

enum { DURATION_BITS = 56 };

/* A duration whose ticks are only known at boot, from bootinfo of x86-64: it must be valid on the fastest
 * machine. */
static bool open_duration(struct program *program, const struct capdl_domain_entry *entry)
{
    uint64_t most = ((UINT64_C(1) << DURATION_BITS) - 1) / BOARD_MOST_MHZ;
    if (!program->profile->mcs || !capdl_architecture(program->profile->arch)->pc) {
        capdl_error(
            program->diags, entry->pos,
            "%llu us cannot be converted: kernel %s does not say how long a tick is; give the duration in ticks",
            (unsigned long long)entry->duration, program->profile->name);
    } else if (entry->duration > most) {
        capdl_error(program->diags, entry->pos, "%llu us is too long: expected at most %llu",
                    (unsigned long long)entry->duration, (unsigned long long)most);
    }
    return program->profile->mcs && capdl_architecture(program->profile->arch)->pc && entry->duration <= most;
}

static void warn_rounded(struct program *program, const struct capdl_domain_entry *entry, struct board_clock clock,
                         uint64_t ticks)
{
    double exact = (double)ticks * (double)clock.us / (double)clock.ticks;
    capdl_finding(program->diags, CAPDL_WARNING, CAPDL_CHECK_DOMAIN_TICKS, entry->pos,
                  "%llu us is not a whole number of ticks of kernel %s: it is rounded down to %llu ticks, %.10g us",
                  (unsigned long long)entry->duration, program->profile->name, (unsigned long long)ticks, exact);
}

/* In ticks, or 0 if only the running kernel can tell. */
static bool convert_us(struct program *program, const struct capdl_domain_entry *entry, uint64_t *ticks)
{
    struct board_clock clock = board_domain_clock(program->profile);
    if (!clock.ticks) {
        *ticks = 0;
        return open_duration(program, entry);
    }
    __uint128_t wide = (__uint128_t)entry->duration * clock.ticks;
    *ticks = wide / clock.us >> DURATION_BITS ? UINT64_MAX : (uint64_t)(wide / clock.us);
    if (*ticks == 0) {
        capdl_error(program->diags, entry->pos, "%llu us is less than a tick of kernel %s, which is %.10g us",
                    (unsigned long long)entry->duration, program->profile->name,
                    (double)clock.us / (double)clock.ticks);
        return false;
    }
    if (*ticks >> DURATION_BITS) {
        capdl_error(program->diags, entry->pos, "%llu us is too long: expected less than 2^%u ticks of kernel %s",
                    (unsigned long long)entry->duration, DURATION_BITS, program->profile->name);
        return false;
    }
    if (wide % clock.us) {
        warn_rounded(program, entry, clock, *ticks);
    }
    return true;
}

/* A duration in microseconds is kept, too, as a word after those that the kernel reads. */
static void set_entry(struct program *program, const struct capdl_domain_entry *entry, uint64_t index)
{
    struct operand domain_set = operand_initial(CAPDL_INITIAL_DOMAIN), where = operand_word(index);
    struct operand domain = operand_word(entry->domain), duration = operand_word(entry->duration);
    uint64_t ticks;
    if (entry->end_marker && index == 0) {
        capdl_error(program->diags, entry->pos,
                    "the kernel takes no end marker as entry 0, where its own schedule starts: put another entry "
                    "first, or move all by 'index_shift: 1'");
    } else if (entry->end_marker) {
        CALL(program, DOMAINS, DOMAIN_SET_SCHEDULE_CONFIGURE, CAPDL_NO_OBJECT, domain_set, where, operand_word(0),
             operand_word(0));
    } else if (entry->unit == CAPDL_TICKS) {
        CALL(program, DOMAINS, DOMAIN_SET_SCHEDULE_CONFIGURE, CAPDL_NO_OBJECT, domain_set, where, domain, duration);
    } else if (convert_us(program, entry, &ticks)) {
        CALL(program, DOMAINS, DOMAIN_SET_SCHEDULE_CONFIGURE, CAPDL_NO_OBJECT, domain_set, where, domain,
             operand_word(ticks), duration);
    }
}

static void set_schedule(struct program *program)
{
    const struct capdl_domains *domains = &program->spec->domains;
    const struct capdl_profile *profile = program->profile;
    uint64_t room = profile->num_domain_schedules ? profile->num_domain_schedules - 1 : 0;
    if (domains->index_shift > room || domains->num_schedule > room - domains->index_shift) {
        capdl_error(program->diags, domains->pos,
                    "a domain schedule of %zu entries from index %llu does not fit: kernel %s has room for only %llu",
                    domains->num_schedule, (unsigned long long)domains->index_shift, profile->name,
                    (unsigned long long)room);
        return;
    }
    for (size_t i = 0; i < domains->num_schedule; i++) {
        const struct capdl_domain_entry *entry = &domains->schedule[i];
        if (!entry->end_marker && entry->domain >= profile->num_domains) {
            capdl_error(program->diags, entry->pos, "domain %llu does not exist: kernel %s has %u",
                        (unsigned long long)entry->domain, profile->name, profile->num_domains);
        } else {
            set_entry(program, entry, domains->index_shift + i);
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
                    "the domain schedule cannot start at %llu: expected one of its %zu entries, and not an end marker",
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
