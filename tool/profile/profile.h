/* SPDX-License-Identifier: BSD-2-Clause */
/* Where kernel profiles come from: built in, from a kernel's install prefix, or from an image. */
#ifndef TOOL_PROFILE_H
#define TOOL_PROFILE_H

#include <stdio.h>

#include <capdl/diag.h>
#include <capdl/profile.h>

/* Names: "aarch64", "aarch64-mcs", "aarch64-12", "aarch64-mcs-12", and so for each architecture that is booted; "-12":
   a 4096-slot root CNode. 0 if there is none of that name. */
const struct capdl_profile *profile_builtin(const char *name);
/* The i-th built-in profile, 0 after the last. */
const struct capdl_profile *profile_builtin_at(size_t i);
/* The one used when the user names no kernel: MCS, 17-bit root CNode. 0 for architectures we do not boot. */
const struct capdl_profile *profile_default(enum capdl_arch);

/* Whether a directory is what Microkit's SDK has for a board and a configuration, rather than an install prefix. */
bool profile_is_board(const char *directory);
/* The path of a kernel's file, to be freed: `relative` is its name in an install prefix, such as "bin/kernel.elf". */
char *profile_file(const char *directory, const char *relative);
/* The same of the device tree that it was built with, if there is one: not on PCs. */
char *profile_dtb(const char *directory);

/* Reads a kernel's install prefix, or a board's directory of Microkit's SDK. Everything missing or contradictory is an
 * error in diags; returns false then. */
bool profile_read(const char *prefix, struct capdl_profile *, struct capdl_diags *);

/* A kernel as a user names it: a built-in profile or, when there is none of that name, an install prefix. */
bool profile_find(const char *name_or_prefix, struct capdl_profile *, struct capdl_diags *);

enum { PROFILE_FLAW = 200 }; /* bytes for what is wrong with a profile */

/* The profile as deterministic CBOR, and back. Encode returns malloc'd bytes; decode returns false on anything it
 * does not accept: flaw says what no kernel has, or is empty if encode would not write such bytes. */
uint8_t *profile_encode(const struct capdl_profile *, size_t *size);
bool profile_decode(const uint8_t *bytes, size_t size, struct capdl_profile *, char flaw[PROFILE_FLAW]);

/* `capdl profile`'s outputs. */
void profile_print(const struct capdl_profile *, FILE *);
void profile_print_json(const struct capdl_profile *, FILE *);
void profile_print_header(const struct capdl_profile *, FILE *); /* a C header: #define SEL4_SYS_CALL ... */
bool profile_print_difference(const struct capdl_profile *, const struct capdl_profile *,
                              FILE *); /* whether there is any */

#endif
