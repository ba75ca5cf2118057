// SPDX-License-Identifier: BSD-2-Clause
// Notes which functions of a program were entered: linked into every program of a build with -finstrument-functions and
// -falign-functions=16. Each program maps a file of the directory $CAPDL_ENTERED and sets byte n when the function at
// 16 * n is entered. Processes share the file; a child that may open nothing writes to it all the same.
//
// With -DBLOCKS it notes basic blocks instead, of a build with -fsanitize-coverage=trace-pc: byte n stands for the call
// before n.
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define UNTOUCHED __attribute__((no_instrument_function))

#ifdef BLOCKS
enum { UNIT = 1 };
#else
enum { UNIT = 16 };
#endif

/* A shared library has none, and notes nothing. */
extern char __executable_start[] __attribute__((weak)), etext[] __attribute__((weak));
static char *entered;

UNTOUCHED __attribute__((constructor(101))) static void map_table(void)
{
    const char *directory = getenv("CAPDL_ENTERED");
    char program[PATH_MAX], path[2 * PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
    if (!directory || length < 0 || !__executable_start) {
        return;
    }
    program[length] = 0;
    for (char *c = program; *c; c++) {
        *c = *c == '/' ? '%' : *c;
    }
    snprintf(path, sizeof(path), "%s/%s", directory, program);
    size_t size = (size_t)(etext - __executable_start) / UNIT + 1;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0 || ftruncate(file, (off_t)size)) {
        return;
    }
    void *table = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    entered = table == MAP_FAILED ? NULL : table;
}

UNTOUCHED static void note(const char *at)
{
    if (entered && at >= __executable_start && at < etext) {
        entered[(size_t)(at - __executable_start) / UNIT] = 1;
    }
}

UNTOUCHED void __cyg_profile_func_enter(void *function, void *from)
{
    (void)from;
    note(function);
}

UNTOUCHED void __cyg_profile_func_exit(void *function, void *to)
{
    (void)function;
    (void)to;
}

UNTOUCHED void __sanitizer_cov_trace_pc(void)
{
    note(__builtin_return_address(0));
}
