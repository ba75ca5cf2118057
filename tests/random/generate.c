/* SPDX-License-Identifier: BSD-2-Clause */
/* Random specs, one declaration or capability a line. What a line needs stands in other lines of its own. */
#include "generate.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void line_add(struct generator *g, enum section section, const char *format, ...)
{
    struct sample *s = g->sample;
    va_list arguments;
    if (s->num_lines == s->capacity) {
        s->capacity = s->capacity ? s->capacity * 2 : 64;
        s->lines = realloc(s->lines, s->capacity * sizeof(*s->lines));
        if (!s->lines) {
            abort();
        }
    }
    struct line *line = &s->lines[s->num_lines++];
    *line = (struct line){.section = section};
    va_start(arguments, format);
    if (vasprintf(&line->text, format, arguments) < 0) {
        abort();
    }
    va_end(arguments);
}

struct thing *thing_add(struct generator *g, enum thing_kind kind, const char *format, ...)
{
    va_list arguments;
    if (g->num_things == MOST_THINGS) {
        return NULL;
    }
    struct thing *thing = &g->things[g->num_things++];
    *thing = (struct thing){.kind = kind};
    va_start(arguments, format);
    vsnprintf(thing->name, sizeof(thing->name), format, arguments);
    va_end(arguments);
    return thing;
}

struct thing *thing_any(struct generator *g, enum thing_kind kind)
{
    unsigned count = 0;
    struct thing *found = NULL;
    for (size_t i = 0; i < g->num_things; i++) {
        if (g->things[i].kind == kind && rng_chance(&g->r, ++count)) {
            found = &g->things[i];
        }
    }
    return found;
}

/* ---- Untypeds and addresses ---- */

static bool is_taken(const struct generator *g, uint64_t at, uint64_t size)
{
    for (size_t i = 0; i < g->num_fixed; i++) {
        if (at < g->fixed[i].end && g->fixed[i].start < at + size) {
            return true;
        }
    }
    return false;
}

/* An address for so many bytes in some untyped, seldom anywhere else; 0: none is free. */
static uint64_t pick_address(struct generator *g, unsigned bits, bool device)
{
    uint64_t size = UINT64_C(1) << bits;
    for (unsigned tries = 0; tries < 8 && g->sample->num_untypeds; tries++) {
        const struct block *u = &g->sample->untypeds[rng_below(&g->r, g->sample->num_untypeds)];
        uint64_t at = u->paddr;
        if (u->device != device) {
            continue;
        }
        if (u->bits > bits) {
            at += rng_below(&g->r, UINT64_C(1) << (u->bits - bits)) << bits;
        } else if (u->bits < bits && !rng_chance(&g->r, 8)) {
            continue;
        }
        if (rng_chance(&g->r, 40)) {
            at += size << rng_below(&g->r, 6);
        }
        at &= ~(size - 1);
        if (is_taken(g, at, size) || g->num_fixed == MOST_FIXED) {
            continue;
        }
        g->fixed[g->num_fixed++] = (struct fixed){at, at + size};
        return at;
    }
    return 0;
}

/* Children at addresses in an untyped that has one; some room is left between them, and more behind. */
static void add_children_at(struct generator *g, const struct thing *parent, uint64_t start)
{
    uint64_t at = start, half = start + (UINT64_C(1) << (parent->bits - 1));
    while (rng_chance(&g->r, 2)) {
        bool frame = rng_chance(&g->r, 2);
        unsigned bits = frame ? 12 : (unsigned)rng_between(&g->r, 4, parent->bits > 5 ? parent->bits - 1u : 4);
        at = (at + (rng_below(&g->r, 3) << bits) + (UINT64_C(1) << bits) - 1) >> bits << bits;
        if (at + (UINT64_C(1) << bits) > half) {
            return;
        }
        struct thing *o = thing_add(g, frame ? THING_FRAME : THING_UNTYPED, "at%zu", g->num_things);
        if (!o) {
            return;
        }
        o->bits = bits;
        o->fixed = true;
        if (frame) {
            line_add(g, SECTION_OBJECTS, "%s = ut { %s = frame (4k, paddr: 0x%llx) }", parent->name, o->name,
                     (unsigned long long)at);
        } else {
            line_add(g, SECTION_OBJECTS, "%s = ut { %s = ut (%u bits, paddr: 0x%llx) }", parent->name, o->name, bits,
                     (unsigned long long)at);
        }
        at += UINT64_C(1) << bits;
    }
}

