/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel calls of small systems, typed in by hand from libsel4's interface files: operands are capabilities first,
 * then words. In the text, s1 is our slot 1, p0 page 0, i2 initial capability 2 (our CNode), k0 the SchedControl of
 * core 0.
 */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static void expect(const char *title, const char *profile, const char *spec, const char *expected)
{
    struct compiled c;
    compile_text(&c, profile, spec);
    char *said = messages(&c.diags);
    CHECK(c.good, "%s: %s", title, said);
    if (c.good) {
        char *text = blob_text(c.blob, c.blob_size);
        CHECK(strcmp(text, expected) == 0, "%s: expected\n%sbut got\n%s", title, expected, text);
        free(text);
    }
    free(said);
    compiled_free(&c);
}

/* One thread on AArch64, MCS, three levels: an executable page with contents, a stack, an IPC buffer. */
static const char arm_spec[] =
    "arch aarch64\n"
    "objects {\n"
    "  thread = tcb (addr: 0x205000, ip: 0x200010, sp: 0x203000, prio: 100, max_prio: 90, affinity: 0, init: [7, "
    "8])\n"
    "  cspace = cnode (4 bits)\n"
    "  top = pud  middle = pd  bottom = pt\n"
    "  code = frame (4k, fill: [{0 100 CDL_FrameFill_FileData \"code.bin\" 8}])\n"
    "  stack = frame (4k)  buffer = frame (4k)\n"
    "  endpoint = ep  budget = sc (period: 2000, budget: 1000)\n"
    "}\n"
    "caps {\n"
    "  top { 0: middle }  middle { 1: bottom }\n"
    "  bottom { 0: code (RX)  2: stack (RW)  5: buffer (RW) }\n"
    "  cspace { 1: endpoint (RWG, badge: 42)  2: thread  3: cspace (guard: 0, guard_size: 60) }\n"
    "  thread { cspace: cspace (guard: 0, guard_size: 60)  vspace: top  ipc_buffer_slot: buffer (RW)  sc_slot: "
    "budget\n"
    "           fault_ep_slot: endpoint (WP, badge: 9) }\n"
    "}\n";

/* Types of an MCS hypervisor kernel: 7 kinds for all architectures, then huge page, VSpace, small page, large page,
 * page table. */
static const char arm_calls[] =
    "group 0x8 0 0xd 0x1\n"                              /* s0: top, 1024 entries */
    "group 0x9 0 0xc 0x2\n"                              /* s1: stack, s2: buffer; code is page 0 */
    "group 0xb 0 0xc 0x2\n"                              /* s3: middle, s4: bottom */
    "group 0x1 0 0xb 0x1\n"                              /* s5: thread */
    "group 0x4 0x4 0x9 0x1\n"                            /* s6: cspace */
    "group 0x5 0x7 0x7 0x1\n"                            /* s7: budget */
    "group 0x2 0 0x4 0x1\n"                              /* s8: endpoint */
    "6 CNode_Mint i2 ( i2 | s9 0x40 s8 0x40 0x9 0x9 )\n" /* the fault handler's: rights W and P, badge 9 */
    "7 ASIDPool_Assign i6 ( s0 )\n"
    "8 PageTable_Map s3 ( s0 | 0 0x3 ) x2 + 0x1 0 0x200000 0\n"
    "9 Page_Unmap p0 ( )\n"
    "9 Page_Map p0 ( s0 | 0x200000 0x6 0x3 )\n" /* no execute-never */
    "9 Page_Map s1 ( s0 | 0x202000 0x3 0x7 ) x2 + 0x1 0 0x3000 0 0\n"
    "11 SchedControl_ConfigureFlags k0 ( s7 | 0x3e8 0x7d0 0 0 0 )\n"
    "12 TCB_Configure s5 ( s6 s0 s2 | 0x3c 0 0x205000 )\n"
    "12 TCB_SetSchedParams s5 ( i1 s7 s9 | 0x5a 0x64 )\n"
    "13 CNode_Mint s6 ( i2 | 0x1 0x4 s8 0x40 0x7 0x2a )\n"
    "13 CNode_Copy s6 ( i2 | 0x2 0x4 s5 0x40 0xf )\n"
    "13 CNode_Mint s6 ( i2 | 0x3 0x4 s6 0x40 0xf 0x3c )\n"
    "15 TCB_WriteRegisters s5 (| 0x1 0x5 0x200010 0x203000 0 0x7 0x8 )\n";

