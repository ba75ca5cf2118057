/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * x86: what devices see, by request id (bus, device, function of PCI). Error order: src/arch/x86/object/iospace.c of
 * seL4. A table is mapped wherever its address first finds none, at the last level, too: there the hardware takes it
 * for a page.
 */
#include "kernel.h"

#include <stdlib.h>

enum { IO_INDEX_BITS = 9, REQUESTS = 1 << 16, ROOT_LEVEL = 0 };

static struct table **io_root(struct kernel *k, uint16_t request)
{
    return &k->io_roots[request];
}

bool io_spaces_init(struct kernel *k, unsigned levels)
{
    k->io_levels = (uint8_t)levels;
    k->io_roots = calloc(REQUESTS, sizeof(struct table *));
    return k->io_roots != NULL;
}

/* The entry for an address as far down as tables go, at most `most` levels, and how many levels are still to go. */
struct io_walk {
    struct pte *pte;
    unsigned left;
};

static struct io_walk walk(const struct kernel *k, struct table *table, uint64_t address, unsigned most)
{
    unsigned shift = PAGE_BITS + IO_INDEX_BITS * (k->io_levels - 1u);
    for (unsigned left = most;; left--, shift -= IO_INDEX_BITS) {
        struct pte *pte = &table->pte[address >> shift & (table->entries - 1)];
        if (left == 0 || pte->kind != PTE_TABLE) {
            return (struct io_walk){pte, left};
        }
        table = pte->table;
    }
}

/* The I/O space of a call; false if it is none, or the one from which all are minted. */
static bool io_space_of(const struct kernel *k, uint16_t *request)
{
    const struct cap *space = &k->extra[0]->cap;
    *request = (uint16_t)space->paddr;
    return space->type == CAP_IO_SPACE && space->paddr != 0;
}

static void map_root(struct kernel *k, struct slot *slot, uint16_t request)
{
    *io_root(k, request) = slot->cap.object;
    slot->cap.flags |= CAP_FLAG_MAPPED;
    slot->cap.bits = ROOT_LEVEL;
    slot->cap.asid = request;
}

static enum status decode_table_map(struct kernel *k, struct invocation *inv)
{
    uint16_t request;
    if (!k->extra[0] || inv->length < 1) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t mask = (UINT64_C(1) << (IO_INDEX_BITS + PAGE_BITS)) - 1, address = invocation_argument(k, inv, 0) & ~mask;
    if (inv->cap.flags & CAP_FLAG_MAPPED || !io_space_of(k, &request)) {
        return fail_capability(k, 0);
    }
    struct table *root = *io_root(k, request);
    if (!root) {
        thread_set_state(k, k->current, THREAD_RESTART);
        map_root(k, inv->slot, request);
        return STATUS_OK;
    }
    struct io_walk found = walk(k, root, address, k->io_levels - 1u);
    if (found.pte->kind != PTE_NONE) {
        return fail(k, CAPDL_ERROR_DELETE_FIRST);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    *found.pte = found.left ? (struct pte){.table = inv->cap.object, .kind = PTE_TABLE}
                            : (struct pte){.paddr = inv->cap.paddr, .kind = PTE_PAGE, .rights = PAGE_R | PAGE_W};
    inv->slot->cap.flags |= CAP_FLAG_MAPPED;
    inv->slot->cap.bits = (uint8_t)(k->io_levels - found.left);
    inv->slot->cap.asid = request;
    inv->slot->cap.data = address;
    return STATUS_OK;
}

/* The entry may be another table's by now, which stays. */
void io_table_unmap(struct kernel *k, const struct cap *cap)
{
    struct table **root = cap->flags & CAP_FLAG_MAPPED ? io_root(k, cap->asid) : NULL;
    if (!root || !*root) {
        return;
    }
    if (cap->bits == ROOT_LEVEL) {
        *root = *root == cap->object ? NULL : *root;
        return;
    }
    struct io_walk found = walk(k, *root, cap->data, cap->bits - 1u);
    bool this = found.pte->kind == PTE_TABLE ? found.pte->table == cap->object
                                             : found.pte->kind == PTE_PAGE && found.pte->paddr == cap->paddr;
    if (found.left == 0 && this) {
        *found.pte = (struct pte){.kind = PTE_NONE};
    }
}

void io_space_delete(struct kernel *k, uint16_t request)
{
    *io_root(k, request) = NULL;
}

void io_page_unmap(struct kernel *k, const struct cap *frame)
{
    struct table *root = *io_root(k, frame->asid);
    if (!root) {
        return;
    }
    struct io_walk found = walk(k, root, frame->data, k->io_levels - 1u);
    if (found.left == 0 && found.pte->kind == PTE_PAGE && found.pte->paddr == frame->paddr) {
        *found.pte = (struct pte){.kind = PTE_NONE};
    }
}

bool io_translate(struct kernel *k, uint16_t request, uint64_t address, struct page_view *view)
{
    struct table *root = k->io_roots ? *io_root(k, request) : NULL;
    if (!root) {
        return false;
    }
    struct io_walk found = walk(k, root, address, k->io_levels - 1u);
    if (found.left != 0 || found.pte->kind != PTE_PAGE) {
        return false;
    }
    *view = (struct page_view){.vaddr = address >> PAGE_BITS << PAGE_BITS,
                               .paddr = found.pte->paddr,
                               .bits = PAGE_BITS,
                               .rights = found.pte->rights};
    return true;
}

static uint8_t dma_rights(enum vm_rights frame, uint64_t mask)
{
    bool write = mask & CAPDL_RIGHT_WRITE && frame == VM_READ_WRITE;
    bool read = mask & CAPDL_RIGHT_READ && frame != VM_NONE;
    return (uint8_t)((write ? PAGE_W : 0) | (read ? PAGE_R : 0));
}

enum status io_page_decode_map(struct kernel *k, struct invocation *inv)
{
    uint16_t request;
    if (!k->extra[0] || inv->length < 2) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    if (inv->cap.bits != PAGE_BITS || inv->cap.asid != 0 || !io_space_of(k, &request)) {
        return fail_capability(k, 0);
    }
    uint64_t address = invocation_argument(k, inv, 1) >> PAGE_BITS << PAGE_BITS;
    struct table *root = *io_root(k, request);
    struct io_walk found = root ? walk(k, root, address, k->io_levels - 1u) : (struct io_walk){NULL};
    if (!root || found.left != 0) {
        return fail_lookup(k, false);
    }
    if (found.pte->kind != PTE_NONE) {
        return fail(k, CAPDL_ERROR_DELETE_FIRST);
    }
    uint8_t rights = dma_rights(inv->cap.rights, rights_argument(invocation_argument(k, inv, 0)));
    if (!rights) {
        return fail_argument(k, 0);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    *found.pte = (struct pte){.paddr = inv->cap.paddr, .kind = PTE_PAGE, .rights = rights};
    inv->slot->cap.flags |= CAP_FLAG_DMA;
    inv->slot->cap.asid = request;
    inv->slot->cap.data = address;
    return STATUS_OK;
}

/* I/O spaces themselves have no methods. */
enum status io_table_decode(struct kernel *k, struct invocation *inv)
{
    if (inv->method == CAPDL_METHOD_IO_PAGE_TABLE_MAP) {
        return decode_table_map(k, inv);
    }
    if (inv->label != kernel_label(k, CAPDL_METHOD_IO_PAGE_TABLE_MAP) + 1u) { /* Unmap */
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    io_table_unmap(k, &inv->slot->cap);
    inv->slot->cap.flags &= (uint8_t)~CAP_FLAG_MAPPED;
    return STATUS_OK;
}
