/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `set` of a pd: memory as the program will find it, by walking the page tables and applying the fills, for symbols in
 * initialised data, in .bss and across the borders of both; and what cannot be set. The symbol tables are written byte
 * by byte, after the ELF specification.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "make_elf.h"
#include "pd/pd.h"
#include "profile/profile.h"

enum { OBJECT = 1, FUNCTION = 2, THREAD_LOCAL = 6, GLOBAL = 1, DATA = 1, NUMBER_SECTION = 0xfff1 };
enum { DATA_AT = 0x202000, DATA_OFFSET = 0x3000, DATA_FILE = 0x100, DATA_SIZE = 0x601000, NAMES = 0x4000 };

static unsigned failures;
static char directory[] = "/tmp/set_test.XXXXXX";
static const char *const search[] = {directory, NULL};

#define CHECK(condition)                                                            \
    do {                                                                            \
        if (!(condition)) {                                                         \
            failures++;                                                             \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
        }                                                                           \
    } while (0)

static const struct made_symbol {
    const char *name;
    uint64_t value, size;
    unsigned type, bind, section;
} symbols[] = {
    {"word", 0x202010, 8, OBJECT, GLOBAL, DATA},
    {"half", 0x202020, 2, OBJECT, GLOBAL, DATA},
    {"text", 0x202030, 16, OBJECT, GLOBAL, DATA},
    {"border", 0x2020fc, 8, OBJECT, GLOBAL, DATA}, /* the file ends in it */
    {"pages", 0x202ffc, 8, OBJECT, GLOBAL, DATA},  /* and a page in this one */
    {"far", 0x600008, 8, OBJECT, GLOBAL, DATA},    /* in .bss, 4 MiB on */
    {"zero", 0x500000, 8, OBJECT, GLOBAL, DATA},
    {"own", 0x202040, 8, OBJECT, 0, DATA}, /* local, and hidden by a global one */
    {"own", 0x202048, 8, OBJECT, GLOBAL, DATA},
    {"alias", 0x202012, 2, OBJECT, GLOBAL, DATA},
    {"twin", 0x202050, 8, OBJECT, 0, DATA},
    {"twin", 0x202058, 8, OBJECT, 0, DATA},
    {"function", 0x200010, 8, FUNCTION, GLOBAL, DATA},
    {"mine", 0, 8, THREAD_LOCAL, GLOBAL, DATA},
    {"declared", 0, 8, OBJECT, GLOBAL, 0},
    {"label", 0x202060, 0, 0, GLOBAL, DATA},
    {"constant", 0x202060, 8, OBJECT, GLOBAL, NUMBER_SECTION},
    {"outside", 0x803000, 8, OBJECT, GLOBAL, DATA},
    {"triple", 0x202070, 3, OBJECT, GLOBAL, DATA},
    {"flag", 0x202080, 1, OBJECT, GLOBAL, DATA},
    {"late", 0x202088, 8, OBJECT, GLOBAL, DATA}, /* hides a local one that comes later */
    {"late", 0x202090, 8, OBJECT, 0, DATA},
    {"same", 0x202010, 8, OBJECT, GLOBAL, DATA}, /* as word */
    {"last", 0x802ff8, 8, OBJECT, GLOBAL, DATA}, /* the program's last bytes */
    {"over", 0x802ffc, 8, OBJECT, GLOBAL, DATA}, /* and half of it behind them */
};

enum { NUM_SYMBOLS = sizeof(symbols) / sizeof(symbols[0]) };

