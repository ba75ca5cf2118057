/* SPDX-License-Identifier: BSD-2-Clause */
/* Page tables entry by entry, and which address spaces have numbers. */
#include <inttypes.h>

#include "verify/private.h"

enum { EPT_WRITE_BACK = 6 };

static unsigned wanted_rights(enum capdl_arch arch, enum capdl_kind table, const struct capdl_cap *cap)
{
    if (table == CAPDL_KIND_IO_PT) {
        return (cap->rights & CAPDL_RIGHT_READ ? PAGE_R : 0u) | (cap->rights & CAPDL_RIGHT_WRITE ? PAGE_W : 0u);
    }
    if (!(cap->rights & CAPDL_RIGHT_READ)) {
        return 0;
    }
    bool execute = verify_arch(arch)->always_executable || cap->rights & CAPDL_RIGHT_EXECUTE;
    return PAGE_R | (cap->rights & CAPDL_RIGHT_WRITE ? PAGE_W : 0u) | (execute ? PAGE_X : 0u);
}

static unsigned wanted_attributes(enum capdl_arch arch, enum capdl_kind table, const struct capdl_cap *cap)
{
    bool uncached = cap->flags & CAPDL_CAP_UNCACHED;
    if (table == CAPDL_KIND_IO_PT) {
        return 0;
    }
    if (capdl_kind_class(table) == CAPDL_CLASS_EPT) {
        return uncached ? 0 : EPT_WRITE_BACK;
    }
    return uncached ? verify_arch(arch)->uncached : verify_arch(arch)->cached;
}

static const char *rights_text(unsigned rights, char buffer[4])
{
    static const char letters[] = {'R', 'W', 'X'};
    char *at = buffer;
    for (unsigned i = 0; i < 3; i++) {
        if (rights >> i & 1) {
            *at++ = letters[i];
        }
    }
    *at = 0;
    return rights ? buffer : "none";
}

struct entry {
    struct verify *v;
    uint32_t table, index;
    const struct capdl_cap *wanted;
    const struct pte *pte;
    uint64_t address;
    unsigned shift;
};

static const char *entry_label(const struct entry *e, char buffer[LABEL_SIZE])
{
    uint32_t node = e->pte->kind == PTE_TABLE ? state_object_node(e->v, e->pte->table)
                                              : state_frame_node(e->v, e->pte->paddr, e->shift);
    if (e->pte->kind == PTE_PAGE && node == NO_NODE) {
        snprintf(buffer, LABEL_SIZE, "0x%" PRIx64 " bytes at 0x%" PRIx64, UINT64_C(1) << e->shift, e->pte->paddr);
        return buffer;
    }
    return node_label(e->v, e->pte->kind == PTE_NONE ? NO_NODE : node, buffer);
}

static void compare_page(const struct entry *e)
{
    enum capdl_arch arch = e->v->profile->arch;
    enum capdl_kind table = capdl_object_kind(e->v->spec, e->table);
    unsigned rights = wanted_rights(arch, table, e->wanted), attributes = wanted_attributes(arch, table, e->wanted);
    char frame[LABEL_SIZE], a[4], w[4];
    object_label(e->v, e->wanted->object, frame);
    e->v->result->totals.mappings++;
    if (e->pte->rights != rights) {
        differ(e->v, e->table, "maps %s at 0x%" PRIx64 " with rights %s, not %s", frame, e->address,
               rights_text(e->pte->rights, a), rights_text(rights, w));
    }
    if (e->pte->attributes != attributes) {
        differ(e->v, e->table, "maps %s at 0x%" PRIx64 " with attributes %u, not %u (%s)", frame, e->address,
               e->pte->attributes, attributes, e->wanted->flags & CAPDL_CAP_UNCACHED ? "uncached" : "cached");
    }
}

