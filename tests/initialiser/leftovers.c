/* SPDX-License-Identifier: BSD-2-Clause */
/* What is left, handed over on the fake kernel: the calls, and what the domain is told. Worked out by hand. */
#include <stdlib.h>
#include <string.h>

#include <capdl/leftovers.h>

#include "system.h"

enum { FIRST = 64 };

static struct encoder blob;
static struct fake fake;

/* To slot 3, taken for a CNode of 2^8 slots; slot 2 is the frame. Page 4 is copied, and scratch lies 12 pages behind.
 */
static struct system leaving(uint64_t slots, uint64_t devices)
{
    return (struct system){
        .left = {[CAPDL_SIZE_LEFT_SLOTS] = slots,
                 [CAPDL_SIZE_LEFT_CNODE] = 3,
                 [CAPDL_SIZE_LEFT_BITS] = 8,
                 [CAPDL_SIZE_LEFT_FIRST] = FIRST,
                 [CAPDL_SIZE_LEFT_FRAME] = 2,
                 [CAPDL_SIZE_LEFT_PAGE] = 4,
                 [CAPDL_SIZE_LEFT_KINDS] = devices ? CAPDL_LEFT_RAM | CAPDL_LEFT_DEVICES : CAPDL_LEFT_RAM,
                 [CAPDL_SIZE_LEFT_NAME] = 9}};
}

static void encode(const struct system *system)
{
    encode_system(&blob, system);
    fake = system_on(&blob);
}

static const struct capdl_leftovers *boot(void)
{
    fake_boot(&fake);
    if (header.phase != CAPDL_PHASE_DONE) {
        fprintf(stderr, "leftovers.c: the boot stopped in phase %u and said: %s\n", (unsigned)header.phase,
                fake.console);
        exit(1);
    }
    return (const struct capdl_leftovers *)fake.frames[2];
}

/* Of the 64 KiB at 2 GiB, the second half is behind the objects; the 4 MiB are untouched, the 2 MiB full. */
static void untypeds_and_pages(void)
{
    static const char expected[] =
        "41 0x66 (0x3) 0x1000 0x3 0x5\n"                    /* the description */
        "1 0x61 (0x2) 0 0xf 0x67 " FAKE_DEPTH " 0x41 0x1\n" /* 2^15 bytes of the 64 KiB, the smallest first */
        "22 0x67 (0x2) 0x40 0x8 0x62 " FAKE_DEPTH "\n"      /* the 4 MiB */
        "44 0x1c () 0 0x1000\n"                             /* page 4 */
        "42 0x1c ()\n"
        "22 0x67 (0x2) 0x42 0x8 0x1c " FAKE_DEPTH "\n"
        "44 0x1d () 0 0x1000\n"
        "42 0x1d ()\n"
        "22 0x67 (0x2) 0x43 0x8 0x1d " FAKE_DEPTH "\n"
        "42 0x66 ()\n"
        "30 0x2 "; /* the blob's first call */
    const struct system system = leaving(4, 0);
    const struct capdl_leftovers *left;
    const char *at;
    encode(&system);
    left = boot();
    at = strstr(fake.log, "43 0x64 ");
    at = at ? strstr(at, "42 0x66 ()\n") : NULL;
    CHECK(at && strncmp(at + strlen("42 0x66 ()\n"), expected, sizeof(expected) - 1) == 0);
    CHECK(left->version == 1 && left->first_untyped == FIRST);
    CHECK(left->num_untypeds == 2 && left->untypeds_left_out == 0);
    CHECK(left->first_frame == FIRST + 2 && left->num_frames == 2 && left->frames_left_out == 12);
    CHECK(left->untypeds[0].address == 0x80400000 && left->untypeds[0].size_bits == 22);
    CHECK(!left->untypeds[0].is_device);
    CHECK(left->untypeds[1].address == 0x80008000 && left->untypeds[1].size_bits == 15);
    CHECK(!left->untypeds[1].source && !left->untypeds[1].number && !left->untypeds[2].size_bits);
    CHECK(((const uint8_t *)(uintptr_t)header.pages_start)[4 * CAPDL_PAGE_SIZE] == 0);
    CHECK(((const uint8_t *)(uintptr_t)header.pages_start)[3 * CAPDL_PAGE_SIZE] == 4);
}

