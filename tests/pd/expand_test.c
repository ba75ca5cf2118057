/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a pd declaration stands for, seen as the machine will see it: addresses are looked up by walking the page
 * tables, memory contents by applying the fills to the file's bytes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "make_elf.h"
#include "pd/pd.h"
#include "profile/profile.h"

enum { R = CAPDL_RIGHT_READ, W = CAPDL_RIGHT_WRITE, X = CAPDL_RIGHT_EXECUTE, P = CAPDL_RIGHT_GRANT_REPLY };
enum { PAGE = 4096 };

static unsigned failures;
static char directory[] = "/tmp/expand_test.XXXXXX";
static const char *const search[] = {directory, NULL};
static const char *const profiles[] = {"aarch64-mcs", "aarch64", "riscv64-mcs", "riscv64", "x86_64-mcs", "x86_64"};

#define CHECK(condition)                                                                         \
    do {                                                                                         \
        if (!(condition)) {                                                                      \
            failures++;                                                                          \
            fprintf(stderr, "%s:%d: %s: not so: %s\n", __FILE__, __LINE__, t->name, #condition); \
        }                                                                                        \
    } while (0)

struct test {
    const char *name; /* of the profile */
    const struct capdl_profile *profile;
    struct capdl_spec spec;
    struct capdl_diags diags;
    bool good;
};

/* The program all tests use unless they say otherwise:
 *     0x200000  R X  0x1800 bytes
 *     0x202000  RW   0x100 bytes of 0x3000
 */
static struct made_elf program_for(const struct capdl_profile *profile)
{
    struct made_elf elf = made_good(profile->arch == CAPDL_ARCH_AARCH64 ? ELF_AARCH64
                                    : profile->arch == CAPDL_ARCH_RISCV ? ELF_RISCV
                                                                        : ELF_X86_64);
    elf.headers[0].filesz = elf.headers[0].memsz = 0x1800;
    made_add(&elf, ELF_LOAD, ELF_R | ELF_W, 0x3000, 0x202000, 0x100, 0x3000, PAGE);
    return elf;
}

static char *path_of(const char *name, char *path)
{
    sprintf(path, "%s/%s", directory, name);
    return path;
}

static void write_elf(const struct made_elf *elf, const char *name)
{
    char path[128];
    uint8_t *bytes = made_bytes(elf);
    made_write(path_of(name, path), bytes, elf->size);
    free(bytes);
}

static void begin_on(struct test *t, const char *name, const struct capdl_profile *profile, const char *text)
{
    *t = (struct test){.name = name, .profile = profile};
    struct pd_context context = {t->profile, "test.cdl", search};
    struct capdl_text_options options = {
        .expand = pd_expand, .context = &context, .has_arch = true, .arch = t->profile->arch};

    capdl_spec_init(&t->spec);
    uint16_t source = capdl_diags_add_source(&t->diags, "test.cdl", text, strlen(text));
    t->good = capdl_spec_read_text(&t->spec, &t->diags, source, &options);
}

static void begin(struct test *t, const char *name, const char *text)
{
    begin_on(t, name, profile_builtin(name), text);
}

static void end(struct test *t)
{
    capdl_spec_free(&t->spec);
    capdl_diags_free(&t->diags);
}

/* The same for a spec that must be fine. */
static void begin_good(struct test *t, const char *name, const char *text)
{
    begin(t, name, text);
    CHECK(t->good);
    if (!t->good) {
        capdl_diags_print(&t->diags, stderr, 0);
    }
}

static uint32_t find(struct test *t, const char *name, uint32_t index)
{
    uint32_t object = capdl_spec_find(&t->spec, name, index);
    if (object == CAPDL_NO_OBJECT) {
        failures++;
        fprintf(stderr, "%s: there is no %s\n", t->name, name);
        exit(1);
    }
    return object;
}

static uint32_t one(struct test *t, const char *name)
{
    return find(t, name, CAPDL_NO_INDEX);
}

static const struct capdl_cap *cap(struct test *t, uint32_t container, uint64_t slot)
{
    return capdl_spec_cap_at(&t->spec, container, slot);
}

static const struct capdl_tcb *tcb(struct test *t, const char *name)
{
    return capdl_object_tcb(&t->spec, one(t, name));
}

/* The frame capability that maps an address, and the offset in it; 0 if nothing is there. */
static const struct capdl_cap *lookup(struct test *t, uint32_t root, uint64_t address, uint64_t *offset)
{
    const struct capdl_profile *p = t->profile;
    unsigned shift = 12;
    uint32_t table = root;
    for (unsigned l = 1; l < p->vspace_levels; l++) {
        shift += p->vspace_index_bits[l];
    }
    for (unsigned l = 0; l < p->vspace_levels; l++) {
        uint64_t slot = address >> shift & ((UINT64_C(1) << p->vspace_index_bits[l]) - 1);
        const struct capdl_cap *c = cap(t, table, slot);
        if (!c) {
            return NULL;
        }
        if (c->kind == CAPDL_KIND_FRAME) {
            CHECK(capdl_object_size_bits(&t->spec, c->object) == shift);
            *offset = address & ((UINT64_C(1) << shift) - 1);
            return c;
        }
        table = c->object;
        shift -= l + 1u < p->vspace_levels ? p->vspace_index_bits[l + 1] : 0;
    }
    return NULL;
}

/* Rights of the mapping at an address, -1 if there is none. */
static int rights_at(struct test *t, uint32_t root, uint64_t address)
{
    uint64_t offset;
    const struct capdl_cap *c = lookup(t, root, address, &offset);
    return c ? c->rights : -1;
}

/* What the first fill that covers an address puts there; 0 without one. `file` are the program's bytes. */
static uint8_t byte_at(struct test *t, uint32_t root, uint64_t address, const uint8_t *file)
{
    uint64_t offset;
    const struct capdl_cap *c = lookup(t, root, address, &offset);
    if (!c) {
        return 0;
    }
    struct capdl_fills fills = capdl_object_fills(&t->spec, c->object);
    for (size_t i = 0; i < fills.count; i++) {
        const struct capdl_fill *f = &fills.list[i];
        if (offset >= f->offset && offset - f->offset < f->length) {
            uint8_t byte;
            if (f->kind == CAPDL_FILL_BYTES) {
                capdl_fill_get_bytes(f, offset - f->offset, 1, &byte);
                return byte;
            }
            return file[f->source_offset + (offset - f->offset)];
        }
    }
    return 0;
}

static uint64_t word_at(struct test *t, uint32_t root, uint64_t address, const uint8_t *file)
{
    uint64_t word = 0;
    for (unsigned i = 8; i-- > 0;) {
        word = word << 8 | byte_at(t, root, address + i, file);
    }
    return word;
}

static bool has_error(const struct test *t, const char *text)
{
    for (size_t i = 0; i < t->diags.count; i++) {
        if (t->diags.list[i].severity == CAPDL_ERROR && strstr(t->diags.list[i].message, text) &&
            t->diags.list[i].pos.line) {
            return true;
        }
    }
    return false;
}

/* The spec must be refused with an error that holds each of the texts, the last being 0. */
static void refuse(const char *profile, const char *text, const char *const *expected)
{
    struct test test, *t = &test;
    struct made_elf elf = program_for(profile_builtin(profile));
    write_elf(&elf, "ping.elf");
    begin(t, profile, text);
    CHECK(!t->good);
    for (; *expected; expected++) {
        if (!has_error(t, *expected)) {
            failures++;
            fprintf(stderr, "%s: no error \"%s\" for: %s\n", profile, *expected, text);
            capdl_diags_print(&t->diags, stderr, 0);
        }
    }
    end(t);
}

static void refuse_one(const char *profile, const char *text, const char *expected)
{
    refuse(profile, text, (const char *const[]){expected, NULL});
}

/* The start contract of a plain declaration. */
static void test_contract(const char *profile)
{
    struct test test, *t = &test;
    begin_good(t, profile, "objects { ping = pd (\"ping.elf\", prio: 100, max_prio: 7, stack: 16k, args: [5, 6]) }");
    const struct capdl_tcb *thread = tcb(t, "tcb_ping");
    uint32_t root = one(t, "vspace_ping"), cnode = one(t, "cnode_ping"), holder = one(t, "tcb_ping");

    CHECK(thread->ip == 0x200010 && thread->prio == 100 && thread->max_prio == 7);
    CHECK(thread->sp % 16 == 0 && !(thread->has & CAPDL_TCB_HAS_TLS));
    CHECK(thread->num_init == 3 && thread->init[0] == thread->addr && thread->init[1] == 5 && thread->init[2] == 6);
    for (uint64_t at = thread->sp - (16 << 10); at < thread->sp; at += PAGE) {
        CHECK(rights_at(t, root, at) == (R | W));
    }
    CHECK(rights_at(t, root, thread->sp - (16 << 10) - PAGE) == -1);
    CHECK(rights_at(t, root, thread->addr) == (R | W) && rights_at(t, root, thread->addr - PAGE) == -1);
    CHECK(rights_at(t, root, 0) == -1);

    const struct capdl_cap *c = cap(t, holder, CAPDL_TCB_SLOT_CSPACE);
    CHECK(c && c->object == cnode && c->guard_size == 58 && c->data == 0 &&
          capdl_object_size_bits(&t->spec, cnode) == 6);
    c = cap(t, holder, CAPDL_TCB_SLOT_VSPACE);
    CHECK(c && c->object == root);
    c = cap(t, holder, CAPDL_TCB_SLOT_IPC_BUFFER);
    CHECK(c && c->object == one(t, "ipc_ping") && c->rights == (R | W));
    c = cap(t, cnode, 1);
    if (t->profile->mcs) {
        CHECK(c && c->object == one(t, "reply_ping"));
        CHECK(cap(t, holder, CAPDL_TCB_SLOT_SC) && cap(t, holder, CAPDL_TCB_SLOT_SC)->object == one(t, "sc_ping"));
        CHECK(capdl_object_sc(&t->spec, one(t, "sc_ping"))->budget == 10000);
    } else {
        CHECK(!c && capdl_spec_find(&t->spec, "sc_ping", CAPDL_NO_INDEX) == CAPDL_NO_OBJECT);
    }
    CHECK(capdl_object_caps(&t->spec, cnode).count == (t->profile->mcs ? 1 : 0));
    end(t);
}

/* Every byte of the program is where its segments say, with the rights they say, and zero after them. */
static void test_memory(const char *profile)
{
    struct test test, *t = &test;
    begin_good(t, profile, "objects { ping = pd (\"ping.elf\") }");
    struct made_elf elf = program_for(t->profile);
    uint8_t *file = made_bytes(&elf);
    uint32_t root = one(t, "vspace_ping");
    for (uint64_t i = 0; i < 0x2000; i++) {
        CHECK(byte_at(t, root, 0x200000 + i, file) == (i < 0x1800 ? made_byte(0x1000 + i) : 0));
    }
    for (uint64_t i = 0; i < 0x3000; i++) {
        CHECK(byte_at(t, root, 0x202000 + i, file) == (i < 0x100 ? made_byte(0x3000 + i) : 0));
    }
    CHECK(rights_at(t, root, 0x200000) == (R | X) && rights_at(t, root, 0x201000) == (R | X));
    CHECK(rights_at(t, root, 0x202000) == (R | W) && rights_at(t, root, 0x204000) == (R | W));
    CHECK(rights_at(t, root, 0x205000) == -1 && rights_at(t, root, 0x1ff000) == -1);
    CHECK(!strcmp(capdl_object_fills(&t->spec, one(t, "elf_ping_0")).list[0].text, "ping.elf"));
    CHECK(capdl_spec_array_length(&t->spec, "bss_ping") == 2);
    free(file);
    end(t);
}

/* Two segments in one page: both contents, the union of rights. */
static void test_shared_page(const char *profile)
{
    struct test test, *t = &test;
    struct made_elf elf = program_for(profile_builtin(profile));
    elf.headers[1] = (struct made_header){ELF_LOAD, ELF_R, 0x3000, 0x201900, 0x100, 0x100, 1};
    write_elf(&elf, "shared.elf");
    begin_good(t, profile, "objects { ping = pd (\"shared.elf\") }");
    uint8_t *file = made_bytes(&elf);
    uint32_t root = one(t, "vspace_ping");
    CHECK(byte_at(t, root, 0x2017ff, file) == made_byte(0x27ff) && byte_at(t, root, 0x201800, file) == 0);
    CHECK(byte_at(t, root, 0x201900, file) == made_byte(0x3000) && byte_at(t, root, 0x201a00, file) == 0);
    CHECK(rights_at(t, root, 0x201000) == (R | X) && rights_at(t, root, 0x202000) == -1);
    free(file);
    end(t);
}

/* Thread-local data of so many bytes, of which the file has the first at an offset. */
static void check_tls(const char *profile, uint64_t offset, uint64_t filesz, uint64_t memsz, uint64_t align)
{
    struct test test, *t = &test;
    struct made_elf elf = program_for(profile_builtin(profile));
    uint64_t data, unit = align ? align : 1;
    made_add(&elf, ELF_TLS, ELF_R, offset, 0x1ff000 + offset, filesz, memsz, align);
    write_elf(&elf, "tls.elf");
    begin_good(t, profile, "objects { ping = pd (\"tls.elf\") }");
    uint8_t *file = made_bytes(&elf);
    const struct capdl_tcb *thread = tcb(t, "tcb_ping");
    uint32_t root = one(t, "vspace_ping");

    CHECK(thread->has & CAPDL_TCB_HAS_TLS && thread->tls % unit == 0);
    if (t->profile->arch == CAPDL_ARCH_AARCH64) {
        data = thread->tls + (16 > unit ? 16 : unit); /* 16 bytes, rounded up to the alignment */
    } else if (t->profile->arch == CAPDL_ARCH_RISCV) {
        data = thread->tls;
    } else {
        data = thread->tls - (memsz + unit - 1) / unit * unit;
    }
    for (uint64_t i = 0; i < memsz; i++) {
        CHECK(byte_at(t, root, data + i, file) == (i < filesz ? made_byte(offset + i) : 0));
    }
    CHECK(rights_at(t, root, data) == (R | W) && rights_at(t, root, data + memsz - 1) == (R | W));
    if (t->profile->arch == CAPDL_ARCH_X86_64) {
        CHECK(thread->tls % 8 == 0 && word_at(t, root, thread->tls, file) == thread->tls);
    }
    free(file);
    end(t);
}

static void test_tls(const char *profile)
{
    check_tls(profile, 0x3000, 0x20, 0x48, 32);
    check_tls(profile, 0x3000, 0x20, 0x48, 0);
    check_tls(profile, 0x1000, 0x1800, 0x2010, 16); /* over two borders of pages */
    check_tls(profile, 0x1000, 0x1000, 0x1000, 0x4000);
}

/* A program of headers only holds few different bytes, but every thread's pointer to its own data is right. */
static void test_many_tls(const char *profile)
{
    struct test test, *t = &test;
    struct made_elf elf = program_for(profile_builtin(profile));
    elf.headers[0] = (struct made_header){ELF_LOAD, ELF_R | ELF_X, 0, 0x200000, 0x100, 0x100, 1};
    elf.headers[1] = (struct made_header){ELF_TLS, ELF_R, 0, 0, 0, 0x48, 32};
    elf.size = 0x1000;
    write_elf(&elf, "tls.elf");
    begin_good(t, profile,
               "objects { a = pd (\"tls.elf\")  b[40] = pd (\"tls.elf\", vspace: vspace_a, cspace: cnode_a) }");
    uint8_t *file = made_bytes(&elf);
    for (uint32_t i = 0; i < 40; i++) {
        uint64_t tp = capdl_object_tcb(&t->spec, find(t, "tcb_b", i))->tls;
        CHECK(tp != 0);
        if (t->profile->arch == CAPDL_ARCH_X86_64) {
            CHECK(word_at(t, one(t, "vspace_a"), tp, file) == tp);
        }
    }
    free(file);
    end(t);
}

static void test_fault(const char *profile)
{
    struct test test, *t = &test;
    begin_good(t, profile,
               "objects { e = ep  n = notification  ping = pd (\"ping.elf\", fault: e (badge: 3), notification: n) }");
    const struct capdl_cap *c = cap(t, one(t, "tcb_ping"), CAPDL_TCB_SLOT_FAULT_EP);
    if (!t->profile->mcs) {
        CHECK(!c && tcb(t, "tcb_ping")->fault_ep == 2);
        c = cap(t, one(t, "cnode_ping"), 2);
    }
    CHECK(c && c->object == one(t, "e") && c->data == 3 && c->rights == (W | P));
    c = cap(t, one(t, "tcb_ping"), CAPDL_TCB_SLOT_BOUND_NOTIFICATION);
    CHECK(c && c->object == one(t, "n"));
    end(t);
}

static void test_array(const char *profile)
{
    struct test test, *t = &test;
    begin_good(t, profile, "objects { e = ep  w[3] = pd (\"ping.elf\", stack: 8k, fault: e (badge: 10)) }");
    for (uint32_t i = 0; i < 3; i++) {
        uint64_t offset;
        uint32_t root = find(t, "vspace_w", i), holder = find(t, "tcb_w", i);
        const struct capdl_tcb *thread = capdl_object_tcb(&t->spec, holder);
        const struct capdl_cap *c = lookup(t, root, thread->sp - PAGE, &offset);
        CHECK(c && c->object == find(t, "stack_w", 2 * i + 1));
        char name[32];
        sprintf(name, "elf_w_%u_2", i);
        c = lookup(t, root, 0x202000, &offset);
        CHECK(c && c->object == one(t, name));
        c = t->profile->mcs ? cap(t, holder, CAPDL_TCB_SLOT_FAULT_EP) : cap(t, find(t, "cnode_w", i), 2);
        CHECK(c && c->data == 10 + i);
    }
    CHECK(capdl_spec_array_length(&t->spec, "stack_w") == 6);
    end(t);
}

/* What the author declares by a generated name is used, and what he writes into a slot stays. */
static void test_override(const char *profile)
{
    struct test test, *t = &test;
    begin_good(t, profile,
               "objects { tcb_ping = tcb (prio: 9)  cnode_ping = cnode (8 bits)  stack_ping[4] = frame (4k)\n"
               "  big = cnode (4 bits)\n"
               "  ping = pd (\"ping.elf\", prio: 100, ipc_buffer: 0x400000, stack_top: 0x600000, entry: 0x200020) }\n"
               "caps { tcb_ping { cspace: big (guard_size: 60) } }");
    const struct capdl_tcb *thread = tcb(t, "tcb_ping");
    uint64_t offset;

    CHECK(thread->prio == 9 && thread->max_prio == 9 && thread->addr == 0x400000 && thread->sp == 0x600000 &&
          thread->ip == 0x200020);
    CHECK(capdl_object_size_bits(&t->spec, one(t, "cnode_ping")) == 8);
    const struct capdl_cap *c = cap(t, one(t, "tcb_ping"), CAPDL_TCB_SLOT_CSPACE);
    CHECK(c && c->object == one(t, "big") && c->guard_size == 60);
    c = lookup(t, one(t, "vspace_ping"), 0x5ff000, &offset);
    CHECK(c && c->object == find(t, "stack_ping", 3));
    CHECK(rights_at(t, one(t, "vspace_ping"), 0x5fb000) == -1);
    end(t);
}

static void test_map(const char *profile)
{
    struct test test, *t = &test;
    uint64_t offset;
    begin_good(t, profile,
               "objects { f = frame (4k)  g[2] = frame (4k)  h = frame (2M)\n"
               "  ping = pd (\"ping.elf\", map: f (RW), at: 0x10000000, map: g, at: 0x10001000,\n"
               "  map: h (RX), at: 0x10200000) }");
    uint32_t root = one(t, "vspace_ping");
    CHECK(rights_at(t, root, 0x10000000) == (R | W) && rights_at(t, root, 0x10001000) == R);
    const struct capdl_cap *c = lookup(t, root, 0x10002000, &offset);
    CHECK(c && c->object == find(t, "g", 1));
    c = lookup(t, root, 0x10300000, &offset);
    CHECK(c && c->object == one(t, "h") && offset == 0x100000 && c->rights == (R | X));
    end(t);
}

/* A second thread in the same address space: own stack and IPC buffer beside the first's. */
static void test_threads(const char *profile)
{
    struct test test, *t = &test;
    begin_good(t, profile,
               "objects { b = pd (\"ping.elf\", vspace: vspace_a, cspace: cnode_a)  a = pd (\"ping.elf\") }");
    const struct capdl_tcb *a = tcb(t, "tcb_a"), *b = tcb(t, "tcb_b");
    uint32_t root = one(t, "vspace_a");
    CHECK(cap(t, one(t, "tcb_b"), CAPDL_TCB_SLOT_VSPACE)->object == root);
    CHECK(cap(t, one(t, "tcb_b"), CAPDL_TCB_SLOT_CSPACE)->object == one(t, "cnode_a"));
    CHECK(a->addr != b->addr && a->sp != b->sp && a->ip == b->ip);
    CHECK(rights_at(t, root, b->sp - 1) == (R | W) && rights_at(t, root, b->addr) == (R | W));
    CHECK(rights_at(t, root, b->sp - (16 << 10) - 1) == -1);
    CHECK(capdl_spec_find(&t->spec, "elf_b_0", CAPDL_NO_INDEX) == CAPDL_NO_OBJECT);
    end(t);
}

static char *text_of(const struct capdl_spec *spec)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    capdl_spec_write_text(spec, stream, true);
    fclose(stream);
    return text;
}

