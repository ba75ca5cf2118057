/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What instructions.c and the tables of snippets, instructions_*.S, have in common: the pages that snippets access.
 * Both the compiler and the assembler read it.
 *
 *      ARENA  page      second    -         third     read-only no rights fourth    -
 *      + 0    1000      2000      3000      4000      5000      6000      7000
 *
 *      + 8000 code      -         no code   device    write-only -        and the last page of user space
 *             8000      9000      a000      b000      c000      d000
 */
#ifndef INSTRUCTIONS_H
#define INSTRUCTIONS_H

#define ARENA 0x3000000000
#define ARENA_SECOND (ARENA + 0x1000)
#define ARENA_HOLE (ARENA + 0x2000)
#define ARENA_THIRD (ARENA + 0x3000)
#define ARENA_READ_ONLY (ARENA + 0x4000)
#define ARENA_NO_RIGHTS (ARENA + 0x5000)
#define ARENA_FOURTH (ARENA + 0x6000)
#define ARENA_CODE (ARENA + 0x8000)
#define ARENA_NO_CODE (ARENA + 0xa000)
#define ARENA_DEVICE (ARENA + 0xb000)
#define ARENA_WRITE_ONLY (ARENA + 0xc000)

/* Where the stack of a snippet starts; it may push. */
#define SNIPPET_STACK (ARENA_SECOND + 0xff0)

/* What a record of the table asks for. */
#define SHOW 1        /* the registers it leaves are the same on every run: print them */
#define WITHOUT_FPU 2 /* may not use the floating-point unit */

#endif
