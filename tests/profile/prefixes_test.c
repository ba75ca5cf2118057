/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Real kernels: for every install prefix in $SEL4_PREFIXES, what profile_read finds, and what kinds.def says of types,
 * heights and architectures, is asserted in a C file which a compiler checks against the kernel's own headers. What a
 * profile says is absent must not be declared there either; and some kernel of each architecture must know each name of
 * methods.def and types.def, whether or not it is configured to have it. Skipped without prefixes, and for
 * architectures without a compiler.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <capdl/spec.h>

#include "../check.h"
#include "profile/names.h"
#include "profile/profile.h"

enum { SKIPPED = 77 };

static const char *asserts; /* path of libsel4_asserts.h */

static void put_value(FILE *out, const char *expression, long long value)
{
    fprintf(out, "_Static_assert((long long)(%s) == %lld, \"%s is not %lld\");\n", expression, value, expression,
            value);
}

/* A variable of that name would clash with an enumerator. Some absent ones are macros instead. */
static void put_absence(FILE *out, const char *name)
{
    fprintf(out, "#ifndef %s\nextern int %s;\n#endif\n", name, name);
}

static bool is_declared(const struct capdl_profile *p, const char *name)
{
    char command[sizeof(p->prefix) + 128];
    snprintf(command, sizeof(command), "grep -rqw '%s' '%s/libsel4/include'", name, p->prefix);
    return system(command) == 0;
}

/* A method that some versions call otherwise has several ids, of which a kernel declares one. */
static void put_label(const struct capdl_profile *p, FILE *out, enum capdl_method method)
{
    const char *cell = method_xml_id(p->arch, method);
    bool renamed = cell && strchr(cell, ' ');
    unsigned declared = 0;
    char name[80];
    for (; cell; cell = strchr(cell, ' ') ? strchr(cell, ' ') + 1 : NULL) {
        snprintf(name, sizeof(name), "%.*s", (int)strcspn(cell, " "), cell);
        if (p->labels[method] == CAPDL_PROFILE_ABSENT) {
            put_absence(out, name);
        } else if (!renamed || is_declared(p, name)) {
            put_value(out, name, p->labels[method]);
            declared++;
        }
    }
    CHECK(declared < 2 && (declared == 1 || !renamed || p->labels[method] == CAPDL_PROFILE_ABSENT), "%s",
          method_names[method]);
}

static void put_tables(const struct capdl_profile *p, FILE *out)
{
    char name[80];
    for (unsigned i = 0; i < CAPDL_METHOD_COUNT; i++) {
        put_label(p, out, (enum capdl_method)i);
    }
    for (unsigned i = 0; i < CAPDL_TYPE_COUNT; i++) {
        const char *type = type_name(p->arch, i);
        if (!type) {
            continue;
        }
        snprintf(name, sizeof(name), "seL4_%s", type);
        if (p->types[i] != CAPDL_PROFILE_ABSENT) {
            put_value(out, name, p->types[i]);
        } else {
            put_absence(out, name);
        }
    }
    for (unsigned i = 0; i < CAPDL_SYSCALL_COUNT; i++) {
        snprintf(name, sizeof(name), "seL4_Sys%s", syscall_names[i]);
        if (p->syscalls[i] != 0) {
            put_value(out, name, p->syscalls[i]);
        } else {
            put_absence(out, name);
        }
    }
    for (unsigned i = 0; i < CAPDL_FAULT_COUNT; i++) {
        snprintf(name, sizeof(name), "seL4_Fault_%s", fault_names[i]);
        if (p->faults[i] != 0) {
            put_value(out, name, p->faults[i]);
        } else {
            put_absence(out, name);
        }
    }
}

static void put_size(const struct capdl_profile *p, FILE *out, enum capdl_type type, const char *name)
{
    if (p->types[type] != CAPDL_PROFILE_ABSENT) {
        put_value(out, name, p->size_bits[type]);
    }
}

