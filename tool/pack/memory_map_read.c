/* SPDX-License-Identifier: BSD-2-Clause */
/* Forms in which people have a PC's memory map. Each pattern is one form of line; in a log, other text may precede
 * it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pack/memory_map.h"

enum { LINE_SIZE = 512 };

/* Devices of a kind, each once. */
struct devices {
    uint64_t list[MEMORY_MAP_DEVICES];
    size_t count;
};

/* Parses one form of line: start, size and type. False for a line of another form. */
struct piece {
    uint64_t start, size, type; /* size 0: all the address space from 0 on */
};
typedef bool memory_form(const char *line, struct piece *);

struct reader {
    struct memory_map *map;
    struct capdl_diags *diags;
    uint32_t line;
    bool stated_multiboot2;
    memory_form *form;                            /* of the memory before; null where a boot begins */
    struct devices ioapics, iommus;               /* as the last boot in a log says */
    struct devices stated_ioapics, stated_iommus; /* as the user says, for all boots */
};

static bool complain(struct reader *reader, const char *message)
{
    capdl_error(reader->diags, (struct capdl_pos){.line = reader->line, .file = reader->map->source}, "%s", message);
    return false;
}

static bool add_entry(struct reader *reader, const struct piece *piece)
{
    struct memory_map *map = reader->map;
    uint64_t end = piece->start + piece->size;
    bool to_the_top = end == 0 && piece->start + piece->size - 1 == UINT64_MAX && piece->start;
    if (map->count == MEMORY_MAP_MOST) {
        return complain(reader, "a memory map with more than 1024 entries: no firmware has that many");
    }
    if (end <= piece->start && !to_the_top) {
        return complain(reader, "this memory region is empty, or goes past the end of the address space");
    }
    map->entries[map->count++] =
        (struct memory_map_entry){piece->start, to_the_top ? UINT64_MAX : end, piece->type, reader->line};
    return true;
}

static bool add_device(struct reader *reader, struct devices *devices, uint64_t address)
{
    if (address % 4096) {
        return complain(reader, "the registers of this device do not begin at a multiple of 4096");
    }
    for (size_t i = 0; i < devices->count; i++) {
        if (devices->list[i] == address) {
            return true; /* logs repeat themselves */
        }
    }
    if (devices->count == MEMORY_MAP_DEVICES) {
        return complain(reader, "more than 64 devices of a kind: no kernel manages that many");
    }
    devices->list[devices->count++] = address;
    return true;
}

/* The number after the text `before`. Moves *line past the number. */
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

/* From a line that gives the last byte in place of the size. Where that is just before the first, the piece is
 * empty. */
static bool piece_to_last(struct piece *piece, uint64_t first, uint64_t last, bool ram)
{
    *piece = (struct piece){first, last - first + 1, ram ? MEMORY_MAP_RAM : MEMORY_MAP_RAM + 1};
    return true;
}

static bool begins(const char *line, const char *word)
{
    return strncmp(line, word, strlen(word)) == 0;
}

/* BIOS-e820: [mem 0x0000000000100000-0x000000001ffdffff] usable */
static bool linux_memory(const char *line, struct piece *piece)
{
    uint64_t first, last;
    return strstr(line, "BIOS-") && number_after(&line, ": [mem 0x", 16, &first) &&
           number_after(&line, "-0x", 16, &last) && piece_to_last(piece, first, last, begins(line, "] usable"));
}

/* BIOS-e820: 0000000000100000 - 000000003fff0000 (usable), before Linux 3.4 */
static bool old_linux_memory(const char *line, struct piece *piece)
{
    uint64_t start, end;
    if (!(line = strstr(line, "BIOS-")) || !number_after(&line, ": ", 16, &start) ||
        !number_after(&line, " - ", 16, &end)) {
        return false;
    }
    return piece_to_last(piece, start, end - 1, begins(line, " (usable)"));
}

/* (XEN)  [0000000000100000, 000000003fffffff] (usable) */
static bool xen_memory(const char *line, struct piece *piece)
{
    uint64_t first, last;
    return strstr(line, "] (") && number_after(&line, " [", 16, &first) && number_after(&line, ", ", 16, &last) &&
           begins(line, "] (") && piece_to_last(piece, first, last, begins(line, "] (usable)"));
}