/* Three alike address spaces: a run for what each of them has. */
static const char alike_spec[] = "arch aarch64\n"
                                 "objects {\n"
                                 "  top[3] = pud  middle[3] = pd  bottom[3] = pt  page[6] = frame (4k)\n"
                                 "}\n"
                                 "caps {\n"
                                 "  top[0] { 0: middle[0] }  middle[0] { 0: bottom[0] }\n"
                                 "  top[1] { 0: middle[1] }  middle[1] { 0: bottom[1] }\n"
                                 "  top[2] { 0: middle[2] }  middle[2] { 0: bottom[2] }\n"
                                 "  bottom[0] { 1: page[0] (R)  5: page[3] (RW) }\n"
                                 "  bottom[1] { 1: page[1] (R)  5: page[4] (RW) }\n"
                                 "  bottom[2] { 1: page[2] (R)  5: page[5] (RW) }\n"
                                 "}\n";

static const char alike_calls[] = "group 0x8 0 0xd 0x3\n" /* s0: top */
                                  "group 0x9 0 0xc 0x6\n" /* s3: page */
                                  "group 0xb 0 0xc 0x6\n" /* s9: middle, s12: bottom */
                                  "7 ASIDPool_Assign i6 ( s0 ) x3 + 0 0x1\n"
                                  "8 PageTable_Map s9 ( s0 | 0 0x3 ) x3 + 0x1 0x1 0 0\n"
                                  "8 PageTable_Map s12 ( s0 | 0 0x3 ) x3 + 0x1 0x1 0 0\n"
                                  "9 Page_Map s3 ( s0 | 0x1000 0x2 0x7 ) x3 + 0x1 0x1 0 0 0\n"
                                  "9 Page_Map s6 ( s0 | 0x5000 0x3 0x7 ) x3 + 0x1 0x1 0 0 0\n";

/* x86-64 without MCS: a frame mapped twice, one whose capability goes on with its mapping, interrupts, ports,
 * untypeds. */
static const char x86_spec[] =
    "arch x86_64\n"
    "objects {\n"
    "  thread = tcb (addr: 0x201000, ip: 0x200000, sp: 0x200ff0, prio: 5, max_prio: 6, affinity: 0, resume: False,\n"
    "                fault_ep: 3, init: [1, 2, 3, 4, 5, 6])\n"
    "  cspace = cnode (3 bits)\n"
    "  top = pml4  three = pdpt  two = pd  one = pt\n"
    "  shared = frame (4k)  given = frame (4k)  big = frame (2M)  device = frame (4k, paddr: 0xfee00000)\n"
    "  memory = ut (14 bits) { inner = ut (12 bits)  small = ep }\n"
    "  note = notification  line = msi_irq (msi_handle: 1, msi_pci_bus: 2, msi_pci_dev: 3, msi_pci_fun: 4)  pin = "
    "ioapic_irq (ioapic_num: 0, ioapic_pin: 4, ioapic_level: 1, ioapic_polarity: 0)\n"
    "  ports = io_ports (ports: [0x3f8..0x3ff])\n"
    "}\n"
    "caps {\n"
    "  top { 0: three }  three { 0: two }  two { 1: one  2: big (RW) }\n"
    "  one { 0: shared (RWX)  1: shared (RX)  2: given (RW)  3: device (RW, uncached) }\n"
    "  cspace { 0: memory  1: given (RW, mapping: (one, 2))  2: line  3: pin  4: ports  5: small (RW)  6: top }\n"
    "  line { 0: note (RW, badge: 4) }\n"
    "  thread { cspace: cspace  vspace: top  ipc_buffer_slot: shared (RW)  bound_notification: note (R) }\n"
    "}\n"
    "irq maps { 9: line 11: pin }\n";

