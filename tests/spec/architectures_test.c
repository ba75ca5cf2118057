/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts of architectures against the same facts written down from other sides: seL4's structures and libsel4's
 * UserContext by word size and number, the ABIs, and page tables from the leaf up. architectures_cells.sh changes the
 * rows line by line and sees this fail.
 */
#include <stdio.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/spec.h>

static int failures;

static void expect(bool good, enum capdl_arch arch, const char *what)
{
    if (!good) {
        fprintf(stderr, "%s: its %s is not what it should be\n", capdl_arch_name(arch), what);
        failures++;
    }
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Places in libsel4's seL4_UserContext; -1: not said, as we boot none such. */
struct places {
    int ip, sp, tls, arguments[CAPDL_ARCH_MOST_ARGUMENTS + 1];
};

static const struct expected {
    const char *names[4]; /* keyword, kernel, title, family */
    unsigned word, machine, tcb_bits, table_bytes, asids, message_registers, address_bits;
    const char *paging, *root_words, *frames;
    unsigned tls_header, tls_alignment, stack_alignment, cpus;
    const char *flags; /* letters, see flags_of */
    struct places places;
    const char *tables; /* from the root down: kind, and bits of address that one of it as a root resolves */
} expected[CAPDL_ARCH_COUNT] = {
    [CAPDL_ARCH_AARCH64] = {{"aarch64", "aarch64", "AArch64", "AArch64"},
                            64,
                            183,
                            10,
                            4096,
                            512,
                            4,
                            0,
                            NULL,
                            "pgd, or pud with three levels",
                            "4k, 2M and 1G",
                            16,
                            1,
                            16,
                            3,
                            "xu",
                            {0, 1, 34, {3, 4, 5, 6, 7, 8, 9, 10, -1}},
                            "pgd 48 pud 40 pd 30 pt 21"},
    [CAPDL_ARCH_RISCV] = {{"riscv", "riscv64", "RISC-V 64", "RISC-V"},
                          64,
                          243,
                          10,
                          4096,
                          512,
                          4,
                          0,
                          "Sv39",
                          "pt",
                          "4k, 2M and 1G",
                          0,
                          1,
                          16,
                          9,
                          "1xc",
                          {0, 2, 31, {16, 17, 18, 19, 20, 21, 22, 23, -1}},
                          "pt 0"},
    [CAPDL_ARCH_X86_64] = {{"x86_64", "x86_64", "x86-64", "x86-64"},
                           64,
                           62,
                           10,
                           4096,
                           512,
                           4,
                           48,
                           NULL,
                           "pml4",
                           "4k, 2M and 1G",
                           64,
                           256,
                           16,
                           0,
                           "lguc>tp",
                           {0, 1, 18, {8, 7, 6, 5, 10, 11, -1}},
                           "pml4 48 pdpt 39 pd 30 pt 21 ept_pml4 48 ept_pdpt 39 ept_pd 30 ept_pt 21"},
    [CAPDL_ARCH_ARM11] = {{"arm11", NULL, "32-bit Arm", "Arm"},
                          32,
                          40,
                          9,
                          1024,
                          1024,
                          0,
                          0,
                          NULL,
                          "pd",
                          "4k, 64k, 1M and 16M (2M and 32M with hypervisor)",
                          0,
                          0,
                          0,
                          7,
                          "xu",
                          {-1, -1, -1, {-1}},
                          "pd 0 pt 0"},
    [CAPDL_ARCH_IA32] = {{"ia32", NULL, "IA-32", "IA-32"},
                         32,
                         3,
                         10,
                         4096,
                         1024,
                         0,
                         0,
                         NULL,
                         "pd",
                         "4k and 4M",
                         0,
                         0,
                         0,
                         0,
                         "ucp",
                         {-1, -1, -1, {-1}},
                         "pd 32 pt 22"},
};

static void check_names(enum capdl_arch arch, const struct capdl_architecture *a, const struct expected *e)
{
    const char *names[] = {a->keyword, a->kernel, a->title, a->family};
    char root[80];
    for (unsigned i = 0; i < 4; i++) {
        expect(same(names[i], e->names[i]), arch, "name");
    }
    snprintf(root, sizeof(root), "the root of an address space: %s", e->root_words);
    expect(same(a->root_words, root) && same(a->paging, e->paging) && same(a->frame_words, e->frames), arch,
           "words in messages");
}

/* include/object/structures_{32,64}.bf and libsel4's sel4_arch/constants.h. */
static void check_word(enum capdl_arch arch, const struct capdl_architecture *a, const struct expected *e)
{
    bool wide = e->word == 64;
    expect(a->word_bits == e->word && capdl_word_bytes(arch) == e->word / 8, arch, "word");
    expect(a->badge_bits == (wide ? 64 : 28), arch, "badge");
    expect(a->ipc_buffer_bits == (wide ? 10 : 9) && a->message_registers == e->message_registers, arch, "message");
    expect(capdl_guard_word(arch, 5, 7) == (wide ? 5u << 6 | 7 : 5u << 8 | 7u << 3), arch, "guard");
    expect(capdl_guard_size(arch, UINT64_MAX) == e->word - 1, arch, "guard's size");
    expect(capdl_guard_value(arch, UINT64_MAX) == (wide ? UINT64_MAX >> 6 : (1u << 18) - 1), arch, "guard's value");
    expect(a->slot_bits == (wide ? 5 : 4) && a->max_untyped_bits == (wide ? 47 : 29), arch, "objects");
    expect(1u << a->entry_bits == e->word / 8 && 1u << a->page_table_bits == e->table_bytes, arch, "page table");
    expect(a->tcb_bits == e->tcb_bits && a->asid_pool_entries == e->asids, arch, "TCB or ASID pool");
    expect(a->elf_machine == e->machine && a->address_bits == e->address_bits && a->cpus == e->cpus, arch, "processor");
}

/* Little-endian; what is behind a word stays as it was. */
static void check_memory(enum capdl_arch arch, bool wide)
{
    uint8_t memory[9] = {0, 0, 0, 0, 0, 0, 0, 0, 0xee};
    const uint8_t narrow_bytes[] = {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xee},
                  wide_bytes[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xee},
                  ordered[] = {0x78, 0x56, 0x34, 0x12, 0xf0, 0xde, 0xbc, 0x9a};
    expect(capdl_word_most(arch) == (wide ? UINT64_MAX : UINT32_MAX), arch, "largest word");
    capdl_word_put(arch, memory, UINT64_MAX);
    expect(memcmp(memory, wide ? wide_bytes : narrow_bytes, sizeof(memory)) == 0, arch, "word into memory");
    expect(capdl_word_get(arch, ordered) == (wide ? 0x9abcdef012345678 : 0x12345678), arch, "word from memory");
}

static void check_flags(enum capdl_arch arch, const struct capdl_architecture *a, const struct expected *e)
{
    const struct {
        char letter;
        bool flag;
    } flags[] = {{'1', a->one_table_kind},  {'l', a->type_per_level},  {'g', a->guest_tables},
                 {'x', a->execute_never},   {'u', a->cache_attribute}, {'c', a->coherent},
                 {'>', a->return_on_stack}, {'t', a->tls_below},       {'p', a->pc}};

    for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        char what[] = "flag ?";
        what[5] = flags[i].letter;
        expect(flags[i].flag == (strchr(e->flags, flags[i].letter) != NULL), arch, what);
    }
    expect(a->table_levels == (a->one_table_kind ? 3 : 0), arch, "number of levels");
}