/* Objects with addresses are in device memory, behind padding of 8 and 4 KiB. Of the 4 MiB, 2 MiB and 10 KiB are used.
 */
static void on_device_memory(uint64_t slots, uint64_t devices)
{
    const struct system system = leaving(slots, devices);
    encode(&system);
    fake.untypeds[1].is_device = 1;
}

static void padding_and_devices(void)
{
    static const struct {
        uint64_t address;
        unsigned size_bits, is_device;
    } expected[] = {
        {0x80800000, 21, 0}, {0x80700000, 20, 0}, {0x80680000, 19, 0}, {0x80640000, 18, 0}, {0x80620000, 17, 0},
        {0x80610000, 16, 0}, {0x80608000, 15, 0}, {0x80604000, 14, 0}, {0x80603000, 12, 0}, {0x80008000, 15, 1},
        {0x80000000, 13, 1}, {0x80002000, 12, 1}, {0x1000, 12, 1},
    };
    enum { COUNT = sizeof(expected) / sizeof(expected[0]) };
    const struct capdl_leftovers *left;

    on_device_memory(100, 1);
    left = boot();
    CHECK(left->num_untypeds == COUNT && left->untypeds_left_out == 0 && left->num_frames == 14);
    for (unsigned i = 0; i < COUNT; i++) {
        const struct capdl_leftover_untyped *u = &left->untypeds[i];
        CHECK(u->address == expected[i].address && u->size_bits == expected[i].size_bits);
        CHECK(u->is_device == expected[i].is_device);
    }
    CHECK(strstr(fake.log,
                 "22 0x67 (0x2) 0x4a 0x8 0x6e " FAKE_DEPTH "\n")); /* padding, from the slots behind the blob's */
    CHECK(strstr(fake.log, "22 0x67 (0x2) 0x4b 0x8 0x6f " FAKE_DEPTH "\n"));
    CHECK(strstr(fake.log, "22 0x67 (0x2) 0x4c 0x8 0x60 " FAKE_DEPTH "\n"));
    CHECK(strstr(fake.log,
                 "22 0x67 (0x2) 0x5a 0x8 0x4d " FAKE_DEPTH "\n42 0x66 ()\n")); /* the last page: that of the window */
}

static void too_few_slots(void)
{
    const struct capdl_leftovers *left;
    on_device_memory(2, 1);
    left = boot();
    CHECK(left->num_untypeds == 2 && left->untypeds_left_out == 11);
    CHECK(left->untypeds[0].size_bits == 21 && left->untypeds[1].size_bits == 20);
    CHECK(left->num_frames == 0 && left->frames_left_out == 14);
    on_device_memory(9, 0); /* what is not asked for is not left out */
    left = boot();
    CHECK(left->num_untypeds == 9 && left->untypeds_left_out == 0);
}

static void more_than_can_be_described(void)
{
    on_device_memory(CAPDL_LEFTOVERS_MAX_UNTYPEDS + 1, 0);
    CHECK(boot()->num_untypeds == 9);
}

/* Number 1 has the 16 KiB in slot 5 and no more, described in slot 1; it is handed over first, into slots from 80 on.
 */
static void an_amount(void)
{
    struct system system = leaving(4, 0);
    uint64_t *second = system.left + CAPDL_LEFT_KEYS;
    const struct capdl_leftovers *left;
    second[CAPDL_SIZE_LEFT_SLOTS] = 3;
    second[CAPDL_SIZE_LEFT_CNODE] = 3;
    second[CAPDL_SIZE_LEFT_BITS] = 8;
    second[CAPDL_SIZE_LEFT_FIRST] = 80;
    second[CAPDL_SIZE_LEFT_FRAME] = 1;
    second[CAPDL_SIZE_LEFT_NAME] = 9;
    second[CAPDL_SIZE_LEFT_OWN] = 5;
    second[CAPDL_SIZE_LEFT_PIECES] = 1;
    encode(&system);
    left = boot();
    CHECK(left->num_untypeds == 2 && left->num_frames == 2 && left->first_untyped == FIRST);
    left = (const struct capdl_leftovers *)fake.frames[1];
    CHECK(left->version == 1 && left->first_untyped == 80 && left->num_untypeds == 1 && left->untypeds_left_out == 0);
    CHECK(left->num_frames == 0 && left->frames_left_out == 0);
    CHECK(left->untypeds[0].address == 0x80004000 && left->untypeds[0].size_bits == 14 && !left->untypeds[0].source);
    CHECK(strstr(fake.log, "22 0x67 (0x2) 0x50 0x8 0x69 " FAKE_DEPTH "\n")); /* the untyped itself */
    second[CAPDL_SIZE_LEFT_OWN] = 0; /* also the number of a leaf of the larger CSpace, which is no object */
    encode(&system);
    fake.empty_slots = 8;
    boot();
    left = (const struct capdl_leftovers *)fake.frames[1];
    CHECK(left->num_untypeds == 1 && left->untypeds[0].size_bits == 21);
    second[CAPDL_SIZE_LEFT_OWN] = 5;
    second[CAPDL_SIZE_LEFT_PIECES] = 4; /* beyond the objects */
    encode(&system);
    fake_boot(&fake);
    check_text("calls", fake.log, "11 0x1 ()\n");
}