static void add_untyped(struct generator *g, unsigned depth, const struct thing *parent)
{
    unsigned bits = (unsigned)rng_between(&g->r, 4, parent ? parent->bits : 16);
    uint64_t at = !parent && rng_chance(&g->r, 3) ? pick_address(g, bits, false) : 0;
    struct thing *u = thing_add(g, THING_UNTYPED, "ut%zu", g->num_things);
    if (!u) {
        return;
    }
    u->bits = bits;
    if (at) {
        line_add(g, SECTION_OBJECTS, "%s = ut (%u bits, paddr: 0x%llx)", u->name, bits, (unsigned long long)at);
    } else {
        line_add(g, SECTION_OBJECTS, "%s = ut (%u bits)", u->name, bits);
    }
    u->room = UINT64_C(1) << bits;
    if (parent) {
        line_add(g, SECTION_OBJECTS, "%s = ut { %s }", parent->name, u->name);
    }
    if (at && bits > 5 && rng_chance(&g->r, 2)) {
        u->room /= 2;
        add_children_at(g, u, at);
    }
    while (depth < 4 && rng_chance(&g->r, 3) && u->room > 16) {
        size_t number = (size_t)(u - g->things);
        add_untyped(g, depth + 1, u);
        u = &g->things[number];
        u->room -= u->room / 2;
    }
}

/* Puts what was just declared under an untyped, sometimes; mostly one that has room. */
static void maybe_cover(struct generator *g, const char *name, unsigned bits)
{
    struct thing *u = rng_chance(&g->r, 5) ? thing_any(g, THING_UNTYPED) : NULL;
    if (!u || (u->room < UINT64_C(1) << bits && !rng_chance(&g->r, 60))) {
        return;
    }
    u->room = u->room < UINT64_C(1) << bits ? 0 : u->room - (UINT64_C(1) << bits);
    line_add(g, SECTION_OBJECTS, "%s = ut { %s }", u->name, name);
}

/* ---- Plain objects ---- */

static void add_plain(struct generator *g, enum thing_kind kind, const char *prefix, const char *keyword, unsigned bits)
{
    struct thing *o = thing_add(g, kind, "%s%zu", prefix, g->num_things);
    if (!o) {
        return;
    }
    line_add(g, SECTION_OBJECTS, "%s = %s", o->name, keyword);
    maybe_cover(g, o->name, bits);
}

static void add_cnode(struct generator *g)
{
    struct thing *o = thing_add(g, THING_CNODE, "cnode%zu", g->num_things);
    if (!o) {
        return;
    }
    o->bits = (unsigned)rng_between(&g->r, 1, rng_chance(&g->r, 60) ? 16 : rng_chance(&g->r, 10) ? 12 : 7);
    line_add(g, SECTION_OBJECTS, "%s = cnode (%u bits)", o->name, o->bits);
    maybe_cover(g, o->name, o->bits + 5);
}

static void add_sc(struct generator *g)
{
    struct thing *o = thing_add(g, THING_SC, "sc%zu", g->num_things);
    if (!o) {
        return;
    }
    o->bits = (unsigned)rng_between(&g->r, 8, 10);
    uint64_t budget = rng_between(&g->r, 100, 100000),
             period = rng_chance(&g->r, 2) ? budget : budget + rng_below(&g->r, 100000);
    if (rng_chance(&g->r, 6)) {
        line_add(g, SECTION_OBJECTS, "%s = sc (%u bits)", o->name, o->bits);
    } else {
        line_add(g, SECTION_OBJECTS, "%s = sc (%u bits, period: %u, budget: %u, data: %u, refills: %u, flags: %u)",
                 o->name, o->bits, (unsigned)period, (unsigned)budget, (unsigned)rng_below(&g->r, 1000),
                 (unsigned)rng_below(&g->r, 9), (unsigned)rng_below(&g->r, 2));
    }
    maybe_cover(g, o->name, o->bits);
}

