/* SPDX-License-Identifier: BSD-2-Clause */
/* Two systems with something of every kind of object. */
#ifndef TESTS_VERIFY_SYSTEMS_H
#define TESTS_VERIFY_SYSTEMS_H

static const char arm[] =
    "arch aarch64\n"
    "objects {\n"
    "  t[2] = tcb (addr: 0x205000, ip: 0x200010, sp: 0x203000, prio: 100, max_prio: 90, init: [7, 8], tls: 0x1234)\n"
    "  u = tcb (addr: 0x206000, ip: 0x200020, sp: 0x203000, prio: 80, max_prio: 70, resume: False)\n"
    "  idle = tcb  c = cnode (4 bits)  d = cnode (3 bits)  top = pud  middle = pd  bottom = pt\n"
    "  code = frame (4k, fill: [{0 100 CDL_FrameFill_FileData \"data.bin\" 8}])\n"
    "  data = frame (2M, fill: [{8192 9000 CDL_FrameFill_FileData \"data.bin\" 0},\n"
    "                           {65536 4 CDL_FrameFill_FileData \"data.bin\" 3}])\n"
    "  kept = frame (4k, fill: [{0 10 CDL_FrameFill_FileData \"data.bin\" 0}])\n"
    "  stack = frame (4k)  buffer[3] = frame (4k)  device = frame (4k, paddr: 0x9000000)\n"
    "  e = ep  f = ep  n = notification  m = notification  r = rtreply  v = vcpu\n"
    "  s[2] = sc (period: 2000, budget: 1000, data: 5)\n"
    "  edge = arm_irq (trigger: edge, target: 0)  pool = asid_pool\n"
    "  memory = ut (16 bits, paddr: 0x70000000) { inner = ut (13 bits, paddr: 0x70004000) { leaf = ep } }\n"
    "  loose = ut (14 bits) { l1 = tcb  l2 = ep  l3 = ep }\n"
    "}\n"
    "caps {\n"
    "  top { 0: middle }  middle { 1: bottom  2: data (RW, uncached) }\n"
    "  bottom { 0: code (RX)  2: stack (RW)  3: stack (R)  5: buffer[0] (RW)  6: buffer[1] (RW) "
    "     7: device (RW, uncached)  8: buffer[2] (RW) }\n"
    "  pool { 0: top }\n"
    "  c { 1: e (RWG, badge: 42)  2: t[0]  3: c (guard: 0, guard_size: 60)  4: n (R)  5: loose "
    "     6: stack (RW, mapping: (bottom, 2))\n"
    "      7: r  8: s[0]  9: d (guard: 5, guard_size: 8)  10: edge  11: irq_control  12: asid_control  13: domain\n"
    "      14: sched_control (core: 0)  15: leaf (RW) }\n"
    "  d { 1: kept (R) }\n"
    "  edge { 0: n (RW, badge: 1) }\n"
    "  t[0] { cspace: c (guard: 0, guard_size: 60)  vspace: top  ipc_buffer_slot: buffer[0] (RW)  sc_slot: s[0]\n"
    "         fault_ep_slot: e (RWP, badge: 9)  temp_fault_ep_slot: e (RWGP) "
    "     bound_notification: n (RW) bound_vcpu: v }\n"
    "  t[1] { cspace: d (guard: 0, guard_size: 61)  vspace: top  ipc_buffer_slot: buffer[1] (RW)  sc_slot: s[1] }\n"
    "  u { cspace: d (guard: 0, guard_size: 61)  vspace: top  ipc_buffer_slot: buffer[2] (RW) }\n"
    "}\n"
    "irq maps { 41: edge }\n";

static const char pc[] =
    "arch x86_64\n"
    "objects {\n"
    "  t = tcb (addr: 0x205000, ip: 0x200010, sp: 0x203000, prio: 100, max_prio: 90, init: [7, 8], fault_ep: 1)\n"
    "  c = cnode (4 bits)  top = pml4  third = pdpt  middle = pd  bottom = pt\n"
    "  code = frame (4k, fill: [{16 4000 CDL_FrameFill_FileData \"data.bin\" 8}])  buffer = frame (4k)\n"
    "  e = ep  n = notification  ports = io_ports (ports: [0x3f8..0x3ff])\n"
    "  line = ioapic_irq (ioapic_num: 0, ioapic_pin: 4, ioapic_level: 0, ioapic_polarity: 1)\n"
    "}\n"
    "caps {\n"
    "  top { 0: third }  third { 0: middle }  middle { 1: bottom }\n"
    "  bottom { 0: code (RX)  5: buffer (RW, uncached) }\n"
    "  c { 1: e (RWGP, badge: 3)  2: ports  3: line  4: bottom }\n"
    "  line { 0: n (RW, badge: 1) }\n"
    "  t { cspace: c (guard: 0, guard_size: 60)  vspace: top  ipc_buffer_slot: buffer (RW) }\n"
    "}\n"
    "irq maps { 20: line }\n";

/* What devices and guests see. */
static const char pc_devices[] =
    "arch x86_64\n"
    "objects {\n"
    "  disk = io_device (1:2.3, domainID: 2)  top = io_pt (level: 1)  middle = io_pt (level: 2)  leaf = io_pt (level: "
    "3)\n"
    "  guest = ept_pml4  g1 = ept_pdpt  g2 = ept_pd  g3 = ept_pt  large = frame (2M)\n"
    "  memory[3] = frame (4k)  v = vcpu  t = tcb (resume: False)  c = cnode (4 bits)  root = pml4  other = ept_pml4\n"
    "  keys = io_ports (ports: [0x60..0x64])\n"
    "}\n"
    "caps {\n"
    "  disk { top }  top { 3: middle }  middle { 511: leaf }  leaf { 0: memory[0] (RW)  8: memory[1] (R) }\n"
    "  guest { 1: g1 }  g1 { 2: g2 }  g2 { 3: g3  4: large (RWX) }  g3 { 5: memory[2] (RWX)  6: memory[1] (R, "
    "uncached) }\n"
    "  t { cspace: c  vspace: root  bound_vcpu: v  ept_root: guest }  c { 1: disk  2: guest  3: io_space_master  4: "
    "other  5: keys  6: io_port_control }\n"
    "}\n";

static const char streams[] =
    "arch aarch64\n"
    "objects {\n"
    "  net = streamid (id: 18)  usb = streamid (id: 19)  bank = contextbank (bank: 3)  spare = contextbank (bank: 4)\n"
    "  space = pud  second = pud  c = cnode (4 bits)\n"
    "}\n"
    "caps {\n"
    "  net { bank }  bank { space }\n"
    "  c { 1: net  2: usb  3: bank  4: spare  5: space  6: second  7: streamid_control  8: contextbank_control }\n"
    "}\n";

#endif
