/* SPDX-License-Identifier: BSD-2-Clause */
/* The checks: each is one small function and a row of include/capdl/checks.def. */
#ifndef CAPDL_CHECK_CHECKS_H
#define CAPDL_CHECK_CHECKS_H

struct checker;

#define CAPDL_SPEC_CHECK(id, function, severity, name, text) void capdl_check_##function(struct checker *);
#include <capdl/checks.def>

#endif
