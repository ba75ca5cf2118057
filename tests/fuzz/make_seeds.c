/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes images and blobs for fuzz_image.c: made, as their format is not for keeping. make_seeds DIRECTORY */
#include <stdlib.h>
#include <string.h>

#include "../image/fixture.h"

static const char *const specs[][2] = {
    {"aarch64",
     "arch aarch64\n"
     "objects {\n"
     "  t[2] = tcb (addr: 0x205000, ip: 0x200010, sp: 0x203000, prio: 100, max_prio: 90, affinity: 0, init: [7])\n"
     "  c = cnode (4 bits)  top = pud  middle = pd  bottom = pt  n = notification  line = irq\n"
     "  e = ep  page[2] = frame (4k)  device = frame (4k, paddr: 0x9000000)\n"
     "  memory = ut (14 bits, paddr: 0x70000000) { late = frame (4k, paddr: 0x70002000) }\n"
     "}\n"
     "caps {\n"
     "  top { 0: middle }  middle { 1: bottom }  bottom { 0: page[0] (RX)  1: page[1] (RX)  5: device (RW) }\n"
     "  c { 1: n (RW, badge: 42)  2: t[0]  3: c (guard: 0, guard_size: 60)  4: line  5: page[0] (R)  6: e (RWGP) }\n"
     "  line { 0: n (RW) }\n"
     "  t[0] { cspace: c  vspace: top  ipc_buffer_slot: page[0] (RW) }\n"
     "  t[1] { cspace: c  vspace: top  ipc_buffer_slot: page[1] (RW) }\n"
     "}\n"
     "irq maps { 40: line }\n"},
    {"x86_64",
     "arch x86_64\n"
     "objects { e = ep  c = cnode (3 bits)  p = pml4  t = tcb (addr: 0, ip: 0x400000, sp: 0, prio: 9, max_prio: 9, "
     "affinity: 0)\n"
     "  d = io_ports (ports: [0x60..0x64]) }\n"
     "caps { c { 0: e (RWGP)  1: e (R) - child_of (c, 0)  2: d }  t { cspace: c (guard_size: 61)  vspace: p } }\n"
     "domains { schedule: [(0, 10)] }\n"},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof(specs) / sizeof(specs[0]); i++) {
        struct compiled c;
        char path[512];
        compile_text_to_image(&c, specs[i][0], specs[i][1], false);
        if (!c.good) {
            capdl_diags_print(&c.diags, stderr, 0);
            return 1;
        }
        for (int blob = 0; blob < 2; blob++) {
            FILE *file;
            snprintf(path, sizeof(path), "%s/%s.%s", argv[1], specs[i][0], blob ? "blob" : "elf");
            file = fopen(path, "wb");
            if (!file || !fwrite(blob ? c.blob : c.image, blob ? c.blob_size : c.image_size, 1, file) || fclose(file)) {
                perror(path);
                return 2;
            }
        }
        compiled_free(&c);
    }
    fixture_result(); /* for its removing the directory */
    return argc != 2;
}
