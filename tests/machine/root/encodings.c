/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Executes encodings by the ten thousand, those that exist and those that do not: every number of a register, every
 * opcode with every prefix, and words at random. Prints what became of each as one character, neighbours with the same
 * outcome in one line, and a digest of the registers afterwards. It names no instruction, so it also finds what nobody
 * has thought of.
 */
#include "root.h"

enum { FAULT_EP, REPLY, THREAD, SC };
enum { PAGE = 4096 };
#define ARENA 0x3000000000 /* a page for code between pages without anything, then pages for data */
#define CODE (ARENA + PAGE + PAGE / 2)
#define DATA (ARENA + 4 * PAGE)

static uint64_t at(unsigned n)
{
    return base + n;
}

/* ---- One encoding ---- */

#if defined(__aarch64__)
enum { CACHED = SEL4_VM_CACHEABLE, STACK_POINTER = SEL4_REGISTER_SP, UNDEFINED = 0x2000000 };
#elif defined(__riscv)
enum { CACHED = 0, STACK_POINTER = SEL4_REGISTER_SP, UNDEFINED = 2 };
#else
enum { CACHED = 0, STACK_POINTER = SEL4_REGISTER_RSP, UNDEFINED = 6 };
#endif

static uint64_t digest;

#if !defined(__x86_64__)
static void make_executable(void)
{
#if defined(__aarch64__)
    __asm__ volatile("dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb" ::"r"(CODE) : "memory");
#elif defined(__riscv)
    __asm__ volatile("fence.i" ::: "memory");
#endif
}
#endif

static void map_pages(void)
{
    for (unsigned i = 0; i < 7; i++) {
        if (i == 0 || i == 2) {
            continue;
        }
        uint64_t frame = spare_slot();
        retype(untyped, SEL4_TYPE_FRAME_4K, 0, frame, 1);
        map_with_tables(frame, VSPACE, ARENA + i * PAGE, RIGHT_R | RIGHT_W, CACHED);
    }
#if defined(__x86_64__)
    for (uint64_t *word = (uint64_t *)(ARENA + PAGE); word < (uint64_t *)(ARENA + 2 * PAGE); word++) {
        *word = 0xf4f4f4f4f4f4f4f4; /* HLT, whose address tells how long an instruction is */
    }
#endif
}

static void make_objects(void)
{
    map_pages();
    retype(untyped, SEL4_TYPE_ENDPOINT, 0, at(FAULT_EP), 1);
    retype(untyped, SEL4_TYPE_TCB, 0, at(THREAD), 1);
#if SEL4_MCS
    uint64_t control = ((uint64_t *)info)[19];
    retype(untyped, SEL4_TYPE_REPLY, 0, at(REPLY), 1);
    retype(untyped, SEL4_TYPE_SCHED_CONTEXT, 8, at(SC), 1);
    /* A budget that never ends: an INT3 just then would be lost, since the thread goes on behind it. */
    call(control, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(10000000, 10000000, 0, 0, 0), WORDS(at(SC)));
#endif
    thread_start(at(THREAD), at(SC), 200, (void (*)(void))CODE, at(FAULT_EP));
    receive(at(FAULT_EP), at(REPLY)); /* that of an empty page */
}

static void start(void)
{
    static uint64_t registers[SEL4_REGISTERS + 2] = {1, SEL4_REGISTERS};
    for (unsigned i = 0; i < SEL4_REGISTERS && registers[SEL4_REGISTERS + 1] == 0; i++) {
        registers[2 + i] = DATA;
    }
#if defined(__x86_64__)
    registers[2 + SEL4_REGISTER_RFLAGS] = 0x202;
    registers[2 + SEL4_REGISTER_FS_BASE] = 0;
    registers[2 + SEL4_REGISTER_GS_BASE] = 0;
#elif defined(__aarch64__)
    registers[2 + SEL4_REGISTER_SPSR] = 0;
#endif
    registers[2 + SEL4_REGISTER_PROGRAM_COUNTER] = CODE;
    registers[2 + STACK_POINTER] = DATA + PAGE;
    for (unsigned i = 0; i < 8; i++) {
        ((volatile uint64_t *)DATA)[i] = 0x1fbf; /* as control words of floating point, no exceptions */
        ((volatile uint64_t *)(DATA + PAGE))[i] = 0;
    }
    call(at(THREAD), SEL4_LABEL_TCB_WRITE_REGISTERS, SEL4_REGISTERS + 2, registers, NONE);
}

