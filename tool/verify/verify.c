/* SPDX-License-Identifier: BSD-2-Clause */
#include "verify/verify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "verify/private.h"

struct job {
    const struct image *image;
    const struct verify_spec *specs;
    struct verify_result *results;
    size_t count;
    FILE *console; /* what the initialiser prints */
    char *said;
    size_t size;
};

/* An incomplete boot is one difference: comparing half a system would only hide it. */
static bool boot_failed(struct verify *v)
{
    const struct capdl_image_header *header = v->stop->header;
    if (!header) {
        differ_world(v, "the image has an unknown initialiser");
        return true;
    }
    if (v->stop->outcome == MACHINE_TIMEOUT) {
        differ_world(v, "the boot did not end: the initialiser is still %s", machine_phase_name(header->phase));
        return true;
    }
    if (v->stop->outcome == MACHINE_BOOTED || v->stop->outcome == MACHINE_IDLE) {
        /* The last call started a schedule that may not include the initialiser. */
        bool started = header->phase == CAPDL_PHASE_START && v->kernel->domain != v->kernel->initial->domain;
        if (header->phase == CAPDL_PHASE_DONE || started) {
            return false;
        }
        char label[LABEL_SIZE];
        uint32_t thread = state_object_node(v, v->kernel->current);
        differ_world(v, "%s runs while the initialiser is still %s", node_label(v, thread, label),
                     machine_phase_name(header->phase));
        return true;
    }
    const struct tcb *initial = v->kernel->initial;
    if (initial->unhandled.kind != FAULT_NONE) {
        differ_world(v,
                     "the boot failed: the initialiser faulted at 0x%" PRIx64 " while %s; do the untypeds overlap "
                     "its image?",
                     initial->regs[v->kernel->registers->fault_ip], machine_phase_name(header->phase));
        return true;
    }
    if (*v->said) {
        differ_world(v, "the boot failed while %s: %s", machine_phase_name(header->phase), v->said);
        return true;
    }
    differ_world(v,
                 "the boot failed: the initialiser stopped while %s, with error %s of invocation %" PRIu64
                 " after %" PRIu64 " kernel calls",
                 machine_phase_name(header->phase), machine_error_name(header->kernel_error), header->method,
                 header->num_calls);
    return true;
}

static void compare(struct verify *v)
{
    compare_objects(v);
    compare_derivations(v);
    compare_originals(v);
    compare_domains(v);
    compare_world(v);
    list_remains(v);
    describe_state(v);
}

static void verify_free(struct verify *v)
{
    free(v->nodes);
    free(v->hash);
    free(v->match);
    free(v->queue);
    free(v->irqs);
    free(v->table_positions);
    free(v->uses);
    free(v->arguments);
}

/* The last line, without its end. */
static const char *last_line(struct job *job)
{
    if (fflush(job->console) != 0 || !job->said) {
        return "";
    }
    char *text = job->said, *end = text + strlen(text);
    while (end > text && (end[-1] == '\n' || end[-1] == '\r')) {
        *--end = 0;
    }
    while (end > text && end[-1] != '\n') {
        end--;
    }
    return end;
}

void verify_stopped(const struct image *image, const struct machine_stop *stop, const char *said,
                    const struct verify_spec *specs, struct verify_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        results[i] = (struct verify_result){0};
        struct fill_files *read = specs[i].files ? NULL : fill_files_load(&specs[i]);
        struct verify v = {.given = &specs[i],
                           .spec = specs[i].spec,
                           .kernel = stop->kernel,
                           .profile = stop->kernel->profile,
                           .boot = stop->boot,
                           .image = image,
                           .stop = stop,
                           .said = said,
                           .files = read ? read : specs[i].files,
                           .result = &results[i]};
        state_collect(&v);
        table_positions_find(&v);
        leftovers_find(&v);
        stack_collect(&v);
        match_all(&v);
        v.result->kernel_calls = stop->header ? stop->header->num_calls : 0;
        v.result->answered_calls = stop->kernel->calls.count;
        v.result->calls_digest = stop->kernel->calls.value;
        v.result->said_calls = stop->kernel->calls.start_count;
        v.result->said_digest = stop->kernel->calls.start_value;
        if (!boot_failed(&v)) {
            compare(&v);
        }
        verify_free(&v);
        fill_files_unload(read);
    }
}

static void stopped(void *context, const struct machine_stop *stop)
{
    struct job *job = context;
    verify_stopped(job->image, stop, last_line(job), job->specs, job->results, job->count);
}

bool verify_image(const struct image *image, const struct verify_options *options, const struct verify_spec *specs,
                  struct verify_result *results, size_t count, struct capdl_diags *diags)
{
    enum { MOST_SECONDS = 600 };
    struct job job = {.image = image, .specs = specs, .results = results, .count = count};
    job.console = open_memstream(&job.said, &job.size);
    if (!job.console) {
        capdl_error(diags, CAPDL_NOWHERE, "out of memory");
        return false;
    }
    struct machine_options machine = {.console = job.console,
                                      .profile = options->profile,
                                      .untypeds = options->untypeds,
                                      .timeout_seconds = MOST_SECONDS,
                                      .stopped = stopped,
                                      .context = &job,
                                      .guard = options->guard};
    struct machine_result result;
    for (size_t i = 0; i < count; i++) {
        results[i] = (struct verify_result){0};
    }
    bool good = machine_run(image, &machine, &result, diags);
    fclose(job.console);
    free(job.said);
    return good;
}

void verify_result_free(struct verify_result *r)
{
    for (size_t i = 0; i < r->num_differences; i++) {
        free(r->differences[i]);
    }
    free(r->differences);
    *r = (struct verify_result){0};
}
