/* SPDX-License-Identifier: BSD-2-Clause */
/* What a kernel cannot do is said by name, with the numbers, and no blob comes out. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

struct bad {
    const char *profile, *spec, *message;
};

#define ARM(objects, caps) "arch aarch64 objects { " objects " } caps { " caps " }"
#define X86(objects, caps) "arch x86_64 objects { " objects " } caps { " caps " }"
#define RISCV(objects, caps) "arch riscv objects { " objects " } caps { " caps " }"
#define FILL(offset, length, file, from) \
    "fill: [{" #offset " " #length " CDL_FrameFill_FileData \"" file "\" " #from "}]"
#define SPACE "top = pud  middle = pd  bottom = pt"
#define IO "d = io_device (domainID: 1, 0:1.2)  p = io_pt (level: 1)  q = io_pt (level: 2)"
#define MAPS "top { 0: middle } middle { 0: bottom } "

static const struct bad bads[] = {
    {"aarch64", ARM("f = frame (4k, " FILL(0, 4096, "absent.bin", 0) ")", ""),
     "cannot read 'absent.bin' to fill a frame: No such file"},
    {"aarch64", ARM("f = frame (4k, " FILL(0, 4096, "short.bin", 0) ")", ""),
     "'short.bin' has 0x3e8 bytes, too few for 0x1000 bytes from offset 0x0"},
    {"aarch64", ARM("f = frame (4k, " FILL(0, 8, "short.bin", 5000) ")", ""),
     "too few for 0x8 bytes from offset 0x1388"},
    {"aarch64", ARM("f = frame (4k, " FILL(4000, 100, "short.bin", 0) ")", ""),
     "fill of 0x64 bytes at offset 0xfa0 does not fit in a frame of 0x1000 bytes"},
    {"aarch64",
     ARM("f = frame (4k, fill: [{16 8 CDL_FrameFill_Bytes 0102030405060708}, {20 4 CDL_FrameFill_Bytes 01020304}])",
         ""),
     "fill at offset 0x14 overlaps the one that ends at 0x18"},
    {"aarch64", ARM("f = frame (64k)", ""),
     "frame 'f' has 2^16 bytes, but frames of kernel aarch64 have 4k, 2M or 1024M"},
    {"aarch64", X86("e = ep", ""), "the spec is for x86_64, but kernel aarch64 is for aarch64"},
    {"aarch64", ARM("t = tcb (fault_ep: 3)", ""),
     "TCB 't' has a fault_ep but neither cspace nor vspace, which the kernel needs to set it"},
    {"aarch64", ARM("s = sc", ""), "kernel aarch64 has no such object (use an MCS kernel)"},
    {"aarch64", ARM("r = rtreply", ""),
     "reply object 'r' cannot be made: kernel aarch64 has no such object (use an MCS kernel)"},
    {"aarch64", ARM("top = pgd  t = tcb  c = cnode (1 bits)", "t { cspace: c  vspace: top }"),
     "page global directory 'top' is the root of an address space of 4 levels, but kernel aarch64 has 3: the root must "
     "be a pud"},
    {"aarch64", ARM(SPACE " f = frame (2M)", MAPS "bottom { 0: f (RW) }"),
     "is to a frame of 0x200000 bytes where each slot covers 0x1000"},
    {"aarch64", ARM(SPACE " f = frame (4k)", MAPS "bottom { 512: f (RW) }"), "is outside the table's 0x200 slots"},
    {"aarch64", ARM(SPACE " other = pud", MAPS "other { 0: middle }"),
     "is already mapped: the kernel maps a page table only once"},
    {"aarch64", ARM("bottom = pt  f = frame (4k)", "bottom { 0: f (RW) }"),
     "has contents but belongs to no address space"},
    {"x86_64", X86("a = pml4  b = pdpt", "a { 256: b }"), "user addresses of kernel x86_64 end at"},
    {"aarch64", ARM("u = ut (12 bits) { a = cnode (6 bits)  b = cnode (6 bits)  c = ep }", ""),
     "untyped 'u' has 0x1000 bytes, but its 3 children need 0x1010"},
    {"aarch64", ARM("u = ut (12 bits) { f = frame (4k, paddr: 0x1000) }", ""),
     "its untyped 'u' has no physical address"},
    {"aarch64", ARM("u = ut (13 bits, paddr: 0x4000) { f = frame (4k, paddr: 0x6000) }", ""),
     "frame 'f' at 0x6000 with 0x1000 bytes is outside its untyped 'u', which is 0x4000 to 0x6000"},
    {"aarch64", ARM("f = frame (4k, paddr: 0x1234)", ""),
     "frame 'f' is at 0x1234, which is not a multiple of its size 0x1000"},
    {"aarch64", ARM("a = frame (2M, paddr: 0x200000)  b = frame (4k, paddr: 0x3ff000)", ""),
     "frame 'b' at 0x3ff000 overlaps 'a', which ends at 0x400000"},
    {"aarch64", ARM("c = cnode (2 bits)  e = ep", "c { 4: e (R) }"),
     "in slot 0x4 of CNode 'c' is outside the CNode's 0x4 slots"},
    {"aarch64", ARM("c = cnode (2 bits)  u = ut (12 bits)", "c { 0: u  1: u }"),
     "is a second one, and the kernel cannot copy an untyped"},
    {"aarch64", ARM("a = cnode (1 bits)  e = ep", "a { 0: e (RW)  1: e (R) - child_of (a, 0) }"),
     "has children, so it is the object's original capability and has all rights (write RWGP)"},
    {"aarch64", ARM("a = cnode (2 bits)  e = ep", "a { 0: e (RWGP)  1: e (R) - child_of (a, 0)  2: e (W) }"),
     "would also be a child of the one in slot 0x0 of 'a', which has children and so is the object's original (write - "
     "child_of)"},
    {"aarch64",
     ARM("a = cnode (2 bits)  e = ep", "a { 0: e (RWGP)  1: e (R) - child_of (a, 0)  2: e (R) - child_of (a, 1) }"),
     "is a copy, and a copy cannot be a parent"},
    {"aarch64", ARM("a = cnode (1 bits)  e = ep", "a { 0: e (RW, badge: 5)  1: e (R, badge: 6) - child_of (a, 0) }"),
     "it must have the same badge"},
    {"aarch64",
     ARM("a = cnode (2 bits)  u = ut (12 bits)", "a { 0: u  1: u - child_of (a, 0)  2: u - child_of (a, 0) }"),
     "the kernel makes only one copy of an untyped"},
    {"aarch64", ARM("a = cnode (1 bits)  e = ep  n = notification", "a { 0: e (RWGP)  1: n (R) - child_of (a, 0) }"),
     "holds a capability to another object"},
    {"aarch64", ARM("c = cnode (4 bits)  r = leftover (slots: 0)  f = frame (4k)", "r { f }  c { r }"),
     "takes 0 slots"},
    {"aarch64", ARM("c = cnode (4 bits)  r = leftover (slots: 2)  f = frame (4k)", "r { 1: f }  c { 3: r }"),
     "frame 'f' is a bootinfo: its words at offset 152 must both be 0x3, the first slot of leftovers 'r'"},
    {"aarch64",
     ARM("c = cnode (4 bits)  r = leftover (slots: 2)  e = ep  f = frame (4k, fill: [{152 16 CDL_FrameFill_Bytes "
         "03000000000000000300000000000000}])",
         "r { 1: f }  c { 3: r  5: e (W) }"),
     "in slot 0x5 of CNode 'c' is among the slots that a bootinfo says are empty: those from 0x3 on"},
    {"aarch64",
     ARM("c = cnode (9 bits)  r = leftover (slots: 240)  f = frame (4k, fill: [{152 16 CDL_FrameFill_Bytes "
         "03000000000000000300000000000000}])",
         "r { 1: f }  c { 3: r }"),
     "leftovers 'r' has slots: 240, but a bootinfo of kernel aarch64 lists at most 230 untypeds"},
    {"aarch64",
     ARM("c = cnode (9 bits)  r = leftover (slots: 200)  s = leftover (slots: 31, size: 4k)  f = frame (4k, fill: "
         "[{152 "
         "16 CDL_FrameFill_Bytes 03000000000000000300000000000000}])",
         "r { 1: f }  s { 1: f }  c { 3: r  203: s }"),
     "leftovers 'r' has slots: 231, but a bootinfo of kernel aarch64 lists at most 230 untypeds"},
    {"aarch64",
     ARM("c = cnode (4 bits)  r = leftover (slots: 2)  s = leftover (slots: 2, size: 4k)  f = frame (4k, fill: [{152 "
         "16 "
         "CDL_FrameFill_Bytes 03000000000000000300000000000000}])",
         "r { 1: f }  s { 1: f }  c { 3: r  6: s }"),
     "leftovers 'r' is listed in the bootinfo 'f' with others: their slots must follow each other, but 0x3 to 0x7 has "
     "gaps"},
    {"aarch64",
     ARM("c = cnode (4 bits)  d = cnode (4 bits)  r = leftover (slots: 2)  s = leftover (slots: 2, size: 4k)  f = "
         "frame "
         "(4k, fill: [{152 16 CDL_FrameFill_Bytes 03000000000000000300000000000000}])",
         "r { 1: f }  s { 1: f }  c { 3: r }  d { 5: s }"),
     "leftovers 'r' is listed in the bootinfo 'f' with others that go to another CNode"},
    {"aarch64", ARM("c = cnode (4 bits)  r = leftover (slots: 2)", "c { r }"),
     "'r' has no frame in slot 0 or 1 that describes it"},
    {"aarch64", ARM("c = cnode (4 bits)  r = leftover (slots: 2)  f = frame (2M)", "r { f }  c { r }"),
     "frame 'f' must be one of 4k: it describes leftovers 'r'"},
    {"aarch64",
     ARM("c = cnode (4 bits)  r = leftover (slots: 2)  f = frame (4k, " FILL(0, 8, "short.bin", 0) ")",
         "r { f }  c { r }"),
     "frame 'f' must have no contents: it describes leftovers 'r'"},
    {"aarch64",
     ARM(SPACE " c = cnode (4 bits)  r = leftover (slots: 2)  f = frame (4k)",
         MAPS "bottom { 0: f (RW, uncached) }  r { f }  c { r }"),
     "frame 'f' must be mapped cached everywhere: it describes leftovers 'r'"},
    {"aarch64", ARM("c = cnode (4 bits)  r = leftover (slots: 2)  f = frame (4k)", "r { f }  c { 0: r  4: r }"),
     "in slot 0x4 of CNode 'c' is a second one: leftovers go to one CNode, once"},
    {"aarch64",
     ARM("c = cnode (4 bits)  r = leftover (slots: 2, size: 8k, paddr: 0x2000)  f = frame (4k)  g = frame (4k, paddr: "
         "0x3000)",
         "r { f }  c { 0: r  4: g (R) }"),
     "at 0x3000 overlaps 'r', which ends at 0x4000"},
    {"x86_64", X86("c = cnode (4 bits)  r = leftover (slots: 2, share: 50)  f = frame (4k)", "r { f }  c { r }"),
     "is a share of the RAM that is left, but the machine's firmware determines how much that is"},
    {"aarch64", ARM("c = cnode (4 bits)  r = leftover (slots: 2, size: 1)  f = frame (4k)", "r { f }  c { r }"),
     "has untypeds of 2^0 bytes, but kernel aarch64 allows 2^12 to 2^47"},
    {"aarch64", ARM("c = cnode (2 bits)", "c { 0: irq_control  1: irq_control }"),
     "is a second one, and the kernel cannot copy it"},
    {"x86_64",
     X86("c = cnode (2 bits)  d = cnode (2 bits)",
         "c { 1: io_port_control }  d { 0: irq_control  3: io_port_control }"),
     "capability to I/O port control in slot 0x3 of CNode 'd' is a second one, and the kernel cannot copy it"},
    {"aarch64", ARM("c = cnode (2 bits)", "c { 0: sched_control (core: 0) }"), "kernel aarch64 is not MCS"},
    {"aarch64", ARM("c = cnode (2 bits)", "c { 0: streamid_control }"),
     "capability to SMMU stream control in slot 0x0 of CNode 'c' is not available: kernel aarch64 has no SMMU support "
     "(build it for tx2 with KernelArmSMMU=ON)"},
    {"aarch64", ARM("c = cnode (2 bits)", "c { 1: contextbank_control }"),
     "capability to SMMU context bank control in slot 0x1 of CNode 'c' is not available: kernel aarch64 has no SMMU"},
    {"aarch64-mcs", ARM("c = cnode (2 bits)", "c { 0: sched_control (core: 3) }"),
     "for core 3 is not available: kernel aarch64-mcs has fewer cores"},
    {"aarch64", ARM("t = tcb (addr: 0, ip: 0, sp: 0, prio: 256, max_prio: 0, affinity: 0)", ""),
     "has prio 256 and max_prio 0, but kernel aarch64 has 0 to 255"},
    {"aarch64", ARM("t = tcb (addr: 0, ip: 0, sp: 0, prio: 1, max_prio: 0, affinity: 2)", ""),
     "TCB 't' runs on core 2, but kernel aarch64 has only core 0"},
    {"x86_64", X86("t = tcb (init: [1,2,3,4,5,6,7])", ""),
     "has 7 start-up arguments, 1 of which go on the stack, but its address space has no frame at 0xfffffffffffffff0 "
     "(sp is 0x0)"},
    {"aarch64", ARM("t = tcb  c = cnode (1 bits)", "t { cspace: c }"), "TCB 't' has a cspace but no vspace"},
    {"aarch64",
     ARM("t = tcb  c = cnode (1 bits)  v = pud  e = ep", "t { cspace: c  vspace: v  fault_ep_slot: e (RWG) }"),
     "is a slot number in the thread's CSpace (write fault_ep:)"},
    {"aarch64-mcs",
     ARM("t = tcb (fault_ep: 3, resume: False)  c = cnode (1 bits)  v = pud", "t { cspace: c  vspace: v }"),
     "names slot 0x3 as its fault handler, but MCS kernel aarch64-mcs takes a capability"},
    {"aarch64-mcs",
     ARM("t = tcb (resume: False)  c = cnode (1 bits)  v = pud  e = ep",
         "t { cspace: c  vspace: v  fault_ep_slot: e (RW) }"),
     "needs W, and G or P"},
    {"aarch64-mcs", ARM("s = sc (period: 10, budget: 20)", ""), "has a budget of 20 us, more than its period of 10 us"},
    {"x86_64", X86("d = io_device (domainID: 1, 0:0.0)", ""), "I/O device 'd' is not a PCI device"},
    {"x86_64", X86("d = io_device (domainID: 0, 0:1.2)", ""), "I/O device 'd' has domainID 0: expected 1 to 65535"},
    {"x86_64", X86("d = io_device (domainID: 1, 0:1.2)  n = ep", "d { 0: n }"),
     "does not hold an I/O page table in slot 0"},
    {"x86_64",
     X86("d = io_device (domainID: 1, 0:1.2)  e = io_device (domainID: 2, 0:1.2)  p[2] = io_pt (level: 1)",
         "d { 0: p[0] } e { 0: p[1] }"),
     "I/O device 'e' has I/O page tables, but so does 'd', which is the same PCI device"},
    {"x86_64", X86("d = io_device (domainID: 1, 0:1.2)  p = io_pt (level: 2)", "d { 0: p }"),
     "in slot 0x0 of I/O device 'd' has level 2: expected level 1, at most 3"},
    {"x86_64", X86(IO "  f = frame (4k)", "d { 0: p } p { 0: f (RW)  1: q } q { 0: f (R) }"),
     "in slot 0x0 of I/O page table 'p' is a page on level 1, but others are on 2: expected all on the last level"},
    {"x86_64", X86(IO, "d { 0: p } p { 0: q  1: q }"),
     "is already mapped: the kernel maps an I/O page table only once"},
    {"x86_64", X86(IO, "d { 0: p } p { 512: q }"), "is outside the table's 0x200 slots"},
    {"x86_64", X86(IO "  f = frame (2M)", "d { 0: p } p { 0: q } q { 0: f (RW) }"),
     "is to a frame of a size other than 4k"},
    {"x86_64", X86(IO "  f = frame (4k)", "d { 0: p } p { 0: q } q { 0: f }"), "has neither R nor W"},
    {"x86_64", X86(IO "  f = frame (4k)", "q { 0: f (R) }"), "'q' has contents but belongs to no I/O device"},
    {"x86_64", X86("g = ept_pml4", ""),
     "EPT PML4 'g' cannot be made: kernel x86_64 has no such object (build it with KernelVTX=ON)"},
    {"aarch64", ARM("s = streamid (id: 1)", ""), "SMMU stream id 's' cannot be made: kernel aarch64 has no SMMU"},
    {"aarch64", ARM("b = contextbank (bank: 1)", ""),
     "SMMU context bank 'b' cannot be made: kernel aarch64 has no SMMU"},
    {"aarch64", ARM("d = arm_io_device (iospace: 1)", ""), "only 32-bit kernels for tk1 have such devices"},
    {"aarch64", ARM("t = tcb (dom: 1)", ""), "is in domain 1, but kernel aarch64 has only domain 0"},
    {"riscv64", RISCV("t = pt  f = frame (4k)", "t { 1024: f (R) }"), "is outside the table's 0x200 slots"},
    {"aarch64", ARM("i = irq  c = cnode (1 bits)", "c { 0: i }"), "'irq maps' gives it no interrupt"},
    /* seL4's devices_gen.h for qemu-arm-virt: VGIC 25, timer of a hypervisor 26, of guests 27; RISC-V counts from 1 */
    {"aarch64", ARM("i = irq", "") " irq maps { 25: i }",
     "interrupt 'i' is interrupt 25, which kernel aarch64 uses itself"},
    {"aarch64", ARM("i = irq", "") " irq maps { 26: i }", "is interrupt 26, which kernel aarch64 uses for its timer"},
    {"aarch64", ARM("i = arm_irq (trigger: level, target: 0)", "") " irq maps { 27: i }",
     "is interrupt 27, which kernel aarch64 uses itself"},
    {"aarch64", ARM("i = irq", "") " irq maps { 160: i }",
     "is interrupt 160, but the interrupts of kernel aarch64 are 0 to 159"},
    {"riscv64", RISCV("i = irq", "") " irq maps { 0: i }",
     "is interrupt 0, but the interrupts of kernel riscv64 are 1 to 95"},
    {"riscv64", RISCV("i = irq", "") " irq maps { 96: i }", "is interrupt 96, which kernel riscv64 uses for its timer"},
    {"x86_64",
     X86("i = msi_irq (msi_handle: 0, msi_pci_bus: 0, msi_pci_dev: 0, msi_pci_fun: 0)", "") " irq maps { 108: i }",
     "is interrupt 108, but the interrupts of kernel x86_64 are 0 to 107"},
    {"x86_64",
     X86("i = ioapic_irq (ioapic_num: 1, ioapic_pin: 0, ioapic_level: 0, ioapic_polarity: 0)", "") " irq maps { 0: i }",
     "is at I/O APIC 1, but kernel x86_64 manages only 1, numbered from 0"},
    {"aarch64", ARM("i = arm_sgi_signal (irq: 16, target: 0)", ""), "has irq 16: expected 0 to 15"},
    {"aarch64", ARM("i = arm_sgi_signal (irq: 15, target: 8)", ""),
     "has target 8, but the last one of kernel aarch64 is 7"},
    {"aarch64-mcs", ARM("s = sc (period: 36893488147420, budget: 1000)", ""),
     "has a period of 36893488147420 us; kernel aarch64-mcs takes at most 36893488147419 us"},
    {"aarch64",
     ARM(SPACE "  t = tcb  c = cnode (1 bits)  f = frame (4k)",
         MAPS "t { cspace: c  vspace: top  ipc_buffer_slot: f (RW) }"),
     "TCB 't' has a frame in ipc_buffer_slot but no address for it"},
    {"riscv64+", RISCV("", "") " domains { schedule: [(1, 1999 us)] }",
     "1999 us is less than a tick of kernel riscv64, which is 2000 us"},
    {"aarch64-mcs+", ARM("", "") " domains { schedule: [(1, 1152921504606848 us)] }",
     "1152921504606848 us is too long: expected less than 2^56 ticks"},
    {"x86_64-mcs+", X86("", "") " domains { schedule: [(1, 4503599627371 us)] }",
     "4503599627371 us is too long: expected at most 4503599627370"},
    {"aarch64+", ARM("", "") " domains { schedule: [(0, 0), (1, 5)]  domain_set_start: 1 }",
     "the kernel takes no end marker as entry 0"},
    {"x86_64-mcs+", X86("s = sc (period: 1000001, budget: 1000)", ""),
     "has a period of 1000001 us; kernel x86_64-mcs takes at most 1000000 us"},
    {"x86_64", X86("i = irq", "") " irq maps { 3: i }",
     "is of a kind that x86-64 kernels do not have: they use I/O APICs (write ioapic_irq or msi_irq)"},
    {"aarch64",
     ARM(SPACE " f = frame (4k)  c = cnode (1 bits)",
         MAPS "bottom { 0: f (RW) } c { 0: f (RW, mapping: (bottom, 1)) }"),
     "names slot 0x1 of 'bottom' as its mapping, which does not hold that frame"},
    {"aarch64",
     ARM(SPACE " f = frame (4k)  c = cnode (1 bits)", MAPS "bottom { 0: f (RW) } c { 0: f (R, mapping: (bottom, 0)) }"),
     "has fewer rights than the mapping it makes"},
    {"aarch64", ARM("a = cnode (1 bits)  e = ep", "a { 0: e (R)  1: e (RW) - child_of (a, 0) }"),
     "in slot 0x1 of CNode 'a' has more rights than the one it is derived from"},
    {"aarch64", ARM("a = cnode (1 bits)  e = ep", "a { 1: e (R) - child_of (a, 0) }"),
     "a slot of this derivation is empty"},
    {"aarch64",
     ARM("a = cnode (2 bits)  e = ep",
         "a { 0: e (RWGP)  1: e (R) - child_of (a, 0)  2: e (RWGP)  3: e (R) - child_of (a, 2) }"),
     "in slot 0x2 of CNode 'a' has children, but so does the one in slot 0x0 of 'a': an object has only one original"},
    {"aarch64",
     ARM("a = cnode (1 bits)  d = cnode (3 bits)", "a { 0: d (guard: 1, guard_size: 2)  1: d - child_of (a, 0) }"),
     "has children, so it is the object's original capability and cannot have a guard"},
    {"aarch64", ARM("a = cnode (1 bits)  u = ut (12 bits) { e = ep }", "a { 0: u  1: u - child_of (a, 0) }"),
     "in slot 0x1 of CNode 'a' cannot be derived: the kernel does not copy an untyped that has objects"},
    {"aarch64",
     ARM(SPACE " f = frame (4k)  c = cnode (1 bits)",
         MAPS "bottom { 0: f (RW) } c { 0: f (RW)  1: f (RW, mapping: (bottom, 0)) - child_of (c, 0) }"),
     "cannot both map a page and be derived from another capability of the spec"},
    {"aarch64-mcs",
     ARM("t = tcb (resume: False)  c = cnode (1 bits)  v = pud  e = ep",
         "c { 0: e (RWGP) } t { cspace: c  vspace: v  fault_ep_slot: e (RWG) - child_of (c, 0) }"),
     "in slot 0x5 of TCB 't' cannot be derived from another capability of the spec: only capabilities in CNodes can "
     "be"},
    {"aarch64-mcs",
     ARM("t = tcb (resume: False)  c = cnode (1 bits)  v = pud  e = ep",
         "c { 0: e (RWG) - child_of (t, 5) } t { cspace: c  vspace: v  fault_ep_slot: e (RWGP) }"),
     "in slot 0x5 of TCB 't' cannot be the parent of another capability: only those in CNodes can be copied"},
    {"aarch64", ARM("t = tcb  v = pud  e = ep", "t { cspace: e  vspace: v }"), "in slot 0x0 of TCB 't' is not a CNode"},
    {"aarch64", ARM("t = tcb  c = cnode (1 bits)", "t { cspace: c  vspace: c }"),
     "in slot 0x1 of TCB 't' is not the root of an address space"},
    {"x86_64+", X86("t = tcb  c = cnode (1 bits)  g = ept_pml4", "t { cspace: c  vspace: g }"),
     "in slot 0x1 of TCB 't' is not the root of an address space"},
    {"aarch64", ARM("t = tcb (resume: True)", ""), "TCB 't' is to be started but has neither cspace nor vspace"},
    {"aarch64", ARM("t = tcb (addr: 0x1000, resume: False)  e = ep", "t { ipc_buffer_slot: e (RW) }"),
     "in slot 0x4 of TCB 't' is not a frame"},
    {"aarch64", ARM("t = tcb (addr: 0x1100, resume: False)  f = frame (4k)", "t { ipc_buffer_slot: f (RW) }"),
     "TCB 't' has its IPC buffer at 0x1100: expected a multiple of 1024"},
    {"aarch64", ARM("t = tcb (addr: 0x1000)", ""),
     "TCB 't' has an IPC buffer address 0x1000 but no frame in ipc_buffer_slot"},
    {"aarch64-mcs", ARM("t = tcb (resume: False)  n = notification", "t { fault_ep_slot: n (RW) }"),
     "in slot 0x5 of TCB 't' is not an endpoint"},
    {"aarch64", ARM("t = tcb (resume: False)  n = notification", "t { caller_slot: n (RW) }"),
     "in slot 0x3 of TCB 't' does not belong there: only the kernel fills this slot"},
    {"aarch64", ARM("t = tcb (resume: False)  n = notification", "t { 11: n (RW) }"),
     "in slot 0xb of TCB 't' does not belong there: only the kernel fills this slot"},
    {"aarch64", ARM("t[2] = tcb (resume: False)", "t[0] { reply_slot: t[1] (master_reply) }"),
     "in slot 0x2 of TCB 't[0]' does not belong there"},
    {"aarch64-mcs", ARM("t = tcb (resume: False)  n = notification", "t { sc_slot: n (RW) }"),
     "in slot 0x6 of TCB 't' is of the wrong kind for it"},
    {"aarch64", ARM("t = tcb (resume: False)  e = ep", "t { bound_notification: e (RW) }"),
     "in slot 0x8 of TCB 't' is of the wrong kind for it"},
    {"aarch64", ARM("t = tcb (resume: False)  e = ep", "t { bound_vcpu: e (RW) }"),
     "in slot 0x9 of TCB 't' is of the wrong kind for it"},
    {"x86_64+", X86("t = tcb (resume: False)  v = pml4", "t { ept_root: v }"),
     "in slot 0xa of TCB 't' is of the wrong kind for it"},
    {"aarch64", ARM("i = irq  n = notification", "i { 1: n (RW) }") " irq maps { 40: i }",
     "in slot 0x1 of interrupt 'i' does not belong there: slot 0 of an interrupt holds a notification"},
    {"aarch64", ARM("i = irq  e = ep", "i { 0: e (RW) }") " irq maps { 40: i }",
     "in slot 0x0 of interrupt 'i' does not belong there: slot 0 of an interrupt holds a notification"},
    {"aarch64", ARM("i = irq  n = notification", "i { 0: n (R) }") " irq maps { 40: i }",
     "has no write right, so the interrupt could not signal it"},
    {"aarch64", ARM("e = ep", "") " irq maps { 40: e }", "endpoint 'e' is in irq maps but is not an interrupt"},
    {"aarch64", ARM("i = irq", "") " irq maps { 40: i  41: i }",
     "interrupt 'i' has interrupts 40 and 41 in irq maps, but can have only one"},
    {"aarch64", ARM("i = arm_irq (trigger: level, target: 1)", "") " irq maps { 40: i }",
     "Arm interrupt 'i' goes to core 1, but kernel aarch64 has only core 0"},
    {"aarch64+", ARM("s = streamid", ""), "SMMU stream id 's' has no number: write streamid (id: n)"},
    {"aarch64+", ARM("b = contextbank", ""), "SMMU context bank 'b' has no number: write contextbank (bank: n)"},
    {"aarch64+", ARM("s = streamid (id: 1)  b = contextbank (bank: 1)  v = pud", "s { 1: b } b { v }"),
     "in slot 0x1 of SMMU stream id 's' does not belong there: only slot 0 exists"},
    {"aarch64+", ARM("b = contextbank (bank: 1)  c = cnode (1 bits)", "b { c }"),
     "in slot 0x0 of SMMU context bank 'b' is not the root of an address space"},
    {"aarch64+", ARM("s = streamid (id: 1)  c = cnode (1 bits)", "s { c }"),
     "in slot 0x0 of SMMU stream id 's' is not a context bank"},
    {"aarch64+", ARM("s = streamid (id: 1)  b = contextbank (bank: 1)", "s { b }"),
     "cannot be bound: the kernel requires an address space in its slot 0"},
    {"x86_64", X86("d = io_device (domainID: 1, 0:1.2)  p = io_pt (level: 6)", "d { 0: p }"),
     "I/O page table 'p' has level 6: expected 1 to 5"},
    {"x86_64", X86(IO "  e = ep", "d { 0: p } p { 0: e (RW) }"),
     "in slot 0x0 of I/O page table 'p' is neither a frame nor an I/O page table"},
    {"aarch64-mcs",
     ARM("t[2] = tcb (resume: False)  c = cnode (1 bits)  v = pud  s = sc (period: 20, budget: 20)",
         "t[0] { cspace: c  vspace: v  sc_slot: s } t[1] { cspace: c  vspace: v  sc_slot: s }"),
     "in slot 0x6 of TCB 't[1]' is already bound to another thread: 't[0]'"},
    {"aarch64-mcs", ARM("s = sc (period: 100, budget: 19)", ""),
     "scheduling context 's' has a budget of 19 us, but kernel aarch64-mcs needs at least 20 us"},
    {"aarch64-mcs", ARM("s = sc (period: 100, budget: 50, flags: 2)", ""),
     "scheduling context 's' has flags 0x2: expected 0 or 1 (sporadic)"},
    {"aarch64-mcs", ARM("s = sc (6 bits)", ""),
     "scheduling context 's' has 6 bits, but kernel aarch64-mcs allows 7 to 47"},
    {"aarch64-mcs", ARM("s = sc (48 bits)", ""),
     "scheduling context 's' has 48 bits, but kernel aarch64-mcs allows 7 to 47"},
    {"aarch64-mcs", ARM("s = sc (8 bits, period: 100, budget: 50, refills: 9)", ""),
     "scheduling context 's' has 8 bits, with room for 8 extra refills, but 9 need 9 bits"},
    {"aarch64", ARM("t = tcb (resume: False)  c = cnode (1 bits)", "c { 0: t (reply) }"),
     "is a reply capability, which only the kernel makes"},
    {"aarch64", ARM("c = cnode (1 bits)  d = cnode (3 bits)", "c { 0: d (guard: 0, guard_size: 62) }"),
     "has a guard of 62 bits; with the CNode's 3 bits that is more than 64"},
    {"aarch64", ARM("c = cnode (1 bits)  p = pt", "c { 0: p  1: p }"),
     "is a second one, and the kernel cannot copy a page table that is not mapped"},
    {"aarch64", ARM("c = cnode (1 bits)  u = ut (12 bits) { e = ep }", "c { 0: u  1: u }"),
     "is a second one, and the kernel cannot copy an untyped that is in use"},
    {"aarch64",
     ARM(SPACE " f = frame (4k)  c = cnode (1 bits)",
         MAPS "bottom { 0: f (RW) } c { 0: f (RW, mapping: (bottom, 0))  1: f (RW, mapping: (bottom, 0)) }"),
     "in slot 0x1 of CNode 'c' names a mapping that another capability already names"},
    {"aarch64",
     ARM(SPACE " f = frame (4k)  c = cnode (1 bits)", MAPS "bottom { 0: f (W) } c { 0: f (RW, mapping: (bottom, 0)) }"),
     "names slot 0x0 of 'bottom' as its mapping, but the page there has no R, so nothing maps it"},
    {"aarch64", ARM(SPACE, "top { 0: bottom }"),
     "in slot 0x0 of page upper directory 'top' is the wrong kind of page table for this place"},
    {"aarch64", ARM(SPACE " e = ep", MAPS "bottom { 0: e (RW) }"),
     "in slot 0x0 of page table 'bottom' is neither a frame nor a page table"},
    {"x86_64+", X86("g = ept_pml4  h = ept_pdpt  f = frame (1G)", "g { 0: h } h { 0: f (RW) }"),
     "is to a frame of 0x40000000 bytes, a size that the kernel does not map for guests"},
    {"aarch64", ARM("f[2] = frame (4k, contiguous)  u = ut (12 bits) { f[0] }", ""),
     "is contiguous and has an untyped that covers it: give only one of the two"},
    {"aarch64", ARM("f[2] = frame (4k, contiguous, paddr: 0x1000)", ""),
     "is contiguous and has a physical address: give only one of the two"},
    {"riscv64", RISCV("f = frame (4k, paddr: 0x8000000000)", ""),
     "frame 'f' is at 0x8000000000, beyond the 39-bit physical addresses of kernel riscv64"},
    {"aarch64", ARM("f = frame (4k, fill: [{0 8 CDL_FrameFill_BootInfo CDL_FrameFill_BootInfo_Fdt 0}])", ""),
     "'CDL_FrameFill_BootInfo_Fdt' is not a part of bootinfo that can fill a frame: expected CDL_FrameFill_BootInfo_"},
    {"aarch64", ARM("f = frame (4k, fill: [{0 8 CDL_FrameFill_BootInfo CDL_FrameFill_BootInfo_X86_VBE 0}])", ""),
     "'CDL_FrameFill_BootInfo_X86_VBE' is available only from kernels for PCs, not from kernel 'aarch64'"},
    {"x86_64", X86("f = frame (4k, fill: [{0 8 CDL_FrameFill_BootInfo CDL_FrameFill_BootInfo_FDT 0}])", ""),
     "'CDL_FrameFill_BootInfo_FDT' is available only from kernels for boards with a device tree, not from kernel "
     "'x86_64'"},
    {"aarch64", ARM("f = frame (4k, fill: [{0 0 CDL_FrameFill_BootInfo CDL_FrameFill_BootInfo_FDT 0}])", ""),
     "a fill from bootinfo needs a length and an offset below 2^32"},
    {"aarch64", ARM("f = frame (4k, fill: [{0 8 CDL_FrameFill_BootInfo CDL_FrameFill_BootInfo_FDT 0x100000000}])", ""),
     "a fill from bootinfo needs a length and an offset below 2^32"},
    {"aarch64", ARM("f = frame (4k, fill: [{0 8 CDL_FrameFill_Foo bar 0}])", ""), "is filled with '"},
    {"aarch64+", ARM("", "") " domains { schedule: [(1, 5)]  domain_set_start: 2 }",
     "the domain schedule cannot start at 2: expected one of its 1 entries, and not an end marker"},
    {"x86_64",
     X86("a = pml4 b = pdpt c = pd d = pt f = frame (4k)  k = cnode (1 bits)  t = tcb (sp: 0x1000, init: "
         "[1,2,3,4,5,6,7])  u = tcb (sp: 0x1000, init: [1,2,3,4,5,6,8])",
         "a { 0: b } b { 0: c } c { 0: d } d { 0: f (RW) } t { cspace: k  vspace: a } u { cspace: k  vspace: a }"),
     "frame 'f' would hold two start-up arguments at offset 0xff0: two threads start with the same stack"},
    {"aarch64", ARM("pool = asid_pool  c = cnode (1 bits)", "pool { 0: c }"),
     "in slot 0x0 of ASID pool 'pool' is not the root of an address space"},
    {"aarch64", ARM("pool = asid_pool  v = pud", "pool { 0: v  1: v }"),
     "in slot 0x1 of ASID pool 'pool' is in two slots of an ASID pool"},
    {"aarch64", ARM("pool = asid_pool  v[513] = pud", "pool { 0: v[] }"),
     "ASID pool 'pool' holds 513 address spaces, but an ASID pool of kernel aarch64 has room for only 512"},
    {"aarch64", ARM("pool[128] = asid_pool", ""), "the spec has 0 address spaces and needs 129 ASID pools, "},
    {"aarch64", ARM("pool[128] = asid_pool  v[2] = pud", "pool[0] { 0: v[1] }"),
     "the spec has 2 address spaces and needs 129 ASID pools, the kernel's first one included, but kernel aarch64 has "
     "only 128, for 512 address spaces each"},
    {"aarch64", ARM("pool[127] = asid_pool  v[511] = pud", ""),
     "the spec has 511 address spaces and needs 129 ASID pools"},
    {"aarch64",
     ARM("u = ut (13 bits, paddr: 0x4000) { a = frame (4k, paddr: 0x4000)  b = frame (4k, paddr: 0x4000) }", ""),
     "at 0x4000 overlaps another child of 'u', which ends at 0x5000"},
    {"aarch64",
     ARM("c = cnode (8 bits)  f[9] = frame (4k)  r[9] = leftover (slots: 1, size: 4k)",
         "c { 0: r[] } r[0] { f[0] } r[1] { f[1] } r[2] { f[2] } r[3] { f[3] } r[4] { f[4] } r[5] { f[5] } r[6] { f[6] "
         "} r[7] { f[7] } r[8] { f[8] }"),
     "a spec can have at most 8 leftovers"},
};

