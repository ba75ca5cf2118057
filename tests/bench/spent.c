/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spent COMMAND ARGUMENT...: runs it with its output thrown away; prints the microseconds of processor time, user and
 * system, that it and its children took, the kilobytes that one of them had at most, and its exit code.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_RUN = 127 };

static _Noreturn void run(char **argv)
{
    int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execvp(argv[0], argv);
    _exit(NOT_RUN);
}

static long long microseconds(struct timeval time)
{
    return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int argc, char **argv)
{
    int status = 0;
    struct rusage usage;
    pid_t pid = argc > 1 ? fork() : -1;
    if (pid == 0) {
        run(argv + 1);
    }
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) {
        return 2;
    }
    printf("%lld %ld %d\n", microseconds(usage.ru_utime) + microseconds(usage.ru_stime), usage.ru_maxrss,
           WIFEXITED(status) ? WEXITSTATUS(status) : NOT_RUN);
    return 0;
}
