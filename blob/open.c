/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening a blob: the proof that no accessor can fail afterwards. One function for each item, in the order of
   the items. */
#include "blob.h"

/* Finds objects by slot, fastest in ascending order, since it remembers its position. */
struct lookup {
    const struct capdl_blob *blob;
    struct capdl_blob_table table;
    struct capdl_blob_objects objects;
};

static void lookup_restart(struct lookup *lookup)
{
    lookup->table = capdl_blob_table(lookup->blob, CAPDL_BLOB_ITEM_GROUPS);
    lookup->objects = (struct capdl_blob_objects){0};
}

/* The element that holds a slot below the number of objects. */
static const struct capdl_blob_objects *lookup_slot(struct lookup *lookup, uint64_t slot)
{
    if (slot < lookup->objects.slot) {
        lookup_restart(lookup);
    }
    while (slot - lookup->objects.slot >= lookup->objects.count) {
        if (!capdl_blob_next_objects(&lookup->table, &lookup->objects)) {
            lookup->table = capdl_blob_table(lookup->blob, lookup->table.item + 1);
        }
    }
    return &lookup->objects;
}

/* The cursor is that of the current table; `at` is where the element being checked began. */
struct check {
    struct capdl_blob *blob;
    struct capdl_blob_table table;
    const uint8_t *at;
    unsigned items; /* begun */
    struct capdl_kept_calls *kept;
#ifndef CAPDL_CBOR_NO_TEXTS
    struct lookup cnodes;
    struct capdl_blob_objects direct; /* the last of them */
#endif
};

static void fail(struct check *check, const char *expected)
{
    struct capdl_cbor *c = &check->table.cbor;
    if (!c->wrong) {
        c->at = check->at;
    }
    capdl_cbor_fail(c, expected);
}

/* Marks the start of an element. False after an error, so that loops end. */
static bool begin(struct check *check)
{
    check->at = check->table.cbor.at;
    return !check->table.cbor.wrong;
}

static void check_version(struct check *check)
{
    if (capdl_cbor_uint(&check->table.cbor) != CAPDL_BLOB_VERSION) {
        fail(check, EXPECTED("blob version 1"));
    }
}

static int64_t read_int(struct check *check)
{
    bool negative;
    uint64_t value = capdl_cbor_int(&check->table.cbor, &negative);
    if (value > INT64_MAX) {
        fail(check, EXPECTED("an integer of 64 bits"));
    }
    return (int64_t)(negative ? ~value : value);
}

/* A map with known keys into an array. Values are at most `most` as unsigned numbers: then none is negative. */
static void check_map(struct check *check, int64_t *values, uint64_t num_keys, uint64_t most)
{
    struct capdl_cbor *c = &check->table.cbor;
    uint64_t next = 0;
    for (uint64_t left = capdl_cbor_map(c); left && begin(check); left--) {
        uint64_t key = capdl_cbor_uint(c);
        if (key < next || key >= num_keys) {
            fail(check, EXPECTED("a known key, in ascending order"));
            return;
        }
        next = key + 1;
        values[key] = read_int(check);
        if ((uint64_t)values[key] > most) {
            fail(check, EXPECTED("sizes of at most 2^24"));
        }
    }
}

/* Whether the profile's numbers are usable. Whether they are this kernel's cannot be checked here, nor how wide its
 * words are. */
enum { NARROWEST_WORD = 4 }; /* in bytes */

