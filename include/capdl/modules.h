/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table by which a program finds the boot modules that are mapped for it (docs/pd.md, modules): read-only, in the
 * page that `modules:` of its declaration names. Freestanding: usable by any program. The layout is the same on all
 * architectures, little-endian.
 */
#ifndef CAPDL_MODULES_H
#define CAPDL_MODULES_H

#include <stdint.h>

enum { CAPDL_MODULES_VERSION = 1, CAPDL_MODULES_MAX = 63, CAPDL_MODULE_NAME = 48 };

struct capdl_module {
    uint64_t address;             /* of its first byte, page aligned; zeros follow up to the end of its last page */
    uint64_t size;                /* in bytes */
    char name[CAPDL_MODULE_NAME]; /* in the spec, ended by 0 */
};

struct capdl_modules {
    uint64_t version; /* CAPDL_MODULES_VERSION */
    uint64_t count;
    uint64_t reserved[6];          /* 0 */
    struct capdl_module modules[]; /* `count`, in the order in which they are mapped */
};

#endif