/* Printed as text, an expansion is a spec without any pd, which is read again as the same. */
static void test_text(const char *profile)
{
    struct test first, second, *t = &first;
    begin_good(t, profile,
               "objects { e = ep  f = frame (4k)  w[2] = pd (\"ping.elf\", args: [1, 2], fault: e (badge: 4))\n"
               "  ping = pd (\"tls.elf\", map: f (R), at: 0x10000000) }\n"
               "caps { cnode_ping { 3: e (W, badge: 1) } }");
    char *text = text_of(&t->spec);
    t = &second;
    begin_good(t, profile, text);
    char *again = text_of(&t->spec);
    CHECK(strcmp(text, again) == 0 && strstr(text, ".elf\"") && strstr(text, "tcb_ping"));
    CHECK(!strstr(text, "= pd (\""));
    CHECK(second.spec.num_objects == first.spec.num_objects - 3);
    free(text);
    free(again);
    end(&second);
    end(&first);
}

/* 200 MiB of zeros in few large frames, 40 MiB of data in small ones, in a moment. */
static void test_large(const char *profile)
{
    struct test test, *t = &test;
    struct made_elf elf = program_for(profile_builtin(profile));
    uint64_t offset;
    elf.headers[1].memsz = 200 << 20;
    write_elf(&elf, "zeros.elf");
    elf.headers[1].memsz = elf.headers[1].filesz = 40 << 20;
    elf.size = 0x3000 + (40 << 20);
    write_elf(&elf, "data.elf");
    clock_t start = clock();
    begin_good(t, profile, "objects { z = pd (\"zeros.elf\")  d = pd (\"data.elf\") }");
    CHECK(clock() - start < CLOCKS_PER_SEC);
    CHECK(capdl_spec_array_length(&t->spec, "large_z") == 99);
    CHECK(capdl_spec_array_length(&t->spec, "bss_z") <= 1024);
    const struct capdl_cap *c = lookup(t, one(t, "vspace_z"), 0x400000, &offset);
    CHECK(c && c->object == find(t, "large_z", 0));
    CHECK(rights_at(t, one(t, "vspace_z"), 0x202000 + (200 << 20) - 1) == (R | W));
    CHECK(one(t, "elf_d_10241") != CAPDL_NO_OBJECT);
    end(t);
}