/* What is less than the spec says, but no reason to refuse it. */
static const struct bad doubtful[] = {
    {"x86_64", X86("a = pml4 b = pdpt c = pd d = pt f = frame (4k)", "a { 0: b } b { 0: c } c { 0: d } d { 0: f (R) }"),
     "frame 'f' and other pages are executable although they have no X: on x86-64 the kernel cannot prevent it"},
    {"riscv64", RISCV("a = pt b = pt c = pt f = frame (4k)", "a { 0: b } b { 0: c } c { 0: f (R, uncached) }"),
     "frame 'f' is mapped cached although the spec says uncached"},
    {"aarch64-mcs", ARM("t = tcb  c = cnode (1 bits)  v = pud", "t { cspace: c  vspace: v }"),
     "TCB 't' has no scheduling context"},
    {"aarch64-mcs", ARM("t = tcb  c = cnode (1 bits)  v = pud  s = sc", "t { cspace: c  vspace: v  sc_slot: s }"),
     "scheduling context 's' has no budget"},
    {"aarch64-mcs+", ARM("", "") " domains { schedule: [(1, 1001 us)] }",
     "1001 us is not a whole number of ticks of kernel aarch64-mcs: it is rounded down to 62562 ticks, 1000.992 us"},
    {"x86_64", X86(IO "  f = frame (4k)", "d { 0: p } p { 0: q } q { 0: f (R) }"),
     "I/O device 'd' and others have 2 levels of I/O page tables: the boot stops on hardware with 3"},
    {"aarch64", ARM("pool = asid_pool (asid_high: 1)", ""),
     "ASID pool 'pool' has an explicit ASID, which is ignored here"},
};

