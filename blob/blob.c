/* SPDX-License-Identifier: BSD-2-Clause */
/* Accessors of a blob. All of them rely on what capdl_blob_open has proved; it uses them, too, and checks what
   they return. Those of names rely on nothing. */
#include "blob.h"

static struct capdl_cbor cursor_at(const struct capdl_blob *blob, size_t offset)
{
    return (struct capdl_cbor){blob->bytes + offset, blob->bytes + blob->size, NULL};
}

struct capdl_blob_table capdl_blob_table(const struct capdl_blob *blob, enum capdl_blob_item item)
{
    struct capdl_blob_table table = {cursor_at(blob, blob->items[item]), 0, blob->first_slots[item],
                                     blob->sizes[CAPDL_SIZE_SLOTS], item};

    table.left = capdl_cbor_array(&table.cbor);
    return table;
}

bool capdl_blob_next_objects(struct capdl_blob_table *table, struct capdl_blob_objects *objects)
{
    struct capdl_cbor *c = &table->cbor;
    const bool may_be_direct = table->item == CAPDL_BLOB_ITEM_GROUPS;
    const uint8_t *start = c->at;
    uint64_t items, *number;

    if (!table->left) {
        return false;
    }
    table->left--;
    items = capdl_cbor_array(c);
    objects->is_direct = may_be_direct && items == CAPDL_DIRECT_ITEMS;
    if (!objects->is_direct && items != (may_be_direct ? CAPDL_GROUP_ITEMS : CAPDL_GROUP_ITEMS + 1u)) {
        c->at = start;
        capdl_cbor_fail(c, EXPECTED("an array of the right length"));
    }
    objects->type = capdl_cbor_uint(c);
    objects->argument = capdl_cbor_uint(c);
    objects->size_bits = capdl_cbor_uint(c);
    objects->count = capdl_cbor_uint(c);
    objects->place = items == CAPDL_GROUP_ITEMS ? 0 : capdl_cbor_uint(c);
    objects->first = objects->is_direct ? capdl_cbor_uint(c) : 0;
    objects->rights = objects->is_direct ? capdl_cbor_uint(c) : 0;
    number = objects->is_direct ? &table->direct : &table->slot;
    objects->slot = *number;
    *number += objects->count;
    return true;
}

bool capdl_blob_next_fill(struct capdl_blob_table *table, struct capdl_blob_fill *fill)
{
    struct capdl_cbor *c = &table->cbor;

    if (!table->left) {
        return false;
    }
    table->left--;
    capdl_cbor_array_of(c, 6);
    fill->slot = capdl_cbor_uint(c);
    fill->size_bits = capdl_cbor_uint(c);
    fill->offset = capdl_cbor_uint(c);
    fill->page = capdl_cbor_uint(c);
    fill->pages = capdl_cbor_uint(c);
    fill->flags = capdl_cbor_uint(c);
    return true;
}

struct capdl_blob_calls capdl_blob_calls(const struct capdl_blob *blob)
{
    struct capdl_blob_calls calls = {blob, cursor_at(blob, blob->items[CAPDL_BLOB_ITEM_PHASES]), 0, 0, 0};

    calls.phases_left = capdl_cbor_array(&calls.cbor);
    return calls;
}

bool capdl_blob_next_phase(struct capdl_blob_calls *calls)
{
    if (!calls->phases_left) {
        return false;
    }
    calls->phases_left--;
    capdl_cbor_array_of(&calls->cbor, 2);
    calls->phase = capdl_cbor_uint(&calls->cbor);
    calls->calls_left = capdl_cbor_array(&calls->cbor);
    return true;
}

static void read_operand(struct capdl_cbor *c, struct capdl_operand *operand)
{
    bool is_reference, negative;
    uint64_t value;

    if (!capdl_cbor_short_int(c, &value, &is_reference)) {
        value = capdl_cbor_int(c, &negative);
        is_reference = negative;
    }
    operand->value = is_reference ? value >> 2 : value;
    operand->kind = is_reference ? value & 3 : CAPDL_OPERAND_LITERAL;
    operand->stride = 0;
}

static void read_operands(struct capdl_cbor *c, struct capdl_call *call)
{
    uint64_t count = capdl_cbor_array(c);

    if (count > CAPDL_CALL_MAX_OPERANDS) {
        capdl_cbor_fail(c, EXPECTED("at most 64 operands"));
        count = 0;
    }
    call->num_operands = (unsigned)count;
    for (unsigned i = 0; i < call->num_operands; i++) {
        read_operand(c, &call->operands[i]);
    }
}

static void read_strides(struct capdl_cbor *c, struct capdl_call *call)
{
    capdl_cbor_array_of(c, 1 + call->num_operands);
    call->target.stride = capdl_cbor_uint(c);
    for (unsigned i = 0; i < call->num_operands; i++) {
        call->operands[i].stride = capdl_cbor_uint(c);
    }
}

