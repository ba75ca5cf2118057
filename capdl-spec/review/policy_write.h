/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_POLICY_WRITE_H
#define CAPDL_REVIEW_POLICY_WRITE_H

#include "policy_rules.h"

/* Writes the name or numbers of a party as a policy has them. */
void capdl_policy_write_party(FILE *, const struct capdl_party *);

#endif
