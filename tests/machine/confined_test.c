/* SPDX-License-Identifier: BSD-2-Clause */
/* What a confined process can still do, and what its parent hears of its end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/confined.h"
#include "machine/confined_machine.h"

enum { KIND_TEXT = 7, KIND_BYTES = 9 };

static unsigned failures;

static void expect(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "%s\n", what);
        failures++;
    }
}

/* All that came, with the kinds between. */
static char heard[1 << 20];
static size_t heard_size;

static bool hear(void *context, uint8_t kind, const uint8_t *bytes, size_t size)
{
    (void)context;
    if (kind == 0xff || heard_size + size + 8 > sizeof(heard)) {
        return false;
    }
    heard_size += (size_t)sprintf(heard + heard_size, "%u:", kind);
    memcpy(heard + heard_size, bytes, size);
    heard_size += size;
    heard[heard_size] = 0;
    return true;
}

static struct confined_end run(void (*body)(void *, struct confined *), double seconds)
{
    struct confined_job job = {.body = body, .receive = hear, .seconds = seconds};
    heard_size = 0;
    heard[0] = 0;
    return confined_run(&job);
}

static void speaks(void *context, struct confined *c)
{
    (void)context;
    FILE *stream = confined_stream(c, KIND_TEXT);
    confined_seal(c);
    fputs("one\ntwo", stream);
    confined_send(c, KIND_BYTES, "\0x", 2);
    fputs(" three\n", stream);
    fputs("four", stream);
}

static void test_order(void)
{
    struct confined_end end = run(speaks, 10);
    expect(end.outcome == CONFINED_DONE, "a child that returns is done");
    static const char expected[] = "7:one\n7:two9:\0x7: three\n7:four";
    expect(heard_size == sizeof(expected) - 1 && memcmp(heard, expected, heard_size) == 0,
           "messages come whole and in their order");
}

static void aborts(void *context, struct confined *c)
{
    (void)context;
    FILE *stream = confined_stream(c, KIND_TEXT);
    confined_seal(c);
    strcpy(confined_doing(c), "counting");
    fputs("a line\nand half of", stream);
    abort();
}

static void crashes(void *context, struct confined *c)
{
    (void)context;
    confined_seal(c);
    raise(SIGKILL);
    *(volatile int *)context = 1;
}

static void test_death(void)
{
    struct confined_end end = run(aborts, 10);
    expect(end.outcome == CONFINED_DIED && end.signal == SIGABRT, "abort is signal 6");
    expect(strcmp(end.doing, "counting") == 0, "what it did is known");
    expect(strcmp(heard, "7:a line\n7:and half of") == 0, "nothing it said is lost");
    end = run(crashes, 10);
    expect(end.outcome == CONFINED_DIED && end.signal != 0, "a crash is a death");
}

static void loops(void *context, struct confined *c)
{
    (void)context;
    confined_seal(c);
    for (volatile bool on = true; on;) {
    }
}

static void sends_for_ever(void *context, struct confined *c)
{
    (void)context;
    confined_seal(c);
    for (;;) {
        confined_send(c, 0xff, "", 0);
    }
}

static void writes_garbage(void *context, struct confined *c)
{
    (void)context;
    static uint8_t garbage[4096];
    memset(garbage, 0xee, sizeof(garbage));
    confined_seal(c);
    for (int file = 0; file < 16; file++) {
        ssize_t written = write(file, garbage, sizeof(garbage));
        (void)written;
    }
}

static void test_bad_children(void)
{
    expect(run(loops, 0.2).outcome == CONFINED_STUCK, "a child that loops is ended");
    expect(run(sends_for_ever, 10).outcome == CONFINED_NONSENSE, "a message refused ends the child");
    expect(run(writes_garbage, 10).outcome == CONFINED_NONSENSE, "a message longer than any ends the child");
}

static bool can_open(const char *path, int flags)
{
    int file = open(path, flags, 0600);
    return file >= 0;
}

