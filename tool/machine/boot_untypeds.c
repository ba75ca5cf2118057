/* SPDX-License-Identifier: BSD-2-Clause */
/* The untypeds a kernel gives its initial task: what is free of the platform's memory, or a list. */
#include <stdlib.h>

#include "boot_private.h"
#include "image/arch.h"
#include "image/forecast.h"

static void add_untyped(struct boot *b, struct capdl_untyped desc, uint64_t first)
{
    uint64_t i = b->next_slot - first;
    if (i >= b->k->profile->max_untypeds) {
        return; /* the kernel forgets them, too */
    }
    enum capdl_arch arch = b->k->profile->arch;
    uint8_t *list = b->bootinfo + b->k->profile->bootinfo_untyped_offset + bootinfo_region_bytes(arch);
    bootinfo_untyped_put(arch, list + i * bootinfo_untyped_bytes(arch),
                         (struct bootinfo_untyped){desc.address, desc.size_bits, desc.is_device});
    boot_provide(b, (struct cap){.type = CAP_UNTYPED,
                                 .bits = desc.size_bits,
                                 .flags = desc.is_device ? CAP_FLAG_DEVICE : 0,
                                 .paddr = desc.address,
                                 .data = UINT64_C(1) << desc.size_bits});
}

/* Untypeds are aligned by their addresses in the kernel's window on physical memory. */
static void add_region(struct boot *b, struct capdl_region region, bool device, uint64_t first)
{
    uint64_t window = image_arch(b->k->profile->arch)->window_start(b->k->profile);
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
            add_untyped(b, (struct capdl_untyped){.address = region.start, .size_bits = bits & 63, .is_device = device},
                        first);
        }
        region.start += UINT64_C(1) << bits;
    }
}

static bool add_listed(struct boot *b, uint64_t first)
{
    struct capdl_untyped *list;
    size_t count;
    bool good = untypeds_read(b->k->profile, b->options->untypeds, &list, &count, b->diags);
    for (size_t i = 0; good && i < count; i++) {
        uint64_t end = list[i].address + (UINT64_C(1) << list[i].size_bits);
        uint64_t available = 0;
        memory_at(&b->k->memory, list[i].address, &available);
        if (!list[i].is_device && available < end - list[i].address) {
            memory_add_ram(&b->k->memory, list[i].address, end);
        }
        add_untyped(b, list[i], first);
    }
    free(list);
    return good;
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
