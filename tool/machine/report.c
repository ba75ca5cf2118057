/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"
#include "watch.h"

#include <inttypes.h>

#include <capdl/escape.h>

enum { MAX_LISTED = 40, MAX_DUMPED = 4 };

/* What the thread wanted at the address of a VM fault, by the status word of the architecture. */
static const char *access_text(const struct report *r, const struct fault *fault, uint64_t pc)
{
    if (fault->flag || fault->address == pc) {
        return "execute at";
    }
    return r->kernel->arch->was_write(fault->code) ? "write to" : "read from";
}

/*
 * Whether the access went through the bottom of the stack: the stack pointer has come down to what is below mapped
 * memory, and the access is near it.
 *
 *     ... mapped: the stack ... | begin | not mapped ... address ... |
 */
static bool is_stack_overflow(const struct report *r, const struct tcb *thread, const struct fault *fault,
                              uint64_t *begin)
{
    enum { MOST_PAGES = 16 };
    uint64_t sp = thread->regs[r->kernel->registers->sp], page = fault->address & ~(uint64_t)(CAPDL_PAGE_SIZE - 1);
    struct table *root = vspace_of_thread(r->kernel, thread);
    struct page_view view;
    if (!root || fault->flag || vspace_translate(r->kernel, root, page, &view)) {
        return false;
    }
    for (unsigned i = 1; i <= MOST_PAGES; i++) {
        *begin = page + (uint64_t)i * CAPDL_PAGE_SIZE;
        if (vspace_translate(r->kernel, root, *begin, &view)) {
            return view.rights & PAGE_W && sp <= *begin && *begin - sp <= MOST_PAGES * CAPDL_PAGE_SIZE &&
                   fault->address + CAPDL_PAGE_SIZE >= sp;
        }
    }
    return false;
}

/* What the thread has at the address that it may not access. */
static void print_page(const struct report *r, const struct tcb *thread, uint64_t address)
{
    struct table *root = vspace_of_thread(r->kernel, thread);
    struct page_view view;
    char name[NAME_SIZE];
    if (!root || !vspace_translate(r->kernel, root, address, &view)) {
        fputs(", where nothing is mapped", r->out);
        return;
    }
    fprintf(r->out, " of %s, which is mapped ", names_frame(r->names, view.paddr, name));
    const char *rights = view.rights & PAGE_W ? "RW" : view.rights & PAGE_R ? "R" : "without rights";
    fprintf(r->out, "%s%s", rights, view.rights & PAGE_X && view.rights & PAGE_R ? "X" : "");
}

static void print_exception(const struct report *r, uint64_t number)
{
    const char *text = r->kernel->arch->exception_text(number);
    if (text) {
        fprintf(r->out, ", %s", text);
    }
}

/* Adds function and line if the thread's program is known. */
static void print_pc(const struct report *r, const struct tcb *thread, uint64_t pc)
{
    struct symbol_location place;
    fprintf(r->out, " at pc 0x%" PRIx64, pc);
    if (!r->symbols || !symbols_find(r->symbols, r->kernel, vspace_of_thread(r->kernel, thread), pc, &place)) {
        return;
    }
    if (*place.function) {
        capdl_escape_printf(r->out, " in %s", place.function);
    }
    if (*place.function && place.offset && !*place.file) {
        fprintf(r->out, "+0x%" PRIx64, place.offset);
    }
    if (*place.file) {
        capdl_escape_printf(r->out, " (%s:%u)", place.file, place.line);
    }
}

static void print_fault(const struct report *r, const struct tcb *thread, const struct fault *fault)
{
    const struct registers *regs = r->kernel->registers;
    uint64_t pc = thread->regs[regs->fault_ip], begin;
    switch (fault->kind) {
    case FAULT_VM:
        if (is_stack_overflow(r, thread, fault, &begin)) {
            fprintf(r->out, "overflowed its stack (address 0x%" PRIx64 ", below 0x%" PRIx64 ")", fault->address, begin);
            break;
        }
        fprintf(r->out, "cannot %s address 0x%" PRIx64, access_text(r, fault, pc), fault->address);
        print_page(r, thread, fault->address);
        fprintf(r->out, " (status 0x%" PRIx64 ")", fault->code);
        break;
    case FAULT_CAP:
        fprintf(r->out, "used capability pointer 0x%" PRIx64 " to %s: %s", fault->address,
                fault->flag ? "receive" : "send", watch_lookup_text(r->kernel->lookup_fault.kind));
        break;
    case FAULT_UNKNOWN_SYSCALL:
        fprintf(r->out, "made system call %" PRId64 ", which this kernel does not have", (int64_t)fault->address);
        break;
    case FAULT_USER_EXCEPTION:
        fprintf(r->out, "raised exception 0x%" PRIx64, fault->address);
        print_exception(r, fault->address);
        fprintf(r->out, " (code 0x%" PRIx64 ")", fault->code);
        break;
    case FAULT_VCPU:
        fprintf(r->out, "raised an exception with syndrome 0x%" PRIx64, fault->code);
        print_exception(r, fault->code);
        break;
    default:
        fprintf(r->out, "ran out of budget");
        break;
    }
    print_pc(r, thread, pc);
}

