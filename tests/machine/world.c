/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "profile/profile.h"

enum { IMAGE = 0x400000, CODE = 0x1000 };

static int num_failures;

void expect(const char *file, int line, const char *text, int64_t actual, int64_t expected)
{
    if (actual == expected) {
        return;
    }
    num_failures++;
    printf("%s:%d: %s is %lld, expected %lld\n", file, line, text, (long long)actual, (long long)expected);
}

int failures(void)
{
    return num_failures != 0;
}

/* A program that nobody runs. */
static void make_elf(uint8_t *bytes, uint64_t size)
{
    Elf64_Ehdr header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                         .e_type = ET_EXEC,
                         .e_entry = IMAGE,
                         .e_phoff = sizeof(header),
                         .e_phentsize = sizeof(Elf64_Phdr),
                         .e_phnum = 1};
    Elf64_Phdr load = {.p_type = PT_LOAD, .p_vaddr = IMAGE, .p_memsz = size, .p_filesz = 0};
    memcpy(bytes, &header, sizeof(header));
    memcpy(bytes + sizeof(header), &load, sizeof(load));
}

static void find_untypeds(struct world *w)
{
    for (uint64_t slot = w->base; slot-- > CAPDL_INITIAL_COUNT;) {
        const struct cap *cap = &w->info.root->slots[slot].cap;
        if (cap->type != CAP_UNTYPED) {
            break;
        }
        if (cap->flags & CAP_FLAG_DEVICE && cap->bits >= 12) {
            w->device = slot;
        }
        if (!(cap->flags & CAP_FLAG_DEVICE) && cap->bits >= 23) {
            w->untyped = slot;
        }
    }
}

struct world *world_new(const char *name)
{
    return world_new_profile(profile_builtin(name));
}

struct world *world_new_profile(const struct capdl_profile *profile)
{
    static uint8_t elf[sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr)];
    struct world *w = calloc(1, sizeof(*w));
    struct capdl_diags diags = {NULL};
    make_elf(elf, CODE);
    struct boot_options options = {.name = "test", .elf = elf, .elf_size = sizeof(elf)};
    w->k = profile ? kernel_create(profile, NULL) : NULL;
    if (!w->k || !boot(w->k, &options, &w->info, &diags)) {
        capdl_diags_print(&diags, stderr, 0);
        exit(1);
    }
    capdl_diags_free(&diags);
    w->base = w->info.first_empty;
    find_untypeds(w);
    return w;
}

bool world_boots(const char *name, uint64_t image_size)
{
    uint8_t elf[sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr)];
    struct boot_options options = {.name = "test", .elf = elf, .elf_size = sizeof(elf)};
    struct boot_info info = {0};
    struct capdl_diags diags = {NULL};
    struct kernel *k = kernel_create(profile_builtin(name), NULL);
    make_elf(elf, image_size);
    bool good = k && boot(k, &options, &info, &diags);
    kernel_free(k);
    capdl_diags_free(&diags);
    return good;
}

void world_free(struct world *w)
{
    kernel_free(w->k);
    free(w);
}

enum capdl_kernel_error world_call(struct world *w, uint64_t cptr, enum capdl_method method, unsigned words,
                                   const uint64_t *word, unsigned caps, const uint64_t *cap)
{
    w->reply = (struct kernel_message){.label = kernel_label(w->k, method), .length = words, .caps = caps};
    if (words) {
        memcpy(w->reply.words, word, words * sizeof(*word));
    }
    if (caps) {
        memcpy(w->reply.cap, cap, caps * sizeof(*cap));
    }
    return kernel_call(w->k, cptr, &w->reply);
}

uint64_t slot_at(const struct world *w, unsigned n)
{
    return w->base + n;
}

struct slot *slot_of(const struct world *w, unsigned n)
{
    return &w->info.root->slots[w->base + n];
}

enum capdl_kernel_error world_retype(struct world *w, uint64_t from, enum capdl_type type, uint64_t size, unsigned slot,
                                     uint64_t count)
{
    return world_call(w, from, CAPDL_METHOD_UNTYPED_RETYPE,
                      WORDS(w->k->profile->types[type], size, 0, 0, slot_at(w, slot), count),
                      WORDS(CAPDL_INITIAL_CNODE));
}

enum capdl_kernel_error world_copy(struct world *w, unsigned dest, uint64_t source, uint64_t rights)
{
    return world_call(w, CAPDL_INITIAL_CNODE, CAPDL_METHOD_CNODE_COPY, WORDS(slot_at(w, dest), 64, source, 64, rights),
                      WORDS(CAPDL_INITIAL_CNODE));
}

enum capdl_kernel_error world_mint(struct world *w, unsigned dest, uint64_t source, uint64_t rights, uint64_t badge)
{
    return world_call(w, CAPDL_INITIAL_CNODE, CAPDL_METHOD_CNODE_MINT,
                      WORDS(slot_at(w, dest), 64, source, 64, rights, badge), WORDS(CAPDL_INITIAL_CNODE));
}

enum capdl_kernel_error world_delete(struct world *w, uint64_t slot)
{
    return world_call(w, CAPDL_INITIAL_CNODE, CAPDL_METHOD_CNODE_DELETE, WORDS(slot, 64), NONE);
}

enum capdl_kernel_error world_revoke(struct world *w, uint64_t slot)
{
    return world_call(w, CAPDL_INITIAL_CNODE, CAPDL_METHOD_CNODE_REVOKE, WORDS(slot, 64), NONE);
}

static bool slots_sound(const struct slot *slots, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        const struct slot *slot = &slots[i];
        bool empty = slot->cap.type == CAP_NULL;
        if ((empty && (slot->prev || slot->next)) || (slot->prev && slot->prev->next != slot) ||
            (slot->next && slot->next->prev != slot)) {
            printf("slot %llu is linked wrongly\n", (unsigned long long)i);
            return false;
        }
    }
    return true;
}

static bool queues_sound(const struct kernel *k)
{
    for (unsigned priority = 0; priority < CAPDL_MOST_PRIORITIES; priority++) {
        for (const struct tcb *thread = k->ready[0][priority].head; thread; thread = thread->queue_next) {
            if (!thread->queued || thread->priority != priority || !thread_is_schedulable(k, thread)) {
                printf("a thread of state %d is queued at priority %u\n", (int)thread->state, priority);
                return false;
            }
            if (k->profile->mcs && !(refill_ready(k, thread->sc) && refill_sufficient(k, thread->sc, 0))) {
                printf("a thread without budget is queued at priority %u\n", priority);
                return false;
            }
        }
    }
    return true;
}

bool world_is_sound(const struct world *w)
{
    for (const struct tcb *thread = w->k->threads; thread; thread = thread->all_next) {
        if (!slots_sound(thread->slots, TCB_SLOTS)) {
            return false;
        }
    }
    return slots_sound(w->info.root->slots, w->info.num_slots) && queues_sound(w->k);
}
