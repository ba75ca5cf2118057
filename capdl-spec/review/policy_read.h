/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_POLICY_READ_H
#define CAPDL_REVIEW_POLICY_READ_H

#include "policy_rules.h"

/* Words that are not names. */
bool capdl_policy_is_keyword(const char *word);
/* Whether a character may stand in a name that is not quoted. */
bool capdl_policy_is_plain(char c);

#endif
