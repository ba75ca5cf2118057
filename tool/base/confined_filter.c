/* SPDX-License-Identifier: BSD-2-Clause */
#include "confined_filter.h"

#include "sanitizer.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define HOST_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define HOST_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define HOST_ARCH AUDIT_ARCH_RISCV64
#else
#define HOST_ARCH 0
#endif

/* A system call, allowed as it is or when one of its arguments, masked, has a value. */
struct rule {
    uint32_t number;
    int argument; /* ANY: whatever the arguments */
    uint32_t mask, value;
};

enum { ANY = -1, MOST_INSTRUCTIONS = 160, WHOLE = -1 };

struct program {
    struct sock_filter code[MOST_INSTRUCTIONS];
    unsigned short length;
};

static void emit(struct program *p, uint16_t code, uint32_t k, uint8_t if_true, uint8_t if_false)
{
    p->code[p->length++] = (struct sock_filter){.code = code, .jt = if_true, .jf = if_false, .k = k};
}

static void emit_load(struct program *p, size_t offset)
{
    emit(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void emit_return(struct program *p, uint32_t action)
{
    emit(p, BPF_RET | BPF_K, action, 0, 0);
}

/* The call's number is loaded. Only the low halves of arguments are compared: our values fit into them. */
static void emit_rule(struct program *p, const struct rule *rule)
{
    if (rule->argument == ANY) {
        emit(p, BPF_JMP | BPF_JEQ | BPF_K, rule->number, 0, 1);
        emit_return(p, SECCOMP_RET_ALLOW);
        return;
    }
    emit(p, BPF_JMP | BPF_JEQ | BPF_K, rule->number, 0, 5);
    emit_load(p, offsetof(struct seccomp_data, args) + (size_t)rule->argument * sizeof(uint64_t));
    emit(p, BPF_ALU | BPF_AND | BPF_K, rule->mask, 0, 0);
    emit(p, BPF_JMP | BPF_JEQ | BPF_K, rule->value, 0, 1);
    emit_return(p, SECCOMP_RET_ALLOW);
    emit_load(p, offsetof(struct seccomp_data, nr)); /* another rule may be for the same call */
}

static void emit_rules(struct program *p, const struct rule *rules, size_t count)
{
    emit_load(p, offsetof(struct seccomp_data, arch));
    emit(p, BPF_JMP | BPF_JEQ | BPF_K, HOST_ARCH, 1, 0);
    emit_return(p, SECCOMP_RET_KILL_PROCESS);
    emit_load(p, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < count; i++) {
        emit_rule(p, &rules[i]);
    }
    emit_return(p, SECCOMP_RET_ERRNO | EPERM);
}

bool confined_filter(int out, int statistics)
{
    const struct rule rules[] = {
        {SYS_write, 0, (uint32_t)WHOLE, (uint32_t)out},
        {SYS_pread64, 0, (uint32_t)WHOLE, (uint32_t)statistics},
        /* Anonymous memory. */
        {SYS_mmap, 3, MAP_ANONYMOUS, MAP_ANONYMOUS},
        {SYS_munmap, ANY, 0, 0},
        {SYS_mprotect, ANY, 0, 0},
        {SYS_mremap, ANY, 0, 0},
        {SYS_madvise, ANY, 0, 0},
        {SYS_brk, ANY, 0, 0},
        {SYS_getrusage, 0, (uint32_t)WHOLE, RUSAGE_SELF},
        /* Time, the C library's locks, exit. */
        {SYS_clock_gettime, ANY, 0, 0},
        {SYS_futex, ANY, 0, 0},
        {SYS_getrandom, ANY, 0, 0},
        {SYS_rt_sigprocmask, ANY, 0, 0},
        {SYS_rt_sigreturn, ANY, 0, 0},
        {SYS_getpid, ANY, 0, 0},
        {SYS_gettid, ANY, 0, 0},
        {SYS_tgkill, 0, (uint32_t)WHOLE, (uint32_t)getpid()},
        {SYS_exit, ANY, 0, 0},
        {SYS_exit_group, ANY, 0, 0},
#if WITH_ADDRESS_SANITIZER
        {SYS_write, 0, (uint32_t)WHOLE, STDERR_FILENO}, /* reports of the sanitizer */
        {SYS_rt_sigaction, ANY, 0, 0},
        {SYS_sigaltstack, ANY, 0, 0},
#endif
    };
    struct program program = {.length = 0};
    emit_rules(&program, rules, sizeof(rules) / sizeof(rules[0]));
    struct sock_fprog filter = {.len = program.length, .filter = program.code};
    return HOST_ARCH != 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}
