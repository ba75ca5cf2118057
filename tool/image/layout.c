/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing an image: the prebuilt initialiser's segments as they are, one more after them, and no other kind of
 * segment, because x86 kernels load every one they see.
 *
 *     file     | headers | segments of the initialiser | blob | pages | profile | reserved | settings | system | inputs
 * | section names | section table | seal | memory             | segments of the initialiser | blob | pages | scratch |
 */
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>

#include "blob/plan.h"
#include "base/file.h"
#include "base/elf_view.h"
#include "image/frame_bytes.h"
#include "image/program.h"
#include "image/seal.h"
#include "image/settings_section.h"
#include "image/inputs_section.h"
#include "image/system_section.h"
#include "profile/profile.h"

struct layout {
    struct program *program;
    struct elf_view view;
    const char *path; /* of the initialiser */
    struct capdl_image_header header;
    uint64_t header_address; /* where it is in memory */
    const uint8_t *blob;
    uint8_t *profile, *reserved, *settings;
    size_t profile_size, reserved_size, settings_size;

    Elf64_Phdr *segments; /* of the image, the appended one last */
    unsigned num_segments;
    Elf64_Shdr *sections;
    unsigned num_sections;
    char *names;
    size_t names_size, names_capacity;
    uint64_t blob_offset, pages_offset, profile_offset, reserved_offset, names_offset,
        sections_offset; /* in the file */

    FILE *out;
    uint64_t written;
    struct seal seal; /* of what was written */
};

static uint64_t align_page(uint64_t value)
{
    return (value + CAPDL_PAGE_SIZE - 1) & ~(uint64_t)(CAPDL_PAGE_SIZE - 1);
}

static bool refuse(struct layout *layout, const char *problem)
{
    capdl_error(layout->program->diags, CAPDL_WHOLE_SPEC, "the initialiser '%s' %s", layout->path, problem);
    return false;
}

static bool read_initialiser(struct layout *layout, const struct file_bytes *file)
{
    const char *problem;
    Elf64_Shdr section;
    if (!elf_view_open(&layout->view, file->data, file->size, &problem)) {
        return refuse(layout, problem);
    }
    const struct capdl_architecture *facts = capdl_architecture(layout->program->profile->arch);
    if (layout->view.header.e_machine != facts->elf_machine || layout->view.word_bits != facts->word_bits) {
        return refuse(layout, "is for another architecture than the kernel");
    }
    if (!elf_view_find(&layout->view, ".capdl.header", &section)) {
        return refuse(layout, "has no section .capdl.header");
    }
    const uint8_t *at = elf_view_at(&layout->view, section.sh_addr, sizeof(layout->header));
    if (!at) {
        return refuse(layout, "has a section .capdl.header that is not loaded or too small");
    }
    memcpy(&layout->header, at, sizeof(layout->header));
    layout->header_address = section.sh_addr;
    if (layout->header.magic != CAPDL_IMAGE_MAGIC || layout->header.version != CAPDL_BLOB_VERSION ||
        layout->header.arch != layout->program->profile->arch) {
        return refuse(layout, "is of another version or architecture");
    }
    return true;
}

/* File offset at or after `offset` that is congruent to the address. */
static uint64_t congruent(uint64_t offset, uint64_t address)
{
    return offset + ((address - offset) & (CAPDL_PAGE_SIZE - 1));
}

static int compare_segments(const void *a, const void *b)
{
    const Elf64_Phdr *x = a, *y = b;
    return x->p_vaddr < y->p_vaddr ? -1 : x->p_vaddr > y->p_vaddr;
}

/* The initialiser's segments by address, at new places in the file. Returns where its memory ends, 0 if it has none. */
static uint64_t place_segments(struct layout *layout, uint64_t *offset)
{
    uint64_t end = 0;
    layout->segments = memory_zeroed(layout->view.header.e_phnum + 1u, sizeof(*layout->segments));
    for (unsigned i = 0; i < layout->view.header.e_phnum; i++) {
        Elf64_Phdr segment = elf_view_segment(&layout->view, i);
        bool ours =
            layout->program->options->base && segment.p_vaddr == layout->program->options->base->header.blob_start;
        if (segment.p_type == PT_LOAD && segment.p_memsz > 0 && !ours) {
            layout->segments[layout->num_segments++] = segment;
        }
    }
    qsort(layout->segments, layout->num_segments, sizeof(*layout->segments), compare_segments);
    for (unsigned i = 0; i < layout->num_segments; i++) {
        Elf64_Phdr *segment = &layout->segments[i];
        *offset = congruent(*offset, segment->p_vaddr);
        segment->p_offset = *offset;
        segment->p_align = CAPDL_PAGE_SIZE;
        *offset += segment->p_filesz;
        end = segment->p_vaddr + segment->p_memsz;
    }
    return end;
}

