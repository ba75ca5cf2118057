/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding an ELF file and reading it by libelf. What its segments must be like is in elf_check.c. */
#include <errno.h>
#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "elf_file.h"

#include <capdl/architecture.h>

#include "base/elf_class.h"
#include "elf_check.h"

/* Names every place that was searched, so that the reader sees the missing -I at once. */
static void report_missing(const struct elf_request *request, struct capdl_diags *diags)
{
    bool outside = errno == EXDEV;
    capdl_error(diags, request->pos, "cannot %s \"%s\": %s", outside ? "take" : "find", request->name, file_error());
    if (outside || request->name[0] == '/') {
        return;
    }
    const char *slash = request->beside ? strrchr(request->beside, '/') : NULL;
    int length = slash ? (int)(slash - request->beside) : 0;
    if (slash == request->beside && slash) {
        length = 1;
    }
    if (file_finds_beside()) {
        capdl_note(diags, request->pos, "looked in %.*s", length ? length : 1, length ? request->beside : ".");
    }
    for (const char *const *d = request->directories; d && *d; d++) {
        capdl_note(diags, request->pos, "looked in %s", *d);
    }
    if (!request->directories || !*request->directories) {
        capdl_note(diags, request->pos, "-I DIR adds a directory to look in");
    }
}

static bool find_bytes(struct file_bytes *bytes, const struct elf_request *request, struct capdl_diags *diags)
{
    char *path = request->on_command_line ? strdup(request->name)
                                          : file_find(request->name, request->beside, request->directories);
    if (!path) {
        report_missing(request, diags);
        return false;
    }
    bool good = file_read_regular(path, bytes);
    if (!good) {
        capdl_error(diags, request->pos, "cannot read \"%s\" (%s): %s", request->name, path, file_error());
    }
    free(path);
    return good;
}

/* libelf is asked only about files whose first bytes promise that it understands them. */
static bool check_identity(struct elf_check *c)
{
    const struct capdl_architecture *facts = capdl_architecture(c->request->arch);
    size_t header = elf_header_size(facts->word_bits);
    const uint8_t *b = c->bytes->data;
    size_t size = c->bytes->size;
    if (size < SELFMAG || memcmp(b, ELFMAG, SELFMAG) != 0) {
        return elf_fail(c, "is not an ELF file: %s, expected the linked program of a protection domain",
                        size == 0 ? "it is empty" : "it does not start with \\x7fELF");
    }
    if (size < EI_NIDENT) {
        return elf_fail(c, "is truncated: %zu bytes, not even a whole ELF header", size);
    }
    if (b[EI_CLASS] != elf_class(facts->word_bits)) {
        return elf_fail(c, "is a %s ELF file, expected a %u-bit one for %s",
                        elf_class_bits(b) == 32   ? "32-bit"
                        : elf_class_bits(b) == 64 ? "64-bit"
                                                  : "broken (class unknown)",
                        facts->word_bits, facts->title);
    }
    if (b[EI_DATA] != ELFDATA2LSB) {
        return elf_fail(c, "is %s, expected little-endian",
                        b[EI_DATA] == ELFDATA2MSB ? "big-endian" : "of unknown endianness");
    }
    if (b[EI_VERSION] != EV_CURRENT) {
        return elf_fail(c, "has ELF version %u, expected %u", b[EI_VERSION], EV_CURRENT);
    }
    if (size < header) {
        return elf_fail(c, "is truncated: %zu bytes, expected an ELF header of %zu", size, header);
    }
    return true;
}

static bool check_header(struct elf_check *c, const GElf_Ehdr *header)
{
    const struct capdl_architecture *facts = capdl_architecture(c->request->arch);
    if (header->e_machine != facts->elf_machine) {
        return elf_fail(c, "is a program for %s, but the system is for %s (ELF machine %u, expected %u)",
                        elf_machine_name(header->e_machine), facts->title, header->e_machine, facts->elf_machine);
    }
    if (header->e_type == ET_DYN) {
        return elf_fail(c, "is position independent or a shared library, expected a program at fixed addresses: "
                           "compile with -fno-pie, link with -static -no-pie");
    }
    if (header->e_type == ET_REL) {
        return elf_fail(c, "is an object file, expected a linked program");
    }
    if (header->e_type != ET_EXEC) {
        return elf_fail(c, "has ELF type %u, expected an executable (%u)", header->e_type, ET_EXEC);
    }
    return true;
}

