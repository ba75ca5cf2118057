/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start-up arguments that do not fit into registers. They go on the stack, as the platform's calling convention says,
 * so that a thread may begin in a function with that many parameters; the stack pointer starts that much
 * lower.
 *
 *     AArch64, RISC-V      x86-64
 *     |  argument 8  |     |  argument 7  |
 *     |  argument 7  | sp  |  argument 6  |
 *                          |  0 (nowhere  | sp, 8 more than a multiple of 16
 *                          |  to return)  |
 *
 * The words become contents of the frame that the thread's address space has there.
 */
#include <stdlib.h>

#include "image/program.h"
#include "image/registers.h"

static uint64_t num_on_stack(const struct program *program, const struct capdl_tcb *tcb)
{
    unsigned in_registers = capdl_architecture(program->profile->arch)->num_arguments;
    return tcb->num_init > in_registers ? tcb->num_init - in_registers : 0;
}

/* Address of the first argument on the stack. */
static uint64_t first_address(const struct program *program, uint64_t sp, uint64_t count)
{
    unsigned alignment = capdl_architecture(program->profile->arch)->stack_alignment;
    return (sp - capdl_word_bytes(program->profile->arch) * count) / alignment * alignment;
}

uint64_t arguments_sp(const struct program *program, const struct capdl_tcb *tcb)
{
    uint64_t count = num_on_stack(program, tcb);
    enum capdl_arch arch = program->profile->arch;
    uint64_t return_address = capdl_architecture(arch)->return_on_stack ? capdl_word_bytes(arch) : 0;
    return count ? first_address(program, tcb->sp, count) - return_address : tcb->sp;
}

/* The frame at an address, and the offset in it; CAPDL_NO_OBJECT if there is none. */
static uint32_t frame_at(const struct program *program, uint32_t root, uint64_t address, uint64_t *offset)
{
    const struct capdl_profile *profile = program->profile;
    uint32_t table = root;
    for (unsigned level = 0; level < profile->vspace_levels; level++) {
        unsigned shift = vspace_shift(profile, level);
        const struct capdl_cap *cap = capdl_spec_cap_at(program->spec, table, vspace_index(profile, level, address));
        if (!cap || cap->object == CAPDL_NO_OBJECT) {
            return CAPDL_NO_OBJECT;
        }
        if (cap->kind == CAPDL_KIND_FRAME) {
            *offset = address & ((UINT64_C(1) << shift) - 1);
            return cap->object;
        }
        table = cap->object;
    }
    return CAPDL_NO_OBJECT;
}

static void place_word(struct program *program, uint32_t frame, uint64_t offset, uint64_t value)
{
    program->words =
        memory_grow(program->words, &program->capacity_words, program->num_words + 1, sizeof(*program->words));
    program->words[program->num_words++] = (struct content_word){frame, offset, value};
}

static void place_thread(struct program *program, uint32_t object)
{
    const struct capdl_tcb *tcb = capdl_object_tcb(program->spec, object);
    const struct capdl_cap *vspace = capdl_spec_cap_at(program->spec, object, CAPDL_TCB_SLOT_VSPACE);
    uint64_t count = tcb ? num_on_stack(program, tcb) : 0, word = capdl_word_bytes(program->profile->arch);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t address = first_address(program, tcb->sp, count) + word * i, offset;
        uint32_t frame = vspace && vspace->object != CAPDL_NO_OBJECT
                             ? frame_at(program, vspace->object, address, &offset)
                             : CAPDL_NO_OBJECT;
        if (frame == CAPDL_NO_OBJECT) {
            program_error(program, object,
                          "has %zu start-up arguments, %llu of which go on the stack, but its address space has no "
                          "frame at 0x%llx (sp is 0x%llx)",
                          tcb->num_init, (unsigned long long)count, (unsigned long long)address,
                          (unsigned long long)tcb->sp);
            return;
        }
        place_word(program, frame, offset, tcb->init[tcb->num_init - count + i]);
    }
}

static int compare_words(const void *a, const void *b)
{
    const struct content_word *x = a, *y = b;
    if (x->frame != y->frame) {
        return x->frame < y->frame ? -1 : 1;
    }
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

void arguments_place(struct program *program)
{
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        if (capdl_object_kind(program->spec, i) == CAPDL_KIND_TCB) {
            place_thread(program, i);
        }
    }
    if (program->num_words == 0) {
        return;
    }
    qsort(program->words, program->num_words, sizeof(*program->words), compare_words);
    for (size_t i = 1; i < program->num_words; i++) {
        const struct content_word *word = &program->words[i];
        if (compare_words(word - 1, word) == 0 && word[-1].value != word->value) {
            program_error(program, word->frame,
                          "would hold two start-up arguments at offset 0x%llx: two threads start with the same stack",
                          (unsigned long long)word->offset);
        }
    }
}

const struct content_word *arguments_in(const struct program *program, uint32_t frame, uint64_t offset)
{
    struct content_word key = {frame, offset, 0};
    size_t low = 0, high = program->num_words;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_words(&program->words[middle], &key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < program->num_words && program->words[low].frame == frame ? &program->words[low] : NULL;
}
