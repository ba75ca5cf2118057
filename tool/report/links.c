/* SPDX-License-Identifier: BSD-2-Clause */
/* Links: where a part of the model names what has an entry of its own. */
#include "report/links.h"

#include <stdio.h>

#include "report/members.h"

static struct json_object *link_to(const char *prefix, size_t number, const char *name)
{
    struct json_object *json = json_object_new_object();
    char id[32];
    snprintf(id, sizeof(id), "%s-%zu", prefix, number + 1);
    report_text(json, "id", id);
    report_text(json, "name", name);
    return json;
}

struct json_object *report_subject_link(const struct report_builder *b, uint32_t who)
{
    char name[REPORT_TEXT];
    if (who == UINT32_MAX) {
        return NULL;
    }
    if (!(who & CAPDL_SURVEY_DEVICE)) {
        return link_to("pd", who, b->survey.subjects[who].name);
    }
    for (size_t i = 0; i < b->survey.num_devices; i++) {
        if (b->survey.devices[i].object == (who & ~CAPDL_SURVEY_DEVICE)) {
            return link_to("device", i, report_name(b->spec, b->survey.devices[i].object, 1, name));
        }
    }
    return NULL;
}

struct json_object *report_channel_link(const struct report_builder *b, uint32_t object)
{
    char name[REPORT_TEXT];
    if (object == CAPDL_NO_OBJECT || b->channel_of[object] == UINT32_MAX) {
        return NULL;
    }
    return link_to("object", b->channel_of[object], report_name(b->spec, object, 1, name));
}
