/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From declarations to objects, in this order, so that PDs can name each other's objects whatever their order in the
 * spec: read all parameters; make every PD's TCB, CNode and so on; load the programs that have an address space of
 * their own; then those that live in another PD's.
 */
#include <inttypes.h>
#include <stdlib.h>

#include <capdl/blob.h>

#include "base/memory.h"
#include "expand.h"

static bool is_declaration(const struct capdl_spec *spec, uint32_t i)
{
    return capdl_object_kind(spec, i) == CAPDL_KIND_PROGRAM &&
           (capdl_object_index(spec, i) == CAPDL_NO_INDEX || capdl_object_index(spec, i) == 0);
}

/* A module is no PD. */
static uint32_t num_pds(const struct pd_program *program)
{
    return program->module ? 0 : program->elements ? program->elements : 1;
}

static void make_pds(struct expansion *x, struct pd_program *program)
{
    uint32_t count = num_pds(program);
    if (!count) {
        return;
    }
    program->pds = memory_zeroed(count, sizeof(*program->pds));
    for (uint32_t i = 0; i < count; i++) {
        struct pd *pd = &program->pds[i];
        pd->program = program;
        pd->element = program->elements ? i : CAPDL_NO_INDEX;
        pd->object = capdl_spec_find(x->spec, program->name, pd->element);
        pd->own_space = !program->params.given[PARAM_VSPACE];
    }
}

static void read_programs(struct expansion *x, uint32_t num_objects)
{
    for (uint32_t i = 0; i < num_objects; i++) {
        if (!is_declaration(x->spec, i)) {
            continue;
        }
        struct pd_program *program = &x->programs[x->num_programs++];
        program->name = capdl_object_name(x->spec, i);
        program->object = i;
        program->pos = capdl_object_pos(x->spec, i);
        program->elements = capdl_object_index(x->spec, i) == CAPDL_NO_INDEX
                                ? 0
                                : capdl_spec_array_length(x->spec, capdl_object_name(x->spec, i));
        program->module = capdl_object_declaration(x->spec, i) && capdl_object_declaration(x->spec, i)->module;
        params_read(x, program);
        make_pds(x, program);
    }
}

typedef void pd_step(struct expansion *, struct pd *);

static void for_each_pd(struct expansion *x, pd_step *step)
{
    for (size_t i = 0; i < x->num_programs; i++) {
        struct pd_program *program = &x->programs[i];
        for (uint32_t j = 0; j < num_pds(program); j++) {
            step(x, &program->pds[j]);
        }
    }
}

static void name_objects(struct expansion *x, struct pd *pd)
{
    if (!thread_objects(x, pd)) {
        pd->program->broken = true;
    }
}

static bool map_frame(struct expansion *x, struct pd *pd, const struct capdl_param *p, uint32_t frame, uint64_t address)
{
    unsigned bits = capdl_object_size_bits(x->spec, frame);
    uint64_t size = UINT64_C(1) << bits;
    struct capdl_cap cap = p->cap;
    if (capdl_object_kind(x->spec, frame) != CAPDL_KIND_FRAME) {
        capdl_error(x->diags, p->pos, "'%s' is of kind %s, but 'map' expects a frame", p->text,
                    capdl_kind_keyword((enum capdl_kind)capdl_object_kind(x->spec, frame)));
        return false;
    }
    if (bits != CAPDL_PAGE_BITS && bits != space_entry_bits(x->profile, 1) && bits != space_entry_bits(x->profile, 2)) {
        capdl_error(x->diags, p->pos,
                    "'%s' has %" PRIu64 " bytes, expected 4k, %" PRIu64 "M or %" PRIu64 "M, which %s can map", p->text,
                    size, (UINT64_C(1) << space_entry_bits(x->profile, 1)) >> 20,
                    (UINT64_C(1) << space_entry_bits(x->profile, 2)) >> 20, capdl_arch_name(x->profile->arch));
        return false;
    }
    if (address % size) {
        capdl_error(x->diags, p->pos, "'%s' is mapped at 0x%" PRIx64 ", expected a multiple of its size 0x%" PRIx64,
                    p->text, address, size);
        return false;
    }
    cap.object = frame;
    cap.at = capdl_spec_at(x->spec, p->pos);
    cap.rights |= CAPDL_RIGHT_READ;
    return space_take(x, pd, address, size, p->text, p->pos) && space_map(x, pd, address, cap);
}

