/* SPDX-License-Identifier: BSD-2-Clause */
#include "program_files.h"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

/* Of all directories together: whoever runs an image among very many files does without some of the names. */
enum { MOST_FILES = 1000, MOST_ENTRIES = 10000 };

/* By the file's first bytes, so that others need not be read. */
static bool is_executable(int directory, const char *name, uint16_t machine)
{
    Elf64_Ehdr header;
    struct stat status;
    int file = openat(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    bool good = file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
                read(file, &header, sizeof(header)) == (ssize_t)sizeof(header) &&
                memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_type == ET_EXEC && header.e_machine == machine;
    if (file >= 0) {
        close(file);
    }
    return good;
}

static void add_file(struct program_files *files, const char *path)
{
    struct file_bytes bytes;
    if (files->found.count == MOST_FILES || !file_read_regular(path, &bytes)) {
        return;
    }
    files->list = memory_grow(files->list, &files->capacity_list, files->found.count + 1, sizeof(*files->list));
    files->bytes = memory_grow(files->bytes, &files->capacity_bytes, files->found.count + 1, sizeof(*files->bytes));
    files->bytes[files->found.count] = bytes;
    files->list[files->found.count++] = (struct symbol_file){.bytes = bytes.data, .size = bytes.size};
    files->found.list = files->list;
}

static char *join(const char *directory, const char *name)
{
    char *path = NULL;
    return asprintf(&path, "%s/%s", directory, name) < 0 ? NULL : path;
}

static void add_files(struct program_files *files, DIR *directory, const char *path, uint16_t machine)
{
    for (struct dirent *entry; files->entries_left && (entry = readdir(directory)); files->entries_left--) {
        char *name = join(path, entry->d_name);
        if (entry->d_type != DT_DIR && name && is_executable(dirfd(directory), entry->d_name, machine)) {
            add_file(files, name);
        }
        free(name);
    }
}

static bool searched(struct program_files *files, DIR *directory)
{
    struct stat status;
    if (fstat(dirfd(directory), &status) != 0) {
        return false;
    }
    for (size_t i = 0; i < files->num_searched; i++) {
        if (files->searched[i].device == status.st_dev && files->searched[i].inode == status.st_ino) {
            return true;
        }
    }
    files->searched =
        memory_grow(files->searched, &files->capacity_searched, files->num_searched + 1, sizeof(*files->searched));
    files->searched[files->num_searched++] = (struct searched){status.st_dev, status.st_ino};
    return false;
}

/* Its own files first, then those `depth` directories down. */
static void search(struct program_files *files, const char *path, uint16_t machine, unsigned depth)
{
    DIR *directory = opendir(path);
    if (!directory) {
        return;
    }
    if (!searched(files, directory)) {
        add_files(files, directory, path, machine);
    }
    rewinddir(directory);
    for (struct dirent *entry; depth > 0 && files->entries_left && (entry = readdir(directory));) {
        char *name = join(path, entry->d_name);
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' && name) {
            search(files, name, machine, depth - 1);
        }
        free(name);
    }
    closedir(directory);
}

void program_files_find(struct program_files *files, uint16_t machine, const char *image,
                        const char *const *directories)
{
    const char *slash = strrchr(image, '/');
    char *beside = slash ? strndup(image, (size_t)(slash - image) + 1) : strdup(".");
    *files = (struct program_files){.entries_left = MOST_ENTRIES};
    for (; directories && *directories; directories++) {
        search(files, *directories, machine, 0);
    }
    if (beside) {
        search(files, beside, machine, 1);
    }
    search(files, ".", machine, 0);
    free(beside);
}

void program_files_free(struct program_files *files)
{
    for (size_t i = 0; i < files->found.count; i++) {
        file_release(&files->bytes[i]);
    }
    free(files->searched);
    free(files->list);
    free(files->bytes);
}
