/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening a blob: the proof that no accessor can fail afterwards. One function for each item, in the order of the items. */
#include "blob.h"

struct check {
    struct capdl_blob *blob;
    struct capdl_cbor cbor;
    uint64_t slot; /* of the next object */
};

/* A mistake in what was read from `at` on. */
static void fail_at(struct capdl_cbor *c, const uint8_t *at, const char *expected)
{
    if (c->wrong)
        return;
    c->at = at;
    c->wrong = expected;
}

static void check_version(struct check *check)
{
    const uint8_t *at = check->cbor.at;

    if (capdl_cbor_uint(&check->cbor) != CAPDL_BLOB_VERSION)
        fail_at(&check->cbor, at, "blob version 1");
}

static int64_t read_int(struct capdl_cbor *c)
{
    const uint8_t *at = c->at;
    bool negative = capdl_cbor_peek(c) == CAPDL_CBOR_NINT;
    uint64_t value = negative ? capdl_cbor_nint(c) : capdl_cbor_uint(c);

    if (value > INT64_MAX)
        fail_at(c, at, "an integer of 64 bits");
    return negative ? -1 - (int64_t)value : (int64_t)value;
}

/* A key that is above the one before it and below the number of keys; `next` is the smallest that may come. */
static uint64_t read_key(struct capdl_cbor *c, uint64_t *next, uint64_t num_keys)
{
    const uint8_t *at = c->at;
    uint64_t key = capdl_cbor_uint(c);

    if (key < *next || key >= num_keys) {
        fail_at(c, at, "a known key, in ascending order");
        return 0;
    }
    *next = key + 1;
    return key;
}

/* A map with known keys into an array. */
static void check_map(struct capdl_cbor *c, int64_t *values, uint64_t num_keys)
{
    uint64_t next = 0;

    for (uint64_t left = capdl_cbor_map(c); left && !c->wrong; left--) {
        uint64_t key = read_key(c, &next, num_keys);
        values[key] = read_int(c);
    }
}

/* What numbers must be like to be of any use. That they are this kernel's, nobody can know here. */
static const struct limits {
    uint16_t first_key, last_key;
    uint16_t least, most;
} profile_limits[] = {
    { CAPDL_BOOT_ARCH, CAPDL_BOOT_ARCH, 0, CAPDL_ARCH_COUNT - 1 },
    { CAPDL_BOOT_UNTYPED_OFFSET, CAPDL_BOOT_UNTYPED_OFFSET, 144, CAPDL_PAGE_SIZE - 16 },
    { CAPDL_BOOT_SCHEDCONTROL_OFFSET, CAPDL_BOOT_SCHEDCONTROL_OFFSET, 0, CAPDL_PAGE_SIZE - 16 },
    { CAPDL_BOOT_FAN_OUT, CAPDL_BOOT_FAN_OUT, 1, UINT16_MAX },
    { CAPDL_BOOT_SLOT_BITS, CAPDL_BOOT_SLOT_BITS, 4, 8 },
    { CAPDL_BOOT_TYPE_UNTYPED, CAPDL_BOOT_PAGE_CLEAN_INVALIDATE, 0, UINT16_MAX },
};

static bool profile_is_usable(const int64_t *boot)
{
    for (const struct limits *l = profile_limits; l < profile_limits + sizeof(profile_limits) / sizeof(profile_limits[0]); l++) {
        for (unsigned key = l->first_key; key <= l->last_key; key++) {
            if (boot[key] < l->least || boot[key] > l->most)
                return false;
        }
    }
    return boot[CAPDL_BOOT_SYS_CALL] && (boot[CAPDL_BOOT_UNTYPED_OFFSET] | boot[CAPDL_BOOT_SCHEDCONTROL_OFFSET]) % 8 == 0;
}

