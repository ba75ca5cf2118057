/* SPDX-License-Identifier: BSD-2-Clause */
/* An image is what its own spec says, with names and without; and every other spec is found to be another one,
   where it is. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "systems.h"

static void check_same(const char *what, struct system *image, const struct system *spec,
                       char digest[VERIFY_DIGEST_TEXT])
{
    struct verify_result r;
    system_verify(image, spec, &r);
    char *found = differences(&r);
    CHECK(r.num_differences == 0, "%s:\n%s", what, found);
    CHECK(strlen(r.digest) == 64, "%s: digest %s", what, r.digest);
    memcpy(digest, r.digest, VERIFY_DIGEST_TEXT);
    free(found);
    verify_result_free(&r);
}

static void check_decoded(const char *what, struct system *s, char digest[VERIFY_DIGEST_TEXT])
{
    struct verify_result r;
    struct verify_options options = {.profile = s->profile};
    struct capdl_spec spec;
    capdl_spec_init(&spec);
    bool good = image_to_spec(&s->image, "system.img", &spec, &s->diags);
    CHECK(good, "%s: no spec in the image", what);
    struct verify_spec with = {.spec = &spec, .name = "system.img", .bytes = s->bytes, .size = s->size};
    if (good && verify_image(&s->image, &options, &with, &r, 1, &s->diags)) {
        char *found = differences(&r);
        CHECK(r.num_differences == 0, "%s, spec from the image:\n%s", what, found);
        memcpy(digest, r.digest, VERIFY_DIGEST_TEXT);
        free(found);
        verify_result_free(&r);
    }
    capdl_spec_free(&spec);
}

static void test_good(const char *profile, const char *text)
{
    struct system named, stripped;
    char a[VERIFY_DIGEST_TEXT], b[VERIFY_DIGEST_TEXT], c[VERIFY_DIGEST_TEXT], unused[VERIFY_DIGEST_TEXT];
    system_read(&named, profile, text);
    system_read(&stripped, profile, text);
    system_build(&named, false);
    system_build(&stripped, true);
    check_same(profile, &named, &named, a);
    check_decoded(profile, &named, b);
    check_same("stripped", &stripped, &named, c);
    check_decoded("stripped", &stripped, unused);
    CHECK(strcmp(a, b) == 0, "%s: the digest depends on where the spec comes from", profile);
    CHECK(strcmp(a, c) == 0, "%s: the digest depends on names in the image", profile);
    system_free(&named);
    system_free(&stripped);
}

/* A change of the spec, and what verifying the image of the unchanged one must say. */
struct change {
    const char *from, *to, *says;
};

