/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * patched SPEC SYMBOLS DIRECTORY: whether the memory of every domain of an expanded system is what its program has,
 * except where SYMBOLS says that a symbol is set: lines of index, domain, symbol, bytes (hexadecimal, `..`: zeros to
 * the end of the symbol; auto:REGION: an address that the tool chose, which must be that of the region's first frame).
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <capdl/spec.h>

enum { PAGE = 4096 };

struct file {
    const uint8_t *data;
    size_t size;
};

static struct capdl_spec spec;
static const char *directory;
static unsigned failures;

static struct file file_read(const char *name)
{
    char path[4096];
    struct stat status;
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &status)) {
        perror(path);
        exit(2);
    }
    struct file file = {mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0), (size_t)status.st_size};
    close(fd);
    return file;
}

static const Elf64_Sym *symbol_find(struct file file, const char *name)
{
    const Elf64_Ehdr *header = (const void *)file.data;
    const Elf64_Shdr *sections = (const void *)(file.data + header->e_shoff);
    for (unsigned i = 0; i < header->e_shnum; i++) {
        const Elf64_Sym *symbols = (const void *)(file.data + sections[i].sh_offset);
        const char *names = (const char *)file.data + sections[sections[i].sh_link].sh_offset;
        for (size_t j = 0; sections[i].sh_type == SHT_SYMTAB && j < sections[i].sh_size / sizeof(*symbols); j++) {
            if (strcmp(names + symbols[j].st_name, name) == 0) {
                return &symbols[j];
            }
        }
    }
    fprintf(stderr, "no symbol %s\n", name);
    exit(2);
}

static uint32_t object_find(const char *format, const char *name)
{
    char text[512];
    snprintf(text, sizeof(text), format, name);
    return capdl_spec_find(&spec, text, CAPDL_NO_INDEX);
}

/* The frame that a page table tree has at an address, by the number of bits below the root. */
static uint32_t frame_at(uint32_t table, uint64_t address, unsigned bits)
{
    for (; bits > 12; bits -= 9) {
        unsigned below = bits - 9;
        const struct capdl_cap *cap = capdl_spec_cap_at(&spec, table, address >> below & 0x1ff);
        if (bits > 39 && !cap) { /* the root of a hypervisor has 1024 entries */
            cap = capdl_spec_cap_at(&spec, table, address >> below);
        }
        if (!cap) {
            return CAPDL_NO_OBJECT;
        }
        table = cap->object;
    }
    return table;
}

static unsigned depth_of(const char *pd)
{
    return object_find("pml4_%s", pd) != CAPDL_NO_OBJECT ? 48 : 39;
}

static uint32_t root_of(const char *pd)
{
    static const char *const names[] = {"pml4_%s", "pgd_%s", "pud_%s"};
    for (unsigned i = 0; i < 3; i++) {
        uint32_t root = object_find(names[i], pd);
        if (root != CAPDL_NO_OBJECT) {
            return root;
        }
    }
    return CAPDL_NO_OBJECT;
}

static void memory_take(uint32_t frame, uint8_t *bytes, const char **program)
{
    struct capdl_fills fills = capdl_object_fills(&spec, frame);
    memset(bytes, 0, PAGE);
    for (size_t i = 0; i < fills.count; i++) {
        const struct capdl_fill *fill = &fills.list[i];
        if (fill->kind == CAPDL_FILL_BYTES) {
            capdl_fill_get_bytes(fill, 0, fill->length, bytes + fill->offset);
        } else {
            struct file file = file_read(fill->text);
            memcpy(bytes + fill->offset, file.data + fill->source_offset, fill->length);
            munmap((void *)(uintptr_t)file.data, file.size);
            *program = fill->text;
        }
    }
}

static uint8_t byte_at(const char *pd, uint64_t address)
{
    uint8_t bytes[PAGE];
    const char *program;
    uint32_t frame = frame_at(root_of(pd), address & ~UINT64_C(0xfff), depth_of(pd));
    if (frame == CAPDL_NO_OBJECT) {
        fprintf(stderr, "%s has no memory at 0x%llx\n", pd, (unsigned long long)address);
        exit(1);
    }
    memory_take(frame, bytes, &program);
    return bytes[address % PAGE];
}

static const char *program_of(const char *pd)
{
    const char *program = NULL;
    uint8_t bytes[PAGE];
    memory_take(object_find("frame_elf_%s_000000000", pd), bytes, &program);
    return program;
}

/* What the symbol must hold: bytes, then zeros. */
static size_t expected_read(const char *text, uint64_t size, uint8_t *bytes)
{
    size_t count = 0;
    memset(bytes, 0, size);
    if (strncmp(text, "auto:", 5) == 0) {
        uint32_t frame = object_find("frame_mr_%s_000000000", text + 5);
        uint64_t paddr = frame == CAPDL_NO_OBJECT ? 0 : capdl_object_paddr(&spec, frame);
        if (!paddr) {
            fprintf(stderr, "%s has no address\n", text + 5);
            exit(1);
        }
        memcpy(bytes, &paddr, sizeof(paddr));
        return sizeof(paddr);
    }
    for (unsigned value; *text && *text != '.'; text += 2) {
        sscanf(text, "%2x", &value);
        bytes[count++] = (uint8_t)value;
    }
    return *text ? (size_t)size : count;
}