static void check_profile(struct check *check)
{
    const uint8_t *at = check->cbor.at;

    check_map(&check->cbor, check->blob->boot, CAPDL_BOOT_KEY_COUNT);
    if (!profile_is_usable(check->blob->boot))
        fail_at(&check->cbor, at, "a usable profile");
    for (unsigned key = 0; check->cbor.wrong && key < CAPDL_BOOT_KEY_COUNT; key++)
        check->blob->boot[key] = 0;
}

static void check_sizes(struct check *check)
{
    const uint8_t *at = check->cbor.at;
    uint64_t *sizes = check->blob->sizes;

    check_map(&check->cbor, (int64_t *)sizes, CAPDL_SIZE_KEY_COUNT);
    for (unsigned key = 0; key < CAPDL_SIZE_KEY_COUNT; key++) {
        if (sizes[key] > CAPDL_BLOB_MAX_SLOTS) /* a negative one, too */
            fail_at(&check->cbor, at, "sizes of at most 2^24");
    }
    if (sizes[CAPDL_SIZE_OBJECTS] > sizes[CAPDL_SIZE_SLOTS])
        fail_at(&check->cbor, at, "no more objects than slots");
}

static void check_methods(struct check *check)
{
    struct capdl_cbor *c = &check->cbor;
    const uint8_t *at = c->at;
    uint64_t count = capdl_cbor_array(c);

    if (count > CAPDL_BLOB_MAX_METHODS) {
        fail_at(c, at, "at most 128 methods");
        return;
    }
    check->blob->counts[CAPDL_BLOB_ITEM_METHODS] = count;
    for (uint64_t i = 0; i < count && !c->wrong; i++) {
        uint64_t label, num_caps;
        at = c->at;
        capdl_cbor_array_of(c, 2);
        label = capdl_cbor_uint(c);
        num_caps = capdl_cbor_uint(c);
        if (label > UINT16_MAX || num_caps > CAPDL_CALL_MAX_CAPS)
            fail_at(c, at, "a label of 16 bits and at most 3 capabilities");
        check->blob->methods[i] = (struct capdl_blob_method){ (uint16_t)label, (uint16_t)num_caps };
    }
}

/* The next element of a table of objects at the check's cursor, checked for what all three tables have in common. */
static bool next_objects(struct check *check, struct capdl_blob_table *table, struct capdl_blob_objects *objects)
{
    const uint8_t *at = table->cbor.at;
    const char *problem = 0;

    if (table->cbor.wrong || !capdl_blob_next_objects(table, objects))
        return false;
    if (objects->type > UINT16_MAX || objects->argument > 63)
        problem = "an object type of 16 bits and a size argument below 64";
    else if (objects->size_bits < CAPDL_BLOB_MIN_SIZE_BITS || objects->size_bits > CAPDL_BLOB_MAX_SIZE_BITS)
        problem = "an object of 2^4 to 2^47 bytes";
    else if (objects->count < 1 || objects->count > check->blob->sizes[CAPDL_SIZE_OBJECTS] - objects->slot)
        problem = "at least one object, in all no more than the sizes say";
    if (problem)
        fail_at(&table->cbor, at, problem);
    return !table->cbor.wrong;
}

/* The table of objects that starts at the check's cursor. */
static struct capdl_blob_table open_table(struct check *check, enum capdl_blob_item item)
{
    struct capdl_blob_table table;

    check->blob->first_slots[item] = check->slot;
    table = capdl_blob_table(check->blob, item);
    check->blob->counts[item] = table.left;
    return table;
}

static void close_table(struct check *check, const struct capdl_blob_table *table)
{
    check->cbor = table->cbor;
    check->slot = table->slot;
}

static void check_groups(struct check *check)
{
    struct capdl_blob_table table = open_table(check, CAPDL_BLOB_ITEM_GROUPS);
    struct capdl_blob_objects group;
    unsigned largest = CAPDL_BLOB_MAX_SIZE_BITS;

    for (const uint8_t *at = table.cbor.at; next_objects(check, &table, &group); at = table.cbor.at) {
        if (group.size_bits > largest)
            fail_at(&table.cbor, at, "groups by size, descending");
        largest = group.size_bits;
    }
    close_table(check, &table);
}

