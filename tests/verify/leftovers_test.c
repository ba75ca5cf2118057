/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was handed over, then tampered with on the stopped machine: whatever would let its holder reach the static
 * system, and whatever the description does not say, must be found. And specs that say something else than the image.
 */
#include <stdlib.h>

#include <capdl/leftovers.h>

#include "blob/leftovers.h"
#include "fixture.h"
#include "machine/boot.h"

enum { FIRST = 8, SLOTS = 50 };

static const char text[] = "arch riscv\n"
                           "objects {\n"
                           "  c = cnode (6 bits)  info = frame (4k)  e = ep  n[5] = notification\n"
                           "  big = frame (2M, fill: [{0 12000 CDL_FrameFill_FileData \"data.bin\" 0}])\n"
                           "  rest = leftover (slots: 50)\n"
                           "}\n"
                           "caps {\n"
                           "  c { 0: c  1: e (RW)  2: n[] (RW)  8: rest }\n"
                           "  rest { 0: info }\n"
                           "}\n";

/* What the domain has on the machine. */
struct given {
    struct kernel *kernel;
    const struct boot_info *boot;
    struct slot *slots;
    struct capdl_leftovers *says;
};

/* Slot i of the initialiser, whose CNode is large enough. */
static struct slot *ours(const struct machine_stop *stop, uint64_t i)
{
    return &stop->boot->root->slots[stop->boot->first_empty + i];
}

static struct given find(const struct machine_stop *stop, const struct image *image)
{
    static struct capdl_blob blob;
    struct capdl_blob_error error;
    if (!capdl_blob_open(&blob, image->blob, image->header.blob_size, &error)) {
        exit(99);
    }
    const uint64_t *sizes = capdl_leftovers_sizes(&blob, 0);
    for (unsigned i = 1; i < CAPDL_MAX_LEFTOVERS && !sizes[CAPDL_SIZE_LEFT_SLOTS]; i++) {
        sizes = capdl_leftovers_sizes(&blob, i);
    }
    struct cnode *cnode = ours(stop, sizes[CAPDL_SIZE_LEFT_CNODE])->cap.object;
    uint64_t frame = ours(stop, sizes[CAPDL_SIZE_LEFT_FRAME])->cap.paddr;
    return (struct given){.kernel = stop->kernel,
                          .boot = stop->boot,
                          .slots = cnode->slots + FIRST,
                          .says = (void *)memory_at(&stop->kernel->memory, frame, NULL)};
}

static void unlink_slot(struct slot *slot)
{
    if (slot->prev) {
        slot->prev->next = slot->next;
    }
    if (slot->next) {
        slot->next->prev = slot->prev;
    }
    *slot = (struct slot){0};
}

static void nothing(const struct given *g)
{
    CHECK(g->says->num_untypeds > 5 && g->says->num_frames == 5, "%llu untypeds, %llu frames",
          (unsigned long long)g->says->num_untypeds, (unsigned long long)g->says->num_frames);
}

static void other_address(const struct given *g)
{
    g->says->untypeds[1].address += 4096;
}

static void other_count(const struct given *g)
{
    g->says->num_frames = 100;
}

/* The untyped that objects of the system were made of, in place of the first. */
static void give_parent(const struct given *g)
{
    struct slot *parent = g->boot->root->slots;
    while (parent->cap.type != CAP_UNTYPED || !parent->next || !slot_is_parent(g->kernel, parent, parent->next)) {
        parent++;
    }
    unlink_slot(&g->slots[0]);
    slot_move(parent->cap, parent, &g->slots[0]);
    g->says->untypeds[0].address = g->slots[0].cap.paddr;
    g->says->untypeds[0].size_bits = g->slots[0].cap.bits;
}

/* The last is behind what is used; twice as large it would begin in it, or end in another. */
static void give_too_much(const struct given *g)
{
    uint64_t last = g->says->num_untypeds - 1;
    g->says->untypeds[last].size_bits = ++g->slots[last].cap.bits;
    g->says->untypeds[last].address = g->slots[last].cap.paddr &= ~((UINT64_C(1) << g->slots[last].cap.bits) - 1);
}

static void says_device(const struct given *g)
{
    g->says->untypeds[1].is_device = 1;
}

/* The slot of the first page. */
static struct slot *page_slot(const struct given *g)
{
    return &g->slots[g->says->num_untypeds];
}

/* Into a slot behind the leftovers. */
static void copy_page(const struct given *g)
{
    slot_insert(g->kernel, page_slot(g)->cap, page_slot(g), &g->slots[SLOTS]);
}

/* The domain has the copy, and somebody else the original. */
static void give_copy(const struct given *g)
{
    copy_page(g);
    slot_swap(page_slot(g)->cap, page_slot(g), g->slots[SLOTS].cap, &g->slots[SLOTS]);
}

