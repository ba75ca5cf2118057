/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of a spec: the list of them, and how they report. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static const struct {
    const char *name;
    void (*run)(struct checker *);
    bool places; /* its errors are about what holds what */
} checks[] = {
    {"object-arch", capdl_check_object_arch, false},
    {"size", capdl_check_size, false},
    {"frame-size", capdl_check_frame_size, false},
    {"fill", capdl_check_fill, false},
    {"priority", capdl_check_priority, false},
    {"scheduling", capdl_check_scheduling, false},
    {"container", capdl_check_container, true},
    {"slot-range", capdl_check_slot_range, true},
    {"cap-slot", capdl_check_cap_slot, true},
    {"guard", capdl_check_guard, false},
    {"badge", capdl_check_badge, false},
    {"rights", capdl_check_rights, false},
    {"fault-handler", capdl_check_fault_handler, false},
    {"bound-twice", capdl_check_bound_twice, false},
    {"table-nesting", capdl_check_table_nesting, true},
    {"table-shared", capdl_check_table_shared, true},
    {"frame-level", capdl_check_frame_level, false},
    {"frame-rights", capdl_check_frame_rights, false},
    {"mapping", capdl_check_mapping, false},
    {"io-device", capdl_check_io_device, false},
    {"io-table", capdl_check_io_table, false},
    {"stream", capdl_check_stream, false},
    {"ipc-buffer", capdl_check_ipc_buffer, false},
    {"paddr", capdl_check_paddr, false},
    {"overlap", capdl_check_overlap, false},
    {"cover", capdl_check_cover, false},
    {"irq", capdl_check_irq, false},
    {"domain", capdl_check_domain, false},
    {"derivation", capdl_check_derivation, false},
    {"leftover", capdl_check_leftover, false},
    {"thread", capdl_check_thread, false},
    {"unused", capdl_check_unused, false},
};

enum { NUM_CHECKS = sizeof(checks) / sizeof(checks[0]) };

static bool same_place(struct capdl_pos a, struct capdl_pos b)
{
    return a.line && a.line == b.line && a.column == b.column && a.file == b.file;
}

static void report(struct checker *c, enum capdl_severity severity, struct capdl_pos pos, const char *format,
                   va_list arguments)
{
    char message[800];

    if (same_place(pos, c->last_pos) || (severity == CAPDL_WARNING && c->errors_only)) {
        return;
    }
    c->last_pos = pos;
    vsnprintf(message, sizeof(message), format, arguments);
    capdl_finding(c->diags, severity, c->name, pos, "%s", message);
}

void capdl_check_report(struct checker *c, enum capdl_severity severity, struct capdl_pos pos, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    report(c, severity, pos, format, arguments);
    va_end(arguments);
}

void capdl_check_report_cap(struct checker *c, enum capdl_severity severity, const struct capdl_cap *cap,
                            const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    report(c, severity, capdl_cap_pos(c->spec, cap), format, arguments);
    va_end(arguments);
}

void *capdl_check_zeros(const struct checker *c, size_t item)
{
    return capdl_spec_zeros_grow(NULL, 0, c->spec->num_objects * item);
}

void capdl_check_zeros_free(const struct checker *c, void *zeros, size_t item)
{
    capdl_spec_zeros_free(zeros, c->spec->num_objects * item);
}

const char *capdl_check_label(const struct checker *c, uint32_t object, char *buffer)
{
    return capdl_object_label(capdl_object(c->spec, object), buffer, CHECK_LABEL);
}

bool capdl_check_knows_size(const struct checker *c, const struct capdl_object *object)
{
    return !c->errors_only || object->flags & CAPDL_OBJECT_HAS_SIZE;
}

bool capdl_check_exists(const struct checker *c, enum capdl_kind kind)
{
    return kind < CAPDL_KIND_COUNT && capdl_kind_on_arch(kind, c->spec->arch);
}

static void note_uses(struct checker *c, uint32_t id)
{
    const struct capdl_object *object = capdl_object(c->spec, id);

    for (uint32_t i = 0; i < object->num_caps; i++) {
        const struct capdl_cap *cap = &object->caps[i];
        bool in_table = capdl_check_is_table(object->kind) && capdl_check_is_table(cap->kind);

        if (cap->object == CAPDL_NO_OBJECT) {
            continue;
        }
        c->used[cap->object] = true;
        if (in_table && !c->table_holder[cap->object]) {
            c->table_holder[cap->object] = id + 1;
        }
    }
}

static void collect(struct checker *c)
{
    const struct capdl_spec *spec = c->spec;

    c->used = capdl_check_zeros(c, sizeof(*c->used));
    c->table_holder = capdl_check_zeros(c, sizeof(*c->table_holder));
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        note_uses(c, i);
    }
    for (size_t i = 0; i < spec->num_irqs; i++) {
        c->used[spec->irqs[i].object] = true;
    }
}

static bool is_disabled(const char *name, const char *const *disabled)
{
    for (; disabled && *disabled; disabled++) {
        if (!strcmp(name, *disabled)) {
            return true;
        }
    }
    return false;
}

bool capdl_spec_check(const struct capdl_spec *spec, struct capdl_diags *diags, const char *const *disabled)
{
    size_t errors = diags->num_errors, found;
    struct checker checker = {.spec = spec, .diags = diags, .errors_only = errors, .misplaced = errors};

    collect(&checker);
    for (unsigned i = 0; i < NUM_CHECKS; i++) {
        if (is_disabled(checks[i].name, disabled)) {
            continue;
        }
        checker.name = checks[i].name;
        checker.last_pos = (struct capdl_pos){.line = 0};
        found = diags->num_errors;
        checks[i].run(&checker);
        checker.misplaced |= checks[i].places && diags->num_errors > found;
    }
    capdl_check_zeros_free(&checker, checker.used, sizeof(*checker.used));
    capdl_check_zeros_free(&checker, checker.table_holder, sizeof(*checker.table_holder));
    return diags->num_errors == errors;
}

const char *capdl_check_name(size_t i)
{
    return i < NUM_CHECKS ? checks[i].name : NULL;
}
