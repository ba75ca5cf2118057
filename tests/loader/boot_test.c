/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boots a root task on every kernel under SEL4_PREFIXES: as `capdl run` would, in every other format QEMU takes, and on
 * machines that are not what the kernel was built for. usage: boot_test DIRECTORY-OF-TASKS [NAME-PART]
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../check.h"
#include "base/file.h"
#include "pack/pack.h"
#include "pack/qemu.h"
#include "profile/profile.h"

enum { SKIPPED = 77 };

static const char *tasks;
static char said[1 << 18];
static unsigned num_booted, num_skipped;

static const char *task_name(enum capdl_arch arch)
{
    return arch == CAPDL_ARCH_AARCH64 ? "aarch64" : arch == CAPDL_ARCH_RISCV ? "riscv64" : "x86_64";
}

/* The task for a kernel, its system call number filled in. To be freed. */
static uint8_t *make_task(const struct capdl_profile *profile, size_t *size)
{
    char path[4096];
    struct file_bytes file;
    int64_t number = profile->syscalls[CAPDL_SYSCALL_DEBUG_PUTCHAR];
    snprintf(path, sizeof(path), "%s/task-%s.elf", tasks, task_name(profile->arch));
    if (!file_read(path, &file)) {
        return NULL;
    }
    uint8_t *bytes = malloc(file.size);
    memcpy(bytes, file.data, file.size);
    *size = file.size;
    file_release(&file);
    uint8_t *place = memmem(bytes, *size, "PUTCHAR!", 8);
    if (place) {
        memcpy(place, &number, sizeof(number));
    }
    return bytes;
}

static struct qemu_options until(const char *marker, FILE *console)
{
    return (struct qemu_options){.console = console, .marker = marker, .timeout_seconds = 30};
}

static FILE *listen_in(void)
{
    memset(said, 0, sizeof(said));
    return fmemopen(said, sizeof(said), "w");
}

static void report(const struct capdl_diags *diags, const char *what)
{
    for (size_t i = 0; i < diags->count; i++) {
        fprintf(stderr, "  %s\n", diags->list[i].message);
    }
    fprintf(stderr, "  %s; the console said:\n%s\n", what, said);
}

/* The way `capdl run` goes. */
static void boot_plain(const struct capdl_profile *profile, const uint8_t *task, size_t size, const char *expected)
{
    struct capdl_diags diags = {NULL};
    FILE *console = listen_in();
    struct qemu_options options = until(expected, console);
    enum qemu_outcome outcome = qemu_boot(profile, "task", task, size, &options, NULL, &diags);
    fclose(console);
    CHECK(outcome == QEMU_MARKER, "%s did not boot", profile->name);
    if (outcome != QEMU_MARKER) {
        report(&diags, "boot_plain");
    }
    capdl_diags_free(&diags);
}

/* One format, perhaps on another machine: `replace` in the command line becomes `by`. */
static void boot_packed(const struct capdl_profile *profile, const uint8_t *task, size_t size, enum pack_format format,
                        const char *replace, const char *by, const char *expected)
{
    struct capdl_diags diags = {NULL};
    struct qemu_line line = {NULL};
    struct pack_options pack = {.profile = profile, .image = {"task", task, size}, .format = format};
    FILE *console = listen_in(), *file = fdopen(memfd_create("packed", 0), "wb");
    struct qemu_options options = until(expected, console);
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
    bool fine =
        pack_image(&pack, &diags, file) && fflush(file) == 0 && qemu_command(profile, path, NULL, &line, &diags);
    for (size_t i = 0; fine && replace && i < line.argc; i++) {
        /* Of -m it is the argument: how much depends on the kernel. */
        size_t at = strcmp(line.argv[i], "-m") == 0 ? i + 1 : i;
        if (strcmp(line.argv[i], replace) == 0 && at < line.argc) {
            free(line.argv[at]);
            line.argv[at] = strdup(by);
        }
    }
    fine = fine && qemu_run(&line, &options, &diags) == QEMU_MARKER;
    fclose(console);
    fclose(file);
    CHECK(fine, "%s as %s%s%s", profile->name, pack_format_name(format), by ? " on " : "", by ? by : "");
    if (!fine) {
        report(&diags, expected);
    }
    qemu_free(&line);
    capdl_diags_free(&diags);
}

