/* SPDX-License-Identifier: BSD-2-Clause */
#include "qemu.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 100, SILENCE_SECONDS = 2 };

/* A QEMU that runs: its console and its complaints come through two pipes. */
struct guest {
    pid_t pid;
    int console, complaints;
    int keyboard;    /* our end of its standard input; -1: it has none, or no more is to come */
    char typed[512]; /* what it has not taken yet */
    size_t typed_length;
    size_t awaited; /* how much of options->input_after the console has just shown */
    bool may_type;
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
static _Noreturn void become(char *const *argv, int keyboard, int console, int complaints, pid_t parent)
{
    int nothing = keyboard >= 0 ? keyboard : open("/dev/null", O_RDONLY);
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

static void close_pair(const int pair[2])
{
    for (int i = 0; i < 2; i++) {
        if (pair[i] >= 0) {
            close(pair[i]);
        }
    }
}

/* A socket is its standard input, so that writing to a QEMU that is gone is an error and not a signal. */
static bool start(struct guest *guest, char *const *argv)
{
    int console[2] = {-1, -1}, complaints[2] = {-1, -1}, keyboard[2] = {-1, -1};
    pid_t parent = getpid();
    if (pipe2(console, O_CLOEXEC) != 0 || pipe2(complaints, O_CLOEXEC) != 0 ||
        (guest->options->input && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, keyboard) != 0)) {
        close_pair(console);
        close_pair(complaints);
        return false;
    }
    guest->pid = fork();
    if (guest->pid == 0) {
        become(argv, keyboard[1], console[1], complaints[1], parent);
    }
    close(console[1]);
    close(complaints[1]);
    if (keyboard[1] >= 0) {
        close(keyboard[1]);
    }
    guest->console = console[0];
    guest->complaints = complaints[0];
    guest->keyboard = keyboard[0];
    guest->may_type = !guest->options->input_after;
    return guest->pid > 0;
}

/* We assume that the text's first character does not occur in it again, so one position in it is all there is to
 * remember. */
static void await_text(struct guest *guest, const char *text, size_t size)
{
    const char *wanted = guest->options->input_after;
    for (size_t i = 0; i < size && !guest->may_type; i++) {
        guest->awaited = text[i] == wanted[guest->awaited] ? guest->awaited + 1 : text[i] == wanted[0];
        guest->may_type = !wanted[guest->awaited];
    }
}

/* Takes input and passes it on as far as QEMU takes it; at its end nothing more is typed. */
static void type(struct guest *guest)
{
    if (guest->typed_length == 0) {
        ssize_t size = read(fileno(guest->options->input), guest->typed, sizeof(guest->typed));
        guest->typed_length = size > 0 ? (size_t)size : 0;
        if (size == 0 || (size < 0 && errno != EINTR && errno != EAGAIN)) {
            close(guest->keyboard);
            guest->keyboard = -1;
        }
    }
    if (guest->typed_length) {
        ssize_t sent = send(guest->keyboard, guest->typed, guest->typed_length, MSG_NOSIGNAL | MSG_DONTWAIT);
        guest->typed_length -= sent > 0 ? (size_t)sent : 0;
        memmove(guest->typed, guest->typed + (sent > 0 ? sent : 0), guest->typed_length);
    }
}

/* Whether the marker is in the remembered text. Then forgets that, except what may be the beginning of a marker. */
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
        if (guest->said_length == sizeof(guest->said) - 1) {
            look(guest, keep < sizeof(guest->said) / 2 ? keep : 0);
        }
        guest->said[guest->said_length++] = text[i] ? text[i] : ' ';
    }
}

/* Passes on what the console has; false when it is closed. If the machine ends without a newline, that ends its last
 * line, too. */
static bool read_console(struct guest *guest)
{
    char text[4096];
    ssize_t size = read(guest->console, text, sizeof(text));
    if (size < 0) {
        return errno == EINTR || errno == EAGAIN;
    }
    if (guest->options->console) {
        fwrite(text, 1, (size_t)size, guest->options->console);
        fflush(guest->options->console);
    }
    await_text(guest, text, (size_t)size);
    if (guest->options->marker) {
        remember(guest, size ? text : "\n", size ? (size_t)size : 1);
    }
    return size > 0;
}

/* Keeps the beginning of what QEMU complains about. */
static bool read_complaints(struct guest *guest)
{
    char text[512];
    ssize_t size = read(guest->complaints, text, sizeof(text));
    if (size < 0) {
        return errno == EINTR || errno == EAGAIN;
    }
    for (ssize_t i = 0; i < size && guest->error_length < sizeof(guest->error) - 1; i++) {
        guest->error[guest->error_length++] = text[i] == '\n' ? ' ' : text[i];
    }
    return size > 0;
}

/* What to poll for on the way from our input to the machine: the end that is not ready. */
static struct pollfd poll_input(const struct guest *guest)
{
    if (guest->keyboard < 0 || !guest->may_type) {
        return (struct pollfd){-1, 0, 0};
    }
    return guest->typed_length ? (struct pollfd){guest->keyboard, POLLOUT, 0}
                               : (struct pollfd){fileno(guest->options->input), POLLIN, 0};
}

