/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interned names, and objects by name and index. Texts of names are contiguous, each after a word that says
 * what it stands for: nearly always one object. A name that stands for more than that has an entry in a list beside
 * them.
 */
#include <stdlib.h>
#include <string.h>

#include "model.h"

enum { MOST_COMPARISONS = 20000000 };

/* Names have the number of the byte they are at, in blocks of this size. */
enum { BLOCK_BITS = 18, BLOCK = 1 << BLOCK_BITS };

/* A place of the table: a name, or 0, and the hash of its text, so that hardly any other name is looked at. */
struct capdl_names_place {
    uint32_t number, hash;
};

enum { NEIGHBOURS = 16 }; /* places of the table in two lines of the cache, which are fetched together */

/* Low bits of a name's word; the others are the number of what it stands for. */
enum { USE_NOTHING, USE_OBJECT, USE_CAP, USE_LISTED, USE_BITS = 2, USE_MASK = (1 << USE_BITS) - 1 };

/* Where names go on in other blocks stands this word, which no name has, and then the number of the next name. */
#define LINK UINT32_MAX
enum { LINK_SIZE = 2 * sizeof(uint32_t) };

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

/* Up to eight characters as a number. */
static uint64_t word_of(const char *text, size_t length)
{
    uint64_t word = 0;
    uint32_t first, last;
    if (length >= sizeof(word)) {
        memcpy(&word, text, sizeof(word));
        return word;
    }
    if (length >= sizeof(first)) { /* which may overlap */
        memcpy(&first, text, sizeof(first));
        memcpy(&last, text + length - sizeof(last), sizeof(last));
        return (uint64_t)first << 32 | last;
    }
    for (size_t i = 0; i < length; i++) {
        word = word << 8 | (unsigned char)text[i];
    }
    return word;
}

/*
 * The last character decides the place among neighbours: object_10 to object_19, declared one after the other, are
 * near each other.
 */
static uint32_t hash_text(const char *text, size_t length)
{
    size_t left = length ? length - 1 : 0;
    uint64_t hash = length;
    for (; left > sizeof(hash); left -= sizeof(hash), text += sizeof(hash)) {
        hash = mix(hash, word_of(text, sizeof(hash)));
    }
    hash = mix(hash, word_of(text, left));
    return (uint32_t)hash ^ (length ? (unsigned char)text[left] % NEIGHBOURS : 0);
}

static uint32_t word_get(const struct spec_name *name)
{
    uint32_t word;
    memcpy(&word, name->word, sizeof(word));
    return word;
}

static void word_set(struct spec_name *name, uint32_t use, uint32_t number)
{
    uint32_t word = number << USE_BITS | use;
    memcpy(name->word, &word, sizeof(word));
}

struct capdl_spec_name_use capdl_spec_name_use(const struct capdl_spec *spec, const struct spec_name *name)
{
    uint32_t word = word_get(name);
    struct capdl_spec_name_use use = {.scalar = CAPDL_NO_OBJECT};
    if ((word & USE_MASK) == USE_LISTED) {
        return spec->names->uses[word >> USE_BITS];
    }
    if ((word & USE_MASK) == USE_OBJECT) {
        use.scalar = word >> USE_BITS;
    } else {
        use.cap_name = word >> USE_BITS;
    }
    return use;
}

uint32_t capdl_spec_name_scalar(const struct capdl_spec *spec, const struct spec_name *name)
{
    return capdl_spec_name_use(spec, name).scalar;
}

uint32_t capdl_spec_name_length(const struct capdl_spec *spec, const struct spec_name *name)
{
    return capdl_spec_name_use(spec, name).array_length;
}

/* The entry of a name in the list, made when it has none. */
static struct capdl_spec_name_use *use_listed(struct capdl_spec *spec, struct spec_name *name)
{
    struct capdl_names *names = spec->names;
    if ((word_get(name) & USE_MASK) == USE_LISTED) {
        return &names->uses[word_get(name) >> USE_BITS];
    }
    names->uses = capdl_spec_grow(names->uses, &names->capacity_uses, names->num_uses + 1, sizeof(*names->uses));
    names->uses[names->num_uses] = capdl_spec_name_use(spec, name);
    word_set(name, USE_LISTED, (uint32_t)names->num_uses);
    return &names->uses[names->num_uses++];
}

