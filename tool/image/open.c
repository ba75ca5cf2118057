/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening an image. What is checked here, every later reader relies on, whatever the file was. */
#include <string.h>

#include <capdl/architecture.h>

#include "blob/blob.h"
#include "base/elf_view.h"
#include "image/image.h"
#include "profile/profile.h"

struct opening {
    struct image *image;
    struct elf_view view;
    const char *name;
    struct capdl_diags *diags;
};

static bool refuse(const struct opening *opening, const char *problem)
{
    capdl_error(opening->diags, CAPDL_NOWHERE, "image '%s' %s", opening->name, problem);
    return false;
}

bool image_is_elf(const uint8_t *bytes, size_t size)
{
    return size >= SELFMAG && memcmp(bytes, ELFMAG, SELFMAG) == 0;
}

static bool read_header(struct opening *opening)
{
    struct capdl_image_header *header = &opening->image->header;
    Elf64_Shdr section;
    if (!elf_view_find(&opening->view, ".capdl.header", &section)) {
        return refuse(opening, "has no section .capdl.header: it was not made by 'capdl compile'");
    }
    const uint8_t *at = elf_view_at(&opening->view, section.sh_addr, sizeof(*header));
    if (!at) {
        return refuse(opening, "has a damaged section .capdl.header");
    }
    memcpy(header, at, sizeof(*header));
    if (header->magic != CAPDL_IMAGE_MAGIC) {
        return refuse(opening, "has no image header");
    }
    if (header->version != CAPDL_BLOB_VERSION) {
        return refuse(opening, "is of an unknown version");
    }
    if (header->arch >= CAPDL_ARCH_COUNT || !capdl_arch_boots(header->arch) ||
        capdl_architecture(header->arch)->word_bits != opening->view.word_bits ||
        capdl_architecture(header->arch)->elf_machine != opening->view.header.e_machine) {
        return refuse(opening, "has an image header for another architecture than its ELF header");
    }
    if (header->image_end == 0) {
        return refuse(opening, "is a bare initialiser: there is no system in it");
    }
    return true;
}

static bool is_page_aligned(uint64_t address)
{
    return address % CAPDL_PAGE_SIZE == 0;
}

/* Between blob and pages: the rest of a page, and with rooms for programs another page or two. */
enum { MOST_SPARE = 3 * CAPDL_PAGE_SIZE };

/* Blob, pages and scratch in this order, each page aligned, up to the end of the image. */
static bool extents_good(const struct opening *opening)
{
    const struct capdl_image_header *h = &opening->image->header;
    uint64_t pages = h->num_pages * CAPDL_PAGE_SIZE;
    bool aligned = is_page_aligned(h->image_start) && is_page_aligned(h->blob_start) &&
                   is_page_aligned(h->pages_start) && is_page_aligned(h->scratch_start) &&
                   is_page_aligned(h->image_end);
    bool small = h->num_pages <= CAPDL_BLOB_MAX_PAGES && h->blob_size <= opening->view.size &&
                 h->scratch_size <= UINT64_C(1) << 47 && h->blob_start <= UINT64_C(1) << 47;
    if (!aligned || !small || h->image_start >= h->blob_start || h->pages_start < h->blob_start + h->blob_size ||
        h->pages_start - h->blob_start - h->blob_size > MOST_SPARE || h->scratch_start != h->pages_start + pages ||
        h->image_end !=
            h->scratch_start + ((h->scratch_size + CAPDL_PAGE_SIZE - 1) & ~(uint64_t)(CAPDL_PAGE_SIZE - 1))) {
        return refuse(opening, "has an image header with inconsistent addresses");
    }
    return true;
}

/* Checks that the kernel will load exactly what the header says. */
static bool segments_good(const struct opening *opening)
{
    const struct capdl_image_header *h = &opening->image->header;
    bool entered = false, appended = false;
    for (unsigned i = 0; i < opening->view.header.e_phnum; i++) {
        Elf64_Phdr segment = elf_view_segment(&opening->view, i);
        if (segment.p_type != PT_LOAD) {
            return refuse(opening, "has a segment marked as not loaded, which the kernel would load anyway");
        }
        if (segment.p_vaddr < h->image_start || segment.p_vaddr + segment.p_memsz > h->image_end) {
            return refuse(opening, "has a segment outside the addresses in its image header");
        }
        if (segment.p_vaddr == h->blob_start) {
            appended = segment.p_vaddr + segment.p_memsz == h->image_end;
        } else if (segment.p_vaddr + segment.p_memsz > h->blob_start) {
            return refuse(opening, "has a segment that overlaps the blob");
        }
        uint64_t entry = opening->view.header.e_entry;
        entered |= entry >= segment.p_vaddr && entry - segment.p_vaddr < segment.p_filesz;
    }
    if (!appended) {
        return refuse(opening, "has no segment with blob and pages");
    }
    return entered || refuse(opening, "has an entry point outside its segments");
}

