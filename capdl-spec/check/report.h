/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_CHECK_REPORT_H
#define CAPDL_CHECK_REPORT_H

#include "checker.h"

enum { CHECK_LABEL = 160 };

/* Reports unless the last finding of this check was at the same position. */
void capdl_check_report(struct checker *, enum capdl_severity, struct capdl_pos, const char *format, ...)
    CAPDL_PRINTF(4, 5);
/* The same about a capability. */
void capdl_check_report_cap(struct checker *, enum capdl_severity, const struct capdl_cap *, const char *format, ...)
    CAPDL_PRINTF(4, 5);
/* Warns of a capability; each check warns once for each object. */
void capdl_check_report_once(struct checker *, const struct capdl_cap *, const char *format, ...) CAPDL_PRINTF(3, 4);
/* Name of an object, in the caller's buffer of CHECK_LABEL bytes. */
const char *capdl_check_label(const struct checker *, uint32_t object, char *buffer);

#endif
