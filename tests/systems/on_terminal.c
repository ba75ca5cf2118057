/* SPDX-License-Identifier: BSD-2-Clause */
/* on_terminal COMMAND...: runs it with a terminal of 80 columns as its input and outputs, and prints what the terminal
 * gets. Exits as the command does; with 77 on a system without pseudo-terminals. */
#include <errno.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    char bytes[4096];
    int terminal, status = 0;
    pid_t child = argc > 1 ? forkpty(&terminal, NULL, NULL, &size) : -1;
    if (child < 0) {
        bool none = errno == ENOENT || errno == ENODEV; /* no /dev/pts, as in a bare chroot */
        perror("on_terminal");
        return none ? 77 : 99;
    }
    if (child == 0) {
        struct termios modes;
        tcgetattr(STDOUT_FILENO, &modes);
        modes.c_oflag &= ~(tcflag_t)OPOST; /* line ends stay as they are */
        tcsetattr(STDOUT_FILENO, TCSANOW, &modes);
        execv(argv[1], argv + 1);
        _exit(99);
    }
    for (ssize_t got; (got = read(terminal, bytes, sizeof(bytes))) > 0;) {
        fwrite(bytes, 1, (size_t)got, stdout);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}
