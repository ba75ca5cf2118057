/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kinds.def against the same facts written down from other sides: the grammar of the language, the kinds that each
 * architecture has, chains of page tables from the leaf up, and what libsel4's Retype makes. Every cell is covered:
 * kinds_cells.sh changes them one by one and sees this fail.
 */
#include <stdio.h>
#include <string.h>

#include <capdl/spec.h>

static int failures;

static void expect(bool good, enum capdl_kind kind, const char *what)
{
    if (!good) {
        fprintf(stderr, "%s: its %s is not what it should be\n", capdl_kind_keyword(kind), what);
        failures++;
    }
}

static const struct {
    const char *keyword, *name;
} words[CAPDL_KIND_COUNT] = {
    [CAPDL_KIND_EP] = {"ep", "endpoint"},
    [CAPDL_KIND_NOTIFICATION] = {"notification", "notification"},
    [CAPDL_KIND_RTREPLY] = {"rtreply", "reply object"},
    [CAPDL_KIND_TCB] = {"tcb", "TCB"},
    [CAPDL_KIND_CNODE] = {"cnode", "CNode"},
    [CAPDL_KIND_UT] = {"ut", "untyped"},
    [CAPDL_KIND_FRAME] = {"frame", "frame"},
    [CAPDL_KIND_ASID_POOL] = {"asid_pool", "ASID pool"},
    [CAPDL_KIND_SC] = {"sc", "scheduling context"},
    [CAPDL_KIND_PT] = {"pt", "page table"},
    [CAPDL_KIND_PD] = {"pd", "page directory"},
    [CAPDL_KIND_PUD] = {"pud", "page upper directory"},
    [CAPDL_KIND_PGD] = {"pgd", "page global directory"},
    [CAPDL_KIND_PDPT] = {"pdpt", "page directory pointer table"},
    [CAPDL_KIND_PML4] = {"pml4", "PML4"},
    [CAPDL_KIND_EPT_PML4] = {"ept_pml4", "EPT PML4"},
    [CAPDL_KIND_EPT_PDPT] = {"ept_pdpt", "EPT page directory pointer table"},
    [CAPDL_KIND_EPT_PD] = {"ept_pd", "EPT page directory"},
    [CAPDL_KIND_EPT_PT] = {"ept_pt", "EPT page table"},
    [CAPDL_KIND_VCPU] = {"vcpu", "virtual CPU"},
    [CAPDL_KIND_IRQ] = {"irq", "interrupt"},
    [CAPDL_KIND_IOAPIC_IRQ] = {"ioapic_irq", "IOAPIC interrupt"},
    [CAPDL_KIND_MSI_IRQ] = {"msi_irq", "MSI interrupt"},
    [CAPDL_KIND_ARM_IRQ] = {"arm_irq", "Arm interrupt"},
    [CAPDL_KIND_RISCV_IRQ] = {"riscv_irq", "RISC-V interrupt"},
    [CAPDL_KIND_ARM_SGI_SIGNAL] = {"arm_sgi_signal", "SGI signal"},
    [CAPDL_KIND_IO_PORTS] = {"io_ports", "I/O port range"},
    [CAPDL_KIND_IO_DEVICE] = {"io_device", "I/O device"},
    [CAPDL_KIND_IO_PT] = {"io_pt", "I/O page table"},
    [CAPDL_KIND_ARM_IO_DEVICE] = {"arm_io_device", "Arm I/O device"},
    [CAPDL_KIND_STREAMID] = {"streamid", "SMMU stream id"},
    [CAPDL_KIND_CONTEXTBANK] = {"contextbank", "SMMU context bank"},
    [CAPDL_KIND_SMC] = {"smc", "SMC capability"},
    [CAPDL_KIND_LEFTOVER] = {"leftover", "leftovers"},
    [CAPDL_KIND_PROGRAM] = {"pd", "protection domain"},
    [CAPDL_KIND_IRQ_CONTROL] = {"irq_control", "IRQ control"},
    [CAPDL_KIND_ASID_CONTROL] = {"asid_control", "ASID control"},
    [CAPDL_KIND_IO_SPACE_MASTER] = {"io_space_master", "I/O space master"},
    [CAPDL_KIND_IO_PORT_CONTROL] = {"io_port_control", "I/O port control"},
    [CAPDL_KIND_STREAMID_CONTROL] = {"streamid_control", "SMMU stream control"},
    [CAPDL_KIND_CONTEXTBANK_CONTROL] = {"contextbank_control", "SMMU context bank control"},
    [CAPDL_KIND_DOMAIN] = {"domain", "domain set"},
    [CAPDL_KIND_SCHED_CONTROL] = {"sched_control", "scheduling control"},
};

