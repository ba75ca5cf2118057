/* SPDX-License-Identifier: BSD-2-Clause */
/* A spec read back from an image compiles to the same image, and is printed like the spec the image was made from. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static char *spec_text(const struct capdl_spec *spec)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    capdl_spec_write_text(spec, out, false);
    fclose(out);
    return text;
}

/* Fills of a spec from an image name the image's file; apart from these lines two texts are compared. */
static void drop_fills(char *text)
{
    char *fill;
    while ((fill = strstr(text, ", fill: ["))) {
        char *end = strchr(fill, ']');
        memmove(fill, end + 1, strlen(end + 1) + 1);
    }
}

static void read_back(struct compiled *first, struct compiled *second, struct image *image)
{
    struct capdl_diags *diags = &second->diags;
    *second = (struct compiled){.options = first->options};
    second->options.profile = &image->profile;
    second->options.spec_path = strdup(first->options.spec_path);
    capdl_spec_init(&second->spec);
    write_file("system.img", first->image, first->image_size);
    bool opened = image_open(image, "system.img", first->image, first->image_size, diags);
    bool read = opened && image_to_spec(image, "system.img", &second->spec, diags);
    char *said = messages(diags);
    CHECK(opened && read, "%s", said);
    free(said);
    if (read) {
        second->blob = image_compile_blob(&second->spec, &second->options, diags, &second->blob_size);
        compile_to_image(second);
    }
}

static void check_same_blob(const char *title, const struct compiled *first, const struct compiled *second)
{
    char *said = messages(&second->diags);
    CHECK(second->blob, "%s, compiled again: %s", title, said);
    free(said);
    if (!second->blob || !first->blob) {
        return;
    }
    bool same = first->blob_size == second->blob_size && memcmp(first->blob, second->blob, first->blob_size) == 0;
    char *a = same ? NULL : blob_text(first->blob, first->blob_size);
    char *b = same ? NULL : blob_text(second->blob, second->blob_size);
    CHECK(same, "%s: the blob was\n%sand is now\n%s", title, a, b);
    free(a);
    free(b);
}

static void check_same_image(const char *title, const struct compiled *first, const struct compiled *second)
{
    CHECK(first->image_size == second->image_size && memcmp(first->image, second->image, first->image_size) == 0,
          "%s: the image differs (%zu and %zu bytes)", title, first->image_size, second->image_size);
}

static void round_trip(const char *title, const char *profile, const char *text, bool strip)
{
    struct compiled first, second;
    struct image image;
    compile_text_to_image(&first, profile, text, strip);
    char *said = messages(&first.diags);
    CHECK(first.good, "%s: %s", title, said);
    free(said);
    if (first.good) {
        read_back(&first, &second, &image);
        check_same_blob(title, &first, &second);
        check_same_image(title, &first, &second);
        char *a = spec_text(&first.spec), *b = spec_text(&second.spec);
        drop_fills(a);
        drop_fills(b);
        size_t at = 0;
        while (a[at] && a[at] == b[at]) {
            at++;
        }
        CHECK(strip || strcmp(a, b) == 0, "%s: the spec goes on with\n%.200s\nwhere the image shows\n%.200s", title,
              a + at, b + at);
        free(a);
        free(b);
        compiled_free(&second);
    }
    compiled_free(&first);
}

static const char arm[] =
    "arch aarch64\n"
    "objects {\n"
    "  t[2] = tcb (addr: 0x205000, ip: 0x200010, sp: 0x203000, prio: 100, max_prio: 90, affinity: 0, init: [7, 8], "
    "tls: 0x1234)\n"
    "  idle = tcb  c = cnode (4 bits)  top = pud  middle = pd  bottom = pt\n"
    "  code = frame (4k, fill: [{0 100 CDL_FrameFill_FileData \"code.bin\" 8}])\n"
    "  data = frame (2M, fill: [{8192 9000 CDL_FrameFill_FileData \"code.bin\" 0}, {65536 4 CDL_FrameFill_FileData "
    "\"code.bin\" 0}])\n"
    "  stack = frame (4k)  buffer[2] = frame (4k)  device = frame (4k, paddr: 0x9000000)\n"
    "  e = ep  n = notification  s[2] = sc (8 bits, period: 2000, budget: 1000, data: 5)  r = rtreply  v = vcpu\n"
    "  line = irq  edge = arm_irq (trigger: edge, target: 0)\n"
    "  memory = ut (16 bits, paddr: 0x70000000) { inner = ut (13 bits, paddr: 0x70004000) { leaf = ep } }\n"
    "  loose = ut (14 bits) { l1 = tcb  l2 = ep  l3 = ep }\n"
    "}\n"
    "caps {\n"
    "  top { 0: middle }  middle { 1: bottom  2: data (RW, uncached) }\n"
    "  bottom { 0: code (RX)  2: stack (RW)  3: stack (R)  5: buffer[0] (RW)  6: buffer[1] (RW)  7: device (RW, "
    "uncached) }\n"
    "  c { 1: e (RWG, badge: 42)  2: t[0]  3: c (guard: 0, guard_size: 60)  4: n (R)  5: loose  6: stack (RW, "
    "mapping: (bottom, 2))\n"
    "      7: r  8: s[0]  9: line  10: edge  11: irq_control  12: asid_control  13: domain  14: sched_control (core: "
    "0)  15: leaf (RW) }\n"
    "  line { 0: n (RW, badge: 1) }\n"
    "  t[0] { cspace: c (guard: 0, guard_size: 60)  vspace: top  ipc_buffer_slot: buffer[0] (RW)  sc_slot: s[0]\n"
    "         fault_ep_slot: e (RWP, badge: 9)  temp_fault_ep_slot: e (RWGP)  bound_notification: n (RW) bound_vcpu: "
    "v }\n"
    "  t[1] { cspace: c (guard: 0, guard_size: 60)  vspace: top  ipc_buffer_slot: buffer[1] (RW)  sc_slot: s[1] }\n"
    "}\n"
    "irq maps { 40: line 41: edge }\n";

