/* SPDX-License-Identifier: BSD-2-Clause */
/* Each mistake an ELF file can have is named; a good file is read as it is. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "make_elf.h"
#include "pd/elf_file.h"

static unsigned failures;
static char directory[] = "/tmp/elf_test.XXXXXX";
static const char *const search[] = {directory, NULL};

enum { AARCH64_TOP_BITS = 40 };

static struct elf_request request_for(enum capdl_arch arch)
{
    return (struct elf_request){.name = "pd.elf",
                                .pos = {7, 3, 0},
                                .directories = search,
                                .arch = arch,
                                .user_top = UINT64_C(1) << AARCH64_TOP_BITS};
}

static bool read_bytes(const uint8_t *bytes, size_t size, enum capdl_arch arch, struct elf_program *program,
                       struct capdl_diags *diags)
{
    char path[64];
    struct elf_request request = request_for(arch);
    snprintf(path, sizeof(path), "%s/pd.elf", directory);
    made_write(path, bytes, size);
    return elf_read(program, &request, diags);
}

static bool read_made(const struct made_elf *elf, struct elf_program *program, struct capdl_diags *diags)
{
    uint8_t *bytes = made_bytes(elf);
    bool good = read_bytes(bytes, elf->size, CAPDL_ARCH_AARCH64, program, diags);
    free(bytes);
    return good;
}

static bool has_message(const struct capdl_diags *diags, enum capdl_severity severity, const char *text)
{
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->list[i].severity == severity && strstr(diags->list[i].message, text) &&
            diags->list[i].pos.line == 7) {
            return true;
        }
    }
    return false;
}

static void complain(const char *name, const char *expected, const struct capdl_diags *diags)
{
    failures++;
    fprintf(stderr, "%s: expected \"%s\", got:\n", name, expected);
    for (size_t i = 0; i < diags->count; i++) {
        fprintf(stderr, "    %s\n", diags->list[i].message);
    }
}

/* The file must be refused with a message that holds this text. */
static void refuse(const char *name, const struct made_elf *elf, const char *expected)
{
    struct elf_program program;
    struct capdl_diags diags = {NULL};
    if (read_made(elf, &program, &diags)) {
        complain(name, expected, &diags);
        elf_release(&program);
    } else if (!has_message(&diags, CAPDL_ERROR, expected)) {
        complain(name, expected, &diags);
    }
    capdl_diags_free(&diags);
}

static void refuse_bytes(const char *name, const void *bytes, size_t size, const char *expected)
{
    struct elf_program program;
    struct capdl_diags diags = {NULL};
    if (read_bytes(bytes, size, CAPDL_ARCH_AARCH64, &program, &diags) || !has_message(&diags, CAPDL_ERROR, expected)) {
        complain(name, expected, &diags);
    }
    capdl_diags_free(&diags);
}

/* The file must be accepted; warning: text the only warning must hold, or 0 if there must be none. */
static void accept(const char *name, const struct made_elf *elf, const char *warning)
{
    struct elf_program program;
    struct capdl_diags diags = {NULL};
    bool good = read_made(elf, &program, &diags);
    if (!good || diags.count != (warning != NULL) || (warning && !has_message(&diags, CAPDL_WARNING, warning))) {
        complain(name, warning ? warning : "nothing", &diags);
    }
    if (good) {
        elf_release(&program);
    }
    capdl_diags_free(&diags);
}

static void test_good(void)
{
    struct made_elf elf = made_good(ELF_AARCH64);
    struct elf_program program;
    struct capdl_diags diags = {NULL};
    /* Given in descending order, read in ascending. */
    made_add(&elf, ELF_LOAD, ELF_R | ELF_W, 0x2100, 0x1f0100, 0x10, 0x3000, 0x1000);
    made_add(&elf, ELF_LOAD, ELF_R, 0, 0x100000, 0, 0, 0x1000);
    made_add(&elf, ELF_TLS, ELF_R, 0x2100, 0x1f0100, 8, 24, 16);
    if (!read_made(&elf, &program, &diags) || diags.count) {
        complain("good", "nothing", &diags);
        return;
    }
    const struct elf_segment *s = program.segments;
    bool same = program.num_segments == 2 && s[0].vaddr == 0x1f0100 && s[0].memsz == 0x3000 && s[0].filesz == 0x10 &&
                s[0].offset == 0x2100 && s[0].rights == (CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE) &&
                s[1].vaddr == 0x200000 && s[1].rights == (CAPDL_RIGHT_READ | CAPDL_RIGHT_EXECUTE) &&
                program.entry == 0x200010 && program.has_tls && program.tls.memsz == 24 && program.tls.align == 16;
    if (!same) {
        complain("good", "the segments as they were written", &diags);
    }
    elf_release(&program);
}

