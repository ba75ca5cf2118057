/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of threads that wait: queues, deletion and revocation below them, replies that are used twice, lost or
 * taken over, scheduling contexts that travel. Each step prints what threads and kernel say. Threads run only when we
 * let them.
 */
#include "root.h"

enum {
    EP,
    BADGE1,
    BADGE2,
    NTFN,
    NTFN4,
    PARK,
    FAULT_EP,
    FAULT_BADGED,
    READ_ONLY,
    WRITE_ONLY,
    CN,
    SAVED,
    FRAME,
    REPLY,
    REPLY2,
    REPLY3,
    THREAD,
    SC = THREAD + 8,
    ABSENT = SC + 8,
    SLOTS
};

static uint64_t at(unsigned n)
{
    return base + n;
}

/* ---- Threads ---- */

/* With a scheduling context of its own, if there is such a thing. */
static void spawn_at(unsigned n, uint64_t priority, void (*code)(void), bool passive)
{
    uint64_t error = retype(untyped, SEL4_TYPE_TCB, 0, at(THREAD + n), 1), sc = 0;
#if SEL4_MCS
    uint64_t control = ((uint64_t *)info)[19];
    error |= retype(untyped, SEL4_TYPE_SCHED_CONTEXT, 8, at(SC + n), 1);
    error |= call(control, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(10000, 10000, 0, 0, 0), WORDS(at(SC + n)));
    sc = passive ? at(ABSENT) : at(SC + n);
#else
    (void)passive;
#endif
    error |= thread_start(at(THREAD + n), sc, priority, code, at(FAULT_BADGED));
    if (error) {
        value("spawn", error);
    }
}

/* Each has a priority of its own: what they print does not depend on time slices. */
static void spawn(unsigned n, void (*code)(void))
{
    spawn_at(n, 250 - n, code, false);
}

static void end_threads(void)
{
    for (unsigned i = THREAD; i < ABSENT; i++) {
        delete (at(i));
    }
}

static void park(void)
{
    for (;;) {
        wait_for(at(PARK));
    }
}

/* The next fault of one of them, without its address: that differs between kernels. */
static void next_fault(const char *name)
{
#if SEL4_MCS
    struct answer a = trap(SEL4_SYS_NBRECV, at(FAULT_EP), 0, at(REPLY3));
#else
    struct answer a = poll(at(FAULT_EP));
#endif
    bool found = a.badge != 0;
    uint64_t cptr = ipc[2] - base < SLOTS ? ipc[2] - base : ipc[2], receiving = ipc[3];
    puts_(name);
    puts_(found ? ": faulted with slot " : ": no fault");
    if (found) {
        put_number(cptr);
        puts_(receiving ? " receiving" : " sending");
    }
    put('\n');
}

/* ---- Senders ---- */

static void send_as(uint64_t cap, uint64_t label)
{
    trap(SEL4_SYS_SEND, cap, tag(label, 0, 0), 0);
    value("sent", label);
    park();
}

static void sender_1(void)
{
    send_as(at(BADGE1), 0xa1);
}
static void sender_2(void)
{
    send_as(at(BADGE2), 0xa2);
}
static void sender_3(void)
{
    send_as(at(BADGE1), 0xa3);
}

static void take(const char *name)
{
#if SEL4_MCS
    print_message(name, trap(SEL4_SYS_NBRECV, at(EP), 0, at(REPLY)));
#else
    print_message(name, poll(at(EP)));
#endif
}

static void spawn_senders(void)
{
    spawn(0, sender_1);
    let_others_run();
    spawn(1, sender_2);
    let_others_run();
    spawn(2, sender_3);
    let_others_run();
}

/* src/object/endpoint.c: sendIPC, cancelBadgedSends, reorderEP. */
static void queues_of_senders(void)
{
    spawn_senders();
    check("cancel badge 1", call(CNODE, SEL4_LABEL_CNODE_CANCEL_BADGED_SENDS, WORDS(at(BADGE1), 64), NONE));
    let_others_run();
    take("first");
    take("second");
    take("third");
    take("fourth");
    let_others_run();
    end_threads();

    spawn_senders();
    check("priority", call(at(THREAD + 2), SEL4_LABEL_TCB_SET_PRIORITY, WORDS(252), WORDS(TCB)));
    check("suspend", call(at(THREAD), SEL4_LABEL_TCB_SUSPEND, NONE, NONE));
    take("first");
    check("resume", call(at(THREAD), SEL4_LABEL_TCB_RESUME, NONE, NONE));
    let_others_run();
    take("second");
    take("third");
    take("fourth");
    let_others_run();
    end_threads();
}