static void failing_calls(void)
{
    const struct system system = leaving(4, 0);
    encode(&system);
    check_message(&fake, 19, CAPDL_ERROR_DELETE_FIRST,
                  "capdl: handing over what is left: CNode_Move(thread, our CNode, 64, 8, 98, " FAKE_DEPTH_IN_MESSAGES
                  ") for slot 9 failed: "
                  "DeleteFirst (8)\n");
    CHECK(header.phase == CAPDL_PHASE_LEFTOVERS && header.object == 3);
}

/* A blob whose sizes make no sense is refused before anything is done. */
static void check_refused(unsigned key, uint64_t value)
{
    struct system system = leaving(4, 0);
    system.left[key] = value;
    encode(&system);
    fake_boot(&fake);
    check_text("calls", fake.log, "11 0x1 ()\n");
    CHECK(strncmp(fake.console, "capdl: reading the blob: ", 25) == 0);
}

static void wrong_sizes(void)
{
    static int64_t profile[CAPDL_BOOT_KEY_COUNT];
    struct system system = leaving(4, 0);
    check_refused(CAPDL_SIZE_LEFT_CNODE, 8);
    check_refused(CAPDL_SIZE_LEFT_NAME, 10);
    check_refused(CAPDL_SIZE_LEFT_PAGE, 6);
    check_refused(CAPDL_SIZE_LEFT_FRAME, 0);
    check_refused(CAPDL_SIZE_LEFT_FRAME, 8);
    memcpy(profile, system_profile, sizeof(profile));
    profile[CAPDL_BOOT_CNODE_MOVE] = 0;
    system.profile = profile;
    encode(&system);
    fake_boot(&fake);
    check_text("calls without a label for Move", fake.log, "11 0x1 ()\n");
}

/* For an initial task of its own: no pages of our image, the untypeds where bootinfo has them, from the slot on that
 * its fill says, and the empty slots after them. */
static void bootinfo(void)
{
    const word filled = (word)UINT64_C(0x0202020202020202); /* all words of a page that fake_boot makes */
    struct system system = leaving(4, 0);
    const struct bootinfo *told;
    const struct slot_region *slots;
    const struct untyped_desc *list;

    system.left[CAPDL_SIZE_LEFT_KINDS] |= CAPDL_LEFT_BOOTINFO;
    encode(&system);
    fake.iopt_levels = 4;
    boot();
    told = (const struct bootinfo *)fake.frames[2];
    slots = (const struct slot_region *)(fake.frames[2] + FAKE_UNTYPED_OFFSET);
    list = (const struct untyped_desc *)(slots + 1);
    CHECK(told->empty.start == filled + 2 && slots->start == filled && slots->end == filled + 2);
    CHECK(told->num_iopt_levels == 4);
    CHECK(list[0].address == 0x80400000 && list[0].size_bits == 22 && !list[0].is_device);
    CHECK(list[1].address == 0x80008000 && list[1].size_bits == 15 && !list[1].is_device);
    for (size_t i = 0; i < sizeof(list->padding); i++) {
        CHECK(!list[0].padding[i] && !list[1].padding[i]);
    }
    CHECK(!strstr(fake.log, "22 0x67 (0x2) 0x42 "));
}

int main(void)
{
    bootinfo();
    untypeds_and_pages();
    padding_and_devices();
    too_few_slots();
    more_than_can_be_described();
    an_amount();
    failing_calls();
    wrong_sizes();
    return failures != 0;
}