/* What GNU ld writes for a segment of .bss only, when pages are larger than the file. */
static void test_nothing_in_file(void)
{
    struct made_elf elf = made_good(ELF_AARCH64);
    made_add(&elf, ELF_LOAD, ELF_R | ELF_W, 0x10ffe8, 0x31ffe8, 0, 0x400, 0x10000);
    made_add(&elf, ELF_TLS, ELF_R, 0x110000, 0x320000, 0, 16, 8);
    accept("bss behind the end of the file", &elf, NULL);
}

static void test_identity(void)
{
    struct made_elf elf = made_good(ELF_AARCH64);
    refuse_bytes("empty", "", 0, "is not an ELF file: it is empty");
    refuse_bytes("script", "#!/bin/sh\n", 10, "is not an ELF file");
    refuse_bytes("only the magic number",
                 "\x7f"
                 "ELF",
                 4, "is truncated");
    elf.class = 1;
    refuse("class", &elf, "is a 32-bit ELF file, expected a 64-bit one for AArch64");
    elf.class = 3;
    refuse("no class", &elf, "is a broken (class unknown) ELF file, expected a 64-bit one for AArch64");
    elf = made_good(ELF_AARCH64);
    elf.data = 2;
    refuse("endianness", &elf, "big-endian, expected little-endian");
    elf = made_good(ELF_AARCH64);
    elf.size = 40;
    refuse("half a header", &elf, "is truncated: 40 bytes");
    elf = made_good(ELF_X86_64);
    refuse("x86-64", &elf, "is a program for x86-64, but the system is for AArch64");
    elf = made_good(ELF_RISCV);
    refuse("risc-v", &elf, "is a program for RISC-V 64");
    elf = made_good(8);
    refuse("mips", &elf, "is a program for another machine");
}

static void test_type(void)
{
    struct made_elf elf = made_good(ELF_AARCH64);
    elf.type = 3;
    refuse("pie", &elf, "-no-pie");
    elf.type = 1;
    refuse("object file", &elf, "is an object file");
    elf.type = 4;
    refuse("core", &elf, "ELF type 4");
    elf = made_good(ELF_AARCH64);
    made_add(&elf, ELF_INTERP, ELF_R, 0x1000, 0x200000, 16, 16, 1);
    refuse("interpreter", &elf, "link with -static");
    elf = made_good(ELF_AARCH64);
    elf.phnum = 0;
    refuse("no headers", &elf, "no program headers");
    elf = made_good(ELF_AARCH64);
    elf.phentsize = 32;
    refuse("header size", &elf, "program headers of 32 bytes");
    elf = made_good(ELF_AARCH64);
    elf.headers[0].type = 6;
    refuse("nothing to load", &elf, "nothing to load");
}

/* A dynamic section: pairs of tag and value. */
static void refuse_dynamic(const char *name, uint64_t tag, uint64_t value, const char *expected)
{
    struct made_elf elf = made_good(ELF_AARCH64);
    struct elf_program program;
    struct capdl_diags diags = {NULL};
    made_add(&elf, ELF_DYNAMIC, ELF_R, 0x1000, 0x200000, 32, 32, 8);
    uint8_t *bytes = made_bytes(&elf);
    memset(bytes + 0x1000, 0, 32);
    for (unsigned i = 0; i < 8; i++) {
        bytes[0x1000 + i] = (uint8_t)(tag >> (8 * i));
        bytes[0x1008 + i] = (uint8_t)(value >> (8 * i));
    }
    bool good = read_bytes(bytes, elf.size, CAPDL_ARCH_AARCH64, &program, &diags);
    if (good == (expected != NULL) || (expected && !has_message(&diags, CAPDL_ERROR, expected))) {
        complain(name, expected ? expected : "nothing", &diags);
    }
    if (good) {
        elf_release(&program);
    }
    capdl_diags_free(&diags);
    free(bytes);
}

static void test_dynamic(void)
{
    struct made_elf elf = made_good(ELF_AARCH64);
    refuse_dynamic("library", 1, 5, "needs a shared library");
    refuse_dynamic("relocations", 8, 24, "relocations");
    refuse_dynamic("relocations without addends", 18, 16, "relocations");
    refuse_dynamic("relocations of calls", 2, 24, "relocations");
    refuse_dynamic("none of them", 8, 0, NULL);
    refuse_dynamic("none of calls", 2, 0, NULL);
    refuse_dynamic("harmless", 5, 0x200000, NULL);
    made_add(&elf, ELF_DYNAMIC, ELF_R, 0x3fff, 0x200000, 32, 32, 8);
    refuse("dynamic beyond the end", &elf, "is truncated");
    elf = made_good(ELF_AARCH64);
    made_add(&elf, ELF_DYNAMIC, ELF_R, 0x5000, 0x200000, 0, 0, 8);
    made_add(&elf, ELF_DYNAMIC, ELF_R, 0x5000, 0x200000, 0, 0, 8);
    refuse("dynamic twice", &elf, "two dynamic segments");
}