static void test_mistakes(void)
{
    refuse("x86_64-mcs",
           "objects { a = pd (\"nope.elf\", prio: 300, stak: 4k)\n b = pd (\"ping.elf\", stack: 5000, fault: foo)\n"
           "d = pd (\"ping.elf\", budget: 10, period: 5, map: f (RW), prio: 1, prio: 2)\n f = frame (4k)\n"
           "g = pd (\"ping.elf\", resume: 1, affinity: 1, domain: 1, args: [1, 2, 3, 4, 5, 6], at: 4k) }",
           (const char *const[]){"cannot find \"nope.elf\"", "'prio' is 300, expected 0 to 255",
                                 "no parameter 'stak' (did you mean 'stack'?)", "'stack' is 5000", "no object 'foo'",
                                 "'budget' is 10, expected at most the period of 5", "'map' has no address",
                                 "'prio' is given twice", "'resume' expects True or False", "'affinity' is 1",
                                 "'domain' is 1", "'at' has no 'map' before it", NULL});
    refuse_one("riscv64", "objects { e = ep  a = pd (\"ping.elf\", fault: e (R)) }", "needs the rights W and P");
    refuse_one("riscv64", "objects { f = frame (4k)  a = pd (\"ping.elf\", map: f (R), at: 0x201000) }",
               "overlaps the program");
    refuse_one("riscv64",
               "objects { f = frame (4k)  g = frame (2M)  a = pd (\"ping.elf\", map: f (R), at: 0x500000, map: g (R), "
               "at: 0x400000) }",
               "overlaps");
    refuse_one("riscv64", "objects { f = frame (2M)  a = pd (\"ping.elf\", map: f (R), at: 0x301000) }",
               "expected a multiple of its size");
    refuse_one("riscv64", "objects { f = frame (64k)  a = pd (\"ping.elf\", map: f (R), at: 0x300000) }",
               "which riscv can map");
    refuse_one("riscv64", "objects { a = pd (\"ping.elf\", ipc_buffer: 0x202000) }", "overlaps the program");
    refuse_one("riscv64", "objects { a = pd (\"ping.elf\", stack_top: 0x4000) }", "leaves no room for the stack");
    refuse_one("riscv64", "objects { a = pd (\"ping.elf\", stack_top: 0x4000000000) }", "'stack_top' is");
    refuse_one("aarch64", "objects { tcb_a = ep  a = pd (\"ping.elf\") }", "'tcb_a' is declared as ep");
    refuse_one("aarch64", "objects { stack_a[2] = frame (4k)  a = pd (\"ping.elf\") }", "'stack_a' has 2 elements");
    refuse_one("aarch64", "objects { stack_a = frame (4k)  a = pd (\"ping.elf\") }",
               "'stack_a' is declared without an index, but pd 'a' needs an array by this name");
    refuse_one("aarch64", "objects { ipc_a = frame (2M)  a = pd (\"ping.elf\") }", "needs one of 4096");
    refuse_one("aarch64", "objects { v = ep  a = pd (\"ping.elf\", vspace: v) }", "'v' is of kind ep");
    refuse_one("aarch64", "objects { e = ep  a = pd (\"ping.elf\", bootinfo: e) }", "'bootinfo' expects leftover");
    refuse_one("aarch64", "objects { a = pd (\"ping.elf\", external: True) }", "'external' needs 'paddr'");
    refuse_one("x86_64", "objects { a = pd (\"ping.elf\", external: True, paddr: 0x4000000) }",
               "'external' is for AArch64 and RISC-V");
    refuse_one("aarch64", "objects { l = leftover (slots: 5)  e = ep  a = pd (\"ping.elf\", bootinfo: [l, e]) }",
               "'e' is of kind ep, but 'bootinfo' expects leftover");
    refuse_one("aarch64", "objects { l = leftover (slots: 5)  a = pd (\"ping.elf\", bootinfo: []) }",
               "'bootinfo' expects the name of an object");
    refuse_one("aarch64", "objects { l = leftover (slots: 5)  a = pd (\"ping.elf\", bootinfo: l, chunks: [l, l]) }",
               "'chunks' expects a list such as [(\"name\", 5)], not a list of objects");
    refuse_one("aarch64",
               "objects { l = leftover (slots: 5)  a = pd (\"ping.elf\", bootinfo: l, ipc_buffer: 0x10000000) }",
               "'ipc_buffer' and 'bootinfo' exclude each other");
    refuse_one("riscv64", "objects { l = leftover (slots: 5)  a = pd (\"ping.elf\", bootinfo: l, cspace_bits: 4) }",
               "write cspace_bits: 5");
    refuse_one("riscv64",
               "objects { l = leftover (slots: 5)  k = leftover (slots: 11)  a = pd (\"ping.elf\", bootinfo: [l, k], "
               "cspace_bits: 5) }",
               "write cspace_bits: 6");
    refuse_one("riscv64", "objects { l = leftover (slots: 8388608)  a = pd (\"ping.elf\", bootinfo: l) }",
               "but its CNode has 131072: write cspace_bits: 24");
    refuse_one("riscv64", "objects { l = leftover (slots: 16777216)  a = pd (\"ping.elf\", bootinfo: l) }",
               "but its CNode has 131072: give its leftovers fewer slots, as cspace_bits is at most 24");
    refuse_one("riscv64",
               "objects { l[2] = leftover (slots: 0xffffffffffffffff)  a = pd (\"ping.elf\", bootinfo: [l[0], l[1]]) }",
               "slots and 18446744073709551615 for untypeds, but its CNode has 131072: give its leftovers fewer slots");
    refuse_one("riscv64",
               "objects { l = leftover (slots: 5)  f = frame (4k)  a = pd (\"ping.elf\", bootinfo: l, map: f (R), at: "
               "0x203000) }",
               "overlaps");
    refuse_one("aarch64", "objects { a = pd (\"ping.elf\", chunks: [(\"FDT\", 4k)]) }", "a part of 'bootinfo'");
    refuse_one("riscv64",
               "objects { l = leftover (slots: 5)  a = pd (\"ping.elf\", bootinfo: l, chunks: [(\"X86_VBE\", 4k)]) }",
               "the kernel has no chunk \"X86_VBE\", expected one of: FDT");
    refuse_one(
        "x86_64",
        "objects { l = leftover (slots: 5)  a = pd (\"ping.elf\", bootinfo: l, chunks: [(\"X86_TSC_Freq\", 16)]) }",
        "expects its room in bytes: at least 17, all chunks together at most 16M");
    refuse_one("aarch64",
               "objects { l = leftover (slots: 5)  a = pd (\"ping.elf\", bootinfo: l, chunks: [(\"FDT\", 16M), "
               "(\"FDT\", 32)]) }",
               "all chunks together at most 16M");
    refuse_one("aarch64", "objects { a = pd (\"ping.elf\") } caps { cnode_a { 5: a } }",
               "'a' is a protection domain, not an object: name one of its objects, such as 'cnode_a'");
    refuse_one("aarch64", "objects { c = cnode (2 bits)  a = module (\"ping.elf\") } caps { c { 1: a } }",
               "'a' is a module, not an object: its frames are module_a[]");
    refuse_one("aarch64", "objects { a_0 = pd (\"ping.elf\")  a[1] = pd (\"ping.elf\") }", "which another pd has made");
    refuse_one("aarch64",
               "objects { e = ep  a = pd (\"ping.elf\", cspace: cnode_b, fault: e)  b = pd (\"ping.elf\", fault: e) }",
               "choose another with fault_slot");
    refuse_one("riscv64", "objects { a = pd (\"ping.elf\", 5) }",
               "pd expects the name of an ELF file in quotes here, not a number");
    refuse_one("riscv64", "objects { a = pd (\"ping.elf\", \"pong.elf\") }",
               "pd has a second ELF file \"pong.elf\" besides \"ping.elf\"");
    refuse_one("riscv64", "objects { e[2] = ep  a = pd (\"ping.elf\", map: e (R), at: 0x10000000) }",
               "'e' is of kind ep, but 'map' expects a frame");
    refuse_one("riscv64", "objects { e[2] = ep  a = pd (\"ping.elf\", fault: e) }",
               "'e' is an array of 2, expected one element of it, such as e[0]");
    refuse_one("riscv64", "objects { e[2] = ep  a = pd (\"ping.elf\", fault: e[2]) }",
               "the array 'e' has no element 2: the last one is e[1]");
    refuse_one("riscv64", "objects { e = ep  a = pd (\"ping.elf\", fault: e[0]) }",
               "'e' is not an array: write it without an index");
    refuse_one("riscv64", "objects { f[2] = frame (4k)  a = pd (\"ping.elf\", map: f[2] (R), at: 0x10000000) }",
               "the array 'f' has no element 2: the last one is f[1]");
    refuse_one("riscv64", "objects { f[2..3] = frame (4k)  a = pd (\"ping.elf\", map: f (R), at: 0x10000000) }",
               "array 'f' has an element 3 but no element 0");
    refuse_one("riscv64", "objects { a[2..3] = pd (\"ping.elf\") }", "element");
    refuse_one("riscv64", "objects { a[1..2] = pd (\"ping.elf\") b = pd (\"ping.elf\", vspace: vspace_a[0]) }",
               "element");
    refuse_one("riscv64", "objects { n[3] = notification  a = pd (\"ping.elf\", notification: n) }",
               "'n' is an array of 3, expected one element of it, such as n[0]");
    refuse_one("riscv64", "objects { e = ep  a = pd (\"ping.elf\", timeout: e (W)) }", "needs the rights W and P");
    refuse_one("riscv64", "objects { tcb_a[2] = tcb  a = pd (\"ping.elf\") }",
               "'tcb_a' is declared as an array, but pd 'a' needs a single object by this name");
    refuse_one("riscv64", "objects { v = pt  a = pd (\"ping.elf\", vspace: v, ipc_buffer: 0x300000) }",
               "'v' is an address space spelled out in the spec: add ipc_buffer and stack_top");
    refuse_one("riscv64", "objects { v = pt  a = pd (\"ping.elf\", vspace: v, stack_top: 0x300000) }",
               "'v' is an address space spelled out in the spec: add ipc_buffer and stack_top");
    refuse_one("riscv64",
               "objects { v = pt  f = frame (4k)  a = pd (\"ping.elf\", vspace: v, ipc_buffer: 0x300000, stack_top: "
               "0x400000, map: f (R), at: 0x500000) }",
               "'map' needs an address space made by a pd, not one spelled out in the spec");
    refuse_one("riscv64", "objects { a = pd (\"ping.elf\")  b = pd (\"ping.elf\", vspace: vspace_a, room: 64k) }",
               "'room' needs a pd that loads its program: this one runs in another's address space");
    refuse_one("riscv64",
               "objects { a = pd (\"ping.elf\")  b = pd (\"ping.elf\", vspace: vspace_a, set: [(\"word\", 1)]) }",
               "'set' needs a pd that loads its program: this one runs in another's address space");
}