static const struct limits {
    uint16_t first_key, last_key;
    uint16_t least, most;
} profile_limits[] = {
    {CAPDL_BOOT_ARCH, CAPDL_BOOT_ARCH, 0, CAPDL_ARCH_COUNT - 1},
    {CAPDL_BOOT_UNTYPED_OFFSET, CAPDL_BOOT_UNTYPED_OFFSET, CAPDL_BOOTINFO_WORDS *NARROWEST_WORD, CAPDL_PAGE_SIZE - 16},
    {CAPDL_BOOT_SCHEDCONTROL_OFFSET, CAPDL_BOOT_SCHEDCONTROL_OFFSET, 0, CAPDL_PAGE_SIZE - 16},
    {CAPDL_BOOT_FAN_OUT, CAPDL_BOOT_FAN_OUT, 1, UINT16_MAX},
    {CAPDL_BOOT_SLOT_BITS, CAPDL_BOOT_SLOT_BITS, 4, 8},
    {CAPDL_BOOT_TYPE_UNTYPED, CAPDL_BOOT_PAGE_CLEAN_INVALIDATE, 0, UINT16_MAX},
    {CAPDL_BOOT_CNODE_MOVE, CAPDL_BOOT_CNODE_MOVE, 0, UINT16_MAX},
    {CAPDL_BOOT_IOPT_LEVELS, CAPDL_BOOT_IOPT_LEVELS, 0, 5},
};

static bool profile_is_usable(const int64_t *boot)
{
    const struct limits *end = profile_limits + sizeof(profile_limits) / sizeof(profile_limits[0]);
    for (const struct limits *l = profile_limits; l < end; l++) {
        for (unsigned key = l->first_key; key <= l->last_key; key++) {
            if (boot[key] < l->least || boot[key] > l->most) {
                return false;
            }
        }
    }
    return boot[CAPDL_BOOT_SYS_CALL] && boot[CAPDL_BOOT_UNTYPED_OFFSET] % NARROWEST_WORD == 0 &&
           boot[CAPDL_BOOT_SCHEDCONTROL_OFFSET] % NARROWEST_WORD == 0;
}

static void check_profile(struct check *check)
{
    int64_t *boot = check->blob->boot;
    const uint8_t *at = check->at;
    check_map(check, boot, CAPDL_BOOT_KEY_COUNT, UINT64_MAX);
    check->at = at;
    if (!profile_is_usable(boot)) {
        fail(check, EXPECTED("a usable profile"));
    }
    for (unsigned key = 0; check->table.cbor.wrong && key < CAPDL_BOOT_KEY_COUNT; key++) {
        boot[key] = 0;
    }
}

static void check_sizes(struct check *check)
{
    uint64_t *sizes = check->blob->sizes;
    check_map(check, (int64_t *)sizes, CAPDL_SIZE_KEY_COUNT, CAPDL_BLOB_MAX_SLOTS);
    if (sizes[CAPDL_SIZE_OBJECTS] > sizes[CAPDL_SIZE_SLOTS]) {
        fail(check, EXPECTED("no more objects than slots"));
    }
}

static void check_methods(struct check *check)
{
    struct capdl_cbor *c = &check->table.cbor;
    struct capdl_blob_method *method = check->blob->methods;
    uint64_t count = capdl_cbor_array(c);
    if (count > CAPDL_BLOB_MAX_METHODS) {
        fail(check, EXPECTED("at most 128 methods"));
        return;
    }
    check->blob->counts[CAPDL_BLOB_ITEM_METHODS] = count;
    for (; count && begin(check); count--, method++) {
        uint64_t label, num_caps;
        capdl_cbor_array_of(c, 2);
        label = capdl_cbor_uint(c);
        num_caps = capdl_cbor_uint(c);
        if (label > UINT16_MAX || num_caps > CAPDL_CALL_MAX_CAPS) {
            fail(check, EXPECTED("a label of 16 bits, at most 3 capabilities"));
        }
        *method = (struct capdl_blob_method){(uint16_t)label, (uint16_t)num_caps};
    }
}

/* The table that starts at the cursor. Its first slot is the one after those of the table before. */
static void open_table(struct check *check, enum capdl_blob_item item)
{
    check->blob->first_slots[item] = check->table.slot;
    check->table = capdl_blob_table(check->blob, item);
    check->blob->counts[item] = check->table.left;
}

