/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who gets what is left: one run of slots of a CNode, and a frame for the description. Memory that nobody asks for
 * by amount is found by the initialiser when it boots; amounts that somebody asks for are untypeds, made and
 * planned like any object. decompile_leftovers.c reads them back.
 */
#include <stdlib.h>
#include <string.h>

#include "blob/leftovers.h"
#include "image/forecast.h"
#include "image/frame_bytes.h"
#include "image/program.h"
#include "profile/bootinfo.h"

/* The initialiser maps the frame while it boots, through the cache, and writes to it what nobody else has. */
static bool frame_good(struct program *program, uint32_t object, uint32_t frame, bool bootinfo)
{
    const struct kernel_object *kobj = &program->kernel_objects[frame];
    const char *problem = kobj->type != CAPDL_TYPE_FRAME_4K ? "must be one of 4k"
                          : kobj->kind != KOBJ_SLOT || (kobj->flags & KOBJ_CONTENT && !bootinfo)
                              ? "must have no contents"
                          : kobj->flags & KOBJ_RESERVED ? "must not be in reserved memory"
                          : kobj->flags & KOBJ_UNCACHED ? "must be mapped cached everywhere"
                                                        : NULL;
    char label[160];
    if (problem) {
        program_error(program, frame, "%s: it describes leftovers '%s'", problem,
                      capdl_object_label(program->spec, object, label, sizeof(label)));
    }
    return !problem;
}

/* Whether two are listed in one bootinfo. */
static bool listed_together(const struct leftovers *a, const struct leftovers *b)
{
    return a->slots && b->slots && a->kinds & b->kinds & CAPDL_LEFT_BOOTINFO && a->frame == b->frame;
}

/* All that one bootinfo lists take one run of slots of one CNode, of which the initialiser uses the beginning. Returns
 * how many these are; 0: they do not. */
static uint64_t run_of(struct program *program, uint32_t object, const struct leftovers *l, uint64_t *first)
{
    uint64_t slots = 0, end = 0;
    *first = UINT64_MAX;
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        const struct leftovers *other = &program->leftovers[i];
        if (!listed_together(l, other)) {
            continue;
        }
        if (other->cnode != l->cnode) {
            program_error(program, object, "is listed in the bootinfo '%s' with others that go to another CNode",
                          program_label(program, l->frame, (char[PROGRAM_LABEL]){0}));
            return 0;
        }
        slots += other->slots;
        *first = other->first < *first ? other->first : *first;
        end = other->first + other->slots > end ? other->first + other->slots : end;
    }
    if (end - *first != slots) {
        program_error(program, object,
                      "is listed in the bootinfo '%s' with others: their slots must follow each other, but 0x%llx to "
                      "0x%llx has gaps",
                      program_label(program, l->frame, (char[PROGRAM_LABEL]){0}), (unsigned long long)*first,
                      (unsigned long long)end - 1);
        return 0;
    }
    return slots;
}

/* The list of untypeds follows their region of slots, so the fill must give that region, as empty. */
static bool bootinfo_good(struct program *program, uint32_t object, const struct leftovers *l)
{
    const struct capdl_profile *profile = program->profile;
    const enum capdl_arch arch = profile->arch;
    const uint64_t at = profile->bootinfo_untyped_offset, list = at + bootinfo_region_bytes(arch);
    const uint64_t room = (CAPDL_PAGE_SIZE - list) / bootinfo_untyped_bytes(arch);
    const uint64_t most = profile->max_untypeds < room ? profile->max_untypeds : room;
    uint8_t page[CAPDL_PAGE_SIZE];
    uint64_t first, slots = run_of(program, object, l, &first);
    if (!slots) {
        return false;
    }
    content_page(program, l->frame, 0, page);
    if (capdl_word_get(arch, page + at) != first || capdl_word_get(arch, page + at + capdl_word_bytes(arch)) != first) {
        program_error(program, l->frame,
                      "is a bootinfo: its words at offset %llu must both be 0x%llx, the first slot of leftovers '%s'",
                      (unsigned long long)at, (unsigned long long)first,
                      program_label(program, object, (char[PROGRAM_LABEL]){0}));
        return false;
    }
    struct capdl_caps caps = capdl_object_caps(program->spec, l->cnode);
    if (caps.list[caps.count - 1].slot >= first + slots || caps.list[caps.count - 1].kind != CAPDL_KIND_LEFTOVER) {
        program_cap_error(program, l->cnode, &caps.list[caps.count - 1],
                          "is among the slots that a bootinfo says are empty: those from 0x%llx on",
                          (unsigned long long)first);
        return false;
    }
    if (slots > most) {
        program_error(program, object, "has slots: %llu, but a bootinfo of kernel %s lists at most %llu untypeds",
                      (unsigned long long)slots, profile->name, (unsigned long long)most);
        return false;
    }
    return true;
}

