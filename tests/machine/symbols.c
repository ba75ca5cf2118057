/* SPDX-License-Identifier: BSD-2-Clause */
/* Which function an address is in, of a program whose code is what the thread has there (docs/machine.md). */
#include "world.h"

#include <elf.h>
#include <string.h>

#include "machine/symbols.h"

enum { IMAGE = 0x400000, TEXT_SIZE = 0x40 };
enum { NOTHING, TEXT, DATA, SYMBOLS, NAMES, SECTIONS };

struct row {
    const char *name;
    unsigned type;
    uint64_t value, size;
    uint16_t section;
};

static const struct row rows[] = {
    {"loop", STT_NOTYPE, IMAGE + 0x10, 0, TEXT},
    {"first", STT_FUNC, IMAGE, 0x10, TEXT},
    {"second", STT_FUNC, IMAGE + 0x10, 0x10, TEXT},
    {"again", STT_NOTYPE, IMAGE + 0x10, 0, TEXT},
    /* none of these is code */
    {"object", STT_OBJECT, IMAGE + 0x18, 8, TEXT},
    {"$d", STT_NOTYPE, IMAGE + 0x1c, 0, TEXT},
    {".L1", STT_NOTYPE, IMAGE + 0x1c, 0, TEXT},
    {"", STT_NOTYPE, IMAGE + 0x1c, 0, TEXT},
    {"data", STT_NOTYPE, IMAGE + 0x1c, 0, DATA},
    {"elsewhere", STT_FUNC, IMAGE + 0x1c, 8, SHN_UNDEF},
    {"absolute", STT_FUNC, IMAGE + 0x1c, 8, SHN_ABS},
    {"tail", STT_NOTYPE, IMAGE + 0x30, 0, TEXT},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

struct program {
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    Elf64_Shdr sections[SECTIONS];
    Elf64_Sym symbols[ROWS];
    char names[256];
    uint8_t text[TEXT_SIZE];
};

/* The code of our initial task: zeros. */
static struct program make(void)
{
    struct program p = {
        .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                   .e_type = ET_EXEC,
                   .e_phoff = offsetof(struct program, segment),
                   .e_phentsize = sizeof(Elf64_Phdr),
                   .e_phnum = 1,
                   .e_shoff = offsetof(struct program, sections),
                   .e_shentsize = sizeof(Elf64_Shdr),
                   .e_shnum = SECTIONS},
        .segment = {.p_type = PT_LOAD,
                    .p_flags = PF_R | PF_X,
                    .p_offset = offsetof(struct program, text),
                    .p_vaddr = IMAGE,
                    .p_filesz = TEXT_SIZE,
                    .p_memsz = TEXT_SIZE},
        .sections = {[TEXT] = {.sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC | SHF_EXECINSTR},
                     [DATA] = {.sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC},
                     [SYMBOLS] = {.sh_type = SHT_SYMTAB,
                                  .sh_offset = offsetof(struct program, symbols),
                                  .sh_size = sizeof(p.symbols),
                                  .sh_link = NAMES},
                     [NAMES] = {.sh_type = SHT_STRTAB,
                                .sh_offset = offsetof(struct program, names),
                                .sh_size = sizeof(p.names)}},
    };
    size_t at = 1;
    for (unsigned i = 0; i < ROWS; i++) {
        p.symbols[i] = (Elf64_Sym){.st_name = (uint32_t)at,
                                   .st_info = ELF64_ST_INFO(STB_GLOBAL, rows[i].type),
                                   .st_value = rows[i].value,
                                   .st_size = rows[i].size,
                                   .st_shndx = rows[i].section};
        strcpy(p.names + at, rows[i].name);
        at += strlen(rows[i].name) + 1;
    }
    return p;
}

static void expect_function(const struct symbol_location *found, const char *name, uint64_t offset)
{
    if (strcmp(found->function, name) != 0) {
        printf("expected '%s', not '%s'\n", name, found->function);
        EXPECT(false, true);
    }
    EXPECT(found->offset, offset);
}

int main(void)
{
    static const struct {
        uint64_t pc;
        const char *name;
        uint64_t offset;
    } places[] = {
        {0, "first", 0},       {0xf, "first", 0xf},  {0x10, "second", 0}, /* a function before a label */
        {0x1f, "second", 0xf}, {0x20, "loop", 0x10},                      /* where the function ends, labels do not */
        {0x2f, "loop", 0x1f},  {0x30, "tail", 0},    {TEXT_SIZE - 1, "tail", 0xf},
    };
    struct world *w = world_new("aarch64");
    struct table *root = vspace_of_thread(w->k, w->k->current);
    struct program program = make(), other = make();
    other.text[TEXT_SIZE - 1] = 1; /* a single byte makes it another's */
    const struct symbol_file list[] = {{(const uint8_t *)&other, sizeof(other)},
                                       {(const uint8_t *)&program, sizeof(program)}};
    const struct symbol_files both = {list, 2}, wrong = {list, 1};
    struct symbol_location found;
    for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        EXPECT(symbols_find(&both, w->k, root, IMAGE + places[i].pc, &found), true);
        expect_function(&found, places[i].name, places[i].offset);
        EXPECT(symbols_find(&wrong, w->k, root, IMAGE + places[i].pc, &found), false);
        EXPECT(symbols_find(&both, w->k, NULL, IMAGE + places[i].pc, &found), false);
    }
    EXPECT(symbols_find(&both, w->k, root, IMAGE + TEXT_SIZE, &found), false);
    EXPECT(symbols_find(&both, w->k, root, IMAGE - 1, &found), false);
    EXPECT(symbols_in(&list[0], IMAGE + TEXT_SIZE, &found), true); /* of whichever thread */
    expect_function(&found, "tail", 0x10);
    EXPECT(symbols_in(&list[0], IMAGE - 1, &found), false);
    program.segment.p_flags = PF_R; /* no code */
    EXPECT(symbols_find(&both, w->k, root, IMAGE, &found), false);
    program.segment.p_flags = PF_X;
    program.segment.p_vaddr = IMAGE + 0x100000; /* where the thread has nothing */
    EXPECT(symbols_find(&both, w->k, root, IMAGE + 0x100000, &found), false);
    world_free(w);
    return failures();
}
