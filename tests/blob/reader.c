/* SPDX-License-Identifier: BSD-2-Clause */
/* The reader of the blob on bytes written by hand: what they say, what is wrong with changed ones, and that
   none does harm. */
#include "blob/blob.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned failures;

#define CHECK(condition)                                                              \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "reader.c:%d: %s does not hold\n", __LINE__, #condition); \
            failures++;                                                               \
        }                                                                             \
    } while (0)

/* Hexadecimal digits of a text, two a byte; # starts a comment. */
static size_t parse_hex(const char *text, uint8_t *bytes, size_t most)
{
    size_t size = 0;
    for (; *text; text++) {
        char digits[3] = {text[0], text[1], 0};
        if (*text == '#') {
            text = strchr(text, '\n');
        }
        if (isspace((unsigned char)*text)) {
            continue;
        }
        if (size == most) {
            abort();
        }
        bytes[size++] = (uint8_t)strtoul(digits, NULL, 16);
        text++;
    }
    return size;
}

static size_t read_good(const char *path, uint8_t *bytes, size_t most)
{
    static char text[1 << 16];
    FILE *file = fopen(path, "r");
    if (!file || !fread(text, 1, sizeof(text) - 1, file)) {
        perror(path);
        exit(2);
    }
    fclose(file);
    return parse_hex(text, bytes, most);
}

/* ---- What the bytes say ---- */

static void check_head(const struct capdl_blob *blob)
{
    CHECK(blob->boot[CAPDL_BOOT_ARCH] == CAPDL_ARCH_X86_64);
    CHECK(blob->boot[CAPDL_BOOT_FLAGS] == CAPDL_BOOT_FLAG_MCS);
    CHECK(blob->boot[CAPDL_BOOT_SYS_CALL] == -1 && blob->boot[CAPDL_BOOT_SYS_PUTCHAR] == -12);
    CHECK(blob->boot[CAPDL_BOOT_UNTYPED_OFFSET] == 168 && blob->boot[CAPDL_BOOT_SCHEDCONTROL_OFFSET] == 152);
    CHECK(blob->boot[CAPDL_BOOT_FAN_OUT] == 256 && blob->boot[CAPDL_BOOT_SLOT_BITS] == 5);
    CHECK(blob->boot[CAPDL_BOOT_TYPE_UNTYPED] == 0 && blob->boot[CAPDL_BOOT_TYPE_CNODE] == 4);
    CHECK(blob->boot[CAPDL_BOOT_PAGE_MAP] == 47 && blob->boot[CAPDL_BOOT_PAGE_ATTRIBUTES] == 3);
    CHECK(blob->sizes[CAPDL_SIZE_OBJECTS] == 14 && blob->sizes[CAPDL_SIZE_SLOTS] == 16 && blob->num_direct == 4);
    CHECK(blob->sizes[CAPDL_SIZE_PAGES] == 3);
    CHECK(blob->counts[CAPDL_BLOB_ITEM_METHODS] == 3 && blob->counts[CAPDL_BLOB_ITEM_GROUPS] == 6);
    CHECK(blob->methods[0].label == 47 && blob->methods[0].num_caps == 1 && blob->methods[2].label == 48);
}

static void check_objects(const struct capdl_blob *blob)
{
    /* slot, type, argument, size in bits, count, place, first, rights, is direct */
    static const struct capdl_blob_objects expected[] = {
        {0, {{11, 0, 21, 1, 0, 0, 0}}, false},          {1, {{10, 0, 12, 3, 0, 0, 0}}, false},
        {4, {{1, 0, 11, 2, 0, 0, 0}}, false},           {6, {{4, 3, 8, 1, 0, 0, 0}}, false},
        {16, {{5, 0, 4, 3, 6, 2, 15}}, true},           {19, {{6, 0, 4, 1, 6, 5, 3}}, true},
        {7, {{10, 0, 12, 2, 0x10000000, 0, 0}}, false}, {9, {{0, 16, 16, 1, 0x20000000, 0, 0}}, false},
        {10, {{10, 0, 12, 4, 9, 0, 0}}, false},
    };
    const struct capdl_blob_objects *e = expected;

    for (enum capdl_blob_item item = CAPDL_BLOB_ITEM_GROUPS; item <= CAPDL_BLOB_ITEM_COVERS; item++) {
        struct capdl_blob_table table = capdl_blob_table(blob, item);
        struct capdl_blob_objects o;
        for (; capdl_blob_next_objects(&table, &o); e++) {
            CHECK(o.slot == e->slot && o.count == e->count && o.type == e->type && o.argument == e->argument &&
                  o.place == e->place && o.size_bits == e->size_bits && o.first == e->first && o.rights == e->rights &&
                  o.is_direct == e->is_direct);
        }
    }
    CHECK(e == expected + 9);
}