/* Another program in a room is mapped by other calls, so the blob may become longer, but what follows it must not
 * move. */
static uint64_t blob_spare(const struct program *program)
{
    const struct capdl_spec *spec = program->spec;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) == CAPDL_KIND_PROGRAM && capdl_object_declaration(spec, i) &&
            capdl_object_declaration(spec, i)->room) {
            return CAPDL_PAGE_SIZE;
        }
    }
    return 0;
}

static void place_payload(struct layout *layout, uint64_t end, uint64_t offset, size_t blob_size)
{
    struct capdl_image_header *header = &layout->header;
    const struct program *program = layout->program;
    const Elf64_Phdr *last = &layout->segments[layout->num_segments - 1];
    header->image_start = layout->segments[0].p_vaddr & ~(uint64_t)(CAPDL_PAGE_SIZE - 1);
    header->blob_start = align_page(end);
    header->blob_size = blob_size;
    header->pages_start = align_page(header->blob_start + blob_size + blob_spare(program));
    if (program->options->pages_stay && header->pages_start <= program->options->base->header.pages_start) {
        header->pages_start = program->options->base->header.pages_start;
    }
    header->num_pages = program->num_pages;
    header->scratch_start = header->pages_start + program->num_pages * CAPDL_PAGE_SIZE;
    header->scratch_size = align_page(capdl_plan_scratch_size(program->groups.count));
    header->image_end = header->scratch_start + header->scratch_size;
    layout->blob_offset = congruent(offset, header->blob_start);
    layout->pages_offset = layout->blob_offset + (header->pages_start - header->blob_start);
    uint64_t stored = header->scratch_start - header->blob_start;
    layout->segments[layout->num_segments] =
        (Elf64_Phdr){.p_type = PT_LOAD,
                     .p_flags = PF_R | PF_W,
                     .p_offset = layout->blob_offset,
                     .p_vaddr = header->blob_start,
                     .p_paddr = last->p_paddr + (header->blob_start - last->p_vaddr),
                     .p_filesz = stored,
                     .p_memsz = header->image_end - header->blob_start,
                     .p_align = CAPDL_PAGE_SIZE};
    layout->num_segments++;
    layout->profile_offset = layout->blob_offset + stored;
}

/* File offset in the image of something the initialiser has at this address; false: it is in no segment. */
static bool file_offset(const struct layout *layout, uint64_t address, uint64_t *offset)
{
    for (unsigned i = 0; i + 1 < layout->num_segments; i++) {
        const Elf64_Phdr *segment = &layout->segments[i];
        if (address >= segment->p_vaddr && address - segment->p_vaddr < segment->p_memsz) {
            *offset = segment->p_offset + (address - segment->p_vaddr);
            return true;
        }
    }
    return false;
}

static uint32_t add_name(struct layout *layout, const char *name)
{
    size_t size = strlen(name) + 1, at = layout->names_size;
    layout->names = memory_grow(layout->names, &layout->names_capacity, at + size, 1);
    memcpy(layout->names + at, name, size);
    layout->names_size += size;
    return (uint32_t)at;
}

static void add_section(struct layout *layout, const char *name, Elf64_Shdr section)
{
    section.sh_name = add_name(layout, name);
    layout->sections[layout->num_sections++] = section;
}

static void add_loaded(struct layout *layout, const char *name, uint64_t address, uint64_t offset, uint64_t size)
{
    add_section(layout, name,
                (Elf64_Shdr){.sh_type = SHT_PROGBITS,
                             .sh_flags = SHF_ALLOC | SHF_WRITE,
                             .sh_addr = address,
                             .sh_offset = offset,
                             .sh_size = size,
                             .sh_addralign = CAPDL_PAGE_SIZE});
}

