/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of what devices see: I/O spaces of x86 and their page tables, stream ids and context banks of Arm's SMMU. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "checker.h"
#include "checks.h"
#include "report.h"

/* What VT-d defines; how many a machine has depends on its hardware. */
enum { MOST_IO_LEVELS = 5 };

static uint64_t number(const struct checker *c, uint32_t id, enum capdl_number which)
{
    const struct capdl_numbers *numbers = capdl_object_numbers(c->spec, id);
    return numbers ? numbers->value[which] : 0;
}

static bool has_number(const struct checker *c, uint32_t id, enum capdl_number which)
{
    const struct capdl_numbers *numbers = capdl_object_numbers(c->spec, id);
    return numbers && numbers->has >> which & 1;
}

/* As the kernel names a PCI device. */
static uint64_t request_id(const struct checker *c, uint32_t id)
{
    return number(c, id, CAPDL_NUMBER_IO_BUS) << 8 | number(c, id, CAPDL_NUMBER_IO_DEV) << 3 |
           number(c, id, CAPDL_NUMBER_IO_FUN);
}

static void check_one_device(struct checker *c, uint32_t id)
{
    uint64_t domain = number(c, id, CAPDL_NUMBER_IO_DOMAIN), bus = number(c, id, CAPDL_NUMBER_IO_BUS);
    uint64_t dev = number(c, id, CAPDL_NUMBER_IO_DEV), fun = number(c, id, CAPDL_NUMBER_IO_FUN);
    char label[CHECK_LABEL];
    capdl_check_label(c, id, label);
    if (domain > 0xffff || bus > 255 || dev > 31 || fun > 7) {
        capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, id),
                           "I/O device '%s' is %" PRIu64 ":%" PRIu64 ".%" PRIu64 " in domain %" PRIu64
                           ": expected a bus up to 255, a device up to 31, a function up to 7, a domain up to 65535",
                           label, bus, dev, fun, domain);
    } else if (!domain) {
        capdl_check_report(
            c, CAPDL_WARNING, capdl_object_pos(c->spec, id),
            "I/O device '%s' has domainID 0, which the kernel does not give to devices: expected 1 to 65535", label);
    } else if (!request_id(c, id)) {
        capdl_check_report(c, CAPDL_WARNING, capdl_object_pos(c->spec, id),
                           "I/O device '%s' is 0:0.0, which the kernel takes as no device", label);
    }
}

struct numbered {
    uint64_t number;
    uint32_t id;
};

static int compare_numbered(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;
    if (x->number != y->number) {
        return x->number < y->number ? -1 : 1;
    }
    return x->id < y->id ? -1 : 1;
}

/* Calls report for each object of a kind that has the number of one before it. */
static void each_twin(struct checker *c, enum capdl_kind kind, uint64_t (*key)(const struct checker *, uint32_t),
                      void (*report)(struct checker *, uint32_t first, uint32_t second))
{
    struct numbered *list = NULL;
    size_t count = 0, capacity = 0;
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_object_kind(c->spec, i) == kind) {
            list = capdl_spec_grow(list, &capacity, count + 1, sizeof(*list));
            list[count++] = (struct numbered){key(c, i), i};
        }
    }
    if (count) {
        qsort(list, count, sizeof(*list), compare_numbered);
    }
    for (size_t i = 1; i < count; i++) {
        if (list[i].number == list[i - 1].number) {
            report(c, list[i - 1].id, list[i].id);
        }
    }
    free(list);
}

static void report_device_twice(struct checker *c, uint32_t first, uint32_t second)
{
    char label[CHECK_LABEL], other[CHECK_LABEL];
    capdl_check_report(
        c, CAPDL_ERROR, capdl_object_pos(c->spec, second),
        "I/O devices '%s' and '%s' are both %" PRIu64 ":%" PRIu64 ".%" PRIu64
        ": the kernel has one I/O space for each device (declare one object and give out capabilities to it)",
        capdl_check_label(c, first, other), capdl_check_label(c, second, label), number(c, second, CAPDL_NUMBER_IO_BUS),
        number(c, second, CAPDL_NUMBER_IO_DEV), number(c, second, CAPDL_NUMBER_IO_FUN));
}

void capdl_check_io_device(struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_object_kind(c->spec, i) == CAPDL_KIND_IO_DEVICE) {
            check_one_device(c, i);
        }
    }
    each_twin(c, CAPDL_KIND_IO_DEVICE, request_id, report_device_twice);
}

/* A table's level is one more than that of what holds it; the root's is 1. */
static void check_io_nesting(struct checker *c, uint32_t id, const struct capdl_cap *cap)
{
    uint64_t level = number(c, cap->object, CAPDL_NUMBER_IO_PT_LEVEL);
    uint64_t expected =
        capdl_object_kind(c->spec, id) == CAPDL_KIND_IO_DEVICE ? 1 : number(c, id, CAPDL_NUMBER_IO_PT_LEVEL) + 1;
    char label[CHECK_LABEL], name[CHECK_LABEL];
    if (level != expected) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap,
                               "%s '%s' holds I/O page table '%s' of level %" PRIu64 ": expected level %" PRIu64
                               " (a device holds level 1, each level the next)",
                               capdl_kind_name(capdl_object_kind(c->spec, id)), capdl_check_label(c, id, label),
                               capdl_check_label(c, cap->object, name), level, expected);
    }
}

