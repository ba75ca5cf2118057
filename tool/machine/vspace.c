/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces: page tables, ASIDs, and what the architectures have in common. */
#include "kernel.h"

#include <string.h>

struct walk vspace_walk(const struct kernel *k, struct table *root, uint64_t vaddr, unsigned bits)
{
    unsigned shift = vspace_shift(k->profile, 0);
    struct table *table = root;
    for (unsigned level = 0;; level++) {
        struct pte *pte = &table->pte[(vaddr >> shift) & (table->entries - 1)];
        if (pte->kind != PTE_TABLE || shift <= bits || level + 1u >= k->profile->vspace_levels) {
            return (struct walk){pte, shift};
        }
        table = pte->table;
        shift -= k->profile->vspace_index_bits[level + 1];
    }
}

unsigned vspace_depth(const struct kernel *k, struct table *root, uint64_t vaddr, bool *present)
{
    struct walk walk = vspace_walk(k, root, vaddr, PAGE_BITS);
    *present = walk.pte->kind == PTE_PAGE;
    unsigned depth = 0;
    for (unsigned shift = vspace_shift(k->profile, 0); shift > walk.bits_left; depth++) {
        shift -= k->profile->vspace_index_bits[depth + 1];
    }
    return depth;
}

bool vspace_translate(const struct kernel *k, struct table *root, uint64_t vaddr, struct page_view *view)
{
    unsigned top = vspace_shift(k->profile, 0) + k->profile->vspace_index_bits[0];
    if (top < 64 && vaddr >> top) {
        return false;
    }
    struct walk walk = vspace_walk(k, root, vaddr, PAGE_BITS);
    if (walk.pte->kind != PTE_PAGE) {
        return false;
    }
    *view = (struct page_view){.vaddr = vaddr >> walk.bits_left << walk.bits_left,
                               .paddr = walk.pte->paddr,
                               .bits = walk.bits_left,
                               .rights = walk.pte->rights};
    return true;
}

unsigned asid_bits(const struct kernel *k)
{
    return k->profile->asid_pool_bits;
}

struct table *vspace_of_asid(struct kernel *k, uint16_t asid)
{
    struct asid_pool *pool = k->asid_table[asid >> asid_bits(k)];
    struct table *root = pool && asid ? pool->vspace[asid & ((1u << asid_bits(k)) - 1)] : NULL;
    if (!root) {
        k->lookup_fault = (struct lookup_fault){.kind = LOOKUP_INVALID_ROOT};
    }
    return root;
}

enum status vspace_of_cap(struct kernel *k, const struct cap *cap, unsigned number, struct table **root)
{
    *root = vspace_of_asid(k, cap->asid);
    if (!*root) {
        return fail_lookup(k, false);
    }
    return *root == cap->object ? STATUS_OK : fail_capability(k, number);
}

bool vspace_is_root(const struct kernel *k, const struct cap *cap)
{
    return cap->type == k->arch->root && cap->flags & CAP_FLAG_MAPPED;
}

struct table *vspace_of_thread(struct kernel *k, const struct tcb *thread)
{
    const struct cap *cap = &thread->slots[TCB_VTABLE].cap;
    if (!vspace_is_root(k, cap)) {
        return NULL;
    }
    struct table *root = vspace_of_asid(k, cap->asid);
    return root == cap->object ? root : NULL;
}

static void mapping_changed(struct kernel *k, struct table *root, uint64_t vaddr, unsigned bits)
{
    uint64_t size = UINT64_C(1) << bits;
    if (k->host.mapping_changed) {
        k->host.mapping_changed(k->host.context, root, vaddr & ~(size - 1), size);
    }
}

void vspace_map_page(struct kernel *k, struct slot *slot, struct walk walk, uint16_t asid, uint64_t vaddr,
                     uint8_t rights, uint8_t attributes)
{
    slot->cap.asid = asid;
    slot->cap.data = vaddr;
    bool changed = walk.pte->kind != PTE_NONE;
    bool present = rights || k->arch->maps_without_rights; /* else an entry that only the kernel may use */
    *walk.pte = (struct pte){
        .paddr = slot->cap.paddr, .kind = present ? PTE_PAGE : PTE_NONE, .rights = rights, .attributes = attributes};
    if (changed) {
        mapping_changed(k, vspace_of_asid(k, asid), vaddr, walk.bits_left);
    }
}