/* finaliseCap of endpoints, cancelAllIPC: only with the last capability are they sent on their way, into a fault. */
static void senders_lose_their_endpoint(void)
{
    spawn_senders();
    check("delete the capability of one", delete (at(BADGE2)));
    let_others_run();
    next_fault("it waits on");
    check("revoke", revoke(at(EP)));
    let_others_run();
    next_fault("first");
    next_fault("second");
    next_fault("third");
    next_fault("fourth");
    end_threads();
    mint(at(BADGE1), at(EP), RIGHTS, 1);
    mint(at(BADGE2), at(EP), RIGHTS, 2);
}

/* ---- Receivers ---- */

static void receiver(void)
{
    struct answer a = receive(at(EP), at(REPLY));
    print_message("receiver got", a);
    park();
}

static void waiter(void)
{
    struct answer a = wait_for(at(NTFN));
    value("waiter woke", a.badge);
    park();
}

/* src/object/notification.c: sendSignal, cancelAllSignals. */
static void receivers_lose_their_object(void)
{
    spawn(0, receiver);
    spawn(1, waiter);
    spawn(2, waiter);
    let_others_run();
    trap(SEL4_SYS_NBSEND, at(NTFN4), 0, 0);
    trap(SEL4_SYS_NBSEND, at(NTFN4), 0, 0);
    trap(SEL4_SYS_NBSEND, at(NTFN), 0, 0);
    let_others_run();
    value("left over", poll(at(NTFN)).badge);
    end_threads();

    spawn(0, receiver);
    spawn(1, waiter);
    let_others_run();
    revoke(at(EP));
    check("delete endpoint", delete (at(EP)));
    check("delete notification", delete (at(NTFN4)));
    check("delete notification", delete (at(NTFN)));
    let_others_run();
    next_fault("first");
    next_fault("second");
    end_threads();
    retype(untyped, SEL4_TYPE_ENDPOINT, 0, at(EP), 1);
    retype(untyped, SEL4_TYPE_NOTIFICATION, 0, at(NTFN), 1);
    mint(at(NTFN4), at(NTFN), RIGHTS, 4);
    mint(at(BADGE1), at(EP), RIGHTS, 1);
    mint(at(BADGE2), at(EP), RIGHTS, 2);
}

static void bound_receiver(void)
{
    struct answer a = receive(at(EP), at(REPLY));
    value("bound receiver got", a.badge);
    a = wait_for(at(NTFN));
    value("and waited for", a.badge);
    park();
}

/* src/object/notification.c: bindNotification; maybeBoundNotification of receiveIPC. */
static void bound_notifications(void)
{
    spawn(0, bound_receiver);
    check("bind", call(at(THREAD), SEL4_LABEL_TCB_BIND_NOTIFICATION, NONE, WORDS(at(NTFN))));
    let_others_run();
    trap(SEL4_SYS_NBSEND, at(NTFN4), 0, 0);
    let_others_run();
    trap(SEL4_SYS_NBSEND, at(NTFN4), 0, 0);
    let_others_run();
    spawn(1, waiter); /* it is not bound to this one */
    let_others_run();
    next_fault("other");
    check("bind other with waiter", call(at(THREAD + 1), SEL4_LABEL_TCB_BIND_NOTIFICATION, NONE, WORDS(at(PARK))));
    end_threads();
}

/* ---- Rights and lengths ---- */

static void caller(void)
{
    ipc[1] = 1;
    print_message("caller got", trap(SEL4_SYS_CALL, at(BADGE1), tag(7, 0, 1), 0));
    park();
}

static void weak_caller(void)
{
    print_message("weak caller got", trap(SEL4_SYS_CALL, at(WRITE_ONLY), tag(8, 0, 0), 0));
    park();
}

static void long_sender(void)
{
    uint64_t *buffer = newest_buffer;
    ipc[1] = 1, ipc[2] = 2, ipc[3] = 3, ipc[4] = 4;
    trap(SEL4_SYS_SEND, at(BADGE1), tag(9, 0, 127), 0);
    puts_("sent a long one\n");
    buffer[122] = at(ABSENT);
    trap(SEL4_SYS_SEND, at(BADGE1), tag(9, 1, 0), 0);
    puts_("sent a null capability\n");
    buffer[122] = UINT64_C(1) << 40;
    trap(SEL4_SYS_NBSEND, at(BADGE1), tag(9, 1, 0), 0);
    puts_("nobody minds\n");
    trap(SEL4_SYS_SEND, at(BADGE1), tag(9, 1, 0), 0);
    puts_("not reached\n");
}

/* sendIPC: a caller that may not be answered is stopped. */
static void rights(void)
{
    check("receive without right", copy(at(WRITE_ONLY), at(EP), RIGHT_W));
    spawn(0, weak_caller);
    let_others_run();
    take("from the weak");
    let_others_run();
    check("resume it", call(at(THREAD), SEL4_LABEL_TCB_RESUME, NONE, NONE));
    let_others_run();
    take("from the weak again");
    end_threads();
}