/* (XEN)  0000000000100000 - 000000003fff0000 (usable), before Xen 4.15 */
static bool old_xen_memory(const char *line, struct piece *piece)
{
    uint64_t start, end;
    return number_after(&line, "(XEN)  ", 16, &start) && number_after(&line, " - ", 16, &end) && begins(line, " (") &&
           piece_to_last(piece, start, end - 1, begins(line, " (usable)"));
}

/* Physical Memory Region from 100000 size 1fee0000 type 1 */
static bool kernel_memory(const char *line, struct piece *piece)
{
    return number_after(&line, "Physical Memory Region from ", 16, &piece->start) &&
           number_after(&line, "size ", 16, &piece->size) && number_after(&line, "type ", 10, &piece->type);
}

/* base_addr = 0x100000, length = 0x1fee0000, available RAM */
static bool grub_memory(const char *line, struct piece *piece)
{
    piece->type = strstr(line, "available RAM") ? MEMORY_MAP_RAM : MEMORY_MAP_RAM + 1;
    return number_after(&line, "base_addr = 0x", 16, &piece->start) &&
           number_after(&line, "length = 0x", 16, &piece->size);
}

/* SMAP type=01 base=0000000000100000 len=000000001fee0000 */
static bool freebsd_memory(const char *line, struct piece *piece)
{
    return number_after(&line, "SMAP type=", 16, &piece->type) && number_after(&line, "base=", 16, &piece->start) &&
           number_after(&line, "len=", 16, &piece->size);
}

static memory_form *const memory_forms[] = {
    linux_memory, old_linux_memory, xen_memory, old_xen_memory, kernel_memory, grub_memory, freebsd_memory,
};
enum { NUM_MEMORY_FORMS = sizeof(memory_forms) / sizeof(memory_forms[0]) };

static memory_form *memory_form_of(const char *line, struct piece *piece)
{
    for (size_t i = 0; i < NUM_MEMORY_FORMS; i++) {
        if (memory_forms[i](line, piece)) {
            return memory_forms[i];
        }
    }
    return NULL;
}

/*
 * Forms of other lines of a log. Each returns false for a line of another form and then leaves `good` alone.
 */

/* IOAPIC[0]: apic_id 0, version 32, address 0xfec00000, GSI 0-23 */
static bool linux_ioapic(struct reader *reader, const char *line, bool *good)
{
    uint64_t address;
    if (!strstr(line, "IOAPIC[") || !number_after(&line, "address 0x", 16, &address)) {
        return false;
    }
    *good = add_device(reader, &reader->ioapics, address);
    return true;
}

/* DMAR: dmar0: reg_base_addr fed90000 ver 1:0 cap ... */
static bool linux_iommu(struct reader *reader, const char *line, bool *good)
{
    uint64_t address;
    if (!strstr(line, "DMAR: ") || !number_after(&line, "reg_base_addr ", 16, &address)) {
        return false;
    }
    *good = add_device(reader, &reader->iommus, address);
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
    *good = add_device(reader, &reader->ioapics, address);
    return true;
}

/* ACPI: 1 IOMMUs detected */
static bool kernel_iommus(struct reader *reader, const char *line, bool *good)
{
    (void)good;
    return strstr(line, " IOMMUs detected") && number_after(&line, "ACPI: ", 10, &reader->map->iommus_detected);
}

/* A new boot begins: forgets what is known of those before, except what the user says. */
static void boot_begin(struct reader *reader)
{
    reader->form = NULL;
    reader->map->count = 0;
    reader->map->iommus_detected = 0;
    reader->map->multiboot2 = false;
    reader->ioapics.count = reader->iommus.count = 0;
}

/* Lines that begin a map, or end a boot. A kernel that multiboot 2 has started says nothing before its map. */
static bool boot_mark(struct reader *reader, const char *line, bool *good)
{
    static const char *const marks[] = {"Linux version ", "physical RAM map:", "RAM map:", "Xen version ",
                                        "Booting all finished"};
    (void)good;
    if (strstr(line, "Parsing GRUB physical memory map")) {
        boot_begin(reader);
        reader->form = kernel_memory;
        return true;
    }
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (strstr(line, marks[i]) && !strstr(line, "modified")) {
            reader->form = NULL;
            return true;
        }
    }
    return false;
}

