/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model of an seL4 kernel: capabilities, objects and the system calls on them. Knows nothing of how user
 * instructions are executed: whoever runs them puts a thread's registers into its TCB, calls one of the kernel_*
 * entries, and goes on with the thread in kernel.current. All numbers (labels, types, sizes) come from a kernel
 * profile.
 *
 * Source of the rules: seL4's own source; tests name the file for each.
 */
#ifndef MACHINE_KERNEL_H
#define MACHINE_KERNEL_H

#include "caches.h"
#include "objects.h"
#include "profile/board.h"
#include "profile/vspace.h"
#include "record.h"

enum irq_state { IRQ_INACTIVE, IRQ_SIGNAL, IRQ_TIMER, IRQ_RESERVED };

/* Result of an operation: done, or one of the two ways in which the kernel fails (k->error, k->fault hold the details).
 */
enum status { STATUS_OK, STATUS_SYSCALL_ERROR, STATUS_FAULT };

struct syscall_error {
    enum capdl_kernel_error type;
    uint64_t number; /* of the invalid argument or capability; least value; memory left */
    uint64_t max;
    bool source; /* failed lookup: of the source */
};

struct invocation {
    enum capdl_method method; /* CAPDL_METHOD_COUNT: a label that means nothing */
    uint64_t label;
    unsigned length;
    struct slot *slot;
    struct cap cap;
    bool call, block, can_donate, first_phase;
    uint8_t *buffer; /* of the caller, or 0 */
};

/* The call by which an interrupt was handed out, and its words: trigger, pin and so on. Only the controller makes use
 * of them. */
struct irq_issue {
    enum capdl_method method;
    uint64_t words[7];
};

/* Digest of the initial thread's calls (docs/evidence.md): of those whose answers it has seen, and including the
 * last one. */
struct call_digest {
    uint64_t value, count;
    uint64_t pending;
    bool answered;
    bool starts;                       /* the call that starts the first thread has come, or our end */
    uint64_t start_value, start_count; /* what they were then */
    bool is_old;                       /* the digest of earlier versions */
    uint64_t last[MESSAGE_CAPS_OFFSET + MESSAGE_MAX_CAPS]; /* what was in each place of the message */
};

struct domain_slot {
    uint8_t domain;
    uint64_t duration;
};

struct kernel;

/* What the kernel asks of the world around it. Any may be 0. */
struct kernel_host {
    void *context;
    void (*put_char)(void *context, char);
    /* [vaddr, vaddr + size) of this address space is no longer what it was. */
    void (*mapping_changed)(void *context, struct table *vspace, uint64_t vaddr, uint64_t size);
    /* No thread runs in this address space any more: its ASID or object was deleted. */
    void (*vspace_gone)(void *context, struct table *vspace);
    /* A TCB is about to be freed. */
    void (*thread_gone)(void *context, struct tcb *);
    /* Instructions in these physical pages may have changed. */
    void (*code_changed)(void *context);
    /* The kernel writes into this memory, which may have been executed. */
    void (*written)(void *context, const uint8_t *bytes, uint64_t size);
};

struct kernel {
    const struct capdl_profile *profile;
    unsigned version; /* first number of its release */
    struct board board;
    const struct registers *registers;
    const struct arch *arch;
    const struct capdl_architecture *facts;
    struct kernel_host host;
    struct memory memory;

    const uint8_t *written; /* the IPC buffer that host.written has been told of last since a thread ran */

    struct tcb *current;
    struct tcb *idle;
    struct tcb *initial;
    struct tcb *threads; /* all TCBs */
    enum { ACTION_RESUME, ACTION_CHOOSE, ACTION_SWITCH } action;
    struct tcb *candidate;                        /* of ACTION_SWITCH */
    struct queue (*ready)[CAPDL_MOST_PRIORITIES]; /* of each domain that the kernel has */
    uint64_t ready_bits[CAPDL_MOST_DOMAINS][CAPDL_MOST_PRIORITIES / 64];
    struct queue release;

    uint8_t domain;
    uint64_t domain_time;
    struct domain_slot *schedule;
    uint32_t schedule_length, schedule_start, schedule_index;

    uint64_t clock; /* MCS: the time, in ticks of the kernel's timer; set by kernel_set_time */
    uint64_t now;   /* MCS: the time at the last entry */
    uint64_t consumed;
    struct sched_context *current_sc, *idle_sc;
    bool reprogram;
    uint64_t deadline; /* MCS: when the next timer interrupt is due */