static void check_doubtful(void)
{
    for (size_t i = 0; i < sizeof(doubtful) / sizeof(doubtful[0]); i++) {
        struct compiled c;
        compile_text(&c, doubtful[i].profile, doubtful[i].spec);
        char *said = messages(&c.diags);
        CHECK(c.good && strstr(said, "warning: ") && strstr(said, doubtful[i].message),
              "%s\nshould warn: %s\nbut says: %s", doubtful[i].spec, doubtful[i].message, said);
        free(said);
        compiled_free(&c);
    }
}

/* The RAM of this kernel ends at 4 GiB. */
static void check_border(void)
{
    struct compiled c;
    compile_text_to_image(
        &c, "riscv64",
        RISCV("a = pt b = pt c = pt f = frame (4k, paddr: 0xfffff000)  g = frame (4k, paddr: 0x100000000)",
              "a { 0: b } b { 0: c } c { 0: f (R)  1: g (R) }"),
        false);
    char *said = messages(&c.diags);
    CHECK(strstr(said, "warning: frame 'g' at 0x100000000 is device "
                       "memory for kernel riscv64, but the page mapped right below it is RAM"),
          "RAM and device memory side by side, but it says: %s", said);
    free(said);
    compiled_free(&c);
}

/* Kernels whose schedule is fixed when they are built have no room for another. */
static void check_no_schedule(void)
{
    struct compiled c;
    compile_text(&c, "aarch64+", ARM("", "") " domains { schedule: [(1, 5 ticks)] }");
    CHECK(c.good, "a schedule of one entry");
    struct capdl_profile fixed = *c.options.profile;
    fixed.num_domain_schedules = 0;
    c.options.profile = &fixed;
    uint8_t *blob = image_compile_blob(&c.spec, &c.options, &c.diags, &c.blob_size);
    char *said = messages(&c.diags);
    CHECK(!blob && strstr(said, "a domain schedule of 1 entries from index 0 does not fit: kernel aarch64 has room for "
                                "only 0"),
          "no room for a schedule, but it says: %s", said);
    free(said);
    free(blob);
    compiled_free(&c);
}

int main(void)
{
    check_doubtful();
    check_no_schedule();
    check_border();
    write_pattern("short.bin", 1000);
    for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
        struct compiled c;
        compile_text(&c, bads[i].profile, bads[i].spec);
        char *said = messages(&c.diags);
        CHECK(!c.good, "%s", bads[i].spec);
        CHECK(strstr(said, bads[i].message) && strstr(said, "error: "), "%s\nshould say: %s\nbut says: %s",
              bads[i].spec, bads[i].message, said);
        free(said);
        compiled_free(&c);
    }
    return fixture_result();
}
