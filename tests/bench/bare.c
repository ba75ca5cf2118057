/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bare ARCH SPEED ROUNDS: how fast Unicorn alone executes the work in speed.elf: flat memory, no page tables, no hook,
 * no kernel. Prints what stopwatch prints: of each kind the name, the work and the nanoseconds of processor time.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/elf_symbols.h"
#include "base/file.h"
#include "machine/unicorn.h"

enum { PAGE = 4096, STACK = 0x10000000, STACK_SIZE = 0x10000, RETURN = 0x20000000 };

static const struct {
    const char *name;
    uint64_t share;
} kinds[] = {{"arithmetic", 2}, {"branches", 2}, {"calls", 2}, {"loads", 2}, {"stores", 16}};

static const struct arch {
    const char *name;
    uc_arch arch;
    uc_mode mode;
    int argument, stack, link; /* link 0: the return address is on the stack */
} arches[] = {
    {"aarch64", UC_ARCH_ARM64, UC_MODE_ARM, UC_ARM64_REG_X0, UC_ARM64_REG_SP, UC_ARM64_REG_LR},
    {"riscv64", UC_ARCH_RISCV, UC_MODE_RISCV64, UC_RISCV_REG_A0, UC_RISCV_REG_SP, UC_RISCV_REG_RA},
    {"x86_64", UC_ARCH_X86, UC_MODE_64, UC_X86_REG_RDI, UC_X86_REG_RSP, 0},
};

static bool load(uc_engine *uc, const struct elf_view *elf)
{
    bool good = uc_mem_map(uc, STACK, STACK_SIZE, UC_PROT_READ | UC_PROT_WRITE) == UC_ERR_OK &&
                uc_mem_map(uc, RETURN, PAGE, UC_PROT_ALL) == UC_ERR_OK;
    for (unsigned i = 0; i < elf->header.e_phnum && good; i++) {
        Elf64_Phdr s = elf_view_segment(elf, i);
        if (s.p_type == PT_LOAD) {
            uint64_t start = s.p_vaddr & ~(uint64_t)(PAGE - 1),
                     end = (s.p_vaddr + s.p_memsz + PAGE - 1) & -(uint64_t)PAGE;
            uint32_t rights = s.p_flags & PF_X ? UC_PROT_READ | UC_PROT_EXEC : UC_PROT_READ | UC_PROT_WRITE;
            good = uc_mem_map(uc, start, end - start, rights) == UC_ERR_OK &&
                   uc_mem_write(uc, s.p_vaddr, elf->bytes + s.p_offset, s.p_filesz) == UC_ERR_OK;
        }
    }
    return good;
}

static uint64_t address_of(const struct elf_symbols *symbols, const char *name)
{
    Elf64_Sym symbol;
    for (size_t i = 0; i < symbols->count; i++) {
        if (strcmp(elf_symbols_get(symbols, i, &symbol), name) == 0) {
            return symbol.st_value;
        }
    }
    return 0;
}

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static bool call(uc_engine *uc, const struct arch *arch, uint64_t function, uint64_t rounds)
{
    uint64_t back = RETURN, stack = STACK + STACK_SIZE - 64;
    uc_reg_write(uc, arch->argument, &rounds);
    if (arch->link) {
        uc_reg_write(uc, arch->link, &back);
    } else {
        stack -= 8;
        uc_mem_write(uc, stack, &back, sizeof(back));
    }
    uc_reg_write(uc, arch->stack, &stack);
    return uc_emu_start(uc, function, RETURN, 0, 0) == UC_ERR_OK;
}

static bool measure(uc_engine *uc, const struct arch *arch, const struct elf_symbols *symbols, uint64_t all)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        uint64_t function = address_of(symbols, kinds[i].name), rounds = all / kinds[i].share;
        if (!function || !call(uc, arch, function, 16)) {
            return false;
        }
        uint64_t since = now();
        if (!call(uc, arch, function, rounds)) {
            return false;
        }
        printf("%s %" PRIu64 " %" PRIu64 "\n", kinds[i].name, rounds, now() - since);
    }
    return true;
}

int main(int argc, char **argv)
{
    struct file_bytes file;
    struct elf_view elf;
    struct elf_symbols symbols;
    const char *problem;
    const struct arch *arch = arches;
    uc_engine *uc;
    while (argc == 4 && arch < arches + 2 && strcmp(arch->name, argv[1]) != 0) {
        arch++;
    }
    if (argc != 4 || unicorn_load() || !file_read(argv[2], &file) ||
        !elf_view_open(&elf, file.data, file.size, &problem) || !elf_symbols_open(&symbols, &elf) ||
        uc_open(arch->arch, arch->mode, &uc) != UC_ERR_OK) {
        fprintf(stderr, "usage: bare ARCH SPEED.elf ROUNDS\n");
        return 2;
    }
    return load(uc, &elf) && measure(uc, arch, &symbols, strtoull(argv[3], NULL, 0)) ? 0 : 1;
}
