/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A system for a reviewer, on one page. What is told is collected as JSON (docs/report.schema.json), once; text and
 * HTML are templates that are filled from it, so that all three say the same.
 *
 *     facts.c            what executing and planning show: the numbers of `capdl verify` and `capdl fit`
 *     model*.c           all of it as JSON
 *     members.c          members of JSON objects
 *     links.c            links from one part of it to another
 *     sources.c          lines of the spec
 *     page.c             JSON -> page
 *     base64.c           bytes as text
 *     template.c         templates; pages/ has them, embed.sh puts them into the program
 */
#ifndef TOOL_REPORT_REPORT_H
#define TOOL_REPORT_REPORT_H

#include <json.h>

#include <capdl/survey.h>

#include "base/file.h"
#include "sha256/sha256.h"
#include "image/image.h"
#include "verify/verify.h"

/* What is reported. */
struct report_input {
    const char *name;
    const struct file_bytes *bytes; /* of the file */
    const struct capdl_spec *spec;
    const struct capdl_diags *diags;     /* of reading, checking and compiling it */
    const struct capdl_profile *profile; /* the kernel; NULL: none is known */
    const struct image *image;           /* of the system; NULL: there is none, because ... */
    const char *no_image;                /* a sentence without full stop */
    bool is_image;                       /* what was given is the image */
    const char *untypeds;                /* --untypeds */
    const char *const *directories;
    bool page;           /* it becomes a page, which has a picture */
    const char *picture; /* of the system, SVG; NULL: none could be made */
    size_t picture_size;
    const char *program_name; /* and version, for the last line */
};

/* What was found by executing and planning; both are JSON. */
struct report_facts {
    struct json_object *verification, *fit;
    bool good; /* nothing speaks against the system */
};

/* Collects what `capdl fit` tells as an array of sections; without the numbers of the totals. */
struct fit_printer report_fit_printer(struct json_object *sections);
void report_find_facts(const struct report_input *, struct report_facts *);
/* The whole model. good: the system fits, the kernel's state is right, and the checks found no error. */
struct json_object *report_model(const struct report_input *, bool *good);
/* As a page that stands alone, or as text. name: "report.html", "report.txt" or "diff.html". */
void report_page(struct json_object *model, const char *name, FILE *out);

/* ---- Between the files of the model ---- */

/* Lines of the spec, found in one pass when all are noted. */
struct report_sources {
    struct capdl_diags diags; /* borrows the sources */
    struct json_object **objects;
    size_t count, capacity;
};
void report_sources_init(struct report_sources *, const struct capdl_diags *);
/* The object will get a member "source": "x.cdl:3:4" or null. */
void report_source(struct report_sources *, struct json_object *, struct capdl_pos);
void report_sources_fill(struct report_sources *);

struct report_builder {
    const struct report_input *input;
    const struct capdl_spec *spec;
    struct capdl_survey survey;
    struct report_sources sources;
    uint32_t *channel_of;  /* per object: its channel, or UINT32_MAX */
    uint32_t *bound_to;    /* per notification: the subject to whose thread it is bound, or UINT32_MAX */
    uint32_t *marks, mark; /* per object: marked if equal to mark */
};

struct json_object *report_subjects(struct report_builder *);
struct json_object *report_channels(struct report_builder *);
struct json_object *report_devices(struct report_builder *);
struct json_object *report_interrupts(struct report_builder *);
struct json_object *report_physical(struct report_builder *);
struct json_object *report_time(struct report_builder *);
struct json_object *report_programs(struct report_builder *);
/* NULL for too many subjects. */
struct json_object *report_matrix(const struct report_builder *);
/* What a reviewer should look at, gravest first. */
struct json_object *report_notable(struct report_builder *);

#endif
