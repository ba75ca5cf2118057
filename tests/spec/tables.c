/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints tables of facts, a line a row: the table's name, its cells in their order. tables.txt has what others say:
 * seL4's headers and interface files of names, numbers, registers and parameters, Microkit's SDK of slots and boards,
 * the device tree specification of properties, docs/ of words that people write.
 * usage: tables FILE    compares with the file
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *or_none(const char *cell)
{
    return cell ? cell : "-";
}

static void print_kernel_tables(FILE *out)
{
#define CAPDL_TYPE(id, arm, riscv, x86) \
    fprintf(out, "type " #id " %s %s %s\n", or_none(arm), or_none(riscv), or_none(x86));
#include <capdl/types.def>
#undef CAPDL_TYPE
#define CAPDL_METHOD(id, name, arm, riscv, x86) \
    fprintf(out, "method " #id " %s: %s, %s, %s\n", name, or_none(arm), or_none(riscv), or_none(x86));
#include <capdl/methods.def>
#undef CAPDL_METHOD
#define CAPDL_PARAMS(id, kernels, need, list) fprintf(out, "params " #id " " #kernels " " #need ": %s\n", list);
#include <capdl/methods.def>
#undef CAPDL_PARAMS
#define CAPDL_BOOT_FACT(id) fprintf(out, "boot " #id "\n");
#define CAPDL_BOOT_LABEL(id, method, name) fprintf(out, "boot " #id " " #method " %s\n", name);
#include <capdl/bootkeys.def>
#define CAPDL_BLOB_ITEM(id, name) fprintf(out, "item " #id " %s\n", name);
#include <capdl/blobitems.def>
#undef CAPDL_BLOB_ITEM
#define CAPDL_ARCH(id, initial) fprintf(out, "arch " #id " %c\n", initial);
#define CAPDL_ARCH_BOOTED(id, name) fprintf(out, "booted " #id " " #name "\n");
#include <capdl/arch.def>
#undef CAPDL_ARCH_BOOTED
#undef CAPDL_ARCH
}

static void print_tables(FILE *out)
{
#define CAPDL_KERNEL_ERROR(id, number, name) fprintf(out, "error " #id " %d %s\n", number, name);
#include <capdl/errors.def>
#undef CAPDL_KERNEL_ERROR
#define CAPDL_INITIAL_CAP(id, slot, name, kind) fprintf(out, "initial " #id " %d %s, " #kind "\n", slot, name);
#include <capdl/initialcaps.def>
#undef CAPDL_INITIAL_CAP
#define CAPDL_CHUNK(name, id, pc) fprintf(out, "chunk %s %d %s\n", name, id, (pc) ? "x86" : "others");
#include <capdl/chunks.def>
#undef CAPDL_CHUNK
#define CAPDL_FAULT(id, name, text) fprintf(out, "fault " #id " %s %s\n", name, text);
#include <capdl/faults.def>
#undef CAPDL_FAULT
#define CAPDL_SYSCALL(id, name) fprintf(out, "syscall " #id " %s\n", name);
#include <capdl/syscalls.def>
#undef CAPDL_SYSCALL
#define CAPDL_REGISTER(arch, name) fprintf(out, "register " #arch " %s\n", name);
#include <capdl/registers.def>
#undef CAPDL_REGISTER
#define CAPDL_TCB_SLOT(id, number, name) fprintf(out, "tcb " #id " %d %s\n", number, name);
#include <capdl/tcbslots.def>
#undef CAPDL_TCB_SLOT
#define CAPDL_PHASE(id, number, name) fprintf(out, "phase " #id " %d %s\n", number, name);
#include <capdl/phases.def>
#undef CAPDL_PHASE
#define CAPDL_RELATION(id, word, flow, sentence) fprintf(out, "relation " #id " %s " #flow " %s\n", word, sentence);
#include <capdl/relations.def>
#undef CAPDL_RELATION
#define CAPDL_SYNONYM(where, word, instead) fprintf(out, "synonym " #where " %s %s\n", word, instead);
#include <capdl/synonyms.def>
#undef CAPDL_SYNONYM
#define CAPDL_NUMBER_PARAM(kind, mandatory, number, keyword) \
    fprintf(out, "number " #kind " " #number " %s %s\n", keyword, (mandatory) ? "needed" : "optional");
#define CAPDL_TRIGGER_PARAM(kind) fprintf(out, "trigger " #kind "\n");
#include <capdl/numbers.def>
#undef CAPDL_NUMBER_PARAM
#undef CAPDL_TRIGGER_PARAM
#define MK_SLOT(id, number) fprintf(out, "microkit " #id " %d\n", number);
#include "microkit/slots.def"
#define MICROKIT_BOARD(name, address, step, format) fprintf(out, "board %s 0x%x %d %s\n", name, address, step, format);
#include "commands/microkit_boards.def"
#undef MICROKIT_BOARD
#define PROPERTY(id, name) fprintf(out, "property " #id " %s\n", name);
#include "devicetree/properties.def"
#undef PROPERTY
#define PACK_FORMAT(id, name) fprintf(out, "format " #id " %s\n", name);
#include "pack/formats.def"
#define CAP_TYPE(id, name, size, same, issuer, revocable, copy, rights, data)                                       \
    fprintf(out,                                                                                                    \
            "captype " #id " %s: " #size " " #same " " #issuer " " #revocable " " #copy " " #rights " " #data "\n", \
            name);
#include "machine/captypes.def"
#define CAPDL_TCB_FIELD(id, member, type, otherwise, written, rust, in_rust, rank, name)                          \
    fprintf(out, "field " #id " " #member " " #type " %d " #written " %s " #in_rust " " #rank " %s\n", otherwise, \
            or_none(rust), name);
#include <capdl/tcbfields.def>
#undef CAPDL_TCB_FIELD
#define PARAM(id, name, type, least, most, bound, unit, otherwise, field)                                            \
    fprintf(out,                                                                                                     \
            "param " #id " %s " #type ", " #least " to " #most " " #bound ", unit " #unit ", " #otherwise " " #field \
            "\n",                                                                                                    \
            name);
#include "pd/params.def"
#undef PARAM
#define COMMAND(name, summary) fprintf(out, "command " #name " %s\n", summary);
#include "commands/commands.def"
#undef COMMAND
#define OPTION(id, letter, name, argument, takes, help) \
    fprintf(out, "option " #id " -%c --%s %s: " #takes "; " help "\n", letter, name, or_none(argument));
#include "options/options.def"
#undef OPTION
}

int main(int argc, char **argv)
{
    char *printed = NULL, said[256];
    size_t size;
    FILE *out = open_memstream(&printed, &size), *file = argc > 1 ? fopen(argv[1], "r") : NULL;
    unsigned number = 0;
    if (!file || !out) {
        fputs("usage: tables FILE\n", stderr);
        return 2;
    }
    print_tables(out);
    print_kernel_tables(out);
    fclose(out);
    for (char *row = strtok(printed, "\n"); row; row = strtok(NULL, "\n")) {
        do {
            number++;
            if (!fgets(said, sizeof(said), file)) {
                fprintf(stderr, "%s lacks: %s\n", argv[1], row);
                return 1;
            }
            said[strcspn(said, "\n")] = '\0';
        } while (said[0] == '#' || !said[0]);
        if (strcmp(row, said) != 0) {
            fprintf(stderr, "%s:%u: %s\nthe table: %s\n", argv[1], number, said, row);
            return 1;
        }
    }
    while (fgets(said, sizeof(said), file)) {
        if (said[0] != '#' && said[0] != '\n') {
            fprintf(stderr, "%s: no table has: %s", argv[1], said);
            return 1;
        }
    }
    free(printed);
    fclose(file);
    return 0;
}
