/* SPDX-License-Identifier: BSD-2-Clause */
/* `capdl diff`: what a change does to who may do what. */
#include "command.h"

#include <inttypes.h>
#include "print_json.h"

#include <capdl/review.h>

#include "review/digest.h"

static const struct usage usage = {
    "diff OLD NEW [--json] [--kernel KERNEL] [--arch ARCH] [-I DIR]...",
    "Compares two systems (specs or images) by meaning: which subject gained what authority, most serious\n"
    "first, what it can reach through others, which programs, priorities and addresses changed. Renamed\n"
    "objects, other slots and another order are not changes. Exit code 0: at most the layout differs;\n"
    "1: authority, programs or behaviour differ.",
    OPTION_KERNEL | OPTION_ARCH | OPTION_DIRECTORIES | OPTION_CHECKS | OPTION_JSON,
    .min_operands = 2,
    .max_operands = 2,
};

struct totals {
    uint64_t objects, frames, bytes, caps;
    char digest[2 * SHA256_BYTES + 1];
};

/* Has the digest made last: it takes the fills away. */
static struct totals count_totals(struct capdl_spec *spec, struct fill_contents *contents)
{
    struct totals totals = {0};
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        totals.objects += capdl_object_kind(spec, i) != CAPDL_KIND_PROGRAM;
        totals.caps += capdl_object_caps(spec, i).count;
        if (capdl_object_kind(spec, i) == CAPDL_KIND_FRAME) {
            totals.frames++;
            totals.bytes += UINT64_C(1) << capdl_object_size_bits(spec, i);
        }
    }
    digest_spec(spec, contents, totals.digest);
    return totals;
}

static void print_totals(const char *what, const char *name, const struct totals *totals)
{
    capdl_escape_printf(
        stdout, "%s %s: %" PRIu64 " objects, %" PRIu64 " capabilities, %" PRIu64 " frames of %" PRIu64 " bytes\n", what,
        name, totals->objects, totals->caps, totals->frames, totals->bytes);
    printf("    sha256:%s\n", totals->digest);
}

static void print_findings(const struct capdl_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct capdl_finding *finding = &findings->list[i];
        if (i == 0 || finding->rank != findings->list[i - 1].rank) {
            printf("%s%d. %s\n", i ? "\n" : "", (int)finding->rank, capdl_rank_meaning(finding->rank));
        }
        capdl_escape_printf(stdout, "   %s%s%s%s\n", finding->text, finding->where ? " [" : "",
                            finding->where ? finding->where : "", finding->where ? "]" : "");
    }
    if (findings->count) {
        putchar('\n');
    }
}

static bool is_change(const struct capdl_findings *findings)
{
    return findings->count && findings->list[0].rank != CAPDL_RANK_LAYOUT;
}

static void print_verdict(const struct capdl_findings *findings)
{
    if (is_change(findings)) {
        printf("%zu finding%s, the gravest of rank %d: %s\n", findings->count, findings->count == 1 ? "" : "s",
               (int)findings->list[0].rank, capdl_rank_meaning(findings->list[0].rank));
    } else {
        printf("no change of authority, programs or behaviour%s\n", findings->count ? ": only the layout differs" : "");
    }
}

static struct json_object *totals_json(const char *name, const struct totals *totals)
{
    struct json_object *object = json_object_new_object();
    json_object_object_add(object, "name", json_object_new_string(name));
    json_object_object_add(object, "objects", json_object_new_uint64(totals->objects));
    json_object_object_add(object, "capabilities", json_object_new_uint64(totals->caps));
    json_object_object_add(object, "frames", json_object_new_uint64(totals->frames));
    json_object_object_add(object, "frame_bytes", json_object_new_uint64(totals->bytes));
    json_object_object_add(object, "sha256", json_object_new_string(totals->digest));
    return object;
}

static struct json_object *text_json(const char *text)
{
    return text ? json_object_new_string(text) : NULL;
}

static void print_json(const struct capdl_findings *findings, const struct input inputs[2],
                       const struct totals totals[2])
{
    struct json_object *top = json_object_new_object(), *list = json_object_new_array();
    json_object_object_add(top, "version", json_object_new_int(1));
    json_object_object_add(top, "old", totals_json(inputs[0].name, &totals[0]));
    json_object_object_add(top, "new", totals_json(inputs[1].name, &totals[1]));
    json_object_object_add(top, "changed", json_object_new_boolean(is_change(findings)));
    for (size_t i = 0; i < findings->count; i++) {
        const struct capdl_finding *finding = &findings->list[i];
        struct json_object *object = json_object_new_object();
        json_object_object_add(object, "rank", json_object_new_int((int)finding->rank));
        json_object_object_add(object, "kind", json_object_new_string(capdl_rank_word(finding->rank)));
        json_object_object_add(object, "subject", text_json(finding->subject));
        json_object_object_add(object, "text", json_object_new_string(finding->text));
        json_object_object_add(object, "where", text_json(finding->where));
        json_object_array_add(list, object);
    }
    json_object_object_add(top, "findings", list);
    print_json_value(top, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
    json_object_put(top);
}

static int compare(struct input inputs[2], const struct options *options)
{
    struct fill_contents contents = {.sources = {{&inputs[0].spec, inputs[0].name, options->directories},
                                                 {&inputs[1].spec, inputs[1].name, options->directories}}};
    struct capdl_diff_options diff = {fill_contents_number, &contents};
    struct capdl_findings findings;
    capdl_diff(&inputs[0].spec, &inputs[1].spec, &diff, &findings);
    struct totals totals[2];
    for (int i = 0; i < 2; i++) {
        totals[i] = count_totals(&inputs[i].spec, &contents);
    }
    if (contents.missing[0]) {
        capdl_escape_printf(stderr,
                            "capdl: warning: cannot read '%s': what it fills is compared by name, not by content\n",
                            contents.missing);
    }
    if (options->json) {
        print_json(&findings, inputs, totals);
    } else {
        print_findings(&findings);
        print_totals("old:", inputs[0].name, &totals[0]);
        print_totals("new:", inputs[1].name, &totals[1]);
        print_verdict(&findings);
    }
    int code = is_change(&findings) ? EXIT_FINDINGS : EXIT_FINE;
    capdl_findings_free(&findings);
    fill_contents_free(&contents);
    return code;
}

int cmd_diff(int argc, char **argv)
{
    struct options options;
    struct input inputs[2];
    int code = options_parse(&usage, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    /* Exit code 1 is an answer here: what cannot be read is trouble. */
    bool good = true;
    for (int i = 0; i < 2; i++) {
        good &= input_read(&inputs[i], options.operands[i], INPUT_SPEC | INPUT_IMAGE, &options) == EXIT_FINE;
    }
    code = good ? compare(inputs, &options) : EXIT_TROUBLE;
    for (int i = 0; i < 2; i++) {
        code = input_finish(&inputs[i], &options, code);
    }
    options_free(&options);
    return code;
}
