/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames in memory that is kept out of the kernel's map. To the kernel that is device memory, which it does not
 * clear: the loader puts the contents there, including zeros, and the initialiser only maps them.
 */
#include <stdlib.h>
#include <string.h>

#include "image/reserved_section.h"
#include "image/frame_bytes.h"
#include "image/program.h"

static bool region_good(struct program *program, const struct capdl_region *region)
{
    const struct capdl_profile *profile = program->profile;
    if ((region->start | region->end) % CAPDL_PAGE_SIZE) {
        capdl_error(program->diags, CAPDL_WHOLE_SPEC,
                    "the reserved memory 0x%llx to 0x%llx is not whole pages of 4096 bytes",
                    (unsigned long long)region->start, (unsigned long long)region->end);
        return false;
    }
    if (capdl_architecture(profile->arch)->pc) {
        capdl_error(program->diags, CAPDL_WHOLE_SPEC,
                    "memory can be reserved only on AArch64 and RISC-V: kernel '%s' is started by a boot loader that "
                    "cannot fill it",
                    profile->name);
        return false;
    }
    for (size_t i = 0; i < profile->num_memory; i++) {
        const struct capdl_region *ram = &profile->memory[i];
        if (region->start < ram->end && ram->start < region->end) {
            capdl_error(
                program->diags, CAPDL_WHOLE_SPEC,
                "the reserved memory 0x%llx to 0x%llx is RAM that kernel '%s' manages and clears (0x%llx to "
                "0x%llx): reserve "
                "memory outside it, or build the kernel with KernelCustomDTSOverlay and a device tree that reserves it",
                (unsigned long long)region->start, (unsigned long long)region->end, profile->name,
                (unsigned long long)ram->start, (unsigned long long)ram->end);
            return false;
        }
    }
    return true;
}

/* A frame's memory is in reserved memory or apart from it. */
static bool frame_reserved(struct program *program, uint32_t object)
{
    uint64_t end =
        capdl_object_paddr(program->spec, object) + (UINT64_C(1) << capdl_object_size_bits(program->spec, object));
    for (size_t i = 0; i < program->options->num_reserved; i++) {
        const struct capdl_region *region = &program->options->reserved[i];
        if (capdl_object_paddr(program->spec, object) >= region->end || end <= region->start) {
            continue;
        }
        if (capdl_object_paddr(program->spec, object) >= region->start && end <= region->end) {
            return true;
        }
        program_error(program, object, "at 0x%llx to 0x%llx is only partly in the reserved memory 0x%llx to 0x%llx",
                      (unsigned long long)capdl_object_paddr(program->spec, object), (unsigned long long)end,
                      (unsigned long long)region->start, (unsigned long long)region->end);
    }
    return false;
}

/* Memory of a program that nobody would clear: the kernel takes it for device memory, and the loader does not know
 * of it. */
static void refuse_uncleared(struct program *program, uint32_t object)
{
    const struct capdl_profile *profile = program->profile;
    bool in_ram = profile->num_memory == 0;
    for (size_t i = 0; i < profile->num_memory; i++) {
        in_ram |= capdl_object_paddr(program->spec, object) >= profile->memory[i].start &&
                  capdl_object_paddr(program->spec, object) < profile->memory[i].end;
    }
    if (!in_ram) {
        program_error(program, object,
                      "belongs to a program and is at 0x%llx, which is neither RAM of kernel '%s' nor reserved: use "
                      "--reserve 0x%llx+SIZE if it is RAM outside the kernel's map",
                      (unsigned long long)capdl_object_paddr(program->spec, object), profile->name,
                      (unsigned long long)capdl_object_paddr(program->spec, object));
    }
}

void reserved_find(struct program *program)
{
    for (size_t i = 0; i < program->options->num_reserved; i++) {
        region_good(program, &program->options->reserved[i]);
    }
    for (uint32_t i = 0; i < program->spec->num_objects && program->diags->num_errors == 0; i++) {
        if (capdl_object_kind(program->spec, i) != CAPDL_KIND_FRAME ||
            !(capdl_object_flags(program->spec, i) & CAPDL_OBJECT_HAS_PADDR) ||
            program->kernel_objects[i].type == CAPDL_TYPE_COUNT) {
            continue;
        }
        if (frame_reserved(program, i)) {
            program->kernel_objects[i].flags |= KOBJ_RESERVED;
        } else if (capdl_object_program(program->spec, i) != CAPDL_NO_OBJECT &&
                   capdl_object_flags(program->spec, i) & CAPDL_OBJECT_GENERATED) {
            refuse_uncleared(program, i);
        }
    }
}

