/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of entries into the kernel: trace, totals, and what threads are not told (docs/machine.md). */
#include "world.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "machine/watch.h"

enum { THREAD, OTHER, SC, EP, BADGED, WEAK, NTFN, CN };

/* A kernel that is watched. */
struct stage {
    struct world *w;
    struct names names;
    struct watch watch;
    struct trace_filter filter;
    uint64_t time;
    char *report, *trace;
    size_t report_size, trace_size;
};

static struct stage *begin(const char *profile, const char *filter)
{
    const char *wrong;
    struct stage *s = calloc(1, sizeof(*s));
    s->w = world_new(profile);
    s->names = (struct names){.kernel = s->w->k, .boot = &s->w->info};
    s->time = 1000000002;
    EXPECT(trace_filter_parse(&s->filter, filter, &wrong), true);
    s->watch = (struct watch){.kernel = s->w->k,
                              .names = &s->names,
                              .time = &s->time,
                              .report = open_memstream(&s->report, &s->report_size),
                              .trace = open_memstream(&s->trace, &s->trace_size),
                              .filter = &s->filter,
                              .stats = true};
    watch_start(&s->watch, s->w->k);
    return s;
}

/* Where objects lie and which slot is the first empty one are the kernel's: "at 0x60001000" becomes "at *", the third
 * empty slot "slot +2", one before them "slot *". */
static void blur(char *text, uint64_t base)
{
    static const char *const before[] = {"at 0x", "slot ", "\"cptr\":"};
    char *to = text;
    while (*text) {
        unsigned i = 0;
        while (i < 3 && strncmp(text, before[i], strlen(before[i])) != 0) {
            i++;
        }
        if (i == 3 || !(i == 0 || isdigit((unsigned char)text[strlen(before[i])]))) {
            *to++ = *text++;
            continue;
        }
        char *after, said[32];
        uint64_t number = strtoull(text + strlen(before[i]), &after, i == 0 ? 16 : 10);
        if (i == 0) {
            strcpy(said, "at *");
        } else if (number >= base) {
            snprintf(said, sizeof(said), "%s+%u", before[i], (unsigned)(number - base));
        } else {
            snprintf(said, sizeof(said), "%s*", before[i]);
        }
        memcpy(to, said, strlen(said));
        to += strlen(said);
        text = after;
    }
    *to = 0;
}

static void expect_text(const struct stage *s, const char *what, char *text, const char *expected)
{
    blur(text, s->w->base);
    if (strcmp(text, expected) != 0) {
        printf("%s: expected\n%s--- not\n%s", what, expected, text);
        EXPECT(false, true);
    }
}

static void end(struct stage *s, const char *what, const char *trace, const char *report)
{
    watch_finish(&s->watch);
    fclose(s->watch.report);
    fclose(s->watch.trace);
    expect_text(s, what, s->trace, trace);
    expect_text(s, what, s->report, report);
    world_free(s->w); /* which tells the watch of each object */
    watch_free(&s->watch);
    trace_filter_free(&s->filter);
    free(s->report);
    free(s->trace);
    free(s);
}

static void make(struct world *w)
{
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_TCB, 0, THREAD, 2), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_ENDPOINT, 0, EP, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_NOTIFICATION, 0, NTFN, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_mint(w, BADGED, slot_at(w, EP), CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE, 5), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_copy(w, WEAK, slot_at(w, EP), CAPDL_RIGHT_READ), CAPDL_ERROR_NO_ERROR);
}

static struct tcb *thread_in(const struct world *w, unsigned slot)
{
    return slot_of(w, slot)->cap.object;
}

/* A system call of the current thread. */
static void system_call(struct world *w, enum capdl_syscall syscall, uint64_t cptr, uint64_t info)
{
    struct tcb *thread = w->k->current;
    thread->regs[w->k->registers->cap] = cptr;
    thread->regs[w->k->registers->message_info] = info;
    kernel_syscall(w->k, w->k->profile->syscalls[syscall]);
}

/* The thread becomes the current one; ours waits as if it had yielded. */
static void run(struct world *w, unsigned slot, uint64_t handler)
{
    struct tcb *thread = thread_in(w, slot);
    const struct slot *slots = w->k->initial->slots;
    thread->slots[TCB_CTABLE].cap = slots[TCB_CTABLE].cap;
    thread->slots[TCB_VTABLE].cap = slots[TCB_VTABLE].cap;
    thread->fault_handler = handler;
    thread->priority = w->k->current->priority;
    thread->state = THREAD_RUNNING;
    if (w->k->current->state == THREAD_RUNNING) {
        sched_enqueue(w->k, w->k->current);
    }
    w->k->current = thread;
    w->k->current_sc = thread->sc;
}