/* All frames are in tables of one level: the last that the hardware has. */
static void check_io_frame(struct checker *c, uint32_t id, const struct capdl_cap *cap, uint32_t *leaf)
{
    uint64_t level = number(c, id, CAPDL_NUMBER_IO_PT_LEVEL);
    char label[CHECK_LABEL], table[CHECK_LABEL], other[CHECK_LABEL];
    capdl_check_label(c, cap->object, label);
    capdl_check_label(c, id, table);
    *leaf = *leaf == CAPDL_NO_OBJECT ? id : *leaf;
    if (capdl_object_size_bits(c->spec, cap->object) != 12) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap,
                               "frame '%s' is mapped in I/O page table '%s', which takes only 4k frames", label, table);
    } else if (!(cap->rights & (CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE))) {
        capdl_check_report_cap(
            c, CAPDL_ERROR, cap,
            "frame '%s' is mapped in I/O page table '%s' with neither R nor W: the kernel refuses that", label, table);
    } else if (level != number(c, *leaf, CAPDL_NUMBER_IO_PT_LEVEL)) {
        capdl_check_report_cap(
            c, CAPDL_ERROR, cap,
            "frames are mapped in I/O page table '%s' of level %" PRIu64 " and in '%s' of level %" PRIu64
            ": expected all frames on one level, the hardware's last",
            capdl_check_label(c, *leaf, other), number(c, *leaf, CAPDL_NUMBER_IO_PT_LEVEL), table, level);
    }
}

static void check_io_place(struct checker *c, uint32_t id, const struct capdl_cap *cap, uint32_t *holder)
{
    char label[CHECK_LABEL], first[CHECK_LABEL], second[CHECK_LABEL];
    if (holder[cap->object] != CAPDL_NO_OBJECT) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap,
                               "I/O page table '%s' is mapped in both '%s' and '%s': it can be mapped only once",
                               capdl_check_label(c, cap->object, label),
                               capdl_check_label(c, holder[cap->object], first), capdl_check_label(c, id, second));
    }
    holder[cap->object] = id;
}

static void check_io_level(struct checker *c, uint32_t id)
{
    uint64_t level = number(c, id, CAPDL_NUMBER_IO_PT_LEVEL);
    char label[CHECK_LABEL];
    if (capdl_object_kind(c->spec, id) == CAPDL_KIND_IO_PT && (level < 1 || level > MOST_IO_LEVELS)) {
        capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, id),
                           "I/O page table '%s' has level %" PRIu64 ": expected 1 (the root) to %d",
                           capdl_check_label(c, id, label), level, MOST_IO_LEVELS);
    }
}

void capdl_check_io_table(struct checker *c)
{
    size_t size = c->spec->num_objects * sizeof(uint32_t);
    uint32_t *holder, leaf = CAPDL_NO_OBJECT;
    if (!capdl_check_has_kind(c, CAPDL_KIND_IO_DEVICE) && !capdl_check_has_kind(c, CAPDL_KIND_IO_PT)) {
        return;
    }
    holder = capdl_spec_realloc(NULL, size);
    memset(holder, 0xff, size);
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        bool holds =
            capdl_object_kind(c->spec, i) == CAPDL_KIND_IO_DEVICE || capdl_object_kind(c->spec, i) == CAPDL_KIND_IO_PT;
        check_io_level(c, i);
        for (uint32_t j = 0; holds && j < caps.count; j++) {
            const struct capdl_cap *cap = &caps.list[j];
            if (cap->kind == CAPDL_KIND_IO_PT) {
                check_io_nesting(c, i, cap);
                check_io_place(c, i, cap, holder);
            } else if (cap->kind == CAPDL_KIND_FRAME && capdl_object_kind(c->spec, i) == CAPDL_KIND_IO_PT) {
                check_io_frame(c, i, cap, &leaf);
            }
        }
    }
    free(holder);
}

/* The number of a stream or of a context bank; another one for each that has none. */
static uint64_t stream_number(const struct checker *c, uint32_t id)
{
    _Static_assert(CAPDL_NUMBER_STREAM == CAPDL_NUMBER_BANK, "one accessor for both");
    return has_number(c, id, CAPDL_NUMBER_STREAM) ? number(c, id, CAPDL_NUMBER_STREAM) : UINT64_MAX - id;
}

static void report_number_twice(struct checker *c, uint32_t first, uint32_t second)
{
    char label[CHECK_LABEL], other[CHECK_LABEL];
    capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, second),
                       "'%s' and '%s' are both %s %" PRIu64 ": the kernel gives out each only once",
                       capdl_check_label(c, first, other), capdl_check_label(c, second, label),
                       capdl_kind_name(capdl_object_kind(c->spec, second)), stream_number(c, second));
}

/* A stream is translated by the address space of its context bank. */
static void check_binding(struct checker *c, uint32_t id)
{
    const struct capdl_cap *bank = capdl_spec_cap_at(c->spec, id, 0);
    char label[CHECK_LABEL], name[CHECK_LABEL];
    if (bank && bank->kind == CAPDL_KIND_CONTEXTBANK && !capdl_spec_cap_at(c->spec, bank->object, 0)) {
        capdl_check_report_cap(
            c, CAPDL_ERROR, bank,
            "stream id '%s' is bound to context bank '%s', which has no address space: put one in its slot 0",
            capdl_check_label(c, id, label), capdl_check_label(c, bank->object, name));
    }
}

void capdl_check_stream(struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_object_kind(c->spec, i) == CAPDL_KIND_STREAMID) {
            check_binding(c, i);
        }
    }
    each_twin(c, CAPDL_KIND_STREAMID, stream_number, report_number_twice);
    each_twin(c, CAPDL_KIND_CONTEXTBANK, stream_number, report_number_twice);
}
