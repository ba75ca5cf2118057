/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said about a machine that came to rest. */
#ifndef MACHINE_REPORT_H
#define MACHINE_REPORT_H

#include "blob/blob.h"
#include "blob/plan.h"
#include "boot.h"
#include "machine.h"

struct report {
    FILE *out;
    struct kernel *kernel;
    const struct boot_info *boot;
    const struct capdl_blob *blob;           /* 0: no names but those that threads gave each other */
    const struct capdl_image_header *header; /* as the initialiser left it, 0: no initialiser of ours */
    enum machine_outcome outcome;
    uint64_t instructions;
};

void report_print(const struct report *);

#endif
