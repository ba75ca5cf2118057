/* SPDX-License-Identifier: BSD-2-Clause */
#include "update_room.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pd_names.h"
#include "image/update.h"
#include "pd/symbols.h"
#include "profile/vspace.h"

enum { NAME_SIZE = 300 };

struct swap {
    const struct update_room *request;
    struct capdl_spec spec;
    struct capdl_diags *diags;
    uint64_t start; /* of the room; only valid if found */
    uint64_t found; /* pages */
};

static bool refuse(struct swap *s, const char *format, ...) CAPDL_PRINTF(2, 3);
static bool refuse(struct swap *s, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    capdl_error(s->diags, CAPDL_NOWHERE, "%s: '%s' cannot replace the program of '%s': %s", s->request->image_name,
                s->request->program_name, s->request->pd, text);
    return false;
}

static uint32_t object_of(const struct swap *s, const char *prefix, uint32_t index)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof(name), "%s_%s", prefix, s->request->pd);
    return capdl_spec_find(&s->spec, name, index);
}

/* Number of the page of the room, if the frame is one. */
static bool in_room(const struct swap *s, uint32_t frame, uint32_t *number)
{
    *number = capdl_object_index(&s->spec, frame);
    return *number != CAPDL_NO_INDEX && *number < s->request->room / CAPDL_PAGE_SIZE &&
           object_of(s, PD_ROOM, *number) == frame;
}

static uint64_t page_up(uint64_t address)
{
    return (address + CAPDL_PAGE_SIZE - 1) & ~(uint64_t)(CAPDL_PAGE_SIZE - 1);
}

/* What touches the page may do what its segments may; all of it can be read. */
static uint8_t rights_of(const struct elf_program *program, uint64_t page)
{
    uint8_t rights = CAPDL_RIGHT_READ;
    for (size_t i = 0; i < program->num_segments; i++) {
        const struct elf_segment *segment = &program->segments[i];
        if (segment->vaddr < page + CAPDL_PAGE_SIZE && segment->vaddr + segment->memsz > page) {
            rights |= segment->rights;
        }
    }
    return rights;
}

static void put_page(struct swap *s, struct capdl_cap *cap, uint64_t vaddr)
{
    const struct update_room *request = s->request;
    struct capdl_object frame = capdl_object_view(&s->spec, cap->object);
    frame.u.fills = elf_stored_fills(&s->spec, request->program, vaddr, request->program_name, CAPDL_NOWHERE);
    frame.flags |= CAPDL_OBJECT_HAS_FILL;
    capdl_object_set(&s->spec, cap->object, &frame);
    cap->rights = rights_of(request->program, vaddr);
}

/* Visits the pages of the room in the address space: where it is, or with `change`, what will be there. */
static void walk(struct swap *s, uint32_t table, unsigned level, uint64_t base, bool change)
{
    struct capdl_caps caps = capdl_object_caps(&s->spec, table);
    const struct capdl_profile *profile = &s->request->image->profile;
    unsigned shift = vspace_shift(profile, level);
    for (uint32_t i = 0; i < caps.count; i++) {
        struct capdl_cap *cap = &caps.list[i];
        uint64_t vaddr = base + (cap->slot << shift);
        uint32_t number;
        if (cap->kind == CAPDL_KIND_FRAME && in_room(s, cap->object, &number)) {
            s->start = number == 0 ? vaddr : s->start;
            s->found += !change;
            if (change) {
                put_page(s, cap, vaddr);
            }
        } else if (cap->kind != CAPDL_KIND_FRAME && level + 1 < profile->vspace_levels) {
            walk(s, cap->object, level + 1, vaddr, change);
        }
    }
}

static bool fits(struct swap *s)
{
    const struct elf_program *program = s->request->program;
    const struct elf_segment *first = program->segments, *last = first + program->num_segments - 1;
    uint64_t start = first->vaddr & ~(uint64_t)(CAPDL_PAGE_SIZE - 1), end = page_up(last->vaddr + last->memsz);
    if (start < s->start || end > s->start + s->request->room) {
        return refuse(s,
                      "it takes %" PRIu64 " bytes, from 0x%" PRIx64 " to 0x%" PRIx64 ", but its room has %" PRIu64
                      ", from 0x%" PRIx64 " to 0x%" PRIx64 "; %s",
                      end - start, start, end, s->request->room, s->start, s->start + s->request->room,
                      end - start > s->request->room ? "enlarge 'room' and compile the spec again"
                                                     : "link it to start there");
    }
    return true;
}

static bool compile(struct swap *s, FILE *out)
{
    const struct update_room *request = s->request;
    const struct file_bytes *program = &request->program->bytes;
    const struct image_source sources[] = {{request->image_name, request->image->bytes, request->image->size},
                                           {request->program_name, program->data, program->size}};
    struct image_options options = update_options(request->image, request->image_name);
    options.sources = sources;
    options.num_sources = sizeof(sources) / sizeof(sources[0]);
    options.pages_stay = true;
    bool good = image_compile(&s->spec, &options, s->diags, out);
    free((void *)(uintptr_t)options.reserved);
    return good;
}

static bool swap(struct swap *s, FILE *out)
{
    uint32_t vspace = object_of(s, PD_VSPACE, CAPDL_NO_INDEX), tcb = object_of(s, PD_TCB, CAPDL_NO_INDEX);
    char tls[NAME_SIZE];
    snprintf(tls, sizeof(tls), PD_TLS "_%s_0", s->request->pd);
    if (vspace != CAPDL_NO_OBJECT) {
        walk(s, vspace, 0, 0, false);
    }
    if (tcb == CAPDL_NO_OBJECT || capdl_object_kind(&s->spec, tcb) != CAPDL_KIND_TCB ||
        !capdl_object_tcb(&s->spec, tcb) || s->found != s->request->room / CAPDL_PAGE_SIZE) {
        return refuse(s, "its room is not as 'pd' made it; compile the spec again");
    }
    if (s->request->program->has_tls || capdl_spec_find(&s->spec, tls, CAPDL_NO_INDEX) != CAPDL_NO_OBJECT) {
        return refuse(s, "thread-local data cannot be replaced; compile the spec again");
    }
    if (!fits(s)) {
        return false;
    }
    walk(s, vspace, 0, 0, true);
    capdl_object_tcb(&s->spec, tcb)->ip = s->request->program->entry;
    return compile(s, out);
}

bool update_room(const struct update_room *request, struct capdl_diags *diags, FILE *out)
{
    struct swap s = {.request = request, .diags = diags};
    capdl_spec_init(&s.spec);
    bool good = image_to_spec(request->image, request->image_name, &s.spec, diags) && swap(&s, out);
    capdl_spec_free(&s.spec);
    return good;
}