/* ioapic 0xfec00000, iommu 0xfed90000: also in a log, which may not tell */
static bool plain_device(struct reader *reader, const char *line, bool *good)
{
    bool ioapic = begins(line, "ioapic ");
    uint64_t address;
    if ((!ioapic && !begins(line, "iommu ")) || !number_after(&line, " 0x", 16, &address) ||
        line[strspn(line, " \t\r")]) {
        return false;
    }
    *good = add_device(reader, ioapic ? &reader->stated_ioapics : &reader->stated_iommus, address);
    return true;
}

/* multiboot 2: how the kernel is started, which then takes parts of pages as well */
static bool plain_multiboot(struct reader *reader, const char *line, bool *good)
{
    (void)good;
    bool found = begins(line, "multiboot 2") && line[11 + strspn(line + 11, " \t\r")] == 0;
    reader->stated_multiboot2 |= found;
    return found;
}

typedef bool line_form(struct reader *, const char *line, bool *good);
static line_form *const stated_forms[] = {plain_device, plain_multiboot};
static line_form *const log_forms[] = {linux_ioapic, linux_iommu, kernel_ioapic, kernel_iommus, boot_mark};

static bool take_form(struct reader *reader, line_form *const *forms, size_t count, const char *line, bool *good)
{
    for (size_t i = 0; i < count; i++) {
        if (forms[i](reader, line, good)) {
            return true;
        }
    }
    return false;
}

/*
 * A piece of memory in a log. It begins another boot if the last one has ended, if the line has another form, or if its
 * memory is where the map began.
 */
static bool take_piece(struct reader *reader, memory_form *form, const struct piece *piece)
{
    struct memory_map *map = reader->map;
    if (form != reader->form || (map->count && piece->start == map->entries[0].start)) {
        boot_begin(reader);
        map->multiboot2 = form == kernel_memory;
    }
    reader->form = form;
    return add_entry(reader, piece);
}

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
            "expected a memory region: 'BASE LENGTH TYPE' with BASE and LENGTH in hexadecimal (0x...) and type 1 for "
            "RAM, 'ioapic ADDRESS', 'iommu ADDRESS', 'multiboot 2', or a log of Linux, Xen, FreeBSD, GRUB or seL4");
    }
    return add_entry(reader, &(struct piece){start, size, type});
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

/* Whether a text is a log, in which lines of other forms are ignored. */
static bool is_log(const struct file_bytes *file)
{
    const uint8_t *end = file->data + file->size;
    char line[LINE_SIZE];
    struct piece piece;
    for (const uint8_t *at = file->data; at < end;) {
        at = copy_line(at, end, line);
        if (memory_form_of(line, &piece)) {
            return true;
        }
    }
    return false;
}

static bool take_log_line(struct reader *reader, const char *line)
{
    bool good = true;
    struct piece piece;
    memory_form *form = memory_form_of(line, &piece);
    if (form) {
        return take_piece(reader, form, &piece);
    }
    take_form(reader, log_forms, sizeof(log_forms) / sizeof(log_forms[0]), line, &good);
    return good;
}

static bool read_lines(struct reader *reader, const struct file_bytes *file)
{
    bool log = is_log(file), good = true;
    const uint8_t *end = file->data + file->size;
    for (const uint8_t *at = file->data; at < end && good;) {
        char line[LINE_SIZE];
        reader->line++;
        at = copy_line(at, end, line);
        if (!take_form(reader, stated_forms, sizeof(stated_forms) / sizeof(stated_forms[0]), line, &good)) {
            good = log ? take_log_line(reader, line) : plain_memory(reader, line);
        }
    }
    return good;
}

/* What the user says and what the last boot in a log does. */
static bool devices_join(struct reader *reader, const struct devices *a, const struct devices *b, uint64_t *list,
                         size_t *count)
{
    struct devices all = *a;
    for (size_t i = 0; i < b->count; i++) {
        if (!add_device(reader, &all, b->list[i])) {
            return false;
        }
    }
    memcpy(list, all.list, sizeof(all.list));
    *count = all.count;
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
    bool good = read_lines(&reader, &file) &&
                devices_join(&reader, &reader.ioapics, &reader.stated_ioapics, map->ioapics, &map->num_ioapics) &&
                devices_join(&reader, &reader.iommus, &reader.stated_iommus, map->iommus, &map->num_iommus);
    map->multiboot2 |= reader.stated_multiboot2;
    file_release(&file);
    if (good && map->num_iommus < map->iommus_detected) {
        reader.line = 0;
        return complain(&reader,
                        "the log has more IOMMUs than addresses of IOMMUs: add a line 'iommu ADDRESS' for each");
    }
    return good;
}
