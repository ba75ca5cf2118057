/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects of an image, their sizes, places and contents. */
#include <stdlib.h>
#include <string.h>

#include "image/decompile_add.h"
#include "image/program.h"
#include "image/reverse.h"

#define UNKNOWN UINT64_MAX

/* Where several kinds of tables are of one type, they are told apart when they are mapped. */
static enum capdl_kind kind_of_type(const struct capdl_profile *profile, enum capdl_type type)
{
    switch (type) {
    case CAPDL_TYPE_UNTYPED:
        return CAPDL_KIND_UT;
    case CAPDL_TYPE_TCB:
        return CAPDL_KIND_TCB;
    case CAPDL_TYPE_ENDPOINT:
        return CAPDL_KIND_EP;
    case CAPDL_TYPE_NOTIFICATION:
        return CAPDL_KIND_NOTIFICATION;
    case CAPDL_TYPE_CNODE:
        return CAPDL_KIND_CNODE;
    case CAPDL_TYPE_SCHED_CONTEXT:
        return CAPDL_KIND_SC;
    case CAPDL_TYPE_REPLY:
        return CAPDL_KIND_RTREPLY;
    case CAPDL_TYPE_FRAME_4K:
    case CAPDL_TYPE_FRAME_2M:
    case CAPDL_TYPE_FRAME_1G:
        return CAPDL_KIND_FRAME;
    case CAPDL_TYPE_PAGE_TABLE:
        return CAPDL_KIND_PT;
    case CAPDL_TYPE_PAGE_DIRECTORY:
        return CAPDL_KIND_PD;
    case CAPDL_TYPE_PDPT:
        return CAPDL_KIND_PDPT;
    case CAPDL_TYPE_VSPACE:
        return capdl_arch_table_kind(profile->arch, profile->vspace_levels);
    case CAPDL_TYPE_VCPU:
        return CAPDL_KIND_VCPU;
    case CAPDL_TYPE_IO_PAGE_TABLE:
        return CAPDL_KIND_IO_PT;
    case CAPDL_TYPE_EPT_PML4:
        return CAPDL_KIND_EPT_PML4;
    case CAPDL_TYPE_EPT_PDPT:
        return CAPDL_KIND_EPT_PDPT;
    case CAPDL_TYPE_EPT_PD:
        return CAPDL_KIND_EPT_PD;
    case CAPDL_TYPE_EPT_PT:
        return CAPDL_KIND_EPT_PT;
    case CAPDL_TYPE_COUNT:
        break;
    }
    return CAPDL_KIND_COUNT;
}

static enum capdl_type type_of_number(const struct capdl_profile *profile, uint64_t number)
{
    unsigned type = 0;
    while (type < CAPDL_TYPE_COUNT &&
           (profile->types[type] == CAPDL_PROFILE_ABSENT || profile->types[type] != number)) {
        type++;
    }
    return type;
}

static void set_size(struct capdl_object *o, const struct capdl_blob_objects *objects)
{
    if (capdl_kind_has(o->kind, CAPDL_TRAIT_SIZE)) {
        o->size_bits = (uint8_t)(o->kind == CAPDL_KIND_CNODE ? objects->argument : objects->size_bits);
        o->flags |= CAPDL_OBJECT_HAS_SIZE;
    }
}

/* Whether the compiler added an object that is not in the spec: it has no name although others have. */
static bool is_own(const struct reverse *r, enum capdl_kind kind, uint64_t slot)
{
    return kind == CAPDL_KIND_UT && r->named && !r->slot_names[slot].text;
}

/* An object that is made straight into its slot of a CNode. */
static void add_direct(struct reverse *r, enum capdl_kind kind, const struct capdl_blob_objects *objects, uint64_t i)
{
    const struct held *cnode = &r->slots[objects->place];
    if (cnode->kind != CAPDL_KIND_CNODE) {
        reverse_fail(r, "an object is made into something that is not a CNode");
        return;
    }
    uint32_t object = reverse_add(r, &r->slot_names[objects->slot + i], kind);
    struct capdl_object o = capdl_object_view(r->spec, object);
    set_size(&o, objects);
    capdl_object_set(r->spec, object, &o);
    reverse_cap(r, cnode->object,
                (struct capdl_cap){.slot = objects->first + i,
                                   .object = object,
                                   .kind = kind,
                                   .rights = reverse_rights(r, kind, objects->rights)});
}

