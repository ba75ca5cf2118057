/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * install PROFILE DIRECTORY [CORES DOMAINS]: the install prefix of a made-up kernel that has the facts of a built-in
 * profile, and if given so many cores and domains, for tests that need a kernel's files and no kernel. Its kernel.elf
 * has the addresses, the entry and the symbols of one, and bytes that do nothing.
 */
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <capdl/architecture.h>

#include "profile/names.h"
#include "profile/profile.h"

static const char *directory;

static void make_directory(const char *name)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        perror(path);
        exit(1);
    }
}

static FILE *open_file(const char *name)
{
    char path[4096];
    FILE *out;
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    out = fopen(path, "wb");
    if (!out) {
        perror(path);
        exit(1);
    }
    return out;
}

static void close_file(FILE *out)
{
    if (fclose(out) != 0) {
        perror("install");
        exit(1);
    }
}

static void write_file(const char *name, const char *text)
{
    FILE *out = open_file(name);
    fputs(text, out);
    close_file(out);
}

static void write_config(const struct capdl_profile *p)
{
    const struct {
        const char *name;
        bool on;
    } switches[] = {
        {"KERNEL_MCS", p->mcs},         {"ARM_HYPERVISOR_SUPPORT", p->hypervisor},
        {"ENABLE_SMP_SUPPORT", p->smp}, {"PRINTING", p->printing},
        {"DEBUG_BUILD", p->debug},      {"HAVE_FPU", p->fpu},
        {"FSGSBASE_INST", p->fsgsbase},
    };
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        {"WORD_SIZE", 64},
        {"MAX_NUM_NODES", p->max_nodes},
        {"NUM_DOMAINS", p->num_domains},
        {"NUM_DOMAIN_SCHEDULES", p->num_domain_schedules},
        {"NUM_PRIORITIES", p->num_priorities},
        {"ROOT_CNODE_SIZE_BITS", p->root_cnode_bits},
        {"MAX_NUM_BOOTINFO_UNTYPED_CAPS", p->max_untypeds},
        {"RETYPE_FAN_OUT_LIMIT", p->fan_out},
        {"RESET_CHUNK_BITS", p->reset_chunk_bits},
        {"TIMER_FREQUENCY", p->timer_frequency},
        {"TIMER_TICK_MS", p->timer_tick_ms},
        {"KERNEL_WCET_SCALE", 1},
        {"MAX_NUM_IOAPIC", p->num_ioapics},
        {"PADDR_USER_DEVICE_TOP", UINT64_C(1) << p->pa_bits},
    };
    FILE *out = open_file("libsel4/include/kernel/gen_config.json");

    fprintf(out, "{\n");
    for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
        fprintf(out, "    \"%s\": %s,\n", switches[i].name, switches[i].on ? "true" : "false");
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        fprintf(out, "    \"%s\": \"%" PRIu64 "\",\n", numbers[i].name, numbers[i].value);
    }
    fprintf(out, "    \"PLAT\": \"%s\",\n    \"SEL4_ARCH\": \"%s\"\n}\n", p->platform,
            capdl_architecture(p->arch)->kernel);
    close_file(out);
}

/* Numbers that are nothing we name are taken by calls of other names. */
static void write_syscalls(const struct capdl_profile *p)
{
    const char *section = p->mcs ? "api-mcs" : "api-master";
    FILE *out = open_file("libsel4/include/api/syscall.xml");
    int32_t last = 0;
    for (size_t i = 0; i < CAPDL_SYSCALL_COUNT; i++) {
        last = p->syscalls[i] < last ? p->syscalls[i] : last;
    }
    fprintf(out, "<syscalls><%s><config>\n", section);
    for (int32_t number = -1; number >= last; number--) {
        const char *name = "Other";
        for (size_t i = 0; i < CAPDL_SYSCALL_COUNT; i++) {
            name = p->syscalls[i] == number ? syscall_names[i] : name;
        }
        fprintf(out, "  <syscall name=\"%s\"/>\n", name);
    }
    fprintf(out, "</config></%s></syscalls>\n", section);
    close_file(out);
}

enum kernels { PLAIN = 1, MCS = 2, BOTH = PLAIN | MCS };