static struct leftovers *leftovers_of(struct program *program, uint32_t object)
{
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        if (program->leftovers[i].object == object) {
            return &program->leftovers[i];
        }
    }
    return NULL;
}

static void assign(struct program *program, uint32_t cnode, const struct capdl_cap *cap)
{
    struct leftovers *leftovers = leftovers_of(program, cap->object);
    const struct capdl_cap *frame = capdl_leftover_frame(program->spec, cap->object);
    uint64_t slots = capdl_object_number(program->spec, cap->object, CAPDL_NUMBER_LEFTOVER_SLOTS);
    if (slots == 0 || slots > CAPDL_BLOB_MAX_SLOTS || cap->slot > CAPDL_BLOB_MAX_SLOTS) {
        program_cap_error(program, cnode, cap, "takes %llu slots: expected 1 to %d, starting at slot %d or below",
                          (unsigned long long)slots, CAPDL_BLOB_MAX_SLOTS, CAPDL_BLOB_MAX_SLOTS);
        return;
    }
    if (!frame) {
        program_error(program, cap->object, "has no frame in slot 0 or 1 that describes it");
        return;
    }
    if (!leftovers) {
        return; /* too many, which was reported */
    }
    if (leftovers->slots) {
        program_cap_error(program, cnode, cap, "is a second one: leftovers go to one CNode, once");
        return;
    }
    bool bootinfo = frame->slot == CAPDL_LEFTOVER_SLOT_BOOTINFO;
    if (frame_good(program, cap->object, frame->object, bootinfo)) {
        leftovers->slots = slots;
        leftovers->cnode = cnode;
        leftovers->frame = frame->object;
        leftovers->first = cap->slot;
        leftovers->name = calls_derive(program, cap->object);
        leftovers->kinds |= bootinfo ? CAPDL_LEFT_BOOTINFO : 0;
    }
}

/* Each bootinfo once, with all that it lists. */
static void check_bootinfos(struct program *program)
{
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        const struct leftovers *l = &program->leftovers[i];
        bool seen = false;
        for (unsigned k = 0; k < i; k++) {
            seen |= listed_together(l, &program->leftovers[k]);
        }
        if (l->slots && l->kinds & CAPDL_LEFT_BOOTINFO && !seen) {
            bootinfo_good(program, l->object, l);
        }
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
    check_bootinfos(program);
}

/* Asks for no amount, so it gets what the others do not. */
static bool is_rest(const struct capdl_spec *spec, uint32_t object)
{
    return !capdl_object_number(spec, object, CAPDL_NUMBER_LEFTOVER_SIZE) &&
           !capdl_object_number(spec, object, CAPDL_NUMBER_LEFTOVER_SHARE);
}

static bool wants_ram(const struct capdl_spec *spec, uint32_t object)
{
    return is_rest(spec, object) && capdl_object_number(spec, object, CAPDL_NUMBER_LEFTOVER_DEVICES) != 2;
}

static int compare_names(const void *a, const void *b, void *context)
{
    const struct capdl_spec *spec = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = strcmp(capdl_object_name(spec, x), capdl_object_name(spec, y));
    return order ? order : capdl_object_index(spec, x) < capdl_object_index(spec, y) ? -1 : x != y;
}

/* By name, so that an image read back gives the same. The first is handed over last: it gets pages of the initialiser.
 */
bool leftovers_order(const struct capdl_spec *spec, uint32_t objects[CAPDL_MAX_LEFTOVERS])
{
    uint32_t found[CAPDL_MAX_LEFTOVERS];
    unsigned count = 0, at = 1;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) == CAPDL_KIND_LEFTOVER) {
            if (count == CAPDL_MAX_LEFTOVERS) {
                return false;
            }
            found[count++] = i;
        }
    }
    qsort_r(found, count, sizeof(found[0]), compare_names, (void *)(uintptr_t)spec);
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        objects[i] = CAPDL_NO_OBJECT;
    }
    for (unsigned i = 0; i < count; i++) {
        bool first = wants_ram(spec, found[i]) && objects[0] == CAPDL_NO_OBJECT;
        objects[first || at == CAPDL_MAX_LEFTOVERS ? 0 : at++] = found[i];
    }
    return true;
}

/* The n-th asks for an amount that is known: so many untypeds of one size. */
static void make_untypeds(struct program *program, uint32_t object, unsigned bits)
{
    struct kernel_object *kobj = &program->kernel_objects[object];
    const struct capdl_profile *profile = program->profile;
    if (bits < CAPDL_PAGE_BITS || bits > profile->max_untyped_bits) {
        program_error(program, object, "has untypeds of 2^%u bytes, but kernel %s allows 2^%u to 2^%u", bits,
                      profile->name, CAPDL_PAGE_BITS, profile->max_untyped_bits);
        return;
    }
    kobj->type = CAPDL_TYPE_UNTYPED;
    kobj->size_bits = kobj->argument = (uint8_t)bits;
}

