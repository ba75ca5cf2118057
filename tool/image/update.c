/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Swapping a program: the image is read back into its spec, which says where each page of the PD is mapped and where
 * in the file its bytes are. The new program must ask for pages that are there, with the rights they have; what is
 * not zero needs a page that is stored in the image.
 */
#include "image/update.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/pd_names.h"
#include "image/inputs_section.h"
#include "image/program.h"
#include "image/system_section.h"

enum { NAME_SIZE = 256 };

/* A mapped page of the program, 4 KiB of a frame. */
struct slot {
    uint64_t vaddr;
    uint64_t offset; /* of its bytes in the image; 0: none are stored */
    uint8_t rights;
    bool used; /* by the new program */
};

struct update {
    const struct image *image;
    const char *image_name, *pd;
    const struct update_program *program;
    struct capdl_spec spec; /* in the image */
    struct capdl_diags *diags;
    char base[NAME_SIZE]; /* "ping", or "worker_2" for worker[2] */
    char array[NAME_SIZE];
    uint32_t element;
    bool microkit; /* the PD is of a Microkit system description, and not made by `pd` */
    bool root; /* it is like the initial task: its pages have all rights, and its bootinfo tells how many there are */
    struct slot *slots;
    size_t num_slots, capacity_slots;
    bool packed; /* some of its frames have no page of their own */
};

static bool refuse(struct update *u, const char *format, ...) CAPDL_PRINTF(2, 3);
static bool refuse(struct update *u, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    capdl_error(u->diags, CAPDL_NOWHERE, "%s: '%s' cannot replace the program of '%s': %s", u->image_name,
                u->program->name, u->pd, text);
    return false;
}

/* "worker[2]" is element 2 of worker; its frames are called elf_worker_2_0 and so on. */
static bool take_name(struct update *u, const char *name)
{
    const char *bracket = strchr(name, '[');
    size_t length = bracket ? (size_t)(bracket - name) : strlen(name);
    if (length == 0 || length > NAME_SIZE - 16) {
        return false;
    }
    u->element = CAPDL_NO_INDEX;
    snprintf(u->array, sizeof(u->array), "%.*s", (int)length, name);
    snprintf(u->base, sizeof(u->base), "%.*s", (int)length, name);
    if (bracket) {
        char *end;
        unsigned long element = strtoul(bracket + 1, &end, 10);
        if (end == bracket + 1 || strcmp(end, "]") != 0 || element >= CAPDL_NO_INDEX) {
            return false;
        }
        u->element = (uint32_t)element;
        snprintf(u->base + length, sizeof(u->base) - length, "_%lu", element);
    }
    return true;
}

/* The object PREFIX_NAME of the PD. */
static uint32_t object_of(const struct update *u, const char *prefix)
{
    char name[NAME_SIZE + 16];
    snprintf(name, sizeof(name), "%s_%s", prefix, u->array);
    return capdl_spec_find(&u->spec, name, u->element);
}

/* Whether a frame is one of the program's. An element of an array that is mapped in the PD's own address space is its
 * own. */
static bool is_programs(const struct update *u, uint32_t frame)
{
    uint32_t element;
    return pd_names_numbered(&u->spec, frame, PD_ELF, u->base) || pd_names_numbered(&u->spec, frame, PD_BSS, u->base) ||
           pd_names_numbered(&u->spec, frame, PD_LARGE, u->base) ||
           pd_names_numbered(&u->spec, frame, PD_MICROKIT_ELF, u->base) ||
           (!u->microkit && (pd_names_element(&u->spec, frame, PD_BSS, u->array, &element) ||
                             pd_names_element(&u->spec, frame, PD_LARGE, u->array, &element)));
}