static const struct change arm_changes[] = {
    {"e (RWG, badge: 42)", "e (RW, badge: 42)", "CNode 'c' has in slot 0x1 a capability with rights RWG, not RW"},
    {"e (RWG, badge: 42)", "e (RWG, badge: 43)", "CNode 'c' has in slot 0x1 a capability with badge 0x2a, not 0x2b"},
    {"1: e (RWG, badge: 42)", "1: f (RWG, badge: 42)",
     "CNode 'c' has in slot 0x1 a capability to endpoint 'e', not to endpoint 'f'"},
    {"4: n (R)", "", "CNode 'c' has in slot 0x4 a capability to notification 'n', which is not in the spec"},
    {"4: n (R)", "4: n (W)", "CNode 'c' has in slot 0x4 a capability with rights R, not W"},
    {"d (guard: 5,", "d (guard: 6,", "CNode 'c' has in slot 0x9 a capability with the guard 0x5, not 0x6"},
    {"guard_size: 8)", "guard_size: 7)", "CNode 'c' has in slot 0x9 a capability with a guard size of 0x8, not 0x7"},
    {"6: stack (RW, mapping: (bottom, 2))", "6: stack (RW)", "which is not in the spec"},
    {"(bottom, 2)", "(bottom, 3)", "not for the one at 0x203000"},
    {"stack (RW)  3: stack (R)", "stack (RW)  3: stack (RW)", "maps frame 'stack' at 0x203000 with rights R, not RW"},
    {"code (RX)", "code (R)", "page table 'bottom' maps frame 'code' at 0x200000 with rights RX, not R"},
    {"data (RW, uncached)", "data (RW)", "with attributes 0, not 1 (cached)"},
    {"8: buffer[2] (RW) }", "9: buffer[2] (RW) }", "page table 'bottom' maps frame 'buffer[2]' at 0x208000"},
    {"8: buffer[2] (RW) }", "9: buffer[2] (RW) }", "page table 'bottom' maps nothing at 0x209000"},
    {"data.bin\" 8}", "data.bin\" 9}", "frame 'code' has 0x09 at offset 0x0, not 0x0a"},
    {"{0 100", "{0 99", "frame 'code' has 0x6c at offset 0x63, not 0x00 (1 byte of the page differs)"},
    {"data.bin\" 3}", "data.bin\" 4}", "frame 'data' has 0x04 at offset 0x10000, not 0x05"},
    {"stack = frame (4k)", "stack = frame (4k, fill: [{4095 1 CDL_FrameFill_FileData \"data.bin\" 0}])",
     "offset 0xfff, not 0x01"},
    {"ip: 0x200010", "ip: 0x200014", "TCB 't[1]' has in register pc 0x200010, not 0x200014"},
    {"ip: 0x200010, sp: 0x203000", "ip: 0x200010, sp: 0x203010",
     "TCB 't[0]' has in register sp 0x203000, not 0x203010"},
    {"init: [7, 8]", "init: [7, 9]", "TCB 't[0]' has in register x1 0x8, not 0x9"},
    {"init: [7, 8]", "init: [7]", "TCB 't[0]' has in register x1 0x8, not 0x0"},
    {"tls: 0x1234", "tls: 0x1238", "has in register tpidr 0x1234, not 0x1238"},
    {"prio: 100, max_prio: 90", "prio: 101, max_prio: 90", "has priority 0x64, not 0x65"},
    {"max_prio: 90", "max_prio: 91", "has maximum controlled priority 0x5a, not 0x5b"},
    {"addr: 0x206000", "addr: 0x206400", "TCB 'u' has IPC buffer address 0x206000, not 0x206400"},
    {", resume: False", "", "TCB 'u' is not started"},
    {"tls: 0x1234)", "tls: 0x1234, resume: False)", "TCB 't[1]' is started, but the spec does not say so"},
    {"tls: 0x1234)", "tls: 0x1234, dom: 3)", "has domain 0x0, not 0x3"},
    {"resume: False)", "resume: False, fpu_disabled: True)", "TCB 'u' has flags 0x0, not 0x1"},
    {"e (RWP, badge: 9)", "e (RWG, badge: 9)", "TCB 't[0]' has in fault_ep_slot a capability with rights RWP, not RWG"},
    {"temp_fault_ep_slot: e (RWGP)", "", "TCB 't[0]' has in TCB slot 7 a capability to endpoint 'e'"},
    {"bound_notification: n", "bound_notification: m",
     "has notification 'n' as its bound notification, not notification 'm'"},
    {"bound_vcpu: v", "", "has virtual CPU 'v' as its virtual CPU, not nothing"},
    {"sc_slot: s[1]", "", "has scheduling context 's[1]' as its scheduling context, not nothing"},
    {"cspace: c", "cspace: d", "TCB 't[0]' has in cspace a capability to CNode 'c', not to CNode 'd'"},
    {"period: 2000", "period: 3000", "scheduling context 's[0]' has period (in ticks)"},
    {"budget: 1000", "budget: 1001", "scheduling context 's[0]' has budget (in ticks)"},
    {"data: 5)", "data: 6)", "scheduling context 's[1]' has data 0x5, not 0x6"},
    {"n (RW, badge: 1)", "m (RW, badge: 1)",
     "'edge' has in slot 0x0 a capability to notification 'n', not to notification 'm'"},
    {"n (RW, badge: 1)", "n (RW, badge: 2)", "'edge' has in slot 0x0 a capability with badge 0x1, not 0x2"},
    {"trigger: edge", "trigger: level", "Arm interrupt 'edge' has trigger 0x1, not 0x0"},
    {"arm_irq (trigger: edge, target: 0)", "irq", "'edge' was made as an interrupt of another kind"},
    {"data: 5)", "data: 5, flags: 1)", "has sporadic flag 0x0, not 0x1"},
    {"init: [7, 8]", "init: [7, 8, 0, 0, 0, 0, 0, 0, 9]", "TCB 't[0]' has in register sp 0x203000, not 0x202ff0"},
    {"init: [7, 8]", "init: [7, 8, 0, 0, 0, 0, 0, 0, 9]", "frame 'stack' has 0x00 at offset 0xff0, not 0x09"},
    {"41: edge", "42: edge", "interrupt 41 is in use, which is not in the spec"},
    {"paddr: 0x9000000", "paddr: 0x9001000", "frame 'device' is at 0x9000000, not at 0x9001000"},
    {"(13 bits, paddr: 0x70004000)", "(13 bits, paddr: 0x70006000)",
     "untyped 'inner' is at 0x70004000, not at 0x70006000"},
    {"c = cnode (4 bits)  d = cnode (3 bits)", "c = cnode (4 bits)  d = cnode (4 bits)",
     "CNode 'd' has 2^3 slots, not 2^4"},
    {"m = notification", "m = notification  more = ep", "endpoint 'more' is missing"},
    {"l2 = ep  l3 = ep }", "l2 = ep } l3 = ep",
     "untyped 'loose' has endpoint 'l3' as a child, which is not in the spec"},
    {"{ leaf = ep } }", "{ } leaf = ep }", "untyped 'inner' has endpoint 'leaf' as a child"},
    {"pool { 0: top }", "", "ASID pool 'pool' holds"},
    {"pool { 0: top }", "pool { 0: top  1: top }", "ASID pool 'pool' lacks the address space in slot 0x1"},
    {"s[2] = sc (period: 2000, budget: 1000, data: 5)", "s[2] = sc",
     "scheduling context 's[0]' has a budget, which is not in the spec"},
    {"8: buffer[2] (RW) }", "512: buffer[2] (RW) }",
     "page table 'bottom' has no slot 0x200, where the spec maps something"},
    {"d { 1: kept (R) }", "d { 1: kept (R)  7: e (R) }",
     "CNode 'd' has no capability in slot 0x7; it should be to endpoint 'e'"},
    {"d { 1: kept (R) }", "d { 1: kept (R)  8: e (R) }", "CNode 'd' has no slot 0x8, where the spec puts a capability"},
    {"  edge { 0: n (RW, badge: 1) }\n", "", "Arm interrupt 'edge' signals notification 'n', which is not in the spec"},
    {"10: edge", "", "CNode 'c' has in slot 0xa a capability to interrupt handler 41, which is not in the spec"},
    {"14: sched_control (core: 0)", "",
     "CNode 'c' has in slot 0xe a capability to scheduling control 0, which is not in the spec"},
    {"(core: 0)", "(core: 1)", "CNode 'c' has in slot 0xe a capability with core 0x0, not 0x1"},
    {"l3 = ep", "", "untyped 'loose' has endpoint at 0x"},
    {"sp: 0x203000, prio: 100, max_prio: 90, init: [7, 8]",
     "sp: 0x700000, prio: 100, max_prio: 90, init: [7, 8, 0, 0, 0, 0, 0, 0, 9]",
     "TCB 't[0]' has start-up arguments on its stack, where nothing is mapped"},
    {"m = notification", "m = notification  old = arm_io_device (iospace: 1)",
     "Arm I/O device 'old' cannot be compared: the kernel model has no such object"},
};

