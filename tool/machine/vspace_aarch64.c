/* SPDX-License-Identifier: BSD-2-Clause */
/* AArch64: mapping, caches, interrupts. Error order: src/arch/arm/64/kernel/vspace.c, src/arch/arm/object/interrupt.c
 * of seL4. */
#include "kernel.h"

enum { ATTRIBUTE_CACHED = 1, ATTRIBUTE_EXECUTE_NEVER = 4 };

/* The kernel's USER_TOP is inclusive; the profile has the first address outside. */
static uint64_t user_top(const struct kernel *k)
{
    return k->profile->user_top - 1;
}

static enum status decode_table(struct kernel *k, struct invocation *inv)
{
    if (inv->method == CAPDL_METHOD_PAGE_TABLE_UNMAP) {
        return table_unmap(k, inv);
    }
    if (inv->method != CAPDL_METHOD_PAGE_TABLE_MAP) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    return table_map(k, inv);
}

/* A page without rights is mapped, but for the kernel only; it can be executed all the same. */
static uint8_t page_rights(enum vm_rights rights, uint64_t attributes)
{
    uint8_t execute = attributes & ATTRIBUTE_EXECUTE_NEVER ? 0 : PAGE_X;
    return execute | (rights != VM_NONE ? PAGE_R : 0) | (rights == VM_READ_WRITE ? PAGE_W : 0);
}

static enum status check_remap(struct kernel *k, const struct cap *frame, uint16_t asid, uint64_t vaddr)
{
    if (frame->asid == 0) {
        return vaddr + (UINT64_C(1) << frame->bits) - 1 > user_top(k) ? fail_argument(k, 0) : STATUS_OK;
    }
    if (frame->asid != asid) {
        return fail_capability(k, 1);
    }
    return frame->data != vaddr ? fail_argument(k, 0) : STATUS_OK;
}

