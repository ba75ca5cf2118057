/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading hand-made prefixes: good ones give the numbers counted here by hand, bad ones say what is wrong and
 * where. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../check.h"
#include "prefix.h"
#include "profile/profile.h"

static const char *prefixes; /* the directory prefix/ */

static const struct prefix_kernel arm_kernel = {EM_AARCH64, ET_EXEC, ELFCLASS64, 0xffc0000000, 0x80000000, 0x12345};
static const struct prefix_kernel x86_kernel = {EM_X86_64, ET_EXEC, ELFCLASS64, 0xffffffff80100000, 0x100000, 0x80000};

static char *make_prefix(const char *arch)
{
    char *source, *copy;
    if (asprintf(&source, "%s/%s", prefixes, arch) < 0) {
        abort();
    }
    copy = prefix_copy(source);
    prefix_write_kernel(copy, strcmp(arch, "x86_64") == 0 ? &x86_kernel : &arm_kernel);
    free(source);
    return copy;
}

/* Reads a prefix and returns what was printed about it, to be freed. */
static char *read_prefix(const char *prefix, struct capdl_profile *profile, bool *good)
{
    struct capdl_diags diags = {NULL};
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    *good = profile_read(prefix, profile, &diags);
    capdl_diags_print(&diags, out, 0);
    CHECK(*good == (diags.num_errors == 0), "result and errors disagree");
    capdl_diags_free(&diags);
    fclose(out);
    return text;
}

struct expected {
    int id, number;
};

static void check_labels(const struct capdl_profile *p, const struct expected *labels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CHECK(p->labels[labels[i].id] == labels[i].number, "method %d has label %d", labels[i].id,
              p->labels[labels[i].id]);
    }
}

static void check_types(const struct capdl_profile *p, const struct expected *types, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CHECK(p->types[types[i].id] == types[i].number, "type %d has number %d", types[i].id, p->types[types[i].id]);
    }
}

static void test_arm_tables(const struct capdl_profile *p)
{
    static const struct expected labels[] = {
        {CAPDL_METHOD_UNTYPED_RETYPE, 2},
        {CAPDL_METHOD_TCB_WRITE_REGISTERS, 3},
        {CAPDL_METHOD_TCB_CONFIGURE, 4},
        {CAPDL_METHOD_TCB_RESUME, 8},
        {CAPDL_METHOD_TCB_SET_AFFINITY, CAPDL_PROFILE_ABSENT},
        {CAPDL_METHOD_TCB_SET_FLAGS, 9},
        {CAPDL_METHOD_SCHED_CONTROL_CONFIGURE_FLAGS, 13},
        {CAPDL_METHOD_VSPACE_CLEAN_DATA, 14},
        {CAPDL_METHOD_PAGE_TABLE_MAP, 15},
        {CAPDL_METHOD_ASID_POOL_ASSIGN, 20},
        {CAPDL_METHOD_PAGE_DIRECTORY_MAP, CAPDL_PROFILE_ABSENT},
    };
    static const struct expected types[] = {
        {CAPDL_TYPE_UNTYPED, 0},   {CAPDL_TYPE_CNODE, 4},
        {CAPDL_TYPE_REPLY, 6},     {CAPDL_TYPE_FRAME_1G, 7},
        {CAPDL_TYPE_VSPACE, 8},    {CAPDL_TYPE_FRAME_4K, 9},
        {CAPDL_TYPE_FRAME_2M, 10}, {CAPDL_TYPE_PAGE_TABLE, 13},
        {CAPDL_TYPE_VCPU, 14},     {CAPDL_TYPE_IO_PAGE_TABLE, CAPDL_PROFILE_ABSENT},
    };
    check_labels(p, labels, sizeof(labels) / sizeof(labels[0]));
    check_types(p, types, sizeof(types) / sizeof(types[0]));
    CHECK(p->syscalls[CAPDL_SYSCALL_CALL] == -1 && p->syscalls[CAPDL_SYSCALL_WAIT] == -2, "API calls");
    CHECK(p->syscalls[CAPDL_SYSCALL_DEBUG_HALT] == 0, "a call that is switched off");
    CHECK(p->syscalls[CAPDL_SYSCALL_DEBUG_PUTCHAR] == -13, "PutChar is %d", p->syscalls[CAPDL_SYSCALL_DEBUG_PUTCHAR]);
    CHECK(p->faults[CAPDL_FAULT_VM] == 6 && p->faults[CAPDL_FAULT_TIMEOUT] == 0, "faults");
}

