/* SPDX-License-Identifier: BSD-2-Clause */
#include "loader.h"

/* The most that a tree's own size may claim: trees can have much padding (QEMU: up to 1 MiB). */
enum { LARGEST_TREE = 0x400000, MOVE_UNIT = 64 };

struct loader loader;

void payload_open(uint64_t hardware)
{
    uintptr_t end =
        ((uintptr_t)payload + ((const struct capdl_payload *)(const void *)payload)->size + 4095) & -(uintptr_t)4096;
    loader.payload = (const void *)payload;
    loader.workspace = (void *)end;
    loader.start = (uintptr_t)head;
    loader.end = end + sizeof(*loader.workspace);
    loader.boot_hardware = hardware;
}

/* Copies the firmware's tree into the workspace, where nothing will overwrite it. */
static bool take_tree(uintptr_t address)
{
    struct tree tree;
    if (address == 0 || address % 4 || !tree_open(&tree, (const void *)address, LARGEST_TREE) ||
        tree.size > TREE_ROOM) {
        return false;
    }
    tree_copy(&tree, loader.workspace->tree);
    return tree_open(&loader.tree, loader.workspace->tree, TREE_ROOM);
}

/* Start of RAM according to the packed tree: firmware that passes no address may have left a tree there (QEMU does for
 * ELF files). */
static uintptr_t start_of_ram(void)
{
    struct tree_node node = {0};
    uint64_t address, size;
    while (tree_next(&loader.tree, &node)) {
        if (tree_has_string(tree_property(&loader.tree, &node, "device_type"), "memory") &&
            tree_reg(&loader.tree, &node, 0, &address, &size)) {
            return address;
        }
    }
    return 0;
}

/* The kernel's own tree first, so that there is a console while we search for the firmware's. */
static void tree_choose(uintptr_t given)
{
    bool have_own = tree_open(&loader.tree, payload + loader.payload->tree, loader.payload->tree_size);
    console_open(&loader.tree);
    loader.tree_of_firmware = take_tree(given) || (have_own && arch_ram_may_hold_tree() && take_tree(start_of_ram()));
    if (loader.tree_of_firmware) {
        console_open(&loader.tree);
    }
}

/* Moves the loader, once, if it is in memory that will be filled. */
static void move_to_run_address(uint64_t hardware)
{
    size_t size = loader.end - loader.start, code = payload - head, used = (uintptr_t)loader.workspace - loader.start;
    uintptr_t target = loader.payload->run_address;
    uintptr_t tree = loader.tree_of_firmware ? target + ((uintptr_t)loader.workspace->tree - loader.start) : 0;
    if (!is_filled(loader.start, loader.end)) {
        return;
    }
    if (spans_overlap(target, target + size, loader.start, loader.end) && target < loader.start + code) {
        die("loaded at %lx, where it overlaps memory to fill and is too close to its run address %lx; load it there",
            (uint64_t)loader.start, (uint64_t)target);
    }
    print("moving from %lx to %lx", (uint64_t)loader.start, (uint64_t)target);
    if (tree) {
        used = (tree - target + loader.tree.size + MOVE_UNIT - 1) & -(size_t)MOVE_UNIT;
    }
    arch_move(target, loader.start, used, tree, hardware);
}

static void version_check(void)
{
    if (loader.payload->version != CAPDL_PAYLOAD_VERSION) {
        die("the image was packed by version %lu of the tool, but this loader is of version %lu",
            (uint64_t)loader.payload->version, (uint64_t)CAPDL_PAYLOAD_VERSION);
    }
}

void loader_main(uintptr_t tree, uint64_t hardware)
{
    payload_open(hardware);
    tree_choose(tree);
    version_check();
    payload_check();
    if (tree && !loader.tree_of_firmware) {
        loader.boot_hardware = arch_core_assumed(hardware); /* started as a program, with arguments of one */
    }
    arch_core_choose(tree, loader.boot_hardware);
    move_to_run_address(loader.boot_hardware);
    print("at %lx, kernel at %lx, initialiser at %lx, device tree from %s", (uint64_t)loader.start,
          loader.payload->kernel.start, loader.payload->initialiser.start,
          loader.tree_of_firmware ? "firmware" : "image");
    memory_check();      /* the board is the one the kernel was built for */
    arch_core_prepare(); /* exception level */
    paging_build();
    arch_translation_on();
    memory_fill();
    externals_check();
    cores_start(); /* all others, up to the kernel's entry */
    print("entering the kernel");
    kernel_enter(&loader.workspace->cores[0]);
}