static void check_fixed(struct check *check)
{
    struct capdl_blob_table table = open_table(check, CAPDL_BLOB_ITEM_FIXED);
    const uint64_t top = UINT64_C(1) << CAPDL_BLOB_MAX_ADDRESS_BITS;
    struct capdl_blob_objects run;
    uint64_t end = 0;

    for (const uint8_t *at = table.cbor.at; next_objects(check, &table, &run); at = table.cbor.at) {
        if (run.place & ((UINT64_C(1) << run.size_bits) - 1))
            fail_at(&table.cbor, at, "an address aligned to the object's size");
        else if (run.place < end)
            fail_at(&table.cbor, at, "addresses ascending, objects disjoint");
        else if (run.place > top || run.count > (top - run.place) >> run.size_bits)
            fail_at(&table.cbor, at, "addresses below 2^56");
        end = run.place + (run.count << run.size_bits);
    }
    close_table(check, &table);
}

static void check_covers(struct check *check)
{
    struct capdl_blob_table table = open_table(check, CAPDL_BLOB_ITEM_COVERS);
    struct capdl_blob_objects cover;

    for (const uint8_t *at = table.cbor.at; next_objects(check, &table, &cover); at = table.cbor.at) {
        if (cover.place >= cover.slot)
            fail_at(&table.cbor, at, "a parent that is made before its children");
    }
    close_table(check, &table);
    if (check->slot != check->blob->sizes[CAPDL_SIZE_OBJECTS])
        capdl_cbor_fail(&check->cbor, "as many objects as the sizes say");
}

/* Objects by slot, fastest when asked for in ascending order: remembers where it is. */
struct lookup {
    const struct capdl_blob *blob;
    struct capdl_blob_table table;
    struct capdl_blob_objects objects;
};

static void lookup_restart(struct lookup *lookup)
{
    lookup->table = capdl_blob_table(lookup->blob, CAPDL_BLOB_ITEM_GROUPS);
    lookup->objects = (struct capdl_blob_objects){ 0 };
}

/* The element that holds a slot below the number of objects. */
static const struct capdl_blob_objects *lookup_slot(struct lookup *lookup, uint64_t slot)
{
    if (slot < lookup->objects.slot)
        lookup_restart(lookup);
    while (slot - lookup->objects.slot >= lookup->objects.count) {
        if (!capdl_blob_next_objects(&lookup->table, &lookup->objects))
            lookup->table = capdl_blob_table(lookup->blob, lookup->table.item + 1);
    }
    return &lookup->objects;
}

/* Whether every frame a fill reaches is an object of its size. */
static bool fill_reaches_frames(struct lookup *lookup, const struct capdl_blob_fill *fill)
{
    uint64_t bytes = fill->offset + fill->pages * CAPDL_PAGE_SIZE;
    uint64_t frames = (bytes + (UINT64_C(1) << fill->size_bits) - 1) >> fill->size_bits;
    uint64_t num_objects = lookup->blob->sizes[CAPDL_SIZE_OBJECTS];
    uint64_t slot = fill->slot;

    if (slot >= num_objects || frames > num_objects - slot)
        return false;
    while (slot < fill->slot + frames) {
        const struct capdl_blob_objects *objects = lookup_slot(lookup, slot);
        if (objects->size_bits != fill->size_bits)
            return false;
        slot = objects->slot + objects->count;
    }
    return true;
}

