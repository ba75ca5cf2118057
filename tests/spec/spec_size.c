/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What large specs cost to read, check and print.
 *
 *     spec_size STYLE COUNT     writes a spec to standard output
 *     spec_size COUNT           measures each style with so many objects, prints a table
 *     spec_size                 a test: memory for each byte of text, and time for four times as much text, have limits
 *
 * Memory is what the process has at most beyond what it had before, from the kernel's count of pages; pages of the
 * mapped text are counted as long as they are in memory. Time is the processor's, not the clock's.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <capdl/spec.h>

#include "large.h"

enum { TEST_COUNT = 20000, GROWTH = 4, ATTEMPTS = 3 };

/* Instrumented memory and time say nothing. */
#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif
#else
enum { SANITIZED = 0 };
#endif

struct cost {
    size_t text, memory;       /* bytes */
    double read, check, print; /* seconds */
    bool good;
};

static double now(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 + (double)usage.ru_stime.tv_sec +
           (double)usage.ru_stime.tv_usec / 1e6;
}

static size_t most_memory(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_maxrss * 1024;
}

static void release(void *context, const char *from, const char *to)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = (uintptr_t)from & ~(page - 1),
              end = (uintptr_t)to & ~(page - 1);
    (void)context;
    madvise((void *)first, end - first, MADV_DONTNEED);
}

static struct cost measure_text(const char *text, size_t size)
{
    struct capdl_text_options options = {.release = release};
    struct cost cost = {.text = size};
    struct capdl_diags diags = {NULL};
    struct capdl_spec spec;
    FILE *nowhere = fopen("/dev/null", "w");
    size_t before = most_memory();
    double start = now();
    capdl_spec_init(&spec);
    cost.good = capdl_spec_read_text(&spec, &diags, capdl_diags_add_source(&diags, "large.cdl", text, size), &options);
    cost.read = now() - start;
    start = now();
    cost.good = capdl_spec_check(&spec, &diags) && cost.good;
    cost.check = now() - start;
    start = now();
    capdl_spec_write_text(&spec, nowhere, true);
    cost.print = now() - start;
    cost.memory = most_memory() - before;
    capdl_diags_print(&diags, nowhere, 0);
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    fclose(nowhere);
    return cost;
}

/* In a process of its own, whose memory has not been used for anything else. */
static struct cost measure(const struct large_style *style, unsigned count)
{
    struct cost cost = {.good = false};
    FILE *file = tmpfile();
    int channel[2], status;
    pid_t child;
    if (!file || pipe(channel)) {
        exit(2);
    }
    large_write(style, file, count);
    fflush(file);
    child = fork();
    if (child == 0) {
        size_t size = (size_t)ftell(file);
        void *text = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fileno(file), 0);
        cost = measure_text(text, size);
        _exit(write(channel[1], &cost, sizeof(cost)) != sizeof(cost));
    }
    close(channel[1]);
    if (read(channel[0], &cost, sizeof(cost)) != sizeof(cost)) {
        cost.good = false;
    }
    close(channel[0]);
    waitpid(child, &status, 0);
    fclose(file);
    return cost;
}

static double seconds(const struct cost *cost)
{
    return cost->read + cost->check + cost->print;
}

static void print_table(unsigned count)
{
    const struct large_style *style;
    printf("%-12s %11s %7s %7s %7s %10s %9s %8s\n", "style", "bytes", "read", "check", "print", "bytes/s", "B/object",
           "ratio");
    for (size_t i = 0; (style = large_style(i)); i++) {
        struct cost cost = measure(style, count);
        printf("%-12s %11zu %7.2f %7.2f %7.2f %10.0f %9.1f %8.2f%s\n", style->name, cost.text, cost.read, cost.check,
               cost.print, (double)cost.text / seconds(&cost), (double)cost.memory / count,
               (double)cost.memory / (double)cost.text, cost.good ? "" : " (with errors)");
        fflush(stdout);
    }
}

/* Whether four times the text takes less than twice as long for each byte. */
static bool time_good(const struct cost *small, const struct cost *large)
{
    return seconds(large) < 2 * GROWTH * (seconds(small) + 0.01);
}

/* What more text takes more, for each byte: that leaves out what every process has. */
static bool memory_good(const struct large_style *style, const struct cost *small, const struct cost *large)
{
    double ratio = ((double)large->memory - (double)small->memory) / (double)(large->text - small->text);
    if (style->most_ratio == 0 || ratio <= style->most_ratio) {
        return true;
    }
    fprintf(stderr, "%s: takes %.2f times its size in memory, expected at most %.2f\n", style->name, ratio,
            style->most_ratio);
    return false;
}

/* Time gets another chance: the machine may have been busy with other things. */
static bool test_style(const struct large_style *style)
{
    struct cost small = measure(style, TEST_COUNT), large = measure(style, GROWTH * TEST_COUNT);
    if (!small.good || !large.good) {
        fprintf(stderr, "%s: is not accepted\n", style->name);
        return false;
    }
    if (SANITIZED) {
        return true;
    }
    if (!memory_good(style, &small, &large)) {
        return false;
    }
    for (unsigned i = 1; i < ATTEMPTS && !time_good(&small, &large); i++) {
        small = measure(style, TEST_COUNT);
        large = measure(style, GROWTH * TEST_COUNT);
    }
    if (!time_good(&small, &large)) {
        fprintf(stderr, "%s: %d times the text takes %.1f times as long\n", style->name, GROWTH,
                seconds(&large) / seconds(&small));
    }
    return time_good(&small, &large);
}

int main(int argc, char **argv)
{
    const struct large_style *style = argc == 3 ? large_style_find(argv[1]) : NULL;
    bool good = true;
    if (style) {
        large_write(style, stdout, (unsigned)atoi(argv[2]));
    } else if (argc == 2) {
        print_table((unsigned)atoi(argv[1]));
    } else if (argc == 1) {
        for (size_t i = 0; (style = large_style(i)); i++) {
            good = test_style(style) && good;
        }
    } else {
        return 2;
    }
    return good ? 0 : 1;
}