/* Reported once for an array of PDs. */
static void check_map_rights(struct expansion *x, const struct pd *pd, const struct capdl_param *p)
{
    if (p->cap.rights & CAPDL_RIGHT_WRITE && !(p->cap.rights & CAPDL_RIGHT_READ) &&
        (pd->element == CAPDL_NO_INDEX || pd->element == 0)) {
        capdl_finding(
            x->diags, CAPDL_WARNING, CAPDL_CHECK_FRAME_RIGHTS, p->pos,
            "'%s' is mapped with W but not R, which no architecture supports: it will be readable, too (write RW)",
            p->text);
    }
}

/* Maps all pages of a module, for reading only. */
static bool map_module(struct expansion *x, struct pd *pd, const struct pd_map *map)
{
    const struct capdl_param *p = map->frame;
    const struct pd_program *module = module_named(x, p);
    if (p->cap.rights & (CAPDL_RIGHT_WRITE | CAPDL_RIGHT_EXECUTE)) {
        capdl_error(x->diags, p->pos, "'%s' is a module, which can only be read: map it with (R)", p->text);
        return false;
    }
    for (uint32_t i = 0; i < module->frames; i++) {
        uint32_t frame = module_frame(x, module, i);
        if (frame == CAPDL_NO_OBJECT || !map_frame(x, pd, p, frame, map->at + (uint64_t)i * CAPDL_PAGE_SIZE)) {
            return false;
        }
    }
    return true;
}

/* One frame, or all elements of an array at consecutive addresses. */
static bool map_given(struct expansion *x, struct pd *pd, const struct pd_map *map)
{
    const struct capdl_param *p = map->frame;
    uint32_t length = p->index == CAPDL_NO_INDEX ? capdl_spec_array_length(x->spec, p->text) : 0;
    uint64_t address = map->at;
    check_map_rights(x, pd, p);
    if (module_named(x, p)) {
        return map_module(x, pd, map);
    }
    if (length == 0) {
        uint32_t frame = object_named(x, pd, p, CAPDL_KIND_FRAME);
        return frame != CAPDL_NO_OBJECT && map_frame(x, pd, p, frame, address);
    }
    for (uint32_t i = 0; i < length; i++) {
        uint32_t frame = capdl_spec_find(x->spec, p->text, i);
        if (frame == CAPDL_NO_OBJECT || !map_frame(x, pd, p, frame, address)) {
            return false; /* of an array with holes the reader complains */
        }
        address += UINT64_C(1) << capdl_object_size_bits(x->spec, frame);
    }
    return true;
}

static bool map_all_given(struct expansion *x, struct pd *pd)
{
    const struct pd_params *params = &pd->program->params;
    bool good = true;
    if (params->num_maps && !pd->space) {
        capdl_error(x->diags, params->maps[0].frame->pos,
                    "'map' needs an address space made by a pd, not one spelled out in the spec");
        return false;
    }
    for (size_t i = 0; i < params->num_maps; i++) {
        good &= params->maps[i].at == 0 || map_given(x, pd, &params->maps[i]);
    }
    return good && (!params->given[PARAM_MODULES] || modules_table(x, pd));
}

/* The PD whose address space has this root; 0: the author has written it out. */
static const struct pd *owner_of(const struct expansion *x, uint32_t root)
{
    for (size_t i = 0; i < x->num_programs; i++) {
        const struct pd_program *program = &x->programs[i];
        for (uint32_t j = 0; j < num_pds(program); j++) {
            if (program->pds[j].own_space && program->pds[j].vspace == root) {
                return &program->pds[j];
            }
        }
    }
    return NULL;
}

