/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects and capabilities of the model. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "lower.h"

static const char *name_free(struct mk_reader *reader, char *text)
{
    size_t size = strlen(text) + 32;
    char *numbered = NULL;
    for (char *c = text; *c; c++) {
        bool plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (unsigned char)*c >= 0x80;
        *c = plain || strchr("_-@.", *c) ? *c : '_';
    }
    const char *name = capdl_spec_intern(reader->spec, text, strlen(text));
    for (unsigned i = 2; capdl_spec_find(reader->spec, name, CAPDL_NO_INDEX) != CAPDL_NO_OBJECT; i++) {
        numbered = numbered ? numbered : capdl_spec_alloc(reader->spec, size);
        snprintf(numbered, size, "%s__%u", text, i);
        name = capdl_spec_intern(reader->spec, numbered, strlen(numbered));
    }
    return name;
}

static uint32_t object_add(struct mk_reader *reader, enum capdl_kind kind, struct capdl_pos pos, const char *format,
                           va_list args)
{
    char *text = memory_vformat(format, args);
    uint32_t id = capdl_spec_add(reader->spec, name_free(reader, text), CAPDL_NO_INDEX, kind, pos);
    struct capdl_object object = capdl_object_view(reader->spec, id);
    object.flags |= CAPDL_OBJECT_GENERATED;
    capdl_object_set(reader->spec, id, &object);
    free(text);
    return id;
}

uint32_t mk_object(struct mk_reader *reader, enum capdl_kind kind, struct capdl_pos pos, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    uint32_t object = object_add(reader, kind, pos, format, args);
    va_end(args);
    return object;
}

uint32_t mk_sized_object(struct mk_reader *reader, enum capdl_kind kind, unsigned size_bits, struct capdl_pos pos,
                         const char *format, ...)
{
    va_list args;
    va_start(args, format);
    uint32_t id = object_add(reader, kind, pos, format, args);
    va_end(args);
    struct capdl_object object = capdl_object_view(reader->spec, id);
    object.size_bits = (uint8_t)size_bits;
    object.flags |= CAPDL_OBJECT_HAS_SIZE;
    capdl_object_set(reader->spec, id, &object);
    return id;
}

void mk_number_set(struct mk_reader *reader, uint32_t id, enum capdl_number number, uint64_t value)
{
    struct capdl_object object = capdl_object_view(reader->spec, id);
    if (!object.u.numbers) {
        object.u.numbers = capdl_spec_alloc(reader->spec, sizeof(*object.u.numbers));
    }
    object.u.numbers->has |= (uint8_t)(1u << number);
    object.u.numbers->value[number] = value;
    capdl_object_set(reader->spec, id, &object);
}

void mk_fills_set(struct mk_reader *reader, uint32_t frame, const struct capdl_fill *fills, size_t count)
{
    if (!count) {
        return;
    }
    struct capdl_object object = capdl_object_view(reader->spec, frame);
    object.flags |= CAPDL_OBJECT_HAS_FILL;
    object.u.fills.list = capdl_spec_alloc(reader->spec, count * sizeof(*fills));
    object.u.fills.count = count;
    memcpy(object.u.fills.list, fills, count * sizeof(*fills));
    capdl_object_set(reader->spec, frame, &object);
}

void mk_paddr_set(struct mk_reader *reader, uint32_t frame, uint64_t paddr)
{
    struct capdl_object object = capdl_object_view(reader->spec, frame);
    object.flags |= CAPDL_OBJECT_HAS_PADDR;
    object.paddr = paddr;
    capdl_object_set(reader->spec, frame, &object);
}

static struct capdl_cap cap_to(struct mk_reader *reader, uint64_t slot, uint32_t object, struct capdl_pos pos)
{
    return (struct capdl_cap){.slot = slot,
                              .object = object,
                              .kind = (uint8_t)capdl_object_kind(reader->spec, object),
                              .at = capdl_spec_at(reader->spec, pos)};
}

void mk_hold(struct mk_reader *reader, uint32_t container, uint64_t slot, uint32_t object, struct capdl_pos pos)
{
    struct capdl_cap cap = cap_to(reader, slot, object, pos);
    capdl_spec_add_cap(reader->spec, container, &cap);
}