/* 5 kinds for all, then PDPT, PML4, huge page, 4K, large page, page table, page directory. */
static const char x86_calls[] =
    "group 0x9 0 0x15 0x1\n"           /* s0: big */
    "group 0 0xe 0xe 0x1\n"            /* s1: memory */
    "group 0x8 0 0xc 0x2\n"            /* s2: shared, s3: given */
    "group 0xa 0 0xc 0x1\n"            /* s4: one */
    "group 0xb 0 0xc 0x1\n"            /* s5: two */
    "group 0x5 0 0xc 0x1\n"            /* s6: three */
    "group 0x6 0 0xc 0x1\n"            /* s7: top */
    "group 0x1 0 0xb 0x1\n"            /* s8: thread */
    "group 0x4 0x3 0x8 0x1\n"          /* s9: cspace */
    "group 0x3 0 0x5 0x1\n"            /* s10: note */
    "fixed 0x8 0 0xc 0x1 0xfee00000\n" /* s11: device */
    "cover 0 0xc 0xc 0x1 0x1\n"        /* s12: inner */
    "cover 0x2 0 0x4 0x1 0x1\n"        /* s13: small */
    "5 IOPortControl_Issue i7 ( i2 | 0x3f8 0x3ff s15 0x40 )\n"
    "6 CNode_Copy i2 ( i2 | s14 0x40 s2 0x40 0xf )\n"
    "6 CNode_Mint i2 ( i2 | s17 0x40 s10 0x40 0x3 0x4 )\n"
    "7 ASIDPool_Assign i6 ( s7 )\n"
    "8 PDPT_Map s6 ( s7 | 0 0 )\n"
    "8 PageDirectory_Map s5 ( s7 | 0 0 )\n"
    "8 PageTable_Map s4 ( s7 | 0x200000 0 )\n"
    "9 Page_Map s2 ( s7 | 0x200000 0x7 0 )\n"
    "9 Page_Map s14 ( s7 | 0x201000 0x6 0 )\n"
    "9 Page_Map s3 ( s7 | 0x202000 0x3 0 )\n"
    "9 Page_Map s11 ( s7 | 0x203000 0x3 0x2 )\n" /* cache disabled */
    "9 Page_Map s0 ( s7 | 0x400000 0x3 0 )\n"
    "10 IRQControl_GetMSI i4 ( i2 | s16 0x40 0x2 0x3 0x4 0x1 0x9 )\n"
    "10 IRQHandler_SetNotification s16 ( s17 )\n"
    "10 IRQHandler_Ack s16 ( )\n"
    "10 IRQControl_GetIOAPIC i4 ( i2 | s18 0x40 0 0x4 0x1 0 0xb )\n"
    "12 TCB_Configure s8 ( s9 s7 s2 | 0x3 0 0 0x201000 )\n" /* its fault handler is in its slot 3 */
    "12 TCB_SetSchedParams s8 ( i1 | 0x6 0x5 )\n"
    "12 TCB_BindNotification s8 ( s10 )\n"
    "12 TCB_WriteRegisters s8 (| 0 0xc 0x200000 0x200ff0 0 0 0 0x4 0x3 0x2 0x1 0 0x5 0x6 )\n"
    "13 CNode_Copy s9 ( i2 | 0x2 0x3 s16 0x40 0xf )\n"
    "13 CNode_Copy s9 ( i2 | 0x3 0x3 s18 0x40 0xf )\n"
    "13 CNode_Copy s9 ( i2 | 0x4 0x3 s15 0x40 0xf )\n"
    "13 CNode_Copy s9 ( i2 | 0x5 0x3 s13 0x40 0x3 )\n"
    "13 CNode_Copy s9 ( i2 | 0x6 0x3 s7 0x40 0xf )\n"
    "13 CNode_Move s9 ( i2 | 0 0x3 s1 0x40 ) x2 + 0 0 0x1 0 0x2 0\n"; /* memory, then given */

/* RISC-V: a region of 1024 equal pages, large frames with the same contents, padding in an untyped, TLS. */
static const char riscv_spec[] =
    "arch riscv\n"
    "objects {\n"
    "  thread = tcb (addr: 0, ip: 0x1000, sp: 0x2000, prio: 1, max_prio: 1, affinity: 0, init: [5], tls: 0x77)\n"
    "  cspace = cnode (2 bits)\n"
    "  top = pt  middle = pt  bottom[2] = pt\n"
    "  region[1024] = frame (4k)\n"
    "  large[2] = frame (2M, fill: [{4096 5000 CDL_FrameFill_FileData \"code.bin\" 0}])\n"
    "  zero = frame (4k, fill: [{0 10 CDL_FrameFill_FileData \"zero.bin\" 0}])\n"
    "  memory = ut (14 bits, paddr: 0x90000000) { late = frame (4k, paddr: 0x90002000)  any = notification }\n"
    "}\n"
    "caps {\n"
    "  top { 0: middle }  middle { 0: bottom[0]  1: bottom[1]  2: large[0] (RX)  3: large[1] (R) }\n"
    "  bottom[0] { region[0..511] (RW) }  bottom[1] { region[512..1023] (RW) }\n"
    "  thread { cspace: cspace  vspace: top }\n"
    "}\n";

