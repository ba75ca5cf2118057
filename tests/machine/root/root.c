/* SPDX-License-Identifier: BSD-2-Clause */
#include "root.h"

struct bootinfo *info;
uint64_t *ipc, base, untyped, device, nbsend_dest;

enum { STACK = 8192, THREADS = 8 };
static _Alignas(16) uint8_t stacks[THREADS][STACK];
static _Alignas(4096) uint8_t buffers[THREADS][4096];
static unsigned num_threads;
uint64_t *newest_buffer;

void *memset(void *, int, unsigned long);
void *memset(void *to, int c, unsigned long n)
{
    for (volatile unsigned char *p = to; n > 0; n--) {
        *p++ = (unsigned char)c;
    }
    return to;
}

#if defined(__aarch64__)
struct answer trap(int64_t number, uint64_t cap, uint64_t tag, uint64_t reply)
{
    register uint64_t x0 __asm__("x0") = cap;
    register uint64_t x1 __asm__("x1") = tag;
    register uint64_t x2 __asm__("x2") = ipc[1];
    register uint64_t x3 __asm__("x3") = ipc[2];
    register uint64_t x4 __asm__("x4") = ipc[3];
    register uint64_t x5 __asm__("x5") = ipc[4];
    register uint64_t x6 __asm__("x6") = reply;
    register int64_t x7 __asm__("x7") = number;
    register uint64_t x8 __asm__("x8") = nbsend_dest;
    __asm__ volatile("svc #0"
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5)
                     : "r"(x6), "r"(x7), "r"(x8)
                     : "memory");
    ipc[1] = x2, ipc[2] = x3, ipc[3] = x4, ipc[4] = x5;
    return (struct answer){x0, x1};
}
#elif defined(__riscv)
struct answer trap(int64_t number, uint64_t cap, uint64_t tag, uint64_t reply)
{
    register uint64_t a0 __asm__("a0") = cap;
    register uint64_t a1 __asm__("a1") = tag;
    register uint64_t a2 __asm__("a2") = ipc[1];
    register uint64_t a3 __asm__("a3") = ipc[2];
    register uint64_t a4 __asm__("a4") = ipc[3];
    register uint64_t a5 __asm__("a5") = ipc[4];
    register uint64_t a6 __asm__("a6") = reply;
    register int64_t a7 __asm__("a7") = number;
    register uint64_t t0 __asm__("t0") = nbsend_dest;
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5)
                     : "r"(a6), "r"(a7), "r"(t0)
                     : "memory");
    ipc[1] = a2, ipc[2] = a3, ipc[3] = a4, ipc[4] = a5;
    return (struct answer){a0, a1};
}
#else
struct answer trap(int64_t number, uint64_t cap, uint64_t tag, uint64_t reply)
{
    register uint64_t r10 __asm__("r10") = ipc[1];
    register uint64_t r8 __asm__("r8") = ipc[2];
    register uint64_t r9 __asm__("r9") = ipc[3];
    register uint64_t r15 __asm__("r15") = ipc[4];
    register uint64_t r12 __asm__("r12") = reply;
    register uint64_t r13 __asm__("r13") = nbsend_dest;
#if SEL4_SYSENTER
    __asm__ volatile("movq %%rsp, %%rcx; leaq 1f(%%rip), %%rdx; 1: sysenter"
                     : "+D"(cap), "+S"(tag), "+r"(r10), "+r"(r8), "+r"(r9), "+r"(r15)
                     : "a"(number), "r"(r12), "r"(r13)
                     : "rcx", "rdx", "memory");
#else
    __asm__ volatile("movq %%rsp, %%rbx; syscall; movq %%rbx, %%rsp"
                     : "+D"(cap), "+S"(tag), "+r"(r10), "+r"(r8), "+r"(r9), "+r"(r15)
                     : "d"(number), "r"(r12), "r"(r13)
                     : "rbx", "rcx", "r11", "memory");
#endif
    ipc[1] = r10, ipc[2] = r8, ipc[3] = r9, ipc[4] = r15;
    return (struct answer){cap, tag};
}
#endif

uint64_t call(uint64_t cap, uint64_t label, unsigned words, const uint64_t *word, unsigned caps, const uint64_t *cptr)
{
    for (unsigned i = 0; i < words; i++) {
        ipc[1 + i] = word[i];
    }
    for (unsigned i = 0; i < caps; i++) {
        ipc[122 + i] = cptr[i];
    }
    return trap(SEL4_SYS_CALL, cap, label << 12 | caps << 7 | words, 0).info >> 12;
}

/* Printing must not disturb a message. */
void put(char c)
{
    uint64_t saved[4] = {ipc[1], ipc[2], ipc[3], ipc[4]};
    trap(SEL4_SYS_DEBUG_PUTCHAR, (uint64_t)c, 0, 0);
    for (unsigned i = 0; i < 4; i++) {
        ipc[1 + i] = saved[i];
    }
}

