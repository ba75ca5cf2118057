/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What architectures differ in, as facts: one row each, in capdl-spec/model/architectures.c. Where they differ in what
 * is to be done, each room has a file per architecture with a table of operations beside it.
 */
#ifndef CAPDL_ARCHITECTURE_H
#define CAPDL_ARCHITECTURE_H

#include <stdbool.h>
#include <stdint.h>

#include <capdl/facts.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    CAPDL_ARCH_MOST_TABLES = 8,
    CAPDL_ARCH_MOST_FRAMES = 6,
    CAPDL_ARCH_MOST_ARGUMENTS = 8,
    CAPDL_ARCH_LIST = 128,
};

/* Names in lists for messages. */
enum capdl_arch_names {
    CAPDL_ARCH_KEYWORDS,        /* of all */
    CAPDL_ARCH_BOOTED_KEYWORDS, /* of those we boot */
    CAPDL_ARCH_KERNELS,         /* what the kernels of those call themselves */
};

/* Cores as device trees describe them. */
enum capdl_cpu {
    CAPDL_CPU_UNKNOWN = 1,
    CAPDL_CPU_ARM_64 = 2,
    CAPDL_CPU_ARM_32 = 4,
    CAPDL_CPU_RISCV_64 = 8,
    CAPDL_CPU_RISCV_32 = 16,
};

/* A kind of page table. */
struct capdl_arch_table {
    uint8_t kind;          /* enum capdl_kind */
    uint8_t type;          /* enum capdl_type: what Retype makes for it when it is in another */
    uint8_t below;         /* kind of the page tables it holds; its own: none, unless all levels are of one kind */
    uint8_t shift;         /* log2 of the bytes an entry maps; 0: that depends on its depth, or on the kernel */
    bool root;             /* may be the root of a thread's address space */
    uint16_t entries;      /* when it is in another */
    uint16_t root_entries; /* when it does not */
};

struct capdl_architecture {
    const char *keyword; /* after `arch` in a spec */
    const char
        *kernel; /* SEL4_ARCH in a kernel's configuration, and in names of our files; NULL: we boot no such kernel */
    const char *title;  /* in messages */
    const char *family; /* in messages that are not about its word's size */

    /* The word, and what the kernel packs into words. */
    uint8_t word_bits;
    uint8_t badge_bits;       /* of an endpoint's or notification's badge */
    uint8_t guard_bits;       /* of a CNode capability's guard in the word that is given to the kernel, */
    uint8_t guard_shift;      /* where they begin in it, */
    uint8_t guard_size_shift; /* and where the guard's size does, */
    uint8_t guard_size_bits;  /* which has so many */
    uint8_t ipc_buffer_bits;  /* log2 of its bytes */
    uint8_t message_registers;

    /* ELF files: the machine; the class is that of the word. */
    uint16_t elf_machine;

    /* Objects: log2 of bytes; where kernels differ, the smallest. */
    uint8_t slot_bits, tcb_bits, page_table_bits;
    uint8_t entry_bits; /* of a page table's entry */
    uint8_t max_untyped_bits;
    uint16_t asid_pool_entries;

    /* Address spaces. */
    const char *paging;     /* what manuals call its page tables, or NULL */
    const char *root_words; /* in messages: which kinds are roots */
    bool one_table_kind;    /* all levels are of one kind: the depth says what an entry maps */
    bool type_per_level;    /* the kernel has an object type, and a method that maps it, for each kind of table */
    bool guest_tables;      /* guests have page tables of their own kinds (EPT) */
    uint8_t table_levels;   /* where one_table_kind */
    uint8_t address_bits;   /* of addresses whose upper bits must all be the same; 0: any may be loaded */
    bool execute_never;     /* a mapping can forbid execution */
    bool cache_attribute;   /* a mapping can say uncached */
    bool coherent;          /* uncached accesses see what was written cached */
    struct capdl_arch_table tables[CAPDL_ARCH_MOST_TABLES]; /* from the root down; those of guests are last */
    uint8_t num_tables;
    const char *frame_words; /* in messages: sizes of frames */
    uint8_t frame_bits[CAPDL_ARCH_MOST_FRAMES];