static const struct {
    enum capdl_method method;
    enum kernels kernels;
    const char *list;
} params[] = {
#define CAPDL_PARAMS(method, kernels, need, list) {CAPDL_METHOD_##method, kernels, list},
#include <capdl/methods.def>
};

/* What libsel4 calls the types of methods.def. */
static const char *const types[][2] = {{"cap", "seL4_CPtr"},
                                       {"word", "seL4_Word"},
                                       {"rights", "seL4_CapRights_t"},
                                       {"attributes", "seL4_Test_VMAttributes"},
                                       {"time", "seL4_Time"}};

static void write_params(const char *list, FILE *out)
{
    while (*list) {
        size_t type = strcspn(list, " "), name = strcspn(list + type + 1, ",");
        const char *text = list;
        int length = (int)type;
        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
            if (strlen(types[i][0]) == type && memcmp(types[i][0], list, type) == 0) {
                text = types[i][1];
                length = (int)strlen(text);
            }
        }
        fprintf(out, "  <param dir=\"in\" type=\"%.*s\" name=\"%.*s\"/>\n", length, text, (int)name, list + type + 1);
        list += type + 1 + name;
        list += strspn(list, ", ");
    }
}

static void write_method(const struct capdl_profile *p, unsigned label, FILE *out)
{
    unsigned method = 0;
    while (method < CAPDL_METHOD_COUNT && p->labels[method] != label) {
        method++;
    }
    if (method == CAPDL_METHOD_COUNT) {
        fprintf(out, "<method id=\"Other\"/>\n");
        return;
    }
    const char *id = method_xml_id(p->arch, method);
    fprintf(out, "<method id=\"%.*s\">\n", (int)strcspn(id, " "), id);
    for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
        if (params[i].method == method && params[i].kernels & (p->mcs ? MCS : PLAIN)) {
            write_params(params[i].list, out);
            break;
        }
    }
    fprintf(out, "</method>\n");
}

static uint16_t last_label(const struct capdl_profile *p)
{
    uint16_t last = 0;
    for (size_t i = 0; i < CAPDL_METHOD_COUNT; i++) {
        last = p->labels[i] != CAPDL_PROFILE_ABSENT && p->labels[i] > last ? p->labels[i] : last;
    }
    return last;
}

static void write_methods(const struct capdl_profile *p)
{
    FILE *out = open_file("libsel4/include/interfaces/object-api.xml");
    unsigned last = last_label(p);
    fprintf(out, "<api><interface>\n");
    for (unsigned label = 1; label <= last; label++) {
        write_method(p, label, out);
    }
    fprintf(out, "</interface></api>\n");
    close_file(out);
    write_file("libsel4/include/interfaces/object-api-arch.xml", "<api/>\n");
    write_file("libsel4/include/interfaces/object-api-sel4-arch.xml", "<api/>\n");
}

static const char *const size_names[CAPDL_TYPE_COUNT] = {
    [CAPDL_TYPE_UNTYPED] = "MinUntyped",
    [CAPDL_TYPE_TCB] = "TCB",
    [CAPDL_TYPE_ENDPOINT] = "Endpoint",
    [CAPDL_TYPE_NOTIFICATION] = "Notification",
    [CAPDL_TYPE_CNODE] = "Slot",
    [CAPDL_TYPE_SCHED_CONTEXT] = "MinSchedContext",
    [CAPDL_TYPE_REPLY] = "Reply",
    [CAPDL_TYPE_FRAME_4K] = "Page",
    [CAPDL_TYPE_FRAME_2M] = "LargePage",
    [CAPDL_TYPE_FRAME_1G] = "HugePage",
    [CAPDL_TYPE_PAGE_TABLE] = "PageTable",
    [CAPDL_TYPE_PAGE_DIRECTORY] = "PageDir",
    [CAPDL_TYPE_PDPT] = "PDPT",
    [CAPDL_TYPE_VSPACE] = "VSpace",
    [CAPDL_TYPE_VCPU] = "VCPU",
    [CAPDL_TYPE_IO_PAGE_TABLE] = "IOPageTable",
    [CAPDL_TYPE_EPT_PML4] = "X86_EPTPML4",
    [CAPDL_TYPE_EPT_PDPT] = "X86_EPTPDPT",
    [CAPDL_TYPE_EPT_PD] = "X86_EPTPD",
    [CAPDL_TYPE_EPT_PT] = "X86_EPTPT",
};