static bool find_payload(struct opening *opening)
{
    struct image *image = opening->image;
    const struct capdl_image_header *h = &image->header;
    image->blob = elf_view_at(&opening->view, h->blob_start, h->blob_size);
    image->pages = elf_view_at(&opening->view, h->pages_start, h->num_pages * CAPDL_PAGE_SIZE);
    if (!image->blob || !image->pages) {
        return refuse(opening, "is truncated: blob or pages are not in the file");
    }
    return true;
}

bool image_blob(const struct image *image, struct capdl_blob *blob)
{
    struct capdl_blob_error error;
    if (!image->blob || capdl_blob_open(blob, image->blob, image->header.blob_size, &error)) {
        return image->blob;
    }
    if (!capdl_blob_open_for_boot(blob, image->blob, image->header.blob_size, &error, &(struct capdl_kept_calls){0})) {
        return false;
    }
    blob->items[CAPDL_BLOB_ITEM_NAMES] = blob->size;
    return true;
}

static bool read_blob(struct opening *opening)
{
    struct image *image = opening->image;
    struct capdl_blob blob;
    struct capdl_blob_error error;
    bool good = capdl_blob_open(&blob, image->blob, image->header.blob_size, &error);
    if (!good && error.items > CAPDL_BLOB_ITEM_NAMES) {
        capdl_finding(opening->diags, CAPDL_WARNING, CAPDL_CHECK_IMAGE_NAMES, CAPDL_NOWHERE,
                      "image '%s' has damaged names: at byte %zu of its blob, expected %s; it boots, and is read "
                      "without names",
                      opening->name, error.offset, error.expected);
    } else if (!good) {
        capdl_error(opening->diags, CAPDL_NOWHERE, "image '%s' has a damaged blob: at byte %zu, expected %s",
                    opening->name, error.offset, error.expected);
        return false;
    }
    if (blob.sizes[CAPDL_SIZE_PAGES] != image->header.num_pages) {
        return refuse(opening, "has a different number of pages than its blob");
    }
    if (blob.boot[CAPDL_BOOT_ARCH] != image->header.arch) {
        return refuse(opening, "has a blob for another architecture");
    }
    return true;
}

static bool read_profile(struct opening *opening)
{
    struct image *image = opening->image;
    Elf64_Shdr section;
    if (!elf_view_find(&opening->view, ".capdl.profile", &section) || section.sh_type != SHT_PROGBITS) {
        return refuse(opening, "has no section .capdl.profile: it may have been stripped of sections");
    }
    char flaw[PROFILE_FLAW];
    if (!profile_decode(image->bytes + section.sh_offset, section.sh_size, &image->profile, flaw)) {
        char damaged[PROFILE_FLAW + 64];
        snprintf(damaged, sizeof(damaged), "has a damaged section .capdl.profile%s%s", *flaw ? ": " : "", flaw);
        return refuse(opening, damaged);
    }
    if (image->profile.arch != image->header.arch) {
        return refuse(opening, "has a kernel profile for another architecture");
    }
    return true;
}

bool image_open(struct image *image, const char *name, const uint8_t *bytes, size_t size, struct capdl_diags *diags)
{
    struct opening opening = {.image = image, .name = name, .diags = diags};
    const char *problem;
    *image = (struct image){.bytes = bytes, .size = size};
    if (!elf_view_open(&opening.view, bytes, size, &problem)) {
        return refuse(&opening, problem);
    }
    image->entry = opening.view.header.e_entry;
    if (!reserved_section_open(&image->contents, bytes, size)) {
        return refuse(&opening, "has a damaged section " RESERVED_SECTION);
    }
    return read_header(&opening) && extents_good(&opening) && segments_good(&opening) && find_payload(&opening) &&
           read_blob(&opening) && read_profile(&opening);
}

bool image_is_quiet(const struct image *image)
{
    struct capdl_blob blob;
    return image_blob(image, &blob) && (blob.boot[CAPDL_BOOT_FLAGS] & CAPDL_BOOT_FLAG_QUIET);
}

bool image_needs_iommu(const struct image *image)
{
    struct capdl_blob blob;
    struct capdl_call call;
    if (!image_blob(image, &blob)) {
        return false;
    }
    struct capdl_blob_calls calls = capdl_blob_calls(&blob);
    while (capdl_blob_next_call(&calls, &call)) {
        for (unsigned i = 0; i < call.num_operands; i++) {
            if (call.operands[i].kind == CAPDL_REF_INITIAL && call.operands[i].value == CAPDL_INITIAL_IO_SPACE) {
                return true;
            }
        }
    }
    return false;
}
