/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of QEMU for each platform, next to what a person would type:
 * https://www.qemu.org/docs/master/system/. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../check.h"
#include "pack/qemu.h"
#include "prefix.h"
#include "profile/profile.h"

#define ENDING " -display none -monitor none -nic none -serial stdio -kernel k"

static const struct line {
    const char *kernel, *platform, *config;
    unsigned nodes, iommus;
    uint64_t end; /* of RAM, which begins at 0x40000000 on Arm, 0x80000000 on RISC-V, 1 MiB on PCs */
    bool hypervisor;
    const char *expected; /* the line, or part of the error */
} lines[] = {
    {"x86_64", "pc99", "{}", 1, 0, 0, false,
     "qemu-system-x86_64 -cpu Nehalem,+pdpe1gb,+xsave,+xsaveopt,+fsgsbase -m 1024M -no-reboot" ENDING " -initrd m"},
    {"x86_64", "pc99", "{}", 4, 1, 0, false,
     "qemu-system-x86_64 -cpu Nehalem,+pdpe1gb,+xsave,+xsaveopt,+fsgsbase -m 1024M -no-reboot -machine q35 -device "
     "intel-iommu -smp 4" ENDING " -initrd m"},
    {"x86_64", "pc99", "{}", 1, 0, 0x1ffe0000, false,
     "qemu-system-x86_64 -cpu Nehalem,+pdpe1gb,+xsave,+xsaveopt,+fsgsbase -m 512M -no-reboot" ENDING " -initrd m"},
    {"x86_64", "pc99", "{}", 1, 1, 0x1ffdf000, false,
     "qemu-system-x86_64 -cpu Nehalem,+pdpe1gb,+xsave,+xsaveopt,+fsgsbase -m 512M -no-reboot -machine q35 -device "
     "intel-iommu" ENDING " -initrd m"},
    {"x86_64", "pc99", "{}", 1, 0, 0, true, "requires Intel VT-x, which QEMU does not emulate"},
    {"x86_64", "pc99", "{\"SUPPORT_PCID\": true}", 1, 0, 0, false, "requires PCIDs, which QEMU does not emulate"},
    {"aarch64", "qemu-arm-virt", "{}", 1, 0, 0, false,
     "qemu-system-aarch64 -machine virt -cpu cortex-a53 -m 128M" ENDING},
    {"aarch64", "qemu-arm-virt", "{\"ARM_CORTEX_A57\": true}", 1, 0, 0xc0000000, true,
     "qemu-system-aarch64 -machine virt,virtualization=on -cpu cortex-a57 -m 2048M" ENDING},
    {"aarch64", "qemu-arm-virt", "{\"ARM_CORTEX_A72\": true}", 2, 0, 0x60000000, false,
     "qemu-system-aarch64 -machine virt,virtualization=on -cpu cortex-a72 -m 512M -smp 2" ENDING},
    {"riscv64", "qemu-riscv-virt", "{}", 4, 0, 0x13fffffff, false,
     "qemu-system-riscv64 -machine virt -bios default -m 3072M -smp 4" ENDING},
    {"riscv64", "spike", "{}", 1, 0, 0, false, "qemu-system-riscv64 -machine spike -bios default -m 128M" ENDING},
    {"riscv64", "hifive", "{}", 4, 0, 0x280000000, false,
     "qemu-system-riscv64 -machine sifive_u -bios default -m 8192M -smp 5" ENDING},
    {"riscv64", "hifive", "{}", 0, 0, 0, false,
     "qemu-system-riscv64 -machine sifive_u -bios default -m 128M -smp 2" ENDING},
    {"riscv64", "polarfire", "{}", 1, 0, 0, false,
     "qemu-system-riscv64 -machine microchip-icicle-kit -m 2G -smp 5" ENDING},
    {"aarch64", "bcm2837", "{}", 1, 0, 0, false, "qemu-system-aarch64 -machine raspi3b -serial null" ENDING},
    {"aarch64", "zynqmp", "{\"PLAT_ZYNQMP_ZCU102\": true}", 1, 0, 0, false,
     "qemu-system-aarch64 -machine xlnx-zcu102 -m 4G -audiodev none,id=none" ENDING},
    {"aarch64", "zynqmp", "{\"PLAT_ZYNQMP_ZCU102\": true}", 1, 0, 0, true,
     "qemu-system-aarch64 -machine xlnx-zcu102,virtualization=on -m 4G -audiodev none,id=none" ENDING},
    {"aarch64", "zynqmp", "{}", 1, 0, 0, false, "is for an Ultra96, which QEMU does not emulate"},
    {"aarch64", "tx2", "{}", 1, 0, 0, false, "for the platform tx2, for which there is no QEMU machine here"},
};