static void check_fills(const struct capdl_blob *blob)
{
    struct capdl_blob_table table = capdl_blob_table(blob, CAPDL_BLOB_ITEM_FILLS);
    struct capdl_blob_fill f;
    CHECK(capdl_blob_next_fill(&table, &f));
    CHECK(f.slot == 0 && f.size_bits == 21 && f.offset == 4096 && f.page == 0 && f.pages == 2 && f.flags == 0);
    CHECK(capdl_blob_next_fill(&table, &f));
    CHECK(f.slot == 1 && f.size_bits == 12 && f.offset == 0 && f.page == 2 && f.pages == 1);
    CHECK(f.flags == CAPDL_FILL_EXECUTABLE);
    CHECK(capdl_blob_next_fill(&table, &f) && f.slot == 2 && f.pages == 2);
    CHECK(!capdl_blob_next_fill(&table, &f));
}

static void check_calls(const struct capdl_blob *blob)
{
    struct capdl_blob_calls calls = capdl_blob_calls(blob);
    struct capdl_call c;
    CHECK(capdl_blob_next_call(&calls, &c));
    CHECK(c.phase == CAPDL_PHASE_PAGES && c.label == 48 && c.count == 1 && c.num_operands == 0);
    CHECK(c.target.kind == CAPDL_REF_PAGE && c.target.value == 0);
    CHECK(capdl_blob_next_call(&calls, &c));
    CHECK(c.label == 47 && c.count == 3 && c.num_caps == 1 && c.num_operands == 3);
    CHECK(c.operands[0].kind == CAPDL_REF_INITIAL && c.operands[0].value == CAPDL_INITIAL_VSPACE);
    capdl_call_step(&c, 1);
    capdl_call_step(&c, 1);
    CHECK(c.target.kind == CAPDL_REF_SLOT && c.target.value == 3 && c.operands[0].value == 3);
    CHECK(c.operands[1].kind == CAPDL_OPERAND_LITERAL && c.operands[1].value == 0x202000 && c.operands[2].value == 3);
    CHECK(capdl_blob_next_call(&calls, &c));
    CHECK(c.phase == CAPDL_PHASE_START && c.method == 1 && c.num_operands == 4);
    CHECK(c.operands[3].value == UINT64_C(1) << 32);
    CHECK(!capdl_blob_next_call(&calls, &c));
}

static void check_name(struct capdl_blob_name name, const char *text, bool is_element, uint64_t index)
{
    CHECK(!name.text == !text);
    if (!text || !name.text) {
        return;
    }
    CHECK(name.length == strlen(text) && memcmp(name.text, text, name.length) == 0);
    CHECK(name.is_element == is_element && name.index == index);
}

static struct capdl_blob_names walked;

static struct capdl_blob_name slot_name(const struct capdl_blob *blob, uint64_t slot)
{
    return capdl_blob_name_of(blob, CAPDL_BLOB_NAMED_SLOTS, slot, &walked);
}

static struct capdl_blob_name page_name(const struct capdl_blob *blob, uint64_t page)
{
    return capdl_blob_name_of(blob, CAPDL_BLOB_NAMED_PAGES, page, &walked);
}

static void check_names(const struct capdl_blob *blob)
{
    check_name(slot_name(blob, 0), "big", false, 0);
    check_name(slot_name(blob, 1), "page", true, 0);
    check_name(slot_name(blob, 3), "page", true, 2);
    check_name(slot_name(blob, 4), NULL, false, 0);
    check_name(slot_name(blob, 8), "dev", true, 5);
    check_name(slot_name(blob, 9), NULL, false, 0);
    check_name(slot_name(blob, 13), "deep", false, 99);
    check_name(slot_name(blob, 15), "deep", false, 101);
    CHECK(slot_name(blob, 14).digits == 3 && slot_name(blob, 18).digits == 0);
    check_name(slot_name(blob, 18), "deeper", true, 2);
    check_name(slot_name(blob, 19), "deepers", false, 0);
    check_name(slot_name(blob, 20), NULL, false, 0);
    check_name(slot_name(blob, UINT64_MAX), NULL, false, 0);
    check_name(page_name(blob, 2), "text", true, 32);
    check_name(capdl_blob_method_name(blob, 1), "Write", false, 0);
    check_name(capdl_blob_method_name(blob, 3), NULL, false, 0);
}

