/* SPDX-License-Identifier: BSD-2-Clause */
/* The phases, run natively on a fake kernel: the very calls they make, worked out by hand, and how each way to
   fail ends. */
#include "system.h"

#include <stdio.h>
#include <string.h>

/*
 * Slots from 100, untypeds from 60. The 64 KiB at 2 GiB: two small frames and the TCB before the frame at
 * 0x3000, which needs no padding as the TCB is followed by less than a page; the 2 MiB frame in the untyped
 * that is just as large. The digests of these calls are not from the code under test.
 */
static const char expected_calls[] =
    "1 0x61 (0x2) 0x8 0 0 0 0x65 0x2\n" /* small[0], small[1] */
    "1 0x61 (0x2) 0x1 0 0 0 0x67 0x1\n" /* thread */
    "1 0x61 (0x2) 0x8 0 0 0 0x68 0x1\n" /* the frame at 0x80003000 */
    "1 0x61 (0x2) 0 0xe 0 0 0x69 0x1\n" /* the untyped at 0x80004000 */
    "1 0x63 (0x2) 0x9 0 0 0 0x64 0x1\n" /* big */
    "1 0x69 (0x2) 0x8 0 0 0 0x6a 0x2\n" /* the untyped's children */
    "41 0x64 (0x3) 0x200000 0x3 0x5\n"  /* big, for two fills */
    "43 0x64 () 0x1000 0x3000\n"
    "42 0x64 ()\n"
    "42 0x4d ()\n"                   /* our own page out of the window, which is only for small frames */
    "41 0x65 (0x3) 0x1000 0x3 0x5\n" /* small[0], and the same fill goes on in small[1] */
    "44 0x65 () 0 0x1000\n"
    "42 0x65 ()\n"
    "41 0x66 (0x3) 0x1000 0x3 0x5\n"
    "44 0x66 () 0 0x1000\n"
    "42 0x66 ()\n"
    "30 0x2 (0x2) 0x6c 0x40 0x65 0x40 0xf\n"
    "41 0x18 (0x64) 0x10000\n" /* pages are the image's frames from 24 on */
    "41 0x19 (0x64) 0x11000\n"
    "41 0x1a (0x64) 0x12000\n"
    "41 0x1b (0x64) 0x13000\n"
    "31 0x10 (0x67) 0x3e8 0x3e8 0 0 0 0x7\n"
    "32 0x67 () 0x1 0x2 0x400000 0x7000\n"
    "11 0x1 ()\n";

/* Said when only the start is left to do. */
static const char booted[] = "capdl: booted: 8 objects, 5 pages in place, 22 kernel calls, "
                             "2162688 bytes of untyped memory touched, digest 0x4de9c94253578c86\n";

static void check_good_boot(struct fake *fake)
{
    fake_boot(fake);
    CHECK(fake->stopped);
    check_text("calls", fake->log, expected_calls);
    check_text("console", fake->console, booted);
    CHECK(header.phase == CAPDL_PHASE_DONE && header.kernel_error == 0 && header.num_calls == 24);
    CHECK(header.digest == UINT64_C(0xdab5b08bfa90022e));
    CHECK(fake->calls_when_said == 22);
    CHECK(fake->code_written);
    CHECK(fake->frames[0][4095] == 0 && fake->frames[0][4096] == 2 && fake->frames[0][8192] == 3);
    CHECK(fake->frames[0][12288] == 5 && fake->frames[0][16383] == 5);
    CHECK(fake->frames[1][0] == 1 && fake->frames[1][4096] == 0 && fake->frames[2][4095] == 2);
}