/* 5 kinds for all, then 1 GiB page, 4K page, 2 MiB page, page table. */
static const char riscv_calls[] =
    "group 0x7 0 0x15 0x2\n"           /* s0, s1: large */
    "group 0x6 0 0xc 0x401\n"          /* s2 to s1025: region, s1026: zero, which costs no page */
    "group 0x8 0 0xc 0x3\n"            /* s1027: middle, s1028, s1029: bottom */
    "group 0x8 0 0xc 0x1\n"            /* s1030: top */
    "group 0x1 0 0xb 0x1\n"            /* s1031: thread */
    "group 0x4 0x2 0x7 0x1\n"          /* s1032: cspace */
    "fixed 0 0xe 0xe 0x1 0x90000000\n" /* s1033: memory */
    "cover 0 0xd 0xd 0x1 0x409\n"      /* s1034: padding up to 0x90002000 */
    "cover 0x6 0 0xc 0x1 0x409\n"      /* s1035: late */
    "cover 0x3 0 0x5 0x1 0x409\n"      /* s1036: any */
    "fill 0 0x15 0x1000 0 0x2 0x1\n"   /* to be executed */
    "fill 0x1 0x15 0x1000 0 0x2 0\n"   /* the same two pages */
    "7 ASIDPool_Assign i6 ( s1030 )\n"
    "8 PageTable_Map s1027 ( s1030 | 0 0 )\n"
    "8 PageTable_Map s1028 ( s1030 | 0 0 ) x2 + 0x1 0 0x200000 0\n"
    "9 Page_Map s2 ( s1030 | 0 0x3 0x1 ) x1024 + 0x1 0 0x1000 0 0\n"
    "9 Page_Map s0 ( s1030 | 0x400000 0x6 0 )\n"
    "9 Page_Map s1 ( s1030 | 0x600000 0x2 0x1 )\n"
    "12 TCB_Configure s1031 ( s1032 s1030 i0 | 0 0 0 0 )\n"
    "12 TCB_SetSchedParams s1031 ( i1 | 0x1 0x1 )\n"
    "15 TCB_WriteRegisters s1031 (| 0x1 0x20 0x1000 0 0x2000 0 0 0 0 0 0 0 0 0 0 0 0 0 0x5 0 0 0 0 0 0 0 0 0 0 0 0 0 "
    "0 0x77 )\n";

/* Contents that are to be seen past the cache are copied, and the cache cleaned; on a coherent machine they stay in
 * place. */
static void expect_uncached(void)
{
    static const char text[] = "arch aarch64 objects { top = pud  middle = pd  bottom = pt\n"
                               "  f = frame (4k, fill: [{0 9 CDL_FrameFill_FileData \"code.bin\" 0}]) }\n"
                               "caps { top { 0: middle } middle { 0: bottom } bottom { 0: f (RW, uncached) } }";
    struct compiled c;
    compile_text(&c, "aarch64", text);
    char *calls = c.good ? blob_text(c.blob, c.blob_size) : strdup("");
    CHECK(strstr(calls, "fill 0x1 0xc 0 0 0x1 0x2\n"), "%s", calls);
    CHECK(strstr(calls, "9 Page_Map s1 ( s0 | 0 0x3 0x4 )\n"), "%s", calls); /* device memory, execute never */
    CHECK(!strstr(calls, "Page_Unmap"), "%s", calls);
    free(calls);
    compiled_free(&c);
}

/* 512 ASIDs are in the first pool, of which two are taken: address space 511 is the first of a second pool. */
static void expect_pools(void)
{
    struct compiled c;
    compile_text(&c, "aarch64", "arch aarch64 objects { v[511] = pud } caps { }");
    char *calls = c.good ? blob_text(c.blob, c.blob_size) : strdup("");
    CHECK(strcmp(calls, "group 0x6 0 0xd 0x1ff\n"
                        "group 0 0xc 0xc 0x1\n"
                        "5 ASIDControl_MakePool i5 ( s511 i2 | s512 0x40 )\n"
                        "7 ASIDPool_Assign i6 ( s0 ) x510 + 0 0x1\n"
                        "7 ASIDPool_Assign s512 ( s510 )\n") == 0,
          "%s", calls);
    free(calls);
    compiled_free(&c);
}