    enum irq_state irq_state[MAX_IRQS];
    struct slot irq_slots[MAX_IRQS];
    bool irq_masked[MAX_IRQS];
    struct irq_issue irq_issues[MAX_IRQS];
    uint64_t io_ports[65536 / 64];
    struct table **io_roots; /* of I/O page tables, by request id; 0: there is no IOMMU */
    uint8_t io_levels;
    bool stream_taken[NUM_STREAMS], bank_taken[NUM_BANKS];
    struct {
        struct slot bank;
    } streams[NUM_STREAMS];
    struct {
        struct slot space;
    } banks[NUM_BANKS];
    struct caches caches;
    struct asid_pool *asid_table[MAX_ASID_POOLS];

    struct syscall_error error;
    struct lookup_fault lookup_fault;
    struct fault fault;
    struct slot *extra[MESSAGE_MAX_CAPS];

    uint16_t *methods; /* label -> enum capdl_method */
    uint32_t num_labels;
    uint64_t num_invocations;
    bool started;           /* some thread beside the initial one has been */
    uint64_t num_late;      /* invocations of the initial thread since then that start nothing themselves */
    enum capdl_method late; /* the first of them */
    struct call_digest calls;
    struct record record;
    struct kernel_watch watch;
    struct {
        const struct cnode *cnode;
        uint64_t index;
    } found; /* where the last lookup of a slot ended */
    bool halted;
    struct tcb *halted_by;
    /* Fault injection: when set, asked before each invocation; anything but 0 is returned as its error. */
    enum capdl_kernel_error (*inject)(void *context, struct kernel *, const struct invocation *);
    void *inject_context;
};

/* The register file of an architecture, as the kernel numbers and messages it. */
struct registers {
    uint8_t count;
    uint8_t cap, message_info, message[MESSAGE_REGISTERS], reply, nbsend_dest;
    uint8_t fault_ip, next_ip, sp, tls_base;
    uint8_t num_frame, frame[20];
    uint8_t num_gp, gp[20];
    uint8_t num_exception, exception[4];
    uint8_t num_syscall, syscall[20];
    uint8_t num_timeout, timeout[40];
    const char *names[MAX_REGISTERS];
    uint64_t (*sanitise)(const struct tcb *, uint8_t reg, uint64_t value);
    void (*init)(uint64_t *regs);
    void (*modified)(uint64_t *regs); /* another thread wrote them; may be 0 */
};

/* What differs between the architectures' memory management, faults and interrupts. */
struct arch {
    enum status (*decode)(struct kernel *, struct invocation *);
    enum status (*decode_irq_control)(struct kernel *, struct invocation *);
    enum status (*check_irq)(struct kernel *, uint64_t irq);
    enum cap_type root;                 /* type of the capability to an address space */
    bool maps_without_rights;           /* a page that nobody may access has an entry nevertheless */
    bool (*was_write)(uint64_t status); /* whether the access was one, by the status word of a VM fault */
    /* What the number of a user exception, or the syndrome of a VCPU fault, means; 0: not known. */
    const char *(*exception_text)(uint64_t number);
    /* The kernel's numbers for this architecture's types of capabilities (mode/object/structures.bf). */
    uint8_t cap_tags[CAP_TYPES - CAP_FIRST_ARCH];
};

#define CAPDL_ARCH_BOOTED(id, name)       \
    extern const struct arch arch_##name; \
    extern const struct registers registers_##name;
#include <capdl/arch.def>

/* kernel.c */
/* An empty kernel for the profile, which must outlive it. 0 when out of memory. */
struct kernel *kernel_create(const struct capdl_profile *, const struct kernel_host *);
void kernel_free(struct kernel *);
uint16_t kernel_label(const struct kernel *, enum capdl_method);
enum status invocation_decode(struct kernel *, struct invocation *);

/* syscalls.c: the entries. Registers of k->current are in its TCB, fault_ip the instruction, next_ip where it would go
 * on. */
void kernel_syscall(struct kernel *, int64_t number);
void kernel_vm_fault(struct kernel *, uint64_t address, uint64_t status, bool instruction);
void kernel_user_exception(struct kernel *, uint64_t number, uint64_t code);
/* AArch64 hypervisor kernels: what they do not handle themselves is a fault for the monitor of a virtual machine,
 * even if there is none. */
