/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the boot share. */
#ifndef MACHINE_BOOT_PRIVATE_H
#define MACHINE_BOOT_PRIVATE_H

#include "profile/bootinfo.h"
#include "base/elf_view.h"
#include "boot.h"

enum { MAX_REGIONS = 64 };

struct boot {
    struct kernel *k;
    const struct boot_options *options;
    struct boot_info *info;
    struct elf_view elf;
    struct capdl_diags *diags;
    struct platform platform;
    struct capdl_region free[MAX_REGIONS];
    size_t num_free;
    uint8_t *extra;
    size_t extra_size;
    unsigned extra_bits; /* 0: no extra bootinfo */
    uint64_t root_next;  /* where the next root object goes */
    uint64_t next_slot;
    uint8_t *bootinfo; /* host address */
    struct table *vspace;
    bool full;
};

/* boot_slots.c */
void boot_write_slot(struct boot *, uint64_t slot, struct cap);
/* Puts a capability into the next slot of the initial CNode, and returns the slot. */
uint64_t boot_provide(struct boot *, struct cap);
/* The place, in words, of a member whose offset is in the profile. */
unsigned boot_word_of(const struct boot *, uint16_t offset);
/* Writes the word at this place of bootinfo, counted in words. */
void boot_set_word(struct boot *, unsigned place, uint64_t word);
/* Writes the slots from `start` to the next free one into bootinfo, at this place. */
void boot_set_region(struct boot *, unsigned place, uint64_t start);
/* boot_untypeds.c: makes all untypeds and their list in bootinfo. */
bool boot_make_untypeds(struct boot *);

#endif
