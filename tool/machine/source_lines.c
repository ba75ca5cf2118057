/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of DWARF, by libdw of elfutils. */
#include "symbols.h"

#include <stdio.h>
#include <string.h>

#include <elfutils/libdw.h>

static void take_line(Dwarf_Line *line, struct symbol_location *location)
{
    int number = 0;
    const char *path = dwarf_linesrc(line, NULL, NULL);
    if (!path || dwarf_lineno(line, &number) != 0 || number <= 0) {
        return;
    }
    const char *slash = strrchr(path, '/');
    snprintf(location->file, sizeof(location->file), "%s", slash ? slash + 1 : path);
    location->line = (unsigned)number;
}

/* The line that the instruction was made for, whichever unit it is in. */
static void find_line(Dwarf *dwarf, uint64_t pc, struct symbol_location *location)
{
    Dwarf_CU *unit = NULL;
    Dwarf_Die die;
    while (!*location->file && dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &die, NULL) == 0) {
        Dwarf_Line *line = dwarf_haspc(&die, pc) > 0 ? dwarf_getsrc_die(&die, pc) : NULL;
        if (line) {
            take_line(line, location);
        }
    }
}

bool source_line_find(const struct symbol_file *file, uint64_t pc, struct symbol_location *location)
{
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)(uintptr_t)file->bytes, file->size);
    Dwarf *dwarf = elf ? dwarf_begin_elf(elf, DWARF_C_READ, NULL) : NULL;
    if (dwarf) {
        find_line(dwarf, pc, location);
        dwarf_end(dwarf);
    }
    elf_end(elf);
    return *location->file != 0;
}