/* Looks up a method by its number in the blob. */
static void look_up_method(const struct capdl_blob *blob, struct capdl_cbor *c, struct capdl_call *call)
{
    uint64_t method = capdl_cbor_uint(c);

    if (method >= blob->counts[CAPDL_BLOB_ITEM_METHODS]) {
        capdl_cbor_fail(c, EXPECTED("a method number"));
        method = 0;
    }
    call->method = (unsigned)method;
    call->label = blob->methods[method].label;
    call->num_caps = blob->methods[method].num_caps;
}

bool capdl_blob_next_call(struct capdl_blob_calls *calls, struct capdl_call *call)
{
    struct capdl_cbor *c = &calls->cbor;
    uint64_t items;

    while (!calls->calls_left) {
        if (!capdl_blob_next_phase(calls)) {
            return false;
        }
    }
    calls->calls_left--;
    items = capdl_cbor_array(c);
    if (items != CAPDL_CALL_ITEMS && items != CAPDL_CALL_RUN_ITEMS) {
        capdl_cbor_fail(c, EXPECTED("a call with 3 or 5 items"));
    }
    call->phase = (unsigned)calls->phase;
    look_up_method(calls->blob, c, call);
    read_operand(c, &call->target);
    read_operands(c, call);
    call->count = 1;
    if (items == CAPDL_CALL_RUN_ITEMS) {
        call->count = capdl_cbor_uint(c);
        read_strides(c, call);
    }
    return true;
}

void capdl_call_step(struct capdl_call *call)
{
    call->target.value += call->target.stride;
    for (unsigned i = 0; i < call->num_operands; i++) {
        call->operands[i].value += call->operands[i].stride;
    }
}

/* Reads an entry of a table of names, and how many consecutive slots or pages it names. */
static struct capdl_blob_name read_name(struct capdl_cbor *c, uint64_t *count)
{
    struct capdl_blob_name name = {NULL};
    uint64_t items = capdl_cbor_array(c);

    *count = capdl_cbor_uint(c);
    if (items > 1) {
        name.text = capdl_cbor_text(c, &name.length);
    }
    if (items > 2) {
        name.index = capdl_cbor_uint(c);
        name.is_element = true;
    }
    if (c->wrong) {
        name.text = NULL;
    }
    return name;
}

/* The name of slot or page `number` in the array of names at the cursor. */
static struct capdl_blob_name find_name(struct capdl_cbor *c, uint64_t number)
{
    uint64_t first = 0, count;

    for (uint64_t left = capdl_cbor_array(c); left; left--) {
        struct capdl_blob_name name = read_name(c, &count);
        if (number - first < count) {
            name.index += number - first;
            return name;
        }
        first += count;
    }
    return (struct capdl_blob_name){NULL};
}

/* A cursor at one of the arrays of names; false: the blob has no names. */
static bool names_at(const struct capdl_blob *blob, unsigned array, struct capdl_cbor *c)
{
    *c = cursor_at(blob, blob->items[CAPDL_BLOB_ITEM_NAMES]);
    if (capdl_cbor_null(c)) {
        return false;
    }
    capdl_cbor_array(c);
    for (unsigned i = 0; i < array; i++) {
        find_name(c, UINT64_MAX);
    }
    return true;
}

static struct capdl_blob_names names_in(const struct capdl_blob *blob, unsigned array)
{
    struct capdl_blob_names names = {.left = 0};

    if (names_at(blob, array, &names.cbor)) {
        names.left = capdl_cbor_array(&names.cbor);
    }
    return names;
}

struct capdl_blob_names capdl_blob_slot_names(const struct capdl_blob *blob)
{
    return names_in(blob, 0);
}

struct capdl_blob_names capdl_blob_page_names(const struct capdl_blob *blob)
{
    return names_in(blob, 1);
}

bool capdl_blob_next_name(struct capdl_blob_names *names, struct capdl_blob_name *name, uint64_t *count)
{
    if (!names->left) {
        return false;
    }
    *name = read_name(&names->cbor, count);
    names->left--;
    names->first += *count;
    return true;
}

struct capdl_blob_name capdl_blob_slot_name(const struct capdl_blob *blob, uint64_t slot)
{
    struct capdl_cbor c;

    return names_at(blob, 0, &c) ? find_name(&c, slot) : (struct capdl_blob_name){NULL};
}

struct capdl_blob_name capdl_blob_page_name(const struct capdl_blob *blob, uint64_t page)
{
    struct capdl_cbor c;

    return names_at(blob, 1, &c) ? find_name(&c, page) : (struct capdl_blob_name){NULL};
}

struct capdl_blob_name capdl_blob_method_name(const struct capdl_blob *blob, uint64_t method)
{
    struct capdl_blob_name name = {NULL};
    struct capdl_cbor c;

    if (!names_at(blob, 2, &c) || method >= capdl_cbor_array(&c)) {
        return name;
    }
    while (method--) {
        capdl_cbor_text(&c, &name.length);
    }
    name.text = capdl_cbor_text(&c, &name.length);
    return c.wrong ? (struct capdl_blob_name){NULL} : name;
}
