/* SPDX-License-Identifier: BSD-2-Clause */
#include "names.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* CPtr of the initialiser's slot 0: docs/boot.md. Where it moved to a larger CSpace, the leaves come after the new
 * root. */
static uint64_t slots_base(const struct names *names)
{
    bool moved = names->kernel->initial->slots[TCB_CTABLE].cap.object != names->boot->root;
    if (!moved) {
        return names->boot->first_empty;
    }
    return UINT64_C(1) << 63 | (names->boot->first_empty + 1) << CAPDL_LEAF_BITS;
}

/* Host addresses of objects are even; frames have none and go by their own address. */
static uint64_t key_of_object(const struct object *object)
{
    return (uint64_t)(uintptr_t)object;
}

static uint64_t key_of_frame(uint64_t paddr)
{
    return paddr | 1;
}

/* 0: what it stands for has no name of its own. */
static uint64_t key_of_cap(const struct cap *cap)
{
    if (cap->type == CAP_FRAME) {
        return key_of_frame(cap->paddr);
    }
    if (cap->type == CAP_UNTYPED || cap->type == CAP_ZOMBIE) {
        return 0;
    }
    return cap->type == CAP_REPLY || cap_is_physical(cap) ? key_of_object(cap->object) : 0;
}

static struct names_entry *find(const struct names *names, uint64_t key)
{
    size_t mask = names->capacity - 1;
    for (size_t i = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 20) & mask;; i = (i + 1) & mask) {
        if (!names->entries[i].key || names->entries[i].key == key) {
            return &names->entries[i];
        }
    }
}

/* The object of a slot is known by the name of this number, unless it is by another already. */
static void collect(struct names *names, const struct slot *slot, uint64_t number)
{
    uint64_t key = key_of_cap(&slot->cap);
    struct names_entry *entry = key ? find(names, key) : NULL;
    if (entry && !entry->key && slot_names_find(&names->slots, number).text) {
        *entry = (struct names_entry){key, number};
    }
}

/* What is in CNodes of the spec only. */
static void collect_direct(struct names *names, uint64_t base)
{
    struct capdl_blob_table table = capdl_blob_table(names->blob, CAPDL_BLOB_ITEM_GROUPS);
    struct capdl_blob_objects objects;
    while (capdl_blob_next_objects(&table, &objects)) {
        struct slot *slot;
        if (!objects.is_direct ||
            lookup_slot(names->kernel, names->kernel->initial, base + objects.place, &slot) != STATUS_OK ||
            slot->cap.type != CAP_CNODE) {
            continue;
        }
        struct cnode *cnode = slot->cap.object;
        for (uint64_t i = objects.first, k = 0; k < objects.count && i >> slot->cap.bits == 0; i++, k++) {
            collect(names, &cnode->slots[i], objects.slot + k);
        }
    }
}

void names_collect(struct names *names)
{
    uint64_t slots = names->blob ? names->blob->sizes[CAPDL_SIZE_SLOTS] : 0;
    uint64_t count = names->blob ? slots + names->blob->num_direct : 0;
    if (!count || !names->kernel->initial || names->entries) {
        return;
    }
    names->capacity = 64;
    while (names->capacity < 2 * count) {
        names->capacity *= 2;
    }
    names->entries = calloc(names->capacity, sizeof(*names->entries));
    uint64_t base = slots_base(names);
    for (uint64_t i = 0; names->entries && i < slots; i++) {
        struct slot *slot;
        if (lookup_slot(names->kernel, names->kernel->initial, base + i, &slot) == STATUS_OK) {
            collect(names, slot, i);
        }
    }
    if (names->entries) {
        collect_direct(names, base);
    }
}

/* Its entry keeps a key that nothing has: others may follow it in the same chain. */
void names_forget(struct names *names, const struct object *object)
{
    struct names_entry *entry = names->entries ? find(names, key_of_object(object)) : NULL;
    if (entry && entry->key) {
        entry->key = UINT64_MAX;
    }
}

void names_free(struct names *names)
{
    free(names->entries);
    names->entries = NULL;
    slot_names_free(&names->slots);
}

static bool name_of_slot(const struct names *names, uint64_t slot, char *out)
{
    return slot_names_print(&names->slots, slot, out, NAME_SIZE);
}

bool names_initialiser_slot(const struct names *names, uint64_t cptr, char *out)
{
    if (!names->blob || !names->kernel->initial) {
        return false;
    }
    uint64_t slot = cptr - slots_base(names);
    return slot < names->blob->sizes[CAPDL_SIZE_SLOTS] && name_of_slot(names, slot, out);
}

static bool name_of_key(const struct names *names, uint64_t key, char *out)
{
    const struct names_entry *entry = names->entries ? find(names, key) : NULL;
    return entry && entry->key && name_of_slot(names, entry->slot, out);
}

const char *names_object(const struct names *names, const struct object *object, char *out)
{
    if (!object) {
        snprintf(out, NAME_SIZE, "nothing");
    } else if (!name_of_key(names, key_of_object(object), out)) {
        snprintf(out, NAME_SIZE, "object at 0x%" PRIx64, object->paddr);
    }
    return out;
}

const char *names_thread(const struct names *names, const struct tcb *thread, char *out)
{
    bool named = thread->name[0] && strncmp(thread->name, "child of", 8) != 0;
    if (thread == names->kernel->initial) {
        snprintf(out, NAME_SIZE, "%s", names->has_initialiser ? "the initialiser" : thread->name);
    } else if (!name_of_key(names, key_of_object(&thread->header), out)) {
        if (named) {
            snprintf(out, NAME_SIZE, "%s", thread->name);
        } else {
            names_object(names, &thread->header, out);
        }
    }
    return out;
}

const char *names_frame(const struct names *names, uint64_t paddr, char *out)
{
    if (!name_of_key(names, key_of_frame(paddr), out)) {
        snprintf(out, NAME_SIZE, "the frame at 0x%" PRIx64, paddr);
    }
    return out;
}

const char *names_cap(const struct names *names, const struct cap *cap, char *out)
{
    uint64_t key = key_of_cap(cap);
    if (cap->type == CAP_THREAD) {
        names_thread(names, cap->object, out);
    } else if (!key || !name_of_key(names, key, out)) {
        snprintf(out, NAME_SIZE, "%s", cap_type_name(cap->type));
        size_t length = strlen(out);
        if (cap->type == CAP_IRQ_HANDLER) {
            snprintf(out + length, NAME_SIZE - length, " %" PRIu64, cap->paddr);
        } else if (cap->type == CAP_IO_PORT) {
            snprintf(out + length, NAME_SIZE - length, " 0x%" PRIx64 " to 0x%" PRIx64, cap->paddr, cap->data);
        } else if (key || cap->type == CAP_UNTYPED) {
            snprintf(out + length, NAME_SIZE - length, " at 0x%" PRIx64, cap->paddr);
        }
    }
    return out;
}