#if defined(__x86_64__)
static char exception_letter(uint64_t number, uint64_t ip)
{
    static const char letters[] = "DT.BORUN.....GP.MA.X";
    if (number == 13 && ip > CODE && ip <= CODE + 15) {
        return "0123456789abcdef"[ip - CODE]; /* done; so long is it */
    }
    char letter = number < sizeof(letters) - 1 ? letters[number] : '?';
    return ip == CODE ? letter : (char)(letter + 32);
}
#else
static char exception_letter(uint64_t number, uint64_t ip)
{
    (void)number;
    return ip == CODE ? 'U' : ip == CODE + 4 ? '4' : ip == CODE + 2 ? '2' : 'u';
}
#endif

struct outcome {
    char letter;
    uint64_t number, code;
};

/* What the thread does, by its fault. */
static struct outcome run(void)
{
    start();
    struct answer a = receive(at(FAULT_EP), at(REPLY));
    const uint64_t *word = ipc + 1;
    for (unsigned i = 0; i < (a.info & 127); i++) {
        add_to_digest(&digest, word[i]);
    }
    switch (a.info >> 12) {
    case SEL4_FAULT_USER_EXCEPTION:
        return (struct outcome){exception_letter(word[SEL4_USER_EXCEPTION_NUMBER], word[SEL4_USER_EXCEPTION_IP]),
                                word[SEL4_USER_EXCEPTION_NUMBER], word[SEL4_USER_EXCEPTION_CODE]};
    case SEL4_FAULT_VM:
        return (struct outcome){word[SEL4_VM_FAULT_INSTRUCTION] ? 'F' : 'P', 0, word[SEL4_VM_FAULT_FSR]};
    case SEL4_FAULT_UNKNOWN_SYSCALL:
        return (struct outcome){'S', 0, 0};
#ifdef SEL4_FAULT_VCPU
    case SEL4_FAULT_VCPU:
        return (struct outcome){'V', word[0], 0};
#endif
    default:
        return (struct outcome){'?', a.info >> 12, 0};
    }
}

static void add_registers(void)
{
    call(at(THREAD), SEL4_LABEL_TCB_READ_REGISTERS, WORDS(0, SEL4_REGISTERS), NONE);
    for (unsigned i = 0; i < SEL4_REGISTERS; i++) {
        add_to_digest(&digest, ipc[1 + i]);
    }
}

#if defined(__riscv)
static void put_digest(const char *name, uint64_t n)
{
    puts_(name);
    put(' ');
    put_number(n);
    value("", digest & 0xffffffff);
    digest = 0;
}
#endif

#if !defined(__x86_64__)
static struct outcome run_word(uint32_t word)
{
    *(volatile uint32_t *)CODE = word;
    make_executable();
    return run();
}

/* ---- Neighbours with the same outcome ---- */

static struct {
    const char *name;
    uint64_t first, last;
    struct outcome outcome;
} group;

static void end_group(void)
{
    if (group.name) {
        puts_(group.name);
        put(' ');
        put_number(group.first);
        put('-');
        put_number(group.last);
        put(':');
        put(' ');
        put(group.outcome.letter);
        put(' ');
        put_number(group.outcome.number);
        put(' ');
        put_number(group.outcome.code);
        put('\n');
    }
    group.name = 0;
}

static void group_outcome(const char *name, uint64_t n, struct outcome o)
{
    if (group.name != name || group.outcome.letter != o.letter || group.outcome.number != o.number ||
        group.outcome.code != o.code) {
        end_group();
        group.name = name;
        group.first = n;
        group.outcome = o;
    }
    group.last = n;
}

/* ---- Words at random ---- */

