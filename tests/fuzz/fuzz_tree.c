/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes the input for a device tree that a spec with device memory and interrupts is compared with. */
#include <stdlib.h>
#include <string.h>

#include "devicetree/devicetree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char text[] =
    "arch aarch64\n"
    "objects {\n"
    "  memory = frame (4k, paddr: 0x40000000)  large = frame (2M, paddr: 0x40200000)  uart = frame (4k, paddr: "
    "0x9000000)\n"
    "  timer = frame (4k, paddr: 0x9010000)  none = frame (4k, paddr: 0)  last = frame (4k, paddr: "
    "0xfffffffffffff000)\n"
    "  a = irq  b = arm_irq (trigger: edge, target: 0)  c = arm_irq (trigger: level, target: 0)\n"
    "}\n"
    "irq maps { 0: a  18: b  33: c }\n";

/* A copy of the exact size at an aligned address, as files are given to the check. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct capdl_diags diags = {NULL};
    struct capdl_spec spec;
    char *messages = NULL;
    FILE *sink = open_memstream(&messages, &(size_t){0});
    void *tree = malloc(size + !size);
    memcpy(tree, data, size);
    capdl_spec_init(&spec);
    if (!capdl_spec_read_text(&spec, &diags, capdl_diags_add_source(&diags, "spec", text, strlen(text)), NULL)) {
        abort();
    }
    struct devicetree *read = devicetree_read("tree", tree, size, &diags);
    if (read) {
        devicetree_check(read, &spec, &diags);
        devicetree_fits(read, spec.arch, NULL, &diags);
        devicetree_same_board(read, read, &diags);
        devicetree_list(read, size % 2, sink);
        devicetree_list_one(read, "serial0", false, sink, &diags);
    }
    devicetree_free(read);
    capdl_diags_print(&diags, sink, 20);
    fclose(sink);
    free(messages);
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    free(tree);
    return 0;
}
