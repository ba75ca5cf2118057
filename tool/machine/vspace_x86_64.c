/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * x86-64: mapping, interrupts. Error order: src/arch/x86/kernel/vspace.c, src/arch/x86/64/kernel/vspace.c and
 * src/arch/x86/object/interrupt.c of seL4.
 */
#include "kernel.h"

enum {
    IRQ_USER_MIN = 16, /* after the lines of the legacy controller */
    IRQ_USER_MAX = 123,
    IOAPIC_PINS = 24,
    PCI_BUS_MAX = 255,
    PCI_DEVICE_MAX = 31,
    PCI_FUNCTION_MAX = 7,
    LARGE_PAGE_BITS = 21,
};

static enum status find_root(struct kernel *k, const struct cap *cap, struct table **root)
{
    *root = vspace_of_asid(k, cap->asid);
    if (*root && table_is_guest(*root) != (cap->type == CAP_EPT_PML4)) {
        k->lookup_fault = (struct lookup_fault){.kind = LOOKUP_INVALID_ROOT};
        *root = NULL;
    }
    if (!*root) {
        return fail_lookup(k, false);
    }
    return *root == cap->object ? STATUS_OK : fail_capability(k, 1);
}

/* The entry that covers 2^bits bytes; the level above it must have a table. */
static enum status find_entry(struct kernel *k, struct table *root, uint64_t vaddr, unsigned bits, struct walk *walk)
{
    *walk = vspace_walk(k, root, vaddr, bits);
    if (walk->bits_left == bits) {
        return STATUS_OK;
    }
    k->lookup_fault = lookup_missing(walk->bits_left);
    return fail_lookup(k, false);
}

static enum status check_remap(struct kernel *k, const struct cap *frame, uint16_t asid, uint64_t vaddr)
{
    if (frame->asid == 0) {
        uint64_t end = vaddr + (UINT64_C(1) << frame->bits);
        return vaddr > k->profile->user_top || end > k->profile->user_top ? fail_argument(k, 0) : STATUS_OK;
    }
    if (frame->asid != asid) {
        return fail_capability(k, 1);
    }
    if (frame->flags & (CAP_FLAG_GUEST | CAP_FLAG_DMA)) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    return frame->data != vaddr ? fail_argument(k, 0) : STATUS_OK;
}

/* Every page that can be read can be executed; a page without rights is the kernel's. */
static uint8_t page_rights(enum vm_rights rights)
{
    if (rights == VM_NONE) {
        return 0;
    }
    return rights == VM_READ_WRITE ? PAGE_R | PAGE_W | PAGE_X : PAGE_R | PAGE_X;
}

