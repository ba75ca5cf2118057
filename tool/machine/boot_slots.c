/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots of the initial CNode, and the bootinfo that says what is in them. */
#include "boot_private.h"

void boot_write_slot(struct boot *b, uint64_t slot, struct cap cap)
{
    slot_insert_root(&b->info->root->slots[slot], cap);
}

uint64_t boot_provide(struct boot *b, struct cap cap)
{
    if (b->next_slot >= b->info->num_slots) {
        b->full = true;
        return 0;
    }
    boot_write_slot(b, b->next_slot, cap);
    return b->next_slot++;
}

unsigned boot_word_of(const struct boot *b, uint16_t offset)
{
    return offset / capdl_word_bytes(b->k->profile->arch);
}

void boot_set_word(struct boot *b, unsigned place, uint64_t word)
{
    enum capdl_arch arch = b->k->profile->arch;
    capdl_word_put(arch, b->bootinfo + place * capdl_word_bytes(arch), word);
}

void boot_set_region(struct boot *b, unsigned place, uint64_t start)
{
    boot_set_word(b, place, start);
    boot_set_word(b, place + 1, b->next_slot);
}