/* What does not fit below the end of user addresses, and what just does. */
static void test_top(const char *profile)
{
    struct test test, *t = &test;
    struct made_elf elf = made_good(program_for(profile_builtin(profile)).machine);
    uint64_t top = profile_builtin(profile)->user_top / PAGE * PAGE;
    char text[200], expected[200];
    for (unsigned pages = 1; pages < 3; pages++) {
        snprintf(text, sizeof(text),
                 "objects { f[2] = frame (4k)  a = pd (\"ping.elf\", map: f (R), at: 0x%" PRIx64 ") }",
                 top - pages * PAGE);
        snprintf(expected, sizeof(expected), "f of 'a' at 0x%" PRIx64 " with 4096 bytes is outside the user addresses",
                 top);
        if (pages == 1) {
            refuse_one(profile, text, expected);
            continue;
        }
        begin_good(t, profile, text);
        CHECK(rights_at(t, one(t, "vspace_a"), top - PAGE) == R &&
              rights_at(t, one(t, "vspace_a"), top - 2 * PAGE) == R);
        end(t);
    }
    /* From a program of one page on: a gap, the IPC buffer, a gap, the page below the stack, the stack, a gap,
     * thread-local data. */
    made_add(&elf, ELF_TLS, ELF_R, 0x1000, 0, 16, 16, 8);
    for (unsigned pages = 2; pages <= 8; pages++) {
        elf.entry = elf.headers[0].vaddr = elf.headers[1].vaddr = top - pages * PAGE;
        write_elf(&elf, "high.elf");
        begin(t, profile, "objects { a = pd (\"high.elf\", stack: 4k) }");
        snprintf(expected, sizeof(expected), "no room for %s of 'a': %d bytes above 0x%" PRIx64,
                 pages < 3 ? "the IPC buffer" : "the stack", pages < 3 ? PAGE : 2 * PAGE, top - (pages - 1) * PAGE);
        CHECK(t->good == (pages == 8));
        CHECK(pages == 8 ||
              (t->diags.num_errors == 1 &&
               has_error(t, pages < 6 ? expected : "no room for the thread-local data of 'a', 4096 bytes")));
        CHECK(pages < 8 || (tcb(t, "tcb_a")->addr == top - 6 * PAGE && tcb(t, "tcb_a")->sp == top - 2 * PAGE &&
                            rights_at(t, one(t, "vspace_a"), top - 1) == (R | W)));
        end(t);
    }
    /* A root task: IPC buffer, bootinfo and three pages of extra bootinfo follow without gaps. */
    snprintf(text, sizeof(text),
             "objects { l = leftover (slots: 5)  a = pd (\"high.elf\", bootinfo: l, cspace_bits: 12, chunks: [(\"%s\", "
             "12k)]) }",
             profile_builtin(profile)->arch == CAPDL_ARCH_X86_64 ? "X86_VBE" : "FDT");
    elf.num_headers = elf.phnum = 1;
    for (unsigned pages = 1; pages <= 6; pages++) {
        elf.entry = elf.headers[0].vaddr = top - pages * PAGE;
        write_elf(&elf, "high.elf");
        begin(t, profile, text);
        snprintf(expected, sizeof(expected), "the %s of 'a' at 0x%" PRIx64 " with 4096 bytes is outside",
                 pages == 1   ? "IPC buffer"
                 : pages == 2 ? "bootinfo"
                              : "extra bootinfo",
                 top);
        CHECK(t->good == (pages == 6) && (t->good || (t->diags.num_errors == 1 && has_error(t, expected))));
        end(t);
    }
}