static void add_objects(struct reverse *r, enum capdl_blob_item item, const struct capdl_blob_objects *objects)
{
    const struct capdl_profile *profile = &r->image->profile;
    enum capdl_type type = type_of_number(profile, objects->type);
    enum capdl_kind kind = kind_of_type(profile, type);
    if (kind == CAPDL_KIND_COUNT) {
        reverse_fail(r, "it makes an object of a type that is not in its kernel profile");
        return;
    }
    for (uint64_t i = 0; objects->is_direct && i < objects->count; i++) {
        add_direct(r, kind, objects, i);
    }
    for (uint64_t i = 0; !objects->is_direct && i < objects->count; i++) {
        uint64_t slot = objects->slot + i;
        enum capdl_kind own = r->slots[slot].kind == CAPDL_KIND_ASID_POOL ? CAPDL_KIND_ASID_POOL : kind;
        r->addresses[slot] = item == CAPDL_BLOB_ITEM_FIXED ? objects->place + (i << objects->size_bits) : UNKNOWN;
        if (reverse_leftovers_own(r, slot)) {
            r->slots[slot] =
                (struct held){.object = CAPDL_NO_OBJECT, .kind = CAPDL_KIND_UT, .data = objects->size_bits};
            continue;
        }
        if (is_own(r, kind, slot)) {
            continue;
        }
        uint32_t object = reverse_add(r, &r->slot_names[slot], own);
        struct capdl_object o = capdl_object_view(r->spec, object);
        r->slots[slot] =
            (struct held){.object = object, .kind = (uint8_t)own, .rights = CAPDL_RIGHTS_ALL, .original = true};
        set_size(&o, objects);
        if (item == CAPDL_BLOB_ITEM_FIXED) {
            o.flags |= CAPDL_OBJECT_HAS_PADDR;
            o.paddr = r->addresses[slot];
        }
        if (item == CAPDL_BLOB_ITEM_COVERS && is_own(r, CAPDL_KIND_UT, objects->place) &&
            r->slots[objects->place].object == CAPDL_NO_OBJECT) {
            o.flags |= CAPDL_OBJECT_CONTIGUOUS; /* made from an untyped of the compiler's own */
        } else if (item == CAPDL_BLOB_ITEM_COVERS) {
            o.parent = r->slots[objects->place].object;
            if (r->slots[objects->place].kind != CAPDL_KIND_UT) {
                reverse_fail(r, "an object is made from an object that is not an untyped");
            }
        }
        capdl_object_set(r->spec, object, &o);
        if (own == CAPDL_KIND_IO_PT) {
            reverse_number(r, object, CAPDL_NUMBER_IO_PT_LEVEL, 1); /* until it is mapped */
        }
    }
}

/* Untypeds that become ASID pools are known by the call that makes them. */
static void find_pools(struct reverse *r)
{
    struct capdl_blob_calls calls = capdl_blob_calls(&r->blob);
    struct capdl_call call;
    while (capdl_blob_next_call(&calls, &call)) {
        bool pool = r->methods[call.method] == CAPDL_METHOD_ASID_CONTROL_MAKE_POOL && call.num_operands > 0 &&
                    call.operands[0].kind == CAPDL_REF_SLOT;
        for (uint64_t i = 0; pool && i < call.count; i++, capdl_call_step(&call, 1)) {
            r->slots[call.operands[0].value].kind = CAPDL_KIND_ASID_POOL;
            pool = call.operands[0].stride > 0;
        }
    }
}

/* Children of one untyped, as the tables list them: where they are, and whether that takes more than their sizes to
 * say. */
struct siblings {
    uint64_t parent, next; /* offset of the next free byte */
    unsigned last_size;
    enum capdl_type last_type;
    bool irregular;
};

