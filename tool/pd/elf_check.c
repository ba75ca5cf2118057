/* SPDX-License-Identifier: BSD-2-Clause */
#include "elf_check.h"

#include <elf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/blob.h>
#include <capdl/spec.h>

#include "base/elf_class.h"

enum { PAGE_MASK = CAPDL_PAGE_SIZE - 1, MAX_TLS_ALIGN = 1 << 16, MAX_REPORTED = 10 };

/* A thread's own data is copied for each thread; no sane program has more of it. */
#define MAX_TLS_SIZE (UINT64_C(64) << 20)

bool elf_fail(struct elf_check *c, const char *format, ...)
{
    char message[512];
    va_list args;
    if (c->reported++ >= MAX_REPORTED) {
        return false;
    }
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    capdl_error(c->diags, c->request->pos, "\"%s\" %s", c->request->name, message);
    return false;
}

const char *elf_machine_name(unsigned machine)
{
    for (unsigned i = 0; i < CAPDL_ARCH_COUNT; i++) {
        if (capdl_architecture((enum capdl_arch)i)->elf_machine == machine) {
            return capdl_architecture((enum capdl_arch)i)->title;
        }
    }
    return "another machine";
}

/* Linkers let a segment without bytes in the file, such as one of .bss only, begin after the end of the file. */
static bool check_in_file(struct elf_check *c, const struct elf_segment *s, const char *what)
{
    uint64_t size = c->bytes->size;
    if (s->filesz == 0) {
        return true;
    }
    if (s->offset > size || s->filesz > size - s->offset) {
        return elf_fail(c, "is truncated: %s %u needs %" PRIu64 " bytes at offset %" PRIu64 ", the file has %" PRIu64,
                        what, s->number, s->filesz, s->offset, size);
    }
    return true;
}

static bool check_sizes(struct elf_check *c, const struct elf_segment *s, const char *what)
{
    if (s->filesz > s->memsz) {
        return elf_fail(c,
                        "has %s %u with %" PRIu64 " bytes in the file but %" PRIu64
                        " in memory, expected no more than in memory",
                        what, s->number, s->filesz, s->memsz);
    }
    return check_in_file(c, s, what);
}

/* All comparisons subtract from what is known to be larger: nothing here can overflow. */
static bool check_place(struct elf_check *c, const struct elf_segment *s)
{
    uint64_t top = c->request->user_top;
    if (s->vaddr < CAPDL_PAGE_SIZE) {
        return elf_fail(
            c, "has segment %u at address 0x%" PRIx64 " in page 0, which stays unmapped: link at 0x1000 or above",
            s->number, s->vaddr);
    }
    if (s->vaddr >= top || s->memsz > top - s->vaddr) {
        return elf_fail(c,
                        "has segment %u at 0x%" PRIx64 " with 0x%" PRIx64
                        " bytes, expected it below the end of user addresses 0x%" PRIx64,
                        s->number, s->vaddr, s->memsz, top);
    }
    return true;
}

static bool check_rights(struct elf_check *c, const struct elf_segment *s)
{
    if (s->rights == 0) {
        return elf_fail(c, "has segment %u at 0x%" PRIx64 " without any rights, expected at least read", s->number,
                        s->vaddr);
    }
    if (s->rights & CAPDL_RIGHT_WRITE && s->rights & CAPDL_RIGHT_EXECUTE) {
        capdl_finding(c->diags, CAPDL_WARNING, CAPDL_CHECK_WRITABLE_CODE, c->request->pos,
                      "\"%s\" has segment %u at 0x%" PRIx64 " both writable and executable", c->request->name,
                      s->number, s->vaddr);
    }
    return true;
}

bool elf_check_segment(struct elf_check *c, const struct elf_segment *s)
{
    bool good = check_sizes(c, s, "segment");
    good &= check_place(c, s);
    return check_rights(c, s) && good;
}

bool elf_check_tls(struct elf_check *c, const struct elf_segment *s)
{
    uint64_t align = s->align ? s->align : 1;
    if (!check_sizes(c, s, "thread-local segment")) {
        return false;
    }
    if (s->memsz > MAX_TLS_SIZE) {
        return elf_fail(c, "has %" PRIu64 " bytes of thread-local data, expected at most %" PRIu64, s->memsz,
                        MAX_TLS_SIZE);
    }
    if ((align & (align - 1)) != 0 || align > MAX_TLS_ALIGN) {
        return elf_fail(c, "has thread-local data aligned to %" PRIu64 ", expected a power of two up to %d", align,
                        MAX_TLS_ALIGN);
    }
    if (s->vaddr & (align - 1)) {
        return elf_fail(c, "has thread-local data at 0x%" PRIx64 ", expected a multiple of its alignment %" PRIu64,
                        s->vaddr, align);
    }
    return true;
}