void kernel_vcpu_fault(struct kernel *, uint64_t syndrome);
/* MCS: `now` is the time; else one more timer tick. */
void kernel_timer(struct kernel *);
/* A device interrupts: for tests, as the machine has none. */
void kernel_interrupt(struct kernel *, uint32_t irq);
/* MCS: tells the kernel the time before any other entry. */
void kernel_set_time(struct kernel *, uint64_t now);

/* A call as a user program would make it from the current thread, for programs that are not run by a CPU. Registers and
   IPC buffer of the current thread are used. Returns the kernel's error; `message` holds the reply. */
struct kernel_message {
    uint64_t label;
    unsigned length, caps;
    uint64_t words[MESSAGE_MAX_LENGTH];
    uint64_t cap[MESSAGE_MAX_CAPS];
};
enum capdl_kernel_error kernel_call(struct kernel *, uint64_t cptr, struct kernel_message *message);

/* record.c: writes k->record. */
void record_begin(struct kernel *, enum capdl_syscall);
void record_end(struct kernel *);
/* Begins an act, which is the current one from now on. */
struct act *record_act(struct kernel *, struct act *, uint64_t cptr);
void record_slot(struct kernel *, struct act *, const struct slot *);
void record_message(struct act *, uint64_t info);
/* Of the current act: there is no capability at cptr (k->lookup_fault); whom the thread met; the error (k->error);
 * what is invoked. */
void record_no_cap(struct kernel *, uint64_t cptr);
void record_met(struct kernel *, enum act_result, struct tcb *peer);
void record_error(struct kernel *);
void record_invocation(struct kernel *, const struct invocation *);
void record_fault(struct kernel *, struct tcb *);
void record_gone(struct kernel *, const struct object *);

/* digest.c: what the initialiser begins with, as its header has it; the current thread's call, and what its caller is
 * answered. */
void digest_start(struct kernel *, uint64_t value);
void digest_call(struct kernel *, uint64_t cptr, const uint8_t *buffer);
void digest_answer(struct kernel *, const struct tcb *caller);

/* message.c */
enum status fail(struct kernel *, enum capdl_kernel_error);
enum status fail_argument(struct kernel *, unsigned number);
enum status fail_capability(struct kernel *, unsigned number);
enum status fail_range(struct kernel *, uint64_t min, uint64_t max);
enum status fail_lookup(struct kernel *, bool source);
enum status fail_memory(struct kernel *, uint64_t left);
struct lookup_fault lookup_missing(uint64_t bits_left);

/* message.c */
uint64_t invocation_argument(const struct kernel *, const struct invocation *, unsigned);
/* Times have 64 bits: so many words, the low one first. */
unsigned time_words(const struct kernel *);
uint64_t invocation_time(const struct kernel *, const struct invocation *, unsigned i);
unsigned message_set_time(struct kernel *, struct tcb *, uint8_t *buffer, unsigned i, uint64_t time);
void reply_time(struct kernel *, struct tcb *, uint64_t time);
uint8_t *ipc_buffer_of(const struct kernel *, const struct tcb *, bool receiver);
/* Word i of an IPC buffer: tag, message, user data, capabilities, where to receive. */
uint64_t buffer_word(const struct kernel *, const uint8_t *buffer, unsigned i);
void buffer_set_word(struct kernel *, uint8_t *buffer, unsigned i, uint64_t word);
unsigned message_set(struct kernel *, struct tcb *, uint8_t *buffer, unsigned i, uint64_t value);
uint64_t message_info(uint64_t label, unsigned unwrapped, unsigned caps, unsigned length);
unsigned message_info_length(uint64_t info);
unsigned message_info_caps(uint64_t info);
/* Replies to the current thread from the kernel. */
void reply_error(struct kernel *, struct tcb *);
void reply_empty(struct kernel *, struct tcb *);
void reply_word(struct kernel *, struct tcb *, uint64_t);
/* As many as fit: without an IPC buffer those in registers. */
void reply_words(struct kernel *, struct tcb *, const uint64_t *words, unsigned count);
unsigned message_set_lookup_fault(struct kernel *, struct tcb *, uint8_t *buffer, struct lookup_fault, unsigned offset);

/* cap_names.c: what messages call a capability of this type. */
const char *cap_type_name(enum cap_type);

