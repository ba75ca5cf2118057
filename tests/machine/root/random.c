/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Executes pieces of code that somebody has written into this program's file, each in a thread that starts with
 * registers of all kinds, has no capabilities and a small budget, until it faults or its time is over. After each piece
 * the program looks whether it can still rely on the processor. For kernels with MCS.
 */
#include "random.h"

#include "root.h"

enum { FAULT_EP, REPLY, THREAD, SC, NOTHING, SPACE };
enum { BUDGET_US = 100, SLOT_BITS = 4 };

static struct random_input input __attribute__((aligned(4096), section(".data"))) = {.mark = RANDOM_MARK, .count = 1};
static _Alignas(4096) uint8_t buffer[4096], area[4 * 4096];

static uint64_t at(unsigned n)
{
    return base + n;
}

/* Pages of ours at the same addresses. */
static void share(const void *start, uint64_t size)
{
#if defined(__aarch64__)
    uint64_t attributes = SEL4_VM_CACHEABLE;
#else
    uint64_t attributes = 0;
#endif
    for (uint64_t page = (uint64_t)start & ~UINT64_C(4095); page < (uint64_t)start + size; page += 4096) {
        uint64_t frame = spare_slot();
        copy(frame, frame_of((void *)page), RIGHTS);
        map_with_tables(frame, at(SPACE), page, RIGHT_R | RIGHT_W, attributes);
    }
}

static void make_space(void)
{
    retype(untyped, SEL4_TYPE_VSPACE, 0, at(SPACE), 1);
    call(ASID_POOL, SEL4_LABEL_ASID_POOL_ASSIGN, NONE, WORDS(at(SPACE)));
    share(&input, sizeof(input));
    share(area, sizeof(area));
}

static void make_thread(void)
{
    uint64_t control = ((uint64_t *)info)[19], error = 0;
    error |= retype(untyped, SEL4_TYPE_ENDPOINT, 0, at(FAULT_EP), 1);
    error |= retype(untyped, SEL4_TYPE_REPLY, 0, at(REPLY), 1);
    error |= retype(untyped, SEL4_TYPE_TCB, 0, at(THREAD), 1);
    error |= retype(untyped, SEL4_TYPE_SCHED_CONTEXT, 8, at(SC), 1);
    error |= retype(untyped, SEL4_TYPE_CNODE, SLOT_BITS, at(NOTHING), 1);
    error |= call(control, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(BUDGET_US, 1000 * BUDGET_US, 0, 0, 0),
                  WORDS(at(SC)));
    error |= call(at(THREAD), SEL4_LABEL_TCB_CONFIGURE, WORDS(0, 0, (uint64_t)buffer),
                  WORDS(at(NOTHING), at(SPACE), frame_of(buffer)));
    error |= call(at(THREAD), SEL4_LABEL_TCB_SET_SCHED_PARAMS, WORDS(200, 200), WORDS(TCB, at(SC), at(FAULT_EP)));
    error |= call(at(THREAD), SEL4_LABEL_TCB_SET_TIMEOUT_ENDPOINT, NONE, WORDS(at(FAULT_EP)));
    if (error) {
        value("no thread", error);
    }
}

static uint64_t register_value(unsigned piece, unsigned n)
{
    const uint64_t values[] = {
        (uint64_t)area,    (uint64_t)area + 4092,      (uint64_t)input.piece[piece], 0, 1, UINT64_MAX, SEL4_USER_TOP,
        (uint64_t)1 << 63, (uint64_t)area + 4096 + 64, 0x3ff0000000000000,           n,
    };
    return values[(piece * 7 + n) % (sizeof(values) / sizeof(values[0]))];
}

static void start(unsigned piece)
{
    uint64_t registers[SEL4_REGISTERS + 2] = {1, SEL4_REGISTERS};
    for (unsigned i = 0; i < SEL4_REGISTERS; i++) {
        registers[2 + i] = register_value(piece, i);
    }
    registers[2 + SEL4_REGISTER_PROGRAM_COUNTER] = (uint64_t)input.piece[piece];
    registers[2 + SEL4_REGISTER_STACK_POINTER] = (uint64_t)area + sizeof(area) / 2;
    call(at(THREAD), SEL4_LABEL_TCB_SUSPEND, NONE, NONE);
    call(at(THREAD), SEL4_LABEL_TCB_WRITE_REGISTERS, SEL4_REGISTERS + 2, registers, NONE);
}

#if defined(__x86_64__)
enum { STEP = 1 };
#else
enum { STEP = 4 };
#endif

/* Goes on behind what faulted. False: that was not in the piece. */
static bool skip(unsigned piece)
{
    call(at(THREAD), SEL4_LABEL_TCB_READ_REGISTERS, WORDS(1, 1), NONE);
    uint64_t pc = ipc[1], first = (uint64_t)input.piece[piece];
    if (pc < first || pc + STEP >= first + RANDOM_PIECE) {
        return false;
    }
    call(at(THREAD), SEL4_LABEL_TCB_WRITE_REGISTERS, WORDS(1, 1, pc + STEP), NONE);
    return true;
}

static void run(unsigned piece)
{
    struct answer a;
    unsigned faults = 0;
    start(piece);
    do {
        a = receive(at(FAULT_EP), at(REPLY));
    } while (a.info >> 12 != SEL4_FAULT_TIMEOUT && ++faults < RANDOM_PIECE && skip(piece));
}

/* What compiled code takes for granted. */
static bool processor_is_sound(void)
{
    uint64_t sum = 0;
    for (volatile uint64_t i = 1; i <= 10; i++) {
        sum += i * i;
    }
#if defined(__x86_64__)
    uint64_t flags;
    __asm__ volatile("pushfq; pop %0" : "=r"(flags));
    return sum == 385 && (flags & 0x40500) == 0; /* no alignment checks, downward copies or single steps */
#else
    return sum == 385;
#endif
}

void root_main(void)
{
    make_space();
    make_thread();
    for (unsigned i = 0; i < input.count && i < RANDOM_PIECES; i++) {
        run(i);
        if (!processor_is_sound()) {
            puts_(RANDOM_BROKEN);
        }
    }
}