static void test_truncated(void)
{
    struct made_elf elf = made_good(ELF_AARCH64);
    elf.size = 100;
    refuse("half the program headers", &elf, "is truncated: 1 program headers");
    elf = made_good(ELF_AARCH64);
    elf.phoff = UINT64_MAX - 8;
    refuse("headers at the end of time", &elf, "is truncated");
    elf = made_good(ELF_AARCH64);
    elf.size = 0x1800;
    refuse("half a segment", &elf, "is truncated: segment 0 needs 4096 bytes at offset 4096, the file has 6144");
    elf = made_good(ELF_AARCH64);
    elf.headers[0].offset = UINT64_MAX - 10;
    refuse("offset that overflows", &elf, "is truncated");
    elf = made_good(ELF_AARCH64);
    elf.headers[0].filesz = 0x1001;
    refuse("more in the file than in memory", &elf, "4097 bytes in the file but 4096 in memory");
}

static void test_place(void)
{
    struct made_elf elf = made_good(ELF_AARCH64);
    made_add(&elf, ELF_LOAD, ELF_R | ELF_W, 0x2000, 0x200fff, 16, 16, 1);
    refuse("overlap", &elf, "segments 0 [0x200000, 0x201000) and 1 [0x200fff, 0x20100f) overlapping");
    elf.headers[1].vaddr = 0x200000;
    refuse("at one place", &elf, "segments 0 [0x200000, 0x201000) and 1 [0x200000, 0x200010) overlapping");
    elf.headers[1].vaddr = 0x1ffff0;
    elf.headers[1].flags = ELF_R;
    accept("one behind the other", &elf, NULL);
    elf.headers[1].memsz = 17;
    refuse("one byte in the other", &elf, "segments 1 [0x1ffff0, 0x200001) and 0 [0x200000, 0x201000) overlapping");
    elf = made_good(ELF_AARCH64);
    made_add(&elf, ELF_LOAD, ELF_R, 0x2000, 0x800, 16, 16, 1);
    refuse("page 0", &elf, "page 0");
    elf = made_good(ELF_AARCH64);
    made_add(&elf, ELF_LOAD, ELF_R, 0x2000, (UINT64_C(1) << AARCH64_TOP_BITS) - 8, 16, 16, 1);
    refuse("across the top", &elf, "below the end of user addresses 0x10000000000");
    elf.headers[1].vaddr = UINT64_MAX - 4;
    refuse("across the end of all addresses", &elf, "below the end of user addresses");
    elf.headers[1].vaddr = 0x300000;
    elf.headers[1].memsz = UINT64_MAX;
    refuse("all memory there is", &elf, "below the end of user addresses");
    elf.headers[1].memsz = UINT64_C(1) << 38;
    refuse("256 GiB", &elf, "needs 274877911040 bytes of memory");
    elf = made_good(ELF_AARCH64);
    elf.entry = 0x300000;
    refuse("entry in no segment", &elf, "starts at 0x300000, which is in no executable segment");
    elf = made_good(ELF_AARCH64);
    made_add(&elf, ELF_LOAD, ELF_R | ELF_W, 0x2000, 0x300000, 16, 16, 1);
    elf.entry = 0x300000;
    refuse("entry in data", &elf, "in no executable segment");
    elf.entry = 0x200fff;
    accept("entry at the last byte", &elf, NULL);
    elf.headers[1].flags = 0;
    refuse("no rights", &elf, "expected at least read");
}

static void test_writable_code(void)
{
    struct made_elf elf = made_good(ELF_AARCH64);
    made_add(&elf, ELF_LOAD, ELF_R | ELF_W | ELF_X, 0x2000, 0x300000, 16, 16, 1);
    accept("W and X", &elf, "segment 1 at 0x300000 both writable and executable");
    elf = made_good(ELF_AARCH64);
    elf.headers[0].filesz = elf.headers[0].memsz = 0x800;
    made_add(&elf, ELF_LOAD, ELF_R | ELF_W, 0x2000, 0x200800, 16, 16, 1);
    accept("one page of both", &elf, "segments 0 and 1 in the page 0x200000");
    elf.headers[1].flags = ELF_R;
    accept("one page, nothing writable", &elf, NULL);
    elf.headers[1].flags = ELF_R | ELF_W | ELF_X;
    accept("one of them is both", &elf, "segment 1 at 0x200800 both writable and executable");
    elf.headers[0].flags = ELF_R | ELF_W | ELF_X;
    elf.headers[1].flags = ELF_R | ELF_W;
    accept("the other is both", &elf, "segment 0 at 0x200000 both writable and executable");
}

