/* SPDX-License-Identifier: BSD-2-Clause */
/* A blob as text, by libcbor and nothing of the project but the numbers of its items. Bad CBOR ends the test. */
#include <stdlib.h>

#include <cbor.h>

#include "fixture.h"

static cbor_item_t *at(const cbor_item_t *array, size_t i)
{
    if (!cbor_isa_array(array) || i >= cbor_array_size(array)) {
        fprintf(stderr, "the blob lacks item %zu of an array\n", i);
        exit(1);
    }
    return cbor_array_handle(array)[i];
}

static uint64_t number(const cbor_item_t *item)
{
    if (!cbor_isa_uint(item)) {
        fprintf(stderr, "the blob lacks a number\n");
        exit(1);
    }
    return cbor_get_int(item);
}

static void print_operand(FILE *out, const cbor_item_t *item)
{
    if (cbor_isa_uint(item)) {
        fprintf(out, " %#llx", (unsigned long long)cbor_get_int(item));
    } else {
        uint64_t reference = cbor_get_int(item);
        fprintf(out, " %c%llu", "spik"[reference & 3], (unsigned long long)(reference >> 2));
    }
}

/* Names of slot or page i, or "". */
static void print_table(FILE *out, const char *title, const cbor_item_t *table)
{
    for (size_t i = 0; i < cbor_array_size(table); i++) {
        const cbor_item_t *row = at(table, i);
        fputs(title, out);
        for (size_t k = 0; k < cbor_array_size(row); k++) {
            fprintf(out, " %#llx", (unsigned long long)number(at(row, k)));
        }
        putc('\n', out);
    }
}

static void print_call(FILE *out, const cbor_item_t *call, const cbor_item_t *methods, const cbor_item_t *names)
{
    size_t method = number(at(call, 0));
    uint64_t caps = number(at(at(methods, method), 1));
    const cbor_item_t *operands = at(call, 2);
    if (names) {
        const cbor_item_t *name = at(names, method);
        fprintf(out, " %.*s", (int)cbor_string_length(name), (const char *)cbor_string_handle(name));
    } else {
        fprintf(out, " #%llu", (unsigned long long)number(at(at(methods, method), 0)));
    }
    print_operand(out, at(call, 1));
    fputs(" (", out);
    for (size_t i = 0; i < cbor_array_size(operands); i++) {
        fputs(i == caps && i ? " |" : i == caps ? "|" : "", out);
        print_operand(out, at(operands, i));
    }
    fputs(" )", out);
    if (cbor_array_size(call) > 3) {
        fprintf(out, " x%llu +", (unsigned long long)number(at(call, 3)));
        for (size_t i = 0; i < cbor_array_size(at(call, 4)); i++) {
            fprintf(out, " %#llx", (unsigned long long)number(at(at(call, 4), i)));
        }
    }
}

char *blob_text(const uint8_t *blob, size_t size)
{
    struct cbor_load_result result;
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    cbor_item_t *root = cbor_load(blob, size, &result);
    if (!root || result.error.code != CBOR_ERR_NONE || result.read != size) {
        fprintf(stderr, "libcbor does not read the blob: error %d at %zu\n", result.error.code, result.error.position);
        exit(1);
    }
    print_table(out, "group", at(root, CAPDL_BLOB_ITEM_GROUPS));
    print_table(out, "fixed", at(root, CAPDL_BLOB_ITEM_FIXED));
    print_table(out, "cover", at(root, CAPDL_BLOB_ITEM_COVERS));
    print_table(out, "fill", at(root, CAPDL_BLOB_ITEM_FILLS));
    const cbor_item_t *phases = at(root, CAPDL_BLOB_ITEM_PHASES), *names = at(root, CAPDL_BLOB_ITEM_NAMES);
    const cbor_item_t *method_names = cbor_is_null(names) ? NULL : at(names, 2);
    for (size_t i = 0; i < cbor_array_size(phases); i++) {
        const cbor_item_t *calls = at(at(phases, i), 1);
        for (size_t k = 0; k < cbor_array_size(calls); k++) {
            fprintf(out, "%llu", (unsigned long long)number(at(at(phases, i), 0)));
            print_call(out, at(calls, k), at(root, CAPDL_BLOB_ITEM_METHODS), method_names);
            putc('\n', out);
        }
    }
    cbor_decref(&root);
    fclose(out);
    return text;
}