static const struct change pc_changes[] = {
    {"fault_ep: 1", "fault_ep: 2", "TCB 't' has fault endpoint slot 0x1, not 0x2"},
    {"0x3f8..0x3ff", "0x3f8..0x3fe", "a capability with last port 0x3ff, not 0x3fe"},
    {"ioapic_pin: 4", "ioapic_pin: 5", "'line' has pin 0x4, not 0x5"},
    {"ioapic_polarity: 1", "ioapic_polarity: 0", "'line' has polarity 0x1, not 0x0"},
    {"20: line", "21: line", "interrupt 36 is in use, which is not in the spec"},
    {"init: [7, 8]", "init: [7, 9]", "TCB 't' has in register rsi 0x8, not 0x9"},
    {"buffer (RW, uncached)", "buffer (RW)", "with attributes 2, not 0 (cached)"},
    {"4: bottom", "4: middle",
     "CNode 'c' has in slot 0x4 a capability to page table 'bottom', not to page directory 'middle'"},
    {"badge: 3", "badge: 4", "has in slot 0x1 a capability with badge 0x3, not 0x4"},
    {"2: ports", "",
     "CNode 'c' has in slot 0x2 a capability to I/O port range 0x3f8 to 0x3ff, which is not in the spec"},
};

static const struct change device_changes[] = {
    {"1:2.3", "1:2.4", "CNode 'c' has in slot 0x1 a capability with device 0x113, not 0x114"},
    {"6: io_port_control", "6: io_space_master",
     "CNode 'c' has in slot 0x6 a capability to I/O port control, not to I/O space master"},
    {"domainID: 2", "domainID: 3", "a capability with domain 0x2, not 0x3"},
    {"disk { top }", "", "I/O device 'disk' sees I/O page table 'top', not nothing"},
    {"3: middle", "4: middle", "maps nothing at 0x100000000 (slot 0x4), not I/O page table 'middle'"},
    {"8: memory[1] (R) }", "8: memory[1] (RW) }", "maps frame 'memory[1]' at 0xffe08000 with rights R, not RW"},
    {"8: memory[1] (R) }", "9: memory[1] (R) }",
     "maps frame 'memory[1]' at 0xffe08000 (slot 0x8), which is not in the spec"},
    {"0: memory[0] (RW)", "0: memory[2] (RW)",
     "maps frame 'memory[0]' at 0xffe00000 (slot 0x0), not frame 'memory[2]'"},
    {"ept_root: guest", "ept_root: other",
     "TCB 't' has in ept_root a capability to EPT PML4 'guest', not to EPT PML4 'other'"},
    {"ept_root: guest", "", "TCB 't' has in TCB slot 10 a capability to EPT PML4 'guest', which is not in the spec"},
    {"5: memory[2] (RWX)", "5: memory[2] (RX)", "maps frame 'memory[2]' at 0x8080605000 with rights RWX, not RX"},
    {"(R, uncached)", "(R)", "maps frame 'memory[1]' at 0x8080606000 with attributes 0, not 6 (cached)"},
    {"4: large (RWX)", "", "maps frame 'large' at 0x8080800000 (slot 0x4), which is not in the spec"},
    {"2: guest ", "2: other ", "CNode 'c' has in slot 0x2 a capability to EPT PML4 'guest', not to EPT PML4 'other'"},
};