/* A device's page at 1 << 30 | 2 << 21 | 3 << 12. An I/O space is domain << 16 | bus << 8 | device << 3 | function. */
static const char device_spec[] = "arch x86_64\n"
                                  "objects {\n"
                                  "  d = io_device (domainID: 2, 1:3.1)  f = frame (4k)\n"
                                  "  a = io_pt (level: 1)  b = io_pt (level: 2)  c = io_pt (level: 3)\n"
                                  "}\n"
                                  "caps { d { 0: a }  a { 1: b }  b { 2: c }  c { 3: f (R)  5: f (RW) } }\n";

static const char device_calls[] = "group 0x8 0 0xc 0x1\n"                                  /* s0: f */
                                   "group 0xc 0 0xc 0x3\n"                                  /* s1: a, s2: b, s3: c */
                                   "5 CNode_Mint i2 ( i2 | s4 0x40 i8 0x40 0xf 0x20119 )\n" /* s4: d */
                                   "6 CNode_Copy i2 ( i2 | s5 0x40 s0 0x40 0xf )\n"
                                   "8 IOPageTable_Map s1 ( s4 | 0 )\n"
                                   "8 IOPageTable_Map s2 ( s4 | 0x40000000 ) x2 + 0x1 0 0x400000\n"
                                   "9 Page_MapIO s0 ( s4 | 0x2 0x40403000 ) x2 + 0x5 0 0x1 0x2000\n";

/* Attributes of extended page tables: 6 write back, 0 uncached. */
static const char guest_spec[] = "arch x86_64\n"
                                 "objects {\n"
                                 "  t = tcb (resume: False)  v = vcpu  c = cnode (1 bits)  host = pml4\n"
                                 "  g = ept_pml4  three = ept_pdpt  two = ept_pd  one = ept_pt\n"
                                 "  f = frame (4k)  large = frame (2M)\n"
                                 "}\n"
                                 "caps {\n"
                                 "  g { 1: three }  three { 2: two }  two { 3: one  4: large (RWX) }\n"
                                 "  one { 5: f (RX, uncached) }\n"
                                 "  t { cspace: c  vspace: host  bound_vcpu: v  ept_root: g }\n"
                                 "}\n";

static const char guest_calls[] = "group 0x9 0 0x15 0x1\n"  /* s0: large */
                                  "group 0x8 0 0xc 0x1\n"   /* s1: f */
                                  "group 0x6 0 0xc 0x1\n"   /* s2: host */
                                  "group 0x4e 0 0xc 0x1\n"  /* s3: v, a made-up type as those that follow */
                                  "group 0x50 0 0xc 0x1\n"  /* s4: g */
                                  "group 0x51 0 0xc 0x1\n"  /* s5: three */
                                  "group 0x52 0 0xc 0x1\n"  /* s6: two */
                                  "group 0x53 0 0xc 0x1\n"  /* s7: one */
                                  "group 0x1 0 0xb 0x1\n"   /* s8: t */
                                  "group 0x4 0x1 0x6 0x1\n" /* s9: c */
                                  "7 ASIDPool_Assign i6 ( s2 ) x2 + 0 0x2\n"
                                  "8 EPTPDPT_Map s5 ( s4 | 0x8000000000 0x6 )\n"
                                  "8 EPTPD_Map s6 ( s4 | 0x8080000000 0x6 )\n"
                                  "8 EPTPT_Map s7 ( s4 | 0x8080600000 0x6 )\n"
                                  "9 Page_MapEPT s1 ( s4 | 0x8080605000 0x6 0 )\n"
                                  "9 Page_MapEPT s0 ( s4 | 0x8080800000 0x7 0x6 )\n"
                                  "12 TCB_Configure s8 ( s9 s2 i0 | 0 0 0 0 )\n"
                                  "12 TCB_SetSchedParams s8 ( i1 | 0x7d 0x7d )\n"
                                  "12 VCPU_SetTCB s3 ( s8 )\n"
                                  "12 TCB_SetEPTRoot s8 ( s4 )\n"
                                  "12 TCB_WriteRegisters s8 (| 0 0x2 0 0 )\n";

