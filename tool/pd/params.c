/* SPDX-License-Identifier: BSD-2-Clause */
/* The parameters of pd(...): which there are, what values they take. */
#include <inttypes.h>
#include <string.h>

#include <capdl/architecture.h>

#include "expand.h"

/* What of the kernel bounds a parameter. */
enum bound { BOUND_NONE, BOUND_PRIORITIES, BOUND_CORES, BOUND_DOMAINS, BOUND_ADDRESSES };

static const struct {
    const char *name;
    enum capdl_value_kind kind;
    uint64_t least, most;
    enum bound bound;
    unsigned unit;
    uint64_t otherwise;
    enum capdl_tcb_field field;
} table[] = {
#define PARAM(id, name, type, least, most, bound, unit, otherwise, field) \
    {name, CAPDL_VALUE_##type, least, most, BOUND_##bound, unit, otherwise, CAPDL_TCB_FIELD_##field},
#include "params.def"
#undef PARAM
};

static const char *const kind_names[] = {
    [CAPDL_VALUE_NUMBER] = "a number",           [CAPDL_VALUE_BOOL] = "True or False",
    [CAPDL_VALUE_STRING] = "a text in quotes",   [CAPDL_VALUE_LIST] = "a list of numbers in brackets",
    [CAPDL_VALUE_CAP] = "the name of an object", [CAPDL_VALUE_PAIRS] = "a list such as [(\"name\", 5)]",
};

static void report_unknown(struct expansion *x, const struct capdl_param *p)
{
    struct capdl_nearest nearest = {.word = capdl_synonym(CAPDL_SYNONYM_PD, p->name, strlen(p->name))};
    char names[300];
    size_t used = 0;
    for (size_t i = 0; i < PARAM_COUNT; i++) {
        capdl_nearest_try(&nearest, p->name, strlen(p->name), table[i].name);
    }
    if (nearest.word) {
        capdl_error(x->diags, p->pos, "pd has no parameter '%s'%s", p->name, capdl_nearest_hint(&nearest));
        return;
    }
    for (size_t i = 0; i < PARAM_COUNT && used < sizeof(names); i++) {
        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "", table[i].name);
    }
    capdl_error(x->diags, p->pos, "pd has no parameter '%s'; its parameters: %s", p->name, names);
}

static enum pd_param find_param(const char *name)
{
    unsigned i = 0;
    while (i < PARAM_COUNT && strcmp(table[i].name, name) != 0) {
        i++;
    }
    return (enum pd_param)i;
}

uint64_t params_largest(const struct expansion *x, enum pd_param which)
{
    const struct capdl_profile *profile = x->profile;
    uint64_t most = table[which].most, kernel = most;
    switch (table[which].bound) {
    case BOUND_NONE:
        break;
    case BOUND_PRIORITIES:
        kernel = profile->num_priorities ? profile->num_priorities - 1 : most;
        break;
    case BOUND_CORES:
        kernel = profile->max_nodes ? profile->max_nodes - 1 : 0;
        break;
    case BOUND_DOMAINS:
        kernel = profile->num_domains ? profile->num_domains - 1 : 0;
        break;
    case BOUND_ADDRESSES:
        kernel = profile->user_top;
        break;
    }
    return kernel < most ? kernel : most;
}

static bool check_number(struct expansion *x, const struct capdl_param *p, enum pd_param which)
{
    uint64_t least = table[which].least, most = params_largest(x, which);
    if (p->number < least || p->number > most) {
        if (least == most) {
            capdl_error(x->diags, p->pos, "'%s' is %" PRIu64 ", expected %" PRIu64 ": kernel %s has no other", p->name,
                        p->number, most, x->profile->name);
        } else {
            bool asks_kernel = table[which].bound != BOUND_NONE;
            capdl_error(x->diags, p->pos, "'%s' is %" PRIu64 ", expected %" PRIu64 " to %" PRIu64 "%s%s", p->name,
                        p->number, least, most, asks_kernel ? " on kernel " : "", asks_kernel ? x->profile->name : "");
        }
        return false;
    }
    if (p->number % table[which].unit != 0) {
        capdl_error(x->diags, p->pos, "'%s' is %" PRIu64 " (0x%" PRIx64 "), expected a multiple of %u", p->name,
                    p->number, p->number, table[which].unit);
        return false;
    }
    return true;
}

/* What does not fit into registers goes on the stack, of which this leaves most. */
enum { MOST_ARGS = 255 };

static bool check_args(struct expansion *x, const struct capdl_param *p)
{
    if (p->num_list <= MOST_ARGS) {
        return true;
    }
    capdl_error(x->diags, p->pos, "'args' has %zu numbers, expected at most %d", p->num_list, MOST_ARGS);
    return false;
}

static bool check_value(struct expansion *x, const struct capdl_param *p, enum pd_param which)
{
    bool empty = p->kind == CAPDL_VALUE_LIST && p->num_list == 0 && table[which].kind == CAPDL_VALUE_PAIRS;
    bool objects = p->kind == CAPDL_VALUE_PAIRS && !p->pairs[0].name; /* [a, b]: where there may be several */
    if (objects ? which != PARAM_BOOTINFO : p->kind != table[which].kind && !empty) {
        capdl_error(x->diags, p->pos, "'%s' expects %s, not %s", p->name, kind_names[table[which].kind],
                    objects ? "a list of objects" : kind_names[p->kind]);
        return false;
    }
    if (p->kind == CAPDL_VALUE_NUMBER) {
        return check_number(x, p, which);
    }
    return which != PARAM_ARGS || check_args(x, p);
}

