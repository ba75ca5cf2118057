/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the header for programs leaves in them: an ELF note that says which kind of kernel they are built for. It is in
 * a section that is not loaded, and linkers merge notes that are equal. docs/profile.md shows its layout.
 */
#ifndef TOOL_PROFILE_NOTE_H
#define TOOL_PROFILE_NOTE_H

#include <capdl/profile.h>

/* Not .note...: assemblers let none with such a name be merged, and linker scripts drop them. */
#define PROFILE_NOTE_SECTION ".capdl.kernel"
#define PROFILE_NOTE_NAME "capdl"

enum {
    PROFILE_NOTE_NAME_0 = 0x64706163, /* the name's bytes as they are in little-endian words */
    PROFILE_NOTE_NAME_1 = 0x6c,
    PROFILE_NOTE_TYPE = 1,
    PROFILE_NOTE_WORDS = 5,
    PROFILE_NOTE_SIZE = 3 * 4 + 8 + PROFILE_NOTE_WORDS * 4, /* header, padded name, words */
};

enum profile_note_flag {
    PROFILE_NOTE_MCS = 1,
    PROFILE_NOTE_SMP = 2,
    PROFILE_NOTE_HYPERVISOR = 4,
    PROFILE_NOTE_SYSENTER = 8,
    PROFILE_NOTE_PRINTING = 16,
};

/* The note of programs for this kernel: flags, version (a byte each), a digest of the numbers that programs use, in two
   words, and one of which numbers are in that, which depends on who made the header. */
void profile_note(const struct capdl_profile *, uint32_t words[PROFILE_NOTE_WORDS]);
enum { PROFILE_NOTE_TEXT = 96 };
/* Whether programs with this note are for another kind of kernel than this one; then `text` says for which. */
bool profile_note_differs(const uint32_t words[PROFILE_NOTE_WORDS], const struct capdl_profile *,
                          char text[PROFILE_NOTE_TEXT]);

#endif
