/* SPDX-License-Identifier: BSD-2-Clause */
/* From a program to the bytes of its blob: deterministic CBOR (docs/blob.cddl), written item by item without a tree
 * in memory. */
#include <stdlib.h>
#include <string.h>

#include "base/cbor_writer.h"
#include "image/program.h"
#include "profile/names.h"

struct encoder {
    const struct program *program;
    struct cbor_writer out;
    bool called[CAPDL_METHOD_COUNT];
    uint8_t method_numbers[CAPDL_METHOD_COUNT];
    uint64_t num_methods;
};

static void put_operand(struct encoder *e, struct operand operand)
{
    if (operand.kind == CAPDL_OPERAND_LITERAL) {
        cbor_put_uint(&e->out, operand.value);
    } else {
        cbor_put_negative(&e->out, operand.value * 4 + operand.kind);
    }
}

static int64_t label(const struct capdl_profile *profile, enum capdl_method method)
{
    return profile->labels[method] == CAPDL_PROFILE_ABSENT ? 0 : profile->labels[method];
}

static void put_profile(struct encoder *e)
{
    const struct capdl_profile *profile = e->program->profile;
    int64_t boot[CAPDL_BOOT_KEY_COUNT] = {
        [CAPDL_BOOT_ARCH] = profile->arch,
        [CAPDL_BOOT_FLAGS] = (profile->mcs ? CAPDL_BOOT_FLAG_MCS : 0) |
                             (profile->sysenter ? CAPDL_BOOT_FLAG_SYSENTER : 0) |
                             (e->program->options->quiet ? CAPDL_BOOT_FLAG_QUIET : 0),
        [CAPDL_BOOT_SYS_CALL] = profile->syscalls[CAPDL_SYSCALL_CALL],
        [CAPDL_BOOT_SYS_PUTCHAR] = profile->syscalls[CAPDL_SYSCALL_DEBUG_PUTCHAR],
        [CAPDL_BOOT_UNTYPED_OFFSET] = profile->bootinfo_untyped_offset,
        [CAPDL_BOOT_SCHEDCONTROL_OFFSET] = profile->bootinfo_schedcontrol_offset,
        [CAPDL_BOOT_FAN_OUT] = profile->fan_out < UINT16_MAX ? profile->fan_out : UINT16_MAX, /* as the blob has room */
        [CAPDL_BOOT_SLOT_BITS] = profile->size_bits[CAPDL_TYPE_CNODE],
        [CAPDL_BOOT_TYPE_UNTYPED] = profile->types[CAPDL_TYPE_UNTYPED],
        [CAPDL_BOOT_TYPE_CNODE] = profile->types[CAPDL_TYPE_CNODE],
        [CAPDL_BOOT_PAGE_ATTRIBUTES] = (int64_t)vspace_table_attributes(profile, false),
        [CAPDL_BOOT_IOPT_LEVELS] = e->program->io_levels,
#define CAPDL_BOOT_LABEL(id, method, name) [CAPDL_BOOT_##id] = label(profile, CAPDL_METHOD_##method),
#include <capdl/bootkeys.def>
    };
    if (!leftovers_any(e->program)) {
        boot[CAPDL_BOOT_CNODE_MOVE] = 0;
    }
    uint64_t count = 0;
    for (unsigned key = 0; key < CAPDL_BOOT_KEY_COUNT; key++) {
        count += boot[key] != 0;
    }
    cbor_put_map(&e->out, count);
    for (unsigned key = 0; key < CAPDL_BOOT_KEY_COUNT; key++) {
        if (boot[key] != 0) {
            cbor_put_uint(&e->out, key);
            cbor_put_int(&e->out, boot[key]);
        }
    }
}

static bool size_is_given(const uint64_t *sizes, unsigned key)
{
    return key <= CAPDL_SIZE_PAGES || sizes[key];
}

