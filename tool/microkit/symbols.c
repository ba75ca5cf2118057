/* SPDX-License-Identifier: BSD-2-Clause */
#include "symbols.h"

#include <stdlib.h>
#include <string.h>

#include "base/elf_symbols.h"
#include "base/memory.h"

struct symbol {
    const char *name;
    uint64_t address, size;
};

struct symbol_index {
    struct symbol *list; /* ascending by name, then address */
    size_t count, capacity;
};

static int compare_symbols(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->address > y->address) - (x->address < y->address);
}

static void table_read(struct symbol_index *index, const struct elf_symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++) {
        Elf64_Sym symbol;
        const char *name = elf_symbols_get(symbols, i, &symbol);
        unsigned type = ELF64_ST_TYPE(symbol.st_info);
        if (symbol.st_name && symbol.st_name < symbols->names_size && symbol.st_shndx != SHN_UNDEF &&
            type != STT_FILE && type != STT_SECTION) {
            index->list = memory_grow(index->list, &index->capacity, index->count + 1, sizeof(*index->list));
            index->list[index->count++] = (struct symbol){name, symbol.st_value, symbol.st_size};
        }
    }
}

struct symbol_index *symbol_index_new(const uint8_t *bytes, size_t size)
{
    struct symbol_index *index = memory_zeroed(1, sizeof(*index));
    struct elf_view elf;
    const char *problem;
    if (!elf_view_open(&elf, bytes, size, &problem)) {
        return index;
    }
    for (unsigned i = 0; i < elf.header.e_shnum; i++) {
        Elf64_Shdr section = elf_view_section(&elf, i);
        struct elf_symbols symbols;
        if (elf_symbols_take(&symbols, &elf, &section)) {
            table_read(index, &symbols);
        }
    }
    if (index->count) {
        qsort(index->list, index->count, sizeof(*index->list), compare_symbols);
    }
    return index;
}

void symbol_index_free(struct symbol_index *index)
{
    free(index->list);
    free(index);
}

bool symbol_index_empty(const struct symbol_index *index)
{
    return index->count == 0;
}

struct symbol_found symbol_find(const struct symbol_index *index, const char *name)
{
    struct symbol_found found = {0};
    size_t low = 0, high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(index->list[middle].name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < index->count && strcmp(index->list[low].name, name) == 0; low++) {
        if (!found.count || found.address != index->list[low].address) {
            found.count++;
        }
        found.address = index->list[low].address;
        found.size = index->list[low].size;
    }
    return found;
}