void capdl_spec_name_set_cap(struct capdl_spec *spec, struct spec_name *name, uint32_t cap_name)
{
    if (word_get(name) == USE_NOTHING) {
        word_set(name, USE_CAP, cap_name);
    } else {
        use_listed(spec, name)->cap_name = cap_name;
    }
}

void capdl_spec_name_set_broken(struct capdl_spec *spec, struct spec_name *name, bool broken)
{
    if (capdl_spec_name_use(spec, name).broken != broken) {
        use_listed(spec, name)->broken = broken;
    }
}

void capdl_spec_name_set_implicit(struct capdl_spec *spec, struct spec_name *name, bool implicit)
{
    if (capdl_spec_name_use(spec, name).implicit != implicit) {
        use_listed(spec, name)->implicit = implicit;
    }
}

struct spec_name *capdl_spec_name_of(const char *interned)
{
    return (struct spec_name *)(void *)((char *)(uintptr_t)interned - offsetof(struct spec_name, text));
}

struct spec_name *capdl_spec_name_at(const struct capdl_spec *spec, uint32_t number)
{
    return (struct spec_name *)(void *)(spec->names->blocks[number >> BLOCK_BITS] + (number & (BLOCK - 1)));
}

/* Nearly always it is in the newest block. */
uint32_t capdl_spec_name_number(const struct capdl_spec *spec, const struct spec_name *name)
{
    const struct capdl_names *names = spec->names;
    uintptr_t address = (uintptr_t)name;
    size_t block = names->num_blocks - 1;
    while (address - (uintptr_t)names->blocks[block] >= BLOCK) {
        block--;
    }
    return (uint32_t)(block << BLOCK_BITS | (address - (uintptr_t)names->blocks[block]));
}

const char *capdl_object_name(const struct capdl_spec *spec, uint32_t id)
{
    return capdl_spec_name_at(spec, spec->objects->basic[id].name)->text;
}

/* Another block, or several in a row for a very long name. */
static void add_blocks(struct capdl_names *names, size_t size)
{
    size_t count = (size + LINK_SIZE + BLOCK) >> BLOCK_BITS;
    uint32_t link[2] = {LINK, (uint32_t)(names->num_blocks << BLOCK_BITS)};
    char *memory = capdl_spec_realloc(NULL, count << BLOCK_BITS);
    if (names->num_blocks + count > UINT32_MAX >> BLOCK_BITS) {
        capdl_spec_too_large("this spec is too large: its names take more than 4 GiB");
    }
    if (names->num_blocks) {
        memcpy(names->blocks[names->first_free] + names->used, link, sizeof(link));
    }
    names->blocks =
        capdl_spec_grow(names->blocks, &names->capacity_blocks, names->num_blocks + count, sizeof(*names->blocks));
    names->used = names->num_blocks == 0; /* no name is at byte 0: that number marks free buckets */
    names->first_free = names->num_blocks;
    for (size_t i = 0; i < count; i++) {
        names->blocks[names->num_blocks++] = memory + (i << BLOCK_BITS);
    }
}

/* A new name; returns its number. */
static uint32_t name_add(struct capdl_names *names, const char *text, size_t length)
{
    size_t size = sizeof(struct spec_name) + length + 1;
    struct spec_name *name;
    size_t at;
    if (!names->num_blocks ||
        ((names->num_blocks - names->first_free) << BLOCK_BITS) - names->used < size + LINK_SIZE) {
        add_blocks(names, size);
    }
    at = (names->first_free << BLOCK_BITS) + names->used;
    name = (struct spec_name *)(void *)(names->blocks[names->first_free] + names->used);
    word_set(name, USE_NOTHING, 0);
    memcpy(name->text, text, length);
    name->text[length] = '\0';
    names->used += size;
    return (uint32_t)at;
}

