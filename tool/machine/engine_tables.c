/* SPDX-License-Identifier: BSD-2-Clause */
/* Page tables of an engine, which deny what its address space denies. They lie where no address space has memory. */
#include "cpu.h"

#include <string.h>

static uint64_t *table_at(struct engine *e, uint64_t paddr)
{
    return (uint64_t *)(void *)(e->tables + (paddr - e->cpu->arch->paging.window));
}

static uint64_t *entry_at(struct engine *e, uint64_t vaddr, bool make)
{
    const struct cpu_paging *paging = &e->cpu->arch->paging;
    uint64_t *table = (uint64_t *)(void *)e->tables;
    for (unsigned level = paging->levels - 1;; level--) {
        uint64_t *entry = &table[vaddr >> (12 + 9 * level) & 511];
        if (level == 0) {
            return entry;
        }
        if (!*entry) {
            if (!make || e->num_tables == ENGINE_TABLES - 1) {
                return NULL;
            }
            *entry = paging->table_entry(paging->window + e->num_tables++ * CAPDL_PAGE_SIZE);
        }
        table = table_at(e, paging->entry_paddr(*entry));
    }
}

bool engine_set_entry(struct engine *e, uint64_t vaddr, uint64_t entry)
{
    uint64_t *at = entry_at(e, vaddr, entry != 0);
    if (at) {
        *at = entry;
    }
    return at || !entry;
}

uint64_t engine_descriptors(const struct cpu_paging *paging)
{
    return paging->window + (uint64_t)(ENGINE_TABLES - 1) * CAPDL_PAGE_SIZE;
}

void engine_start_tables(struct engine *e)
{
    const struct cpu_arch *arch = e->cpu->arch;
    uint64_t at = engine_descriptors(&arch->paging);
    e->num_tables = 1;
    if (arch->stub.descriptors) {
        memcpy(table_at(e, at), arch->stub.descriptors, arch->stub.descriptors_size);
        engine_set_entry(e, at, arch->paging.stub_entry(at));
    }
}