static uint64_t next_random(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

enum { WORDS_IN_LINE = 64 };

static void run_random(const char *name, unsigned lines, bool (*is_safe)(uint32_t), uint32_t set, uint32_t clear)
{
    for (unsigned line = 0; line < lines; line++) {
        puts_(name);
        put(' ');
        put_number(line);
        put(':');
        put(' ');
        digest = 0;
        for (unsigned i = 0; i < WORDS_IN_LINE;) {
            uint32_t word = ((uint32_t)next_random() | set) & ~clear;
            if (is_safe(word)) {
                put(run_word(word).letter);
                add_registers();
                i++;
            }
        }
        put(' ');
        put_number(digest & 0xffffffff);
        put('\n');
    }
}
#endif

#if defined(__aarch64__)
/* The number of the register is in the syndrome, too. */
static struct outcome run_register(uint32_t word)
{
    struct outcome o = run_word(word);
    uint64_t op0 = word >> 19 & 3, op1 = word >> 16 & 7, n = word >> 12 & 15, m = word >> 8 & 15, op2 = word >> 5 & 7;
    uint64_t told = op0 << 20 | op2 << 17 | op1 << 14 | n << 10 | m << 1 | (word & 31) << 5 | (word >> 21 & 1);
    if (o.letter == 'V' || o.letter == 'U') {
        if ((o.number & 0x1ffffff) == told) {
            o.number = o.number >> 26;
            o.code = 1;
        }
    }
    return o;
}

/* Neither a branch nearby nor a loop. */
static bool is_safe(uint32_t word)
{
    bool to_register = (word & 0xfc000000) == 0xd4000000;
    return to_register || (word & 0x1c000000) != 0x14000000;
}

static void run_all(void)
{
    for (uint32_t n = 0x4000; n < 65536; n++) {
        group_outcome("write", n, run_register(0xd5000000 | n << 5));
    }
    for (uint32_t n = 0x4000; n < 65536; n++) {
        group_outcome("read", n, run_register(0xd5200000 | n << 5));
    }
    for (uint32_t n = 0; n < 0x4000; n++) {
        group_outcome("without a register", n, run_register(0xd500001f | n << 5));
    }
    for (uint32_t n = 0; n < 0x300; n++) {
        uint32_t immediate = n >> 8 == 0 ? 0 : n >> 8 == 1 ? 1 : 0xffff;
        group_outcome("exception", n, run_word(0xd4000000 | (n >> 5 & 7) << 21 | immediate << 5 | (n & 31)));
    }
    end_group();
    run_random("words", 100, is_safe, 0, 0);
    run_random("branches and exceptions", 20, is_safe, 0xd4000000, 0x28000000);
    run_random("loads and stores", 100, is_safe, 0x08000000, 0x02000000);
    run_random("floating point", 100, is_safe, 0x0e000000, 0);
}
#elif defined(__riscv)
/*
 * Neither a branch, nor what the emulator is known to do otherwise: Zba, Zbb, Zbc, Zbs, and single precision of numbers
 * that are not of single precision.
 */
static bool is_safe(uint32_t word)
{
    uint32_t opcode = word & 127, sort = word >> 12 & 7, high = word >> 25;
    bool to_register = (opcode & 0x77) == 0x33 && high != 0 && high != 1 && high != 0x20;
    bool shifts = (opcode & 0x77) == 0x13 && (sort & 3) == 1 && (high & 0x5e) != 0;
    bool fused = (opcode & 0x73) == 0x43, single = (high & 3) == 0 || high >> 1 == 0x10;
    return (word & 3) == 3 && (word & 0x63) != 0x63 && !to_register && !shifts &&
           !(single && (fused || opcode == 0x53));
}

static void run_all(void)
{
    for (uint32_t n = 0; n < 4096; n++) {
        group_outcome("read", n, run_word(n << 20 | 0x2573));
    }
    for (uint32_t n = 0; n < 4096; n++) {
        group_outcome("write", n, run_word(n << 20 | 0x51073));
    }
    for (uint32_t n = 0; n < 4096; n++) {
        group_outcome("set nothing", n, run_word(n << 20 | 0x2073));
    }
    for (uint32_t n = 0; n < 4096; n++) {
        group_outcome("system", n, run_word(n << 20 | 0x73));
    }
    for (uint32_t n = 0; n < 4096; n++) {
        group_outcome("system 4", n, run_word(n << 20 | 0x54573));
    }
    for (uint32_t n = 0; n < 65536; n++) {
        bool is_jump = (n & 0xe003) == 0xa001 || (n & 0xc003) == 0xc001;
        if ((n & 3) != 3 && !is_jump) {
            add_to_digest(&digest, (uint8_t)run_word(n).letter);
            add_registers();
        }
        if (n % 256 == 255) {
            put_digest("half", n - 255);
        }
    }
    for (uint32_t n = 0; n < 32768; n++) {
        uint32_t word = (n >> 10) << 2 | 3 | 11 << 7 | (n >> 7 & 7) << 12 | 10 << 15 | 12 << 20 | (n & 127) << 25;
        group_outcome("word", n, run_word(word));
    }
    end_group();
    run_random("words", 100, is_safe, 3, 0);
    run_random("floating point", 100, is_safe, 0x53, 0x2c);
    run_random("atomics", 50, is_safe, 0x2f, 0x50);
}
#else
/* The opcode with each of eight registers as its first operand, and with memory in place of the second. */
static void run_opcode(const uint8_t *bytes, unsigned size, unsigned opcode, char outcome[17])
{
    volatile uint8_t *code = (volatile uint8_t *)CODE;
    for (unsigned form = 0; form < 16; form++) {
        for (unsigned i = 0; i < size; i++) {
            code[i] = bytes[i];
        }
        code[size] = (uint8_t)opcode;
        code[size + 1] = (uint8_t)((form < 8 ? 0xc0 : 0) | (form & 7) << 3 | 1);
        bool aborts = opcode == 0xff && (form == 3 || form == 5); /* the emulator, in the one-byte map */
        outcome[form] = aborts ? '-' : run().letter;
        add_registers();
        for (unsigned i = 0; i < 8; i++) {
            code[i] = 0xf4;
        }
    }
    outcome[16] = 0;
}

static bool same(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++, b++;
    }
    return *a == *b;
}

