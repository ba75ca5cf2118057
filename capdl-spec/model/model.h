/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the spec library share: arena, names, growing lists. */
#ifndef CAPDL_MODEL_MODEL_H
#define CAPDL_MODEL_MODEL_H

#include <capdl/spec.h>

enum {
    SPEC_MOST_OBJECTS = (1 << 30) - 1, /* the model has room for no more */
    SPEC_MOST_MADE =
        1 << 24, /* objects or capabilities that a text makes: more than that, and than it has bytes, are a mistake */
    SPEC_MAX_POSITIONS = 1 << 24, /* that are not in the text of the spec */
};

/* An interned name. Its text is what the public interface hands out; the record is found again from it. */
struct spec_name {
    uint8_t word[4]; /* see names.c */
    char text[];
};

/* What a name stands for. */
struct capdl_spec_name_use {
    uint32_t scalar;       /* object of this name without index, or CAPDL_NO_OBJECT */
    uint32_t first, dense; /* elements 0 .. dense-1 are the objects first, first+1, ... */
    uint32_t array_length; /* highest element + 1 */
    uint32_t num_elements;
    uint32_t cap_name; /* 1 + number of the named capability in the text being read, or 0 */
    bool broken;       /* its declaration was wrong: not to be called unknown later */
    bool implicit;     /* an untyped that so far was only mentioned, as in `a/b = ep` */
};

struct spec_arena_chunk;
struct spec_caps_chunk;
struct capdl_names_place;

struct spec_caps_pool {
    struct spec_caps_chunk *chunks;
    size_t used, size; /* of the first chunk */
};

struct capdl_arena {
    struct spec_arena_chunk *chunks;
    size_t used, size; /* of the first chunk */
};

struct capdl_names {
    char **blocks; /* texts of names */
    size_t num_blocks, capacity_blocks;
    size_t first_free, used; /* where the next name goes: after so many bytes from that block on */
    struct capdl_spec_name_use *uses;
    size_t num_uses, capacity_uses;
    struct capdl_names_place *table; /* open addressing */
    size_t mask, count;
    uint32_t newest;  /* the number of the name that was made last */
    uint32_t latest;  /* the number of the name that was asked for last */
    uint32_t *sparse; /* objects that are not in a dense run, by name and index; open addressing */
    size_t sparse_mask, num_sparse;
    uint64_t comparisons; /* made for suggestions: they stop when it becomes too many */
};

/* Zeroed memory; never 0. */
void *capdl_spec_arena_alloc(struct capdl_arena *, size_t size);
void capdl_spec_arena_free(struct capdl_arena *);

/* Both end the innermost capdl_try or, outside all, the program. */
_Noreturn void capdl_spec_too_large(const char *why);
/* realloc and malloc that end the program with a message instead of returning 0. */
void *capdl_spec_realloc(void *, size_t size);
/* Makes room for `need` items; *capacity is updated. */
void *capdl_spec_grow(void *list, size_t *capacity, size_t need, size_t item);
/* Memory that is zero where nobody has written to it, and takes room only where somebody has. */
void *capdl_spec_zeros_grow(void *memory, size_t old_size, size_t size);
void capdl_spec_zeros_free(void *memory, size_t size);

struct capdl_objects *capdl_spec_objects_new(void);
void capdl_spec_objects_free(struct capdl_objects *);
/* One more object; all of it is zero. */
uint32_t capdl_spec_objects_add(struct capdl_spec *);
/* So many more elements of the array whose last one was just added, all like that. */
void capdl_spec_add_alike(struct capdl_spec *, uint32_t element, uint32_t count);
/* capdl_spec_caps_mark: there are some now. */
struct capdl_object_caps *capdl_spec_caps_of(const struct capdl_spec *, uint32_t container);
void capdl_spec_caps_mark(struct capdl_spec *, uint32_t container);
struct spec_caps_pool *capdl_spec_caps_new(void);
void capdl_spec_caps_free(struct capdl_spec *);
struct spec_positions *capdl_spec_positions_new(void);
void capdl_spec_positions_free(struct spec_positions *);

/* "a frame", "an endpoint" */
const char *capdl_spec_kind_phrase(enum capdl_kind);

struct spec_name *capdl_spec_name_of(const char *interned);
/* A name has a number, which is shorter than a pointer. */
uint32_t capdl_spec_name_number(const struct capdl_spec *, const struct spec_name *);
struct spec_name *capdl_spec_name_at(const struct capdl_spec *, uint32_t number);
struct capdl_spec_name_use capdl_spec_name_use(const struct capdl_spec *, const struct spec_name *);
uint32_t capdl_spec_name_scalar(const struct capdl_spec *, const struct spec_name *);
/* Of the array of this name. */
uint32_t capdl_spec_name_length(const struct capdl_spec *, const struct spec_name *);
void capdl_spec_name_set_cap(struct capdl_spec *, struct spec_name *, uint32_t cap_name);
void capdl_spec_name_set_broken(struct capdl_spec *, struct spec_name *, bool);
void capdl_spec_name_set_implicit(struct capdl_spec *, struct spec_name *, bool);
/* The name's record, made when it is new; capdl_spec_name_lookup: 0 when it is new. */
struct spec_name *capdl_spec_name_intern(struct capdl_spec *, const char *text, size_t length);
struct spec_name *capdl_spec_name_lookup(const struct capdl_spec *, const char *text, size_t length);
void capdl_spec_names_free(struct capdl_names *);
/* Enters an object that has just been added under its name and index. */
void capdl_spec_name_enter(struct capdl_spec *, struct spec_name *, uint32_t index, uint32_t object);
/* The same of so many elements with consecutive indices, which are consecutive objects. */
void capdl_spec_name_enter_elements(struct capdl_spec *, struct spec_name *, uint32_t index, uint32_t object,
                                    uint32_t count);
/* Whether some array has not all elements below its last one. */
bool capdl_spec_names_have_holes(const struct capdl_spec *);
uint32_t capdl_spec_name_find(const struct capdl_spec *, const struct spec_name *, uint32_t index);

uint32_t capdl_spec_add_named(struct capdl_spec *, struct spec_name *, uint32_t index, enum capdl_kind,
                              struct capdl_pos);
/* Adds a cap after the others without looking at slots: capdl_spec_sort_caps puts that right. */
void capdl_spec_append_cap(struct capdl_spec *, uint32_t container, const struct capdl_cap *);
/* Sorts by slot, keeping the order of those with equal slots. */
void capdl_spec_sort_caps(struct capdl_spec *, uint32_t container);
/* Drops all but the first caps. */
void capdl_spec_keep_caps(struct capdl_spec *, uint32_t container, uint32_t count);

/* Printing, by a caller that has locked the stream. */
void capdl_put_text(FILE *, const char *);
void capdl_put_decimal(FILE *, uint64_t);
void capdl_put_hexadecimal(FILE *, uint64_t);
/* "x", "x[3]" */
void capdl_put_object(FILE *, const struct capdl_spec *, uint32_t object);

/* By name and then by index. */
int capdl_spec_compare_names(const struct capdl_spec *, uint32_t object, uint32_t other);

/* Edit distance, as far as it is not above `most`; else most + 1. */
unsigned capdl_spec_distance(const char *a, size_t a_length, const char *b, size_t b_length, unsigned most);

#endif
