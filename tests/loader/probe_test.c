/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a kernel is entered, seen by something in the kernel's place on QEMU's machines: on all cores, at the right
 * level, with the right arguments, over memory that holds what it should. Needs no kernel. usage: probe_test
 * DIRECTORY-OF-PROBES DIRECTORY-OF-LOADERS
 */
#include <capdl/payload.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../check.h"
#include "base/file.h"
#include "pack/pack.h"
#include "pack/qemu.h"
#include "prefix.h"

enum { SKIPPED = 77, TREE_ROOM = 4096, TREE_MAGIC = (int)0xd00dfeed };

struct machine {
    const char *what, *platform;
    enum capdl_arch arch;
    const char *replace, *by; /* in QEMU's command line; 0: nothing */
    unsigned cores;
    bool hypervisor;
    unsigned level; /* that the kernel is to be entered at */
    enum pack_format format;
    uint64_t virtual_address, address, console;
    struct capdl_region ram;
};

#define VIRT "qemu-arm-virt", CAPDL_ARCH_AARCH64
#define AT_EL1                                           \
    PACK_ELF, 0xffffffffc0000000, 0x40000000, 0x9000000, \
    {                                                    \
        0x40000000, 0xc0000000                           \
    }
#define AT_EL2                                     \
    PACK_ELF, 0xffc0000000, 0x60000000, 0x9000000, \
    {                                              \
        0x60000000, 0xc0000000                     \
    }
#define UEFI_EL1                                         \
    PACK_EFI, 0xffffffffc0000000, 0x40000000, 0x9000000, \
    {                                                    \
        0x40000000, 0xc0000000                           \
    }
#define UEFI_EL2                                   \
    PACK_EFI, 0xffc0000000, 0x60000000, 0x9000000, \
    {                                              \
        0x60000000, 0xc0000000                     \
    }
#define HARTS                                    \
    PACK_ELF, 0xffffffff80200000, 0x80200000, 0, \
    {                                            \
        0x80200000, 0x100000000                  \
    }

static const struct machine machines[] = {
    {"hypervisor", VIRT, NULL, NULL, 1, true, 2, AT_EL2},
    {"hypervisor, four cores by PSCI", VIRT, NULL, NULL, 4, true, 2, AT_EL2},
    {"EL2 left for EL1, four cores by PSCI", VIRT, NULL, NULL, 4, false, 1, AT_EL1},
    {"entered at EL1, four cores by PSCI over HVC", VIRT, "virt,virtualization=on", "virt", 4, false, 1, AT_EL1},
    {"entered at EL3, for EL1", VIRT, "virt", "virt,virtualization=on,secure=on", 1, false, 1, AT_EL1},
    {"entered at EL3, no EL2", VIRT, "virt", "virt,secure=on", 1, false, 1, AT_EL1},
    {"GICv3", VIRT, "virt,virtualization=on", "virt,virtualization=on,gic-version=3", 4, false, 1, AT_EL1},
    {"Raspberry Pi 3, four cores by spin table",
     "bcm2837",
     CAPDL_ARCH_AARCH64,
     NULL,
     NULL,
     4,
     false,
     1,
     PACK_LINUX,
     0xffffffffc0000000,
     0x200000,
     0x3f215040,
     {0x200000, 0x8000000}},
    {"UEFI, hypervisor", VIRT, "virt,virtualization=on", "virt,virtualization=on,acpi=off", 1, true, 2, UEFI_EL2},
    {"UEFI, four cores at EL1", VIRT, "virt,virtualization=on", "virt,virtualization=on,acpi=off", 4, false, 1,
     UEFI_EL1},
    {"one hart", "qemu-riscv-virt", CAPDL_ARCH_RISCV, NULL, NULL, 1, false, 0, HARTS},
    {"four harts", "qemu-riscv-virt", CAPDL_ARCH_RISCV, NULL, NULL, 4, false, 0, HARTS},
};

static const char firmware[] = "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd"; /* Debian: qemu-efi-aarch64 */

static const struct test_segment image_segments[] = {{0x400000, 0, 0x2345, 0x4000}};

static const char *arch_name(const struct machine *machine)
{
    return machine->arch == CAPDL_ARCH_AARCH64 ? "aarch64" : "riscv64";
}

/* A tree with a console and cores of a spin table, as the Raspberry Pi's has them; the other machines bring their own.
 */
