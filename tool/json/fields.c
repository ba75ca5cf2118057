/* SPDX-License-Identifier: BSD-2-Clause */
#include "fields.h"

#define SIZE(kind, needed)                                            \
    {                                                                 \
        CAPDL_KIND_##kind, FIELD_SIZE_BITS, needed, 0, 0, "size_bits" \
    }
#define TCB(field, has, action)                                                                               \
    {                                                                                                         \
        CAPDL_KIND_TCB, FIELD_##action, false, offsetof(struct capdl_tcb, field), CAPDL_TCB_HAS_##has, #field \
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
    TCB(addr, ADDR, TCB_NUMBER),
    TCB(ip, IP, TCB_NUMBER),
    TCB(sp, SP, TCB_NUMBER),
    TCB(prio, PRIO, TCB_NUMBER),
    TCB(max_prio, MAX_PRIO, TCB_NUMBER),
    TCB(affinity, AFFINITY, TCB_NUMBER),
    TCB(resume, RESUME, TCB_BOOL),
    TCB(fpu_disabled, FPU_DISABLED, TCB_BOOL),
    TCB(dom, DOM, TCB_NUMBER),
    TCB(fault_ep, FAULT_EP, TCB_NUMBER),
    TCB(tls, TLS, TCB_NUMBER),
    TCB(init, INIT, TCB_INIT),
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
    NUMBER(ASID_POOL, false, ASID_HIGH, "asid_high"),
    NUMBER(IO_PORTS, true, PORTS_FIRST, "first_port"),
    NUMBER(IO_PORTS, true, PORTS_LAST, "last_port"),
    NUMBER(IO_DEVICE, true, IO_DOMAIN, "domainID"),
    NUMBER(IO_DEVICE, true, IO_BUS, "bus"),
    NUMBER(IO_DEVICE, true, IO_DEV, "dev"),
    NUMBER(IO_DEVICE, true, IO_FUN, "fun"),
#define CAPDL_NUMBER_PARAM(kind, mandatory, number, keyword) NUMBER(kind, mandatory, number, keyword),
#define CAPDL_TRIGGER_PARAM(kind) {CAPDL_KIND_##kind, FIELD_TRIGGER, true, 0, CAPDL_NUMBER_TRIGGER, "trigger"},
#include <capdl/numbers.def>
#undef CAPDL_NUMBER_PARAM
#undef CAPDL_TRIGGER_PARAM
};

const size_t num_own_fields = sizeof(own_fields) / sizeof(own_fields[0]);
