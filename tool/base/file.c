/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/file.h"

#include "base/depfile.h"
#include "base/ending.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Pipes and the like, whose size is unknown. */
static bool read_stream(int fd, struct file_bytes *bytes)
{
    size_t capacity = 1 << 16, size = 0;
    uint8_t *data = malloc(capacity);
    while (data) {
        ssize_t n = read(fd, data + size, capacity - size);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n == 0) {
            bytes->data = data;
            bytes->size = size;
            return true;
        }
        if (n < 0) {
            break;
        }
        size += (size_t)n;
        if (size == capacity) {
            capacity *= 2;
            uint8_t *larger = realloc(data, capacity);
            if (!larger) {
                break;
            }
            data = larger;
        }
    }
    int error = errno;
    free(data);
    errno = error;
    return false;
}

static bool read_open_file(int fd, struct file_bytes *bytes)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return false;
    }
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return false;
    }
    if (!S_ISREG(status.st_mode) || status.st_size == 0) {
        return read_stream(fd, bytes);
    }
    void *data = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED) {
        return read_stream(fd, bytes);
    }
    bytes->data = data;
    bytes->size = (size_t)status.st_size;
    bytes->mapped = true;
    return true;
}

bool file_read(const char *path, struct file_bytes *bytes)
{
    *bytes = (struct file_bytes){NULL};
    if (strcmp(path, "-") == 0) {
        return read_open_file(STDIN_FILENO, bytes);
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool good = read_open_file(fd, bytes);
    int error = errno;
    if (good) {
        depfile_note(path);
    }
    close(fd);
    errno = error;
    return good;
}

bool file_read_regular(const char *path, struct file_bytes *bytes)
{
    struct stat status;
    *bytes = (struct file_bytes){NULL};
    if (stat(path, &status) != 0) {
        return false;
    }
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
        errno = ESPIPE;
        return false;
    }
    return file_read(path, bytes);
}

const char *file_error(void)
{
    switch (errno) {
    case ESPIPE:
        return "it is not a regular file";
    case EXDEV:
        return "it is outside the spec's directory; -I DIRECTORY allows another one";
    default:
        return strerror(errno);
    }
}

void file_release(struct file_bytes *bytes)
{
    if (bytes->mapped) {
        munmap((void *)(uintptr_t)bytes->data, bytes->size);
    } else {
        free((void *)(uintptr_t)bytes->data);
    }
    *bytes = (struct file_bytes){NULL};
}

void file_forget(const struct file_bytes *bytes, const char *from, const char *to)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = (uintptr_t)from & ~(page - 1),
              end = (uintptr_t)to & ~(page - 1);
    if (bytes->mapped && first < end) {
        (void)madvise((void *)first, end - first, MADV_DONTNEED);
    }
}

static char *join(const char *directory, size_t length, const char *name)
{
    char *path = NULL;
    if (length == 0) {
        return strdup(name);
    }
    return asprintf(&path, "%.*s/%s", (int)length, directory, name) < 0 ? NULL : path;
}

/* Takes over the path; returns it if the file exists. */
static char *existing(char *path)
{
    if (path && access(path, F_OK) == 0) {
        return path;
    }
    free(path);
    return NULL;
}

/* Whether a resolved path is in a directory, wherever links to that lead. */
static bool lies_in(const char *resolved, const char *directory)
{
    char *real = realpath(*directory ? directory : ".", NULL);
    size_t length = real ? strlen(real) : 0;
    bool inside =
        length && strncmp(resolved, real, length) == 0 && (resolved[length] == '/' || real[length - 1] == '/');
    free(real);
    return inside;
}

/* Specs come from others: they may only name files in directories that the command line allows. */
static bool is_allowed(const char *path, const char *spec_directory, const char *const *directories)
{
    char *resolved = realpath(path, NULL);
    bool allowed = resolved && lies_in(resolved, spec_directory);
    for (; resolved && !allowed && directories && *directories; directories++) {
        allowed = lies_in(resolved, *directories);
    }
    free(resolved);
    return allowed;
}

static bool only_in_directories;

void file_find_only_in_directories(void)
{
    only_in_directories = true;
}

bool file_finds_beside(void)
{
    return !only_in_directories;
}