void vspace_map_table(struct slot *slot, struct walk walk, uint16_t asid, uint64_t vaddr)
{
    slot->cap.flags |= CAP_FLAG_MAPPED;
    slot->cap.asid = asid;
    slot->cap.data = vaddr >> walk.bits_left << walk.bits_left;
    *walk.pte = (struct pte){.table = slot->cap.object, .kind = PTE_TABLE};
}

/* A frame capability may be stale: something else may be mapped there by now, and stays. */
void vspace_unmap_page(struct kernel *k, const struct cap *frame)
{
    if (frame->flags & CAP_FLAG_DMA) {
        io_page_unmap(k, frame);
        return;
    }
    struct table *root = vspace_of_asid(k, frame->asid);
    if (!root || table_is_guest(root) != ((frame->flags & CAP_FLAG_GUEST) != 0)) {
        return;
    }
    struct walk walk = vspace_walk(k, root, frame->data, frame->bits);
    if (walk.bits_left != frame->bits || walk.pte->kind != PTE_PAGE || walk.pte->paddr != frame->paddr) {
        return;
    }
    *walk.pte = (struct pte){.kind = PTE_NONE};
    mapping_changed(k, root, frame->data, frame->bits);
}

void vspace_unmap_table(struct kernel *k, const struct cap *cap)
{
    struct table *table = vspace_of_asid(k, cap->asid), *root = table;
    unsigned shift = vspace_shift(k->profile, 0);
    for (unsigned level = 0; table && level + 1u < k->profile->vspace_levels; level++) {
        struct pte *pte = &table->pte[(cap->data >> shift) & (table->entries - 1)];
        if (pte->kind != PTE_TABLE) {
            return;
        }
        if (pte->table == cap->object) {
            *pte = (struct pte){.kind = PTE_NONE};
            mapping_changed(k, root, cap->data, shift);
            return;
        }
        table = pte->table;
        shift -= k->profile->vspace_index_bits[level + 1];
    }
}

bool table_is_guest(const struct table *root)
{
    return root->header.type == CAPDL_TYPE_EPT_PML4;
}

static void table_clear(struct table *table)
{
    memset(table->pte, 0, table->entries * sizeof(table->pte[0]));
}

static void vspace_gone(struct kernel *k, struct table *root)
{
    if (k->host.vspace_gone) {
        k->host.vspace_gone(k->host.context, root);
    }
}

void vspace_delete_asid(struct kernel *k, uint16_t asid, struct table *root)
{
    struct asid_pool *pool = k->asid_table[asid >> asid_bits(k)];
    struct table **entry = pool ? &pool->vspace[asid & ((1u << asid_bits(k)) - 1)] : NULL;
    if (!entry || *entry != root) {
        return;
    }
    *entry = NULL;
    vspace_gone(k, root);
}

void asid_pool_delete(struct kernel *k, uint16_t base, struct asid_pool *pool)
{
    if (k->asid_table[base >> asid_bits(k)] != pool) {
        return;
    }
    k->asid_table[base >> asid_bits(k)] = NULL;
    for (unsigned i = 0; i < 1u << asid_bits(k); i++) {
        if (pool->vspace[i]) {
            vspace_gone(k, pool->vspace[i]);
        }
    }
}

static unsigned free_pool(const struct kernel *k)
{
    unsigned i = 0, count = 1u << k->profile->num_asid_pool_bits;
    while (i < count && i < MAX_ASID_POOLS && k->asid_table[i]) {
        i++;
    }
    return i < count && i < MAX_ASID_POOLS ? i : UINT32_MAX;
}

static enum status make_pool(struct kernel *k, struct slot *untyped, struct slot *dest, unsigned index)
{
    struct cap *cap = &untyped->cap;
    memory_free_objects(&k->memory, cap->paddr, UINT64_C(1) << cap->bits);
    memory_clear(&k->memory, cap->paddr, UINT64_C(1) << cap->bits);
    size_t size = sizeof(struct asid_pool) + (sizeof(struct table *) << asid_bits(k));
    struct asid_pool *pool = memory_new_object(&k->memory, cap->paddr, CAPDL_TYPE_COUNT, ASID_POOL_BITS, size);
    if (!pool) {
        return fail_memory(k, 0);
    }
    cap->data = UINT64_C(1) << cap->bits;
    struct cap made = {
        .type = CAP_ASID_POOL, .paddr = cap->paddr, .data = (uint64_t)index << asid_bits(k), .object = pool};
    slot_insert(k, made, untyped, dest);
    k->asid_table[index] = pool;
    return STATUS_OK;
}