static void put_sizes(struct encoder *e)
{
    const struct program *program = e->program;
    uint64_t sizes[CAPDL_SIZE_KEY_COUNT] = {
        [CAPDL_SIZE_OBJECTS] = program->num_objects,
        [CAPDL_SIZE_SLOTS] = program->num_objects + program->num_derived,
        [CAPDL_SIZE_PAGES] = program->num_pages,
    };
    uint64_t count = 0;
    leftovers_sizes(program, sizes);
    for (unsigned key = 0; key < CAPDL_SIZE_KEY_COUNT; key++) {
        count += size_is_given(sizes, key);
    }
    cbor_put_map(&e->out, count);
    for (unsigned key = 0; key < CAPDL_SIZE_KEY_COUNT; key++) {
        if (size_is_given(sizes, key)) {
            cbor_put_uint(&e->out, key);
            cbor_put_uint(&e->out, sizes[key]);
        }
    }
}

/* Methods that are called, in the order of methods.def. */
static void put_methods(struct encoder *e)
{
    for (unsigned phase = 0; phase < CAPDL_PHASE_COUNT; phase++) {
        const struct call_list *calls = &e->program->phases[phase];
        for (size_t i = 0; i < calls->count; i++) {
            e->called[calls->list[i].method] = true;
        }
    }
    for (unsigned method = 0; method < CAPDL_METHOD_COUNT; method++) {
        e->method_numbers[method] = (uint8_t)e->num_methods;
        e->num_methods += e->called[method];
    }
    cbor_put_array(&e->out, e->num_methods);
    for (unsigned method = 0; method < CAPDL_METHOD_COUNT; method++) {
        if (e->called[method]) {
            cbor_put_array(&e->out, 2);
            cbor_put_uint(&e->out, e->program->profile->labels[method]);
            cbor_put_uint(&e->out, e->program->methods[method].num_caps);
        }
    }
}

static void put_groups(struct encoder *e, const struct group_list *groups)
{
    const struct program *program = e->program;
    cbor_put_array(&e->out, groups->count);
    for (size_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->list[i];
        cbor_put_array(&e->out, group->direct                ? CAPDL_DIRECT_ITEMS
                                : groups == &program->groups ? CAPDL_GROUP_ITEMS
                                                             : CAPDL_GROUP_ITEMS + 1);
        cbor_put_uint(&e->out, program->profile->types[group->type]);
        cbor_put_uint(&e->out, group->argument);
        cbor_put_uint(&e->out, group->size_bits);
        cbor_put_uint(&e->out, group->count);
        if (group->direct || groups != &program->groups) {
            cbor_put_uint(&e->out, groups == &program->fixed ? group->address : group->parent);
        }
        if (group->direct) {
            cbor_put_uint(&e->out, group->first);
            cbor_put_uint(&e->out, group->rights);
        }
    }
}

static void put_fills(struct encoder *e)
{
    cbor_put_array(&e->out, e->program->num_fills);
    for (size_t i = 0; i < e->program->num_fills; i++) {
        const struct fill *fill = &e->program->fills[i];
        cbor_put_array(&e->out, CAPDL_FILL_ITEMS);
        cbor_put_uint(&e->out, fill->slot);
        cbor_put_uint(&e->out, fill->size_bits);
        cbor_put_uint(&e->out, fill->offset);
        cbor_put_uint(&e->out, fill->page);
        cbor_put_uint(&e->out, fill->pages);
        cbor_put_uint(&e->out, fill->flags);
    }
}

static void put_call(struct encoder *e, const struct call_list *calls, const struct call *call)
{
    const struct operand *operands = &calls->operands[call->first];
    cbor_put_array(&e->out, call->count > 1 ? CAPDL_CALL_RUN_ITEMS : CAPDL_CALL_ITEMS);
    cbor_put_uint(&e->out, e->method_numbers[call->method]);
    put_operand(e, operands[0]);
    cbor_put_array(&e->out, call->num_operands - 1u);
    for (unsigned i = 1; i < call->num_operands; i++) {
        put_operand(e, operands[i]);
    }
    if (call->count > 1) {
        cbor_put_uint(&e->out, call->count);
        cbor_put_array(&e->out, call->num_operands);
        for (unsigned i = 0; i < call->num_operands; i++) {
            cbor_put_uint(&e->out, operands[call->num_operands + i].value);
        }
    }
}