/* An address space that the spec spells out is left as it is. */
static void test_spelled_space(void)
{
    struct test test, *t = &test;
    begin_good(
        t, "riscv64",
        "objects { v = pt  a = pd (\"ping.elf\", vspace: v, ipc_buffer: 0x300000, stack_top: 0x400000, args: [9]) }");
    const struct capdl_tcb *thread = tcb(t, "tcb_a");
    const struct capdl_cap *c = cap(t, one(t, "tcb_a"), CAPDL_TCB_SLOT_VSPACE);
    CHECK(thread->ip == 0x200010 && thread->addr == 0x300000 && thread->sp == 0x400000 && thread->init[0] == 0x300000);
    CHECK(c && c->object == one(t, "v") && capdl_object_caps(&t->spec, one(t, "v")).count == 0);
    CHECK(capdl_spec_find(&t->spec, "stack_a", 0) == CAPDL_NO_OBJECT);
    CHECK(capdl_spec_find(&t->spec, "vspace_a", CAPDL_NO_INDEX) == CAPDL_NO_OBJECT);
    end(t);
}

static bool fill_is(struct test *t, const char *name, const char *text)
{
    struct capdl_fills fills = capdl_object_fills(&t->spec, one(t, name));
    return fills.count == 1 && fills.list[0].text && strcmp(fills.list[0].text, text) == 0;
}