/* src/kernel/thread.c: doIPCTransfer; lookupExtraCaps. */
static void sizes(void)
{
    spawn(0, long_sender);
    let_others_run();
    take("long");
    let_others_run();
    take("null");
    let_others_run();
    take("none");
    next_fault("no such address");
    end_threads();
    delete (at(WRITE_ONLY));
}

/* ---- Buffers that are missing ---- */

/* `ipc` is memory like any other to it: the kernel takes the first four words from registers. */
static void without_buffer(void)
{
    check("five words", copy(at(SAVED), at(EP), RIGHTS));
    ipc[1] = 0, ipc[2] = 8;
    value("of eight registers", trap(SEL4_SYS_CALL, at(THREAD + 1), tag(SEL4_LABEL_TCB_READ_REGISTERS, 0, 2), 0).info);
    ipc[1] = 250;
    value("a capability", trap(SEL4_SYS_CALL, at(THREAD + 1), tag(SEL4_LABEL_TCB_SET_PRIORITY, 1, 1), 0).info);
    ipc[1] = 1, ipc[2] = 2, ipc[3] = 3, ipc[4] = 4;
    trap(SEL4_SYS_SEND, at(BADGE1), tag(9, 0, 8), 0);
    print_message("received", receive(at(EP), at(REPLY)));
    trap(SEL4_SYS_SEND, UINT64_C(1) << 40, 0, 0);
    puts_("not reached\n");
}

/* lookupIPCBuffer: one that can only be read serves to send. */
static void buffers_of_others(void)
{
    check("frame", retype(untyped, SEL4_TYPE_FRAME_4K, 0, at(FRAME), 1));
    check("read-only", copy(at(READ_ONLY), at(FRAME), RIGHT_R));
    for (unsigned read_only = 0; read_only < 2; read_only++) {
        value("read-only buffer", read_only);
        retype(untyped, SEL4_TYPE_TCB, 0, at(THREAD + 1), 1);
        spawn(0, without_buffer);
        check("buffer",
              call(at(THREAD), SEL4_LABEL_TCB_SET_IPC_BUFFER, WORDS(read_only ? 0x1000 : 0), WORDS(at(READ_ONLY))));
        let_others_run();
        take("its message");
        let_others_run();
        for (unsigned i = 1; i <= 8; i++) {
            ipc[i] = i;
        }
        trap(SEL4_SYS_SEND, at(BADGE2), tag(10, 0, 8), 0);
        let_others_run();
        next_fault("it goes astray");
        end_threads();
    }
    delete (at(READ_ONLY));
    delete (at(FRAME));
}

/* ---- Replies ---- */

#if SEL4_MCS
/* src/object/reply.c: doReplyTransfer, reply_unlink, finalising a reply object. */
static void replies(void)
{
    spawn(0, caller);
    let_others_run();
    take("call");
    answer(at(REPLY), 3, 0);
    answer(at(REPLY), 4, 0);
    let_others_run();
    end_threads();

    /* the reply object is taken for the next: the first caller is forgotten */
    spawn(0, caller);
    let_others_run();
    spawn(1, caller);
    let_others_run();
    take("one");
    take("other");
    answer(at(REPLY), 5, 0);
    let_others_run();
    check("resume the forgotten", call(at(THREAD), SEL4_LABEL_TCB_RESUME, NONE, NONE));
    let_others_run();
    take("it calls again");
    check("delete reply", delete (at(REPLY)));
    let_others_run();
    retype(untyped, SEL4_TYPE_REPLY, 0, at(REPLY), 1);
    take("nothing");
    check("suspend", call(at(THREAD), SEL4_LABEL_TCB_SUSPEND, NONE, NONE));
    end_threads();

    spawn(0, caller);
    let_others_run();
    take("call");
    check("suspend caller", call(at(THREAD), SEL4_LABEL_TCB_SUSPEND, NONE, NONE));
    answer(at(REPLY), 6, 0);
    check("resume caller", call(at(THREAD), SEL4_LABEL_TCB_RESUME, NONE, NONE));
    let_others_run();
    take("call");
    check("copy reply", copy(at(SAVED), at(REPLY), RIGHT_W));
    answer(at(SAVED), 7, 0);
    let_others_run();
    delete (at(SAVED));
    end_threads();
}
#else
/* src/object/cnode.c: CNodeSaveCaller; doReplyTransfer, deleteCallerCap. */
static void replies(void)
{
    spawn(0, caller);
    let_others_run();
    take("call");
    check("copy reply", copy(at(SAVED), at(ABSENT), RIGHTS));
    check("save", call(CNODE, SEL4_LABEL_CNODE_SAVE_CALLER, WORDS(at(SAVED), 64), NONE));
    check("save again", call(CNODE, SEL4_LABEL_CNODE_SAVE_CALLER, WORDS(at(SAVED), 64), NONE));
    check("save nothing", call(CNODE, SEL4_LABEL_CNODE_SAVE_CALLER, WORDS(at(REPLY), 64), NONE));
    check("copy saved", copy(at(REPLY), at(SAVED), RIGHTS));
    answer(0, 3, 0);
    let_others_run();
    trap(SEL4_SYS_SEND, at(SAVED), tag(4, 0, 0), 0);
    let_others_run();
    check("it is gone", copy(at(REPLY), at(SAVED), RIGHTS));
    end_threads();

    spawn(0, caller);
    let_others_run();
    take("call");
    take("the next receive forgets it");
    answer(0, 5, 0);
    let_others_run();
    check("suspend", call(at(THREAD), SEL4_LABEL_TCB_SUSPEND, NONE, NONE));
    check("resume", call(at(THREAD), SEL4_LABEL_TCB_RESUME, NONE, NONE));
    let_others_run();
    take("it calls again");
    check("save", call(CNODE, SEL4_LABEL_CNODE_SAVE_CALLER, WORDS(at(SAVED), 64), NONE));
    check("suspend", call(at(THREAD), SEL4_LABEL_TCB_SUSPEND, NONE, NONE));
    trap(SEL4_SYS_NBSEND, at(SAVED), tag(6, 0, 0), 0);
    check("saved is gone", copy(at(REPLY), at(SAVED), RIGHTS));
    end_threads();
}
#endif

