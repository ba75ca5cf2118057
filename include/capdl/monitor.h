/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the monitor of a Microkit system is told: a table in its memory, whose address is its second argument. The first
 * is the address of its IPC buffer. All numbers of the kernel are in it, so that one monitor serves every kernel of an
 * architecture.
 */
#ifndef CAPDL_MONITOR_H
#define CAPDL_MONITOR_H

#include <stdint.h>

enum {
    CAPDL_MONITOR_NAME = 64,     /* bytes of a domain's name, with the NUL */
    CAPDL_MONITOR_REGISTER = 16, /* of a register's */
    CAPDL_MONITOR_REGISTERS = 48,
};

/* Slots of its CNode; those of domains follow each other in the order of the table. */
enum { CAPDL_MONITOR_SLOT_ENDPOINT = 1, CAPDL_MONITOR_SLOT_REPLY = 2 };

struct capdl_monitor_domain {
    uint64_t stack_bottom;
    char name[CAPDL_MONITOR_NAME];
};

struct capdl_monitor_table {
    int64_t call, recv, yield;
    int64_t putchar, name_thread;  /* system calls; 0: the kernel has none */
    uint64_t read_registers, bind; /* labels of invocations */
    uint64_t fault_cap, fault_vm, fault_user_exception;
    uint64_t first_tcb, first_sc, first_notification; /* slots; the last two hold something for passive domains only */
    uint64_t num_registers, num_domains;
    char registers[CAPDL_MONITOR_REGISTERS][CAPDL_MONITOR_REGISTER];
    struct capdl_monitor_domain domains[];
};

#endif