static const char *fill_problem(struct lookup *lookup, const struct capdl_blob_fill *fill)
{
    uint64_t num_pages = lookup->blob->sizes[CAPDL_SIZE_PAGES];

    if (fill->size_bits != 12 && fill->size_bits != 21 && fill->size_bits != 30)
        return "a frame of 4 KiB, 2 MiB or 1 GiB";
    if (fill->offset % CAPDL_PAGE_SIZE || fill->offset >> fill->size_bits)
        return "an offset of whole pages inside the frame";
    if (fill->pages < 1 || fill->page > num_pages || fill->pages > num_pages - fill->page)
        return "pages of the page segment";
    if (fill->flags > (CAPDL_FILL_EXECUTABLE | CAPDL_FILL_UNCACHED))
        return "known flags";
    if (!fill_reaches_frames(lookup, fill))
        return "frames of this size at this slot and the ones after it";
    return 0;
}

static void check_fills(struct check *check)
{
    struct capdl_blob_table table = open_table(check, CAPDL_BLOB_ITEM_FILLS);
    struct lookup lookup = { .blob = check->blob };
    struct capdl_blob_fill fill;

    lookup_restart(&lookup);
    for (const uint8_t *at = table.cbor.at; !table.cbor.wrong && capdl_blob_next_fill(&table, &fill); at = table.cbor.at) {
        const char *problem = table.cbor.wrong ? 0 : fill_problem(&lookup, &fill);
        if (problem)
            fail_at(&table.cbor, at, problem);
    }
    check->cbor = table.cbor;
}

/* How far the index of each kind of reference may go. */
static uint64_t reference_limit(const struct capdl_blob *blob, unsigned kind)
{
    switch (kind) {
    case CAPDL_REF_SLOT:
        return blob->sizes[CAPDL_SIZE_SLOTS];
    case CAPDL_REF_PAGE:
        return blob->sizes[CAPDL_SIZE_PAGES];
    case CAPDL_REF_INITIAL:
        return CAPDL_INITIAL_COUNT;
    default:
        return CAPDL_BLOB_MAX_CORES;
    }
}

/* Whether an operand stays in range over all steps of its call. Literals may wrap around. */
static bool operand_in_range(const struct capdl_blob *blob, const struct capdl_operand *operand, uint64_t count)
{
    uint64_t limit;

    if (operand->kind == CAPDL_OPERAND_LITERAL)
        return true;
    limit = reference_limit(blob, operand->kind);
    if (operand->value >= limit)
        return false;
    return count == 1 || operand->stride <= (limit - 1 - operand->value) / (count - 1);
}

static const char *call_problem(const struct capdl_blob *blob, const struct capdl_call *call)
{
    if (call->count < 1)
        return "a call or a run of at least one";
    if (call->num_operands < call->num_caps)
        return "as many operands as the method has capabilities";
    if (call->target.kind == CAPDL_OPERAND_LITERAL || !operand_in_range(blob, &call->target, call->count))
        return "a target that exists";
    for (unsigned i = 0; i < call->num_operands; i++) {
        if (!operand_in_range(blob, &call->operands[i], call->count))
            return "operands that exist";
    }
    return 0;
}

static void check_calls(struct capdl_blob_calls *calls)
{
    struct capdl_call call;

    while (calls->calls_left && !calls->cbor.wrong) {
        const uint8_t *at = calls->cbor.at;
        const char *problem;
        capdl_blob_next_call(calls, &call);
        problem = calls->cbor.wrong ? 0 : call_problem(calls->blob, &call);
        if (problem)
            fail_at(&calls->cbor, at, problem);
    }
}

static void check_phases(struct check *check)
{
    struct capdl_blob_calls calls = capdl_blob_calls(check->blob);
    unsigned least = CAPDL_PHASE_DERIVE;

    check->blob->counts[CAPDL_BLOB_ITEM_PHASES] = calls.phases_left;
    for (const uint8_t *at = calls.cbor.at; !calls.cbor.wrong && capdl_blob_next_phase(&calls); at = calls.cbor.at) {
        if (calls.phase < least || calls.phase > CAPDL_PHASE_START)
            fail_at(&calls.cbor, at, "phases 5 to 15, ascending");
        least = calls.phase + 1;
        check_calls(&calls);
    }
    check->cbor = calls.cbor;
}