static enum status decode_page_map(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 3 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t vaddr = invocation_argument(k, inv, 0), attributes = invocation_argument(k, inv, 2);
    enum vm_rights rights = vm_rights_mask(inv->cap.rights, rights_argument(invocation_argument(k, inv, 1)));
    const struct cap *root_cap = &k->extra[0]->cap;
    if (!vspace_is_root(k, root_cap)) {
        return fail_capability(k, 1);
    }
    struct table *root;
    enum status status = vspace_of_cap(k, root_cap, 1, &root);
    if (status != STATUS_OK) {
        return status;
    }
    if (vaddr & ((UINT64_C(1) << inv->cap.bits) - 1)) {
        return fail(k, CAPDL_ERROR_ALIGNMENT_ERROR);
    }
    status = check_remap(k, &inv->cap, root_cap->asid, vaddr);
    if (status != STATUS_OK) {
        return status;
    }
    struct walk walk = vspace_walk(k, root, vaddr, PAGE_BITS);
    if (walk.bits_left != inv->cap.bits) {
        k->lookup_fault = lookup_missing(walk.bits_left);
        return fail_lookup(k, false);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    vspace_map_page(k, inv->slot, walk, root_cap->asid, vaddr, page_rights(rights, attributes),
                    (uint8_t)(attributes & ATTRIBUTE_CACHED));
    return STATUS_OK;
}

static bool is_unify(enum capdl_method method)
{
    return method == CAPDL_METHOD_PAGE_UNIFY_INSTRUCTION || method == CAPDL_METHOD_VSPACE_UNIFY_INSTRUCTION;
}

/* What was written back is only kept for the initial thread: it only matters for the boot. */
static void flush(struct kernel *k, enum capdl_method method, uint64_t paddr, uint64_t size)
{
    bool unify = is_unify(method);
    bool cleans = method != CAPDL_METHOD_PAGE_INVALIDATE_DATA && method != CAPDL_METHOD_VSPACE_INVALIDATE_DATA;
    if (unify && k->host.code_changed) {
        k->host.code_changed(k->host.context);
    }
    if (cleans && k->current == k->initial) {
        caches_write_back(&k->caches, &k->memory, unify ? CACHE_CODE : CACHE_DATA, paddr, size);
    }
}

/* An EL1 kernel uses the user's mapping for the operation, so it must still be the frame's. */
static enum status check_flush_mapping(struct kernel *k, struct invocation *inv, struct table *root)
{
    struct walk walk = vspace_walk(k, root, inv->cap.data, PAGE_BITS);
    if (walk.bits_left != inv->cap.bits || walk.pte->kind != PTE_PAGE || walk.pte->paddr != inv->cap.paddr) {
        return fail_capability(k, 0);
    }
    if (inv->method == CAPDL_METHOD_PAGE_INVALIDATE_DATA && !(walk.pte->rights & PAGE_W)) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    return STATUS_OK;
}

static enum status decode_page_flush(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 2) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    if (inv->cap.asid == 0) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    struct table *root = vspace_of_asid(k, inv->cap.asid);
    if (!root) {
        return fail_lookup(k, false);
    }
    uint64_t start = invocation_argument(k, inv, 0), end = invocation_argument(k, inv, 1);
    uint64_t size = UINT64_C(1) << inv->cap.bits;
    if (end <= start) {
        return fail_argument(k, 1);
    }
    if (start >= size || end > size) {
        return fail_argument(k, 0);
    }
    enum status status = k->profile->hypervisor ? STATUS_OK : check_flush_mapping(k, inv, root);
    if (status != STATUS_OK) {
        return status;
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    flush(k, inv->method, inv->cap.paddr + start, end - start);
    return STATUS_OK;
}

static enum status decode_page(struct kernel *k, struct invocation *inv)
{
    switch (inv->method) {
    case CAPDL_METHOD_PAGE_MAP:
        return decode_page_map(k, inv);
    case CAPDL_METHOD_PAGE_UNMAP:
        return frame_unmap(k, inv);
    case CAPDL_METHOD_PAGE_CLEAN_DATA:
    case CAPDL_METHOD_PAGE_INVALIDATE_DATA:
    case CAPDL_METHOD_PAGE_CLEAN_INVALIDATE_DATA:
    case CAPDL_METHOD_PAGE_UNIFY_INSTRUCTION:
        return decode_page_flush(k, inv);
    case CAPDL_METHOD_PAGE_GET_ADDRESS:
        return frame_get_address(k, inv);
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}

static bool is_vspace_flush(enum capdl_method method)
{
    return method == CAPDL_METHOD_VSPACE_CLEAN_DATA || method == CAPDL_METHOD_VSPACE_INVALIDATE_DATA ||
           method == CAPDL_METHOD_VSPACE_CLEAN_INVALIDATE_DATA || method == CAPDL_METHOD_VSPACE_UNIFY_INSTRUCTION;
}

static enum status vspace_flush(struct kernel *k, struct invocation *inv, struct table *root, uint64_t start,
                                uint64_t end)
{
    struct walk walk = vspace_walk(k, root, start, PAGE_BITS);
    if (walk.pte->kind == PTE_PAGE) {
        uint64_t page = start >> walk.bits_left;
        if (page != (end - 1) >> walk.bits_left) {
            return fail_range(k, start, (page << walk.bits_left) + ((UINT64_C(1) << walk.bits_left) - 1));
        }
        if (!k->profile->hypervisor && inv->method == CAPDL_METHOD_VSPACE_INVALIDATE_DATA &&
            !(walk.pte->rights & PAGE_W)) {
            return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
        }
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (walk.pte->kind == PTE_PAGE) {
        flush(k, inv->method, walk.pte->paddr + (start & ((UINT64_C(1) << walk.bits_left) - 1)), end - start);
    }
    return STATUS_OK;
}

static enum status decode_vspace(struct kernel *k, struct invocation *inv)
{
    if (!is_vspace_flush(inv->method)) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (inv->length < 2) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t start = invocation_argument(k, inv, 0), end = invocation_argument(k, inv, 1);
    if (end <= start) {
        return fail_argument(k, 1);
    }
    if (end > user_top(k)) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (!vspace_is_root(k, &inv->cap)) {
        return fail_capability(k, 0);
    }
    struct table *root;
    enum status status = vspace_of_cap(k, &inv->cap, 0, &root);
    return status == STATUS_OK ? vspace_flush(k, inv, root, start, end) : status;
}

static enum status decode(struct kernel *k, struct invocation *inv)
{
    switch ((enum cap_type)inv->cap.type) {
    case CAP_VSPACE:
        return decode_vspace(k, inv);
    case CAP_PAGE_TABLE:
        return decode_table(k, inv);
    case CAP_FRAME:
        return decode_page(k, inv);
    case CAP_VCPU:
        return vcpu_decode(k, inv);
    case CAP_STREAM_CONTROL:
    case CAP_STREAM:
    case CAP_BANK_CONTROL:
    case CAP_CONTEXT_BANK:
        return smmu_decode(k, inv);
    case CAP_SGI_SIGNAL:
        return sgi_signal_decode(k, inv);
    case CAP_SMC:
        return smc_decode(k, inv);
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}

static enum status check_irq(struct kernel *k, uint64_t irq)
{
    uint64_t max = k->board.last_irq;
    return irq > max ? fail_range(k, 0, max) : STATUS_OK;
}

static enum status decode_sgi(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 4 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    if (!k->board.has_gic) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    uint64_t irq = invocation_argument(k, inv, 0), target = invocation_argument(k, inv, 1);
    if (irq > BOARD_LAST_SGI) {
        return fail_range(k, 0, BOARD_LAST_SGI);
    }
    if (target > k->board.last_sgi_target) {
        return fail_argument(k, 1);
    }
    struct slot *dest;
    enum status status =
        lookup_empty(k, &k->extra[0]->cap, invocation_argument(k, inv, 2), invocation_argument(k, inv, 3), &dest);
    if (status != STATUS_OK) {
        return status;
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    slot_insert(k, (struct cap){.type = CAP_SGI_SIGNAL, .paddr = irq, .data = target}, inv->slot, dest);
    return STATUS_OK;
}

static enum status decode_irq_control(struct kernel *k, struct invocation *inv)
{
    if (inv->method == CAPDL_METHOD_IRQ_CONTROL_ISSUE_SGI_SIGNAL && !k->profile->smp) {
        return decode_sgi(k, inv);
    }
    bool core = inv->method == CAPDL_METHOD_IRQ_CONTROL_GET_TRIGGER_CORE && k->profile->smp;
    if (inv->method != CAPDL_METHOD_IRQ_CONTROL_GET_TRIGGER && !core) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (inv->length < (core ? 5u : 4u) || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    if (!k->board.has_gic) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (core && invocation_argument(k, inv, 4) >= k->profile->max_nodes) {
        return fail_argument(k, 4);
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
    enum { WRITE = 0x40 };
    return status & WRITE;
}

/* By the class of the syndrome. */
static const char *exception_text(uint64_t number)
{
    switch (number >> 26 & 63) {
    case 0x00:
        return "undefined or privileged instruction";
    case 0x01:
        return "WFI or WFE";
    case 0x07:
        return "floating-point unit switched off";
    case 0x18:
        return "system register or instruction of the kernel";
    case 0x22:
        return "misaligned program counter";
    case 0x26:
        return "misaligned stack pointer";
    case 0x3c:
        return "breakpoint instruction";
    default:
        return NULL;
    }
}

const struct arch arch_aarch64 = {
    .decode = decode,
    .decode_irq_control = decode_irq_control,
    .check_irq = check_irq,
    .root = CAP_VSPACE,
    .maps_without_rights = true,
    .was_write = was_write,
    .exception_text = exception_text,
    .cap_tags =
        {
            [CAP_FRAME - CAP_FIRST_ARCH] = 1,
            [CAP_PAGE_TABLE - CAP_FIRST_ARCH] = 3,
            [CAP_VSPACE - CAP_FIRST_ARCH] = 9,
            [CAP_ASID_CONTROL - CAP_FIRST_ARCH] = 11,
            [CAP_ASID_POOL - CAP_FIRST_ARCH] = 13,
            [CAP_VCPU - CAP_FIRST_ARCH] = 15,
            [CAP_STREAM_CONTROL - CAP_FIRST_ARCH] = 17,
            [CAP_STREAM - CAP_FIRST_ARCH] = 19,
            [CAP_BANK_CONTROL - CAP_FIRST_ARCH] = 21,
            [CAP_CONTEXT_BANK - CAP_FIRST_ARCH] = 23,
            [CAP_SMC - CAP_FIRST_ARCH] = 25,
            [CAP_SGI_SIGNAL - CAP_FIRST_ARCH] = 27,
        },
};