static const char x86[] = "arch x86_64\n"
                          "objects {\n"
                          "  t = tcb (addr: 0x201000, ip: 0x200000, sp: 0x200ff0, prio: 5, max_prio: 6, affinity: 0, "
                          "resume: False, fault_ep: 3, init: [1, 2])\n"
                          "  c = cnode (3 bits)  top = pml4  three = pdpt  two = pd  one = pt\n"
                          "  shared = frame (4k)  code = frame (4k, fill: [{0 4000 CDL_FrameFill_FileData "
                          "\"code.bin\" 0}])  big = frame (2M)\n"
                          "  huge = frame (1024M)  n = notification  pool = asid_pool\n"
                          "  line = msi_irq (msi_handle: 1, msi_pci_bus: 2, msi_pci_dev: 3, msi_pci_fun: 4)\n"
                          "  pin = ioapic_irq (ioapic_num: 0, ioapic_pin: 4, ioapic_level: 1, ioapic_polarity: 0)\n"
                          "  ports = io_ports (ports: [0x3f8..0x3ff])\n"
                          "}\n"
                          "caps {\n"
                          "  top { 0: three }  three { 0: two  1: huge (RW) }  two { 1: one  2: big (RW) }\n"
                          "  one { 0: shared (RWX)  1: shared (RX)  2: code (RX) }\n"
                          "  c { 0: code (RWX, mapping: (one, 2))  1: pool  2: line  3: pin  4: ports  6: top }\n"
                          "  line { 0: n (RW, badge: 4) }  pool { 0: top }\n"
                          "  t { cspace: c  vspace: top  ipc_buffer_slot: shared (RW)  bound_notification: n (RW) }\n"
                          "}\n"
                          "irq maps { 9: line 11: pin }\n";

static const char riscv[] =
    "arch riscv\n"
    "objects {\n"
    "  t = tcb (addr: 0, ip: 0x1000, sp: 0x2000, prio: 1, max_prio: 1, affinity: 0, init: [5])  c = cnode (2 bits)\n"
    "  top = pt  middle = pt  bottom[2] = pt  region[1024] = frame (4k)\n"
    "  large[2] = frame (2M, fill: [{4096 5000 CDL_FrameFill_FileData \"code.bin\" 0}])\n"
    "  page = frame (4k, fill: [{0 10 CDL_FrameFill_FileData \"code.bin\" 0}])\n"
    "  same = frame (4k, fill: [{0 10 CDL_FrameFill_FileData \"code.bin\" 0}])\n"
    "}\n"
    "caps {\n"
    "  top { 0: middle }  middle { 0: bottom[0]  1: bottom[1]  2: large[0] (RX)  3: large[1] (R) }\n"
    "  bottom[0] { region[0..511] (RW) }  bottom[1] { region[512..1023] (RW) }\n"
    "  t { cspace: c  vspace: top }\n"
    "}\n";

static const char devices[] =
    "arch x86_64\n"
    "objects {\n"
    "  disk = io_device (domainID: 2, 0:3.1)  net = io_device (domainID: 65535, 255:31.7)\n"
    "  held = io_device (domainID: 7, 1:0.0)  c = cnode (4 bits)\n"
    "  one[2] = io_pt (level: 1)  two[2] = io_pt (level: 2)  three[3] = io_pt (level: 3)  spare = io_pt (level: 1)\n"
    "  buffer[4] = frame (4k)  code = frame (4k, fill: [{0 4000 CDL_FrameFill_FileData \"code.bin\" 0}])\n"
    "}\n"
    "caps {\n"
    "  disk { 0: one[0] }  one[0] { 511: two[0] }  two[0] { 0: three[0]  1: three[1] }\n"
    "  three[0] { 0: buffer[0..3] (RW)  100: code (R) }  three[1] { 511: buffer[0] (W) }\n"
    "  net { 0: one[1] }  one[1] { 0: two[1] }  two[1] { 9: three[2] }  three[2] { 1: buffer[3] (R) }\n"
    "  c { 0: disk  1: held  2: io_space_master  3: three[0]  4: spare  5: buffer[0] (RW, mapping: (three[0], 0)) }\n"
    "}\n";

