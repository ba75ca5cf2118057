/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of an engine. It is mapped when it is touched: the longest run of pages around the address that are
 * contiguous in host memory and have the same rights, within a window of 2 MiB. A change of any page drops the runs
 * that contain it; the rest is mapped again when it is touched. * The emulated processor has page tables: they deny
 * what the address space denies, and a fault found there has the exact program counter. Unicorn looks virtual
 * addresses up in its map of physical memory, too, before it looks at page tables, so a page is mapped where its
 * virtual address is. Where physical addresses do not reach, it has a second mapping, an alias; and where there is
 * no page, a dummy stands in while the access fails.
 */
#include "cpu.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { WINDOW = 2 << 20, FIT_TLB_AFTER = 10000000, PAD_AFTER = 3000000 };

struct engine_run {
    uint64_t start, end;
    uint64_t paddr; /* start, or an alias */
    const uint8_t *host;
    bool code;     /* may be executed */
    bool executed; /* some of it was */
    bool changes;  /* executed, and there is another run through which it can be written */
    uint32_t protection;
    uint8_t padded; /* number of its padding, from 1 on; 0: has none */
};

static uint64_t page_of(uint64_t vaddr)
{
    return vaddr & ~(uint64_t)(CAPDL_PAGE_SIZE - 1);
}

uint64_t engine_spare_page(const struct engine *e)
{
    return e->cpu->arch->paging.window + (uint64_t)ENGINE_TABLES * CAPDL_PAGE_SIZE;
}

/* Unicorn 2.1 looks for code there by virtual address; if there is none, that is a fault to it. */
static void unmap(struct engine *e, uint64_t paddr, uint64_t size)
{
    uc_mem_unmap(e->uc, paddr, size);
    e->stale = e->stale || (ENGINE_REVEALS && e->cpu->arch->keeps_exceptions);
}

/*
 * For each store Unicorn 2.0 looks for code that it may have changed. That takes less than half the time where there is
 * no code among as many pages as one table of its index describes. Memory is numbered in the order in which it is
 * mapped, so a run that is executed has that much before and after it, which nobody can reach. To map and unmap that
 * takes longer than many domains run: it waits until one computes.
 */
enum { PADDINGS = 8, INDEX_PAGES = 1024 };

static uint64_t padding_size(const struct engine *e)
{
    return e->cpu->arch->emulated_page * INDEX_PAGES;
}

static uint64_t padding_at(const struct engine *e, unsigned number, bool behind)
{
    return engine_spare_page(e) + CAPDL_PAGE_SIZE + (2 * (uint64_t)(number - 1) + behind) * padding_size(e);
}

static uint8_t padding_take(struct engine *e)
{
    for (uint8_t i = 0; i < PADDINGS; i++) {
        if (!(e->paddings >> i & 1)) {
            e->paddings |= 1u << i;
            return i + 1;
        }
    }
    return 0;
}

static void padding_map(struct engine *e, const struct engine_run *run, bool behind)
{
    if (run->padded) {
        uc_mem_map_ptr(e->uc, padding_at(e, run->padded, behind), padding_size(e), UC_PROT_NONE, e->tables);
    }
}

static void padding_drop(struct engine *e, const struct engine_run *run)
{
    if (run->padded) {
        unmap(e, padding_at(e, run->padded, false), 2 * padding_size(e));
        e->paddings &= ~(1u << (run->padded - 1));
    }
}

