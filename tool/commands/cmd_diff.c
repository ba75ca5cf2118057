/* SPDX-License-Identifier: BSD-2-Clause */
/* `capdl diff`: what a change does to who may do what. */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <capdl/review.h>

#include "base/memory.h"
#include "base/progress.h"
#include "devicetree/devicetree.h"
#include "page_picture.h"
#include "policy_file.h"
#include "print_diff.h"
#include "review/digest.h"
#include "review/totals.h"

const struct usage usage_diff = {
    "diff OLD NEW [-o FILE] [--json] [--markdown] [--only SUBJECT] [--min-rank RANK] [--fail-on RANK]\n"
    "            [--policy FILE [--date DATE]] [--dtb FILE] [--kernel KERNEL] [--memory-map MAP]\n"
    "            [--arch ARCH] [-I DIR]...",
    "Compares two systems (specs or images) by meaning: which subject gained what authority, most serious\n"
    "first, what it can reach through others, which programs, priorities and addresses changed. Renamed\n"
    "objects, slot numbers on which nothing depends, and another order do not count as changes. FILE.html\n"
    "is a self-contained page, FILE.md Markdown, FILE.json JSON. Exit code 0: at most the layout differs; 1: "
    "authority,\n"
    "programs or behaviour differ; 2: an input cannot be read. With --policy, prints only what exceeds the policy in "
    "NEW but not\n"
    "in OLD. With --dtb, findings name device memory as that device tree does.\n"
    "\n"
    "Ranks classify changes, from 1, the most serious, to 20, which changes nobody's authority. The words\n"
    "of a report are explained at its end.",
    .takes = OPTIONS(OPTION_OUTPUT, OPTION_KERNEL, OPTION_MEMORY_MAP, OPTION_ARCH, OPTIONS_INCLUDE, OPTIONS_CHECKS,
                     OPTION_JSON, OPTION_MARKDOWN, OPTION_ONLY, OPTION_MIN_RANK, OPTION_FAIL_ON, OPTIONS_POLICY,
                     OPTION_DTB_NAMES),
    .min_operands = 2,
    .max_operands = 2,
    .examples = "capdl diff released.elf system.cdl\n"
                "capdl diff --markdown --fail-on receive old.cdl new.cdl",
    .findings = "The systems differ (with --fail-on: by something that serious), or bad input.",
};

static void count_totals(const struct input *input, const struct capdl_diff_options *options, struct diff_side *side)
{
    struct system_totals totals;
    system_totals_count(&input->spec, &totals);
    *side = (struct diff_side){.name = input->name,
                               .diags = &input->diags,
                               .objects = totals.objects,
                               .frames = totals.frames,
                               .bytes = totals.bytes,
                               .caps = totals.caps};
    digest_spec(&input->spec, options, side->digest);
}

static enum diff_verdict judge(const struct input inputs[2], const struct capdl_findings *findings)
{
    if (!findings->count) {
        bool same = inputs[0].bytes.size == inputs[1].bytes.size &&
                    memcmp(inputs[0].bytes.data, inputs[1].bytes.data, inputs[0].bytes.size) == 0;
        return same ? DIFF_SAME_TEXT : DIFF_SAME_SYSTEM;
    }
    if (findings->list[0].rank != CAPDL_RANK_LAYOUT) {
        return DIFF_CHANGED;
    }
    return findings->count == 1 && findings->list[0].change == CAPDL_RENAMED ? DIFF_NAMES : DIFF_LAYOUT;
}