/* Where faults go: kernels with MCS keep both endpoints in the TCB, others one in the CNode. */
static void test_handlers(void)
{
    static const char text[] =
        "objects { e = ep  n = notification  a[2] = pd (\"ping.elf\", fault: e (badge: 5), timeout: "
        "e (badge: 7, WG), notification: n, budget: 40, period: 50) }";
    struct test test, *t = &test;
    begin_good(t, "riscv64-mcs", text);
    uint32_t holder = find(t, "tcb_a", 1);
    const struct capdl_cap *fault = cap(t, holder, CAPDL_TCB_SLOT_FAULT_EP),
                           *timeout = cap(t, holder, CAPDL_TCB_SLOT_TEMP_FAULT_EP),
                           *bound = cap(t, holder, CAPDL_TCB_SLOT_BOUND_NOTIFICATION);
    CHECK(fault && fault->object == one(t, "e") && fault->data == 6 && fault->rights == (W | P));
    CHECK(timeout && timeout->object == one(t, "e") && timeout->data == 8 &&
          timeout->rights == (W | CAPDL_RIGHT_GRANT));
    CHECK(bound && bound->object == one(t, "n") && bound->rights == (R | W));
    CHECK(!cap(t, find(t, "cnode_a", 1), 2));
    end(t);
    begin_good(t, "riscv64", text);
    holder = find(t, "tcb_a", 1);
    fault = cap(t, find(t, "cnode_a", 1), 2);
    CHECK(fault && fault->object == one(t, "e") && fault->data == 6 && fault->rights == (W | P));
    CHECK(!cap(t, holder, CAPDL_TCB_SLOT_FAULT_EP) && !cap(t, holder, CAPDL_TCB_SLOT_TEMP_FAULT_EP));
    CHECK(cap(t, holder, CAPDL_TCB_SLOT_BOUND_NOTIFICATION) && capdl_object_tcb(&t->spec, holder)->fault_ep == 2);
    end(t);
    refuse_one("riscv64", "objects { e = ep  a = pd (\"ping.elf\", notification: e) }",
               "'e' is of kind ep, but 'notification' expects notification");
    refuse_one("riscv64", "objects { e = ep  a = pd (\"ping.elf\", cspace: e) }",
               "'e' is of kind ep, but 'cspace' expects cnode");
    refuse_one("riscv64", "objects { n = notification  a = pd (\"ping.elf\", timeout: n) }",
               "'n' is of kind notification, but 'timeout' expects ep");
    refuse_one("riscv64", "objects { e = ep  a = pd (\"ping.elf\", fault: e (W)) }", "needs the rights W and P");
}