static void put(uint8_t *at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

static void put_section(uint8_t *at, unsigned type, uint64_t offset, uint64_t size, unsigned link)
{
    put(at + 4, type, 4);
    put(at + 24, offset, 8);
    put(at + 32, size, 8);
    put(at + 40, link, 4);
}

/* The program, with sections: none, symbols, names. Returns its size. */
static size_t program_make(uint8_t **file)
{
    enum { SYMBOLS = 0x5000, SECTIONS = 0x6000, END = SECTIONS + 3 * 64 };
    struct made_elf elf = made_good(ELF_AARCH64);
    size_t name = 1;

    made_add(&elf, ELF_LOAD, ELF_R | ELF_W, DATA_OFFSET, DATA_AT, DATA_FILE, DATA_SIZE, 4096);
    elf.size = END;
    *file = made_bytes(&elf);
    memset(*file + NAMES, 0, END - NAMES);
    for (size_t i = 0; i < NUM_SYMBOLS; i++) {
        uint8_t *at = *file + SYMBOLS + (i + 1) * 24;
        put(at, name, 4);
        at[4] = (uint8_t)(symbols[i].bind << 4 | symbols[i].type);
        put(at + 6, symbols[i].section, 2);
        put(at + 8, symbols[i].value, 8);
        put(at + 16, symbols[i].size, 8);
        memcpy(*file + NAMES + name, symbols[i].name, strlen(symbols[i].name));
        name += strlen(symbols[i].name) + 1;
    }
    put_section(*file + SECTIONS + 64, 2, SYMBOLS, (NUM_SYMBOLS + 1) * 24, 2);
    put_section(*file + SECTIONS + 128, 3, NAMES, name, 0);
    put(*file + 40, SECTIONS, 8);
    put(*file + 58, 64, 2);
    put(*file + 60, 3, 2);
    return END;
}

static bool read_spec(struct capdl_spec *spec, struct capdl_diags *diags, const char *text)
{
    struct pd_context context = {profile_builtin("aarch64-mcs"), "test.cdl", search};
    struct capdl_text_options options = {
        .expand = pd_expand, .context = &context, .has_arch = true, .arch = CAPDL_ARCH_AARCH64};
    *diags = (struct capdl_diags){.count = 0};
    capdl_spec_init(spec);
    return capdl_spec_read_text(spec, diags, capdl_diags_add_source(diags, "test.cdl", text, strlen(text)), &options);
}

/* The frame at an address: PUD of 1024 entries, PD, PT. */
static uint32_t frame_at(struct capdl_spec *spec, uint64_t address, uint64_t *offset)
{
    uint32_t table = capdl_spec_find(spec, "vspace_p", CAPDL_NO_INDEX);
    for (unsigned shift = 30;; shift -= 9) {
        const struct capdl_cap *cap = capdl_spec_cap_at(spec, table, address >> shift & (shift == 30 ? 1023 : 511));
        if (!cap || cap->kind == CAPDL_KIND_FRAME) {
            *offset = address & ((UINT64_C(1) << shift) - 1);
            return cap ? cap->object : CAPDL_NO_OBJECT;
        }
        table = cap->object;
    }
}

/* A byte of memory; that of two fills at one place counts as a failure. */
static int byte_at(struct capdl_spec *spec, const uint8_t *file, uint64_t address)
{
    uint64_t offset;
    uint32_t frame = frame_at(spec, address, &offset);
    int found = -1;
    if (frame == CAPDL_NO_OBJECT) {
        return -1;
    }
    struct capdl_fills fills = capdl_object_fills(spec, frame);
    for (size_t i = 0; i < fills.count; i++) {
        const struct capdl_fill *f = &fills.list[i];
        uint8_t byte;
        if (offset < f->offset || offset - f->offset >= f->length) {
            continue;
        }
        CHECK(found == -1 && (i == 0 || f->offset >= fills.list[i - 1].offset));
        if (f->kind == CAPDL_FILL_BYTES) {
            capdl_fill_get_bytes(f, offset - f->offset, 1, &byte);
        } else {
            byte = file[f->source_offset + (offset - f->offset)];
        }
        found = byte;
    }
    return found == -1 ? 0 : found;
}

/* Memory at an address is these bytes, with what the program has there before and behind them. */
static void expect(struct capdl_spec *spec, const uint8_t *file, uint64_t address, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (byte_at(spec, file, address + i) != (uint8_t)bytes[i]) {
            failures++;
            fprintf(stderr, "0x%" PRIx64 ": %d\n", address + i, byte_at(spec, file, address + i));
        }
    }
    for (unsigned side = 0; side < 2; side++) {
        uint64_t at = side ? address + size : address - 1;
        int there = at - DATA_AT < DATA_FILE ? made_byte(DATA_OFFSET + (at - DATA_AT)) : 0;
        CHECK(byte_at(spec, file, at) == there);
    }
}