static enum status decode_page_map(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 3 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t vaddr = invocation_argument(k, inv, 0), mask = rights_argument(invocation_argument(k, inv, 1));
    const struct cap *root_cap = &k->extra[0]->cap;
    if (!vspace_is_root(k, root_cap)) {
        return fail_capability(k, 1);
    }
    enum status status = check_remap(k, &inv->cap, root_cap->asid, vaddr);
    struct table *root = NULL;
    if (status == STATUS_OK) {
        status = find_root(k, root_cap, &root);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (vaddr & ((UINT64_C(1) << inv->cap.bits) - 1)) {
        return fail(k, CAPDL_ERROR_ALIGNMENT_ERROR);
    }
    struct walk walk;
    status = find_entry(k, root, vaddr, inv->cap.bits, &walk);
    if (status != STATUS_OK) {
        return status;
    }
    if (walk.pte->kind == PTE_TABLE) {
        return fail(k, CAPDL_ERROR_DELETE_FIRST);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    vspace_map_page(k, inv->slot, walk, root_cap->asid, vaddr, page_rights(vm_rights_mask(inv->cap.rights, mask)),
                    (uint8_t)(invocation_argument(k, inv, 2) & 7));
    return STATUS_OK;
}

/* In a guest's memory every page can be read and executed; it has none of 1 GiB. */
static enum status decode_page_map_ept(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 3 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t address = invocation_argument(k, inv, 0) >> PAGE_BITS << PAGE_BITS;
    uint64_t mask = rights_argument(invocation_argument(k, inv, 1));
    const struct cap *root_cap = &k->extra[0]->cap;
    if (inv->cap.asid != 0) {
        return fail_capability(k, 0);
    }
    if (root_cap->type != CAP_EPT_PML4 || !(root_cap->flags & CAP_FLAG_MAPPED)) {
        return fail_capability(k, 1);
    }
    struct table *root;
    struct walk walk;
    enum status status = find_root(k, root_cap, &root);
    if (status != STATUS_OK) {
        return status;
    }
    if (address & ((UINT64_C(1) << inv->cap.bits) - 1)) {
        return fail(k, CAPDL_ERROR_ALIGNMENT_ERROR);
    }
    if (inv->cap.bits > LARGE_PAGE_BITS) {
        return fail_capability(k, 0);
    }
    status = find_entry(k, root, address, inv->cap.bits, &walk);
    if (status != STATUS_OK) {
        return status;
    }
    if (walk.pte->kind != PTE_NONE) {
        return fail(k, CAPDL_ERROR_DELETE_FIRST);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    uint8_t write = vm_rights_mask(inv->cap.rights, mask) == VM_READ_WRITE ? PAGE_W : 0;
    vspace_map_page(k, inv->slot, walk, root_cap->asid, address, (uint8_t)(PAGE_R | PAGE_X | write),
                    (uint8_t)(invocation_argument(k, inv, 2) & 7));
    inv->slot->cap.flags |= CAP_FLAG_GUEST;
    return STATUS_OK;
}

static enum status decode_page(struct kernel *k, struct invocation *inv)
{
    switch (inv->method) {
    case CAPDL_METHOD_PAGE_MAP:
        return decode_page_map(k, inv);
    case CAPDL_METHOD_PAGE_MAP_EPT:
        return decode_page_map_ept(k, inv);
    case CAPDL_METHOD_PAGE_MAP_IO:
        return io_page_decode_map(k, inv);
    case CAPDL_METHOD_PAGE_UNMAP:
        return frame_unmap(k, inv);
    case CAPDL_METHOD_PAGE_GET_ADDRESS:
        return frame_get_address(k, inv);
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}

/*
 * The kinds of tables below a root differ in their methods and in what their entry in the level above covers. For
 * guests' tables, the label of Unmap follows that of Map, and most do not check that the root is mapped before they
 * look up its ASID.
 */
struct level {
    enum capdl_method map, unmap;
    unsigned bits;
    bool guest, any_root;
};

static bool is_root(const struct level *level, const struct cap *cap)
{
    return cap->type == (level->guest ? CAP_EPT_PML4 : CAP_VSPACE) && (level->any_root || cap->flags & CAP_FLAG_MAPPED);
}

static enum status decode_table_map(struct kernel *k, struct invocation *inv, const struct level *level)
{
    if (inv->length < 2 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    if (inv->cap.flags & CAP_FLAG_MAPPED) {
        return fail_capability(k, 0);
    }
    uint64_t vaddr = invocation_argument(k, inv, 0) >> level->bits << level->bits;
    const struct cap *root_cap = &k->extra[0]->cap;
    if (!is_root(level, root_cap)) {
        return fail_capability(k, 1);
    }
    if (!level->guest && vaddr > k->profile->user_top) {
        return fail_argument(k, 0);
    }
    struct table *root;
    struct walk walk = {NULL};
    enum status status = find_root(k, root_cap, &root);
    if (status == STATUS_OK) {
        status = find_entry(k, root, vaddr, level->bits, &walk);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (walk.pte->kind != PTE_NONE) {
        return fail(k, CAPDL_ERROR_DELETE_FIRST);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    vspace_map_table(inv->slot, walk, root_cap->asid, vaddr);
    return STATUS_OK;
}

static enum status decode_table(struct kernel *k, struct invocation *inv, const struct level *level)
{
    bool unmap = level->guest ? inv->label == kernel_label(k, level->map) + 1u : inv->method == level->unmap;
    if (unmap) {
        return table_unmap(k, inv);
    }
    if (inv->method != level->map) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    return decode_table_map(k, inv, level);
}

static enum status decode(struct kernel *k, struct invocation *inv)
{
    static const struct level pt = {CAPDL_METHOD_PAGE_TABLE_MAP, CAPDL_METHOD_PAGE_TABLE_UNMAP, 21, false, false};
    static const struct level pd = {CAPDL_METHOD_PAGE_DIRECTORY_MAP, CAPDL_METHOD_PAGE_DIRECTORY_UNMAP, 30, false,
                                    false};
    static const struct level pdpt = {CAPDL_METHOD_PDPT_MAP, CAPDL_METHOD_PDPT_UNMAP, 39, false, false};
    static const struct level ept_pt = {.map = CAPDL_METHOD_EPT_PT_MAP, .bits = 21, .guest = true};
    static const struct level ept_pd = {.map = CAPDL_METHOD_EPT_PD_MAP, .bits = 30, .guest = true, .any_root = true};
    static const struct level ept_pdpt = {
        .map = CAPDL_METHOD_EPT_PDPT_MAP, .bits = 39, .guest = true, .any_root = true};
    switch ((enum cap_type)inv->cap.type) {
    case CAP_PAGE_TABLE:
        return decode_table(k, inv, &pt);
    case CAP_PAGE_DIRECTORY:
        return decode_table(k, inv, &pd);
    case CAP_PDPT:
        return decode_table(k, inv, &pdpt);
    case CAP_EPT_PT:
        return decode_table(k, inv, &ept_pt);
    case CAP_EPT_PD:
        return decode_table(k, inv, &ept_pd);
    case CAP_EPT_PDPT:
        return decode_table(k, inv, &ept_pdpt);
    case CAP_IO_PAGE_TABLE:
        return io_table_decode(k, inv);
    case CAP_VCPU:
        return vcpu_decode(k, inv);
    case CAP_FRAME:
        return decode_page(k, inv);
    case CAP_IO_PORT_CONTROL:
        return io_port_control_decode(k, inv);
    case CAP_IO_PORT:
        return io_port_decode(k, inv);
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}

/* Legacy interrupts exist only with the legacy controller, which the stock kernel does not use. */
static enum status check_irq(struct kernel *k, uint64_t irq)
{
    (void)irq;
    return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
}

static enum status check_ioapic(struct kernel *k, struct invocation *inv)
{
    if (!k->profile->num_ioapics) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (invocation_argument(k, inv, 2) >= k->profile->num_ioapics) {
        return fail_range(k, 0, k->profile->num_ioapics - 1);
    }
    if (invocation_argument(k, inv, 3) >= IOAPIC_PINS) {
        return fail_range(k, 0, IOAPIC_PINS - 1);
    }
    if (invocation_argument(k, inv, 4) > 1 || invocation_argument(k, inv, 5) > 1) {
        return fail_range(k, 0, 1);
    }
    return STATUS_OK;
}

static enum status check_msi(struct kernel *k, struct invocation *inv)
{
    if (invocation_argument(k, inv, 2) > PCI_BUS_MAX) {
        return fail_range(k, 0, PCI_BUS_MAX);
    }
    if (invocation_argument(k, inv, 3) > PCI_DEVICE_MAX) {
        return fail_range(k, 0, PCI_DEVICE_MAX);
    }
    if (invocation_argument(k, inv, 4) > PCI_FUNCTION_MAX) {
        return fail_range(k, 0, PCI_FUNCTION_MAX);
    }
    return STATUS_OK;
}

static enum status decode_irq_control(struct kernel *k, struct invocation *inv)
{
    bool ioapic = inv->method == CAPDL_METHOD_IRQ_CONTROL_GET_IOAPIC;
    if (!ioapic && inv->method != CAPDL_METHOD_IRQ_CONTROL_GET_MSI) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (inv->length < 7 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t irq = invocation_argument(k, inv, 6);
    if (irq > IRQ_USER_MAX - IRQ_USER_MIN) {
        return fail_range(k, 0, IRQ_USER_MAX - IRQ_USER_MIN);
    }
    irq += IRQ_USER_MIN;
    if (k->irq_state[irq] != IRQ_INACTIVE) {
        return fail(k, CAPDL_ERROR_REVOKE_FIRST);
    }
    struct slot *dest;
    uint64_t index = invocation_argument(k, inv, 0), depth = invocation_argument(k, inv, 1);
    enum status status = lookup_empty(k, &k->extra[0]->cap, index, depth, &dest);
    if (status == STATUS_OK) {
        status = ioapic ? check_ioapic(k, inv) : check_msi(k, inv);
    }
    return status == STATUS_OK ? irq_issue(k, inv, irq, index, depth) : status;
}

static bool was_write(uint64_t status)
{
    enum { WRITE = 2 };
    return status & WRITE;
}

static const char *exception_text(uint64_t number)
{
    static const char *const texts[20] = {
        [0] = "division error",
        [1] = "debug exception",
        [3] = "breakpoint instruction",
        [4] = "overflow",
        [5] = "bound exceeded",
        [6] = "undefined instruction",
        [7] = "floating-point unit switched off",
        [10] = "invalid task state segment",
        [11] = "segment not present",
        [12] = "stack fault: address that is not canonical",
        [13] = "general protection: privileged instruction, wrong selector, or address that is misaligned or not "
               "canonical",
        [16] = "x87 floating-point error",
        [17] = "misaligned access",
        [19] = "SIMD floating-point error",
    };
    return number < sizeof(texts) / sizeof(texts[0]) ? texts[number] : NULL;
}

const struct arch arch_x86_64 = {
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
            [CAP_PAGE_DIRECTORY - CAP_FIRST_ARCH] = 5,
            [CAP_PDPT - CAP_FIRST_ARCH] = 7,
            [CAP_VSPACE - CAP_FIRST_ARCH] = 9,
            [CAP_ASID_CONTROL - CAP_FIRST_ARCH] = 11,
            [CAP_ASID_POOL - CAP_FIRST_ARCH] = 13,
            [CAP_IO_SPACE - CAP_FIRST_ARCH] = 15,
            [CAP_IO_PAGE_TABLE - CAP_FIRST_ARCH] = 17,
            [CAP_IO_PORT - CAP_FIRST_ARCH] = 19,
            [CAP_VCPU - CAP_FIRST_ARCH] = 21,
            [CAP_EPT_PT - CAP_FIRST_ARCH] = 23,
            [CAP_EPT_PD - CAP_FIRST_ARCH] = 25,
            [CAP_EPT_PDPT - CAP_FIRST_ARCH] = 27,
            [CAP_EPT_PML4 - CAP_FIRST_ARCH] = 29,
            [CAP_IO_PORT_CONTROL - CAP_FIRST_ARCH] = 31,
        },
};