/* Of a file with much that is wrong, the first ten messages are enough. */
static void test_many_mistakes(void)
{
    for (unsigned count = 9; count <= 11; count++) {
        struct made_elf elf = made_good(ELF_AARCH64);
        struct elf_program program;
        struct capdl_diags diags = {NULL};
        for (unsigned i = 0; i < count; i++) {
            made_add(&elf, ELF_LOAD, ELF_R, 0x2000, 0x800, 16, 16, 1);
        }
        if (read_made(&elf, &program, &diags) || diags.num_errors != (count < 10 ? count : 10)) {
            complain("many mistakes", "at most ten messages", &diags);
        }
        capdl_diags_free(&diags);
    }
}

static void test_tls(void)
{
    struct made_elf elf = made_good(ELF_AARCH64);
    made_add(&elf, ELF_TLS, ELF_R, 0x1000, 0x200000, 8, 16, 24);
    refuse("odd alignment", &elf, "aligned to 24");
    elf.headers[1].align = 64;
    elf.headers[1].vaddr = 0x200020;
    refuse("address off its alignment", &elf, "thread-local data at 0x200020");
    elf.headers[1].vaddr = 0x200000;
    elf.headers[1].memsz = UINT64_C(1) << 50;
    refuse("huge", &elf, "thread-local data, expected at most");
    elf.headers[1].memsz = 16;
    elf.headers[1].offset = 0x3ffc;
    refuse("beyond the end", &elf, "is truncated: thread-local segment 1");
}

static void test_missing(void)
{
    struct elf_program program;
    struct capdl_diags diags = {NULL};
    struct elf_request request = request_for(CAPDL_ARCH_AARCH64);
    const char *const nowhere[] = {"/nonexistent", NULL};
    request.beside = "specs/sub/system.cdl";
    request.directories = nowhere;
    if (elf_read(&program, &request, &diags) ||
        !has_message(&diags, CAPDL_ERROR, "cannot find \"pd.elf\": No such file") ||
        !has_message(&diags, CAPDL_NOTE, "looked in specs/sub") ||
        !has_message(&diags, CAPDL_NOTE, "looked in /nonexistent")) {
        complain("missing", "where it was looked for", &diags);
    }
    capdl_diags_free(&diags);
    static const char *const besides[][2] = {
        {NULL, "looked in ."}, {"x.cdl", "looked in ."}, {"/x.cdl", "looked in /"}};
    for (size_t i = 0; i < sizeof(besides) / sizeof(besides[0]); i++) {
        request.beside = besides[i][0];
        if (elf_read(&program, &request, &diags) || diags.count != 3 ||
            strcmp(diags.list[1].message, besides[i][1]) != 0) {
            complain("missing", besides[i][1], &diags);
        }
        capdl_diags_free(&diags);
    }
    request.name = "/tmp";
    if (elf_read(&program, &request, &diags) || !has_message(&diags, CAPDL_ERROR, "directory")) {
        complain("directory", "Is a directory", &diags);
    }
    capdl_diags_free(&diags);
}

/* Every byte of the headers in turn takes a few values; whatever they make of the file, reading it ends, and soon. */
static void test_damaged(void)
{
    struct made_elf elf = made_good(ELF_AARCH64);
    made_add(&elf, ELF_LOAD, ELF_R | ELF_W, 0x2000, 0x300000, 16, 0x5000, 0x1000);
    made_add(&elf, ELF_TLS, ELF_R, 0x2000, 0x300000, 8, 24, 16);
    elf.size = 0x3000;
    uint8_t *bytes = made_bytes(&elf);
    for (size_t i = 0; i < 64 + 3 * 56; i++) {
        static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
        uint8_t kept = bytes[i];
        for (size_t j = 0; j < sizeof(values); j++) {
            struct elf_program program;
            struct capdl_diags diags = {NULL};
            bytes[i] = values[j];
            bool good = read_bytes(bytes, elf.size, CAPDL_ARCH_AARCH64, &program, &diags);
            if (good == (diags.num_errors != 0)) {
                complain("damaged", "an error exactly when it is refused", &diags);
            }
            if (good) {
                elf_release(&program);
            }
            capdl_diags_free(&diags);
        }
        bytes[i] = kept;
    }
    free(bytes);
}

int main(void)
{
    char path[64];
    if (!mkdtemp(directory)) {
        perror(directory);
        return 2;
    }
    test_good();
    test_nothing_in_file();
    test_identity();
    test_type();
    test_dynamic();
    test_truncated();
    test_place();
    test_writable_code();
    test_many_mistakes();
    test_tls();
    test_missing();
    test_damaged();
    snprintf(path, sizeof(path), "%s/pd.elf", directory);
    unlink(path);
    rmdir(directory);
    return failures != 0;
}