/* Whether a machine with 1 GiB, which begins at `base`, is too small. */
static bool needs_more(const struct capdl_profile *profile, uint64_t base)
{
    return profile->memory[profile->num_memory - 1].end > base + (UINT64_C(1) << 30);
}

/* Machines that do not suit: a reason, not silence. And one that must: entered at EL3. */
static void boot_elsewhere(const struct capdl_profile *profile, const uint8_t *task, size_t size, const char *expected)
{
    if (strcmp(profile->platform, "qemu-arm-virt") == 0) {
        if (needs_more(profile, 0x40000000)) {
            boot_packed(profile, task, size, PACK_ELF, "-m", "1024M", "the firmware's device tree has none at");
        }
        if (profile->hypervisor) {
            boot_packed(profile, task, size, PACK_ELF, "virt,virtualization=on", "virt", "needs EL2");
        }
        if (profile->hypervisor && profile->max_nodes == 1) {
            boot_packed(profile, task, size, PACK_ELF, "virt,virtualization=on", "virt,virtualization=on,secure=on",
                        expected);
        }
    }
    if (strcmp(profile->platform, "qemu-riscv-virt") == 0 && needs_more(profile, 0x80000000)) {
        boot_packed(profile, task, size, PACK_ELF, "-m", "1024M", "the firmware's device tree has none at");
    }
    if (profile->arch != CAPDL_ARCH_X86_64 && profile->max_nodes == 4) {
        boot_packed(profile, task, size, PACK_ELF, "4", "2", "the kernel waits for 4 cores, the device tree has 2");
    }
}

static void boot_all(const struct capdl_profile *profile)
{
    char expected[64];
    size_t size;
    uint8_t *task = make_task(profile, &size);
    snprintf(expected, sizeof(expected), "root task up, %u nodes", profile->max_nodes);
    if (!task || !profile->printing || profile->sysenter || strcmp(profile->platform, "tx2") == 0 ||
        (profile->arch == CAPDL_ARCH_X86_64 && profile->hypervisor)) {
        printf("skipped: %s (%s)\n", profile->name,
               !task                                   ? "no compiler for the task"
               : !profile->printing                    ? "no console"
               : profile->sysenter                     ? "the task knows SYSCALL only"
               : strcmp(profile->platform, "tx2") == 0 ? "QEMU is no Tegra"
                                                       : "QEMU has no VT-x");
        num_skipped++;
        free(task);
        return;
    }
    boot_plain(profile, task, size, expected);
    if (profile->arch != CAPDL_ARCH_X86_64) {
        /* one of the formats each, so that all are seen; boot_plain has ELF */
        static enum pack_format format = PACK_ELF;
        do {
            format = (enum pack_format)((format + 1) % PACK_FORMAT_COUNT);
        } while (format == PACK_ELF || !pack_format_is_for(format, profile->arch));
        boot_packed(profile, task, size, format, NULL, NULL, expected);
        boot_elsewhere(profile, task, size, expected);
    }
    num_booted++;
    printf("booted: %s\n", profile->name);
    fflush(stdout);
    free(task);
}

int main(int argc, char **argv)
{
    const char *prefixes = getenv("SEL4_PREFIXES");
    struct dirent **entries;
    if (argc < 2 || !prefixes || !*prefixes) {
        puts("skipped: SEL4_PREFIXES is not set");
        return SKIPPED;
    }
    tasks = argv[1];
    int count = scandir(prefixes, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        static struct capdl_profile profile;
        struct capdl_diags diags = {NULL};
        char path[4096];
        snprintf(path, sizeof(path), "%s/%s", prefixes, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && (argc < 3 || strstr(entries[i]->d_name, argv[2]))) {
            bool fine = profile_read(path, &profile, &diags);
            CHECK(fine, "%s: no profile", path);
            if (fine) {
                boot_all(&profile);
            }
        }
        capdl_diags_free(&diags);
        free(entries[i]);
    }
    free(entries);
    printf("%u booted, %u skipped\n", num_booted, num_skipped);
    return check_result();
}
