/* SPDX-License-Identifier: BSD-2-Clause */
#include "physical.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CHUNK_BITS = 21 };

#define CHUNK_SIZE (UINT64_C(1) << CHUNK_BITS)

struct memory_region {
    uint64_t start, end;
    uint8_t *bytes;
};

struct memory_chunk {
    uint64_t number;
    uint8_t *bytes; /* of memory that is not RAM */
    struct object *objects;
};

void memory_init(struct memory *memory)
{
    *memory = (struct memory){NULL};
}

static void object_free(struct memory *memory, struct object *object)
{
    if (memory->release) {
        memory->release(memory->context, object);
    }
    free(object);
}

static void chunk_free(struct memory *memory, struct memory_chunk *chunk)
{
    while (chunk->objects) {
        struct object *object = chunk->objects;
        chunk->objects = object->next;
        object_free(memory, object);
    }
    if (chunk->bytes) {
        munmap(chunk->bytes, CHUNK_SIZE);
    }
    free(chunk);
}

void memory_free(struct memory *memory)
{
    for (size_t i = 0; i < memory->capacity; i++) {
        if (memory->chunks[i]) {
            chunk_free(memory, memory->chunks[i]);
        }
    }
    for (size_t i = 0; i < memory->num_regions; i++) {
        munmap(memory->regions[i].bytes, (size_t)(memory->regions[i].end - memory->regions[i].start));
    }
    free(memory->chunks);
    free(memory->regions);
    memory_init(memory);
}

static uint8_t *map_zero(uint64_t size)
{
    void *bytes = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return bytes == MAP_FAILED ? NULL : bytes;
}

bool memory_add_ram(struct memory *memory, uint64_t start, uint64_t end)
{
    struct memory_region *regions = realloc(memory->regions, (memory->num_regions + 1) * sizeof(*regions));
    if (!regions) {
        return false;
    }
    memory->regions = regions;
    uint8_t *bytes = map_zero(end - start);
    if (!bytes) {
        return false;
    }
    regions[memory->num_regions++] = (struct memory_region){start, end, bytes};
    return true;
}

