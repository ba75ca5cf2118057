/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/progress.h"

static uint32_t today(void)
{
    time_t now = time(NULL);
    struct tm day;
    gmtime_r(&now, &day);
    return ((uint32_t)day.tm_year + 1900) * 10000 + ((uint32_t)day.tm_mon + 1) * 100 + (uint32_t)day.tm_mday;
}

/* False after a message. */
static bool find_date(const struct options *options, uint32_t *date)
{
    *date = options->date ? capdl_policy_date(options->date, strlen(options->date)) : today();
    if (!*date) {
        capdl_escape_printf(stderr, "capdl: --date takes a day such as 2026-11-30, not '%s'\n", options->date);
    }
    return *date != 0;
}

static void tell_date(const struct capdl_policy_result *result, uint32_t date)
{
    if (result->has_waivers) {
        fprintf(stderr,
                "capdl: %zu finding%s waived on %04" PRIu32 "-%02" PRIu32 "-%02" PRIu32 " (--date sets the day)\n",
                result->waived, result->waived == 1 ? "" : "s", date / 10000, date / 100 % 100, date % 100);
    }
}

/* old: of a change; may be null. */
static void judge(struct input *old, struct input *input, const char *path, uint32_t date, bool tell)
{
    struct capdl_diags *diags = &input->diags;
    const struct file_bytes *text = &input->policy;
    if (!diags->num_files) { /* an image: what is about no place of a text is about it, not about the policy */
        capdl_diags_add_source(diags, input->name, "", 0);
    }
    uint16_t source = capdl_diags_add_source(diags, path, (const char *)text->data, text->size);
    struct capdl_policy *policy = capdl_policy_read(diags, source, (const char *)text->data, text->size);
    struct capdl_relations relations, before;
    struct capdl_policy_result result = {NULL};
    if (!policy) {
        return;
    }
    progress_say("comparing with", path);
    capdl_relations_find(&input->spec, &relations);
    if (old) {
        capdl_relations_find(&old->spec, &before);
        capdl_policy_check_change(policy, &before, &input->spec, &relations, date, diags, &result);
        capdl_relations_free(&before);
    } else {
        capdl_policy_check(policy, &input->spec, &relations, date, diags, &result);
    }
    if (tell) {
        tell_date(&result, date);
    }
    free(result.verdicts);
    capdl_relations_free(&relations);
    capdl_policy_free(policy);
}

static bool read_policy(const char *path, struct file_bytes *text)
{
    if (file_read(path, text)) {
        return true;
    }
    capdl_escape_printf(stderr, "capdl: cannot read the policy %s: %s\n", path, file_error());
    return false;
}

static int check(struct input *old, struct input *input, const struct options *options, bool tell)
{
    uint32_t date;
    if (!find_date(options, &date) || !read_policy(options->policy, &input->policy)) {
        return EXIT_TROUBLE;
    }
    judge(old, input, options->policy, date, tell);
    return EXIT_FINE;
}

int policy_check(struct input *input, const struct options *options, bool tell)
{
    return check(NULL, input, options, tell);
}

int policy_check_change(struct input *old, struct input *new, const struct options *options, bool tell)
{
    return check(old, new, options, tell);
}