static void print_registers(const struct report *r, const struct tcb *thread)
{
    const struct registers *regs = r->kernel->registers;
    for (unsigned i = 0; i < regs->count; i++) {
        fprintf(r->out, "%s%7s %0*" PRIx64, i % 4 == 0 ? "\n   " : " ", regs->names[i],
                (int)(2 * capdl_word_bytes(r->kernel->profile->arch)), thread->regs[i]);
    }
    fputc('\n', r->out);
}

static void print_faulted(const struct report *r, const struct tcb *thread)
{
    char name[NAME_SIZE];
    fprintf(r->out, "machine: %s ", names_thread(r->names, thread, name));
    print_fault(r, thread, &thread->unhandled);
    fputs(", and has no fault handler", r->out);
}

/* If many threads fault, the reason is the same: the registers of a few will do. */
static void print_all_faulted(const struct report *r)
{
    unsigned listed = 0;
    for (const struct tcb *thread = r->kernel->threads; thread; thread = thread->all_next) {
        if (thread->unhandled.kind == FAULT_NONE || listed++ >= MAX_LISTED) {
            continue;
        }
        print_faulted(r, thread);
        if (listed <= MAX_DUMPED) {
            print_registers(r, thread);
        } else {
            fputc('\n', r->out);
        }
    }
    if (listed > MAX_LISTED) {
        fprintf(r->out, "machine: and %u other threads faulted, too\n", listed - MAX_LISTED);
    }
}

/* Who can answer: the thread that was called, or on MCS kernels whoever uses the reply object. */
static void print_waiting_for_reply(const struct report *r, const struct tcb *thread)
{
    char name[NAME_SIZE];
    fputs("waits for a reply", r->out);
    if (r->kernel->profile->mcs && thread->reply) {
        fprintf(r->out, " through %s", names_object(r->names, &thread->reply->header, name));
    }
    for (const struct tcb *other = r->kernel->threads; !r->kernel->profile->mcs && other; other = other->all_next) {
        const struct cap *caller = &other->slots[TCB_CALLER].cap;
        if (caller->type == CAP_REPLY && caller->object == thread) {
            fprintf(r->out, " from %s", names_thread(r->names, other, name));
        }
    }
}

/* Which interrupts would wake it. */
static void print_interrupts(const struct report *r, const struct object *notification)
{
    for (unsigned irq = 0; irq < MAX_IRQS; irq++) {
        const struct cap *cap = &r->kernel->irq_slots[irq].cap;
        if (cap->type == CAP_NOTIFICATION && cap->object == (const void *)notification) {
            fprintf(r->out, ", which interrupt %u would signal; this machine has no devices", irq);
            return;
        }
    }
}

/* Why it does not run although it is ready. */
static void print_obstacle(const struct report *r, const struct tcb *thread)
{
    const struct kernel *k = r->kernel;
    const struct tcb *running = k->current;
    char name[NAME_SIZE];
    if (k->profile->mcs && !thread->sc) {
        fputs(", but has no scheduling context", r->out);
    } else if (k->profile->num_domains > 1 && !domain_is_scheduled(k, thread->domain)) {
        fprintf(r->out, ", in domain %u, which the schedule never runs", thread->domain);
    } else if (running && running != k->idle && running->domain == thread->domain &&
               running->priority > thread->priority) {
        fprintf(r->out, ", but %s, of priority %u, runs", names_thread(r->names, running, name), running->priority);
    }
}

