/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#include "image/forecast.h"
#include "report/members.h"
#include "verify/result_json.h"

/* What a step had to say when it could not be done, as one text. */
static void add_reasons(struct json_object *to, const struct capdl_diags *diags)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < diags->count; i++) {
        json_object_array_add(list, json_object_new_string(diags->list[i].message));
    }
    json_object_object_add(to, "reasons", list);
}

static void add_reason(struct json_object *to, const char *reason)
{
    struct json_object *list = json_object_new_array();
    json_object_array_add(list, json_object_new_string(reason));
    json_object_object_add(to, "reasons", list);
}

/* ---- Execution ---- */

static struct json_object *verify(const struct report_input *input, bool *good)
{
    struct verify_options how = {.profile = input->profile, .untypeds = input->untypeds};
    struct verify_spec spec = {.spec = input->spec, .name = input->name, .path = input->name};
    struct verify_result result = {.num_differences = 0};
    struct capdl_diags diags = {.list = NULL};
    struct json_object *json;
    spec.directories = input->directories;
    if (input->is_image) {
        spec.path = NULL;
        spec.directories = NULL;
        spec.bytes = input->bytes->data;
        spec.size = input->bytes->size;
    }
    bool done = verify_image_confined(input->image, &how, &spec, &result, 1, &diags);
    json = done ? verify_result_json(input->name, &result) : json_object_new_object();
    report_text(json, "outcome", !done ? "not-made" : result.num_differences ? "different" : "same");
    add_reasons(json, &diags);
    *good &= !done || result.num_differences == 0;
    if (done) {
        verify_result_free(&result);
    }
    capdl_diags_free(&diags);
    return json;
}

/* ---- The plan ---- */

static struct json_object *last_of(struct json_object *sections)
{
    size_t count = json_object_array_length(sections);
    return count ? json_object_array_get_idx(sections, count - 1) : NULL;
}

static void tell_section(void *sections, const char *title)
{
    struct json_object *section = json_object_new_object();
    report_text(section, "title", title);
    json_object_object_add(section, "ranges", json_object_new_array());
    json_object_object_add(section, "notes", json_object_new_array());
    json_object_array_add(sections, section);
}

static void tell_range(void *sections, uint64_t start, uint64_t end, const char *what)
{
    struct json_object *range = json_object_new_object();
    report_hex(range, "start", start);
    report_hex(range, "end", end - 1);
    report_number(range, "size", end - start);
    report_text(range, "what", what);
    json_object_array_add(json_object_object_get(last_of(sections), "ranges"), range);
}

static void tell_note(void *sections, const char *text)
{
    json_object_array_add(json_object_object_get(last_of(sections), "notes"), json_object_new_string(text));
}

struct fit_printer report_fit_printer(struct json_object *sections)
{
    return (struct fit_printer){tell_section, tell_range, tell_note, NULL, sections};
}

static struct json_object *fit(const struct report_input *input, bool *good)
{
    struct json_object *json = json_object_new_object(), *sections = json_object_new_array();
    struct fit_printer printer = report_fit_printer(sections);
    struct fit_options options = {.profile = input->profile, .name = input->name, .untypeds = input->untypeds};
    struct capdl_diags diags = {.list = NULL};
    bool possible = input->untypeds || forecast_possible(input->profile);
    bool fits = fit_tell(input->image, &options, &diags, &printer);
    report_text(json, "outcome", fits ? "fits" : possible ? "does-not-fit" : "not-made");
    report_text(json, "words",
                fits       ? "the system fits the memory of the kernel"
                : possible ? "the system does NOT fit the memory of the kernel"
                           : "only a boot can tell whether the system fits");
    json_object_object_add(json, "sections", sections);
    add_reasons(json, &diags);
    *good &= fits || !possible;
    capdl_diags_free(&diags);
    return json;
}

static struct json_object *nothing(const char *reason)
{
    struct json_object *json = json_object_new_object();
    report_text(json, "outcome", "not-made");
    add_reason(json, reason);
    return json;
}

void report_find_facts(const struct report_input *input, struct report_facts *facts)
{
    facts->good = true;
    if (!input->image) {
        *facts = (struct report_facts){nothing(input->no_image), nothing(input->no_image), true};
        report_text(facts->fit, "words", "where everything goes is not planned");
        json_object_object_add(facts->fit, "sections", json_object_new_array());
        return;
    }
    facts->verification = verify(input, &facts->good);
    facts->fit = fit(input, &facts->good);
}
