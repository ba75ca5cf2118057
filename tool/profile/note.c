/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/note.h"

#include <stdio.h>

#include "profile/names.h"

enum { WORD_FLAGS, WORD_VERSION, WORD_DIGEST_LOW, WORD_DIGEST_HIGH, WORD_TABLES };

/* FNV-1a, 64 bits. */
static uint64_t digest(uint64_t so_far, uint64_t number)
{
    for (unsigned i = 0; i < 8; i++) {
        so_far = (so_far ^ (number >> (8 * i) & 0xff)) * UINT64_C(0x100000001b3);
    }
    return so_far;
}

/* Calls that configurations have or lack, at the same number: those to debug, and all after them in syscalls.def. */
static bool is_optional(size_t number)
{
    return number >= CAPDL_SYSCALL_DEBUG_PUTCHAR;
}

static uint64_t digest_of(const struct capdl_profile *p)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < CAPDL_SYSCALL_COUNT; i++) {
        sum = digest(sum, is_optional(i) ? 0 : (uint64_t)(int64_t)p->syscalls[i]);
    }
    for (size_t i = 0; i < CAPDL_METHOD_COUNT; i++) {
        sum = digest(sum, p->labels[i]);
    }
    for (size_t i = 0; i < CAPDL_TYPE_COUNT; i++) {
        sum = digest(sum, p->types[i]);
        sum = digest(sum, p->size_bits[i]);
    }
    for (size_t i = 0; i < CAPDL_FAULT_COUNT; i++) {
        sum = digest(sum, p->faults[i]);
    }
    return digest(sum, p->vspace_levels);
}

static uint64_t digest_names(uint64_t so_far, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (const char *c = names[i]; *c; c++) {
            so_far = digest(so_far, (unsigned char)*c);
        }
        so_far = digest(so_far, 0);
    }
    return so_far;
}

/* Headers of a capdl that knows other methods have other digests for the same kernel. */
static uint32_t tables(void)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    sum = digest_names(sum, syscall_ids, CAPDL_SYSCALL_COUNT);
    sum = digest_names(sum, method_ids, CAPDL_METHOD_COUNT);
    sum = digest_names(sum, type_ids, CAPDL_TYPE_COUNT);
    sum = digest_names(sum, fault_ids, CAPDL_FAULT_COUNT);
    return (uint32_t)(sum ^ sum >> 32);
}

static uint32_t version_of(const struct capdl_profile *p)
{
    unsigned part[3] = {0};
    sscanf(p->version, "%3u.%3u.%3u", &part[0], &part[1], &part[2]);
    return (part[0] & 0xff) << 16 | (part[1] & 0xff) << 8 | (part[2] & 0xff);
}

void profile_note(const struct capdl_profile *p, uint32_t words[PROFILE_NOTE_WORDS])
{
    uint64_t sum = digest_of(p);
    words[WORD_FLAGS] = (p->mcs ? PROFILE_NOTE_MCS : 0) | (p->smp ? PROFILE_NOTE_SMP : 0) |
                        (p->hypervisor ? PROFILE_NOTE_HYPERVISOR : 0) | (p->sysenter ? PROFILE_NOTE_SYSENTER : 0) |
                        (p->printing ? PROFILE_NOTE_PRINTING : 0);
    words[WORD_VERSION] = version_of(p);
    words[WORD_DIGEST_LOW] = (uint32_t)sum;
    words[WORD_DIGEST_HIGH] = (uint32_t)(sum >> 32);
    words[WORD_TABLES] = tables();
}

static const struct {
    uint32_t flag;
    const char *with, *without;
} kinds[] = {
    {PROFILE_NOTE_MCS, "an MCS kernel", "a kernel without MCS"},
    {PROFILE_NOTE_SYSENTER, "a kernel entered by SYSENTER", "a kernel entered by SYSCALL"},
    {PROFILE_NOTE_SMP, "a multicore kernel", "a single-core kernel"},
    {PROFILE_NOTE_HYPERVISOR, "a hypervisor kernel", "a kernel without hypervisor support"},
};

bool profile_note_differs(const uint32_t words[PROFILE_NOTE_WORDS], const struct capdl_profile *p,
                          char text[PROFILE_NOTE_TEXT])
{
    uint32_t here[PROFILE_NOTE_WORDS], built = words[WORD_FLAGS], version = words[WORD_VERSION];
    profile_note(p, here);
    bool same_tables = words[WORD_TABLES] == here[WORD_TABLES];
    bool numbers = words[WORD_DIGEST_LOW] != here[WORD_DIGEST_LOW] || words[WORD_DIGEST_HIGH] != here[WORD_DIGEST_HIGH];
    bool entry = (built ^ here[WORD_FLAGS]) & (PROFILE_NOTE_SYSENTER | PROFILE_NOTE_MCS);
    numbers = same_tables && numbers;
    if (!numbers && !entry) {
        snprintf(text, PROFILE_NOTE_TEXT, "a kernel with a debug console");
        return built & ~here[WORD_FLAGS] & PROFILE_NOTE_PRINTING;
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if ((built ^ here[WORD_FLAGS]) & kinds[i].flag) {
            snprintf(text, PROFILE_NOTE_TEXT, "%s", built & kinds[i].flag ? kinds[i].with : kinds[i].without);
            return true;
        }
    }
    if (version != here[WORD_VERSION] && version) {
        snprintf(text, PROFILE_NOTE_TEXT, "seL4 %u.%u.%u", version >> 16 & 0xff, version >> 8 & 0xff, version & 0xff);
    } else {
        snprintf(text, PROFILE_NOTE_TEXT, "a kernel configured differently");
    }
    return true;
}