    /* Threads: names as in registers.def. */
    const char *ip, *sp, *tls;
    const char *arguments[CAPDL_ARCH_MOST_ARGUMENTS];
    uint8_t num_arguments;   /* that go into registers */
    uint8_t stack_alignment; /* bytes */
    bool return_on_stack;    /* a function finds where to return to on the stack, below its arguments */
    bool tls_below;          /* the thread pointer is after the thread's data, and the word there holds itself */
    uint8_t tls_header;      /* bytes at the thread pointer that are the ABI's */
    uint16_t tls_alignment;  /* of the thread pointer, at least */

    /* Boards. */
    bool pc; /* memory is what firmware says, interrupts are vectors of I/O APICs and MSIs, devices have I/O ports */
    uint8_t cpus; /* enum capdl_cpu: cores that can run it */
};

const struct capdl_architecture *capdl_architecture(enum capdl_arch);

/* The architecture of a kernel that calls it so (SEL4_ARCH), CAPDL_ARCH_COUNT if we boot none. */
enum capdl_arch capdl_arch_of_kernel(const char *name);

/* "aarch64, riscv or x86_64". Returns text. */
char *capdl_arch_list(enum capdl_arch_names, char text[CAPDL_ARCH_LIST]);

/* Whether a spec whose `arch` line says the one may be for kernels of the other: the language has fewer words than
   there are kernels. */
bool capdl_arch_agree(enum capdl_arch, enum capdl_arch);

/* Whether we boot its kernels. */
bool capdl_arch_boots(enum capdl_arch);

/* The row of a kind of page table; NULL: the architecture has none of that kind. */
const struct capdl_arch_table *capdl_arch_table(enum capdl_arch, enum capdl_kind);

/* The kind of a thread's page table that is this many levels above the pages, itself included. */
enum capdl_kind capdl_arch_table_kind(enum capdl_arch, unsigned height);

static inline unsigned capdl_word_bytes(enum capdl_arch arch)
{
    return capdl_architecture(arch)->word_bits / 8u;
}

/* The largest number that fits into a word: all its bits. */
static inline uint64_t capdl_word_most(enum capdl_arch arch)
{
    return UINT64_MAX >> (64 - capdl_architecture(arch)->word_bits);
}

/* A word in a program's or kernel's memory. */
static inline uint64_t capdl_word_get(enum capdl_arch arch, const void *memory)
{
    const uint8_t *bytes = (const uint8_t *)memory;
    uint64_t word = 0;

    for (unsigned i = capdl_word_bytes(arch); i-- > 0;) {
        word = word << 8 | bytes[i];
    }
    return word;
}

static inline void capdl_word_put(enum capdl_arch arch, void *memory, uint64_t word)
{
    uint8_t *bytes = (uint8_t *)memory;

    for (unsigned i = 0; i < capdl_word_bytes(arch); i++) {
        bytes[i] = (uint8_t)(word >> 8 * i);
    }
}

/* The word by which a CNode capability is given its guard; and guard and size in it. */
static inline uint64_t capdl_guard_word(enum capdl_arch arch, uint64_t guard, unsigned size)
{
    const struct capdl_architecture *a = capdl_architecture(arch);

    return size ? guard << a->guard_shift | (uint64_t)size << a->guard_size_shift : 0;
}

static inline unsigned capdl_guard_size(enum capdl_arch arch, uint64_t word)
{
    const struct capdl_architecture *a = capdl_architecture(arch);

    return (unsigned)(word >> a->guard_size_shift) & ((1u << a->guard_size_bits) - 1);
}

static inline uint64_t capdl_guard_value(enum capdl_arch arch, uint64_t word)
{
    const struct capdl_architecture *a = capdl_architecture(arch);

    return word >> a->guard_shift & ((UINT64_C(1) << a->guard_bits) - 1);
}

#ifdef __cplusplus
}
#endif

#endif