static void put_phases(struct encoder *e)
{
    uint64_t count = 0;
    for (unsigned phase = 0; phase < CAPDL_PHASE_COUNT; phase++) {
        count += e->program->phases[phase].count > 0;
    }
    cbor_put_array(&e->out, count);
    for (unsigned phase = 0; phase < CAPDL_PHASE_COUNT; phase++) {
        const struct call_list *calls = &e->program->phases[phase];
        if (calls->count == 0) {
            continue;
        }
        cbor_put_array(&e->out, 2);
        cbor_put_uint(&e->out, phase);
        cbor_put_array(&e->out, calls->count);
        for (size_t i = 0; i < calls->count; i++) {
            put_call(e, calls, &calls->list[i]);
        }
    }
}

/* Names go into messages of a kernel console, so only ASCII, of which a name has printable characters alone; others are
 * left out. */
static const char *object_name(const struct program *program, uint32_t object)
{
    if (object == CAPDL_NO_OBJECT) {
        return NULL;
    }
    const char *name = capdl_object_name(program->spec, object);
    for (const char *c = name; *c; c++) {
        if (*c & 0x80) {
            return NULL;
        }
    }
    return *name ? name : NULL;
}

/* Names of consecutive slots or pages: none, one, elements of an array, or a text with ascending numbers after it. */
struct name_entry {
    const char *text;
    size_t count, length;
    uint64_t first;  /* of elements and numbers */
    unsigned digits; /* at least so many of a number; 0: there is none */
    bool is_element;
};

enum { FEWEST_NUMBERED = 4, FEWEST_ZEROS = 3, MOST_NUMBER_DIGITS = 9 };

/* Takes the number from the end of a name; it has as many digits as there are, at least one must be left before it. */
static unsigned split_number(const char *name, size_t *length, uint64_t *number)
{
    unsigned digits = 0;
    uint64_t unit = 1;
    *number = 0;
    while (*length > 1 && digits < MOST_NUMBER_DIGITS && name[*length - 1] >= '0' && name[*length - 1] <= '9') {
        *number += unit * (uint64_t)(name[--*length] - '0');
        unit *= 10;
        digits++;
    }
    return digits;
}

static unsigned digits_of(uint64_t number)
{
    unsigned digits = 1;
    for (; number >= 10; number /= 10) {
        digits++;
    }
    return digits;
}

/* How many names from the first on differ only in numbers that count up. */
static size_t count_numbered(const struct program *program, const uint32_t *objects, size_t count,
                             struct name_entry *entry)
{
    const char *name = object_name(program, objects[0]);
    uint64_t number;
    entry->length = strlen(name);
    unsigned digits = split_number(name, &entry->length, &entry->first);
    entry->digits = digits > digits_of(entry->first) ? digits : 1;
    size_t n = digits ? 1 : 0;
    for (; n && n < count; n++) {
        const char *next = object_name(program, objects[n]);
        if (!next || capdl_object_index(program->spec, objects[n]) != CAPDL_NO_INDEX) {
            break;
        }
        size_t length = strlen(next);
        digits = split_number(next, &length, &number);
        unsigned least = digits_of(entry->first + n);
        if (number != entry->first + n || length != entry->length ||
            digits != (least > entry->digits ? least : entry->digits) || memcmp(next, name, length) != 0) {
            break;
        }
    }
    return n;
}

static size_t count_elements(const struct program *program, const uint32_t *objects, size_t count, uint32_t index)
{
    const char *name = object_name(program, objects[0]);
    size_t n = 1;
    while (n < count && object_name(program, objects[n]) == name &&
           capdl_object_index(program->spec, objects[n]) == index + n) {
        n++;
    }
    return n;
}

/* The entry that begins with the first of these objects. */
static struct name_entry name_entry(const struct program *program, const uint32_t *objects, size_t count)
{
    struct name_entry entry = {.text = object_name(program, objects[0])};
    uint32_t index = entry.text ? capdl_object_index(program->spec, objects[0]) : CAPDL_NO_INDEX;
    if (!entry.text) {
        while (entry.count < count && !object_name(program, objects[entry.count])) {
            entry.count++;
        }
        return entry;
    }
    if (index != CAPDL_NO_INDEX) {
        entry.length = strlen(entry.text);
        entry.is_element = true;
        entry.first = index;
        entry.count = count_elements(program, objects, count, index);
        return entry;
    }
    entry.count = count_numbered(program, objects, count, &entry);
    if (entry.count < FEWEST_NUMBERED && entry.digits < digits_of(entry.first) + FEWEST_ZEROS) {
        entry.count = 1;
        entry.length = strlen(entry.text);
        entry.digits = 0;
    }
    return entry;
}