static void callee(void)
{
    struct answer a = receive(at(EP), at(REPLY));
    for (;;) {
        print_message("callee got", a);
        ipc[1] += 0x10;
        a = trap(SEL4_SYS_REPLY_RECV, at(EP), tag(2, 0, 1), at(REPLY));
    }
}

/* src/api/syscall.c: handleReply and ReplyRecv. */
static void calls(void)
{
    spawn(0, callee);
    let_others_run();
    ipc[1] = 1;
    print_message("call", trap(SEL4_SYS_CALL, at(BADGE1), tag(1, 0, 1), 0));
    ipc[1] = 2;
    print_message("call", trap(SEL4_SYS_CALL, at(BADGE2), tag(1, 0, 1), 0));
    spawn(1, caller);
    let_others_run();
    trap(SEL4_SYS_YIELD, 0, 0, 0);
    check("delete callee", delete (at(THREAD)));
    end_threads();
}

/* ---- Scheduling contexts that travel ---- */

#if SEL4_MCS
static void passive_last(void)
{
    struct answer a = trap(SEL4_SYS_NBSEND_WAIT, at(NTFN), 0, at(NTFN4));
    value("last signalled itself", a.badge);
    a = receive(at(EP), at(REPLY2));
    for (;;) {
        print_message("last got", a);
        ipc[1] = 0x99;
        a = trap(SEL4_SYS_REPLY_RECV, at(EP), tag(2, 0, 1), at(REPLY2));
    }
}

static void passive_middle(void)
{
    nbsend_dest = at(NTFN4);
    struct answer a = trap(SEL4_SYS_NBSEND_RECV, at(FAULT_EP), 0, at(REPLY));
    for (;;) {
        print_message("middle got", a);
        print_message("middle was told", trap(SEL4_SYS_CALL, at(BADGE2), tag(3, 0, 0), 0));
        a = trap(SEL4_SYS_REPLY_RECV, at(FAULT_EP), tag(4, 0, 1), at(REPLY));
    }
}

static void where_is_the_context(const char *name, unsigned thread)
{
    check(name, call(at(SC), SEL4_LABEL_SCHED_CONTEXT_UNBIND_OBJECT, NONE, WORDS(at(THREAD + thread))));
}

static void first_caller(void)
{
    print_message("first caller was told", trap(SEL4_SYS_CALL, at(FAULT_BADGED), tag(5, 0, 0), 0));
    park();
}

/* src/object/schedcontext.c: decodeSchedContext_Bind of threads that wait. */
static void called_away(void)
{
    spawn(0, first_caller);
    spawn_at(1, 249, receiver, true);
    check("bind to passive", call(at(SC + 1), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(at(THREAD + 1))));
    let_others_run();
    check("unbind", call(at(SC + 1), SEL4_LABEL_SCHED_CONTEXT_UNBIND, NONE, NONE));
    check("bind a waiting thread", call(at(SC + 1), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(at(THREAD + 1))));
    check("unbind its thread", call(at(SC + 1), SEL4_LABEL_SCHED_CONTEXT_UNBIND_OBJECT, NONE, WORDS(at(THREAD + 1))));
    trap(SEL4_SYS_SEND, at(BADGE1), tag(1, 0, 0), 0);
    check("bind a ready thread", call(at(SC + 1), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(at(THREAD + 1))));
    let_others_run();
    where_is_the_context("caller has its own", 1);
    where_is_the_context("it may lose it", 0);
    end_threads();
}

