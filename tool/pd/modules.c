/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boot modules: `init = module ("init.elf")` stands for frames with the bytes of a file, module_init[0] and so on,
 * which PDs map as one run of pages; and the table by which a PD finds those that it maps.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/blob.h>
#include <capdl/modules.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/pd_names.h"
#include "expand.h"
#include "fill.h"

enum { MODULE_MAX_BITS = 30 };

const struct pd_program *module_named(const struct expansion *x, const struct capdl_param *p)
{
    for (size_t i = 0; i < x->num_programs; i++) {
        if (x->programs[i].module && strcmp(x->programs[i].name, p->text) == 0) {
            return &x->programs[i];
        }
    }
    return NULL;
}

uint32_t module_frame(const struct expansion *x, const struct pd_program *module, uint32_t number)
{
    char *name = memory_format("module_%s", module->name);
    uint32_t frame = capdl_spec_find(x->spec, name, number);
    free(name);
    return frame;
}

/* A page of the file. */
static void add_frame(struct expansion *x, const struct pd_program *module, const char *name, uint32_t number)
{
    uint64_t offset = (uint64_t)number * CAPDL_PAGE_SIZE, left = module->bytes - offset;
    uint32_t id = capdl_spec_add(x->spec, name, number, CAPDL_KIND_FRAME, module->pos);
    struct capdl_object frame = capdl_object_view(x->spec, id);
    struct capdl_fill *fill = capdl_spec_alloc(x->spec, sizeof(*fill));
    *fill = (struct capdl_fill){.kind = CAPDL_FILL_FILE,
                                .length = left < CAPDL_PAGE_SIZE ? left : CAPDL_PAGE_SIZE,
                                .text = module->params.elf->text,
                                .source_offset = offset,
                                .pos = module->params.elf->pos};
    frame.flags |= CAPDL_OBJECT_GENERATED | CAPDL_OBJECT_HAS_SIZE | CAPDL_OBJECT_HAS_FILL;
    frame.size_bits = CAPDL_PAGE_BITS;
    frame.program = module->object;
    frame.u.fills = (struct capdl_fills){.list = fill, .count = 1};
    capdl_object_set(x->spec, id, &frame);
}

static bool read_size(struct expansion *x, struct pd_program *module)
{
    const struct capdl_param *file = module->params.elf;
    char *path = file_find(file->text, x->context->spec_path, x->context->directories);
    struct file_bytes bytes;
    bool good = path && file_read_regular(path, &bytes);
    if (!good) {
        capdl_error(x->diags, file->pos, "cannot read module \"%s\": %s", file->text, file_error());
        if (!path) {
            capdl_note(x->diags, file->pos, "it is looked for beside the spec and in each -I directory");
        }
    } else {
        module->bytes = bytes.size;
        file_release(&bytes);
    }
    free(path);
    if (good && (!module->bytes || module->bytes >> MODULE_MAX_BITS)) {
        capdl_error(x->diags, file->pos, "module \"%s\" has %" PRIu64 " bytes: expected 1 byte to 1 GiB", file->text,
                    module->bytes);
        good = false;
    }
    return good;
}

static bool check_declared(struct expansion *x, const struct pd_program *module)
{
    for (unsigned i = 0; i < PARAM_COUNT; i++) {
        if (module->params.given[i]) {
            capdl_error(x->diags, module->params.given[i]->pos,
                        "a module has no parameter '%s': expected only the name of a file",
                        module->params.given[i]->name);
            return false;
        }
    }
    if (module->params.num_maps) {
        capdl_error(x->diags, module->params.maps[0].frame->pos,
                    "a module maps nothing: a PD maps it, by map: %s (R), at: address", module->name);
        return false;
    }
    if (module->elements) {
        capdl_error(x->diags, module->pos, "'%s' is an array of modules: declare each by itself", module->name);
        return false;
    }
    if (!module->params.elf && !module->params.incomplete) {
        capdl_error(x->diags, module->pos, "module '%s' has no file: expected its name in quotes", module->name);
    }
    return module->params.elf != NULL;
}

void module_expand(struct expansion *x, struct pd_program *module)
{
    char *name;
    if (!check_declared(x, module) || !read_size(x, module)) {
        return;
    }
    name = memory_format("module_%s", module->name);
    uint32_t taken = capdl_spec_find(x->spec, name, CAPDL_NO_INDEX);
    taken = taken == CAPDL_NO_OBJECT ? capdl_spec_find(x->spec, name, 0) : taken;
    if (taken != CAPDL_NO_OBJECT) {
        capdl_error(x->diags, capdl_object_pos(x->spec, taken),
                    "'%s' is the name of the frames of module '%s': rename one", name, module->name);
    } else {
        module->frames = (uint32_t)((module->bytes + CAPDL_PAGE_SIZE - 1) / CAPDL_PAGE_SIZE);
        for (uint32_t i = 0; i < module->frames; i++) {
            add_frame(x, module, name, i);
        }
    }
    free(name);
}

static bool add_entry(struct expansion *x, const struct pd_map *map, uint8_t *table, uint64_t *count)
{
    const struct pd_program *module = module_named(x, map->frame);
    uint8_t *entry = table + sizeof(struct capdl_modules) + *count * sizeof(struct capdl_module);
    if (!module) {
        return true;
    }
    if (*count == CAPDL_MODULES_MAX || strlen(module->name) >= CAPDL_MODULE_NAME) {
        capdl_error(x->diags, map->frame->pos,
                    "'%s' does not fit the table of modules: expected at most %d modules, with names below %d bytes",
                    module->name, CAPDL_MODULES_MAX, CAPDL_MODULE_NAME);
        return false;
    }
    put_le64(entry + offsetof(struct capdl_module, address), map->at);
    put_le64(entry + offsetof(struct capdl_module, size), module->bytes);
    memcpy(entry + offsetof(struct capdl_module, name), module->name, strlen(module->name));
    ++*count;
    return true;
}

bool modules_table(struct expansion *x, struct pd *pd)
{
    const struct pd_params *params = &pd->program->params;
    const struct capdl_param *at = params->given[PARAM_MODULES];
    uint8_t table[CAPDL_PAGE_SIZE] = {0};
    uint64_t count = 0;
    for (size_t i = 0; i < params->num_maps; i++) {
        if (!add_entry(x, &params->maps[i], table, &count)) {
            return false;
        }
    }
    put_le64(table + offsetof(struct capdl_modules, version), CAPDL_MODULES_VERSION);
    put_le64(table + offsetof(struct capdl_modules, count), count);
    size_t size = sizeof(struct capdl_modules) + count * sizeof(struct capdl_module);
    uint32_t frame = object_numbered(x, pd, PD_MODULES, 0, CAPDL_PAGE_BITS);
    if (!pd->space || frame == CAPDL_NO_OBJECT ||
        !space_take(x, pd, at->number, CAPDL_PAGE_SIZE, "the table of modules", at->pos)) {
        return false;
    }
    fill_bytes(x, frame, 0, table, size, at->pos);
    return space_map(
        x, pd, at->number,
        (struct capdl_cap){.object = frame, .rights = CAPDL_RIGHT_READ, .at = capdl_spec_at(x->spec, at->pos)});
}