/* caps.c */
struct cap cap_null(void);
/* Page tables of threads, guests and devices. */
bool cap_is_table(enum cap_type);
bool cap_is_physical(const struct cap *);
bool cap_same_region(const struct kernel *, const struct cap *, const struct cap *);
bool cap_same_object(const struct kernel *, const struct cap *, const struct cap *);
bool cap_is_revocable(const struct cap *derived, const struct cap *source);
struct cap cap_mask_rights(struct cap, uint64_t rights);
struct cap cap_update_data(const struct kernel *k, bool preserve, uint64_t data, struct cap);
enum status cap_derive(struct kernel *, struct slot *, struct cap, struct cap *out);
enum vm_rights vm_rights_mask(enum vm_rights, uint64_t mask);

/* derivation.c */
void slot_insert(struct kernel *, struct cap, struct slot *source, struct slot *dest);
void slot_insert_new(struct slot *parent, struct slot *dest, struct cap);
void slot_insert_root(struct slot *, struct cap);
void slot_move(struct cap, struct slot *source, struct slot *dest);
void slot_swap(struct cap, struct slot *, struct cap, struct slot *);
void slot_revoke(struct kernel *, struct slot *);
void slot_delete(struct kernel *, struct slot *);
void slot_delete_one(struct kernel *, struct slot *);
bool slot_is_parent(const struct kernel *, const struct slot *, const struct slot *);
bool slot_is_final(const struct kernel *, const struct slot *);
bool slot_is_long_running_delete(const struct kernel *, const struct slot *);
enum status slot_ensure_no_children(struct kernel *, struct slot *);
enum status slot_ensure_empty(struct kernel *, const struct slot *);

/* finalise.c: what deleting a capability does to its object; returns what remains (a null cap or a zombie). */
struct cap cap_finalise(struct kernel *, struct cap, bool final, struct cap *cleanup);
void cap_deleted(struct kernel *, struct cap cleanup);

/* cspace.c */
enum status lookup_slot(struct kernel *, const struct tcb *, uint64_t cptr, struct slot **);
enum status lookup_target(struct kernel *, const struct cap *root, uint64_t index, uint64_t depth, struct slot **);
/* The same for a slot that must be empty. */
enum status lookup_empty(struct kernel *, const struct cap *root, uint64_t index, uint64_t depth, struct slot **);
enum status lookup_source(struct kernel *, const struct cap *root, uint64_t index, uint64_t depth, struct slot **);
enum status cnode_decode(struct kernel *, struct invocation *);

/* untyped.c */
enum status untyped_decode(struct kernel *, struct invocation *);
/* Makes an object and returns its capability; type CAP_NULL when out of memory. */
struct cap object_create(struct kernel *, enum capdl_type, uint64_t paddr, uint64_t user_size, bool device);

/* tcb.c */
enum status tcb_decode(struct kernel *, struct invocation *);
bool fault_handler_is_valid(const struct cap *);
/* registers.c */
enum status tcb_decode_registers(struct kernel *, struct invocation *);
void tcb_set_register(struct kernel *, struct tcb *, uint8_t reg, uint64_t value);

/* endpoint.c */
void endpoint_send(struct kernel *, struct tcb *, struct endpoint *, const struct cap *, bool block, bool call,
                   bool donate);
void endpoint_receive(struct kernel *, struct tcb *, const struct cap *, bool block, const struct cap *reply);
void endpoint_cancel_all(struct kernel *, struct endpoint *);
void endpoint_cancel_badged(struct kernel *, struct endpoint *, uint64_t badge);
void endpoint_reorder(struct kernel *, struct endpoint *, struct tcb *);
void ipc_cancel(struct kernel *, struct tcb *);
void wait_enqueue(struct kernel *, struct queue *, struct tcb *);
void wait_dequeue(struct queue *, struct tcb *);
/* transfer.c */
void ipc_transfer(struct kernel *, struct tcb *sender, struct endpoint *, uint64_t badge, bool grant,
                  struct tcb *receiver);
enum status extra_caps_lookup(struct kernel *, const struct tcb *, const uint8_t *buffer, uint64_t info);
/* reply.c */
void reply_transfer(struct kernel *, struct tcb *sender, struct tcb *receiver, struct slot *slot, bool grant);
void reply_object_transfer(struct kernel *, struct tcb *sender, struct reply *, bool grant);
void reply_setup_caller(struct kernel *, struct tcb *sender, struct tcb *receiver, bool grant);
void reply_setup_master(struct kernel *, struct tcb *);
void reply_push(struct kernel *, struct tcb *caller, struct tcb *callee, struct reply *, bool donate);
void reply_remove(struct kernel *, struct reply *, struct tcb *);
void reply_remove_thread(struct kernel *, struct tcb *);
void reply_unlink(struct kernel *, struct reply *, struct tcb *);