/* The initialiser's own, as far as they are loaded. */
static void keep_sections(struct layout *layout)
{
    const struct elf_view *view = &layout->view;
    for (unsigned i = 0; i < view->header.e_shnum; i++) {
        Elf64_Shdr section = elf_view_section(view, i);
        uint64_t offset;
        if (section.sh_flags & SHF_ALLOC && (section.sh_type == SHT_PROGBITS || section.sh_type == SHT_NOBITS) &&
            section.sh_size > 0 && file_offset(layout, section.sh_addr, &offset)) {
            section.sh_offset = offset;
            section.sh_link = section.sh_info = 0;
            add_section(layout, elf_view_name(view, &section), section);
        }
    }
}

static void add_payload(struct layout *layout)
{
    const struct capdl_image_header *header = &layout->header;
    add_loaded(layout, ".capdl.blob", header->blob_start, layout->blob_offset, header->blob_size);
    if (header->num_pages > 0) {
        add_loaded(layout, ".capdl.pages", header->pages_start, layout->pages_offset,
                   header->num_pages * CAPDL_PAGE_SIZE);
    }
    if (header->scratch_size > 0) { /* strip makes segments as long as their sections */
        add_section(layout, ".capdl.scratch",
                    (Elf64_Shdr){.sh_type = SHT_NOBITS,
                                 .sh_flags = SHF_ALLOC | SHF_WRITE,
                                 .sh_addr = header->scratch_start,
                                 .sh_offset = layout->profile_offset,
                                 .sh_size = header->scratch_size,
                                 .sh_addralign = CAPDL_PAGE_SIZE});
    }
}

/* Adds a section that is not loaded, unless it is empty, at *end or after it, and moves *end behind it. Returns where
 * it is. */
static uint64_t append_section(struct layout *layout, const char *name, uint64_t size, uint64_t align, uint64_t *end)
{
    uint64_t offset = (*end + align - 1) & ~(align - 1);
    if (size == 0) {
        return *end;
    }
    add_section(layout, name,
                (Elf64_Shdr){.sh_type = SHT_PROGBITS, .sh_offset = offset, .sh_size = size, .sh_addralign = align});
    *end = offset + size;
    return offset;
}

/* Tools find blob and pages by the names of sections; nothing that boots looks at them. */
static void place_sections(struct layout *layout)
{
    uint64_t end = layout->profile_offset;
    layout->sections = memory_zeroed(layout->view.header.e_shnum + 9u, sizeof(*layout->sections));
    add_section(layout, "", (Elf64_Shdr){0});
    keep_sections(layout);
    add_payload(layout);
    append_section(layout, ".capdl.profile", layout->profile_size, 1, &end);
    layout->reserved_offset = append_section(layout, RESERVED_SECTION, layout->reserved_size, 16, &end);
    append_section(layout, SETTINGS_SECTION, layout->settings_size, 1, &end);
    append_section(layout, SYSTEM_SECTION, layout->program->options->system ? SHA256_BYTES : 0, 1, &end);
    append_section(layout, INPUTS_SECTION, layout->program->options->inputs ? layout->program->options->inputs_size : 0,
                   1, &end);
    layout->names_offset = end;
    add_section(layout, ".shstrtab",
                (Elf64_Shdr){.sh_type = SHT_STRTAB, .sh_offset = layout->names_offset, .sh_addralign = 1});
    layout->sections[layout->num_sections - 1].sh_size = layout->names_size;
    layout->sections_offset = (layout->names_offset + layout->names_size + 7) & ~UINT64_C(7);
}

/* Slots of the initial CNode that capabilities take in any case: one each, or one for each leaf of a larger CSpace
 * and its root. */
static uint64_t initial_slots(const struct program *program)
{
    uint64_t slots = program->num_objects + program->num_derived;
    uint64_t leaves = (slots + CAPDL_LEAF_SLOTS - 1) / CAPDL_LEAF_SLOTS + 1;
    return slots < leaves ? slots : leaves;
}