static void test_arm(void)
{
    char *prefix = make_prefix("aarch64"), *text;
    struct capdl_profile p;
    bool good;
    text = read_prefix(prefix, &p, &good);
    CHECK(good && text[0] == 0, "%s", text);
    free(text);
    CHECK(p.arch == CAPDL_ARCH_AARCH64 && p.mcs && p.hypervisor && p.printing && !p.debug && !p.smp && p.fpu,
          "switches");
    CHECK(p.num_domains == 4 && p.num_domain_schedules == 16 && p.num_priorities == 128, "numbers");
    CHECK(p.root_cnode_bits == 13 && p.max_untypeds == 50 && p.fan_out == 32 && p.reset_chunk_bits == 9, "numbers");
    CHECK(p.timer_frequency == 1000000 && p.pa_bits == 40, "numbers");
    CHECK(strcmp(p.platform, "test-board") == 0 && strcmp(p.prefix, prefix) == 0, "names");
    CHECK(strncmp(p.name, "capdl-prefix-", 13) == 0, "%s", p.name);
    test_arm_tables(&p);
    CHECK(p.size_bits[CAPDL_TYPE_TCB] == 12 && p.size_bits[CAPDL_TYPE_FRAME_2M] == 21, "sizes");
    CHECK(p.size_bits[CAPDL_TYPE_SCHED_CONTEXT] == 8 && p.size_bits[CAPDL_TYPE_IO_PAGE_TABLE] == 0, "sizes");
    CHECK(p.user_top == UINT64_C(1) << 40 && p.max_untyped_bits == 40 && p.num_asid_pool_bits == 6, "limits");
    CHECK(p.vspace_levels == 3 && p.vspace_index_bits[0] == 10 && p.vspace_index_bits[2] == 9, "VSpace");
    CHECK(p.bootinfo_schedcontrol_offset == 144 && p.bootinfo_untyped_offset == 160, "bootinfo");
    CHECK(p.num_memory == 1 && p.memory[0].start == 0x80000000 && p.memory[0].end == 0x82000000, "memory");
    CHECK(p.num_devices == 2 && p.devices[0].end == 0x10000 && p.devices[1].start == 0x40000000, "devices are sorted");
    CHECK(p.kernel.start == 0x80000000 && p.kernel.end == 0x80013000, "the kernel's pages");
    prefix_remove(prefix);
}

