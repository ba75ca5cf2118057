/* SPDX-License-Identifier: BSD-2-Clause */
#include "fields.h"

#define SIZE(kind, needed)                                            \
    {                                                                 \
        CAPDL_KIND_##kind, FIELD_SIZE_BITS, needed, 0, 0, "size_bits" \
    }
#define SC(field)                                                                          \
    {                                                                                      \
        CAPDL_KIND_SC, FIELD_SC_NUMBER, false, offsetof(struct capdl_sc, field), 0, #field \
    }
#define NUMBER(kind, needed, number, name)                                      \
    {                                                                           \
        CAPDL_KIND_##kind, FIELD_NUMBER, needed, 0, CAPDL_NUMBER_##number, name \
    }

const struct field own_fields[] = {
#define CAPDL_TCB_FIELD(id, member, type, otherwise, written, rust, in_rust, rank, name) \
    {CAPDL_KIND_TCB, FIELD_TCB_##type, false, 0, CAPDL_TCB_FIELD_##id, #member},
#include <capdl/tcbfields.def>
#undef CAPDL_TCB_FIELD
    SIZE(CNODE, true),
    SIZE(UT, false),
    {CAPDL_KIND_UT, FIELD_PADDR, false, 0, 0, "paddr"},
    SIZE(FRAME, true),
    {CAPDL_KIND_FRAME, FIELD_PADDR, false, 0, 0, "paddr"},
    {CAPDL_KIND_FRAME, FIELD_FILL, false, 0, 0, "fill"},
    {CAPDL_KIND_FRAME, FIELD_CONTIGUOUS, false, 0, 0, "contiguous"},
    SIZE(SC, false),
    SC(period),
    SC(budget),
    SC(data),
    SC(refills),
    SC(flags),
    NUMBER(IO_PORTS, true, PORTS_FIRST, "first_port"),
    NUMBER(IO_PORTS, true, PORTS_LAST, "last_port"),
#define CAPDL_NUMBER_PARAM(kind, mandatory, number, keyword) NUMBER(kind, mandatory, number, keyword),
#define CAPDL_TRIGGER_PARAM(kind) {CAPDL_KIND_##kind, FIELD_TRIGGER, true, 0, CAPDL_NUMBER_TRIGGER, "trigger"},
#include <capdl/numbers.def>
#undef CAPDL_NUMBER_PARAM
#undef CAPDL_TRIGGER_PARAM
    NUMBER(IO_DEVICE, true, IO_BUS, "bus"),
    NUMBER(IO_DEVICE, true, IO_DEV, "dev"),
    NUMBER(IO_DEVICE, true, IO_FUN, "fun"),
    {CAPDL_KIND_LEFTOVER, FIELD_PADDR, false, 0, 0, "paddr"},
};

const size_t num_own_fields = sizeof(own_fields) / sizeof(own_fields[0]);