static bool fits_kernel(struct layout *layout)
{
    struct program *program = layout->program;
    const struct capdl_profile *profile = program->profile;
    uint64_t bytes = layout->header.image_end - layout->header.image_start;
    uint64_t needed = fit_root_slots(program, &layout->header) + initial_slots(program);
    uint64_t available = UINT64_C(1) << profile->root_cnode_bits;
    unsigned bits = profile->root_cnode_bits;
    char label[256];
    if (needed <= available) {
        return true;
    }
    if (program->num_spared == program->copies) { /* all that were asked for: perhaps there are more */
        program->missing = needed - available;
        return false;
    }
    while (UINT64_C(1) << bits < needed) {
        bits++;
    }
    capdl_error(
        program->diags, CAPDL_WHOLE_SPEC,
        "the image is too large for kernel %s: %llu pages (%llu of them contents of frames, and %zu more are "
        "copied from equal ones, %zu from packed pages) need about %llu slots of its root CNode, which has %llu; "
        "build the kernel with KernelRootCNodeSizeBits=%u, or make the contents smaller, such as those of '%s'",
        profile->name, (unsigned long long)(bytes / CAPDL_PAGE_SIZE), (unsigned long long)layout->header.num_pages,
        program->num_copied, program->num_packed, (unsigned long long)needed, (unsigned long long)available, bits,
        program->num_embedded > 0 ? capdl_object_label(program->spec, program->pages[0].object, label, sizeof(label))
                                  : "the largest frames");
    return false;
}

static void put(struct layout *layout, const void *bytes, size_t size)
{
    if (size > 0) {
        fwrite(bytes, 1, size, layout->out);
        seal_add(&layout->seal, bytes, size);
        layout->written += size;
    }
}

static void put_zeros_to(struct layout *layout, uint64_t offset)
{
    static const uint8_t zeros[CAPDL_PAGE_SIZE];
    while (layout->written < offset) {
        uint64_t left = offset - layout->written;
        put(layout, zeros, left < sizeof(zeros) ? left : sizeof(zeros));
    }
}

static void put_headers(struct layout *layout)
{
    unsigned word_bits = layout->view.word_bits;
    uint8_t bytes[sizeof(Elf64_Ehdr)];
    Elf64_Ehdr header = layout->view.header;
    header.e_phoff = header.e_ehsize = (Elf64_Half)elf_header_size(word_bits);
    header.e_phnum = (Elf64_Half)layout->num_segments;
    header.e_shoff = layout->sections_offset;
    header.e_shnum = (Elf64_Half)layout->num_sections;
    header.e_shentsize = (Elf64_Half)elf_section_size(word_bits);
    header.e_shstrndx = (Elf64_Half)(layout->num_sections - 1);
    elf_header_put(word_bits, bytes, &header);
    put(layout, bytes, header.e_ehsize);
    for (unsigned i = 0; i < layout->num_segments; i++) {
        elf_segment_put(word_bits, bytes, &layout->segments[i]);
        put(layout, bytes, elf_segment_size(word_bits));
    }
}

static void put_sections(struct layout *layout)
{
    uint8_t bytes[sizeof(Elf64_Shdr)];
    for (unsigned i = 0; i < layout->num_sections; i++) {
        elf_section_put(layout->view.word_bits, bytes, &layout->sections[i]);
        put(layout, bytes, elf_section_size(layout->view.word_bits));
    }
}

/* A segment's bytes, with the filled-in header where that is in it. */
static void put_segment(struct layout *layout, const Elf64_Phdr *segment)
{
    uint8_t *bytes = memory_zeroed(segment->p_filesz, 1);
    const uint8_t *from = elf_view_at(&layout->view, segment->p_vaddr, segment->p_filesz);
    if (from) {
        memcpy(bytes, from, segment->p_filesz);
    }
    uint64_t at = layout->header_address - segment->p_vaddr;
    if (layout->header_address >= segment->p_vaddr && at < segment->p_filesz) {
        memcpy(bytes + at, &layout->header, sizeof(layout->header));
    }
    put_zeros_to(layout, segment->p_offset);
    put(layout, bytes, segment->p_filesz);
    free(bytes);
}

static void put_payload(struct layout *layout)
{
    const struct program *program = layout->program;
    uint8_t page[CAPDL_PAGE_SIZE];
    put_zeros_to(layout, layout->blob_offset);
    put(layout, layout->blob, layout->header.blob_size);
    put_zeros_to(layout, layout->pages_offset);
    for (size_t i = 0; i < program->num_pages; i++) {
        page_contents(program, &program->pages[i], page);
        put(layout, page, sizeof(page));
    }
    put(layout, layout->profile, layout->profile_size);
    put_zeros_to(layout, layout->reserved_offset);
    put(layout, layout->reserved, layout->reserved_size);
    put(layout, layout->settings, layout->settings_size);
    if (layout->program->options->system) {
        put(layout, layout->program->options->system, SHA256_BYTES);
    }
    if (layout->program->options->inputs) {
        put(layout, layout->program->options->inputs, layout->program->options->inputs_size);
    }
    put(layout, layout->names, layout->names_size);
    put_zeros_to(layout, layout->sections_offset);
    put_sections(layout);
}