/* src/object/reply.c: reply_push, reply_pop, reply_remove; schedContext_donate. */
static void contexts(void)
{
    uint64_t handler = at(FAULT_EP);
    delete (at(FAULT_BADGED));
    mint(at(FAULT_BADGED), handler, RIGHTS, 0xf);
    called_away();

    for (unsigned n = 2; n > 0; n--) {
        spawn_at(n, 252 - n, n == 2 ? passive_last : passive_middle, true);
        check("start", call(at(SC + n), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(at(THREAD + n))));
        let_others_run();
        check("make it passive", call(at(SC + n), SEL4_LABEL_SCHED_CONTEXT_UNBIND, NONE, NONE));
    }
    value("middle signalled", poll(at(NTFN)).badge);
    spawn(0, first_caller);
    let_others_run();
    where_is_the_context("all are back: not with the last", 2);
    where_is_the_context("nor in the middle", 1);
    check("last is gone", delete (at(THREAD + 2)));
    spawn(3, first_caller);
    let_others_run();
    check("middle waits with the context",
          call(at(SC + 3), SEL4_LABEL_SCHED_CONTEXT_UNBIND_OBJECT, NONE, WORDS(at(THREAD + 1))));
    check("middle loses its reply", delete (at(REPLY)));
    let_others_run();
    retype(untyped, SEL4_TYPE_REPLY, 0, at(REPLY), 1);
    end_threads();
}

static void passive_waiter(void)
{
    for (;;) {
        struct answer a = wait_for(at(NTFN));
        value("passive waiter woke", a.badge);
    }
}

/* maybeDonateSchedContext, maybeReturnSchedContext. */
static void contexts_of_notifications(void)
{
    spawn_at(0, 250, passive_waiter, true);
    check("bind", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(at(THREAD))));
    let_others_run();
    check("unbind", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_UNBIND, NONE, NONE));
    trap(SEL4_SYS_SEND, at(NTFN4), 0, 0);
    let_others_run();
    puts_("without a context it does not run\n");
    check("bind", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(at(THREAD))));
    let_others_run();
    check("unbind", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_UNBIND, NONE, NONE));
    check("bind to notification", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(at(NTFN))));
    trap(SEL4_SYS_SEND, at(NTFN4), 0, 0);
    let_others_run();
    where_is_the_context("it gave it back", 0);
    check("unbind notification", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_UNBIND_OBJECT, NONE, WORDS(at(NTFN))));
    check("again", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_UNBIND_OBJECT, NONE, WORDS(at(NTFN))));
    end_threads();
}

/* decodeSchedContext_YieldTo. */
static void yielding(void)
{
    spawn_at(0, 255, park, false);
    spawn_at(1, 100, park, false);
    value("yield to an equal", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_YIELD_TO, NONE, NONE));
    value("yield to a lower one", call(at(SC + 1), SEL4_LABEL_SCHED_CONTEXT_YIELD_TO, NONE, NONE));
    let_others_run();
    check("limit ourselves", call(TCB, SEL4_LABEL_TCB_SET_MC_PRIORITY, WORDS(200), WORDS(TCB)));
    check("yield above the limit", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_YIELD_TO, NONE, NONE));
    end_threads();
}

/* ---- Chains of calls that break ---- */

/* Answers only when it is told to. */
static void slow_last(void)
{
    struct answer a = receive(at(EP), at(REPLY2));
    for (;;) {
        print_message("slow got", a);
        value("slow woke", wait_for(at(NTFN)).badge);
        a = trap(SEL4_SYS_REPLY_RECV, at(EP), tag(2, 0, 1), at(REPLY2));
    }
}

static void make_passive(unsigned n, void (*code)(void))
{
    spawn_at(n, 252 - n, code, true);
    check("start", call(at(SC + n), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(at(THREAD + n))));
    let_others_run();
    check("make it passive", call(at(SC + n), SEL4_LABEL_SCHED_CONTEXT_UNBIND, NONE, NONE));
}

/* The first thread calls the second, that the third, which has the context now. */
static void begin_chain(void)
{
    make_passive(2, slow_last);
    make_passive(1, passive_middle);
    poll(at(NTFN));
    spawn(0, first_caller);
    let_others_run();
}

static void wake_slow(void)
{
    trap(SEL4_SYS_NBSEND, at(NTFN4), 0, 0);
    let_others_run();
}

static void give_context(const char *name, unsigned sc, unsigned thread)
{
    check(name, call(at(SC + sc), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(at(THREAD + thread))));
    let_others_run();
}