/* The next element of a table of objects; makes the checks that all three tables share. */
static bool next_objects(struct check *check, struct capdl_blob_objects *objects)
{
    uint64_t most;
    if (!begin(check) || !capdl_blob_next_objects(&check->table, objects)) {
        return false;
    }
    most = objects->is_direct ? CAPDL_BLOB_MAX_SLOTS : check->blob->sizes[CAPDL_SIZE_OBJECTS];
    if (objects->type > UINT16_MAX || objects->argument > 63) {
        fail(check, EXPECTED("a type of 16 bits, an argument below 64"));
    } else if (objects->size_bits < CAPDL_BLOB_MIN_SIZE_BITS || objects->size_bits > CAPDL_BLOB_MAX_SIZE_BITS) {
        fail(check, EXPECTED("an object of 2^4 to 2^47 bytes"));
    } else if (objects->count - 1 >= most - objects->slot) {
        fail(check, EXPECTED("at least one object, no more than in sizes"));
    }
    return !check->table.cbor.wrong;
}

/*
 * Direct objects go to a CNode that is made before them. Its slots follow those of others of their size: so none is for
 * two of these, and the CNodes are found by few passes. Of this the initialiser has no room for more than that the
 * CNode comes before: all it does are kernel calls, which fail.
 */
static bool direct_good(struct check *check, const struct capdl_blob_objects *group)
{
#ifndef CAPDL_CBOR_NO_TEXTS
    const struct capdl_blob_objects *cnode, last = check->direct;

    check->direct = *group;
    if (group->place >= check->table.slot) {
        return false;
    }
    if (last.size_bits == group->size_bits &&
        (group->place < last.place || (group->place == last.place && group->first < last.first + last.count))) {
        return false;
    }
    cnode = lookup_slot(&check->cnodes, group->place);
    if (cnode->type != (uint64_t)check->blob->boot[CAPDL_BOOT_TYPE_CNODE] || group->first >> cnode->argument ||
        group->count > (UINT64_C(1) << cnode->argument) - group->first || group->rights > CAPDL_RIGHTS_ALL) {
        return false;
    }
#endif
    return group->place < check->table.slot;
}

static void check_groups(struct check *check)
{
    struct capdl_blob_objects group;
    uint64_t largest = CAPDL_BLOB_MAX_SIZE_BITS;
    open_table(check, CAPDL_BLOB_ITEM_GROUPS);
#ifndef CAPDL_CBOR_NO_TEXTS
    check->cnodes.blob = check->blob;
    lookup_restart(&check->cnodes);
#endif
    while (next_objects(check, &group)) {
        if (group.size_bits > largest) {
            fail(check, EXPECTED("groups by size, descending"));
        } else if (group.is_direct && !direct_good(check, &group)) {
            fail(check, EXPECTED("slots of a CNode that comes before"));
        }
        largest = group.size_bits;
    }
    check->blob->num_direct = check->table.direct - check->blob->sizes[CAPDL_SIZE_SLOTS];
}

static void check_fixed(struct check *check)
{
    const uint64_t top = UINT64_C(1) << CAPDL_BLOB_MAX_ADDRESS_BITS;
    struct capdl_blob_objects run;
    uint64_t end = 0;
    open_table(check, CAPDL_BLOB_ITEM_FIXED);
    while (next_objects(check, &run)) {
        if (run.place & ((UINT64_C(1) << run.size_bits) - 1)) {
            fail(check, EXPECTED("an address aligned to the object's size"));
        } else if (run.place < end) {
            fail(check, EXPECTED("ascending, disjoint addresses"));
        } else if (run.place > top || run.count > (top - run.place) >> run.size_bits) {
            fail(check, EXPECTED("addresses below 2^56"));
        }
        end = run.place + (run.count << run.size_bits);
    }
}

static void check_covers(struct check *check)
{
    struct capdl_blob_objects cover;
    open_table(check, CAPDL_BLOB_ITEM_COVERS);
    while (next_objects(check, &cover)) {
        if (cover.place >= cover.slot) {
            fail(check, EXPECTED("a parent that comes before its children"));
        }
    }
    if (check->table.slot != check->blob->sizes[CAPDL_SIZE_OBJECTS]) {
        fail(check, EXPECTED("as many objects as the sizes say"));
    }
}