/* Words of a list, separated by blanks, are ids of kinds. */
static const struct {
    enum capdl_arch arch;
    const char *lacks;
} arches[] = {
    {CAPDL_ARCH_AARCH64,
     "PDPT PML4 EPT_PML4 EPT_PDPT EPT_PD EPT_PT IOAPIC_IRQ MSI_IRQ RISCV_IRQ IO_PORTS IO_DEVICE IO_PT IO_SPACE_MASTER "
     "IO_PORT_CONTROL"},
    {CAPDL_ARCH_RISCV,
     "PUD PGD PDPT PML4 EPT_PML4 EPT_PDPT EPT_PD EPT_PT VCPU IOAPIC_IRQ MSI_IRQ ARM_IRQ ARM_SGI_SIGNAL IO_PORTS "
     "IO_DEVICE IO_PT ARM_IO_DEVICE STREAMID CONTEXTBANK SMC IO_SPACE_MASTER IO_PORT_CONTROL STREAMID_CONTROL "
     "CONTEXTBANK_CONTROL"},
    {CAPDL_ARCH_X86_64, "PUD PGD ARM_IRQ RISCV_IRQ ARM_SGI_SIGNAL ARM_IO_DEVICE STREAMID CONTEXTBANK SMC "
                        "STREAMID_CONTROL CONTEXTBANK_CONTROL"},
    {CAPDL_ARCH_ARM11, "PUD PGD PDPT PML4 EPT_PML4 EPT_PDPT EPT_PD EPT_PT IOAPIC_IRQ MSI_IRQ RISCV_IRQ IO_PORTS "
                       "IO_DEVICE IO_PT STREAMID CONTEXTBANK SMC LEFTOVER PROGRAM IO_SPACE_MASTER "
                       "IO_PORT_CONTROL STREAMID_CONTROL CONTEXTBANK_CONTROL"},
    {CAPDL_ARCH_IA32, "PUD PGD PDPT PML4 EPT_PML4 EPT_PDPT EPT_PD EPT_PT ARM_IRQ RISCV_IRQ ARM_SGI_SIGNAL "
                      "ARM_IO_DEVICE STREAMID CONTEXTBANK SMC LEFTOVER PROGRAM STREAMID_CONTROL CONTEXTBANK_CONTROL"},
};

static const struct {
    enum capdl_class class;
    const char *kinds;
} classes[] = {
    {CAPDL_CLASS_OBJECT, "EP NOTIFICATION RTREPLY TCB CNODE ASID_POOL SC VCPU"},
    {CAPDL_CLASS_MEMORY, "UT FRAME"},
    {CAPDL_CLASS_TABLE, "PT PD PUD PGD PDPT PML4"},
    {CAPDL_CLASS_EPT, "EPT_PML4 EPT_PDPT EPT_PD EPT_PT"},
    {CAPDL_CLASS_INTERRUPT, "IRQ IOAPIC_IRQ MSI_IRQ ARM_IRQ RISCV_IRQ"},
    {CAPDL_CLASS_ISSUED, "ARM_SGI_SIGNAL IO_PORTS SMC"},
    {CAPDL_CLASS_DEVICE, "IO_DEVICE ARM_IO_DEVICE STREAMID CONTEXTBANK"},
    {CAPDL_CLASS_IO_TABLE, "IO_PT"},
    {CAPDL_CLASS_SPEC_ONLY, "LEFTOVER PROGRAM"},
    {CAPDL_CLASS_CONTROL, "IRQ_CONTROL ASID_CONTROL IO_SPACE_MASTER IO_PORT_CONTROL STREAMID_CONTROL "
                          "CONTEXTBANK_CONTROL DOMAIN SCHED_CONTROL"},
};