/* One after the other they are what they are one by one. Returns how many there are. */
static uint64_t check_cursor(const struct capdl_blob *blob, enum capdl_blob_named named)
{
    struct capdl_blob_names names, other;
    struct capdl_blob_name name;
    uint64_t number = 0, count;
    for (capdl_blob_names_start(&names, blob, named); capdl_blob_next_name(&names, &name, &count);) {
        for (uint64_t i = 0; i < count; i++, number++) {
            struct capdl_blob_name alone = capdl_blob_name_of(blob, named, number, &other);
            CHECK(!alone.text == !name.text && alone.length == name.length && alone.is_element == name.is_element);
            CHECK(!alone.text || memcmp(alone.text, name.text, name.length) == 0);
            CHECK(!alone.text || (alone.digits == name.digits && alone.index == name.index + i));
        }
        CHECK(names.first == number);
    }
    return number;
}

/* ---- Without names ---- */

/* Null stands where they were: names may be asked for, and there are none. */
static void check_nameless(const struct capdl_blob *named)
{
    uint8_t bytes[1024];
    size_t size = named->items[CAPDL_BLOB_ITEM_NAMES];
    struct capdl_blob_error error;
    struct capdl_blob blob;
    memcpy(bytes, named->bytes, size);
    bytes[size++] = 0xf6;
    CHECK(capdl_blob_open(&blob, bytes, size, &error));
    CHECK(check_cursor(&blob, CAPDL_BLOB_NAMED_SLOTS) == 0);
    check_name(slot_name(&blob, 0), NULL, false, 0);
    check_name(page_name(&blob, 0), NULL, false, 0);
    check_name(capdl_blob_method_name(&blob, 0), NULL, false, 0);
}

/* ---- Changed bytes ---- */

/* The good bytes with the only place where `from` stands replaced by `to` must be refused for this reason. */
static void check_bad(const uint8_t *good, size_t size, const char *from, const char *to, const char *expected)
{
    uint8_t old[64], new[512], bytes[1024];
    size_t old_size = parse_hex(from, old, sizeof(old)), new_size = parse_hex(to, new, sizeof(new));
    uint8_t *at = memmem(good, size, old, old_size);
    struct capdl_blob_error error;
    struct capdl_blob blob;
    size_t before;
    if (!at || memmem(at + 1, size - (size_t)(at + 1 - good), old, old_size)) {
        fprintf(stderr, "%s does not stand there exactly once\n", from);
        exit(2);
    }
    before = (size_t)(at - good);
    memcpy(bytes, good, before);
    memcpy(bytes + before, new, new_size);
    memcpy(bytes + before + new_size, at + old_size, size - before - old_size);
    if (capdl_blob_open(&blob, bytes, size - old_size + new_size, &error) || !strstr(error.expected, expected)) {
        fprintf(stderr, "%s for %s: expected \"%s\", got \"%s\"\n", to, from, expected,
                error.expected ? error.expected : "(good)");
        failures++;
    }
}

/* The third fill; put in its place is one from a chunk of bootinfo. */
#define CHUNK_IN_FRAME "86 02 0c 00 00 02 00"
#define TEN_LETTERS "61 62 63 64 65 66 67 68 69 6a "
#define FIFTY_LETTERS TEN_LETTERS TEN_LETTERS TEN_LETTERS TEN_LETTERS TEN_LETTERS
#define LETTERS FIFTY_LETTERS FIFTY_LETTERS FIFTY_LETTERS FIFTY_LETTERS FIFTY_LETTERS
#define TWO_CNODES "84 01 00 0b 02 84 04 03 08 01 "
#define DIRECT "slots of a CNode that comes before"
#define TEN_ZEROS "00 00 00 00 00 00 00 00 00 00 "

