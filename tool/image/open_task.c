/* SPDX-License-Identifier: BSD-2-Clause */
/* Foreign root tasks: any static ELF program that a kernel can start. */
#include <inttypes.h>
#include <string.h>

#include <capdl/architecture.h>

#include "base/elf_view.h"
#include "image/image.h"
#include "image/program.h"

/* Pages that the kernel maps after the program: IPC buffer and bootinfo. */
enum { AFTER_IMAGE = 2, MOST_SEGMENTS = 1024 };

/* A segment that is loaded. */
static bool is_loaded(const Elf64_Phdr *segment)
{
    return segment->p_type == PT_LOAD && segment->p_memsz > 0;
}

bool image_is_task(const uint8_t *bytes, size_t size)
{
    uint64_t magic = CAPDL_IMAGE_MAGIC;
    struct elf_view view;
    Elf64_Shdr section;
    const char *problem;
    if (!elf_view_open(&view, bytes, size, &problem) || elf_view_find(&view, ".capdl.header", &section)) {
        return false;
    }
    for (unsigned i = 0; view.header.e_shnum == 0 && i < view.header.e_phnum; i++) {
        Elf64_Phdr segment = elf_view_segment(&view, i);
        const uint8_t *at = is_loaded(&segment) ? elf_view_at(&view, segment.p_vaddr, segment.p_filesz) : NULL;
        if (at && memmem(at, segment.p_filesz, &magic, sizeof(magic))) {
            return false; /* ours, without its sections */
        }
    }
    return true;
}

static bool refuse(struct capdl_diags *diags, const char *name, const char *problem)
{
    capdl_error(diags, CAPDL_NOWHERE, "root task '%s' %s", name, problem);
    return false;
}

/* Addresses [start, end) of a segment, in whole pages. False: it wraps around. */
static bool span_of(const Elf64_Phdr *segment, uint64_t *start, uint64_t *end)
{
    *start = segment->p_vaddr & -(uint64_t)CAPDL_PAGE_SIZE;
    *end = segment->p_vaddr + segment->p_memsz;
    if (*end < segment->p_vaddr || *end > UINT64_MAX - CAPDL_PAGE_SIZE) {
        return false;
    }
    *end = (*end + CAPDL_PAGE_SIZE - 1) & -(uint64_t)CAPDL_PAGE_SIZE;
    return true;
}

/* Segments may share a page, but not an address. */
static bool overlaps_another(const struct elf_view *view, unsigned number, const Elf64_Phdr *segment)
{
    for (unsigned i = 0; i < number; i++) {
        Elf64_Phdr other = elf_view_segment(view, i);
        if (is_loaded(&other) && segment->p_vaddr < other.p_vaddr + other.p_memsz &&
            other.p_vaddr < segment->p_vaddr + segment->p_memsz) {
            return true;
        }
    }
    return false;
}

static bool read_segments(struct image *image, const struct elf_view *view, const char *name, struct capdl_diags *diags)
{
    struct capdl_image_header *header = &image->header;
    bool entered = false;
    header->image_start = UINT64_MAX;
    if (view->header.e_phnum > MOST_SEGMENTS) {
        return refuse(diags, name, "has more than 1024 program headers");
    }
    for (unsigned i = 0; i < view->header.e_phnum; i++) {
        Elf64_Phdr segment = elf_view_segment(view, i);
        uint64_t start, end;
        if (segment.p_type == PT_INTERP) {
            return refuse(diags, name, "is dynamically linked: the kernel starts only programs linked with -static");
        }
        if (!is_loaded(&segment)) {
            continue;
        }
        if (!span_of(&segment, &start, &end) || segment.p_filesz > segment.p_memsz || segment.p_offset > view->size ||
            segment.p_filesz > view->size - segment.p_offset) {
            return refuse(diags, name, "has a segment that is outside the file, or wraps around: truncated?");
        }
        if (overlaps_another(view, i, &segment)) {
            return refuse(diags, name, "has two segments for the same addresses");
        }
        header->image_start = start < header->image_start ? start : header->image_start;
        header->image_end = end > header->image_end ? end : header->image_end;
        entered |= image->entry >= segment.p_vaddr && image->entry - segment.p_vaddr < segment.p_memsz;
    }
    if (header->image_end == 0) {
        return refuse(diags, name, "has nothing to load");
    }
    return entered || refuse(diags, name, "has an entry point outside its segments");
}

static bool check_addresses(const struct image *image, const struct elf_view *view, const char *name,
                            struct capdl_diags *diags)
{
    const struct capdl_profile *profile = &image->profile;
    uint64_t end = image->header.image_end;
    if (end > profile->user_top || profile->user_top - end < AFTER_IMAGE * CAPDL_PAGE_SIZE) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "root task '%s' ends at 0x%" PRIx64 ", which leaves no room for IPC buffer and bootinfo below the "
                    "end of user addresses, 0x%" PRIx64 ": link it lower",
                    name, end, profile->user_top);
        return false;
    }
    uint64_t lowest = UINT64_MAX;
    for (unsigned i = 0; i < view->header.e_phnum; i++) {
        Elf64_Phdr segment = elf_view_segment(view, i);
        lowest = is_loaded(&segment) && segment.p_vaddr < lowest ? segment.p_vaddr : lowest;
    }
    if (lowest % CAPDL_PAGE_SIZE && capdl_architecture(profile->arch)->pc) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "root task '%s' starts at 0x%" PRIx64 ": kernels for PCs start only programs whose lowest segment "
                    "is at a multiple of 4096",
                    name, lowest);
        return false;
    }
    return true;
}

bool image_open_task(struct image *image, const char *name, const uint8_t *bytes, size_t size,
                     const struct capdl_profile *profile, struct capdl_diags *diags)
{
    const struct capdl_architecture *facts = capdl_architecture(profile->arch);
    struct elf_view view;
    const char *problem;
    *image = (struct image){.bytes = bytes, .size = size, .profile = *profile};
    if (!elf_view_open(&view, bytes, size, &problem)) {
        return refuse(diags, name, problem);
    }
    if (view.header.e_machine != facts->elf_machine || view.word_bits != facts->word_bits) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "root task '%s' is for another processor (ELF machine %u, %u bits) than kernel %s, which is for %s",
                    name, view.header.e_machine, view.word_bits, profile->name, capdl_arch_name(profile->arch));
        return false;
    }
    image->entry = view.header.e_entry;
    image->header.arch = profile->arch;
    return read_segments(image, &view, name, diags) && check_addresses(image, &view, name, diags);
}