/* Whichever call fails: boot stops there, says so, leaves the record, and nothing was started. The last starts. */
static void check_failing_calls(struct fake *fake)
{
    uint64_t last;
    fake_boot(fake);
    last = header.num_calls - 1;
    for (fake->refuse = 1, fake->error = CAPDL_ERROR_DELETE_FIRST; fake->refuse <= last; fake->refuse++) {
        fake_boot(fake);
        CHECK(fake->stopped &&
              header.num_calls == fake->refuse + 1 + (fake->refuse == last)); /* suspends what it started */
        CHECK(header.kernel_error == CAPDL_ERROR_DELETE_FIRST && header.method != 0);
        CHECK(strncmp(fake->console, "capdl: ", 7) == 0 && strstr(fake->console, " failed: DeleteFirst (8)"));
        CHECK(fake->refuse == last || !strstr(fake->log, "\n32 "));
        CHECK(strcmp(fake->log + strlen(fake->log) - strlen("11 0x1 ()\n"), "11 0x1 ()\n") == 0);
    }
    fake->refuse = 0;
}

static void check_messages(struct fake *fake)
{
    char both[300];
    check_message(fake, 5, CAPDL_ERROR_NOT_ENOUGH_MEMORY,
                  "capdl: creating objects: Untyped_Retype(99, our CNode, 9, 0, 0, 0, 100, 1) for big failed: "
                  "NotEnoughMemory (10)\n");
    CHECK(header.phase == CAPDL_PHASE_OBJECTS && header.method == FAKE_RETYPE && header.object == 0);
    check_message(fake, 11, CAPDL_ERROR_FAILED_LOOKUP,
                  "capdl: filling frames: Page_Map(small[0], our VSpace, 0x1000, 3, 5) for small[0] failed: "
                  "FailedLookup (6)\n");
    check_message(fake, 20, CAPDL_ERROR_DELETE_FIRST,
                  "capdl: mapping pages: Page_Map(page 2, big, 0x12000) failed: DeleteFirst (8)\n");
    CHECK(header.phase == CAPDL_PHASE_PAGES && header.detail[0] == 0x12000 && header.object == UINT64_MAX);
    snprintf(both, sizeof(both), "%s%s", booted,
             "capdl: starting threads: TCB_WriteRegisters(thread, 1, 2, 0x400000, 0x7000) failed:  (99)\n");
    check_message(fake, 23, 99, both);
    CHECK(header.object == 3 && header.detail[0] == 1 && header.detail[1] == 2);
}

static void check_stripped(struct fake fake)
{
    struct encoder e;
    encode_system(&e, &(struct system){.nameless = true});
    fake.blob = e.bytes;
    fake.blob_size = e.size;
    check_message(&fake, 1, 2,
                  "capdl: creating objects: Untyped_Retype(97, our CNode, 8, 0, 0, 0, 101, 2) for slot 1 failed: "
                  "InvalidCapability (2)\n");
    encode_system(&e, &(struct system){.core = 1, .nameless = true});
    check_message(&fake, 0, 0, "capdl: reading the blob: no SchedControl of core 1, the kernel has 1 cores\n");
    CHECK(!strstr(fake.log, "\n32 "));
}

/* Two slots too few: the larger CSpace comes first, and capability pointers get the highest bit. */
static void check_large_cspace(struct fake fake)
{
    static const char expected[] =
        "1 0x62 (0x2) 0x4 0xc 0 0 0x65 0x1\n"     /* the leaf, slot 101, in the 4 MiB that will also hold `big` */
        "1 0x62 (0x2) 0x4 0x1 0 0 0x64 0x1\n"     /* the root, slot 100 */
        "21 0x64 (0x2) 0 0x1 0x2 0x40 0xf 0x33\n" /* guards of 63 - 12 and 63 - 12 - 12 bits */
        "21 0x64 (0x2) 0x1 0x1 0x2 0x40 0xf 0x27\n"
        "10 0x1 (0 0x64 0x3) 0 0\n"
        "1 0x61 (0x64) 0x8 0 0x65 0x40 0x1 0x2\n"; /* small[0]: slot 1 of the leaf at 101 */
    fake.empty_slots = 8;
    fake_boot(&fake);
    CHECK(header.phase == CAPDL_PHASE_DONE);
    if (strncmp(fake.log, expected, sizeof(expected) - 1) != 0) {
        check_text("calls of a larger CSpace", fake.log, expected);
    }
    CHECK(strstr(fake.log, "\n32 0x8000000000065003 () 0x1 0x2"));
    CHECK(strstr(fake.log, "\n30 0x64 (0x64) 0x8000000000065008 0x40 0x8000000000065001 0x40 0xf\n"));
    check_failing_calls(&fake);
    fake.empty_slots = 1;
    check_message(&fake, 0, 0, "capdl: planning memory: our own CSpace: 1 slots too few in the initial CNode\n");
}

