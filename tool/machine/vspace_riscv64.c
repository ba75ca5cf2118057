/* SPDX-License-Identifier: BSD-2-Clause */
/* RISC-V: mapping and interrupts. Error order: src/arch/riscv/kernel/vspace.c, src/arch/riscv/object/interrupt.c of
 * seL4. */
#include "kernel.h"

enum { ATTRIBUTE_EXECUTE_NEVER = 1 };

/* The root is never unmapped. */
static enum status decode_table_unmap(struct kernel *k, struct invocation *inv)
{
    bool root = inv->cap.flags & CAP_FLAG_MAPPED && vspace_of_asid(k, inv->cap.asid) == inv->cap.object;
    return root ? fail(k, CAPDL_ERROR_REVOKE_FIRST) : table_unmap(k, inv);
}

static enum status decode_table(struct kernel *k, struct invocation *inv)
{
    if (inv->method == CAPDL_METHOD_PAGE_TABLE_UNMAP) {
        return decode_table_unmap(k, inv);
    }
    if (inv->method != CAPDL_METHOD_PAGE_TABLE_MAP) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    return table_map(k, inv);
}

/* The order of these checks is the kernel's: the range before the alignment, both before the tables. */
static enum status check_place(struct kernel *k, const struct cap *frame, uint64_t vaddr)
{
    uint64_t size = UINT64_C(1) << frame->bits;
    if (vaddr + size - 1 >= k->profile->user_top) {
        return fail_argument(k, 0);
    }
    return vaddr & (size - 1) ? fail(k, CAPDL_ERROR_ALIGNMENT_ERROR) : STATUS_OK;
}

static enum status check_entry(struct kernel *k, const struct cap *frame, uint16_t asid, uint64_t vaddr,
                               struct walk walk)
{
    if (walk.bits_left != frame->bits) {
        k->lookup_fault = lookup_missing(walk.bits_left);
        return fail_lookup(k, false);
    }
    if (frame->asid == 0) {
        return walk.pte->kind != PTE_NONE ? fail(k, CAPDL_ERROR_DELETE_FIRST) : STATUS_OK;
    }
    if (frame->asid != asid) {
        return fail_capability(k, 1);
    }
    return frame->data != vaddr ? fail_argument(k, 0) : STATUS_OK;
}

/* A page with neither right to read nor to execute is not entered at all. */
static uint8_t page_rights(enum vm_rights rights, uint64_t attributes)
{
    uint8_t execute = attributes & ATTRIBUTE_EXECUTE_NEVER ? 0 : PAGE_X;
    uint8_t access = rights == VM_READ_WRITE ? PAGE_R | PAGE_W : rights == VM_READ ? PAGE_R : 0;
    return execute | access;
}

static enum status decode_page_map(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 3 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t vaddr = invocation_argument(k, inv, 0), mask = rights_argument(invocation_argument(k, inv, 1));
    uint64_t attributes = invocation_argument(k, inv, 2);
    const struct cap *root_cap = &k->extra[0]->cap;
    if (!vspace_is_root(k, root_cap)) {
        return fail_capability(k, 1);
    }
    struct table *root;
    enum status status = vspace_of_cap(k, root_cap, 1, &root);
    if (status == STATUS_OK) {
        status = check_place(k, &inv->cap, vaddr);
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct walk walk = vspace_walk(k, root, vaddr, PAGE_BITS);
    status = check_entry(k, &inv->cap, root_cap->asid, vaddr, walk);
    if (status != STATUS_OK) {
        return status;
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    vspace_map_page(k, inv->slot, walk, root_cap->asid, vaddr,
                    page_rights(vm_rights_mask(inv->cap.rights, mask), attributes), 0);
    return STATUS_OK;
}

static enum status decode_page(struct kernel *k, struct invocation *inv)
{
    switch (inv->method) {
    case CAPDL_METHOD_PAGE_MAP:
        return decode_page_map(k, inv);
    case CAPDL_METHOD_PAGE_UNMAP:
        return frame_unmap(k, inv);
    case CAPDL_METHOD_PAGE_GET_ADDRESS:
        return frame_get_address(k, inv);
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}

static enum status decode(struct kernel *k, struct invocation *inv)
{
    switch ((enum cap_type)inv->cap.type) {
    case CAP_PAGE_TABLE:
        return decode_table(k, inv);
    case CAP_FRAME:
        return decode_page(k, inv);
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}

/* The kernel's own interrupts follow those of the controller: the timer, and two between cores. */
static uint64_t max_irq(const struct kernel *k)
{
    return k->board.last_irq + (k->profile->smp ? 3u : 1u);
}

static enum status check_irq(struct kernel *k, uint64_t irq)
{
    uint64_t max = max_irq(k);
    return irq > max || irq == 0 ? fail_range(k, 1, max) : STATUS_OK;
}

static enum status decode_irq_control(struct kernel *k, struct invocation *inv)
{
    if (inv->method != CAPDL_METHOD_IRQ_CONTROL_GET_TRIGGER) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (inv->length < 4 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t irq = invocation_argument(k, inv, 0);
    enum status status = check_irq(k, irq);
    if (status != STATUS_OK) {
        return status;
    }
    return irq_issue(k, inv, irq, invocation_argument(k, inv, 2), invocation_argument(k, inv, 3));
}

static bool was_write(uint64_t status)
{
    enum { STORE = 7 };
    return status == STORE;
}

static const char *exception_text(uint64_t number)
{
    static const char *const texts[] = {
        [0] = "misaligned program counter",
        [1] = "instruction access fault",
        [2] = "illegal or privileged instruction",
        [3] = "breakpoint instruction",
        [4] = "misaligned load",
        [5] = "load access fault",
        [6] = "misaligned store or atomic access",
        [7] = "store or AMO access fault",
    };
    return number < sizeof(texts) / sizeof(texts[0]) ? texts[number] : NULL;
}

const struct arch arch_riscv64 = {
    .decode = decode,
    .decode_irq_control = decode_irq_control,
    .check_irq = check_irq,
    .root = CAP_PAGE_TABLE,
    .was_write = was_write,
    .exception_text = exception_text,
    .cap_tags =
        {
            [CAP_FRAME - CAP_FIRST_ARCH] = 1,
            [CAP_PAGE_TABLE - CAP_FIRST_ARCH] = 3,
            [CAP_ASID_CONTROL - CAP_FIRST_ARCH] = 11,
            [CAP_ASID_POOL - CAP_FIRST_ARCH] = 13,
        },
};