enum status asid_control_decode(struct kernel *k, struct invocation *inv)
{
    if (inv->method != CAPDL_METHOD_ASID_CONTROL_MAKE_POOL) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (inv->length < 2 || !k->extra[0] || !k->extra[1]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    unsigned index = free_pool(k);
    if (index == UINT32_MAX) {
        return fail(k, CAPDL_ERROR_DELETE_FIRST);
    }
    struct slot *untyped = k->extra[0];
    if (untyped->cap.type != CAP_UNTYPED || untyped->cap.bits != ASID_POOL_BITS ||
        untyped->cap.flags & CAP_FLAG_DEVICE) {
        return fail_capability(k, 1);
    }
    enum status status = slot_ensure_no_children(k, untyped);
    struct slot *dest = NULL;
    if (status == STATUS_OK) {
        status =
            lookup_empty(k, &k->extra[1]->cap, invocation_argument(k, inv, 0), invocation_argument(k, inv, 1), &dest);
    }
    if (status != STATUS_OK) {
        return status;
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    return make_pool(k, untyped, dest, index);
}

enum status asid_pool_decode(struct kernel *k, struct invocation *inv)
{
    if (inv->method != CAPDL_METHOD_ASID_POOL_ASSIGN) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (!k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct cap *root = &k->extra[0]->cap;
    if ((root->type != k->arch->root && root->type != CAP_EPT_PML4) || root->flags & CAP_FLAG_MAPPED) {
        return fail_capability(k, 1);
    }
    uint64_t base = inv->cap.data;
    struct asid_pool *pool = k->asid_table[base >> asid_bits(k)];
    if (!pool) {
        k->lookup_fault = (struct lookup_fault){.kind = LOOKUP_INVALID_ROOT};
        return fail_lookup(k, false);
    }
    if (pool != inv->cap.object) {
        return fail_capability(k, 0);
    }
    unsigned i = 0, count = 1u << asid_bits(k);
    while (i < count && (base + i == 0 || pool->vspace[i])) {
        i++;
    }
    if (i == count) {
        return fail(k, CAPDL_ERROR_DELETE_FIRST);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    pool->vspace[i] = root->object;
    root->asid = (uint16_t)(base + i);
    root->data = 0;
    root->flags |= CAP_FLAG_MAPPED;
    return STATUS_OK;
}

/* For architectures whose tables below the root are all of one type. */
enum status table_map(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 2 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    if (inv->cap.flags & CAP_FLAG_MAPPED) {
        return fail_capability(k, 0);
    }
    uint64_t vaddr = invocation_argument(k, inv, 0);
    const struct cap *root_cap = &k->extra[0]->cap;
    if (!vspace_is_root(k, root_cap)) {
        return fail_capability(k, 1);
    }
    if (vaddr >= k->profile->user_top) {
        return fail_argument(k, 0);
    }
    struct table *root;
    enum status status = vspace_of_cap(k, root_cap, 1, &root);
    if (status != STATUS_OK) {
        return status;
    }
    struct walk walk = vspace_walk(k, root, vaddr, PAGE_BITS);
    if (walk.bits_left == PAGE_BITS || walk.pte->kind != PTE_NONE) {
        return fail(k, CAPDL_ERROR_DELETE_FIRST);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    vspace_map_table(inv->slot, walk, root_cap->asid, vaddr);
    return STATUS_OK;
}

enum status table_unmap(struct kernel *k, struct invocation *inv)
{
    if (!slot_is_final(k, inv->slot)) {
        return fail(k, CAPDL_ERROR_REVOKE_FIRST);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (inv->cap.flags & CAP_FLAG_MAPPED) {
        vspace_unmap_table(k, &inv->cap);
        table_clear(inv->cap.object);
    }
    inv->slot->cap.flags &= (uint8_t)~CAP_FLAG_MAPPED;
    return STATUS_OK;
}

enum status frame_unmap(struct kernel *k, struct invocation *inv)
{
    thread_set_state(k, k->current, THREAD_RESTART);
    struct cap *cap = &inv->slot->cap;
    if (cap->asid) {
        vspace_unmap_page(k, cap);
    }
    cap->flags &= (uint8_t) ~(CAP_FLAG_GUEST | CAP_FLAG_DMA);
    cap->asid = 0;
    cap->data = 0;
    return STATUS_OK;
}

enum status frame_get_address(struct kernel *k, struct invocation *inv)
{
    if (inv->call) {
        reply_word(k, k->current, inv->cap.paddr);
    }
    thread_set_state(k, k->current, THREAD_RUNNING);
    return STATUS_OK;
}

uint64_t rights_argument(uint64_t word)
{
    return word & CAPDL_RIGHTS_ALL;
}
