/* SPDX-License-Identifier: BSD-2-Clause */
/* What few boots come across: kernels without this or that, images and bootinfo that are not what they should be. */
#include "system.h"

#include "duration.h"

#include <string.h>

static struct encoder blob;
static struct fake fake;

static void boot_system(const struct system *system)
{
    encode_system(&blob, system);
    fake = system_on(&blob);
    fake_boot(&fake);
}

/* ---- Starting ---- */

/* The last of four starts fails: all that were to run are suspended, in the order in which they would be started, also
   where that fails, too. */
static void started_threads_are_suspended(void)
{
    static const char expected[] = "32 0x67 () 0x1\n32 0x67 ()\n32 0x68 ()\n32 0x69 ()\n"
                                   "11 0x67 ()\n11 0x67 ()\n11 0x68 ()\n11 0x69 ()\n11 0x1 ()\n";
    boot_system(&(struct system){.starts_often = true});
    fake.refuse = header.num_calls - 1;
    fake.error = CAPDL_ERROR_ILLEGAL_OPERATION;
    fake_boot(&fake);
    CHECK(header.phase == CAPDL_PHASE_START && header.object == 5);
    check_text("calls", strstr(fake.log, "32 "), expected);
    fake.refuse_rest = true;
    fake_boot(&fake);
    check_text("calls that fail", strstr(fake.log, "32 "), expected);
}

/* ---- Runs ---- */

/* Runs whose steps are not made from the message of the step before are calls one by one, and a step that fails is the
 * last. */
static void runs_step_by_step(void)
{
    const struct system system = {.odd_runs = true};
    const char *domains;
    boot_system(&system);
    CHECK(header.phase == CAPDL_PHASE_DONE);
    CHECK(strstr(fake.log, "32 0x1 ()\n32 0x2 ()\n30 0x2 (") != NULL);
    domains = strstr(fake.log, "32 0x67 ()\n32 0x68 ()\n");
    CHECK(domains && strstr(domains, "32 0x67 () 0x1"));
    CHECK(strstr(fake.log, "32 0x69 ()\n32 0x69 ()\n31 ") != NULL);
    fake.refuse = 0;
    for (uint64_t calls = header.num_calls, n = 1; n < calls; n++) {
        boot_system(&system);
        fake.refuse = n;
        fake.error = CAPDL_ERROR_ILLEGAL_OPERATION;
        fake_boot(&fake);
        CHECK(header.phase != CAPDL_PHASE_DONE && header.num_calls >= n);
    }
}

/* ---- Direct objects ---- */

/* They go into a CNode that is found by its slot, also in a larger CSpace, and need no slots of ours. */
static void objects_straight_into_a_cnode(void)
{
    boot_system(&(struct system){.direct = true});
    CHECK(header.phase == CAPDL_PHASE_DONE);
    CHECK(strstr(fake.console, "capdl: booted: 308 objects, ") == fake.console);
    CHECK(strstr(fake.log, " (0x2) 0x5 0 0x67 0x40 0x2 0x100\n"));
    CHECK(strstr(fake.log, " (0x2) 0x5 0 0x67 0x40 0x102 0x2c\n"));
    fake.empty_slots = 8;
    fake_boot(&fake);
    CHECK(header.phase == CAPDL_PHASE_DONE);
    CHECK(strstr(fake.log, " (0x64) 0x5 0 0x8000000000065003 0x40 0x102 0x2c\n"));
}

/* ---- What is said ---- */

