/* SPDX-License-Identifier: BSD-2-Clause */
/* args[0]: the table of modules; args[1], args[2]: start and size of the child's room; args[3]: where it is here. */
#include <capdl/modules.h>

#include "child.h"

enum { DONE = 4, TCB = 5, VSPACE = 6, FRAMES = 64 };

static const struct capdl_module *find(const struct capdl_modules *modules, const char *name)
{
    for (uint64_t i = 0; i < modules->count; i++) {
        const char *a = modules->modules[i].name, *b = name;
        while (*a && *a == *b) {
            a++, b++;
        }
        if (*a == *b) {
            return &modules->modules[i];
        }
    }
    return 0;
}

/* A file whose name begins with "raw" is just bytes to be run. */
static void replace(struct pd_child *child, const struct capdl_modules *modules, const char *name)
{
    const struct capdl_module *module = find(modules, name);
    enum pd_child_error error = PD_CHILD_NO_ELF;
    if (module && name[0] == 'r' && name[1] == 'a' && name[2] == 'w') {
        error = pd_child_replace_raw(child, (const void *)module->address, module->size);
    } else if (module) {
        error = pd_child_replace(child, (const void *)module->address, module->size);
    }
    pd_print("manager: %s: %s\n", name, error ? pd_child_text(error) : "loaded and started");
    if (!error) {
        pd_wait(DONE);
        pd_print("manager: the child has done its work\n");
    }
}

void pd_main(const uint64_t *args)
{
    const struct capdl_modules *modules = (const struct capdl_modules *)args[0];
    static struct pd_child child;
    child.tcb = TCB;
    child.vspace = VSPACE;
    child.frames = FRAMES;
    child.start = args[1];
    child.room = args[2];
    child.window = (unsigned char *)args[3];

    if (pd_child_adopt(&child) || pd_child_start(&child, child.registers[SEL4_REGISTER_PROGRAM_COUNTER])) {
        pd_print("manager: cannot start the child, error %u\n", child.kernel_error);
        return;
    }
    pd_wait(DONE);
    pd_print("manager: the child of the spec has done its work\n");
    replace(&child, modules, "second");
    replace(&child, modules, "large");
    replace(&child, modules, "note");
    replace(&child, modules, "third");
    replace(&child, modules, "first");
    if (find(modules, "raw")) {
        replace(&child, modules, "raw");
    }
    pd_print("manager: done\n");
}
