/* SPDX-License-Identifier: BSD-2-Clause */
/* `capdl graph`: a system as a picture. */
#include "command.h"

#include <capdl/review.h>

const struct usage usage_graph = {
    "graph SPEC|IMAGE [--objects] [--kernel KERNEL] [--arch ARCH] [-I DIR]...",
    "Prints a graph in the DOT language, for Graphviz: subjects (threads that share an address space\n"
    "and a CSpace) and what connects them: endpoints, notifications, shared memory, fault handlers,\n"
    "interrupts, devices, and capabilities to each other. With --objects, every object and capability.\n"
    "To draw it: capdl graph system.cdl | dot -Tsvg > system.svg",
    OPTION_KERNEL | OPTION_ARCH | OPTION_DIRECTORIES | OPTION_CHECKS | OPTION_OBJECTS,
    .min_operands = 1,
    .max_operands = 1,
    .examples = "capdl graph system.cdl | dot -Tsvg > system.svg",
};

int cmd_graph(int argc, char **argv)
{
    struct options options;
    struct input input;
    int code = options_parse(&usage_graph, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    code = input_read(&input, options.operands[0], INPUT_SPEC | INPUT_IMAGE, &options);
    if (code == EXIT_FINE) {
        capdl_graph_write(&input.spec, stdout, options.objects);
    }
    code = input_finish(&input, &options, code);
    options_free(&options);
    return code;
}