static const char guests[] =
    "arch x86_64\n"
    "objects {\n"
    "  monitor = tcb (addr: 0, ip: 0x200000, sp: 0, prio: 5, max_prio: 6, affinity: 0, resume: False)\n"
    "  c = cnode (3 bits)  host = pml4  guest = ept_pml4  three = ept_pdpt  two = ept_pd  one = ept_pt\n"
    "  page[4] = frame (4k)  large = frame (2M)  v = vcpu  spare = ept_pt  pool = asid_pool\n"
    "}\n"
    "caps {\n"
    "  guest { 511: three }  three { 0: two }  two { 0: one  1: large (RWX) }\n"
    "  one { 0: page[0..2] (RWX)  3: page[3] (R, uncached) }\n"
    "  pool { 0: guest }  c { 0: guest  1: one  2: spare  3: v }\n"
    "  monitor { cspace: c  vspace: host  bound_vcpu: v  ept_root: guest }\n"
    "}\n";

static const char streams[] =
    "arch aarch64\n"
    "objects {\n"
    "  net = streamid (id: 18)  usb = streamid (id: 0)  free = streamid (id: 1)  bank = contextbank (bank: 5)\n"
    "  none = contextbank (bank: 6)  top = pud  middle = pd  bottom = pt  page = frame (4k)  c = cnode (3 bits)\n"
    "}\n"
    "caps {\n"
    "  top { 0: middle }  middle { 1: bottom }  bottom { 2: page (RW) }\n"
    "  bank { 0: top }  net { 0: bank }  usb { 0: bank }  c { 0: net  1: usb  2: free  3: bank  4: none }\n"
    "}\n";

/* A device's page below 1 to 5 tables; the calls alone do not tell how many levels there are. */
static void round_trip_io_levels(unsigned levels)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "arch x86_64 objects { d = io_device (domainID: 1, 0:1.0)  f = frame (4k)\n");
    for (unsigned i = 1; i <= levels; i++) {
        fprintf(out, "t%u = io_pt (level: %u)\n", i, i);
    }
    fprintf(out, "} caps { d { 0: t1 }\n");
    for (unsigned i = 1; i < levels; i++) {
        fprintf(out, "t%u { %u: t%u }\n", i, i, i + 1);
    }
    fprintf(out, "t%u { 9: f (RW) } }", levels);
    fclose(out);
    char title[40];
    snprintf(title, sizeof(title), "I/O spaces of %u levels", levels);
    round_trip(title, "x86_64-mcs", text, false);
    free(text);
}

#define SCHEDULE                              \
    "objects { t = tcb (dom: 3) } caps { }\n" \
    "domains { schedule: [(3, 4000 us), (1, 5 ticks), (0, 0), (1, 6000 us)] domain_set_start: 3 index_shift: 2 }\n"

int main(void)
{
    round_trip("an IPC buffer at address 0", "aarch64-mcs",
               "arch aarch64 objects { f = frame (4k)  v = vcpu  s = pud  c = cnode (4 bits)\n"
               "t = tcb (addr: 0, ip: 0, sp: 0, prio: 9, max_prio: 9, affinity: 0, resume: False) }\n"
               "caps { t { cspace: c  vspace: s  ipc_buffer_slot: f (RW)  bound_vcpu: v } }",
               false);
    round_trip("domains on AArch64", "aarch64-mcs+", "arch aarch64 " SCHEDULE, false);
    round_trip("domains on RISC-V", "riscv64+", "arch riscv " SCHEDULE, false);
    round_trip("domains on x86-64", "x86_64-mcs+", "arch x86_64 " SCHEDULE, true);
    write_pattern("code.bin", 9000);
    round_trip("AArch64", "aarch64-mcs", arm, false);
    round_trip("AArch64 without names", "aarch64-mcs", arm, true);
    round_trip("x86-64", "x86_64", x86, false);
    round_trip("x86-64 without names", "x86_64", x86, true);
    round_trip("RISC-V", "riscv64", riscv, false);
    round_trip("RISC-V without names", "riscv64-mcs", riscv, true);
    round_trip("I/O spaces", "x86_64", devices, false);
    round_trip("I/O spaces without names", "x86_64", devices, true);
    for (unsigned levels = 1; levels <= 5; levels++) {
        round_trip_io_levels(levels);
    }
    round_trip("guests", "x86_64+", guests, false);
    round_trip("guests without names", "x86_64+", guests, true);
    round_trip("streams", "aarch64+", streams, false);
    round_trip("streams without names", "aarch64+", streams, true);
    round_trip("nothing", "riscv64", "arch riscv objects { } caps { }", false);
    return fixture_result();
}
