/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "base/datadir.h"
#include "devicetree/devicetree.h"
#include "arch.h"
#include "plan.h"
#include "base/fdt_check.h"
#include "profile/profile.h"

static bool check_platform(struct plan *plan)
{
    if (capdl_architecture(plan->profile->arch)->pc) {
        capdl_error(plan->diags, CAPDL_NOWHERE,
                    "kernel %s is started by multiboot, without our loader: give the kernel to the machine's boot "
                    "loader, with the image as its first module",
                    plan->profile->name);
        return false;
    }
    if (plan->profile->max_nodes > CAPDL_PAYLOAD_CORES) {
        capdl_error(plan->diags, CAPDL_NOWHERE, "kernel %s waits for %u cores, but the loader can start only %d",
                    plan->profile->name, plan->profile->max_nodes, CAPDL_PAYLOAD_CORES);
        return false;
    }
    if (!pack_format_is_for(plan->options->format, plan->profile->arch)) {
        char formats[PACK_FORMAT_LIST];
        capdl_error(plan->diags, CAPDL_NOWHERE, "format %s is not for kernel %s: expected %s",
                    pack_format_name(plan->options->format), plan->profile->name,
                    pack_format_list(plan->profile->arch, formats));
        return false;
    }
    return true;
}

static bool open_loader(struct plan *plan)
{
    char name[64];
    snprintf(name, sizeof(name), "loader-%s.elf", capdl_architecture(plan->profile->arch)->kernel);
    plan->loader_path = plan->options->loader ? strdup(plan->options->loader) : data_find("loader", name);
    if (!plan->loader_path) {
        capdl_error(plan->diags, CAPDL_NOWHERE,
                    "cannot find %s, the prebuilt boot loader; looked in %s (set CAPDL_DATA_DIR to the "
                    "directory that has it)",
                    name, data_directories());
        return false;
    }
    if (!file_read(plan->loader_path, &plan->loader_file)) {
        capdl_error(plan->diags, CAPDL_NOWHERE, "%s: the boot loader cannot be read: %s", plan->loader_path,
                    strerror(errno));
        return false;
    }
    if (!loads_open(&plan->loader, plan->loader_path, plan->loader_file.data, plan->loader_file.size,
                    plan->profile->arch, plan->diags)) {
        return false;
    }
    if (plan->loader.count != 1 || plan->loader.start != 0 || plan->loader.list[0].file_size % 4096 ||
        plan->loader.entry % 4) {
        capdl_error(plan->diags, CAPDL_NOWHERE,
                    "%s: is a program, but not this tool's boot loader (one segment of whole pages at address 0)",
                    plan->loader_path);
        return false;
    }
    return true;
}

/* The device tree, packed. All of it is checked here, so the loader and the kernel get a valid one. */
static bool pack_tree(struct plan *plan, const char *name, const uint8_t *bytes, size_t size)
{
    int error = fdt_check(bytes, size) ? 0 : -FDT_ERR_BADSTRUCTURE;
    if (error == 0) {
        plan->tree = malloc(size + 64);
        error = plan->tree ? fdt_open_into(bytes, plan->tree, (int)size + 64) : -FDT_ERR_NOSPACE;
    }
    if (error == 0) {
        error = fdt_pack(plan->tree);
    }
    if (error) {
        capdl_error(plan->diags, CAPDL_NOWHERE,
                    "%s: is not a valid device tree: %s; it is truncated or damaged, so make or copy it again", name,
                    fdt_strerror(error));
        return false;
    }
    plan->tree_size = fdt_totalsize(plan->tree);
    ram_read(plan);
    return true;
}

/* A device tree that the user gives must be of the board that the kernel was built for. */
static bool check_board(struct plan *plan, const struct pack_file *dtb)
{
    struct devicetree *tree = devicetree_read(dtb->name, plan->tree, plan->tree_size, plan->diags);
    bool good = tree && devicetree_is_for(tree, plan->profile, plan->diags);
    devicetree_free(tree);
    return good;
}

static bool open_tree(struct plan *plan)
{
    const struct pack_file *dtb = &plan->options->dtb;
    if (dtb->bytes) {
        return pack_tree(plan, dtb->name, dtb->bytes, dtb->size) && check_board(plan, dtb);
    }
    if (!plan->profile->dtb_bytes && profile_is_board(plan->profile->prefix)) {
        tree_make(plan);
        return true;
    }
    plan->tree_path = profile_dtb(plan->profile->prefix);
    if (!file_read(plan->tree_path, &plan->tree_file)) {
        capdl_error(plan->diags, CAPDL_NOWHERE, "%s: the kernel's device tree cannot be read: %s", plan->tree_path,
                    strerror(errno));
        return false;
    }
    return pack_tree(plan, plan->tree_path, plan->tree_file.data, plan->tree_file.size);
}

static bool read_config(struct plan *plan)
{
    struct json_object *config = config_open(plan->profile, plan->diags);
    if (config) {
        plan->first_hart = (uint32_t)config_number(config, "FIRST_HART_ID", 0);
        plan->physical_bits = config_on(config, "ARM_PA_SIZE_BITS_44") ? 44 : 40;
    }
    config_close(config);
    return config != NULL;
}

/* The loader maps the kernel in blocks of 2 MiB, with a constant offset between virtual and physical addresses. */
static bool check_kernel(struct plan *plan)
{
    const struct loads *kernel = &plan->kernel.loads;
    uint64_t distance = kernel->vstart - kernel->start;
    for (size_t i = 0; i < kernel->count; i++) {
        if (kernel->list[i].vaddr - kernel->list[i].paddr != distance) {
            capdl_error(plan->diags, CAPDL_NOWHERE,
                        "%s: its segments are shifted by different distances from physical to virtual addresses; "
                        "not a kernel this loader can map",
                        kernel->name);
            return false;
        }
    }
    if (distance % 0x200000) {
        capdl_error(plan->diags, CAPDL_NOWHERE,
                    "%s: starts at 0x%llx, for addresses from 0x%llx on: expected two that are equal modulo 2 MiB",
                    kernel->name, (unsigned long long)kernel->start, (unsigned long long)kernel->vstart);
        return false;
    }
    if (kernel->entry < kernel->vstart || kernel->entry >= kernel->vend) {
        capdl_error(plan->diags, CAPDL_NOWHERE, "%s: its entry point 0x%llx is outside its segments", kernel->name,
                    (unsigned long long)kernel->entry);
        return false;
    }
    return true;
}

bool inputs_open(struct plan *plan)
{
    const struct pack_file *image = &plan->options->image;
    return check_platform(plan) && kernel_open(&plan->kernel, plan->profile, plan->diags) && check_kernel(plan) &&
           read_config(plan) &&
           loads_open(&plan->image, image->name, image->bytes, image->size, plan->profile->arch, plan->diags) &&
           open_loader(plan) && open_tree(plan);
}

void inputs_close(struct plan *plan)
{
    loads_close(&plan->image);
    loads_close(&plan->loader);
    if (plan->kernel.path) {
        kernel_close(&plan->kernel);
    }
    if (plan->loader_file.data) {
        file_release(&plan->loader_file);
    }
    if (plan->tree_file.data) {
        file_release(&plan->tree_file);
    }
    free(plan->loader_path);
    free(plan->tree_path);
    free(plan->tree);
    free(plan->regions);
    free(plan->stored.bytes);
    free(plan->kept.bytes);
    free(plan->file.bytes);
}