static const struct {
    const char *from, *to, *expected;
} bad[] = {
    {"8a 01 ac", "89 01 ac", "the right length"},
    {"8a 01 ac", "8a 02 ac", "version 1"},
    {"8a 01 ac", "8a 18 01 ac", "shortest"},
    {"8a 01 ac", "9f 01 ac", "definite"},
    {"00 02 01 01 02 20", "01 02 01 01 02 20", "ascending order"},
    {"00 02 01 01 02 20", "00 05 01 01 02 20", "profile"},
    {"00 02 01 01 02 20", "00 02 01 01 02 00", "profile"},
    {"04 18 a8", "04 18 a9", "profile"},
    {"04 18 a8", "04 18 aa", "profile"},
    {"04 18 a8", "04 18 44", "profile"},
    {"06 19 01 00", "06 00", "profile"},
    {"12 03", "18 40 03", "known key"},
    {"00 0e 01 10", "00 11 01 10", "no more objects than slots"},
    {"00 0e 01 10", "00 0e 01 1a 02 00 00 00", "2^24"},
    {"00 0e 01 10", "00 0f 01 10", "as many objects"},
    {"00 0e 01 10", "00 0d 01 10", "at least one object"},
    {"00 0e 01 10", "00 0e 01 1a 00 ff ff fd", "no more than in sizes"},
    {"82 03 00 82", "82 03 04 82", "3 capabilities"},
    {"84 0b 00 15 01", "84 0b 00 15 00", "at least one object"},
    {"84 0b 00 15 01", "84 0b 18 40 15 01", "below 64"},
    {"84 0b 00 15 01", "84 0b 00 18 30 01", "2^4 to 2^47"},
    {"84 0b 00 15 01", "84 0b 00 0b 01", "descending"},
    {"84 0b 00 15 01", "84 0b 00 1b 00 00 00 01 00 00 00 15 01", "2^4 to 2^47"},
    {"84 0b 00 15 01", "85 0b 00 15 01", "the right length"},
    {"87 05 00 04 03 06 02 0f", "86 05 00 04 03 06 02 0f", "the right length"},
    {"87 05 00 04 03 06 02 0f", "87 05 00 04 00 06 02 0f", "at least one object"},
    {"87 05 00 04 03 06 02 0f", "87 05 00 04 1a 01 00 00 00 06 02 0f", "no more than in sizes"},
    {"87 05 00 04 03 06 02 0f", "87 05 00 04 03 05 02 0f", DIRECT},
    {"87 05 00 04 03 06 02 0f", "87 05 00 04 03 07 02 0f", DIRECT},
    {"87 05 00 04 03 06 02 0f", "87 05 00 04 03 1b ff ff ff ff ff ff ff ff 02 0f", DIRECT},
    {"87 05 00 04 03 06 02 0f", "87 05 00 04 03 06 06 0f", DIRECT},
    {"87 05 00 04 03 06 02 0f", "87 05 00 04 03 06 08 0f", DIRECT},
    {"87 05 00 04 03 06 02 0f", "87 05 00 04 03 06 1b ff ff ff ff ff ff ff ff 0f", DIRECT},
    {"87 05 00 04 03 06 02 0f", "87 05 00 04 03 06 02 10", DIRECT},
    {"87 06 00 04 01 06 05 03", "87 06 00 04 01 06 04 03", DIRECT},
    {"87 06 00 04 01 06 05 03", "87 06 00 04 01 05 05 03", DIRECT},
    {TWO_CNODES "87 05 00 04 03 06 02 0f 87 06 00 04 01 06 05 03",
     "84 04 03 0b 02 84 04 03 08 01 87 05 00 04 03 05 02 0f 87 06 00 04 01 06 06 10", DIRECT},
    {"84 04 03 08 01", "84 07 03 08 01", DIRECT},
    {"85 0a 00 0c 02 1a 10 00 00 00", "87 0a 00 0c 02 1a 10 00 00 00 00 00", "the right length"},
    {"1a 10 00 00 00", "1a 10 00 08 00", "aligned"},
    {"1a 10 00 00 00", "1a 30 00 00 00", "disjoint"},
    {"1a 20 00 00 00", "1b 80 00 00 00 00 00 00 00", "2^56"},
    {"1a 10 00 00 00", "1b 00 ff ff ff ff ff f0 00", "2^56"},
    {"0c 04 09 83", "0c 04 0a 83", "parent"},
    {"86 01 0c 00", "86 01 0d 00", "4 KiB, 2 MiB or 1 GiB"},
    {"86 01 0c 00", "86 01 1b 00 00 00 01 00 00 00 0c 00", "4 KiB, 2 MiB or 1 GiB"},
    {"86 01 0c 00", "86 0e 0c 00", "frames of this size"},
    {"86 01 0c 00", "86 00 0c 00", "frames of this size"},
    {"86 01 0c 00", "86 01 0c 19 10 00", "inside the frame"},
    {"86 01 0c 00 02 01 01", "86 01 0c 00 02 02 01", "page segment"},
    {"86 01 0c 00 02 01 01", "86 01 0c 00 02 01 04", "flags"},
    {"86 01 0c 00 02 01 01", "86 01 0c 00 02 01 1b 00 00 00 01 00 00 00 01", "flags"},
    {"86 02 0c 00 00 02 00", "86 03 0c 00 00 02 00", "frames of this size"},
    {"86 01 0c 00", "86 00 18 1e 00", "frames of this size"},
    {CHUNK_IN_FRAME, "86 02 0c 19 10 00 00 02 19 01 04", "bytes inside the frame"},
    {CHUNK_IN_FRAME, "86 02 0c 00 00 00 19 01 04", "bytes inside the frame"},
    {CHUNK_IN_FRAME, "86 02 0c 00 00 19 10 01 19 01 04", "bytes inside the frame"},
    {CHUNK_IN_FRAME, "86 02 0c 00 1b 00 00 00 01 00 00 00 00 02 19 01 04", "offset in a chunk"},
    {CHUNK_IN_FRAME, "86 02 0c 00 00 02 04", "known chunk"},
    {CHUNK_IN_FRAME, "86 02 0c 00 00 02 19 07 04", "known chunk"},
    {CHUNK_IN_FRAME, "86 02 0c 00 00 02 19 01 0c", "known chunk"},
    {CHUNK_IN_FRAME, "86 04 0c 00 00 02 19 01 04", "frames of this size"},
    {CHUNK_IN_FRAME, "86 02 0c 18 40 00 02 08", "bytes inside the frame"},
    {CHUNK_IN_FRAME, "86 02 0c 19 10 00 00 02 08", "bytes inside the frame"},
    {CHUNK_IN_FRAME, "86 02 0c 00 00 00 08", "bytes inside the frame"},
    {CHUNK_IN_FRAME, "86 02 0c 18 80 00 18 20 08", "bytes inside the frame"},
    {CHUNK_IN_FRAME, "86 02 0c 00 18 5f 02 08", "page segment"},
    {CHUNK_IN_FRAME, "86 02 0c 00 18 61 01 08", "page segment"},
    {CHUNK_IN_FRAME, "86 02 0c 00 00 02 19 01 08", "flags"},
    {CHUNK_IN_FRAME, "86 04 0c 00 00 02 08", "frames of this size"},
    {"82 09 82", "82 04 82", "phases"},
    {"82 0f 81", "82 09 81", "phases"},
    {"82 0f 81", "82 10 81", "phases"},
    {"82 0f 81", "82 1b 00 00 00 01 00 00 00 0f 81", "phases"},
    {"83 02 21 80", "83 03 21 80", "method"},
    {"83 02 21 80", "83 02 2d 80", "target"},
    {"83 02 21 80", "83 02 05 80", "target"},
    {"83 02 21 80", "82 02 21", "3 or 5"},
    {"83 02 21 80", "83 00 21 80", "as the method has"},
    {"83 02 21 80", "83 02 21 98 41" TEN_ZEROS TEN_ZEROS TEN_ZEROS TEN_ZEROS TEN_ZEROS TEN_ZEROS "00 00 00 00 00",
     "64 operands"},
    {"85 00 24 83 2e", "85 00 24 83 38 42", "operands"},
    {"03 03 84 01", "03 00 84 01", "at least one"},
    {"03 03 84 01", "03 1a 01 00 00 01 84 01", "at most 2^24"},
    {"03 03 84 01", "03 1b ff ff ff ff ff ff ff ff 84 01", "at most 2^24"}, /* one more is none */
    {"03 03 84 01", "03 10 84 01", "target"},
    {"03 03 84 01", "03 03 84 08", "target"},
    {"03 03 84 01 00", "03 03 84 01 07", "operands"},
    {"82 01 63 62 69 67", "82 02 63 62 69 67", "no more names than slots"},
    {"82 01 63 62 69 67", "82 01 63 62 0a 67", "printable"},
    {"82 01 63 62 69 67", "82 01 60", "a name"},
    {"81 03 83 02", "81 0f 83 02", "no more names than slots"},
    {"85 03 02 62 65 70 18 63 03", "85 03 05 62 65 70 18 63 03", "characters in common"},
    {"85 03 02 62 65 70 18 63 03", "85 03 02 62 65 70 18 63 00", "1 to 20 digits"},
    {"85 03 02 62 65 70 18 63 03", "85 03 02 62 65 70 18 63 15", "1 to 20 digits"},
    {"85 03 02 62 65 70 18 63 03", "85 03 02 62 65 70 18 63 18 23", "1 to 20 digits"},
    {"85 03 02 62 65 70 18 63 03", "86 03 02 62 65 70 18 63 03 03", "1 to 5 items"},
    {"85 03 02 62 65 70 18 63 03", "83 03 02 62 65 70", "no more names than slots"},
    {"83 01 06 61 73", "83 01 06 78 fa " LETTERS, "at most 255"},
    {"83 01 06 61 73", "82 01 06", "a text string"},
    {"83 01 06 61 73", "83 01 00 60", "a name"},
    {"83 01 06 61 73", "83 01 06 61 0a", "printable"},
    {"83 63 4d 61 70", "82 63 4d 61 70", "each method"},
    {"65 55 6e 6d 61 70", "65 55 6e 6d 61 70 00", "the end"},
    {"65 55 6e 6d 61 70", "69 55 6e 6d 61 70", "as many items"},
};