static bool take_elf(struct expansion *x, struct pd_params *params, const struct capdl_param *p)
{
    if (p->kind == CAPDL_VALUE_CAP && !params->elf) {
        capdl_error(x->diags, p->pos, "the name of a program must be in quotes: \"%s\"", p->text);
        params->elf = p;
        params->elf_wrong = true;
        return false;
    }
    if (p->kind != CAPDL_VALUE_STRING) {
        capdl_error(x->diags, p->pos, "pd expects the name of an ELF file in quotes here, not %s", kind_names[p->kind]);
        return false;
    }
    if (params->elf) {
        capdl_error(x->diags, p->pos, "pd has a second ELF file \"%s\" besides \"%s\"", p->text, params->elf->text);
        return false;
    }
    params->elf = p;
    return true;
}

/* `at` belongs to the `map` before it. */
static bool take_at(struct expansion *x, struct pd_params *params, const struct capdl_param *p)
{
    struct pd_map *map = params->num_maps ? &params->maps[params->num_maps - 1] : NULL;
    if (!map && params->incomplete) {
        return false; /* the map before it was in error */
    }
    if (!map || map->at) {
        capdl_error(x->diags, p->pos, "'at' has no 'map' before it, expected map: frame (RW), at: address");
        return false;
    }
    map->at = p->number;
    return true;
}

static bool take_param(struct expansion *x, struct pd_params *params, const struct capdl_param *p)
{
    if (!p->name) {
        return take_elf(x, params, p);
    }
    enum pd_param which = find_param(p->name);
    if (which == PARAM_COUNT) {
        report_unknown(x, p);
        return false;
    }
    if (!check_value(x, p, which)) {
        if (which == PARAM_AT && params->num_maps) {
            params->maps[params->num_maps - 1].wrong = true;
        }
        return false;
    }
    if (which == PARAM_AT) {
        return take_at(x, params, p);
    }
    if (which == PARAM_MAP) {
        params->maps[params->num_maps++].frame = p;
        return true;
    }
    if (params->given[which]) {
        capdl_error(x->diags, p->pos, "'%s' is given twice", p->name);
        return false;
    }
    params->given[which] = p;
    return true;
}

static bool check_together(struct expansion *x, const struct pd_program *program)
{
    const struct pd_params *params = &program->params;
    const struct capdl_param *budget = params->given[PARAM_BUDGET], *period = params->given[PARAM_PERIOD];
    bool good = true;
    if (!params->elf && !program->module) {
        capdl_error(x->diags, program->pos, "'%s' has no program, expected pd (\"%s.elf\")", program->name,
                    program->name);
        good = false;
    }
    if (budget && period && budget->number > period->number) {
        capdl_error(x->diags, budget->pos, "'budget' is %" PRIu64 ", expected at most the period of %" PRIu64,
                    budget->number, period->number);
        good = false;
    }
    if (params_number(params, PARAM_EXTERNAL) && !params->given[PARAM_PADDR]) {
        capdl_error(x->diags, params->given[PARAM_EXTERNAL]->pos,
                    "'external' needs 'paddr', the address in reserved memory that another boot loader loads '%s' to",
                    program->name);
        good = false;
    }
    if (params_number(params, PARAM_EXTERNAL) && capdl_architecture(x->profile->arch)->pc) {
        capdl_error(x->diags, params->given[PARAM_EXTERNAL]->pos,
                    "'external' is for AArch64 and RISC-V: PCs have no reserved memory, and their kernels hand out "
                    "that of boot modules");
        good = false;
    }
    if (params->given[PARAM_CHUNKS] && !params->given[PARAM_BOOTINFO]) {
        capdl_error(x->diags, params->given[PARAM_CHUNKS]->pos,
                    "'chunks' are a part of 'bootinfo', which is not given");
        good = false;
    }
    for (size_t i = 0; i < params->num_maps; i++) {
        if (!params->maps[i].at && !params->maps[i].wrong) {
            capdl_error(x->diags, params->maps[i].frame->pos,
                        "'map' has no address, expected map: %s (RW), at: address", params->maps[i].frame->text);
            good = false;
        }
    }
    return good;
}

void params_read(struct expansion *x, struct pd_program *program)
{
    const struct capdl_program *written = capdl_object_declaration(x->spec, program->object);
    size_t count = written ? written->num_params : 0;
    program->params.maps = capdl_spec_alloc(x->spec, count * sizeof(*program->params.maps) + 1);
    program->params.incomplete = written && written->broken;
    for (size_t i = 0; i < count; i++) {
        take_param(x, &program->params, &written->params[i]);
    }
    check_together(x, program);
    program->broken |= program->params.elf_wrong;
}

uint64_t params_number_or(const struct pd_params *params, enum pd_param which, uint64_t if_absent)
{
    return params->given[which] ? params->given[which]->number : if_absent;
}

uint64_t params_number(const struct pd_params *params, enum pd_param which)
{
    return params_number_or(params, which, table[which].otherwise);
}

void params_set_tcb(const struct pd_params *params, struct capdl_tcb *tcb)
{
    for (unsigned i = 0; i < PARAM_COUNT; i++) {
        enum capdl_tcb_field field = table[i].field;
        if (field != CAPDL_TCB_FIELD_NONE && params->given[i] && !(tcb->has >> field & 1)) {
            capdl_tcb_set(tcb, field, params->given[i]->number);
        }
    }
}
