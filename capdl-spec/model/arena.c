/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "model.h"

enum { FIRST_CHUNK = 1 << 14, LARGEST_CHUNK = 1 << 22, ALIGNMENT = 8 };

struct spec_arena_chunk {
    struct spec_arena_chunk *next;
    uint64_t bytes[];
};

/* Where a call that runs out of memory jumps to: the innermost capdl_try of this thread. */
static _Thread_local struct recovery {
    jmp_buf jump;
    const char *why;
} *recovery;

const char *capdl_try(void (*run)(void *data), void *data)
{
    struct recovery own, *outer = recovery;
    own.why = NULL;
    recovery = &own;
    if (setjmp(own.jump) == 0) {
        run(data);
    }
    recovery = outer;
    return own.why;
}

static _Noreturn void give_up(const char *why)
{
    if (recovery) {
        recovery->why = why;
        longjmp(recovery->jump, 1);
    }
    fprintf(stderr, "capdl: %s\n", why);
    exit(2);
}

void capdl_spec_out_of_memory(void)
{
    give_up("out of memory");
}

_Noreturn void capdl_spec_too_large(const char *why)
{
    give_up(why);
}

void *capdl_spec_realloc(void *list, size_t size)
{
    void *grown = realloc(list, size ? size : 1);
    if (!grown) {
        capdl_spec_out_of_memory();
    }
    return grown;
}

void *capdl_spec_grow(void *list, size_t *capacity, size_t need, size_t item)
{
    size_t wanted = *capacity + *capacity / 2;
    if (need <= *capacity) {
        return list;
    }
    if (wanted < need) {
        wanted = need;
    }
    if (wanted < 4) {
        wanted = 4;
    }
    if (wanted > SIZE_MAX / item) {
        capdl_spec_out_of_memory();
    }
    *capacity = wanted;
    return capdl_spec_realloc(list, wanted * item);
}

/* Chunks double, so that small specs stay small and large ones need few of them. */
static void add_chunk(struct capdl_arena *arena, size_t size)
{
    size_t wanted = arena->size ? arena->size * 2 : FIRST_CHUNK;
    struct spec_arena_chunk *chunk;
    if (wanted > LARGEST_CHUNK) {
        wanted = LARGEST_CHUNK;
    }
    if (wanted < size) {
        wanted = size;
    }
    chunk = calloc(1, sizeof(*chunk) + wanted);
    if (!chunk) {
        capdl_spec_out_of_memory();
    }
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->size = wanted;
    arena->used = 0;
}

void *capdl_spec_arena_alloc(struct capdl_arena *arena, size_t size)
{
    void *memory;
    if (size > SIZE_MAX / 2) {
        capdl_spec_out_of_memory();
    }
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (!arena->chunks || arena->size - arena->used < size) {
        add_chunk(arena, size);
    }
    memory = (char *)arena->chunks->bytes + arena->used;
    arena->used += size;
    return memory;
}

void capdl_spec_arena_free(struct capdl_arena *arena)
{
    while (arena->chunks) {
        struct spec_arena_chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
}

/* From this size on memory comes from the system, page by page and zeroed. */
enum { LARGE_ZEROS = 1 << 16 };

static void *zeros_map(void *old, size_t old_size, size_t size)
{
    void *memory;
    if (old_size >= LARGE_ZEROS) {
        memory = mremap(old, old_size, size, MREMAP_MAYMOVE);
    } else {
        memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }
    if (memory == MAP_FAILED) {
        capdl_spec_out_of_memory();
    }
    return memory;
}

void *capdl_spec_zeros_grow(void *old, size_t old_size, size_t size)
{
    void *memory = size < LARGE_ZEROS ? calloc(1, size ? size : 1) : zeros_map(old, old_size, size);
    if (!memory) {
        capdl_spec_out_of_memory();
    }
    if (old_size && old_size < LARGE_ZEROS) {
        memcpy(memory, old, old_size);
        free(old);
    }
    return memory;
}

void capdl_spec_zeros_free(void *memory, size_t size)
{
    if (size < LARGE_ZEROS) {
        free(memory);
    } else {
        munmap(memory, size);
    }
}