static void put_cap(struct world *w, uint64_t cptr)
{
    buffer_set_word(w->k, ipc_buffer_of(w->k, w->k->current, true), MESSAGE_CAPS_OFFSET, cptr);
}

/* What is wrong with calls whose thread is not told, or not told why. */
static void troubles(void)
{
    struct stage *s = begin("aarch64", "result:none of them");
    struct world *w = s->w;
    make(w);
    uint64_t ep = slot_at(w, EP), absent = UINT64_C(1) << 40;
    put_cap(w, absent);
    system_call(w, CAPDL_SYSCALL_NBSEND, ep, message_info(1, 0, 1, 0));
    put_cap(w, slot_at(w, NTFN));
    system_call(w, CAPDL_SYSCALL_NBSEND, slot_at(w, WEAK), message_info(1, 0, 1, 0));
    system_call(w, CAPDL_SYSCALL_NBSEND, slot_at(w, CN), message_info(1, 0, 0, 0));
    system_call(w, CAPDL_SYSCALL_NBSEND, absent, message_info(1, 0, 0, 0));
    EXPECT(world_retype(w, slot_at(w, CN), CAPDL_TYPE_UNTYPED, 4, CN, 1), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_UNTYPED, 12, CN, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, slot_at(w, CN), CAPDL_TYPE_UNTYPED, 12, CN + 1, 2), CAPDL_ERROR_NOT_ENOUGH_MEMORY);
    EXPECT(world_call(w, slot_at(w, THREAD), CAPDL_METHOD_TCB_SET_PRIORITY, WORDS(256), WORDS(CAPDL_INITIAL_TCB)),
           CAPDL_ERROR_RANGE_ERROR);
    EXPECT(world_call(w, slot_at(w, THREAD), CAPDL_METHOD_TCB_SET_PRIORITY, WORDS(1), WORDS(ep)),
           CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(world_copy(w, CN + 1, absent, 0), CAPDL_ERROR_FAILED_LOOKUP);
    system_call(w, CAPDL_SYSCALL_RECV, w->untyped, 0);
    end(s, "troubles", "",
        "machine: rootserver: NBSend through slot +3 of object at * (endpoint at *): there is no capability to "
        "transfer at address 0x10000000000; the thread is not told\n"
        "machine: rootserver: NBSend through slot +5 of object at * (endpoint at *): the capability lacks the right "
        "Write; the thread is not told\n"
        "machine: rootserver: NBSend through slot +7 of object at *: the slot is empty; the thread is not told\n"
        "machine: rootserver: NBSend through address 0x10000000000: a guard does not match; the thread is not told\n"
        "machine: rootserver: Untyped_Retype through slot +7 of object at * (untyped at *): NotEnoughMemory, 4096 "
        "bytes are left\n"
        "machine: rootserver: TCB_SetPriority through slot +0 of object at * (object at *): RangeError, not 0 to 255\n"
        "machine: rootserver: TCB_SetPriority through slot +0 of object at * (object at *): InvalidCapability, "
        "capability 1\n"
        "machine: rootserver: Recv through slot * of object at * (untyped at *): one cannot receive from this; it has "
        "no fault handler\n"
        "machine: rootserver: 1 more calls without a capability\n"
        "machine: rootserver: 1 more refused invocations\n"
        "stats:      calls   faults   instructions     time in ns thread\n"
        "stats:         16        1              0              0 rootserver\n");
}

/* Two threads meet, told in one form or the other. */
static void meetings(const char *filter, const char *trace)
{
    struct stage *s = begin("aarch64", filter);
    struct world *w = s->w;
    make(w);
    strcpy(thread_in(w, THREAD)->name, "a \"b\"\\\x1f");
    strcpy(thread_in(w, OTHER)->name, "other");
    run(w, THREAD, slot_at(w, EP));
    system_call(w, CAPDL_SYSCALL_RECV, slot_at(w, EP), 0);
    put_cap(w, slot_at(w, NTFN));
    system_call(w, CAPDL_SYSCALL_NBSEND, slot_at(w, BADGED), message_info(3, 0, 1, 2));
    run(w, OTHER, slot_at(w, EP));
    kernel_user_exception(w->k, 0x02000000, 5);
    w->k->current = thread_in(w, THREAD);
    system_call(w, CAPDL_SYSCALL_RECV, slot_at(w, EP), 0);
    kernel_timer(w->k); /* of which nothing is said */
    end(s, filter, trace,
        "machine: rootserver: NBSend through slot +4 of object at * (endpoint at *, badge 5): not all capabilities of "
        "the message were transferred: the sender's capability lacks the right Grant, or the receiver had no empty "
        "slot for them\n"
        "stats:      calls   faults   instructions     time in ns thread\n"
        "stats:          2        0              0              0 a \"b\"\\\x1f\n"
        "stats:          0        1              0              0 other\n"
        "stats:          6        0              0              0 rootserver\n"
        "stats:     number messages and signals\n"
        "stats:          1 other -> endpoint at * -> a \"b\"\\\x1f\n"
        "stats:          1 rootserver -> endpoint at * -> a \"b\"\\\x1f\n");
}

