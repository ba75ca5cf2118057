/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "../profile/complete.h"

static char directory[64];

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

int fixture_result(void)
{
    if (*directory) {
        nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    }
    return check_result();
}

const char *test_directory(void)
{
    if (!*directory) {
        strcpy(directory, "/tmp/capdl-image-test-XXXXXX");
        if (!mkdtemp(directory)) {
            perror("mkdtemp");
            exit(99);
        }
    }
    return directory;
}

const char *test_path(const char *name)
{
    static char paths[8][256];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof(paths[0]), "%s/%s", test_directory(), name);
    return path;
}

void write_file(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(test_path(name), "wb");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        perror(name);
        exit(99);
    }
}

void write_pattern(const char *name, size_t size)
{
    uint8_t *bytes = malloc(size + 1);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(i % 251 + 1);
    }
    write_file(name, bytes, size);
    free(bytes);
}

char *messages(const struct capdl_diags *diags)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < diags->count; i++) {
        fprintf(out, "%s: %s\n", diags->list[i].severity == CAPDL_ERROR ? "error" : "warning", diags->list[i].message);
    }
    fclose(out);
    return text;
}

static void read_text(struct compiled *c, const char *profile, const char *text)
{
    struct capdl_text_options none = {NULL};
    *c = (struct compiled){.options = {.profile = complete_profile(profile)}};
    capdl_spec_init(&c->spec);
    uint16_t source = capdl_diags_add_source(&c->diags, "test.cdl", text, strlen(text));
    if (!c->options.profile || !capdl_spec_read_text(&c->spec, &c->diags, source, &none)) {
        fprintf(stderr, "the test's own spec is wrong:\n%s", c->options.profile ? text : profile);
        capdl_diags_print(&c->diags, stderr, 0);
        exit(99);
    }
    c->options.spec_path = strdup(test_path("test.cdl"));
}

void compile_text(struct compiled *c, const char *profile, const char *text)
{
    read_text(c, profile, text);
    c->blob = image_compile_blob(&c->spec, &c->options, &c->diags, &c->blob_size);
    c->good = c->blob != NULL;
}

void compile_to_image(struct compiled *c)
{
    FILE *out = open_memstream((char **)&c->image, &c->image_size);
    c->options.initialiser = make_initialiser(c->options.profile->arch);
    c->good = image_compile(&c->spec, &c->options, &c->diags, out);
    fclose(out);
}

void compile_text_to_image(struct compiled *c, const char *profile, const char *text, bool strip)
{
    read_text(c, profile, text);
    c->options.strip = strip;
    c->blob = image_compile_blob(&c->spec, &c->options, &c->diags, &c->blob_size);
    compile_to_image(c);
}

void compiled_free(struct compiled *c)
{
    free((char *)(uintptr_t)c->options.spec_path);
    capdl_spec_free(&c->spec);
    capdl_diags_free(&c->diags);
    free(c->blob);
    free(c->image);
}

/* One loaded segment at 4 MiB: 100 bytes of text, the header, a bss to the middle of the next page. */
const char *make_initialiser(enum capdl_arch arch)
{
    static const uint16_t machines[] = {
        [CAPDL_ARCH_AARCH64] = EM_AARCH64, [CAPDL_ARCH_RISCV] = EM_RISCV, [CAPDL_ARCH_X86_64] = EM_X86_64};
    static const char names[] = "\0.text\0.capdl.header\0.shstrtab";
    enum {
        TEXT = 0x1000,
        HEADER = 0x1080,
        NAMES = 0x1200,
        SECTIONS = 0x1240,
        END = SECTIONS + 4 * 64,
        BASE = 0x400000
    };
    uint8_t bytes[END] = {0};
    Elf64_Ehdr file = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                       .e_type = ET_EXEC,
                       .e_machine = machines[arch],
                       .e_version = EV_CURRENT,
                       .e_entry = BASE,
                       .e_phoff = 64,
                       .e_shoff = SECTIONS,
                       .e_ehsize = 64,
                       .e_phentsize = 56,
                       .e_phnum = 2,
                       .e_shentsize = 64,
                       .e_shnum = 4,
                       .e_shstrndx = 3};
    Elf64_Phdr segments[] = {{.p_type = PT_LOAD,
                              .p_flags = 7,
                              .p_offset = TEXT,
                              .p_vaddr = BASE,
                              .p_paddr = BASE,
                              .p_filesz = 0x180,
                              .p_memsz = 0x1800,
                              .p_align = 4096},
                             {.p_type = PT_GNU_STACK, .p_flags = 6, .p_align = 16}};
    Elf64_Shdr sections[] = {
        {0},
        {.sh_name = 1,
         .sh_type = SHT_PROGBITS,
         .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
         .sh_addr = BASE,
         .sh_offset = TEXT,
         .sh_size = 0x80,
         .sh_addralign = 16},
        {.sh_name = 7,
         .sh_type = SHT_PROGBITS,
         .sh_flags = SHF_ALLOC | SHF_WRITE,
         .sh_addr = BASE + 0x80,
         .sh_offset = HEADER,
         .sh_size = 0x100,
         .sh_addralign = 8},
        {.sh_name = 21, .sh_type = SHT_STRTAB, .sh_offset = NAMES, .sh_size = sizeof(names), .sh_addralign = 1}};
    struct capdl_image_header header = {.magic = CAPDL_IMAGE_MAGIC, .version = CAPDL_BLOB_VERSION, .arch = arch};
    memcpy(bytes, &file, sizeof(file));
    memcpy(bytes + 64, segments, sizeof(segments));
    memset(bytes + TEXT, 0x90, 100);
    memcpy(bytes + HEADER, &header, sizeof(header));
    memcpy(bytes + NAMES, names, sizeof(names));
    memcpy(bytes + SECTIONS, sections, sizeof(sections));
    write_file("initialiser.elf", bytes, sizeof(bytes));
    return test_path("initialiser.elf");
}
