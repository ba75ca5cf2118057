/* SPDX-License-Identifier: BSD-2-Clause */
/* One line for each entry into the kernel: docs/machine.md describes both forms. */
#include <inttypes.h>
#include <string.h>

#include "machine.h"
#include "watch.h"

static const char *result_name(enum act_result result)
{
    static const char *const result_names[] = {
        [ACT_DONE] = "done",           [ACT_REFUSED] = "refused",     [ACT_NO_CAP] = "no-capability",
        [ACT_NO_RIGHT] = "no-right",   [ACT_DELIVERED] = "delivered", [ACT_QUEUED] = "queued",
        [ACT_DROPPED] = "dropped",     [ACT_PENDING] = "pending",     [ACT_NOBODY] = "nobody",
        [ACT_RECEIVED] = "received",   [ACT_WAITS] = "waits",         [ACT_NOTHING] = "nothing",
        [ACT_UNHANDLED] = "unhandled",
    };
    return result_names[result];
}

/* All texts of an entry, kept for the filter and for both forms. */
struct names_of_act {
    char object[NAME_SIZE], slot[NAME_SIZE], peer[NAME_SIZE];
};

struct line {
    struct watch *w;
    const struct record *r;
    const char *operation;
    char thread[NAME_SIZE];
    const struct act *acts[3];
    struct names_of_act names[3];
    bool numbers[3]; /* the act has a message */
};

static const char *const act_keys[] = {"send", "receive", "fault"};

static void add_word(struct trace_words *words, enum trace_key key, const char *text)
{
    if (*text) {
        words->list[key][words->count[key]++] = text;
    }
}

static void collect(struct line *line, struct trace_words *words)
{
    const struct record *r = line->r;
    add_word(words, TRACE_THREAD, watch_thread(line->w, r, line->thread));
    add_word(words, TRACE_OP, line->operation);
    add_word(words, TRACE_OP, r->syscall == CAPDL_SYSCALL_COUNT ? "" : watch_syscall_name(r->syscall));
    for (unsigned i = 0; i < 3; i++) {
        const struct act *act = line->acts[i];
        struct names_of_act *names = &line->names[i];
        if (!act->used) {
            continue;
        }
        watch_object(line->w, r, act, names->object);
        watch_slot(line->w, r, act, names->slot);
        if (act->peer) {
            names_thread(line->w->names, act->peer, names->peer);
        }
        add_word(words, TRACE_OBJECT, names->object);
        add_word(words, TRACE_THREAD, names->peer);
        add_word(words, TRACE_RESULT, result_name(act->result));
        add_word(words, TRACE_OP, act == &r->fault ? watch_fault_name(act->fault.kind) : "");
        bool sent = act == &r->send && act->result != ACT_NO_CAP;
        line->numbers[i] = sent || (act == &r->receive && act->result == ACT_RECEIVED);
    }
}

/* ---- text ---- */

static void print_result(const struct line *line, const struct act *act, const struct names_of_act *names)
{
    FILE *out = line->w->trace;
    fprintf(out, ": %s", result_name(act->result));
    if (*names->peer) {
        fprintf(out, " %s %s", act->result == ACT_RECEIVED ? "from" : "to", names->peer);
    }
    if (act->error) {
        fprintf(out, " %s", machine_error_name(act->error));
    }
    if (act->unanswerable) {
        fputs(", cannot be answered", out);
    }
    if (act->caps_lost) {
        fputs(", capabilities lost", out);
    }
}

static void print_fault(const struct line *line, const struct act *act)
{
    FILE *out = line->w->trace;
    const struct fault *fault = &act->fault;
    fprintf(out, " %s address 0x%" PRIx64, watch_fault_name(fault->kind), fault->address);
    if (fault->kind == FAULT_VM || fault->kind == FAULT_USER_EXCEPTION || fault->kind == FAULT_VCPU) {
        fprintf(out, " code 0x%" PRIx64, fault->code);
    }
    if (line->r->faulted) {
        fprintf(out, " pc 0x%" PRIx64, line->r->faulted->regs[line->w->kernel->registers->fault_ip]);
    }
}

static void print_act(const struct line *line, unsigned i)
{
    FILE *out = line->w->trace;
    const struct act *act = line->acts[i];
    const struct names_of_act *names = &line->names[i];
    if (act == &line->r->fault) {
        print_fault(line, act);
    }
    if (*names->object) {
        fprintf(out, " %s", names->object);
    } else if (act != &line->r->fault && act->result == ACT_NO_CAP) {
        fprintf(out, " %s", names->slot);
    }
    if (act->badge) {
        fprintf(out, " badge %" PRIu64, act->badge);
    }
    if (line->numbers[i]) {
        fprintf(out, " label %" PRIu64 " length %u", act->label, act->length);
        if (act->caps) {
            fprintf(out, " caps %u", act->caps);
        }
    }
    print_result(line, act, names);
}

