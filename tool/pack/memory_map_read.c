/* SPDX-License-Identifier: BSD-2-Clause */
/* Forms in which people have a PC's memory map. Each pattern stands for one form of line, in a log behind whatever
 * begins it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pack/memory_map.h"

enum { LINE_SIZE = 512 };

struct reader {
    struct memory_map *map;
    struct capdl_diags *diags;
    uint32_t line;
};

static bool complain(struct reader *reader, const char *message)
{
    capdl_error(reader->diags, (struct capdl_pos){.line = reader->line, .file = reader->map->source}, "%s", message);
    return false;
}

static bool add_entry(struct reader *reader, uint64_t start, uint64_t end, uint64_t type)
{
    struct memory_map *map = reader->map;
    if (map->count == MEMORY_MAP_MOST) {
        return complain(reader, "a memory map with more than 128 entries: no firmware has so many");
    }
    if (end <= start) {
        return complain(reader, "this piece of memory is empty, or goes beyond the end of the address space");
    }
    map->entries[map->count++] = (struct memory_map_entry){start, end, type, reader->line};
    return true;
}

static bool add_device(struct reader *reader, uint64_t *list, size_t *count, uint64_t address)
{
    if (address % 4096) {
        return complain(reader, "the registers of this device begin in the middle of a page of 4096 bytes");
    }
    for (size_t i = 0; i < *count; i++) {
        if (list[i] == address) {
            return true; /* logs say things twice */
        }
    }
    if (*count == MEMORY_MAP_DEVICES) {
        return complain(reader, "more than 64 devices of a kind: no kernel manages so many");
    }
    list[(*count)++] = address;
    return true;
}

/* The number behind `before`, which is moved behind it. */
static bool number_after(const char **line, const char *before, int base, uint64_t *number)
{
    const char *at = strstr(*line, before);
    char *end;
    if (!at) {
        return false;
    }
    at += strlen(before);
    errno = 0;
    *number = strtoull(at, &end, base);
    *line = end;
    return end != at && *at != '-' && *at != ' ' && errno == 0;
}

/*
 * Forms of lines. Each is `false` for a line that is none of its form; then `good` is left alone.
 */

/* BIOS-e820: [mem 0x0000000000100000-0x000000001ffdffff] usable */
static bool linux_memory(struct reader *reader, const char *line, bool *good)
{
    uint64_t first, last;
    if (!strstr(line, "BIOS-e820: ") || !number_after(&line, "[mem 0x", 16, &first) ||
        !number_after(&line, "-0x", 16, &last)) {
        return false;
    }
    *good = add_entry(reader, first, last + 1, strncmp(line, "] usable", 8) == 0 ? MEMORY_MAP_RAM : MEMORY_MAP_RAM + 1);
    return true;
}

/* IOAPIC[0]: apic_id 0, version 32, address 0xfec00000, GSI 0-23 */
static bool linux_ioapic(struct reader *reader, const char *line, bool *good)
{
    uint64_t address;
    if (!strstr(line, "IOAPIC[") || !number_after(&line, "address 0x", 16, &address)) {
        return false;
    }
    *good = add_device(reader, reader->map->ioapics, &reader->map->num_ioapics, address);
    return true;
}

/* DMAR: dmar0: reg_base_addr fed90000 ver 1:0 cap ... */
static bool linux_iommu(struct reader *reader, const char *line, bool *good)
{
    uint64_t address;
    if (!strstr(line, "DMAR: ") || !number_after(&line, "reg_base_addr ", 16, &address)) {
        return false;
    }
    *good = add_device(reader, reader->map->iommus, &reader->map->num_iommus, address);
    return true;
}

/* Physical Memory Region from 100000 size 1fee0000 type 1 */
static bool kernel_memory(struct reader *reader, const char *line, bool *good)
{
    uint64_t start, size, type;
    if (!number_after(&line, "Physical Memory Region from ", 16, &start) || !number_after(&line, "size ", 16, &size) ||
        !number_after(&line, "type ", 10, &type)) {
        return false;
    }
    *good = add_entry(reader, start, start + size, type);
    return true;
}

/* ACPI: MADT_IOAPIC ioapic_id=0 ioapic_addr=0xfec00000 gsib=0 */
static bool kernel_ioapic(struct reader *reader, const char *line, bool *good)
{
    uint64_t address;
    if (!number_after(&line, "MADT_IOAPIC ioapic_id=", 10, &address) ||
        !number_after(&line, "ioapic_addr=0x", 16, &address)) {
        return false;
    }
    *good = add_device(reader, reader->map->ioapics, &reader->map->num_ioapics, address);
    return true;
}

/* ACPI: 1 IOMMUs detected */
static bool kernel_iommus(struct reader *reader, const char *line, bool *good)
{
    (void)good;
    return strstr(line, " IOMMUs detected") && number_after(&line, "ACPI: ", 10, &reader->map->iommus_detected);
}