static void print_waiting_for(const struct report *r, const struct tcb *thread)
{
    char name[NAME_SIZE];
    switch (thread->state) {
    case THREAD_BLOCKED_ON_SEND:
        fprintf(r->out, "waits for a receiver at endpoint %s, badge %" PRIu64,
                names_object(r->names, thread->blocked_on, name), thread->blocked_badge);
        break;
    case THREAD_BLOCKED_ON_RECEIVE:
        fprintf(r->out, "waits for a message at endpoint %s", names_object(r->names, thread->blocked_on, name));
        break;
    case THREAD_BLOCKED_ON_NOTIFICATION:
        fprintf(r->out, "waits for notification %s", names_object(r->names, thread->blocked_on, name));
        print_interrupts(r, thread->blocked_on);
        break;
    case THREAD_BLOCKED_ON_REPLY:
        print_waiting_for_reply(r, thread);
        break;
    case THREAD_INACTIVE:
        fputs("is suspended", r->out);
        break;
    default:
        fputs("is still running; it is", r->out);
        print_pc(r, thread, thread->regs[r->kernel->registers->next_ip]);
        fprintf(r->out, ", priority %u", thread->priority);
        print_obstacle(r, thread);
        break;
    }
    if (thread->fault.kind != FAULT_NONE) {
        fputs(" after a fault: ", r->out);
        print_fault(r, thread, &thread->fault);
    }
    fputc('\n', r->out);
}

static void print_threads(const struct report *r)
{
    unsigned listed = 0;
    for (const struct tcb *thread = r->kernel->threads; thread; thread = thread->all_next) {
        char name[NAME_SIZE];
        bool suspended = thread->state == THREAD_INACTIVE;
        if (thread == r->kernel->initial && r->header && suspended) {
            continue;
        }
        if (thread->unhandled.kind != FAULT_NONE) {
            continue;
        }
        if (listed++ < MAX_LISTED) {
            fprintf(r->out, "machine: %s ", names_thread(r->names, thread, name));
            print_waiting_for(r, thread);
        }
    }
    if (listed > MAX_LISTED) {
        fprintf(r->out, "machine: and %u other threads\n", listed - MAX_LISTED);
    }
}

const char *machine_phase_name(uint64_t phase)
{
    switch (phase) {
#define CAPDL_PHASE(id, number, name) \
    case number:                      \
        return name;
#include <capdl/phases.def>
#undef CAPDL_PHASE
    default:
        return "an unknown phase";
    }
}

const char *machine_error_name(uint64_t error)
{
    switch (error) {
#define CAPDL_KERNEL_ERROR(id, number, name) \
    case number:                             \
        return name;
#include <capdl/errors.def>
#undef CAPDL_KERNEL_ERROR
    default:
        return "an unknown error";
    }
}

/* The record the initialiser keeps in its image. */
static void print_boot_failure(const struct report *r)
{
    const struct capdl_image_header *h = r->header;
    fprintf(r->out, "machine: the initialiser stopped while %s, after %" PRIu64 " kernel calls",
            machine_phase_name(h->phase), h->num_calls);
    if (h->kernel_error) {
        fprintf(r->out, "; error %s of invocation %" PRIu64, machine_error_name(h->kernel_error), h->method);
    }
    if (h->kernel_error && h->object != UINT64_MAX) {
        fprintf(r->out, " of slot %" PRIu64, h->object);
    }
    if (h->detail[0] || h->detail[1]) {
        fprintf(r->out, " (0x%" PRIx64 ", 0x%" PRIx64 ")", h->detail[0], h->detail[1]);
    }
    fputc('\n', r->out);
}

static void print_outcome(const struct report *r)
{
    char name[NAME_SIZE];
    switch (r->outcome) {
    case MACHINE_HALTED:
        fprintf(r->out, "machine: %s halted the system\n", names_thread(r->names, r->kernel->halted_by, name));
        break;
    case MACHINE_TIMEOUT:
        fprintf(r->out, "machine: stopped at the limit, after %" PRIu64 " instructions\n", r->instructions);
        break;
    case MACHINE_BOOT_FAILED:
        print_boot_failure(r);
        break;
    case MACHINE_MEMORY:
        fprintf(r->out,
                "machine: stopped, because the emulation takes too much of the host's memory, after %" PRIu64
                " instructions\n",
                r->instructions);
        break;
    case MACHINE_UNTIL:
        fputs("machine: stopped at the text of --until\n", r->out);
        break;
    case MACHINE_BOOTED:
        fputs("machine: stopped before the first thread runs\n", r->out);
        break;
    case MACHINE_IDLE:
        fputs("machine: no thread can run any more\n", r->out);
        break;
    case MACHINE_FAULTED:
        fputs("machine: no thread can run any more, but not all stopped voluntarily\n", r->out);
        break;
    }
}

void report_print(const struct report *r)
{
    if (!r->out) {
        return;
    }
    print_outcome(r);
    print_all_faulted(r);
    if (r->outcome != MACHINE_HALTED) {
        print_threads(r);
    }
}