/* Each object that a pd makes may be declared, but as nothing else: one error says so. */
static void test_other_kinds(void)
{
    static const char *const names[] = {"tcb_a",       "cnode_a",     "vspace_a",   "sc_a",       "reply_a",
                                        "ipc_a",       "stack_a[4]",  "elf_a_1",    "bss_a[2]",   "tls_a_0",
                                        "pt_a[3]",     "modules_a_0", "room_b[16]", "bootinfo_r", "extra_r_0",
                                        "asid_pool_r", "elf_r_0"};
    struct made_elf elf = program_for(profile_builtin("riscv64-mcs"));
    write_elf(&elf, "ping.elf");
    made_add(&elf, ELF_TLS, ELF_R, 0x3000, 0x202000, 0x20, 0x48, 32);
    write_elf(&elf, "tls.elf");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct test test, *t = &test;
        char text[600];
        snprintf(
            text, sizeof(text),
            "objects { %s = ep  l = leftover (slots: 5)  m = module (\"ping.elf\")\n"
            "a = pd (\"tls.elf\", map: m (R), at: 0x10000000, modules: 0x20000000)  b = pd (\"ping.elf\", room: 64k)\n"
            "r = pd (\"ping.elf\", bootinfo: l, cspace_bits: 12, chunks: [(\"FDT\", 8k)]) }",
            names[i]);
        begin(t, "riscv64-mcs", text);
        snprintf(text, sizeof(text), "'%.*s%s' is declared as ep, but pd '", (int)strcspn(names[i], "["), names[i],
                 strchr(names[i], '[') ? "[0]" : "");
        CHECK(t->diags.num_errors == 1 && has_error(t, text));
        end(t);
    }
}

/* What the author says of generated objects stays, of a root task as of others; the rest is made. */
static void test_own_words(void)
{
    struct test test, *t = &test;
    begin_good(
        t, "riscv64",
        "objects { l = leftover (slots: 5)  r = pd (\"ping.elf\", bootinfo: l, cspace_bits: 12, chunks: [(\"FDT\", "
        "8k)])\n"
        "bootinfo_r = frame (4k, fill: [{0 4 CDL_FrameFill_FileData \"own\" 0}])\n"
        "extra_r_1 = frame (4k, fill: [{0 4 CDL_FrameFill_FileData \"own\" 0}])\n"
        "a = pd (\"ping.elf\", args: [1, 2], prio: 7)  tcb_a = tcb (init: [77], prio: 9, sp: 0x1230)\n"
        "elf_a_0 = frame (4k, fill: [{0 4 CDL_FrameFill_FileData \"own\" 0}]) }");
    CHECK(fill_is(t, "bootinfo_r", "own") && fill_is(t, "extra_r_1", "own") && fill_is(t, "elf_a_0", "own"));
    CHECK(fill_is(t, "elf_a_1", "ping.elf") && !fill_is(t, "extra_r_0", "own"));
    const struct capdl_tcb *thread = tcb(t, "tcb_a");
    CHECK(thread->num_init == 1 && thread->init[0] == 77 && thread->prio == 9 && thread->sp == 0x1230);
    CHECK(thread->ip == 0x200010 && thread->max_prio == 9);
    end(t);
}

/* So many numbers, of which the last does not fit any more. */
static void test_most_args(void)
{
    for (unsigned count = 255; count <= 256; count++) {
        struct test test, *t = &test;
        char text[2048] = "objects { a = pd (\"ping.elf\", args: [0";
        for (unsigned i = 1; i < count; i++) {
            sprintf(text + strlen(text), ", %u", i);
        }
        strcat(text, "]) }");
        if (count > 255) {
            refuse_one("riscv64", text, "'args' has 256 numbers, expected at most 255");
            continue;
        }
        begin_good(t, "riscv64", text);
        CHECK(tcb(t, "tcb_a")->num_init == 256 && tcb(t, "tcb_a")->init[255] == 254);
        end(t);
    }
}

/* Modules: files of any kind, in frames that a PD maps. */
static void test_modules(void)
{
    struct test test, *t = &test;
    char path[128], text[8192];
    made_write(path_of("empty", path), (const uint8_t *)"", 0);
    refuse_one("riscv64", "objects { m = module (\"nope\") }", "cannot read module \"nope\": No such file");
    refuse_one("riscv64", "objects { m = module (\"empty\") }",
               "module \"empty\" has 0 bytes: expected 1 byte to 1 GiB");
    begin(t, "riscv64", "objects { m = module (size: 5) }");
    CHECK(t->diags.num_errors == 2 && has_error(t, "has no parameter 'size'") &&
          has_error(t, "module 'm' has no file: expected its name in quotes"));
    end(t);
    begin(t, "riscv64", "objects { m = module () }");
    CHECK(t->diags.num_errors == 1 && has_error(t, "expected a number, True, False, a \"string\""));
    end(t);
    refuse_one("riscv64", "objects { m[2] = module (\"ping.elf\") }",
               "'m' is an array of modules: declare each by itself");
    refuse_one("riscv64", "objects { m = module (\"ping.elf\", prio: 5) }",
               "a module has no parameter 'prio': expected only the name of a file");
    refuse_one("riscv64", "objects { f = frame (4k)  m = module (\"ping.elf\", map: f (R), at: 0x10000000) }",
               "a module maps nothing: a PD maps it, by map: m (R), at: address");
    refuse_one("riscv64", "objects { module_m = frame (4k)  m = module (\"ping.elf\") }",
               "'module_m' is the name of the frames of module 'm': rename one");
    refuse_one("riscv64", "objects { module_m[1] = frame (4k)  m = module (\"ping.elf\") }",
               "'module_m' is the name of the frames of module 'm': rename one");
    refuse_one("riscv64", "objects { m = module (\"ping.elf\")  a = pd (\"ping.elf\", map: m (RW), at: 0x10000000) }",
               "'m' is a module, which can only be read: map it with (R)");
    refuse_one("riscv64", "objects { m = module (\"ping.elf\")  a = pd (\"ping.elf\", map: m (RX), at: 0x10000000) }",
               "'m' is a module, which can only be read: map it with (R)");
    refuse_one("riscv64", "objects { m = module (\"ping.elf\")  a = pd (\"ping.elf\", map: m (R), at: 0x1ff000) }",
               "overlaps the program");
    refuse_one(
        "riscv64",
        "objects { m = module (\"ping.elf\")  a = pd (\"ping.elf\", map: m (R), at: 0x10000000, modules: 0x10001000) }",
        "the table of modules of 'a' [0x10001000, 0x10002000) overlaps m [0x10001000, 0x10002000)");
    /* The table's last entry, and one more; a name of the most bytes, and one more. */
    for (unsigned count = 63; count <= 64; count++) {
        strcpy(text, "objects { m = module (\"ping.elf\")  a = pd (\"ping.elf\", modules: 0x200000000");
        for (unsigned i = 0; i < count; i++) {
            sprintf(text + strlen(text), ", map: m (R), at: 0x%x", 0x10000000 + i * 0x10000);
        }
        strcat(text, ") }");
        if (count > 63) {
            refuse_one("riscv64", text, "'m' does not fit the table of modules: expected at most 63 modules");
            continue;
        }
        begin_good(t, "riscv64", text);
        CHECK(rights_at(t, one(t, "vspace_a"), 0x200000000) == R && rights_at(t, one(t, "vspace_a"), 0x103e0000) == R);
        CHECK(word_at(t, one(t, "vspace_a"), 0x200000000, NULL) == 1 &&
              word_at(t, one(t, "vspace_a"), 0x200000008, NULL) == 63);
        end(t);
    }
    for (int length = 47; length <= 48; length++) {
        char name[64];
        memset(name, 'n', sizeof(name));
        sprintf(text,
                "objects { %.*s = module (\"ping.elf\")  a = pd (\"ping.elf\", map: %.*s (R), at: 0x10000000, modules: "
                "0x20000000) }",
                length, name, length, name);
        if (length > 47) {
            refuse_one("riscv64", text,
                       "does not fit the table of modules: expected at most 63 modules, with names below 48");
            continue;
        }
        begin_good(t, "riscv64", text);
        CHECK(word_at(t, one(t, "vspace_a"), 0x20000008, NULL) == 1);
        end(t);
    }
    unlink(path);
}

