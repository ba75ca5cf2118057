/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameters of objects. */
#include "object_params.h"

#include <stdlib.h>
#include <string.h>

#include "fill.h"
#include "program.h"
#include "resume.h"
#include "tokens.h"

enum action {
    TCB_NUMBER, /* bit: enum capdl_tcb_field; of the other two as well */
    TCB_BOOL,
    TCB_LIST,
    SC_NUMBER, /* offset: in capdl_sc */
    NUMBER,    /* bit: enum capdl_number */
    PADDR,
    BITS, /* `n bits` */
    SIZE, /* `n k`, `n M`, `n G` */
    FILL,
    PORTS,
    TRIGGER,
    PCI,        /* bus:dev.fun */
    CONTIGUOUS, /* a word without a value */
};

/* The keyword of parameters that begin with a number is how messages call them. */
struct param {
    uint8_t kind;
    uint8_t action;
    bool mandatory;
    uint16_t offset;
    uint16_t bit;
    const char *keyword;
};

#define SC(field)                                                                    \
    {                                                                                \
        CAPDL_KIND_SC, SC_NUMBER, false, offsetof(struct capdl_sc, field), 0, #field \
    }
static const struct param params[] = {
#define CAPDL_TCB_FIELD(id, member, type, otherwise, written, rust, in_rust, rank, name) \
    {CAPDL_KIND_TCB, TCB_##type, false, 0, CAPDL_TCB_FIELD_##id, #member},
#include <capdl/tcbfields.def>
#undef CAPDL_TCB_FIELD
    {CAPDL_KIND_CNODE, BITS, true, 0, 0, "bits"},
    {CAPDL_KIND_UT, BITS, false, 0, 0, "bits"},
    {CAPDL_KIND_UT, PADDR, false, 0, 0, "paddr"},
    {CAPDL_KIND_FRAME, SIZE, true, 0, 0, "size"},
    {CAPDL_KIND_FRAME, PADDR, false, 0, 0, "paddr"},
    {CAPDL_KIND_FRAME, FILL, false, 0, 0, "fill"},
    {CAPDL_KIND_FRAME, CONTIGUOUS, false, 0, 0, "contiguous"},
    SC(period),
    SC(budget),
    SC(data),
    SC(refills),
    SC(flags),
    {CAPDL_KIND_SC, BITS, false, 0, 0, "bits"},
    {CAPDL_KIND_IO_PORTS, PORTS, true, 0, 0, "ports"},
#define CAPDL_NUMBER_PARAM(kind, mandatory, number, keyword) \
    {CAPDL_KIND_##kind, NUMBER, mandatory, 0, CAPDL_NUMBER_##number, keyword},
#define CAPDL_TRIGGER_PARAM(kind) {CAPDL_KIND_##kind, TRIGGER, true, 0, CAPDL_NUMBER_TRIGGER, "trigger"},
#include <capdl/numbers.def>
#undef CAPDL_NUMBER_PARAM
#undef CAPDL_TRIGGER_PARAM
    {CAPDL_KIND_IO_DEVICE, PCI, true, 0, 0, "bus:dev.fun"},
    {CAPDL_KIND_LEFTOVER, PADDR, false, 0, 0, "paddr"},
};

enum { NUM_PARAMS = sizeof(params) / sizeof(params[0]) };

/* Parameters of one object while they are read. */
struct param_list {
    struct capdl_object *object;
    struct capdl_pos pos;
    uint64_t seen; /* bit per row of params */
};

_Static_assert(NUM_PARAMS <= 64, "param_list.seen has a bit for each");

static struct capdl_sc *sc_of(struct text_parser *p, struct capdl_object *object)
{
    if (!object->u.sc) {
        object->u.sc = capdl_spec_alloc(p->spec, sizeof(*object->u.sc));
    }
    return object->u.sc;
}

static void set_number(struct text_parser *p, struct capdl_object *object, unsigned number, uint64_t value)
{
    if (!object->u.numbers) {
        object->u.numbers = capdl_spec_alloc(p->spec, sizeof(*object->u.numbers));
    }
    object->u.numbers->has |= (uint8_t)(1u << number);
    object->u.numbers->value[number] = value;
}

static bool parse_bool(struct text_parser *p, bool *value)
{
    *value = capdl_text_is_word(p, "True") || capdl_text_is_word(p, "true");
    if (!*value && !capdl_text_is_word(p, "False") && !capdl_text_is_word(p, "false")) {
        return capdl_text_unexpected(p, "True or False");
    }
    capdl_text_advance(p);
    return true;
}

static bool parse_init(struct text_parser *p, struct capdl_tcb *tcb)
{
    uint64_t *list = NULL;
    size_t count = 0, capacity = 0;
    bool result = capdl_text_expect(p, '[', "and the list of start-up arguments");
    while (result && !capdl_text_is(p, ']')) {
        uint64_t value;
        result = capdl_text_number(p, &value, "a number");
        if (!result) {
            break;
        }
        list = capdl_spec_grow(list, &capacity, count + 1, sizeof(*list));
        list[count++] = value;
        if (!capdl_text_accept(p, ',')) {
            break;
        }
    }
    tcb->init = capdl_spec_alloc(p->spec, count * sizeof(*list));
    if (count) {
        memcpy(tcb->init, list, count * sizeof(*list));
    }
    tcb->num_init = count;
    free(list);
    return result && capdl_text_expect(p, ']', "after the start-up arguments");
}

static bool parse_trigger(struct text_parser *p, uint64_t *value)
{
    if (p->token.kind == TEXT_NUMBER && p->token.number <= 1) { /* as older tools print it */
        *value = p->token.number;
    } else if (capdl_text_is_word(p, "level") || capdl_text_is_word(p, "edge")) {
        *value = capdl_text_is_word(p, "edge");
    } else {
        return capdl_text_unexpected(p, "level or edge");
    }
    capdl_text_advance(p);
    return true;
}

static bool parse_ports(struct text_parser *p, struct capdl_object *object)
{
    struct capdl_pos pos = p->token.pos;
    uint64_t first, last;
    if (!capdl_text_expect(p, '[', "and a range of ports such as [0x60..0x64]") ||
        !capdl_text_number(p, &first, "the first port")) {
        return false;
    }
    if (p->token.kind != TEXT_DOTS) {
        return capdl_text_unexpected(p, "'..' and the last port");
    }
    capdl_text_advance(p);
    if (!capdl_text_number(p, &last, "the last port") || !capdl_text_expect(p, ']', "after the last port")) {
        return false;
    }
    if (first > last || last > 0xffff) {
        capdl_error(p->diags, pos, "expected ports between 0 and 0xffff, the first not above the last");
    }
    set_number(p, object, CAPDL_NUMBER_PORTS_FIRST, first);
    set_number(p, object, CAPDL_NUMBER_PORTS_LAST, last);
    return true;
}

static unsigned unit_shift(const struct text_token *token)
{
    return capdl_text_token_is(token, "k")   ? 10
           : capdl_text_token_is(token, "M") ? 20
           : capdl_text_token_is(token, "G") ? 30
                                             : 0;
}

/* `64M`: of sizes of leftovers, the only numbers with a unit. */
static bool parse_unit(struct text_parser *p, const struct param *param, uint64_t *value)
{
    unsigned shift =
        param->kind == CAPDL_KIND_LEFTOVER && param->bit == CAPDL_NUMBER_LEFTOVER_SIZE ? unit_shift(&p->token) : 0;
    if (shift && *value >> (64 - shift)) {
        capdl_error(p->diags, p->token.pos, "the size is more than 64 bits can express");
        return false;
    }
    *value <<= shift;
    if (shift) {
        capdl_text_advance(p);
    }
    return true;
}

/* What follows `keyword:`. */
static bool parse_value(struct text_parser *p, const struct param *param, struct capdl_object *object)
{
    uint64_t value;
    bool flag;
    switch (param->action) {
    case TCB_BOOL:
        if (!parse_bool(p, &flag)) {
            return false;
        }
        capdl_tcb_set(capdl_tcb_make(p->spec, object), param->bit, flag);
        return true;
    case TCB_LIST:
        capdl_tcb_make(p->spec, object)->has |= CAPDL_TCB_HAS_INIT;
        return parse_init(p, object->u.tcb);
    case FILL:
        return capdl_text_fill_parse(p, object);
    case PORTS:
        return parse_ports(p, object);
    case TRIGGER:
        if (!parse_trigger(p, &value)) {
            return false;
        }
        set_number(p, object, param->bit, value);
        return true;
    }
    if (!capdl_text_number(p, &value, "a number")) {
        return false;
    }
    if (param->action == TCB_NUMBER) {
        capdl_tcb_set(capdl_tcb_make(p->spec, object), param->bit, value);
    } else if (param->action == SC_NUMBER) {
        *(uint64_t *)(void *)((char *)sc_of(p, object) + param->offset) = value;
    } else if (param->action == NUMBER) {
        if (!parse_unit(p, param, &value)) {
            return false;
        }
        set_number(p, object, param->bit, value);
    } else {
        object->paddr = value;
        object->flags |= CAPDL_OBJECT_HAS_PADDR;
    }
    return true;
}

static const struct param *param_lookup(unsigned kind, const struct text_token *keyword)
{
    for (unsigned i = 0; i < NUM_PARAMS; i++) {
        if (params[i].kind == kind && capdl_text_token_is(keyword, params[i].keyword)) {
            return &params[i];
        }
    }
    return NULL;
}

static const struct param *param_by_action(unsigned kind, enum action action)
{
    for (unsigned i = 0; i < NUM_PARAMS; i++) {
        if (params[i].kind == kind && params[i].action == action) {
            return &params[i];
        }
    }
    return NULL;
}

/* "addr, ip, sp": the parameters of a kind, for messages. */
static const char *param_names(unsigned kind, char *buffer, size_t size)
{
    size_t used = 0;
    snprintf(buffer, size, "none");
    for (unsigned i = 0; i < NUM_PARAMS; i++) {
        if (params[i].kind == kind && used < size) {
            used += (size_t)snprintf(buffer + used, size - used, "%s%s", used ? ", " : "", params[i].keyword);
        }
    }
    return buffer;
}

/* Whether a parameter is written as a number with a unit, without its name. */
static bool is_bare(const struct param *param)
{
    return param && (param->action == BITS || param->action == SIZE || param->action == PCI);
}

/* `bits: 4` for `4 bits`, `size: 4k` for `4k`. */
static bool report_named(struct text_parser *p, const struct param_list *list, const struct text_token *keyword)
{
    const struct param *param = param_lookup(list->object->kind, keyword);
    struct text_lexer lexer = p->lexer;
    struct text_token value;
    lexer.silent = true;
    capdl_text_lex_next(&lexer);
    value = capdl_text_lex_next(&lexer);
    if (param->action == BITS && value.kind == TEXT_NUMBER) {
        capdl_error(p->diags, keyword->pos, "write the size of %s without a name: '%llu bits'",
                    capdl_kind_keyword(list->object->kind), (unsigned long long)value.number);
    } else {
        capdl_error(p->diags, keyword->pos, "write '%s' of %s without its name, as in '%s'", param->keyword,
                    capdl_kind_keyword(list->object->kind),
                    param->action == BITS   ? "4 bits"
                    : param->action == SIZE ? "4k"
                                            : "0:2.1");
    }
    return false;
}

static bool report_unknown(struct text_parser *p, const struct param_list *list, const struct text_token *keyword)
{
    struct capdl_nearest nearest = {NULL};
    char names[300];
    for (unsigned i = 0; keyword->kind == TEXT_NAME && i < NUM_PARAMS; i++) {
        if (params[i].kind == list->object->kind) {
            capdl_text_nearest_synonym(&nearest, keyword, CAPDL_SYNONYM_PARAMETER, params[i].keyword);
            capdl_nearest_try(&nearest, keyword->text, keyword->length, params[i].keyword);
        }
    }
    if (is_bare(param_lookup(list->object->kind, keyword))) {
        return report_named(p, list, keyword);
    }
    capdl_error(p->diags, keyword->pos, "%s has no parameter '%.*s'%s; its parameters: %s",
                capdl_kind_keyword(list->object->kind), (int)(keyword->length < 80 ? keyword->length : 80),
                keyword->text, capdl_nearest_hint(&nearest), param_names(list->object->kind, names, sizeof(names)));
    return false;
}

static bool note_seen(struct text_parser *p, struct param_list *list, const struct param *param, struct capdl_pos pos)
{
    uint64_t bit = UINT64_C(1) << (param - params);
    if (list->seen & bit) {
        capdl_error(p->diags, pos, "the parameter '%s' is given twice", param->keyword);
    }
    list->seen |= bit;
    return true;
}

static void set_size(struct text_parser *p, struct param_list *list, uint64_t bits, struct capdl_pos pos)
{
    unsigned most = list->object->kind == CAPDL_KIND_CNODE ? 59 : 63;
    if (bits > most) {
        capdl_error(p->diags, pos, "a size of %llu bits is too large: the maximum is %u", (unsigned long long)bits,
                    most);
        list->object->size_bits = (uint8_t)most;
        return;
    }
    list->object->size_bits = (uint8_t)bits;
    list->object->flags |= CAPDL_OBJECT_HAS_SIZE;
}

static void set_bytes(struct text_parser *p, struct param_list *list, uint64_t number, unsigned shift,
                      struct capdl_pos pos)
{
    if (!number || number & (number - 1) || number >> (63 - shift) > 1) {
        capdl_error(p->diags, pos, "the size of a frame is a power of two, such as 4k or 2M");
    } else {
        set_size(p, list, (unsigned)__builtin_ctzll(number) + shift, pos);
    }
}

static bool parse_pci(struct text_parser *p, struct param_list *list, uint64_t bus)
{
    uint64_t dev, fun;
    if (!capdl_text_expect(p, ':', "and the device, as in 0:2.1") || !capdl_text_number(p, &dev, "the device number") ||
        !capdl_text_expect(p, '.', "and the function, as in 0:2.1") ||
        !capdl_text_number(p, &fun, "the function number")) {
        return false;
    }
    set_number(p, list->object, CAPDL_NUMBER_IO_BUS, bus);
    set_number(p, list->object, CAPDL_NUMBER_IO_DEV, dev);
    set_number(p, list->object, CAPDL_NUMBER_IO_FUN, fun);
    return true;
}

/* A parameter that begins with a number: `8 bits`, `4k`, `0:2.1`. */
static bool parse_numbered(struct text_parser *p, struct param_list *list)
{
    struct text_token number = p->token;
    unsigned kind = list->object->kind, shift;
    const struct param *param;
    capdl_text_advance(p);
    shift = unit_shift(&p->token);
    if (capdl_text_is(p, ':')) {
        param = param_by_action(kind, PCI);
    } else if (capdl_text_is_word(p, "bits")) {
        param = param_by_action(kind, BITS);
    } else if (shift) {
        param = param_by_action(kind, SIZE);
    } else if (kind == CAPDL_KIND_FRAME) {
        return capdl_text_unexpected(p, "k, M or G after the size of a frame");
    } else {
        return capdl_text_unexpected(p, "'bits' after the number");
    }
    if (!param) {
        number.length = (size_t)(p->token.text + p->token.length - number.text);
        return report_unknown(p, list, &number);
    }
    note_seen(p, list, param, number.pos);
    if (param->action == PCI) {
        return parse_pci(p, list, number.number);
    }
    capdl_text_advance(p);
    if (param->action == BITS) {
        set_size(p, list, number.number, number.pos);
    } else {
        set_bytes(p, list, number.number, shift, number.pos);
    }
    return true;
}

static bool parse_param(struct text_parser *p, struct param_list *list)
{
    struct text_token keyword = p->token;
    const struct param *param;
    if (keyword.kind == TEXT_NUMBER) {
        return parse_numbered(p, list);
    }
    if (keyword.kind != TEXT_NAME) {
        return capdl_text_unexpected(p, "a parameter of %s", capdl_kind_keyword(list->object->kind));
    }
    if (keyword.first && capdl_text_at_declaration(p)) {
        return capdl_text_unexpected(p, "a parameter, or ')' to close the list");
    }
    param = param_lookup(list->object->kind, &keyword);
    if (!param || is_bare(param)) {
        return report_unknown(p, list, &keyword);
    }
    note_seen(p, list, param, keyword.pos);
    capdl_text_advance(p);
    if (param->action == CONTIGUOUS) {
        list->object->flags |= CAPDL_OBJECT_CONTIGUOUS;
        return true;
    }
    return capdl_text_expect(p, ':', "after the parameter's name") && parse_value(p, param, list->object);
}

static void check_mandatory(struct text_parser *p, const struct param_list *list)
{
    for (unsigned i = 0; i < NUM_PARAMS; i++) {
        if (params[i].kind == list->object->kind && params[i].mandatory && !(list->seen >> i & 1)) {
            capdl_error(p->diags, list->pos, "'%s' lacks the parameter '%s', which every %s needs", list->object->name,
                        params[i].keyword, capdl_kind_keyword(list->object->kind));
        }
    }
}

static bool was_given(const struct param_list *list, const char *keyword)
{
    for (unsigned i = 0; i < NUM_PARAMS; i++) {
        if (params[i].kind == list->object->kind && !strcmp(params[i].keyword, keyword)) {
            return list->seen >> i & 1;
        }
    }
    return false;
}

static void finish_sc(struct text_parser *p, const struct param_list *list)
{
    struct capdl_sc *sc = list->object->u.sc;
    bool period = was_given(list, "period"), budget = was_given(list, "budget");
    if (!sc) {
        return;
    }
    sc->has_data = was_given(list, "data");
    sc->has_times = period && budget;
    if (period != budget) {
        capdl_error(p->diags, list->pos, "'%s' has a %s but no %s: give both or neither", list->object->name,
                    period ? "period" : "budget", period ? "budget" : "period");
    } else if (!period) {
        capdl_error(p->diags, list->pos, "'%s' has neither period nor budget, which data and refills need",
                    list->object->name);
    }
}

/* What a complete list of parameters means, beyond its single ones. */
static void finish_params(struct text_parser *p, struct param_list *list)
{
    check_mandatory(p, list);
    if (list->object->kind == CAPDL_KIND_SC) {
        finish_sc(p, list);
    }
    if (list->object->kind == CAPDL_KIND_CNODE && was_given(list, "bits") && list->object->size_bits == 0) {
        list->object->kind = CAPDL_KIND_IRQ;
    }
}

/* The list after its opening parenthesis. False when its end is not found; *clean: nothing was wrong with it. */
static bool parse_list(struct text_parser *p, struct param_list *list, bool *clean)
{
    for (;;) {
        bool parsed = parse_param(p, list);
        if (parsed && !capdl_text_is(p, ',') && !capdl_text_is(p, ')')) {
            parsed = capdl_text_unexpected(p, "',' and another parameter, or ')'");
        }
        *clean = *clean && parsed;
        if (!parsed && !capdl_text_params_resume(p)) {
            return false;
        }
        if (capdl_text_accept(p, ')')) {
            return true;
        }
        capdl_text_accept(p, ',');
    }
}

/* Whether parameters follow without a parenthesis before them. */
static bool at_bare_param(const struct text_parser *p)
{
    struct text_token next = capdl_text_peek(p);
    return p->token.kind == TEXT_NUMBER || (p->token.kind == TEXT_NAME && next.kind == TEXT_PUNCT && next.punct == ':');
}

bool capdl_text_params_parse(struct text_parser *p, struct capdl_object *object, struct capdl_pos pos)
{
    struct param_list list = {.object = object, .pos = pos};
    bool clean = true;
    if (object->kind == CAPDL_KIND_PROGRAM) {
        return capdl_text_program_parse(p, object);
    }
    if (at_bare_param(p)) {
        capdl_text_unexpected(p, "'(' before the parameters");
        return parse_list(p, &list, &clean);
    }
    if (capdl_text_accept(p, '(') && !capdl_text_accept(p, ')') && !parse_list(p, &list, &clean)) {
        return false;
    }
    if (clean) {
        finish_params(p, &list);
    }
    return true;
}