static void test_x86(void)
{
    static const struct expected labels[] = {
        {CAPDL_METHOD_UNTYPED_RETYPE, 1},
        {CAPDL_METHOD_TCB_CONFIGURE, 3},
        {CAPDL_METHOD_CNODE_MOVE, 11},
        {CAPDL_METHOD_PDPT_MAP, 12},
        {CAPDL_METHOD_PAGE_MAP, 15},
        {CAPDL_METHOD_ASID_POOL_ASSIGN, 17},
        {CAPDL_METHOD_SCHED_CONTROL_CONFIGURE_FLAGS, CAPDL_PROFILE_ABSENT},
    };
    static const struct expected types[] = {
        {CAPDL_TYPE_PDPT, 5},       {CAPDL_TYPE_VSPACE, 6},          {CAPDL_TYPE_FRAME_4K, 7},
        {CAPDL_TYPE_PAGE_TABLE, 9}, {CAPDL_TYPE_PAGE_DIRECTORY, 10}, {CAPDL_TYPE_FRAME_1G, CAPDL_PROFILE_ABSENT},
    };
    char *prefix = make_prefix("x86_64"), *text;
    struct capdl_profile p;
    bool good;
    text = read_prefix(prefix, &p, &good);
    CHECK(good && text[0] == 0, "%s", text);
    free(text);
    CHECK(p.arch == CAPDL_ARCH_X86_64 && !p.mcs && p.sysenter && !p.printing && p.debug, "switches");
    check_labels(&p, labels, sizeof(labels) / sizeof(labels[0]));
    check_types(&p, types, sizeof(types) / sizeof(types[0]));
    CHECK(p.syscalls[CAPDL_SYSCALL_DEBUG_HALT] == -9 && p.syscalls[CAPDL_SYSCALL_DEBUG_PUTCHAR] == 0, "calls");
    CHECK(p.user_top == UINT64_C(0x7ffffffff000) && p.vspace_levels == 4 && p.vspace_index_bits[3] == 9, "VSpace");
    CHECK(p.bootinfo_schedcontrol_offset == 0 && p.bootinfo_untyped_offset == 144, "bootinfo");
    CHECK(p.num_memory == 0 && p.num_devices == 0 && p.kernel.start == 0x100000 && p.kernel.end == 0x180000, "memory");
    prefix_remove(prefix);
}

#define CONFIG "libsel4/include/kernel/gen_config.json"
#define API "libsel4/include/interfaces/object-api.xml"
#define ARCH_API "libsel4/include/interfaces/object-api-arch.xml"
#define SYSCALLS "libsel4/include/api/syscall.xml"
#define CONSTANTS "libsel4/include/sel4/sel4_arch/constants.h"
#define BOOTINFO "libsel4/include/sel4/bootinfo_types.h"
#define PLATFORM "support/platform_gen.json"

/* One change to the AArch64 prefix, and what must then be said. No 'find': the file is replaced; neither: it is
 * removed. */