/* Whether every frame a fill reaches is an object of its size. */
static bool fill_reaches_frames(struct lookup *lookup, const struct capdl_blob_fill *fill)
{
    uint64_t bytes = fill->offset + (fill->pages << capdl_blob_fill_bits(fill));
    uint64_t frames = (bytes + (UINT64_C(1) << fill->size_bits) - 1) >> fill->size_bits;
    uint64_t num_objects = lookup->blob->sizes[CAPDL_SIZE_OBJECTS];
    uint64_t slot = fill->slot;
    if (slot >= num_objects || frames > num_objects - slot) {
        return false;
    }
    while (slot < fill->slot + frames) {
        const struct capdl_blob_objects *objects = lookup_slot(lookup, slot);
        if (objects->size_bits != fill->size_bits) {
            return false;
        }
        slot = objects->slot + objects->count;
    }
    return true;
}

/* Bytes from bootinfo and packed units stay in one frame. */
static const char *fill_problem(struct lookup *lookup, const struct capdl_blob_fill *fill)
{
    const unsigned bits = capdl_blob_fill_bits(fill), from = fill->flags & (CAPDL_FILL_CHUNK | CAPDL_FILL_PACKED);
    const uint64_t source =
        from & CAPDL_FILL_CHUNK ? UINT64_C(1) << 32 : lookup->blob->sizes[CAPDL_SIZE_PAGES] << (CAPDL_PAGE_BITS - bits);
    const uint64_t chunk = fill->flags >> CAPDL_FILL_CHUNK_SHIFT;
    if (fill->size_bits != 12 && fill->size_bits != 21 && fill->size_bits != 30) {
        return EXPECTED("a frame of 4 KiB, 2 MiB or 1 GiB");
    }
    if (fill->offset >> fill->size_bits || fill->offset & ((1u << bits) - 1) || !fill->pages ||
        (from && fill->pages > ((UINT64_C(1) << fill->size_bits) - fill->offset) >> bits)) {
        return EXPECTED("pages, units or bytes inside the frame");
    }
    if (fill->page > source || fill->pages > source - fill->page) {
        return EXPECTED("an offset in a chunk of bootinfo, or in the page segment");
    }
    if ((fill->flags & 0xff) > (from | CAPDL_FILL_EXECUTABLE | CAPDL_FILL_UNCACHED) ||
        (from & CAPDL_FILL_CHUNK ? chunk - 1 >= CAPDL_FILL_MAX_CHUNK || from & CAPDL_FILL_PACKED : chunk > 0)) {
        return EXPECTED("a known chunk of bootinfo and known flags");
    }
    return fill_reaches_frames(lookup, fill) ? NULL : EXPECTED("frames of this size at these slots");
}

/* Who gets what is left: sizes, which can be checked once the objects are known. The initialiser has no room for it:
   all it does with them are kernel calls, which fail. */
#ifndef CAPDL_CBOR_NO_TEXTS
static void check_leftovers(struct check *check)
{
    const struct capdl_blob *blob = check->blob;
    uint64_t objects = blob->sizes[CAPDL_SIZE_OBJECTS];
    for (const uint64_t *sizes = blob->sizes; sizes < blob->sizes + CAPDL_MAX_LEFTOVERS * CAPDL_LEFT_KEYS;
         sizes += CAPDL_LEFT_KEYS) {
        const struct capdl_blob_fill description = {
            .slot = sizes[CAPDL_SIZE_LEFT_FRAME], .size_bits = CAPDL_PAGE_BITS, .pages = 1};
        struct lookup lookup = {.blob = blob};
        lookup_restart(&lookup);
        if (sizes[CAPDL_SIZE_LEFT_SLOTS] &&
            (sizes[CAPDL_SIZE_LEFT_CNODE] >= objects || sizes[CAPDL_SIZE_LEFT_NAME] >= blob->sizes[CAPDL_SIZE_SLOTS] ||
             sizes[CAPDL_SIZE_LEFT_OWN] + sizes[CAPDL_SIZE_LEFT_PIECES] > objects ||
             blob->sizes[CAPDL_SIZE_LEFT_PAGE] > blob->sizes[CAPDL_SIZE_PAGES] || !blob->boot[CAPDL_BOOT_CNODE_MOVE] ||
             !fill_reaches_frames(&lookup, &description))) {
            fail(check, EXPECTED("a CNode and a frame for leftovers, in sizes"));
        }
    }
}
#endif