static void place_child(struct reverse *r, struct siblings *s, const struct capdl_blob_objects *cover, uint64_t slot)
{
    uint64_t size = UINT64_C(1) << cover->size_bits, base = r->addresses[s->parent];
    enum capdl_type type = type_of_number(&r->image->profile, cover->type);
    s->next = (s->next + size - 1) & ~(size - 1);
    r->addresses[slot] = base == UNKNOWN ? UNKNOWN : base + s->next;
    s->next += size;
    s->irregular |= r->slots[slot].object == CAPDL_NO_OBJECT || cover->size_bits > s->last_size ||
                    (cover->size_bits == s->last_size && type < s->last_type);
    s->last_size = (unsigned)cover->size_bits;
    s->last_type = type;
}

static void give_addresses(struct reverse *r, const struct siblings *s, uint64_t first, uint64_t end)
{
    for (uint64_t slot = first; s->irregular && slot < end; slot++) {
        uint32_t object = r->slots[slot].object;
        if (object != CAPDL_NO_OBJECT && r->addresses[slot] != UNKNOWN) {
            struct capdl_object o = capdl_object_view(r->spec, object);
            o.flags |= CAPDL_OBJECT_HAS_PADDR;
            o.paddr = r->addresses[slot];
            capdl_object_set(r->spec, object, &o);
        }
    }
}

/* Children have addresses in the spec where padding or their order shows that they had. */
static void reverse_addresses(struct reverse *r)
{
    struct capdl_blob_table table = capdl_blob_table(&r->blob, CAPDL_BLOB_ITEM_COVERS);
    struct capdl_blob_objects cover;
    struct siblings siblings = {.parent = UNKNOWN};
    uint64_t first = 0, end = 0;
    while (capdl_blob_next_objects(&table, &cover)) {
        if (cover.place != siblings.parent) {
            give_addresses(r, &siblings, first, end);
            siblings = (struct siblings){.parent = cover.place, .last_size = 64};
            first = cover.slot;
        }
        end = cover.slot + cover.count;
        for (uint64_t slot = cover.slot; slot < end; slot++) {
            place_child(r, &siblings, &cover, slot);
        }
    }
    give_addresses(r, &siblings, first, end);
}

void reverse_objects(struct reverse *r)
{
    static const enum capdl_blob_item items[] = {CAPDL_BLOB_ITEM_GROUPS, CAPDL_BLOB_ITEM_FIXED, CAPDL_BLOB_ITEM_COVERS};
    uint64_t num_slots = r->blob.sizes[CAPDL_SIZE_SLOTS];
    r->slots = memory_zeroed(num_slots, sizeof(*r->slots));
    r->addresses = memory_zeroed(num_slots, sizeof(*r->addresses));
    for (uint64_t i = 0; i < num_slots; i++) {
        r->slots[i] = (struct held){.object = CAPDL_NO_OBJECT, .kind = CAPDL_KIND_COUNT};
    }
    find_pools(r);
    for (unsigned i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
        struct capdl_blob_table table = capdl_blob_table(&r->blob, items[i]);
        struct capdl_blob_objects objects;
        while (!r->failed && capdl_blob_next_objects(&table, &objects)) {
            add_objects(r, items[i], &objects);
        }
    }
    if (!r->failed) {
        reverse_addresses(r);
    }
}

static void mark_page(struct reverse *r, const struct capdl_operand *operand, uint64_t count)
{
    for (uint64_t i = 0; operand->kind == CAPDL_REF_PAGE && i < count; i++) {
        r->pages[operand->value + i * operand->stride].kind = CAPDL_KIND_FRAME;
        if (operand->stride == 0) {
            break;
        }
    }
}

static uint64_t page_offset(const struct reverse *r, uint64_t page)
{
    return (uint64_t)(r->image->pages - r->image->bytes) + page * CAPDL_PAGE_SIZE;
}

static void set_fills(struct reverse *r, uint32_t object, const struct capdl_fill *fills, size_t count)
{
    struct capdl_object frame = capdl_object_view(r->spec, object);
    if (frame.flags & CAPDL_OBJECT_HAS_FILL) {
        reverse_fail(r, "a frame gets contents twice");
        return;
    }
    frame.u.fills.list = capdl_spec_alloc(r->spec, count * sizeof(*fills));
    for (size_t i = 0; i < count; i++) {
        frame.u.fills.list[i] = fills[i];
    }
    frame.u.fills.count = count;
    frame.flags |= CAPDL_OBJECT_HAS_FILL;
    capdl_object_set(r->spec, object, &frame);
}

