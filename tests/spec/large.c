/* SPDX-License-Identifier: BSD-2-Clause */
#include "large.h"

#include <string.h>

/* A CNode's bits for so many slots. */
static unsigned bits_for(unsigned count)
{
    unsigned bits = 1;
    while (1u << bits < count) {
        bits++;
    }
    return bits;
}

/* Many small objects, each with a capability. */
static void write_objects(FILE *out, unsigned count)
{
    fprintf(out, "objects {\nc = cnode (%u bits)\n", bits_for(count));
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, "object_%u = ep\n", i);
    }
    fputs("}\ncaps {\nc {\n", out);
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, "%u: object_%u (RW)\n", i, i);
    }
    fputs("}\n}\n", out);
}

static void write_long_names(FILE *out, unsigned count)
{
    fprintf(out, "objects {\nc = cnode (%u bits)\n", bits_for(count));
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, "component_instance_interface_endpoint_object_%u = ep\n", i);
    }
    fputs("}\ncaps {\nc {\n", out);
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, "0x%x: component_instance_interface_endpoint_object_%u (RWG)\n", i, i);
    }
    fputs("}\n}\n", out);
}

/* One CNode with very many capabilities to one object. */
static void write_badges(FILE *out, unsigned count)
{
    fprintf(out, "objects {\nc = cnode (%u bits)\ne = ep\n}\ncaps {\nc {\n", bits_for(count));
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, "%u: e (RW, badge: %u)\n", i, i + 1);
    }
    fputs("}\n}\n", out);
}

static void write_two_cnodes(FILE *out, unsigned count, const char *first, const char *second)
{
    fprintf(out, "objects {\nc = cnode (%1$u bits)\nd = cnode (%1$u bits)\ne = ep\n}\ncaps {\nc {\n", bits_for(count));
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, first, i, i);
    }
    fputs("}\nd {\n", out);
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, second, i, i);
    }
    fputs("}\n}\n", out);
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void write_copies(FILE *out, unsigned count)
{
    write_two_cnodes(out, count / 2, "%u: x%u = e (RW)\n", "%u: <x%u> (masked: R)\n");
}

static void write_derivations(FILE *out, unsigned count)
{
    write_two_cnodes(out, count / 2, "%u: x%u = e (RW)\n", "%u: e (R) - child_of x%u\n");
}

/* Untypeds inside each other, 62 objects in each, all on one line. */
static void write_covers(FILE *out, unsigned count)
{
    fputs("objects {\n", out);
    for (unsigned i = 0; i < count / 64; i++) {
        fprintf(out, "outer_%u = ut (20 bits) { inner_%u = ut (19 bits) {", i, i);
        for (unsigned j = 0; j < 62; j++) {
            fprintf(out, " object_%u_%u = ep", i, j);
        }
        fputs(" } }\n", out);
    }
    fputs("}\n", out);
}

/* An address space: page tables with 512 frames each at physical addresses. */
static void write_frames(FILE *out, unsigned count)
{
    unsigned tables = (count + 511) / 512, directories = (tables + 511) / 512;
    fputs("objects {\nc = cnode (4 bits)\ntop = pud\nt = tcb\n", out);
    for (unsigned i = 0; i < directories; i++) {
        fprintf(out, "pd_%u = pd\n", i);
    }
    for (unsigned i = 0; i < tables; i++) {
        fprintf(out, "pt_%u = pt\n", i);
    }
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, "frame_%u = frame (4k, paddr: 0x%llx)\n", i, 0x80000000ull + 4096ull * i);
    }
    fputs("}\ncaps {\nc {\n1: t\n}\nt {\ncspace: c\nvspace: top\n}\ntop {\n", out);
    for (unsigned i = 0; i < directories; i++) {
        fprintf(out, "%u: pd_%u\n", i, i);
    }
    for (unsigned i = 0; i < tables; i++) {
        fprintf(out, i % 512 ? "%u: pt_%u\n" : "}\npd_%3$u {\n%1$u: pt_%2$u\n", i % 512, i, i / 512);
    }
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, i % 512 ? "0x%x: frame_%u (RW)\n" : "}\npt_%3$u {\n0x%1$x: frame_%2$u (RW)\n", i % 512, i,
                i / 512);
    }
    fputs("}\n}\n", out);
}

/* Threads with what belongs to each, seven objects; four are in one address space: kernels have at most 65536. */
static void write_threads(FILE *out, unsigned count)
{
    enum { SHARING = 4 };

    fputs("objects {\n", out);
    for (unsigned i = 0; i < count / 8; i++) {
        if (i % SHARING == 0) {
            fprintf(out, "vspace_%u = pud\n", i / SHARING);
        }
        fprintf(out,
                "tcb_%1$u = tcb (ip: 0x%2$x, sp: 0x7f000, prio: 100, max_prio: 100, affinity: 0, init: [1, 2])\n"
                "cnode_%1$u = cnode (4 bits)\nstack_%1$u = frame (4k)\nntfn_%1$u = notification\n"
                "sc_%1$u = sc (7 bits, period: 10000, budget: 1000)\nep_%1$u = ep\nreply_%1$u = rtreply\n",
                i, 0x400000 + i * 64);
    }
    fputs("}\ncaps {\n", out);
    for (unsigned i = 0; i < count / 8; i++) {
        fprintf(out,
                "tcb_%1$u {\ncspace: cnode_%1$u (guard: 0, guard_size: 60)\nvspace: vspace_%3$u\nsc_slot: sc_%1$u\n"
                "fault_ep_slot: ep_%2$u (WG, badge: %1$u)\n}\ncnode_%1$u {\n0x1: ep_%1$u (RWG)\n0x2: ntfn_%1$u (R)\n"
                "0x3: reply_%1$u\n0x4: stack_%1$u (RW)\n}\n",
                i, (i + 1) % (count / 8), i / SHARING);
    }
    fputs("}\n", out);
}

/* As few bytes as can be for each object and capability, on two lines. */
static void write_terse(FILE *out, unsigned count)
{
    fprintf(out, "objects { c=cnode(%u bits) ", bits_for(count));
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, "e%u=ep ", i);
    }
    fputs("}\ncaps { c { ", out);
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, "e%u ", i);
    }
    fputs("} }\n", out);
}

/* All objects by one declaration: their memory has nothing to do with the text. */
static void write_array(FILE *out, unsigned count)
{
    fprintf(out, "objects { c = cnode (%u bits)  e[%u] = ep }\ncaps { c { e[] (RW) } }\n", bits_for(count), count);
}

static const struct large_style styles[] = {
    {"objects", write_objects, 2.3}, {"long-names", write_long_names, 1.4},   {"badges", write_badges, 1.8},
    {"copies", write_copies, 2.9},   {"derivations", write_derivations, 3.6}, {"covers", write_covers, 3.7},
    {"frames", write_frames, 1.7},   {"threads", write_threads, 2.5},         {"terse", write_terse, 5.2},
    {"array", write_array, 0},
};

enum { NUM_STYLES = sizeof(styles) / sizeof(styles[0]) };

const struct large_style *large_style(size_t i)
{
    return i < NUM_STYLES ? &styles[i] : NULL;
}

const struct large_style *large_style_find(const char *name)
{
    for (size_t i = 0; i < NUM_STYLES; i++) {
        if (!strcmp(styles[i].name, name)) {
            return &styles[i];
        }
    }
    return NULL;
}

void large_write(const struct large_style *style, FILE *out, unsigned count)
{
    fputs("arch aarch64\n", out);
    style->write(out, count);
}
