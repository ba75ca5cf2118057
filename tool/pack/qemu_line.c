/* SPDX-License-Identifier: BSD-2-Clause */
#include "qemu.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arch.h"
#include "base/memory.h"
#include "config.h"
#include "memory_map.h"

/* Without any one of these features, some kernel configuration stops, or hangs silently (xsaveopt). */
static const char x86_cpu[] = "Nehalem,+pdpe1gb,+xsave,+xsaveopt,+fsgsbase";

static CAPDL_PRINTF(2, 3) void add(struct qemu_line *line, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    line->argv[line->argc++] = memory_vformat(format, list);
    va_end(list);
    line->argv[line->argc] = NULL;
}

/* In MiB, from the start of the machine's RAM to the end of the RAM that the kernel was built for. */
static unsigned long memory_size(const struct capdl_profile *profile, uint64_t base)
{
    uint64_t end = profile->num_memory ? profile->memory[profile->num_memory - 1].end : 0;
    return end > base ? (unsigned long)((end - base + 0xfffff) >> 20) : 128;
}

static bool line_pc99(const struct capdl_profile *profile, struct json_object *config, struct qemu_line *line,
                      struct capdl_diags *diags)
{
    if (profile->hypervisor) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "kernel %s requires Intel VT-x, which QEMU does not emulate; boot it on a PC or in Bochs, or build "
                    "the kernel with KernelVTX=OFF",
                    profile->name);
        return false;
    }
    if (config_on(config, "SUPPORT_PCID")) {
        capdl_error(
            diags, CAPDL_NOWHERE,
            "kernel %s requires PCIDs, which QEMU does not emulate; build the kernel with KernelSupportPCID=OFF",
            profile->name);
        return false;
    }
    add(line, "%s", pack_arch(profile->arch)->qemu);
    add(line, "-cpu");
    add(line, "%s", x86_cpu);
    add(line, "-m");
    add(line, "%luM", profile->num_memory ? (unsigned long)(memory_map_qemu_size(profile) >> 20) : 1024);
    add(line, "-no-reboot");
    if (profile->num_iommus) { /* the default PC can have none */
        add(line, "-machine");
        add(line, "q35");
        add(line, "-device");
        add(line, "intel-iommu");
    }
    return true;
}

static bool line_arm_virt(const struct capdl_profile *profile, struct json_object *config, struct qemu_line *line,
                          struct capdl_diags *diags)
{
    (void)diags;
    add(line, "%s", pack_arch(profile->arch)->qemu);
    add(line, "-machine");
    /* Other cores are started by a call to the level above ours, which QEMU offers at EL2 by SMC only with
     * virtualization. */
    add(line, profile->hypervisor || profile->max_nodes > 1 ? "virt,virtualization=on" : "virt");
    add(line, "-cpu");
    add(line, config_on(config, "ARM_CORTEX_A57")   ? "cortex-a57"
              : config_on(config, "ARM_CORTEX_A72") ? "cortex-a72"
                                                    : "cortex-a53");
    add(line, "-m");
    add(line, "%luM", memory_size(profile, 0x40000000));
    return true;
}

static bool line_riscv(const struct capdl_profile *profile, const char *machine, struct qemu_line *line)
{
    add(line, "%s", pack_arch(profile->arch)->qemu);
    add(line, "-machine");
    add(line, "%s", machine);
    add(line, "-bios");
    add(line, "default");
    add(line, "-m");
    add(line, "%luM", memory_size(profile, 0x80000000));
    return true;
}

static bool line_riscv_virt(const struct capdl_profile *profile, struct json_object *config, struct qemu_line *line,
                            struct capdl_diags *diags)
{
    (void)config, (void)diags;
    return line_riscv(profile, "virt", line);
}

static bool line_spike(const struct capdl_profile *profile, struct json_object *config, struct qemu_line *line,
                       struct capdl_diags *diags)
{
    (void)config, (void)diags;
    return line_riscv(profile, "spike", line);
}

/* Hart 0 is a small core without paging, so the kernel's first one is hart 1. */
static bool line_hifive(const struct capdl_profile *profile, struct json_object *config, struct qemu_line *line,
                        struct capdl_diags *diags)
{
    (void)config, (void)diags;
    line_riscv(profile, "sifive_u", line);
    add(line, "-smp");
    add(line, "%u", 1 + (profile->max_nodes ? profile->max_nodes : 1));
    return true;
}

/* Without firmware: PSCI is QEMU's own. Sound would look for a sound card. */
static bool line_zynqmp(const struct capdl_profile *profile, struct json_object *config, struct qemu_line *line,
                        struct capdl_diags *diags)
{
    if (!config_on(config, "PLAT_ZYNQMP_ZCU102")) {
        capdl_error(diags, CAPDL_NOWHERE, "kernel %s is for an Ultra96, which QEMU does not emulate; it has the ZCU102",
                    profile->name);
        return false;
    }
    add(line, "%s", pack_arch(profile->arch)->qemu);
    add(line, "-machine");
    add(line, profile->hypervisor ? "xlnx-zcu102,virtualization=on" : "xlnx-zcu102");
    add(line, "-m");
    add(line, "4G");
    add(line, "-audiodev");
    add(line, "none,id=none");
    return true;
}