/* Bytes of the spec itself, not as many as of files. */
static size_t describe_bytes(char *text, size_t size, uint64_t offset, uint64_t *length)
{
    enum { MOST = 40 };
    *length = *length < MOST ? *length : MOST;
    size_t used = (size_t)snprintf(text, size, "{%llu %llu CDL_FrameFill_Bytes ", (unsigned long long)offset,
                                   (unsigned long long)*length);
    for (uint64_t i = 0; i < *length; i++) {
        used += (size_t)snprintf(text + used, size - used, "%02x", (unsigned)((offset + 7 * i) & 0xff));
    }
    return used + (size_t)snprintf(text + used, size - used, "}");
}

/* One to three pieces of the file, or of bytes, in order and apart. */
static void describe_fills(struct generator *g, const struct thing *o, char *text, size_t size)
{
    uint64_t bytes = UINT64_C(1) << o->bits, most = bytes < UINT64_C(1) << 21 ? bytes : UINT64_C(1) << 21, at = 0;
    size_t used = (size_t)snprintf(text, size, ", fill: [");
    for (uint64_t i = rng_between(&g->r, 1, 3); i > 0; i--) {
        uint64_t offset = at + rng_below(&g->r, (most - at) / 2), length = rng_between(&g->r, 1, 9000);
        if (length > most - offset) {
            length = most - offset;
        }
        unsigned source = (unsigned)rng_below(&g->r, 5000);
        used += (size_t)snprintf(text + used, size - used, "%s", at ? ", " : "");
        if (source % 8 == 0) {
            used += describe_bytes(text + used, size - used, offset, &length);
        } else {
            used += (size_t)snprintf(text + used, size - used, "{%llu %llu CDL_FrameFill_FileData \"data.bin\" %u}",
                                     (unsigned long long)offset, (unsigned long long)length, source);
        }
        at = offset + length;
        if (most - at < 2) {
            break;
        }
    }
    snprintf(text + used, size - used, "]");
}

/* What the kernel says: the device tree, or a PC's memory map. */
static void describe_chunk(struct generator *g, char *text, size_t size)
{
    const char *chunk = g->arch == CAPDL_ARCH_X86_64 ? "X86_MBMMAP" : "FDT";
    snprintf(text, size, ", fill: [{%u %u CDL_FrameFill_BootInfo CDL_FrameFill_BootInfo_%s %u}]",
             (unsigned)rng_below(&g->r, 2000), (unsigned)rng_between(&g->r, 1, 2000), chunk,
             (unsigned)rng_below(&g->r, 3000));
}

static void add_frame_line(struct generator *g, struct thing *o)
{
    static const char *const sizes[] = {"4k", "2M", "1G"};
    const char *size = sizes[o->bits == 12 ? 0 : o->bits == 21 ? 1 : 2];
    uint64_t at = rng_chance(&g->r, o->device ? 1 : 6) ? pick_address(g, o->bits, o->device) : 0;
    char fill[640] = "", place[64] = "";
    if (at) {
        snprintf(place, sizeof(place), ", paddr: 0x%llx", (unsigned long long)at);
    }
    if (o->device && !at) {
        o->device = false;
    }
    o->filled = !o->device && rng_chance(&g->r, 2);
    if (o->filled) {
        describe_fills(g, o, fill, sizeof(fill));
    } else if (!o->device && rng_chance(&g->r, 12)) {
        describe_chunk(g, fill, sizeof(fill));
    }
    line_add(g, SECTION_OBJECTS, "%s = frame (%s%s%s)", o->name, size, place, fill);
    o->fixed = at != 0;
    if (!at) {
        maybe_cover(g, o->name, o->bits);
    }
}