/* How long QEMU's threads had run, and had waited for a processor of the host, at a point in time; whether one was
 * running or waiting just then. */
struct activity {
    double at, ran, waited; /* at 0: nothing was looked at */
    bool runs;
};

/* The first line of a thread's file; false: there is none. */
static bool read_thread(const struct guest *guest, const char *thread, const char *name, char line[256])
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/task/%.16s/%s", (int)guest->pid, thread, name);
    FILE *file = fopen(path, "r");
    bool good = file && fgets(line, 256, file);
    if (file) {
        fclose(file);
    }
    return good;
}

/* False where the host does not tell. */
static bool look_at_threads(const struct guest *guest, struct activity *activity)
{
    char path[64], line[256];
    snprintf(path, sizeof(path), "/proc/%d/task", (int)guest->pid);
    DIR *threads = opendir(path);
    bool told = false;
    *activity = (struct activity){.at = now()};
    for (struct dirent *thread; threads && (thread = readdir(threads));) {
        uint64_t ran, waited;
        if (thread->d_name[0] == '.' || !read_thread(guest, thread->d_name, "schedstat", line) ||
            sscanf(line, "%" SCNu64 " %" SCNu64, &ran, &waited) != 2) {
            continue;
        }
        activity->ran += (double)ran / 1e9;
        activity->waited += (double)waited / 1e9;
        const char *name_end = read_thread(guest, thread->d_name, "stat", line) ? strrchr(line, ')') : NULL;
        activity->runs |= name_end && name_end[1] == ' ' && name_end[2] == 'R';
        told = true;
    }
    if (threads) {
        closedir(threads);
    }
    return told;
}

/* Whether some core was busy between two looks: it ran for more than half of the time that the host let it, or is
 * running or waiting now, which the host adds to its account only afterwards. A kernel that waits for interrupts runs
 * for a few percent of it, to count ticks. */
static bool was_busy(const struct activity *from, const struct activity *to)
{
    double ran = to->ran - from->ran, could = to->at - from->at - (to->waited - from->waited);
    return to->runs || ran < 0 || could <= 0 || ran > could / 2; /* a thread that ended takes its account with it */
}

/* Whether the silence so far ends the run. Each look is compared with the one half of quiet_seconds before. */
static bool came_to_rest(const struct guest *guest, double silence, struct activity *before)
{
    double pause = guest->options->quiet_seconds / 2;
    struct activity activity;
    if (silence < pause) {
        *before = (struct activity){0};
        return false;
    }
    if (before->at > 0 && now() - before->at < pause) {
        return false;
    }
    bool told = look_at_threads(guest, &activity);
    bool rests = before->at > 0 && silence >= guest->options->quiet_seconds && (!told || !was_busy(before, &activity));
    *before = activity;
    return rests;
}

/* Listens until something ends the run. */
static enum qemu_outcome listen_to(struct guest *guest)
{
    const struct qemu_options *options = guest->options;
    double started = now(), heard = started;
    struct activity before = {0};
    struct pollfd ends[3] = {{guest->console, POLLIN, 0}, {guest->complaints, POLLIN, 0}};
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
        if (options->quiet_seconds > 0 && came_to_rest(guest, now() - heard, &before)) {
            return QEMU_QUIET;
        }
        if (options->busy_seconds > 0 && now() - heard >= options->busy_seconds) {
            return QEMU_BUSY;
        }
        guest->may_type = guest->may_type || now() - heard >= SILENCE_SECONDS;
        ends[2] = poll_input(guest);
        if (poll(ends, 3, TICK_MS) <= 0) {
            continue;
        }
        if (ends[2].revents) {
            heard = now();
            type(guest);
        }
        if (ends[0].revents) {
            heard = now();
            ends[0].fd = read_console(guest) ? ends[0].fd : -1;
        }
        if (ends[1].revents) {
            ends[1].fd = read_complaints(guest) ? ends[1].fd : -1;
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
    if (guest->keyboard >= 0) {
        close(guest->keyboard);
    }
    return status;
}

enum qemu_outcome qemu_run(const struct qemu_line *line, const struct qemu_options *options, struct capdl_diags *diags)
{
    struct guest guest = {.options = options};
    if (!start(&guest, line->argv)) {
        capdl_error(diags, CAPDL_NOWHERE, "%s cannot be started: %s", line->argv[0], strerror(errno));
        return QEMU_FAILED;
    }
    enum qemu_outcome outcome = listen_to(&guest);
    int status = finish(&guest, outcome);
    if (outcome == QEMU_ENDED && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
        capdl_error(diags, CAPDL_NOWHERE, "%s failed: %s", line->argv[0],
                    guest.error_length ? guest.error : "it was killed, or printed nothing");
        return QEMU_FAILED;
    }
    return outcome;
}
