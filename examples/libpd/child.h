/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replacing the program of another protection domain while the system runs. That PD has a `room` in the spec, and its
 * manager, who includes this, has
 *
 *     the room, mapped RW                  map: room_CHILD (RW), at: address
 *     its TCB and the root of its VSpace   tcb_CHILD, vspace_CHILD
 *     the capabilities that map the room   room_CHILD[] (RWX, mapping: (table, slot)), in consecutive slots
 *
 * A new program may have other segments and another entry point; each page gets the rights of its segments. The child
 * keeps its CSpace, its stack, its IPC buffer and its priority. examples/replace shows all of it.
 *
 * Instruction caches: on AArch64 the kernel makes them see what was written, for all cores. On RISC-V `fence.i` does so
 * for the core of the manager only: let the child run on the same one. On x86-64 there is nothing to do.
 */
#ifndef LIBPD_CHILD_H
#define LIBPD_CHILD_H

#include "objects.h"

enum pd_child_error {
    PD_CHILD_OK,
    PD_CHILD_NO_ELF,    /* not a static 64-bit ELF file for this architecture */
    PD_CHILD_DAMAGED,   /* its headers point outside the file */
    PD_CHILD_TOO_LARGE, /* it is not within the room */
    PD_CHILD_TLS,       /* it has thread-local data, which lies outside the room */
    PD_CHILD_KERNEL,    /* a call failed: the kernel's error is in `kernel_error` */
};

struct pd_child {
    /* For the manager to fill in. */
    uint64_t tcb, vspace;  /* slots */
    uint64_t frames;       /* slot of room_CHILD[0]'s capability */
    uint64_t start, room;  /* where the child has its room, and its size */
    unsigned char *window; /* where the manager has it */
    /* By pd_child_adopt. */
    uint64_t kernel_error;
    uint64_t registers[SEL4_REGISTERS];
};

enum { PD_CHILD_PAGE = 4096, PD_CHILD_EXECUTE = SEL4_RIGHT_GRANT };

static inline const char *pd_child_text(enum pd_child_error error)
{
    static const char *const texts[] = {
        [PD_CHILD_OK] = "no error",
        [PD_CHILD_NO_ELF] = "not a static ELF program for this architecture",
        [PD_CHILD_DAMAGED] = "damaged",
        [PD_CHILD_TOO_LARGE] = "larger than the room",
        [PD_CHILD_TLS] = "has thread-local data",
        [PD_CHILD_KERNEL] = "the kernel refused a call",
    };
    return texts[error];
}

static inline enum pd_child_error pd_child_check(struct pd_child *child, uint64_t error)
{
    child->kernel_error = error;
    return error ? PD_CHILD_KERNEL : PD_CHILD_OK;
}

/* Takes note of the registers that the child starts with, before it has run (`resume: False` in the spec). */
static inline enum pd_child_error pd_child_adopt(struct pd_child *child)
{
    return pd_child_check(child, pd_read_registers(child->tcb, 0, child->registers));
}

/* Stops the child; whatever message it was about to send or waiting for is forgotten. */
static inline enum pd_child_error pd_child_stop(struct pd_child *child)
{
    return pd_child_check(child, pd_call(child->tcb, SEL4_LABEL_TCB_SUSPEND, 0).label);
}

/* Starts it anew at `entry`, with the registers that it had at first. */
static inline enum pd_child_error pd_child_start(struct pd_child *child, uint64_t entry)
{
    child->registers[SEL4_REGISTER_PROGRAM_COUNTER] = entry;
    return pd_child_check(child, pd_write_registers(child->tcb, 1, child->registers));
}

/* The child's page gets these rights; what was written to it, through the window, is there for its instructions. */
static inline enum pd_child_error pd_child_map(struct pd_child *child, uint64_t page, uint64_t rights)
{
    uint64_t frame = child->frames + page, execute = rights & PD_CHILD_EXECUTE, error;
    pd_words[0] = child->start + page * PD_CHILD_PAGE;
    pd_words[1] = rights & (SEL4_RIGHT_READ | SEL4_RIGHT_WRITE);
#if defined(__aarch64__)
    pd_words[2] = SEL4_VM_CACHEABLE | (execute ? 0 : SEL4_VM_EXECUTE_NEVER);
#elif defined(__riscv)
    pd_words[2] = execute ? 0 : SEL4_VM_EXECUTE_NEVER;
#else
    pd_words[2] = 0;
    (void)execute;
#endif
    error = pd_invoke(frame, SEL4_LABEL_PAGE_MAP, 1, &child->vspace, 3);
#if defined(__aarch64__)
    if (!error && execute) {
        pd_words[0] = 0;
        pd_words[1] = PD_CHILD_PAGE;
        error = pd_call(frame, SEL4_LABEL_PAGE_UNIFY_INSTRUCTION, 2).label;
    }
#endif
    return pd_child_check(child, error);
}

static inline void pd_child_fence(void)
{
#if defined(__riscv)
    __asm__ volatile("fence.i" ::: "memory");
#endif
}

/* Byte by byte, and volatile, so that no compiler makes it a call of a libc that is not there. */
static inline void pd_child_put(struct pd_child *child, uint64_t offset, const unsigned char *from, uint64_t size)
{
    volatile unsigned char *to = child->window + offset;
    for (uint64_t i = 0; i < size; i++) {
        to[i] = from ? from[i] : 0;
    }
}

static inline void pd_child_clear(struct pd_child *child)
{
    volatile uint64_t *words = (volatile uint64_t *)(void *)child->window;
    for (uint64_t i = 0; i < child->room / sizeof(*words); i++) {
        words[i] = 0;
    }
}

