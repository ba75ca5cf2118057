/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine in a process of its own, where it can do no harm. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "confined_machine.h"

/* A machine that keeps its time limit ends long before: this is for an emulator that hangs. */
enum { GRACE_SECONDS = 20, MOST_TEXT = 65536 };

/* ---- diagnostics ---- */

struct diag_head {
    uint32_t severity, line;
    uint16_t column;
    uint16_t has_file;
    uint32_t file_length, message_length;
};

static void send_diag(struct confined *c, const struct capdl_diags *diags, const struct capdl_diag *diag)
{
    const char *file = diag->pos.file < diags->num_files ? diags->files[diag->pos.file]->name : "";
    struct diag_head head;
    memset(&head, 0, sizeof(head));
    head.severity = (uint32_t)diag->severity;
    head.line = diag->pos.line;
    head.column = diag->pos.column;
    head.has_file = diag->pos.file < diags->num_files;
    head.file_length = (uint32_t)strlen(file);
    head.message_length = (uint32_t)strlen(diag->message);
    char *bytes = malloc(sizeof(head) + head.file_length + head.message_length);
    if (bytes) {
        memcpy(bytes, &head, sizeof(head));
        memcpy(bytes + sizeof(head), file, head.file_length);
        memcpy(bytes + sizeof(head) + head.file_length, diag->message, head.message_length);
        confined_send(c, CONFINED_DIAG, bytes, sizeof(head) + head.file_length + head.message_length);
        free(bytes);
    }
}

void confined_send_diags(struct confined *c, const struct capdl_diags *diags, size_t first)
{
    for (size_t i = first; i < diags->count; i++) {
        send_diag(c, diags, &diags->list[i]);
    }
}

static uint16_t source_of(struct capdl_diags *diags, const char *name)
{
    for (size_t i = 0; i < diags->num_files; i++) {
        if (strcmp(diags->files[i]->name, name) == 0) {
            return (uint16_t)i;
        }
    }
    return capdl_diags_add_source(diags, name, NULL, 0);
}

bool confined_receive_diag(struct capdl_diags *diags, const uint8_t *bytes, size_t size)
{
    struct diag_head head;
    if (size < sizeof(head)) {
        return false;
    }
    memcpy(&head, bytes, sizeof(head));
    if (head.severity > CAPDL_NOTE || head.file_length > MOST_TEXT || head.message_length > MOST_TEXT ||
        size - sizeof(head) != head.file_length + head.message_length) {
        return false;
    }
    const char *text = (const char *)bytes + sizeof(head);
    char *file = strndup(text, head.file_length);
    struct capdl_pos pos = {.line = head.line, .column = head.column, .file = UINT16_MAX};
    if (file && head.has_file) {
        pos.file = source_of(diags, file);
    }
    free(file);
    const char *message = text + head.file_length;
    switch ((enum capdl_severity)head.severity) {
    case CAPDL_ERROR:
        capdl_error(diags, pos, "%.*s", (int)head.message_length, message);
        break;
    case CAPDL_WARNING: /* a machine makes none */
        return false;
    case CAPDL_NOTE:
        capdl_note(diags, pos, "%.*s", (int)head.message_length, message);
        break;
    }
    return true;
}

/* ---- the child ---- */

static void seal(void *context)
{
    confined_seal(context);
}

static uint64_t memory_of(void *context)
{
    return confined_memory(context);
}

struct machine_guard confined_guard(struct confined *c)
{
    _Static_assert(sizeof(struct machine_progress) <= CONFINED_DOING, "has no room");
    return (struct machine_guard){.context = c,
                                  .seal = seal,
                                  .memory = memory_of,
                                  .progress = (struct machine_progress *)(void *)confined_doing(c)};
}

struct run {
    const struct image *image;
    const struct machine_options *options;
    struct machine_result *result;
    struct capdl_diags *diags;
    bool has_result;
};

