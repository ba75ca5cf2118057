/* SPDX-License-Identifier: BSD-2-Clause */
/* The untypeds a kernel gives its initial task: what is free of the platform's memory, or a list. */
#include <stdlib.h>

#include "boot_private.h"

enum { MAX_UNTYPEDS = 4096 };

static void add_untyped(struct boot *b, struct untyped_desc desc, uint64_t first)
{
    uint64_t i = b->next_slot - first;
    if (i >= b->k->profile->max_untypeds) {
        return; /* the kernel forgets them, too */
    }
    enum capdl_arch arch = b->k->profile->arch;
    uint8_t *list = b->bootinfo + b->k->profile->bootinfo_untyped_offset + bootinfo_region_bytes(arch);
    bootinfo_untyped_put(arch, list + i * bootinfo_untyped_bytes(arch),
                         (struct bootinfo_untyped){desc.paddr, desc.bits, desc.device});
    boot_provide(b, (struct cap){.type = CAP_UNTYPED,
                                 .bits = desc.bits,
                                 .flags = desc.device ? CAP_FLAG_DEVICE : 0,
                                 .paddr = desc.paddr,
                                 .data = UINT64_C(1) << desc.bits});
}

/* Untypeds are aligned by their addresses in the kernel's window on memory. Where that begins only matters on PCs,
 * whose device memory is larger. */
static void add_region(struct boot *b, struct capdl_region region, bool device, uint64_t first)
{
    uint64_t window = b->k->arch->window;
    while (region.start < region.end) {
        unsigned bits = 63u - (unsigned)__builtin_clzll(region.end - region.start);
        if (bits > b->k->profile->max_untyped_bits) {
            bits = b->k->profile->max_untyped_bits;
        }
        uint64_t seen = region.start + window;
        if (seen && bits > (unsigned)__builtin_ctzll(seen)) {
            bits = (unsigned)__builtin_ctzll(seen);
        }
        if (bits >= MIN_UNTYPED_BITS) {
            add_untyped(b, (struct untyped_desc){region.start, (uint8_t)bits, device}, first);
        }
        region.start += UINT64_C(1) << bits;
    }
}

static bool add_listed(struct boot *b, uint64_t first)
{
    struct untyped_desc *list = calloc(MAX_UNTYPEDS, sizeof(*list));
    int count = list ? untypeds_read(b->options->untypeds, list, MAX_UNTYPEDS, b->diags) : -1;
    for (int i = 0; i < count; i++) {
        uint64_t end = list[i].paddr + (UINT64_C(1) << list[i].bits);
        uint64_t available = 0;
        memory_at(&b->k->memory, list[i].paddr, &available);
        if (!list[i].device && available < end - list[i].paddr) {
            memory_add_ram(&b->k->memory, list[i].paddr, end);
        }
        add_untyped(b, list[i], first);
    }
    free(list);
    return count >= 0;
}

bool boot_make_untypeds(struct boot *b)
{
    uint64_t first = b->next_slot;
    if (b->options->untypeds) {
        if (!add_listed(b, first)) {
            return false;
        }
    } else {
        for (size_t i = 0; i < b->platform.num_devices; i++) {
            add_region(b, b->platform.devices[i], true, first);
        }
        struct capdl_region boot = {b->platform.kernel.start, b->k->profile->kernel_boot_end};
        if (boot.start < boot.end) {
            add_region(b, boot, false, first);
        }
        for (size_t i = 0; i < b->num_free; i++) {
            add_region(b, b->free[i], false, first);
        }
    }
    boot_set_region(b, boot_word_of(b, b->k->profile->bootinfo_untyped_offset), first);
    return true;
}
