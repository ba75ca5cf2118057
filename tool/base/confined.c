/* SPDX-License-Identifier: BSD-2-Clause */
#include "confined.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "confined_filter.h"
#include "progress.h"
#include "sanitizer.h"

enum {
    LINE_SIZE = 4096,
    MOST_BYTES = 1 << 28, /* of one message: more is invalid */
    READ_SIZE = 65536,
    TO_PARENT = 3, /* the files of a sealed child */
    STATISTICS = 4,
};

/* Shared memory. Only the child writes it; the parent reads it after the child has ended. */
struct shared {
    char doing[CONFINED_DOING];
    bool unfiltered;
    uint8_t line_kind;
    uint32_t line_length; /* bytes of an unfinished line */
    char line[LINE_SIZE];
};

struct confined {
    int out, statistics;
    struct shared *shared;
};

struct message_head {
    uint32_t size;
    uint8_t kind;
};

/* The parent's end of the pipe from the child. */
struct receiver {
    const struct confined_job *job;
    int in;
    uint8_t *bytes;
    size_t size, capacity;
    struct timespec end;
};

/* ---- the child ---- */

static void write_all(int file, const void *bytes, size_t size)
{
    for (const char *at = bytes; size > 0;) {
        ssize_t written = write(file, at, size);
        if (written < 0 && errno != EINTR) {
            _exit(EXIT_FAILURE); /* the parent is gone */
        }
        at += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
}

static void send_message(struct confined *c, uint8_t kind, const void *bytes, size_t size)
{
    struct message_head head;
    memset(&head, 0, sizeof(head));
    head.size = (uint32_t)size;
    head.kind = kind;
    write_all(c->out, &head, sizeof(head));
    write_all(c->out, bytes, size);
}

static void flush_line(struct confined *c)
{
    struct shared *s = c->shared;
    if (s->line_length) {
        send_message(c, s->line_kind, s->line, s->line_length);
        s->line_length = 0;
    }
}

void confined_send(struct confined *c, uint8_t kind, const void *bytes, size_t size)
{
    if (size > MOST_BYTES) {
        _exit(EXIT_FAILURE);
    }
    flush_line(c);
    send_message(c, kind, bytes, size);
}

struct stream {
    struct confined *c;
    uint8_t kind;
};

/* Unfinished lines are in shared memory, where the parent finds them if the child dies. */
static ssize_t stream_write(void *cookie, const char *text, size_t size)
{
    struct stream *stream = cookie;
    struct shared *s = stream->c->shared;
    for (size_t i = 0; i < size; i++) {
        if (s->line_kind != stream->kind || s->line_length == LINE_SIZE) {
            flush_line(stream->c);
        }
        s->line_kind = stream->kind;
        s->line[s->line_length++] = text[i];
        if (text[i] == '\n') {
            flush_line(stream->c);
        }
    }
    return (ssize_t)size;
}

static int stream_close(void *cookie)
{
    free(cookie);
    return 0;
}

FILE *confined_stream(struct confined *c, uint8_t kind)
{
    struct stream *stream = malloc(sizeof(*stream));
    if (!stream) {
        return NULL;
    }
    *stream = (struct stream){c, kind};
    FILE *file = fopencookie(stream, "w", (cookie_io_functions_t){.write = stream_write, .close = stream_close});
    if (!file) {
        free(stream);
        return NULL;
    }
    setvbuf(file, NULL, _IONBF, 0);
    return file;
}

char *confined_doing(struct confined *c)
{
    return c->shared->doing;
}

/* Where /proc is not mounted: the peak. */
static uint64_t peak_memory(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) ? 0 : (uint64_t)usage.ru_maxrss * 1024;
}

uint64_t confined_memory(const struct confined *c)
{
    char text[128];
    ssize_t size = c->statistics >= 0 ? pread(c->statistics, text, sizeof(text) - 1, 0) : -1;
    if (size <= 0) {
        return peak_memory();
    }
    text[size] = 0;
    char *resident = strchr(text, ' '); /* pages of address space, pages in memory, ... */
    return resident ? strtoull(resident, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static void limit(int resource, rlim_t most)
{
    struct rlimit limits = {.rlim_cur = most, .rlim_max = most};
    setrlimit(resource, &limits);
}

/* If memory runs out, the kernel should kill the child rather than other programs of the user. */
static void offer_to_oom_killer(void)
{
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file >= 0) {
        ssize_t written = write(file, "1000", 4);
        (void)written;
        close(file);
    }
}

/* Both inclusive. C libraries other than glibc have no function for it. */
static void close_files(unsigned first, unsigned last)
{
    syscall(SYS_close_range, first, last, 0);
}

/* Leaves TO_PARENT and STATISTICS open; sanitizers also get standard error. */
static void give_up_files(struct confined *c)
{
    int statistics = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    int out = fcntl(c->out, F_DUPFD_CLOEXEC, STATISTICS + 1);
    int kept = statistics >= 0 ? fcntl(statistics, F_DUPFD_CLOEXEC, STATISTICS + 1) : -1;
    if (out < 0 || dup2(out, TO_PARENT) < 0) {
        _exit(EXIT_FAILURE);
    }
    c->out = TO_PARENT;
    c->statistics = kept >= 0 && dup2(kept, STATISTICS) >= 0 ? STATISTICS : -1;
#if WITH_ADDRESS_SANITIZER
    close_files(STDIN_FILENO, STDOUT_FILENO);
#else
    close_files(STDIN_FILENO, STDERR_FILENO);
#endif
    close_files(c->statistics >= 0 ? STATISTICS + 1 : STATISTICS, UINT_MAX);
}

void confined_seal(struct confined *c)
{
    offer_to_oom_killer();
    give_up_files(c);
    prctl(PR_SET_DUMPABLE, 0); /* no core dump, no debugger */
    limit(RLIMIT_CORE, 0);
    if (!WITH_ADDRESS_SANITIZER) { /* whose report may go to a file */
        limit(RLIMIT_FSIZE, 0);
    }
    limit(RLIMIT_NOFILE, 0);
    c->shared->unfiltered = !confined_filter(c->out, c->statistics);
}

static _Noreturn void be_child(const struct confined_job *job, struct shared *shared, int out, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(EXIT_FAILURE);
    }
    signal(SIGPIPE, SIG_DFL);
    progress_forget();
    struct confined c = {.out = out, .statistics = -1, .shared = shared};
    job->body(job->context, &c);
    flush_line(&c);
    _exit(EXIT_SUCCESS);
}

