/* SPDX-License-Identifier: BSD-2-Clause */
#include "qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct capdl_pos nowhere = { .file = UINT16_MAX };

enum { TICK_MS = 100 };

/* A QEMU that runs: its console and its complaints come through two pipes. */
struct guest {
    pid_t pid;
    int console, complaints;
    const struct qemu_options *options;
    char said[4096]; /* the line being printed, or its end; the marker is looked for here */
    size_t said_length;
    char error[512];
    size_t error_length;
    bool marked;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* In the child: nothing that is not safe after fork. When our parent dies, however it does, so do we. */
static _Noreturn void become(char *const *argv, int console, int complaints, pid_t parent)
{
    int nothing = open("/dev/null", O_RDONLY);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (nothing >= 0 && getppid() == parent) {
        dup2(nothing, STDIN_FILENO);
        dup2(console, STDOUT_FILENO);
        dup2(complaints, STDERR_FILENO);
        setpgid(0, 0); /* a ^C at the terminal reaches us, who then end it */
        execvp(argv[0], argv);
        dprintf(STDERR_FILENO, "%s: %s", argv[0], strerror(errno));
    }
    _exit(127);
}

static bool start(struct guest *guest, char *const *argv)
{
    int console[2], complaints[2];
    pid_t parent = getpid();
    if (pipe2(console, O_CLOEXEC) != 0) {
        return false;
    }
    if (pipe2(complaints, O_CLOEXEC) != 0) {
        close(console[0]);
        close(console[1]);
        return false;
    }
    guest->pid = fork();
    if (guest->pid == 0) {
        become(argv, console[1], complaints[1], parent);
    }
    close(console[1]);
    close(complaints[1]);
    guest->console = console[0];
    guest->complaints = complaints[0];
    return guest->pid > 0;
}

/* Whether the marker stands in what is remembered, which is then forgotten but for what may be a marker's beginning. */
static void look(struct guest *guest, size_t keep)
{
    size_t tail = guest->said_length < keep ? guest->said_length : keep;
    guest->said[guest->said_length] = 0;
    guest->marked = guest->marked || strstr(guest->said, guest->options->marker);
    memmove(guest->said, guest->said + guest->said_length - tail, tail);
    guest->said_length = tail;
}

/* Remembers the line so far; the run ends with the line that has the marker. */
static void remember(struct guest *guest, const char *text, size_t size)
{
    size_t keep = strlen(guest->options->marker);
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\n') {
            look(guest, 0);
            continue;
        }
        if (guest->said_length == sizeof guest->said - 1) {
            look(guest, keep < sizeof guest->said / 2 ? keep : 0);
        }
        guest->said[guest->said_length++] = text[i] ? text[i] : ' ';
    }
}

/* Passes on what the console has; false when it is closed. The end of a machine without a newline still counts as a
 * line's end. */
static bool hear_console(struct guest *guest)
{
    char text[4096];
    ssize_t size = read(guest->console, text, sizeof text);
    if (size < 0) {
        return errno == EINTR || errno == EAGAIN;
    }
    if (guest->options->console) {
        fwrite(text, 1, (size_t)size, guest->options->console);
        fflush(guest->options->console);
    }
    if (guest->options->marker) {
        remember(guest, size ? text : "\n", size ? (size_t)size : 1);
    }
    return size > 0;
}

/* Keeps the beginning of what QEMU complains about. */
static bool hear_complaints(struct guest *guest)
{
    char text[512];
    ssize_t size = read(guest->complaints, text, sizeof text);
    if (size < 0) {
        return errno == EINTR || errno == EAGAIN;
    }
    for (ssize_t i = 0; i < size && guest->error_length < sizeof guest->error - 1; i++) {
        guest->error[guest->error_length++] = text[i] == '\n' ? ' ' : text[i];
    }
    return size > 0;
}

/* Listens until something ends the run. */
static enum qemu_outcome listen_to(struct guest *guest)
{
    const struct qemu_options *options = guest->options;
    double started = now(), heard = started;
    struct pollfd ends[2] = { { guest->console, POLLIN, 0 }, { guest->complaints, POLLIN, 0 } };
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        if (options->stop && *options->stop) {
            return QEMU_STOPPED;
        }
        if (guest->marked) {
            return QEMU_MARKER;
        }
        if (options->timeout_seconds > 0 && now() - started >= options->timeout_seconds) {
            return QEMU_TIMEOUT;
        }
        if (options->quiet_seconds > 0 && now() - heard >= options->quiet_seconds) {
            return QEMU_QUIET;
        }
        if (poll(ends, 2, TICK_MS) <= 0) {
            continue;
        }
        if (ends[0].revents) {
            heard = now();
            ends[0].fd = hear_console(guest) ? ends[0].fd : -1;
        }
        if (ends[1].revents) {
            ends[1].fd = hear_complaints(guest) ? ends[1].fd : -1;
        }
    }
    return guest->marked ? QEMU_MARKER : QEMU_ENDED;
}

/* Ends the process if it has not ended, and says how it did. */
static int finish(struct guest *guest, enum qemu_outcome outcome)
{
    int status = 0;
    if (outcome != QEMU_ENDED) {
        kill(guest->pid, SIGKILL);
    }
    while (waitpid(guest->pid, &status, 0) < 0 && errno == EINTR) {
    }
    close(guest->console);
    close(guest->complaints);
    return status;
}

enum qemu_outcome qemu_run(const struct qemu_line *line, const struct qemu_options *options, struct capdl_diags *diags)
{
    struct guest guest = { .options = options };
    if (!start(&guest, line->argv)) {
        capdl_error(diags, nowhere, "%s cannot be started: %s", line->argv[0], strerror(errno));
        return QEMU_FAILED;
    }
    enum qemu_outcome outcome = listen_to(&guest);
    int status = finish(&guest, outcome);
    if (outcome == QEMU_ENDED && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
        capdl_error(diags, nowhere, "%s gave up: %s", line->argv[0],
                    guest.error_length ? guest.error : "it was killed, or said nothing");
        return QEMU_FAILED;
    }
    return outcome;
}