static int place_of(enum capdl_arch arch, const char *name)
{
    static const struct {
        enum capdl_arch arch;
        const char *name;
    } registers[] = {
#define CAPDL_REGISTER(arch, name) {CAPDL_ARCH_##arch, name},
#include <capdl/registers.def>
#undef CAPDL_REGISTER
    };
    int place = 0;

    for (unsigned i = 0; name && i < sizeof(registers) / sizeof(registers[0]); i++) {
        if (registers[i].arch == arch && strcmp(registers[i].name, name) == 0) {
            return place;
        }
        place += registers[i].arch == arch;
    }
    return -1;
}

static void check_threads(enum capdl_arch arch, const struct capdl_architecture *a, const struct expected *e)
{
    unsigned i = 0;
    expect(place_of(arch, a->ip) == e->places.ip && place_of(arch, a->sp) == e->places.sp &&
               place_of(arch, a->tls) == e->places.tls,
           arch, "registers");
    for (; e->places.arguments[i] >= 0; i++) {
        expect(i < CAPDL_ARCH_MOST_ARGUMENTS && place_of(arch, a->arguments[i]) == e->places.arguments[i], arch,
               "arguments");
    }
    expect(a->num_arguments == i, arch, "number of arguments");
    expect(a->stack_alignment == e->stack_alignment && a->tls_header == e->tls_header &&
               a->tls_alignment == e->tls_alignment,
           arch, "stack or thread-local data");
}

