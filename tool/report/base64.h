/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes as text, as RFC 4648 has it. */
#ifndef TOOL_REPORT_BASE64_H
#define TOOL_REPORT_BASE64_H

#include <stddef.h>

/* To be freed. */
char *report_base64(const void *, size_t size);

#endif
