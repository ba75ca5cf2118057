/* SPDX-License-Identifier: BSD-2-Clause */
/* args[0]: where the table of modules is; args[1]: where eight bytes span two frames, 0 if they are not mapped. */
#include "pd.h"

#include <capdl/modules.h>

/* Whether only zeros follow the module in its last page. */
static uint64_t ends(const struct capdl_module *module)
{
    const uint8_t *bytes = (const uint8_t *)module->address;
    uint64_t zero = 1;
    for (uint64_t i = module->size; i % 4096; i++) {
        zero &= bytes[i] == 0;
    }
    return zero;
}

void pd_main(const uint64_t *args)
{
    const struct capdl_modules *table = (const struct capdl_modules *)args[0];
    pd_print("reader: version %u, %u modules\n", table->version, table->count);
    for (uint64_t i = 0; i < table->count; i++) {
        const struct capdl_module *module = &table->modules[i];
        const char *bytes = (const char *)module->address;
        uint64_t lines = 0;
        for (uint64_t k = 0; k < module->size; k++) {
            lines += bytes[k] == '\n';
        }
        pd_print("%s at 0x%x: ", module->name, module->address);
        pd_print("ELF file: %u, text: %u, whole: %u\n",
                 (uint64_t)(bytes[0] == 0x7f && bytes[1] == 'E' && module->size > 4096),
                 (uint64_t)(lines > 10 && bytes[module->size - 1] == '\n'), ends(module));
    }
    if (args[1]) {
        pd_print("across frames: 0x%x\n", *(const uint64_t *)(const void *)(args[1] + 4092) >> 8);
    }
}
