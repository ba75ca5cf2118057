/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages from JSON: a template is text with tags.
 *
 *     {{name}}              the value, escaped
 *     {{name|filter}}       as size (of bytes), count (with commas), permille (as percent), or s ("" if it is 1)
 *     {{{name}}}            the value as it is: for pictures, which are HTML
 *     {{#name}}...{{/name}} for each element of an array; within an object; once for another value that says something
 *     {{^name}}...{{/name}} if the value says nothing: it is missing, null, false, 0, "", or an empty array
 *     {{,}}                 a comma, but before the first element of an array
 *     {{>file}}             another template, as it is
 *
 * "." is the value itself; "a.b" is b of a. A name is looked for in the innermost object first. Of a line on which
 * nothing but one tag of a section stands, nothing is printed.
 */
#ifndef TOOL_REPORT_TEMPLATE_H
#define TOOL_REPORT_TEMPLATE_H

#include <stdio.h>

#include <json.h>

enum template_form { TEMPLATE_HTML, TEMPLATE_TEXT };

/* A file that was embedded when this program was built (tool/report/pages); ends the program if there is none. */
const char *template_file(const char *name);
/* Prints a template. What acts in HTML or on a terminal is escaped in values. */
void template_print(const char *name, enum template_form, struct json_object *value, FILE *out);

#endif