/* The name that was made after this one, or, after 0, the first; 0 if there is none. */
static uint32_t next_name(const struct capdl_spec *spec, uint32_t number)
{
    const struct capdl_names *names = spec->names;
    uint32_t end = (uint32_t)((names->first_free << BLOCK_BITS) + names->used), link[2];
    if (number) {
        number += (uint32_t)(sizeof(struct spec_name) + strlen(capdl_spec_name_at(spec, number)->text) + 1);
    } else {
        number = names->num_blocks > 0;
    }
    if (number == end) {
        return 0;
    }
    memcpy(link, capdl_spec_name_at(spec, number), sizeof(link[0]));
    if (link[0] == LINK) {
        memcpy(link, capdl_spec_name_at(spec, number), sizeof(link));
        return link[1];
    }
    return number;
}

static bool is_name(const struct capdl_spec *spec, uint32_t number, const char *text, size_t length)
{
    const char *name = capdl_spec_name_at(spec, number)->text;
    return !strncmp(name, text, length) && !name[length];
}

/*
 * The place to look at after so many: first all neighbours, then those at a distance that depends on the hash. Names
 * come in tens that are neighbours, so that one after the other the places of a long row would be taken.
 */
static size_t next_place(const struct capdl_names *names, size_t place, uint32_t hash, unsigned looked_at)
{
    size_t first = place & ~(size_t)(NEIGHBOURS - 1), neighbour = (place + 1) & (NEIGHBOURS - 1);
    if (looked_at % NEIGHBOURS == 0) {
        first += NEIGHBOURS * (size_t)(hash >> 16 | 1);
    }
    return (first & names->mask) | neighbour;
}

/* The place of a name in the table: where it is, or where it would be put. */
static struct capdl_names_place *place_of(const struct capdl_spec *spec, const char *text, size_t length, uint32_t hash)
{
    const struct capdl_names *names = spec->names;
    size_t i = hash & names->mask;
    for (unsigned looked_at = 1; names->table[i].number; i = next_place(names, i, hash, looked_at++)) {
        if (names->table[i].hash == hash && is_name(spec, names->table[i].number, text, length)) {
            break;
        }
    }
    return &names->table[i];
}

static void table_grow(struct capdl_names *names)
{
    size_t old_size = names->table ? names->mask + 1 : 0, size = old_size ? old_size * 2 : 64;
    struct capdl_names_place *old = names->table;
    names->table = capdl_spec_zeros_grow(NULL, 0, size * sizeof(*names->table));
    names->mask = size - 1;
    for (size_t i = 0; i < old_size; i++) {
        size_t place = old[i].hash & names->mask;
        for (unsigned looked_at = 1; old[i].number && names->table[place].number; looked_at++) {
            place = next_place(names, place, old[i].hash, looked_at);
        }
        if (old[i].number) {
            names->table[place] = old[i];
        }
    }
    if (old) {
        capdl_spec_zeros_free(old, old_size * sizeof(*old));
    }
}

/* Most texts name things in the order in which they were declared: the name after the latest, or this again. */
static uint32_t guess(const struct capdl_spec *spec, const char *text, size_t length)
{
    uint32_t latest = __atomic_load_n(&spec->names->latest, __ATOMIC_RELAXED),
             next = latest && latest != spec->names->newest ? next_name(spec, latest) : 0;
    return next && is_name(spec, next, text, length)       ? next
           : latest && is_name(spec, latest, text, length) ? latest
                                                           : 0;
}

struct spec_name *capdl_spec_name_lookup(const struct capdl_spec *spec, const char *text, size_t length)
{
    uint32_t number = guess(spec, text, length);
    if (!number && spec->names->table) {
        number = place_of(spec, text, length, hash_text(text, length))->number;
    }
    if (number) {
        __atomic_store_n(&spec->names->latest, number, __ATOMIC_RELAXED); /* others may be reading, too */
    }
    return number ? capdl_spec_name_at(spec, number) : NULL;
}

