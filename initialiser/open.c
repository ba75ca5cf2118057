/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"
#include "message.h"
#include "phases.h"

/* Our image is dense, and its frames' capabilities are in order. The kernel put the IPC buffer after it. */
static void check_image(const struct bootinfo *bootinfo)
{
    const uint64_t pages = bootinfo->image_frames.end - bootinfo->image_frames.start;
    if (header.image_end != bootinfo->ipc_buffer) {
        die("the image ends at $, the kernel says $", header.image_end, bootinfo->ipc_buffer);
    }
    if (header.image_end - header.image_start != pages * CAPDL_PAGE_SIZE) {
        die("an image of $ bytes, not % pages", header.image_end - header.image_start, pages);
    }
}

/* The slot region at an offset from the profile. */
static struct slot_region region_at(int64_t offset)
{
    return *(const struct slot_region *)((uintptr_t)self.bootinfo + (uintptr_t)offset);
}

/*
 * A kernel makes its untypeds last. Where their region does not end at the first empty slot, something else is there:
 * MCS moves it. What we say then is printed by the number that DebugPutChar has in the other kind of kernel; how to
 * suspend ourselves is not known.
 */
static void check_kernel(int64_t *boot)
{
    enum { PUTCHAR = -9, MCS_PUTCHAR = -12 };

    if (self.untyped.end == self.bootinfo->empty.start) {
        return;
    }
    if (boot[CAPDL_BOOT_SYS_PUTCHAR]) {
        boot[CAPDL_BOOT_SYS_PUTCHAR] = PUTCHAR + MCS_PUTCHAR - boot[CAPDL_BOOT_SYS_PUTCHAR];
    }
    boot[CAPDL_BOOT_TCB_SUSPEND] = 0;
    die("the image is for the other kind of kernel, MCS or not", 0, 0);
}

/* Every core that a call refers to exists, so no call fails for lack of one. */
static void check_cores(int64_t offset)
{
    uint64_t cores = 0;
    if (offset) {
        const struct slot_region sched_control = region_at(offset);
        cores = sched_control.end - sched_control.start;
        self.first[CAPDL_REF_SCHED_CONTROL] = sched_control.start;
    }

    if (self.blob.num_cores > cores) {
        die("no SchedControl of core %, the kernel has % cores", self.blob.num_cores - 1, cores);
    }
}

void open_blob(const struct bootinfo *bootinfo)
{
    int64_t *boot = self.blob.boot;
    struct capdl_blob_error error;
    bool good;
    enter_phase(CAPDL_PHASE_OPEN);
    self.bootinfo = bootinfo;
    self.ipc_buffer = (struct ipc_buffer *)(uintptr_t)bootinfo->ipc_buffer;
    self.kept.end = &self.calls.first;
    self.kept.limit = (const struct capdl_call *)(void *)(&self.calls + 1) - 1;
    good = capdl_blob_open_for_boot(&self.blob, (const uint8_t *)(uintptr_t)header.blob_start, (size_t)header.blob_size,
                                    &error, &self.kept);
    arch_configure((uint64_t)boot[CAPDL_BOOT_FLAGS]);
    self.cnode = CAPDL_INITIAL_CNODE;
    if (!good) {
        die_blob(&error);
    }
    if (boot[CAPDL_BOOT_ARCH] != header.arch) {
        die("a blob for architecture %, not %", (uint64_t)boot[CAPDL_BOOT_ARCH], header.arch);
    }
    if (self.blob.sizes[CAPDL_SIZE_PAGES] != header.num_pages) {
        die("% pages in the blob, % here", self.blob.sizes[CAPDL_SIZE_PAGES], header.num_pages);
    }
    check_image(bootinfo);
    boot[CAPDL_BOOT_UNTYPED_OFFSET] &= -(WORD_BITS / 8); /* a damaged blob's may be inside a word */
    boot[CAPDL_BOOT_SCHEDCONTROL_OFFSET] &= -(WORD_BITS / 8);
    if (boot[CAPDL_BOOT_IOPT_LEVELS] && (uint64_t)boot[CAPDL_BOOT_IOPT_LEVELS] != bootinfo->num_iopt_levels) {
        die("I/O page tables of % levels, not %", (uint64_t)boot[CAPDL_BOOT_IOPT_LEVELS], bootinfo->num_iopt_levels);
    }
    self.first[CAPDL_REF_SLOT] = bootinfo->empty.start;
    self.first[CAPDL_REF_PAGE] = page_cap(header.pages_start);
    self.untyped = region_at(boot[CAPDL_BOOT_UNTYPED_OFFSET]);
    check_kernel(boot);
    check_cores(boot[CAPDL_BOOT_SCHEDCONTROL_OFFSET]);
}
