/* SPDX-License-Identifier: BSD-2-Clause */
/* The report about a machine that has stopped. */
#ifndef MACHINE_REPORT_H
#define MACHINE_REPORT_H

#include "machine.h"
#include "names.h"
#include "symbols.h"

struct report {
    FILE *out;
    struct kernel *kernel;
    const struct names *names;
    const struct symbol_files *symbols;      /* 0: none */
    const struct capdl_image_header *header; /* as the initialiser left it, 0: no initialiser of ours */
    enum machine_outcome outcome;
    uint64_t instructions;
};

void report_print(const struct report *);

#endif