/* All harts: the first is a small core without paging, so the kernel's first one is hart 1. */
static bool line_polarfire(const struct capdl_profile *profile, struct json_object *config, struct qemu_line *line,
                           struct capdl_diags *diags)
{
    (void)config, (void)diags;
    add(line, "%s", pack_arch(profile->arch)->qemu);
    add(line, "-machine");
    add(line, "microchip-icicle-kit");
    add(line, "-m");
    add(line, "2G");
    add(line, "-smp");
    add(line, "5");
    return true;
}

static bool line_raspi3(const struct capdl_profile *profile, struct json_object *config, struct qemu_line *line,
                        struct capdl_diags *diags)
{
    (void)config, (void)diags;
    add(line, "%s", pack_arch(profile->arch)->qemu);
    add(line, "-machine");
    add(line, "raspi3b");
    add(line, "-serial"); /* the kernel's console is the second one, the "mini UART" */
    add(line, "null");
    return true;
}

/* Machines by the kernel's name for the platform. smp: whether the number of cores can be chosen. */
static const struct machine {
    const char *platform;
    bool (*line)(const struct capdl_profile *, struct json_object *, struct qemu_line *, struct capdl_diags *);
    const char *package;
    bool smp;
} machines[] = {
    {"pc99", line_pc99, "qemu-system-x86", true},
    {"qemu-arm-virt", line_arm_virt, "qemu-system-arm", true},
    {"qemu-riscv-virt", line_riscv_virt, "qemu-system-misc", true},
    {"spike", line_spike, "qemu-system-misc", true},
    {"hifive", line_hifive, "qemu-system-misc", false},
    {"bcm2837", line_raspi3, "qemu-system-arm", false},
    {"zynqmp", line_zynqmp, "qemu-system-arm", false},
    {"polarfire", line_polarfire, "qemu-system-misc", false},
};

enum { KNOWN_SIZE = 400 };

static const struct machine *find_machine(const struct capdl_profile *profile, struct capdl_diags *diags)
{
    for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
        if (strcmp(machines[i].platform, profile->platform) == 0) {
            return &machines[i];
        }
    }
    char known[KNOWN_SIZE] = "";
    for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
        snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s", i ? ", " : "", machines[i].platform);
    }
    capdl_error(diags, CAPDL_NOWHERE,
                "kernel %s is for the platform %s, for which there is no QEMU machine here; known are %s",
                profile->name, profile->platform[0] ? profile->platform : "(not named)", known);
    return NULL;
}

/* Whether a program can be found in PATH. */
static bool installed(const char *program)
{
    const char *path = getenv("PATH");
    bool found = false;
    for (const char *next = path ? path : "/usr/bin"; next && !found;) {
        size_t length = strcspn(next, ":");
        char *name = memory_format("%.*s/%s", (int)length, next, program);
        found = access(name, X_OK) == 0;
        free(name);
        next = next[length] ? next + length + 1 : NULL;
    }
    return found;
}

bool qemu_command(const struct capdl_profile *profile, const char *kernel, const char *module, struct qemu_line *line,
                  struct capdl_diags *diags)
{
    const struct machine *machine = find_machine(profile, diags);
    struct json_object *config = machine ? config_open(profile, diags) : NULL;
    *line = (struct qemu_line){NULL};
    bool fine = config && machine->line(profile, config, line, diags);
    config_close(config);
    if (fine && !installed(line->argv[0])) {
        capdl_error(diags, CAPDL_NOWHERE, "%s is not installed; Debian has it in the package %s", line->argv[0],
                    machine->package);
        fine = false;
    }
    if (!fine) {
        qemu_free(line);
        return false;
    }
    if (machine->smp && profile->max_nodes > 1) {
        add(line, "-smp");
        add(line, "%u", profile->max_nodes);
    }
    static const char *const quiet[] = {"-display", "none", "-monitor", "none", "-nic", "none", "-serial", "stdio"};
    for (size_t i = 0; i < sizeof(quiet) / sizeof(*quiet); i++) {
        add(line, "%s", quiet[i]);
    }
    add(line, "-kernel");
    add(line, "%s", kernel);
    if (module) {
        add(line, "-initrd");
        add(line, "%s", module);
    }
    return true;
}

void qemu_add(struct qemu_line *line, const char *word)
{
    add(line, "%s", word);
}

static bool is_plain(const char *word)
{
    return *word && word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=,./:")] == 0;
}

void qemu_print(const struct qemu_line *line, FILE *out)
{
    for (size_t i = 0; i < line->argc; i++) {
        fputs(i ? " " : "", out);
        if (is_plain(line->argv[i])) {
            fputs(line->argv[i], out);
            continue;
        }
        putc('\'', out);
        for (const char *c = line->argv[i]; *c; c++) {
            fputs(*c == '\'' ? "'\\''" : (char[]){*c, 0}, out);
        }
        putc('\'', out);
    }
    putc('\n', out);
}

void qemu_free(struct qemu_line *line)
{
    for (size_t i = 0; i < line->argc; i++) {
        free(line->argv[i]);
    }
    *line = (struct qemu_line){NULL};
}
