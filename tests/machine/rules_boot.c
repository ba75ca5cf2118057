/* SPDX-License-Identifier: BSD-2-Clause */
/* What an initial task finds: src/kernel/boot.c of seL4, libsel4/include/sel4/bootinfo_types.h. */
#include "world.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "profile/profile.h"

static const uint64_t *bootinfo(struct world *w)
{
    struct page_view view;
    struct table *root = vspace_of_thread(w->k, w->k->current);
    if (!vspace_translate(w->k, root, w->info.bootinfo, &view)) {
        return NULL;
    }
    return (const uint64_t *)(void *)memory_at(&w->k->memory, view.paddr, NULL);
}

static void addresses(struct world *w)
{
    const uint64_t *bi = bootinfo(w);
    EXPECT(bi[4], w->info.image_end); /* the IPC buffer is the page behind the image */
    EXPECT(w->info.bootinfo, w->info.image_end + 4096);
    EXPECT(w->k->current->regs[w->k->registers->cap], w->info.bootinfo);
    EXPECT(bi[17], w->k->profile->root_cnode_bits);
    EXPECT(bi[6], UINT64_C(1) << w->k->profile->root_cnode_bits);
    EXPECT(bi[10] - bi[9], (w->info.image_end - w->info.image_start) / 4096);
}

static void capabilities(struct world *w)
{
    const struct slot *slots = w->info.root->slots;
    EXPECT(slots[CAPDL_INITIAL_NULL].cap.type, CAP_NULL);
    EXPECT(slots[CAPDL_INITIAL_TCB].cap.type, CAP_THREAD);
    EXPECT(slots[CAPDL_INITIAL_CNODE].cap.guard_bits, 64 - w->k->profile->root_cnode_bits);
    EXPECT(slots[CAPDL_INITIAL_IO_PORT_CONTROL].cap.type,
           w->k->profile->arch == CAPDL_ARCH_X86_64 ? CAP_IO_PORT_CONTROL : CAP_NULL);
    EXPECT(slots[CAPDL_INITIAL_SC].cap.type, w->k->profile->mcs ? CAP_SCHED_CONTEXT : CAP_NULL);
    const uint64_t *bi = bootinfo(w);
    for (uint64_t i = bi[9]; i < bi[10]; i++) {
        EXPECT(slots[i].cap.data, w->info.image_start + (i - bi[9]) * 4096);
    }
    EXPECT(slots[bi[5]].cap.type, CAP_NULL);
    EXPECT(slots[bi[5] - 1].cap.type, CAP_UNTYPED);
}

/* Aligned to their sizes (on PCs where the kernel sees them: it reports 2^46 bytes at 2^39), devices before memory, all
   full until the first Retype. */
static void untypeds(struct world *w)
{
    const uint64_t *bi = bootinfo(w), *list = bi + w->k->profile->bootinfo_untyped_offset / 8;
    uint64_t ram = 0, window = w->k->profile->arch == CAPDL_ARCH_X86_64 ? -(UINT64_C(1) << 39) : 0;
    bool memory = false;
    for (uint64_t i = 0; i < list[1] - list[0]; i++) {
        uint64_t paddr = list[2 + 2 * i], bits = list[3 + 2 * i] & 0xff, device = list[3 + 2 * i] >> 8;
        const struct cap *cap = &w->info.root->slots[list[0] + i].cap;
        EXPECT(cap->paddr, paddr);
        EXPECT(cap->bits, bits);
        EXPECT(cap->data, UINT64_C(1) << bits);
        EXPECT((paddr + window) & ((UINT64_C(1) << bits) - 1), 0);
        EXPECT(memory && device, false);
        memory = memory || !device;
        ram += device ? 0 : UINT64_C(1) << bits;
    }
    EXPECT(ram > UINT64_C(400) << 20, true);
}

