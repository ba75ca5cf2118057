/* SPDX-License-Identifier: BSD-2-Clause */
/* x86-64: what GRUB boots. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pack.h"

extern char **environ;

enum { PATH_SIZE = 4096 };

static const char grub_config[] = "set timeout=0\n"
                                  "menuentry \"seL4\" {\n"
                                  "    multiboot /boot/kernel.elf\n"
                                  "    module /boot/image.elf\n"
                                  "    boot\n"
                                  "}\n";

static FILE *create(const char *directory, const char *name)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return fopen(path, "wb");
}

static bool make_directory(const char *directory, const char *name)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return mkdir(path, 0777) == 0;
}

/* boot/kernel.elf, boot/image.elf and boot/grub/grub.cfg below a directory. */
static bool fill_tree(const struct capdl_profile *profile, const struct pack_file *image, const char *directory,
                      struct capdl_diags *diags)
{
    bool made = make_directory(directory, "boot") && make_directory(directory, "boot/grub");
    FILE *kernel = made ? create(directory, "boot/kernel.elf") : NULL;
    FILE *module = made ? create(directory, "boot/image.elf") : NULL;
    FILE *config = made ? create(directory, "boot/grub/grub.cfg") : NULL;
    bool opened = kernel && module && config;
    bool good = opened && pack_multiboot(profile, diags, kernel);
    bool written =
        good && fwrite(image->bytes, 1, image->size, module) == image->size && fputs(grub_config, config) >= 0;
    FILE *all[] = {kernel, module, config};
    for (size_t i = 0; i < 3; i++) {
        written = all[i] && fclose(all[i]) == 0 && written;
    }
    if (!written && (good || !opened)) {
        capdl_error(diags, CAPDL_NOWHERE, "cannot write below %s: %s", directory, strerror(errno));
    }
    return written;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

/* `signals`: those that are blocked in the child. */
static bool run_mkrescue(const char *directory, const char *path, const sigset_t *signals, struct capdl_diags *diags)
{
    char *const argv[] = {(char[]){"grub-mkrescue"}, (char[]){"-o"}, (char *)(uintptr_t)path,
                          (char *)(uintptr_t)directory, NULL};
    posix_spawn_file_actions_t quiet;
    posix_spawnattr_t attributes;
    pid_t child;
    int status = -1;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, signals);
    int error = posix_spawnp(&child, argv[0], &quiet, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&quiet);
    if (error) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "cannot run grub-mkrescue, which makes CD images: %s (Debian packages: grub-common, grub-pc-bin, "
                    "xorriso)",
                    strerror(error));
        return false;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        capdl_error(diags, CAPDL_NOWHERE, "grub-mkrescue failed; it needs the Debian packages grub-pc-bin and xorriso");
        return false;
    }
    return true;
}

bool pack_iso(const struct capdl_profile *profile, const struct pack_file *image, const char *path,
              struct capdl_diags *diags)
{
    char directory[] = "/tmp/capdl-iso.XXXXXX";
    sigset_t ending, before;
    /* Signals that would end us wait until the directory is deleted. */
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    sigprocmask(SIG_BLOCK, &ending, &before);
    bool made = mkdtemp(directory), good = made;
    if (!made) {
        capdl_error(diags, CAPDL_NOWHERE, "cannot make a temporary directory: %s", strerror(errno));
    } else {
        good = fill_tree(profile, image, directory, diags) && run_mkrescue(directory, path, &before, diags);
        nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return good;
}
