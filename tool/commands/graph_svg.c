/* SPDX-License-Identifier: BSD-2-Clause */
#include "graph_svg.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/progress.h"

extern char **environ;

static bool run_dot(int in, int out)
{
    char program[] = "dot", format[] = "-Tsvg";
    char *argv[] = {program, format, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = 0;
    progress_say(NULL, NULL); /* dot may have something to say */
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    int error = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error) {
        fprintf(stderr,
                "capdl: cannot run dot: %s; install Graphviz (Debian: apt install graphviz), or print DOT with "
                "-o FILE.dot\n",
                strerror(error));
        return false;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        fprintf(stderr, "capdl: dot could not draw the picture\n");
        return false;
    }
    return true;
}

static bool copy_all(FILE *from, FILE *to)
{
    char buffer[65536];
    size_t got;
    rewind(from);
    while ((got = fread(buffer, 1, sizeof(buffer), from)) > 0) {
        if (fwrite(buffer, 1, got, to) != got) {
            return false;
        }
    }
    return !ferror(from);
}

bool graph_svg_draw(FILE *dot, FILE *out)
{
    FILE *drawn = tmpfile();
    if (!drawn || fflush(dot) != 0) {
        perror("capdl: cannot make a temporary file");
        if (drawn) {
            fclose(drawn);
        }
        return false;
    }
    rewind(dot);
    bool good = run_dot(fileno(dot), fileno(drawn)) && copy_all(drawn, out);
    fclose(drawn);
    return good;
}

bool graph_svg_write(const struct capdl_picture *picture, FILE *out)
{
    if (capdl_picture_is_large(picture)) {
        capdl_picture_write_matrix(picture, out);
        return true;
    }
    FILE *dot = tmpfile();
    if (!dot) {
        perror("capdl: cannot make a temporary file");
        return false;
    }
    capdl_picture_write_dot(picture, dot);
    bool good = graph_svg_draw(dot, out);
    fclose(dot);
    return good;
}
