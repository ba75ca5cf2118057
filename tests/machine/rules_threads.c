/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules of threads, scheduling contexts and interrupts: src/object/{tcb,schedcontext,schedcontrol,interrupt}.c of seL4.
 */
#include "world.h"

#include <string.h>

#include "profile/profile.h"

enum { THREAD, OTHER, SC, SC2, EP, NTFN, WEAK, FRAME, DEVICE, IRQ, IRQ2, SMALL };

#define CALL(slot, method, words, caps) world_call(w, slot_at(w, slot), CAPDL_METHOD_##method, words, caps)

static void make(struct world *w)
{
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_TCB, 0, THREAD, 2), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_ENDPOINT, 0, EP, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_NOTIFICATION, 0, NTFN, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_FRAME_4K, 0, FRAME, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->device, CAPDL_TYPE_FRAME_4K, 0, DEVICE, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_copy(w, WEAK, slot_at(w, EP), CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE), CAPDL_ERROR_NO_ERROR);
    if (w->k->profile->mcs) {
        EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_SCHED_CONTEXT, 8, SC, 2), CAPDL_ERROR_NO_ERROR);
    }
}

/* decodeReadRegisters, decodeWriteRegisters: not one's own; of a wrong count for oneself the count is told. */
static void registers_of_others_only(struct world *w)
{
    uint64_t self = CAPDL_INITIAL_TCB;
    EXPECT(world_call(w, self, CAPDL_METHOD_TCB_READ_REGISTERS, WORDS(0, 1), NONE), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(world_call(w, self, CAPDL_METHOD_TCB_READ_REGISTERS, WORDS(0, 0), NONE), CAPDL_ERROR_RANGE_ERROR);
    EXPECT(world_call(w, self, CAPDL_METHOD_TCB_WRITE_REGISTERS, WORDS(0, 1, 5), NONE), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(world_call(w, self, CAPDL_METHOD_TCB_WRITE_REGISTERS, WORDS(0, 2, 5), NONE), CAPDL_ERROR_TRUNCATED_MESSAGE);
    EXPECT(CALL(THREAD, TCB_WRITE_REGISTERS, WORDS(0, 1, 0x1234), NONE), CAPDL_ERROR_NO_ERROR);
    EXPECT(CALL(THREAD, TCB_READ_REGISTERS, WORDS(0, 1), NONE), CAPDL_ERROR_NO_ERROR);
    EXPECT(w->reply.words[0], 0x1234);
}

/* checkPrio: no more than the authority may give; the target's own limit does not count. */
static void priorities_need_authority(struct world *w)
{
    uint64_t self = CAPDL_INITIAL_TCB;
    EXPECT(CALL(THREAD, TCB_SET_MC_PRIORITY, WORDS(10), WORDS(self)), CAPDL_ERROR_NO_ERROR);
    EXPECT(CALL(OTHER, TCB_SET_PRIORITY, WORDS(11), WORDS(slot_at(w, THREAD))), CAPDL_ERROR_RANGE_ERROR);
    EXPECT(w->reply.words[1], 10);
    EXPECT(CALL(OTHER, TCB_SET_PRIORITY, WORDS(10), WORDS(slot_at(w, THREAD))), CAPDL_ERROR_NO_ERROR);
    EXPECT(CALL(THREAD, TCB_SET_PRIORITY, WORDS(200), WORDS(self)), CAPDL_ERROR_NO_ERROR);
    EXPECT(CALL(THREAD, TCB_SET_PRIORITY, WORDS(1), WORDS(slot_at(w, EP))), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(w->reply.words[0], 1);
}

/* checkValidIPCBuffer: a frame of RAM, first; then the alignment. */
static void buffers_lie_in_memory(struct world *w)
{
    EXPECT(CALL(THREAD, TCB_SET_IPC_BUFFER, WORDS(0x1001), WORDS(slot_at(w, DEVICE))), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(CALL(THREAD, TCB_SET_IPC_BUFFER, WORDS(0x1001), WORDS(slot_at(w, FRAME))), CAPDL_ERROR_ALIGNMENT_ERROR);
    EXPECT(CALL(THREAD, TCB_SET_IPC_BUFFER, WORDS(0x1400), WORDS(slot_at(w, FRAME))), CAPDL_ERROR_NO_ERROR);
    EXPECT(CALL(THREAD, TCB_SET_IPC_BUFFER, WORDS(0), WORDS(slot_at(w, EP))),
           CAPDL_ERROR_NO_ERROR); /* none: no frame */
}

/* decodeSetFlags: what is cleared, then what is set, of the one flag there is; the reply tells. */
static void flags_are_cleared_then_set(struct world *w)
{
    const uint64_t all = UINT64_MAX;
    const uint64_t steps[][3] = {{0, 0, 0}, {0, all, 1}, {0, 0, 1},      {all, 0, 0},
                                 {0, 1, 1}, {all, 1, 1}, {1, all - 1, 0}};
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        EXPECT(CALL(THREAD, TCB_SET_FLAGS, WORDS(steps[i][0], steps[i][1]), NONE), CAPDL_ERROR_NO_ERROR);
        EXPECT(w->reply.words[0], steps[i][2]);
    }
    EXPECT(CALL(THREAD, TCB_SET_FLAGS, WORDS(0), NONE), CAPDL_ERROR_TRUNCATED_MESSAGE);
}

/* validFaultHandler, decodeSetSchedParams: the first of several mistakes counts. */
static void first_mistake_of_sched_params(struct world *w)
{
    uint64_t self = CAPDL_INITIAL_TCB, sc = slot_at(w, SC), ep = slot_at(w, EP), weak = slot_at(w, WEAK);
    EXPECT(CALL(THREAD, TCB_SET_SCHED_PARAMS, WORDS(256, 256), WORDS(ep, ep, weak)), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(w->reply.words[0], 1);
    EXPECT(CALL(THREAD, TCB_SET_SCHED_PARAMS, WORDS(1, 256), WORDS(self, ep, weak)), CAPDL_ERROR_RANGE_ERROR);
    EXPECT(CALL(THREAD, TCB_SET_SCHED_PARAMS, WORDS(1, 1), WORDS(self, ep, weak)), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(w->reply.words[0], 2);
    EXPECT(CALL(THREAD, TCB_SET_SCHED_PARAMS, WORDS(1, 1), WORDS(self, sc, weak)), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(w->reply.words[0], 3);
    EXPECT(CALL(THREAD, TCB_SET_SCHED_PARAMS, WORDS(1, 1), WORDS(self, sc, ep)), CAPDL_ERROR_NO_ERROR);
    EXPECT(CALL(OTHER, TCB_SET_SCHED_PARAMS, WORDS(1, 1), WORDS(self, sc, weak)), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(
        world_call(w, self, CAPDL_METHOD_TCB_SET_SCHED_PARAMS, WORDS(255, 255), WORDS(self, slot_at(w, SMALL), weak)),
        CAPDL_ERROR_ILLEGAL_OPERATION); /* one's own context cannot be taken away */
}

/* A thread that waits needs a context with budget: isBlocked, sc_released. */
static void contexts_of_waiting_threads(struct world *w)
{
    uint64_t self = CAPDL_INITIAL_TCB, sc2 = slot_at(w, SC2), none = slot_at(w, SMALL);
    struct tcb *thread = slot_of(w, OTHER)->cap.object;
#define SET_PARAMS() CALL(OTHER, TCB_SET_SCHED_PARAMS, WORDS(1, 1), WORDS(self, sc2, none))
    thread->state = THREAD_BLOCKED_ON_REPLY;
    EXPECT(SET_PARAMS(), CAPDL_ERROR_ILLEGAL_OPERATION);
    struct sched_context *sc = slot_of(w, SC2)->cap.object;
    refill_new(w->k, sc, 2, ticks_of_us(w->k, 1000), ticks_of_us(w->k, 2000));
    refill_head(sc)->time = w->k->now + 2 * ticks_of_us(w->k, 1000000);
    EXPECT(SET_PARAMS(), CAPDL_ERROR_ILLEGAL_OPERATION);
    refill_head(sc)->time = w->k->now;
    EXPECT(SET_PARAMS(), CAPDL_ERROR_NO_ERROR);
    EXPECT(thread->sc == sc, true);
    EXPECT(SET_PARAMS(), CAPDL_ERROR_NO_ERROR);
    EXPECT(CALL(OTHER, TCB_SET_SCHED_PARAMS, WORDS(1, 1), WORDS(self, none, none)), CAPDL_ERROR_NO_ERROR);
    EXPECT(thread->sc == NULL, true);
    thread->state = THREAD_INACTIVE;
}

/* decodeSetSchedParams, decodeSchedControl_ConfigureFlags of earlier releases. */
static void earlier_releases(struct world *w)
{
    uint64_t self = CAPDL_INITIAL_TCB, sc = slot_at(w, SC), sc2 = slot_at(w, SC2), ep = slot_at(w, EP),
             weak = slot_at(w, WEAK), control = 0;
    while (w->info.root->slots[control].cap.type != CAP_SCHED_CONTROL) {
        control++;
    }
    static const struct {
        unsigned version;
        enum capdl_kernel_error own, target;
    } releases[] = {{13, CAPDL_ERROR_ILLEGAL_OPERATION, CAPDL_ERROR_INVALID_CAPABILITY},
                    {14, CAPDL_ERROR_NO_ERROR, CAPDL_ERROR_INVALID_CAPABILITY},
                    {15, CAPDL_ERROR_NO_ERROR, CAPDL_ERROR_RANGE_ERROR},
                    {16, CAPDL_ERROR_NO_ERROR, CAPDL_ERROR_RANGE_ERROR}};
    for (unsigned i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
        w->k->version = releases[i].version;
        /* THREAD has SC, and OTHER none */
        EXPECT(CALL(THREAD, TCB_SET_SCHED_PARAMS, WORDS(1, 1), WORDS(self, sc, ep)), releases[i].own);
        EXPECT(CALL(OTHER, TCB_SET_SCHED_PARAMS, WORDS(1, 1), WORDS(self, sc2, weak)), CAPDL_ERROR_INVALID_CAPABILITY);
        EXPECT(w->reply.words[0], 3);
        EXPECT(
            world_call(w, control, CAPDL_METHOD_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(2000, 1000, 0, 0, 0), WORDS(ep)),
            releases[i].target);
    }
}

/* decodeSetAffinity: not MCS, and with several cores. */
static void cores(const char *name)
{
    struct capdl_profile profile = *profile_builtin(name);
    profile.smp = true;
    profile.max_nodes = 4;
    profile.labels[CAPDL_METHOD_TCB_SET_AFFINITY] = 200;
    struct world *w = world_new_profile(&profile);
    bool mcs = profile.mcs;
    make(w);
    const struct tcb *thread = slot_of(w, THREAD)->cap.object;
    EXPECT(CALL(THREAD, TCB_SET_AFFINITY, NONE, NONE),
           mcs ? CAPDL_ERROR_ILLEGAL_OPERATION : CAPDL_ERROR_TRUNCATED_MESSAGE);
    EXPECT(CALL(THREAD, TCB_SET_AFFINITY, WORDS(4), NONE), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(CALL(THREAD, TCB_SET_AFFINITY, WORDS(3), NONE), mcs ? CAPDL_ERROR_ILLEGAL_OPERATION : CAPDL_ERROR_NO_ERROR);
    EXPECT(thread->affinity, mcs ? 0 : 3);
    world_free(w);
}

/* decodeSchedContext_Bind, _UnbindObject, _Unbind: one context a thread, one thread a context, never one's own. */
static void contexts_are_bound_once(struct world *w)
{
    uint64_t thread = slot_at(w, THREAD), other = slot_at(w, OTHER), own = CAPDL_INITIAL_SC;
    EXPECT(CALL(SC, SCHED_CONTEXT_BIND, NONE, WORDS(other)), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(CALL(SC2, SCHED_CONTEXT_BIND, NONE, WORDS(thread)), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(CALL(SC2, SCHED_CONTEXT_BIND, NONE, WORDS(slot_at(w, EP))), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(CALL(SC2, SCHED_CONTEXT_UNBIND_OBJECT, NONE, WORDS(thread)), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(CALL(SC, SCHED_CONTEXT_UNBIND_OBJECT, NONE, WORDS(thread)), CAPDL_ERROR_NO_ERROR);
    EXPECT(CALL(SC2, SCHED_CONTEXT_BIND, NONE, WORDS(thread)), CAPDL_ERROR_NO_ERROR);
    EXPECT(CALL(SC2, SCHED_CONTEXT_BIND, NONE, WORDS(slot_at(w, NTFN))), CAPDL_ERROR_NO_ERROR);
    EXPECT(CALL(SC, SCHED_CONTEXT_BIND, NONE, WORDS(slot_at(w, NTFN))), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(world_call(w, own, CAPDL_METHOD_SCHED_CONTEXT_UNBIND, NONE, NONE), CAPDL_ERROR_ILLEGAL_OPERATION);
    world_delete(w, slot_at(w, SC2)); /* with the last capability all is undone */
    EXPECT(((struct tcb *)slot_of(w, THREAD)->cap.object)->sc != NULL, false);
}

/* decodeSchedControl_ConfigureFlags: times before the target, the target before the refills. */
static void times_before_target(struct world *w)
{
    const struct slot *slots = w->info.root->slots;
    uint64_t control = 0;
    while (slots[control].cap.type != CAP_SCHED_CONTROL) {
        control++;
    }
#define CONFIGURE(...) \
    world_call(w, control, CAPDL_METHOD_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(__VA_ARGS__), WORDS(target))
    uint64_t target = slot_at(w, EP);
    EXPECT(CONFIGURE(2000, 1000, 99, 0, 0), CAPDL_ERROR_RANGE_ERROR);
    EXPECT(w->reply.words[1], 1000);
    EXPECT(CONFIGURE(1000, 1000, 99, 0, 0), CAPDL_ERROR_INVALID_CAPABILITY);
    target = slot_at(w, SC);
    EXPECT(CONFIGURE(1000, 1000, 99, 0, 0), CAPDL_ERROR_RANGE_ERROR);
    EXPECT(w->reply.words[0], 0);
    EXPECT(CONFIGURE(1000, 1000, 0, 0, 0), CAPDL_ERROR_NO_ERROR);
}

/* decodeIRQControlInvocation: the number, then whether it is taken, then the slot. Deleting the handler frees the
 * number. */
static void interrupts_are_handed_out_once(struct world *w)
{
    uint64_t root = CAPDL_INITIAL_CNODE, control = CAPDL_INITIAL_IRQ_CONTROL, slot = slot_at(w, IRQ),
             full = slot_at(w, EP);
#define GET(irq, to) world_call(w, control, CAPDL_METHOD_IRQ_CONTROL_GET, WORDS(irq, to, 64), WORDS(root))
    EXPECT(GET(100000, full), CAPDL_ERROR_RANGE_ERROR);
    EXPECT(GET(40, full), CAPDL_ERROR_DELETE_FIRST);
    EXPECT(GET(40, slot), CAPDL_ERROR_NO_ERROR);
    EXPECT(GET(40, full), CAPDL_ERROR_REVOKE_FIRST);
    EXPECT(w->k->irq_masked[40], false);
    EXPECT(world_copy(w, WEAK, slot_at(w, NTFN), CAPDL_RIGHT_READ), CAPDL_ERROR_DELETE_FIRST);
    EXPECT(CALL(IRQ, IRQ_HANDLER_SET_NOTIFICATION, NONE, WORDS(slot_at(w, WEAK))), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(CALL(IRQ, IRQ_HANDLER_SET_NOTIFICATION, NONE, WORDS(slot_at(w, NTFN))), CAPDL_ERROR_NO_ERROR);
    kernel_interrupt(w->k, 40);
    EXPECT(w->k->irq_masked[40], true); /* until it is acknowledged */
    EXPECT(CALL(IRQ, IRQ_HANDLER_ACK, NONE, NONE), CAPDL_ERROR_NO_ERROR);
    EXPECT(w->k->irq_masked[40], false);
    world_delete(w, slot);
    EXPECT(GET(40, slot), CAPDL_ERROR_NO_ERROR);
    kernel_interrupt(w->k, 41); /* what nobody has is not told, and changes nothing */
    kernel_interrupt(w->k, MAX_IRQS);
    EXPECT(w->k->irq_masked[41], true);
}

/* setDomain: who leaves the domain whose turn it is stops at once; another thread's leaving stops nobody. */
static void leaving_the_domain_stops(const char *name)
{
    struct capdl_profile profile = *profile_builtin(name);
    profile.num_domains = 2;
    struct world *w = world_new_profile(&profile);
    struct tcb *root = w->k->current;
    make(w);
    EXPECT(world_call(w, CAPDL_INITIAL_DOMAIN, CAPDL_METHOD_DOMAIN_SET_SET, WORDS(1), WORDS(slot_at(w, THREAD))),
           CAPDL_ERROR_NO_ERROR);
    sched_schedule(w->k);
    EXPECT(w->k->current == root, true);
    EXPECT(world_call(w, CAPDL_INITIAL_DOMAIN, CAPDL_METHOD_DOMAIN_SET_SET, WORDS(1), WORDS(CAPDL_INITIAL_TCB)),
           CAPDL_ERROR_NO_ERROR);
    sched_schedule(w->k);
    EXPECT(w->k->current == root, false);
    world_free(w);
}

/* src/object/domain.c: the last entry of the schedule is its end for ever, and the start is never an end. */
static void schedules(const char *name)
{
    struct capdl_profile profile = *profile_builtin(name);
    profile.num_domains = 4;
    profile.num_domain_schedules = 8;
    struct world *w = world_new_profile(&profile);
    const uint64_t longest = (UINT64_C(1) << 56) - 1;
#define CONFIGURE_SCHEDULE(...) \
    world_call(w, CAPDL_INITIAL_DOMAIN, CAPDL_METHOD_DOMAIN_SET_SCHEDULE_CONFIGURE, WORDS(__VA_ARGS__), NONE)
#define START_SCHEDULE(index) \
    world_call(w, CAPDL_INITIAL_DOMAIN, CAPDL_METHOD_DOMAIN_SET_SCHEDULE_SET_START, WORDS(index), NONE)
#define EXPECT_ARGUMENT(number, call)               \
    do {                                            \
        EXPECT(call, CAPDL_ERROR_INVALID_ARGUMENT); \
        EXPECT(w->reply.words[0], number);          \
    } while (0)
    uint32_t length = w->k->schedule_length;
    EXPECT(CONFIGURE_SCHEDULE(length - 1, 0, 0), CAPDL_ERROR_RANGE_ERROR);
    EXPECT(w->reply.words[1], length - 2);
    EXPECT(CONFIGURE_SCHEDULE(length - 2, 3, 5), CAPDL_ERROR_NO_ERROR);
    EXPECT(CONFIGURE_SCHEDULE(1, 4, 5), CAPDL_ERROR_RANGE_ERROR);
    EXPECT(w->reply.words[1], 3);
    EXPECT_ARGUMENT(2, CONFIGURE_SCHEDULE(1, 0, longest + 1));
    EXPECT(CONFIGURE_SCHEDULE(1, 2, longest), CAPDL_ERROR_NO_ERROR);
    EXPECT_ARGUMENT(1, CONFIGURE_SCHEDULE(1, 2, 0));
    EXPECT_ARGUMENT(2, CONFIGURE_SCHEDULE(0, 0, 0));
    EXPECT(CONFIGURE_SCHEDULE(1, 2), CAPDL_ERROR_TRUNCATED_MESSAGE);
    EXPECT_ARGUMENT(0, START_SCHEDULE(2));
    EXPECT(START_SCHEDULE(length), CAPDL_ERROR_RANGE_ERROR);
    EXPECT(w->reply.words[1], length - 1);
    EXPECT_ARGUMENT(0, START_SCHEDULE(length - 1));
    /* entry 0 is of domain 0, 1 of domain 2, 2 ends it; what follows is never reached */
    EXPECT(domain_is_scheduled(w->k, 0), true);
    EXPECT(domain_is_scheduled(w->k, 1), false);
    EXPECT(domain_is_scheduled(w->k, 2), true);
    EXPECT(domain_is_scheduled(w->k, 3), false);
    EXPECT(START_SCHEDULE(1), CAPDL_ERROR_NO_ERROR);
    EXPECT(w->k->schedule_start, 1);
    EXPECT(w->k->schedule_index, 1); /* at once, and there it stays */
    EXPECT(w->k->domain, 2);
    EXPECT(domain_is_scheduled(w->k, 0), false);
    EXPECT(domain_is_scheduled(w->k, 2), true);
    world_free(w);
}

/* src/kernel/thread.c, doReplyTransfer: who is answered without budget waits for it, or its timeout handler is told. */
static void answered_without_budget(const char *name)
{
    enum { READY, LATER, TOLD, TOLD_BEFORE, CASES };
    for (unsigned i = 0; i < CASES; i++) {
        struct world *w = world_new(name);
        struct kernel *k = w->k;
        make(w);
        EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_REPLY, 0, IRQ, 1), CAPDL_ERROR_NO_ERROR);
        struct reply *reply = slot_of(w, IRQ)->cap.object;
        struct tcb *thread = slot_of(w, THREAD)->cap.object;
        struct sched_context *sc = slot_of(w, SC)->cap.object;
        refill_new(k, sc, 3, 2 * min_budget(k), 4 * min_budget(k));
        sc->badge = 99;
        sc_bind_thread(k, sc, thread);
        refill_head(sc)->time = k->now + (i == READY ? 0 : 1000 * min_budget(k));
        if (i >= TOLD) {
            thread->slots[TCB_TIMEOUT_HANDLER].cap = slot_of(w, EP)->cap;
        }
        thread->fault.kind = i == TOLD_BEFORE ? FAULT_TIMEOUT : FAULT_NONE;
        thread->priority = 7;
        thread->state = THREAD_BLOCKED_ON_REPLY;
        thread->reply = reply;
        reply->tcb = thread;
        kernel_call(k, slot_at(w, IRQ), &(struct kernel_message){.label = 0});
        EXPECT(thread->state, i == READY || i == LATER ? THREAD_RUNNING
                              : i == TOLD              ? THREAD_BLOCKED_ON_SEND
                                                       : THREAD_RESTART);
        EXPECT(thread->queued, i == READY);
        EXPECT(thread->in_release_queue, i == LATER || i == TOLD_BEFORE);
        EXPECT(thread->fault.kind, i == TOLD ? FAULT_TIMEOUT : FAULT_NONE);
        EXPECT(thread->fault.address, i == TOLD ? 99 : 0);
        EXPECT(reply->tcb || thread->reply, false);
        EXPECT(world_is_sound(w), true);
        thread->slots[TCB_TIMEOUT_HANDLER].cap = cap_null();
        world_free(w);
    }
}

/* ---- handleUnknownSyscall of src/api/syscall.c ---- */

static char console[4096];
static size_t console_length;

static void keep_char(void *context, char c)
{
    (void)context;
    if (console_length < sizeof(console) - 1) {
        console[console_length++] = c;
    }
}

static void debug(struct world *w, enum capdl_syscall syscall, uint64_t argument)
{
    w->k->current->regs[w->k->registers->cap] = argument;
    kernel_syscall(w->k, w->k->profile->syscalls[syscall]);
}

/* Whether the kernel stops at what the thread wants THREAD to be called. */
static bool naming_stops(struct world *w, uint64_t cptr)
{
    debug(w, CAPDL_SYSCALL_DEBUG_NAME_THREAD, cptr);
    bool stopped = w->k->halted;
    EXPECT(w->k->halted_by == (stopped ? w->k->current : NULL), true);
    w->k->halted = false;
    w->k->halted_by = NULL;
    return stopped;
}

/* Whoever names another wrongly stops the kernel. */
static void threads_are_named(struct world *w)
{
    char *name = (char *)ipc_buffer_of(w->k, w->k->current, true) + 8;
    const struct tcb *thread = slot_of(w, THREAD)->cap.object;
    strcpy(name, "first");
    EXPECT(naming_stops(w, slot_at(w, THREAD)), false);
    EXPECT(strcmp(thread->name, "first"), 0);
    EXPECT(naming_stops(w, slot_at(w, EP)), true);
    EXPECT(naming_stops(w, UINT64_C(1) << 40), true);
    size_t most = MESSAGE_MAX_LENGTH * sizeof(uint64_t);
    memset(name, 'a', most);
    EXPECT(naming_stops(w, slot_at(w, THREAD)), true);
    EXPECT(strcmp(thread->name, "first"), 0);
    name[most - 1] = 0;
    EXPECT(naming_stops(w, slot_at(w, THREAD)), false);
    EXPECT(strspn(thread->name, "a"), NAME_LENGTH - 1);
    EXPECT(strlen(thread->name), NAME_LENGTH - 1);
    strcpy(name, "first");
    EXPECT(naming_stops(w, slot_at(w, THREAD)), false);
    strcpy(name, "");
    EXPECT(naming_stops(w, slot_at(w, OTHER)), false);
    struct cap *buffer = &w->k->current->slots[TCB_BUFFER].cap;
    buffer->rights = VM_READ; /* lookupIPCBuffer: to receive, and names are looked up that way */
    EXPECT(naming_stops(w, slot_at(w, THREAD)), true);
    buffer->rights = VM_READ_WRITE;
}

static void expect_printed(const char *line)
{
    console[console_length] = 0;
    if (!strstr(console, line)) {
        printf("expected '%s' in\n%s", line, console);
        EXPECT(false, true);
    }
    console_length = 0;
}

/* Every thread with its state, where it is, and its priority. */
static void threads_are_listed(struct world *w)
{
    static const char *const states[] = {
        [THREAD_INACTIVE] = "inactive",
        [THREAD_RUNNING] = "running",
        [THREAD_RESTART] = "restart",
        [THREAD_BLOCKED_ON_RECEIVE] = "blocked on recv",
        [THREAD_BLOCKED_ON_SEND] = "blocked on send",
        [THREAD_BLOCKED_ON_REPLY] = "blocked on reply",
        [THREAD_BLOCKED_ON_NOTIFICATION] = "blocked on notification",
        [THREAD_IDLE] = "idle",
    };
    struct tcb *thread = slot_of(w, THREAD)->cap.object;
    struct tcb kept = *thread;
    thread->regs[w->k->registers->fault_ip] = 0x401234;
    thread->priority = 7;
    for (unsigned i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        char line[128];
        snprintf(line, sizeof(line), "\nfirst                %-24s 0x401234           7\n", states[i]);
        thread->state = (enum thread_state)i;
        debug(w, CAPDL_SYSCALL_DEBUG_DUMP_SCHEDULER, 0);
        expect_printed(line);
    }
    *thread = kept;
    debug(w, CAPDL_SYSCALL_DEBUG_DUMP_SCHEDULER, 0);
    expect_printed("name                 state                    pc                 priority\n");
    debug(w, CAPDL_SYSCALL_DEBUG_DUMP_SCHEDULER, 0);
    expect_printed("\nrootserver           running  ");
}

static void debug_calls(const char *name)
{
    struct capdl_profile profile = *profile_builtin(name);
    profile.syscalls[CAPDL_SYSCALL_DEBUG_SEND_IPI] = -90;
    profile.syscalls[CAPDL_SYSCALL_SET_TLS_BASE] = -91; /* kernels have it or not */
    struct world *w = world_new_profile(&profile);
    struct tcb *self = w->k->current;
    make(w);
    debug(w, CAPDL_SYSCALL_DEBUG_PUTCHAR, 'x'); /* nobody listens */
    debug(w, CAPDL_SYSCALL_DEBUG_DUMP_SCHEDULER, 0);
    w->k->host.put_char = keep_char;
    debug(w, CAPDL_SYSCALL_DEBUG_PUTCHAR, 'x');
    expect_printed("x");
    threads_are_named(w);
    threads_are_listed(w);
    debug(w, CAPDL_SYSCALL_DEBUG_SNAPSHOT, 5);
    debug(w, CAPDL_SYSCALL_DEBUG_SEND_IPI, 5);
    EXPECT(self->regs[w->k->registers->cap], 5);
    EXPECT(console_length, 0);
    debug(w, CAPDL_SYSCALL_SET_TLS_BASE, 0x123456789000);
    EXPECT(self->regs[w->k->registers->tls_base], 0x123456789000);
    EXPECT(w->k->current == self && self->state == THREAD_RUNNING && !w->k->halted, true);
    debug(w, CAPDL_SYSCALL_DEBUG_HALT, 0);
    EXPECT(w->k->halted && w->k->halted_by == self, true);
    world_free(w);
}

int main(void)
{
    static const char *const profiles[] = {"aarch64", "aarch64-mcs", "riscv64", "riscv64-mcs", "x86_64", "x86_64-mcs"};
    for (unsigned i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        struct world *w = world_new(profiles[i]);
        make(w);
        registers_of_others_only(w);
        priorities_need_authority(w);
        buffers_lie_in_memory(w);
        flags_are_cleared_then_set(w);
        if (w->k->profile->mcs) {
            first_mistake_of_sched_params(w);
            times_before_target(w);
            contexts_of_waiting_threads(w);
            earlier_releases(w);
            contexts_are_bound_once(w);
        }
        if (w->k->profile->arch != CAPDL_ARCH_X86_64) {
            interrupts_are_handed_out_once(w);
        }
        EXPECT(world_is_sound(w), true);
        world_free(w);
        leaving_the_domain_stops(profiles[i]);
        debug_calls(profiles[i]);
        cores(profiles[i]);
        schedules(profiles[i]);
        if (profile_builtin(profiles[i])->mcs) {
            answered_without_budget(profiles[i]);
        }
    }
    return failures();
}