struct set {
    char pd[512];
    uint64_t start, end;
} sets[1000];
static size_t num_sets;

/* True for the rest of a name's array too: it is in the file. */
static void line_check(const char *pd, const char *symbol, const char *text)
{
    char program[512];
    uint8_t expected[PAGE];
    snprintf(program, sizeof(program), "%s", program_of(pd));
    char *stripped = strstr(program, ".stripped");
    if (stripped) {
        memmove(stripped, stripped + strlen(".stripped"), strlen(stripped + strlen(".stripped")) + 1);
    }
    struct file file = file_read(program);
    Elf64_Sym found = *symbol_find(file, symbol);
    size_t count = expected_read(text, found.st_size, expected);
    for (size_t i = 0; i < count; i++) {
        uint8_t byte = byte_at(pd, found.st_value + i);
        if (byte != expected[i]) {
            printf("%s: %s: byte %zu is %02x, expected %02x\n", pd, symbol, i, byte, expected[i]);
            failures++;
            break;
        }
    }
    struct set *set = &sets[num_sets++];
    snprintf(set->pd, sizeof(set->pd), "%s", pd);
    set->start = found.st_value;
    set->end = found.st_value + count;
    munmap((void *)(uintptr_t)file.data, file.size);
}

static bool is_set(const char *pd, uint64_t address)
{
    for (size_t i = 0; i < num_sets; i++) {
        if (strcmp(sets[i].pd, pd) == 0 && address >= sets[i].start && address < sets[i].end) {
            return true;
        }
    }
    return false;
}

/* All that no symbol is set in is as in the file. */
static void program_check(const char *pd)
{
    struct file file = file_read(program_of(pd));
    const Elf64_Ehdr *header = (const void *)file.data;
    const Elf64_Phdr *segments = (const void *)(file.data + header->e_phoff);
    for (unsigned i = 0; i < header->e_phnum; i++) {
        const Elf64_Phdr *s = &segments[i];
        for (uint64_t at = s->p_vaddr; s->p_type == PT_LOAD && at < s->p_vaddr + s->p_memsz;) {
            uint8_t bytes[PAGE];
            const char *program;
            uint64_t page = at & ~UINT64_C(0xfff), end = page + PAGE;
            memory_take(frame_at(root_of(pd), page, depth_of(pd)), bytes, &program);
            for (; at < end && at < s->p_vaddr + s->p_memsz; at++) {
                uint64_t offset = at - s->p_vaddr;
                uint8_t own = offset < s->p_filesz ? file.data[s->p_offset + offset] : 0;
                if (bytes[at - page] != own && !is_set(pd, at)) {
                    printf("%s: the byte at 0x%llx is not the program's\n", pd, (unsigned long long)at);
                    failures++;
                    return;
                }
            }
        }
    }
}

static void lines_check(FILE *lines)
{
    char line[8192], last[512] = "";
    unsigned count = 0;
    while (fgets(line, sizeof(line), lines)) {
        char *pd = strchr(line, '\t'), *symbol = pd ? strchr(pd + 1, '\t') : NULL;
        char *bytes = symbol ? strchr(symbol + 1, '\t') : NULL;
        if (!bytes) {
            fprintf(stderr, "not a line of symbols: %s", line);
            exit(2);
        }
        *pd++ = *symbol++ = *bytes++ = 0;
        bytes[strcspn(bytes, "\n")] = 0;
        if (*last && strcmp(last, pd) != 0) {
            program_check(last);
        }
        snprintf(last, sizeof(last), "%s", pd);
        line_check(pd, symbol, bytes);
        count++;
    }
    program_check(last);
    printf("%u symbols, %u failures\n", count, failures);
}

int main(int argc, char **argv)
{
    struct capdl_diags diags = {NULL};
    struct capdl_text_options options = {NULL};
    FILE *lines = argc == 4 ? fopen(argv[2], "r") : NULL;
    directory = argc == 4 ? argv[3] : NULL;
    struct file text = {NULL, 0};
    if (lines) {
        directory = "/";
        text = file_read(argv[1]);
        directory = argv[3];
    }
    capdl_spec_init(&spec);
    if (!text.data ||
        !capdl_spec_read_text(&spec, &diags,
                              capdl_diags_add_source(&diags, argv[1], (const char *)text.data, text.size), &options)) {
        fprintf(stderr, "usage: patched /SPEC SYMBOLS DIRECTORY\n");
        capdl_diags_print(&diags, stderr, 5);
        return 2;
    }
    lines_check(lines);
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    return failures != 0;
}