/* The line of a profile, or its error; to be freed. */
static char *line_of(const struct capdl_profile *profile, bool pc)
{
    struct capdl_diags diags = {NULL};
    struct qemu_line line;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (qemu_command(profile, "k", pc ? "m" : NULL, &line, &diags)) {
        qemu_print(&line, out);
        qemu_free(&line);
    } else {
        capdl_diags_print(&diags, out, 0);
    }
    fclose(out);
    capdl_diags_free(&diags);
    return text;
}

static void check_line(const struct line *l)
{
    struct capdl_profile profile;
    const struct capdl_profile *builtin = profile_builtin(l->kernel);
    test_prefix(&profile, builtin->arch);
    test_prefix_write(&profile, "libsel4/include/kernel/gen_config.json", l->config, strlen(l->config));
    snprintf(profile.platform, sizeof(profile.platform), "%s", l->platform);
    profile.hypervisor = l->hypervisor;
    profile.max_nodes = l->nodes;
    profile.num_iommus = l->iommus;
    profile.num_memory = l->end != 0;
    profile.memory[0].end = l->end;
    if (builtin->arch == CAPDL_ARCH_X86_64) {
        profile.memory[0].start = 0x100000;
        profile.pa_bits = 47;
    }

    char *text = line_of(&profile, builtin->arch == CAPDL_ARCH_X86_64);
    size_t length = strlen(text);
    bool command = strncmp(l->expected, "qemu-", 5) == 0;
    if (length) {
        text[length - 1] = '\0';
    }
    CHECK(command ? strcmp(text, l->expected) == 0 : strstr(text, l->expected) != NULL, "%s, expected %s", text,
          l->expected);
    free(text);
    test_prefix_remove(&profile);
}

/* Programs are looked for in PATH: some that do nothing will do. */
int main(void)
{
    static const char *const programs[] = {"qemu-system-x86_64", "qemu-system-aarch64", "qemu-system-riscv64"};
    enum { NUM_PROGRAMS = sizeof(programs) / sizeof(programs[0]) };
    char directory[] = "/tmp/qemu-line-XXXXXX", path[200];

    if (!mkdtemp(directory)) {
        return 2;
    }
    setenv("PATH", directory, 1);
    check_line(&(struct line){"x86_64", "pc99", "{}", 1, 0, 0, false, "Debian has it in the package qemu-system-x86"});
    for (size_t i = 0; i < NUM_PROGRAMS; i++) {
        snprintf(path, sizeof(path), "%s/%s", directory, programs[i]);
        fclose(fopen(path, "w"));
        chmod(path, 0755);
    }
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        check_line(&lines[i]);
    }
    for (size_t i = 0; i < NUM_PROGRAMS; i++) {
        snprintf(path, sizeof(path), "%s/%s", directory, programs[i]);
        unlink(path);
    }
    rmdir(directory);
    unsetenv("PATH"); /* then what the system has is looked for */
    snprintf(path, sizeof(path), "/usr/bin/%s", programs[1]);
    check_line(&(struct line){"aarch64", "qemu-arm-virt", "{}", 1, 0, 0, false,
                              access(path, X_OK) ? "qemu-system-aarch64 is not installed"
                                                 : "qemu-system-aarch64 -machine virt -cpu cortex-a53 -m 128M" ENDING});
    return check_result();
}
