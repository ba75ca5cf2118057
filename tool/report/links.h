/* SPDX-License-Identifier: BSD-2-Clause */
/* Links: where a part of the model names what has an entry of its own. */
#ifndef TOOL_REPORT_LINKS_H
#define TOOL_REPORT_LINKS_H

#include "report/report.h"

/* {"id": "pd-3", "name": "ping"}, null for none. */
struct json_object *report_subject_link(const struct report_builder *, uint32_t who);
struct json_object *report_channel_link(const struct report_builder *, uint32_t object);

#endif
