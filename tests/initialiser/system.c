/* SPDX-License-Identifier: BSD-2-Clause */
#include "system.h"

#include <stdio.h>
#include <string.h>

unsigned failures;

#define SLOT(i) (-1 - (int64_t)(i)*4)
#define PAGE(i) (-1 - ((int64_t)(i)*4 + 1))
#define INITIAL(i) (-1 - ((int64_t)(i)*4 + 2))
#define SCHED_CONTROL(i) (-1 - ((int64_t)(i)*4 + 3))

const int64_t system_profile[CAPDL_BOOT_KEY_COUNT] = {
    [CAPDL_BOOT_ARCH] = CAPDL_ARCH_RISCV,
    [CAPDL_BOOT_FLAGS] = CAPDL_BOOT_FLAG_MCS,
    [CAPDL_BOOT_SYS_CALL] = FAKE_CALL,
    [CAPDL_BOOT_SYS_PUTCHAR] = FAKE_PUTCHAR,
    [CAPDL_BOOT_UNTYPED_OFFSET] = FAKE_UNTYPED_OFFSET,
    [CAPDL_BOOT_SCHEDCONTROL_OFFSET] = FAKE_SCHEDCONTROL_OFFSET,
    [CAPDL_BOOT_FAN_OUT] = 256,
    [CAPDL_BOOT_SLOT_BITS] = 5,
    [CAPDL_BOOT_TYPE_UNTYPED] = FAKE_TYPE_UNTYPED,
    [CAPDL_BOOT_TYPE_CNODE] = FAKE_TYPE_CNODE,
    [CAPDL_BOOT_UNTYPED_RETYPE] = FAKE_RETYPE,
    [CAPDL_BOOT_CNODE_MINT] = FAKE_MINT,
    [CAPDL_BOOT_TCB_SET_SPACE] = FAKE_SET_SPACE,
    [CAPDL_BOOT_TCB_SUSPEND] = FAKE_SUSPEND,
    [CAPDL_BOOT_PAGE_MAP] = FAKE_MAP,
    [CAPDL_BOOT_PAGE_UNMAP] = FAKE_UNMAP,
    [CAPDL_BOOT_PAGE_UNIFY] = FAKE_UNIFY,
    [CAPDL_BOOT_PAGE_CLEAN_INVALIDATE] = FAKE_CLEAN_INVALIDATE,
    [CAPDL_BOOT_PAGE_ATTRIBUTES] = 5,
    [CAPDL_BOOT_CNODE_MOVE] = FAKE_MOVE,
};

static void put_profile(struct encoder *e, const int64_t *profile)
{
    unsigned count = 0;
    for (unsigned key = 0; key < CAPDL_BOOT_KEY_COUNT; key++) {
        count += profile[key] != 0;
    }
    put_head(e, 5, count);
    for (unsigned key = 0; key < CAPDL_BOOT_KEY_COUNT; key++) {
        if (profile[key]) {
            put_uint(e, key);
            put_int(e, profile[key]);
        }
    }
}

static void put_objects(struct encoder *e, const struct system *system)
{
    put_array(e, system->direct ? 4 : 3);
    PUT_TUPLE(e, 9, 0, 21, 1);
    PUT_TUPLE(e, 8, 0, 12, 2);
    if (system->direct) {
        PUT_TUPLE(e, FAKE_TYPE_CNODE, 9, 11, 1);
        PUT_TUPLE(e, 5, 0, 4, 300, 3, 2, 15);
    } else {
        PUT_TUPLE(e, 1, 0, 11, 1);
    }
    put_array(e, 2);
    PUT_TUPLE(e, 8, 0, 12, 1, 0x80003000);
    PUT_TUPLE(e, FAKE_TYPE_UNTYPED, 14, 14, 1, 0x80004000);
    put_array(e, 1);
    PUT_TUPLE(e, 8, 0, 12, 2, 5);
}

static void put_call(struct encoder *e, uint64_t method, int64_t target, unsigned count, const int64_t *operands)
{
    put_array(e, 3);
    put_uint(e, method);
    put_int(e, target);
    put_array(e, count);
    for (unsigned i = 0; i < count; i++) {
        put_int(e, operands[i]);
    }
}

#define PUT_CALL(e, method, target, ...) \
    put_call(e, method, target, sizeof((int64_t[]){__VA_ARGS__}) / 8, (int64_t[]){__VA_ARGS__})

/* Two calls without operands, the second on what comes so many after the target. */
static void put_run_of_two(struct encoder *e, int64_t target, unsigned stride)
{
    put_array(e, 5);
    put_uint(e, 3);
    put_int(e, target);
    put_array(e, 0);
    put_uint(e, 2);
    PUT_TUPLE(e, stride);
}