/* A table as the root resolves its own bits and those of what is below; as one of the others it fills a page table. */
static void check_table(enum capdl_arch arch, const struct capdl_arch_table *t, const char *kind, unsigned reach,
                        bool first)
{
    const struct capdl_architecture *a = capdl_architecture(arch);
    unsigned entries = 1u << (a->page_table_bits - a->entry_bits);
    unsigned height = capdl_kind_height((enum capdl_kind)t->kind);
    bool leaf = height == 1, guest = capdl_kind_class((enum capdl_kind)t->kind) == CAPDL_CLASS_EPT;
    expect(strcmp(capdl_kind_keyword((enum capdl_kind)t->kind), kind) == 0, arch, "kind of table");
    expect(t->root == (!guest && (first || strcmp(kind, "pud") == 0)), arch, "root");
    expect(capdl_kind_height((enum capdl_kind)t->below) == (leaf ? 1 : height - 1), arch, "table below");
    if (arch != CAPDL_ARCH_ARM11) {
        expect(t->entries == entries && (!reach || t->root_entries == 1u << (reach - t->shift)), arch, "entries");
    } else {
        expect(t->entries == (leaf ? 512 : 4096) && t->root_entries == t->entries, arch, "entries");
    }
    if (reach) {
        expect(t->shift == 12 + (height - 1) * (unsigned)__builtin_ctz(entries), arch, "shift");
    } else {
        expect(t->shift == 0 && t->root_entries == t->entries, arch, "shift");
    }
    if (!guest && (height < 3 || a->type_per_level)) {
        expect(t->type == (leaf                                       ? CAPDL_TYPE_PAGE_TABLE
                           : !a->type_per_level && a->word_bits == 64 ? CAPDL_TYPE_PAGE_TABLE
                           : height == 2                              ? CAPDL_TYPE_PAGE_DIRECTORY
                           : height == 3                              ? CAPDL_TYPE_PDPT
                                                                      : CAPDL_TYPE_VSPACE),
               arch, "type of table");
    } else {
        expect(t->type == (guest ? capdl_kind_type((enum capdl_kind)t->kind) : CAPDL_TYPE_PAGE_TABLE), arch,
               "type of table");
    }
    expect(capdl_arch_table(arch, (enum capdl_kind)t->kind) == t, arch, "table found by its kind");
    expect(guest || (unsigned)t->kind == capdl_arch_table_kind(arch, height), arch, "table found by its height");
}

static void check_tables(enum capdl_arch arch, const struct capdl_architecture *a, const struct expected *e)
{
    const char *text = e->tables;
    char kind[16];
    unsigned reach, count = 0;
    int used;
    for (; sscanf(text, "%15s %u%n", kind, &reach, &used) == 2; text += used, count++) {
        check_table(arch, &a->tables[count], kind, reach, count == 0);
    }
    expect(a->num_tables == count, arch, "number of tables");
}

/* "4k, 2M and 1G" are the frames. */
static void check_frames(enum capdl_arch arch, const struct capdl_architecture *a)
{
    const char *text = a->frame_words;
    unsigned number, count = 0;
    char unit;
    for (; *text; text++) {
        if (*text >= '0' && *text <= '9' && sscanf(text, "%u%c", &number, &unit) == 2) {
            unsigned bits = (unsigned)__builtin_ctz(number) + (unit == 'k' ? 10 : unit == 'M' ? 20 : 30);
            expect(count < CAPDL_ARCH_MOST_FRAMES && a->frame_bits[count] == bits, arch, "frames");
            count++;
            text += strspn(text, "0123456789");
        }
    }
    expect(count == CAPDL_ARCH_MOST_FRAMES || a->frame_bits[count] == 0, arch, "number of frames");
}

static void check_lists(void)
{
    char text[CAPDL_ARCH_LIST];
    expect(same(capdl_arch_list(CAPDL_ARCH_KEYWORDS, text), "aarch64, riscv, x86_64, arm11 or ia32"),
           CAPDL_ARCH_AARCH64, "list");
    expect(same(capdl_arch_list(CAPDL_ARCH_BOOTED_KEYWORDS, text), "aarch64, riscv or x86_64"), CAPDL_ARCH_AARCH64,
           "list");
    expect(same(capdl_arch_list(CAPDL_ARCH_KERNELS, text), "aarch64, riscv64 or x86_64"), CAPDL_ARCH_AARCH64, "list");
    expect(capdl_arch_of_kernel("riscv64") == CAPDL_ARCH_RISCV && capdl_arch_of_kernel("riscv32") == CAPDL_ARCH_COUNT,
           CAPDL_ARCH_RISCV, "kernel's name");
}

int main(void)
{
    for (unsigned i = 0; i < CAPDL_ARCH_COUNT; i++) {
        enum capdl_arch arch = (enum capdl_arch)i;
        const struct capdl_architecture *a = capdl_architecture(arch);
        check_names(arch, a, &expected[i]);
        check_word(arch, a, &expected[i]);
        check_memory(arch, expected[i].word == 64);
        check_flags(arch, a, &expected[i]);
        check_threads(arch, a, &expected[i]);
        check_tables(arch, a, &expected[i]);
        check_frames(arch, a);
        expect(capdl_arch_boots(arch) == (expected[i].names[1] != NULL), arch, "being booted");
    }
    check_lists();
    return failures != 0;
}