void mk_hold_frame(struct mk_reader *reader, uint32_t table, uint64_t slot, uint32_t frame, uint8_t rights,
                   bool uncached, struct capdl_pos pos)
{
    struct capdl_cap cap = cap_to(reader, slot, frame, pos);
    cap.rights = rights;
    cap.flags = uncached ? CAPDL_CAP_UNCACHED : 0;
    capdl_spec_add_cap(reader->spec, table, &cap);
}

void mk_hold_cnode(struct mk_reader *reader, uint32_t container, uint64_t slot, uint32_t cnode, unsigned guard_size,
                   struct capdl_pos pos)
{
    struct capdl_cap cap = cap_to(reader, slot, cnode, pos);
    cap.guard_size = (uint8_t)guard_size;
    cap.flags = guard_size ? CAPDL_CAP_HAS_GUARD : 0;
    capdl_spec_add_cap(reader->spec, container, &cap);
}

/* Microkit's tool 2.3 gives all rights there are, its successor the least. */
static uint8_t ipc_rights(const struct mk_reader *reader, enum capdl_kind kind, enum mk_use use)
{
    if (reader->options->wide_rights) {
        return CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE | (kind == CAPDL_KIND_EP ? CAPDL_RIGHT_GRANT : 0);
    }
    switch (use) {
    case MK_USE_RECEIVE:
        return CAPDL_RIGHT_READ;
    case MK_USE_SEND:
        return CAPDL_RIGHT_WRITE;
    case MK_USE_CALL:
        return CAPDL_RIGHT_WRITE | CAPDL_RIGHT_GRANT_REPLY;
    }
    return 0;
}

void mk_hold_ipc(struct mk_reader *reader, uint32_t container, uint64_t slot, uint32_t object, enum mk_use use,
                 uint64_t badge, struct capdl_pos pos)
{
    struct capdl_cap cap = cap_to(reader, slot, object, pos);
    cap.rights = ipc_rights(reader, (enum capdl_kind)cap.kind, use);
    cap.data = badge;
    cap.flags = badge ? CAPDL_CAP_HAS_BADGE : 0;
    capdl_spec_add_cap(reader->spec, container, &cap);
}

void mk_tcb_set(struct mk_reader *reader, uint32_t tcb, const struct capdl_tcb *values)
{
    struct capdl_object object = capdl_object_view(reader->spec, tcb);
    object.u.tcb = capdl_spec_alloc(reader->spec, sizeof(*values));
    *object.u.tcb = *values;
    capdl_object_set(reader->spec, tcb, &object);
}

uint32_t mk_sched_context(struct mk_reader *reader, const char *name, uint64_t budget, uint64_t period, uint64_t badge,
                          struct capdl_pos pos)
{
    enum { SIZE_BITS = 8 };
    uint32_t id = mk_sized_object(reader, CAPDL_KIND_SC, SIZE_BITS, pos, "sched_context_%s", name);
    struct capdl_object object = capdl_object_view(reader->spec, id);
    object.u.sc = capdl_spec_alloc(reader->spec, sizeof(*object.u.sc));
    *object.u.sc =
        (struct capdl_sc){.has_times = true, .has_data = true, .budget = budget, .period = period, .data = badge};
    capdl_object_set(reader->spec, id, &object);
    return id;
}

void mk_irq_map(struct mk_reader *reader, uint64_t irq, uint32_t object, struct capdl_pos pos)
{
    struct capdl_spec *spec = reader->spec;
    spec->irqs = memory_grow(spec->irqs, &spec->capacity_irqs, spec->num_irqs + 1, sizeof(*spec->irqs));
    spec->irqs[spec->num_irqs++] = (struct capdl_irq_map){.irq = irq, .object = object, .pos = pos};
}

static int compare_irqs(const void *a, const void *b)
{
    const struct capdl_irq_map *x = a, *y = b;
    return (x->irq > y->irq) - (x->irq < y->irq);
}

void mk_irqs_finish(struct mk_reader *reader)
{
    if (reader->spec->num_irqs) {
        qsort(reader->spec->irqs, reader->spec->num_irqs, sizeof(*reader->spec->irqs), compare_irqs);
    }
}