/* The section while it is made. */
struct section {
    uint8_t *bytes;
    size_t size, capacity;
    struct entry {
        uint64_t address, stored, zeros, offset;
    } *entries;
    size_t num_entries, capacity_entries;
};

static void section_add(struct section *section, const void *bytes, size_t size)
{
    section->bytes = memory_grow(section->bytes, &section->capacity, section->size + size, 1);
    memcpy(section->bytes + section->size, bytes, size);
    section->size += size;
}

/* Bytes at an address, ascending from call to call; 0: zeros. */
static void content_add(struct section *section, uint64_t address, const uint8_t *bytes, uint64_t size)
{
    struct entry *last = section->num_entries ? &section->entries[section->num_entries - 1] : NULL;
    if (!last || last->address + last->stored + last->zeros != address || (bytes && last->zeros)) {
        section->entries = memory_grow(section->entries, &section->capacity_entries, section->num_entries + 1,
                                       sizeof(*section->entries));
        last = &section->entries[section->num_entries++];
        *last = (struct entry){.address = address, .offset = section->size};
    }
    if (bytes) {
        section_add(section, bytes, size);
        last->stored += size;
    } else {
        last->zeros += size;
    }
}

/* Small frames are stored even when they are zero, so that another program can take their place later. */
static void frame_add(struct section *section, const struct program *program, uint32_t object)
{
    uint64_t size = UINT64_C(1) << capdl_object_size_bits(program->spec, object),
             used = capdl_object_size_bits(program->spec, object) == CAPDL_PAGE_BITS ? size : 0;
    uint8_t page[CAPDL_PAGE_SIZE];
    struct capdl_fills fills = capdl_object_fills(program->spec, object);
    for (size_t i = 0; i < fills.count; i++) {
        uint64_t end = fills.list[i].offset + fills.list[i].length;
        end = (end + CAPDL_PAGE_SIZE - 1) & ~(uint64_t)(CAPDL_PAGE_SIZE - 1);
        used = end > used ? end : used;
    }
    for (uint64_t offset = 0; offset < used; offset += CAPDL_PAGE_SIZE) {
        content_page(program, object, offset, page);
        content_add(section, capdl_object_paddr(program->spec, object) + offset, page, sizeof(page));
    }
    if (used < size) {
        content_add(section, capdl_object_paddr(program->spec, object) + used, NULL, size - used);
    }
}

static void put_word(uint8_t **at, uint64_t word)
{
    memcpy(*at, &word, sizeof(word));
    *at += sizeof(word);
}

uint8_t *reserved_encode(const struct program *program, size_t *size)
{
    const struct image_options *options = program->options;
    struct section section = {NULL};
    for (size_t slot = 0; slot < program->num_objects; slot++) { /* objects with addresses have slots in their order */
        uint32_t object = program->objects[slot];
        if (object != CAPDL_NO_OBJECT && program->kernel_objects[object].flags & KOBJ_RESERVED) {
            frame_add(&section, program, object);
        }
    }
    size_t head = (2 + options->num_reserved * 2 + section.num_entries * 4) * sizeof(uint64_t);
    uint8_t *bytes = memory_zeroed(head + section.size, 1), *at = bytes;
    put_word(&at, options->num_reserved);
    put_word(&at, section.num_entries);
    for (size_t i = 0; i < options->num_reserved; i++) {
        put_word(&at, options->reserved[i].start);
        put_word(&at, options->reserved[i].end);
    }
    for (size_t i = 0; i < section.num_entries; i++) {
        put_word(&at, section.entries[i].address);
        put_word(&at, section.entries[i].stored);
        put_word(&at, section.entries[i].zeros);
        put_word(&at, section.entries[i].offset + head);
    }
    if (section.size) {
        memcpy(at, section.bytes, section.size);
    }
    *size = options->num_reserved ? head + section.size : 0;
    free(section.bytes);
    free(section.entries);
    return bytes;
}