/* Frames in a row, wherever that is. */
static void add_contiguous(struct generator *g)
{
    unsigned count = (unsigned)rng_between(&g->r, 2, 9), bits = rng_chance(&g->r, 8) ? 21 : 12;
    size_t number = g->num_things;
    line_add(g, SECTION_OBJECTS, "dma%zu[%u] = frame (%s, contiguous)", number, count, bits == 12 ? "4k" : "2M");
    for (unsigned i = 0; i < count; i++) {
        struct thing *o = thing_add(g, THING_FRAME, "dma%zu[%u]", number, i);
        if (!o) {
            return;
        }
        o->bits = bits;
    }
}

static void add_frame(struct generator *g)
{
    struct thing *o = thing_add(g, THING_FRAME, "frame%zu", g->num_things);
    if (!o) {
        return;
    }
    o->bits = 12;
    if (rng_chance(&g->r, 12)) {
        o->bits = 21;
    }
    if (rng_chance(&g->r, 250)) {
        o->bits = 30;
    }
    o->device = o->bits < 30 && rng_chance(&g->r, 8);
    add_frame_line(g, o);
}

/* ---- Interrupts and what only one architecture has ---- */

static void declare_irq(struct generator *g, const char *name)
{
    unsigned which = (unsigned)rng_below(&g->r, 3);
    if (which == 0 && g->arch != CAPDL_ARCH_X86_64) {
        line_add(g, SECTION_OBJECTS, "%s = irq", name);
    } else if (g->arch == CAPDL_ARCH_AARCH64) {
        line_add(g, SECTION_OBJECTS, "%s = arm_irq (trigger: %s, target: %u)", name, which == 1 ? "edge" : "level",
                 (unsigned)rng_below(&g->r, g->sample->profile->max_nodes));
    } else if (g->arch == CAPDL_ARCH_RISCV) {
        line_add(g, SECTION_OBJECTS, "%s = riscv_irq (trigger: %s)", name, which == 1 ? "edge" : "level");
    } else if (which == 1 && g->num_irqs < 24) { /* each at a pin of its own */
        line_add(g, SECTION_OBJECTS,
                 "%s = ioapic_irq (ioapic_num: 0, ioapic_pin: %u, ioapic_level: %u, ioapic_polarity: %u)", name,
                 g->num_irqs, (unsigned)rng_below(&g->r, 2), (unsigned)rng_below(&g->r, 2));
    } else {
        line_add(g, SECTION_OBJECTS, "%s = msi_irq (msi_handle: %u, msi_pci_bus: %u, msi_pci_dev: %u, msi_pci_fun: 1)",
                 name, (unsigned)rng_below(&g->r, 8), (unsigned)rng_below(&g->r, 200), (unsigned)rng_below(&g->r, 30));
    }
}

static void add_irq(struct generator *g)
{
    struct thing *o = thing_add(g, THING_IRQ, "irq%zu", g->num_things);
    if (!o) {
        return;
    }
    /* x86-64: 16 and more are for IOAPIC and MSI, whose pins say nothing about them */
    declare_irq(g, o->name);
    line_add(g, SECTION_IRQS, "%u: %s", 20 + (g->arch == CAPDL_ARCH_AARCH64 ? 40 : 0) + g->num_irqs++, o->name);
    struct thing *n = thing_any(g, THING_NOTIFICATION);
    if (n && !rng_chance(&g->r, 4)) {
        line_add(g, SECTION_CAPS, "%s { 0: %s (RW, badge: %u) }", o->name, n->name, (unsigned)rng_below(&g->r, 100));
    }
}

