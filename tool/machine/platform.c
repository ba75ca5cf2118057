/* SPDX-License-Identifier: BSD-2-Clause */
/* The physical memory of the machine. */
#include "boot.h"
#include "image/forecast.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A PC with 512 MiB as firmware leaves it: the kernel uses what is above 1 MiB, but for the firmware's tables at the
 * top. */
static const struct capdl_region pc_memory = {0x100000, 0x1ffe0000};
static const struct capdl_region pc_kernel = {0x100000, 0xa13000};
/* Everything else is a device's, but for the two interrupt controllers. */
static const struct capdl_region pc_devices[] = {{0, 0x100000},
                                                 {0x1ffe0000, 0xfec00000},
                                                 {0xfec01000, 0xfee00000},
                                                 {0xfee01000, UINT64_C(1) << 47}};

enum { DEFAULT_KERNEL_SIZE = 0x24a000, MAX_DTB_SIZE = 1 << 20 };

static void pc_init(struct platform *p)
{
    p->memory[0] = pc_memory;
    p->num_memory = 1;
    p->kernel = pc_kernel;
    p->num_devices = sizeof(pc_devices) / sizeof(pc_devices[0]);
    memcpy(p->devices, pc_devices, sizeof(pc_devices));
}

/* The device tree that the kernel was built with; without one, none is passed on. */
static void read_dtb(struct platform *p, const char *prefix)
{
    char path[4200];
    snprintf(path, sizeof(path), "%s/support/kernel.dtb", prefix);
    FILE *file = prefix[0] ? fopen(path, "rb") : NULL;
    if (!file) {
        return;
    }
    p->dtb = malloc(MAX_DTB_SIZE);
    p->dtb_size = p->dtb ? fread(p->dtb, 1, MAX_DTB_SIZE, file) : 0;
    fclose(file);
}

bool platform_init(struct platform *p, const struct capdl_profile *profile, struct capdl_diags *diags)
{
    *p = (struct platform){0};
    if (profile->num_memory == 0 && capdl_architecture(profile->arch)->pc) {
        pc_init(p);
        return true;
    }
    if (profile->num_memory == 0) {
        capdl_error(diags, CAPDL_NOWHERE, "kernel profile \"%s\" does not say which memory its platform has",
                    profile->name);
        return false;
    }
    p->num_memory = profile->num_memory;
    memcpy(p->memory, profile->memory, sizeof(profile->memory[0]) * profile->num_memory);
    p->num_devices = profile->num_devices;
    for (size_t i = 0; i < p->num_devices; i++) {
        p->devices[i] = forecast_device(profile, i);
    }
    p->kernel = profile->kernel;
    if (p->kernel.start >= p->kernel.end) {
        p->kernel = (struct capdl_region){p->memory[0].start, p->memory[0].start + DEFAULT_KERNEL_SIZE};
    }
    read_dtb(p, profile->prefix);
    return true;
}

void platform_free(struct platform *p)
{
    free(p->dtb);
    p->dtb = NULL;
}

static bool parse_line(const char *line, struct untyped_desc *out)
{
    unsigned bits;
    int device, end = 0;
    if (sscanf(line, "%" SCNi64 " %u %d %n", (int64_t *)&out->paddr, &bits, &device, &end) != 3 || line[end]) {
        return false;
    }
    if (bits < MIN_UNTYPED_BITS || bits > 47 || (device != 0 && device != 1)) {
        return false;
    }
    /* On PCs, device memory is aligned where the kernel sees it: in its window, which begins at -2^39. */
    uint64_t mask = (UINT64_C(1) << bits) - 1;
    if (out->paddr & mask && !(device && ((out->paddr - (UINT64_C(1) << 39)) & mask) == 0)) {
        return false;
    }
    out->bits = (uint8_t)bits;
    out->device = device;
    return true;
}

int untypeds_read(const char *path, struct untyped_desc *list, size_t capacity, struct capdl_diags *diags)
{
    uint16_t source = capdl_diags_add_source(diags, path, NULL, 0);
    FILE *file = fopen(path, "r");
    if (!file) {
        capdl_error(diags, (struct capdl_pos){.file = source}, "cannot read the list of untypeds: %s", strerror(errno));
        return -1;
    }
    char line[256];
    size_t count = 0;
    bool good = true;
    for (uint32_t number = 1; fgets(line, sizeof(line), file); number++) {
        if (line[0] == '#' || line[strspn(line, " \t\r\n")] == 0) {
            continue;
        }
        struct capdl_pos pos = {.line = number, .file = source};
        if (count == capacity || !parse_line(line, &list[count])) {
            capdl_error(diags, pos,
                        "expected an untyped: address, log2 of its size (4 to 47), 0 or 1 for device memory; address "
                        "a multiple of the size, at most %zu lines",
                        capacity);
            good = false;
            break;
        }
        count++;
    }
    fclose(file);
    return good ? (int)count : -1;
}