/* Everything that is to fail; the letters of what did not go to the parent. */
static void tries(void *context, struct confined *c)
{
    const char *scratch = context;
    pid_t parent = getppid();
    confined_seal(c);
    char done[32] = "";
    strcat(done, can_open("/dev/null", O_RDONLY) ? "r" : "");
    strcat(done, can_open(scratch, O_WRONLY | O_CREAT) ? "w" : "");
    strcat(done, socket(AF_INET, SOCK_STREAM, 0) >= 0 ? "s" : "");
    strcat(done, socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? "u" : "");
    strcat(done, kill(parent, 0) == 0 ? "k" : "");
    strcat(done, unlink(scratch) == 0 || errno != EPERM ? "d" : "");
    strcat(done, execl("/bin/true", "true", NULL) == 0 ? "x" : "");
    pid_t child = fork();
    if (child == 0) {
        _exit(0);
    }
    strcat(done, child > 0 ? "f" : "");
    strcat(done, mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0) != MAP_FAILED ? "m" : "");
    strcat(done, write(STDOUT_FILENO, "", 1) == 1 ? "o" : "");
    free(malloc(64 << 20));
    struct timespec now;
    strcat(done, clock_gettime(CLOCK_MONOTONIC, &now) == 0 && confined_memory(c) > 4096 ? "." : "!");
    confined_send(c, KIND_BYTES, done, strlen(done));
}

static void test_powers(void)
{
    char scratch[] = "/tmp/capdl-confined-XXXXXX";
    int file = mkstemp(scratch);
    struct confined_job job = {.body = tries, .receive = hear, .context = scratch, .seconds = 20};
    heard_size = 0;
    struct confined_end end = confined_run(&job);
    if (end.unfiltered) {
        fprintf(stderr, "this host filters no system calls\n");
    } else {
        expect(end.outcome == CONFINED_DONE && strcmp(heard, "9:.") == 0, "a sealed child can compute and send");
        if (strcmp(heard, "9:.") != 0) {
            fprintf(stderr, "it could also: %s\n", heard);
        }
        expect(access(scratch, F_OK) == 0, "the file is still there");
    }
    close(file);
    unlink(scratch);
}

static void sends_much(void *context, struct confined *c)
{
    (void)context;
    static char bytes[300000];
    memset(bytes, 'x', sizeof(bytes));
    confined_seal(c);
    confined_send(c, KIND_BYTES, bytes, sizeof(bytes));
}

/* ---- A machine's diagnostics ---- */

static struct capdl_diags received;

static bool receive_diag(void *context, uint8_t kind, const uint8_t *bytes, size_t size)
{
    (void)context;
    return kind == CONFINED_DIAG && confined_receive_diag(&received, bytes, size);
}

static void complains(void *context, struct confined *c)
{
    (void)context;
    struct capdl_diags diags = {NULL};
    struct capdl_pos pos = {.line = 3, .column = 4, .file = capdl_diags_add_source(&diags, "a.cdl", NULL, 0)};
    confined_seal(c);
    capdl_error(&diags, pos, "not sent");
    capdl_error(&diags, pos, "in a file");
    capdl_note(&diags, pos, "there, too");
    capdl_error(&diags, CAPDL_NOWHERE, "nowhere");
    confined_send_diags(c, &diags, 1);
    capdl_diags_free(&diags);
}

static void expect_diag(size_t i, enum capdl_severity severity, uint32_t line, const char *message)
{
    const struct capdl_diag *diag = &received.list[i];
    expect(i < received.count && diag->severity == severity && strcmp(diag->message, message) == 0, message);
    expect(line == 0 ? diag->pos.file == UINT16_MAX
                     : diag->pos.line == line && diag->pos.column == 4 &&
                           strcmp(received.files[diag->pos.file]->name, "a.cdl") == 0,
           "where it is");
}

static void warns(void *context, struct confined *c)
{
    (void)context;
    struct capdl_diags diags = {NULL};
    confined_seal(c);
    capdl_finding(&diags, CAPDL_WARNING, CAPDL_CHECK_UNUSED, CAPDL_NOWHERE, "no machine does");
    confined_send_diags(c, &diags, 0);
    capdl_diags_free(&diags);
}

