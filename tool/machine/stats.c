/* SPDX-License-Identifier: BSD-2-Clause */
/* Totals: by thread, and who communicated with whom. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "watch.h"

/* A thread (through and to are 0), or messages and signals from a thread through an object to a thread. */
struct watch_row {
    const void *from, *through, *to;
    bool used;
    char names[3][64];
    uint64_t calls, faults, instructions, ns; /* of messages: calls */
};

static size_t hash(const struct watch_row *key, size_t capacity)
{
    uint64_t h =
        (uint64_t)(uintptr_t)key->from * 3 + (uint64_t)(uintptr_t)key->through * 5 + (uint64_t)(uintptr_t)key->to;
    return (size_t)(h * UINT64_C(0x9e3779b97f4a7c15) >> 24) & (capacity - 1);
}

static struct watch_row *find(struct watch_row *rows, size_t capacity, const struct watch_row *key)
{
    for (size_t i = hash(key, capacity);; i = (i + 1) & (capacity - 1)) {
        struct watch_row *row = &rows[i];
        if (!row->used || (row->from == key->from && row->through == key->through && row->to == key->to)) {
            return row;
        }
    }
}

static bool grow(struct watch *w)
{
    size_t capacity = w->capacity ? w->capacity * 2 : 256;
    struct watch_row *rows = calloc(capacity, sizeof(*rows));
    if (!rows) {
        return false;
    }
    for (size_t i = 0; i < w->capacity; i++) {
        if (w->rows[i].used) {
            size_t at = hash(&w->rows[i], capacity);
            while (rows[at].used) {
                at = (at + 1) & (capacity - 1);
            }
            rows[at] = w->rows[i];
        }
    }
    free(w->rows);
    w->rows = rows;
    w->capacity = capacity;
    return true;
}

/* A new one has no names yet. */
static struct watch_row *row_of(struct watch *w, const void *from, const void *through, const void *to)
{
    struct watch_row key = {.from = from, .through = through, .to = to};
    if (2 * w->num_rows >= w->capacity && !grow(w)) {
        return NULL;
    }
    struct watch_row *row = find(w->rows, w->capacity, &key);
    if (!row->used) {
        *row = key;
        row->used = true;
        w->num_rows++;
    }
    return row;
}

static void name_part(struct watch_row *row, unsigned part, const char *name)
{
    if (!*row->names[part]) {
        snprintf(row->names[part], sizeof(row->names[part]), "%s", name);
    }
}

static struct watch_row *thread_row(struct watch *w, const struct tcb *thread)
{
    char name[NAME_SIZE];
    struct watch_row *row = row_of(w, thread, NULL, NULL);
    if (row && !*row->names[0]) {
        name_part(row, 0, names_thread(w->names, thread, name));
    }
    return row;
}

/* The thread may be deleted when its step is over; then its row is detached, and the step is not counted. */
void watch_ran(struct watch *w, const struct tcb *thread, uint64_t instructions, uint64_t ns)
{
    struct watch_row *row = w->stats ? row_of(w, thread, NULL, NULL) : NULL;
    if (row) {
        row->instructions += instructions;
        row->ns += ns;
    }
}

static void count_message(struct watch *w, const struct record *r, const struct act *act, const struct tcb *from,
                          const struct tcb *to)
{
    char name[NAME_SIZE];
    struct watch_row *row = row_of(w, from, act->cap.object, to);
    if (!row) {
        return;
    }
    row->calls++;
    if (!*row->names[1]) {
        name_part(row, 0, from ? names_thread(w->names, from, name) : "");
        name_part(row, 1, act->cap.type == CAP_REPLY ? "reply" : watch_object(w, r, act, name));
        name_part(row, 2, to ? names_thread(w->names, to, name) : "");
    }
}

static void count_act(struct watch *w, const struct record *r, const struct act *act)
{
    bool object = act->cap.object && r->thread;
    switch (act->result) {
    case ACT_DELIVERED:
    case ACT_PENDING:
        if (object) {
            count_message(w, r, act, act == &r->fault ? r->faulted : r->thread, act->peer);
        }
        break;
    case ACT_RECEIVED:
        if (object) {
            count_message(w, r, act, act->peer, r->thread);
        }
        break;
    case ACT_DONE:
    case ACT_REFUSED:
    case ACT_NO_CAP:
    case ACT_NO_RIGHT:
    case ACT_QUEUED: /* counted when it is received */
    case ACT_DROPPED:
    case ACT_NOBODY:
    case ACT_WAITS:
    case ACT_NOTHING:
    case ACT_UNHANDLED:
        break;
    }
}

void stats_entry(struct watch *w, const struct record *r)
{
    bool call = r->syscall != CAPDL_SYSCALL_COUNT;
    struct watch_row *row = r->thread && (call || r->fault.used) ? thread_row(w, r->thread) : NULL;
    if (row) {
        row->calls += call;
        row->faults += r->fault.used;
    }
    const struct act *acts[] = {&r->send, &r->receive, &r->fault};
    for (unsigned i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        if (acts[i]->used) {
            count_act(w, r, acts[i]);
        }
    }
}

/* The row stays, but is no longer found: another object may be made at that address, but never one where w is. */
void stats_gone(struct watch *w, const struct object *object)
{
    for (size_t i = 0; i < w->capacity; i++) {
        struct watch_row *row = &w->rows[i];
        const void **parts[] = {&row->from, &row->through, &row->to};
        for (unsigned p = 0; p < 3; p++) {
            if (row->used && *parts[p] == (const void *)object) {
                *parts[p] = w;
            }
        }
    }
}

static int compare_rows(const void *a, const void *b)
{
    const struct watch_row *x = a, *y = b;
    bool x_message = *x->names[1], y_message = *y->names[1];
    if (x_message != y_message) {
        return x_message - y_message;
    }
    for (unsigned i = 0; i < 3; i++) {
        int order = strcmp(x->names[i], y->names[i]);
        if (order) {
            return order;
        }
    }
    return 0;
}

void stats_print(struct watch *w)
{
    size_t count = 0;
    for (size_t i = 0; i < w->capacity; i++) {
        if (w->rows[i].used && (*w->rows[i].names[0] || *w->rows[i].names[1])) {
            w->rows[count++] = w->rows[i];
        }
    }
    qsort(w->rows, count, sizeof(*w->rows), compare_rows);
    fprintf(w->report, "stats: %10s %8s %14s %14s thread\n", "calls", "faults", "instructions", "time in ns");
    size_t i = 0;
    for (; i < count && !*w->rows[i].names[1]; i++) {
        const struct watch_row *row = &w->rows[i];
        fprintf(w->report, "stats: %10" PRIu64 " %8" PRIu64 " %14" PRIu64 " %14" PRIu64 " %s\n", row->calls,
                row->faults, row->instructions, row->ns, row->names[0]);
    }
    if (i < count) {
        fprintf(w->report, "stats: %10s messages and signals\n", "number");
    }
    for (; i < count; i++) {
        const struct watch_row *row = &w->rows[i];
        fprintf(w->report, "stats: %10" PRIu64 " %s%s%s%s%s\n", row->calls, row->names[0], *row->names[0] ? " -> " : "",
                row->names[1], *row->names[2] ? " -> " : "", row->names[2]);
    }
    w->num_rows = w->capacity = 0;
}