/* Each field of a TCB is what the parameter of its name says, and no other parameter changes it. */
static void test_fields(void)
{
    struct test test, *t = &test;
    struct capdl_profile profile = *profile_builtin("riscv64");
    struct made_elf elf = program_for(&profile);
    write_elf(&elf, "ping.elf");
    profile.max_nodes = 4;
    profile.num_domains = 8;
    begin_on(
        t, "riscv64", &profile,
        "objects { a = pd (\"ping.elf\", prio: 11, max_prio: 12, affinity: 3, domain: 7, resume: False, fpu_disabled: "
        "True, entry: 0x200018, ipc_buffer: 0x10000000, stack_top: 0x20004000, cspace_bits: 9, stack: 8k)\n"
        "b = pd (\"ping.elf\", stack: 4k, args: [4], cspace_bits: 5, fault_slot: 3) }");
    CHECK(t->good);
    const struct capdl_tcb *a = tcb(t, "tcb_a"), *b = tcb(t, "tcb_b");
    CHECK(a->prio == 11 && a->max_prio == 12 && a->affinity == 3 && a->dom == 7);
    CHECK(!a->resume && a->fpu_disabled && a->ip == 0x200018 && a->addr == 0x10000000 && a->sp == 0x20004000);
    CHECK(b->prio == 125 && b->max_prio == 125 && b->affinity == 0 && b->dom == 0 && b->resume && !b->fpu_disabled);
    end(t);
    static const char *const others[] = {"budget: 5",        "period: 20000",         "budget: 5, period: 5",
                                         "stack: 8k",        "cspace_bits: 9",        "fault_slot: 3",
                                         "room: 64k",        "entry: 0x200018",       "args: [4]",
                                         "paddr: 0x2000000", "stack_top: 0x20004000", "ipc_buffer: 0x10000000"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        char text[128];
        snprintf(text, sizeof(text), "objects { a = pd (\"ping.elf\", %s) }", others[i]);
        begin_on(t, "riscv64", &profile, text);
        CHECK(t->good);
        a = tcb(t, "tcb_a");
        CHECK(a->prio == 125 && a->max_prio == 125 && a->affinity == 0 && a->dom == 0 && a->resume && !a->fpu_disabled);
        uint32_t root = one(t, "vspace_a");
        CHECK(rights_at(t, root, a->sp - 1) == (R | W) && rights_at(t, root, a->addr) == (R | W));
        CHECK(a->ip == (strncmp(others[i], "entry", 5) == 0 ? 0x200018 : elf.entry));
        end(t);
    }
    begin_on(t, "riscv64", &profile, "objects { a = pd (\"ping.elf\", affinity: 4, domain: 8) }");
    CHECK(has_error(t, "'affinity' is 4, expected 0 to 3") && has_error(t, "'domain' is 8, expected 0 to 7"));
    end(t);
}

/* Numbers just outside of what docs/pd.md allows, and off their unit. On this kernel there is one core and one domain.
 */
static void test_ranges(const char *profile)
{
    const uint64_t user_top = profile_builtin(profile)->user_top;
    const struct {
        const char *name;
        uint64_t least, most;
        unsigned unit;
        bool asks_kernel;
    } params[] = {
        {"prio", 0, 255, 1, true},
        {"max_prio", 0, 255, 1, true},
        {"stack", 4096, 1 << 30, 4096, false},
        {"budget", 1, UINT64_MAX, 1, false},
        {"period", 1, UINT64_MAX, 1, false},
        {"affinity", 0, 0, 1, false},
        {"domain", 0, 0, 1, false},
        {"cspace_bits", 2, 24, 1, false},
        {"fault_slot", 1, UINT64_MAX, 1, false},
        {"entry", 0, UINT64_MAX, 1, false},
        {"ipc_buffer", 4096, user_top, 4096, true},
        {"stack_top", 8192, user_top, 4096, true},
        {"at", 4096, user_top, 4096, true},
        {"paddr", 0, UINT64_MAX, 4096, false},
        {"room", 4096, 1 << 30, 4096, false},
        {"modules", 4096, user_top, 4096, true},
    };
    for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
        const uint64_t wrong[] = {params[i].least - 1, params[i].most + 1, params[i].least + 1};
        for (unsigned k = 0; k < 3; k++) {
            char text[128], expected[128] = "expected a multiple of";
            if (k == 2 ? params[i].least == params[i].most : wrong[k] == (k ? 0 : UINT64_MAX)) {
                continue; /* there is none */
            }
            snprintf(text, sizeof(text),
                     "objects { f = frame (4k)  a = pd (\"ping.elf\", map: f (R), %s: %" PRIu64 ") }", params[i].name,
                     wrong[k]);
            if (k < 2 && params[i].least == params[i].most) {
                snprintf(expected, sizeof(expected),
                         "'%s' is %" PRIu64 ", expected %" PRIu64 ": kernel %s has no other", params[i].name, wrong[k],
                         params[i].most, profile);
            } else if (k < 2) {
                snprintf(expected, sizeof(expected), "'%s' is %" PRIu64 ", expected %" PRIu64 " to %" PRIu64 "%s",
                         params[i].name, wrong[k], params[i].least, params[i].most,
                         params[i].asks_kernel ? " on kernel" : "");
            } else if (params[i].unit > 1) {
                snprintf(expected, sizeof(expected), "expected a multiple of %u", params[i].unit);
            }
            struct test test;
            begin(&test, profile, text);
            if (has_error(&test, expected) != (k < 2 || params[i].unit > 1)) {
                failures++;
                fprintf(stderr, "%s: \"%s\" is %s for: %s\n", profile, expected,
                        k < 2 || params[i].unit > 1 ? "missing" : "said", text);
                capdl_diags_print(&test.diags, stderr, 0);
            }
            end(&test);
        }
    }
}

static void test_all(const char *profile)
{
    struct made_elf elf = program_for(profile_builtin(profile));
    write_elf(&elf, "ping.elf");
    test_contract(profile);
    test_memory(profile);
    test_shared_page(profile);
    test_many_tls(profile);
    test_tls(profile);
    test_top(profile);
    test_fault(profile);
    test_array(profile);
    test_override(profile);
    test_map(profile);
    test_threads(profile);
    test_text(profile);
    test_large(profile);
}

int main(void)
{
    static const char *const files[] = {"ping.elf", "shared.elf", "tls.elf", "zeros.elf", "data.elf", "high.elf"};
    char path[128];
    if (!mkdtemp(directory)) {
        perror(directory);
        return 2;
    }
    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        test_all(profiles[i]);
    }
    test_mistakes();
    test_spelled_space();
    test_handlers();
    test_own_words();
    test_other_kinds();
    test_most_args();
    test_modules();
    test_fields();
    test_ranges("riscv64");
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        unlink(path_of(files[i], path));
    }
    rmdir(directory);
    return failures != 0;
}