static void add_special(struct generator *g)
{
    struct thing *o;
    if (g->arch == CAPDL_ARCH_X86_64) {
        if ((o = thing_add(g, THING_PORTS, "ports%zu", g->num_things)) != NULL) {
            unsigned first = 0x1000 + 0x100 * (unsigned)(o - g->things);
            line_add(g, SECTION_OBJECTS, "%s = io_ports (ports: [0x%x..0x%x])", o->name, first,
                     first + (unsigned)rng_below(&g->r, 32));
        }
    } else if (g->arch == CAPDL_ARCH_AARCH64) {
        if (!g->sample->profile->smp && rng_chance(&g->r, 2) &&
            (o = thing_add(g, THING_SGI, "sgi%zu", g->num_things)) != NULL) {
            line_add(g, SECTION_OBJECTS, "%s = arm_sgi_signal (irq: %u, target: %u)", o->name,
                     (unsigned)rng_below(&g->r, 16), (unsigned)rng_below(&g->r, 4));
        } else if (g->sample->profile->smc && rng_chance(&g->r, 2) &&
                   (o = thing_add(g, THING_SMC, "smc%zu", g->num_things)) != NULL) {
            line_add(g, SECTION_OBJECTS, "%s = smc", o->name);
        } else {
            add_plain(g, THING_VCPU, "vcpu", "vcpu", 12);
        }
    }
}

static void add_object(struct generator *g)
{
    switch (rng_below(&g->r, 15)) {
    case 0:
    case 1:
        add_plain(g, THING_ENDPOINT, "ep", "ep", 4);
        break;
    case 2:
    case 3:
        add_plain(g, THING_NOTIFICATION, "ntfn", "notification", 6);
        break;
    case 4:
        if (g->sample->profile->mcs) {
            add_plain(g, THING_REPLY, "reply", "rtreply", 5);
        }
        break;
    case 5:
        if (g->sample->profile->mcs) {
            add_sc(g);
        }
        break;
    case 6:
        add_cnode(g);
        break;
    case 7:
        add_untyped(g, 0, NULL);
        break;
    case 8:
        add_irq(g);
        break;
    case 9:
        add_special(g);
        break;
    case 10:
        if (rng_chance(&g->r, 4)) {
            add_contiguous(g);
            break;
        }
        /* fall through */
    default:
        add_frame(g);
    }
}

/* ---- A system ---- */

/* A schedule for the kernel's domains, perhaps with an end marker, perhaps started. */
static void add_schedule(struct generator *g)
{
    const struct capdl_profile *p = g->sample->profile;
    unsigned room = p->num_domain_schedules - 1, shift = (unsigned)rng_below(&g->r, room);
    unsigned count = (unsigned)rng_between(&g->r, 1, room - shift);
    char text[2000];
    size_t used = 0;
    for (unsigned i = 0; i < count && used + 80 < sizeof(text); i++) {
        bool us = rng_chance(&g->r, 2);
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s(%u, %u%s)", i ? ", " : "",
                                 (unsigned)rng_below(&g->r, p->num_domains),
                                 (unsigned)rng_between(&g->r, 1, 5000) * (us && !p->mcs ? 1000 * p->timer_tick_ms : 1),
                                 us ? " us" : " ticks");
    }
    char start[20] = "no_start";
    if (!g->real && rng_chance(&g->r, 2)) {
        snprintf(start, sizeof(start), "%u", (unsigned)rng_below(&g->r, count < 40 ? count : 1));
    }
    line_add(g, SECTION_DOMAINS, "schedule: [%s]  index_shift: %u  domain_set_start: %s", text, shift, start);
}

/* A CNode of its own for what is left, often with too few slots. */
static void add_leftovers(struct generator *g)
{
    unsigned bits = (unsigned)rng_between(&g->r, 1, 8);
    uint64_t first = rng_below(&g->r, UINT64_C(1) << bits),
             slots = rng_between(&g->r, 1, (UINT64_C(1) << bits) - first);
    line_add(g, SECTION_OBJECTS, "keeper = cnode (%u bits)", bits);
    line_add(g, SECTION_OBJECTS, "told = frame (4k)");
    line_add(g, SECTION_OBJECTS, "rest = leftover (slots: %u%s)", (unsigned)slots,
             rng_chance(&g->r, 2) ? ", devices: 1" : "");
    line_add(g, SECTION_CAPS, "keeper { %u: rest } rest { 0: told }", (unsigned)first);
}

