/* SPDX-License-Identifier: BSD-2-Clause */
#include "microkit_placed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/escape.h>

#include "base/memory.h"
#include "image/slot_names.h"

static const char title[] = "# Objects in memory";

enum { LONGEST_NAME = 255 };

void placed_add(void *context, const struct capdl_blob_name *name, uint64_t address, unsigned size_bits)
{
    struct placed_list *placed = context;
    char text[LONGEST_NAME + 1];
    if (!slot_name_text(name, text, sizeof(text))) {
        return;
    }
    uint32_t object = capdl_spec_find(placed->spec, text, name->is_element ? (uint32_t)name->index : CAPDL_NO_INDEX);
    if (object != CAPDL_NO_OBJECT) {
        placed->list = memory_grow(placed->list, &placed->capacity, placed->count + 1, sizeof(*placed->list));
        placed->list[placed->count++] = (struct placed){object, size_bits, address};
    }
}

static int compare(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    return x->address < y->address ? -1 : x->address > y->address;
}

void placed_write(struct placed_list *placed, FILE *out)
{
    if (placed->count) {
        qsort(placed->list, placed->count, sizeof(*placed->list), compare);
    }
    fprintf(out, "%s\n\n    %-18s  %10s  %-12s  %s\n", title, "address", "bytes", "kind", "name");
    for (size_t i = 0; i < placed->count; i++) {
        const struct placed *p = &placed->list[i];
        char label[LONGEST_NAME + 16];
        fprintf(out, "    0x%016" PRIx64 "  %10" PRIu64 "  %-12s  ", p->address, UINT64_C(1) << p->size_bits,
                capdl_kind_keyword((enum capdl_kind)capdl_object_kind(placed->spec, p->object)));
        capdl_escape_printf(out, "%s\n", capdl_object_label(placed->spec, p->object, label, sizeof(label)));
    }
    putc('\n', out);
}

void placed_free(struct placed_list *placed)
{
    free(placed->list);
    *placed = (struct placed_list){NULL};
}

/* "name" or "name[index]" */
static uint32_t find(const struct capdl_spec *spec, char *label)
{
    uint32_t index = CAPDL_NO_INDEX;
    char *bracket = strchr(label, '[');
    if (bracket) {
        index = (uint32_t)strtoul(bracket + 1, NULL, 10);
        *bracket = 0;
    }
    return capdl_spec_find(spec, label, index);
}

/* A line of the table; false: it is none, or of an object that the spec does not have. */
static bool read_line(const struct capdl_spec *spec, const char *line, uint64_t *addresses)
{
    uint64_t address, bytes;
    char kind[32], label[LONGEST_NAME + 16];
    if (sscanf(line, " %" SCNx64 " %" SCNu64 " %31s %270s", &address, &bytes, kind, label) != 4) {
        return false;
    }
    uint32_t object = find(spec, label);
    if (object != CAPDL_NO_OBJECT) {
        addresses[object] = address;
    }
    return object != CAPDL_NO_OBJECT;
}

/* The lines of the table: after its title, an empty line and the heads of its columns, up to an empty line. */
static bool read_table(const struct capdl_spec *spec, FILE *file, uint64_t *addresses, struct capdl_pos *at,
                       struct capdl_diags *diags)
{
    enum { FIRST_ROW = 3 };
    char *line = NULL;
    size_t size = 0, row = 0;
    bool good = true;
    while (good && getline(&line, &size, file) > 0) {
        at->line++;
        row += row > 0 || strncmp(line, title, strlen(title)) == 0;
        if (row > FIRST_ROW && *line == '\n') {
            break;
        }
        if (row > FIRST_ROW && !read_line(spec, line, addresses)) {
            line[strcspn(line, "\n")] = 0;
            capdl_error(diags, *at, "'%s' is no object of the image's spec with its address", line);
            good = false;
        }
    }
    free(line);
    if (good && row == 0) {
        capdl_error(diags, (struct capdl_pos){.file = at->file},
                    "there are no addresses of objects: a report of 'capdl microkit' has them under '%s', for x86-64 "
                    "if it is made with --memory-map",
                    title);
    }
    return good && row > 0;
}

uint64_t *placed_read(const struct capdl_spec *spec, const char *path, struct capdl_diags *diags)
{
    struct capdl_pos at = {.file = capdl_diags_add_source(diags, path, NULL, 0)};
    FILE *file = fopen(path, "r");
    if (!file) {
        capdl_error(diags, at, "cannot be read: %s", strerror(errno));
        return NULL;
    }
    uint64_t *addresses = memory_zeroed(spec->num_objects, sizeof(*addresses));
    memset(addresses, 0xff, spec->num_objects * sizeof(*addresses));
    if (!read_table(spec, file, addresses, &at, diags)) {
        free(addresses);
        addresses = NULL;
    }
    fclose(file);
    return addresses;
}
