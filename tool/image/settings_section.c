/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/settings_section.h"

#include <stdlib.h>
#include <string.h>

#include "base/elf_view.h"
#include "base/memory.h"

enum { WORD = 8 };

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

static void put_setting(struct buffer *out, const char *pd, const struct capdl_setting *setting)
{
    uint64_t number = setting->is_number ? setting->number : setting->size;
    uint8_t how[2] = {setting->is_number ? 'n' : setting->zeros ? 'z' : 'b', (uint8_t)setting->width}, word[WORD];

    for (unsigned i = 0; i < WORD; i++) {
        word[i] = (uint8_t)(number >> 8 * i);
    }
    put(out, pd, strlen(pd) + 1);
    put(out, setting->symbol, strlen(setting->symbol) + 1);
    put(out, how, sizeof(how));
    put(out, word, sizeof(word));
    if (!setting->is_number) {
        put(out, setting->bytes, setting->size);
    }
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

/* The rest of a record, behind its two names. */
static bool take_value(struct reader *r, struct capdl_setting *setting)
{
    uint64_t number = 0;

    if (r->end - r->at < 2 + WORD || !strchr("nbz", r->at[0]) || r->at[0] == 0) {
        return false;
    }
    for (unsigned i = 0; i < WORD; i++) {
        number |= (uint64_t)r->at[2 + i] << 8 * i;
    }
    setting->is_number = r->at[0] == 'n';
    setting->zeros = r->at[0] == 'z';
    setting->width = r->at[1];
    setting->pos = CAPDL_NOWHERE;
    r->at += 2 + WORD;
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

bool settings_read(const uint8_t *elf, size_t size, const char *pd, struct capdl_setting **list, size_t *count)
{
    struct elf_view view;
    Elf64_Shdr section;
    const char *problem;
    size_t capacity = 0;

    *list = NULL;
    *count = 0;
    if (!elf_view_open(&view, elf, size, &problem) || !elf_view_find(&view, SETTINGS_SECTION, &section)) {
        return true;
    }
    if (section.sh_type != SHT_PROGBITS || section.sh_offset > size || section.sh_size > size - section.sh_offset) {
        return false;
    }
    struct reader r = {elf + section.sh_offset, elf + section.sh_offset + section.sh_size};
    while (r.at < r.end) {
        struct capdl_setting setting = {NULL};
        const char *name = take_text(&r);
        setting.symbol = name ? take_text(&r) : NULL;
        if (!setting.symbol || !take_value(&r, &setting)) {
            free(*list);
            *list = NULL;
            return false;
        }
        if (strcmp(name, pd) == 0) {
            *list = memory_grow(*list, &capacity, *count + 1, sizeof(setting));
            (*list)[(*count)++] = setting;
        }
    }
    return true;
}