static void put_phases(struct encoder *e, const struct system *system)
{
    put_array(e, (system->starts_none ? 3 : 4) + (system->odd_runs ? 1 : 0));
    put_array(e, 2);
    put_uint(e, CAPDL_PHASE_COPIES);
    put_array(e, system->odd_runs ? 2 : 1);
    if (system->odd_runs) {
        put_run_of_two(e, INITIAL(CAPDL_INITIAL_TCB), 1);
    }
    PUT_CALL(e, 0, INITIAL(CAPDL_INITIAL_CNODE), INITIAL(CAPDL_INITIAL_CNODE), SLOT(8), 64, SLOT(1), 64, 15);
    put_array(e, 2);
    put_uint(e, CAPDL_PHASE_PAGES);
    put_array(e, 1);
    put_array(e, 5); /* a run of four */
    put_uint(e, 1);
    put_int(e, PAGE(0));
    put_array(e, 2);
    put_int(e, SLOT(0));
    put_uint(e, 0x10000);
    put_uint(e, 4);
    PUT_TUPLE(e, 1, 0, 0x1000);
    put_array(e, 2);
    put_uint(e, CAPDL_PHASE_SCHED);
    put_array(e, 1 + system->core_again + system->odd_runs);
    if (system->odd_runs) {
        put_run_of_two(e, SLOT(5), 0);
    }
    PUT_CALL(e, 2, SCHED_CONTROL(system->core), SLOT(3), 1000, 1000, 0, 0, 0, 7);
    if (system->core_again) {
        PUT_CALL(e, 2, SCHED_CONTROL(0), SLOT(3), 1000, 1000, 0, 0, 0, 7);
    }
    if (system->odd_runs) {
        put_array(e, 2);
        put_uint(e, CAPDL_PHASE_DOMAINS);
        put_array(e, 1);
        put_run_of_two(e, SLOT(3), 1);
    }
    if (system->starts_none) {
        return;
    }
    put_array(e, 2);
    put_uint(e, CAPDL_PHASE_START);
    if (!system->starts_often) {
        put_array(e, 1);
        PUT_CALL(e, 3, SLOT(3), 1, 2, 0x400000, 0x7000);
        return;
    }
    put_array(e, 2);
    PUT_CALL(e, 3, SLOT(3), 1);
    put_array(e, 5); /* slots 3, 4, 5 */
    put_uint(e, 3);
    put_int(e, SLOT(3));
    put_array(e, 0);
    put_uint(e, 3);
    PUT_TUPLE(e, 1);
}

static void put_fills(struct encoder *e, const struct system *system)
{
    put_array(e, 3);
    PUT_TUPLE(e, 0, 21, 4096, 1, 2, CAPDL_FILL_EXECUTABLE);
    PUT_TUPLE(e, 0, 21, 12288, 4, 1, 0);
    if (system->chunk) {
        PUT_TUPLE(e, 1, 12, 16, 8, 24, CAPDL_FILL_CHUNK | system->chunk << CAPDL_FILL_CHUNK_SHIFT);
    } else {
        PUT_TUPLE(e, 1, 12, 0, 0, 2, CAPDL_FILL_UNCACHED);
    }
}

static void put_names(struct encoder *e)
{
    put_array(e, 3);
    put_array(e, 4);
    put_array(e, 2);
    put_uint(e, 1);
    put_text(e, "big");
    put_array(e, 3);
    put_uint(e, 2);
    put_text(e, "small");
    put_uint(e, 0);
    put_array(e, 2);
    put_uint(e, 1);
    put_text(e, "thread");
    put_array(e, 5); /* threes009, threes010 */
    put_uint(e, 2);
    put_uint(e, 3);
    put_text(e, "ees");
    put_uint(e, 9);
    put_uint(e, 3);
    put_array(e, 0);
    put_array(e, 4);
    put_text(e, "CNode_Mint");
    put_text(e, "Page_Map");
    put_text(e, "SchedControl_Configure");
    put_text(e, "TCB_WriteRegisters");
}

static void put_sizes(struct encoder *e, const uint64_t *left)
{
    unsigned count = CAPDL_SIZE_LEFT_PAGE;
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        count = left[CAPDL_SIZE_LEFT_SLOTS + i * CAPDL_LEFT_KEYS] ? CAPDL_SIZE_KEY_COUNT : count;
    }

    put_head(e, 5, count);
    for (unsigned key = 0; key < count; key++) {
        put_uint(e, key);
        put_uint(e, key < 3 ? (uint64_t[]){8, 10, 5}[key] : left[key]);
    }
}

void encode_system(struct encoder *e, const struct system *system)
{
    e->size = 0;
    put_array(e, 10);
    put_uint(e, 1);
    put_profile(e, system->profile ? system->profile : system_profile);
    put_sizes(e, system->left);
    put_array(e, 4);
    PUT_TUPLE(e, 30, 1);
    PUT_TUPLE(e, FAKE_MAP, 1);
    PUT_TUPLE(e, 31, 1);
    PUT_TUPLE(e, 32, 0);
    put_objects(e, system);
    put_fills(e, system);
    put_phases(e, system);
    if (system->nameless) {
        put_null(e);
    } else {
        put_names(e);
    }
}

struct fake system_on(const struct encoder *e)
{
    return (struct fake){
        .blob = e->bytes,
        .blob_size = e->size,
        .num_pages = 5,
        .empty_slots = 50,
        .untypeds = {{.address = 0x1000, .size_bits = 12, .is_device = 1},
                     {.address = 0x80000000, .size_bits = 16},
                     {.address = 0x80400000, .size_bits = 22},
                     {.address = 0x80800000, .size_bits = 21}},
        .num_untypeds = 4,
        .cores = 1,
    };
}

void check_text(const char *what, const char *got, const char *expected)
{
    if (strcmp(got, expected) == 0) {
        return;
    }
    fprintf(stderr, "%s:\n%s--- expected:\n%s", what, got, expected);
    failures++;
}

void check_message(struct fake *fake, uint64_t refuse, unsigned error, const char *expected)
{
    fake->refuse = refuse;
    fake->error = error;
    fake_boot(fake);
    check_text("message", fake->console, expected);
    fake->refuse = 0;
}
