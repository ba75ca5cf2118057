/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of tool/report/pages, each ended by a 0; embed.sh writes the source. */
#ifndef TOOL_REPORT_EMBEDDED_H
#define TOOL_REPORT_EMBEDDED_H

#include <stddef.h>

extern const struct embedded_file {
    const char *name;
    const unsigned char *bytes;
} embedded_files[];
extern const size_t num_embedded_files;

#endif