/* src/object/reply.c: reply_remove_tcb, reply_remove; schedContext_unbindReply. */
static void broken_chains(void)
{
    begin_chain();
    check("suspend the first", call(at(THREAD), SEL4_LABEL_TCB_SUSPEND, NONE, NONE));
    wake_slow();
    where_is_the_context("it ends in the middle", 1);
    end_threads();

    begin_chain();
    check("suspend the middle", call(at(THREAD + 1), SEL4_LABEL_TCB_SUSPEND, NONE, NONE));
    wake_slow();
    where_is_the_context("it stays with the last", 2);
    check("resume the middle", call(at(THREAD + 1), SEL4_LABEL_TCB_RESUME, NONE, NONE));
    give_context("it calls again", 0, 1);
    wake_slow();
    where_is_the_context("the first is answered without", 1);
    give_context("and gets it", 0, 0);
    end_threads();

    begin_chain();
    check("delete the first reply", delete (at(REPLY)));
    wake_slow();
    next_fault("the middle has no reply");
    retype(untyped, SEL4_TYPE_REPLY, 0, at(REPLY), 1);
    end_threads();

    begin_chain();
    check("delete the context", delete (at(SC)));
    wake_slow();
    give_context("the last gets another", 2, 2);
    where_is_the_context("and keeps it", 2);
    give_context("the middle gets one", 1, 1);
    end_threads();

    begin_chain();
    check("unbind the context", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_UNBIND, NONE, NONE));
    check("delete the last reply", delete (at(REPLY2)));
    give_context("the middle lost its call", 0, 1);
    retype(untyped, SEL4_TYPE_REPLY, 0, at(REPLY2), 1);
    end_threads();
}

static void astray(void)
{
    trap(SEL4_SYS_SEND, UINT64_C(1) << 40, 0, 0);
    puts_("not reached\n");
}

static void giving_sender(void)
{
    nbsend_dest = at(BADGE2);
    struct answer a = trap(SEL4_SYS_NBSEND_RECV, at(FAULT_EP), tag(6, 0, 0), at(REPLY));
    print_message("giver got", a);
    park();
}

/* src/object/endpoint.c: sendIPC donates without a call; cancelAllIPC of a thread that waits with its fault. */
static void given_away(void)
{
    make_passive(1, receiver);
    spawn(0, giving_sender);
    let_others_run();
    check("it went with the message",
          call(at(SC), SEL4_LABEL_SCHED_CONTEXT_UNBIND_OBJECT, NONE, WORDS(at(THREAD + 1))));
    end_threads();

    check("fault endpoint", retype(untyped, SEL4_TYPE_ENDPOINT, 0, at(SAVED), 1));
    spawn(0, astray);
    check("set it", call(at(THREAD), SEL4_LABEL_TCB_SET_SPACE, WORDS(0, 0), WORDS(at(SAVED), CNODE, VSPACE)));
    check("delete ours", delete (at(SAVED)));
    let_others_run();
    check("delete the last",
          call(at(THREAD), SEL4_LABEL_TCB_SET_SPACE, WORDS(0, 0), WORDS(at(FAULT_BADGED), CNODE, VSPACE)));
    let_others_run();
    next_fault("it is not sent again");
    check("resume", call(at(THREAD), SEL4_LABEL_TCB_RESUME, NONE, NONE));
    let_others_run();
    next_fault("it faults anew");
    end_threads();
}

/* ---- Contexts that are waited for ---- */

static void yielder(void)
{
    struct answer a = trap(SEL4_SYS_CALL, at(SC), tag(SEL4_LABEL_SCHED_CONTEXT_YIELD_TO, 0, 0), 0);
    value("yielded", a.info);
    park();
}

static void high_yielder(void)
{
    wait_for(at(NTFN));
    yielder();
}

static void waking_target(void)
{
    puts_("target runs\n");
    trap(SEL4_SYS_NBSEND, at(NTFN4), 0, 0);
    puts_("target goes on\n");
    park();
}

static void target_without_context(void)
{
    puts_("target deletes its context\n");
    delete (at(SC));
    puts_("not reached\n");
}

static void target_without_block(void)
{
    puts_("target deletes itself\n");
    delete (at(THREAD));
    puts_("not reached\n");
}

/* schedContext_completeYieldTo: whoever yielded is told when another yields to the same, or when that is gone. */
static void yielding_to(const char *name, void (*target)(void))
{
    puts_(name);
    put('\n');
    spawn_at(2, 251, high_yielder, false);
    let_others_run();
    spawn_at(0, 250, target, false);
    spawn_at(1, 250, yielder, false); /* the first to run */
    let_others_run();
    end_threads();
}

/* ---- Budgets that are used up ---- */

#if !SEL4_SMP /* QEMU lets cores take turns on fewer processors: time passes unevenly */
/* Each writes only its own: one may preempt the other. */
static volatile uint8_t woken[4], woken_before[4];

static void spend(unsigned n)
{
    trap(SEL4_SYS_YIELD, 0, 0, 0);
    woken_before[n] = (uint8_t)(woken[0] + woken[1] + woken[2] + woken[3]);
    woken[n] = 1;
    trap(SEL4_SYS_NBSEND, at(NTFN4), 0, 0);
    park();
}