/* Characters in common with the text before, where that takes fewer bytes. */
static size_t shared_length(const struct name_entry *entry, const struct name_entry *before)
{
    size_t shared = 0;
    if (!before->text || entry->length > CAPDL_NAME_MOST_SHARED) {
        return 0;
    }
    while (shared < entry->length && shared < before->length && entry->text[shared] == before->text[shared]) {
        shared++;
    }
    return shared > (shared < 24 ? 1 : 2) ? shared : 0;
}

static void put_name_entry(struct encoder *e, const struct name_entry *entry, const struct name_entry *before)
{
    size_t shared = entry->text ? shared_length(entry, before) : 0;
    cbor_put_array(&e->out,
                   !entry->text ? 1 : 2u + (shared > 0) + (entry->is_element || entry->digits) + (entry->digits > 0));
    cbor_put_uint(&e->out, entry->count);
    if (!entry->text) {
        return;
    }
    if (shared) {
        cbor_put_uint(&e->out, shared);
    }
    cbor_put_bytes(&e->out, entry->text + shared, entry->length - shared);
    if (entry->is_element || entry->digits) {
        cbor_put_uint(&e->out, entry->first);
    }
    if (entry->digits) {
        cbor_put_uint(&e->out, entry->digits);
    }
}

static void put_names_of(struct encoder *e, const uint32_t *objects, size_t count)
{
    struct name_entry before = {NULL}, *entries = NULL;
    size_t num_entries = 0, capacity = 0;
    for (size_t i = 0; i < count; i += entries[num_entries++].count) {
        entries = memory_grow(entries, &capacity, num_entries + 1, sizeof(*entries));
        entries[num_entries] = name_entry(e->program, objects + i, count - i);
    }
    cbor_put_array(&e->out, num_entries);
    for (size_t i = 0; i < num_entries; i++) {
        put_name_entry(e, &entries[i], &before);
        before = entries[i].text ? entries[i] : before;
    }
    free(entries);
}

static void put_names(struct encoder *e)
{
    const struct program *program = e->program;
    if (program->options->strip) {
        cbor_put_null(&e->out);
        return;
    }
    size_t derived = program->num_objects, direct = derived + program->num_derived,
           slots = direct + program->num_direct;
    uint32_t *objects = memory_zeroed(slots + program->num_pages, sizeof(*objects));
    for (size_t i = 0; i < slots; i++) {
        objects[i] = i < derived  ? program->objects[i]
                     : i < direct ? program->derived[i - derived]
                                  : program->direct[i - direct];
    }
    for (size_t i = 0; i < program->num_pages; i++) {
        objects[slots + i] = i < program->num_embedded ? program->pages[i].object : CAPDL_NO_OBJECT;
    }
    cbor_put_array(&e->out, 3);
    put_names_of(e, objects, slots);
    put_names_of(e, objects + slots, program->num_pages);
    cbor_put_array(&e->out, e->num_methods);
    for (unsigned method = 0; method < CAPDL_METHOD_COUNT; method++) {
        if (e->called[method]) {
            cbor_put_text(&e->out, method_names[method]);
        }
    }
    free(objects);
}

uint8_t *encode_program(const struct program *program, size_t *size)
{
    struct encoder e = {.program = program};
    cbor_put_array(&e.out, CAPDL_BLOB_ITEM_COUNT);
    cbor_put_uint(&e.out, CAPDL_BLOB_VERSION);
    put_profile(&e);
    put_sizes(&e);
    put_methods(&e);
    put_groups(&e, &program->groups);
    put_groups(&e, &program->fixed);
    put_groups(&e, &program->covers);
    put_fills(&e);
    put_phases(&e);
    put_names(&e);
    *size = e.out.size;
    return e.out.bytes;
}
