/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of include/capdl/ as arrays of names, indexed by their enumerations. */
#ifndef TOOL_PROFILE_NAMES_H
#define TOOL_PROFILE_NAMES_H

#include <stddef.h>

#include <capdl/profile.h>

/* Identifiers as they end a macro's name ("TCB_CONFIGURE"), which are also the keys of the encoded profile and of
 * its JSON. */
extern const char *const syscall_ids[CAPDL_SYSCALL_COUNT];
extern const char *const method_ids[CAPDL_METHOD_COUNT];
extern const char *const type_ids[CAPDL_TYPE_COUNT];
extern const char *const fault_ids[CAPDL_FAULT_COUNT];

/* Names in messages: "TCB_Configure"; in api/syscall.xml: "ReplyRecv"; in libsel4: "VMFault". */
extern const char *const method_names[CAPDL_METHOD_COUNT];
extern const char *const syscall_names[CAPDL_SYSCALL_COUNT];
extern const char *const fault_names[CAPDL_FAULT_COUNT];

/* What an architecture is called in profiles: as in a spec, but for those that share their word there with another;
   these as their kernels do. */
const char *arch_key(enum capdl_arch);

/* What an architecture calls a method (the cell of methods.def) or an object type (without "seL4_"); NULL: it has none.
 */
const char *method_xml_id(enum capdl_arch, enum capdl_method);
const char *type_name(enum capdl_arch, enum capdl_type);
/* Whether every kernel of the profile's architecture has the type; the others belong to configurations. */
bool type_required(const struct capdl_profile *, enum capdl_type);

/* Registers in the order of seL4_UserContext; returns how many there are. */
size_t register_names(enum capdl_arch, const char *const **names);

#endif
