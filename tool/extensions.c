/* SPDX-License-Identifier: BSD-2-Clause */
/* `capdl expand --strict`: a spec without our extensions of the language. */
#include "extensions.h"

#include <stdlib.h>
#include <string.h>

static void refuse(struct capdl_spec *spec, struct capdl_diags *diags, uint32_t id, const char *what)
{
    char label[160];
    capdl_error(diags, capdl_object(spec, id)->pos, "'%s' %s, which other capDL tools do not read",
                capdl_object_label(capdl_object(spec, id), label, sizeof(label)), what);
}

static bool is_ept(enum capdl_kind kind)
{
    return kind == CAPDL_KIND_EPT_PML4 || kind == CAPDL_KIND_EPT_PDPT || kind == CAPDL_KIND_EPT_PD ||
           kind == CAPDL_KIND_EPT_PT;
}

/* Others have streams and context banks as objects, but neither numbers of streams nor what is bound to what. */
static void refuse_devices(struct capdl_spec *spec, struct capdl_diags *diags, uint32_t id)
{
    const struct capdl_object *object = capdl_object(spec, id);
    if (is_ept(object->kind)) {
        refuse(spec, diags, id, "is an extended page table");
    }
    if (object->kind == CAPDL_KIND_STREAMID && object->u.numbers) {
        refuse(spec, diags, id, "is a stream with a number (id)");
    }
    if ((object->kind == CAPDL_KIND_STREAMID || object->kind == CAPDL_KIND_CONTEXTBANK) && object->num_caps) {
        refuse(spec, diags, id, "is bound to something");
    }
}

static void refuse_content(struct capdl_spec *spec, struct capdl_diags *diags, uint32_t id)
{
    const struct capdl_object *object = capdl_object(spec, id);
    if (object->kind == CAPDL_KIND_TCB && object->u.tcb && object->u.tcb->has & CAPDL_TCB_HAS_TLS) {
        refuse(spec, diags, id, "has a thread pointer (tls)");
    }
    if (object->kind == CAPDL_KIND_SC && object->u.sc && object->u.sc->refills) {
        refuse(spec, diags, id, "has extra refills");
    }
    if (object->kind == CAPDL_KIND_SC && object->u.sc && object->u.sc->flags) {
        refuse(spec, diags, id, "has flags");
    }
    if (object->kind == CAPDL_KIND_FRAME && object->flags & CAPDL_OBJECT_CONTIGUOUS) {
        refuse(spec, diags, id, "is contiguous");
    }
    if (object->kind == CAPDL_KIND_LEFTOVER) {
        refuse(spec, diags, id, "stands for leftover memory");
    }
    for (size_t i = 0; object->kind == CAPDL_KIND_FRAME && i < object->u.fills.count; i++) {
        if (object->u.fills.list[i].kind == CAPDL_FILL_FILE && strpbrk(object->u.fills.list[i].text, " }")) {
            refuse(spec, diags, id, "is filled from a file with a blank or '}' in its name");
        }
    }
}

/* A RISC-V interrupt without a trigger of its own is what others call irq; the kernel then takes it for a level. */
static void lower_interrupts(struct capdl_spec *spec, struct capdl_diags *diags)
{
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct capdl_object object = *capdl_object(spec, i);
        if (object.kind != CAPDL_KIND_RISCV_IRQ) {
            continue;
        }
        if (object.u.numbers && object.u.numbers->value[CAPDL_NUMBER_TRIGGER]) {
            refuse(spec, diags, i, "is an interrupt with trigger: edge");
        }
        object.kind = CAPDL_KIND_IRQ;
        object.u.numbers = NULL;
        capdl_object_set(spec, i, &object);
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        for (uint32_t j = 0; j < capdl_object(spec, i)->num_caps; j++) {
            struct capdl_cap *cap = &capdl_object(spec, i)->caps[j];
            cap->kind = cap->kind == CAPDL_KIND_RISCV_IRQ ? CAPDL_KIND_IRQ : cap->kind;
        }
    }
}

static const char *free_name(struct capdl_spec *spec, const char *name, uint32_t index)
{
    size_t size = strlen(name) + 64;
    char *text = capdl_spec_alloc(spec, size);
    snprintf(text, size, "%s_%u", name, (unsigned)index);
    for (size_t length = strlen(text); length + 1 < size; text[length++] = '_') {
        const char *interned = capdl_spec_intern(spec, text, length);
        if (capdl_spec_find(spec, interned, CAPDL_NO_INDEX) == CAPDL_NO_OBJECT) {
            return interned;
        }
    }
    return capdl_spec_intern(spec, text, strlen(text));
}

/* Arrays whose elements differ, or are untypeds of which one has children, can be said only in pieces: they become
 * single objects. */
static void lower_arrays(struct capdl_spec *spec)
{
    bool *uneven = calloc((size_t)spec->num_objects + 1, sizeof(*uneven));
    if (!uneven) {
        fprintf(stderr, "capdl: out of memory\n");
        exit(2);
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        const struct capdl_object *object = capdl_object(spec, i);
        uint32_t first = object->index == CAPDL_NO_INDEX ? CAPDL_NO_OBJECT : capdl_spec_find(spec, object->name, 0);
        if (first != CAPDL_NO_OBJECT && !capdl_object_same(object, capdl_object(spec, first))) {
            uneven[first] = true;
        }
        if (object->parent != CAPDL_NO_OBJECT && capdl_object(spec, object->parent)->index != CAPDL_NO_INDEX) {
            uneven[capdl_spec_find(spec, capdl_object(spec, object->parent)->name, 0)] = true;
        }
    }
    for (uint32_t i = spec->num_objects; i-- > 0;) {
        const struct capdl_object *object = capdl_object(spec, i);
        if (object->index != CAPDL_NO_INDEX && uneven[capdl_spec_find(spec, object->name, 0)]) {
            uneven[i] = true; /* by object from here on: the names are still needed to find the first elements */
        }
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct capdl_object object = *capdl_object(spec, i);
        if (object.index != CAPDL_NO_INDEX && uneven[i]) {
            object.name = free_name(spec, object.name, object.index);
            object.index = CAPDL_NO_INDEX;
            capdl_object_set(spec, i, &object);
        }
    }
    free(uneven);
}

bool extensions_lower(struct capdl_spec *spec, struct capdl_diags *diags)
{
    size_t errors = diags->num_errors;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        refuse_devices(spec, diags, i);
        refuse_content(spec, diags, i);
    }
    lower_interrupts(spec, diags);
    lower_arrays(spec);
    return diags->num_errors == errors;
}