/* Whether the entry leads to the object the spec says; if not, that is a difference. */
static bool entry_leads(const struct entry *e)
{
    struct verify *v = e->v;
    uint32_t wanted = e->wanted->object == CAPDL_NO_OBJECT ? NO_NODE : v->match[e->wanted->object];
    bool frame = e->wanted->kind == CAPDL_KIND_FRAME;
    uint32_t actual = NO_NODE;
    if (e->pte->kind == (frame ? PTE_PAGE : PTE_TABLE)) {
        actual = frame ? state_frame_node(v, e->pte->paddr, e->shift) : state_object_node(v, e->pte->table);
    }
    if (actual == wanted && wanted != NO_NODE) {
        return true;
    }
    char is[LABEL_SIZE], should[LABEL_SIZE];
    differ(v, e->table, "maps %s at 0x%" PRIx64 " (slot 0x%x), not %s", entry_label(e, is), e->address, e->index,
           e->wanted->object == CAPDL_NO_OBJECT ? "nothing" : object_label(v, e->wanted->object, should));
    return false;
}

static void compare_entry(const struct entry *e)
{
    enum capdl_kind table = capdl_object_kind(e->v->spec, e->table);
    bool unmapped =
        e->wanted && e->wanted->kind == CAPDL_KIND_FRAME && wanted_rights(e->v->profile->arch, table, e->wanted) == 0;
    if (e->wanted && !unmapped) { /* of a page that nobody can access there is no entry */
        if (entry_leads(e)) {
            if (e->wanted->kind == CAPDL_KIND_FRAME) {
                compare_page(e);
            } else {
                e->v->result->totals.tables++;
            }
        }
    } else if (e->pte->kind != PTE_NONE) {
        char label[LABEL_SIZE];
        differ(e->v, e->table, "maps %s at 0x%" PRIx64 " (slot 0x%x), which is not in the spec", entry_label(e, label),
               e->address, e->index);
    }
}

static void compare_root(struct verify *v, uint32_t object)
{
    const struct node *node = &v->nodes[v->match[object]];
    if (capdl_object_caps(v->spec, object).count > 0 && !node->asid) {
        bool device = capdl_object_kind(v->spec, object) == CAPDL_KIND_IO_PT;
        differ(v, object, "%s", device ? "belongs to no device" : "has no ASID: no thread can run in it");
    }
}

void compare_table(struct verify *v, uint32_t object)
{
    struct capdl_caps caps = capdl_object_caps(v->spec, object);
    const struct table *table = v->nodes[v->match[object]].object;
    const struct table_position *position = &v->table_positions[object];
    unsigned shift = table_shift(v, object);
    uint32_t next = 0;
    if (position->root == object) {
        compare_root(v, object);
    }
    for (uint32_t i = 0; i < table->entries; i++) {
        struct entry e = {.v = v, .table = object, .index = i, .pte = &table->pte[i]};
        e.shift = shift;
        e.address = position->base + ((uint64_t)i << e.shift);
        if (next < caps.count && caps.list[next].slot == i) {
            e.wanted = &caps.list[next++];
        }
        compare_entry(&e);
    }
    for (; next < caps.count; next++) {
        differ(v, object, "has no slot 0x%" PRIx64 ", where the spec maps something", caps.list[next].slot);
    }
}

/* The kernel gives numbers in the order in which address spaces are assigned, which is the order of the spec's
   slots. */
void compare_asid_pool(struct verify *v, uint32_t object)
{
    struct capdl_caps caps = capdl_object_caps(v->spec, object);
    const struct asid_pool *pool = v->nodes[v->match[object]].object;
    uint32_t next = 0;
    for (unsigned i = 0; i < 1u << v->profile->asid_pool_bits; i++) {
        uint32_t node = state_object_node(v, pool->vspace[i]);
        uint32_t wanted =
            next < caps.count && caps.list[next].object != CAPDL_NO_OBJECT ? v->match[caps.list[next].object] : NO_NODE;
        if (!pool->vspace[i]) {
            continue;
        }
        if (next == caps.count || node != wanted) {
            char label[LABEL_SIZE];
            differ(v, object, "holds %s in slot %u, which is not what the spec says", node_label(v, node, label), i);
        }
        next += next < caps.count;
    }
    for (; next < caps.count; next++) {
        differ(v, object, "lacks the address space in slot 0x%" PRIx64, caps.list[next].slot);
    }
}