static const struct {
    enum capdl_holds holds;
    const char *kinds;
} holders[] = {
    {CAPDL_HOLDS_THREAD, "TCB"},
    {CAPDL_HOLDS_ANYTHING, "CNODE"},
    {CAPDL_HOLDS_SPACES, "ASID_POOL"},
    {CAPDL_HOLDS_PAGES, "PT PD PUD PGD PDPT PML4 EPT_PML4 EPT_PDPT EPT_PD EPT_PT"},
    {CAPDL_HOLDS_NOTIFICATION, "IRQ IOAPIC_IRQ MSI_IRQ ARM_IRQ RISCV_IRQ"},
    {CAPDL_HOLDS_IO_TABLE, "IO_DEVICE ARM_IO_DEVICE"},
    {CAPDL_HOLDS_IO_PAGES, "IO_PT"},
    {CAPDL_HOLDS_CONTEXT_BANK, "STREAMID"},
    {CAPDL_HOLDS_VSPACE, "CONTEXTBANK"},
    {CAPDL_HOLDS_FRAME, "LEFTOVER"},
};

static const struct {
    enum capdl_trait trait;
    const char *kinds;
} traits[] = {
    {CAPDL_TRAIT_RIGHTS, "EP NOTIFICATION FRAME"},
    {CAPDL_TRAIT_BADGE, "EP NOTIFICATION SMC"},
    {CAPDL_TRAIT_SIZE, "CNODE UT FRAME SC"},
    {CAPDL_TRAIT_GUARD, "CNODE"},
    {CAPDL_TRAIT_REPLY, "TCB"},
    {CAPDL_TRAIT_ASID, "FRAME PT PD PUD PGD PDPT PML4"},
    {CAPDL_TRAIT_PAGE, "FRAME"},
    {CAPDL_TRAIT_CORE, "SCHED_CONTROL"},
    {CAPDL_TRAIT_SINGLE, "IRQ_CONTROL IO_PORT_CONTROL STREAMID_CONTROL CONTEXTBANK_CONTROL"},
    {CAPDL_TRAIT_NUMBERS, "IRQ IOAPIC_IRQ MSI_IRQ ARM_IRQ RISCV_IRQ ARM_SGI_SIGNAL IO_PORTS IO_DEVICE IO_PT "
                          "ARM_IO_DEVICE STREAMID CONTEXTBANK LEFTOVER"},
};

/* What seL4_Untyped_Retype is asked for, where the kind alone says it. */
static const struct {
    enum capdl_type type;
    const char *kinds;
} made[] = {
    {CAPDL_TYPE_ENDPOINT, "EP"},         {CAPDL_TYPE_NOTIFICATION, "NOTIFICATION"},
    {CAPDL_TYPE_REPLY, "RTREPLY"},       {CAPDL_TYPE_TCB, "TCB"},
    {CAPDL_TYPE_CNODE, "CNODE"},         {CAPDL_TYPE_UNTYPED, "UT ASID_POOL"},
    {CAPDL_TYPE_SCHED_CONTEXT, "SC"},    {CAPDL_TYPE_EPT_PML4, "EPT_PML4"},
    {CAPDL_TYPE_EPT_PDPT, "EPT_PDPT"},   {CAPDL_TYPE_EPT_PD, "EPT_PD"},
    {CAPDL_TYPE_EPT_PT, "EPT_PT"},       {CAPDL_TYPE_VCPU, "VCPU"},
    {CAPDL_TYPE_IO_PAGE_TABLE, "IO_PT"},
};

/* What control capabilities give out. The rest of these classes is there from the start, or a copy of the I/O space. */
static const struct {
    enum capdl_kind control;
    const char *kinds;
} issuers[] = {
    {CAPDL_KIND_IRQ_CONTROL, "IRQ IOAPIC_IRQ MSI_IRQ ARM_IRQ RISCV_IRQ ARM_SGI_SIGNAL"},
    {CAPDL_KIND_IO_PORT_CONTROL, "IO_PORTS"},
    {CAPDL_KIND_STREAMID_CONTROL, "STREAMID"},
    {CAPDL_KIND_CONTEXTBANK_CONTROL, "CONTEXTBANK"},
};
static const char unissued[] = "SMC IO_DEVICE ARM_IO_DEVICE";