static const struct bad {
    const char *file, *find, *replace, *message;
} bad[] = {
    {CONFIG, NULL, NULL, CONFIG ": error: No such file or directory, expected here the kernel's configuration"},
    {CONFIG, NULL, "{\"SEL4_ARCH\": \"aarch64\"", "not a JSON object: the file ends after 23 bytes"},
    {CONFIG, NULL, "", "not a JSON object: the file ends after 0 bytes"},
    {CONFIG, NULL, "[1, 2]", "not a JSON object: something else"},
    {CONFIG, NULL, "{} {}", "not a JSON object: something else after 3 bytes"},
    {CONFIG, "\"128\"", "128", "'NUM_PRIORITIES' is neither true, false nor a string"},
    {CONFIG, "\"128\"", "\"12x\"", "'NUM_PRIORITIES' is \"12x\", expected a number from 1 to 256"},
    {CONFIG, "\"128\"", "\"300\"", "'NUM_PRIORITIES' is \"300\", expected a number from 1 to 256"},
    {CONFIG, "ROOT_CNODE_SIZE_BITS", "ROOT_CNODE", "no 'ROOT_CNODE_SIZE_BITS', which every kernel's configuration has"},
    {CONFIG, "\"SEL4_ARCH\": \"aarch64\"", "\"SEL4_ARCH\": \"ia32\"",
     "'SEL4_ARCH' is \"ia32\", expected aarch64, riscv64 or x86_64"},
    {CONFIG, "\"SEL4_ARCH\": \"aarch64\"", "\"SEL4_ARCH\": \"riscv64\"", "no method 'RISCVPageMap' (Page_Map)"},
    {CONFIG, "\"SEL4_ARCH\": \"aarch64\"", "\"SEL4_ARCH\": \"riscv64\"",
     "a 64-bit kernel for aarch64, but the configuration is for riscv"},
    {API, NULL, NULL, "object-api.xml: error: No such file or directory, expected here the kernel's invocations"},
    {API, "</interface>", "</interfac>", "not well-formed XML: mismatched tag"},
    {API, NULL, "<api>", "not well-formed XML: no element found"},
    {API, "type=\"seL4_CNode\"", "type=\"seL4_Word\"", "Untyped_Retype takes (word type, word size_bits, word root, "},
    {API, "name=\"num_objects\"", "name=\"count\"", "expected (word type, word size_bits, cap root, "},
    {API, "<param dir=\"in\" name=\"size_bits\"", "<param name=\"size_bits\"",
     "a parameter of 'UntypedRetype' without dir, type or name"},
    {API, "id=\"UntypedRetype\"", "id=\"Retype\"",
     "no method 'UntypedRetype' (Untyped_Retype), which every boot on aarch64 needs"},
    {API, "id=\"UntypedRetype\"", "", "a method without an id"},
    {API, "id=\"TestUnknown\"", "id=\"TCBSuspend\"", "a second method 'TCBSuspend'"},
    {API, "<config var=\"CONFIG_TEST_EXTRA\"/>", "<xor/>", "'xor' in a condition, expected and, or, not or config"},
    {API, "<config var=\"CONFIG_TEST_EXTRA\"/>", "<not/>", "'not' with 0 operands in a condition"},
    {API, "<config var=\"CONFIG_TEST_EXTRA\"/>", "<config/>", "a condition on '', expected a symbol CONFIG_..."},
    {API, "name=\"clear\"", "name=\"bits\"",
     "warning: TCB_SetFlags takes (word bits, word set) in this kernel, expected (word clear, word set)"},
    {ARCH_API, "id=\"ARMPageMap\"", "id=\"RISCVPageMap\"",
     "no method 'ARMPageMap' (Page_Map), which every boot on aarch64 needs"},
    {SYSCALLS, NULL, NULL, "syscall.xml: error: No such file or directory, expected here the numbers of system calls"},
    {SYSCALLS, "api-mcs", "api-old", "not well-formed XML: mismatched tag"},
    {SYSCALLS, "<syscall name=\"Wait\"/><syscall name=\"Send\"/>", "<syscall name=\"Wait\"/>",
     "no system call 'Send' for MCS kernels"},
    {SYSCALLS, "name=\"Wait\"", "", "a system call without a name"},
    {SYSCALLS, "name=\"Wait\"", "name=\"Send\"", "a second system call 'Send'"},
    {CONSTANTS, NULL, NULL, "constants.h: error: No such file or directory, expected here object types and sizes"},
    {CONSTANTS, "#define seL4_SlotBits 5", "", "no integer 'seL4_SlotBits' in the headers"},
    {CONSTANTS, "#define seL4_SlotBits 5", "#define seL4_SlotBits 5\n#undef seL4_SlotBits",
     "no integer 'seL4_SlotBits' in the headers"},
    {CONSTANTS, "(seL4_PageBits + 9)", "(seL4_PageBits / 0)", "no integer 'seL4_LargePageBits' in the headers"},
    {CONSTANTS, "(seL4_PageBits + 9)", "seL4_LargePageBits", "no integer 'seL4_LargePageBits' in the headers"},
    {CONSTANTS, "#define seL4_SlotBits 5", "#define seL4_SlotBits 99", "'seL4_SlotBits' is 99, expected 1 to 47"},
    {CONSTANTS, "0x000000ffffffffff", "0x1234", "'seL4_UserTop' is 0x1234, which is not the end of a page"},
    {CONSTANTS, "#else", "#else\n#else", "a branch without its #if"},
    {CONSTANTS, "#endif", "", "ends within a conditional"},
    {CONSTANTS, "CONFIG_NUM_PRIORITIES >= 0x80)", "CONFIG_NUM_PRIORITIES >= )", "an operator where a value should be"},
    {CONSTANTS, "#ifdef CONFIG_KERNEL_MCS", "#error \"no such kernel\"\n#ifdef CONFIG_KERNEL_MCS",
     "the header refuses this configuration: '\"no such kernel\"'"},
    {"libsel4/include/sel4/sel4_arch/objecttype.h", "seL4_ARM_VSpaceObject,", "",
     "no object type 'seL4_ARM_VSpaceObject' in the headers"},
    {"libsel4/include/sel4/sel4_arch/types_gen.h", "seL4_Fault_VMFault", "seL4_Fault_VM",
     "no 'seL4_Fault_VMFault' or 'seL4_Fault_CapFault'"},
    {BOOTINFO, "seL4_NodeId nodeID", "seL4_Odd nodeID",
     "cannot find the offset of member 'untyped' in 'struct seL4_BootInfo'"},
    {BOOTINFO, "seL4_SlotRegion untyped;", "", "the offset of member 'untyped'"},
    {BOOTINFO, "seL4_SlotRegion extraBIPages;", "",
     "member 'schedcontrol' of 'struct seL4_BootInfo' is at byte 128, expected after the 18 words with which it begins "
     "(byte "
     "144)"},
    {PLATFORM, NULL, NULL, "platform_gen.json: error: No such file or directory, expected here the board's memory"},
    {PLATFORM, "\"memory\"", "\"ram\"", "expected under 'memory' at most 32 disjoint regions"},
    {PLATFORM, "\"end\": 65536", "\"end\": 2000000000", "expected under 'devices' at most 256 disjoint regions"},
    {PLATFORM, "\"end\": 65536", "\"end\": -1", "expected under 'devices' at most 256 disjoint regions"},
    {PLATFORM, "2181038080}]", "2181038080}", "not a JSON object: "},
    {PLATFORM, "{\"start\": 2147483648, \"end\": 2181038080}", "", "no memory"},
    {PLATFORM, "{\"start\": 2147483648, \"end\": 2181038080}", "{\"start\": 3000000000, \"end\": 3100000000}",
     "the kernel is loaded at 0x80000000, where support/platform_gen.json has no memory"},
    {"bin/kernel.elf", NULL, NULL, "bin/kernel.elf: error: No such file or directory, expected here the kernel"},
    {"bin/kernel.elf", NULL, "hello", "bin/kernel.elf: error: not an ELF file"},
};

