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
    {"object-arch", check_object_arch, false},
    {"size", check_size, false},
    {"frame-size", check_frame_size, false},
    {"fill", check_fill, false},
    {"priority", check_priority, false},
    {"scheduling", check_scheduling, false},
    {"container", check_container, true},
    {"slot-range", check_slot_range, true},
    {"cap-slot", check_cap_slot, true},
    {"guard", check_guard, false},
    {"badge", check_badge, false},
    {"rights", check_rights, false},
    {"fault-handler", check_fault_handler, false},
    {"bound-twice", check_bound_twice, false},
    {"table-nesting", check_table_nesting, true},
    {"table-shared", check_table_shared, true},
    {"frame-level", check_frame_level, false},
    {"frame-rights", check_frame_rights, false},
    {"mapping", check_mapping, false},
    {"io-device", check_io_device, false},
    {"io-table", check_io_table, false},
    {"stream", check_stream, false},
    {"ipc-buffer", check_ipc_buffer, false},
    {"paddr", check_paddr, false},
    {"overlap", check_overlap, false},
    {"cover", check_cover, false},
    {"irq", check_irq, false},
    {"domain", check_domain, false},
    {"derivation", check_derivation, false},
    {"leftover", check_leftover, false},
    {"thread", check_thread, false},
    {"unused", check_unused, false},
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

void check_report(struct checker *c, enum capdl_severity severity, struct capdl_pos pos, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    report(c, severity, pos, format, arguments);
    va_end(arguments);
}

void check_report_cap(struct checker *c, enum capdl_severity severity, const struct capdl_cap *cap, const char *format,
                      ...)
{
    va_list arguments;

    va_start(arguments, format);
    report(c, severity, capdl_cap_pos(c->spec, cap), format, arguments);
    va_end(arguments);
}

void *check_zeros(const struct checker *c, size_t item)
{
    return spec_zeros_grow(NULL, 0, c->spec->num_objects * item);
}

void check_zeros_free(const struct checker *c, void *zeros, size_t item)
{
    spec_zeros_free(zeros, c->spec->num_objects * item);
}

const char *check_label(const struct checker *c, uint32_t object, char *buffer)
{
    return capdl_object_label(capdl_object(c->spec, object), buffer, CHECK_LABEL);
}

bool check_knows_size(const struct checker *c, const struct capdl_object *object)
{
    return !c->errors_only || object->flags & CAPDL_OBJECT_HAS_SIZE;
}

bool check_exists(const struct checker *c, enum capdl_kind kind)
{
    return kind < CAPDL_KIND_COUNT && capdl_kind_on_arch(kind, c->spec->arch);
}

static void note_uses(struct checker *c, uint32_t id)
{
    const struct capdl_object *object = capdl_object(c->spec, id);

    for (uint32_t i = 0; i < object->num_caps; i++) {
        const struct capdl_cap *cap = &object->caps[i];
        bool in_table = check_is_table(object->kind) && check_is_table(cap->kind);

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

    c->used = check_zeros(c, sizeof(*c->used));
    c->table_holder = check_zeros(c, sizeof(*c->table_holder));
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
    check_zeros_free(&checker, checker.used, sizeof(*checker.used));
    check_zeros_free(&checker, checker.table_holder, sizeof(*checker.table_holder));
    return diags->num_errors == errors;
}

const char *capdl_check_name(size_t i)
{
    return i < NUM_CHECKS ? checks[i].name : NULL;
}