/* All bytes of a name: they are in memory. */
static uint64_t read_name(struct capdl_blob_name name)
{
    uint64_t sum = 0;
    CHECK(name.digits < CAPDL_NAME_MOST_DIGITS);
    for (size_t at = 0; name.text && at < name.length; at++) {
        sum += (unsigned char)name.text[at];
    }
    return sum;
}

static uint64_t read_names(const struct capdl_blob *blob)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < 60; i++) {
        sum += read_name(slot_name(blob, i));
        sum += read_name(page_name(blob, i));
        sum += read_name(capdl_blob_method_name(blob, i));
    }
    return sum;
}

/* Calls every accessor for everything there is. The sum keeps it from being optimised away. */
static uint64_t walk(const struct capdl_blob *blob)
{
    struct capdl_blob_calls calls = capdl_blob_calls(blob);
    struct capdl_blob_table table;
    struct capdl_blob_objects o;
    struct capdl_blob_fill f;
    static struct capdl_call c;
    uint64_t sum = 0;
    for (enum capdl_blob_item item = CAPDL_BLOB_ITEM_GROUPS; item <= CAPDL_BLOB_ITEM_COVERS; item++) {
        for (table = capdl_blob_table(blob, item); capdl_blob_next_objects(&table, &o);) {
            sum += o.slot + o.place + o.first;
            CHECK(!o.is_direct || (o.place < table.slot && item == CAPDL_BLOB_ITEM_GROUPS));
        }
        CHECK(!table.cbor.wrong);
    }
    CHECK(table.slot == blob->sizes[CAPDL_SIZE_OBJECTS]);
    for (table = capdl_blob_table(blob, CAPDL_BLOB_ITEM_FILLS); capdl_blob_next_fill(&table, &f);) {
        CHECK(f.page + f.pages <= blob->sizes[CAPDL_SIZE_PAGES]);
    }
    while (capdl_blob_next_call(&calls, &c)) {
        CHECK(c.num_operands <= CAPDL_CALL_MAX_OPERANDS && c.num_caps <= c.num_operands);
        CHECK(c.target.kind < CAPDL_OPERAND_LITERAL);
        sum += c.count;
    }
    CHECK(!calls.cbor.wrong);
    return sum + read_names(blob);
}

