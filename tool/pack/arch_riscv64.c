/* SPDX-License-Identifier: BSD-2-Clause */
/* The header of a Linux Image: Documentation/arch/riscv/boot-image-header of Linux. */
#include <string.h>

#include "arch.h"
#include "payload_parts.h"
#include "put.h"

enum { TEXT_OFFSET = 0x200000 };

/* The loader's own first instruction stays. */
static void head_linux(struct plan *plan)
{
    uint8_t *head = plan->file.bytes;
    put64(head + 8, TEXT_OFFSET);
    put64(head + 16, payload_memory_size(plan));
    put64(head + 24, 0);
    put32(head + 32, 2); /* version 0.2 */
    memcpy(head + 48, "RISCV\0\0\0", 8);
    memcpy(head + 56, "RSC\x05", 4);
}

static uint32_t flags(const struct capdl_profile *profile)
{
    (void)profile;
    return 0;
}

const struct pack_arch pack_riscv64 = {
    .qemu = "qemu-system-riscv64",
    .head_linux = head_linux,
    .uimage = 26,
    .flags = flags,
};