static size_t chunk_hash(uint64_t number, size_t capacity)
{
    return (size_t)((number * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (capacity - 1);
}

static struct memory_chunk *chunk_find(const struct memory *memory, uint64_t number)
{
    if (!memory->capacity) {
        return NULL;
    }
    for (size_t i = chunk_hash(number, memory->capacity);; i = (i + 1) & (memory->capacity - 1)) {
        if (!memory->chunks[i] || memory->chunks[i]->number == number) {
            return memory->chunks[i];
        }
    }
}

static void chunk_place(struct memory_chunk **chunks, size_t capacity, struct memory_chunk *chunk)
{
    size_t i = chunk_hash(chunk->number, capacity);
    while (chunks[i]) {
        i = (i + 1) & (capacity - 1);
    }
    chunks[i] = chunk;
}

static bool chunks_grow(struct memory *memory)
{
    size_t capacity = memory->capacity ? memory->capacity * 2 : 64;
    struct memory_chunk **chunks = calloc(capacity, sizeof(*chunks));
    if (!chunks) {
        return false;
    }
    for (size_t i = 0; i < memory->capacity; i++) {
        if (memory->chunks[i]) {
            chunk_place(chunks, capacity, memory->chunks[i]);
        }
    }
    free(memory->chunks);
    memory->chunks = chunks;
    memory->capacity = capacity;
    return true;
}

static struct memory_chunk *chunk_get(struct memory *memory, uint64_t number)
{
    struct memory_chunk *chunk = chunk_find(memory, number);
    if (chunk) {
        return chunk;
    }
    if (memory->num_chunks * 2 >= memory->capacity && !chunks_grow(memory)) {
        return NULL;
    }
    chunk = calloc(1, sizeof(*chunk));
    if (!chunk) {
        return NULL;
    }
    chunk->number = number;
    chunk_place(memory->chunks, memory->capacity, chunk);
    memory->num_chunks++;
    return chunk;
}

static struct memory_region *region_find(const struct memory *memory, uint64_t paddr)
{
    for (size_t i = 0; i < memory->num_regions; i++) {
        if (paddr >= memory->regions[i].start && paddr < memory->regions[i].end) {
            return &memory->regions[i];
        }
    }
    return NULL;
}

bool memory_is_ram(const struct memory *memory, uint64_t paddr)
{
    return region_find(memory, paddr) != NULL;
}

uint8_t *memory_at(struct memory *memory, uint64_t paddr, uint64_t *available)
{
    struct memory_region *region = region_find(memory, paddr);
    if (region) {
        if (available) {
            *available = region->end - paddr;
        }
        return region->bytes + (paddr - region->start);
    }
    struct memory_chunk *chunk = chunk_get(memory, paddr >> CHUNK_BITS);
    if (!chunk) {
        return NULL;
    }
    if (!chunk->bytes) {
        chunk->bytes = map_zero(CHUNK_SIZE);
    }
    if (available) {
        *available = CHUNK_SIZE - (paddr & (CHUNK_SIZE - 1));
    }
    return chunk->bytes ? chunk->bytes + (paddr & (CHUNK_SIZE - 1)) : NULL;
}

/* Whole host pages are given back, which makes them zero again and costs nothing for those never used. */
static void bytes_clear(uint8_t *bytes, size_t size)
{
    uintptr_t first = ((uintptr_t)bytes + 4095) & ~(uintptr_t)4095;
    uintptr_t last = ((uintptr_t)bytes + size) & ~(uintptr_t)4095;
    if (size < 65536 || last <= first || madvise((void *)first, last - first, MADV_DONTNEED) != 0) {
        memset(bytes, 0, size);
        return;
    }
    memset(bytes, 0, first - (uintptr_t)bytes);
    memset((uint8_t *)last, 0, (uintptr_t)bytes + size - last);
}

void memory_clear(struct memory *memory, uint64_t paddr, uint64_t size)
{
    struct memory_region *region = region_find(memory, paddr);
    if (!region) {
        return;
    }
    uint64_t most = region->end - paddr;
    bytes_clear(region->bytes + (paddr - region->start), (size_t)(size < most ? size : most));
}

void *memory_new_object(struct memory *memory, uint64_t paddr, uint8_t type, uint8_t bits, size_t size)
{
    struct memory_chunk *chunk = chunk_get(memory, paddr >> CHUNK_BITS);
    struct object *object = chunk ? calloc(1, size) : NULL;
    if (!object) {
        return NULL;
    }
    *object = (struct object){.next = chunk->objects, .paddr = paddr, .type = type, .bits = bits};
    chunk->objects = object;
    return object;
}

static void chunk_free_objects(struct memory *memory, struct memory_chunk *chunk, uint64_t paddr, uint64_t size)
{
    for (struct object **link = &chunk->objects; *link;) {
        struct object *object = *link;
        if (object->paddr - paddr < size) {
            *link = object->next;
            object_free(memory, object);
        } else {
            link = &object->next;
        }
    }
}

void memory_free_objects(struct memory *memory, uint64_t paddr, uint64_t size)
{
    uint64_t first = paddr >> CHUNK_BITS, last = (paddr + size - 1) >> CHUNK_BITS;
    if (last - first > memory->capacity) {
        for (size_t i = 0; i < memory->capacity; i++) {
            if (memory->chunks[i] && memory->chunks[i]->number - first <= last - first) {
                chunk_free_objects(memory, memory->chunks[i], paddr, size);
            }
        }
        return;
    }
    for (uint64_t number = first; number <= last; number++) {
        struct memory_chunk *chunk = chunk_find(memory, number);
        if (chunk) {
            chunk_free_objects(memory, chunk, paddr, size);
        }
    }
}