/* base_addr = 0x100000, length = 0x1fee0000, available RAM */
static bool grub_memory(struct reader *reader, const char *line, bool *good)
{
    uint64_t start, size;
    if (!number_after(&line, "base_addr = 0x", 16, &start) || !number_after(&line, "length = 0x", 16, &size)) {
        return false;
    }
    *good = add_entry(reader, start, start + size, strstr(line, "available RAM") ? MEMORY_MAP_RAM : MEMORY_MAP_RAM + 1);
    return true;
}

/* ioapic 0xfec00000, iommu 0xfed90000: also in a log, which may not tell */
static bool plain_device(struct reader *reader, const char *line, bool *good)
{
    struct memory_map *map = reader->map;
    bool ioapic = strncmp(line, "ioapic ", 7) == 0;
    uint64_t address;
    if ((!ioapic && strncmp(line, "iommu ", 6) != 0) || !number_after(&line, " 0x", 16, &address) ||
        line[strspn(line, " \t\r")]) {
        return false;
    }
    *good = ioapic ? add_device(reader, map->ioapics, &map->num_ioapics, address)
                   : add_device(reader, map->iommus, &map->num_iommus, address);
    return true;
}

typedef bool line_form(struct reader *, const char *line, bool *good);
static line_form *const log_forms[] = {
    linux_memory, linux_ioapic, linux_iommu, kernel_memory, kernel_ioapic, kernel_iommus, grub_memory,
};
enum { NUM_LOG_FORMS = sizeof(log_forms) / sizeof(log_forms[0]) };

/* 0x100000 0x1fee0000 1 */
static bool plain_memory(struct reader *reader, const char *line)
{
    uint64_t start, size, type;
    if (line[strspn(line, " \t\r")] == 0 || line[0] == '#') {
        return true;
    }
    if (strncmp(line, "0x", 2) != 0 || !number_after(&line, "0x", 16, &start) ||
        !number_after(&line, " 0x", 16, &size) || !number_after(&line, " ", 10, &type) || line[strspn(line, " \t\r")]) {
        return complain(
            reader,
            "expected a piece of memory: 'BASE LENGTH TYPE' with BASE and LENGTH in hexadecimal (0x...) and type 1 for "
            "RAM, 'ioapic ADDRESS', 'iommu ADDRESS', or the log of a Linux or seL4 kernel");
    }
    return add_entry(reader, start, start + size, type);
}

static bool take_log_line(struct reader *reader, const char *line, bool *good)
{
    for (size_t i = 0; i < NUM_LOG_FORMS; i++) {
        if (log_forms[i](reader, line, good)) {
            return true;
        }
    }
    return false;
}

/* Whether a text is a log: then lines of other forms are somebody else's. */
static bool is_log(const struct file_bytes *file)
{
    static const char *const phrases[] = {"BIOS-e820: [mem 0x", "Physical Memory Region from ", "base_addr = 0x"};
    bool found = false;
    for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++) {
        found |= memmem(file->data, file->size, phrases[i], strlen(phrases[i])) != NULL;
    }
    return found;
}

/* The next line, cut where it is too long for any form. */
static const uint8_t *copy_line(const uint8_t *at, const uint8_t *end, char line[LINE_SIZE])
{
    const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
    const uint8_t *stop = newline ? newline : end;
    size_t length = (size_t)(stop - at) < LINE_SIZE - 1 ? (size_t)(stop - at) : LINE_SIZE - 1;
    memcpy(line, at, length);
    line[length] = 0;
    return newline ? newline + 1 : end;
}

static bool read_lines(struct reader *reader, const struct file_bytes *file)
{
    bool log = is_log(file);
    const uint8_t *end = file->data + file->size;
    for (const uint8_t *at = file->data; at < end;) {
        char line[LINE_SIZE];
        bool good = true;
        reader->line++;
        at = copy_line(at, end, line);
        bool taken = plain_device(reader, line, &good) || (log && take_log_line(reader, line, &good));
        if (!good || (!taken && !log && !plain_memory(reader, line))) {
            return false;
        }
    }
    return true;
}

bool memory_map_read(struct memory_map *map, const char *path, struct capdl_diags *diags)
{
    struct reader reader = {.map = map, .diags = diags};
    struct file_bytes file;
    *map = (struct memory_map){.name = path, .source = capdl_diags_add_source(diags, path, NULL, 0)};
    if (!file_read(path, &file)) {
        capdl_error(diags, (struct capdl_pos){.file = map->source}, "cannot read the memory map: %s", strerror(errno));
        return false;
    }
    bool good = read_lines(&reader, &file);
    file_release(&file);
    if (good && map->num_iommus < map->iommus_detected) {
        reader.line = 0;
        return complain(&reader,
                        "the log speaks of more IOMMUs than it says addresses of: add a line 'iommu ADDRESS' for each");
    }
    return good;
}