static void read_only(const struct given *g)
{
    page_slot(g)->cap.rights = VM_READ;
}

static void other_first(const struct given *g)
{
    g->says->first_untyped++;
}

static void other_version(const struct given *g)
{
    g->says->version++;
}

static void write_page(const struct given *g)
{
    *memory_at(&g->kernel->memory, page_slot(g)->cap.paddr, NULL) = 1;
}

static void map_page(const struct given *g)
{
    page_slot(g)->cap.asid = 1;
}

static void take_away(const struct given *g)
{
    unlink_slot(&g->slots[2]);
}

static void swap_kinds(const struct given *g)
{
    page_slot(g)->cap.type = CAP_UNTYPED;
}

static void hide_page(const struct given *g)
{
    g->says->num_frames--;
}

/* As if the initialiser had not written the page back, or had done so before it cleared it. */
static uint8_t **cached(const struct given *g)
{
    const struct caches *caches = &g->kernel->caches;
    uint64_t number = page_slot(g)->cap.paddr >> CACHE_PAGE_BITS;
    for (size_t i = 0; i < caches->count; i++) {
        if (caches->pages[i].number == number && caches->pages[i].bytes[CACHE_DATA]) {
            return &caches->pages[i].bytes[CACHE_DATA];
        }
    }
    exit(99);
}

static void never_cleaned(const struct given *g)
{
    uint8_t **bytes = cached(g);
    free(*bytes);
    *bytes = NULL;
}

static void cleaned_early(const struct given *g)
{
    (*cached(g))[100] = 1;
}

/* There is one untyped, a share of the RAM. */
static void no_share(const struct given *g)
{
    CHECK(g->says->num_untypeds == 1, "%llu untypeds", (unsigned long long)g->says->num_untypeds);
    g->says->num_untypeds = 0;
    g->says->first_frame = g->says->first_untyped;
}

static void untouched(const struct given *g)
{
    (void)g;
}

/* The region of untypeds ends one slot earlier: the third, which is there, is no longer listed. */
static void unlist(const struct given *g)
{
    uint64_t *end = (uint64_t *)(void *)g->says + 160 / sizeof(*end);
    CHECK(*end == 15, "the untypeds end before slot %llu", (unsigned long long)*end);
    (*end)--;
}

/* More slots than there are. */
static void endless(const struct given *g)
{
    ((uint64_t *)(void *)g->says)[160 / sizeof(uint64_t)] = UINT64_MAX;
}

static const struct plant {
    void (*tamper)(const struct given *);
    const char *says;
} plants[] = {
    {nothing, NULL},
    {other_address, "where their description has 2^"},
    {other_count, "frames from slot"},
    {give_parent, "from which something was made"},
    {give_parent, ", in which there is frame 'info'"},
    {give_too_much, ", in which there is "},
    {write_page, "which is not zero"},
    {map_page, "which is in use"},
    {take_away, "where their description has 2^"},
    {swap_kinds, "where their description has a frame of 4 KiB"},
    {hide_page, "which their description does not have"},
    {says_device, "bytes of device memory at 0x"},
    {copy_page, "which is in use"},
    {give_copy, "which is in use"},
    {read_only, "where their description has a frame of 4 KiB"},
    {other_first, "untypeds from slot 9 on and 5 frames from slot "},
    {other_version, "which does not match the 50 slots from 8 on"},
};

static const struct plant cache_plants[] = {
    {nothing, NULL},
    {never_cleaned, "which was cleared in the data cache but not cleaned and invalidated"},
    {cleaned_early, "which was cleared in the data cache but not cleaned and invalidated"},
};

/* Two in the last slots of their CNode, which a bootinfo lists one after the other: 12 is the first slot. */
static const char listed[] =
    "arch aarch64\n"
    "objects {\n"
    "  c = cnode (4 bits)  e = ep\n"
    "  some = leftover (slots: 2)  page = leftover (slots: 2, size: 4k)\n"
    "  info = frame (4k, fill: [{152 16 CDL_FrameFill_Bytes 0c000000000000000c00000000000000}])\n"
    "}\n"
    "caps {\n"
    "  c { 0: c  1: e (RW)  12: some  14: page }\n"
    "  some { 1: info }  page { 1: info }\n"
    "}\n";

static const struct plant listed_plants[] = {
    {untouched, NULL},
    {unlist, "which their description does not have"},
    {endless, "frame 'info' is a bootinfo and has 0x"},
};

static const struct plant share_plants[] = {
    {untouched, NULL},
    {no_share, "leftovers 'rest' have nothing, but the spec asks for a share"},
    {no_share, "which their description does not have"},
};

struct job {
    struct system *system;
    const struct plant *plant;
    struct verify_result result;
};

