/* SPDX-License-Identifier: BSD-2-Clause */
/* How checks report what they find. */
#include <stdarg.h>

#include "report.h"

static bool same_place(struct capdl_pos a, struct capdl_pos b)
{
    return a.line && a.line == b.line && a.column == b.column && a.file == b.file;
}

static void report(struct checker *c, enum capdl_severity severity, struct capdl_pos pos, const char *format,
                   va_list arguments)
{
    char message[800];
    if (same_place(pos, c->last_pos) || (severity == CAPDL_WARNING && c->errors_only)) {
        return;
    }
    c->last_pos = pos;
    vsnprintf(message, sizeof(message), format, arguments);
    capdl_finding(c->diags, severity, c->check, pos, "%s", message);
}

void capdl_check_report(struct checker *c, enum capdl_severity severity, struct capdl_pos pos, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(c, severity, pos, format, arguments);
    va_end(arguments);
}

void capdl_check_report_cap(struct checker *c, enum capdl_severity severity, const struct capdl_cap *cap,
                            const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(c, severity, capdl_cap_pos(c->spec, cap), format, arguments);
    va_end(arguments);
}

void capdl_check_report_once(struct checker *c, const struct capdl_cap *cap, const char *format, ...)
{
    va_list arguments;
    if (c->reach.said[cap->object] != c->check) {
        c->reach.said[cap->object] = (uint8_t)c->check;
        va_start(arguments, format);
        report(c, CAPDL_WARNING, capdl_cap_pos(c->spec, cap), format, arguments);
        va_end(arguments);
    }
}

const char *capdl_check_label(const struct checker *c, uint32_t object, char *buffer)
{
    return capdl_object_label(c->spec, object, buffer, CHECK_LABEL);
}