static void generate_all(struct generator *g)
{
    unsigned size = (unsigned)rng_between(&g->r, 1, g->base ? 12 : rng_chance(&g->r, 20) ? 120 : 24);
    add_cnode(g);
    for (unsigned i = 0; i < size; i++) {
        add_object(g);
    }
    if (!g->base && rng_chance(&g->r, 150)) {
        line_add(g, SECTION_OBJECTS, "many[%u] = %s", (unsigned)rng_between(&g->r, 3000, 6000), "ep");
    }
    for (uint64_t i = rng_below(&g->r, 4); i > 0; i--) {
        space_generate(g);
    }
    for (uint64_t i = rng_below(&g->r, 5); i > 0; i--) {
        thread_generate(g);
    }
    relations_generate(g);
    caps_generate(g);
    if (g->base) {
        devices_generate(g);
    }
    if (g->sample->profile->num_domains > 1 && rng_chance(&g->r, 2)) {
        add_schedule(g);
    }
    if (rng_chance(&g->r, 3)) {
        add_leftovers(g);
    }
}

static struct sample generate(uint64_t seed, const struct capdl_profile *kernel, bool base)
{
    static struct generator g;
    struct sample s = {.seed = seed};
    memset(&g, 0, sizeof(g));
    g.r = rng_seeded(seed);
    g.sample = &s;
    g.real = kernel && !base;
    g.base = base;
    s.profile = kernel ? kernel_copy(kernel) : kernel_pick(&g.r);
    g.arch = s.profile->arch;
    s.strip = rng_chance(&g.r, 6);
    s.fit_at_boot = rng_chance(&g.r, 2);
    if (base) {
        layout_ample(&s, &g.r);
    } else if (!g.real) {
        layout_generate(&s, &g.r);
    }
    generate_all(&g);
    g.sample = NULL;
    return s;
}

struct sample sample_generate(uint64_t seed)
{
    return generate(seed, NULL, false);
}

struct sample sample_generate_for(uint64_t seed, const struct capdl_profile *kernel)
{
    return generate(seed, kernel, false);
}

struct sample sample_generate_base(uint64_t seed, const struct capdl_profile *kernel)
{
    return generate(seed, kernel, true);
}

void sample_free(struct sample *s)
{
    for (size_t i = 0; i < s->num_lines; i++) {
        free(s->lines[i].text);
    }
    free(s->lines);
    free(s->profile);
}

static bool has_lines(const struct sample *s, enum section section)
{
    for (size_t i = 0; i < s->num_lines; i++) {
        if (s->lines[i].section == section && !s->lines[i].dropped) {
            return true;
        }
    }
    return false;
}

void sample_write(const struct sample *s, FILE *out)
{
    static const char *const names[SECTION_COUNT] = {"objects", "caps", "irq maps", "domains"};
    static const char *const archs[] = {
        [CAPDL_ARCH_AARCH64] = "aarch64", [CAPDL_ARCH_RISCV] = "riscv", [CAPDL_ARCH_X86_64] = "x86_64"};
    fprintf(out, "arch %s\n", archs[s->profile->arch]);
    for (unsigned section = 0; section < SECTION_COUNT; section++) {
        if (!has_lines(s, section)) {
            continue;
        }
        fprintf(out, "%s {\n", names[section]);
        for (size_t i = 0; i < s->num_lines; i++) {
            if (s->lines[i].section == section && !s->lines[i].dropped) {
                fprintf(out, "  %s\n", s->lines[i].text);
            }
        }
        fprintf(out, "}\n");
    }
}

void sample_write_untypeds(const struct sample *s, FILE *out)
{
    for (size_t i = 0; i < s->num_untypeds; i++) {
        if (!s->untyped_dropped[i]) {
            fprintf(out, "0x%llx %u %u\n", (unsigned long long)s->untypeds[i].paddr, s->untypeds[i].bits,
                    s->untypeds[i].device);
        }
    }
}