static void put_sizes(const struct capdl_profile *p, FILE *out)
{
    put_size(p, out, CAPDL_TYPE_UNTYPED, "seL4_MinUntypedBits");
    put_size(p, out, CAPDL_TYPE_TCB, "seL4_TCBBits");
    put_size(p, out, CAPDL_TYPE_ENDPOINT, "seL4_EndpointBits");
    put_size(p, out, CAPDL_TYPE_NOTIFICATION, "seL4_NotificationBits");
    put_size(p, out, CAPDL_TYPE_CNODE, "seL4_SlotBits");
    put_size(p, out, CAPDL_TYPE_SCHED_CONTEXT, "seL4_MinSchedContextBits");
    put_size(p, out, CAPDL_TYPE_REPLY, "seL4_ReplyBits");
    put_size(p, out, CAPDL_TYPE_FRAME_4K, "seL4_PageBits");
    put_size(p, out, CAPDL_TYPE_FRAME_2M, "seL4_LargePageBits");
    put_size(p, out, CAPDL_TYPE_FRAME_1G, "seL4_HugePageBits");
    put_size(p, out, CAPDL_TYPE_PAGE_TABLE, "seL4_PageTableBits");
    put_size(p, out, CAPDL_TYPE_PAGE_DIRECTORY, "seL4_PageDirBits");
    put_size(p, out, CAPDL_TYPE_PDPT, "seL4_PDPTBits");
    put_size(p, out, CAPDL_TYPE_VSPACE, "seL4_VSpaceBits");
    put_size(p, out, CAPDL_TYPE_VCPU, "seL4_VCPUBits");
    put_size(p, out, CAPDL_TYPE_IO_PAGE_TABLE, "seL4_IOPageTableBits");
    put_size(p, out, CAPDL_TYPE_EPT_PML4, "seL4_X86_EPTPML4Bits");
    put_size(p, out, CAPDL_TYPE_EPT_PT, "seL4_X86_EPTPTBits");
    put_value(out, "seL4_MaxUntypedBits", p->max_untyped_bits);
    put_value(out, "seL4_ASIDPoolIndexBits", p->asid_pool_bits);
    put_value(out, "seL4_NumASIDPoolsBits", p->num_asid_pool_bits);
    put_value(out, "seL4_UserTop", (long long)p->user_top - (p->arch == CAPDL_ARCH_AARCH64));
    put_value(out, "offsetof(seL4_BootInfo, untyped)", p->bootinfo_untyped_offset);
    if (p->mcs) {
        put_value(out, "offsetof(seL4_BootInfo, schedcontrol)", p->bootinfo_schedcontrol_offset);
    }
    put_value(out, "sizeof(seL4_SlotRegion)", 16);
}

/* Kinds of object whose capabilities a call issues: an architecture has the kind if it has the call. */
static const struct {
    enum capdl_kind kind;
    enum capdl_method method;
} issued[] = {
    {CAPDL_KIND_IOAPIC_IRQ, CAPDL_METHOD_IRQ_CONTROL_GET_IOAPIC},
    {CAPDL_KIND_MSI_IRQ, CAPDL_METHOD_IRQ_CONTROL_GET_MSI},
    {CAPDL_KIND_ARM_SGI_SIGNAL, CAPDL_METHOD_IRQ_CONTROL_ISSUE_SGI_SIGNAL},
    {CAPDL_KIND_IO_PORTS, CAPDL_METHOD_IO_PORT_CONTROL_ISSUE},
    {CAPDL_KIND_STREAMID, CAPDL_METHOD_SID_CONTROL_GET_SID},
    {CAPDL_KIND_CONTEXTBANK, CAPDL_METHOD_SID_CONTROL_GET_SID},
    {CAPDL_KIND_SMC, CAPDL_METHOD_SMC_CALL},
};

/* kinds.def: what Retype makes of a kind is declared where the architecture has the kind, and nowhere else. */
static void put_kinds(const struct capdl_profile *p, FILE *out)
{
    char name[80];
    for (unsigned i = 0; i < CAPDL_KIND_COUNT; i++) {
        enum capdl_kind kind = (enum capdl_kind)i;
        enum capdl_type type = capdl_kind_type(kind);
        if (type == CAPDL_TYPE_NONE) {
            continue;
        }
        if (capdl_kind_on_arch(kind, p->arch)) {
            CHECK(type_name(p->arch, type) != NULL, "%s", capdl_kind_keyword(kind));
        }
        for (unsigned arch = 0; arch <= CAPDL_ARCH_X86_64 && !capdl_kind_on_arch(kind, p->arch); arch++) {
            if (type_name((enum capdl_arch)arch, type)) {
                snprintf(name, sizeof(name), "seL4_%s", type_name((enum capdl_arch)arch, type));
                put_absence(out, name);
            }
        }
    }
    for (size_t i = 0; i < sizeof(issued) / sizeof(issued[0]); i++) {
        CHECK(capdl_kind_on_arch(issued[i].kind, p->arch) == (method_xml_id(p->arch, issued[i].method) != NULL), "%s",
              capdl_kind_keyword(issued[i].kind));
    }
}