void puts_(const char *s)
{
    while (*s) {
        put(*s++);
    }
}

void put_number(uint64_t n)
{
    if (n >= 16) {
        put_number(n / 16);
    }
    put("0123456789abcdef"[n % 16]);
}

void value(const char *name, uint64_t n)
{
    puts_(name);
    puts_(": ");
    put_number(n);
    put('\n');
}

void put_error(uint64_t error, const uint64_t detail[3], char separator)
{
    static const unsigned char words[] = {0, 1, 1, 0, 2, 0, 3, 0, 0, 0, 1};
    put_number(error);
    for (unsigned i = 0; error < sizeof(words) && i < words[error]; i++) {
        /* an invalid root has no word behind its kind */
        if (error == FAILED_LOOKUP && i == 2 && detail[1] == 1) {
            break;
        }
        put(separator);
        put_number(detail[i]);
    }
}

void check(const char *name, uint64_t error)
{
    uint64_t detail[3] = {ipc[1], ipc[2], ipc[3]};
    puts_(name);
    puts_(": ");
    put_error(error, detail, ' ');
    put('\n');
}

void finish(void)
{
    puts_("END\n");
    trap(SEL4_SYS_DEBUG_HALT, 0, 0, 0);
    for (;;)
        ;
}

uint64_t retype(uint64_t from, uint64_t type, uint64_t size, uint64_t slot, uint64_t count)
{
    return call(from, SEL4_LABEL_UNTYPED_RETYPE, WORDS(type, size, 0, 0, slot, count), WORDS(CNODE));
}

uint64_t copy(uint64_t dest, uint64_t source, uint64_t rights)
{
    return call(CNODE, SEL4_LABEL_CNODE_COPY, WORDS(dest, 64, source, 64, rights), WORDS(CNODE));
}

uint64_t mint(uint64_t dest, uint64_t source, uint64_t rights, uint64_t badge)
{
    return call(CNODE, SEL4_LABEL_CNODE_MINT, WORDS(dest, 64, source, 64, rights, badge), WORDS(CNODE));
}

uint64_t delete(uint64_t slot)
{
    return call(CNODE, SEL4_LABEL_CNODE_DELETE, WORDS(slot, 64), NONE);
}

uint64_t revoke(uint64_t slot)
{
    return call(CNODE, SEL4_LABEL_CNODE_REVOKE, WORDS(slot, 64), NONE);
}

uint64_t map_page(uint64_t frame, uint64_t vspace, uint64_t vaddr, uint64_t rights)
{
#if defined(__aarch64__)
    uint64_t attributes = SEL4_VM_CACHEABLE;
#else
    uint64_t attributes = 0;
#endif
    return call(frame, SEL4_LABEL_PAGE_MAP, WORDS(vaddr, rights, attributes), WORDS(vspace));
}

uint64_t spare_slot(void)
{
    static uint64_t used = 1024;
    return base + used++;
}

static void add_table(uint64_t vspace, uint64_t vaddr)
{
    static const uint64_t kinds[][2] = {
#if defined(__x86_64__)
        {SEL4_TYPE_PDPT, SEL4_LABEL_PDPT_MAP},
        {SEL4_TYPE_PAGE_DIRECTORY, SEL4_LABEL_PAGE_DIRECTORY_MAP},
#endif
        {SEL4_TYPE_PAGE_TABLE, SEL4_LABEL_PAGE_TABLE_MAP},
    };
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        uint64_t slot = spare_slot();
        retype(untyped, kinds[i][0], 0, slot, 1);
        if (call(slot, kinds[i][1], WORDS(vaddr, 0), WORDS(vspace)) == 0) {
            return;
        }
    }
}

void map_with_tables(uint64_t frame, uint64_t vspace, uint64_t vaddr, uint64_t rights, uint64_t attributes)
{
    uint64_t error = FAILED_LOOKUP;
    for (unsigned i = 0; i < 4 && error == FAILED_LOOKUP; i++) {
        error = call(frame, SEL4_LABEL_PAGE_MAP, WORDS(vaddr, rights, attributes), WORDS(vspace));
        if (error == FAILED_LOOKUP) {
            add_table(vspace, vaddr);
        }
    }
    if (error) {
        value("mapping failed", vaddr);
    }
}

uint64_t frame_of(const void *address)
{
    uint64_t image = info->ipc_buffer - 4096 * (info->image_frames.end - info->image_frames.start);
    return info->image_frames.start + ((uint64_t)address - image) / 4096;
}

