/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables of capDL and of seL4 as enumerations. Each table is a .def file that stands alone in its truth: parser,
 * printer, encoder, decoder and checker expand the same one. Freestanding: usable by the initialiser.
 */
#ifndef CAPDL_FACTS_H
#define CAPDL_FACTS_H

#ifdef __cplusplus
extern "C" {
#endif

enum capdl_arch {
#define CAPDL_ARCH(id, initial) CAPDL_ARCH_##id,
#include <capdl/arch.def>
    CAPDL_ARCH_COUNT
};

/* What a capability of a spec refers to. */
enum capdl_kind {
#define CAPDL_KIND(id, keyword, arches, name, class, height, type, holds, traits) CAPDL_KIND_##id,
#include <capdl/kinds.def>
#undef CAPDL_KIND
    CAPDL_KIND_COUNT
};

/* Sorts of kinds. */
enum capdl_class {
    CAPDL_CLASS_OBJECT,    /* a kernel object that none of the others describes */
    CAPDL_CLASS_MEMORY,    /* untypeds and frames */
    CAPDL_CLASS_TABLE,     /* page tables of threads */
    CAPDL_CLASS_EPT,       /* page tables of guests on x86-64 */
    CAPDL_CLASS_IO_TABLE,  /* page tables of devices */
    CAPDL_CLASS_INTERRUPT, /* handlers, issued by IRQ control */
    CAPDL_CLASS_ISSUED,    /* other capabilities without an object, issued by a control capability */
    CAPDL_CLASS_DEVICE,    /* what an IOMMU knows of a device */
    CAPDL_CLASS_SPEC_ONLY, /* of the language: the kernel has nothing of it */
    CAPDL_CLASS_CONTROL,   /* capabilities that the kernel has from the start */
};

/* What the slots of a kind may hold. */
enum capdl_holds {
    CAPDL_HOLDS_NOTHING,
    CAPDL_HOLDS_ANYTHING,
    CAPDL_HOLDS_THREAD, /* each slot of a TCB has its own rule: tcbslots.def */
    CAPDL_HOLDS_PAGES,  /* frames and the page tables below */
    CAPDL_HOLDS_SPACES, /* roots of address spaces, of threads and guests */
    CAPDL_HOLDS_VSPACE, /* the root of a thread's address space */
    CAPDL_HOLDS_IO_TABLE,
    CAPDL_HOLDS_IO_PAGES, /* frames and I/O page tables */
    CAPDL_HOLDS_CONTEXT_BANK,
    CAPDL_HOLDS_NOTIFICATION,
    CAPDL_HOLDS_FRAME,
};

enum capdl_trait {
    CAPDL_TRAIT_RIGHTS = 1,   /* its capabilities have rights that mean something */
    CAPDL_TRAIT_BADGE = 2,    /* its capabilities have a badge */
    CAPDL_TRAIT_SIZE = 4,     /* it has a size that the spec says */
    CAPDL_TRAIT_NUMBERS = 8,  /* it is one device or interrupt of several: enum capdl_number */
    CAPDL_TRAIT_GUARD = 16,   /* its capabilities have a guard */
    CAPDL_TRAIT_REPLY = 32,   /* its capabilities may be those of a caller */
    CAPDL_TRAIT_ASID = 64,    /* its capabilities may say an ASID */
    CAPDL_TRAIT_PAGE = 128,   /* its capabilities map memory: caching, and which page table */
    CAPDL_TRAIT_CORE = 256,   /* its capabilities are for one core */
    CAPDL_TRAIT_SINGLE = 512, /* the kernel has one, never copies it and issues others from it */
};

enum capdl_right {
#define CAPDL_RIGHT(id, letter, frame_letter, bit, name) CAPDL_RIGHT_##id = 1 << (bit),
#include <capdl/rights.def>
#undef CAPDL_RIGHT
    CAPDL_RIGHTS_ALL = 15,
    CAPDL_RIGHT_EXECUTE = CAPDL_RIGHT_GRANT, /* of frames, to which Grant means nothing */
};

enum capdl_tcb_slot {
#define CAPDL_TCB_SLOT(id, number, name) CAPDL_TCB_SLOT_##id = (number),
#include <capdl/tcbslots.def>
#undef CAPDL_TCB_SLOT
    CAPDL_TCB_SLOT_COUNT
};

enum capdl_kernel_error {
#define CAPDL_KERNEL_ERROR(id, number, name) CAPDL_ERROR_##id = (number),
#include <capdl/errors.def>
#undef CAPDL_KERNEL_ERROR
    CAPDL_ERROR_COUNT
};

enum capdl_phase {
#define CAPDL_PHASE(id, number, name) CAPDL_PHASE_##id = (number),
#include <capdl/phases.def>
#undef CAPDL_PHASE
    CAPDL_PHASE_COUNT
};

enum capdl_syscall {
#define CAPDL_SYSCALL(id, name) CAPDL_SYSCALL_##id,
#include <capdl/syscalls.def>
#undef CAPDL_SYSCALL
    CAPDL_SYSCALL_COUNT
};

/* Kernel object types; a kernel's own numbers for them are in its profile. */
enum capdl_type {
#define CAPDL_TYPE(id, ...) CAPDL_TYPE_##id,
#include <capdl/types.def>
#undef CAPDL_TYPE
    CAPDL_TYPE_COUNT,
    CAPDL_TYPE_NONE = CAPDL_TYPE_COUNT
};

enum capdl_method {
#define CAPDL_METHOD(id, name, ...) CAPDL_METHOD_##id,
#include <capdl/methods.def>
    CAPDL_METHOD_COUNT
};

enum capdl_check {
    CAPDL_CHECK_NONE, /* of what cannot be switched off */
#define CAPDL_CHECK(id, severity, name, text) CAPDL_CHECK_##id,
#include <capdl/checks.def>
    CAPDL_CHECK_COUNT
};

/* Kernel faults; a kernel's own numbers for them are in its profile. */
enum capdl_fault {
#define CAPDL_FAULT(id, name, text) CAPDL_FAULT_##id,
#include <capdl/faults.def>
#undef CAPDL_FAULT
    CAPDL_FAULT_COUNT
};

/* The most that a kernel can be configured for (config.cmake of seL4). */
enum { CAPDL_MOST_PRIORITIES = 256, CAPDL_MOST_DOMAINS = 256, CAPDL_MOST_CORES = 256 };

/* Slots of the initial task's CNode (libsel4/include/sel4/bootinfo_types.h); the same in every kernel from 13.0.0 on.
 */
enum capdl_initial_cap {
#define CAPDL_INITIAL_CAP(id, number, name, kind) CAPDL_INITIAL_##id = (number),
#include <capdl/initialcaps.def>
#undef CAPDL_INITIAL_CAP
    CAPDL_INITIAL_COUNT
};

#ifdef __cplusplus
}
#endif

#endif
