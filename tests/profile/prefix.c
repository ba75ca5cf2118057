/* SPDX-License-Identifier: BSD-2-Clause */
#include "prefix.h"

#include <elf.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(1);
}

static char *join(const char *directory, const char *file)
{
    char *path;
    if (asprintf(&path, "%s/%s", directory, file) < 0) {
        die("asprintf");
    }
    return path;
}

static char *read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *text;
    long length;
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0) {
        die(path);
    }
    rewind(file);
    text = calloc(1, (size_t)length + 1);
    if (text == NULL || fread(text, 1, (size_t)length, file) != (size_t)length) {
        die(path);
    }
    fclose(file);
    *size = (size_t)length;
    return text;
}

void prefix_write(const char *prefix, const char *name, const void *content, size_t size)
{
    char *path = join(prefix, name);
    FILE *file;
    if (content == NULL) {
        if (unlink(path) != 0) {
            die(path);
        }
    } else {
        file = fopen(path, "wb");
        if (file == NULL || fwrite(content, 1, size, file) != size || fclose(file) != 0) {
            die(path);
        }
    }
    free(path);
}

/* nftw has no context argument. */
static const char *copy_from, *copy_to;

static int copy_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    char *text, *target = join(copy_to, path + strlen(copy_from));
    size_t size;
    (void)status;
    if (type == FTW_D) {
        if (walk->level > 0 && mkdir(target, 0700) != 0) {
            die(target);
        }
    } else {
        text = read_all(path, &size);
        prefix_write(copy_to, path + strlen(copy_from), text, size);
        free(text);
    }
    free(target);
    return 0;
}

char *prefix_copy(const char *source)
{
    const char *parent = getenv("TMPDIR");
    char *copy = join(parent != NULL ? parent : "/tmp", "capdl-prefix-XXXXXX"), *bin;
    if (mkdtemp(copy) == NULL) {
        die(copy);
    }
    copy_from = source;
    copy_to = copy;
    if (nftw(source, copy_entry, 16, FTW_PHYS) != 0) {
        die(source);
    }
    bin = join(copy, "bin");
    if (mkdir(bin, 0700) != 0) {
        die(bin);
    }
    free(bin);
    return copy;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void prefix_remove(char *prefix)
{
    if (nftw(prefix, remove_entry, 16, FTW_PHYS | FTW_DEPTH) != 0) {
        die(prefix);
    }
    free(prefix);
}

bool prefix_edit(const char *prefix, const char *name, const char *find, const char *replace)
{
    char *path = join(prefix, name), *text, *at, *changed;
    size_t size;
    text = read_all(path, &size);
    at = strstr(text, find);
    if (at != NULL) {
        if (asprintf(&changed, "%.*s%s%s", (int)(at - text), text, replace, at + strlen(find)) < 0) {
            die("asprintf");
        }
        prefix_write(prefix, name, changed, strlen(changed));
        free(changed);
    }
    free(text);
    free(path);
    return at != NULL;
}

void prefix_write_kernel(const char *prefix, const struct prefix_kernel *kernel)
{
    struct {
        Elf64_Ehdr header;
        Elf64_Phdr segment;
    } file = {
        .header =
            {
                .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, kernel->class, ELFDATA2LSB, EV_CURRENT},
                .e_type = kernel->type,
                .e_machine = kernel->machine,
                .e_version = EV_CURRENT,
                .e_phoff = sizeof(Elf64_Ehdr),
                .e_ehsize = sizeof(Elf64_Ehdr),
                .e_phentsize = sizeof(Elf64_Phdr),
                .e_phnum = 1,
            },
        .segment =
            {
                .p_type = PT_LOAD,
                .p_vaddr = kernel->virtual,
                .p_paddr = kernel->physical,
                .p_memsz = kernel->size,
            },
    };

    prefix_write(prefix, "bin/kernel.elf", &file, sizeof(file));
}