uint64_t thread_start(uint64_t tcb, uint64_t sc, uint64_t priority, void (*code)(void), uint64_t fault)
{
    unsigned n = num_threads++ % THREADS;
    newest_buffer = (uint64_t *)buffers[n];
    uint64_t frame = frame_of(buffers[n]), error = 0;
    uint64_t registers[SEL4_REGISTERS + 2] = {1, SEL4_REGISTERS};
    uint64_t sp = (uint64_t)&stacks[n][STACK] - 16;
#if defined(__x86_64__)
    sp -= 8;
    registers[2 + SEL4_REGISTER_RSP] = sp;
    registers[2 + SEL4_REGISTER_RIP] = (uint64_t)code;
#else
    registers[2 + SEL4_REGISTER_SP] = sp;
    registers[2 + SEL4_REGISTER_PC] = (uint64_t)code;
#endif
#if defined(__riscv)
    uint64_t gp;
    __asm__("mv %0, gp" : "=r"(gp));
    registers[2 + SEL4_REGISTER_GP] = gp;
#endif
#if SEL4_MCS
    error |= call(tcb, SEL4_LABEL_TCB_CONFIGURE, WORDS(0, 0, (uint64_t)buffers[n]), WORDS(CNODE, VSPACE, frame));
    error |= call(tcb, SEL4_LABEL_TCB_SET_SCHED_PARAMS, WORDS(priority, priority), WORDS(TCB, sc, fault));
#else
    (void)sc;
    error |= call(tcb, SEL4_LABEL_TCB_CONFIGURE, WORDS(fault, 0, 0, (uint64_t)buffers[n]), WORDS(CNODE, VSPACE, frame));
    error |= call(tcb, SEL4_LABEL_TCB_SET_SCHED_PARAMS, WORDS(priority, priority), WORDS(TCB));
#endif
    error |= call(tcb, SEL4_LABEL_TCB_WRITE_REGISTERS, SEL4_REGISTERS + 2, registers, NONE);
    return error;
}

uint64_t tag(uint64_t label, unsigned caps, unsigned words)
{
    return label << 12 | caps << 7 | words;
}

struct answer receive(uint64_t endpoint, uint64_t reply)
{
    return trap(SEL4_SYS_RECV, endpoint, 0, reply);
}

struct answer wait_for(uint64_t notification)
{
#if SEL4_MCS
    return trap(SEL4_SYS_WAIT, notification, 0, 0);
#else
    return trap(SEL4_SYS_RECV, notification, 0, 0);
#endif
}

struct answer poll(uint64_t object)
{
#if SEL4_MCS
    return trap(SEL4_SYS_NBWAIT, object, 0, 0);
#else
    return trap(SEL4_SYS_NBRECV, object, 0, 0);
#endif
}

void answer(uint64_t reply, uint64_t label, unsigned words)
{
#if SEL4_MCS
    trap(SEL4_SYS_SEND, reply, tag(label, 0, words), 0);
#else
    (void)reply;
    trap(SEL4_SYS_REPLY, 0, tag(label, 0, words), 0);
#endif
}

void print_message(const char *name, struct answer a)
{
    uint64_t words[4] = {ipc[1], ipc[2], ipc[3], ipc[4]};
    puts_(name);
    puts_(": badge ");
    put_number(a.badge);
    puts_(" tag ");
    put_number(a.info);
    for (unsigned i = 0; i < (a.info & 127) && i < 4; i++) {
        put(' ');
        put_number(words[i]);
    }
    put('\n');
}

void let_others_run(void)
{
    for (unsigned priority = 10;; priority = 255) {
        ipc[1] = priority;
        ipc[122] = TCB;
        trap(SEL4_SYS_CALL, TCB, tag(SEL4_LABEL_TCB_SET_PRIORITY, 1, 1), 0);
        if (priority == 255) {
            return;
        }
    }
}

uint64_t draw_number(uint64_t *state, uint64_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return below ? (*state >> 11) % below : *state;
}

void add_to_digest(uint64_t *digest, uint64_t word)
{
    *digest = (*digest ^ word) * UINT64_C(0x100000001b3);
    *digest ^= *digest >> 29;
}

static void find_untypeds(void)
{
    const uint64_t *words = (const uint64_t *)info;
    const uint64_t *region = words + (SEL4_MCS ? 21 : 19);
    for (uint64_t i = 0; i < region[1] - region[0]; i++) {
        uint64_t bits = region[3 + 2 * i] & 0xff, is_device = region[3 + 2 * i] >> 8 & 0xff;
        if (!is_device && bits >= 23 && !untyped) {
            untyped = region[0] + i;
        }
        if (is_device && bits >= 12 && bits <= 24 && !device) {
            device = region[0] + i;
        }
    }
}

void root_start(struct bootinfo *);
void root_start(struct bootinfo *bootinfo)
{
    info = bootinfo;
    ipc = (uint64_t *)bootinfo->ipc_buffer;
    base = bootinfo->empty.start;
    find_untypeds();
    root_main();
    finish();
}
