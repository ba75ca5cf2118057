/* SPDX-License-Identifier: BSD-2-Clause */
/* What kinds.def says of kinds. */
#include <string.h>

#include "model.h"

static const struct {
    const char *keyword, *arches, *name;
    uint8_t class, height, type, holds;
    uint16_t traits;
} kinds[] = {
#define CAPDL_KIND(id, keyword, arches, name, class, height, type, holds, traits) \
    {keyword, arches, name, CAPDL_CLASS_##class, height, CAPDL_TYPE_##type, CAPDL_HOLDS_##holds, traits},
#include <capdl/kinds.def>
#undef CAPDL_KIND
};

/* How kinds.def abbreviates architectures. */
static const char arch_initials[] = {
#define CAPDL_ARCH(id, initial) initial,
#include <capdl/arch.def>
};

const char *capdl_kind_keyword(enum capdl_kind kind)
{
    return kinds[kind].keyword;
}

const char *capdl_kind_name(enum capdl_kind kind)
{
    return kinds[kind].name;
}

const char *capdl_spec_kind_phrase(enum capdl_kind kind)
{
    static const char *const phrases[][2] = {
#define CAPDL_KIND(id, keyword, arches, name, class, height, type, holds, traits) {"a " name, "an " name},
#include <capdl/kinds.def>
#undef CAPDL_KIND
    };
    const char *name = kinds[kind].name;
    bool initials = name[1] >= 'A' && name[1] <= 'Z'; /* spoken: "an MSI interrupt", but "a TCB" */
    if (kind == CAPDL_KIND_LEFTOVER) {                /* a plural */
        return name;
    }
    return phrases[kind][strchr(initials ? "AEFIHLMNOSX" : "aeiouAEIOU", name[0]) != NULL];
}

bool capdl_kind_on_arch(enum capdl_kind kind, enum capdl_arch arch)
{
    return strchr(kinds[kind].arches, arch_initials[arch]);
}

enum capdl_class capdl_kind_class(enum capdl_kind kind)
{
    return (enum capdl_class)kinds[kind].class;
}

unsigned capdl_kind_height(enum capdl_kind kind)
{
    return kinds[kind].height;
}

enum capdl_type capdl_kind_type(enum capdl_kind kind)
{
    return (enum capdl_type)kinds[kind].type;
}

enum capdl_holds capdl_kind_holds(enum capdl_kind kind)
{
    return (enum capdl_holds)kinds[kind].holds;
}

bool capdl_kind_has(enum capdl_kind kind, enum capdl_trait trait)
{
    return kinds[kind].traits & trait;
}

bool capdl_kind_issues(enum capdl_kind control, enum capdl_kind kind)
{
    static const uint8_t issues[CAPDL_KIND_COUNT] = {
        [CAPDL_KIND_IO_PORT_CONTROL] = CAPDL_KIND_IO_PORTS,
        [CAPDL_KIND_STREAMID_CONTROL] = CAPDL_KIND_STREAMID,
        [CAPDL_KIND_CONTEXTBANK_CONTROL] = CAPDL_KIND_CONTEXTBANK,
        [CAPDL_KIND_IRQ_CONTROL] = CAPDL_KIND_ARM_SGI_SIGNAL,
    };
    bool interrupt = control == CAPDL_KIND_IRQ_CONTROL && capdl_kind_class(kind) == CAPDL_CLASS_INTERRUPT;
    return interrupt || (issues[control] && issues[control] == kind);
}

bool capdl_kind_is_table(enum capdl_kind kind)
{
    return kinds[kind].class == CAPDL_CLASS_TABLE || kinds[kind].class == CAPDL_CLASS_EPT;
}