static struct capdl_fill fill_from_image(struct reverse *r, uint64_t offset, uint64_t page, uint64_t pages)
{
    return (struct capdl_fill){.kind = CAPDL_FILL_FILE,
                               .offset = offset,
                               .length = pages * CAPDL_PAGE_SIZE,
                               .text = r->name,
                               .source_offset = page_offset(r, page)};
}

static bool page_zero(const struct reverse *r, uint64_t page)
{
    const uint8_t *bytes = r->image->pages + page * CAPDL_PAGE_SIZE;
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, CAPDL_PAGE_SIZE - 1) == 0;
}

/* Pages that some call uses are frames; the others are contents to be copied. */
void reverse_pages(struct reverse *r)
{
    uint64_t count = r->blob.sizes[CAPDL_SIZE_PAGES];
    struct capdl_blob_calls calls = capdl_blob_calls(&r->blob);
    struct capdl_call call;
    size_t length = strlen(r->name);
    r->name = memcpy(capdl_spec_alloc(r->spec, length + 1), r->name, length); /* fills refer to it */
    r->pages = memory_zeroed(count, sizeof(*r->pages));
    for (uint64_t i = 0; i < count; i++) {
        r->pages[i] = (struct held){.object = CAPDL_NO_OBJECT, .kind = CAPDL_KIND_COUNT};
    }
    while (capdl_blob_next_call(&calls, &call)) {
        mark_page(r, &call.target, call.count);
        for (unsigned i = 0; i < call.num_operands; i++) {
            mark_page(r, &call.operands[i], call.count);
        }
    }
    for (uint64_t i = 0; i < count; i++) {
        if (r->pages[i].kind != CAPDL_KIND_FRAME) {
            continue;
        }
        uint32_t object = reverse_add(r, &r->page_names[i], CAPDL_KIND_FRAME);
        struct capdl_fill fill = fill_from_image(r, 0, i, 1);
        fill.length = page_zero(r, i) ? 0 : fill.length; /* which is what keeps it in an image */
        struct capdl_object frame = capdl_object_view(r->spec, object);
        frame.size_bits = CAPDL_PAGE_BITS;
        frame.flags |= CAPDL_OBJECT_HAS_SIZE;
        capdl_object_set(r->spec, object, &frame);
        r->pages[i] =
            (struct held){.object = object, .kind = CAPDL_KIND_FRAME, .rights = CAPDL_RIGHTS_ALL, .original = true};
        set_fills(r, object, &fill, 1);
    }
}

/* Fills of the frame at hand, until another frame's begin. */
struct filling {
    uint32_t object;
    struct capdl_fill *list;
    size_t count, capacity;
};

static void filling_end(struct reverse *r, struct filling *filling)
{
    if (filling->count > 0) {
        set_fills(r, filling->object, filling->list, filling->count);
    }
    filling->count = 0;
}

static void filling_add(struct reverse *r, struct filling *filling, uint32_t object, struct capdl_fill fill)
{
    if (filling->object != object) {
        filling_end(r, filling);
        filling->object = object;
    }
    filling->list = memory_grow(filling->list, &filling->capacity, filling->count + 1, sizeof(fill));
    filling->list[filling->count++] = fill;
}

/* A chunk replaces what pages of the image put there; what is around it remains. */
static void cut_fills(struct reverse *r, struct filling *filling, uint64_t from, uint64_t to)
{
    for (size_t i = 0, count = filling->count; i < count; i++) {
        struct capdl_fill *fill = &filling->list[i], rest = *fill;
        uint64_t end = fill->offset + fill->length;
        if (fill->kind != CAPDL_FILL_FILE || fill->offset >= to || end <= from) {
            continue;
        }
        fill->length = fill->offset < from ? from - fill->offset : 0;
        if (end > to) {
            rest.source_offset += to - rest.offset;
            rest.offset = to;
            rest.length = end - to;
            if (fill->length == 0) {
                *fill = rest;
            } else {
                filling_add(r, filling, filling->object, rest);
            }
        }
    }
    for (size_t i = filling->count; i-- > 0;) {
        if (filling->list[i].length == 0) {
            filling->list[i] = filling->list[--filling->count];
        }
    }
}

