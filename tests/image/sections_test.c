/* SPDX-License-Identifier: BSD-2-Clause */
/* The sections in which an image says what its programs were set to and what goes into reserved memory, made by hand:
 * a good one is read, and with one thing wrong in it is refused. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "image/reserved_section.h"
#include "image/settings_section.h"

/* An ELF file with this section; its size in *size. To be freed. */
static uint8_t *elf_with(const char *name, const void *bytes, size_t length, size_t *size)
{
    enum { CONTENTS = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr), NAMES = 32, SECTIONS = 3 };
    size_t names = CONTENTS + length, headers = (names + NAMES + 7) & ~(size_t)7;
    const Elf64_Ehdr file = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_ehsize = sizeof(file),
        .e_phoff = sizeof(file),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 1, /* which loads nothing */
        .e_shoff = headers,
        .e_shentsize = sizeof(Elf64_Shdr),
        .e_shnum = SECTIONS,
        .e_shstrndx = 2,
    };
    const Elf64_Shdr sections[SECTIONS] = {
        [1] = {.sh_name = 1, .sh_type = SHT_PROGBITS, .sh_offset = CONTENTS, .sh_size = length},
        [2] = {.sh_type = SHT_STRTAB, .sh_offset = names, .sh_size = NAMES},
    };
    *size = headers + sizeof(sections);
    uint8_t *elf = calloc(*size, 1);
    memcpy(elf, &file, sizeof(file));
    memcpy(elf + CONTENTS, bytes, length);
    snprintf((char *)elf + names + 1, NAMES - 1, "%s", name);
    memcpy(elf + headers, sections, sizeof(sections));
    return elf;
}

/* ---- Settings: names of domain and symbol, kind, width, a number of 64 bits; for bytes, as many bytes ---- */

static const char settings[] = "ping\0one\0n\x04\x15\0\0\0\0\0\0\0"
                               "ping\0two\0b\0\x03\0\0\0\0\0\0\0abc"
                               "pong\0one\0z\0\x02\0\0\0\0\0\0\0\0\0"
                               "ping\0\0r\0\0\x20\0\0\0\0\0\0"
                               "pong\0\0x\0\0\0\0\0\0\0\0\0";

enum { SETTINGS = sizeof(settings) - 1 };

struct read_settings {
    bool good, externals_good;
    size_t count, externals;
};

static struct read_settings read_settings(const char *bytes, size_t length)
{
    struct read_settings r;
    struct capdl_setting *list;
    const char **names;
    size_t size;
    uint64_t room;
    uint8_t *elf = elf_with(SETTINGS_SECTION, bytes, length, &size);
    r.good = settings_read(elf, size, "ping", &list, &r.count, &room);
    r.externals_good = settings_externals(elf, size, &names, &r.externals);
    if (r.good && length == SETTINGS) {
        CHECK(r.count == 2 && room == 0x2000, "%zu settings, a room of 0x%llx", r.count, (unsigned long long)room);
        CHECK(strcmp(list[0].symbol, "one") == 0 && list[0].is_number && list[0].number == 21 && list[0].width == 4,
              "the first of ping");
        CHECK(strcmp(list[1].symbol, "two") == 0 && !list[1].is_number && list[1].size == 3 &&
                  memcmp(list[1].bytes, "abc", 3) == 0,
              "the second of ping");
        CHECK(r.externals == 1 && strcmp(names[0], "pong") == 0, "%zu are external", r.externals);
    }
    free(list);
    free(names);
    free(elf);
    return r;
}

/* Cut off anywhere but between two records, it is damaged. */
static void test_settings(void)
{
    static const size_t ends[] = {0, 19, 41, 62, 78, SETTINGS};
    unsigned next = 0;
    for (size_t length = 0; length <= SETTINGS; length++) {
        bool whole = length == ends[next];
        struct read_settings r = read_settings(settings, length);
        CHECK(r.good == whole && r.externals_good == whole, "%zu bytes of settings", length);
        next += whole;
    }
    char changed[SETTINGS];
    memcpy(changed, settings, SETTINGS);
    changed[9] = 'q';
    CHECK(!read_settings(changed, SETTINGS).good, "a kind of setting that there is not");
    changed[9] = 0;
    CHECK(!read_settings(changed, SETTINGS).good, "a setting of no kind");
    changed[9] = 'b';
    CHECK(!read_settings(changed, 19).good, "more bytes than there are");
    memset(changed + 11, 0, 8);
    CHECK(read_settings(changed, 19).good, "no bytes at all");
}

/* ---- Reserved memory: how many regions and contents; start and end; address, bytes, zero bytes, offset ---- */

enum { PAGE = 4096, REGIONS = 2, FIRST = 2 + 2 * REGIONS, WORDS = FIRST + 2 * 4 };

static void test_reserved_with(unsigned word, uint64_t value, bool expected, const char *what)
{
    static uint8_t section[WORDS * 8 + 2 * PAGE];
    uint64_t words[WORDS + 1] = {REGIONS, 2,    0x10000,   0x14000, 0x20000, 0x21000, 0x10000,
                                 PAGE,    PAGE, WORDS * 8, 0x20000, PAGE,    0,       WORDS * 8 + PAGE};
    struct reserved_section contents;
    size_t size;
    words[word] = value;
    memcpy(section, words, WORDS * 8);
    uint8_t *elf = elf_with(RESERVED_SECTION, section, sizeof(section), &size);
    bool good = reserved_section_open(&contents, elf, size);
    CHECK(good == expected, "%s is %s", what, good ? "taken" : "refused");
    CHECK(contents.num_contents == (good ? words[1] : 0), "%s: %llu contents", what,
          (unsigned long long)contents.num_contents);
    free(elf);
}

static void test_reserved(void)
{
    const uint64_t most = UINT64_MAX - (PAGE - 1);
    test_reserved_with(WORDS, 0, true, "a good section");
    test_reserved_with(1, 1, true, "one content less");
    test_reserved_with(0, UINT64_MAX / 2, false, "a number of regions");
    test_reserved_with(1, UINT64_MAX / 2, false, "a number of contents");
    test_reserved_with(1, 600, false, "more contents than the section has");
    test_reserved_with(FIRST, 0xf000, false, "a content before its region");
    test_reserved_with(FIRST, 0x12000, true, "a content at the end of its region");
    test_reserved_with(FIRST, 0x13000, false, "a content beyond its region");
    test_reserved_with(FIRST, 0x10001, false, "an address within a page");
    test_reserved_with(FIRST + 1, PAGE - 1, false, "a part of a page");
    test_reserved_with(FIRST + 1, 3 * PAGE, false, "more bytes than there are");
    test_reserved_with(FIRST + 2, PAGE + 1, false, "zeros for a part of a page");
    test_reserved_with(FIRST + 2, 4 * PAGE, false, "zeros beyond the region");
    test_reserved_with(FIRST + 2, most, false, "zeros that wrap around");
    test_reserved_with(FIRST + 3, sizeof(uint64_t) * WORDS + 2 * PAGE + 1, false, "bytes behind the section");
    test_reserved_with(FIRST + 4, 0x11000, false, "contents that overlap");
    test_reserved_with(FIRST + 4, 0x12000, true, "contents one after the other");
    test_reserved_with(FIRST + 4, most, false, "an address at the end of all");
    struct reserved_section contents;
    size_t size;
    uint8_t *elf = elf_with(RESERVED_SECTION, "only one", 8, &size);
    CHECK(!reserved_section_open(&contents, elf, size), "a section of one word");
    free(elf);
}

int main(void)
{
    test_settings();
    test_reserved();
    return fixture_result();
}
