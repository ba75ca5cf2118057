/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policies: which relations a system may have, written by people. docs/policy.md has the grammar. A policy is read once
 * and can be compared with any number of systems.
 */
#ifndef CAPDL_POLICY_H
#define CAPDL_POLICY_H

#include <capdl/relations.h>

#ifdef __cplusplus
extern "C" {
#endif

struct capdl_policy;

/*
 * Reads a policy; `source` is its text in the list, from capdl_diags_add_source, and text must outlive the policy.
 * Returns NULL, after errors in the list, if it has mistakes. An empty policy allows nothing.
 */
struct capdl_policy *capdl_policy_read(struct capdl_diags *, uint16_t source, const char *text, size_t size);
void capdl_policy_free(struct capdl_policy *);

enum capdl_policy_verdict { CAPDL_POLICY_ALLOWED, CAPDL_POLICY_WAIVED, CAPDL_POLICY_EXCEEDS };

struct capdl_policy_result {
    uint8_t *verdicts; /* enum capdl_policy_verdict, one for each relation; the caller frees it with free() */
    size_t waived;     /* how many findings waivers suppress */
    bool has_waivers;  /* the policy has some, so the date matters */
};

/*
 * Compares the relations of a spec with a policy. Findings go to the list: a relation that no rule allows (at the
 * capability that shows it), a way that a rule forbids, names that the spec does not have, rules that match nothing.
 * `date` is a number such as 20261129: waivers that end before it do not count.
 */
void capdl_policy_check(const struct capdl_policy *, const struct capdl_spec *, const struct capdl_relations *,
                        uint32_t date, struct capdl_diags *, struct capdl_policy_result *);
/* The same for a change: findings are only of what the system `old` did not do; parties are compared by their names. */
void capdl_policy_check_change(const struct capdl_policy *, const struct capdl_relations *old,
                               const struct capdl_spec *, const struct capdl_relations *, uint32_t date,
                               struct capdl_diags *, struct capdl_policy_result *);

/* "2026-11-29" as the number 20261129; 0 if it is no date of the calendar. */
uint32_t capdl_policy_date(const char *text, size_t length);

/* Writes the policy that allows exactly these relations. */
void capdl_policy_write(const struct capdl_relations *, FILE *);

#ifdef __cplusplus
}
#endif

#endif
