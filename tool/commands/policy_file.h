/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies given by --policy. */
#ifndef TOOL_POLICY_FILE_H
#define TOOL_POLICY_FILE_H

#include <capdl/policy.h>

#include "input/input.h"

/*
 * Compares a spec that was read with the policy of the options; findings go to the input's diagnostics. tell: a line on
 * standard error says on which day waivers were looked at. Returns EXIT_TROUBLE, after a message, if the policy cannot
 * be read or the date is none, else EXIT_FINE, which input_finish makes EXIT_FINDINGS if there are errors.
 */
int policy_check(struct input *, const struct options *, bool tell);

/*
 * The same for a change: what exceeds the policy in the new system but did not in the old one. Findings go to the new
 * input's diagnostics.
 */
int policy_check_change(struct input *old, struct input *new, const struct options *, bool tell);

#endif
