/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who gets what is left. What that is, the initialiser finds out when it boots; here it is only said where it goes: one
 * run of slots of a CNode, and a frame for the description. Both ways: from a spec into a blob, and back.
 */
#include "image/decompile.h"
#include "image/program.h"

/* The initialiser maps the frame while it boots, through the cache, and writes to it what nobody else has. */
static bool frame_good(struct program *program, uint32_t object, uint32_t frame)
{
    const struct place *place = &program->places[frame];
    const char *problem = place->type != CAPDL_TYPE_FRAME_4K                          ? "must have 4k"
                          : place->kind != PLACE_SLOT || place->flags & PLACE_CONTENT ? "must have no contents"
                          : place->flags & PLACE_RESERVED                             ? "must not be in reserved memory"
                          : place->flags & PLACE_UNCACHED ? "must be mapped cached everywhere"
                                                          : NULL;
    char label[160];
    if (problem) {
        program_error(program, frame, "%s: it describes leftovers '%s'", problem,
                      capdl_object_label(program->spec, object, label, sizeof(label)));
    }
    return !problem;
}

static void assign(struct program *program, uint32_t cnode, const struct capdl_cap *cap)
{
    const struct capdl_cap *frame = capdl_spec_cap_at(program->spec, cap->object, 0);
    uint64_t slots = capdl_object_number(program->spec, cap->object, CAPDL_NUMBER_LEFTOVER_SLOTS);
    if (slots == 0 || slots > CAPDL_BLOB_MAX_SLOTS || cap->slot > CAPDL_BLOB_MAX_SLOTS) {
        program_cap_error(program, cnode, cap, "takes %llu slots: expected 1 to %d, starting at slot %d or below",
                          (unsigned long long)slots, CAPDL_BLOB_MAX_SLOTS, CAPDL_BLOB_MAX_SLOTS);
        return;
    }
    if (!frame || frame->kind != CAPDL_KIND_FRAME || frame->object == CAPDL_NO_OBJECT) {
        program_error(program, cap->object, "has no frame in slot 0 that describes it");
        return;
    }
    if (program->leftovers.slots) {
        program_cap_error(program, cnode, cap, "is the second one: a spec can have only one");
        return;
    }
    if (frame_good(program, cap->object, frame->object)) {
        program->leftovers = (struct leftovers){
            .slots = slots,
            .object = cap->object,
            .cnode = cnode,
            .frame = frame->object,
            .first = cap->slot,
            .name = calls_derive(program, cap->object),
            .devices = capdl_object_number(program->spec, cap->object, CAPDL_NUMBER_LEFTOVER_DEVICES)};
    }
}

void leftovers_assign(struct program *program)
{
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(program->spec, i);
        for (uint32_t k = 0; capdl_object_kind(program->spec, i) == CAPDL_KIND_CNODE && k < caps.count; k++) {
            if (caps.list[k].kind == CAPDL_KIND_LEFTOVER && caps.list[k].object != CAPDL_NO_OBJECT) {
                assign(program, i, &caps.list[k]);
            }
        }
    }
}

void leftovers_sizes(const struct program *program, uint64_t sizes[CAPDL_SIZE_KEY_COUNT])
{
    const struct leftovers *l = &program->leftovers;
    if (!l->slots) {
        return;
    }
    sizes[CAPDL_SIZE_LEFT_SLOTS] = l->slots;
    sizes[CAPDL_SIZE_LEFT_CNODE] = program->places[l->cnode].number;
    sizes[CAPDL_SIZE_LEFT_BITS] = capdl_object_size_bits(program->spec, l->cnode);
    sizes[CAPDL_SIZE_LEFT_FIRST] = l->first;
    sizes[CAPDL_SIZE_LEFT_FRAME] = program->places[l->frame].number;
    sizes[CAPDL_SIZE_LEFT_PAGE] = program->num_embedded;
    sizes[CAPDL_SIZE_LEFT_DEVICES] = l->devices;
    sizes[CAPDL_SIZE_LEFT_NAME] = l->name;
}

void reverse_leftovers(struct reverse *r)
{
    const uint64_t *sizes = r->blob.sizes;
    if (!sizes[CAPDL_SIZE_LEFT_SLOTS]) {
        return;
    }
    const struct held *cnode = &r->slots[sizes[CAPDL_SIZE_LEFT_CNODE]];
    const struct held *frame = &r->slots[sizes[CAPDL_SIZE_LEFT_FRAME]];
    if (cnode->kind != CAPDL_KIND_CNODE || frame->kind != CAPDL_KIND_FRAME) {
        reverse_fail(
            r, "leftovers go to something that is not a CNode, or are described in something that is not a frame");
        return;
    }
    uint32_t object = reverse_add(r, &r->slot_names[sizes[CAPDL_SIZE_LEFT_NAME]], CAPDL_KIND_LEFTOVER);
    struct capdl_numbers *numbers = capdl_spec_alloc(r->spec, sizeof(*numbers));
    numbers->has = (uint8_t)(1 << CAPDL_NUMBER_LEFTOVER_SLOTS | (sizes[CAPDL_SIZE_LEFT_DEVICES] != 0)
                                                                    << CAPDL_NUMBER_LEFTOVER_DEVICES);
    numbers->value[CAPDL_NUMBER_LEFTOVER_SLOTS] = sizes[CAPDL_SIZE_LEFT_SLOTS];
    numbers->value[CAPDL_NUMBER_LEFTOVER_DEVICES] = sizes[CAPDL_SIZE_LEFT_DEVICES];
    struct capdl_object leftover = capdl_object_view(r->spec, object);
    leftover.u.numbers = numbers;
    capdl_object_set(r->spec, object, &leftover);
    reverse_cap(r, object, (struct capdl_cap){.object = frame->object, .kind = CAPDL_KIND_FRAME});
    struct capdl_cap rest = {.slot = sizes[CAPDL_SIZE_LEFT_FIRST], .object = object, .kind = CAPDL_KIND_LEFTOVER};
    reverse_cap(r, cnode->object, rest);
}