/* What lies between a device and RAM belongs to the device, up to the next device. */
static void devices_reach_to_memory(void)
{
    struct capdl_profile profile = *profile_builtin("aarch64");
    uint64_t start = profile.memory[0].start, end = profile.memory[profile.num_memory - 1].end;
    const struct capdl_region devices[] = {
        {0x8000000, 0x10000000}, {0x20000000, 0x30000000}, {end + 0x10000000, end + 0x20000000}};
    const struct capdl_region expected[] = {{0x8000000, 0x10000000}, {0x20000000, start}, {end, end + 0x20000000}};
    memcpy(profile.devices, devices, sizeof(devices));
    profile.num_devices = 3;
    struct world *w = world_new_profile(&profile);
    uint64_t covered[3] = {0};
    for (uint64_t slot = 0; slot < w->info.num_slots; slot++) {
        const struct cap *cap = &w->info.root->slots[slot].cap;
        for (unsigned i = 0; cap->type == CAP_UNTYPED && cap->flags & CAP_FLAG_DEVICE && i < 3; i++) {
            bool inside = cap->paddr >= expected[i].start && cap->paddr < expected[i].end;
            covered[i] += inside ? UINT64_C(1) << cap->bits : 0;
        }
    }
    for (unsigned i = 0; i < 3; i++) {
        EXPECT(covered[i], expected[i].end - expected[i].start);
    }
    world_free(w);
}

/* provide_cap: each page of the image takes a slot of the root CNode; when there is none left, the kernel stops. */
static void images_need_slots(void)
{
    EXPECT(world_boots("aarch64-12", UINT64_C(15) << 20), true);
    EXPECT(world_boots("aarch64-12", UINT64_C(16) << 20), false);
    EXPECT(world_boots("aarch64", UINT64_C(16) << 20), true);
    EXPECT(world_boots("x86_64-mcs-12", UINT64_C(16) << 20), false);
}

struct segment {
    uint64_t vaddr, memory, file;
};

/* What is said of a program with two segments; "" if it boots. */
static void expect_refusal(const struct capdl_profile *profile, struct segment first, struct segment second,
                           const char *expected)
{
    struct {
        Elf64_Ehdr header;
        Elf64_Phdr segments[2];
    } elf = {.header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                        .e_type = ET_EXEC,
                        .e_entry = first.vaddr,
                        .e_phoff = sizeof(Elf64_Ehdr),
                        .e_phentsize = sizeof(Elf64_Phdr),
                        .e_phnum = 2}};
    const struct segment *segments[] = {&first, &second};
    for (unsigned i = 0; i < 2; i++) {
        elf.segments[i] = (Elf64_Phdr){.p_type = PT_LOAD,
                                       .p_vaddr = segments[i]->vaddr,
                                       .p_memsz = segments[i]->memory,
                                       .p_filesz = segments[i]->file};
    }
    struct boot_options options = {.name = "test", .elf = (const uint8_t *)&elf, .elf_size = sizeof(elf)};
    struct boot_info info;
    struct capdl_diags diags = {NULL};
    struct kernel *k = kernel_create(profile, NULL);
    bool good = boot(k, &options, &info, &diags);
    EXPECT(good, *expected == 0);
    const char *said = diags.count ? diags.list[0].message : "";
    if (strcmp(said, expected) != 0) {
        printf("expected '%s', not '%s'\n", expected, said);
        EXPECT(false, true);
    }
    kernel_free(k);
    capdl_diags_free(&diags);
}

