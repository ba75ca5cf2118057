/* SPDX-License-Identifier: BSD-2-Clause */
#include "qemu.h"

#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <capdl/architecture.h>

#include "base/fdt_check.h"
#include "base/file.h"
#include "pack.h"
#include "profile/profile.h"

/* A file without a name: QEMU inherits it and opens it by its number. */
struct nameless {
    FILE *stream;
    char path[32];
};

static bool nameless_create(struct nameless *file, const char *what, struct capdl_diags *diags)
{
    int number = memfd_create(what, 0);
    file->stream = number >= 0 ? fdopen(number, "wb") : NULL;
    if (!file->stream) {
        capdl_error(diags, CAPDL_NOWHERE, "no memory for the %s: %s", what, strerror(errno));
        if (number >= 0) {
            close(number);
        }
        return false;
    }
    snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d", number);
    return true;
}

static bool nameless_complete(struct nameless *file, const char *what, struct capdl_diags *diags)
{
    bool fine = fflush(file->stream) == 0 && !ferror(file->stream);
    if (!fine) {
        capdl_error(diags, CAPDL_NOWHERE, "no memory for the %s: %s", what, strerror(errno));
    }
    return fine;
}

/* The kernel as multiboot wants it; elsewhere everything in one. */
static bool write_kernel(const struct capdl_profile *profile, const struct pack_file *image, struct capdl_diags *diags,
                         FILE *out)
{
    struct pack_options options = {.profile = profile, .image = *image, .format = pack_format_for_qemu(profile)};
    return capdl_architecture(profile->arch)->pc ? pack_multiboot(profile, diags, out)
                                                 : pack_image(&options, diags, out);
}

/*
 * QEMU's PolarFire machine brings no device tree for its firmware, and in the kernel's the timer is called something
 * else, so the firmware would find none.
 */
static const char timer_path[] = "/soc/clint@2000000", timer_kind[] = "riscv,clint0";

static bool needs_tree(const struct capdl_profile *profile)
{
    return strcmp(profile->platform, "polarfire") == 0;
}

static bool write_tree(const struct capdl_profile *profile, struct capdl_diags *diags, FILE *out)
{
    enum { MORE = 256 };
    char *path = profile_dtb(profile->prefix);
    struct file_bytes file = {NULL};
    bool good = file_read(path, &file) && fdt_check(file.data, file.size);
    uint8_t *tree = good ? malloc(file.size + MORE) : NULL;
    good = tree && fdt_open_into(file.data, tree, (int)file.size + MORE) == 0;
    int timer = good ? fdt_path_offset(tree, timer_path) : -1;
    good = timer >= 0 && fdt_setprop_string(tree, timer, "compatible", timer_kind) == 0;
    if (good) {
        fwrite(tree, 1, fdt_totalsize(tree), out);
    } else {
        capdl_error(diags, CAPDL_NOWHERE, "%s: has no %s, from which the firmware could learn of the timer", path,
                    timer_path);
    }
    free(tree);
    file_release(&file);
    free(path);
    return good;
}

static void add_devices(struct qemu_line *line, const struct qemu_options *options)
{
    for (size_t i = 0; options->devices && options->devices[i] && i < QEMU_MOST_DEVICES; i++) {
        qemu_add(line, "-device");
        qemu_add(line, options->devices[i]);
    }
}

static void add_tree(struct qemu_line *line, const char *path)
{
    if (path) {
        qemu_add(line, "-dtb");
        qemu_add(line, path);
    }
}

/* What a user would type to do the same: the files that QEMU is given here have no names. */
static void print_recipe(const struct capdl_profile *profile, const char *image_name,
                         const struct qemu_options *options, FILE *out)
{
    bool pc = capdl_architecture(profile->arch)->pc;
    struct capdl_diags ignored = {NULL}; /* qemu_command has been called for this profile before */
    struct qemu_line image = {NULL}, qemu;
    const char *format = pc ? "multiboot" : pack_format_name(pack_format_for_qemu(profile));
    const char *words[] = {"capdl", "image",    image_name, "--kernel", profile->prefix,
                           "-o",    "boot.elf", "--format", format};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        qemu_add(&image, words[i]);
    }
    fputs("capdl: equivalent commands:\n", out);
    if (needs_tree(profile)) {
        char *path = profile_dtb(profile->prefix);
        fprintf(out, "cp %s tree.dtb\nfdtput -t s tree.dtb %s compatible %s\n", path, timer_path, timer_kind);
        free(path);
    }
    qemu_print(&image, out);
    if (qemu_command(profile, "boot.elf", pc ? "boot.elf.module" : NULL, &qemu, &ignored)) {
        add_tree(&qemu, needs_tree(profile) ? "tree.dtb" : NULL);
        add_devices(&qemu, options);
        qemu_print(&qemu, out);
        qemu_free(&qemu);
    }
    qemu_free(&image);
    capdl_diags_free(&ignored);
}

static enum qemu_outcome boot(const struct capdl_profile *profile, const struct nameless *kernel,
                              const struct nameless *module, const struct nameless *tree,
                              const struct qemu_options *options, struct capdl_diags *diags)
{
    struct qemu_line line;
    if (!qemu_command(profile, kernel->path, capdl_architecture(profile->arch)->pc ? module->path : NULL, &line,
                      diags)) {
        return QEMU_FAILED;
    }
    add_tree(&line, tree->stream ? tree->path : NULL);
    add_devices(&line, options);
    enum qemu_outcome outcome = qemu_run(&line, options, diags);
    qemu_free(&line);
    return outcome;
}

enum qemu_outcome qemu_boot(const struct capdl_profile *profile, const char *image_name, const uint8_t *image,
                            size_t image_size, const struct qemu_options *options, FILE *verbose,
                            struct capdl_diags *diags)
{
    struct pack_file file = {image_name, image, image_size};
    struct nameless kernel = {NULL}, module = {NULL}, tree = {NULL};
    enum qemu_outcome outcome = QEMU_FAILED;
    bool ready = nameless_create(&kernel, "kernel", diags) && nameless_create(&module, "image", diags);
    if (ready && !write_kernel(profile, &file, diags, kernel.stream)) {
        outcome = QEMU_REFUSED;
        ready = false;
    }
    ready = ready && nameless_complete(&kernel, "kernel", diags);
    if (ready && capdl_architecture(profile->arch)->pc) {
        fwrite(image, 1, image_size, module.stream);
        ready = nameless_complete(&module, "image", diags);
    }
    if (ready && needs_tree(profile)) {
        ready = nameless_create(&tree, "device tree", diags) && write_tree(profile, diags, tree.stream) &&
                nameless_complete(&tree, "device tree", diags);
    }
    if (ready && verbose) {
        print_recipe(profile, image_name, options, verbose);
    }
    if (ready) {
        outcome = boot(profile, &kernel, &module, &tree, options, diags);
    }
    if (kernel.stream) {
        fclose(kernel.stream);
    }
    if (module.stream) {
        fclose(module.stream);
    }
    if (tree.stream) {
        fclose(tree.stream);
    }
    return outcome;
}