/* ---- the parent ---- */

static int milliseconds_left(const struct receiver *r)
{
    if (r->job->seconds <= 0) {
        return -1;
    }
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double left = (double)(r->end.tv_sec - now.tv_sec) * 1e3 + (double)(r->end.tv_nsec - now.tv_nsec) * 1e-6;
    return left <= 0 ? 0 : left > INT_MAX - 1 ? INT_MAX : (int)left + 1;
}

/* Passes on complete messages; an incomplete one stays in the buffer. */
static bool hand_on(struct receiver *r)
{
    size_t at = 0;
    struct message_head head;
    while (r->size - at >= sizeof(head)) {
        memcpy(&head, r->bytes + at, sizeof(head));
        if (head.size > MOST_BYTES) {
            return false;
        }
        if (r->size - at - sizeof(head) < head.size) {
            break;
        }
        if (!r->job->receive(r->job->context, head.kind, r->bytes + at + sizeof(head), head.size)) {
            return false;
        }
        at += sizeof(head) + head.size;
    }
    memmove(r->bytes, r->bytes + at, r->size - at);
    r->size -= at;
    return true;
}

static bool make_room(struct receiver *r)
{
    if (r->capacity - r->size >= READ_SIZE) {
        return true;
    }
    size_t capacity = r->capacity * 2 + READ_SIZE;
    uint8_t *bytes = realloc(r->bytes, capacity);
    if (!bytes) {
        return false;
    }
    r->bytes = bytes;
    r->capacity = capacity;
    return true;
}

/* Runs until the child closes its end. Any result but DONE: the child must be killed. */
static enum confined_outcome receive_all(struct receiver *r)
{
    for (;;) {
        struct pollfd wait = {.fd = r->in, .events = POLLIN};
        int ready = poll(&wait, 1, milliseconds_left(r));
        if (ready == 0) {
            return CONFINED_STUCK;
        }
        if (ready < 0) {
            continue; /* a signal that did not end us */
        }
        if (!make_room(r)) {
            return CONFINED_NONSENSE;
        }
        ssize_t size = read(r->in, r->bytes + r->size, READ_SIZE);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size <= 0) {
            return CONFINED_DONE;
        }
        r->size += (size_t)size;
        if (!hand_on(r)) {
            return CONFINED_NONSENSE;
        }
    }
}

/* The unfinished line, and what the child was doing: untrusted bytes of a child that may have crashed. */
static void take_last_words(const struct confined_job *job, const struct shared *shared, struct confined_end *end)
{
    memcpy(end->doing, shared->doing, sizeof(end->doing));
    end->doing[sizeof(end->doing) - 1] = 0;
    end->unfiltered = shared->unfiltered;
    uint32_t length = shared->line_length;
    if (end->outcome != CONFINED_DONE && length > 0 && length <= LINE_SIZE) {
        job->receive(job->context, shared->line_kind, (const uint8_t *)shared->line, length);
    }
}

static struct confined_end attend(const struct confined_job *job, pid_t child, int in, const struct shared *shared)
{
    struct receiver r = {.job = job, .in = in};
    clock_gettime(CLOCK_MONOTONIC, &r.end);
    r.end.tv_sec += (time_t)job->seconds;
    r.end.tv_nsec += (long)((job->seconds - (double)(time_t)job->seconds) * 1e9);
    struct confined_end end = {.outcome = receive_all(&r)};
    if (end.outcome != CONFINED_DONE) {
        kill(child, SIGKILL);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (end.outcome == CONFINED_DONE && !(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)) {
        end.outcome = CONFINED_DIED;
        end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }
    take_last_words(job, shared, &end);
    free(r.bytes);
    return end;
}

static struct confined_end run_child(const struct confined_job *job, struct shared *shared)
{
    struct confined_end none = {.outcome = CONFINED_NONE};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return none;
    }
    fflush(NULL); /* so that the child does not write our buffers, too */
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        close(ends[0]);
        be_child(job, shared, ends[1], parent);
    }
    close(ends[1]);
    struct confined_end end = child < 0 ? none : attend(job, child, ends[0], shared);
    close(ends[0]);
    return end;
}

struct confined_end confined_run(const struct confined_job *job)
{
    void *memory = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return (struct confined_end){.outcome = CONFINED_NONE};
    }
    struct confined_end end = run_child(job, memory);
    munmap(memory, sizeof(struct shared));
    return end;
}