struct spec_name *capdl_spec_name_intern(struct capdl_spec *spec, const char *text, size_t length)
{
    struct capdl_names *names = spec->names;
    uint32_t number = guess(spec, text, length), hash;
    struct capdl_names_place *place;
    if (!number) {
        if (names->count + names->count / 4 >= names->mask) { /* without a table both are 0 */
            table_grow(names);
        }
        hash = hash_text(text, length);
        place = place_of(spec, text, length, hash);
        if (!place->number) {
            names->newest = name_add(names, text, length);
            *place = (struct capdl_names_place){names->newest, hash};
            names->count++;
        }
        number = place->number;
    }
    names->latest = number;
    return capdl_spec_name_at(spec, number);
}

void capdl_spec_names_free(struct capdl_names *names)
{
    if (names->table) {
        capdl_spec_zeros_free(names->table, (names->mask + 1) * sizeof(*names->table));
    }
    for (size_t i = 0; i < names->num_blocks; i++) {
        if (!i || names->blocks[i] != names->blocks[i - 1] + BLOCK) {
            free(names->blocks[i]);
        }
    }
    free(names->blocks);
    free(names->uses);
    free(names->sparse);
}

static uint32_t *sparse_word(const struct capdl_spec *spec, const struct spec_name *name, uint32_t index)
{
    const struct capdl_names *names = spec->names;
    uint32_t hash = (capdl_spec_name_number(spec, name) ^ index * 2654435761u) * 2246822519u;
    size_t i = (hash ^ hash >> 13) & names->sparse_mask;
    for (; names->sparse[i] != CAPDL_NO_OBJECT; i = (i + 1) & names->sparse_mask) {
        uint32_t object = names->sparse[i];
        if (capdl_object_name(spec, object) == name->text && capdl_object_index(spec, object) == index) {
            break;
        }
    }
    return &names->sparse[i];
}

static void sparse_grow(struct capdl_spec *spec)
{
    struct capdl_names *names = spec->names;
    uint32_t *old = names->sparse;
    size_t old_size = old ? names->sparse_mask + 1 : 0;
    size_t size = old_size ? old_size * 2 : 64;
    names->sparse = capdl_spec_realloc(NULL, size * sizeof(*old));
    memset(names->sparse, 0xff, size * sizeof(*old));
    names->sparse_mask = size - 1;
    for (size_t i = 0; i < old_size; i++) {
        if (old[i] != CAPDL_NO_OBJECT) {
            *sparse_word(spec, capdl_spec_name_of(capdl_object_name(spec, old[i])), capdl_object_index(spec, old[i])) =
                old[i];
        }
    }
    free(old);
}

/* Arrays declared in one go, nearly all of them, need no table entry per element. */
static void enter_element(struct capdl_spec *spec, struct spec_name *name, uint32_t index, uint32_t object)
{
    struct capdl_names *names = spec->names;
    struct capdl_spec_name_use *use = use_listed(spec, name);
    use->num_elements++;
    if (index >= use->array_length) {
        use->array_length = index + 1;
    }
    if (index == 0 && use->dense == 0) {
        use->first = object;
    }
    if (index == use->dense && object == use->first + index) {
        use->dense++;
        return;
    }
    if (!names->sparse || names->num_sparse * 2 > names->sparse_mask) {
        sparse_grow(spec);
    }
    *sparse_word(spec, name, index) = object;
    names->num_sparse++;
}

void capdl_spec_name_enter_elements(struct capdl_spec *spec, struct spec_name *name, uint32_t index, uint32_t object,
                                    uint32_t count)
{
    struct capdl_spec_name_use *use = use_listed(spec, name);
    if (use->dense && index == use->dense && object == use->first + index) {
        use->num_elements += count;
        use->dense += count;
        use->array_length = use->array_length < use->dense ? use->dense : use->array_length;
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        enter_element(spec, name, index + i, object + i);
    }
}

bool capdl_spec_names_have_holes(const struct capdl_spec *spec)
{
    const struct capdl_names *names = spec->names;
    for (size_t i = 0; i < names->num_uses; i++) {
        if (names->uses[i].num_elements < names->uses[i].array_length) {
            return true;
        }
    }
    return false;
}

