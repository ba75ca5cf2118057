/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/settings_section.h"

#include <stdlib.h>
#include <string.h>

#include "base/elf_view.h"
#include "base/memory.h"

enum { NUMBER_BYTES = 8 };

struct buffer {
    uint8_t *bytes;
    size_t size, capacity;
};

static void put(struct buffer *out, const void *bytes, size_t size)
{
    out->bytes = memory_grow(out->bytes, &out->capacity, out->size + size, 1);
    if (size) {
        memcpy(out->bytes + out->size, bytes, size);
    }
    out->size += size;
}

static void put_record(struct buffer *out, const char *pd, const char *symbol, char how, unsigned width,
                       uint64_t number)
{
    uint8_t head[2] = {(uint8_t)how, (uint8_t)width}, word[NUMBER_BYTES];
    for (unsigned i = 0; i < NUMBER_BYTES; i++) {
        word[i] = (uint8_t)(number >> 8 * i);
    }
    put(out, pd, strlen(pd) + 1);
    put(out, symbol, strlen(symbol) + 1);
    put(out, head, sizeof(head));
    put(out, word, sizeof(word));
}

static void put_setting(struct buffer *out, const char *pd, const struct capdl_setting *setting)
{
    put_record(out, pd, setting->symbol,
               setting->is_number ? 'n'
               : setting->zeros   ? 'z'
                                  : 'b',
               setting->width, setting->is_number ? setting->number : setting->size);
    if (!setting->is_number) {
        put(out, setting->bytes, setting->size);
    }
}

bool settings_external(const struct capdl_program *program)
{
    bool external = false;
    for (size_t i = 0; i < program->num_params; i++) {
        const struct capdl_param *p = &program->params[i];
        external |= p->name && strcmp(p->name, "external") == 0 && p->kind == CAPDL_VALUE_BOOL && p->number;
    }
    return external;
}

uint8_t *settings_encode(const struct capdl_spec *spec, size_t *size)
{
    struct buffer out = {NULL};
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        uint32_t index = capdl_object_index(spec, i);
        const struct capdl_program *program =
            capdl_object_kind(spec, i) == CAPDL_KIND_PROGRAM ? capdl_object_declaration(spec, i) : NULL;
        if (!program || (index != CAPDL_NO_INDEX && index != 0)) {
            continue;
        }
        for (size_t s = 0; s < program->num_settings; s++) {
            put_setting(&out, capdl_object_name(spec, i), &program->settings[s]);
        }
        if (program->room) {
            put_record(&out, capdl_object_name(spec, i), "", 'r', 0, program->room);
        }
        if (settings_external(program)) {
            put_record(&out, capdl_object_name(spec, i), "", 'x', 0, 0);
        }
    }
    *size = out.size;
    return out.bytes;
}

struct reader {
    const uint8_t *at, *end;
};

static const char *take_text(struct reader *r)
{
    const char *text = (const char *)r->at;
    const uint8_t *nul = memchr(r->at, 0, (size_t)(r->end - r->at));
    r->at = nul ? nul + 1 : r->end;
    return nul ? text : NULL;
}

/* The rest of a record, behind its two names. `how`: r and x say something of the program, the others are settings. */
static bool take_value(struct reader *r, struct capdl_setting *setting, char *how)
{
    uint64_t number = 0;
    if (r->end - r->at < 2 + NUMBER_BYTES || !strchr("nbzrx", r->at[0]) || r->at[0] == 0) {
        return false;
    }
    for (unsigned i = 0; i < NUMBER_BYTES; i++) {
        number |= (uint64_t)r->at[2 + i] << 8 * i;
    }
    *how = (char)r->at[0];
    setting->is_number = *how == 'n' || *how == 'r' || *how == 'x';
    setting->zeros = *how == 'z';
    setting->width = r->at[1];
    setting->pos = CAPDL_NOWHERE;
    r->at += 2 + NUMBER_BYTES;
    if (setting->is_number) {
        setting->number = number;
        return true;
    }
    if (number > (uint64_t)(r->end - r->at)) {
        return false;
    }
    setting->bytes = r->at;
    setting->size = number;
    r->at += number;
    return true;
}

const uint8_t *settings_section(const uint8_t *elf, size_t size, size_t *section_size)
{
    struct elf_view view;
    Elf64_Shdr section;
    const char *problem;
    *section_size = 0;
    if (!elf_view_open(&view, elf, size, &problem) || !elf_view_find(&view, SETTINGS_SECTION, &section)) {
        return elf;
    }
    if (section.sh_type != SHT_PROGBITS || section.sh_offset > size || section.sh_size > size - section.sh_offset) {
        return NULL;
    }
    *section_size = section.sh_size;
    return elf + section.sh_offset;
}

/* One record. False: the section is damaged. */
static bool take_record(struct reader *r, const char **pd, struct capdl_setting *setting, char *how)
{
    *setting = (struct capdl_setting){NULL};
    *pd = take_text(r);
    setting->symbol = *pd ? take_text(r) : NULL;
    return setting->symbol && take_value(r, setting, how);
}

bool settings_externals(const uint8_t *elf, size_t size, const char ***list, size_t *count)
{
    size_t capacity = 0, section_size;
    const uint8_t *section = settings_section(elf, size, &section_size);
    struct reader r = {section, section + section_size};
    bool good = section != NULL;
    *list = NULL;
    *count = 0;
    while (good && r.at < r.end) {
        struct capdl_setting setting;
        const char *pd;
        char how;
        good = take_record(&r, &pd, &setting, &how);
        if (good && how == 'x') {
            *list = memory_grow(*list, &capacity, *count + 1, sizeof(**list));
            (*list)[(*count)++] = pd;
        }
    }
    return good;
}

bool settings_read(const uint8_t *elf, size_t size, const char *pd, struct capdl_setting **list, size_t *count,
                   uint64_t *room)
{
    size_t capacity = 0, section_size;
    const uint8_t *section = settings_section(elf, size, &section_size);
    *list = NULL;
    *count = 0;
    *room = 0;
    if (!section) {
        return false;
    }
    struct reader r = {section, section + section_size};
    while (r.at < r.end) {
        struct capdl_setting setting;
        const char *name;
        char how;
        if (!take_record(&r, &name, &setting, &how)) {
            free(*list);
            *list = NULL;
            return false;
        }
        if (strcmp(name, pd) != 0 || how == 'x') {
            continue;
        }
        if (how == 'r') {
            *room = setting.number;
        } else {
            *list = memory_grow(*list, &capacity, *count + 1, sizeof(setting));
            (*list)[(*count)++] = setting;
        }
    }
    return true;
}
