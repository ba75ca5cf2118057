/* SPDX-License-Identifier: BSD-2-Clause */
/* x86-64: every class of instruction that is privileged or special, and every class of fault. */
    .macro END
    ud2
    .endm
#include "snippet.S"

    /* for a far jump or call by way of -32(%rsp), and for IRETQ, both to the label 1 */
    .macro far_pointer selector
    lea 1f(%rip), %rax
    mov %rax, -32(%rsp)
    movq $\selector, -24(%rsp)
    .endm
    .macro frame code=0x2b, stack=0x33, flags=0
    mov %rsp, %rcx
    push $\stack
    push %rcx
    pushfq
    orl $\flags, (%rsp)
    push $\code
    lea 1f(%rip), %rax
    push %rax
    .endm

    .macro single register, number
    mov $\number, %eax
    movd %eax, \register
    .endm
    .macro double register, number
    mov $\number, %eax
    cvtsi2sd %eax, \register
    .endm
    .macro set_mxcsr value
    movl $\value, -8(%rsp)
    ldmxcsr -8(%rsp)
    .endm
    .macro mxcsr
    stmxcsr -8(%rsp)
    mov -8(%rsp), %eax
    .endm
    /* of x87 */
    .macro set_control value
    movw $\value, -8(%rsp)
    fldcw -8(%rsp)
    .endm
    .macro status
    fnstsw %ax
    movzwl %ax, %eax
    .endm
    .macro result
    fstpl -8(%rsp)
    mov -8(%rsp), %rcx
    .endm

    heading "Control and debug registers"
    .irp register, cr0, cr2, cr3, cr4, cr8
    try "mov %\register, %rax"
    try "mov %rax, %\register"
    .endr
    try ".byte 0x0f, 0x20, 0xc8"
    try ".byte 0x0f, 0x20, 0xe8"
    try ".byte 0x0f, 0x22, 0xf8"
    .irp register, dr0, dr1, dr2, dr3, dr4, dr5, dr6, dr7
    try "mov %\register, %rax"
    try "mov %rax, %\register"
    .endr
    try ".byte 0x44, 0x0f, 0x21, 0xc0"
    try "clts"
    try "lmsw %ax"

    heading "Model-specific registers"
    .irp number, 0, 0x10, 0x1b, 0x174, 0x176, 0x1d9, 0x277, 0x6e0, 0x802, 0xc0000080, 0xc0000081, 0xc0000082, \
        0xc0000084, 0xc0000100, 0xc0000101, 0xc0000102, 0xc0000103, 0xffffffff
    try "mov $\number, %ecx; rdmsr"
    try "mov $\number, %ecx; xor %edx, %edx; wrmsr"
    .endr

    heading "Tables and tasks"
    .irp code, "lgdt -16(%rsp)", "lidt -16(%rsp)", "lldt %ax", "ltr %ax", "lldt -16(%rsp)"
    try "\code"
    .endr
    .irp code, "sgdt -16(%rsp)", "sidt -16(%rsp)", "str %rax", "sldt %rax", "smsw %rax", "str -16(%rsp)", \
        "smsw -16(%rsp)"
    try "\code"
    .endr
    get "xor %eax, %eax; str %ax"
    get "xor %eax, %eax; sldt %ax"
    get "sgdt -16(%rsp); movzwl -16(%rsp), %eax"
    get "sidt -16(%rsp); movzwl -16(%rsp), %eax"
    try_at hole, "lgdt (%rdi)"
    try_at hole, "sgdt (%rdi)"
    try_at read_only, "sidt (%rdi)"
    .irp selector, 0, 3, 0x08, 0x10, 0x1b, 0x23, 0x2b, 0x33, 0x3b, 0x43, 0x4b, 0x53, 0x0c, 0xffff
    get "mov $\selector, %eax; mov $0x77, %ecx; lar %eax, %ecx"
    get "mov $\selector, %eax; mov $0x77, %ecx; lsl %eax, %ecx"
    get "mov $\selector, %eax; verr %ax; sete %cl; verw %ax; sete %dl"
    .endr

    heading "Interrupts and waiting"
    .irp code, cli, sti, hlt, "monitor", "mwait", pause, nop, "invd", "wbinvd", "invlpg (%rdi)", \
        "lfence; mfence; sfence", "clflush (%rsp)", "prefetcht0 (%rdi)", "prefetchw (%rdi)"
    try "\code"
    .endr
    try_at hole, "clflush (%rdi)"
    try_at hole, "prefetcht0 (%rdi); prefetchnta (%rdi)"
    try_at 0x8000000000000000, "prefetcht0 (%rdi)"
    try_at 0x8000000000000000, "clflush (%rdi)"
    get "pushfq; pop %rax"
    get "pushfq; orl $0x3000, (%rsp); popfq; pushfq; pop %rax"
    get "pushfq; orl $0x200, (%rsp); popfq; pushfq; pop %rax"
    get "pushfq; andl $0xfffffdff, (%rsp); popfq; pushfq; pop %rax"
    get "pushfq; orl $0x4000, (%rsp); popfq; pushfq; pop %rax"
    get "pushfq; orl $0x10000, (%rsp); popfq; pushfq; pop %rax"
    get "pushfq; orl $0x20000, (%rsp); popfq; pushfq; pop %rax"
    get "pushfq; orl $0x180000, (%rsp); popfq; pushfq; pop %rax"
    get "pushfq; orl $0x200000, (%rsp); popfq; pushfq; pop %rax"
    get "std; pushfq; pop %rax"
    get "xor %eax, %eax; cpuid; xor %eax, %eax; xor %ebx, %ebx; xor %ecx, %ecx; xor %edx, %edx"
    get "stc; cmc; lahf"

    heading "Ports"
    .irp port, 0x60, 0x70, 0x80
    try "in $\port, %al"
    try "out %al, $\port"
    try "mov $\port, %edx; in (%dx), %eax"
    try "mov $\port, %edx; out %ax, (%dx)"
    .endr
    try "mov $0x70, %edx; lea -16(%rsp), %rdi; insb"
    try "mov $0x70, %edx; lea -16(%rsp), %rsi; outsb"
    try "mov $0x70, %edx; lea -16(%rsp), %rsi; mov $2, %ecx; rep outsl"
    try "mov $0xcf8, %edx; in (%dx), %eax"

    heading "Counters, identity and extended state"
    try "rdtsc"
    get "rdtscp"
    .irp number, 0, 1, 0x40000000, 0xffffffff
    try "mov $\number, %ecx; rdpmc"
    .endr
    try "cpuid"
    get "xor %ecx, %ecx; xgetbv"
    try "mov $1, %ecx; xgetbv"
    try "mov $7, %ecx; xgetbv"
    try "xor %ecx, %ecx; mov $3, %eax; xor %edx, %edx; xsetbv"
    try "lea -0x800(%rsp), %rdi; and $-64, %rdi; mov $3, %eax; xor %edx, %edx; xsave (%rdi)"
    try "lea -0x800(%rsp), %rdi; fxsave (%rdi)"
    try "lea -0x801(%rsp), %rdi; fxsave (%rdi)"
    try "lea -0x801(%rsp), %rdi; xsave (%rdi)"
    try "rdrand %rax"
    try "rdseed %rax"
    try "rdpid %rax"
    try "vzeroupper"
    try "vpxor %xmm0, %xmm0, %xmm0"
    try "vpaddd %ymm0, %ymm0, %ymm0"
    get "movbe -8(%rsp), %eax"
    get "popcnt %rdi, %rax; crc32q %rdi, %rcx"
    get "lzcnt %rdi, %rax"
    try "pxor %xmm0, %xmm0; aesenc %xmm0, %xmm0"
    try "pclmulqdq $0, %xmm0, %xmm0"
    try "andn %rdi, %rsi, %rax"
    try "xbegin . + 6"
    try "xend"
    try "xtest"
    try "endbr64"
    try "rdpkru"
    try "clac"
    try "stac"

    heading "Bases of FS and GS"
    .irp segment, fs, gs
    get "rd\segment\()base %rax"
    get "mov $0x3000000000, %rax; wr\segment\()base %rax; rd\segment\()base %rcx"
    get "mov $0x3000000000, %rax; wr\segment\()base %rax; mov %\segment:8, %rcx"
    try "mov $0x8000000000000000, %rax; wr\segment\()base %rax"
    try "mov $0x800000000000, %rax; wr\segment\()base %rax"
    get "wr\segment\()base %edi"
    try "mov %\segment:0, %rax"
    try "mov %rax, %\segment:8"
    .endr
    try "swapgs"

    heading "System calls by other names"
    try "syscall"
    try "mov $100, %edx; syscall"
    try "mov $-100, %rdx; syscall"
    try "mov $0xfffffff0, %edx; syscall"
    try "mov $100, %edx; lea 1f(%rip), %rcx; 1: syscall"
    try "mov $100, %edx; sub $16, %rsp; mov $5, %r11d; syscall"
    try "sysenter"
    try "mov $100, %eax; mov %rsp, %rcx; lea 1f(%rip), %rdx; 1: sysenter"
    try "mov $-100, %rax; mov %rsp, %rcx; lea 1f(%rip), %rdx; 1: sysenter"
    try "sysretl"
    try "sysretq"
    try "sysexitl"
    try "sysexitq"
    try "vmcall"
    try "vmlaunch"
    try "vmxoff"
    try ".byte 0x0f, 0x01, 0xd9"
    try "getsec"
    try "rsm"

    heading "Software interrupts"
    try "int3"
    try ".byte 0xcd, 3"
    try ".byte 0xf1"
    try ".byte 0xce"
    .irp vector, 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 28, 29, 30, 31, 0x20, \
        0x21, 0x2f, 0x30, 0x40, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x90, 0x9e, 0x9f, 0xa0, 0xc0, 0xfd, 0xfe, 0xff
    try "int $\vector"
    .endr
    try "mov $-1, %rax; int $0x80"
    try "mov $0x1234567890, %rax; int $0x80"
    get "nop; nop"

    heading "Undefined encodings"
    .irp bytes, "0x0f, 0x0b", "0x0f, 0xb9, 0xc0", "0x0f, 0xff, 0xc0", "0x06", "0x07", "0x0e", "0x16", "0x17", "0x1e", \
        "0x1f", "0x27", "0x2f", "0x37", "0x3f", "0x60", "0x61", "0x82, 0xc0, 0", "0x9a, 0, 0, 0, 0, 0, 0", \
        "0xea, 0, 0, 0, 0, 0, 0", "0xd4, 10", "0xd5, 10", "0xd6", "0x62, 0, 0", "0xc4, 0, 0", "0xc5, 0, 0", \
        "0x0f, 0x04", "0x0f, 0x0a", "0x0f, 0x0c", "0x0f, 0x24, 0xc0", "0x0f, 0x26, 0xc0", "0x0f, 0x36", "0x0f, 0x39", \
        "0x0f, 0x3b", "0x0f, 0x7a, 0xc0", "0x0f, 0xa6, 0xc0", "0x0f, 0xa7, 0xc0", "0x0f, 0x38, 0xff, 0xc0", \
        "0x0f, 0x3a, 0xff, 0xc0, 0", "0x0f, 0xc7, 0xc0", "0x0f, 0x01, 0xc8 | 7", "0x0f, 0x01, 0xef", \
        "0x0f, 0x00, 0xf0", "0x8c, 0xf0", "0x8e, 0xc8", "0x8e, 0xf8", "0xfe, 0xd0", "0xfe, 0xf8", "0xff, 0xf8", \
        "0xff, 0xd8 | 0xe0", "0xc6, 0xc8, 0", "0xc7, 0xc8, 0, 0, 0, 0", "0x8f, 0xc8", "0xdb, 0xf8", "0xd9, 0xd1", \
        "0xdf, 0xf8", "0xf3, 0x0f, 0xff, 0", "0x8d, 0xc0", "0x62, 0xf1, 0xff, 0"
    try ".byte \bytes"
    .endr
    try ".byte 0xf0, 0x90"
    try ".byte 0xf0, 0x48, 0x89, 0x07"
    try ".byte 0xf0, 0x01, 0xc0"
    try ".byte 0xf0, 0xcc"
    try ".fill 15, 1, 0x66; nop"
    try ".fill 14, 1, 0x66; nop"
    try ".fill 20, 1, 0x2e; nop"

    heading "Arithmetic"
    try "xor %ecx, %ecx; div %ecx"
    try "xor %ecx, %ecx; idivq %rcx"
    try "mov $1, %ecx; mov $2, %edx; divl %ecx"
    try "mov $1, %eax; shl $63, %rax; cqto; mov $-1, %rcx; idiv %rcx"
    try_at hole, "divq (%rdi)"
    try "mov $0x7f, %al; add $1, %al; .byte 0xce"
    get "mov $0x7f, %al; add $1, %al; pushfq; pop %rax"

    heading "Segments"
    .irp segment, ds, es, fs, gs, ss
    .irp selector, 0, 1, 3, 0x08, 0x0b, 0x10, 0x13, 0x18, 0x1b, 0x20, 0x23, 0x28, 0x2b, 0x30, 0x33, 0x38, 0x3b, 0x40, \
        0x43, 0x48, 0x4b, 0x07, 0x0f, 0x1000, 0xfffb
    try "mov $\selector, %eax; mov %eax, %\segment"
    .endr
    .endr
    .irp segment, cs, ds, es, fs, gs, ss
    get "xor %eax, %eax; mov %\segment, %eax"
    .endr
    get "mov %fs, %eax; mov %eax, %fs; rdfsbase %rcx"
    get "xor %eax, %eax; mov %eax, %gs; mov %gs, %eax"
    try "push $0x10; pop %fs"
    try "push $0; pop %gs"
    try "movl $0, -16(%rsp); movw $0x8083, -12(%rsp); lfs -16(%rsp), %eax"
    try "movl $0, -16(%rsp); movw $0x10, -12(%rsp); lss -16(%rsp), %eax"
    try_at hole, "mov (%rdi), %es"

    heading "Far transfers and returns"
    .irp selector, 0, 3, 0x08, 0x0b, 0x10, 0x13, 0x1b, 0x23, 0x28, 0x2b, 0x33, 0x3b, 0x43, 0x1003
    try "mov %cs, %eax; pushq $\selector; lea 1f(%rip), %rax; push %rax; lretq; 1: nop"
    try "far_pointer \selector; rex.w ljmp *-32(%rsp); 1: nop"
    try "far_pointer \selector; rex.w lcall *-32(%rsp); 1: nop"
    .endr
    try "mov %cs, %eax; mov %eax, -28(%rsp); lea 1f(%rip), %rax; mov %eax, -32(%rsp); ljmp *-32(%rsp); 1: nop"
    try "mov %cs, %eax; push %rax; lea 1f(%rip), %rax; push %rax; lretq; 1: nop"
    try "frame; iretq; 1: nop"
    try "frame stack=0; iretq; 1: nop"
    try "frame stack=0x13; iretq; 1: nop"
    try "frame stack=0x3b; iretq; 1: nop"
    try "frame code=8; iretq; 1: nop"
    try "frame code=0x33; iretq; 1: nop"
    try "frame flags=0x4000; iretq; 1: nop"
    try "frame flags=0x3000; iretq; 1: nop"
    try "frame flags=0x100; iretq; 1: nop"
    try "mov $0x800000000000, %rcx; mov %cs, %eax; push %rax; push %rcx; lretq"
    try_at 0x8000000000000000, "jmp *%rdi"
    try_at 0x800000000000, "jmp *%rdi"
    try_at 0x800000000000, "call *%rdi"
    try_at 0x800000000000, "push %rdi; ret"
    try_at hole, "jmp *(%rdi)"
    try_at hole, "call *%rdi"

    heading "Single steps and alignment checks"
    try "pushfq; orl $0x100, (%rsp); popfq; nop; nop"
    try "pushfq; orl $0x100, (%rsp); popfq; xor %eax, %eax; nop"
    try "pushfq; orl $0x100, (%rsp); popfq; ud2"
    try "pushfq; orl $0x100, (%rsp); popfq; mov $100, %edx"
    try "pushfq; orl $0x40000, (%rsp); popfq; mov 1(%rsp), %rax"
    try "pushfq; orl $0x40000, (%rsp); popfq; mov %ax, 1(%rsp)"
    try "pushfq; orl $0x40000, (%rsp); popfq; mov 8(%rsp), %rax"
    try "movaps 8(%rsp), %xmm0"
    try "movaps %xmm0, 1(%rsp)"
    try "movups 1(%rsp), %xmm0"
    try "paddd 8(%rsp), %xmm0"


    heading "Floating point"
    get "fnstcw -8(%rsp); movzwl -8(%rsp), %eax"
    get "fnstsw %ax; movzwl %ax, %eax"
    get "stmxcsr -8(%rsp); mov -8(%rsp), %eax"
    get "fninit; fld1; fldpi; fstpl -8(%rsp); mov -8(%rsp), %rax"
    get "movq %rdi, %xmm15; paddq %xmm15, %xmm15; movq %xmm15, %rax"
    try "movw $0x37e, -8(%rsp); fldcw -8(%rsp); fldz; fldz; fdivp; fwait"
    try "movw $0x37b, -8(%rsp); fldcw -8(%rsp); fld1; fldz; fdivrp; fwait"
    try "movw $0x37b, -8(%rsp); fldcw -8(%rsp); fld1; fldz; fdivrp; nop; fld1"
    try "movw $0x37b, -8(%rsp); fldcw -8(%rsp); fld1; fldz; fdivrp; fnstsw %ax"
    try "movl $0x1d80, -8(%rsp); ldmxcsr -8(%rsp); pxor %xmm0, %xmm0; cvtsi2sd %edi, %xmm1; divsd %xmm0, %xmm1"
    try "movl $0x1f00, -8(%rsp); ldmxcsr -8(%rsp); pxor %xmm0, %xmm0; divsd %xmm0, %xmm0"
    try "movl $0x10000, -8(%rsp); ldmxcsr -8(%rsp)"
    get "movl $0xffff, -8(%rsp); ldmxcsr -8(%rsp); stmxcsr -4(%rsp); mov -4(%rsp), %eax"
    try_at hole, "movups (%rdi), %xmm0"
    try_at hole, "fldl (%rdi)"
    try_at read_only, "fnsave (%rdi)"
    without_fpu "nop"
    .irp code, "fninit", "fld1", "fwait", "fnstcw -8(%rsp)", "fnstsw %ax", "pxor %xmm0, %xmm0", "movq %rax, %xmm1", \
        "movups -16(%rsp), %xmm0", "stmxcsr -8(%rsp)", "ldmxcsr -8(%rsp)", "fxsave -0x800(%rsp)", "emms", \
        "pxor %mm0, %mm0", "crc32q %rdi, %rax", "xor %ecx, %ecx; xgetbv", "maskmovdqu %xmm0, %xmm1", \
        "movnti %rax, -8(%rsp)"
    without_fpu "\code"
    .endr

    heading "Atomics"
    get_at page + 8, "mov $5, %eax; lock xadd %rax, (%rdi)"
    get_at page + 16, "xor %eax, %eax; xor %edx, %edx; lock cmpxchg16b (%rdi)"
    try_at page + 8, "lock cmpxchg16b (%rdi)"
    try_at page + 1, "lock incq (%rdi)"
    .irp where, hole, read_only, second + 0xffc, third + 0xffc
    .irp code, "lock xadd %rax, (%rdi)", "lock cmpxchg %rcx, (%rdi)", "xchg %rax, (%rdi)", "lock cmpxchg16b (%rdi)"
    try_at \where, "\code"
    .endr
    .endr
    try_at read_only, "xor %eax, %eax; lock cmpxchg %rcx, (%rdi)"
    try_at read_only, "bt %eax, (%rdi)"
    try_at read_only, "bts %eax, (%rdi)"

    heading "Pages"
    .irp where, hole, hole + 0xff8, read_only, no_rights, write_only, device
    .irp code, "mov (%rdi), %rax", "mov (%rdi), %al", "mov %rax, (%rdi)", "mov %al, (%rdi)", "incl (%rdi)", \
        "movups (%rdi), %xmm0", "movups %xmm0, (%rdi)", "mov %rdi, %rsp; push %rax", "mov %rdi, %rsp; pop %rax", \
        "jmp *%rdi", "stosq", "mov %rdi, %rsi; lodsb"
    try_at \where, "\code"
    .endr
    .endr
    try_at code, "jmp *%rdi"
    try_at no_code, "jmp *%rdi"
    try_at code + 0xfff, "jmp *%rdi"
    try_at page, "movb $0xf4, (%rdi); jmp *%rdi"
    try_at third + 0xfff, "movb $0x90, (%rdi); jmp *%rdi"
    try_at second + 0xfff, "movb $0x90, (%rdi); jmp *%rdi"
    try_at second + 0xfff, "movb $0x0f, (%rdi); jmp *%rdi"
    try_at fourth + 0xffc, "movl $0x25048b48, (%rdi); jmp *%rdi"
    try_at page, "mov $16, %ecx; lea 0x2fc0(%rdi), %rsi; lea 0x1fc0(%rdi), %rdi; rep movsq"

    heading "Across pages"
    .irp where, page + 0xffc, second + 0xffc, hole + 0xffc, third + 0xffc, read_only + 0xffc, no_rights + 0xffc, \
        fourth + 0xffc
    .irp code, "mov (%rdi), %rax", "mov %rax, (%rdi)", "incq (%rdi)", "movups (%rdi), %xmm0", \
        "movups %xmm0, -4(%rdi)", "mov %rdi, %rsp; push %rax", "mov %rdi, %rsp; pop %rax"
    try_at \where, "\code"
    .endr
    .endr
    get_at third + 0xffc, "movq $0x77, -4(%rdi); movq $-1, (%rdi)"
    get_at third + 0xff8, "mov (%rdi), %rax"

    heading "Addresses"
    .irp where, 0, 8, 0xfff, 0x1000, 0x7ffffff8, 0xfffffff8, 0x2000000000, 0x10000000000, 0x7fffffffeff8, \
        0x7ffffffff000, 0x7ffffffffff8, 0x7ffffffffffc, 0x7fffffffffff, 0x800000000000, 0x1000000000000, \
        0x8000000000000000, 0xffff7ffffffffff8, 0xffff800000000000, 0xffff808000000000, 0xffffff8000000000, \
        0xffffffff80000000, 0xffffffff80100000, 0xfffffffffffffff8, 0xffffffffffffffff
    .irp code, "mov (%rdi), %rax", "movb (%rdi), %al", "mov %rax, (%rdi)", "mov %rdi, %rsp; push %rax", \
        "mov %rdi, %rsp; pop %rax", "mov (%rdi, %rbp), %rax", "mov %rdi, %rbp; mov (%rbp), %rax", "lock incl (%rdi)", \
        "movups %xmm0, (%rdi)", "jmp *%rdi"
    try_at \where, "\code"
    .endr
    .endr
    .irp where, top-8, top-4, top-1, top, top + 8
    .irp code, "mov (%rdi), %rax", "mov %rax, (%rdi)", "mov (%rdi), %al", "jmp *%rdi"
    try_at \where, "\code"
    .endr
    .endr
    try_at page, "mov -8(%rdi), %rax"
    try_at 0x800000000000, "mov -8(%rdi), %rax"
    try_at 0x7ffffffffff8, "mov 16(%rdi), %rax"
    try_at 0x800000000000, "mov %rdi, %rsp; call 1f; 1: nop"
    try_at 0x800000000000, "mov %rdi, %rsp; enter $16, $0"
    try_at 0x800000000000, "mov %rdi, %rbp; leave"
    try_at 0x800000000000, "mov %rdi, %rsp; pushfq"
    try_at 0x800000000000, "lea (%rdi), %rax"

    heading "Flags of SSE exceptions"
    get "double %xmm0, 3; double %xmm1, 1; divsd %xmm0, %xmm1; mxcsr"
    get "pxor %xmm0, %xmm0; divsd %xmm0, %xmm0; mxcsr"
    get "double %xmm1, 1; pxor %xmm0, %xmm0; divsd %xmm0, %xmm1; mxcsr"
    get "single %xmm0, 0x7f7fffff; mulss %xmm0, %xmm0; mxcsr"
    get "single %xmm0, 0x00000001; mulss %xmm0, %xmm0; movd %xmm0, %ecx; mxcsr"
    get "single %xmm0, 0x7fc00000; comiss %xmm0, %xmm0; mxcsr; pushfq; pop %rcx"
    get "single %xmm0, 0x4f000000; cvttss2si %xmm0, %ecx; mxcsr"
    get "set_mxcsr 0x9fc0; single %xmm0, 0x00000003; addss %xmm0, %xmm0; movd %xmm0, %ecx; mxcsr"
    get "set_mxcsr 0x7f80; single %xmm0, 0x40490fdb; cvtss2si %xmm0, %ecx; sqrtss %xmm0, %xmm0; movd %xmm0, %edx; mxcsr"
    get "single %xmm0, 0x40490fdb; rsqrtss %xmm0, %xmm1; rcpss %xmm0, %xmm2; movd %xmm1, %ecx; movd %xmm2, %edx"
    get "single %xmm0, 0x7f800001; addss %xmm0, %xmm0; movd %xmm0, %ecx; mxcsr"
    get "single %xmm0, 0x7f800001; single %xmm1, 1; minss %xmm0, %xmm1; movd %xmm1, %edx"
    get "single %xmm0, 0x7f800001; single %xmm1, 1; maxss %xmm1, %xmm0; movd %xmm0, %edx"
    get "single %xmm0, 0x40200000; roundss $0, %xmm0, %xmm1; movd %xmm1, %ecx; mxcsr"
    get "single %xmm0, 0x40200000; roundss $3, %xmm0, %xmm2; movd %xmm2, %edx; mxcsr"
    heading "x87 numbers and flags"
    get "fldpi; fsqrt; status; fninit"
    get "fld1; fldpi; faddp; status"
    get "fldz; fldz; fdivrp; status"
    get "fld1; fldz; fdivrp; status"
    get "fld1; fchs; fsqrt; status"
    get "fld1; fld1; fld1; fld1; fld1; fld1; fld1; fld1; fld1; status; fninit"
    get "fninit; fstpl -8(%rsp); status; mov -8(%rsp), %rcx"
    get "fldpi; fistpl -8(%rsp); status; mov -8(%rsp), %ecx"
    get "movq $-1, -8(%rsp); fildq -8(%rsp); fistps -8(%rsp); status; movzwl -8(%rsp), %ecx"
    get "movl $0x70000000, -8(%rsp); fildl -8(%rsp); fistps -8(%rsp); status; movzwl -8(%rsp), %ecx"
    get "fldz; fxam; status"
    get "fld1; fcom; status"
    get "fldl2e; f2xm1; result"
    get "fldln2; f2xm1; result"
    get "fldpi; fldpi; fyl2x; result"
    get "fldln2; fldln2; fyl2xp1; result"
    get "fldpi; fxtract; fstpl -8(%rsp); fstpl -16(%rsp); mov -16(%rsp), %rcx; mov -8(%rsp), %rdx"
    get "fld1; fldpi; fprem; result; status"
    get "fld1; fldpi; fprem1; result; status"
    get "fld1; fldpi; fscale; result"
    get "fldpi; frndint; result; status"
    get "fldpi; fbstp -16(%rsp); mov -16(%rsp), %rcx; status"
    get "movq $0x7ff0000000000001, %rax; mov %rax, -8(%rsp); fldl -8(%rsp); result; status"
    get "movl $1, -8(%rsp); flds -8(%rsp); status; result"
    get "fldpi; fstps -8(%rsp); status; movl -8(%rsp), %ecx"
    get "set_control 0x27f; fldpi; fld1; fdivp; fstpt -16(%rsp); mov -16(%rsp), %rcx"
    get "set_control 0x7f; fldpi; fld1; fdivp; fstpt -16(%rsp); mov -16(%rsp), %rcx"
    get "fldpi; fnstenv -0x40(%rsp); movzwl -0x38(%rsp), %eax; movzwl -0x3c(%rsp), %ecx"
    get "fldz; fld1; fucomip; pushfq; pop %rax"
    get "fldz; fldz; fdivrp; fld1; fcomip; status; pushfq; pop %rcx"
    get "fldz; fldz; fdivrp; fld1; fucomip; status; pushfq; pop %rcx"
    get "fldpi; fisttpl -8(%rsp); movl -8(%rsp), %ecx; status"
    get "fldpi; fstpt -16(%rsp); movq $0, -16(%rsp); fldt -16(%rsp); fld1; faddp; status; result"
    get "fld1; lea -0x400(%rsp), %rdi; fxsave (%rdi); mov (%rdi), %rax; mov 24(%rdi), %ecx; mov 32(%rdi), %rdx"
    get "fldcw 1f(%rip); fnstcw -8(%rsp); movzwl -8(%rsp), %eax; jmp 2f; 1: .word 0xffff; 2:"
    get "fld1; fdecstp; fincstp; ffree %st(0); fnstenv -0x40(%rsp); movzwl -0x38(%rsp), %eax"
    get "pcmpeqd %mm0, %mm0; movq %mm0, %rax; fnstenv -0x40(%rsp); movzwl -0x38(%rsp), %ecx"
    get "pcmpeqd %mm0, %mm0; emms; fnstenv -0x40(%rsp); movzwl -0x38(%rsp), %edx"
    heading "Integers, strings and stacks"
    get "xor %eax, %eax; mov $77, %ecx; bsf %eax, %ecx; pushfq; pop %rdx"
    get "xor %eax, %eax; mov $77, %rcx; bsr %rax, %rcx"
    get "mov $0x1234, %eax; mov $5, %ecx; rcl $17, %ax; pushfq; pop %rdx"
    get "mov $0x8001, %eax; mov $33, %cl; shl %cl, %eax; pushfq; pop %rdx"
    get "mov $0x8001, %eax; xor %ecx, %ecx; cmp %eax, %eax; shl %cl, %eax; pushfq; pop %rdx"
    get "mov $0x8001, %eax; mov $0x1234, %ecx; shld $20, %cx, %ax; pushfq; pop %rdx"
    get "mov $-1, %eax; mov $-1, %edx; mul %edx; pushfq; pop %rcx"
    get "mov $-3, %eax; imul $7, %eax, %ecx; pushfq; pop %rdx"
    get "mov $0x12345678, %eax; .byte 0x66, 0x0f, 0xc8"
    get "mov $0x12345678, %eax; bswap %eax"
    get "mov $0x1122334455667788, %rax; movl $0x55667788, -8(%rsp); lock cmpxchg %ebx, -8(%rsp); mov -8(%rsp), %ecx"
    get "mov $0x1122334455667788, %rax; mov $0x55667788, %ecx; mov $7, %edx; cmpxchg %edx, %ecx; pushfq; pop %rdx"
    get "mov $0x1122334455667788, %rax; mov $0x55667789, %ecx; mov $7, %edx; cmpxchg %edx, %ecx; pushfq; pop %rdx"
    get "mov $0x1122334455667788, %rax; mov $0x7788, %ecx; mov $7, %edx; cmpxchg %dx, %cx; pushfq; pop %rdx"
    get "mov $0x1122334455667788, %rax; mov %eax, %r9d; mov %r9d, -8(%rsp); cmpxchg %r9d, -8(%rsp); pushfq; pop %rcx"
    try_at read_only, "mov $0x1122334400000000, %rax; mov (%rdi), %ecx; add %rcx, %rax; lock cmpxchg %edx, (%rdi)"
    try_at hole, "mov $0x1122334400000000, %rax; lock cmpxchg %edx, (%rdi)"
    get_at second + 0xffe, "mov $0x1122334400000000, %rax; cmpxchg %edx, (%rdi)"
    get "movq $0, -8(%rsp); xor %eax, %eax; xor %edx, %edx; cmpxchg8b -8(%rsp); pushfq; pop %rcx"
    get "mov $0x1122334400000000, %rax; mov %rax, %rdx; movq $0, -8(%rsp); lock cmpxchg8b -8(%rsp); pushfq; pop %rcx"
    try ".byte 0xf0, 0x0f, 0xb1, 0xd1"
    get "mov $-64, %rax; movq $-1, -16(%rsp); btr %rax, -8(%rsp); mov -16(%rsp), %rcx"
    get "mov $3, %ecx; xor %eax, %eax; 1: inc %eax; loop 1b"
    get "mov $0x100000003, %rcx; xor %eax, %eax; 1: inc %eax; addr32 loop 1b"
    get "mov $0x100000000, %rcx; xor %eax, %eax; jecxz 1f; inc %eax; 1: jrcxz 1f; inc %eax; 1:"
    get "mov $0x100000000, %rcx; lea -64(%rsp), %rdi; mov %rdi, %rdx; addr32 rep stosb; sub %rdx, %rdi"
    get_at second + 0xff0, "mov $4, %ecx; rep stosq"
    try_at second + 0xff0, "mov $4, %ecx; mov %rdi, %rbx; rep stosq"
    try_at second + 0xff0, "mov $4, %ecx; mov %rdi, %rsi; lea -64(%rsp), %rdi; rep movsq"
    try_at third + 8, "std; mov $4, %ecx; rep stosq"
    get "lea 1f(%rip), %rdi; mov %rdi, %rdx; mov $0x90, %al; mov $5, %ecx; repne scasb; sub %rdx, %rdi; 1: nop"
    get "mov $5, %ecx; mov %rsp, %rdi; mov %rsp, %rsi; repe cmpsb; sub %rsp, %rdi; sub %rsp, %rsi; pushfq; pop %rdx"
    get "mov %rsp, %rdx; mov %rsp, %rbp; enter $32, $3; sub %rsp, %rdx; sub %rsp, %rbp; add %rdx, %rsp"
    try_at hole, "mov %rdi, %rsp; add $8, %rsp; enter $16, $0"
    try_at hole, "mov %rdi, %rsp; add $8, %rsp; mov %rsp, %rbp; enter $16, $2"
    try_at third, "mov %rdi, %rsp; enter $0x2000, $0"
    try_at hole, "lea -8(%rdi), %rbp; leave"
    try_at hole, "lea 0x1000(%rdi), %rbp; leave"
    try_at third, "mov %rdi, %rsp; call 1f; 1: nop"
    try_at third, "mov %rdi, %rsp; pushw %ax"
    try_at third + 1, "mov %rdi, %rsp; push %rax"
    get "mov %rsp, %rdx; pushw $5; sub %rsp, %rdx; popw %cx; movzwl %cx, %ecx"
    get "push %rsp; pop %rax"
    get "push $7; pop (%rsp)"
    get "mov $0x80, %al; xlat" 
    get "movabs $0x1122334455667788, %rax; mov %rax, -8(%rsp); movsxd -8(%rsp), %rcx; movsbw -8(%rsp), %dx"
    get "mov $0xff, %eax; add $1, %al; sbb %ecx, %ecx; adc $0, %edx"
    get "mov $0x99, %eax; cbw; cwde; cdqe; cwd; cdq; cqo"
    get "sahf; lahf; movzwl %ax, %eax"
    get "mov $0x1122334455667788, %rax; crc32b %al, %ecx; crc32l %eax, %edx"
    heading "What the processor is"
    get "xor %eax, %eax; cpuid; xor %eax, %eax"
    get "mov $1, %eax; xor %ecx, %ecx; cpuid; and $0x800, %ebx; and $0x182201, %ecx; and $0x78bfbfd, %edx"
    heading "Instructions of other processors"
    try "mov $0x3000002000, %rax; nopw (%rax)"
    try "ud0 %eax, %eax"
    try "ud1 %eax, %eax"
    try "vmovups %xmm0, %xmm1"
    try "vpbroadcastd %xmm0, %ymm1"
    try "bndmk (%rax), %bnd0"
    try "xabort $1"
    try "adcx %rax, %rcx"
    try "mulx %rax, %rcx, %rdx"
    try "tzcnt %rdi, %rax"
    get "mov $8, %edi; xor %eax, %eax; tzcnt %rdi, %rax"
    try "rdsspq %rax"
    try "incsspq %rax"
    try "enclu"
    try "tpause %eax"
    try "umonitor %rax"
    try "clwb (%rsp)"
    try "clflushopt (%rsp)"
    try "cldemote (%rsp)"
    try "wbnoinvd"
    try "invpcid (%rsp), %rax"
    try "movdiri %rax, (%rsp)"
    try "ptwrite %eax"
    try "sha1nexte %xmm0, %xmm1"
    try "gf2p8mulb %xmm0, %xmm1"
    try "pconfig"
    try "rdpru"
    try "monitorx %rax, %rcx, %rdx"
    try "clzero"
    try "vmrun %rax"
    try "stgi"
    try "skinit %eax"
    try "extrq $1, $2, %xmm0"
    try "movntss %xmm0, -8(%rsp)"
    try ".byte 0x0f, 0x0f, 0xc1, 0x9e"
    try "cvtpi2ps %mm0, %xmm0"

    /* In pairs: what the first leaves behind is not seen by the second, which another thread executes,
       but for selectors of segments, which the kernel does not save. */
    heading "What another thread has left"
    try "pcmpeqd %xmm0, %xmm0; pcmpeqd %xmm15, %xmm15"
    get "movq %xmm0, %rax; psrldq $8, %xmm0; movq %xmm0, %rbx; movq %xmm15, %rcx; psrldq $8, %xmm15; movq %xmm15, %rdx"
    try "movl $0x7fc0, -8(%rsp); ldmxcsr -8(%rsp)"
    get "stmxcsr -8(%rsp); mov -8(%rsp), %eax"
    try "movw $0x77f, -8(%rsp); fldcw -8(%rsp); fldpi; fld1; fldz"
    get "fnstcw -8(%rsp); movzwl -8(%rsp), %eax; fnstsw -8(%rsp); movzwl -8(%rsp), %ecx"
    get "fnstenv -0x40(%rsp); mov -0x38(%rsp), %eax"
    try "std; stc; pushfq; orl $0x240000, (%rsp); popfq"
    get "pushfq; pop %rax"
    try "mov $0x3000000000, %rax; wrfsbase %rax; wrgsbase %rax"
    get "rdfsbase %rax; rdgsbase %rcx"
    try "mov $0x2b, %eax; mov %eax, %ds"
    get "xor %eax, %eax; mov %ds, %eax"
    try "mov $0x2b, %eax; mov %eax, %es"
    get "xor %eax, %eax; mov %es, %eax"
    try "mov $0x2b, %eax; mov %eax, %fs"
    get "xor %eax, %eax; mov %fs, %eax"
    try "mov $0x2b, %eax; mov %eax, %gs"
    get "xor %eax, %eax; mov %gs, %eax"
    try "mov $0x3b, %eax; mov %eax, %ss"
    get "xor %eax, %eax; mov %ss, %eax"

    .section .data.snippets, "aw"
    .global snippets_end
snippets_end:
    .section .note.GNU-stack, "", %progbits