static void write_types(const struct capdl_profile *p)
{
    FILE *out = open_file("libsel4/include/sel4/objecttype.h");
    fprintf(out, "enum object {\n");
    for (unsigned i = 0; i < CAPDL_TYPE_COUNT; i++) {
        if (p->types[i] != CAPDL_PROFILE_ABSENT) {
            fprintf(out, "    seL4_%s = %u,\n", type_name(p->arch, i), p->types[i]);
        }
    }
    fprintf(out, "};\n");
    close_file(out);
    out = open_file("libsel4/include/sel4/sel4_arch/types_gen.h");
    fprintf(out, "enum seL4_Fault_tag {\n    seL4_Fault_NullFault = 0,\n");
    for (size_t i = 0; i < CAPDL_FAULT_COUNT; i++) {
        if (p->faults[i]) {
            fprintf(out, "    seL4_Fault_%s = %u,\n", fault_names[i], p->faults[i]);
        }
    }
    fprintf(out, "};\n");
    close_file(out);
}

static void write_constants(const struct capdl_profile *p)
{
    FILE *out = open_file("libsel4/include/sel4/constants.h");
    for (size_t i = 0; i < CAPDL_TYPE_COUNT; i++) {
        if (p->types[i] != CAPDL_PROFILE_ABSENT) {
            fprintf(out, "#define seL4_%sBits %u\n", size_names[i], p->size_bits[i]);
        }
    }
    fprintf(out, "#define seL4_MaxUntypedBits %u\n", p->max_untyped_bits);
    fprintf(out, "#define seL4_ASIDPoolIndexBits %u\n", p->asid_pool_bits);
    fprintf(out, "#define seL4_NumASIDPoolsBits %u\n", p->num_asid_pool_bits);
    fprintf(out, "#define seL4_UserTop 0x%" PRIx64 "\n", p->arch == CAPDL_ARCH_AARCH64 ? p->user_top - 1 : p->user_top);
    close_file(out);
}

static void write_headers(const struct capdl_profile *p)
{
    static const char *const empty[] = {"sel4_arch/objecttype.h", "arch/objecttype.h", "arch/constants.h",
                                        "sel4_arch/constants.h", "plat/api/constants.h"};
    write_types(p);
    write_constants(p);
    for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
        char name[128];
        snprintf(name, sizeof(name), "libsel4/include/sel4/%s", empty[i]);
        write_file(name, "");
    }
    FILE *out = open_file("libsel4/include/sel4/bootinfo_types.h");
    unsigned offset = 0;
    fprintf(out, "struct seL4_BootInfo {\n");
    for (; offset < p->bootinfo_untyped_offset; offset += 8) {
        bool control = p->mcs && offset == p->bootinfo_schedcontrol_offset;
        fprintf(out, control ? "    seL4_SlotRegion schedcontrol;\n" : "    seL4_Word word%u;\n", offset);
        offset += control ? 8 : 0;
    }
    fprintf(out, "    seL4_SlotRegion untyped;\n};\n");
    close_file(out);
}

static void write_regions(const char *name, const struct capdl_region *regions, size_t count, FILE *out)
{
    fprintf(out, "\"%s\": [", name);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s{\"start\": %" PRIu64 ", \"end\": %" PRIu64 "}", i ? ", " : "", regions[i].start,
                regions[i].end);
    }
    fprintf(out, "]");
}

static void write_platform(const struct capdl_profile *p)
{
    if (p->num_memory) {
        FILE *out = open_file("support/platform_gen.json");
        fprintf(out, "{");
        write_regions("memory", p->memory, p->num_memory, out);
        fprintf(out, ", ");
        write_regions("devices", p->devices, p->num_devices, out);
        fprintf(out, "}\n");
        close_file(out);
    }
    if (p->dtb_bytes) {
        FILE *out = open_file("support/kernel.dtb");
        for (uint64_t i = 0; i < p->dtb_bytes; i++) {
            putc(0, out);
        }
        close_file(out);
    }
}

