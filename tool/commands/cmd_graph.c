/* SPDX-License-Identifier: BSD-2-Clause */
/* `capdl graph`: a system, or what changed in it, as a picture. */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/review.h>

#include "base/progress.h"
#include "graph_svg.h"
#include "input/result.h"

const struct usage usage_graph = {
    "graph SPEC|IMAGE [-o FILE] [--focus SUBJECT] [--all] [--level LEVEL] [--kernel KERNEL] [--arch ARCH]\n"
    "             [--memory-map MAP] [-I DIR]...\n"
    "       capdl graph OLD NEW [-o FILE] [--focus SUBJECT] [--all]\n"
    "       capdl graph SPEC|IMAGE [NEW] --json [-o FILE] [--focus SUBJECT] [--all]",
    "Draws who can communicate with whom: subjects (threads that share an address space and a CSpace), one\n"
    "line between each two for messages, shared memory, notifications and DMA, and the devices and\n"
    "interrupts they use. Without --all, leaves out faults and control. Of two systems, draws what is new\n"
    "and what is gone. Prints the DOT language of Graphviz, or SVG if FILE ends in .svg: drawn by dot, or,\n"
    "for more than sixty subjects, as a matrix. With --json, prints boxes and lines, and writes FILE only if\n"
    "-o names one.",
    .takes = OPTIONS(OPTION_KERNEL, OPTION_MEMORY_MAP, OPTION_ARCH, OPTIONS_INCLUDE, OPTIONS_CHECKS, OPTION_FOCUS,
                     OPTION_LEVEL, OPTION_ALL, OPTION_OUTPUT, OPTION_JSON_RESULT),
    .min_operands = 1,
    .max_operands = 2,
    .examples = "capdl graph system.cdl -o system.svg\n"
                "capdl graph released.elf system.cdl -o change.svg\n"
                "capdl graph system.cdl --focus driver | dot -Tpng > driver.png",
    .findings = "Bad input.",
};

static bool is_svg(const char *path)
{
    size_t length = path ? strlen(path) : 0;
    return length > 4 && strcmp(path + length - 4, ".svg") == 0;
}

static bool write_objects(const struct capdl_spec *spec, bool svg, FILE *out)
{
    if (!svg) {
        capdl_graph_write(spec, out);
        return true;
    }
    FILE *dot = tmpfile();
    if (!dot) {
        perror("capdl: cannot make a temporary file");
        return false;
    }
    capdl_graph_write(spec, dot);
    bool good = graph_svg_draw(dot, out);
    fclose(dot);
    return good;
}

static bool write_subjects(const struct input *inputs, int count, const struct options *options, FILE *out)
{
    const struct capdl_picture_options how = {.focus = options->focus, .all = options->all};
    struct capdl_picture *picture =
        capdl_picture_make(&inputs[count - 1].spec, count > 1 ? &inputs[0].spec : NULL, &how);
    bool good = true;
    if (is_svg(options->output)) {
        good = graph_svg_write(picture, out);
    } else {
        capdl_picture_write_dot(picture, out);
    }
    capdl_picture_free(picture);
    return good;
}

/* The same as JSON, into the result. */
static void tell(struct input *inputs, int count, const struct options *options)
{
    const struct capdl_picture_options how = {.focus = options->focus, .all = options->all, .unfolded = true};
    struct json_object *picture = NULL;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct capdl_picture *made = capdl_picture_make(&inputs[count - 1].spec, count > 1 ? &inputs[0].spec : NULL, &how);
    if (out) {
        capdl_picture_write_json(made, out);
        fclose(out);
        picture = json_tokener_parse(text);
    }
    capdl_picture_free(made);
    free(text);
    result_add(&inputs[count - 1], "picture", picture);
}

static int draw(struct input *inputs, int count, const struct options *options)
{
    const char *path = options->output ? options->output : "-";
    bool objects = options->level && strcmp(options->level, "objects") == 0;
    struct file_output file;
    progress_say("drawing", inputs[count - 1].name);
    if (options->json) {
        tell(inputs, count, options);
        if (!options->output) {
            return EXIT_FINE;
        }
    }
    if (!file_create(&file, path)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", path, strerror(errno));
        return EXIT_TROUBLE;
    }
    if (!(objects ? write_objects(&inputs[0].spec, is_svg(path), file.stream)
                  : write_subjects(inputs, count, options, file.stream))) {
        file_abandon(&file);
        return EXIT_TROUBLE;
    }
    if (!file_commit(&file)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", path, strerror(errno));
        return EXIT_TROUBLE;
    }
    result_add_output(&inputs[count - 1], path);
    return EXIT_FINE;
}

/* EXIT_TROUBLE after a message. */
static int check_options(const struct input *inputs, int count, const struct options *options)
{
    bool objects = options->level && strcmp(options->level, "objects") == 0;
    if (options->level && !objects && strcmp(options->level, "subjects") != 0) {
        capdl_escape_printf(stderr, "capdl graph: --level takes subjects or objects, not '%s'\n", options->level);
        return EXIT_TROUBLE;
    }
    if (objects && options->json) {
        fprintf(stderr,
                "capdl graph: --json prints subjects, not --level objects; 'capdl show --json' prints objects\n");
        return EXIT_TROUBLE;
    }
    if (objects && (count > 1 || options->focus || options->all)) {
        fprintf(stderr, "capdl graph: --level objects draws everything in one system: leave out the second one, "
                        "--focus and --all\n");
        return EXIT_TROUBLE;
    }
    for (int i = 0; options->focus && i < count; i++) {
        if (capdl_review_has_subject(&inputs[i].spec, options->focus)) {
            return EXIT_FINE;
        }
    }
    if (options->focus) {
        capdl_escape_printf(stderr, "capdl graph: --focus: there is no subject '%s'; 'capdl policy' lists them\n",
                            options->focus);
        return EXIT_TROUBLE;
    }
    return EXIT_FINE;
}

int cmd_graph(int argc, char **argv)
{
    struct options options;
    struct input inputs[2];
    int code = options_parse(&usage_graph, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    code = EXIT_FINE;
    for (int i = 0; i < options.num_operands; i++) {
        int read = input_read(&inputs[i], options.operands[i], INPUT_SPEC | INPUT_IMAGE, &options);
        code = read > code ? read : code;
    }
    result_start(&inputs[options.num_operands - 1], &options, "graph");
    if (options.num_operands > 1) {
        result_add_text(&inputs[1], "old", inputs[0].name);
        result_add_diagnostics(&inputs[1], "old_diagnostics", &inputs[0].diags);
    }
    if (code == EXIT_FINE) {
        code = check_options(inputs, options.num_operands, &options);
    }
    if (code == EXIT_FINE) {
        code = draw(inputs, options.num_operands, &options);
    }
    for (int i = 0; i < options.num_operands; i++) {
        code = input_finish(&inputs[i], &options, code);
    }
    options_free(&options);
    return code;
}