/* What is kept and what is left to read make up the calls of the blob. */
static void check_kept(const struct capdl_blob *blob, const struct capdl_call *first, struct capdl_kept_calls *kept)
{
    static struct capdl_call expected, other;
    struct capdl_blob_calls calls = capdl_blob_calls(blob);
    for (const struct capdl_call *call = first; capdl_blob_next_call(&calls, &expected);) {
        const struct capdl_call *seen = call != kept->end ? call : &other;
        CHECK(call != kept->end || capdl_blob_next_call(&kept->rest, &other));
        CHECK(seen->phase == expected.phase && seen->method == expected.method && seen->label == expected.label);
        CHECK(seen->num_caps == expected.num_caps && seen->num_operands == expected.num_operands);
        CHECK(seen->count == expected.count);
        CHECK(memcmp(&seen->target, &expected.target, sizeof(expected.target)) == 0);
        CHECK(memcmp(seen->operands, expected.operands, expected.num_operands * sizeof(*expected.operands)) == 0);
        call = call != kept->end ? capdl_call_after((struct capdl_call *)call) : call;
    }
    CHECK(!capdl_blob_next_call(&kept->rest, &other));
}

/* What boot reads is proved alike, with and without names; these may be damaged then, and are asked for all the same.
 */
static void check_for_boot(const uint8_t *bytes, size_t size, bool good, const struct capdl_blob_error *error)
{
    static size_t room;
    size_t calls = 1 + room++ % 4; /* the first of none, of some or of all calls */
    struct capdl_call *first = calloc(calls, sizeof(*first));
    struct capdl_kept_calls kept = {.end = first, .limit = first + (calls - 1)};
    struct capdl_blob_error of_boot;
    struct capdl_blob blob;
    bool boots = capdl_blob_open_for_boot(&blob, bytes, size, &of_boot, &kept);
    CHECK(boots == (good || error->items > CAPDL_BLOB_ITEM_NAMES));
    CHECK(boots || (of_boot.offset == error->offset && of_boot.items == error->items));
    if (boots) {
        CHECK(blob.items[CAPDL_BLOB_ITEM_NAMES] <= size);
        read_names(&blob);
        check_kept(&blob, first, &kept);
    }
    free(first);
}

