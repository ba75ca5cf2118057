/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/base64.h"
#include "report/members.h"
#include "review/content_ids.h"
#include "review/digest.h"
#include "review/totals.h"

static void find_channels(struct report_builder *b)
{
    const struct capdl_spec *spec = b->spec;
    size_t size = (spec->num_objects + (size_t)1) * sizeof(*b->channel_of);
    b->channel_of = memset(memory_zeroed(size, 1), 0xff, size);
    for (size_t i = 0; i < b->survey.num_channels; i++) {
        const struct capdl_survey_channel *channel = &b->survey.channels[i];
        for (uint32_t j = 0; j < channel->count; j++) {
            uint32_t object = channel->count == 1 ? channel->object
                                                  : capdl_spec_find(spec, capdl_object_name(spec, channel->object),
                                                                    capdl_object_index(spec, channel->object) + j);
            b->channel_of[object] = (uint32_t)i;
        }
    }
}

static void find_bound(struct report_builder *b)
{
    size_t size = (b->spec->num_objects + (size_t)1) * sizeof(*b->bound_to);
    b->bound_to = memset(memory_zeroed(size, 1), 0xff, size);
    for (uint32_t i = 0; i < b->survey.num_subjects; i++) {
        for (size_t j = 0; j < b->survey.subjects[i].num_threads; j++) {
            if (b->survey.subjects[i].threads[j].notification != CAPDL_NO_OBJECT) {
                b->bound_to[b->survey.subjects[i].threads[j].notification] = i;
            }
        }
    }
}

/* The digest that `capdl diff` prints. */
static void system_digest(const struct capdl_spec *spec, const struct capdl_diff_options *options,
                          char text[2 * SHA256_BYTES + 1])
{
    struct digest_settled settled;
    digest_settled_init(&settled, spec);
    digest_spec(settled.spec, options, text);
    digest_settled_free(&settled);
}

static struct json_object *system_json(const struct report_input *input, const struct capdl_diff_options *options)
{
    struct json_object *json = json_object_new_object();
    struct system_totals totals;
    struct sha256 hash;
    uint8_t digest[SHA256_BYTES];
    char text[2 * SHA256_BYTES + 1];
    system_totals_count(input->spec, &totals);
    report_text(json, "name", input->name);
    report_text(json, "form", input->is_image ? "image" : "spec");
    report_bool(json, "is_image", input->is_image);
    report_text(json, "arch", capdl_arch_name(input->spec->arch));
    report_text(json, "kernel", input->profile ? input->profile->name : NULL);
    report_text(json, "kernel_version", input->profile && *input->profile->version ? input->profile->version : NULL);
    json_object_object_add(json, "mcs", input->profile ? json_object_new_boolean(input->profile->mcs) : NULL);
    report_number(json, "objects", totals.objects);
    report_number(json, "capabilities", totals.caps);
    report_number(json, "frames", totals.frames);
    report_number(json, "frame_bytes", totals.bytes);
    system_digest(input->spec, options, text);
    report_text(json, "sha256", text);
    sha256_init(&hash);
    sha256_add(&hash, input->bytes->data, input->bytes->size);
    sha256_end(&hash, digest);
    sha256_text(digest, text);
    report_number(json, "file_bytes", input->bytes->size);
    report_text(json, "file_sha256", text);
    return json;
}

static struct json_object *checks_json(struct report_builder *b, bool *good)
{
    static const char *const severities[] = {"error", "warning", "note"};
    const struct capdl_diags *diags = b->input->diags;
    struct json_object *json = json_object_new_object(), *list = json_object_new_array();
    for (size_t i = 0; i < diags->count; i++) {
        const struct capdl_diag *diag = &diags->list[i];
        struct json_object *entry = json_object_new_object();
        report_text(entry, "severity", severities[diag->severity]);
        report_bool(entry, "error", diag->severity == CAPDL_ERROR);
        report_text(entry, "text", diag->message);
        report_text(entry, "check", diag->check ? capdl_check_name(diag->check) : NULL);
        report_source(&b->sources, entry, diag->pos);
        json_object_array_add(list, entry);
    }
    report_number(json, "errors", diags->num_errors);
    report_number(json, "warnings", diags->num_warnings);
    report_bool(json, "many", diags->count > 12);
    json_object_object_add(json, "list", list);
    *good &= diags->num_errors == 0;
    return json;
}

static const char *verdict_of(const struct report_facts *facts, bool good)
{
    const char *verified = json_object_get_string(json_object_object_get(facts->verification, "outcome"));
    return !good ? "bad" : strcmp(verified, "same") == 0 ? "verified" : "not-verified";
}

static void add_picture(struct json_object *json, const struct report_input *input)
{
    char *text;
    if (!input->page) {
        return;
    }
    text = input->picture ? report_base64(input->picture, input->picture_size) : NULL;
    report_text(json, "picture", text);
    free(text);
}

static void add_collection(struct report_builder *b, struct json_object *json)
{
    struct json_object *matrix = report_matrix(b);
    report_number(json, "num_subjects", b->survey.num_subjects);
    json_object_object_add(json, "notable", report_notable(b));
    add_picture(json, b->input);
    json_object_object_add(json, "matrix", matrix);
    json_object_object_add(json, "subjects", report_subjects(b));
    json_object_object_add(json, "objects", report_channels(b));
    json_object_object_add(json, "devices", report_devices(b));
    json_object_object_add(json, "interrupts", report_interrupts(b));
    json_object_object_add(json, "memory", report_physical(b));
    json_object_object_add(json, "time", report_time(b));
    json_object_object_add(json, "programs", report_programs(b));
}

struct json_object *report_model(const struct report_input *input, bool *good)
{
    struct fill_contents contents = {.sources = {{input->spec, {input->name, input->directories}}}};
    struct capdl_diff_options options = {
        .content = fill_contents_number, .digest = fill_contents_text, .context = &contents};
    struct report_builder builder = {.input = input, .spec = input->spec};
    struct json_object *json = json_object_new_object();
    struct report_facts facts;
    contents.sources[1] = contents.sources[0];
    report_find_facts(input, &facts);
    *good = facts.good;
    capdl_survey_make(&builder.survey, input->spec, &options);
    report_sources_init(&builder.sources, input->diags);
    find_channels(&builder);
    find_bound(&builder);
    builder.marks = memory_zeroed(input->spec->num_objects + (size_t)1, sizeof(*builder.marks));
    report_number(json, "version", 1);
    json_object_object_add(json, "system", system_json(input, &options));
    struct json_object *checks = checks_json(&builder, good);
    report_text(json, "verdict", verdict_of(&facts, *good));
    report_bool(json, "good", *good);
    json_object_object_add(json, "verification", facts.verification);
    json_object_object_add(json, "fit", facts.fit);
    json_object_object_add(json, "checks", checks);
    report_text(json, "unread_file", *contents.missing ? contents.missing : NULL);
    add_collection(&builder, json);
    report_text(json, "made_by", input->program_name);
    report_sources_fill(&builder.sources);
    capdl_survey_free(&builder.survey);
    free(builder.channel_of);
    free(builder.bound_to);
    free(builder.marks);
    fill_contents_free(&contents);
    return json;
}