/* notification.c */
void notification_send(struct kernel *, struct notification *, uint64_t badge);
void notification_receive(struct kernel *, struct tcb *, struct notification *, bool block);
void notification_complete(struct kernel *, struct notification *, struct tcb *);
void notification_cancel(struct kernel *, struct notification *, struct tcb *);
void notification_cancel_all(struct kernel *, struct notification *);
void notification_reorder(struct kernel *, struct notification *, struct tcb *);
void notification_unbind(struct notification *);
void notification_return_sc(struct kernel *, struct notification *, struct tcb *);

/* faults.c */
void fault_handle(struct kernel *, struct tcb *);
void fault_handle_timeout(struct kernel *, struct tcb *);
bool timeout_handler_is_valid(const struct tcb *);
unsigned fault_label(const struct kernel *, enum fault_kind);
unsigned fault_set_message(struct kernel *, struct tcb *sender, struct tcb *receiver, uint8_t *buffer);
bool fault_handle_reply(struct kernel *, struct tcb *receiver, struct tcb *sender);

/* sched.c */
void thread_set_state(struct kernel *, struct tcb *, enum thread_state);
void thread_block(struct kernel *, struct tcb *, enum thread_state, void *object);
void thread_suspend(struct kernel *, struct tcb *);
void thread_restart(struct kernel *, struct tcb *);
bool thread_is_runnable(const struct tcb *);
bool thread_is_blocked(const struct tcb *);
bool thread_is_schedulable(const struct kernel *, const struct tcb *);
void thread_set_priority(struct kernel *, struct tcb *, uint8_t);
void thread_set_domain(struct kernel *, struct tcb *, uint8_t);
void sched_enqueue(struct kernel *, struct tcb *);
void sched_append(struct kernel *, struct tcb *);
void sched_dequeue(struct kernel *, struct tcb *);
void sched_possible_switch(struct kernel *, struct tcb *);
void sched_reschedule(struct kernel *);
/* Ends every entry: picks the thread to run. */
void sched_schedule(struct kernel *);
void sched_activate(struct kernel *);
void sched_tick(struct kernel *);
void sched_give_way(struct kernel *);

/* refills.c, MCS */
uint64_t ticks_of_us(const struct kernel *, uint64_t us);
uint64_t us_of_ticks(const struct kernel *, uint64_t ticks);
uint64_t min_budget(const struct kernel *);
uint64_t min_budget_us(const struct kernel *);
uint64_t max_period_us(const struct kernel *);
bool sc_is_active(const struct sched_context *);
bool sc_is_sporadic(const struct sched_context *);
struct refill *refill_head(const struct sched_context *);
unsigned refill_max_of(const struct kernel *, const struct cap *sc);
bool refill_ready(const struct kernel *, const struct sched_context *);
bool refill_sufficient(const struct kernel *, const struct sched_context *, uint64_t usage);
void refill_new(struct kernel *, struct sched_context *, uint32_t max, uint64_t budget, uint64_t period);
void refill_update(struct kernel *, struct sched_context *, uint64_t period, uint64_t budget, uint32_t max);
void refill_budget_check(struct kernel *, uint64_t usage);
void refill_unblock_check(struct kernel *, struct sched_context *);
/* The same if it has a sporadic budget and is not the one that runs. */
void sc_check_unblocked(struct kernel *, struct sched_context *);
void budget_charge(struct kernel *, uint64_t consumed, bool can_fault);
bool budget_check(struct kernel *);
bool budget_check_restart(struct kernel *);
void budget_commit(struct kernel *);
void release_remove(struct kernel *, struct tcb *);
void release_awaken(struct kernel *);
void sc_postpone(struct kernel *, struct sched_context *);
void sc_switch(struct kernel *);

/* schedcontext.c, MCS */
enum status sched_context_decode(struct kernel *, struct invocation *);
enum status sched_control_decode(struct kernel *, struct invocation *);
void sc_resume(struct kernel *, struct sched_context *);
void sc_bind_thread(struct kernel *, struct sched_context *, struct tcb *);
void sc_unbind_thread(struct kernel *, struct sched_context *);
void sc_unbind_all(struct kernel *, struct sched_context *);
void sc_unbind_notification(struct sched_context *);
void sc_unbind_reply(struct sched_context *);
void sc_donate(struct kernel *, struct sched_context *, struct tcb *);
uint64_t sc_take_consumed(struct kernel *, struct sched_context *);
void sc_cancel_yield_to(struct tcb *);
void sc_complete_yield_to(struct kernel *, struct tcb *);