/* The first run that ends after vaddr. */
static size_t run_find(const struct engine *e, uint64_t vaddr)
{
    size_t low = 0, high = e->num_runs;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (e->runs[middle].end - 1 < vaddr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool engine_is_mapped(const struct engine *e, uint64_t vaddr)
{
    size_t at = run_find(e, vaddr);
    return at < e->num_runs && e->runs[at].start <= vaddr;
}

bool engine_is_code(const struct engine *e, uint64_t vaddr)
{
    return engine_is_mapped(e, vaddr) && e->runs[run_find(e, vaddr)].code;
}

static bool run_insert(struct engine *e, size_t at, struct engine_run run)
{
    if (e->num_runs == e->capacity) {
        size_t capacity = e->capacity ? e->capacity * 2 : 64;
        struct engine_run *runs = realloc(e->runs, capacity * sizeof(*runs));
        if (!runs) {
            return false;
        }
        e->runs = runs;
        e->capacity = capacity;
    }
    memmove(&e->runs[at + 1], &e->runs[at], (e->num_runs - at) * sizeof(e->runs[0]));
    e->runs[at] = run;
    e->num_runs++;
    return true;
}

static void forget_code(struct engine *e, const struct engine_run *run)
{
    if (run->code) {
        uc_ctl_remove_cache(e->uc, run->start, run->end);
    }
}

/* Code translated from pages must be forgotten before they are unmapped, and while the page tables still have them:
   afterwards Unicorn would still run it. (Flushing all translations at once touches the whole of Unicorn's code buffer,
   a gigabyte an engine.) */
static void run_drop(struct engine *e, const struct engine_run *run)
{
    forget_code(e, run);
    for (uint64_t page = run->start; page - run->start < run->end - run->start; page += CAPDL_PAGE_SIZE) {
        engine_set_entry(e, page, 0);
    }
    unmap(e, run->start, run->end - run->start);
    if (run->paddr != run->start) {
        unmap(e, run->paddr, run->end - run->start);
    }
    padding_drop(e, run);
}

void engine_invalidate(struct engine *e, uint64_t vaddr, uint64_t size)
{
    size_t first = run_find(e, vaddr), last = first;
    while (last < e->num_runs && (e->runs[last].start <= vaddr || e->runs[last].start - vaddr < size)) {
        last++;
    }
    for (size_t i = first; i < last; i++) {
        run_drop(e, &e->runs[i]);
    }
    memmove(&e->runs[first], &e->runs[last], (e->num_runs - last) * sizeof(e->runs[0]));
    e->num_runs -= last - first;
}

void engine_clear(struct engine *e)
{
    for (size_t i = 0; i < e->num_runs; i++) {
        run_drop(e, &e->runs[i]);
    }
    e->num_runs = 0;
    e->executed = 0;
    e->pads = false;
    memset(e->tables, 0, e->num_tables * CAPDL_PAGE_SIZE);
    engine_start_tables(e);
    e->alias = padding_at(e, PADDINGS + 1, false);
}

void engine_pad(struct engine *e)
{
    if (e->pads || e->executed < PAD_AFTER) {
        return;
    }
    engine_clear(e); /* all of it, lest code comes to lie in the gap that it leaves; it is mapped again at once */
    e->pads = true;
}

void engine_forget_code(struct engine *e)
{
    for (size_t i = 0; i < e->num_runs; i++) {
        forget_code(e, &e->runs[i]);
    }
}

void engine_written(struct engine *e, const uint8_t *bytes, uint64_t size)
{
    for (size_t i = 0; i < e->num_runs; i++) {
        const struct engine_run *run = &e->runs[i];
        if (run->executed && bytes >= run->host && bytes < run->host + (run->end - run->start)) {
            uint64_t start = run->start + (uint64_t)(bytes - run->host);
            uc_ctl_remove_cache(e->uc, start, start + size);
        }
    }
}

/* The emulator notices stores to code where it was executed, but not those at another address, nor another engine's. */
static void find_changes(struct engine *e, struct engine_run *code, const struct engine_run *writer)
{
    if (code != writer && code->executed && writer->protection & UC_PROT_WRITE &&
        code->host < writer->host + (writer->end - writer->start) &&
        writer->host < code->host + (code->end - code->start)) {
        code->changes = e->changes = true;
    }
}

/* Of a run that is new, or executed for the first time. */
static void compare_runs(struct engine *e, struct engine_run *run)
{
    for (size_t i = 0; i < e->cpu->num_engines; i++) {
        struct engine *other = &e->cpu->engines[i];
        for (size_t n = 0; n < other->num_runs; n++) {
            find_changes(other, &other->runs[n], run);
            find_changes(e, run, &other->runs[n]);
        }
    }
}

void engine_executed(struct engine *e, uint64_t vaddr)
{
    if (engine_is_mapped(e, vaddr)) {
        struct engine_run *run = &e->runs[run_find(e, vaddr)];
        if (!run->executed) {
            run->executed = true;
            compare_runs(e, run);
        }
    }
}

void engine_forget_changes(struct engine *e)
{
    bool changes = e->changes;
    e->changes = false;
    for (size_t i = 0; changes && i < e->num_runs; i++) {
        if (e->runs[i].changes) {
            e->changes = true;
            forget_code(e, &e->runs[i]);
        }
    }
}

static uint32_t protection(uint8_t rights)
{
    return (rights & PAGE_R ? UC_PROT_READ : 0u) | (rights & PAGE_W ? UC_PROT_WRITE : 0u) |
           (rights & PAGE_X ? UC_PROT_EXEC : 0u);
}

/* Host address of the page at vaddr if it is mapped with exactly these rights. */
static uint8_t *page_host(struct engine *e, uint64_t vaddr, uint8_t rights)
{
    struct kernel *k = e->cpu->kernel;
    struct page_view view;
    if (!vspace_translate(k, e->vspace, vaddr, &view) || view.rights != rights) {
        return NULL;
    }
    return memory_at(&k->memory, view.paddr + (vaddr - view.vaddr), NULL);
}

static bool is_in_window(const struct cpu_paging *paging, uint64_t start, uint64_t end)
{
    return start < paging->window_end && end > paging->window;
}

/* Physical memory for the run: where its virtual addresses are, or an alias. */
static bool map_run(struct engine *e, struct engine_run *run, uint8_t rights, uint8_t *host)
{
    const struct cpu_paging *paging = &e->cpu->arch->paging;
    uint64_t size = run->end - run->start;
    run->host = host;
    if (is_in_window(paging, run->start, run->end)) {
        e->cpu->broken = "the address space has a page where the emulator keeps its page tables (docs/machine.md)";
        return false;
    }
    run->paddr = run->start;
    run->protection = protection(rights);
    if (run->start >= paging->window) {
        if (paging->window_end - e->alias < size) {
            e->cpu->broken = "too much memory at addresses that need a second mapping";
            return false;
        }
        run->paddr = e->alias;
        e->alias += size;
        if (uc_mem_map_ptr(e->uc, run->paddr, size, protection(rights), host) != UC_ERR_OK) {
            return false;
        }
    }
    return uc_mem_map_ptr(e->uc, run->start, size, protection(rights), host) == UC_ERR_OK;
}

static bool enter_run(struct engine *e, size_t at, struct engine_run run, uint8_t rights)
{
    const struct cpu_paging *paging = &e->cpu->arch->paging;
    for (uint64_t page = run.start; page < run.end; page += CAPDL_PAGE_SIZE) {
        if (!engine_set_entry(e, page, paging->page_entry(run.paddr + (page - run.start), rights))) {
            e->cpu->broken = "an address space needs too many page tables";
            return false;
        }
    }
    if (!run_insert(e, at, run)) {
        return false;
    }
    if (run.executed || run.protection & UC_PROT_WRITE) {
        compare_runs(e, &e->runs[at]);
    }
    return true;
}

/* Whether it is device memory; if so, reports the access to the observers. */
static bool report_device(struct engine *e, uint64_t vaddr, bool write, const struct page_view *view)
{
    const struct kernel *k = e->cpu->kernel;
    uint64_t paddr = view->paddr + (vaddr - view->vaddr);
    if (memory_is_ram(&k->memory, paddr)) {
        return false;
    }
    if (k->watch.device) {
        struct device_access access = {.vaddr = vaddr, .paddr = paddr, .frame = view->paddr, .write = write};
        k->watch.device(k->watch.context, k->current, &access);
    }
    return true;
}

/* Whether pages are mapped executable. Writable ones are not before code in them is executed: Unicorn 2.1 stores
 * fast where there is no code. */
static bool is_code(const struct engine *e, uint8_t rights, uint8_t wanted)
{
    return rights & PAGE_X && (!(rights & PAGE_W) || wanted & PAGE_X || !e->cpu->arch->denies_execution);
}

/* Of device memory one frame at a time, so that the first access to each is seen. */
static bool map_window(struct engine *e, uint64_t page, const struct page_view *view, uint8_t wanted, bool device)
{
    uint8_t rights = view->rights;
    uint8_t *host = page_host(e, page, rights);
    if (!host) {
        return false;
    }
    size_t at = run_find(e, page);
    uint64_t window = e->single ? CAPDL_PAGE_SIZE : WINDOW, low = page & ~(window - 1), high = low + window;
    if (at > 0 && e->runs[at - 1].end > low) {
        low = e->runs[at - 1].end;
    }
    if (at < e->num_runs && e->runs[at].start < high) {
        high = e->runs[at].start;
    }
    if (device) {
        uint64_t end = view->vaddr + (UINT64_C(1) << view->bits);
        low = low > view->vaddr ? low : view->vaddr;
        high = high < end ? high : end;
    }
    struct engine_run run = {.start = page, .end = page + CAPDL_PAGE_SIZE, .code = is_code(e, rights, wanted)};
    while (run.start > low &&
           page_host(e, run.start - CAPDL_PAGE_SIZE, rights) == host - (page - run.start) - CAPDL_PAGE_SIZE) {
        run.start -= CAPDL_PAGE_SIZE;
    }
    while (run.end < high && page_host(e, run.end, rights) == host + (run.end - page)) {
        run.end += CAPDL_PAGE_SIZE;
    }
    uint8_t used = run.code ? rights : rights & (uint8_t)~PAGE_X;
    run.executed = wanted & PAGE_X;
    run.padded = wanted & PAGE_X && e->pads && !e->single ? padding_take(e) : 0;
    padding_map(e, &run, false);
    bool good = map_run(e, &run, used, host - (page - run.start));
    padding_map(e, &run, true);
    return good && enter_run(e, at, run, used);
}

bool engine_fault_in(struct engine *e, uint64_t vaddr, uint64_t size, uint8_t wanted, uint64_t *failed)
{
    uint64_t last = vaddr + size - 1 < vaddr ? UINT64_MAX : vaddr + size - 1;
    *failed = vaddr;
    for (uint64_t page = page_of(vaddr);; page += CAPDL_PAGE_SIZE) {
        struct page_view view;
        if (!vspace_translate(e->cpu->kernel, e->vspace, page, &view) || (view.rights & wanted) != wanted) {
            return false;
        }
        if (wanted & PAGE_X && engine_is_mapped(e, page) && !engine_is_code(e, page)) {
            engine_invalidate(e, page, CAPDL_PAGE_SIZE);
        }
        if (!engine_is_mapped(e, page)) {
            bool device = report_device(e, page == page_of(vaddr) ? vaddr : page, wanted == PAGE_W, &view);
            if (!map_window(e, page, &view, wanted, device)) {
                return false;
            }
        }
        if (page == page_of(last)) {
            return true;
        }
        *failed = page + CAPDL_PAGE_SIZE;
    }
}

bool engine_where(const struct engine *e, uint64_t vaddr, uint32_t wanted, uint64_t *paddr, uint32_t *allowed)
{
    size_t at = run_find(e, vaddr);
    if (!engine_is_mapped(e, vaddr) || (e->runs[at].protection & wanted) != wanted) {
        return false;
    }
    *paddr = e->runs[at].paddr + (vaddr - e->runs[at].start);
    *allowed = e->runs[at].protection;
    return true;
}

bool engine_stand_in(struct engine *e, uint64_t vaddr)
{
    uint64_t page = page_of(vaddr);
    for (unsigned i = 0; i < e->num_dummies; i++) {
        if (e->dummies[i] == page) {
            return true;
        }
    }
    if (engine_is_mapped(e, page)) {
        return true;
    }
    if (e->num_dummies == CPU_DUMMIES ||
        uc_mem_map_ptr(e->uc, page, CAPDL_PAGE_SIZE, UC_PROT_ALL, e->dummy) != UC_ERR_OK) {
        return false;
    }
    e->dummies[e->num_dummies++] = page;
    return true;
}

/* The emulator needs no memory there, only an entry; it reports a data access as to any page that is not mapped. */
void engine_lend(struct engine *e, uint64_t vaddr)
{
    uint64_t page = page_of(vaddr);
    if (engine_is_code(e, page) || e->num_lent == ENGINE_LENT) {
        return;
    }
    engine_invalidate(e, page, CAPDL_PAGE_SIZE);
    if (engine_set_entry(e, page, e->cpu->arch->paging.page_entry(engine_spare_page(e), PAGE_X))) {
        e->lent[e->num_lent++] = page;
    }
}

static void flush_tlb(struct engine *e)
{
#if ENGINE_REVEALS
    uc_ctl_flush_tlb(e->uc);
#else
    if (uc_mem_map_ptr(e->uc, engine_spare_page(e), CAPDL_PAGE_SIZE, UC_PROT_READ, e->dummy) == UC_ERR_OK) {
        unmap(e, engine_spare_page(e), CAPDL_PAGE_SIZE);
    }
#endif
}

static void take_back(struct engine *e)
{
    if (e->num_lent == 0) {
        return;
    }
    while (e->num_lent > 0) {
        uint64_t page = e->lent[--e->num_lent];
        if (!engine_is_mapped(e, page)) {
            engine_set_entry(e, page, 0);
        }
    }
    flush_tlb(e);
}

void engine_drop_dummies(struct engine *e)
{
    take_back(e);
    while (e->num_dummies > 0) {
        unmap(e, e->dummies[--e->num_dummies], CAPDL_PAGE_SIZE);
    }
}

/* A mapped page more or less flushes the emulator's cache of page table entries, and only then it fits its size to what
   is in use: after little use it has 64 entries and would stay so. */
void engine_fit_tlb(struct engine *e)
{
    if (e->cpu->instructions - e->fitted >= FIT_TLB_AFTER) {
        e->fitted = e->cpu->instructions;
        flush_tlb(e);
    }
}

/* Host address of the byte at vaddr; NULL: there is none. */
static uint8_t *byte_host(struct engine *e, uint64_t vaddr)
{
    struct page_view view;
    return vspace_translate(e->cpu->kernel, e->vspace, vaddr, &view)
               ? memory_at(&e->cpu->kernel->memory, view.paddr + (vaddr - view.vaddr), NULL)
               : NULL;
}

static size_t rest_of_page(uint64_t vaddr, size_t size)
{
    uint64_t left = CAPDL_PAGE_SIZE - (vaddr & (CAPDL_PAGE_SIZE - 1));
    return size < left ? size : left;
}

size_t engine_read(struct engine *e, uint64_t vaddr, uint8_t *bytes, size_t size)
{
    size_t got = 0;
    while (got < size) {
        const uint8_t *host = byte_host(e, vaddr + got);
        size_t part = rest_of_page(vaddr + got, size - got);
        if (!host) {
            break;
        }
        memcpy(bytes + got, host, part);
        got += part;
    }
    return got;
}

void engine_write(struct engine *e, uint64_t vaddr, const uint8_t *bytes, size_t size)
{
    for (size_t done = 0; done < size; done += rest_of_page(vaddr + done, size - done)) {
        uint8_t *host = byte_host(e, vaddr + done);
        if (host) {
            memcpy(host, bytes + done, rest_of_page(vaddr + done, size - done));
        }
    }
    if (engine_is_code(e, vaddr) || engine_is_code(e, vaddr + size - 1)) {
        uc_ctl_remove_cache(e->uc, vaddr, vaddr + size);
    }
}

bool engine_memory_init(struct engine *e)
{
    void *tables = mmap(NULL, (size_t)ENGINE_TABLES * CAPDL_PAGE_SIZE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    e->tables = tables == MAP_FAILED ? NULL : tables;
    e->dummy = aligned_alloc(CAPDL_PAGE_SIZE, CAPDL_PAGE_SIZE);
    if (!e->tables || !e->dummy) {
        return false;
    }
    memset(e->dummy, 0, CAPDL_PAGE_SIZE);
    engine_start_tables(e);
    uint64_t window = e->cpu->arch->paging.window;
    e->alias = padding_at(e, PADDINGS + 1, false);
    return uc_mem_map_ptr(e->uc, window, (size_t)ENGINE_TABLES * CAPDL_PAGE_SIZE, UC_PROT_READ | UC_PROT_WRITE,
                          e->tables) == UC_ERR_OK;
}

void engine_memory_free(struct engine *e)
{
    if (e->tables) {
        munmap(e->tables, (size_t)ENGINE_TABLES * CAPDL_PAGE_SIZE);
    }
    free(e->dummy);
    free(e->runs);
}
