/* SPDX-License-Identifier: BSD-2-Clause */
/* RISC-V: every class of instruction that is privileged or special, and every class of fault. */
    .macro END
    .half 0
    .endm
#include "snippet.S"

    .option arch, +f, +d

    /* CSRs by number: assemblers know them by different names. */
    .macro csr number, name
    record "\name: csrr a0, \number", "csrr a0, \number", no_argument, 0
    record "\name: csrw \number, a0", "csrw \number, a0", no_argument, 0
    record "\name: csrci \number, 0", "csrci \number, 0", no_argument, 0
    .endm

    .macro single register, bits
    li a0, \bits
    fmv.w.x \register, a0
    .endm
    .macro double register, bits
    li a0, \bits
    fmv.d.x \register, a0
    .endm
    .macro number register, value
    li a0, \value
    fcvt.d.w \register, a0
    .endm

    heading "CSRs of supervisor mode"
    csr 0x100, sstatus
    csr 0x102, sedeleg
    csr 0x104, sie
    csr 0x105, stvec
    csr 0x106, scounteren
    csr 0x10a, senvcfg
    csr 0x140, sscratch
    csr 0x141, sepc
    csr 0x142, scause
    csr 0x143, stval
    csr 0x144, sip
    csr 0x14d, stimecmp
    csr 0x180, satp
    csr 0x5a8, scontext
    csr 0x120, scountinhibit
    csr 0x150, siselect
    csr 0x15c, stopei
    csr 0xdb0, stopi

    heading "CSRs of the hypervisor"
    csr 0x200, vsstatus
    csr 0x280, vsatp
    csr 0x600, hstatus
    csr 0x602, hedeleg
    csr 0x603, hideleg
    csr 0x604, hie
    csr 0x605, htimedelta
    csr 0x606, hcounteren
    csr 0x643, htval
    csr 0x680, hgatp
    csr 0xe12, hgeip

    heading "CSRs of machine mode"
    csr 0xf11, mvendorid
    csr 0xf12, marchid
    csr 0xf13, mimpid
    csr 0xf14, mhartid
    csr 0x300, mstatus
    csr 0x301, misa
    csr 0x302, medeleg
    csr 0x303, mideleg
    csr 0x304, mie
    csr 0x305, mtvec
    csr 0x306, mcounteren
    csr 0x30a, menvcfg
    csr 0x320, mcountinhibit
    csr 0x323, mhpmevent3
    csr 0x340, mscratch
    csr 0x341, mepc
    csr 0x342, mcause
    csr 0x343, mtval
    csr 0x344, mip
    csr 0x3a0, pmpcfg0
    csr 0x3b0, pmpaddr0
    csr 0x747, mseccfg
    csr 0xb00, mcycle
    csr 0xb02, minstret
    csr 0xb03, mhpmcounter3
    csr 0x7a0, tselect
    csr 0x7a1, tdata1
    csr 0x7b0, dcsr
    csr 0x7b1, dpc

    heading "CSRs of user mode"
    csr 0x000, ustatus
    csr 0x004, uie
    csr 0x005, utvec
    csr 0x008, vstart
    csr 0x00f, vcsr
    csr 0x011, ssp
    csr 0x015, seed
    csr 0x017, jvt
    csr 0x041, uepc
    csr 0xc00, cycle
    csr 0xc01, time
    csr 0xc02, instret
    csr 0xc03, hpmcounter3
    csr 0xc1f, hpmcounter31
    csr 0xc20, vl
    csr 0xc22, vlenb
    csr 0xc80, cycleh
    csr 0x800, user
    csr 0x8ff, user
    csr 0xcc0, user
    csr 0x4ff, none
    csr 0xfff, none
    get "frcsr a0"
    get "frrm a0"
    get "frflags a0"
    get "li a0, -1; fscsr a0; frcsr a1"
    get "fsrmi a0, 3; frrm a1"
    get "fsflagsi a0, 31; frflags a1"
    get "csrr a0, 3; csrs 2, a0; csrr a1, 1"
    try "rdcycle a0"
    try "rdtime a0"
    try "rdinstret a0"
    get "rdtime a0; rdtime a1; sltu a2, a1, a0; li a0, 0; li a1, 0"

    heading "Exceptions on purpose"
    try "ecall"
    try "li a7, 0; ecall"
    try "li a7, 100; ecall"
    try "li a7, -100; ecall"
    try "li a7, 0xffffffff; ecall"
    try "li a7, 0xfffffff0; ecall"
    try "li a7, 1; slli a7, a7, 63; ecall"
    try "ebreak"
    try "c.ebreak"
    try "slli x0, x0, 31; .option push; .option norvc; ebreak; srai x0, x0, 7; .option pop"
    try ".word 0x00200073"
    try "sret"
    try "mret"
    try ".word 0x7b200073"
    try "dret"
    try "wfi"
    try "sfence.vma"
    try "sfence.vma a0, a1"
    try ".word 0x16b50073"
    try ".word 0x18000073"
    try ".word 0x18100073"
    try ".word 0x22000073"
    try ".word 0x62000073"
    try ".word 0x60054573"
    try ".word 0x6c054573"

    heading "Fences and hints"
    get "fence"
    get "fence rw, w"
    get "fence.tso"
    get "fence.i"
    get ".word 0x0100000f"
    get "nop; c.nop"
    get "addi x0, a0, 5; lui x0, 1"
    get ".word 0x0000100f"
    get ".word 0x1230150f"
    get ".word 0x8330000f"
    get "c.lui a1, 1; .half 0x0085; .half 0x6005"

    heading "Illegal encodings"
    .irp word, 0x00000000, 0xffffffff, 0x0000001b | 0x7000, 0x00007003, 0x00003023 | 0x4000, 0x0000000b, 0x0000002b, \
        0x0000005b, 0x0000007b, 0x00000077, 0x0000006b, 0x40001033, 0x04000033, 0xfe000033, 0x02001013 | 0x80000000, \
        0x0800101b, 0x1000202f | 0x08000000, 0x1010202f | 0x20000000, 0x00001067, 0x00002063, 0x00003063, 0x00004073, \
        0x80000073, 0x10500073 | 0x80, 0x30200073 | 0x80, 0x00000001f, 0x0000003f, 0x0000007f
    try ".word \word"
    .endr
    .irp half, 0x0000, 0x0004, 0x2004 | 0x6000, 0x8000, 0x6101 & 0xef83, 0x6001, 0x4002, 0x6002, 0x8002, 0x9c41, \
        0x9c61, 0x2001, 0x0002
    try ".half \half"
    .endr

    heading "Extensions"
    get "mul a0, a1, a2; mulhu a3, a1, a2; divu a4, a2, a1; remw a5, a2, a1"
    get "li a1, 0; div a2, a0, a1; rem a3, a0, a1; divuw a4, a0, a1"
    get "li a1, -1; li a0, 1; slli a0, a0, 63; div a2, a0, a1; rem a3, a0, a1"
    get ".word 0x60151513"
    get ".word 0x20b52533"
    get ".word 0x0805453b"
    get ".word 0x40b57533"
    get ".word 0x0ab52533"
    get ".word 0x28b51533"
    get ".word 0x0ab51533"
    get ".word 0x6b855513"
    try ".word 0x0d007057"
    try ".word 0x02057007"
    try ".word 0x10851513"
    try ".word 0x30551513"
    try ".word 0x0eb55533"
    try_at page, ".word 0x0000200f | 10 << 15"
    try_at page, ".word 0x0010200f | 10 << 15"
    try_at page, ".word 0x0020200f | 10 << 15"
    get_at page, ".word 0x0040200f | 10 << 15"
    try_at page, ".word 0x00056013"
    try_at page, ".word 0x28b5252f"
    try ".word 0x24a50553"
    try ".word 0x04b57553"

    heading "Floating point"
    get "fcvt.d.l fa0, a0; fadd.d fa0, fa0, fa0; fmv.x.d a0, fa0"
    get "fmv.d.x fa0, x0; fdiv.d fa1, fa0, fa0; fmv.x.d a0, fa1; frflags a1"
    get "li a0, -1; fmv.w.x fa0, a0; fmv.x.d a1, fa0; fclass.s a2, fa0"
    get "fcvt.d.l fa0, a0; fsrmi 5; fadd.d fa0, fa0, fa0; frcsr a1"
    try "fcvt.d.l fa0, a0; fsrmi 5; fadd.d fa0, fa0, fa0, dyn"
    try ".word 0x02a55553"
    try ".word 0x06a57553"
    try_at page, "flw fa0, 0(a0); fsd fa0, 8(a0)"
    try_at hole, "fld fa0, 0(a0)"
    try_at hole, "fsw fa0, 0(a0)"
    without_fpu "nop"
    .irp code, "fmv.d.x fa0, a0", "fmv.x.d a0, fa0", "fadd.s fa0, fa0, fa0", "fld fa0, 0(sp)", "fsw fa0, 0(sp)", \
        "c.fld fa0, 0(a0)", "c.fsdsp fa0, 0(sp)", "frcsr a0", "fscsr a0", "frflags a0", "fsrmi 1", "csrr a0, 2", \
        "fcvt.l.d a0, fa0"
    without_fpu "\code"
    .endr

    heading "Atomics"
    get_at page + 8, "lr.d a1, (a0); sc.d a2, a1, (a0)"
    get_at page + 8, "sc.d a2, a1, (a0)"
    get_at page + 8, "lr.w a1, (a0); sc.w a2, a1, (a0); sc.w a3, a1, (a0)"
    get_at page + 8, "lr.d a1, (a0); addi a3, a0, 8; sc.d a2, a1, (a3)"
    get_at page + 8, "lr.w a1, (a0); sc.d a2, a1, (a0); andi a2, a2, 0"
    get_at page + 16, "li a1, 5; amoadd.d a2, a1, (a0); amoswap.w a3, a1, (a0); amomax.d a4, a1, (a0)"
    .irp where, hole, read_only, no_rights, write_only, page + 1, page + 4, hole + 1, read_only + 1, page + 0xffc, \
        second + 0xffc, 0x4000000000, 0x8000000000000000, -8
    .irp code, "lr.d a1, (a0)", "sc.d a2, a1, (a0)", "amoadd.d a1, a0, (a0)", "lr.w a1, (a0)", "amoswap.w a1, a0, (a0)"
    try_at \where, "\code"
    .endr
    .endr

    heading "Alignment"
    .irp offset, 1, 2, 4, 7
    .irp code, "ld a1, 0(a0)", "lw a1, 0(a0)", "lhu a1, 0(a0)", "sd a1, 0(a0)", "sw a1, 0(a0)", "sh a1, 0(a0)", \
        "fld fa0, 0(a0)", "fsd fa0, 0(a0)", "c.ld a1, 0(a0)"
    try_at page + \offset, "\code"
    .endr
    .endr
    try_at page + 0x101, "mv sp, a0; ld a1, 0(sp)"
    .irp offset, 1, 2, 3
    try_at code + \offset, "jr a0"
    try_at code + \offset, "jalr a1, 0(a0)"
    try_at hole + \offset, "jr a0"
    .endr
    try "lla a0, 1f; jr 2(a0); .option push; .option norvc; 1: lui a0, 0x10; .option pop"

    heading "Pages"
    .irp where, hole, hole + 0xff8, read_only, no_rights, write_only, no_code, device
    .irp code, "ld a1, 0(a0)", "lb a1, 0(a0)", "sd a1, 0(a0)", "sb a1, 0(a0)", "c.sw a1, 0(a0)", "fld fa0, 0(a0)", \
        "jr a0"
    try_at \where, "\code"
    .endr
    .endr
    try_at code, "jr a0"
    try_at page, "jr a0"
    try_at code + 0xffe, "jr a0"
    try_at third + 0xffe, "li a1, 0x13; sh a1, 0(a0); fence.i; jr a0"
    try_at second + 0xffe, "li a1, 0x13; sh a1, 0(a0); fence.i; jr a0"
    try_at second + 0xffe, "li a1, 1; sh a1, 0(a0); fence.i; jr a0"
    try_at fourth + 0xffe, "li a1, 0x73; sh a1, 0(a0); fence.i; jr a0"

    heading "Across pages"
    .irp where, page + 0xffc, second + 0xffc, hole + 0xffc, third + 0xffc, read_only + 0xffc, no_rights + 0xffc, \
        fourth + 0xffc
    .irp code, "ld a1, 0(a0)", "sd a1, 0(a0)", "ld a1, 1(a0)", "sd a1, -1(a0)", "fsd fa0, 0(a0)"
    try_at \where, "\code"
    .endr
    .endr
    get_at third + 0xffc, "li a1, 0x77; sd a1, -4(a0); sd x0, 0(a0)"
    get_at third + 0xff8, "ld a1, 0(a0)"

    heading "Addresses"
    .irp where, 0, 8, 0xfff, 0x1000, 0x7ffffff8, 0x80000000, 0x2000000000, 0x3fffffeff8, 0x3ffffffff8, 0x4000000000, \
        0x4000000008, 0x8000000000, 0x7ffffffff000, 0x800000000000, 0x3ffffffffffff8, 0xff00003000000000, \
        0x8000000000000000, 0xffff800000000000, 0xffffffbffffffff8, 0xffffffc000000000, 0xffffffc000001000, \
        0xffffffff80000000, 0xffffffff84000000, 0xfffffffffffffff8, 0xffffffffffffffff
    .irp code, "ld a1, 0(a0)", "lb a1, 0(a0)", "sd a1, 0(a0)", "sc.d a2, a1, (a0)", "mv sp, a0; ld a1, 0(sp)", "jr a0"
    try_at \where, "\code"
    .endr
    .endr
    .irp where, top-8, top-4, top-2, top, top + 8
    .irp code, "ld a1, 0(a0)", "sd a1, 0(a0)", "lb a1, 0(a0)", "jr a0"
    try_at \where, "\code"
    .endr
    .endr
    try_at 0, "ld a1, -8(a0)"
    try_at -8, "ld a1, 8(a0)"
    try_at page, "ld a1, -8(a0)"

    heading "NaN boxing"
    get "double fa0, 0x3f800000; fadd.s fa1, fa0, fa0; fmv.x.w a1, fa1; fmv.x.d a2, fa1"
    get "double fa0, 0x3f800000; fsgnj.s fa1, fa0, fa0; fmv.x.d a1, fa1"
    get "double fa0, 0x3f800000; feq.s a1, fa0, fa0; fclass.s a2, fa0; frflags a3"
    get "double fa0, 0x3f800000; fcvt.w.s a1, fa0, rtz; fcvt.d.s fa1, fa0; fmv.x.d a2, fa1; frflags a3"
    get "double fa0, 0x3f800000; fmv.w.x fa1, a0; fmin.s fa2, fa0, fa1; fmv.x.w a1, fa2"
    get "double fa0, 0x3f800000; fmv.w.x fa1, a0; fmadd.s fa2, fa1, fa1, fa0; fmv.x.w a1, fa2"
    get "double fa0, 0x3f800000; fsqrt.s fa2, fa0; fmv.x.w a2, fa2"
    get "double fa0, 0x3f800000; fsw fa0, -8(sp); lw a1, -8(sp); fmv.x.w a2, fa0"
    get "fadd.s fa1, fa5, fa5; fmv.x.d a1, fa1"
    heading "Conversions and flags"
    get "single fa0, 0x7fc00000; fcvt.w.s a1, fa0; fcvt.wu.s a2, fa0; fcvt.l.s a3, fa0; fcvt.lu.s a4, fa0; frflags a5"
    get "single fa0, 0xff800000; fcvt.w.s a1, fa0; fcvt.wu.s a2, fa0; fcvt.l.s a3, fa0; fcvt.lu.s a4, fa0; frflags a5"
    get "single fa0, 0x7f800001; li a1, 1; fcvt.s.w fa1, a1; fmin.s fa2, fa0, fa1; fmv.x.w a2, fa2; frflags a4"
    get "single fa0, 0x7f800001; fmax.s fa2, fa0, fa0; fmv.x.w a3, fa2; frflags a4"
    get "fmv.w.x fa0, x0; single fa1, 0x80000000; fmin.s fa2, fa0, fa1; fmv.x.w a1, fa2"
    get "fmv.w.x fa0, x0; single fa1, 0x80000000; fmax.s fa2, fa1, fa0; fmv.x.w a1, fa2"
    get "single fa0, 1; fmul.s fa1, fa0, fa0; fmv.x.w a1, fa1; frflags a2; fsflags x0; fadd.s fa1, fa0, fa0; frflags a3"
    get "number fa0, 3; number fa1, 1; fdiv.d fa2, fa1, fa0, rtz; fmv.x.d a1, fa2; frflags a4"
    get "number fa0, 3; number fa1, 1; fdiv.d fa2, fa1, fa0, rup; fmv.x.d a1, fa2; frflags a4"
    get "number fa0, 3; number fa1, 1; fdiv.d fa2, fa1, fa0, rmm; fmv.x.d a1, fa2; frflags a4"
    get "number fa0, -1; fsqrt.d fa1, fa0; fmv.x.d a1, fa1; frflags a2"
    get "number fa0, 5; fcvt.wu.d a1, fa0; fneg.d fa0, fa0; fcvt.wu.d a2, fa0; fcvt.lu.d a3, fa0; frflags a4"
    get "double fa0, 0x7ff0000000000001; fcvt.s.d fa1, fa0; fmv.x.w a1, fa1; frflags a3"
    get "double fa0, 0x7ff8000000000001; feq.d a2, fa0, fa0; frflags a3; flt.d a4, fa0, fa0; frflags a5"
    get "double fa0, 0x7fefffffffffffff; fcvt.s.d fa1, fa0; fmv.x.w a1, fa1; frflags a3"
    get "fclass.d a0, fa0; li a1, 0x8000000000000001; fmv.d.x fa1, a1; fclass.d a2, fa1"
    get "csrwi 1, 31; csrr a0, 1; csrwi 2, 7; csrr a1, 2; csrr a2, 3"
    try "fsrmi 7; fadd.s fa0, fa0, fa0"
    try "fsrmi 6; fcvt.d.w fa0, a0"
    try "fsrmi 6; fcvt.s.w fa0, a0"
    try "fsrmi 6; fsgnj.s fa0, fa0, fa0"
    heading "Integers at their limits"
    get "li a0, -1; slli a0, a0, 63; li a1, -1; mulh a2, a0, a1; mulhsu a3, a0, a1; mulhu a4, a0, a1; divw a5, a0, a1"
    get "li a0, 0x80000000; li a1, -1; divw a2, a0, a1; remw a3, a0, a1; divuw a4, a0, x0; remuw a5, a0, x0"
    get "li a0, -8; sraiw a1, a0, 1; srliw a2, a0, 1; sllw a3, a0, a0; srl a4, a0, a0"
    get "auipc a0, 0; auipc a1, 1; sub a1, a1, a0; li a0, 0"
    get "lla a0, 1f; jalr a1, 1(a0); 1: sub a1, a1, a0; li a0, 0"
    heading "Misaligned and mixed atomics"
    .irp offset, 1, 2, 4, 6, 7
    .irp code, "lr.d a1, (a0)", "sc.d a2, a1, (a0)", "amoadd.d a1, a0, (a0)", "amoswap.w a1, a0, (a0)", \
        "lr.w.aqrl a1, (a0)", "amomaxu.w a1, a0, (a0)"
    try_at page + \offset, "\code"
    .endr
    .endr
    get_at page + 32, "sd x0, 0(a0); li a1, -2; li a2, 3; amomin.w a3, a1, (a0); amomaxu.w a4, a2, (a0); lw a5, 0(a0)"
    get_at page + 32, "sd x0, 0(a0); li a1, -2; amoxor.d a3, a1, (a0); amoor.w a4, a1, (a0); amoand.d a5, x0, (a0)"
    get_at page + 32, "lr.d a1, (a0); sd x0, 0(a0); sc.d a2, a1, (a0)"
    get_at page + 32, "lr.w a1, (a0); lw a3, 4(a0); sc.w a2, a1, 0(a0); li a1, 0; li a3, 0"
    get_at page + 32, "lr.d a1, (a0); ld a1, 0(a0); sc.d a2, x0, (a0); sc.d a3, x0, (a0); li a1, 0"
    try_at device, "amoadd.w a1, x0, (a0)"
    try_at device, "lr.w a1, (a0)"
    try_at device + 1, "lw a1, 0(a0)"
    heading "Instructions of other processors"
    .irp word, 0x60004073, 0x60104073, 0x62004073, 0x6c004073, 0x68c04073, 0x16000073, 0x18000073, 0x36000073, \
        0x66000073, 0x0e000073, 0x0e050513, 0x0eb57533, 0x0eb55533, 0x00155507, 0x00051507, 0xf0100053, 0x0d057057, \
        0x5e003057, 0xc2202573, 0xc2102573, 0x08b5252f, 0x28b5352f, 0x48b5252f, 0x81c04073, 0x82004073, 0xcdc04073, \
        0x08101513, 0x0004202f, 0x1000302f, 0x6045551b, 0x5f105013, 0x00100013, 0x30200073, 0x70200073, 0x00100073, \
        0x00000073, 0x10200073, 0x00d00073, 0x01d00073, 0x0ff0000f, 0x8330000f, 0xfff0000f, 0x0000500f, 0x0000700f, \
        0xc0001073, 0xc0101573, 0xc0251573, 0xc0059573, 0xc0006573, 0xc0007573, 0xc000e573, 0xf1402573
    try ".word \word"
    .endr
    .irp half, 0x9c61, 0x9c65, 0x9c69, 0x9c6d, 0x9c71, 0x9c75, 0x9c79, 0x8000, 0x8400, 0x8440, 0x8800, 0x8c00, \
        0x6081, 0x6281, 0x6101, 0x7101, 0x6001
    try ".half \half"
    .endr

    /* In pairs: what the first leaves behind is not seen by the second, which another thread executes. */
    heading "What another thread has left"
    try "li a0, -1; fmv.d.x fa0, a0; fmv.d.x ft11, a0; li a0, 0x7f; fscsr a0; mv tp, a0; mv gp, a0"
    get "fmv.x.d a0, fa0; fmv.x.d a1, ft11; frcsr a2; mv a3, tp"
    try_at page + 8, "lr.d a1, (a0)"
    get_at page + 8, "sc.d a2, a1, (a0)"
    try_at page + 8, "lr.w a1, (a0); sc.w a2, a1, (a0); lr.w a1, (a0)"
    get_at page + 8, "sc.w a2, a1, (a0)"

    .section .data.snippets, "aw"
    .global snippets_end
snippets_end:
    .section .note.GNU-stack, "", %progbits