static const struct change stream_changes[] = {
    {"id: 18", "id: 20", "stream 18 is in use, which is not in the spec"},
    {"7: streamid_control", "7: irq_control",
     "CNode 'c' has in slot 0x7 a capability to SMMU stream control, not to IRQ control"},
    {"  8: contextbank_control", "",
     "CNode 'c' has in slot 0x8 a capability to SMMU context bank control, which is not in the spec"},
    {"bank: 3", "bank: 5", "SMMU context bank 'bank' has no capability"},
    {"bank: 3", "bank: 64", "SMMU context bank 'bank' has no capability"}, /* the kernel has up to 64 */
    {"net { bank }", "net { spare }", "SMMU stream id 'net' has in slot 0x0 a capability with number 0x3, not 0x4"},
    {"net { bank }", "", "SMMU stream id 'net' is bound to context bank 3, which is not in the spec"},
    {"bank { space }", "bank { second }",
     "SMMU context bank 'bank' sees page upper directory 'space', not page upper directory 'second'"},
    {"bank { space }", "", "SMMU context bank 'bank' sees page upper directory 'space', not nothing"},
    {"1: net  2", "2", "CNode 'c' has in slot 0x1 a capability to stream id 18, which is not in the spec"},
    {"3: bank  4", "4", "CNode 'c' has in slot 0x3 a capability to context bank 3, which is not in the spec"},
    {"id: 18", "id: 128", "SMMU stream id 'net' has no capability"}, /* the kernel has up to 127 */
    {"usb = streamid (id: 19)", "usb = streamid", "SMMU stream id 'usb' has no capability"},
};