static void test_diags(void)
{
    struct confined_job job = {.body = complains, .receive = receive_diag, .seconds = 10};
    expect(confined_run(&job).outcome == CONFINED_DONE && received.count == 3, "three are received");
    expect_diag(0, CAPDL_ERROR, 3, "in a file");
    expect_diag(1, CAPDL_NOTE, 3, "there, too");
    expect_diag(2, CAPDL_ERROR, 0, "nowhere");
    expect(received.num_files == 1, "a file is known once");
    job.body = warns;
    expect(confined_run(&job).outcome == CONFINED_NONSENSE && received.count == 3, "a warning is nonsense");
}

/* What only a child that was taken over sends. */
static void test_forged_diags(void)
{
    struct {
        uint32_t severity, line;
        uint16_t column, has_file;
        uint32_t file_length, message_length;
        char text[8];
    } sent = {.file_length = 3, .message_length = 5, .text = "a.cwrong"};
    const uint8_t *bytes = (const uint8_t *)&sent;
    enum { HEAD = sizeof(sent) - sizeof(sent.text) };
    size_t before = received.count;
    expect(!confined_receive_diag(&received, bytes, HEAD - 1), "half a head");
    expect(!confined_receive_diag(&received, bytes, sizeof(sent) - 1), "a text that is shorter than it says");
    expect(!confined_receive_diag(&received, bytes, HEAD), "no text");
    sent.message_length = 4;
    expect(!confined_receive_diag(&received, bytes, sizeof(sent)), "a text that is longer than it says");
    sent.message_length = UINT32_MAX;
    sent.file_length = sizeof(sent.text) + 1;
    expect(!confined_receive_diag(&received, bytes, sizeof(sent)), "lengths whose sum overflows");
    sent.message_length = 5;
    sent.file_length = 3;
    sent.severity = CAPDL_NOTE + 1;
    expect(!confined_receive_diag(&received, bytes, sizeof(sent)), "a severity that there is not");
    sent.severity = CAPDL_ERROR;
    expect(received.count == before, "nothing was added");
    expect(confined_receive_diag(&received, bytes, sizeof(sent)) && received.count == before + 1 &&
               strcmp(received.list[before].message, "wrong") == 0,
           "but the right one is");
}

/* What is said when the emulator does not come to its end. */
static void expect_end(struct confined_end end, const char *thread, const char *expected)
{
    struct capdl_diags diags = {NULL};
    struct machine_progress progress = {.pc = 0x401234};
    strcpy(progress.thread, thread);
    memcpy(end.doing, &progress, sizeof(progress));
    errno = EAGAIN;
    bool good = confined_ended(&end, "image", 1.5, &diags);
    expect(good == !*expected && diags.count == (*expected != 0), expected);
    if (diags.count && strcmp(diags.list[0].message, expected) != 0) {
        fprintf(stderr, "expected '%s', not '%s'\n", expected, diags.list[0].message);
        failures++;
    }
    capdl_diags_free(&diags);
}

static void test_ends(void)
{
    expect_end((struct confined_end){.outcome = CONFINED_DONE}, "tcb", "");
    expect_end((struct confined_end){.outcome = CONFINED_DIED, .signal = 11}, "tcb",
               "image: the processor emulator failed (signal 11) while tcb ran from pc 0x401234");
    expect_end((struct confined_end){.outcome = CONFINED_DIED}, "",
               "image: the processor emulator failed before any thread ran");
    expect_end((struct confined_end){.outcome = CONFINED_STUCK}, "tcb",
               "image: the processor emulator did not return within 1.5 seconds while tcb ran from pc 0x401234");
    expect_end((struct confined_end){.outcome = CONFINED_NONSENSE}, "",
               "image: the processor emulator sent an invalid message before any thread ran");
    expect_end((struct confined_end){.outcome = CONFINED_NONE}, "tcb",
               "image: cannot make a process to run it in: Resource temporarily unavailable");
}

int main(void)
{
    test_diags();
    test_forged_diags();
    test_ends();
    capdl_diags_free(&received);
    test_order();
    test_death();
    test_bad_children();
    test_powers();
    struct confined_end end = run(sends_much, 10);
    expect(end.outcome == CONFINED_DONE && heard_size == 300000 + 2, "a long message comes whole");
    expect(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "no child is left");
    return failures > 0;
}