/* Without a thread to start, at the end; and an image may ask for silence, which is not for errors. */
static void says_that_it_booted(void)
{
    int64_t profile[CAPDL_BOOT_KEY_COUNT];
    boot_system(&(struct system){.starts_none = true});
    CHECK(strstr(fake.console, "capdl: booted: 8 objects, 5 pages in place, 22 kernel calls, ") == fake.console);
    CHECK(strchr(fake.console, '\n') == fake.console + strlen(fake.console) - 1);
    memcpy(profile, system_profile, sizeof(profile));
    profile[CAPDL_BOOT_FLAGS] |= CAPDL_BOOT_FLAG_QUIET;
    boot_system(&(struct system){.profile = profile});
    CHECK(header.phase == CAPDL_PHASE_DONE && *fake.console == 0);
    memcpy(profile, system_profile, sizeof(profile));
    profile[CAPDL_BOOT_SYS_PUTCHAR] = 0;
    boot_system(&(struct system){.profile = profile});
    CHECK(header.phase == CAPDL_PHASE_DONE && *fake.console == 0);
    profile[CAPDL_BOOT_SYS_PUTCHAR] = system_profile[CAPDL_BOOT_SYS_PUTCHAR];
    profile[CAPDL_BOOT_FLAGS] |= CAPDL_BOOT_FLAG_QUIET;
    boot_system(&(struct system){.profile = profile});
    check_message(&fake, 20, CAPDL_ERROR_DELETE_FIRST,
                  "capdl: mapping pages: Page_Map(page 2, big, 0x12000) failed: DeleteFirst (8)\n");
}

/* A name that begins like the one before and ends in a number. */
static void names_with_numbers(void)
{
    boot_system(&(struct system){.core = 0});
    fake.error = CAPDL_ERROR_DELETE_FIRST;
    for (fake.refuse = 1; header.object != 5 || header.phase != CAPDL_PHASE_OBJECTS; fake.refuse++) {
        CHECK(fake.refuse < 20);
        fake_boot(&fake);
    }
    CHECK(strstr(fake.console, " for threes010 failed: DeleteFirst (8)\n"));
}

/* ---- Other kernels ---- */

/* A core that the kernel does not have stops the boot before anything is done, wherever the call for it stands. */
static void no_such_core(void)
{
    encode_system(&blob, &(struct system){.core = 3});
    fake = system_on(&blob);
    fake.cores = 3;
    check_message(&fake, 0, 0, "capdl: reading the blob: no SchedControl of core 3, the kernel has 3 cores\n");
    check_text("calls", fake.log, "11 0x1 ()\n");
    fake.cores = 4;
    fake_boot(&fake);
    CHECK(header.phase == CAPDL_PHASE_DONE);
}

/* The highest core counts, not that of the last call. */
static void no_such_core_earlier(void)
{
    encode_system(&blob, &(struct system){.core = 3, .core_again = true});
    fake = system_on(&blob);
    fake.cores = 3;
    check_message(&fake, 0, 0, "capdl: reading the blob: no SchedControl of core 3, the kernel has 3 cores\n");
    fake.cores = 4;
    fake_boot(&fake);
    CHECK(header.phase == CAPDL_PHASE_DONE);
}

/* Without MCS the fault handler is a word of TCB_SetSpace, and there are no SchedControl capabilities. */
static void kernel_without_mcs(void)
{
    int64_t profile[CAPDL_BOOT_KEY_COUNT];
    memcpy(profile, system_profile, sizeof(profile));
    profile[CAPDL_BOOT_FLAGS] = 0;
    profile[CAPDL_BOOT_SCHEDCONTROL_OFFSET] = 0;
    encode_system(&blob, &(struct system){.profile = profile});
    fake = system_on(&blob);
    fake.empty_slots = 8;
    check_message(&fake, 0, 0, "capdl: reading the blob: no SchedControl of core 0, the kernel has 0 cores\n");
    profile[CAPDL_BOOT_SCHEDCONTROL_OFFSET] = FAKE_SCHEDCONTROL_OFFSET;
    encode_system(&blob, &(struct system){.profile = profile});
    fake = system_on(&blob);
    fake.empty_slots = 8;
    fake_boot(&fake);
    CHECK(strstr(fake.log, "\n10 0x1 (0x64 0x3) 0 0 0\n"));
}

