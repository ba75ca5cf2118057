/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stopwatch COMMAND ARGUMENT...: runs it until it prints "speed end", and prints for each line `speed NAME WORK` before
 * it the name, the work and the nanoseconds of processor time that the command and its children took to the next such
 * line. Processor time, so that what else a host has to do counts little.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NAME = 32, NS = 1000000000 };

struct work {
    char name[NAME];
    uint64_t amount;
};

static uint64_t time_of(pid_t pid)
{
    clockid_t clock;
    struct timespec now;
    char path[64];
    uint64_t sum = 0;
    int child;
    if (clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &now) == 0) {
        sum = (uint64_t)now.tv_sec * NS + (uint64_t)now.tv_nsec;
    }
    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
    FILE *children = fopen(path, "r");
    while (children && fscanf(children, "%d", &child) == 1) {
        sum += time_of(child);
    }
    if (children) {
        fclose(children);
    }
    return sum;
}

static pid_t start(char **argv, FILE **console)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execvp(argv[0], argv);
        _exit(127);
    }
    close(ends[1]);
    *console = fdopen(ends[0], "r");
    return pid;
}

/* Whether all of it was heard. */
static bool listen_to(FILE *console, pid_t pid)
{
    struct work last = {.amount = 0}, work;
    uint64_t since = 0;
    char line[256];
    while (fgets(line, sizeof(line), console)) {
        if (sscanf(line, "speed %31s %" SCNu64, work.name, &work.amount) != 2) {
            continue;
        }
        uint64_t now = time_of(pid);
        if (last.amount) {
            printf("%s %" PRIu64 " %" PRIu64 "\n", last.name, last.amount, now - since);
        }
        if (strcmp(work.name, "end") == 0) {
            return true;
        }
        last = work;
        since = now;
    }
    return false;
}

int main(int argc, char **argv)
{
    FILE *console = NULL;
    pid_t pid = argc > 1 ? start(argv + 1, &console) : -1;
    if (pid < 0 || !console) {
        return 2;
    }
    bool heard = listen_to(console, pid);
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    fclose(console);
    return heard ? 0 : 1;
}