/* Numbers that just fit, and addresses and sizes of one frame of an array. */
static void test_single_frames(const uint8_t *file)
{
    struct capdl_spec spec;
    struct capdl_diags diags;
    bool good =
        read_spec(&spec, &diags,
                  "objects { ring[3] = frame (4k)  one = frame (2M)  wide[2] = frame (2M, paddr: 0x70200000)\n"
                  "p = pd (\"p.elf\", map: ring[1] (RW), at: 0x10000000, map: ring[0] (RW), at: 0x20000000, map: wide "
                  "(R), at: 0x40000000, map: one (RW), at: 0x50000000, set: [\n"
                  "(\"flag\", 255), (\"half\", 65535), (\"text\", \"sixteen letters!\"), (\"late\", True),\n"
                  "(\"pages\", vaddr: ring[1]), (\"far\", vaddr: ring), (\"word\", size: ring[2]), (\"border\", size: "
                  "wide),\n"
                  "(\"own\", vaddr: wide[1]), (\"last\", vaddr: one), (\"zero\", size: wide[0])]) }");
    if (!good) {
        capdl_diags_print(&diags, stderr, 0);
        failures++;
        return;
    }
    expect(&spec, file, 0x202080, "\xff", 1);
    expect(&spec, file, 0x202020, "\xff\xff", 2);
    expect(&spec, file, 0x202030, "sixteen letters!", 16);
    expect(&spec, file, 0x202088, "\1\0\0\0\0\0\0", 8);
    expect(&spec, file, 0x202ffc, "\0\0\0\x10\0\0\0", 8);
    expect(&spec, file, 0x600008, "\0\0\0\x20\0\0\0", 8);
    expect(&spec, file, 0x202010, "\0\x10\0\0\0\0\0", 8);
    expect(&spec, file, 0x2020fc, "\0\0\x40\0\0\0\0", 8);
    expect(&spec, file, 0x202048, "\0\0\x20\x40\0\0\0", 8);
    expect(&spec, file, 0x500000, "\0\0\x20\0\0\0\0", 8);
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
}