static bool enter_space(struct expansion *x, struct pd *pd)
{
    const struct pd_params *params = &pd->program->params;
    if (params->given[PARAM_ROOM]) {
        capdl_error(x->diags, params->given[PARAM_ROOM]->pos,
                    "'room' needs a pd that loads its program: this one runs in another's address space");
        return false;
    }

    pd->vspace = object_named(x, pd, params->given[PARAM_VSPACE], space_root_kind(x->profile));
    if (pd->vspace == CAPDL_NO_OBJECT) {
        return false;
    }
    const struct pd *owner = owner_of(x, pd->vspace);
    pd->space = owner ? owner->space : NULL;
    if (owner) {
        return pd->space; /* if there is none, the owner's program was in error */
    }
    if (params->given[PARAM_IPC_BUFFER] && params->given[PARAM_STACK_TOP]) {
        return true;
    }
    capdl_error(
        x->diags, params->given[PARAM_VSPACE]->pos,
        "'%s' is an address space spelled out in the spec: add ipc_buffer and stack_top with their addresses in it",
        params->given[PARAM_VSPACE]->text);
    return false;
}

static bool load_own(struct expansion *x, struct pd *pd, const struct elf_program *elf)
{
    pd->space = memory_zeroed(1, sizeof(*pd->space));
    space_init(pd->space, pd->vspace);
    return load_program(x, pd, elf);
}

static bool expand_pd(struct expansion *x, struct pd *pd, const struct elf_program *elf)
{
    pd->entry = elf->entry;
    if (!(pd->own_space ? load_own(x, pd, elf) : enter_space(x, pd))) {
        return false;
    }
    return map_all_given(x, pd) && thread_memory(x, pd) && (root_is(pd) || load_tls(x, pd, elf)) &&
           thread_finish(x, pd) && (!root_is(pd) || root_finish(x, pd));
}

static void expand_program(struct expansion *x, struct pd_program *program)
{
    struct elf_program elf;
    if (!program->params.elf || program->broken) {
        return;
    }
    const struct elf_request request = {
        .name = program->params.elf->text,
        .pos = program->params.elf->pos,
        .beside = x->context->spec_path,
        .directories = x->context->directories,
        .arch = x->profile->arch,
        .user_top = x->profile->user_top,
    };
    if (!elf_read(&elf, &request, x->diags)) {
        return;
    }
    bool good = set_symbols(x, program, &elf);
    for (uint32_t i = 0; good && i < num_pds(program); i++) {
        if (!expand_pd(x, &program->pds[i], &elf)) {
            break; /* the other elements would only repeat the mistake */
        }
    }
    elf_release(&elf);
}

static void expand_programs(struct expansion *x, bool own_space, bool room)
{
    for (size_t i = 0; i < x->num_programs; i++) {
        const struct pd_params *params = &x->programs[i].params;
        if (!x->programs[i].module && !params->given[PARAM_VSPACE] == own_space &&
            (params->given[PARAM_ROOM] != NULL) == room) {
            expand_program(x, &x->programs[i]);
        }
    }
}

static void free_pd(struct expansion *x, struct pd *pd)
{
    (void)x;
    if (pd->own_space && pd->space) {
        space_free(pd->space);
        free(pd->space);
    }
}

static void expansion_free(struct expansion *x)
{
    for_each_pd(x, free_pd);
    for (size_t i = 0; i < x->num_programs; i++) {
        free(x->programs[i].pds);
    }
    free(x->programs);
}

static size_t count_declarations(const struct capdl_spec *spec)
{
    size_t count = 0;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        count += is_declaration(spec, i);
    }
    return count;
}

bool pd_expand(struct capdl_spec *spec, struct capdl_diags *diags, void *context)
{
    const struct pd_context *with = context;
    struct expansion x = {.spec = spec, .diags = diags, .context = with, .profile = with->profile};
    size_t count = count_declarations(spec);
    if (count == 0) {
        return true;
    }
    x.programs = memory_zeroed(count, sizeof(*x.programs));
    /* What is wrong with one PD does not keep the others' mistakes from being found, nor those of the caps
       section: the errors are in diags, and true lets the reader go on. */
    read_programs(&x, spec->num_objects);
    for (size_t i = 0; i < x.num_programs; i++) {
        if (x.programs[i].module) {
            module_expand(&x, &x.programs[i]);
        }
    }
    for_each_pd(&x, name_objects);
    expand_programs(&x, true, true); /* others may map their rooms */
    expand_programs(&x, true, false);
    expand_programs(&x, false, false);
    expand_programs(&x, false, true);
    expansion_free(&x);
    return true;
}