static void find_one(struct program *program, unsigned n, const struct leftovers *known)
{
    const struct capdl_spec *spec = program->spec;
    struct leftovers *l = &program->leftovers[n];
    uint64_t devices = capdl_object_number(spec, l->object, CAPDL_NUMBER_LEFTOVER_DEVICES);
    unsigned bits = capdl_leftover_bits(spec, l->object);
    l->share = (uint8_t)capdl_object_number(spec, l->object, CAPDL_NUMBER_LEFTOVER_SHARE);
    if (is_rest(spec, l->object)) {
        l->kinds = (uint8_t)((devices != 2 && n == 0 ? CAPDL_LEFT_RAM : 0) | (devices ? CAPDL_LEFT_DEVICES : 0));
        l->share = devices != 2 && n > 0 ? CAPDL_LEFT_EQUAL : 0;
    }
    l->bits = known ? known->bits : 0;
    bits = l->bits ? l->bits : bits;
    if (bits || capdl_object_number(spec, l->object, CAPDL_NUMBER_LEFTOVER_SIZE)) {
        make_untypeds(program, l->object, bits);
    }
    if (l->share && !program->options->untypeds && !forecast_possible(program->profile)) {
        program_error(
            program, l->object,
            "%s, but the machine's firmware determines how much that is: give its map with --memory-map (a boot "
            "log of the machine, or qemu:SIZE), or write size: n",
            l->share == CAPDL_LEFT_EQUAL ? "shares the RAM that is left with others"
                                         : "is a share of the RAM that is left");
    }
}

void leftovers_ask(struct program *program, const struct program *known)
{
    uint32_t objects[CAPDL_MAX_LEFTOVERS] = {0};
    bool good = leftovers_order(program->spec, objects);
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        const struct capdl_cap *frame =
            capdl_object_kind(program->spec, i) == CAPDL_KIND_LEFTOVER ? capdl_leftover_frame(program->spec, i) : NULL;
        if (frame) {
            program->kernel_objects[frame->object].flags |= KOBJ_TOLD;
        }
    }
    if (!good) {
        capdl_error(program->diags, CAPDL_WHOLE_SPEC, "a spec can have at most %d leftovers", CAPDL_MAX_LEFTOVERS);
    }
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        program->leftovers[i].object = good ? objects[i] : CAPDL_NO_OBJECT;
        if (program->leftovers[i].object != CAPDL_NO_OBJECT) {
            find_one(program, i, known ? &known->leftovers[i] : NULL);
        }
    }
}

uint64_t leftovers_pieces(const struct program *program, uint32_t object)
{
    unsigned bits = capdl_object_kind(program->spec, object) == CAPDL_KIND_LEFTOVER
                        ? capdl_leftover_bits(program->spec, object)
                        : 0;
    return bits ? capdl_object_number(program->spec, object, CAPDL_NUMBER_LEFTOVER_SIZE) >> bits : 1;
}

bool leftovers_any(const struct program *program)
{
    bool any = false;
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        any |= program->leftovers[i].slots != 0;
    }
    return any;
}

void leftovers_sizes(const struct program *program, uint64_t sizes[CAPDL_SIZE_KEY_COUNT])
{
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        const struct leftovers *l = &program->leftovers[i];
        uint64_t *of = sizes + i * CAPDL_LEFT_KEYS;
        if (!l->slots) {
            continue;
        }
        of[CAPDL_SIZE_LEFT_SLOTS] = l->slots;
        of[CAPDL_SIZE_LEFT_CNODE] = program->kernel_objects[l->cnode].number;
        of[CAPDL_SIZE_LEFT_BITS] = capdl_object_size_bits(program->spec, l->cnode);
        of[CAPDL_SIZE_LEFT_FIRST] = l->first;
        of[CAPDL_SIZE_LEFT_FRAME] = program->kernel_objects[l->frame].number;
        of[CAPDL_SIZE_LEFT_NAME] = l->name;
        of[CAPDL_SIZE_LEFT_KINDS] = l->kinds;
        of[CAPDL_SIZE_LEFT_SHARE] = l->share;
        if (program->kernel_objects[l->object].type == CAPDL_TYPE_UNTYPED) {
            of[CAPDL_SIZE_LEFT_OWN] = program->kernel_objects[l->object].number;
            of[CAPDL_SIZE_LEFT_PIECES] = leftovers_pieces(program, l->object);
        }
        sizes[CAPDL_SIZE_LEFT_PAGE] = program->num_embedded;
    }
}