static bool concerns(const struct capdl_finding *finding, const char *subject)
{
    for (size_t i = 0; i < finding->num_subjects; i++) {
        if (strcmp(finding->subjects[i], subject) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < finding->num_consequences; i++) {
        if (concerns(&finding->consequences[i], subject)) {
            return true;
        }
    }
    return false;
}

static bool *choose(const struct capdl_findings *findings, const struct options *options, size_t *count)
{
    bool *shown = memory_zeroed(findings->count, sizeof(*shown));
    *count = 0;
    for (size_t i = 0; i < findings->count; i++) {
        const struct capdl_finding *finding = &findings->list[i];
        shown[i] = (!options->min_rank || (unsigned)finding->rank <= options->min_rank) &&
                   (!options->only || concerns(finding, options->only));
        *count += shown[i];
    }
    return shown;
}

static void print_report(const struct diff_report *report, const struct options *options)
{
    if (options->json || options_output_is(options, ".json")) {
        print_diff_json(report);
    } else if (options->markdown || options_output_is(options, ".md")) {
        print_diff_markdown(report);
    } else if (options_output_is(options, ".html")) {
        print_diff_html(report, stdout);
    } else {
        print_diff_text(report);
    }
}

/* Prints where standard output leads meanwhile. */
static bool print_into(const struct diff_report *report, const struct options *options, FILE *stream)
{
    int kept = dup(STDOUT_FILENO);
    bool good = kept >= 0 && fflush(stdout) == 0 && dup2(fileno(stream), STDOUT_FILENO) >= 0;
    if (good) {
        print_report(report, options);
        good = fflush(stdout) == 0 && dup2(kept, STDOUT_FILENO) >= 0;
    }
    if (kept >= 0) {
        close(kept);
    }
    return good;
}

static bool write_report(const struct diff_report *report, const struct options *options)
{
    struct file_output file;
    bool good = true;
    if (!options->output || strcmp(options->output, "-") == 0) {
        print_report(report, options);
        return true;
    }
    if (!file_create(&file, options->output)) {
        good = false;
    } else if (!print_into(report, options, file.stream)) {
        file_abandon(&file);
        good = false;
    } else {
        good = file_commit(&file);
    }
    if (!good) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", options->output, file_error());
    }
    return good;
}

/* Names of devices; null without --dtb. The bytes are to be released after the tree. */
struct board {
    struct file_bytes bytes;
    struct devicetree *tree;
};

static bool board_read(struct board *board, struct capdl_diags *diags, const char *path)
{
    *board = (struct board){.tree = NULL};
    if (!path) {
        return true;
    }
    if (!file_read(path, &board->bytes)) {
        capdl_escape_printf(stderr, "capdl: cannot read %s: %s\n", path, strerror(errno));
        return false;
    }
    board->tree = devicetree_read(path, board->bytes.data, board->bytes.size, diags);
    return board->tree != NULL;
}

static void board_free(struct board *board)
{
    devicetree_free(board->tree);
    file_release(&board->bytes);
}

static const char *device_name(void *tree, uint64_t start, uint64_t size)
{
    return devicetree_device_at(tree, start, size);
}

/* Errors that check finds: how many, and what the first says. */
struct mistakes {
    size_t count;
    char *first;
};

static int compare(struct input inputs[2], const struct mistakes mistakes[2], const struct options *options)
{
    struct fill_contents contents = {.sources = {{&inputs[0].spec, {inputs[0].name, options->directories}},
                                                 {&inputs[1].spec, {inputs[1].name, options->directories}}}};
    struct capdl_diff_options diff = {.content = fill_contents_number,
                                      .digest = fill_contents_text,
                                      .memory = fill_contents_memory,
                                      .difference = fill_contents_difference,
                                      .bytes = fill_contents_bytes,
                                      .variable = fill_contents_variable,
                                      .context = &contents};
    struct capdl_findings findings;
    struct diff_report report = {.findings = &findings};
    const char *no_colour = getenv("NO_COLOR");
    struct board board;
    if (!board_read(&board, &inputs[1].diags, options->dtb)) {
        board_free(&board);
        return EXIT_TROUBLE;
    }
    if (board.tree) {
        diff.device = device_name;
        diff.device_context = board.tree;
    }
    progress_say("comparing with", inputs[1].name);
    capdl_diff(&inputs[0].spec, &inputs[1].spec, &diff, &findings);
    for (int i = 0; i < 2; i++) {
        count_totals(&inputs[i], &diff, &report.sides[i]);
        report.sides[i].errors = mistakes[i].count;
        report.sides[i].first_error = mistakes[i].first;
    }
    if (contents.missing[0]) {
        capdl_escape_printf(
            stderr, "capdl: warning: cannot read '%s': frames that it fills are compared by name, not by content\n",
            contents.missing);
    }
    bool *shown = choose(&findings, options, &report.num_shown);
    report.shown = shown;
    report.verdict = judge(inputs, &findings);
    report.colour = !options->output && isatty(STDOUT_FILENO) && !(no_colour && *no_colour);
    char *picture = options_output_is(options, ".html")
                        ? page_picture(&inputs[1].spec, &inputs[0].spec, &report.picture_size)
                        : NULL;
    report.picture = picture;
    bool written = write_report(&report, options);
    free(picture);
    unsigned most = options->fail_rank ? options->fail_rank : CAPDL_RANK_REMOVED;
    int code = !written                                                    ? EXIT_TROUBLE
               : findings.count && (unsigned)findings.list[0].rank <= most ? EXIT_FINDINGS
                                                                           : EXIT_FINE;
    free(shown);
    capdl_findings_free(&findings);
    fill_contents_free(&contents);
    board_free(&board);
    return code;
}