/* Each kind, of a thread without handler. */
static void faults(void)
{
    struct stage *s = begin("aarch64", "thread:other");
    struct world *w = s->w;
    make(w);
    strcpy(thread_in(w, OTHER)->name, "other");
    run(w, OTHER, 0);
    kernel_vm_fault(w->k, 0x1230, 0x92000046, false);
    run(w, OTHER, 0);
    kernel_vcpu_fault(w->k, 0x5600beef);
    run(w, OTHER, 0);
    kernel_syscall(w->k, 0x1234);
    run(w, OTHER, 0);
    system_call(w, CAPDL_SYSCALL_SEND, UINT64_C(1) << 40, 0);
    run(w, OTHER, 0);
    system_call(w, CAPDL_SYSCALL_YIELD, 0, 0);
    end(s, "faults",
        "trace: 1.000000002 other VMFault address 0x1230 code 0x92000046 pc 0x0: unhandled\n"
        "trace: 1.000000002 other VCPUFault address 0x0 code 0x5600beef pc 0x0: unhandled\n"
        "trace: 1.000000002 other UnknownSyscall address 0x1234 pc 0x0: unhandled\n"
        "trace: 1.000000002 other Send address 0x10000000000: no-capability; CapFault address 0x10000000000 pc 0x0: "
        "unhandled\n"
        "trace: 1.000000002 other Yield\n",
        "stats:      calls   faults   instructions     time in ns thread\n"
        "stats:          2        4              0              0 other\n"
        "stats:          5        0              0              0 rootserver\n");
}

/* MCS: a handler that provides no reply object, or an endpoint that must not be answered. */
static void faults_without_answer(uint64_t rights, const char *reason)
{
    struct stage *s = begin("aarch64-mcs", "op:UserException");
    struct world *w = s->w;
    make(w);
    strcpy(thread_in(w, THREAD)->name, "handler");
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_SCHED_CONTEXT, 8, SC, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_call(w, slot_at(w, SC), CAPDL_METHOD_SCHED_CONTEXT_BIND, NONE, WORDS(slot_at(w, THREAD))),
           CAPDL_ERROR_NO_ERROR);
    refill_new(w->k, thread_in(w, THREAD)->sc, 2, ticks_of_us(w->k, 1000), 0);
    run(w, THREAD, 0);
    system_call(w, CAPDL_SYSCALL_WAIT, slot_at(w, EP), 0);
    EXPECT(w->k->current == w->k->initial, true);
    struct slot *handler = &w->k->current->slots[TCB_FAULT_HANDLER];
    handler->cap = slot_of(w, EP)->cap;
    handler->cap.rights = (uint8_t)rights;
    kernel_user_exception(w->k, 0x02000000, 5);
    handler->cap = cap_null();
    char report[1024];
    snprintf(
        report, sizeof(report),
        "machine: rootserver: UserException (endpoint at *): its fault can never be answered, because %s; the caller "
        "stays suspended\n"
        "stats:      calls   faults   instructions     time in ns thread\n"
        "stats:          1        0              0              0 handler\n"
        "stats:          7        1              0              0 rootserver\n"
        "stats:     number messages and signals\n"
        "stats:          1 rootserver -> endpoint at * -> handler\n",
        reason);
    end(s, "faults without answer",
        "trace: 1.000000002 rootserver UserException address 0x2000000 code 0x5 pc 0x400000 endpoint at *: delivered "
        "to handler, cannot be answered\n",
        report);
}

