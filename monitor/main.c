/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The monitor of a Microkit system: reports which domain had a fault, where, and its registers, and moves scheduling
 * contexts of passive domains to their notifications once these are ready. It has the highest priority and a stack; a
 * table tells it the rest. Its lines begin like those of Microkit's own monitor, for which people search logs.
 */
#include <stdint.h>

#include <capdl/monitor.h>

#include "syscall.h"

void monitor(uint64_t *ipc_buffer, const struct capdl_monitor_table *table);

enum { MESSAGE = 1, CAPS = 122 }; /* words of the IPC buffer where they begin */
enum { REGISTERS_IN_MESSAGE = 4, PAGE = 4096 };

/* Compilers call it to clear structures. */
void *memset(void *to, int byte, unsigned long size);
void *memset(void *to, int byte, unsigned long size)
{
    for (unsigned char *c = to; size > 0; size--) {
        *c++ = (unsigned char)byte;
    }
    return to;
}

struct world {
    uint64_t *message, *caps;
    const struct capdl_monitor_table *table;
};

static void put_char(const struct world *w, char c)
{
    struct registers r = {.cap = (unsigned char)c};
    if (w->table->putchar) {
        enter(w->table->putchar, &r);
    }
}

static void put(const struct world *w, const char *text)
{
    while (*text) {
        put_char(w, *text++);
    }
}

static void put_hex(const struct world *w, uint64_t number, unsigned digits)
{
    put(w, "0x");
    while (digits-- > 0) {
        put_char(w, "0123456789abcdef"[number >> digits * 4 & 15]);
    }
}

static void put_line(const struct world *w, const char *before, uint64_t number)
{
    put(w, before);
    put_hex(w, number, 16);
    put(w, "\n");
}

/* Makes an invocation; its words and the answer are in the IPC buffer. Returns the kernel's error, 0 if none. */
static uint64_t invoke(const struct world *w, uint64_t cap, uint64_t label, unsigned extra_caps, unsigned length)
{
    struct registers r = {.cap = cap, .info = label << 12 | extra_caps << 7 | length};
    for (unsigned i = 0; i < REGISTERS_IN_MESSAGE; i++) {
        r.word[i] = w->message[i];
    }
    enter(w->table->call, &r);
    for (unsigned i = 0; i < REGISTERS_IN_MESSAGE; i++) {
        w->message[i] = r.word[i];
    }
    return r.info >> 12;
}

/* Binds the scheduling context to the notification, too: when the domain next waits, the notification keeps it. */
static void make_passive(const struct world *w, uint64_t domain)
{
    w->caps[0] = w->table->first_notification + domain;
    if (invoke(w, w->table->first_sc + domain, w->table->bind, 1, 0)) {
        put(w, "MON|ERROR: could not bind scheduling context to notification object\n");
        return;
    }
    put(w, "MON|INFO: PD '");
    put(w, w->table->domains[domain].name);
    put(w, "' is now passive!\n");
}

static void put_registers(const struct world *w, uint64_t domain)
{
    w->message[0] = 0;
    w->message[1] = w->table->num_registers;
    if (invoke(w, w->table->first_tcb + domain, w->table->read_registers, 0, 2)) {
        put(w, "MON|ERROR: cannot read its registers\n");
        return;
    }
    put(w, "Registers: \n");
    for (uint64_t i = 0; i < w->table->num_registers; i++) {
        put(w, w->table->registers[i]);
        put_line(w, " : ", w->message[i]);
    }
}

static void put_fault(const struct world *w, uint64_t label, const uint64_t words[4], uint64_t domain)
{
    uint64_t bottom = w->table->domains[domain].stack_bottom;
    if (label == w->table->fault_cap) {
        put(w, "MON|ERROR: CapFault: ip=");
        put_hex(w, words[0], 16);
        put(w, "  fault_addr=");
        put_hex(w, words[1], 16);
        put(w, words[2] ? "  in_recv_phase=true" : "  in_recv_phase=false");
        put_line(w, "  lookup_failure_type=", words[3]);
    } else if (label == w->table->fault_user_exception) {
        put(w, "MON|ERROR: UserException\n");
    } else if (label == w->table->fault_vm) {
        put(w, "MON|ERROR: VMFault: ip=");
        put_hex(w, words[0], 16);
        put(w, "  fault_addr=");
        put_hex(w, words[1], 16);
        put(w, "  fsr=");
        put_hex(w, words[3], 16);
        put(w, words[2] ? "  (instruction fault)\n" : "  (data fault)\n");
        if (words[1] < bottom && words[1] >= bottom - PAGE) {
            put(w, "MON|ERROR: potential stack overflow, fault address within one page outside of stack region\n");
        }
    } else {
        put_line(w, "MON|ERROR: Unknown fault\n", label);
    }
}

static void report(const struct world *w, uint64_t label, uint64_t badge, const uint64_t words[4])
{
    uint64_t domain = badge - 1;
    put(w, "MON|ERROR: received message ");
    put_hex(w, label, 8);
    put(w, "  badge: ");
    put_hex(w, badge, 16);
    put_line(w, "  tcb cap: ", w->table->first_tcb + domain);
    if (domain >= w->table->num_domains) {
        put(w, "MON|ERROR: unknown/invalid badge\n");
        return;
    }
    put(w, "MON|ERROR: faulting PD: ");
    put(w, w->table->domains[domain].name);
    put(w, "\n");
    put_registers(w, domain);
    put_fault(w, label, words, domain);
}

/* The initialiser has this priority, too, and may be printing: let it finish, while nobody else can run. */
static void let_initialiser_end(const struct world *w)
{
    enum { TIME_SLICES = 32 };

    for (unsigned i = 0; i < TIME_SLICES; i++) {
        struct registers r = {.cap = 0};
        enter(w->table->yield, &r);
    }
}

/* Debug kernels print these names. */
static void name_threads(const struct world *w)
{
    for (uint64_t i = 0; w->table->name_thread && i < w->table->num_domains; i++) {
        struct registers r = {.cap = w->table->first_tcb + i};
        char *to = (char *)w->message;
        for (const char *from = w->table->domains[i].name; (*to++ = *from++);) {
        }
        enter(w->table->name_thread, &r);
    }
}

void monitor(uint64_t *ipc_buffer, const struct capdl_monitor_table *table)
{
    struct world w = {ipc_buffer + MESSAGE, ipc_buffer + CAPS, table};
    let_initialiser_end(&w);
    name_threads(&w);
    put(&w, "MON|INFO: Microkit Monitor started!\n");
    for (;;) {
        struct registers r = {.cap = CAPDL_MONITOR_SLOT_ENDPOINT, .reply = CAPDL_MONITOR_SLOT_REPLY};
        enter(table->recv, &r);
        uint64_t label = r.info >> 12;
        if (label == 0 && r.cap - 1 < table->num_domains) {
            make_passive(&w, r.cap - 1);
        } else {
            report(&w, label, r.cap, r.word);
        }
    }
}
