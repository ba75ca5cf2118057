/* SPDX-License-Identifier: BSD-2-Clause */
/* Random lists of untypeds: generous, fragmented, tiny, at the top of memory; with device memory between. */
#include "random.h"

struct window {
    uint64_t start, end;
};

/* RAM of the built-in platforms that neither kernel nor image nor the initial task's objects reach, and devices. */
static struct window ram_of(enum capdl_arch arch)
{
    switch (arch) {
    case CAPDL_ARCH_AARCH64:
        return (struct window){0x68000000, 0xb8000000};
    case CAPDL_ARCH_RISCV:
        return (struct window){0x88000000, 0xf0000000};
    default:
        return (struct window){0x4000000, 0x1c000000};
    }
}

/* On another board, the same without the end of its RAM, where the initial task's objects lie, or behind that. */
static struct window ram_on(const struct capdl_profile *p)
{
    enum { LEAST = 6 << 24, OBJECTS = 2 << 24 };
    struct window window = ram_of(p->arch);
    for (size_t i = 0; i < p->num_memory; i++) {
        const struct capdl_region *ram = &p->memory[i];
        if (ram->end <= window.start || ram->end >= window.end) {
            continue;
        }
        if (ram->end - window.start >= (uint64_t)LEAST + OBJECTS) {
            window.end = ram->end - OBJECTS;
        } else {
            window.start = ram->end;
        }
    }
    return window;
}

static struct window devices_of(enum capdl_arch arch)
{
    switch (arch) {
    case CAPDL_ARCH_AARCH64:
        return (struct window){0x10000000, 0x20000000};
    case CAPDL_ARCH_RISCV:
        return (struct window){0x10000000, 0x20000000};
    default:
        return (struct window){0xe0000000, 0xf0000000};
    }
}

/* A block at the next place in the window, or none when it is full. */
static void add_block(struct sample *s, uint64_t *cursor, uint64_t end, unsigned bits, bool device)
{
    uint64_t size = UINT64_C(1) << bits, start = (*cursor + size - 1) & ~(size - 1);
    if (s->num_untypeds == MOST_UNTYPEDS || start + size > end) {
        return;
    }
    s->untypeds[s->num_untypeds++] = (struct block){.paddr = start, .bits = (uint8_t)bits, .device = device};
    *cursor = start + size;
}

static void leave_gap(uint64_t *cursor, struct rng *r)
{
    *cursor += rng_below(r, 8) << rng_between(r, 4, 20);
}

static void add_ram(struct sample *s, struct rng *r, struct window window, unsigned count, unsigned least,
                    unsigned most)
{
    uint64_t cursor = window.start;
    for (unsigned i = 0; i < count; i++) {
        if (!rng_chance(r, 3)) {
            leave_gap(&cursor, r);
        }
        add_block(s, &cursor, window.end, (unsigned)rng_between(r, least, most), false);
    }
}

/* The last addresses, sometimes with room for the largest frames, with devices in holes. */
static void add_top(struct sample *s, struct rng *r, uint64_t top)
{
    unsigned large = rng_chance(r, 4) ? 4 : 0;
    uint64_t cursor = top - (UINT64_C(1) << (28 + large));
    while (cursor < top && s->num_untypeds < 6) {
        add_block(s, &cursor, top, (unsigned)rng_between(r, 14, 27 + large), rng_chance(r, 3));
        leave_gap(&cursor, r);
    }
    s->fit_at_boot = false;
}

static void add_devices(struct sample *s, struct rng *r)
{
    struct window window = devices_of(s->profile->arch);
    uint64_t cursor = window.start;
    for (uint64_t i = rng_below(r, 4); i > 0; i--) {
        leave_gap(&cursor, r);
        add_block(s, &cursor, window.end, (unsigned)rng_between(r, 12, 22), true);
    }
}

/* The kernel reports device memory first; the planner must not care. */
static void shuffle(struct sample *s, struct rng *r)
{
    for (size_t i = s->num_untypeds; i > 1; i--) {
        size_t j = rng_below(r, i);
        struct block other = s->untypeds[j];
        s->untypeds[j] = s->untypeds[i - 1];
        s->untypeds[i - 1] = other;
    }
}

void layout_generate(struct sample *s, struct rng *r)
{
    struct window ram = ram_on(s->profile);
    switch (rng_below(r, 8)) {
    case 0:
        add_ram(s, r, ram, 2, 26, 28);
        break;
    case 1:
        add_ram(s, r, ram, (unsigned)rng_between(r, 10, 40), 4, 14);
        add_ram(s, r, (struct window){ram.end - (UINT64_C(1) << 26), ram.end}, 2, 12, 23);
        break;
    case 2:
        add_ram(s, r, ram, (unsigned)rng_between(r, 1, 4), 10, 17);
        break;
    case 3:
        add_top(s, r, UINT64_C(1) << s->profile->pa_bits);
        break;
    default:
        add_ram(s, r, ram, (unsigned)rng_between(r, 1, 12), 12, 22);
    }
    add_devices(s, r);
    if (rng_chance(r, 4)) {
        shuffle(s, r);
    }
}

void layout_ample(struct sample *s, struct rng *r)
{
    add_ram(s, r, ram_on(s->profile), 3, 23, 25);
    add_devices(s, r);
}