/* Opens a copy that ends where the bytes end, so that reading on is noticed, and walks it if it opens. */
static bool try_bytes(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    struct capdl_blob_error error;
    struct capdl_blob blob;
    bool good;
    memcpy(copy, bytes, size);
    good = capdl_blob_open(&blob, copy, size, &error);
    CHECK(error.offset <= size && good == !error.expected);
    if (good) {
        walk(&blob);
    }
    check_for_boot(copy, size, good, &error);
    free(copy);
    return good;
}

static void check_mutations(const uint8_t *good, size_t size)
{
    uint8_t bytes[1024];
    unsigned accepted = 0;
    for (size_t end = 0; end < size; end++) {
        CHECK(!try_bytes(good, end));
    }
    memcpy(bytes, good, size);
    for (size_t i = 0; i < size; i++) {
        for (unsigned value = 0; value < 256; value++) {
            bytes[i] = (uint8_t)value;
            accepted += try_bytes(bytes, size);
        }
        bytes[i] = 0x38; /* a reference whose second byte is cut off */
        CHECK(i + 1 == size || !try_bytes(bytes, i + 1));
        bytes[i] = good[i];
    }
    printf("%zu bytes, each with all values: %u still a blob\n", size, accepted);
}

int main(int argc, char **argv)
{
    uint8_t good[1024];
    size_t size = read_good(argc > 1 ? argv[1] : "good.hex", good, sizeof(good));
    struct capdl_blob_error error;
    struct capdl_blob blob;
    if (!capdl_blob_open(&blob, good, size, &error)) {
        fprintf(stderr, "at byte %zu: expected %s\n", error.offset, error.expected);
        return 1;
    }
    check_head(&blob);
    check_objects(&blob);
    check_fills(&blob);
    check_calls(&blob);
    check_names(&blob);
    CHECK(check_cursor(&blob, CAPDL_BLOB_NAMED_SLOTS) == 20);
    CHECK(check_cursor(&blob, CAPDL_BLOB_NAMED_PAGES) == 3);
    check_nameless(&blob);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        check_bad(good, size, bad[i].from, bad[i].to, bad[i].expected);
    }
    check_mutations(good, size);
    return failures != 0;
}