static void add_frame(struct update *u, const struct capdl_cap *cap, uint64_t vaddr)
{
    if (!is_programs(u, cap->object)) {
        return;
    }
    for (uint64_t offset = 0; offset < UINT64_C(1) << capdl_object_size_bits(&u->spec, cap->object);
         offset += CAPDL_PAGE_SIZE) {
        struct slot slot = {.vaddr = vaddr + offset, .rights = cap->rights};
        struct capdl_fills fills = capdl_object_fills(&u->spec, cap->object);
        for (size_t i = 0; i < fills.count; i++) {
            const struct capdl_fill *fill = &fills.list[i];
            u->packed |= fill->kind == CAPDL_FILL_FILE && fill->length % CAPDL_PAGE_SIZE != 0;
            bool zero_page = fill->length == 0 && fill->offset == 0 && offset == 0; /* stored, and all zero */
            if (zero_page || (offset >= fill->offset && offset - fill->offset < fill->length)) {
                slot.offset = fill->source_offset + (offset - fill->offset);
            }
        }
        u->slots = memory_grow(u->slots, &u->capacity_slots, u->num_slots + 1, sizeof(slot));
        u->slots[u->num_slots++] = slot;
    }
}

/* The pages of a table, in the order of their addresses. */
static void walk(struct update *u, uint32_t table, unsigned level, uint64_t base)
{
    struct capdl_caps caps = capdl_object_caps(&u->spec, table);
    unsigned shift = vspace_shift(&u->image->profile, level);
    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        uint64_t vaddr = base + (cap->slot << shift);
        if (cap->kind == CAPDL_KIND_FRAME) {
            add_frame(u, cap, vaddr);
        } else if (level + 1 < u->image->profile.vspace_levels) {
            walk(u, cap->object, level + 1, vaddr);
        }
    }
}

