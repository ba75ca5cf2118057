/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: stack OBJDUMP ARCH PROGRAM [LIMIT]     The most stack that a linked program can use, from its instructions:
 * how far each function moves the stack pointer on each of its ways, and whom it calls there. Fails for recursion, for
 * moves and jumps that it cannot see through, and when the worst case is more than the program's own stack
 * (stack_bottom to stack_top) or LIMIT. An indirect call may be to any function whose address is taken.
 */
#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_INSTRUCTIONS = 65536, MOST_FUNCTIONS = 1024, MOST_DEPTH = 1 << 20 };

struct instruction {
    uint64_t address;
    char name[16], operands[112];
    int depth; /* of the stack before it, -1: not reached yet */
};

struct function {
    char name[96];
    size_t first, end; /* instructions */
    bool taken, open, known;
    int most;               /* stack that it and those it calls need */
    struct function *worst; /* whom it calls there */
};

static struct instruction code[MOST_INSTRUCTIONS];
static struct function functions[MOST_FUNCTIONS];
static size_t num_instructions, num_functions;
static const char *arch;

static _Noreturn void give_up(const char *what, const struct function *f, const struct instruction *i)
{
    fprintf(stderr, "stack: %s in %s%s%s %s\n", what, f->name, i ? ": " : "", i ? i->name : "", i ? i->operands : "");
    exit(1);
}

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static void read_code(const char *objdump, const char *program)
{
    char command[512], line[512];
    struct function *f = functions;
    snprintf(command, sizeof(command), "%s -d --no-show-raw-insn %s", objdump, program);
    FILE *pipe = popen(command, "r");
    while (pipe && fgets(line, sizeof(line), pipe)) {
        struct instruction *i = &code[num_instructions];
        char name[96];
        uint64_t address;
        if (sscanf(line, "%lx <%95[^>]>:", &address, name) == 2) {
            f = &functions[num_functions++];
            snprintf(f->name, sizeof(f->name), "%s", name);
            f->first = f->end = num_instructions;
        } else if (num_functions && sscanf(line, " %lx: %15s %111[^\n]", &i->address, i->name, i->operands) >= 2) {
            i->depth = -1;
            f->end = ++num_instructions;
        }
        if (num_instructions == MOST_INSTRUCTIONS || num_functions == MOST_FUNCTIONS) {
            give_up("too many instructions", f, NULL);
        }
    }
    if (!pipe || pclose(pipe) != 0 || num_instructions == 0) {
        exit(77);
    }
}

/* The address that objdump has found for an operand: before its name in angle brackets. */
static bool target_of(const struct instruction *i, uint64_t *target)
{
    const char *name = strchr(i->operands, '<'), *at = name;
    while (at && at > i->operands && (at[-1] == ' ' || strchr("0123456789abcdef", at[-1]))) {
        at--;
    }
    if (name) {
        *target = strtoull(at, NULL, 16);
    }
    return name;
}

static struct function *function_at(uint64_t address)
{
    for (size_t i = 0; i < num_functions; i++) {
        if (functions[i].first < functions[i].end && code[functions[i].first].address == address) {
            return &functions[i];
        }
    }
    return NULL;
}

/* ---- Instructions ---- */

static bool is_x86(void)
{
    return strcmp(arch, "x86_64") == 0;
}