static void check_fills(struct check *check)
{
    struct lookup lookup = {.blob = check->blob};
    struct capdl_blob_fill fill;
    lookup_restart(&lookup);
    open_table(check, CAPDL_BLOB_ITEM_FILLS);
#ifndef CAPDL_CBOR_NO_TEXTS
    check_leftovers(check);
#endif
    while (begin(check) && capdl_blob_next_fill(&check->table, &fill)) {
        const char *problem = fill_problem(&lookup, &fill);
        if (problem) {
            fail(check, problem);
        }
    }
}

static void check_phases(struct check *check)
{
    struct capdl_blob_calls calls = capdl_blob_calls(check->blob);
    struct capdl_kept_calls *kept = check->kept;
    struct capdl_call other, *call = kept->end;
    uint64_t least = CAPDL_PHASE_DERIVE;
    check->blob->counts[CAPDL_BLOB_ITEM_PHASES] = calls.phases_left;
    while (!calls.cbor.wrong && capdl_blob_next_phase(&calls)) {
        if (calls.phase < least || calls.phase > CAPDL_PHASE_START) {
            capdl_cbor_fail(&calls.cbor, EXPECTED("phases 5 to 15, ascending"));
        }
        least = calls.phase + 1;
        while (!calls.cbor.wrong && calls.calls_left) {
            if (call != &other && call >= kept->limit) {
                kept->rest = calls;
                call = &other;
            }
            capdl_blob_next_call(&calls, call);
            if (call != &other) {
                kept->end = call = capdl_call_after(call);
            }
        }
    }
    check->blob->num_cores = calls.num_cores;
    check->table.cbor = calls.cbor;
}

/* Text for messages: printable ASCII, so that it can be printed as it is. */
static void check_text(struct check *check, const char *text, size_t length)
{
    if (length == 0) {
        fail(check, EXPECTED("a name"));
    }
    for (const char *end = text + length; text != end; text++) {
        if ((unsigned char)(*text - ' ') > '~' - ' ') {
            fail(check, EXPECTED("printable ASCII characters"));
        }
    }
}

/* Items of an entry beside what it shares with the one before, and its digits. */
static uint64_t count_items(struct capdl_cbor c, uint64_t *digits)
{
    uint64_t items = capdl_cbor_array(&c);
    size_t length;
    capdl_cbor_uint(&c);
    if (items > 1 && c.at != c.end && *c.at >> 5 == CAPDL_CBOR_UINT) {
        capdl_cbor_uint(&c);
        items--;
    }
    if (items == 4) {
        capdl_cbor_text(&c, &length);
        capdl_cbor_uint(&c);
        *digits = capdl_cbor_uint(&c);
    }
    return items;
}

/* An array of names for at most this many slots or pages. */
static void check_names_of(struct check *check, uint64_t most)
{
    struct capdl_cbor *c = &check->table.cbor;
    struct capdl_blob_names names = {.left = capdl_cbor_array(c)};
    struct capdl_blob_name name;
    uint64_t count, digits = 1;
    for (names.cbor = *c; begin(check) && names.left; *c = names.cbor) {
        uint64_t items = count_items(names.cbor, &digits);
        capdl_blob_next_name(&names, &name, &count);
        *c = names.cbor;
        if (items < 1 || items > 4) {
            fail(check, EXPECTED("a name of 1 to 5 items"));
        }
        if (count < 1 || count > most || (items == 2 && count != 1)) {
            fail(check, EXPECTED("no more names than slots or pages"));
        }
        if (digits - 1 >= 20) {
            fail(check, EXPECTED("1 to 20 digits"));
        }
        most -= count;
        if (name.text) {
            check_text(check, name.text, name.length);
        }
        names.cbor = *c;
    }
}