static void print_text(const struct line *line)
{
    FILE *out = line->w->trace;
    uint64_t time = *line->w->time;
    fprintf(out, "trace: %" PRIu64 ".%09" PRIu64 " %s", time / 1000000000, time % 1000000000, line->thread);
    bool call = line->r->syscall != CAPDL_SYSCALL_COUNT;
    if (call) {
        fprintf(out, " %s", line->operation);
    }
    for (unsigned i = 0, shown = 0; i < 3; i++) {
        if (line->acts[i]->used) {
            fputs(shown++ ? ";" : "", out);
            print_act(line, i);
        }
    }
    fputc('\n', out);
}

/* ---- JSON ---- */

static void print_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            fputc('\\', out);
            fputc(*text, out);
        } else if ((unsigned char)*text < ' ' || *text == 0x7f) {
            fprintf(out, "\\u%04x", (unsigned char)*text);
        } else {
            fputc(*text, out);
        }
    }
    fputc('"', out);
}

static void print_member(FILE *out, const char *key, const char *text)
{
    if (*text) {
        fprintf(out, "\"%s\":", key);
        print_string(out, text);
        fputc(',', out);
    }
}

static void print_act_json(const struct line *line, unsigned i)
{
    FILE *out = line->w->trace;
    const struct act *act = line->acts[i];
    const struct names_of_act *names = &line->names[i];
    fprintf(out, ",\"%s\":{", act_keys[i]);
    if (act == &line->r->fault) {
        print_member(out, "kind", watch_fault_name(act->fault.kind));
        fprintf(out, "\"address\":%" PRIu64 ",\"code\":%" PRIu64 ",", act->fault.address, act->fault.code);
        if (line->r->faulted) {
            fprintf(out, "\"pc\":%" PRIu64 ",", line->r->faulted->regs[line->w->kernel->registers->fault_ip]);
        }
    } else if (act->cptr || act->cnode) {
        fprintf(out, "\"cptr\":%" PRIu64 ",", act->cptr);
        print_member(out, "slot", names->slot);
    }
    print_member(out, "object", names->object);
    print_member(out, "peer", names->peer);
    if (act->badge) {
        fprintf(out, "\"badge\":%" PRIu64 ",", act->badge);
    }
    if (line->numbers[i]) {
        fprintf(out, "\"label\":%" PRIu64 ",\"length\":%u,\"caps\":%u,", act->label, act->length, act->caps);
    }
    if (act->error) {
        print_member(out, "error", machine_error_name(act->error));
    }
    fprintf(out, "%s%s", act->unanswerable ? "\"unanswerable\":true," : "",
            act->caps_lost ? "\"caps_lost\":true," : "");
    fprintf(out, "\"result\":\"%s\"}", result_name(act->result));
}

static void print_json(const struct line *line)
{
    FILE *out = line->w->trace;
    fprintf(out, "{\"time_ns\":%" PRIu64 ",", *line->w->time);
    print_member(out, "thread", line->thread);
    if (line->r->syscall != CAPDL_SYSCALL_COUNT) {
        print_member(out, "syscall", watch_syscall_name(line->r->syscall));
    }
    fputs("\"op\":", out);
    print_string(out, line->operation);
    for (unsigned i = 0; i < 3; i++) {
        if (line->acts[i]->used) {
            print_act_json(line, i);
        }
    }
    fputs("}\n", out);
}

void trace_entry(struct watch *w, const struct record *r)
{
    struct line line = {.w = w, .r = r, .acts = {&r->send, &r->receive, &r->fault}};
    struct trace_words words = {.count = {0}};
    if (r->syscall == CAPDL_SYSCALL_COUNT && !r->fault.used) {
        return; /* the timer or a device */
    }
    line.operation = watch_operation(r);
    if (r->syscall == CAPDL_SYSCALL_DEBUG_PUTCHAR && !trace_filter_names(w->filter, line.operation)) {
        return; /* the console shows it */
    }
    collect(&line, &words);
    if (!trace_filter_shows(w->filter, &words)) {
        return;
    }
    if (w->filter->json) {
        print_json(&line);
    } else {
        print_text(&line);
    }
}