/* kinds.def: a table of height h has h levels of index bits and a page's above it; large pages are in tables of
 * height 2. */
static void put_heights(const struct capdl_profile *p, FILE *out)
{
    static const enum capdl_kind roots[] = {
        [CAPDL_ARCH_AARCH64] = CAPDL_KIND_PGD, [CAPDL_ARCH_X86_64] = CAPDL_KIND_PML4};
    enum capdl_kind root = p->arch == CAPDL_ARCH_AARCH64 && p->vspace_levels == 3 ? CAPDL_KIND_PUD : roots[p->arch];
    enum capdl_kind huge = p->arch == CAPDL_ARCH_AARCH64 ? CAPDL_KIND_PUD : CAPDL_KIND_PDPT;
    unsigned height = capdl_kind_height(root);
    if (p->arch == CAPDL_ARCH_RISCV) { /* all tables are of one kind, the last one's */
        return;
    }
    put_value(out, "(seL4_LargePageBits - seL4_PageBits) / seL4_PageTableIndexBits",
              capdl_kind_height(CAPDL_KIND_PD) - capdl_kind_height(CAPDL_KIND_PT));
    put_value(out, "(seL4_HugePageBits - seL4_PageBits) / seL4_PageTableIndexBits",
              capdl_kind_height(huge) - capdl_kind_height(CAPDL_KIND_PT));
    fprintf(out,
            "_Static_assert((unsigned long)(seL4_UserTop - 1) >> (seL4_PageBits + seL4_PageTableIndexBits * %u) &&\n"
            "    !((unsigned long)(seL4_UserTop - 1) >> (seL4_PageBits + seL4_PageTableIndexBits * %u + %u)),\n"
            "    \"the root of an address space has another height than %u\");\n",
            height - 1, height - 1, p->vspace_index_bits[0], height);
}

static void put_configuration(const struct capdl_profile *p, FILE *out)
{
    put_value(out, "CONFIG_ROOT_CNODE_SIZE_BITS", p->root_cnode_bits);
    put_value(out, "CONFIG_RETYPE_FAN_OUT_LIMIT", p->fan_out);
    put_value(out, "CONFIG_MAX_NUM_NODES", p->max_nodes);
    put_value(out, "CONFIG_NUM_DOMAINS", p->num_domains);
    fprintf(out, "#if defined(CONFIG_KERNEL_MCS) != %d || defined(CONFIG_PRINTING) != %d\n#error switches\n#endif\n",
            p->mcs, p->printing);
}

static void put_registers(const struct capdl_profile *p, FILE *out)
{
    const char *const *names;
    size_t count = register_names(p->arch, &names);
    char expression[80];
    for (size_t i = 0; i < count; i++) {
        snprintf(expression, sizeof(expression), "offsetof(seL4_UserContext, %s)", names[i]);
        put_value(out, expression, (long long)(8 * i));
    }
    put_value(out, "sizeof(seL4_UserContext)", (long long)(8 * count));
}

/* What is asserted of a kernel. A wrong one asserts a wrong label, to see that the compiler looks. */
static void write_asserts(const struct capdl_profile *p, const char *path, bool wrong)
{
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        perror(path);
        exit(1);
    }
    fputs("#include <stddef.h>\n#include <sel4/sel4.h>\n#include <sel4/bootinfo_types.h>\n", out);
    profile_print_header(p, out);
    fprintf(out, "#include \"%s\"\n", asserts);
    put_tables(p, out);
    put_sizes(p, out);
    put_kinds(p, out);
    put_heights(p, out);
    put_configuration(p, out);
    put_registers(p, out);
    if (wrong) {
        put_value(out, "TCBConfigure", p->labels[CAPDL_METHOD_TCB_CONFIGURE] + 1);
    }
    fclose(out);
}

/* Whether the assertions hold; `quiet` when they should not. */
static bool compile(const char *compiler, const char *prefix, const char *path, bool quiet)
{
    char *command;
    int status;
    if (asprintf(&command, "%s -std=gnu11 -w -fsyntax-only '-I%s/libsel4/include' '%s'%s", compiler, prefix, path,
                 quiet ? " 2>/dev/null" : "") < 0) {
        abort();
    }
    status = system(command);
    free(command);
    return status == 0;
}