static bool write_all(struct layout *layout)
{
    uint8_t seal[SEAL_BYTES];
    seal_start(&layout->seal);
    put_headers(layout);
    for (unsigned i = 0; i + 1 < layout->num_segments; i++) {
        put_segment(layout, &layout->segments[i]);
    }
    put_payload(layout);
    seal_end(&layout->seal, seal);
    fwrite(seal, 1, sizeof(seal), layout->out);
    return fflush(layout->out) == 0 && !ferror(layout->out);
}

/* A kernel that was read from a directory is named by its facts: the image must not depend on where the kernel
 * is. */
static uint8_t *encode_profile(const struct capdl_profile *profile, size_t *size)
{
    struct capdl_profile *named = malloc(sizeof(*named));
    if (!named) {
        return NULL;
    }
    *named = *profile;
    if (profile->prefix[0]) {
        snprintf(named->name, sizeof(named->name), "%s%s-%s", capdl_architecture(profile->arch)->kernel,
                 profile->mcs ? "-mcs" : "", profile->platform);
    }
    uint8_t *bytes = profile_encode(named, size);
    free(named);
    return bytes;
}

/* Names are needed to find the programs that go into files of their own when the image is packed. */
static bool names_needed(const struct program *program)
{
    bool needed = false;
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        const struct capdl_program *declared = capdl_object_kind(program->spec, i) == CAPDL_KIND_PROGRAM
                                                   ? capdl_object_declaration(program->spec, i)
                                                   : NULL;
        if (declared && settings_external(declared)) {
            capdl_error(program->diags, capdl_object_pos(program->spec, i),
                        "'%s' is external: an image without names (--strip) cannot say which program that is",
                        capdl_object_name(program->spec, i));
            needed = true;
        }
    }
    return needed;
}

static bool lay_out(struct layout *layout, size_t blob_size)
{
    unsigned word_bits = layout->view.word_bits;
    uint64_t offset = elf_header_size(word_bits) + (layout->view.header.e_phnum + 1u) * elf_segment_size(word_bits);
    uint64_t end = place_segments(layout, &offset);
    if (end == 0 || end > layout->program->profile->user_top) {
        return refuse(layout, "has no loaded segment at user addresses");
    }
    place_payload(layout, end, offset, blob_size);
    if (!fits_kernel(layout) || !fit_image(layout->program, layout->blob, blob_size, &layout->header)) {
        return false;
    }
    layout->profile = encode_profile(layout->program->profile, &layout->profile_size);
    layout->reserved = reserved_encode(layout->program, &layout->reserved_size);
    const struct image *base = layout->program->options->base;
    if (base) {
        const uint8_t *section = settings_section(base->bytes, base->size, &layout->settings_size);
        layout->settings = memory_zeroed(layout->settings_size + 1, 1);
        if (section) { /* whoever replaces a program has read it, so it is not damaged */
            memcpy(layout->settings, section, layout->settings_size);
        }
    } else if (!layout->program->options->strip) { /* without names no program can be replaced */
        layout->settings = settings_encode(layout->program->spec, &layout->settings_size);
    } else if (names_needed(layout->program)) {
        return false;
    }
    place_sections(layout);
    return true;
}

bool layout_write(struct program *program, const uint8_t *blob, size_t blob_size, FILE *out)
{
    struct layout layout = {.program = program, .blob = blob, .out = out};
    struct file_bytes file;
    char *path;
    if (!initialiser_read(program, &file, &path)) {
        free(path);
        return false;
    }
    layout.path = path;
    bool good = read_initialiser(&layout, &file) && lay_out(&layout, blob_size) &&
                (program->chosen || program->shared || write_all(&layout));
    free(layout.segments);
    free(layout.sections);
    free(layout.names);
    free(layout.profile);
    free(layout.reserved);
    free(layout.settings);
    free(path);
    if (!program->options->base) {
        file_release(&file);
    }
    return good;
}
