/* SPDX-License-Identifier: BSD-2-Clause */
/* How a run of QEMU ends, with a shell in its place. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../check.h"
#include "pack/qemu.h"

static char said[1 << 20];
static struct capdl_diags diags;

static enum qemu_outcome run(const char *script, struct qemu_options options)
{
    struct qemu_line line = {.argv = {(char *)"sh", (char *)"-c", (char *)(uintptr_t)script}, .argc = 3};
    FILE *console = fmemopen(said, sizeof(said), "w");
    memset(said, 0, sizeof(said));
    options.console = console;
    enum qemu_outcome outcome = qemu_run(&line, &options, &diags);
    fclose(console);
    return outcome;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The child left its process number in a file; nobody of that number is there any more. */
static bool child_is_gone(const char *path)
{
    FILE *file = fopen(path, "r");
    int pid = 0;
    bool gone = file && fscanf(file, "%d", &pid) == 1 && kill(pid, 0) != 0 && errno == ESRCH;
    if (file) {
        fclose(file);
    }
    return gone;
}

/* What a run of a script is given to read, and what it is to say. */
static void check_input(const char *script, const char *after, const char *expected)
{
    FILE *input = tmpfile();
    fputs("one\ntwo\n", input);
    fflush(input);
    lseek(fileno(input), 0, SEEK_SET);
    double start = now();
    CHECK(run(script, (struct qemu_options){.input = input, .input_after = after, .timeout_seconds = 20}) ==
                  QEMU_ENDED &&
              strcmp(said, expected) == 0 && now() - start < 5,
          "with input: %s", said);
    fclose(input);
}

static void test_input(void)
{
    check_input("cat; echo end", NULL, "one\ntwo\nend\n");
    /* What is there before the text has been shown would be lost. */
    check_input("timeout 0.3 cat; echo now: redready; cat", ": ready", "now: redready\none\ntwo\n");
    check_input("timeout 0.3 cat; echo now:: ready; cat", ": ready", "now:: ready\none\ntwo\n");
    check_input("cat; echo after silence", "never shown", "one\ntwo\nafter silence\n");
    check_input("exec <&-; sleep 0.3; echo deaf", NULL, "deaf\n");
}

static void test_endings(void)
{
    CHECK(run("echo hello", (struct qemu_options){NULL}) == QEMU_ENDED && strcmp(said, "hello\n") == 0, "said %s",
          said);
    CHECK(run("printf 'one\\ntw'; sleep 0.2; printf 'o three\\nfour\\n'; exec sleep 60",
              (struct qemu_options){.marker = "two"}) == QEMU_MARKER &&
              strncmp(said, "one\ntwo three\n", 14) == 0,
          "a marker in two pieces, and the line it is in: %s", said);
    CHECK(run("printf 'no newline'", (struct qemu_options){.marker = "newline"}) == QEMU_MARKER,
          "a marker at the end of everything");
    CHECK(run("head -c 100000 /dev/zero | tr '\\0' x; echo MARK; exec sleep 60",
              (struct qemu_options){.marker = "xMARK"}) == QEMU_MARKER,
          "a very long line");
    CHECK(run("head -c 4090 /dev/zero | tr '\\0' x; echo MARKER; exec sleep 60",
              (struct qemu_options){.marker = "xMARKER"}) == QEMU_MARKER,
          "a marker where the remembered line is full");
    CHECK(run("printf 'one\\0two\\n'; exec sleep 60", (struct qemu_options){.marker = "e two"}) == QEMU_MARKER,
          "a zero byte is no end of a line");
    static volatile sig_atomic_t stop = 1;
    CHECK(run("exec sleep 60", (struct qemu_options){.stop = &stop}) == QEMU_STOPPED, "stopped");
    CHECK(diags.num_errors == 0, "no complaints so far");
}

/* How long a run takes when nothing ends it. */
static void test_rest(void)
{
    double start = now();
    CHECK(run("exec sleep 60", (struct qemu_options){.timeout_seconds = 0.5}) == QEMU_TIMEOUT && now() - start < 5,
          "timeout");
    CHECK(run("while :; do echo x; sleep 0.1; done",
              (struct qemu_options){.timeout_seconds = 1, .quiet_seconds = 0.6}) == QEMU_TIMEOUT,
          "not quiet");
    CHECK(run("echo x; exec sleep 60", (struct qemu_options){.quiet_seconds = 0.4, .timeout_seconds = 20}) ==
              QEMU_QUIET,
          "quiet");
    if (access("/proc/self/task", F_OK) == 0) { /* else nothing tells busy from quiet */
        CHECK(run("echo x; while :; do :; done", (struct qemu_options){.quiet_seconds = 0.4, .busy_seconds = 2}) ==
                  QEMU_BUSY,
              "silent, but busy");
        CHECK(run("echo x; i=0; while [ $i -lt 500000 ]; do i=$((i + 1)); done; echo y; exec sleep 60",
                  (struct qemu_options){.quiet_seconds = 0.4, .busy_seconds = 60}) == QEMU_QUIET &&
                  strcmp(said, "x\ny\n") == 0,
              "busy, and then at rest: %s", said);
    }
    CHECK(diags.num_errors == 0, "no complaints so far");
}

