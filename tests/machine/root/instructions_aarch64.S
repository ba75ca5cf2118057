/* SPDX-License-Identifier: BSD-2-Clause */
/* AArch64: every class of instruction that is privileged or special, and every class of fault. */
    .macro END
    .inst 0
    .endm
#include "snippet.S"

    .arch armv8-a+fp+simd+crypto+crc

    heading "System registers of EL1"
    .irp register, actlr_el1, afsr0_el1, afsr1_el1, amair_el1, contextidr_el1, cpacr_el1, csselr_el1, elr_el1, \
        esr_el1, far_el1, mair_el1, par_el1, sctlr_el1, sp_el0, spsr_el1, tcr_el1, tpidr_el1, ttbr0_el1, ttbr1_el1, \
        vbar_el1, cntkctl_el1, cntps_ctl_el1, cntps_cval_el1, cntps_tval_el1
    try "mrs x0, \register"
    try "msr \register, x0"
    .endr
    try "mrs x0, isr_el1"
    try "mrs x0, rvbar_el1"
    try "mrs x0, currentel"
    try "mrs x0, ccsidr_el1"
    try "mrs x0, clidr_el1"
    try "mrs x0, spsr_abt"
    try "mrs x0, spsr_fiq"
    /* the implementation's own: of Cortex-A53, L2CTLR_EL1, CPUACTLR_EL1, CPUECTLR_EL1 */
    try "mrs x0, s3_1_c11_c0_2"
    try "mrs x0, s3_1_c15_c2_0"
    try "msr s3_1_c15_c2_1, x0"
    try "mrs x0, s3_0_c15_c0_0"
    try "mrs x0, s3_3_c15_c0_0"
    try "msr s3_3_c11_c0_0, x0"

    heading "System registers of EL2 and EL3"
    .irp register, actlr_el2, amair_el2, cnthctl_el2, cnthp_ctl_el2, cnthp_cval_el2, cnthp_tval_el2, cntvoff_el2, \
        cptr_el2, dacr32_el2, elr_el2, esr_el2, far_el2, hacr_el2, hcr_el2, hpfar_el2, hstr_el2, ifsr32_el2, mair_el2, \
        mdcr_el2, sctlr_el2, sp_el1, spsr_el2, tcr_el2, tpidr_el2, ttbr0_el2, vbar_el2, vmpidr_el2, vpidr_el2, \
        vtcr_el2, vttbr_el2, actlr_el3, cptr_el3, elr_el3, esr_el3, far_el3, mair_el3, mdcr_el3, scr_el3, sctlr_el3, \
        sp_el2, spsr_el3, tcr_el3, tpidr_el3, ttbr0_el3, vbar_el3
    try "mrs x0, \register"
    try "msr \register, x0"
    .endr

    heading "What the processor is"
    .irp register, midr_el1, mpidr_el1, revidr_el1, aidr_el1, id_pfr0_el1, id_pfr1_el1, id_dfr0_el1, id_afr0_el1, \
        id_mmfr0_el1, id_isar0_el1, id_isar5_el1, mvfr0_el1, mvfr1_el1, mvfr2_el1, id_aa64pfr0_el1, id_aa64pfr1_el1, \
        id_aa64dfr0_el1, id_aa64afr0_el1, id_aa64isar0_el1, id_aa64isar1_el1, id_aa64mmfr0_el1, id_aa64mmfr1_el1, \
        s3_0_c0_c7_7
    try "mrs x0, \register"
    .endr
    try "msr s3_0_c0_c0_0, x0"
    get "mrs x0, ctr_el0"
    get "mrs x0, dczid_el0"
    try "msr s3_3_c0_c0_1, x0"
    try "msr s3_3_c0_c0_7, x0"

    heading "State of the processor"
    get "mrs x0, nzcv"
    get "mov x0, 0xa0000000; msr nzcv, x0; mrs x1, nzcv"
    get "cmp xzr, xzr"
    get "mrs x0, fpcr"
    get "mrs x0, fpsr"
    get "mov x0, 0x3000000; msr fpcr, x0; mrs x1, fpcr"
    get "mov x0, -1; msr fpcr, x0; mrs x1, fpcr"
    get "mov x0, -1; msr fpsr, x0; mrs x1, fpsr"
    get "mrs x0, tpidr_el0"
    get "mrs x0, tpidrro_el0"
    get "msr tpidr_el0, x0"
    try "msr tpidrro_el0, x0"
    try "mrs x0, daif"
    try "msr daif, x0"
    try "msr daifset, 0"
    try "msr daifset, 2"
    try "msr daifset, 15"
    try "msr daifclr, 2"
    try "msr daifclr, 15"
    try "mrs x0, spsel"
    try "msr spsel, x0"
    try "msr spsel, 0"
    try "msr spsel, 1"
    try "msr s0_0_c4_c0_3, xzr"
    try "msr s0_0_c4_c0_4, xzr"
    try "msr s0_3_c4_c0_1, xzr"
    try "mrs x0, s3_0_c4_c2_3"
    try "mrs x0, s3_3_c4_c2_5"
    try "mrs x0, s3_3_c4_c2_6"
    try "mrs x0, dspsr_el0"
    try "mrs x0, dlr_el0"
    try "msr dspsr_el0, x0"

    heading "Counters and timers"
    get "mrs x0, cntfrq_el0"
    try "msr cntfrq_el0, x0"
    try "mrs x0, cntvct_el0"
    try "mrs x0, cntpct_el0"
    try "msr s3_3_c14_c0_2, x0"
    .irp register, cntp_ctl_el0, cntp_cval_el0, cntp_tval_el0, cntv_ctl_el0, cntv_cval_el0, cntv_tval_el0
    try "mrs x0, \register"
    try "msr \register, x0"
    .endr

    heading "Performance monitors"
    .irp register, pmcr_el0, pmcntenset_el0, pmcntenclr_el0, pmovsclr_el0, pmselr_el0, pmccntr_el0, pmxevtyper_el0, \
        pmxevcntr_el0, pmuserenr_el0, pmovsset_el0, pmevcntr0_el0, pmevtyper0_el0, pmccfiltr_el0, pmintenset_el1, \
        pmintenclr_el1
    try "mrs x0, \register"
    try "msr \register, xzr"
    .endr
    try "mrs x0, pmceid0_el0"
    try "mrs x0, pmceid1_el0"
    try "msr pmswinc_el0, x0"

    heading "Debug registers"
    .irp register, mdscr_el1, dbgbvr0_el1, dbgbcr0_el1, dbgbvr5_el1, dbgbcr5_el1, dbgwvr0_el1, dbgwcr0_el1, osdlr_el1, \
        dbgprcr_el1, dbgclaimset_el1, dbgclaimclr_el1, osdtrrx_el1, osdtrtx_el1, oseccr_el1, dbgdtr_el0
    try "mrs x0, \register"
    try "msr \register, x0"
    .endr
    try "mrs x0, mdrar_el1"
    try "mrs x0, oslsr_el1"
    try "msr oslar_el1, x0"
    try "mrs x0, mdccint_el1"
    try "mrs x0, mdccsr_el0"
    try "mrs x0, dbgdtrrx_el0"
    try "msr dbgdtrtx_el0, x0"
    try "mrs x0, dbgauthstatus_el1"

    heading "Interrupt controller"
    .irp register, s3_0_c12_c12_0, s3_0_c12_c12_1, s3_0_c4_c6_0, s3_0_c12_c12_7, s3_0_c12_c11_5, s3_4_c12_c11_0, \
        s3_6_c12_c12_5
    try "mrs x0, \register"
    try "msr \register, x0"
    .endr

    heading "Caches and translations"
    .irp operation, "dc cvau", "dc cvac", "dc civac", "dc ivac", "ic ivau", "dc zva"
    try_at page + 0x20, "\operation, x0"
    .endr
    get_at page + 0x44, "mov x1, -1; str x1, [x0]; str x1, [x0, 64]; dc zva, x0; ldr x2, [x0]; ldr x3, [x0, 64]"
    .irp operation, "dc cvau", "dc cvac", "dc civac", "dc ivac", "ic ivau", "dc zva"
    try_at hole + 0x20, "\operation, x0"
    try_at 0x1000, "\operation, x0"
    try_at read_only + 0x20, "\operation, x0"
    try_at no_rights + 0x20, "\operation, x0"
    try_at device + 0x20, "\operation, x0"
    try_at 0xffff800000000000, "\operation, x0"
    .endr
    .irp operation, "dc isw", "dc csw", "dc cisw"
    try_at 0, "\operation, x0"
    .endr
    try "ic iallu"
    try "ic ialluis"
    .irp operation, "vmalle1", "vmalle1is", "alle1", "alle1is", "alle2", "alle2is", "alle3", "alle3is", "vmalls12e1", \
        "vmalls12e1is"
    try "tlbi \operation"
    .endr
    .irp operation, "vae1", "vae1is", "aside1", "aside1is", "vaae1", "vale1", "vaale1", "vae2", "vae3", "ipas2e1", \
        "ipas2le1is"
    try "tlbi \operation, x0"
    .endr
    .irp operation, s1e1r, s1e1w, s1e0r, s1e0w, s12e1r, s12e0w, s1e2r, s1e3r
    try_at page, "at \operation, x0"
    .endr
    get "dsb sy; dmb ish; isb; dsb ishst; dmb oshld"
    get "clrex"
    get_at page, "prfm pldl1keep, [x0]; prfm pstl1strm, [x0]"
    get_at hole, "prfm pldl1keep, [x0]; prfm plil1keep, [x0]"
    get_at 0xffff000000001000, "prfm pldl1keep, [x0]"

    heading "Hints and waiting"
    get "nop"
    get "yield"
    get "sev"
    get "sevl; wfe"
    get "sev; wfe"
    get "wfi"
    get "hint 16"
    get "hint 17"
    get "hint 18"
    get "hint 20"
    get "hint 22"
    get "hint 127"
    get "hint 32"
    get "hint 34; hint 36; hint 38"
    get "mov x1, x30; hint 25; hint 29"
    get "hint 7"
    try ".inst 0xd5031000"
    try ".inst 0xd503105f"

    heading "Exceptions on purpose"
    try "svc 0"
    try "svc 1"
    try "svc 0xffff"
    try "mov x7, 0; svc 0"
    try "mov x7, 100; svc 0"
    try "mov x7, -100; svc 0"
    try "mov x7, 0xffffffff; svc 0"
    try "mov x7, 0xfffffff0; svc 0"
    try "mov x7, 0x8000000000000000; svc 0"
    try "hvc 0"
    try "hvc 7"
    try "mov x7, -100; hvc 0"
    try "smc 0"
    try "smc 0xffff"
    try "brk 0"
    try "brk 7"
    try "brk 0xffff"
    try "hlt 0"
    try "hlt 0xf000"
    try "dcps1"
    try "dcps2"
    try "dcps3"
    try "drps"
    try "eret"

    heading "Undefined encodings"
    try ".inst 0x00000001"
    try ".inst 0x0000ffff"
    try ".inst 0xffffffff"
    try ".inst 0xe7f000f0"
    try ".inst 0xd4000000"
    try ".inst 0xd4000004"
    try ".inst 0xd4200001"
    try ".inst 0xd4a00000"
    try ".inst 0xd4e00001"
    try ".inst 0xd5000000"
    try ".inst 0xd5030000"
    try ".inst 0xd503300f"
    try ".inst 0xd61f0001"
    try ".inst 0xd69f03e1"
    try ".inst 0xd6bf0000"
    try ".inst 0x5ac02000"
    try ".inst 0x9ac05c00"
    try ".inst 0x6e000000"
    try ".inst 0x1e400000"
    try "mrs x0, s3_7_c15_c15_7"
    try "msr s3_3_c14_c15_7, x0"
    try "sys 3, c7, c15, 7, x0"
    try "sysl x0, 0, c0, c0, 0"
    try "sys 3, c7, c4, 2, x0"
    try "mrs x0, s2_3_c0_c0_0"
    try "mrs x0, s3_3_c2_c4_0"
    try "mrs x0, s3_3_c13_c0_7"
    try "mrs x0, s3_3_c13_c0_5"
    try "msr s0_3_c4_c0_2, xzr"
    try "msr s0_3_c4_c0_5, xzr"

    heading "Extensions"
    get "mov w0, 1; mov x1, 5; crc32x w0, w0, x1"
    get "mov w0, 1; mov w1, 5; crc32cb w0, w0, w1"
    get "movi v0.16b, 1; movi v1.16b, 2; aese v0.16b, v1.16b; umov x0, v0.d[0]"
    get "movi v0.4s, 1; sha1h s1, s0; umov w0, v1.s[0]"
    get "movi v0.4s, 1; movi v1.4s, 3; sha256su0 v0.4s, v1.4s; umov x0, v0.d[0]"
    get "movi v0.2d, -1; pmull v1.1q, v0.1d, v0.1d; umov x0, v1.d[0]"
    try_at page, ".inst 0xf8210001"
    try_at page, ".inst 0xc8a17c00"
    try_at page, ".inst 0xf8bfc001"
    try ".inst 0xd5033b3f; .inst 0xd50330ff"
    try ".inst 0x04bf5020"
    try ".inst 0x6e809400"
    try ".inst 0x1ec00000"
    try ".inst 0xdac10000"
    try ".inst 0x9ac33041"
    try ".inst 0xd500401f"
    try ".inst 0x9adf1400"
    try ".inst 0x2ec20400"

    heading "Floating point"
    get "fmov d0, 1.0; fadd d0, d0, d0; fmov x0, d0"
    get "fmov d0, 1.0; movi d1, 0; fdiv d0, d0, d1; fmov x0, d0; mrs x1, fpsr"
    get "mov x0, 0x1f00; msr fpcr, x0; isb; fmov d0, 1.0; movi d1, 0; fdiv d0, d0, d1; mrs x0, fpcr"
    get "movi v31.16b, 0x11; umov x0, v31.d[1]"
    without_fpu "nop"
    .irp code, "fmov d0, 1.0", "fmov x0, d0", "movi v31.16b, 0x11", "mrs x0, fpcr", "msr fpsr, x0", "ldr q0, [sp]", \
        "str s3, [sp]", "ldp d8, d9, [sp]", "ld1 {v0.16b}, [sp]", "fcmp d0, d1", "scvtf d0, x0", \
        "aese v0.16b, v1.16b", "crc32x w0, w0, x1", "cnt v0.8b, v0.8b"
    without_fpu "\code"
    .endr
    without_fpu "mrs x0, nzcv"

    heading "Exclusive access"
    get_at page + 8, "ldxr x1, [x0]; stxr w2, x1, [x0]"
    get_at page + 8, "stxr w2, x1, [x0]"
    get_at page + 8, "ldxr x1, [x0]; clrex; stxr w2, x1, [x0]"
    get_at page + 8, "ldxr x1, [x0]; add x3, x0, 0x400; stxr w2, x1, [x3]"
    get_at page + 8, "ldaxrb w1, [x0]; stlxrb w2, w1, [x0]"
    get_at page + 16, "ldxp x1, x3, [x0]; stxp w2, x1, x3, [x0]"
    get_at page + 8, "ldxr x1, [x0]; stxr w2, w1, [x0]"
    try_at hole, "ldxr x1, [x0]"
    try_at hole, "stxr w2, x1, [x0]"
    try_at page, "ldxr x1, [x0]; add x3, x0, 0x2000; stxr w2, x1, [x3]"
    try_at read_only, "ldxr x1, [x0]; stxr w2, x1, [x0]"
    try_at no_rights, "ldxr x1, [x0]"
    try_at device, "ldxr x1, [x0]; stxr w2, x1, [x0]"

    heading "Alignment"
    .irp offset, 1, 4, 7
    .irp code, "ldr x1, [x0]", "ldr w1, [x0]", "ldrh w1, [x0]", "str x1, [x0]", "ldp x1, x2, [x0]", \
        "stp x1, x2, [x0]", "ldr q0, [x0]", "ldxr x1, [x0]", "ldxrb w1, [x0]", "ldaxr w1, [x0]", "stxr w2, x1, [x0]", \
        "ldxp x1, x2, [x0]", "ldar x1, [x0]", "stlr x1, [x0]"
    try_at page + \offset, "\code"
    .endr
    .endr
    .irp offset, 1, 4, 8
    .irp code, "ldr x1, [x0]", "str x1, [x0]", "ldp x1, x2, [x0]", "ldr q0, [x0]", "ldar x1, [x0]", "ldxr x1, [x0]"
    try_at device + \offset, "\code"
    .endr
    .endr
    try_at page + 8, "ldxp x1, x2, [x0]"
    try_at hole + 1, "ldxr x1, [x0]"
    try_at hole + 1, "ldar x1, [x0]"
    try_at read_only + 1, "stlr x1, [x0]"
    .irp offset, 1, 4, 8, 15
    try_at page + 0x100 + \offset, "mov sp, x0; ldr x1, [sp]"
    try_at page + 0x100 + \offset, "mov sp, x0; str x1, [sp]"
    try_at page + 0x100 + \offset, "mov sp, x0; stp x1, x2, [sp, -16]!"
    .endr
    try_at hole + 8, "mov sp, x0; ldr x1, [sp]"
    try_at page + 8, "mov sp, x0; nop; mov x1, sp"
    try_at page + 8, "mov sp, x0; prfm pldl1keep, [sp]"
    .irp offset, 1, 2, 3
    try_at code + \offset, "br x0"
    try_at code + \offset, "blr x0"
    try_at code + \offset, "mov x30, x0; ret"
    try_at hole + \offset, "br x0"
    .endr

    heading "Pages"
    .irp where, hole, hole + 0xff8, read_only, no_rights, write_only, no_code, device
    .irp code, "ldr x1, [x0]", "ldrb w1, [x0]", "ldrsw x5, [x0]", "ldp x1, x2, [x0]", "ldr q0, [x0]", \
        "ldr x1, [x0], 8", "ldtr x1, [x0]", "str x1, [x0]", "strb w7, [x0]", "str wzr, [x0]", "stp x1, x2, [x0]", \
        "str q0, [x0]", "str x1, [x0, 8]!", "stlr x1, [x0]", "br x0"
    try_at \where, "\code"
    .endr
    .endr
    try_at code, "br x0"
    try_at code + 0xffc, "br x0"
    try_at page, "br x0"

    heading "Across pages"
    .irp where, page + 0xffc, second + 0xffc, hole + 0xffc, third + 0xffc, read_only + 0xffc, no_rights + 0xffc, \
        fourth + 0xffc
    .irp code, "ldr x1, [x0]", "str x1, [x0]", "ldp w1, w2, [x0]", "stp w1, w2, [x0]", "ldur x1, [x0, -1]", \
        "stur x1, [x0, 1]"
    try_at \where, "\code"
    .endr
    .endr
    .irp where, second + 0xff8, hole + 0xff8, third + 0xff8, fourth + 0xff8
    .irp code, "ldp x1, x2, [x0]", "stp x1, x2, [x0]", "ldr q0, [x0]", "str q0, [x0]", "ld1 {v0.2d, v1.2d}, [x0]", \
        "st1 {v0.2d, v1.2d}, [x0]"
    try_at \where, "\code"
    .endr
    .endr
    get_at third + 0xff8, "mov x1, 0x77; str x1, [x0]; stp x1, x1, [x0]"
    get_at third + 0xff8, "ldr x1, [x0]"

    heading "Addresses"
    .irp where, 0, 8, 0xfff, 0x1000, 0x7ffffff8, 0x2000000000, 0x7ffffffff8, 0x8000000000, 0xfffffffff8, \
        0x10000000000, 0x7fffffffff8, 0xfffffffffff8, 0x100000000000, 0x7ffffffff000, 0x800000000000, 0x1000000000000, \
        0x3ffffffffffff8, 0x00ff000000000000, 0x0100003000000000, 0xff00003000000000, 0x8000000000000000, \
        0xffff000000000000, 0xffff800000000000, 0xffffff8000000000, 0xfffffffffffffff8, 0xffffffffffffffff
    .irp code, "ldr x1, [x0]", "ldrb w1, [x0]", "str x1, [x0]", "stp x1, x2, [x0]", "ldxr x1, [x0]", \
        "mov sp, x0; ldr x1, [sp]", "br x0"
    try_at \where, "\code"
    .endr
    .endr
    .irp where, top-8, top-4, top, top + 8
    .irp code, "ldr x1, [x0]", "str x1, [x0]", "ldp x1, x2, [x0]", "stp x1, x2, [x0]", "br x0"
    try_at \where, "\code"
    .endr
    .endr
    try_at page, "ldr x1, [x0, -8]"
    try_at 0, "ldr x1, [x0, -8]!"
    try_at -8, "ldp x1, x2, [x0], 16"

    /* In pairs: what the first leaves behind is not seen by the second, which another thread executes, but for
       the counters, which the kernel does not save where it exports them. */
    heading "What another thread has left"
    try "movi v0.16b, 0x55; mov x0, -1; dup v31.2d, x0; mov x0, 0xc00000; msr fpcr, x0; mov x0, 31; msr fpsr, x0"
    get "umov x0, v0.d[0]; umov x1, v0.d[1]; umov x2, v31.d[0]; umov x3, v31.d[1]; mrs x4, fpcr; mrs x5, fpsr"
    try "msr tpidr_el0, x0; mov x0, 0xf0000000; msr nzcv, x0"
    get "mrs x0, tpidr_el0; mrs x1, nzcv; mrs x2, tpidrro_el0"
    try_at page + 8, "ldxr x1, [x0]"
    get_at page + 8, "stxr w2, x1, [x0]"
    try_at page + 8, "ldaxr x1, [x0]; stlxr w2, x1, [x0]; ldaxr x1, [x0]"
    get_at page + 8, "stlxr w2, x1, [x0]"
    try "mov x0, 5; msr pmselr_el0, x0"
    get "mrs x0, pmselr_el0"
    try "mov sp, x0"
    get "mov x0, sp"

    .section .data.snippets, "aw"
    .global snippets_end
snippets_end:
    .section .note.GNU-stack, "", %progbits
