/* SPDX-License-Identifier: BSD-2-Clause */
/* Accessors of a blob. All of them rely on what capdl_blob_open has proved; it uses them, too, and checks what
   they return. That of calls checks itself what it reads, and those of names rely on nothing. */
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
    items = capdl_cbor_short_array(c);
    objects->is_direct = may_be_direct && items == CAPDL_DIRECT_ITEMS;
    if (!objects->is_direct && items != (may_be_direct ? CAPDL_GROUP_ITEMS : CAPDL_GROUP_ITEMS + 1u)) {
        c->at = start;
        capdl_cbor_fail(c, EXPECTED("an array of the right length"));
        items = CAPDL_GROUP_ITEMS;
    }
    objects->place = objects->first = objects->rights = 0;
    capdl_cbor_uints(c, objects->items, items);
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
    capdl_cbor_array_of(c, CAPDL_FILL_ITEMS);
    capdl_cbor_uints(c, fill->items, CAPDL_FILL_ITEMS);
    return true;
}

struct capdl_blob_calls capdl_blob_calls(const struct capdl_blob *blob)
{
    struct capdl_blob_calls calls = {
        .blob = blob,
        .cbor = cursor_at(blob, blob->items[CAPDL_BLOB_ITEM_PHASES]),
        .limits = {[CAPDL_REF_SLOT] = blob->sizes[CAPDL_SIZE_SLOTS],
                   [CAPDL_REF_PAGE] = blob->sizes[CAPDL_SIZE_PAGES],
                   [CAPDL_REF_INITIAL] = CAPDL_INITIAL_COUNT,
                   [CAPDL_REF_SCHED_CONTROL] = CAPDL_BLOB_MAX_CORES},
    };
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

/* Initial bytes. */
enum { REFERENCE = CAPDL_CBOR_NINT << 5, NEITHER = 0xff };

/* Whether what a reference leads to exists, by its index in the last step. */
static bool index_good(struct capdl_blob_calls *calls, uint64_t kind, uint64_t last)
{
    if (kind == CAPDL_REF_SCHED_CONTROL && last >= calls->num_cores) {
        calls->num_cores = last + 1;
    }
    return last < calls->limits[kind];
}

/* What is read most often, so without the cursor where an operand is an integer in one or two bytes. */
static void read_operands(struct capdl_blob_calls *calls, struct capdl_operand *operand, unsigned count)
{
    struct capdl_cbor *c = &calls->cbor;
    const uint8_t *at = c->at;
    for (const struct capdl_operand *end = operand + count; operand != end; operand++) {
        unsigned byte = at != c->end ? *at : NEITHER;
        uint64_t value = byte & 0x1f, kind = CAPDL_OPERAND_LITERAL;
        if (value < CAPDL_CBOR_MORE && byte < REFERENCE + CAPDL_CBOR_MORE) {
            at++;
        } else if ((byte & ~REFERENCE) == CAPDL_CBOR_MORE && c->end - at > 1 && at[1] >= CAPDL_CBOR_MORE) {
            value = at[1];
            at += 2;
        } else {
            c->at = at;
            value = capdl_cbor_argument(c, byte < REFERENCE + 0x20 ? (unsigned)value : NEITHER, EXPECTED("an integer"));
            at = c->at;
        }
        if (byte >= REFERENCE) {
            kind = value & 3;
            value >>= 2;
            if (!index_good(calls, kind, value)) {
                c->at = at;
                capdl_cbor_fail(c, EXPECTED("a target and operands that exist"));
            }
        }
        *operand = (struct capdl_operand){value, kind, 0};
    }
    c->at = at;
}

/* Whether an operand stays in range over all steps of its call. Literals may wrap around. */
static bool run_good(struct capdl_blob_calls *calls, const struct capdl_operand *operand, uint64_t count)
{
    /* None of them is above 2^24. */
    return operand->kind == CAPDL_OPERAND_LITERAL ||
           (operand->stride < calls->limits[operand->kind] &&
            index_good(calls, operand->kind, operand->value + operand->stride * (count - 1)));
}

static void read_run(struct capdl_blob_calls *calls, struct capdl_call *call)
{
    struct capdl_cbor *c = &calls->cbor;
    struct capdl_operand *operand = &call->target;
    call->count = capdl_cbor_uint(c);
    if (call->count - 1 >= CAPDL_BLOB_MAX_SLOTS) {
        capdl_cbor_fail(c, EXPECTED("a run of at least one and at most 2^24"));
    }
    capdl_cbor_array_of(c, 1 + call->num_operands);
    for (unsigned i = 0; i <= call->num_operands; i++, operand++) {
        operand->stride = capdl_cbor_uint(c);
        if (!run_good(calls, operand, call->count)) {
            capdl_cbor_fail(c, EXPECTED("a target and operands that exist at every step"));
        }
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
    uint64_t items, count;
    while (!calls->calls_left) {
        if (!capdl_blob_next_phase(calls)) {
            return false;
        }
    }
    calls->calls_left--;
    items = capdl_cbor_short_array(c);
    if (items != CAPDL_CALL_ITEMS && items != CAPDL_CALL_RUN_ITEMS) {
        capdl_cbor_fail(c, EXPECTED("a call with 3 or 5 items"));
    }
    call->phase = (unsigned)calls->phase;
    look_up_method(calls->blob, c, call);
    read_operands(calls, &call->target, 1);
    count = capdl_cbor_short_array(c);
    if (count > CAPDL_CALL_MAX_OPERANDS) {
        capdl_cbor_fail(c, EXPECTED("at most 64 operands"));
        count = 0;
    }
    if (count < call->num_caps || call->target.kind == CAPDL_OPERAND_LITERAL) {
        capdl_cbor_fail(c, EXPECTED(count < call->num_caps ? "as many operands as the method has capabilities"
                                                           : "an existing target"));
    }
    call->num_operands = (unsigned)count;
    read_operands(calls, call->operands, call->num_operands);
    call->count = 1;
    if (items == CAPDL_CALL_RUN_ITEMS) {
        read_run(calls, call);
    }
    return true;
}

void capdl_call_step(struct capdl_call *call, uint64_t steps)
{
    call->target.value += call->target.stride * steps;
    for (unsigned i = 0; i < call->num_operands; i++) {
        call->operands[i].value += call->operands[i].stride * steps;
    }
}

/* A text that begins with so many characters of the last one. */
static const char *join(struct capdl_blob_names *names, uint64_t shared, const char *text, size_t *length)
{
    if (shared > names->length || shared + *length > sizeof(names->text)) {
        capdl_cbor_fail(&names->cbor, EXPECTED("no more characters in common than there are, in at most 255"));
        return text;
    }
    if (names->outside) {
        __builtin_memcpy(names->text, names->outside, (size_t)shared);
    }
    __builtin_memcpy(names->text + shared, text, *length);
    names->outside = NULL;
    *length += (size_t)shared;
    return names->text;
}

/* Reads the text of an entry, which may begin like the one before. */
static void read_name_text(struct capdl_blob_names *names, struct capdl_blob_name *name, uint64_t *items)
{
    struct capdl_cbor *c = &names->cbor;
    bool shares = c->at != c->end && *c->at >> 5 == CAPDL_CBOR_UINT;
    uint64_t shared = shares ? capdl_cbor_uint(c) : 0;
    *items -= shares;
    name->text = capdl_cbor_text(c, &name->length);
    if (shares) {
        name->text = join(names, shared, name->text, &name->length);
    } else {
        names->outside = name->text;
    }
    names->length = name->length;
}

bool capdl_blob_next_name(struct capdl_blob_names *names, struct capdl_blob_name *name, uint64_t *count)
{
    struct capdl_cbor *c = &names->cbor;
    uint64_t items;
    *name = (struct capdl_blob_name){NULL};
    if (!names->left) {
        return false;
    }
    items = capdl_cbor_array(c);
    *count = capdl_cbor_uint(c);
    if (items > 1) {
        read_name_text(names, name, &items);
    }
    if (items > 2) {
        name->index = capdl_cbor_uint(c);
    }
    if (items > 3) {
        name->digits = capdl_cbor_uint(c) % CAPDL_NAME_MOST_DIGITS;
    }
    name->is_element = items == 3;
    if (c->wrong) {
        name->text = NULL;
    }
    names->left--;
    names->first += *count;
    return true;
}

struct capdl_blob_name capdl_blob_find_name(struct capdl_blob_names *names, uint64_t number)
{
    struct capdl_blob_name name;
    uint64_t count;
    while (capdl_blob_next_name(names, &name, &count)) {
        const uint64_t ahead = number - (names->first - count);
        if (ahead < count) {
            name.index += ahead;
            break;
        }
    }
    return name;
}

void capdl_blob_names_start(struct capdl_blob_names *names, const struct capdl_blob *blob, enum capdl_blob_named named)
{
    struct capdl_cbor *c = &names->cbor;
    *c = cursor_at(blob, blob->items[CAPDL_BLOB_ITEM_NAMES]);
    capdl_cbor_array(c); /* null is none: then there is nothing after it, either */
    for (unsigned before = named;; before--) {
        names->left = capdl_cbor_array(c);
        names->first = names->length = 0;
        names->outside = NULL;
        if (!before) {
            return;
        }
        capdl_blob_find_name(names, UINT64_MAX);
    }
}

struct capdl_blob_name capdl_blob_name_of(const struct capdl_blob *blob, enum capdl_blob_named named, uint64_t number,
                                          struct capdl_blob_names *names)
{
    capdl_blob_names_start(names, blob, named);
    return capdl_blob_find_name(names, number);
}

struct capdl_blob_name capdl_blob_method_name(const struct capdl_blob *blob, uint64_t method)
{
    struct capdl_blob_name name = {NULL};
    struct capdl_blob_names names;
    capdl_blob_names_start(&names, blob, CAPDL_BLOB_NAMED_METHODS);
    do {
        name.text = capdl_cbor_text(&names.cbor, &name.length);
    } while (method--);
    if (names.cbor.wrong) {
        name.text = NULL;
    }
    return name;
}