static void spender_0(void)
{
    spend(0);
}
static void spender_1(void)
{
    spend(1);
}
static void spender_2(void)
{
    spend(2);
}
static void spender_3(void)
{
    spend(3);
}

/* src/object/tcb.c: tcbReleaseEnqueue, tcbReleaseRemove. By their periods, but those that are suspended. */
static void spending(unsigned suspended)
{
    static void (*const spenders[])(void) = {spender_0, spender_1, spender_2, spender_3};
    static const uint64_t periods[] = {800000, 200000, 600000, 400000};
    value("suspended", suspended);
    for (unsigned i = 0; i < 4; i++) {
        woken[i] = 0;
        spawn(i, spenders[i]);
        call(((uint64_t *)info)[19], SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS,
             WORDS(periods[i] / 4 * 3, periods[i], 0, 0, 0), WORDS(at(SC + i)));
    }
    let_others_run();
    for (unsigned i = 0; i < 4; i++) {
        if (suspended & 1u << i) {
            call(at(THREAD + i), SEL4_LABEL_TCB_SUSPEND, NONE, NONE);
            call(at(SC + i), SEL4_LABEL_SCHED_CONTEXT_UNBIND, NONE, NONE);
        }
    }
    for (unsigned i = 0; i < 4; i++) {
        while (!woken[i] && !(suspended & 1u << i)) {
            wait_for(at(NTFN));
        }
    }
    for (unsigned i = 0; i < 4; i++) {
        if (!(suspended & 1u << i)) {
            value("woken before it", woken_before[i]);
        }
    }
    end_threads();
}
#endif

/* decodeSchedControl_ConfigureFlags of contexts in use. */
static void reconfigured(void)
{
    uint64_t control = ((uint64_t *)info)[19];
#define SET(sc, ...) call(control, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(__VA_ARGS__), WORDS(sc))
    spawn(0, receiver);
    check("of a ready thread", SET(at(SC), 500000, 2000000, 2, 0, 0));
    check("and once more", SET(at(SC), 600000, 2000000, 3, 0, 1));
    let_others_run();
    check("of a waiting one", SET(at(SC), 500000, 2000000, 0, 0, 1));
    trap(SEL4_SYS_NBSEND, at(BADGE1), 0, 0);
    let_others_run();
    check("our own", SET(INITIAL_SC, 500000, 2000000, 0, 0, 0));
    check("as it was", SET(INITIAL_SC, 5000, 5000, 0, 0, 0));
    end_threads();
}
#endif

/* ---- A thread's own control block ---- */

/* src/object/tcb.c: decodeSetSpace, decodeSetIPCBuffer, invokeTCB_CopyRegisters, decodeBindNotification,
 * decodeSetAffinity. */
static void own_block(void)
{
    uint64_t n = SEL4_REGISTERS;
#if SEL4_MCS
#define SET_SPACE(fault, ...) \
    call(at(THREAD), SEL4_LABEL_TCB_SET_SPACE, WORDS(__VA_ARGS__), WORDS(fault, CNODE, VSPACE))
#else
#define SET_SPACE(fault, ...) \
    call(at(THREAD), SEL4_LABEL_TCB_SET_SPACE, WORDS(fault, __VA_ARGS__), WORDS(CNODE, VSPACE))
#endif
    check("tcb", retype(untyped, SEL4_TYPE_TCB, 0, at(THREAD), 2));
    check("space", SET_SPACE(at(FAULT_EP), 0, 0));
    check("space with guard", SET_SPACE(0, 6, 0));
    check("space with wrong guard", SET_SPACE(0, 0x7f, 0));
    check("space, fault notification", SET_SPACE(at(NTFN), 0, 0));
    check("space, vspace data", SET_SPACE(0, 0, 1));
    check("space truncated", call(at(THREAD), SEL4_LABEL_TCB_SET_SPACE, WORDS(0), WORDS(CNODE, VSPACE)));
    check("own buffer to where it is",
          call(TCB, SEL4_LABEL_TCB_SET_IPC_BUFFER, WORDS(info->ipc_buffer), WORDS(IPC_FRAME)));
    check("device buffer", retype(device, SEL4_TYPE_FRAME_4K, 0, at(FRAME), 1));
    check("buffer in device memory", call(at(THREAD), SEL4_LABEL_TCB_SET_IPC_BUFFER, WORDS(0x1000), WORDS(at(FRAME))));
    check("write",
          call(at(THREAD), SEL4_LABEL_TCB_WRITE_REGISTERS, WORDS(0, 6, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16), NONE));
    for (uint64_t flags = 4; flags <= 12; flags += 4) {
        check("copy", call(at(THREAD + 1), SEL4_LABEL_TCB_COPY_REGISTERS, WORDS(flags), WORDS(at(THREAD))));
        check("read", call(at(THREAD + 1), SEL4_LABEL_TCB_READ_REGISTERS, WORDS(0, n), NONE));
        value("pc", ipc[1]);
        value("fifth", ipc[5]);
    }
    check("copy, suspend, resume", call(at(THREAD + 1), SEL4_LABEL_TCB_COPY_REGISTERS, WORDS(3), WORDS(at(THREAD))));
    check("suspend", call(at(THREAD + 1), SEL4_LABEL_TCB_SUSPEND, NONE, NONE));
    check("copy to ourselves", call(TCB, SEL4_LABEL_TCB_COPY_REGISTERS, WORDS(0), WORDS(at(THREAD))));
    check("bind ourselves", call(TCB, SEL4_LABEL_TCB_BIND_NOTIFICATION, NONE, WORDS(at(NTFN))));
    trap(SEL4_SYS_SEND, at(NTFN4), 0, 0);
    value("bound and active", poll(at(EP)).badge);
    check("read-only bind", copy(at(READ_ONLY), at(PARK), RIGHT_W));
    check("unbind ourselves", call(TCB, SEL4_LABEL_TCB_UNBIND_NOTIFICATION, NONE, NONE));
    check("bind without right to read", call(TCB, SEL4_LABEL_TCB_BIND_NOTIFICATION, NONE, WORDS(at(READ_ONLY))));
#if SEL4_SMP && !SEL4_MCS
    check("core", call(at(THREAD), SEL4_LABEL_TCB_SET_AFFINITY, WORDS(SEL4_MAX_NODES - 1), NONE));
    check("core too high", call(at(THREAD), SEL4_LABEL_TCB_SET_AFFINITY, WORDS(SEL4_MAX_NODES), NONE));
    check("core truncated", call(at(THREAD), SEL4_LABEL_TCB_SET_AFFINITY, NONE, NONE));
#endif
    end_threads();
}

