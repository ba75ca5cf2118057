/* SPDX-License-Identifier: BSD-2-Clause */
/* What the compiler says about objects and capabilities of a program. */
#include <stdarg.h>
#include <stdio.h>

#include "image/program.h"

/* Only a very long name can make the message too long for these buffers; its end is then cut off. */
enum { MESSAGE_SIZE = 1024 };

const char *program_label(const struct program *program, uint32_t object, char text[PROGRAM_LABEL])
{
    return capdl_object_label(program->spec, object, text, PROGRAM_LABEL);
}

static const char *subject(const struct program *program, uint32_t object, char *buffer, size_t size)
{
    char label[PROGRAM_LABEL];
    if (object == CAPDL_NO_OBJECT) {
        return "the spec";
    }
    snprintf(buffer, size, "%s '%s'", capdl_kind_name(capdl_object_kind(program->spec, object)),
             program_label(program, object, label));
    return buffer;
}

void program_error(struct program *program, uint32_t object, const char *format, ...)
{
    char name[PROGRAM_LABEL + 32], text[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    struct capdl_pos pos = object == CAPDL_NO_OBJECT ? CAPDL_WHOLE_SPEC : capdl_object_pos(program->spec, object);
    capdl_error(program->diags, pos, "%s %s", subject(program, object, name, sizeof(name)), text);
}

const char *program_numbers(char text[40], const char *what, unsigned count)
{
    if (count > 1) {
        snprintf(text, 40, "%ss 0 to %u", what, count - 1);
    } else {
        snprintf(text, 40, "%s 0", what);
    }
    return text;
}

void program_warning(struct program *program, enum capdl_check check, uint32_t object, const char *format, ...)
{
    char name[PROGRAM_LABEL + 32], text[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    struct capdl_pos pos = object == CAPDL_NO_OBJECT ? CAPDL_WHOLE_SPEC : capdl_object_pos(program->spec, object);
    capdl_finding(program->diags, CAPDL_WARNING, check, pos, "%s %s", subject(program, object, name, sizeof(name)),
                  text);
}

void program_cap_warning(struct program *program, enum capdl_check check, const struct capdl_cap *cap,
                         const char *format, ...)
{
    char name[PROGRAM_LABEL + 32], text[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    capdl_finding(program->diags, CAPDL_WARNING, check, capdl_cap_pos(program->spec, cap), "%s %s",
                  subject(program, cap->object, name, sizeof(name)), text);
}

void program_irq_error(struct program *program, const struct capdl_irq_map *map, const char *format, ...)
{
    char name[PROGRAM_LABEL + 32], text[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    capdl_error(program->diags, map->pos, "%s %s", subject(program, map->object, name, sizeof(name)), text);
}

void program_cap_error(struct program *program, uint32_t container, const struct capdl_cap *cap, const char *format,
                       ...)
{
    char holder[PROGRAM_LABEL + 32], target[PROGRAM_LABEL + 32], text[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    const char *what = cap->object == CAPDL_NO_OBJECT ? capdl_kind_name(cap->kind)
                                                      : subject(program, cap->object, target, sizeof(target));
    capdl_error(program->diags, capdl_cap_pos(program->spec, cap), "the capability to %s in slot 0x%llx of %s %s", what,
                (unsigned long long)cap->slot, subject(program, container, holder, sizeof(holder)), text);
}

uint32_t *objects_of_kind(const struct program *program, enum capdl_kind kind, size_t *count)
{
    uint32_t *list = NULL;
    size_t capacity = 0;
    *count = 0;
    for (size_t slot = 0; slot < program->num_objects; slot++) {
        uint32_t object = program->objects[slot];
        if (object != CAPDL_NO_OBJECT && capdl_object_kind(program->spec, object) == kind) {
            list = memory_grow(list, &capacity, *count + 1, sizeof(*list));
            list[(*count)++] = object;
        }
    }
    return list;
}