/* Caches that need no cleaning have no method for it. */
static void kernel_without_cache_methods(void)
{
    int64_t profile[CAPDL_BOOT_KEY_COUNT];
    memcpy(profile, system_profile, sizeof(profile));
    profile[CAPDL_BOOT_PAGE_UNIFY] = 0;
    profile[CAPDL_BOOT_PAGE_CLEAN_INVALIDATE] = 0;
    boot_system(&(struct system){.profile = profile});
    CHECK(header.phase == CAPDL_PHASE_DONE);
    CHECK(!strstr(fake.log, "\n43 ") && !strstr(fake.log, "\n44 ") && fake.frames[0][4096] == 2);
}

/* ---- Extra bootinfo ---- */

static void put_chunk(uint64_t id, uint64_t length)
{
    const uint64_t head[2] = {id, length};
    memcpy(fake.extra + fake.extra_size, head, sizeof(head));
    fake.extra_size += length;
}

/* A chunk of so many bytes by its own account, behind chunk 1; byte n of the extra bootinfo is n. Returns what is in
 * slot 1. */
static const uint8_t *boot_with_chunk(uint64_t id, uint64_t length, uint64_t extra_size)
{
    encode_system(&blob, &(struct system){.chunk = 3});
    fake = system_on(&blob);
    for (unsigned i = 0; i < sizeof(fake.extra); i++) {
        fake.extra[i] = (uint8_t)i;
    }
    put_chunk(1, 64);
    put_chunk(id, length);
    fake.extra_size = extra_size;
    fake_boot(&fake);
    CHECK(header.phase == CAPDL_PHASE_DONE);
    return fake.frames[1];
}

static void chunks_of_bootinfo(void)
{
    const uint8_t *frame = boot_with_chunk(3, 64, 128);
    CHECK(frame[15] == 0 && frame[16] == 64 && frame[23] == 0); /* the second word of the chunk's own header */
    CHECK(frame[24] == 80 && frame[39] == 95 && frame[40] == 0);
    CHECK(boot_with_chunk(3, 20, 84)[27] == 83);
    CHECK(boot_with_chunk(3, 20, 84)[28] == 0);  /* a short chunk */
    CHECK(boot_with_chunk(4, 64, 128)[24] == 0); /* another one */
    CHECK(boot_with_chunk(3, 64, 100)[24] == 0); /* longer than all there is */
    CHECK(boot_with_chunk(3, 8, 128)[24] == 0);  /* shorter than its header */
    CHECK(boot_with_chunk(3, 64, 0)[24] == 0);
}

/* ---- Durations ---- */

static uint64_t converted(uint64_t ticks, uint64_t us, unsigned operands, unsigned phase)
{
    const struct capdl_call call = {.phase = phase, .num_operands = operands};
    uint64_t words[4] = {0, 1, ticks, us};
    return convert_duration(&call, words)[2];
}

static void durations(void)
{
    boot_with_chunk(5, 20, 84); /* behind its header, the number of ticks in a microsecond */
    memcpy(fake.extra + 64 + 16, (uint32_t[]){2400}, 4);
    fake_boot(&fake);
    CHECK(converted(0, 6000, 4, CAPDL_PHASE_DOMAINS) == 14400000);
    CHECK(converted(7, 6000, 4, CAPDL_PHASE_DOMAINS) == 7);
    CHECK(converted(0, 6000, 3, CAPDL_PHASE_DOMAINS) == 0); /* an end marker */
    CHECK(converted(0, 6000, 4, CAPDL_PHASE_THREADS) == 0);
    boot_with_chunk(4, 20, 84);
    CHECK(converted(0, 6000, 4, CAPDL_PHASE_DOMAINS) == UINT64_MAX); /* which no kernel takes */
}

/* ---- Images that do not belong together ---- */

static void other_architecture(void)
{
    header.arch = CAPDL_ARCH_AARCH64;
}

static void longer_image(void)
{
    header.image_end += CAPDL_PAGE_SIZE;
}