static void reverse_chunk(struct reverse *r, struct filling *filling, const struct capdl_blob_fill *fill)
{
    uint32_t object = r->slots[fill->slot].object;
    if (object == CAPDL_NO_OBJECT || r->slots[fill->slot].kind != CAPDL_KIND_FRAME) {
        reverse_fail(r, "it fills an object that is not a frame");
        return;
    }
    if (filling->object == object) {
        cut_fills(r, filling, fill->offset, fill->offset + fill->pages);
    }
    filling_add(r, filling, object,
                (struct capdl_fill){.kind = CAPDL_FILL_BOOTINFO,
                                    .offset = fill->offset,
                                    .length = fill->pages,
                                    .text = chunk_name((unsigned)(fill->flags >> CAPDL_FILL_CHUNK_SHIFT)),
                                    .source_offset = fill->page});
}

/* A packed fill of the blob is part of one frame. */
static void reverse_packed(struct reverse *r, struct filling *filling, const struct capdl_blob_fill *fill)
{
    struct capdl_fill part = fill_from_image(r, fill->offset, 0, 0);
    uint32_t object = r->slots[fill->slot].object;
    if (object == CAPDL_NO_OBJECT || r->slots[fill->slot].kind != CAPDL_KIND_FRAME) {
        reverse_fail(r, "it fills an object that is not a frame");
        return;
    }
    part.source_offset += fill->page << CAPDL_FILL_UNIT_BITS;
    part.length = fill->pages << CAPDL_FILL_UNIT_BITS;
    filling_add(r, filling, object, part);
}

/* A fill of the blob may reach over several frames. */
static void split_fill(struct reverse *r, struct filling *filling, const struct capdl_blob_fill *fill)
{
    uint64_t slot = fill->slot, offset = fill->offset, page = fill->page, left = fill->pages;
    while (left > 0 && !r->failed) {
        uint64_t room = ((UINT64_C(1) << fill->size_bits) - offset) / CAPDL_PAGE_SIZE;
        uint64_t pages = left < room ? left : room;
        uint32_t object = r->slots[slot].object;
        if (object == CAPDL_NO_OBJECT || r->slots[slot].kind != CAPDL_KIND_FRAME) {
            reverse_fail(r, "it fills an object that is not a frame");
            return;
        }
        filling_add(r, filling, object, fill_from_image(r, offset, page, pages));
        slot++;
        offset = 0;
        page += pages;
        left -= pages;
    }
}

/* What the loader puts into frames; zeros need no fill. */
static void reverse_reserved(struct reverse *r)
{
    for (uint32_t i = 0; !r->failed && i < r->spec->num_objects; i++) {
        struct image_content content;
        uint64_t size = UINT64_C(1) << capdl_object_size_bits(r->spec, i);
        if (capdl_object_kind(r->spec, i) != CAPDL_KIND_FRAME ||
            !(capdl_object_flags(r->spec, i) & CAPDL_OBJECT_HAS_PADDR) ||
            !reserved_section_find(&r->image->contents, capdl_object_paddr(r->spec, i), size, &content)) {
            continue;
        }
        uint64_t offset = capdl_object_paddr(r->spec, i) - content.address;
        uint64_t stored = content.stored > offset ? content.stored - offset : 0;
        struct capdl_fill fill = {.kind = CAPDL_FILL_FILE,
                                  .length = stored < size ? stored : size,
                                  .text = r->name,
                                  .source_offset = (uint64_t)(content.bytes - r->image->bytes) + offset};
        set_fills(r, i, &fill, stored > 0);
    }
}

void reverse_fills(struct reverse *r)
{
    struct capdl_blob_table table = capdl_blob_table(&r->blob, CAPDL_BLOB_ITEM_FILLS);
    struct filling filling = {.object = CAPDL_NO_OBJECT};
    struct capdl_blob_fill fill;
    while (!r->failed && capdl_blob_next_fill(&table, &fill)) {
        if (fill.flags & CAPDL_FILL_CHUNK) {
            reverse_chunk(r, &filling, &fill);
        } else if (fill.flags & CAPDL_FILL_PACKED) {
            reverse_packed(r, &filling, &fill);
        } else {
            split_fill(r, &filling, &fill);
        }
    }
    filling_end(r, &filling);
    free(filling.list);
    reverse_reserved(r);
}
