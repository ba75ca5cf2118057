/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ELF files of programs say beyond their segments: for which kind of kernel they were built, and what they
 * want done before their first function. There are only warnings, and what is not understood causes none.
 */
#include <string.h>

#include "base/elf_symbols.h"
#include "image/image.h"
#include "image/program.h"
#include "profile/note.h"

#ifndef R_AARCH64_IRELATIVE /* musl's <elf.h> has neither */
#define R_AARCH64_IRELATIVE 1032
#define R_RISCV_IRELATIVE 58
#endif

enum { MOST_LISTS = 8 }; /* no sane program has more, and each takes a look at all symbols */

/* A program, and where a spec or command names it. */
struct named {
    const struct capdl_profile *profile;
    struct capdl_diags *diags;
    const char *name;
    struct capdl_pos pos;
};

/* Whether a note names another kind of kernel, which `text` then says. */
static bool note_differs(const struct named *program, const uint8_t *bytes, char text[PROFILE_NOTE_TEXT])
{
    static const uint32_t head[] = {sizeof(PROFILE_NOTE_NAME), PROFILE_NOTE_WORDS * 4, PROFILE_NOTE_TYPE,
                                    PROFILE_NOTE_NAME_0, PROFILE_NOTE_NAME_1};
    uint32_t words[PROFILE_NOTE_WORDS];
    memcpy(words, bytes + sizeof(head), sizeof(words));
    return memcmp(bytes, head, sizeof(head)) == 0 && profile_note_differs(words, program->profile, text);
}

/* The linker keeps one of each kind: objects that were built for different kernels leave several. */
static void check_notes(const struct named *program, const struct elf_view *elf)
{
    char text[PROFILE_NOTE_TEXT];
    Elf64_Shdr section;
    if (!elf_view_find(elf, PROFILE_NOTE_SECTION, &section) || section.sh_type == SHT_NOBITS) {
        return;
    }
    for (uint64_t at = 0; at + PROFILE_NOTE_SIZE <= section.sh_size; at += PROFILE_NOTE_SIZE) {
        if (note_differs(program, elf->bytes + section.sh_offset + at, text)) {
            capdl_finding(program->diags, CAPDL_WARNING, CAPDL_CHECK_KERNEL_HEADER, program->pos,
                          "\"%s\" was built for %s, unlike kernel %s: build it with the header that 'capdl profile "
                          "--header' prints for this kernel",
                          program->name, text, program->profile->name);
            return;
        }
    }
}

struct boundary {
    bool named;       /* start code names the place where the list begins, so it goes through the list */
    uint64_t ignored; /* entries that the compiler's own objects bring along, which do nothing in a static program */
};

/*
 * Linkers define __init_array_start and its like only where something refers to them; those who write a linker script
 * choose their own names. Either is a symbol without type at the beginning of the list. Assemblers mark places with $.
 */
static struct boundary boundary_find(const struct elf_symbols *symbols, const Elf64_Shdr *list)
{
    static const char dummy[] = "__frame_dummy_init_array_entry";
    struct boundary found = {false};
    for (size_t i = 0; i < symbols->count; i++) {
        Elf64_Sym symbol;
        const char *name = elf_symbols_get(symbols, i, &symbol);
        if (symbol.st_shndx != SHN_UNDEF && symbol.st_value == list->sh_addr &&
            ELF64_ST_TYPE(symbol.st_info) == STT_NOTYPE && *name != '$') {
            found.named = true;
        }
        if (symbol.st_value - list->sh_addr < list->sh_size && strncmp(name, dummy, sizeof(dummy) - 1) == 0) {
            found.ignored++;
        }
    }
    return found;
}

/* Whether a section has only relocations (IRELATIVE) for functions that are chosen at start-up. */
static bool is_indirect(const struct elf_view *elf, const Elf64_Shdr *section)
{
    unsigned type = elf->header.e_machine == EM_X86_64    ? R_X86_64_IRELATIVE
                    : elf->header.e_machine == EM_AARCH64 ? R_AARCH64_IRELATIVE
                                                          : R_RISCV_IRELATIVE;
    uint64_t size = elf_relocation_size(elf->word_bits);
    for (uint64_t at = 0; at + size <= section->sh_size; at += size) {
        Elf64_Rela entry = elf_relocation_get(elf->word_bits, elf->bytes + section->sh_offset + at);
        if (ELF64_R_TYPE(entry.r_info) != type) {
            return false;
        }
    }
    return section->sh_size >= size;
}

