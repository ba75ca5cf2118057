/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of ELF files of both classes, as libelf reads them. */
#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/elf_class.h"

static unsigned failures;

static void expect(bool good, unsigned word_bits, const char *what)
{
    if (!good) {
        printf("%s, %u bits\n", what, word_bits);
        failures++;
    }
}

enum { FILE_SIZE = 1024, TABLES = 256, SECTIONS = 4, DATA = 512, STEP = 128 };

/* Numbers that differ from each other in every member, and fit into 32 bits. */
static const Elf64_Phdr segment = {PT_LOAD, PF_R | PF_X, DATA, 0x10000, 0x20000, 0x30, 0x40, 0x1000};
static const Elf64_Sym symbol = {5, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), STV_HIDDEN, 3, 0x12345678, 0x9abc};
static const Elf64_Dyn dynamic = {.d_tag = DT_RELASZ, .d_un.d_val = 0x4321};
static const Elf64_Rela relocation = {0x89abcdef, ELF64_R_INFO(6, 37), -4};

static Elf64_Shdr section_of(unsigned word_bits, unsigned i)
{
    const struct {
        uint32_t type;
        size_t size;
    } tables[SECTIONS] = {{SHT_NULL, 0},
                          {SHT_SYMTAB, elf_symbol_size(word_bits)},
                          {SHT_DYNAMIC, elf_dynamic_size(word_bits)},
                          {SHT_RELA, elf_relocation_size(word_bits)}};
    return (Elf64_Shdr){
        i,         tables[i].type, i ? SHF_ALLOC : 0, 0x1000 * i,    i ? DATA + STEP * (i - 1) : 0, tables[i].size,
        i ? 1 : 0, i ? 2 : 0,      i ? 8 : 0,         tables[i].size};
}

static Elf64_Ehdr make(unsigned word_bits, uint8_t file[FILE_SIZE])
{
    Elf64_Ehdr header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, elf_class(word_bits), ELFDATA2LSB, EV_CURRENT},
                         .e_type = ET_EXEC,
                         .e_machine = EM_ARM,
                         .e_version = EV_CURRENT,
                         .e_entry = 0x10004,
                         .e_phoff = (Elf64_Off)elf_header_size(word_bits),
                         .e_shoff = TABLES,
                         .e_flags = 0x5000200,
                         .e_ehsize = (Elf64_Half)elf_header_size(word_bits),
                         .e_phentsize = (Elf64_Half)elf_segment_size(word_bits),
                         .e_phnum = 1,
                         .e_shentsize = (Elf64_Half)elf_section_size(word_bits),
                         .e_shnum = SECTIONS,
                         .e_shstrndx = 2};
    memset(file, 0, FILE_SIZE);
    elf_header_put(word_bits, file, &header);
    elf_segment_put(word_bits, file + header.e_phoff, &segment);
    for (unsigned i = 0; i < SECTIONS; i++) {
        Elf64_Shdr section = section_of(word_bits, i);
        elf_section_put(word_bits, file + TABLES + i * elf_section_size(word_bits), &section);
    }
    elf_symbol_put(word_bits, file + DATA, &symbol);
    elf_dynamic_put(word_bits, file + DATA + STEP, &dynamic);
    elf_relocation_put(word_bits, file + DATA + 2 * STEP, &relocation);
    return header;
}

#define SAME(a, b) (memcmp(&(a), &(b), sizeof(a)) == 0)

static void check_libelf(unsigned word_bits, uint8_t file[FILE_SIZE], const Elf64_Ehdr *written)
{
    Elf *elf = elf_memory((char *)file, FILE_SIZE);
    GElf_Ehdr header = {0};
    GElf_Phdr read_segment = {0};
    GElf_Sym read_symbol = {0};
    GElf_Dyn read_dynamic = {0};
    GElf_Rela read_relocation = {0};
    expect(gelf_getehdr(elf, &header) && SAME(header, *written), word_bits, "header");
    expect(gelf_getphdr(elf, 0, &read_segment) && SAME(read_segment, segment), word_bits, "segment");
    for (unsigned i = 1; i < SECTIONS; i++) {
        Elf64_Shdr section = section_of(word_bits, i);
        GElf_Shdr read = {0};
        Elf_Scn *scn = elf_getscn(elf, i);
        Elf_Data *data = elf_getdata(scn, NULL);
        expect(gelf_getshdr(scn, &read) && SAME(read, section), word_bits, "section");
        expect(i != 1 || (gelf_getsym(data, 0, &read_symbol) && SAME(read_symbol, symbol)), word_bits, "symbol");
        expect(i != 2 || (gelf_getdyn(data, 0, &read_dynamic) && SAME(read_dynamic, dynamic)), word_bits, "dynamic");
        expect(i != 3 || (gelf_getrela(data, 0, &read_relocation) && SAME(read_relocation, relocation)), word_bits,
               "relocation");
    }
    elf_end(elf);
}

static void check_view(unsigned word_bits, const uint8_t file[FILE_SIZE], const Elf64_Ehdr *written)
{
    Elf64_Ehdr header = elf_header_get(word_bits, file);
    Elf64_Phdr read_segment = elf_segment_get(word_bits, file + header.e_phoff);
    Elf64_Shdr section = elf_section_get(word_bits, file + TABLES + elf_section_size(word_bits)),
               expected = section_of(word_bits, 1);
    Elf64_Sym read_symbol = elf_symbol_get(word_bits, file + DATA);
    Elf64_Dyn read_dynamic = elf_dynamic_get(word_bits, file + DATA + STEP);
    Elf64_Rela read_relocation = elf_relocation_get(word_bits, file + DATA + 2 * STEP);
    expect(elf_class_bits(file) == word_bits, word_bits, "class");
    expect(SAME(header, *written) && SAME(read_segment, segment) && SAME(section, expected), word_bits,
           "headers again");
    expect(SAME(read_symbol, symbol) && SAME(read_dynamic, dynamic) && SAME(read_relocation, relocation), word_bits,
           "entries again");
}

int main(void)
{
    static uint8_t file[FILE_SIZE] __attribute__((aligned(16)));
    elf_version(EV_CURRENT);
    for (unsigned word_bits = 32; word_bits <= 64; word_bits += 32) {
        Elf64_Ehdr header = make(word_bits, file);
        check_libelf(word_bits, file, &header);
        check_view(word_bits, file, &header);
    }
    file[EI_CLASS] = ELFCLASSNONE;
    expect(elf_class_bits(file) == 0, 0, "no class");
    return failures != 0;
}
