/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints what a kernel is expected to report when it boots a program: forecast_program PREFIX|PROFILE PROGRAM [MAP],
   in the words of the initial task root/bootinfo.c. A built-in profile is what the emulated machine models: it hands
   over no device tree. */
#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "image/forecast.h"
#include "pack/memory_map.h"
#include "profile/profile.h"

static void span(const uint8_t *elf, struct forecast_input *input)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)(const void *)elf;
    input->image_start = UINT64_MAX;
    for (unsigned i = 0; i < header->e_phnum; i++) {
        Elf64_Phdr segment;
        memcpy(&segment, elf + header->e_phoff + i * sizeof(segment), sizeof(segment));
        if (segment.p_type == PT_LOAD) {
            uint64_t start = segment.p_vaddr & -UINT64_C(4096),
                     end = (segment.p_vaddr + segment.p_memsz + 4095) & -UINT64_C(4096);
            input->image_start = start < input->image_start ? start : input->image_start;
            input->image_end = end > input->image_end ? end : input->image_end;
        }
    }
}

int main(int argc, char **argv)
{
    static struct capdl_profile profile;
    struct capdl_diags diags = {NULL};
    struct forecast forecast;
    struct file_bytes elf;
    if (argc < 3 || !profile_find(argv[1], &profile, &diags) || !file_read(argv[2], &elf) ||
        (argc > 3 && !memory_map_apply(&profile, argv[3], &diags))) {
        capdl_diags_print(&diags, stderr, 0);
        return 2;
    }
    struct forecast_input input = {.profile = &profile, .tree_size = profile.prefix[0] ? profile.dtb_bytes : 0};
    span(elf.data, &input);
    bool good = forecast_make(&forecast, &input);
    printf("empty %" PRIx64 " %" PRIx64 "\n", forecast.first_empty, forecast.num_slots);
    printf("untypeds %" PRIx64 "\n", forecast.first_untyped);
    for (size_t i = 0; i < forecast.count; i++) {
        const struct capdl_untyped *untyped = &forecast.list[i];
        printf("%" PRIx64 " %x %x\n", untyped->address, (unsigned)untyped->size_bits, (unsigned)untyped->is_device);
    }
    puts("END");
    forecast_free(&forecast);
    file_release(&elf);
    capdl_diags_free(&diags);
    return good ? 0 : 1;
}