/* The program header table must be in the file before libelf is asked to walk it. */
static bool check_table(struct elf_check *c, const GElf_Ehdr *header, size_t count)
{
    size_t size = c->bytes->size, each = elf_segment_size(capdl_architecture(c->request->arch)->word_bits);
    if (count == 0) {
        return elf_fail(c, "has no program headers, expected at least one segment to load");
    }
    if (header->e_phentsize != each) {
        return elf_fail(c, "has program headers of %u bytes, expected %zu", header->e_phentsize, each);
    }
    if (header->e_phoff > size || count > (size - header->e_phoff) / each) {
        return elf_fail(c, "is truncated: %zu program headers at offset %" PRIu64 " go beyond its %zu bytes", count,
                        header->e_phoff, size);
    }
    return true;
}

static struct elf_segment segment_of(const GElf_Phdr *p, size_t number)
{
    return (struct elf_segment){
        .vaddr = p->p_vaddr,
        .memsz = p->p_memsz,
        .offset = p->p_offset,
        .filesz = p->p_filesz,
        .align = p->p_align,
        .rights = (uint8_t)((p->p_flags & PF_R ? CAPDL_RIGHT_READ : 0) | (p->p_flags & PF_W ? CAPDL_RIGHT_WRITE : 0) |
                            (p->p_flags & PF_X ? CAPDL_RIGHT_EXECUTE : 0)),
        .number = (uint32_t)number,
    };
}

/* Takes one program header over; false if it is wrong in itself. */
static bool take_header(struct elf_program *program, struct elf_check *c, const GElf_Phdr *p, size_t number)
{
    struct elf_segment s = segment_of(p, number);
    switch (p->p_type) {
    case PT_LOAD:
        if (s.memsz == 0 && s.filesz == 0) {
            return true;
        }
        program->segments[program->num_segments++] = s;
        return elf_check_segment(c, &s);
    case PT_TLS:
        program->has_tls = s.memsz != 0;
        program->tls = s;
        return elf_check_tls(c, &s);
    case PT_INTERP:
        return elf_fail(
            c, "is dynamically linked: it asks for an interpreter, expected a static program (link with -static)");
    case PT_DYNAMIC:
        return elf_check_dynamic(c, &s);
    default:
        return true;
    }
}

static bool read_headers(struct elf_program *program, struct elf_check *c, Elf *elf)
{
    GElf_Ehdr header;
    size_t count = 0;
    if (!gelf_getehdr(elf, &header)) {
        return elf_fail(c, "has a broken ELF header: %s", elf_errmsg(-1));
    }
    if (!check_header(c, &header)) {
        return false;
    }
    if (header.e_phnum != PN_XNUM && !check_table(c, &header, header.e_phnum)) {
        return false;
    }
    if (elf_getphdrnum(elf, &count) != 0) {
        return elf_fail(c, "has a broken header: %s", elf_errmsg(-1));
    }
    if (!check_table(c, &header, count)) {
        return false;
    }
    program->entry = header.e_entry;
    program->segments = calloc(count, sizeof(*program->segments));
    if (!program->segments) {
        return elf_fail(c, "does not fit in memory");
    }

    bool good = true;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr p;
        if (!gelf_getphdr(elf, (int)i, &p)) {
            return elf_fail(c, "has a broken program header %zu: %s", i, elf_errmsg(-1));
        }
        good &= take_header(program, c, &p, i);
    }
    return good && elf_check_layout(c, program);
}

static bool read_program(struct elf_program *program, struct elf_check *c)
{
    if (!check_identity(c)) {
        return false;
    }
    elf_version(EV_CURRENT);
    /* libelf takes a pointer to char but only reads from memory it was given this way. */
    Elf *elf = elf_memory((char *)(uintptr_t)c->bytes->data, c->bytes->size);
    if (!elf) {
        return elf_fail(c, "is not a usable ELF file: %s", elf_errmsg(-1));
    }
    bool good = read_headers(program, c, elf);
    elf_end(elf);
    return good;
}

bool elf_read(struct elf_program *program, const struct elf_request *request, struct capdl_diags *diags)
{
    memset(program, 0, sizeof(*program));
    if (!find_bytes(&program->bytes, request, diags)) {
        return false;
    }
    struct elf_check c = {.request = request, .diags = diags, .bytes = &program->bytes};
    if (read_program(program, &c)) {
        return true;
    }
    elf_release(program);
    return false;
}

void elf_release(struct elf_program *program)
{
    for (size_t i = 0; i < program->num_patches; i++) {
        free(program->patches[i].bytes);
    }
    free(program->patches);
    free(program->segments);
    file_release(&program->bytes);
    memset(program, 0, sizeof(*program));
}
