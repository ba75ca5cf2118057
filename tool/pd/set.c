/* SPDX-License-Identifier: BSD-2-Clause */
/* `set: [("symbol", value)]`: what symbols of the program are before its first instruction. */
#include <inttypes.h>
#include <string.h>

#include "expand.h"
#include "symbols.h"

/* What a setting may want to know of a mapped region. */
enum region_word { REGION_VADDR, REGION_PADDR, REGION_SIZE, REGION_WORDS };

static const char *const region_words[REGION_WORDS] = {"vaddr", "paddr", "size"};

static bool unknown_word(struct expansion *x, const struct capdl_param *pair)
{
    capdl_error(x->diags, pair->pos, "expected vaddr: %s (its address in this pd), paddr: %s or size: %s%s%s%s",
                pair->text, pair->text, pair->text, pair->word ? ", not '" : "", pair->word ? pair->word : "",
                pair->word ? "'" : "");
    return false;
}

static uint64_t frame_size(const struct expansion *x, uint32_t frame)
{
    return UINT64_C(1) << capdl_object_size_bits(x->spec, frame);
}

/* The first frame of what a pair names, and how many there are. */
static bool find_region(struct expansion *x, const struct capdl_param *pair, uint32_t *first, uint32_t *length)
{
    *length = pair->index == CAPDL_NO_INDEX ? capdl_spec_array_length(x->spec, pair->text) : 0;
    *first = capdl_spec_find(x->spec, pair->text, *length ? 0 : pair->index);
    *length = *length ? *length : 1;
    if (*first == CAPDL_NO_OBJECT) {
        object_report_missing(x, pair);
        return false;
    }
    if (capdl_object_kind(x->spec, *first) != CAPDL_KIND_FRAME) {
        capdl_error(x->diags, pair->pos, "'%s' is of kind %s, expected a frame", pair->text,
                    capdl_kind_keyword((enum capdl_kind)capdl_object_kind(x->spec, *first)));
        return false;
    }
    return true;
}

static uint64_t region_size(const struct expansion *x, const char *name, uint32_t index, uint32_t first,
                            uint32_t length)
{
    uint64_t size = 0;
    if (index != CAPDL_NO_INDEX) {
        return frame_size(x, first);
    }
    for (uint32_t i = 0; i < length; i++) {
        uint32_t frame = length > 1 ? capdl_spec_find(x->spec, name, i) : first;
        size += frame == CAPDL_NO_OBJECT ? 0 : frame_size(x, frame);
    }
    return size;
}

/* Where a `map` puts what the pair names. False: it does not. */
static bool mapped_at(const struct expansion *x, const struct capdl_param *pair, const struct pd_map *map,
                      uint64_t *address)
{
    if (strcmp(map->frame->text, pair->text) != 0) {
        return false;
    }
    *address = map->at;
    if (map->frame->index == CAPDL_NO_INDEX && pair->index != CAPDL_NO_INDEX) {
        for (uint32_t i = 0; i < pair->index; i++) {
            uint32_t frame = capdl_spec_find(x->spec, pair->text, i);
            *address += frame == CAPDL_NO_OBJECT ? 0 : frame_size(x, frame);
        }
        return true;
    }
    return map->frame->index == pair->index || (pair->index == CAPDL_NO_INDEX && map->frame->index == 0);
}

static bool region_vaddr(struct expansion *x, const struct pd_params *params, const struct capdl_param *pair,
                         uint64_t *address)
{
    unsigned found = 0;
    for (size_t i = 0; i < params->num_maps; i++) {
        uint64_t at;
        if (params->maps[i].at && mapped_at(x, pair, &params->maps[i], &at)) {
            *address = at;
            found++;
        }
    }
    if (found == 0) {
        capdl_error(x->diags, pair->pos, "'%s' is not mapped in this pd, expected map: %s (RW), at: address",
                    pair->text, pair->text);
    } else if (found > 1) {
        capdl_error(x->diags, pair->pos, "'%s' is mapped %u times in this pd: write the address as a number",
                    pair->text, found);
    }
    return found == 1;
}