static void image_begins_elsewhere(void)
{
    header.image_start += CAPDL_PAGE_SIZE;
}

static void small_scratch(void)
{
    header.scratch_size = 64;
}

static void check_tampered(void (*tamper)(void), const char *start, const char *end)
{
    encode_system(&blob, &(struct system){NULL});
    fake = system_on(&blob);
    fake.tamper = tamper;
    fake_boot(&fake);
    if (!fake.stopped || strncmp(fake.console, start, strlen(start)) != 0 || !strstr(fake.console, end)) {
        check_text("message", fake.console, start);
    }
    check_text("calls", fake.log, "11 0x1 ()\n");
}

#define FOR_ANOTHER_KERNEL "capdl: reading the blob: the image is for the other kind of kernel, MCS or not\n"

/* An offset in bootinfo at which there is something else. */
static void untypeds_elsewhere(void)
{
    static int64_t profile[CAPDL_BOOT_KEY_COUNT];
    memcpy(profile, system_profile, sizeof(profile));
    profile[CAPDL_BOOT_UNTYPED_OFFSET] += sizeof(struct slot_region);
    encode_system(&blob, &(struct system){.profile = profile});
    fake = system_on(&blob);
    check_message(&fake, 0, 0, FOR_ANOTHER_KERNEL);
    CHECK(!strchr(fake.log, '\n') &&
          fake.putchar == FAKE_OTHER_PUTCHAR); /* on the kernel that has it there, or nobody would read this */
    profile[CAPDL_BOOT_SYS_PUTCHAR] = 0;
    encode_system(&blob, &(struct system){.profile = profile});
    fake = system_on(&blob);
    check_message(&fake, 0, 0, "");
    CHECK(fake.stopped && header.phase == CAPDL_PHASE_OPEN);
}

static void other_levels_of_io_page_tables(void)
{
    static int64_t profile[CAPDL_BOOT_KEY_COUNT];
    memcpy(profile, system_profile, sizeof(profile));
    profile[CAPDL_BOOT_IOPT_LEVELS] = 3;
    encode_system(&blob, &(struct system){.profile = profile});
    fake = system_on(&blob);
    fake.iopt_levels = 4;
    check_message(&fake, 0, 0, "capdl: reading the blob: I/O page tables of 3 levels, not 4\n");
    fake.iopt_levels = 3;
    fake_boot(&fake);
    CHECK(header.phase == CAPDL_PHASE_DONE);
}

static void images_that_do_not_fit(void)
{
    other_levels_of_io_page_tables();
    untypeds_elsewhere();
    check_tampered(other_architecture, "capdl: reading the blob: a blob for architecture ", ", not ");
    check_tampered(longer_image, "capdl: reading the blob: the image ends at 0x", ", the kernel says 0x");
    check_tampered(image_begins_elsewhere, "capdl: reading the blob: an image of 0x", " bytes, not ");
    check_tampered(small_scratch, "capdl: planning memory: scratch of 64 bytes, not ", "\n");
}

/* All memory is device memory: what has an address can be made, nothing else. */
static void no_memory_at_all(void)
{
    encode_system(&blob, &(struct system){NULL});
    fake = system_on(&blob);
    fake.num_untypeds = 2;
    fake.untypeds[1].is_device = 1;
    check_message(&fake, 0, 0,
                  "capdl: planning memory: big: objects of 0x200000 bytes and more lack 0x200000 bytes of memory; "
                  "free: 0 bytes, largest piece 0\n");
}

int main(void)
{
    started_threads_are_suspended();
    runs_step_by_step();
    says_that_it_booted();
    names_with_numbers();
    objects_straight_into_a_cnode();
    no_such_core();
    no_such_core_earlier();
    kernel_without_mcs();
    kernel_without_cache_methods();
    chunks_of_bootinfo();
    durations();
    images_that_do_not_fit();
    no_memory_at_all();
    return failures != 0;
}