static char *find_in(const char *name, const char *spec_directory, const char *const *directories)
{
    if (name[0] == '/') {
        return existing(strdup(name));
    }
    char *path = only_in_directories ? NULL : existing(join(spec_directory, strlen(spec_directory), name));
    for (; !path && directories && *directories; directories++) {
        path = existing(join(*directories, strlen(*directories), name));
    }
    return path;
}

char *file_find(const char *name, const char *beside, const char *const *directories)
{
    const char *slash = beside ? strrchr(beside, '/') : NULL;
    char *spec_directory =
        slash == beside && slash ? strdup("/") : strndup(beside ? beside : "", slash ? (size_t)(slash - beside) : 0);
    char *path = spec_directory ? find_in(name, spec_directory, directories) : NULL;
    int error = path ? EXDEV : ENOENT;
    if (path && !only_in_directories && !is_allowed(path, spec_directory, directories)) {
        free(path);
        path = NULL;
    }
    free(spec_directory);
    if (!path) {
        errno = error;
    }
    return path;
}

/* The current temporary files, for the signal handler. */
enum { MOST_PENDING = 4 };
static char *volatile pending[MOST_PENDING];

static void remove_pending(void)
{
    for (size_t i = 0; i < MOST_PENDING; i++) {
        if (pending[i]) {
            unlink(pending[i]);
        }
    }
}

/* Replaces one of them by another: NULL is a free place. False if there is none. */
static bool replace_pending(const char *old, char *new)
{
    for (size_t i = 0; i < MOST_PENDING; i++) {
        if (pending[i] == old) {
            pending[i] = new;
            return true;
        }
    }
    return false;
}

/* mkstemp. No signal comes between creating the file and noting that it is to be removed. */
static int create_pending(char *name)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    int fd = mkstemp(name);
    int error = errno;
    if (fd >= 0) {
        replace_pending(NULL, name);
        ending_add(remove_pending);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return fd;
}

static void forget(struct file_output *output)
{
    bool more = false;
    if (output->temporary) {
        replace_pending(output->temporary, NULL);
    }
    for (size_t i = 0; i < MOST_PENDING; i++) {
        more = more || pending[i];
    }
    if (!more) {
        ending_remove(remove_pending);
    }
    free(output->path);
    free(output->temporary);
    *output = (struct file_output){NULL};
}

/* mkstemp creates files with 0600; a new file should follow the user's umask. */
static void default_mode(int fd)
{
    mode_t mask = umask(0);
    umask(mask);
    (void)fchmod(fd, 0666 & ~mask);
}

/* Replaces the target of a link, not the link. For a dangling link, creates the target. */
static char *final_path(const char *path)
{
    struct stat status;
    bool is_link = lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
    char *target = is_link ? realpath(path, NULL) : NULL;
    return target || (is_link && errno == ELOOP) ? target : strdup(path);
}

bool file_create(struct file_output *output, const char *path)
{
    *output = (struct file_output){.path = final_path(path)};
    if (!output->path) {
        return false;
    }
    if (strcmp(path, "-") == 0) {
        output->stream = stdout;
        return true;
    }
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) { /* /dev/null, a pipe: nothing to rename over */
        output->stream = fopen(path, "wb");
    } else if (asprintf(&output->temporary, "%s.XXXXXX", output->path) >= 0) {
        int fd = create_pending(output->temporary);
        if (fd >= 0) {
            default_mode(fd);
            output->stream = fdopen(fd, "wb");
        }
    }
    if (!output->stream) {
        int error = errno;
        forget(output);
        errno = error;
        return false;
    }
    return true;
}

bool file_commit(struct file_output *output)
{
    bool good = !ferror(output->stream);
    good = (output->stream == stdout ? fflush(stdout) : fclose(output->stream)) == 0 && good;
    if (good && output->temporary) {
        good = rename(output->temporary, output->path) == 0;
    }
    int error = errno;
    if (!good && output->temporary) {
        unlink(output->temporary);
    }
    forget(output);
    errno = error;
    return good;
}

void file_abandon(struct file_output *output)
{
    if (output->stream && output->stream != stdout) {
        fclose(output->stream);
    }
    if (output->temporary) {
        unlink(output->temporary);
    }
    forget(output);
}