/* The list of older compilers: their start files begin it with -1 and end it with 0. */
static bool is_ctors(const struct elf_view *elf, const Elf64_Shdr *section)
{
    return section->sh_type == SHT_PROGBITS && strcmp(elf_view_name(elf, section), ".ctors") == 0;
}

static uint64_t count_ctors(const struct elf_view *elf, const Elf64_Shdr *section)
{
    size_t pointer = elf->word_bits / 8;
    uint64_t count = 0;
    for (uint64_t at = 0; at + pointer <= section->sh_size; at += pointer) {
        uint64_t entry = 0;
        memcpy(&entry, elf->bytes + section->sh_offset + at, pointer);
        count += entry != 0 && entry != UINT64_MAX >> (64 - elf->word_bits);
    }
    return count;
}

/* What a list is called and what runs its entries; NULL if it is no such list. */
static const char *list_name(const struct elf_view *elf, const Elf64_Shdr *section, uint64_t *entry)
{
    *entry = section->sh_type == SHT_RELA ? elf_relocation_size(elf->word_bits) : elf->word_bits / 8;
    if (!(section->sh_flags & SHF_ALLOC) || !elf_view_has(elf, section)) {
        return NULL;
    }
    return section->sh_type == SHT_INIT_ARRAY                          ? "constructors (.init_array)"
           : section->sh_type == SHT_PREINIT_ARRAY                     ? "early constructors (.preinit_array)"
           : is_ctors(elf, section)                                    ? "constructors (.ctors)"
           : section->sh_type == SHT_RELA && is_indirect(elf, section) ? "indirect functions (IRELATIVE relocations)"
                                                                       : NULL;
}

static void check_list(const struct named *program, const struct elf_view *elf, const struct elf_symbols *symbols,
                       const Elf64_Shdr *list, const char *name, uint64_t entry)
{
    struct boundary boundary = boundary_find(symbols, list);
    uint64_t count = is_ctors(elf, list) ? count_ctors(elf, list) : list->sh_size / entry;
    if (!boundary.named && count > boundary.ignored) {
        capdl_finding(program->diags, CAPDL_WARNING, CAPDL_CHECK_ELF_START, program->pos,
                      "\"%s\" has %s, %llu in number, but no code that runs them: its start code must, before main",
                      program->name, name, (unsigned long long)(count - boundary.ignored));
    }
}

static void check_start(const struct named *program, const struct elf_view *elf)
{
    struct elf_symbols symbols;
    unsigned lists = 0;
    if (!elf_symbols_open(&symbols, elf)) {
        return;
    }
    for (unsigned i = 0; i < elf->header.e_shnum && lists < MOST_LISTS; i++) {
        Elf64_Shdr section = elf_view_section(elf, i);
        uint64_t entry;
        const char *name = list_name(elf, &section, &entry);
        if (name) {
            lists++;
            check_list(program, elf, &symbols, &section, name, entry);
        }
    }
}

void image_check_program(const struct capdl_profile *profile, struct capdl_diags *diags, const char *name,
                         struct capdl_pos pos, const uint8_t *bytes, size_t size)
{
    const struct named program = {profile, diags, name, pos};
    struct elf_view elf;
    const char *problem;
    if (elf_view_open(&elf, bytes, size, &problem)) {
        check_notes(&program, &elf);
        check_start(&program, &elf);
    }
}

/* Guests and other payloads are ELF files, too: a program is what a thread starts. */
static bool is_started(const struct capdl_spec *spec, uint64_t entry)
{
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        const struct capdl_tcb *tcb = capdl_object_kind(spec, i) == CAPDL_KIND_TCB ? capdl_object_tcb(spec, i) : NULL;
        if (tcb && tcb->ip == entry) {
            return true;
        }
    }
    return false;
}

void programs_check_file(struct program *program, const struct capdl_fill *fill, const struct fill_file *file)
{
    if (file->size < sizeof(Elf64_Ehdr) || memcmp(file->data, ELFMAG, SELFMAG) != 0) {
        return;
    }
    Elf64_Ehdr header = elf_header_get(elf_class_bits(file->data), file->data);
    if (header.e_type == ET_EXEC && is_started(program->spec, header.e_entry)) {
        image_check_program(program->profile, program->diags, fill->text, fill->pos, file->data, file->size);
    }
}