static void test_bad(const struct bad *c)
{
    char *prefix = make_prefix("aarch64"), *text;
    struct capdl_profile p;
    bool good, changed = true;
    if (c->find != NULL) {
        changed = prefix_edit(prefix, c->file, c->find, c->replace);
    } else {
        prefix_write(prefix, c->file, c->replace, c->replace != NULL ? strlen(c->replace) : 0);
    }
    CHECK(changed, "%s: '%s' is not in it", c->file, c->find);
    text = read_prefix(prefix, &p, &good);
    CHECK(strstr(text, c->message) != NULL, "expected '%s' in:\n%s", c->message, text);
    CHECK(good == (strstr(c->message, "warning: ") != NULL), "%s", c->message);
    CHECK(good || strstr(text, "error: ") != NULL, "no error in:\n%s", text);
    if (good) {
        CHECK(p.labels[CAPDL_METHOD_TCB_SET_FLAGS] == CAPDL_PROFILE_ABSENT, "a method we cannot call has a label");
    }
    free(text);
    prefix_remove(prefix);
}

static void test_bad_kernel(const struct prefix_kernel *kernel, const char *message)
{
    char *prefix = make_prefix("aarch64"), *text;
    struct capdl_profile p;
    bool good;
    prefix_write_kernel(prefix, kernel);
    text = read_prefix(prefix, &p, &good);
    CHECK(!good && strstr(text, message) != NULL, "expected '%s' in:\n%s", message, text);
    free(text);
    prefix_remove(prefix);
}