static const char *find_compiler(enum capdl_arch arch)
{
    static const char *const compilers[] = {"aarch64-linux-gnu-gcc", "riscv64-linux-gnu-gcc", "x86_64-linux-gnu-gcc"};
    char command[80];
    snprintf(command, sizeof(command), "command -v %s >/dev/null", compilers[arch]);
    return system(command) == 0 ? compilers[arch] : NULL;
}

/* Names of the tables that some kernel's headers or interface files have, by their architecture. */
static struct known {
    bool arch, type[CAPDL_TYPE_COUNT], method[CAPDL_METHOD_COUNT];
} known[CAPDL_ARCH_COUNT];

static void find_known(const struct capdl_profile *p)
{
    struct known *k = &known[p->arch];
    char name[80];
    k->arch = true;
    for (unsigned i = 0; i < CAPDL_TYPE_COUNT; i++) {
        const char *type = type_name(p->arch, (enum capdl_type)i);
        snprintf(name, sizeof(name), "seL4_%s", type ? type : "");
        k->type[i] = k->type[i] || !type || is_declared(p, name);
    }
    for (unsigned i = 0; i < CAPDL_METHOD_COUNT; i++) {
        const char *id = method_xml_id(p->arch, (enum capdl_method)i);
        snprintf(name, sizeof(name), "%.*s", (int)strcspn(id ? id : "", " "), id ? id : "");
        k->method[i] = k->method[i] || !id || is_declared(p, name);
    }
}

static void check_known(void)
{
    for (unsigned arch = 0; arch < CAPDL_ARCH_COUNT; arch++) {
        for (unsigned i = 0; known[arch].arch && i < CAPDL_TYPE_COUNT; i++) {
            CHECK(known[arch].type[i], "no kernel has the type %s",
                  type_name((enum capdl_arch)arch, (enum capdl_type)i));
        }
        for (unsigned i = 0; known[arch].arch && i < CAPDL_METHOD_COUNT; i++) {
            CHECK(known[arch].method[i], "no kernel has the method %s",
                  method_xml_id((enum capdl_arch)arch, (enum capdl_method)i));
        }
    }
}

/* Returns whether the kernel could be compared. */
static bool test_prefix(const char *prefix, const char *path)
{
    struct capdl_diags diags = {NULL};
    struct capdl_profile p;
    const char *compiler;
    bool good = profile_read(prefix, &p, &diags);
    CHECK(good && diags.num_warnings == 0, "%s", prefix);
    capdl_diags_print(&diags, stderr, 0);
    capdl_diags_free(&diags);
    if (good) {
        find_known(&p);
    }
    compiler = good ? find_compiler(p.arch) : NULL;
    if (compiler == NULL) {
        printf("%s: no compiler to compare it with\n", prefix);
        return false;
    }
    write_asserts(&p, path, false);
    CHECK(compile(compiler, prefix, path, false), "%s", prefix);
    if (strstr(prefix, "v1") == NULL && !p.smp && p.root_cnode_bits == 17) {
        write_asserts(&p, path, true);
        CHECK(!compile(compiler, prefix, path, true), "%s: a wrong number was not noticed", prefix);
    }
    return true;
}

static bool is_prefix(const char *path)
{
    char file[4096 + 64];
    snprintf(file, sizeof(file), "%s/libsel4/include/kernel/gen_config.json", path);
    return access(file, R_OK) == 0;
}

int main(int argc, char **argv)
{
    const char *directory = getenv("SEL4_PREFIXES");
    char path[] = "/tmp/capdl-asserts-XXXXXX.c", prefix[4096];
    unsigned compared = 0;
    struct dirent *entry;
    DIR *list;
    if (argc != 2) {
        return 2;
    }
    asserts = argv[1];
    list = directory != NULL ? opendir(directory) : NULL;
    if (list == NULL || mkstemps(path, 2) < 0) {
        return SKIPPED;
    }
    while ((entry = readdir(list)) != NULL) {
        snprintf(prefix, sizeof(prefix), "%s/%s", directory, entry->d_name);
        if (entry->d_name[0] != '.' && is_prefix(prefix)) {
            compared += test_prefix(prefix, path);
        }
    }
    closedir(list);
    unlink(path);
    check_known();
    printf("%u kernels compared\n", compared);
    return checks_failed == 0 && compared == 0 ? SKIPPED : check_result();
}