void capdl_spec_name_enter(struct capdl_spec *spec, struct spec_name *name, uint32_t index, uint32_t object)
{
    if (index != CAPDL_NO_INDEX) {
        enter_element(spec, name, index, object);
    } else if (word_get(name) == USE_NOTHING) {
        word_set(name, USE_OBJECT, object);
    } else {
        use_listed(spec, name)->scalar = object;
    }
}

uint32_t capdl_spec_name_find(const struct capdl_spec *spec, const struct spec_name *name, uint32_t index)
{
    struct capdl_spec_name_use use = capdl_spec_name_use(spec, name);
    if (index == CAPDL_NO_INDEX) {
        return use.scalar;
    }
    if (index < use.dense) {
        return use.first + index;
    }
    return spec->names->sparse && index < use.array_length ? *sparse_word(spec, name, index) : CAPDL_NO_OBJECT;
}

unsigned capdl_spec_distance(const char *a, size_t a_length, const char *b, size_t b_length, unsigned most)
{
    unsigned row[CAPDL_NEAREST_LENGTH + 1];
    if (a_length > CAPDL_NEAREST_LENGTH || b_length > CAPDL_NEAREST_LENGTH || a_length > b_length + most ||
        b_length > a_length + most) {
        return most + 1;
    }
    for (unsigned j = 0; j <= b_length; j++) {
        row[j] = j;
    }
    for (unsigned i = 1; i <= a_length; i++) {
        unsigned diagonal = row[0], least = i;
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            unsigned above = row[j], best = diagonal + (a[i - 1] != b[j - 1]);
            if (above + 1 < best) {
                best = above + 1;
            }
            if (row[j - 1] + 1 < best) {
                best = row[j - 1] + 1;
            }
            row[j] = best;
            diagonal = above;
            if (best < least) {
                least = best;
            }
        }
        if (least > most) {
            return most + 1;
        }
    }
    return row[b_length];
}

void capdl_nearest_try(struct capdl_nearest *nearest, const char *written, size_t length, const char *word)
{
    unsigned most = nearest->word ? nearest->distance - 1 : length < 3 ? 1 : length < 10 ? 2 : 3;
    unsigned distance;
    if (nearest->word && nearest->distance == 0) {
        return;
    }
    distance = capdl_spec_distance(written, length, word, strlen(word), most);
    if (distance <= most && distance < length) {
        nearest->word = word;
        nearest->distance = distance;
    }
}

const char *capdl_nearest_hint(struct capdl_nearest *nearest)
{
    snprintf(nearest->hint, sizeof(nearest->hint), nearest->word ? " (did you mean '%.*s'?)" : "", CAPDL_NEAREST_LENGTH,
             nearest->word);
    return nearest->hint;
}

static bool names_object(const struct capdl_spec *spec, const struct spec_name *name)
{
    struct capdl_spec_name_use use = capdl_spec_name_use(spec, name);
    return use.scalar != CAPDL_NO_OBJECT || use.array_length;
}

struct capdl_nearest capdl_spec_nearest(const struct capdl_spec *spec, const char *text)
{
    struct capdl_names *names = spec->names;
    size_t length = strlen(text);
    unsigned most = length < 4 ? 1 : length < 10 ? 2 : 3;
    struct capdl_nearest nearest = {NULL};
    if (!names->table || names->comparisons > MOST_COMPARISONS) {
        return nearest;
    }
    names->comparisons += names->count;
    for (size_t i = 0; i <= names->mask; i++) {
        const struct spec_name *name = names->table[i].number ? capdl_spec_name_at(spec, names->table[i].number) : NULL;
        unsigned distance;
        if (!name || !names_object(spec, name)) {
            continue;
        }
        distance = capdl_spec_distance(text, length, name->text, strlen(name->text), most);
        if (distance > most || distance >= length) {
            continue;
        }
        if (distance < most || !nearest.word || strcmp(name->text, nearest.word) < 0) {
            nearest.word = name->text;
        }
        most = distance;
    }
    return nearest;
}
