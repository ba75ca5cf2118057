/* SPDX-License-Identifier: BSD-2-Clause */
/* rust-sel4's form and Microkit's: what a frame holds at the start. */
#include "rust_reader.h"

#include <stdlib.h>
#include <string.h>

static bool range_read(struct rust_reader *reader, const char *value, const char *what, uint64_t *start,
                       uint64_t *length)
{
    static const struct json_field fields[] = {{"start", true}, {"end", true}, {NULL}};
    const char *members[2];
    uint64_t end;
    if (!json_fields(reader->json, value, what, fields, JSON_OTHERS_IGNORED, members) ||
        !json_number(reader->json, members[0], "start", UINT64_MAX, start) ||
        !json_number(reader->json, members[1], "end", UINT64_MAX, &end)) {
        return false;
    }
    *length = end - *start;
    if (*start <= end) {
        return true;
    }
    capdl_error(reader->json->diags, json_pos(reader->json, value), "'%s' ends before it begins", what);
    return false;
}

/* "Fdt" is what capDL text calls CDL_FrameFill_BootInfo_FDT. */
static const char *const ids[][2] = {
    {"Padding", "CDL_FrameFill_BootInfo_PADDING"},
    {"X86Vbe", "CDL_FrameFill_BootInfo_X86_VBE"},
    {"X86Mbmmap", "CDL_FrameFill_BootInfo_X86_MBMMAP"},
    {"X86AcpiRsdp", "CDL_FrameFill_BootInfo_X86_ACPI_RSDP"},
    {"X86FrameBuffer", "CDL_FrameFill_BootInfo_X86_Framebuffer"},
    {"X86TscFreq", "CDL_FrameFill_BootInfo_X86_TSC_Freq"},
    {"Fdt", "CDL_FrameFill_BootInfo_FDT"},
};
enum { NUM_IDS = sizeof(ids) / sizeof(ids[0]) };

const char *rust_bootinfo_name(const char *text)
{
    for (unsigned i = 0; i < NUM_IDS; i++) {
        if (strcmp(text, ids[i][1]) == 0) {
            return ids[i][0];
        }
    }
    return NULL;
}

static void bootinfo_read(struct rust_reader *reader, const char *value, struct capdl_fill *fill)
{
    static const struct json_field fields[] = {{"id", true}, {"offset", true}, {NULL}};
    const char *members[2], *id;
    fill->kind = CAPDL_FILL_BOOTINFO;
    if (!json_fields(reader->json, value, "BootInfo", fields, JSON_OTHERS_IGNORED, members) ||
        !json_string(reader->json, members[0], "id", &id)) {
        return;
    }
    json_number(reader->json, members[1], "offset", UINT64_MAX, &fill->source_offset);
    for (unsigned i = 0; i < NUM_IDS; i++) {
        fill->text = strcmp(id, ids[i][0]) == 0 ? ids[i][1] : fill->text;
    }
    if (!*fill->text) {
        capdl_error(reader->json->diags, json_pos(reader->json, members[0]),
                    "'id' is '%s': expected Fdt, X86Vbe, X86Mbmmap, "
                    "X86AcpiRsdp, X86FrameBuffer, X86TscFreq or Padding",
                    id);
    }
}

static void file_read(struct rust_reader *reader, const char *value, struct capdl_fill *fill)
{
    static const struct json_field fields[] = {{"file", true}, {"file_offset", true}, {NULL}};
    const char *members[2];
    if (!json_fields(reader->json, value, "Data", fields, JSON_OTHERS_IGNORED, members) ||
        !json_string(reader->json, members[0], "file", &fill->text)) {
        return;
    }
    json_number(reader->json, members[1], "file_offset", UINT64_MAX, &fill->source_offset);
    if (!*fill->text || strchr(fill->text, '"')) {
        capdl_error(reader->json->diags, json_pos(reader->json, members[0]),
                    "'%s' cannot be the name of a file in a fill", fill->text);
    }
}

/* Microkit numbers its ELF files; they stay outside, under the names elf-0, elf-1 and so on. */
static void elf_read(struct rust_reader *reader, const char *value, struct capdl_fill *fill)
{
    static const struct json_field fields[] = {
        {"elf_id", true},
        {"elf_seg_idx", true},
        {"elf_seg_data_range", true},
        {NULL},
    };
    const char *members[3];
    uint64_t elf, segment, length;
    char name[64];
    if (!json_fields(reader->json, value, "ElfContent", fields, JSON_OTHERS_IGNORED, members) ||
        !json_number(reader->json, members[0], "elf_id", UINT32_MAX, &elf) ||
        !json_number(reader->json, members[1], "elf_seg_idx", UINT32_MAX, &segment) ||
        !range_read(reader, members[2], "elf_seg_data_range", &fill->source_offset, &length)) {
        return;
    }
    int written =
        snprintf(name, sizeof(name), "elf-%llu-segment-%llu", (unsigned long long)elf, (unsigned long long)segment);
    fill->text = capdl_spec_intern(reader->spec, name, (size_t)written);
}