static uint8_t *make_tree(const struct machine *machine)
{
    uint8_t *tree = calloc(1, TREE_ROOM);
    uint64_t ram = machine->address & 0xc0000000; /* where QEMU's machines have it, and leave their own trees there */
    char name[32];
    fdt_create(tree, TREE_ROOM);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    fdt_property_u32(tree, "#address-cells", 1);
    fdt_property_u32(tree, "#size-cells", 1);
    fdt_begin_node(tree, "memory");
    fdt_property_string(tree, "device_type", "memory");
    fdt_property_u64(tree, "reg", ram << 32 | (machine->ram.end - ram));
    fdt_end_node(tree);
    fdt_begin_node(tree, "chosen");
    fdt_property_string(tree, "stdout-path", "/serial");
    fdt_end_node(tree);
    fdt_begin_node(tree, "serial@0");
    fdt_property_string(tree, "compatible", "brcm,bcm2835-aux-uart");
    fdt_property_u64(tree, "reg", machine->console << 32 | 0x40);
    fdt_end_node(tree);
    fdt_begin_node(tree, "cpus");
    fdt_property_u32(tree, "#address-cells", 1);
    fdt_property_u32(tree, "#size-cells", 0);
    for (unsigned i = 0; i < machine->cores; i++) {
        snprintf(name, sizeof(name), "cpu@%u", i);
        fdt_begin_node(tree, name);
        fdt_property_string(tree, "device_type", "cpu");
        fdt_property_u32(tree, "reg", i);
        fdt_property_string(tree, "enable-method", "spin-table");
        fdt_property_u64(tree, "cpu-release-addr", 0xd8 + 8 * i);
        fdt_end_node(tree);
    }
    fdt_end_node(tree);
    fdt_end_node(tree);
    fdt_finish(tree);
    return tree;
}

/* Puts the probe where a kernel's ELF file is expected, moved to the machine's addresses. */
static bool write_probe(const struct capdl_profile *profile, const struct machine *machine, const char *directory)
{
    char path[4096];
    struct file_bytes file;
    snprintf(path, sizeof(path), "%s/probe-%s.elf", directory, arch_name(machine));
    if (!file_read(path, &file)) {
        return false;
    }
    uint8_t *bytes = malloc(file.size);
    memcpy(bytes, file.data, file.size);
    Elf64_Ehdr *header = (void *)bytes;
    Elf64_Phdr *segment = (void *)(bytes + header->e_phoff);
    while (segment->p_type != PT_LOAD) {
        segment++;
    }
    header->e_entry += machine->virtual_address - segment->p_vaddr;
    segment->p_vaddr = machine->virtual_address;
    segment->p_paddr = machine->address;
    uint8_t *place = memmem(bytes, file.size, "CONSOLE!", 8);
    if (place) {
        memcpy(place, &machine->console, sizeof(machine->console));
    }
    test_prefix_write(profile, "bin/kernel.elf", bytes, file.size);
    free(bytes);
    file_release(&file);
    return place != NULL;
}

static char said[1 << 16];

enum damage { NO_DAMAGE, DAMAGED_CONTENTS, DAMAGED_TABLES };

/* Where the payload begins in a file, which is where its magic number is for the last time. */
static long payload_of(FILE *file, long size)
{
    const uint64_t magic = CAPDL_PAYLOAD_MAGIC;
    uint8_t *bytes = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fileno(file), 0);
    long at = size - (long)sizeof(magic);
    while (at > 0 && memcmp(bytes + at, &magic, sizeof(magic)) != 0) {
        at--;
    }
    munmap(bytes, (size_t)size);
    return at;
}

/* Packs, and changes one byte of the result if it is to be damaged. */
static bool pack_into(FILE *file, const struct pack_options *pack, enum damage damage, struct capdl_diags *diags)
{
    bool fine = pack_image(pack, diags, file) && fflush(file) == 0;
    if (fine && damage) {
        fseek(file, 0, SEEK_END);
        long size = ftell(file);
        fseek(file,
              damage == DAMAGED_TABLES ? payload_of(file, size) + (long)sizeof(struct capdl_payload) : size - 1000,
              SEEK_SET);
        fputc(0xa5, file);
        fflush(file);
    }
    return fine;
}

/* Boots a machine until it prints a marker. */
static bool run(const struct machine *machine, const struct pack_options *pack, enum damage damage, const char *marker,
                struct capdl_diags *diags)
{
    struct qemu_line line = {NULL};
    char path[64];
    memset(said, 0, sizeof(said));
    FILE *console = fmemopen(said, sizeof(said), "w"), *file = fdopen(memfd_create("packed", 0), "wb");
    struct qemu_options options = {.console = console, .marker = marker, .timeout_seconds = 20};
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
    bool fine = pack_into(file, pack, damage, diags) && qemu_command(pack->profile, path, NULL, &line, diags);
    for (size_t i = 0; fine && machine->replace && i < line.argc; i++) {
        if (strcmp(line.argv[i], machine->replace) == 0) {
            free(line.argv[i]);
            line.argv[i] = strdup(machine->by);
        }
    }
    if (fine && machine->format == PACK_EFI) {
        line.argv[line.argc++] = strdup("-bios");
        line.argv[line.argc++] = strdup(firmware);
        line.argv[line.argc] = NULL;
    }
    fine = fine && qemu_run(&line, &options, diags) == QEMU_MARKER;
    fclose(console);
    fclose(file);
    qemu_free(&line);
    return fine;
}