/* What a mistake does cannot be compared: a silence about it is not one to sign. */
static struct mistakes find_mistakes(const struct input *input)
{
    struct capdl_diags found = {NULL};
    struct mistakes mistakes = {0};
    progress_say("checking", input->name);
    memcpy(found.disabled, input->diags.disabled, sizeof(found.disabled));
    if (!input->is_image && !capdl_spec_check(&input->spec, &found)) {
        mistakes.count = found.num_errors;
        capdl_escape_printf(
            stderr,
            "capdl: warning: %s has %zu error%s, which 'capdl check' lists: no kernel can build such a system, "
            "so the comparison may be wrong\n",
            input->name, found.num_errors, found.num_errors == 1 ? "" : "s");
    }
    for (size_t i = 0; i < found.count && !mistakes.first; i++) {
        mistakes.first = found.list[i].severity == CAPDL_ERROR ? memory_format("%s", found.list[i].message) : NULL;
    }
    capdl_diags_free(&found);
    return mistakes;
}

/* A misspelt subject must not look like one that nothing concerns. */
static bool knows_subject(const struct input inputs[2], const char *subject)
{
    if (!subject || capdl_review_has_subject(&inputs[0].spec, subject) ||
        capdl_review_has_subject(&inputs[1].spec, subject)) {
        return true;
    }
    capdl_escape_printf(
        stderr, "capdl diff: --only: neither system has a subject '%s'; subjects are named after their first thread\n",
        subject);
    return false;
}

int cmd_diff(int argc, char **argv)
{
    struct options options;
    struct input inputs[2];
    int code = options_parse(&usage_diff, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (options.policy && options.output) {
        fprintf(stderr, "capdl diff: --policy only prints its findings: leave out -o or --policy\n");
        options_free(&options);
        return EXIT_TROUBLE;
    }
    if (options.policy && options.dtb) {
        fprintf(stderr, "capdl diff: findings of --policy do not name device memory: leave out --dtb or --policy\n");
        options_free(&options);
        return EXIT_TROUBLE;
    }
    /* Exit code 1 is an answer here: what cannot be read is trouble. */
    bool good = true;
    for (int i = 0; i < 2; i++) {
        good &= input_read(&inputs[i], options.operands[i], INPUT_SPEC | INPUT_IMAGE, &options) == EXIT_FINE;
    }
    for (int i = 0; good && options.output && i < 2; i++) {
        good = output_is_safe(&inputs[i], &options, options.output);
    }
    if (!good || !knows_subject(inputs, options.only)) {
        code = EXIT_TROUBLE;
    } else if (options.policy) {
        options.json_diags = options.json;
        code = policy_check_change(&inputs[0], &inputs[1], &options, !options.json);
    } else {
        struct mistakes mistakes[2] = {find_mistakes(&inputs[0]), find_mistakes(&inputs[1])};
        capdl_review_settle(&inputs[0].spec);
        capdl_review_settle(&inputs[1].spec);
        code = compare(inputs, mistakes, &options);
        free(mistakes[0].first);
        free(mistakes[1].first);
    }
    code = input_finish(&inputs[1], &options, code);
    options.json_diags = false;
    code = input_finish(&inputs[0], &options, code);
    options_free(&options);
    return code;
}
