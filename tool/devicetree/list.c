/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints what a board has, in the numbers that a spec wants. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devicetree/names.h"
#include "devicetree/regions.h"
#include "devicetree/tree.h"

/* One of the tree's lists by node: items[first[n]] to items[first[n + 1]] are indices of what is of node n. */
struct by_node {
    size_t *first, *items;
};

struct listing {
    const struct devicetree *tree;
    const struct node_name *names;
    struct by_node name, region, interrupt;
    bool json;
    FILE *out;
};

typedef int32_t node_of_fn(const struct listing *, size_t i);

static int32_t name_node(const struct listing *listing, size_t i)
{
    return listing->names[i].node;
}

static int32_t region_node(const struct listing *listing, size_t i)
{
    return listing->tree->regions[i].node;
}

static int32_t interrupt_node(const struct listing *listing, size_t i)
{
    return listing->tree->interrupts[i].node;
}

static void *allocate(size_t count)
{
    return memory_zeroed(count, sizeof(size_t));
}

/* Counts, then places each after those before: what is of one node stays in its order. */
static struct by_node sort_by_node(const struct listing *listing, size_t count, node_of_fn *node_of)
{
    size_t nodes = listing->tree->num_nodes;
    struct by_node index = {allocate(nodes + 2), allocate(count + 1)};
    for (size_t i = 0; i < count; i++) {
        index.first[node_of(listing, i) + 2]++;
    }
    for (size_t i = 2; i < nodes + 2; i++) {
        index.first[i] += index.first[i - 1];
    }
    for (size_t i = 0; i < count; i++) {
        index.items[index.first[node_of(listing, i) + 1]++] = i;
    }
    return index;
}

static void by_node_free(struct by_node *index)
{
    free(index->first);
    free(index->items);
}

/* Names in a tree are printable ASCII; whatever else a hostile one holds must not reach a terminal. */
static void put_text(const struct listing *listing, const char *text)
{
    for (; *text; text++) {
        bool good = *text >= ' ' && *text <= '~' && *text != '"' && *text != '\\';
        putc(good ? *text : '?', listing->out);
    }
}

static void put_string(const struct listing *listing, const char *text)
{
    const char *quote = listing->json ? "\"" : "";
    fputs(quote, listing->out);
    put_text(listing, text);
    fputs(quote, listing->out);
}

static void put_strings(const struct listing *listing, int32_t node, enum property property)
{
    for (const char *string = NULL, *next; (next = node_string(listing->tree, node, property, string)); string = next) {
        fputs(string ? ", " : "", listing->out);
        put_string(listing, next);
    }
}

static void put_names(const struct listing *listing, int32_t node)
{
    for (size_t i = listing->name.first[node]; i < listing->name.first[node + 1]; i++) {
        fputs(i > listing->name.first[node] ? ", " : "", listing->out);
        put_string(listing, listing->names[listing->name.items[i]].text);
    }
}

static const char *trigger_word(const struct interrupt *interrupt)
{
    return interrupt->edge == interrupt->level ? NULL : interrupt->edge ? "edge" : "level";
}

static const char *status_word(const struct devicetree *tree, int32_t node)
{
    const char *own = node_string(tree, node, PROPERTY_STATUS, NULL);
    bool inherited = !own || strcmp(own, "okay") == 0 || strcmp(own, "ok") == 0;
    return tree->nodes[node].working ? "okay" : inherited ? "disabled" : own;
}

static const char *const region_words[] =
    {[REGION_MEMORY] = "memory", [REGION_DEVICE] = "registers", [REGION_WINDOW] = "window"};

static void text_region(const struct listing *listing, const struct region *region)
{
    fprintf(listing->out, "  %-11s paddr 0x%" PRIx64 ", 0x%" PRIx64 " bytes\n", region_words[region->kind],
            region->start, region->last - region->start + 1);
}

static void text_interrupt(const struct listing *listing, const struct interrupt *interrupt)
{
    char path[MOST_PATH];
    const char *trigger = trigger_word(interrupt);
    if (interrupt->number == NO_NUMBER) {
        fprintf(listing->out, "  %-11s through %s\n", "interrupt",
                node_path(listing->tree, interrupt->controller, path));
    } else {
        fprintf(listing->out, "  %-11s %" PRId64 "%s%s\n", "interrupt", interrupt->number, trigger ? ", trigger " : "",
                trigger ? trigger : "");
    }
}

static void text_device(const struct listing *listing, int32_t node)
{
    char path[MOST_PATH];
    FILE *out = listing->out;
    put_text(listing, node_path(listing->tree, node, path));
    if (listing->name.first[node] < listing->name.first[node + 1]) {
        fputs(" (", out);
        put_names(listing, node);
        fputs(")", out);
    }
    fprintf(out, "%s%s\n", listing->tree->nodes[node].working ? "" : ": ",
            listing->tree->nodes[node].working ? "" : "not in use");
    if (node_string(listing->tree, node, PROPERTY_COMPATIBLE, NULL)) {
        fprintf(out, "  %-11s ", "compatible");
        put_strings(listing, node, PROPERTY_COMPATIBLE);
        putc('\n', out);
    }
    for (size_t i = listing->region.first[node]; i < listing->region.first[node + 1]; i++) {
        text_region(listing, &listing->tree->regions[listing->region.items[i]]);
    }
    for (size_t i = listing->interrupt.first[node]; i < listing->interrupt.first[node + 1]; i++) {
        text_interrupt(listing, &listing->tree->interrupts[listing->interrupt.items[i]]);
    }
}

