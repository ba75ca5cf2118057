/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernel invocations and what they take: include/capdl/methods.def, searched. Names of methods: profile/names.h. */
#ifndef TOOL_PROFILE_METHODS_H
#define TOOL_PROFILE_METHODS_H

#include <stddef.h>

#include <capdl/profile.h>

enum method_param_kind {
    METHOD_CAP, /* an extra capability; all others are in message registers */
    METHOD_WORD,
    METHOD_RIGHTS,     /* seL4_CapRights_t */
    METHOD_ATTRIBUTES, /* of a mapping */
    METHOD_TIME,       /* 64 bits: two registers on 32-bit kernels */
    METHOD_BYTE,
    METHOD_BOOL,
    METHOD_REGISTERS, /* of a thread or an SMC: as many message registers as there are */
};

struct method_param {
    const char *name; /* as in libsel4's XML files; name_length characters */
    int name_length;
    enum method_param_kind kind;
    unsigned position;    /* which extra capability, or which message register it begins in */
    unsigned shift, bits; /* where in that register; bits 0: a capability, or METHOD_REGISTERS */
};

enum { METHOD_MOST_PARAMS = 16 };

struct method_params {
    unsigned count;
    struct method_param list[METHOD_MOST_PARAMS]; /* in the order of libsel4's functions */
    unsigned num_caps, num_words;                 /* without METHOD_REGISTERS */
    bool registers;                               /* more words may follow */
};

/* What a method takes on kernels of this architecture, MCS or not; false where they have no such method. */
bool method_params(const struct capdl_profile *, enum capdl_method, struct method_params *);
/* The parameter of this name, or NULL. */
const struct method_param *method_param_find(const struct method_params *, const char *name);
/* Whether a message with so many extra capabilities and message registers is one that we send for a method: after a
 * time there may be the microseconds it stands for. */
bool method_params_fit(const struct method_params *, unsigned caps, unsigned words);

/* Whether a cell of the ids in methods.def, which may be NULL, has this id. */
bool method_ids_have(const char *cell, const char *id);

/* Whether every boot on a kernel of this architecture, MCS or not, makes this call; false where the architecture
 * has none. */
bool method_required(const struct capdl_profile *, enum capdl_method);

/*
 * Whether `found` is a parameter list we know how to send, spelled as in methods.def. If not, *expected is one that
 * would be (NULL: no list is known).
 */
bool method_accepts(const struct capdl_profile *, enum capdl_method, const char *found, const char **expected);

/* Appends a parameter as methods.def spells it ("cap root"), given its type in libsel4 and its name; text has room
 * for size bytes. */
void params_append(char *text, size_t size, const char *type, const char *name);

#endif