/* src/object/domain.c. */
static void domains(void)
{
#ifdef SEL4_LABEL_DOMAIN_SET_SCHEDULE_CONFIGURE
#define CONFIGURE(...) call(DOMAIN, SEL4_LABEL_DOMAIN_SET_SCHEDULE_CONFIGURE, WORDS(__VA_ARGS__), NONE)
#define START(...) call(DOMAIN, SEL4_LABEL_DOMAIN_SET_SCHEDULE_SET_START, WORDS(__VA_ARGS__), NONE)
    check("configure", CONFIGURE(1, 0, 1000000));
    check("configure domain", CONFIGURE(1, SEL4_NUM_DOMAINS, 1000));
    check("configure far", CONFIGURE(100000, 0, 1000));
    check("configure long", CONFIGURE(1, 0, UINT64_C(1) << 56));
    check("configure nothing", CONFIGURE(0, 0, 0));
    check("configure marker", CONFIGURE(2, 0, 0));
    check("configure truncated", CONFIGURE(1, 0));
    check("start at a marker", START(2));
    check("start far", START(100000));
    check("start truncated", call(DOMAIN, SEL4_LABEL_DOMAIN_SET_SCHEDULE_SET_START, NONE, NONE));
    check("start", START(1));
    check("start again", START(0));
    check("configure the start", CONFIGURE(0, 0, 0));
#endif
}

static void objects(void)
{
    retype(untyped, SEL4_TYPE_ENDPOINT, 0, at(EP), 1);
    retype(untyped, SEL4_TYPE_ENDPOINT, 0, at(FAULT_EP), 1);
    retype(untyped, SEL4_TYPE_NOTIFICATION, 0, at(NTFN), 1);
    retype(untyped, SEL4_TYPE_NOTIFICATION, 0, at(PARK), 1);
    mint(at(BADGE1), at(EP), RIGHTS, 1);
    mint(at(BADGE2), at(EP), RIGHTS, 2);
    mint(at(NTFN4), at(NTFN), RIGHTS, 4);
    mint(at(FAULT_BADGED), at(FAULT_EP), RIGHTS, 0xf);
#if SEL4_MCS
    retype(untyped, SEL4_TYPE_REPLY, 0, at(REPLY), 3);
#endif
}

void root_main(void)
{
    objects();
    queues_of_senders();
    senders_lose_their_endpoint();
    receivers_lose_their_object();
    bound_notifications();
    rights();
    sizes();
    buffers_of_others();
    replies();
    calls();
#if SEL4_MCS
    contexts();
    contexts_of_notifications();
    broken_chains();
    given_away();
    yielding_to("another yields to it", waking_target);
    yielding_to("its context is gone", target_without_context);
    yielding_to("it is gone", target_without_block);
    reconfigured();
#if !SEL4_SMP
    static const uint8_t suspended[] = {0, 2, 6, 9};
    for (unsigned i = 0; i < sizeof(suspended); i++) {
        spending(suspended[i]);
    }
#endif
#endif
    domains();
    own_block();
#if SEL4_MCS
    yielding();
#endif
}