static void json_interrupt(const struct listing *listing, const struct interrupt *interrupt)
{
    char path[MOST_PATH];
    const char *trigger = trigger_word(interrupt);
    fputs("{", listing->out);
    if (interrupt->number != NO_NUMBER) {
        fprintf(listing->out, "\"number\": %" PRId64 ", ", interrupt->number);
    }
    if (trigger) {
        fprintf(listing->out, "\"trigger\": \"%s\", ", trigger);
    }
    fputs("\"controller\": ", listing->out);
    put_string(listing, node_path(listing->tree, interrupt->controller, path));
    fputs("}", listing->out);
}

static void json_device(const struct listing *listing, int32_t node)
{
    char path[MOST_PATH];
    FILE *out = listing->out;
    fputs("{\"path\": ", out);
    put_string(listing, node_path(listing->tree, node, path));
    fputs(", \"names\": [", out);
    put_names(listing, node);
    fputs("], \"compatible\": [", out);
    put_strings(listing, node, PROPERTY_COMPATIBLE);
    fputs("], \"status\": ", out);
    put_string(listing, status_word(listing->tree, node));
    fputs(", \"regions\": [", out);
    for (size_t i = listing->region.first[node]; i < listing->region.first[node + 1]; i++) {
        const struct region *region = &listing->tree->regions[listing->region.items[i]];
        fprintf(out, "%s{\"kind\": \"%s\", \"paddr\": %" PRIu64 ", \"size\": %" PRIu64 "}",
                i > listing->region.first[node] ? ", " : "", region_words[region->kind], region->start,
                region->last - region->start + 1);
    }
    fputs("], \"interrupts\": [", out);
    for (size_t i = listing->interrupt.first[node]; i < listing->interrupt.first[node + 1]; i++) {
        fputs(i > listing->interrupt.first[node] ? ", " : "", out);
        json_interrupt(listing, &listing->tree->interrupts[listing->interrupt.items[i]]);
    }
    fputs("]}", out);
}

static bool is_device(const struct listing *listing, int32_t node)
{
    return listing->region.first[node] < listing->region.first[node + 1] ||
           listing->interrupt.first[node] < listing->interrupt.first[node + 1];
}

/* Those from `from` to before `to`. */
static void list(struct devicetree *tree, int32_t from, int32_t to, bool json, FILE *out)
{
    struct listing listing = {.tree = tree, .json = json, .out = out};
    size_t num_names;
    bool first = true;
    struct node_name *names = node_names(tree, &num_names);
    listing.names = names;
    listing.name = sort_by_node(&listing, num_names, name_node);
    listing.region = sort_by_node(&listing, tree->num_regions, region_node);
    listing.interrupt = sort_by_node(&listing, tree->num_interrupts, interrupt_node);
    fputs(json ? "[" : "", out);
    for (int32_t node = from; node < to; node++) {
        if (!is_device(&listing, node)) {
            continue;
        }
        if (json) {
            fputs(first ? "\n  " : ",\n  ", out);
            json_device(&listing, node);
        } else {
            text_device(&listing, node);
        }
        first = false;
    }
    fputs(json ? "\n]\n" : "", out);
    by_node_free(&listing.name);
    by_node_free(&listing.region);
    by_node_free(&listing.interrupt);
    free(names);
}

const char *devicetree_device_at(const struct devicetree *tree, uint64_t start, uint64_t size)
{
    enum { MOST = 8 };
    const struct region *found[MOST];
    uint64_t last = start + (size ? size - 1 : 0);
    size_t count = regions_touching(tree, start, last < start ? UINT64_MAX : last, found, MOST);
    for (size_t i = 0; i < count && i < MOST; i++) {
        if (found[i]->kind == REGION_DEVICE && found[i]->node >= 0) {
            return tree->nodes[found[i]->node].name;
        }
    }
    return NULL;
}

void devicetree_list(struct devicetree *tree, bool json, FILE *out)
{
    list(tree, 0, (int32_t)tree->num_nodes, json, out);
}

bool devicetree_list_one(struct devicetree *tree, const char *name, bool json, FILE *out, struct capdl_diags *diags)
{
    int32_t node = node_find(tree, name);
    if (node == NO_NODE) {
        capdl_error(
            diags, CAPDL_NOWHERE,
            "%s has no device '%s': expected a path such as /soc/serial@9000000, an alias or a label; --devices "
            "lists them",
            tree->name, name);
        return false;
    }
    list(tree, node, tree->nodes[node].end, json, out);
    return true;
}