static void check_names(struct check *check)
{
    struct capdl_cbor *c = &check->table.cbor;
    uint64_t methods;
    if (capdl_cbor_null(c)) {
        return;
    }
    capdl_cbor_array_of(c, 3);
    check_names_of(check, check->blob->sizes[CAPDL_SIZE_SLOTS] + check->blob->num_direct);
    check_names_of(check, check->blob->sizes[CAPDL_SIZE_PAGES]);
    begin(check);
    methods = capdl_cbor_array(c);
    if (methods != check->blob->counts[CAPDL_BLOB_ITEM_METHODS]) {
        fail(check, EXPECTED("a name for each method"));
    }
    for (; methods && begin(check); methods--) {
        size_t length;
        const char *text = capdl_cbor_text(c, &length);
        check_text(check, text, length);
    }
}

/* Proves the items before the names, and leaves the cursor at the names. */
static void check_items(struct check *check, const uint8_t *bytes, size_t size)
{
    static void (*const checks[CAPDL_BLOB_ITEM_NAMES])(struct check *) = {
        [CAPDL_BLOB_ITEM_VERSION] = check_version, [CAPDL_BLOB_ITEM_PROFILE] = check_profile,
        [CAPDL_BLOB_ITEM_SIZES] = check_sizes,     [CAPDL_BLOB_ITEM_METHODS] = check_methods,
        [CAPDL_BLOB_ITEM_GROUPS] = check_groups,   [CAPDL_BLOB_ITEM_FIXED] = check_fixed,
        [CAPDL_BLOB_ITEM_COVERS] = check_covers,   [CAPDL_BLOB_ITEM_FILLS] = check_fills,
        [CAPDL_BLOB_ITEM_PHASES] = check_phases,
    };
    __builtin_memset(check->blob, 0, offsetof(struct capdl_blob, methods));
    check->blob->bytes = bytes;
    check->blob->size = size;
    check->table.cbor = (struct capdl_cbor){bytes, bytes + size, NULL};
    capdl_cbor_array_of(&check->table.cbor, CAPDL_BLOB_ITEM_COUNT);
    for (; begin(check) && check->items < CAPDL_BLOB_ITEM_NAMES; check->items++) {
        check->blob->items[check->items] = (size_t)(check->at - bytes);
        checks[check->items](check);
    }
}

static bool result(const struct check *check, struct capdl_blob_error *error)
{
    const struct capdl_cbor *c = &check->table.cbor;
    error->offset = (size_t)(c->at - check->blob->bytes);
    error->items = check->items;
    error->expected = c->wrong;
    return !c->wrong;
}

bool capdl_blob_open_for_boot(struct capdl_blob *blob, const uint8_t *bytes, size_t size,
                              struct capdl_blob_error *error, struct capdl_kept_calls *kept)
{
    struct check check = {.blob = blob, .kept = kept};
    check_items(&check, bytes, size);
    blob->items[CAPDL_BLOB_ITEM_NAMES] = (size_t)(check.table.cbor.at - bytes);
    return result(&check, error);
}

bool capdl_blob_open(struct capdl_blob *blob, const uint8_t *bytes, size_t size, struct capdl_blob_error *error)
{
    struct capdl_kept_calls none = {0};
    struct check check = {.blob = blob, .kept = &none};
    struct capdl_cbor *c = &check.table.cbor;
    check_items(&check, bytes, size);
    if (begin(&check)) {
        blob->items[check.items++] = (size_t)(c->at - bytes);
        check_names(&check);
    }
    if (c->at != c->end) {
        capdl_cbor_fail(c, EXPECTED("the end of the blob"));
    }
    return result(&check, error);
}
