/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peak SECONDS MIB COMMAND...: runs a command that must end by itself in that time, and not with a signal; neither it
 * nor any process it waits for may have had more than that many MiB of memory. The exit code is the command's.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BAD = 99 };

static pid_t child;

static void too_late(int number)
{
    (void)number;
    kill(-child, SIGKILL);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        return BAD;
    }
    child = fork();
    if (child == 0) {
        setpgid(0, 0);
        execvp(argv[3], argv + 3);
        _exit(BAD);
    }
    setpgid(child, child);
    signal(SIGALRM, too_late);
    alarm((unsigned)atoi(argv[1]));
    int status = 0;
    while (waitpid(child, &status, 0) != child) {
    }
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    if (!WIFEXITED(status)) {
        fprintf(stderr, "%s ended with signal %d\n", argv[3], WTERMSIG(status));
        return BAD;
    }
    fprintf(stderr, "peak: %ld MiB\n", usage.ru_maxrss / 1024);
    return usage.ru_maxrss / 1024 > atol(argv[2]) ? BAD : WEXITSTATUS(status);
}