static bool is_return(const struct instruction *i)
{
    static const char *const ends[] = {"ret", "udf", "unimp", "ud2"};
    for (size_t n = 0; n < sizeof(ends) / sizeof(ends[0]); n++) {
        if (strcmp(i->name, ends[n]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_jump(const struct instruction *i)
{
    static const char *const jumps[] = {"b", "br", "j", "jr", "jmp"};
    for (size_t n = 0; n < sizeof(jumps) / sizeof(jumps[0]); n++) {
        if (strcmp(i->name, jumps[n]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_call(const struct instruction *i)
{
    static const char *const calls[] = {"bl", "blr", "jal", "jalr", "call"};
    for (size_t n = 0; n < sizeof(calls) / sizeof(calls[0]); n++) {
        if (strcmp(i->name, calls[n]) == 0) {
            return true;
        }
    }
    return false;
}

/* Goes on, or to where it says. */
static bool is_branch(const struct instruction *i)
{
    if (is_x86()) {
        return i->name[0] == 'j';
    }
    if (strcmp(arch, "riscv64") == 0) {
        return i->name[0] == 'b';
    }
    return starts(i->name, "b.") || starts(i->name, "cb") || starts(i->name, "tb");
}

static int move_aarch64(const struct function *f, const struct instruction *i)
{
    const char *pushed = strstr(i->operands, "[sp, #-"), *popped = strstr(i->operands, "[sp], #");
    if (pushed && strchr(pushed, '!')) {
        return (int)strtol(pushed + strlen("[sp, #-"), NULL, 0);
    }
    if (popped) {
        return -(int)strtol(popped + strlen("[sp], #"), NULL, 0);
    }
    if (starts(i->operands, "sp, sp, #") && (strcmp(i->name, "sub") == 0 || strcmp(i->name, "add") == 0)) {
        int size = (int)strtol(i->operands + strlen("sp, sp, #"), NULL, 0) << (strstr(i->operands, "lsl #12") ? 12 : 0);
        return i->name[0] == 's' ? size : -size;
    }
    if (starts(i->operands, "sp, ") && strcmp(f->name, "_start") != 0) {
        give_up("the stack pointer is set", f, i);
    }
    return 0;
}

static int move_riscv64(const struct function *f, const struct instruction *i)
{
    if (starts(i->operands, "sp,sp,") && starts(i->name, "add")) {
        return -(int)strtol(i->operands + strlen("sp,sp,"), NULL, 0);
    }
    if (starts(i->operands, "sp,") && strcmp(f->name, "_start") != 0) {
        give_up("the stack pointer is set", f, i);
    }
    return 0;
}

static int move_x86_64(const struct function *f, const struct instruction *i)
{
    const char *sp = strstr(i->operands, ",%rsp");
    if (starts(i->name, "push")) {
        return 8;
    }
    if (starts(i->name, "pop")) {
        return -8;
    }
    if (!sp || sp[5]) {
        return 0;
    }
    if (i->operands[0] == '$' && (strcmp(i->name, "sub") == 0 || strcmp(i->name, "add") == 0)) {
        int size = (int)strtol(i->operands + 1, NULL, 0);
        return i->name[0] == 's' ? size : -size;
    }
    bool restored = strcmp(i->operands, "%rbx,%rsp") == 0; /* behind a system call */
    if (!restored && !starts(i->name, "cmp") && !starts(i->name, "test")) {
        give_up("the stack pointer is set", f, i);
    }
    return 0;
}

static int move_of(const struct function *f, const struct instruction *i)
{
    if (is_x86()) {
        return strcmp(f->name, "_start") == 0 ? 0 : move_x86_64(f, i);
    }
    return strcmp(arch, "riscv64") == 0 ? move_riscv64(f, i) : move_aarch64(f, i);
}

/* ---- Functions ---- */

static int need_of(struct function *f);

static void see_callee(struct function *f, struct function *callee, int depth)
{
    int most = depth + need_of(callee);
    if (most > f->most) {
        f->most = most;
        f->worst = callee;
    }
}

static void see_call(struct function *f, const struct instruction *i)
{
    uint64_t target;
    bool direct = target_of(i, &target);
    struct function *callee = direct ? function_at(target) : NULL;
    int depth = i->depth + (is_x86() ? 8 : 0);
    if (callee) {
        see_callee(f, callee, depth);
    } else if (direct) {
        give_up("a call into a function", f, i);
    }
    for (size_t n = 0; !direct && n < num_functions; n++) {
        if (functions[n].taken) {
            see_callee(f, &functions[n], depth);
        }
    }
}

/* The instruction may be reached with so much on the stack: it has to be looked at again if that is more than known. */
static void reach(const struct function *f, size_t n, int depth, size_t *list, size_t *count)
{
    if (n >= f->end || code[n].depth >= depth) {
        return;
    }
    if (depth > MOST_DEPTH) {
        give_up("a loop uses stack", f, &code[n]);
    }
    code[n].depth = depth;
    list[(*count)++] = n;
}

/* Within the function, or a call of another instead of a return. */
static void see_jump(struct function *f, const struct instruction *i, size_t *list, size_t *count)
{
    uint64_t target;
    if (!target_of(i, &target)) {
        give_up("a jump to nobody knows where", f, i);
    }
    for (size_t n = f->first; n < f->end; n++) {
        if (code[n].address == target) {
            reach(f, n, i->depth, list, count);
            return;
        }
    }
    struct function *callee = function_at(target);
    if (!callee) {
        give_up("a jump into a function", f, i);
    }
    see_callee(f, callee, i->depth);
}

static void walk(struct function *f)
{
    static size_t lists[64][4096];
    static unsigned level;
    size_t *list = lists[level++], count = 0;
    if (level == 64) {
        give_up("calls too deep", f, NULL);
    }
    reach(f, f->first, 0, list, &count);
    while (count > 0) {
        size_t n = list[--count];
        struct instruction *i = &code[n];
        int depth = i->depth + move_of(f, i);
        f->most = depth > f->most ? depth : f->most;
        if (count > 4000) {
            give_up("too many ways", f, i);
        }
        if (is_call(i)) {
            see_call(f, i);
        } else if (is_jump(i) || is_branch(i)) {
            see_jump(f, i, list, &count);
        }
        if (!is_return(i) && !is_jump(i)) {
            reach(f, n + 1, depth, list, &count);
        }
    }
    level--;
}

static int need_of(struct function *f)
{
    if (f->open) {
        give_up("recursion", f, NULL);
    }
    if (!f->known) {
        f->open = true;
        walk(f);
        f->open = false;
        f->known = true;
    }
    return f->most;
}

/* ---- Addresses that are taken, and the stack's size ---- */

/* The entry is nobody's to call: its address is that of the stack's end. */
static void take(uint64_t address)
{
    struct function *f = function_at(address);
    if (f && strcmp(f->name, "_start") != 0) {
        f->taken = true;
    }
}

static void take_from_code(void)
{
    uint64_t target;
    for (size_t n = 0; n < num_instructions; n++) {
        if (!is_call(&code[n]) && !is_jump(&code[n]) && !is_branch(&code[n]) && target_of(&code[n], &target)) {
            take(target);
        }
    }
}

static uint64_t symbol(const uint8_t *elf, const Elf64_Shdr *sections, unsigned count, const char *name)
{
    for (unsigned s = 0; s < count; s++) {
        const Elf64_Sym *symbols = (const void *)(elf + sections[s].sh_offset);
        const char *names = (const char *)elf + sections[sections[s].sh_link].sh_offset;
        for (size_t i = 0; sections[s].sh_type == SHT_SYMTAB && i < sections[s].sh_size / sizeof(*symbols); i++) {
            if (strcmp(names + symbols[i].st_name, name) == 0) {
                return symbols[i].st_value;
            }
        }
    }
    return 0;
}

/* Returns the size of the program's stack; what looks like a function's address in its data is one. */
static uint64_t read_data(const char *program)
{
    FILE *file = fopen(program, "rb");
    uint8_t *elf = malloc(1 << 22);
    if (!file || !elf || fread(elf, 1, 1 << 22, file) < sizeof(Elf64_Ehdr)) {
        exit(77);
    }
    fclose(file);
    const Elf64_Ehdr *header = (const void *)elf;
    const Elf64_Shdr *sections = (const void *)(elf + header->e_shoff);
    for (unsigned s = 0; s < header->e_shnum; s++) {
        bool data =
            sections[s].sh_type == SHT_PROGBITS && (sections[s].sh_flags & (SHF_ALLOC | SHF_EXECINSTR)) == SHF_ALLOC;
        data = data || (sections[s].sh_type == SHT_PROGBITS && sections[s].sh_flags & SHF_WRITE);
        for (uint64_t at = 0; data && at + 8 <= sections[s].sh_size; at += 8) {
            uint64_t word;
            memcpy(&word, elf + sections[s].sh_offset + at, sizeof(word));
            take(word);
        }
    }
    uint64_t size =
        symbol(elf, sections, header->e_shnum, "stack_top") - symbol(elf, sections, header->e_shnum, "stack_bottom");
    free(elf);
    return size;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        return 2;
    }
    arch = argv[2];
    read_code(argv[1], argv[3]);
    uint64_t limit = read_data(argv[3]);
    limit = argc > 4 ? strtoull(argv[4], NULL, 0) : limit;
    take_from_code();
    struct function *start = functions;
    while (start < functions + num_functions && strcmp(start->name, "_start") != 0) {
        start++;
    }
    if (start == functions + num_functions) {
        return 1;
    }
    int most = need_of(start);
    printf("%s: at most %d bytes of %llu:", argv[3], most, (unsigned long long)limit);
    for (const struct function *f = start; f; f = f->worst) {
        printf(" %s", f->name);
    }
    puts("");
    return (uint64_t)most > limit;
}