/* From the table that maps pages up to the root: libsel4's seL4_*Bits and the processors' manuals. */
static const char *const chains[] = {"PT PD PUD PGD", "PT PD PDPT PML4", "EPT_PT EPT_PD EPT_PDPT EPT_PML4"};

static const char *const ids[] = {
#define CAPDL_KIND(id, keyword, arches, name, class, height, type, holds, traits) #id,
#include <capdl/kinds.def>
#undef CAPDL_KIND
};

/* Place of a kind in a list, counted from 1; 0 if it is not there. */
static unsigned place_in(const char *list, enum capdl_kind kind)
{
    unsigned place = 1;
    size_t length = strlen(ids[kind]);
    for (const char *at = list; *at; place++) {
        size_t word = strcspn(at, " ");
        if (word == length && memcmp(at, ids[kind], length) == 0) {
            return place;
        }
        at += word + (at[word] == ' ');
    }
    return 0;
}

static void check_sets(enum capdl_kind kind)
{
    enum capdl_holds holds = CAPDL_HOLDS_NOTHING;
    enum capdl_type type = CAPDL_TYPE_NONE;
    for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++) {
        expect(capdl_kind_on_arch(kind, arches[i].arch) == !place_in(arches[i].lacks, kind), kind,
               "list of architectures");
    }
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        expect((capdl_kind_class(kind) == classes[i].class) == (place_in(classes[i].kinds, kind) != 0), kind, "class");
    }
    for (size_t i = 0; i < sizeof(traits) / sizeof(traits[0]); i++) {
        expect(capdl_kind_has(kind, traits[i].trait) == (place_in(traits[i].kinds, kind) != 0), kind, "list of traits");
    }
    for (size_t i = 0; i < sizeof(holders) / sizeof(holders[0]); i++) {
        holds = place_in(holders[i].kinds, kind) ? holders[i].holds : holds;
    }
    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
        type = place_in(made[i].kinds, kind) ? made[i].type : type;
    }
    expect(capdl_kind_holds(kind) == holds, kind, "content");
    expect(capdl_kind_type(kind) == type, kind, "type");
}

static void check_issuer(enum capdl_kind kind)
{
    enum capdl_class class = capdl_kind_class(kind);
    bool given = class == CAPDL_CLASS_INTERRUPT || class == CAPDL_CLASS_ISSUED || class == CAPDL_CLASS_DEVICE;
    unsigned num_issuers = 0;
    for (unsigned control = 0; control < CAPDL_KIND_COUNT; control++) {
        bool listed = false;
        for (size_t i = 0; i < sizeof(issuers) / sizeof(issuers[0]); i++) {
            listed |= issuers[i].control == control && place_in(issuers[i].kinds, kind) != 0;
        }
        expect(capdl_kind_issues((enum capdl_kind)control, kind) == listed, kind, "issuer");
        num_issuers += listed;
    }
    expect(num_issuers == (given && !place_in(unissued, kind)), kind, "issuer");
}

static void check_height(enum capdl_kind kind)
{
    unsigned height = 0;
    for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++) {
        height = place_in(chains[i], kind) ? place_in(chains[i], kind) : height;
    }
    expect(capdl_kind_height(kind) == height, kind, "height");
    expect(capdl_kind_is_table(kind) == (height != 0), kind, "class");
}

int main(void)
{
    for (unsigned i = 0; i < CAPDL_KIND_COUNT; i++) {
        enum capdl_kind kind = (enum capdl_kind)i;
        bool control = capdl_kind_class(kind) == CAPDL_CLASS_CONTROL;
        expect(words[i].keyword && strcmp(capdl_kind_keyword(kind), words[i].keyword) == 0, kind, "keyword");
        expect(words[i].name && strcmp(capdl_kind_name(kind), words[i].name) == 0, kind, "name");
        expect(control == (kind >= CAPDL_KIND_IRQ_CONTROL), kind, "place among the others");
        check_sets(kind);
        check_height(kind);
        check_issuer(kind);
    }
    return failures != 0;
}
