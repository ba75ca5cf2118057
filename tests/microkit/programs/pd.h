/* Contract symbols of a protection domain, and the two system calls that the test programs use. Written for this
 * corpus. */
typedef unsigned long word;
#ifndef ATTR
#define ATTR
#endif
#ifdef FILLED
#define INIT(...) = __VA_ARGS__
#else
#define INIT(...)
#endif
ATTR char microkit_name[64] INIT("ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ");
ATTR unsigned char microkit_passive INIT(0x7f);
ATTR word microkit_irqs INIT(0x1111111111111111);
ATTR word microkit_notifications INIT(0x2222222222222222);
ATTR word microkit_pps INIT(0x3333333333333333);
ATTR word microkit_ioports INIT(0x4444444444444444);

/* debug kernels only: one character to the kernel's console (system call number from the debug MCS kernel, see README)
 */
static inline void out(char c)
{
#if defined(__aarch64__)
    register word x0 asm("x0") = (unsigned char)c, x7 asm("x7") = SYS_PUTCHAR;
    asm volatile("svc #0" : "+r"(x0), "+r"(x7) : : "memory", "x1", "x2", "x3", "x4", "x5", "x6");
#elif defined(__riscv)
    register word a0 asm("a0") = (unsigned char)c, a7 asm("a7") = SYS_PUTCHAR;
    asm volatile("ecall" : "+r"(a0), "+r"(a7) : : "memory", "a1", "a2", "a3", "a4", "a5", "a6");
#else
    word d = (unsigned char)c, n = SYS_PUTCHAR;
    asm volatile("movq %%rsp, %%rbx\n syscall\n movq %%rbx, %%rsp"
                 : "+D"(d), "+d"(n)
                 :
                 : "rsi", "rbx", "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory");
#endif
}
/* wait on the input cap (slot 1) with the reply object (slot 4) */
static inline void wait_input(void)
{
#if defined(__aarch64__)
    register word x0 asm("x0") = 1, x6 asm("x6") = 4, x7 asm("x7") = SYS_RECV, x1 asm("x1") = 0;
    asm volatile("svc #0" : "+r"(x0), "+r"(x1), "+r"(x6), "+r"(x7) : : "memory", "x2", "x3", "x4", "x5");
#elif defined(__riscv)
    register word a0 asm("a0") = 1, a6 asm("a6") = 4, a7 asm("a7") = SYS_RECV, a1 asm("a1") = 0;
    asm volatile("ecall" : "+r"(a0), "+r"(a1), "+r"(a6), "+r"(a7) : : "memory", "a2", "a3", "a4", "a5");
#else
    word d = 1, s = 0, n = SYS_RECV;
    register word r12 asm("r12") = 4;
    asm volatile("movq %%rsp, %%rbx\n syscall\n movq %%rbx, %%rsp"
                 : "+D"(d), "+S"(s), "+d"(n), "+r"(r12)
                 :
                 : "rbx", "rcx", "r8", "r9", "r10", "r11", "r13", "r14", "r15", "memory");
#endif
}
static void say(const char *s, int max)
{
    while (max-- > 0 && *s) {
        out(*s++);
    }
}
static void hex(word v)
{
    for (int i = 60; i >= 0; i -= 4) {
        out("0123456789abcdef"[v >> i & 15]);
    }
}
void start_c(void);
__attribute__((section(".text.start"), noreturn)) void _start(void)
{
    say("<", 1);
    say(microkit_name, 64);
    say("> up\n", 9);
    start_c();
    for (;;) {
        wait_input();
    }
}