/* Bytes in the document itself. */
static void bytes_read(struct rust_reader *reader, const char *value, struct capdl_fill *fill)
{
    static const struct json_field fields[] = {{"bytes", true}, {NULL}};
    static const char digits[] = "0123456789abcdef";
    const char *bytes;
    char *text = NULL;
    size_t count = 0, capacity = 0;
    fill->kind = CAPDL_FILL_OTHER;
    if (!json_fields(reader->json, value, "BytesContent", fields, JSON_OTHERS_IGNORED, &bytes) ||
        !json_array(reader->json, bytes, "bytes")) {
        return;
    }
    struct json_list list = json_elements(bytes);
    for (const char *item; (item = json_item(&list));) {
        uint64_t byte = 0;
        if (!json_number(reader->json, item, "bytes", UINT8_MAX, &byte)) {
            free(text);
            return;
        }
        text = memory_grow(text, &capacity, count + 2, 1);
        text[count++] = digits[byte >> 4];
        text[count++] = digits[byte & 15];
    }
    if (!capdl_fill_set_bytes(reader->spec, fill, text, count) && (count || fill->length)) {
        capdl_error(reader->json->diags, json_pos(reader->json, bytes), "'bytes' has %zu bytes for a range of %llu",
                    count / 2, (unsigned long long)fill->length);
    }
    free(text);
}

static const char *only_member(const char *value, const char *name)
{
    struct json_list list = json_elements(value);
    const char *key, *member = json_member(&list, &key);
    return member && json_key_is(key, name) ? member : NULL;
}

static void data_read(struct rust_reader *reader, const char *value, struct capdl_fill *fill)
{
    if (!json_object(reader->json, value, "Data")) {
        return;
    }
    const char *elf = only_member(value, "ElfContent"), *bytes = only_member(value, "BytesContent");
    bool plain = only_member(value, "bytes");
    reader->microkit = reader->microkit || elf || bytes;
    if (elf) {
        elf_read(reader, elf, fill);
    } else if (bytes || plain) {
        bytes_read(reader, plain ? value : bytes, fill);
    } else {
        file_read(reader, value, fill);
    }
}

static void entry_read(struct rust_reader *reader, const char *value, struct capdl_fill *fill)
{
    static const struct json_field fields[] = {{"range", true}, {"content", true}, {NULL}};
    const char *members[2];
    *fill = (struct capdl_fill){.kind = CAPDL_FILL_FILE, .text = "", .pos = json_pos(reader->json, value)};
    if (!json_fields(reader->json, value, "an entry", fields, JSON_OTHERS_IGNORED, members) ||
        !range_read(reader, members[0], "range", &fill->offset, &fill->length) ||
        !json_object(reader->json, members[1], "content")) {
        return;
    }
    const char *data = only_member(members[1], "Data"), *bootinfo = only_member(members[1], "BootInfo");
    if (data) {
        data_read(reader, data, fill);
    } else if (bootinfo && json_object(reader->json, bootinfo, "BootInfo")) {
        bootinfo_read(reader, bootinfo, fill);
    } else if (!bootinfo) {
        capdl_error(reader->json->diags, json_pos(reader->json, members[1]), "'content' is neither Data nor BootInfo");
    }
}

void rust_fills_read(struct rust_reader *reader, const char *value, struct capdl_object *object)
{
    static const struct json_field fields[] = {{"entries", true}, {NULL}};
    const char *entries;
    struct capdl_fill *fills = NULL;
    size_t count = 0, capacity = 0;
    if (!json_fields(reader->json, value, "'init'", fields, JSON_OTHERS_IGNORED, &entries) ||
        !json_array(reader->json, entries, "entries")) {
        return;
    }
    struct json_list list = json_elements(entries);
    for (const char *item; (item = json_item(&list));) {
        fills = memory_grow(fills, &capacity, count + 1, sizeof(*fills));
        entry_read(reader, item, &fills[count]);
        count += fills[count].length || fills[count].kind != CAPDL_FILL_OTHER; /* no bytes are no fill */
    }
    if (count) {
        object->flags |= CAPDL_OBJECT_HAS_FILL;
        object->u.fills.list = capdl_spec_alloc(reader->spec, count * sizeof(*fills));
        object->u.fills.count = count;
        memcpy(object->u.fills.list, fills, count * sizeof(*fills));
    }
    free(fills);
}