struct group {
    unsigned first, last;
    char outcome[17];
    uint64_t digest; /* of registers */
};

static void put_group(const uint8_t *bytes, unsigned size, const struct group *g)
{
    for (unsigned i = 0; i < size; i++) {
        put_number(bytes[i]);
        put(' ');
    }
    put_number(g->first);
    if (g->last != g->first) {
        put('-');
        put_number(g->last);
    }
    puts_(": ");
    puts_(g->outcome);
    put(' ');
    put_number(g->digest & 0xffffffff);
    put('\n');
}

static bool is_left_out(unsigned maps, unsigned opcode)
{
    if (maps == 0) {
        return opcode == 0x0f || (opcode & 0xe7) == 0x26 || (opcode >= 0x40 && opcode <= 0x4f) ||
               (opcode >= 0x64 && opcode <= 0x67) || opcode == 0xf0 || opcode == 0xf2 || opcode == 0xf3;
    }
    if (maps == 1) {
        /* counters, random numbers, identity */
        return opcode == 0x38 || opcode == 0x3a || opcode == 0x31 || opcode == 0xa2 || opcode == 0xc7 || opcode == 1;
    }
    return false;
}

static void run_map(const uint8_t *bytes, unsigned size, unsigned maps)
{
    struct group group = {.outcome = ""};
    for (unsigned opcode = 0; opcode < 256; opcode++) {
        if (is_left_out(maps, opcode)) {
            continue;
        }
        struct group one = {.first = opcode, .last = opcode};
        digest = group.digest;
        run_opcode(bytes, size, opcode, one.outcome);
        if (!same(one.outcome, group.outcome)) {
            if (group.outcome[0]) {
                put_group(bytes, size, &group);
            }
            digest = 0;
            run_opcode(bytes, size, opcode, one.outcome);
            group = one;
        }
        group.last = opcode;
        group.digest = digest;
    }
    put_group(bytes, size, &group);
}

static void run_all(void)
{
    static const uint8_t prefixes[] = {0, 0x66, 0xf3, 0xf2, 0x48, 0x67};
    static const uint8_t maps[][2] = {{0}, {0x0f}, {0x0f, 0x38}, {0x0f, 0x3a}};
    for (unsigned p = 0; p < sizeof(prefixes); p++) {
        for (unsigned m = 0; m < 4; m++) {
            uint8_t bytes[4];
            unsigned size = 0;
            if (prefixes[p]) {
                bytes[size++] = prefixes[p];
            }
            for (unsigned i = 0; i < 2 && maps[m][i]; i++) {
                bytes[size++] = maps[m][i];
            }
            run_map(bytes, size, m);
        }
    }
}
#endif

void root_main(void)
{
    make_objects();
    run_all();
}