static void test_bad_kernels(void)
{
    struct prefix_kernel kernel = arm_kernel;
    test_bad_kernel(&x86_kernel, "a 64-bit kernel for x86_64, but the configuration is for aarch64");
    kernel.machine = EM_386;
    test_bad_kernel(&kernel, "a 64-bit kernel for IA-32, but the configuration is for aarch64");
    kernel.machine = EM_MIPS;
    test_bad_kernel(&kernel, "a 64-bit kernel for another machine, but the configuration is for aarch64");
    kernel = arm_kernel;
    kernel.class = ELFCLASS32;
    test_bad_kernel(&kernel, "a 32-bit kernel for aarch64, but the configuration is for aarch64");
    kernel = arm_kernel;
    kernel.type = ET_REL;
    test_bad_kernel(&kernel, "not an executable with program headers");
    kernel = arm_kernel;
    kernel.size = 0;
    test_bad_kernel(&kernel, "no segments to load");
    kernel.size = UINT64_MAX;
    test_bad_kernel(&kernel, "no segments to load");
}

/* Macros that multiply, and ones that go round in circles, must not keep us busy. */
static void test_multiplying_macros(void)
{
    char *prefix = make_prefix("aarch64"), *text, macros[4096] = "#define seL4_SlotBits X0\n";
    struct capdl_profile p;
    bool good;
    for (int i = 0; i < 60; i++) {
        snprintf(macros + strlen(macros), sizeof(macros) - strlen(macros), "#define X%d X%d + X%d\n", i, i + 1, i + 1);
    }
    CHECK(prefix_edit(prefix, CONSTANTS, "#define seL4_SlotBits 5", macros), "edit");
    text = read_prefix(prefix, &p, &good);
    CHECK(!good && strstr(text, "no integer 'seL4_SlotBits' in the headers") != NULL, "%s", text);
    free(text);
    prefix_remove(prefix);
}

/* All mistakes in one run. */
static void test_many(void)
{
    char *prefix = make_prefix("aarch64"), *text;
    struct capdl_profile p;
    bool good;
    prefix_write(prefix, SYSCALLS, NULL, 0);
    prefix_write(prefix, PLATFORM, "{}", 2);
    CHECK(prefix_edit(prefix, API, "id=\"TCBResume\"", "id=\"Other\""), "edit");
    text = read_prefix(prefix, &p, &good);
    CHECK(!good && strstr(text, "syscall.xml") && strstr(text, "under 'memory'") && strstr(text, "TCBResume"), "%s",
          text);
    free(text);
    prefix_remove(prefix);
}

static void rename_in(const char *prefix, const char *from, const char *to)
{
    char *old, *new;
    if (asprintf(&old, "%s/%s", prefix, from) < 0 || asprintf(&new, "%s/%s", prefix, to) < 0) {
        abort();
    }
    CHECK(rename(old, new) == 0, "%s to %s", old, new);
    free(old);
    free(new);
}

/* The directory of a board and a configuration in Microkit's SDK has the same files in other places, and a name of
 * both. */
static void test_board(void)
{
    struct capdl_profile p, q;
    char *prefix = make_prefix("aarch64"), *text, *board, name[sizeof(p.name) + 8];
    bool good;
    text = read_prefix(prefix, &p, &good);
    CHECK(good, "%s", text);
    free(text);
    if (asprintf(&board, "%s/debug//", prefix) < 0 || mkdir(board, 0700) != 0) {
        abort();
    }
    rename_in(prefix, "libsel4/include", "debug/include");
    rename_in(prefix, "bin", "debug/elf");
    rename_in(prefix, "debug/elf/kernel.elf", "debug/elf/sel4.elf");
    rename_in(prefix, "support/platform_gen.json", "debug/platform_gen.json");
    text = read_prefix(board, &q, &good);
    CHECK(good && text[0] == 0, "%s", text);
    snprintf(name, sizeof(name), "%s-debug", p.name);
    CHECK(strcmp(q.name, name) == 0 && strcmp(q.prefix, board) == 0, "%s", q.name);
    memcpy(q.name, p.name, sizeof(q.name));
    memcpy(q.prefix, p.prefix, sizeof(q.prefix));
    CHECK(memcmp(&p, &q, sizeof(p)) == 0, "another kernel");
    free(text);
    rename_in(prefix, "debug/elf/sel4.elf", "debug/elf/kernel.elf");
    text = read_prefix(board, &q, &good);
    CHECK(!good && strstr(text, "gen_config.json: error: No such file or directory"), "%s", text);
    free(text);
    free(board);
    prefix_remove(prefix);
}

