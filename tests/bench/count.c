/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plugin for QEMU 7.2 that counts what a boot costs: instructions from reset to the initial task's first one, and
 * from there to the first instruction of any other program, where it ends QEMU. Whose an instruction is, its address
 * says.
 *
 *     -plugin libcount.so,out=FILE,kernel=FROM,task=FROM-TO,entry=ADDRESS[,firmware=FROM-TO]
 *
 * Numbers are hexadecimal. Debian has no qemu-plugin.h; the declarations are those of version 1 of the interface.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef uint64_t plugin_id;
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, void (*)(unsigned, void *), int, void *);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *, int, void *, uint64_t);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);

enum { ADD_U64 = 0, NO_REGISTERS = 0 };
enum owner { KERNEL, TASK, FIRMWARE, OTHER, OWNERS };

static struct {
    uint64_t start, end;
} range[OWNERS];
static uint64_t entry;
static const char *out = "counts";
static uint64_t counts[OWNERS], at_entry[OWNERS], calls;
static bool entered;

static bool inside(enum owner owner, uint64_t address)
{
    return address >= range[owner].start && address < range[owner].end;
}

static enum owner owner_of(uint64_t address)
{
    return inside(KERNEL, address)     ? KERNEL
           : inside(TASK, address)     ? TASK
           : inside(FIRMWARE, address) ? FIRMWARE
                                       : OTHER;
}

static void task_entered(unsigned cpu, void *unused)
{
    (void)cpu, (void)unused;
    if (!entered) {
        memcpy(at_entry, counts, sizeof(counts));
        calls = 0;
        entered = true;
    }
}

/* OTHER is the loader before the task is entered, and the first thread after it. */
static void other_entered(unsigned cpu, void *unused)
{
    (void)cpu, (void)unused;
    if (entered) {
        FILE *file = fopen(out, "w");
        fprintf(file, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", at_entry[OTHER],
                at_entry[KERNEL], counts[TASK] - at_entry[TASK], counts[KERNEL] - at_entry[KERNEL], calls);
        fclose(file);
        _exit(0);
    }
}

/* svc, ecall, syscall */
static bool is_call(const uint8_t *code, size_t size)
{
    return (size == 4 && (memcmp(code, "\x01\0\0\xd4", 4) == 0 || memcmp(code, "\x73\0\0\0", 4) == 0)) ||
           (size == 2 && memcmp(code, "\x0f\x05", 2) == 0);
}

static void block_translated(plugin_id id, struct qemu_plugin_tb *block)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(block, i);
        uint64_t address = qemu_plugin_insn_vaddr(insn);
        enum owner owner = owner_of(address);
        if (owner == OTHER && i == 0) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, other_entered, NO_REGISTERS, NULL);
        }
        if (address == entry) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, task_entered, NO_REGISTERS, NULL);
        }
        qemu_plugin_register_vcpu_insn_exec_inline(insn, ADD_U64, &counts[owner], 1);
        if (owner == TASK && is_call(qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn))) {
            qemu_plugin_register_vcpu_insn_exec_inline(insn, ADD_U64, &calls, 1);
        }
    }
}

static void set_range(enum owner owner, char *text)
{
    range[owner].start = strtoull(text, &text, 16);
    range[owner].end = *text == '-' ? strtoull(text + 1, NULL, 16) : UINT64_MAX;
}

extern int qemu_plugin_version;
int qemu_plugin_install(plugin_id, const void *qemu, int argc, char **argv);

EXPORT int qemu_plugin_version = 1;

EXPORT int qemu_plugin_install(plugin_id id, const void *qemu, int argc, char **argv)
{
    (void)qemu;
    for (int i = 0; i < argc; i++) {
        char *value = strchr(argv[i], '=');
        if (!value) {
            return -1;
        }
        *value++ = 0;
        if (strcmp(argv[i], "out") == 0) {
            out = strdup(value);
        } else if (strcmp(argv[i], "entry") == 0) {
            entry = strtoull(value, NULL, 16);
        } else if (strcmp(argv[i], "kernel") == 0) {
            set_range(KERNEL, value);
        } else if (strcmp(argv[i], "task") == 0) {
            set_range(TASK, value);
        } else if (strcmp(argv[i], "firmware") == 0) {
            set_range(FIRMWARE, value);
        } else {
            return -1;
        }
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
    return 0;
}