/* Who can revoke what. */
static const char derived[] = "arch aarch64\n"
                              "objects { c = cnode (4 bits)  e = ep  n = notification }\n"
                              "caps {\n"
                              "  c { 1: e (RWGP)  2: e (R) - child_of (c, 1)  3: e (W, badge: 7) - child_of (c, 1)\n"
                              "      4: e (W, badge: 7) - child_of (c, 3)  5: n (R)  6: n (W)}\n"
                              "}\n";

static const struct change derived_changes[] = {
    {"2: e (R) - child_of (c, 1)", "2: e (R)",
     "CNode 'c' has in slot 0x2 a capability derived from the one in slot 0x1 of CNode 'c', which is not in the spec: "
     "the holder of that one can revoke it"},
    {"4: e (W, badge: 7) - child_of (c, 3)", "4: e (W, badge: 7) - child_of (c, 1)",
     "CNode 'c' has in slot 0x4 a capability derived from the one in slot 0x3 of CNode 'c', which is not in the spec"},
    {"6: n (W)", "6: n (W) - child_of (c, 5)",
     "CNode 'c' has in slot 0x6 a capability that is not derived from the one in slot 0x5 of CNode 'c'"},
    {"6: n (W)", "6: n (W) - child_of (c, 16)",
     "CNode 'c' has in slot 0x6 a capability that is not derived from the one in slot 0x10 of CNode 'c'"},
};

/* This kernel has 16 entries. */
static const char schedule[] = "arch aarch64 objects { t = tcb (dom: 1) } caps { }\n"
                               "domains { schedule: [(1, 40000 ticks), (0, 70000 ticks), (0, 0)] index_shift: 2 }\n";

static const struct change schedule_changes[] = {
    {"40000", "40001", "the domain schedule has in entry 2 domain 1 for 40000 ticks, not domain 1 for 40001"},
    {"(0, 7", "(1, 7", "the domain schedule has in entry 3 domain 0 for 70000 ticks, not domain 1 for 70000"},
    {"shift: 2", "shift: 3", "the domain schedule starts at entry 2, not 3"},
    {"shift: 2", "shift: 14", "the domain schedule has no entry 16"},
};

static void test_changes(const char *profile, const char *text, const struct change *changes, size_t count)
{
    struct system image;
    system_read(&image, profile, text);
    system_build(&image, false);
    for (size_t i = 0; i < count; i++) {
        struct system other;
        struct verify_result r;
        char *changed = replaced(text, changes[i].from, changes[i].to);
        system_read(&other, profile, changed);
        system_verify(&image, &other, &r);
        char *found = differences(&r);
        CHECK(says(&r, changes[i].says), "'%s' -> '%s': found\n%s  but not: %s", changes[i].from, changes[i].to, found,
              changes[i].says);
        free(found);
        verify_result_free(&r);
        system_free(&other);
        free(changed);
    }
    system_free(&image);
}

/* Equal untypeds that differ in what lies in them and in where they lie, one in the other at the same address; equal
   scheduling contexts but for their size: to be told apart without names, too. */
static const char nested[] = "arch aarch64\n"
                             "objects {\n"
                             "  a = ut (11 bits) { b = ut (5 bits) { x = ep } }  c = ut (5 bits)\n"
                             "  d = ut (10 bits, paddr: 0x70000400) { e = ut (10 bits) }  f = ut (10 bits)\n"
                             "  s = sc (10 bits)  small = sc (9 bits)  other = sc (10 bits)\n"
                             "  k = cnode (4 bits)\n"
                             "}\n"
                             "caps { k { 4: d  5: small  6: other } }\n";

/* Who has originals: eight in a row are made where they belong, seven, those without a right or with another use are
   copied. */