static void test_values(const uint8_t *file)
{
    struct capdl_spec spec;
    struct capdl_diags diags;
    uint64_t offset;
    bool good =
        read_spec(&spec, &diags,
                  "objects { ring[3] = frame (4k)  one = frame (2M, paddr: 0x70200000)\n"
                  "p = pd (\"p.elf\", map: ring (RW), at: 0x10000000, map: one (RW), at: 0x40000000, set: [\n"
                  "(\"word\", 0x1122334455667788), (\"half\", 7), (\"text\", \"ab\"), (\"border\", [1, 2, 3, 4, 5]),\n"
                  "(\"pages\", vaddr: ring[2]), (\"far\", paddr: one), (\"zero\", 0), (\"own\", size: ring)]) }");
    if (!good) {
        capdl_diags_print(&diags, stderr, 0);
        failures++;
        return;
    }
    expect(&spec, file, 0x202010, "\x88\x77\x66\x55\x44\x33\x22\x11", 8);
    expect(&spec, file, 0x202020, "\7", 2);
    expect(&spec, file, 0x202030, "ab\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    expect(&spec, file, 0x2020fc, "\1\2\3\4\5\0\0", 8);
    expect(&spec, file, 0x202ffc, "\0\x20\0\x10\0\0\0", 8);
    expect(&spec, file, 0x600008, "\0\0\x20\x70\0\0\0", 8);
    expect(&spec, file, 0x202048, "\0\x30\0\0\0\0\0", 8);
    /* Of the whole .bss only the page of `far` has contents; the 2 MiB before it are one frame still. */
    CHECK(capdl_object_fills(&spec, frame_at(&spec, 0x600000, &offset)).count == 1);
    CHECK(capdl_object_size_bits(&spec, frame_at(&spec, 0x600000, &offset)) == 12);
    CHECK(capdl_object_size_bits(&spec, frame_at(&spec, 0x500000, &offset)) == 21 && offset == 0x100000);
    CHECK(!capdl_object_fills(&spec, frame_at(&spec, 0x500000, &offset)).count);
    CHECK(!capdl_object_fills(&spec, frame_at(&spec, 0x601000, &offset)).count);
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
}

/* What is wrong with one setting, in a spec where all else is fine. */
static void refuse(const char *setting, const char *message)
{
    char text[1024];
    struct capdl_spec spec;
    struct capdl_diags diags;
    bool found = false;
    snprintf(text, sizeof(text),
             "objects { ring[3] = frame (4k)  n = notification  lone = frame (4k)  pair[2] = frame (4k)  twice = frame "
             "(4k)\n p = pd (\"p.elf\", map: ring (RW), at: 0x10000000, map: pair[1] (R), at: 0x20000000, map: twice "
             "(R), at: 0x30000000, map: twice (R), at: 0x30001000, set: [(\"half\", 1),\n%s], prio: 5) }",
             setting);
    size_t setting_at = (size_t)(strstr(text, setting) - text); /* a position is 1 + an offset */
    CHECK(!read_spec(&spec, &diags, text));
    for (size_t i = 0; i < diags.count; i++) {
        found |= diags.list[i].severity == CAPDL_ERROR && diags.list[i].pos.line > setting_at &&
                 strstr(diags.list[i].message, message);
    }
    if (!found || diags.num_errors != 1) {
        failures++;
        fprintf(stderr, "no error \"%s\" alone for: %s\n", message, setting);
        capdl_diags_print(&diags, stderr, 0);
    }
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
}

static void test_mistakes(void)
{
    refuse("(\"wrod\", 1)", "\"p.elf\" has no symbol 'wrod' (did you mean 'word'?)");
    refuse("(\"nothing_like_it\", 1)", "has no symbol 'nothing_like_it'");
    refuse("(\"declared\", 1)", "has no symbol 'declared'");
    refuse("(\"half\", 2)", "'half' is set twice");
    refuse("(\"word\", 1), (\"alias\", 1)", "are the same memory, at 0x202012");
    refuse("(\"alias\", 65536)", "0x10000 does not fit in 'alias' of \"p.elf\", which has 2 bytes");
    refuse("(\"text\", 1)", "has 16 bytes, but a number needs a variable of 1, 2, 4 or 8");
    refuse("(\"triple\", 1)", "has 3 bytes, but a number needs");
    refuse("(\"text\", \"seventeen letters\")", "17 bytes do not fit in 'text' of \"p.elf\", which has 16");
    refuse("(\"text\", [256])", "256 is not a byte");
    refuse("(\"twin\", 1)", "is several variables of one name");
    refuse("(\"function\", 1)", "is a function, expected a variable");
    refuse("(\"mine\", 1)", "is thread-local");
    refuse("(\"label\", 1)", "has no size");
    refuse("(\"constant\", 1)", "is a number, not a variable in memory");
    refuse("(\"outside\", 1)", "is at 0x803000 with 8 bytes, which is not memory of the program");
    refuse("(\"word\", ring)", "expected vaddr: ring (its address in this pd), paddr: ring or size: ring");
    refuse("(\"word\", place: ring)", "not 'place'");
    refuse("(\"word\", vaddr: rung)", "there is no object 'rung' (did you mean 'ring'?)");
    refuse("(\"word\", size: n)", "'n' is of kind notification, expected a frame");
    refuse("(\"word\", paddr: ring)", "'ring' has no physical address");
    refuse("(\"word\", paddr: ring[0])", "'ring' has no physical address");
    refuse("(\"word\", vaddr: ring[3])", "the array 'ring' has no element 3: the last one is ring[2]");
    refuse("(\"word\", size: lone[0])", "'lone' is not an array: write it without an index");
    refuse("(\"word\", vaddr: lone)", "'lone' is not mapped in this pd, expected map: lone (RW), at: address");
    refuse("(\"word\", vaddr: pair[0])", "'pair' is not mapped in this pd");
    refuse("(\"word\", vaddr: pair)", "'pair' is not mapped in this pd");
    refuse("(\"word\", vaddr: twice)", "'twice' is mapped 2 times in this pd: write the address as a number");
    refuse("(\"flag\", 256)", "0x100 does not fit in 'flag' of \"p.elf\", which has 1 byte");
    refuse("(\"flag\", [1, 2])", "2 bytes do not fit in 'flag' of \"p.elf\", which has 1");
    refuse("(\"word\", 1), (\"same\", 1)", "are the same memory, at 0x202010");
    refuse("(\"over\", 1)", "is at 0x802ffc with 8 bytes, which is not memory of the program");
    refuse("(\"word\" 1)", "expected ',' and the value");
    refuse("(word, 1)", "expected a name in quotes");
    refuse("(\"word\", 1", "");
    refuse("(\"word\", )", "expected a number, True, False");
}

/* A file whose symbols were removed. */
static void test_stripped(uint8_t *file, size_t size)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/p.elf", directory);
    put(file + 60, 0, 2);
    made_write(path, file, size);
    struct capdl_spec spec;
    struct capdl_diags diags;
    CHECK(!read_spec(&spec, &diags, "objects { p = pd (\"p.elf\", set: [(\"word\", 1)]) }"));
    CHECK(diags.num_errors == 1 && strstr(diags.list[0].message, "has no symbol table, in which to find 'word'"));
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    unlink(path);
}

int main(void)
{
    uint8_t *file;
    char path[128];
    if (!mkdtemp(directory)) {
        perror(directory);
        return 2;
    }
    size_t size = program_make(&file);
    snprintf(path, sizeof(path), "%s/p.elf", directory);
    made_write(path, file, size);
    test_values(file);
    test_single_frames(file);
    test_mistakes();
    test_stripped(file, size);
    free(file);
    rmdir(directory);
    return failures != 0;
}