static const char stream_spec[] = "arch aarch64\n"
                                  "objects {\n"
                                  "  x = streamid (id: 7)  y = streamid (id: 9)  b = contextbank (bank: 3)\n"
                                  "  top = pud  c = cnode (4 bits)\n"
                                  "}\n"
                                  "caps { b { 0: top }  x { 0: b }  y { 0: b }\n"
                                  "  c { 4: streamid_control  5: contextbank_control } }\n";

/* The controls move away when all has come out of them. */
static const char stream_calls[] = "group 0x6 0 0xd 0x1\n"   /* s0: top */
                                   "group 0x4 0x4 0x9 0x1\n" /* s1: c */
                                   "5 CBControl_GetCB i13 ( i2 | 0x3 s2 0x40 )\n"
                                   "5 SIDControl_GetSID i12 ( i2 | 0x7 s3 0x40 ) x2 + 0 0 0x2 0x1 0\n"
                                   "7 ASIDPool_Assign i6 ( s0 )\n"
                                   "9 CB_AssignVspace s2 ( s0 )\n"
                                   "9 SID_BindCB s3 ( s2 ) x2 + 0x1 0\n"
                                   "13 CNode_Move s1 ( i2 | 0x4 0x4 i12 0x40 ) x2 + 0 0 0x1 0 0x1 0\n";

/* Nothing is left of the untyped: its children begin where it begins, and end where it ends. */
static const char full_spec[] =
    "arch aarch64\n"
    "objects { u = ut (13 bits, paddr: 0x4000) { a = frame (4k, paddr: 0x4000)  b = frame (4k, paddr: 0x5000) } }\n"
    "caps { }\n";

static const char full_calls[] = "fixed 0 0xd 0xd 0x1 0x4000\n" /* s0: u */
                                 "cover 0x7 0 0xc 0x2 0\n";     /* s1: a, s2: b */

/* A word behind those that the kernel reads keeps the microseconds. Ticks of AArch64 are 16 ns, those of a kernel
 * without MCS are its timer's interrupts, 2 ms apart; on x86-64 with MCS only bootinfo tells. */
static void expect_domains(void)
{
    static const char *const schedule =
        "arch %s objects { } caps { } domains { schedule: [(1, 6000 us), (2, 9 ticks), (0, 0)] domain_set_start: 1 }";
    static const char *const cases[][3] = {
        {"aarch64-mcs+", "aarch64", "0x5b8d8"}, {"riscv64+", "riscv", "0x3"}, {"x86_64-mcs+", "x86_64", "0"}};
    char spec[200], calls[400];
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(spec, sizeof(spec), schedule, cases[i][1]);
        snprintf(calls, sizeof(calls),
                 "14 DomainSet_ScheduleConfigure i11 (| 0 0x1 %s 0x1770 )\n"
                 "14 DomainSet_ScheduleConfigure i11 (| 0x1 0x2 0x9 )\n"
                 "14 DomainSet_ScheduleConfigure i11 (| 0x2 0 0 )\n"
                 "15 DomainSet_ScheduleSetStart i11 (| 0x1 )\n",
                 cases[i][2]);
        expect(cases[i][0], cases[i][0], spec, calls);
    }
}

int main(void)
{
    expect_domains();
    write_pattern("code.bin", 4096);
    expect("one thread on AArch64", "aarch64-mcs", arm_spec, arm_calls);
    expect("what is alike in three address spaces", "aarch64-mcs", alike_spec, alike_calls);
    expect("what only x86-64 has", "x86_64", x86_spec, x86_calls);
    write_pattern("code.bin", 5000);
    write_file("zero.bin", (char[10]){0}, 10);
    expect("regular and large things on RISC-V", "riscv64", riscv_spec, riscv_calls);
    expect("what devices of x86 see", "x86_64", device_spec, device_calls);
    expect("a guest on x86-64", "x86_64+", guest_spec, guest_calls);
    expect("what devices behind an SMMU see", "aarch64+", stream_spec, stream_calls);
    expect("an untyped full of children", "aarch64", full_spec, full_calls);
    expect_uncached();
    expect_pools();
    return fixture_result();
}
