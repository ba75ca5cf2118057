/* SPDX-License-Identifier: BSD-2-Clause */
/* AArch64: every class of instruction that is privileged or special, and every class of fault. */
    .macro END
    .inst 0
    .endm
#include "snippet.S"

    .arch armv8-a+fp+simd+crypto+crc

    .macro single register, bits
    mov w0, \bits
    fmov \register, w0
    .endm
    .macro signalling register
    mov w0, 0x7f800000
    add w0, w0, 1
    fmov \register, w0
    .endm

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

    heading "Later extensions"
    .irp word, 0xdac10000, 0xdac143e0, 0x9ac03041, 0xd71f0800, 0xd73f0800, 0xd65f0bff, 0xd65f0fff, 0xf8200400, \
        0xd503231f, 0xd503233f, 0xd503239f, 0xd50323bf, 0xd503241f, 0xd503245f, 0x04e0e3e0, 0x2518e3e0, 0x25208000, \
        0x85804000, 0x04bf5000, 0xf8200020, 0xf8208020, 0xc8207c00, 0x48207c00, 0x08207c82, 0xf8bfc000, 0x38bfc000, \
        0xd9400000, 0x99000000, 0x9ac01000, 0x91800000, 0xd9600000, 0xd9200800, 0xd9a00400, 0x9ac01400, 0xd50b7460, \
        0xd50b7480, 0xd50b7a23, 0xd50b7c21, 0xd50b7d21, 0xd50b7e21, 0xd508791f, 0xd500401f, 0xd500403f, 0xd500405f, \
        0xba010400, 0x3a00080d, 0xd50330ff, 0xd503309f, 0xd503349f, 0xd5033fdf, 0xd5031000, 0xd5031020, 0xd503247f, \
        0xd503467f, 0xd503477f, 0xd503221f, 0xd503225f, 0xd50320df, 0xd5032a9f, 0xd503321f, 0x1e7e0000, 0x1e640020, \
        0x0e009400, 0x2e009400, 0x6f00e000, 0x0ea0ec20, 0x2ec0c400, 0x4e60ec00, 0x6e40ec00, 0x4f40f020, 0x1e6c4020, \
        0x0e218800, 0xce000000, 0xce608000, 0xce408000, 0xce60c000, 0xcec08000, 0xf83fd000, 0xf83f9000, 0xf8209000, \
        0xd50342df, 0xd503427f, 0xc0000000, 0x80800000, 0x0d000000 + 0x38000000, 0x5ac02c00, 0xdac00c00, 0x5ac02400, \
        0x91c00000, 0x5ac01800, 0xdac01c00, 0x9ac06000, 0x19000400, 0x1d800400, 0xd4c00001
    try ".inst \word"
    .endr
    heading "Registers of later extensions"
    .irp register, s3_3_c2_c4_0, s3_3_c2_c4_1, s3_3_c4_c2_5, s3_3_c4_c2_6, s3_3_c4_c2_7, s3_3_c4_c2_2, s3_0_c0_c4_4, \
        s3_0_c1_c2_0, s3_3_c2_c5_1, s3_0_c2_c1_0, s3_0_c10_c2_2, s3_3_c13_c0_7, s3_3_c14_c0_5, s3_3_c14_c0_6, \
        s3_3_c9_c14_3, s3_3_c10_c2_4, s3_0_c5_c6_0, s3_3_c13_c2_0, s3_2_c0_c0_0, s3_1_c0_c0_2, s3_1_c0_c0_4, \
        s3_1_c0_c0_6, s3_2_c0_c0_0, s3_3_c4_c4_0, s3_3_c4_c4_1, s3_3_c4_c5_0, s3_3_c4_c5_1, s3_3_c13_c0_5, \
        s3_3_c13_c0_2, s3_3_c13_c0_3
    try "mrs x0, \register"
    try "msr \register, xzr"
    .endr
    heading "Numbers and flags of floating point"
    get "fmov d0, 1.0; fmov d1, 3.0; fdiv d2, d0, d1; fmov x0, d2; mrs x1, fpsr"
    get "mov x0, 0x400000; msr fpcr, x0; fmov d0, 1.0; fmov d1, 3.0; fdiv d2, d0, d1; fmov x0, d2"
    get "mov x0, 0xc00000; msr fpcr, x0; fmov d0, 1.0; fmov d1, 3.0; fdiv d2, d0, d1; fmov x0, d2"
    get "single s0, 1; fadd s1, s0, s0; fmov w0, s1; mrs x1, fpsr"
    get "single s0, 1; mov x2, 0x1000000; msr fpcr, x2; fadd s1, s0, s0; fmov w2, s1; mrs x3, fpsr"
    get "signalling s0; fadd s1, s0, s0; fmov w0, s1; mrs x1, fpsr"
    get "signalling s0; mov x2, 0x2000000; msr fpcr, x2; fadd s1, s0, s0; fmov w2, s1"
    get "signalling s0; fmov s1, 1.0; fmin s2, s0, s1; fmax s3, s1, s0; fmov w1, s2; fmov w2, s3"
    get "signalling s0; fmov s1, 1.0; fminnm s2, s0, s1; fmov w1, s2"
    get "single s0, 0x7fc00000; fcvtzs w1, s0; fcvtzu x2, s0; fcmp s0, s0; mrs x3, nzcv; mrs x4, fpsr"
    get "single s0, 0xff800000; fcvtzs w1, s0; fcvtzu x2, s0; fcvtns x3, s0; fcvtas w4, s0; mrs x5, fpsr"
    get "fmov d0, 2.5; frinta d1, d0; frintn d2, d0; fmov x0, d1; fmov x1, d2; mrs x2, fpsr"
    get "fmov d0, 2.5; frintx d1, d0; frinti d2, d0; fmov x0, d1; fmov x1, d2; mrs x2, fpsr"
    get "fmov s0, 3.0; frecpe s1, s0; frsqrte s2, s0; fmov w0, s1; fmov w1, s2"
    get "fmov s0, 3.0; frecps s1, s0, s0; frecpx s2, s0; fmov w0, s1; fmov w1, s2"
    get "mvni v0.4s, 0x80, lsl 24; sqadd v1.4s, v0.4s, v0.4s; umov w0, v1.s[0]; mrs x1, fpsr"
    get "single s0, 0x3c01; fcvt d1, h0; fmov x0, d1; fcvt h2, d1; fmov w1, s2; mrs x2, fpsr"
    get "mov x0, 0x4000000; msr fpcr, x0; single s0, 0x7c01; fcvt s1, h0; fmov w1, s1; mrs x2, fpcr; mov x0, 0"
    get "fmov d1, -1.0; fsqrt d2, d1; fmov x0, d2; mrs x1, fpsr"
    get "fmov d0, 1.0; fmov d1, -1.0; fnmadd d3, d0, d1, d0; fmulx d4, d0, d1; fmov x0, d3; fmov x1, d4"
    get "mov x0, 5; ucvtf d0, x0, 3; fcvtzs x1, d0, 3; fmov x0, d0"
    get "movi v0.16b, 3; pmul v1.16b, v0.16b, v0.16b; umov x0, v1.d[0]"
    get "movi v0.16b, 3; addv b2, v0.16b; fmov w1, s2; uaddlv h3, v0.16b; fmov w2, s3"
    get "movi v0.16b, 9; movi v1.16b, 1; tbl v2.16b, {v0.16b, v1.16b}, v0.16b; umov x0, v2.d[0]"
    get "movi v0.16b, 9; movi v1.16b, 1; ext v3.16b, v0.16b, v1.16b, 3; umov x1, v3.d[1]"
    get "single s0, 0x7fffffff; sqdmulh v1.2s, v0.2s, v0.2s; umov w1, v1.s[0]; mrs x3, fpsr"
    get "single s0, 0x7fffffff; sqshl v2.2s, v0.2s, 1; umov w2, v2.s[0]; mrs x3, fpsr"
    get "mov x0, -1; fmov d0, x0; suqadd d1, d0; usqadd d2, d0; fmov x1, d1; fmov x2, d2; sqneg d3, d0; fmov x3, d3"
    heading "Other loads and stores"
    get_at page + 64, "mov x1, 5; stp x1, x1, [x0, 16]!; ldpsw x2, x3, [x0], 8; sub x0, x0, 24"
    get_at page + 64, "stur xzr, [x0, 3]; ldur x1, [x0, 3]; ldnp x2, x3, [x0]; mov x2, 0; mov x3, 0"
    try_at hole, "ldnp x1, x2, [x0]"
    try_at hole, "ldtrsw x1, [x0]"
    try_at hole, "sttrb w1, [x0]"
    try_at hole, "ld4 {v0.16b-v3.16b}, [x0]"
    try_at second + 0xff0, "ld4 {v0.16b-v3.16b}, [x0]"
    try_at second + 0xff0, "st4 {v0.16b-v3.16b}, [x0], 64"
    try_at second + 0xff0, "mov x9, x0; st1 {v0.16b, v1.16b}, [x9], 32"
    try_at hole, "ld1r {v0.8h}, [x0]"
    try_at hole, "st1 {v0.s}[1], [x0]"
    try_at hole, "ldrsb w3, [x0, 1]!"
    try_at hole, "ldr x3, [x0], 16"
    try_at hole, "ldpsw x3, x4, [x0]"
    try_at hole, "ldrsh x9, [x0, x0, lsl 1]"
    try_at hole, "mov x1, 0; ldrsh x9, [x0, w1, sxtw 1]"
    try_at hole, "str wzr, [x0, 0x7fc]"
    try_at hole, "ldr b7, [x0]"
    try_at hole, "ldur h7, [x0, 1]"
    try_at hole, "stlrb w1, [x0]"
    try_at hole, "ldarh w1, [x0]"
    try_at hole, "ldaxp x1, x2, [x0]"
    try_at hole, "stlxp w3, x1, x2, [x0]"
    try_at no_rights, "stlxr w3, x1, [x0]"
    try_at page + 2, "ldaxrh w1, [x0]; stlxrh w2, w1, [x0]"
    try_at page + 1, "ldaxrh w1, [x0]"
    try_at page + 1, "stlrh w1, [x0]"
    try_at page + 2, "ldar w1, [x0]"
    try_at page + 8, "ldaxp x1, x2, [x0]"
    try_at page + 4, "ldxp w1, w2, [x0]"
    try_at page + 8, "ldxp w1, w2, [x0]; stxp w3, w1, w2, [x0]"
    get_at page + 64, "mov x1, 1; mov x2, 2; ldxp x3, x4, [x0]; stxp w5, x1, x2, [x0]; ldp x3, x4, [x0]"
    get_at page + 64, "ldxr w1, [x0]; stxr w2, x1, [x0]; mov x1, 0"
    get_at page + 64, "ldxr x1, [x0]; str xzr, [x0]; stxr w2, xzr, [x0]; mov x1, 0"
    get_at page + 64, "ldxr x1, [x0]; ldr x1, [x0, 8]; nop; stxr w2, xzr, [x0]; stxr w4, xzr, [x0]; mov x1, 0"
    try_at code + 0xff8, "br x0"
    try_at page, "ldr x1, 1f; br x1; 1: .quad 0x3000009000"
    get "mov x0, 7; mov x1, 0; udiv x2, x0, x1; sdiv w3, w0, w1"
    get "mov x4, 0x8000000000000000; mov x5, -1; sdiv x6, x4, x5"
    get "mov x0, 5; cmp x0, 6; ccmp x0, 5, 4, lo; mrs x1, nzcv; sbcs x2, x0, x0; mrs x3, nzcv; negs x4, x0; ngc x5, x0"
    get "mov x0, 0x1234; rbit x1, x0; rev16 x2, x0; cls x3, x0; clz w4, w0; extr x5, x0, x0, 9"
    get "mov x0, -3; umulh x1, x0, x0; smulh x2, x0, x0; smaddl x3, w0, w0, x0"
    get "mov w0, -1; bfi w0, wzr, 4, 8; sbfx x1, x0, 3, 5; ubfiz x2, x0, 5, 5; ror w3, w0, 7"

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
