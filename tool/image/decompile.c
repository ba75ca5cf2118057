/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The spec an image was made from. Objects come from the blob's tables, everything else from the meaning of its
 * kernel calls, in the order in which the initialiser would make them.
 */
#include <stdlib.h>
#include <string.h>

#include "image/decompile_add.h"
#include "image/program.h"
#include "image/reverse.h"

/* The method after each label. */
static void read_methods(struct reverse *r)
{
    const struct capdl_profile *profile = &r->image->profile;
    for (uint64_t i = 0; i < r->blob.counts[CAPDL_BLOB_ITEM_METHODS]; i++) {
        unsigned method = 0;
        while (method < CAPDL_METHOD_COUNT && profile->labels[method] != r->blob.methods[i].label) {
            method++;
        }
        if (method == CAPDL_METHOD_COUNT || !method_params(profile, method, &r->params[i])) {
            reverse_fail(r, "it calls a method that is not in its kernel profile");
            return;
        }
        r->methods[i] = (uint8_t)method;
        reverse_words_init(&r->params[i], r->words_used[i]);
    }
}

/* Reads one array of names in a single pass. Those that begin like the one before get a text of their own. */
static void read_names_of(struct reverse *r, enum capdl_blob_named named, struct capdl_blob_name *names)
{
    struct capdl_blob_names cursor;
    struct capdl_blob_name name;
    uint64_t at = 0, count;
    capdl_blob_names_start(&cursor, &r->blob, named);
    while (capdl_blob_next_name(&cursor, &name, &count)) {
        if (name.text && !cursor.outside) {
            name.text = memcpy(capdl_spec_alloc(r->spec, name.length), name.text, name.length);
        }
        for (uint64_t i = 0; i < count; i++, name.index++) {
            names[at++] = name;
        }
    }
}

static void read_names(struct reverse *r)
{
    struct capdl_cbor c = {r->blob.bytes + r->blob.items[CAPDL_BLOB_ITEM_NAMES], r->blob.bytes + r->blob.size, NULL};
    r->slot_names = memory_zeroed(r->blob.sizes[CAPDL_SIZE_SLOTS] + r->blob.num_direct, sizeof(*r->slot_names));
    r->page_names = memory_zeroed(r->blob.sizes[CAPDL_SIZE_PAGES], sizeof(*r->page_names));
    r->named = c.at != c.end && !capdl_cbor_null(&c);
    if (r->named) {
        read_names_of(r, CAPDL_BLOB_NAMED_SLOTS, r->slot_names);
        read_names_of(r, CAPDL_BLOB_NAMED_PAGES, r->page_names);
    }
}

static void reverse_free(struct reverse *r)
{
    free(r->slot_names);
    free(r->page_names);
    free(r->slots);
    free(r->pages);
    free(r->cores);
    free(r->addresses);
    free(r->tables);
}

static void run(struct reverse *r)
{
    static void (*const steps[])(struct reverse *) = {
        read_methods, read_names, reverse_objects, reverse_pages, reverse_fills, reverse_calls, reverse_leftovers,
    };
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !r->failed; i++) {
        steps[i](r);
    }
}

bool image_to_spec(const struct image *image, const char *name, struct capdl_spec *spec, struct capdl_diags *diags)
{
    struct reverse r = {.image = image, .name = name, .spec = spec, .diags = diags};
    if (!image_blob(image, &r.blob)) {
        reverse_fail(&r, "it has no blob");
        return false;
    }
    spec->arch = image->profile.arch;
    spec->has_arch = true;
    run(&r);
    reverse_free(&r);
    return !r.failed;
}