/* domain.c, irq.c */
/* Whether the schedule will ever run the domain again. */
bool domain_is_scheduled(const struct kernel *, uint8_t domain);
enum status domain_decode(struct kernel *, struct invocation *);
enum status irq_control_decode(struct kernel *, struct invocation *);
enum status irq_handler_decode(struct kernel *, struct invocation *);
void irq_deliver(struct kernel *, uint32_t irq);
/* Issues a handler capability after the common checks of slot and activity. */
enum status irq_issue(struct kernel *, struct invocation *, uint64_t irq, uint64_t index, uint64_t depth);
enum status io_port_control_decode(struct kernel *, struct invocation *);
enum status io_port_decode(struct kernel *, struct invocation *);

void io_ports_set(struct kernel *, uint32_t first, uint32_t last, bool used);

/* objects_aarch64.c */
enum status vcpu_decode(struct kernel *, struct invocation *);
enum status sgi_signal_decode(struct kernel *, struct invocation *);
enum status smc_decode(struct kernel *, struct invocation *);

/* vspace.c */
struct walk {
    struct pte *pte;
    unsigned bits_left; /* log2 of what the entry covers */
};
/* The entry for vaddr: the deepest there is, but not below entries that cover 2^bits bytes. */
struct walk vspace_walk(const struct kernel *, struct table *root, uint64_t vaddr, unsigned bits);
struct table *vspace_of_asid(struct kernel *, uint16_t asid);
/* The root that a capability with an ASID is of; `number`: of the capability, for the error. */
enum status vspace_of_cap(struct kernel *, const struct cap *, unsigned number, struct table **root);
/* Whether it is to the root of an address space that has an ASID. */
bool vspace_is_root(const struct kernel *, const struct cap *);
struct table *vspace_of_thread(struct kernel *, const struct tcb *);
/* Enters a page; the frame capability in `slot` remembers where. */
void vspace_map_page(struct kernel *, struct slot *, struct walk, uint16_t asid, uint64_t vaddr, uint8_t rights,
                     uint8_t attributes);
/* Enters a table; the capability in `slot` remembers where. */
void vspace_map_table(struct slot *, struct walk, uint16_t asid, uint64_t vaddr);
void vspace_unmap_page(struct kernel *, const struct cap *frame);
void vspace_unmap_table(struct kernel *, const struct cap *table);
bool table_is_guest(const struct table *root);
void vspace_delete_asid(struct kernel *, uint16_t asid, struct table *);
void asid_pool_delete(struct kernel *, uint16_t base, struct asid_pool *);
enum status asid_control_decode(struct kernel *, struct invocation *);
enum status asid_pool_decode(struct kernel *, struct invocation *);
/* Common decodings: unmapping tables; unmapping frames and asking for the address. */
enum status table_map(struct kernel *, struct invocation *);
enum status table_unmap(struct kernel *, struct invocation *);
enum status frame_unmap(struct kernel *, struct invocation *);
enum status frame_get_address(struct kernel *, struct invocation *);
uint64_t rights_argument(uint64_t word);
unsigned asid_bits(const struct kernel *);
/* Whether the thread could access the bytes, and where they are in host memory. */
struct page_view {
    uint64_t vaddr, paddr; /* of the page */
    unsigned bits;
    uint8_t rights;
};
bool vspace_translate(const struct kernel *, struct table *root, uint64_t vaddr, struct page_view *);
/* Level at which a translation ends, for fault status words: 0 root. */
unsigned vspace_depth(const struct kernel *, struct table *root, uint64_t vaddr, bool *present);

/* iospace.c: x86 with an IOMMU. */
bool io_spaces_init(struct kernel *, unsigned levels);
enum status io_table_decode(struct kernel *, struct invocation *);
enum status io_page_decode_map(struct kernel *, struct invocation *);
void io_table_unmap(struct kernel *, const struct cap *);
void io_page_unmap(struct kernel *, const struct cap *frame);
void io_space_delete(struct kernel *, uint16_t request);
/* Where an access of a device goes; false: nowhere. */
bool io_translate(struct kernel *, uint16_t request, uint64_t address, struct page_view *);

/* smmu.c: Arm with an SMMU. */
enum status smmu_decode(struct kernel *, struct invocation *);
void stream_delete(struct kernel *, uint64_t stream);
void context_bank_delete(struct kernel *, uint64_t bank);

#endif
