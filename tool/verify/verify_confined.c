/* SPDX-License-Identifier: BSD-2-Clause */
/* The comparison where the machine is: in a confined process, which sends what it found. */
#include <stdlib.h>
#include <string.h>

#include "machine/confined_machine.h"
#include "verify/private.h"

/* One for the numbers of a result, then one for each difference and each kind that remains, all after the number of
 * the result. */
enum { SENT_RESULT = CONFINED_OTHERS, SENT_DIFFERENCE, SENT_REMAINS };

struct result_head {
    uint32_t index;
    uint32_t whole;       /* of SENT_RESULT: the machine could be set up */
    uint64_t own, shared; /* of SENT_REMAINS */
    struct verify_totals totals;
    uint64_t untyped_bytes, kernel_calls, answered_calls, calls_digest, said_calls, said_digest;
    char digest[VERIFY_DIGEST_TEXT];
};

struct confined_verify {
    const struct image *image;
    const struct verify_options *options;
    struct verify_spec *specs;
    struct verify_result *results;
    size_t count;
    struct capdl_diags *diags;
    bool good;
};

/* ---- the child ---- */

static void send_text(struct confined *c, uint8_t kind, struct result_head head, const char *text)
{
    size_t length = strlen(text);
    char *bytes = memory_zeroed(1, sizeof(head) + length);
    memcpy(bytes, &head, sizeof(head));
    memcpy(bytes + sizeof(head), text, length);
    confined_send(c, kind, bytes, sizeof(head) + length);
    free(bytes);
}

static void send_result(struct confined *c, uint32_t index, const struct verify_result *r)
{
    struct result_head head;
    memset(&head, 0, sizeof(head));
    head.index = index;
    for (size_t i = 0; i < r->num_differences; i++) {
        send_text(c, SENT_DIFFERENCE, head, r->differences[i]);
    }
    for (size_t i = 0; i < r->num_remains; i++) {
        struct result_head remains = head;
        remains.own = r->remains[i].own;
        remains.shared = r->remains[i].shared;
        send_text(c, SENT_REMAINS, remains, r->remains[i].what);
    }
    head.whole = true;
    head.totals = r->totals;
    head.untyped_bytes = r->untyped_bytes;
    head.kernel_calls = r->kernel_calls;
    head.answered_calls = r->answered_calls;
    head.calls_digest = r->calls_digest;
    head.said_calls = r->said_calls;
    head.said_digest = r->said_digest;
    memcpy(head.digest, r->digest, sizeof(head.digest));
    confined_send(c, SENT_RESULT, &head, sizeof(head));
}

static void verify_here(void *context, struct confined *c)
{
    struct confined_verify *job = context;
    struct verify_options options = *job->options;
    size_t known = job->diags->count;
    options.guard = confined_guard(c);
    if (verify_image(job->image, &options, job->specs, job->results, job->count, job->diags)) {
        for (size_t i = 0; i < job->count; i++) {
            send_result(c, (uint32_t)i, &job->results[i]);
        }
    }
    confined_send_diags(c, job->diags, known);
}

/* ---- the parent ---- */

static char *text_of(const uint8_t *bytes, size_t size)
{
    char *text = memory_zeroed(1, size + 1);
    memcpy(text, bytes, size);
    return text;
}

static bool take_remains(struct verify_result *r, const struct result_head *head, const uint8_t *bytes, size_t size)
{
    struct verify_remains *remains = &r->remains[r->num_remains];
    if (r->num_remains == VERIFY_REMAINS || size >= sizeof(remains->what)) {
        return false;
    }
    memcpy(remains->what, bytes, size);
    remains->what[size] = 0;
    remains->own = head->own;
    remains->shared = head->shared;
    r->num_remains++;
    return true;
}

static void take_result(struct confined_verify *job, struct verify_result *r, const struct result_head *head)
{
    r->totals = head->totals;
    r->untyped_bytes = head->untyped_bytes;
    r->kernel_calls = head->kernel_calls;
    r->answered_calls = head->answered_calls;
    r->calls_digest = head->calls_digest;
    r->said_calls = head->said_calls;
    r->said_digest = head->said_digest;
    memcpy(r->digest, head->digest, sizeof(r->digest));
    r->digest[sizeof(r->digest) - 1] = 0;
    job->good = head->index == job->count - 1; /* the last one */
}

static bool receive(void *context, uint8_t kind, const uint8_t *bytes, size_t size)
{
    struct confined_verify *job = context;
    struct result_head head;
    if (kind == CONFINED_DIAG) {
        return confined_receive_diag(job->diags, bytes, size);
    }
    if (size < sizeof(head)) {
        return false;
    }
    memcpy(&head, bytes, sizeof(head));
    if (head.index >= job->count) {
        return false;
    }
    struct verify_result *r = &job->results[head.index];
    switch (kind) {
    case SENT_DIFFERENCE:
        r->differences = memory_grow(r->differences, &r->capacity, r->num_differences + 1, sizeof(*r->differences));
        r->differences[r->num_differences++] = text_of(bytes + sizeof(head), size - sizeof(head));
        return true;
    case SENT_REMAINS:
        return take_remains(r, &head, bytes + sizeof(head), size - sizeof(head));
    case SENT_RESULT:
        take_result(job, r, &head);
        return true;
    default:
        return false;
    }
}

bool verify_image_confined(const struct image *image, const struct verify_options *options,
                           const struct verify_spec *specs, struct verify_result *results, size_t count,
                           struct capdl_diags *diags)
{
    enum { MOST_SECONDS = 1200 }; /* boot and comparison */
    struct confined_verify job = {.image = image,
                                  .options = options,
                                  .specs = memory_zeroed(count, sizeof(*specs)),
                                  .results = results,
                                  .count = count,
                                  .diags = diags};
    for (size_t i = 0; i < count; i++) {
        results[i] = (struct verify_result){0};
        job.specs[i] = specs[i];
        job.specs[i].files = fill_files_load(&specs[i]);
    }
    struct confined_job process = {.body = verify_here, .receive = receive, .context = &job, .seconds = MOST_SECONDS};
    machine_prepared();
    struct confined_end end = confined_run(&process);
    bool good = confined_ended(&end, "image", MOST_SECONDS, diags) && job.good;
    for (size_t i = 0; i < count; i++) {
        fill_files_unload(job.specs[i].files);
    }
    free(job.specs);
    return good;
}
