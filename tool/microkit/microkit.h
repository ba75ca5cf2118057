/* SPDX-License-Identifier: BSD-2-Clause */
/* Microkit's system descriptions (docs/microkit.md): from a `.system` file to the objects and capabilities it stands
 * for. */
#ifndef TOOL_MICROKIT_MICROKIT_H
#define TOOL_MICROKIT_MICROKIT_H

#include <capdl/profile.h>
#include <capdl/spec.h>

/* What a protection domain may do, as definitions for the verifier Viper. */
struct microkit_view {
    const char *pd, *text;
    struct microkit_view *next;
};

struct microkit_options {
    const struct capdl_profile *profile; /* of the kernel that the system is for */
    bool guessed;                   /* nobody named that kernel: what it is built with is not held against anyone */
    const char *spec_path;          /* programs and other files are looked for beside it ... */
    const char *const *directories; /* ... then here, ended by 0 */
    bool wide_rights;               /* the rights that Microkit's tool 2.3 hands out, not the least */
    struct microkit_view **views;   /* a list that lives as long as the spec; NULL: not wanted */
};

/* Whether this is XML rather than capDL text or JSON: it begins with `<`. */
bool microkit_is(const char *text, size_t size);
/* Reads a system description into an initialised spec, which gets the profile's architecture. Everything wrong is in
 * diags; false if there was an error. */
bool microkit_read(struct capdl_spec *, struct capdl_diags *, uint16_t source, const struct microkit_options *);
/* Calls `program` with the path of each program_image, as written, until it returns true; then so does this. What is
 * wrong with the text is not reported. */
bool microkit_programs(const char *text, size_t size, bool (*program)(void *context, const char *path), void *context);
/* Where a program expects its IPC buffer: where its symbol for it is, or else in the last page of user addresses. */
uint64_t microkit_ipc_buffer(const struct capdl_profile *, const uint8_t *elf, size_t size);

#endif