/* What a dynamic section asks of a loader that a static program does not. */
static const char *dynamic_need(int64_t tag, uint64_t value)
{
    switch (tag) {
    case DT_NEEDED:
        return "it needs a shared library";
    case DT_RELSZ:
    case DT_RELASZ:
    case DT_PLTRELSZ:
        return value ? "it has load-time relocations" : NULL;
    default:
        return NULL;
    }
}

/* A dynamic section alone is harmless; libraries and relocations are not. */
bool elf_check_dynamic(struct elf_check *c, const struct elf_segment *s)
{
    if (c->has_dynamic) {
        return elf_fail(c, "has two dynamic segments, expected one at most");
    }
    c->has_dynamic = true;
    if (s->filesz == 0 || !check_in_file(c, s, "dynamic segment")) {
        return s->filesz == 0;
    }
    const uint8_t *at = c->bytes->data + s->offset;
    unsigned word_bits = capdl_architecture(c->request->arch)->word_bits;
    size_t size = elf_dynamic_size(word_bits);
    for (uint64_t i = 0; i + size <= s->filesz; i += size) {
        Elf64_Dyn entry = elf_dynamic_get(word_bits, at + i);
        if (entry.d_tag == DT_NULL) {
            break;
        }
        const char *need = dynamic_need(entry.d_tag, entry.d_un.d_val);
        if (need) {
            return elf_fail(c, "is dynamically linked: %s, expected a static program (link with -static -no-pie)",
                            need);
        }
    }
    return true;
}

static int compare_segments(const void *a, const void *b)
{
    const struct elf_segment *x = a, *y = b;
    if (x->vaddr != y->vaddr) {
        return x->vaddr < y->vaddr ? -1 : 1;
    }
    return x->number < y->number ? -1 : 1;
}

static bool check_overlap(struct elf_check *c, const struct elf_segment *low, const struct elf_segment *high)
{
    if (low->vaddr + low->memsz > high->vaddr) {
        return elf_fail(
            c,
            "has segments %u [0x%" PRIx64 ", 0x%" PRIx64 ") and %u [0x%" PRIx64 ", 0x%" PRIx64 ") overlapping, "
            "expected them apart",
            low->number, low->vaddr, low->vaddr + low->memsz, high->number, high->vaddr, high->vaddr + high->memsz);
    }
    return true;
}

/* A page that two segments touch has the rights of both, which may make it writable code that nobody asked for. */
static void check_shared_page(struct elf_check *c, const struct elf_segment *low, const struct elf_segment *high)
{
    enum { WX = CAPDL_RIGHT_WRITE | CAPDL_RIGHT_EXECUTE };
    uint64_t last = (low->vaddr + low->memsz - 1) & ~(uint64_t)PAGE_MASK;
    int both = low->rights | high->rights;

    if ((high->vaddr & ~(uint64_t)PAGE_MASK) != last || (both & WX) != WX) {
        return;
    }
    if ((low->rights & WX) == WX || (high->rights & WX) == WX) {
        return;
    }
    capdl_finding(c->diags, CAPDL_WARNING, CAPDL_CHECK_WRITABLE_CODE, c->request->pos,
                  "\"%s\" has segments %u and %u in the page 0x%" PRIx64
                  ", which makes it both writable and executable: link with -z separate-code -z max-page-size=4096",
                  c->request->name, low->number, high->number, last);
}

static bool check_entry(struct elf_check *c, const struct elf_program *program)
{
    for (size_t i = 0; i < program->num_segments; i++) {
        const struct elf_segment *s = &program->segments[i];
        if (s->rights & CAPDL_RIGHT_EXECUTE && program->entry >= s->vaddr && program->entry - s->vaddr < s->memsz) {
            return true;
        }
    }
    return elf_fail(c, "starts at 0x%" PRIx64 ", which is in no executable segment", program->entry);
}

static bool check_memory(struct elf_check *c, const struct elf_program *program)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < program->num_segments; i++) {
        sum += program->segments[i].memsz; /* disjoint and below user_top: no overflow */
    }
    if (sum > ELF_MAX_MEMORY) {
        return elf_fail(c, "needs %" PRIu64 " bytes of memory, expected at most %" PRIu64, sum, ELF_MAX_MEMORY);
    }
    return true;
}

bool elf_check_layout(struct elf_check *c, struct elf_program *program)
{
    bool good = true;
    if (program->num_segments == 0) {
        return elf_fail(c, "has nothing to load, expected at least one PT_LOAD segment");
    }
    qsort(program->segments, program->num_segments, sizeof(*program->segments), compare_segments);
    for (size_t i = 1; i < program->num_segments; i++) {
        good &= check_overlap(c, &program->segments[i - 1], &program->segments[i]);
        check_shared_page(c, &program->segments[i - 1], &program->segments[i]);
    }
    good &= check_entry(c, program);
    return good && check_memory(c, program);
}