static bool take_region(struct expansion *x, const struct pd_params *params, const struct capdl_param *pair,
                        struct capdl_setting *setting)
{
    unsigned word = 0;
    uint32_t first, length;
    while (word < REGION_WORDS && (!pair->word || strcmp(pair->word, region_words[word]) != 0)) {
        word++;
    }
    if (word == REGION_WORDS) {
        return unknown_word(x, pair);
    }
    if (!find_region(x, pair, &first, &length)) {
        return false;
    }
    setting->is_number = true;
    switch ((enum region_word)word) {
    case REGION_VADDR:
        return region_vaddr(x, params, pair, &setting->number);
    case REGION_PADDR:
        setting->number = capdl_object_paddr(x->spec, first);
        if (!(capdl_object_flags(x->spec, first) & CAPDL_OBJECT_HAS_PADDR)) {
            capdl_error(x->diags, pair->pos, "'%s' has no physical address, expected frame (..., paddr: address)",
                        pair->text);
            return false;
        }
        return true;
    case REGION_SIZE:
        setting->number = region_size(x, pair->text, pair->index, first, length);
        return true;
    case REGION_WORDS:
        break;
    }
    return false;
}

static bool take_bytes(struct expansion *x, const struct capdl_param *pair, struct capdl_setting *setting)
{
    uint8_t *bytes = capdl_spec_alloc(x->spec, pair->num_list + 1);
    for (size_t i = 0; i < pair->num_list; i++) {
        if (pair->list[i] > UINT8_MAX) {
            capdl_error(x->diags, pair->pos, "%" PRIu64 " is not a byte, expected 0 to 255 in the list of '%s'",
                        pair->list[i], pair->name);
            return false;
        }
        bytes[i] = (uint8_t)pair->list[i];
    }
    setting->bytes = bytes;
    setting->size = pair->num_list;
    return true;
}

static bool take_setting(struct expansion *x, const struct pd_params *params, const struct capdl_param *pair,
                         struct capdl_setting *setting)
{
    *setting = (struct capdl_setting){.symbol = pair->name, .zeros = true, .pos = pair->pos};
    switch (pair->kind) {
    case CAPDL_VALUE_NUMBER:
    case CAPDL_VALUE_BOOL:
        setting->is_number = true;
        setting->number = pair->number;
        return true;
    case CAPDL_VALUE_STRING:
        setting->bytes = (const uint8_t *)pair->text;
        setting->size = strlen(pair->text);
        return true;
    case CAPDL_VALUE_LIST:
        return take_bytes(x, pair, setting);
    case CAPDL_VALUE_CAP:
        return take_region(x, params, pair, setting);
    case CAPDL_VALUE_PAIRS:
        break;
    }
    return false;
}

bool set_symbols(struct expansion *x, struct pd_program *program, struct elf_program *elf)
{
    const struct capdl_param *set = program->params.given[PARAM_SET];
    struct capdl_program *declared = capdl_object_declaration(x->spec, program->object);
    bool good = true;
    if (!set || set->num_pairs == 0) {
        return true;
    }
    if (program->params.given[PARAM_VSPACE]) {
        capdl_error(x->diags, set->pos,
                    "'set' needs a pd that loads its program: this one runs in another's address space");
        return false;
    }
    declared->settings = capdl_spec_alloc(x->spec, set->num_pairs * sizeof(*declared->settings));
    for (size_t i = 0; i < set->num_pairs; i++) {
        good &= take_setting(x, &program->params, &set->pairs[i], &declared->settings[i]);
    }
    declared->num_settings = good ? set->num_pairs : 0;
    return good && elf_set(elf, NULL, program->params.elf->text, declared->settings, declared->num_settings, x->diags);
}