/* Totals are of threads, not of where they lie in memory: what comes where another was is new. */
static void totals_of_deleted_threads(void)
{
    enum { OTHERS = 1000 };
    struct stage *s = begin("aarch64", "result:none of them");
    struct world *w = s->w;
    make(w);
    struct tcb *thread = thread_in(w, THREAD);
    strcpy(thread->name, "first");
    for (unsigned i = 0; i < 5; i++) {
        run(w, THREAD, 0);
        system_call(w, CAPDL_SYSCALL_NBSEND, slot_at(w, WEAK), 0);
    }
    watch_ran(&s->watch, thread, 7, 70);
    w->k->watch.gone(w->k->watch.context, &thread->header);
    const uint64_t *rows = (const uint64_t *)(const void *)s->watch.rows;
    size_t words = s->watch.capacity * 32;  /* each has that many */
    for (unsigned i = 0; i < OTHERS; i++) { /* they have no names and are not shown */
        watch_ran(&s->watch, (const struct tcb *)(const void *)((const char *)thread + 1 + i), 1000, 1000);
    }
    EXPECT(s->watch.capacity > 2 * OTHERS, true);
    for (size_t i = 0; i < words; i++) { /* where the totals were before */
        watch_ran(&s->watch, (const struct tcb *)(const void *)(rows + i), 1000, 1000);
    }
    strcpy(thread->name, "second");
    run(w, THREAD, 0);
    system_call(w, CAPDL_SYSCALL_NBSEND, slot_at(w, WEAK), 0);
    watch_ran(&s->watch, thread, 1, 10);
    end(s, "totals", "",
        "machine: first: NBSend through slot +5 of object at * (endpoint at *): the capability lacks the right Write; "
        "the thread is not told\n"
        "machine: first: NBSend through slot +5 of object at * (endpoint at *): the capability lacks the right Write; "
        "the thread is not told\n"
        "machine: first: NBSend through slot +5 of object at * (endpoint at *): the capability lacks the right Write; "
        "the thread is not told\n"
        "machine: second: NBSend through slot +5 of object at * (endpoint at *): the capability lacks the right Write; "
        "the thread is not told\n"
        "machine: first: 2 more calls without the right for them\n"
        "stats:      calls   faults   instructions     time in ns thread\n"
        "stats:          5        0              7             70 first\n"
        "stats:          5        0              0              0 rootserver\n"
        "stats:          1        0              1             10 second\n");
}

int main(void)
{
    troubles();
    meetings("thread:a*,thread:other",
             "trace: 1.000000002 a \"b\"\\\x1f Recv endpoint at *: waits\n"
             "trace: 1.000000002 rootserver NBSend endpoint at * badge 5 label 3 length 2 caps 1: delivered to a "
             "\"b\"\\\x1f, capabilities lost\n"
             "trace: 1.000000002 other UserException address 0x2000000 code 0x5 pc 0x0 endpoint at *: queued\n"
             "trace: 1.000000002 a \"b\"\\\x1f Recv endpoint at * label 3 length 4: received from other\n");
    meetings(
        "json,thread:a*,thread:other",
        "{\"time_ns\":1000000002,\"thread\":\"a "
        "\\\"b\\\"\\\\\\u001f\",\"syscall\":\"Recv\",\"op\":\"Recv\",\"receive\":{\"cptr\":+3,\"slot\":\"slot +3 of "
        "object at *\",\"object\":\"endpoint at *\",\"result\":\"waits\"}}\n"
        "{\"time_ns\":1000000002,\"thread\":\"rootserver\",\"syscall\":\"NBSend\",\"op\":\"NBSend\",\"send\":{\"cptr\":"
        "+4,\"slot\":\"slot +4 of object at *\",\"object\":\"endpoint at *\",\"peer\":\"a "
        "\\\"b\\\"\\\\\\u001f\",\"badge\":5,\"label\":3,\"length\":2,\"caps\":1,\"caps_lost\":true,\"result\":"
        "\"delivered\"}}\n"
        "{\"time_ns\":1000000002,\"thread\":\"other\",\"op\":\"UserException\",\"fault\":{\"kind\":\"UserException\","
        "\"address\":33554432,\"code\":5,\"pc\":0,\"object\":\"endpoint at *\",\"result\":\"queued\"}}\n"
        "{\"time_ns\":1000000002,\"thread\":\"a "
        "\\\"b\\\"\\\\\\u001f\",\"syscall\":\"Recv\",\"op\":\"Recv\",\"receive\":{\"cptr\":+3,\"slot\":\"slot +3 of "
        "object at *\",\"object\":\"endpoint at "
        "*\",\"peer\":\"other\",\"label\":3,\"length\":4,\"caps\":0,\"result\":\"received\"}}\n");
    faults();
    faults_without_answer(CAPDL_RIGHTS_ALL, "the receiver provided no reply object");
    faults_without_answer(CAPDL_RIGHT_WRITE,
                          "the caller's capability has neither the right GrantReply (P) nor Grant (G)");
    totals_of_deleted_threads();
    return failures();
}