static struct slot *slot_at(const struct update *u, uint64_t vaddr)
{
    size_t low = 0, high = u->num_slots;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (u->slots[middle].vaddr < vaddr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < u->num_slots && u->slots[low].vaddr == vaddr ? &u->slots[low] : NULL;
}

/* The new program's page, and the rights of all segments that touch it. False: none does. */
static bool make_page(const struct update_program *program, uint64_t vaddr, uint8_t page[CAPDL_PAGE_SIZE],
                      uint8_t *rights)
{
    bool any = false;
    memset(page, 0, CAPDL_PAGE_SIZE);
    *rights = 0;
    for (size_t i = 0; i < program->num_segments; i++) {
        const struct update_segment *s = &program->segments[i];
        uint64_t end = s->vaddr + s->file_size, from = s->vaddr > vaddr ? s->vaddr : vaddr;
        if (s->vaddr >= vaddr + CAPDL_PAGE_SIZE || s->vaddr + s->memory_size <= vaddr) {
            continue;
        }
        any = true;
        *rights |= s->rights;
        end = end < vaddr + CAPDL_PAGE_SIZE ? end : vaddr + CAPDL_PAGE_SIZE;
        if (from < end) {
            memcpy(page + (from - vaddr), s->bytes + (from - s->vaddr), end - from);
        }
    }
    for (size_t i = 0; i < program->num_patches; i++) {
        const struct update_patch *p = &program->patches[i];
        uint64_t from = p->vaddr > vaddr ? p->vaddr : vaddr, end = p->vaddr + p->size;
        end = end < vaddr + CAPDL_PAGE_SIZE ? end : vaddr + CAPDL_PAGE_SIZE;
        if (from < end) {
            memcpy(page + (from - vaddr), p->bytes + (from - p->vaddr), end - from);
        }
    }
    return any;
}

static bool page_zero(const uint8_t page[CAPDL_PAGE_SIZE])
{
    return page[0] == 0 && memcmp(page, page + 1, CAPDL_PAGE_SIZE - 1) == 0;
}

/* Where execution cannot be forbidden, images do not say. */
static uint8_t comparable(const struct update *u, uint8_t rights)
{
    if (u->root) {
        return CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE | CAPDL_RIGHT_EXECUTE;
    }
    return capdl_architecture(u->image->profile.arch)->execute_never ? rights : rights & (uint8_t)~CAPDL_RIGHT_EXECUTE;
}

static bool page_put(struct update *u, uint64_t vaddr, uint8_t *bytes)
{
    uint8_t page[CAPDL_PAGE_SIZE], rights;
    char wanted[8], had[8];
    struct slot *slot = slot_at(u, vaddr);
    make_page(u->program, vaddr, page, &rights);
    if (!slot) {
        return refuse(u, "it has a page at 0x%llx, where the old program has none; compile the spec again",
                      (unsigned long long)vaddr);
    }
    slot->used = true;
    if (comparable(u, slot->rights) != comparable(u, rights)) {
        return refuse(u, "its page at 0x%llx has rights %s, the old program's has %s; compile the spec again",
                      (unsigned long long)vaddr, capdl_rights_text(CAPDL_KIND_FRAME, rights, wanted),
                      capdl_rights_text(CAPDL_KIND_FRAME, slot->rights, had));
    }
    if (!slot->offset && !page_zero(page)) {
        return refuse(u,
                      "its page at 0x%llx has contents, but the image has none for that page, which was all zero; "
                      "compile the spec "
                      "again",
                      (unsigned long long)vaddr);
    }
    if (slot->offset) {
        memcpy(bytes + slot->offset, page, sizeof(page));
    }
    return true;
}

static bool pages_put(struct update *u, uint8_t *bytes)
{
    for (size_t i = 0; i < u->num_slots; i++) { /* what only the old program used is zero from now on */
        if (u->slots[i].offset) {
            memset(bytes + u->slots[i].offset, 0, CAPDL_PAGE_SIZE);
        }
    }
    uint64_t next = 0;
    for (size_t i = 0; i < u->program->num_segments; i++) {
        const struct update_segment *s = &u->program->segments[i];
        uint64_t page = s->vaddr & ~(uint64_t)(CAPDL_PAGE_SIZE - 1);
        for (page = page > next ? page : next; page < s->vaddr + s->memory_size; page += CAPDL_PAGE_SIZE) {
            if (!page_put(u, page, bytes)) {
                return false;
            }
            next = page + CAPDL_PAGE_SIZE;
        }
    }
    return true;
}

/* IPC buffer and bootinfo follow a root task's last page. */
static bool root_good(struct update *u)
{
    uint64_t start = UINT64_MAX, end = 0, mask = CAPDL_PAGE_SIZE - 1;
    for (size_t i = 0; i < u->program->num_segments; i++) {
        const struct update_segment *s = &u->program->segments[i];
        start = s->vaddr < start ? s->vaddr & ~mask : start;
        end = s->vaddr + s->memory_size > end ? (s->vaddr + s->memory_size + mask) & ~mask : end;
    }
    uint64_t first = u->num_slots ? u->slots[0].vaddr : 0;
    uint64_t last = u->num_slots ? u->slots[u->num_slots - 1].vaddr + CAPDL_PAGE_SIZE : 0;
    return !u->root || (start == first && end == last) ||
           refuse(u,
                  "it takes the pages from 0x%llx to 0x%llx, and the old program from 0x%llx to 0x%llx, after which "
                  "IPC buffer and bootinfo follow; compile the spec again",
                  (unsigned long long)start, (unsigned long long)end, (unsigned long long)first,
                  (unsigned long long)last);
}

/* Pages that are copied at boot are in the image once, however many frames have them. */
static bool pages_unshared(struct update *u)
{
    uint64_t first = UINT64_MAX, last = 0;
    if (u->packed) {
        return refuse(u, "some of its pages are packed with others, for slots of the kernel's root CNode; compile the "
                         "spec again");
    }
    for (size_t i = 0; i < u->num_slots; i++) {
        first = u->slots[i].offset && u->slots[i].offset < first ? u->slots[i].offset : first;
        last = u->slots[i].offset > last ? u->slots[i].offset : last;
    }
    uint32_t *uses = memory_zeroed(u->image->size / CAPDL_PAGE_SIZE + 1, sizeof(*uses));
    for (uint32_t i = 0; i < u->spec.num_objects; i++) {
        struct capdl_fills fills = capdl_object_fills(&u->spec, i);
        for (size_t f = 0; capdl_object_kind(&u->spec, i) == CAPDL_KIND_FRAME && f < fills.count; f++) {
            uint64_t start = fills.list[f].source_offset, end = start + fills.list[f].length;
            for (uint64_t at = start; at < end && end > first && start <= last; at += CAPDL_PAGE_SIZE) {
                uses[at / CAPDL_PAGE_SIZE]++;
            }
        }
    }
    bool shared = false;
    for (size_t i = 0; i < u->num_slots; i++) {
        shared |= u->slots[i].offset && uses[u->slots[i].offset / CAPDL_PAGE_SIZE] > 1;
    }
    free(uses);
    return !shared || refuse(u, "some of its pages are shared by several frames; compile the spec again");
}

/* Makes the spec that of the changed image: frames with pages that were all zero have what is there now. */
static void set_spec(struct update *u, uint32_t tcb)
{
    for (uint32_t i = 0; i < u->spec.num_objects; i++) {
        struct capdl_fills fills = {NULL};
        if (capdl_object_kind(&u->spec, i) == CAPDL_KIND_FRAME && is_programs(u, i)) {
            fills = capdl_object_fills(&u->spec, i);
        }
        for (size_t f = 0; f < fills.count; f++) {
            fills.list[f].length = fills.list[f].length ? fills.list[f].length : CAPDL_PAGE_SIZE;
        }
    }
    capdl_object_tcb(&u->spec, tcb)->ip = u->program->entry;
}

struct image_options update_options(const struct image *image, const char *image_name)
{
    const struct reserved_section *contents = &image->contents;
    struct capdl_region *regions = memory_zeroed(contents->num_regions + 1, sizeof(*regions));
    for (uint64_t i = 0; i < contents->num_regions; i++) {
        regions[i] = reserved_section_region(contents, i);
    }
    struct image_options options = {.profile = &image->profile,
                                    .spec_path = image_name,
                                    .reserved = regions,
                                    .num_reserved = contents->num_regions,
                                    .quiet = image->blob && image_is_quiet(image),
                                    .system = system_section(image->bytes, image->size),
                                    .base = image};
    options.inputs = inputs_section(image->bytes, image->size, &options.inputs_size);
    return options;
}

/* Compiles the spec with the new pages. */
static bool compile_again(struct update *u, struct update_made *made)
{
    const struct image_source source = {u->image_name, made->bytes, made->size};
    struct image_options options = update_options(u->image, u->image_name);
    struct image image;
    char *bytes = NULL;
    size_t size;
    FILE *out = memory_need(open_memstream(&bytes, &size));
    options.sources = &source;
    options.num_sources = 1;
    bool good = image_compile(&u->spec, &options, u->diags, out);
    fclose(out);
    free((void *)(uintptr_t)options.reserved);
    free(made->bytes);
    made->bytes = (uint8_t *)bytes;
    made->size = size;
    return good && image_open(&image, u->image_name, made->bytes, made->size, u->diags) &&
           image_to_spec(&image, u->image_name, &made->spec, u->diags);
}

/* Another entry point is in other calls, which may be runs together with those of similar domains, or no longer. */
static bool entry_change(struct update *u, uint32_t tcb, struct update_made *made)
{
    bool same = capdl_object_tcb(&u->spec, tcb)->ip == u->program->entry;
    set_spec(u, tcb);
    if (same) {
        struct capdl_spec none = made->spec;
        made->spec = u->spec;
        u->spec = none;
    }
    return same || compile_again(u, made);
}

/* The address space of a thread. */
static uint32_t space_of(const struct update *u, uint32_t tcb)
{
    const struct capdl_cap *cap = capdl_spec_cap_at(&u->spec, tcb, CAPDL_TCB_SLOT_VSPACE);
    return cap ? cap->object : CAPDL_NO_OBJECT;
}

static bool find_pd(struct update *u, uint32_t *vspace, uint32_t *tcb)
{
    *vspace = object_of(u, PD_VSPACE);
    *tcb = object_of(u, PD_TCB);
    bool thread = *tcb != CAPDL_NO_OBJECT && capdl_object_kind(&u->spec, *tcb) == CAPDL_KIND_TCB &&
                  capdl_object_tcb(&u->spec, *tcb);
    if (thread && *vspace == CAPDL_NO_OBJECT) {
        u->microkit = true;
        *vspace = space_of(u, *tcb);
    }
    if (thread && *vspace != CAPDL_NO_OBJECT) {
        return true;
    }
    char wanted[NAME_SIZE + 8];
    snprintf(wanted, sizeof(wanted), PD_TCB "_%s", u->array);
    struct capdl_nearest nearest = capdl_spec_nearest(&u->spec, wanted);
    nearest.word =
        nearest.word && strncmp(nearest.word, PD_TCB "_", sizeof(PD_TCB)) == 0 ? nearest.word + sizeof(PD_TCB) : NULL;
    capdl_error(u->diags, CAPDL_NOWHERE,
                "%s has no protection domain '%s'%s; its thread would be 'tcb_%s'; an image compiled with --strip "
                "has no names",
                u->image_name, u->pd, capdl_nearest_hint(&nearest), u->array);
    return false;
}

/* A program linked with libmicrokit without what its symbols are set to would run, and do nothing. */
static bool microkit_good(struct update *u, uint32_t tcb)
{
    const struct capdl_tcb *thread = capdl_object_tcb(&u->spec, tcb);
    if (!u->microkit) {
        return true;
    }
    if (!u->num_slots) {
        return refuse(u,
                      "the image does not record which pages are the old one's: it was made neither by 'pd' nor from "
                      "a Microkit system description; compile the spec again");
    }
    if (!u->program->num_patches) {
        return refuse(u, "the image does not record the values of its symbols: the system description does not name "
                         "this program, or the image was compiled from the text of 'capdl expand'; compile the system "
                         "again");
    }
    if (thread->addr != u->program->ipc_buffer) {
        return refuse(u,
                      "it expects its IPC buffer at 0x%llx, and the old program's is at 0x%llx; compile the system "
                      "again",
                      (unsigned long long)u->program->ipc_buffer, (unsigned long long)thread->addr);
    }
    return true;
}

static bool swap(struct update *u, struct update_made *made)
{
    uint32_t vspace, tcb;
    if (!find_pd(u, &vspace, &tcb)) {
        return false;
    }
    walk(u, vspace, 0, 0);
    u->root = object_of(u, PD_BOOTINFO) != CAPDL_NO_OBJECT && object_of(u, PD_ASID_POOL) != CAPDL_NO_OBJECT;
    char tls[NAME_SIZE + 16];
    snprintf(tls, sizeof(tls), PD_TLS "_%s_0", u->base);
    if ((u->program->has_tls && !u->root) || capdl_spec_find(&u->spec, tls, CAPDL_NO_INDEX) != CAPDL_NO_OBJECT) {
        return refuse(u, "thread-local data cannot be replaced; compile the spec again");
    }
    return microkit_good(u, tcb) && root_good(u) && pages_unshared(u) && pages_put(u, made->bytes) &&
           entry_change(u, tcb, made);
}

bool image_update(const struct image *image, const char *image_name, const char *name,
                  const struct update_program *program, struct update_made *made, struct capdl_diags *diags)
{
    struct update u = {.image = image, .image_name = image_name, .pd = name, .program = program, .diags = diags};
    bool good = false;
    capdl_spec_init(&u.spec);
    if (!take_name(&u, name)) {
        capdl_error(diags, CAPDL_NOWHERE, "'%s' is not the name of a protection domain, such as ping or worker[2]",
                    name);
    } else if (image_to_spec(image, image_name, &u.spec, diags)) {
        good = swap(&u, made);
    }
    capdl_spec_free(&u.spec);
    free(u.slots);
    return good;
}