/* What a hostile file can ask for, and memory that is too small. */
static void programs_that_cannot_be_booted(void)
{
    const struct segment code = {0x400000, 0x1000, 0}, none = {0, 0, 0};
    const struct capdl_profile *profile = profile_builtin("aarch64");
    uint64_t top = profile->user_top;
    expect_refusal(profile, code, none, "");
    expect_refusal(profile, none, none, "test: has nothing to load");
    expect_refusal(profile, code, (struct segment){top - 0x1000, 0x1001, 0},
                   "test: has a segment that lies outside the address space");
    expect_refusal(profile, code, (struct segment){top - 0x1000, 0x1000, 0},
                   "test: the image does not fit in the memory after the kernel");
    expect_refusal(profile, (struct segment){top - 0x1000, 0x1000, 0}, none,
                   "test: the image is too high: there is no room for IPC buffer and bootinfo after it");
    expect_refusal(profile, (struct segment){top - 0x3000, 0x1000, 0}, none,
                   "test: the image is too high: there is no room for IPC buffer and bootinfo after it");
    expect_refusal(profile, (struct segment){top - 0x4000, 0x1000, 0}, none, "");

    struct capdl_profile small = *profile;
    uint64_t start = small.memory[0].start, kernel = start + 0x24a000, slots = UINT64_C(32) << small.root_cnode_bits;
    small.num_memory = 1;
    small.kernel = (struct capdl_region){0, 0};
    small.memory[0].end = kernel + 0x1000;
    expect_refusal(&small, code, none, "test: no memory is left for the initial task's CNode and page tables");
    small.memory[0].end = kernel + 0xfff;
    expect_refusal(&small, code, none, "test: the image does not fit in the memory after the kernel");
    small.memory[0].end = kernel + 0x1000 + 2 * slots + 0x20000;
    expect_refusal(&small, code, none, "");
    small.num_memory = 0;
    expect_refusal(&small, code, none, "kernel profile \"aarch64\" does not say which memory its platform has");
}

/* The kernel's device tree is there but no file; a prefix without one is fine. */
static void device_tree_that_cannot_be_read(void)
{
    const struct segment code = {0x400000, 0x1000, 0}, none = {0, 0, 0};
    struct capdl_profile profile = *profile_builtin("aarch64");
    char expected[8192], *path;
    strcpy(profile.prefix, "/tmp/capdl-prefix-XXXXXX");
    EXPECT(mkdtemp(profile.prefix) != NULL, true);
    expect_refusal(&profile, code, none, "");
    path = profile_dtb(profile.prefix);
    for (char *slash = strchr(path + strlen(profile.prefix) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(path, 0700);
        *slash = '/';
    }
    EXPECT(mkdir(path, 0700), 0);
    snprintf(expected, sizeof(expected), "%s: the kernel's device tree cannot be read: Is a directory", path);
    expect_refusal(&profile, code, none, expected);
    for (char *slash = path + strlen(path); slash - path >= (long)strlen(profile.prefix); slash = strrchr(path, '/')) {
        *slash = 0;
        rmdir(path);
    }
    free(path);
}

/* max_untypeds, max_untyped_bits: the kernel forgets what its list has no room for, and cuts what is too large. */
static void lists_of_untypeds(void)
{
    struct capdl_profile profile = *profile_builtin("aarch64");
    profile.max_untyped_bits = 24;
    struct world *w = world_new_profile(&profile);
    const uint64_t *bi = bootinfo(w), *list = bi + profile.bootinfo_untyped_offset / 8;
    uint64_t count = list[1] - list[0];
    unsigned largest = 0;
    for (uint64_t i = 0; i < count; i++) {
        largest = (list[3 + 2 * i] & 0xff) > largest ? list[3 + 2 * i] & 0xff : largest;
    }
    EXPECT(largest, 24);
    world_free(w);
    profile.max_untypeds = (uint32_t)count - 1;
    w = world_new_profile(&profile);
    list = bootinfo(w) + profile.bootinfo_untyped_offset / 8;
    EXPECT(list[1] - list[0], count - 1);
    world_free(w);
}

int main(void)
{
    programs_that_cannot_be_booted();
    device_tree_that_cannot_be_read();
    lists_of_untypeds();
    images_need_slots();
    devices_reach_to_memory();
    static const char *const profiles[] = {"aarch64",     "aarch64-mcs-12", "riscv64-12",
                                           "riscv64-mcs", "x86_64",         "x86_64-mcs-12"};
    for (unsigned i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        struct world *w = world_new(profiles[i]);
        addresses(w);
        capabilities(w);
        untypeds(w);
        world_free(w);
    }
    return failures();
}