/* Text for messages: printable ASCII, so that it can be printed as it is. */
static void check_text(struct capdl_cbor *c)
{
    const uint8_t *at = c->at;
    size_t length;
    const char *text = capdl_cbor_text(c, &length);

    if (length == 0)
        fail_at(c, at, "a name");
    for (size_t i = 0; i < length; i++) {
        if (text[i] < ' ' || text[i] > '~') {
            fail_at(c, (const uint8_t *)text + i, "a printable ASCII character");
            return;
        }
    }
}

/* An array of names for at most so many slots or pages. */
static void check_names_of(struct capdl_cbor *c, uint64_t most)
{
    for (uint64_t left = capdl_cbor_array(c); left && !c->wrong; left--) {
        const uint8_t *at = c->at;
        uint64_t items = capdl_cbor_array(c);
        uint64_t count = capdl_cbor_uint(c);

        if (items < 1 || items > 3)
            fail_at(c, at, "a name of 1 to 3 items");
        if (count < 1 || count > most || (items == 2 && count != 1))
            fail_at(c, at, "a name for no more than there is");
        most -= count;
        if (items > 1)
            check_text(c);
        if (items > 2)
            capdl_cbor_uint(c);
    }
}

static void check_names(struct check *check)
{
    struct capdl_cbor *c = &check->cbor;
    const uint8_t *at;
    uint64_t methods;

    if (capdl_cbor_null(c))
        return;
    capdl_cbor_array_of(c, 3);
    check_names_of(c, check->blob->sizes[CAPDL_SIZE_SLOTS]);
    check_names_of(c, check->blob->sizes[CAPDL_SIZE_PAGES]);
    at = c->at;
    methods = capdl_cbor_array(c);
    if (methods != check->blob->counts[CAPDL_BLOB_ITEM_METHODS])
        fail_at(c, at, "a name for each method");
    for (; methods && !c->wrong; methods--)
        check_text(c);
}

bool capdl_blob_open(struct capdl_blob *blob, const uint8_t *bytes, size_t size, struct capdl_blob_error *error)
{
    static void (*const checks[CAPDL_BLOB_ITEM_COUNT])(struct check *) = {
        [CAPDL_BLOB_ITEM_VERSION] = check_version, [CAPDL_BLOB_ITEM_PROFILE] = check_profile,
        [CAPDL_BLOB_ITEM_SIZES] = check_sizes,     [CAPDL_BLOB_ITEM_METHODS] = check_methods,
        [CAPDL_BLOB_ITEM_GROUPS] = check_groups,   [CAPDL_BLOB_ITEM_FIXED] = check_fixed,
        [CAPDL_BLOB_ITEM_COVERS] = check_covers,   [CAPDL_BLOB_ITEM_FILLS] = check_fills,
        [CAPDL_BLOB_ITEM_PHASES] = check_phases,   [CAPDL_BLOB_ITEM_NAMES] = check_names,
    };
    struct check check = { blob, { bytes, bytes + size, 0 }, 0 };

    *blob = (struct capdl_blob){ .bytes = bytes, .size = size };
    capdl_cbor_array_of(&check.cbor, CAPDL_BLOB_ITEM_COUNT);
    for (unsigned item = 0; item < CAPDL_BLOB_ITEM_COUNT && !check.cbor.wrong; item++) {
        blob->items[item] = (size_t)(check.cbor.at - bytes);
        checks[item](&check);
    }
    if (check.cbor.at != check.cbor.end)
        capdl_cbor_fail(&check.cbor, "the end of the blob");
    *error = (struct capdl_blob_error){ (size_t)(check.cbor.at - bytes), check.cbor.wrong };
    return !check.cbor.wrong;
}