/* As many regions of devices as there is room for, and one more. */
static void test_many_devices(void)
{
    for (unsigned count = 256; count <= 257; count++) {
        char *prefix = make_prefix("aarch64"), *text, *json;
        struct capdl_profile p;
        size_t size;
        bool good;
        FILE *out = open_memstream(&json, &size);
        fputs("{\"memory\": [{\"start\": 2147483648, \"end\": 2181038080}], \"devices\": [", out);
        for (unsigned i = 0; i < count; i++) {
            fprintf(out, "%s{\"start\": %u, \"end\": %u}", i ? ", " : "", i * 0x2000, i * 0x2000 + 0x1000);
        }
        fputs("]}", out);
        fclose(out);
        prefix_write(prefix, PLATFORM, json, size);
        text = read_prefix(prefix, &p, &good);
        CHECK(good == (count == 256) && (good ? p.num_devices == 256 && p.devices[255].end == 255 * 0x2000 + 0x1000
                                              : strstr(text, "expected under 'devices' at most 256 disjoint") != NULL),
              "%u devices: %s", count, text);
        free(text);
        free(json);
        prefix_remove(prefix);
    }
}

/* Headers in other words for the same, which must be read as C reads them. */
static void test_spellings(void)
{
    static const char *const spellings[] = {
        "#define TEST_TEXT \"a \\\"/* b\"\n#define seL4_SlotBits 5",
        "#define TEST_LETTER '\\''\n#define seL4_SlotBits 5 /* '\" */",
        "#ifndef CONFIG_TEST_NONE\n#define seL4_SlotBits 5\n#endif",
        "#ifndef CONFIG_KERNEL_MCS\n#define seL4_SlotBits 6\n#else\n#define seL4_SlotBits 5\n#endif",
        "#define seL4_SlotBits /* six: 6\n */ (10 \\\n / 2) // 6",
    };
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
        char *prefix = make_prefix("aarch64"), *text;
        struct capdl_profile p;
        bool good;
        CHECK(prefix_edit(prefix, CONSTANTS, "#define seL4_SlotBits 5", spellings[i]), "edit");
        text = read_prefix(prefix, &p, &good);
        CHECK(good && p.size_bits[CAPDL_TYPE_CNODE] == 5, "%s: %u, %s", spellings[i], p.size_bits[CAPDL_TYPE_CNODE],
              text);
        free(text);
        prefix_remove(prefix);
    }
}

static void test_no_prefix(const char *path, const char *message)
{
    struct capdl_profile p;
    bool good;
    char *text = read_prefix(path, &p, &good);
    CHECK(!good && strstr(text, message) != NULL, "%s", text);
    free(text);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        return 2;
    }
    prefixes = argv[1];
    test_arm();
    test_x86();
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        test_bad(&bad[i]);
    }
    test_bad_kernels();
    test_multiplying_macros();
    test_many();
    test_board();
    test_many_devices();
    test_spellings();
    test_no_prefix("/nonexistent/kernel",
                   "/nonexistent/kernel: error: No such file or directory, expected a kernel's install prefix");
    char longest[sizeof(((struct capdl_profile *)0)->prefix) + 1];
    memset(longest, 'a', sizeof(longest));
    longest[sizeof(longest) - 1] = 0;
    test_no_prefix(longest, "a path of more than 4095 bytes");
    longest[sizeof(longest) - 2] = 0;
    test_no_prefix(longest, "error: File name too long, expected a kernel's install prefix");
    test_no_prefix("/dev/null", "not a directory, expected a kernel's install prefix");
    return check_result();
}
