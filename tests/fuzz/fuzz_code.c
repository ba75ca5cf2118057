/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Executes arbitrary user code on the emulated machine, as `capdl run` does: in a confined process. The first byte of
 * the input is the architecture, the next eight are a seed from which pieces of code are made, and the rest is code as
 * it is.
 *
 * The emulator aborts on some code of x86-64; that it does is what the process is for. Anything else that ends the
 * process, a machine that does not keep its limits and a processor that is not the same afterwards are findings.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../machine/root/random.h"
#include "machine/confined_machine.h"
#include "profile/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_INSTRUCTIONS = 20000000, SECONDS = 5, STUCK_SECONDS = 30, HEAD = 9 };

struct file {
    uint8_t *bytes;
    size_t size;
};

static struct target {
    const char *kernel;
    struct file program, dictionary; /* the program for the code; one with every kind of instruction */
} targets[] = {{.kernel = "aarch64-mcs"}, {.kernel = "riscv64-mcs"}, {.kernel = "x86_64-mcs"}};

static struct file read_file(const char *name, const char *kernel)
{
    char path[4096];
    struct file file = {.size = 0};
    snprintf(path, sizeof(path), "%s/%s-%s.elf", PROGRAMS, name, kernel);
    FILE *in = fopen(path, "rb");
    if (!in) {
        return file; /* there is no compiler for the architecture */
    }
    fseek(in, 0, SEEK_END);
    long size = ftell(in);
    rewind(in);
    file.bytes = malloc((size_t)size);
    if (!file.bytes || fread(file.bytes, 1, (size_t)size, in) != (size_t)size) {
        exit(2);
    }
    file.size = (size_t)size;
    fclose(in);
    return file;
}

static struct random_input *find_input(const struct file *program)
{
    for (size_t at = 0; at + sizeof(struct random_input) <= program->size; at += 8) {
        if (memcmp(program->bytes + at, RANDOM_MARK, sizeof(RANDOM_MARK)) == 0) {
            return (struct random_input *)(void *)(program->bytes + at);
        }
    }
    return NULL;
}

/* ---- Code ---- */

static uint64_t next(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15;
    uint64_t x = *state;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

/* Instructions that exist, with some bits turned, or no instructions at all. */
static void make_piece(uint8_t *piece, const struct file *dictionary, uint64_t *state)
{
    for (size_t at = 0; at < RANDOM_PIECE; at += 4) {
        uint64_t chance = next(state), word = next(state);
        if (chance % 8) {
            memcpy(&word, dictionary->bytes + next(state) % (dictionary->size - 8) / 4 * 4, 4);
        }
        if (chance >> 8 & 1) {
            word ^= UINT64_C(1) << (chance >> 16) % 32;
        }
        memcpy(piece + at, &word, 4);
    }
}

/* Most of what the emulator aborts on: locked instructions, far transfers by way of a register. A run that ends there
 * has seen little else, so most runs go without. */
static void leave_out_aborts(uint8_t *piece)
{
    for (size_t at = 0; at < RANDOM_PIECE; at++) {
        bool far = at > 0 && piece[at - 1] == 0xff && (piece[at] >> 3 == 0x1b || piece[at] >> 3 == 0x1d);
        if (piece[at] == 0xf0 || far) {
            piece[at] = 0x90;
        }
    }
}

static void make_input(struct random_input *input, const struct file *dictionary, const uint8_t *data, size_t size)
{
    uint64_t state;
    memcpy(&state, data + 1, 8);
    bool with_aborts = next(&state) % 8 == 0;
    data += HEAD;
    size -= HEAD;
    input->count = RANDOM_PIECES;
    for (size_t i = 0; i < RANDOM_PIECES; i++) {
        size_t given = size < RANDOM_PIECE ? size : RANDOM_PIECE;
        make_piece(input->piece[i], dictionary, &state);
        if (!with_aborts) {
            leave_out_aborts(input->piece[i]);
        }
        memcpy(input->piece[i], data, given);
        data += given;
        size -= given;
    }
}

/* ---- The run ---- */

struct run {
    struct machine_program program;
    const struct capdl_profile *profile;
    bool broken;
};

static void run_here(void *context, struct confined *c)
{
    signal(SIGABRT, SIG_DFL); /* libFuzzer would end the process by an exit */
    struct run *run = context;
    struct capdl_diags diags = {NULL};
    struct machine_result result;
    struct machine_options options = {
        .console = confined_stream(c, CONFINED_CONSOLE),
        .report = confined_stream(c, CONFINED_REPORT),
        .max_instructions = MOST_INSTRUCTIONS,
        .timeout_seconds = SECONDS,
        .profile = run->profile,
        .guard = confined_guard(c),
    };
    machine_run_program(&run->program, &options, &result, &diags);
    fclose(options.console);
    fclose(options.report);
    capdl_diags_free(&diags);
}

static bool receive(void *context, uint8_t kind, const uint8_t *bytes, size_t size)
{
    struct run *run = context;
    if (kind == CONFINED_CONSOLE && memmem(bytes, size, RANDOM_BROKEN, strlen(RANDOM_BROKEN))) {
        run->broken = true;
    }
    return true;
}

static bool is_fine(const struct confined_end *end, const struct run *run)
{
    switch (end->outcome) {
    case CONFINED_DONE:
        return !run->broken;
    case CONFINED_DIED:
        return end->signal == SIGABRT;
    case CONFINED_NONE: /* of processes or memory: says nothing of the machine */
        return true;
    case CONFINED_STUCK:
    case CONFINED_NONSENSE:
        return false;
    }
    return false;
}

static void execute(const struct target *t)
{
    struct run run = {
        .program = {.name = "random", .elf = t->program.bytes, .size = t->program.size},
        .profile = profile_builtin(t->kernel),
    };
    struct confined_job job = {.body = run_here, .receive = receive, .context = &run, .seconds = STUCK_SECONDS};
    struct confined_end end = confined_run(&job);
    if (!is_fine(&end, &run)) {
        fprintf(stderr, "%s: outcome %d, signal %d, %s\n", t->kernel, (int)end.outcome, end.signal,
                run.broken ? RANDOM_BROKEN : end.doing);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD) {
        return 0;
    }
    struct target *t = &targets[data[0] % (sizeof(targets) / sizeof(targets[0]))];
    if (!t->program.bytes) {
        t->program = read_file("random", t->kernel);
        t->dictionary = read_file("instructions", t->kernel);
    }
    struct random_input *input = t->program.bytes ? find_input(&t->program) : NULL;
    if (input) {
        make_input(input, &t->dictionary, data, size);
        execute(t);
    }
    return 0;
}
