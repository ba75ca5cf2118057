/* SPDX-License-Identifier: BSD-2-Clause */
#include "externals.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pd_names.h"
#include "image/settings_section.h"
#include "options/lists.h"

enum { LONGEST_NAME = 47 }; /* in a payload */

/* Whether a frame is of the program of a domain. */
static bool is_programs(const struct capdl_spec *spec, uint32_t frame, const char *pd)
{
    static const char *const prefixes[] = {PD_ELF, PD_BSS, PD_LARGE, PD_ROOM};
    uint32_t element;
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (pd_names_numbered(spec, frame, prefixes[i], pd) ||
            pd_names_element(spec, frame, prefixes[i], pd, &element)) {
            return true;
        }
    }
    return false;
}

/* Where the program is: from its first frame to its last. False: it has none, or one that is not in reserved memory. */
static bool find_range(struct input *input, const struct capdl_spec *spec, const char *pd, uint64_t *start,
                       uint64_t *end)
{
    *start = UINT64_MAX;
    *end = 0;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct image_content content;
        if (capdl_object_kind(spec, i) != CAPDL_KIND_FRAME || !is_programs(spec, i, pd)) {
            continue;
        }
        uint64_t from = capdl_object_paddr(spec, i), size = UINT64_C(1) << capdl_object_size_bits(spec, i);
        if (!(capdl_object_flags(spec, i) & CAPDL_OBJECT_HAS_PADDR) ||
            !reserved_section_find(&input->image.contents, from, size, &content)) {
            capdl_error(&input->diags, CAPDL_NOWHERE,
                        "--external %s: its program is not in reserved memory: give it a 'paddr', and compile with "
                        "--reserve",
                        pd);
            return false;
        }
        *start = from < *start ? from : *start;
        *end = from + size > *end ? from + size : *end;
    }
    if (*end == 0) {
        capdl_error(&input->diags, CAPDL_NOWHERE,
                    "--external %s: %s has no protection domain of this name that loads a program (an image compiled "
                    "with --strip has no names)",
                    pd, input->name);
    }
    return *end != 0;
}

/* What reserved memory has from start to end, zeros where it has nothing. */
static uint8_t *contents_of(const struct reserved_section *contents, uint64_t start, uint64_t end)
{
    uint8_t *bytes = memory_zeroed(end - start, 1);
    for (uint64_t i = 0; i < contents->num_contents; i++) {
        struct image_content content = reserved_section_at(contents, i);
        uint64_t from = content.address > start ? content.address : start;
        uint64_t to = content.address + content.stored < end ? content.address + content.stored : end;
        if (from < to) {
            memcpy(bytes + (from - start), content.bytes + (from - content.address), to - from);
        }
    }
    return bytes;
}

static int compare(const void *a, const void *b)
{
    const struct pack_external *x = a, *y = b;
    return x->address < y->address ? -1 : x->address > y->address;
}

static void find_one(struct input *input, const struct capdl_spec *spec, const char *name, struct pack_external *found)
{
    uint64_t start, end;
    if (strlen(name) > LONGEST_NAME) {
        capdl_error(&input->diags, CAPDL_NOWHERE, "--external %s: the name has more than %d bytes", name, LONGEST_NAME);
    } else if (find_range(input, spec, name, &start, &end)) {
        *found = (struct pack_external){.name = name,
                                        .address = start,
                                        .size = end - start,
                                        .bytes = contents_of(&input->image.contents, start, end)};
    }
}

/* Adds a name to those of --external, unless it was given. */
static void add_once(struct options *options, const char *name)
{
    for (const char **given = options->externals; given && *given; given++) {
        if (strcmp(*given, name) == 0) {
            return;
        }
    }
    list_add(&options->externals, name);
}

bool externals_declared(struct input *input, struct options *options)
{
    const char **names;
    size_t count;
    if (!input->image.blob) {
        return true;
    }
    bool good = settings_externals(input->bytes.data, input->bytes.size, &names, &count);
    for (size_t i = 0; good && i < count; i++) {
        add_once(options, names[i]);
    }
    if (!good) {
        capdl_error(&input->diags, CAPDL_NOWHERE, "%s has a damaged section " SETTINGS_SECTION, input->name);
    }
    free(names);
    return good;
}

struct pack_external *externals_find(struct input *input, const struct options *options)
{
    struct pack_external *list = memory_zeroed(list_count(options->externals) + 1, sizeof(*list));
    struct capdl_spec spec;
    if (list_count(options->externals) == 0) {
        return list;
    }
    if (strcmp(options->output, "-") == 0) {
        capdl_error(&input->diags, CAPDL_NOWHERE, "--external writes more files beside the first, so -o must name one");
        return list;
    }
    if (!input->image.blob) {
        capdl_error(&input->diags, CAPDL_NOWHERE, "--external is for images of 'capdl compile', which %s is not",
                    input->name);
        return list;
    }
    capdl_spec_init(&spec);
    if (image_to_spec(&input->image, input->name, &spec, &input->diags)) {
        for (size_t i = 0; i < list_count(options->externals); i++) {
            find_one(input, &spec, options->externals[i], &list[i]);
        }
    }
    capdl_spec_free(&spec);
    qsort(list, list_count(options->externals), sizeof(*list), compare);
    for (size_t i = 1; i < list_count(options->externals); i++) {
        if (list[i].name && list[i - 1].name && list[i].address < list[i - 1].address + list[i - 1].size) {
            capdl_error(&input->diags, CAPDL_NOWHERE, "--external %s and --external %s are the same memory",
                        list[i - 1].name, list[i].name);
        }
    }
    return list;
}

static int write_one(const struct pack_external *external, const char *output)
{
    struct file_output file;
    char *path;
    int code = EXIT_FINE;
    if (asprintf(&path, "%s.%s.bin", output, external->name) < 0) {
        return EXIT_TROUBLE;
    }
    bool made = file_create(&file, path);
    if (made) {
        fwrite(external->bytes, 1, external->size, file.stream);
    }
    if (!made || !file_commit(&file)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", path, strerror(errno));
        code = EXIT_TROUBLE;
    } else {
        capdl_escape_printf(stderr, "capdl: load %s at 0x%" PRIx64 " before the system is started\n", path,
                            external->address);
    }
    free(path);
    return code;
}

int externals_write(const struct pack_external *list, const struct options *options)
{
    int code = EXIT_FINE;
    for (size_t i = 0; i < list_count(options->externals) && code == EXIT_FINE; i++) {
        code = write_one(&list[i], options->output);
    }
    return code;
}

void externals_free(struct pack_external *list, const struct options *options)
{
    for (size_t i = 0; i < list_count(options->externals); i++) {
        free((void *)(uintptr_t)list[i].bytes);
    }
    free(list);
}
