/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Systems as the tool reads them: capDL text with `pd` declarations, which become the objects they stand for; JSON;
 * system descriptions of Microkit; and images. In a library of its own, capdl-system, which needs those that read ELF
 * files, XML and CBOR.
 *
 *     struct capdl_system *system = capdl_system_open("system.elf", NULL);
 *     if (system && capdl_system_is_good(system)) { ... capdl_system_spec(system) ... }
 *     capdl_system_free(system);
 *
 * Nothing is printed, and no call ends the process. Two systems may be read by two threads at once.
 */
#ifndef CAPDL_SYSTEM_H
#define CAPDL_SYSTEM_H

#include <capdl/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

struct capdl_system;

struct capdl_system_options {
    const char *kernel;             /* as --kernel: an install prefix or a built-in profile; NULL: a default */
    const char *arch;               /* as --arch: of a text that does not say it; NULL: none */
    const char *const *directories; /* as -I, ended by NULL; NULL: none */
    /* capDL text: leave `pd` declarations as they are, so that no ELF file is needed, and their
       parameters as written. Capabilities of objects that they stand for are then left out. */
    bool declared;
};

/* Reads a file. Never NULL but without memory: then errno is ENOMEM. options may be NULL. What is wrong, also that
   there is no such file, is in the diagnostics. */
struct capdl_system *capdl_system_open(const char *path, const struct capdl_system_options *);
/* The same of bytes in memory, which are copied; `name` is for messages, and files are looked for beside it. */
struct capdl_system *capdl_system_read(const char *name, const void *bytes, size_t size,
                                       const struct capdl_system_options *);
void capdl_system_free(struct capdl_system *);

/* Whether it was read without an error; else the spec has what could be read, such as declarations whose programs were
   not found. */
bool capdl_system_is_good(const struct capdl_system *);
bool capdl_system_is_image(const struct capdl_system *);
/* Both live until the system is freed. A `pd` declaration is an object of kind CAPDL_KIND_PROGRAM, which
   capdl_object_declaration gives with its parameters; those made for it have its number as capdl_object_program. */
struct capdl_spec *capdl_system_spec(struct capdl_system *);
struct capdl_diags *capdl_system_diags(struct capdl_system *);
/* The kernel that an image was compiled for, or that was named or assumed for programs; NULL: none was needed. */
const char *capdl_system_kernel(const struct capdl_system *);

#ifdef __cplusplus
}
#endif

#endif