static const char originals[] = "arch aarch64\n"
                                "objects {\n"
                                "  k = cnode (8 bits)  e[8] = ep  seven[7] = ep  few[8] = ep  extra = ep\n"
                                "  n[9] = notification  r[8] = rtreply  p[8] = frame (4k)  u[8] = ut (13 bits)\n"
                                "  large[8] = ut (14 bits)  c[8] = cnode (3 bits)\n"
                                "}\n"
                                "caps { k {\n"
                                "  0: e[] (RWGP)  9: seven[] (RWGP)  0x18: few[] (RWG)  0x20: n[] (RW)  0x30: r[]\n"
                                "  0x40: p[] (RW)  0x50: u[]  0x60: large[]  0x70: c[]  0xff: extra (RW) } }\n";
static const struct change fewer_originals[] = {
    {"0xff: extra (RW)", "0xff: e[3] (RW)",
     "CNode 'k' has in slot 0x0 the original capability to endpoint 'e[0]', not a copy: its holder can destroy the"},
    {"n[] (RW)", "n[] (R)", "CNode 'k' has in slot 0x28 the original capability to notification 'n[8]', not a copy"},
    {"p[8] = frame (4k)", "p[8] = frame (4k, fill: [{0 0 CDL_FrameFill_FileData \"data.bin\" 0}])",
     "has in slot 0x40 the original capability to frame 'p[0]', not a copy"},
};
static const struct change more_originals[] = {
    {"few[] (RWG)", "few[] (RWGP)",
     "CNode 'k' has in slot 0x1f a copy of the capability to endpoint 'few[7]', not the"},
    {"seven[7] = ep", "seven[8] = ep",
     "CNode 'k' has in slot 0x9 a copy of the capability to endpoint 'seven[0]', not the original"},
};

/* Pages that a thread, or a device, cannot read. */
static const char unread[] =
    "arch x86_64\n"
    "objects {\n"
    "  disk = io_device (1:2.3, domainID: 2)  i = io_pt (level: 1)  j = io_pt (level: 2)  k = io_pt (level: 3)\n"
    "  m[2] = frame (4k)  a = pml4  b = pdpt  d = pd  p = pt  f[3] = frame (4k)  c = cnode (2 bits)\n"
    "}\n"
    "caps {\n"
    "  disk { i }  i { 3: j }  j { 511: k }  k { 0: m[0] (W)  8: m[1] (RW) }\n"
    "  a { 0: b }  b { 0: d }  d { 0: p }  p { 0: f[0] (W)  1: f[1] (RW)  2: f[2] }\n"
    "  c { 0: disk  1: a }\n"
    "}\n";

int main(void)
{
    test_good("x86_64+", unread);
    test_good("aarch64-mcs", nested);
    test_good("aarch64-mcs", originals);
    test_changes("aarch64-mcs", originals, fewer_originals, sizeof(fewer_originals) / sizeof(fewer_originals[0]));
    test_changes("aarch64-mcs", originals, more_originals, sizeof(more_originals) / sizeof(more_originals[0]));
    test_good("aarch64-mcs", arm);
    test_good("x86_64", pc);
    test_changes("aarch64-mcs", arm, arm_changes, sizeof(arm_changes) / sizeof(arm_changes[0]));
    test_changes("x86_64", pc, pc_changes, sizeof(pc_changes) / sizeof(pc_changes[0]));
    test_good("x86_64+", pc_devices);
    test_good("aarch64-mcs+", streams);
    test_changes("x86_64+", pc_devices, device_changes, sizeof(device_changes) / sizeof(device_changes[0]));
    test_changes("aarch64-mcs+", streams, stream_changes, sizeof(stream_changes) / sizeof(stream_changes[0]));
    test_good("aarch64-mcs", derived);
    test_changes("aarch64-mcs", derived, derived_changes, sizeof(derived_changes) / sizeof(derived_changes[0]));
    test_changes("aarch64-mcs+", schedule, schedule_changes, sizeof(schedule_changes) / sizeof(schedule_changes[0]));
    return fixture_result();
}