struct pd_elf {
    unsigned char ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, segments, sections;
    uint32_t flags;
    uint16_t size, segment_size, num_segments, section_size, num_sections, names;
};

struct pd_elf_segment {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, file_size, memory_size, align;
};

#if defined(__aarch64__)
enum { PD_ELF_MACHINE = 183 };
#elif defined(__riscv)
enum { PD_ELF_MACHINE = 243 };
#else
enum { PD_ELF_MACHINE = 62 };
#endif
enum { PD_ELF_EXECUTABLE = 2, PD_ELF_LOAD = 1, PD_ELF_TLS = 7 };

static inline const struct pd_elf_segment *pd_elf_segment(const void *file, unsigned i)
{
    const struct pd_elf *elf = file;
    return (const struct pd_elf_segment *)((uintptr_t)file + elf->segments + i * sizeof(struct pd_elf_segment));
}

static inline enum pd_child_error pd_child_segment_good(const struct pd_child *child, const struct pd_elf_segment *s,
                                                        uint64_t size)
{
    if (s->type == PD_ELF_TLS && s->memory_size) {
        return PD_CHILD_TLS;
    }
    if (s->type != PD_ELF_LOAD || !s->memory_size) {
        return PD_CHILD_OK;
    }
    if (s->offset > size || s->file_size > size - s->offset || s->file_size > s->memory_size) {
        return PD_CHILD_DAMAGED;
    }
    if (s->vaddr < child->start || s->memory_size > child->room ||
        s->vaddr - child->start > child->room - s->memory_size) {
        return PD_CHILD_TOO_LARGE;
    }
    return PD_CHILD_OK;
}

/* Whether a file, at an address that is a multiple of 8, can be loaded. Nothing changes yet: what cannot is refused
   while the old program runs on. */
static inline enum pd_child_error pd_child_elf_good(const struct pd_child *child, const void *file, uint64_t size)
{
    const struct pd_elf *elf = file;
    enum pd_child_error error = PD_CHILD_OK;
    if (size < sizeof(*elf) || elf->ident[0] != 0x7f || elf->ident[1] != 'E' || elf->ident[2] != 'L' ||
        elf->ident[3] != 'F' || elf->ident[4] != 2 || elf->ident[5] != 1 || elf->machine != PD_ELF_MACHINE ||
        elf->type != PD_ELF_EXECUTABLE) {
        return PD_CHILD_NO_ELF;
    }
    if (elf->segment_size != sizeof(struct pd_elf_segment) || elf->segments % 8 || elf->segments > size ||
        elf->num_segments > (size - elf->segments) / sizeof(struct pd_elf_segment)) {
        return PD_CHILD_DAMAGED;
    }
    for (unsigned i = 0; !error && i < elf->num_segments; i++) {
        error = pd_child_segment_good(child, pd_elf_segment(file, i), size);
    }
    return error;
}

static inline uint64_t pd_child_page_rights(const void *file, uint64_t page)
{
    const struct pd_elf *elf = file;
    uint64_t rights = SEL4_RIGHT_READ;
    for (unsigned i = 0; i < elf->num_segments; i++) {
        const struct pd_elf_segment *s = pd_elf_segment(file, i);
        if (s->type == PD_ELF_LOAD && s->vaddr < page + PD_CHILD_PAGE && s->vaddr + s->memory_size > page) {
            rights |= (s->flags & 1 ? PD_CHILD_EXECUTE : 0) | (s->flags & 2 ? SEL4_RIGHT_WRITE : 0);
        }
    }
    return rights;
}

/* Puts an ELF file in place of the child's program and starts it. If the file cannot be loaded the child runs on. */
static inline enum pd_child_error pd_child_replace(struct pd_child *child, const void *file, uint64_t size)
{
    const struct pd_elf *elf = file;
    enum pd_child_error error = pd_child_elf_good(child, file, size);
    if (!error) {
        error = pd_child_stop(child);
    }
    if (error) {
        return error;
    }
    pd_child_clear(child);
    for (unsigned i = 0; i < elf->num_segments; i++) {
        const struct pd_elf_segment *s = pd_elf_segment(file, i);
        if (s->type == PD_ELF_LOAD) {
            pd_child_put(child, s->vaddr - child->start, (const unsigned char *)file + s->offset, s->file_size);
        }
    }
    for (uint64_t page = 0; !error && page < child->room / PD_CHILD_PAGE; page++) {
        error = pd_child_map(child, page, pd_child_page_rights(file, child->start + page * PD_CHILD_PAGE));
    }
    pd_child_fence();
    return error ? error : pd_child_start(child, elf->entry);
}

/* The same with an image that is just bytes, for the start of the room: code, data and zeros behind them in pages that
   can all be written and executed. It starts at its first byte. */
static inline enum pd_child_error pd_child_replace_raw(struct pd_child *child, const void *bytes, uint64_t size)
{
    enum pd_child_error error = size > child->room ? PD_CHILD_TOO_LARGE : pd_child_stop(child);
    if (error) {
        return error;
    }
    pd_child_clear(child);
    pd_child_put(child, 0, bytes, size);
    for (uint64_t page = 0; !error && page < child->room / PD_CHILD_PAGE; page++) {
        error = pd_child_map(child, page, SEL4_RIGHT_READ | SEL4_RIGHT_WRITE | PD_CHILD_EXECUTE);
    }
    pd_child_fence();
    return error ? error : pd_child_start(child, child->start);
}

#endif