/* What the i-th core printed. */
static void check_core(const struct machine *machine, const char *text, unsigned i)
{
    unsigned long long v[10] = {0};
    uint64_t begin = 0;
    for (int byte = 8; byte-- > 0;) {
        begin = begin << 8 | test_byte(0x400000 + (unsigned)byte);
    }
    int count = sscanf(text, "probe %llx %llx %llx %llx %llx %llx %llx %llx %llx %llx", &v[0], &v[1], &v[2], &v[3],
                       &v[4], &v[5], &v[6], &v[7], &v[8], &v[9]);
    CHECK(count == 10 && v[0] == i, "%s: core %u is %llu", machine->what, i, v[0]);
    CHECK(machine->arch == CAPDL_ARCH_RISCV ? v[1] < machine->cores : v[1] == machine->level, "%s: level or hart %llu",
          machine->what, v[1]);
    CHECK(v[2] > machine->address && v[3] == v[2] + 0x4000 && v[4] == v[2] - 0x400000, "%s: initialiser %llx..%llx",
          machine->what, v[2], v[3]);
    CHECK(v[5] == 0x400100 && v[6] > machine->address && v[6] < v[2] && v[7] > 100, "%s: entry, device tree",
          machine->what);
    CHECK(v[8] == begin && v[9] == (uint32_t)TREE_MAGIC, "%s: memory holds %llx, %llx", machine->what, v[8], v[9]);
}

static void check_machine(const struct machine *machine, const char *probes, const char *loaders)
{
    struct capdl_profile profile;
    struct capdl_diags diags = {NULL};
    char loader[4096], marker[64];
    size_t size;
    test_prefix(&profile, machine->arch);
    strcpy(profile.platform, machine->platform);
    profile.max_nodes = machine->cores;
    profile.hypervisor = machine->hypervisor;
    profile.memory[0] = machine->ram;
    snprintf(loader, sizeof(loader), "%s/loader-%s.elf", loaders, arch_name(machine));
    snprintf(marker, sizeof(marker), "probe %016x", machine->cores - 1);
    uint8_t *tree = make_tree(machine);
    uint8_t *image =
        test_elf(machine->arch == CAPDL_ARCH_AARCH64 ? EM_AARCH64 : EM_RISCV, 0x400100, image_segments, 1, &size);
    struct pack_options pack = {.profile = &profile,
                                .image = {"image", image, size},
                                .format = machine->format,
                                .loader = loader,
                                .dtb = {"tree", tree, TREE_ROOM}};
    test_prefix_write(&profile, "libsel4/include/kernel/gen_config.json", "{}", 2);
    bool fine = write_probe(&profile, machine, probes) && run(machine, &pack, NO_DAMAGE, marker, &diags);
    CHECK(fine, "%s: not all cores arrive%s%s; the console said:\n%s", machine->what, diags.count ? ": " : "",
          diags.count ? diags.list[0].message : "", said);
    const char *text = said;
    for (unsigned i = 0; fine && i < machine->cores && (text = strstr(text, "probe ")); i++) {
        check_core(machine, text++, i);
    }
    if (machine == machines) {
        CHECK(run(machine, &pack, DAMAGED_CONTENTS, "completely: its contents", &diags),
              "a damaged image is noticed; the console said:\n%s", said);
        CHECK(run(machine, &pack, DAMAGED_TABLES, "completely: its tables", &diags),
              "so are damaged tables; the console said:\n%s", said);
    }
    free(tree);
    free(image);
    capdl_diags_free(&diags);
    test_prefix_remove(&profile);
}

static bool have(const char *program)
{
    char command[128];
    snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", program);
    return system(command) == 0;
}

int main(int argc, char **argv)
{
    if (argc < 3 || !have("qemu-system-aarch64") || !have("qemu-system-riscv64")) {
        puts("skipped: no QEMU for aarch64 and riscv64");
        return SKIPPED;
    }
    for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
        if (machines[i].format == PACK_EFI && access(firmware, R_OK) != 0) {
            printf("skipped: %s (no %s)\n", machines[i].what, firmware);
            continue;
        }
        check_machine(&machines[i], argv[1], argv[2]);
    }
    return check_result();
}