/* One segment, and the symbols of which the profile is told. RISC-V counts the timer behind the PLIC's interrupts. */
static void write_kernel(const struct capdl_profile *p)
{
    enum { SYMBOLS = 3, BYTES = 64 };
    const struct capdl_architecture *facts = capdl_architecture(p->arch);
    const uint64_t window = facts->pc ? UINT64_C(0xffffffff80000000) : UINT64_C(0xffffff8000000000);
    const unsigned irqs = p->max_irq + 1 + (p->arch == CAPDL_ARCH_RISCV);
    struct kernel_file {
        Elf64_Ehdr header;
        Elf64_Phdr segment;
        Elf64_Shdr sections[3];
        Elf64_Sym symbols[SYMBOLS];
        char names[32];
        uint8_t bytes[BYTES];
    } file = {.names = "\0ki_boot_end\0intStateIRQTable"};
    FILE *out = open_file("bin/kernel.elf");

    file.header = (Elf64_Ehdr){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = facts->elf_machine,
        .e_version = EV_CURRENT,
        .e_entry = p->kernel.start + (facts->pc ? 0 : window),
        .e_phoff = offsetof(struct kernel_file, segment),
        .e_shoff = offsetof(struct kernel_file, sections),
        .e_ehsize = sizeof(file.header),
        .e_phentsize = sizeof(file.segment),
        .e_phnum = 1,
        .e_shentsize = sizeof(file.sections[0]),
        .e_shnum = 3,
    };
    file.segment = (Elf64_Phdr){.p_type = PT_LOAD,
                                .p_flags = PF_R | PF_W | PF_X,
                                .p_offset = offsetof(struct kernel_file, bytes),
                                .p_vaddr = p->kernel.start + window,
                                .p_paddr = p->kernel.start,
                                .p_filesz = sizeof(file.bytes),
                                .p_memsz = p->kernel.end - p->kernel.start};
    file.sections[1] = (Elf64_Shdr){.sh_type = SHT_SYMTAB,
                                    .sh_offset = offsetof(struct kernel_file, symbols),
                                    .sh_size = sizeof(file.symbols),
                                    .sh_link = 2,
                                    .sh_addralign = 8,
                                    .sh_entsize = sizeof(file.symbols[0])};
    file.sections[2] = (Elf64_Shdr){.sh_type = SHT_STRTAB,
                                    .sh_offset = offsetof(struct kernel_file, names),
                                    .sh_size = sizeof(file.names),
                                    .sh_addralign = 1};
    file.symbols[1] = (Elf64_Sym){.st_name = 1, .st_value = p->kernel_boot_end + window};
    file.symbols[2] = (Elf64_Sym){.st_name = 13, .st_size = 8 * irqs};
    memset(file.bytes, 0x5a, sizeof(file.bytes));
    fwrite(&file, sizeof(file), 1, out);
    close_file(out);
}

int main(int argc, char **argv)
{
    static const char *const directories[] = {"",
                                              "bin",
                                              "support",
                                              "libsel4",
                                              "libsel4/include",
                                              "libsel4/include/kernel",
                                              "libsel4/include/api",
                                              "libsel4/include/interfaces",
                                              "libsel4/include/sel4",
                                              "libsel4/include/sel4/arch",
                                              "libsel4/include/sel4/sel4_arch",
                                              "libsel4/include/sel4/plat",
                                              "libsel4/include/sel4/plat/api"};
    const struct capdl_profile *builtin = argc == 3 || argc == 5 ? profile_builtin(argv[1]) : NULL;
    if (!builtin) {
        fprintf(stderr, "usage: install PROFILE DIRECTORY [CORES DOMAINS]\n");
        return 2;
    }
    struct capdl_profile profile = *builtin, *p = &profile;
    if (argc == 5) {
        p->max_nodes = (uint32_t)strtoul(argv[3], NULL, 10);
        p->num_domains = (uint32_t)strtoul(argv[4], NULL, 10);
        p->smp = p->max_nodes > 1;
        if (p->smp && !p->mcs) {
            p->labels[CAPDL_METHOD_TCB_SET_AFFINITY] = last_label(p) + 1;
        }
    }
    directory = argv[2];
    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
        make_directory(directories[i]);
    }
    write_config(p);
    write_syscalls(p);
    write_methods(p);
    write_headers(p);
    write_platform(p);
    write_kernel(p);
    return 0;
}