static void check_memory(struct fake fake)
{
    struct fake less = fake;
    less.num_untypeds = 2;
    check_message(&less, 0, 0,
                  "capdl: planning memory: big: objects of 0x200000 bytes and more lack 0x200000 bytes of memory; "
                  "free: 0x8000 bytes, largest piece 0x8000\n");
    CHECK(strcmp(less.log, "11 0x1 ()\n") == 0 && header.object == 0);
    less = fake;
    less.untypeds[1].size_bits = 14;
    check_message(&less, 0, 0,
                  "capdl: planning memory: threes010: no untyped memory holds 0x4000 bytes at 0x80004000\n");
    CHECK(header.detail[0] == 0x80004000 && header.detail[1] == 0x4000);
}

/* Where a text of three characters stands in the blob. */
static size_t name_of(const struct fake *fake, const char *text)
{
    const uint8_t *found = memmem(fake->blob, fake->blob_size, text, 3);
    CHECK(found);
    return found ? (size_t)(found - fake->blob) : 1;
}

static void check_damaged(struct fake fake)
{
    const size_t size = fake.blob_size;
    uint8_t bytes[4096];
    memcpy(bytes, fake.blob, size);
    fake.blob = bytes;
    fake.blob_size--;
    fake_boot(&fake);
    CHECK(header.phase == CAPDL_PHASE_DONE); /* boot does without names */
    check_message(&fake, 5, CAPDL_ERROR_NOT_ENOUGH_MEMORY,
                  "capdl: creating objects: Untyped_Retype(99, our CNode, 9, 0, 0, 0, 100, 1) for big failed: "
                  "NotEnoughMemory (10)\n");
    memcpy(bytes + name_of(&fake, "big"), "\x1b[m", 3); /* as it would be for a terminal */
    check_message(&fake, 5, CAPDL_ERROR_NOT_ENOUGH_MEMORY,
                  "capdl: creating objects: Untyped_Retype(99, our CNode, 9, 0, 0, 0, 100, 1) for ?[m failed: "
                  "NotEnoughMemory (10)\n");
    bytes[name_of(&fake, "\x1b[m") - 1] = 0x7b; /* a text longer than what follows */
    check_message(&fake, 5, CAPDL_ERROR_NOT_ENOUGH_MEMORY,
                  "capdl: creating objects: Untyped_Retype(99, our CNode, 9, 0, 0, 0, 100, 1) for slot 0 failed: "
                  "NotEnoughMemory (10)\n");
    fake.blob_size = fake.blob_size / 2;
    fake_boot(&fake);
    CHECK(strstr(fake.console, "capdl: reading the blob: damaged at byte "));
    CHECK(header.phase == CAPDL_PHASE_OPEN);
    fake.blob_size = size;
    fake.num_pages--;
    check_message(&fake, 0, 0, "capdl: reading the blob: 5 pages in the blob, 4 here\n");
    bytes[2] = 0xff; /* in the profile: no console can be known */
    fake_boot(&fake);
    CHECK(fake.stopped && fake.console[0] == 0 && fake.log[0] == 0 && header.detail[0] == 2);
}

int main(void)
{
    static struct encoder e;
    static struct fake fake;
    encode_system(&e, &(struct system){NULL});
    fake = system_on(&e);
    check_good_boot(&fake);
    check_failing_calls(&fake);
    check_messages(&fake);
    check_stripped(fake);
    check_large_cspace(fake);
    check_memory(fake);
    check_damaged(fake);
    return failures != 0;
}
