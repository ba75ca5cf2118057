/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that kernels take and no spec needs: a byte of a good image is changed, so that a word has bits that the kernel
 * ignores, or that a thread is started by a call that can fail. Patterns are CBOR, written by hand: docs/blob.md.
 */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static const char spec[] =
    "arch aarch64\n"
    "objects {\n"
    "  thread = tcb (addr: 0x205000, ip: 0x200010, sp: 0x203000, prio: 100, max_prio: 90, affinity: 0, init: [7, "
    "8])\n"
    "  cspace = cnode (4 bits)\n"
    "  top = pud  middle = pd  bottom = pt\n"
    "  code = frame (4k, fill: [{0 100 CDL_FrameFill_FileData \"code.bin\" 8}])\n"
    "  stack = frame (4k)  buffer = frame (4k)\n"
    "  endpoint = ep  budget = sc (period: 2000, budget: 1000)\n"
    "}\n"
    "caps {\n"
    "  top { 0: middle }  middle { 1: bottom }\n"
    "  bottom { 0: code (RX)  2: stack (RW)  5: buffer (RW) }\n"
    "  cspace { 1: endpoint (RWG, badge: 42)  2: thread  3: cspace (guard: 1, guard_size: 1) }\n"
    "  thread { cspace: cspace (guard: 0, guard_size: 60)  vspace: top  ipc_buffer_slot: buffer (RW)  sc_slot: "
    "budget }\n"
    "}\n";

static const struct change {
    const char *bytes; /* there once in the blob */
    size_t size, at;
    uint8_t with;
    const char *says; /* NULL: the image is good */
} changes[] = {
    /* Page_Map of the stack: address, rights, attributes */
    {"\x1a\x00\x20\x20\x00\x03\x07", 7, 6, 7, NULL},
    {"\x1a\x00\x20\x20\x00\x03\x07", 7, 5, 0x13, "Page_Map has bits that the kernel ignores"},
    {"\x1a\x00\x20\x20\x00\x03\x07", 7, 6, 5, "a page is mapped with rights or attributes that no spec gives it"},
    /* CNode_Copy of the thread to slot 2: depth, slot 5 of ours, depth 64, all rights */
    {"\x02\x04\x34\x18\x40\x0f", 6, 5, 0x0e, "copied with some only, which the kernel ignores"},
    {"\x02\x04\x34\x18\x40\x0f", 6, 0, 0x12, "a slot that its CNode does not have"},
    /* CNode_Mint of the CNode: guard 1 of 1 bit becomes 3 */
    {"\x0f\x18\x41", 3, 2, 0xc1, "a guard has more bits than its size"},
    /* TCB_WriteRegisters of slot 5: resume, 5 registers, pc, sp, spsr, x0, x1 */
    {"\x34\x87\x01\x05\x1a\x00\x20\x00\x10", 9, 2, 3, "TCB_WriteRegisters has bits that the kernel ignores"},
    {"\x34\x87\x01\x05\x1a\x00\x20\x00\x10", 9, 3, 6, "TCB_WriteRegisters could fail when threads have been started"},
    {"\x34\x87\x01\x05\x1a\x00\x20\x00\x10", 9, 3, 4, "TCB_WriteRegisters could fail when threads have been started"},
    {"\x34\x87\x01\x05\x1a\x00\x20\x00\x10", 9, 0, 0x30,
     "TCB_WriteRegisters could fail when threads have been started"},
    {"\x1a\x00\x20\x30\x00\x00\x07\x08", 8, 5, 1, "a register is set that no spec sets"},
};

static uint8_t *find(struct compiled *c, const struct change *change)
{
    uint8_t *found = NULL;
    for (size_t i = 0; i + change->size <= c->image_size; i++) {
        if (memcmp(c->image + i, change->bytes, change->size) == 0) {
            CHECK(!found, "'%s': its bytes are there twice", change->says ? change->says : "good");
            found = c->image + i;
        }
    }
    CHECK(found, "'%s': its bytes are not there", change->says ? change->says : "good");
    return found;
}

static void test(struct compiled *c, const struct change *change)
{
    struct image image;
    struct capdl_diags diags = {NULL};
    struct capdl_spec model;
    uint8_t *at = find(c, change);
    if (!at) {
        return;
    }
    at[change->at] = change->with;
    capdl_spec_init(&model);
    bool good = image_open(&image, "changed", c->image, c->image_size, &diags) &&
                image_to_spec(&image, "changed", &model, &diags);
    char *said = messages(&diags);
    CHECK(change->says ? !good && strstr(said, change->says) : good, "expected '%s', got '%s'",
          change->says ? change->says : "", said);
    at[change->at] = (uint8_t)change->bytes[change->at];
    free(said);
    capdl_spec_free(&model);
    capdl_diags_free(&diags);
}

int main(void)
{
    struct compiled c;
    write_pattern("code.bin", 1000);
    compile_text_to_image(&c, "aarch64-mcs", spec, true);
    CHECK(c.good, "does not compile");
    for (size_t i = 0; c.good && i < sizeof(changes) / sizeof(changes[0]); i++) {
        test(&c, &changes[i]);
    }
    compiled_free(&c);
    return fixture_result();
}
