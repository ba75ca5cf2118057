/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs a few instructions of real mode in a virtual CPU, and says why each of them came back. */
#include "../invoke.h"

enum { SLOT_VCPU = 4, WRITE_VMCS = SEL4_LABEL_VCPU_SET_TCB + 2 };

/* Words of seL4_VMEnter and of its answer (sel4/arch/vmenter.h). */
enum {
    ENTER_IP,
    ENTER_CONTROLS,
    ENTER_INTERRUPT,
    EXIT_REASON,
    EXIT_QUALIFICATION,
    EXIT_LENGTH,
    EXIT_ADDRESS,
    EXIT_AX = 10
};
enum { REASON_HLT = 12, REASON_VMCALL = 18, REASON_MEMORY = 48 };
enum { EXIT_ON_HLT = 1 << 7 };

/* Fields of a virtual machine's control structure: Intel's manual, volume 3, appendix B. */
enum {
    SECONDARY_CONTROLS = 0x401e,
    ENTRY_CONTROLS = 0x4012,
    LIMITS = 0x4800, /* of eight segments, GDT and IDT, two apart */
    ACCESS_RIGHTS = 0x4814,
    CR0 = 0x6800,
    CR4 = 0x6804,
    DR7 = 0x681a,
    RFLAGS = 0x6820,
};
enum { SEGMENT_CS = 1, SEGMENT_LDTR = 6, SEGMENT_TR = 7, SEGMENTS = 8, DESCRIPTOR_TABLES = 2 };
enum { USE_EPT = 1 << 1, REAL_MODE = 1 << 7 };

enum { GUEST_CODE = 0x1000 };

static volatile uint8_t *const code = (volatile uint8_t *)0x10000000;
static volatile uint16_t *const data = (volatile uint16_t *)0x10001000;
static volatile uint32_t *const far = (volatile uint32_t *)0x10200000;

/* At 0x1000 of the guest's memory; its segments begin at 0. */
static const uint8_t program[] = {
    0xa1, 0x00, 0x20,                                  /* mov ax, [0x2000] */
    0x40,                                              /* inc ax */
    0xa3, 0x02, 0x20,                                  /* mov [0x2002], ax */
    0x0f, 0x01, 0xc1,                                  /* vmcall */
    0x67, 0x66, 0xc7, 0x05, 4, 0, 0x20, 0, 7, 0, 0, 0, /* mov dword [0x200004], 7 */
    0xa3, 0x00, 0x10,                                  /* mov [0x1000], ax: its own code */
    0xa1, 0x00, 0x30,                                  /* mov ax, [0x3000]: nothing */
    0xf4,                                              /* hlt */
};

static void set(uint64_t field, uint64_t value)
{
    uint64_t error = invoke_words(SLOT_VCPU, WRITE_VMCS, 2, field, value, 0);
    if (error) {
        pd_print("field %x: error %u\n", field, error);
    }
}

/* A processor that was just switched on, but for segments as large as its memory. */
static void reset(void)
{
    for (unsigned i = 0; i < SEGMENTS + DESCRIPTOR_TABLES; i++) {
        set(LIMITS + 2 * i, i < SEGMENTS ? 0xffffffff : 0xffff);
    }
    for (unsigned i = 0; i < SEGMENTS; i++) {
        set(ACCESS_RIGHTS + 2 * i, i == SEGMENT_LDTR ? 0x10000
                                   : i == SEGMENT_TR ? 0x808b
                                   : i == SEGMENT_CS ? 0x809b
                                                     : 0x8093);
    }
    set(SECONDARY_CONTROLS, USE_EPT | REAL_MODE);
    set(ENTRY_CONTROLS, 0);
    set(CR0, 0);
    set(CR4, 0);
    set(DR7, 0x400);
    set(RFLAGS, 2);
}

/* Returns where it came to, with the reason in pd_words. */
static uint64_t enter(uint64_t ip)
{
    struct syscall_registers r = {.word = {ip, EXIT_ON_HLT, 0, 0}};
    syscall_enter(SEL4_SYS_VM_ENTER, &r);
    for (unsigned i = 0; i < 4; i++) {
        pd_words[i] = r.word[i];
    }
    if (r.info != 1) {
        pd_print("not left by a fault: %x\n", r.info);
    }
    return pd_words[ENTER_IP];
}

static void say(const char *what)
{
    pd_print("%s: reason %u at %x", what, pd_words[EXIT_REASON], pd_words[ENTER_IP]);
    if (pd_words[EXIT_REASON] == REASON_MEMORY) {
        pd_print(", memory %x, access %x", pd_words[EXIT_ADDRESS], pd_words[EXIT_QUALIFICATION] & 7);
    }
    pd_print("\n");
}

void pd_main(const uint64_t *args)
{
    (void)args;
    for (unsigned i = 0; i < sizeof(program); i++) {
        code[i] = program[i];
    }
    data[0] = 41;
    reset();
    uint64_t ip = enter(GUEST_CODE);
    say("guest: asks");
    pd_print("ax %u, stored %u\n", pd_words[EXIT_AX] & 0xffff, (uint64_t)data[1]);
    ip = enter(ip + pd_words[EXIT_LENGTH]);
    say("writes to its code");
    pd_print("far %u\n", (uint64_t)far[1]);
    ip = enter(ip + 3);
    say("reads where nothing is");
    enter(ip + 3);
    say("halts");
    pd_print("guest: complete\n");
}