static void test_failures(void)
{
    struct qemu_line missing = {.argv = {(char *)"/nonexistent/qemu"}, .argc = 1};
    CHECK(run("echo no such machine >&2; exit 1", (struct qemu_options){NULL}) == QEMU_FAILED &&
              diags.num_errors == 1 && strstr(diags.list[0].message, "no such machine"),
          "the complaint is passed on");
    CHECK(qemu_run(&missing, &(struct qemu_options){NULL}, &diags) == QEMU_FAILED && diags.num_errors == 2 &&
              strstr(diags.list[1].message, "No such file"),
          "a program that is not there");
}

/* It ends badly without a word. */
static void test_silent_failures(void)
{
    static const char *const scripts[] = {"exit 1", "kill -9 $$"};
    for (size_t i = 0; i < 2; i++) {
        CHECK(run(scripts[i], (struct qemu_options){NULL}) == QEMU_FAILED && diags.num_errors == i + 1 &&
                  strcmp(diags.list[i].message, "sh failed: it was killed, or printed nothing") == 0,
              "%s", scripts[i]);
    }
}

/* Files that are open here. */
static unsigned open_files(void)
{
    unsigned count = 0;
    for (int i = 0; i < 64; i++) {
        count += fcntl(i, F_GETFD) >= 0;
    }
    return count;
}

/* Too few files may be open for two pipes and a socket: an error, and none stays open. */
static void test_no_files(void)
{
    struct rlimit limit, few;
    FILE *input = tmpfile();
    unsigned before = open_files(), refused = 0;
    getrlimit(RLIMIT_NOFILE, &limit);
    for (few = limit, few.rlim_cur = before; few.rlim_cur < before + 6; few.rlim_cur++) {
        setrlimit(RLIMIT_NOFILE, &few);
        refused += run("exit 0", (struct qemu_options){.input = input, .timeout_seconds = 20}) == QEMU_FAILED;
        setrlimit(RLIMIT_NOFILE, &limit);
        CHECK(open_files() == before, "%u files are open, not %u", open_files(), before);
    }
    CHECK(refused == 6 && diags.num_errors == refused &&
              strcmp(diags.list[0].message, "sh cannot be started: Too many open files") == 0,
          "refused %u times", refused);
    few.rlim_cur = before + 6;
    setrlimit(RLIMIT_NOFILE, &few);
    CHECK(run("exit 0", (struct qemu_options){.input = input, .timeout_seconds = 20}) == QEMU_ENDED, "just enough");
    setrlimit(RLIMIT_NOFILE, &limit);
    fclose(input);
}

/* Ended by us, or orphaned because we were killed: it is gone. */
static void test_no_survivors(void)
{
    char path[] = "qemu-run-XXXXXX", script[256];
    close(mkstemp(path));
    snprintf(script, sizeof(script), "echo $$ > %s; exec sleep 60", path);
    CHECK(run(script, (struct qemu_options){.timeout_seconds = 0.5}) == QEMU_TIMEOUT && child_is_gone(path),
          "ended by us");
    unlink(path);
    pid_t runner = fork();
    if (runner == 0) {
        run(script, (struct qemu_options){NULL});
        _exit(0);
    }
    for (int i = 0; i < 100 && access(path, F_OK) != 0; i++) {
        usleep(50000);
    }
    usleep(200000);
    kill(runner, SIGKILL);
    waitpid(runner, NULL, 0);
    bool gone = false;
    for (int i = 0; i < 100 && !gone; i++) {
        usleep(50000);
        gone = child_is_gone(path);
    }
    CHECK(gone, "orphaned");
    unlink(path);
}

/* Most of it waits, so all groups wait at the same time, each in a process of its own. */
int main(void)
{
    static void (*const groups[])(void) = {test_endings,         test_rest,     test_input,       test_failures,
                                           test_silent_failures, test_no_files, test_no_survivors};
    enum { NUM_GROUPS = sizeof(groups) / sizeof(groups[0]) };
    int failed = 0, status;
    for (size_t i = 0; i < NUM_GROUPS; i++) {
        if (fork() == 0) {
            groups[i]();
            capdl_diags_free(&diags);
            return check_result();
        }
    }
    for (size_t i = 0; i < NUM_GROUPS; i++) {
        failed |= wait(&status) < 0 || status != 0;
    }
    return failed;
}