static void stopped(void *context, const struct machine_stop *stop)
{
    struct job *job = context;
    const struct given given = find(stop, &job->system->image);
    const struct verify_spec spec = {.spec = &job->system->spec, .name = "test.cdl", .path = job->system->path};
    job->plant->tamper(&given);
    verify_stopped(&job->system->image, stop, "", &spec, &job->result, 1);
}

static void test_plant(struct system *system, const struct plant *plant)
{
    struct job job = {.system = system, .plant = plant};
    FILE *console = tmpfile();
    struct machine_options options = {
        .console = console, .profile = system->profile, .stopped = stopped, .context = &job, .timeout_seconds = 60};
    struct machine_result result;
    if (!console || !machine_run(&system->image, &options, &result, &system->diags)) {
        exit(99);
    }
    fclose(console);
    char *found = differences(&job.result);
    CHECK(plant->says ? says(&job.result, plant->says) : !job.result.num_differences, "expected '%s', found:\n%s",
          plant->says ? plant->says : "nothing", found);
    free(found);
    verify_result_free(&job.result);
}

static void test_plants(const char *profile, const char *spec, const struct plant *list, size_t count)
{
    struct system system;
    system_read(&system, profile, spec);
    system_build(&system, false);
    for (size_t i = 0; i < count; i++) {
        test_plant(&system, &list[i]);
    }
    system_free(&system);
}

/* The image of one text compared with the spec of another. */
static void test_other(const char *image, const char *spec, const char *expected)
{
    struct system of_image, of_spec;
    struct verify_result result;
    system_read(&of_image, "riscv64", image);
    system_build(&of_image, false);
    system_read(&of_spec, "riscv64", spec);
    system_verify(&of_image, &of_spec, &result);
    char *found = differences(&result);
    CHECK(says(&result, expected), "expected '%s', found:\n%s", expected, found);
    free(found);
    verify_result_free(&result);
    system_free(&of_image);
    system_free(&of_spec);
}

/* The amount that the spec says, and the address. */
static void test_amounts(void)
{
    char *sized = replaced(text, "(slots: 50)", "(slots: 50, size: 16k)");
    char *smaller = replaced(text, "(slots: 50)", "(slots: 50, size: 12k)");
    char *placed = replaced(text, "(slots: 50)", "(slots: 50, size: 4k, paddr: 0x10000000)");
    char *elsewhere = replaced(text, "(slots: 50)", "(slots: 50, size: 4k, paddr: 0x10001000)");
    char *share = replaced(text, "(slots: 50)", "(slots: 50, share: 50)");
    test_other(sized, smaller, "leftovers 'rest' have 0x4000 bytes, but the spec says 0x3000");
    test_other(sized, placed, "leftovers 'rest' have 0x4000 bytes, but the spec says 0x1000");
    test_other(placed, elsewhere, "leftovers 'rest' begin at 0x10000000, but the spec says 0x10001000");
    test_plants("riscv64", share, share_plants, sizeof(share_plants) / sizeof(share_plants[0]));
    free(sized);
    free(smaller);
    free(placed);
    free(elsewhere);
    free(share);
}

int main(void)
{
    char *devices = replaced(text, "(slots: 50)", "(slots: 50, devices: 1)");
    char *few = replaced(text, "slots: 50", "slots: 5");
    char *moved = replaced(text, "8: rest", "9: rest");
    char *kept = replaced(text, "8: rest", ""), *none = replaced(kept, "rest = leftover (slots: 50)", "");
    char *without = replaced(none, "rest { 0: info }", ""), *arm = replaced(text, "arch riscv", "arch aarch64");
    test_plants("riscv64", text, plants, sizeof(plants) / sizeof(plants[0]));
    test_plants("aarch64", arm, cache_plants, sizeof(cache_plants) / sizeof(cache_plants[0]));
    test_plants("aarch64", listed, listed_plants, sizeof(listed_plants) / sizeof(listed_plants[0]));
    test_other(text, devices, "of untyped at 0x");
    test_other(devices, text, "of device memory, which is not in the spec");
    test_other(text, few, "which does not match the 5 slots from 8 on");
    char *last = replaced(text, "8: rest", "14: rest"), *behind = replaced(text, "8: rest", "15: rest");
    test_other(text, last, "which does not match the 50 slots from 14 on");
    test_other(text, behind, "leftovers 'rest' are not where the spec has them"); /* the CNode has 64 slots */
    test_other(text, kept, "leftovers 'rest' are not handed over");
    free(last);
    free(behind);
    test_amounts();
    test_other(text, moved, "which does not match the 50 slots from 9 on");
    test_other(text, without, "CNode 'c' has in slot 0x8 a capability to untyped at 0x");
    test_other(without, text, "leftovers 'rest' are described as 0 untypeds from slot 0 on");
    free(arm);
    free(devices);
    free(few);
    free(moved);
    free(kept);
    free(none);
    free(without);
    return fixture_result();
}
