/* SPDX-License-Identifier: BSD-2-Clause */
/* The meaning of the kernel calls that give devices their memory. */
#include "image/decompile_add.h"
#include "image/decompile_held.h"
#include "image/reverse.h"

bool reverse_io_space(struct reverse *r, const struct capdl_call *call)
{
    if (reverse_held(r, &call->operands[3])->kind != CAPDL_KIND_IO_SPACE_MASTER) {
        return false;
    }
    uint64_t data = call->operands[call->num_caps + 5].value;
    uint32_t device = reverse_add_derived(r, &call->operands[1], CAPDL_KIND_IO_DEVICE);
    if (device != CAPDL_NO_OBJECT) {
        reverse_number(r, device, CAPDL_NUMBER_IO_DOMAIN, data >> 16);
        reverse_number(r, device, CAPDL_NUMBER_IO_BUS, data >> 8 & 0xff);
        reverse_number(r, device, CAPDL_NUMBER_IO_DEV, data >> 3 & 0x1f);
        reverse_number(r, device, CAPDL_NUMBER_IO_FUN, data & 7);
    }
    return true;
}

/* Words number, index, depth. */
static void get(struct reverse *r, const struct capdl_call *call, enum capdl_kind kind, enum capdl_number number)
{
    uint32_t object = reverse_add_derived(r, &call->operands[2], kind);
    if (object != CAPDL_NO_OBJECT) {
        reverse_number(r, object, number, call->operands[1].value);
    }
}

/* What is bound to a stream or context bank is in its slot 0. */
static void bind(struct reverse *r, const struct capdl_call *call, enum capdl_kind kind)
{
    uint32_t holder = reverse_object(r, &call->target, kind);
    if (holder == CAPDL_NO_OBJECT) {
        reverse_fail(r, "a stream id or context bank is bound to an object of the wrong kind");
        return;
    }
    const struct held *bound = reverse_held(r, &call->operands[0]);
    if (bound->object == CAPDL_NO_OBJECT) {
        reverse_fail(r, "nothing is bound to a stream id or context bank");
        return;
    }
    reverse_cap(r, holder, (struct capdl_cap){.object = bound->object, .kind = bound->kind});
}

bool reverse_device_call(struct reverse *r, enum capdl_method method, const struct capdl_call *call)
{
    switch (method) {
    case CAPDL_METHOD_IO_PAGE_TABLE_MAP:
        reverse_map_io_table(r, call);
        return true;
    case CAPDL_METHOD_PAGE_MAP_IO:
        reverse_map_io_page(r, call);
        return true;
    case CAPDL_METHOD_SID_CONTROL_GET_SID:
        get(r, call, CAPDL_KIND_STREAMID, CAPDL_NUMBER_STREAM);
        return true;
    case CAPDL_METHOD_CB_CONTROL_GET_CB:
        get(r, call, CAPDL_KIND_CONTEXTBANK, CAPDL_NUMBER_BANK);
        return true;
    case CAPDL_METHOD_CB_ASSIGN_VSPACE:
        bind(r, call, CAPDL_KIND_CONTEXTBANK);
        return true;
    case CAPDL_METHOD_SID_BIND_CB:
        bind(r, call, CAPDL_KIND_STREAMID);
        return true;
    default:
        return false;
    }
}