static void run_here(void *context, struct confined *c)
{
    struct run *run = context;
    struct machine_options options = *run->options;
    size_t known = run->diags->count;
    options.console = options.console ? confined_stream(c, CONFINED_CONSOLE) : NULL;
    options.report = options.report ? confined_stream(c, CONFINED_REPORT) : NULL;
    options.trace = options.trace ? confined_stream(c, CONFINED_TRACE) : NULL;
    options.guard = confined_guard(c);
    if (machine_run(run->image, &options, run->result, run->diags)) {
        confined_send(c, CONFINED_RESULT, run->result, sizeof(*run->result));
    }
    confined_send_diags(c, run->diags, known);
}

/* ---- the parent ---- */

static bool print_part(FILE *out, const uint8_t *bytes, size_t size)
{
    if (!out) {
        return false;
    }
    fwrite(bytes, 1, size, out);
    fflush(out);
    return true;
}

static bool take_result(struct run *run, const uint8_t *bytes, size_t size)
{
    if (size != sizeof(*run->result)) {
        return false;
    }
    memcpy(run->result, bytes, size);
    run->has_result = run->result->outcome <= MACHINE_BOOTED;
    return run->has_result;
}

static bool receive(void *context, uint8_t kind, const uint8_t *bytes, size_t size)
{
    struct run *run = context;
    switch (kind) {
    case CONFINED_CONSOLE:
        return print_part(run->options->console, bytes, size);
    case CONFINED_REPORT:
        return print_part(run->options->report, bytes, size);
    case CONFINED_TRACE:
        return print_part(run->options->trace, bytes, size);
    case CONFINED_DIAG:
        return confined_receive_diag(run->diags, bytes, size);
    case CONFINED_RESULT:
        return take_result(run, bytes, size);
    default:
        return false;
    }
}

static void report_death(const struct confined_end *end, const char *name, const char *how, struct capdl_diags *diags)
{
    struct machine_progress progress;
    memcpy(&progress, end->doing, sizeof(progress));
    progress.thread[sizeof(progress.thread) - 1] = 0;
    if (*progress.thread) {
        capdl_error(diags, CAPDL_NOWHERE, "%s: the processor emulator %s while %s ran from pc 0x%" PRIx64, name, how,
                    progress.thread, progress.pc);
    } else {
        capdl_error(diags, CAPDL_NOWHERE, "%s: the processor emulator %s before any thread ran", name, how);
    }
}

bool confined_ended(const struct confined_end *end, const char *name, double seconds, struct capdl_diags *diags)
{
    char how[64] = "failed";
    if (end->unfiltered) {
        fputs("capdl: this host cannot filter system calls: the image ran without that protection\n", stderr);
    }
    switch (end->outcome) {
    case CONFINED_DONE:
        return true;
    case CONFINED_DIED:
        if (end->signal) {
            snprintf(how, sizeof(how), "failed (signal %d)", end->signal);
        }
        report_death(end, name, how, diags);
        return false;
    case CONFINED_STUCK:
        snprintf(how, sizeof(how), "did not return within %g seconds", seconds);
        report_death(end, name, how, diags);
        return false;
    case CONFINED_NONSENSE:
        report_death(end, name, "sent an invalid message", diags);
        return false;
    case CONFINED_NONE:
        capdl_error(diags, CAPDL_NOWHERE, "%s: cannot make a process to run it in: %s", name, strerror(errno));
        return false;
    }
    return false;
}

bool machine_run_confined(const struct image *image, const struct machine_options *options,
                          struct machine_result *result, struct capdl_diags *diags)
{
    struct run run = {.image = image, .options = options, .result = result, .diags = diags};
    double seconds = options->timeout_seconds > 0 ? options->timeout_seconds + GRACE_SECONDS : 0;
    struct confined_job job = {.body = run_here, .receive = receive, .context = &run, .seconds = seconds};
    *result = (struct machine_result){0};
    machine_prepared();
    struct confined_end end = confined_run(&job);
    return confined_ended(&end, "image", seconds, diags) && run.has_result;
}
