/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory planner against two things that know nothing of it: a kernel that does what untyped.c of seL4 does
 * with watermarks, and an exhaustive search for the cheapest set of untypeds. Random small systems, always the
 * same ones.
 */
#include "blob/padding.h"
#include "blob/plan.h"
#include "encode.h"

enum { MOST_UNTYPEDS = 6, MOST_OBJECTS = 9, MOST_BLOCKS = 256, CASES = 30000 };
enum { TYPE_UNTYPED = 0, TYPE_CNODE = 4, SLOT_BITS = 5, CNODE_ARGUMENT = 6 };

struct object {
    unsigned type, size_bits;
    uint64_t address;
    uint64_t first; /* direct: slot in the system's CNode */
    bool is_fixed, is_direct, made;
};

struct system {
    struct capdl_untyped untypeds[MOST_UNTYPEDS];
    size_t num_untypeds;
    struct object objects[10000];
    size_t with_slot[10000], direct[10000]; /* which object has a slot, or a number after these */
    size_t num_with_slot, num_direct;
    struct object *cnode;         /* of direct objects; 0: there are none */
    size_t num_objects, num_free; /* those that may lie anywhere come first */
    uint64_t num_slots, empty_slots, fan_out;
    uint64_t more; /* in the blob, each object that may lie anywhere stands for so many more */
};

static uint64_t seed = 1;

static uint64_t below(uint64_t limit)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (seed >> 33) % limit;
}

#define CHECK(condition)                \
    do {                                \
        if (!(condition))               \
            fail(#condition, __LINE__); \
    } while (0)

static unsigned test_case;

static void fail(const char *condition, int line)
{
    fprintf(stderr, "plan.c:%d: case %u: %s does not hold\n", line, test_case, condition);
    abort();
}

/* ---- A blob of the system ---- */

static void put_profile(struct encoder *e, const struct system *system)
{
    const uint64_t pairs[][2] = {
        {CAPDL_BOOT_SYS_CALL, 7},          {CAPDL_BOOT_UNTYPED_OFFSET, 152},    {CAPDL_BOOT_FAN_OUT, system->fan_out},
        {CAPDL_BOOT_SLOT_BITS, SLOT_BITS}, {CAPDL_BOOT_TYPE_CNODE, TYPE_CNODE},
    };
    put_head(e, 5, sizeof(pairs) / sizeof(pairs[0]));
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        put_uint(e, pairs[i][0]);
        put_uint(e, pairs[i][1]);
    }
}

/* How many objects from this one on are of its type and size (and, when fixed, behind each other). */
static size_t run_length(const struct system *system, size_t from, size_t end)
{
    const struct object *o = &system->objects[from];
    size_t n = 1;
    while (from + n < end && o[n].type == o->type && o[n].size_bits == o->size_bits && o[n].is_direct == o->is_direct &&
           (!o->is_direct || o[n].first == o->first + n) &&
           (!o->is_fixed || o[n].address == o->address + (n << o->size_bits))) {
        n++;
    }
    return n;
}

/* Slots, and numbers of direct objects, in the order of the tables. */
static void number_objects(struct system *system)
{
    system->num_with_slot = system->num_direct = 0;
    for (size_t i = 0; i < system->num_objects; i++) {
        if (system->objects[i].is_direct) {
            system->direct[system->num_direct++] = i;
        } else {
            system->with_slot[system->num_with_slot++] = i;
        }
    }
}

static uint64_t slot_of(const struct system *system, const struct object *o)
{
    uint64_t slot = 0;
    while (&system->objects[system->with_slot[slot]] != o) {
        slot++;
    }
    return slot;
}

static unsigned argument_of(const struct object *o)
{
    return o->type == TYPE_CNODE ? CNODE_ARGUMENT : 0;
}

static size_t put_objects(struct encoder *e, const struct system *system, size_t from, size_t end, bool write)
{
    size_t runs = 0, n;
    for (; from < end; from += n, runs++) {
        const struct object *o = &system->objects[from];
        n = run_length(system, from, end);
        if (write && o->is_fixed) {
            PUT_TUPLE(e, o->type, 0, o->size_bits, n, o->address);
        } else if (write && o->is_direct) {
            PUT_TUPLE(e, o->type, 0, o->size_bits, n, slot_of(system, system->cnode), o->first, 15);
        } else if (write) {
            PUT_TUPLE(e, o->type, argument_of(o), o->size_bits, n * (1 + system->more));
        }
    }
    return runs;
}

static void encode(struct encoder *e, struct system *system)
{
    number_objects(system);
    e->size = 0;
    put_array(e, 10);
    put_uint(e, 1);
    put_profile(e, system);
    put_head(e, 5, 2);
    put_uint(e, CAPDL_SIZE_OBJECTS);
    put_uint(e, system->num_with_slot + system->num_free * system->more);
    put_uint(e, CAPDL_SIZE_SLOTS);
    put_uint(e, system->num_slots);
    put_array(e, 0);
    put_array(e, put_objects(e, system, 0, system->num_free, false));
    put_objects(e, system, 0, system->num_free, true);
    put_array(e, put_objects(e, system, system->num_free, system->num_objects, false));
    put_objects(e, system, system->num_free, system->num_objects, true);
    put_array(e, 0);
    put_array(e, 0);
    put_array(e, 0);
    put_null(e);
}

/* ---- Random systems ---- */

static void place_untypeds(struct system *system)
{
    uint64_t address = below(4) * 0x100000;
    system->num_untypeds = 1 + below(MOST_UNTYPEDS);
    for (size_t i = 0; i < system->num_untypeds; i++) {
        struct capdl_untyped *u = &system->untypeds[i];
        u->size_bits = (uint8_t)(5 + below(6));
        u->is_device = below(6) == 0;
        u->address = (address + ((UINT64_C(1) << u->size_bits) - 1)) >> u->size_bits << u->size_bits;
        address = u->address + (UINT64_C(1) << u->size_bits) + (below(2) ? 0 : 16 * below(40));
    }
    for (size_t i = system->num_untypeds; i > 1; i--) { /* in any order */
        size_t j = below(i);
        struct capdl_untyped t = system->untypeds[i - 1];
        system->untypeds[i - 1] = system->untypeds[j];
        system->untypeds[j] = t;
    }
}

/* Descending, those of one type together. */
static int by_size(const void *a, const void *b)
{
    const struct object *first = a, *second = b;
    if (first->size_bits != second->size_bits) {
        return (int)second->size_bits - (int)first->size_bits;
    }
    if (first->is_direct != second->is_direct) {
        return first->is_direct - second->is_direct;
    }
    return (int)first->type - (int)second->type;
}

/* One object becomes a CNode, and some of those that are no larger go straight into it. */
static void make_some_direct(struct system *system)
{
    size_t at = system->num_free ? below(system->num_free) : 0;
    uint64_t next = below(8);
    system->cnode = NULL;
    if (!system->num_free || below(2)) {
        return;
    }
    system->objects[at].type = TYPE_CNODE;
    for (size_t i = at + 1; i < system->num_free; i++) {
        system->objects[i].is_direct = below(3) > 0;
    }
    qsort(system->objects, system->num_free, sizeof(system->objects[0]), by_size);
    for (size_t i = 0; i < system->num_free; i++) {
        struct object *o = &system->objects[i];
        if (o->type == TYPE_CNODE) {
            system->cnode = o;
        } else if (o->is_direct) {
            o->first = next++;
            next += below(4) == 0;
        }
    }
}

static void add_free_objects(struct system *system, size_t most, unsigned sizes)
{
    system->num_free = below(most + 1);
    for (size_t i = 0; i < system->num_free; i++) {
        system->objects[i] = (struct object){.type = 100 + (unsigned)below(2), .size_bits = 4 + (unsigned)below(sizes)};
    }
    qsort(system->objects, system->num_free, sizeof(system->objects[0]), by_size);
}

/* Fixed objects in address order, here and there in the untypeds. */
static void add_fixed_objects(struct system *system)
{
    system->num_objects = system->num_free;
    for (uint64_t address = 0; address < 0x400000 && below(4);) {
        uint64_t next = UINT64_MAX;
        struct object o = {.type = 100, .is_fixed = true};
        for (size_t i = 0; i < system->num_untypeds; i++) {
            const struct capdl_untyped *u = &system->untypeds[i];
            uint64_t end = u->address + (UINT64_C(1) << u->size_bits);
            o.size_bits = 4 + (unsigned)below(3);
            if (end > address && below(2)) {
                uint64_t a = (u->address > address ? u->address : address) + 16 * below(12);
                a = (a + (UINT64_C(1) << o.size_bits) - 1) >> o.size_bits << o.size_bits;
                if (a + (UINT64_C(1) << o.size_bits) <= end && a < next) {
                    next = a;
                    o.address = a;
                    break;
                }
            }
        }
        if (next == UINT64_MAX || system->num_objects >= system->num_free + 5) {
            return;
        }
        system->objects[system->num_objects++] = o;
        address = next + (UINT64_C(1) << o.size_bits);
    }
}

/* ---- The kernel ---- */

struct kernel {
    uint64_t marks[MOST_UNTYPEDS];
    uint64_t padding, leaves, roots;
};

static struct object *object_at(struct system *system, uint64_t slot)
{
    CHECK(slot < system->num_with_slot);
    return &system->objects[system->with_slot[slot]];
}

/* Those without slots have numbers after all slots. */
static struct object *object_of(struct system *system, const struct capdl_retype *step, uint64_t i)
{
    if (step->kind != CAPDL_RETYPE_DIRECT) {
        return object_at(system, step->slot + i);
    }
    CHECK(step->slot + i - system->num_slots < system->num_direct);
    return &system->objects[system->direct[step->slot + i - system->num_slots]];
}

/* One Retype as untyped.c does it; returns the address of the first object. */
static uint64_t kernel_retype(struct kernel *kernel, const struct system *system, const struct capdl_retype *step)
{
    const struct capdl_untyped *u = &system->untypeds[step->untyped];
    uint64_t size = UINT64_C(1) << step->size_bits, free = (UINT64_C(1) << u->size_bits) - kernel->marks[step->untyped];
    uint64_t start = (u->address + kernel->marks[step->untyped] + size - 1) & ~(size - 1);
    CHECK(step->count >= 1 && step->count <= system->fan_out);
    CHECK(free >> step->size_bits >= step->count);
    kernel->marks[step->untyped] = start + step->count * size - u->address;
    CHECK(kernel->marks[step->untyped] <= UINT64_C(1) << u->size_bits);
    return start;
}

/* Padding is made only where the kernel would not reach the next fixed object's address by itself. */
static void check_padding(const struct system *system, const struct capdl_untyped *u, uint64_t mark)
{
    for (size_t i = system->num_free; i < system->num_objects; i++) {
        const struct object *o = &system->objects[i];
        uint64_t size = UINT64_C(1) << o->size_bits;
        if (o->address >= u->address + mark) {
            CHECK(((u->address + mark + size - 1) & ~(size - 1)) != o->address);
            return;
        }
    }
    fail("padding comes before a fixed object", __LINE__);
}

static void check_step(struct system *system, struct kernel *kernel, const struct capdl_plan *plan,
                       const struct capdl_retype *step)
{
    uint64_t address;
    CHECK(step->untyped < system->num_untypeds);
    CHECK(!system->untypeds[step->untyped].is_device || step->kind == CAPDL_RETYPE_PADDING ||
          object_of(system, step, 0)->is_fixed);
    if (step->kind == CAPDL_RETYPE_PADDING) {
        check_padding(system, &system->untypeds[step->untyped], kernel->marks[step->untyped]);
    }
    address = kernel_retype(kernel, system, step);
    CHECK(address == step->address);
    switch (step->kind) {
    case CAPDL_RETYPE_OBJECTS:
    case CAPDL_RETYPE_DIRECT:
        for (uint64_t i = 0; i < step->count; i++, address += UINT64_C(1) << step->size_bits) {
            struct object *o = object_of(system, step, i);
            CHECK(!o->made);
            CHECK(o->size_bits == step->size_bits && step->type == o->type && step->argument == argument_of(o));
            CHECK(!o->is_fixed || o->address == address);
            CHECK(o->is_direct == (step->kind == CAPDL_RETYPE_DIRECT));
            CHECK(!o->is_direct || (system->cnode->made && step->first + i == o->first &&
                                    object_at(system, step->cnode) == system->cnode));
            o->made = true;
        }
        if (plan->num_leaves && step->kind == CAPDL_RETYPE_OBJECTS) {
            CHECK(step->slot / CAPDL_LEAF_SLOTS == (step->slot + step->count - 1) / CAPDL_LEAF_SLOTS);
        }
        break;
    case CAPDL_RETYPE_PADDING:
        CHECK(step->slot == system->num_slots + kernel->padding && step->type == TYPE_UNTYPED);
        CHECK(step->argument == step->size_bits);
        kernel->padding += step->count;
        break;
    case CAPDL_RETYPE_CSPACE_LEAF:
        CHECK(step->slot == kernel->leaves && step->argument == 12 && step->size_bits == 17);
        kernel->leaves += step->count;
        break;
    case CAPDL_RETYPE_CSPACE_ROOT:
        CHECK(step->argument == 1 && step->size_bits == 6 && step->count == 1);
        kernel->roots++;
        break;
    }
}

static void run_plan(struct system *system, struct capdl_plan *plan)
{
    struct kernel kernel = {0};
    struct capdl_retype step;
    uint64_t steps = 0, touched = 0, room;
    for (; capdl_plan_next(plan, &step); steps++) {
        CHECK(steps >= plan->num_cspace_retypes || step.kind >= CAPDL_RETYPE_CSPACE_LEAF);
        check_step(system, &kernel, plan, &step);
    }
    CHECK(plan->failure.status == CAPDL_PLAN_OK && !capdl_plan_next(plan, &step));
    for (size_t i = 0; i < system->num_objects; i++) {
        CHECK(system->objects[i].made);
    }
    for (size_t i = 0; i < system->num_untypeds; i++) {
        touched += kernel.marks[i] && !system->untypeds[i].is_device ? UINT64_C(1) << system->untypeds[i].size_bits : 0;
    }
    CHECK(touched == plan->ram_touched);
    CHECK(kernel.padding == plan->num_padding);
    CHECK(kernel.leaves == plan->num_leaves && kernel.roots == (plan->num_leaves ? 1 : 0));
    room = plan->num_leaves ? plan->num_leaves * CAPDL_LEAF_SLOTS : system->empty_slots;
    CHECK(system->num_slots + kernel.padding <= room);
}

/* ---- The exhaustive search ---- */

struct block {
    uint64_t size, left, cost; /* cost: paid when the first object goes in */
};

struct search {
    struct block blocks[MOST_BLOCKS];
    size_t num_blocks;
    uint64_t best;
};

/* Which 16-byte units of an untyped are free, as maximal aligned blocks that cost nothing. */
static void add_gaps(struct search *search, const struct system *system, const struct capdl_untyped *u)
{
    uint64_t at = u->address, end = u->address + (UINT64_C(1) << u->size_bits);
    for (size_t i = system->num_free; i <= system->num_objects; i++) {
        const struct object *o = i < system->num_objects ? &system->objects[i] : NULL;
        uint64_t limit = o && o->address >= u->address && o->address < end ? o->address : o ? at : end;
        while (at < limit) {
            uint64_t size = 16;
            while (at % (size * 2) == 0 && at + size * 2 <= limit) {
                size *= 2;
            }
            search->blocks[search->num_blocks++] = (struct block){size, size, 0};
            CHECK(search->num_blocks < MOST_BLOCKS);
            at += size;
        }
        if (o && limit == o->address) {
            at = o->address + (UINT64_C(1) << o->size_bits);
        }
    }
}

static bool holds_fixed(const struct system *system, const struct capdl_untyped *u)
{
    for (size_t i = system->num_free; i < system->num_objects; i++) {
        uint64_t offset = system->objects[i].address - u->address;
        if (offset < UINT64_C(1) << u->size_bits) {
            return true;
        }
    }
    return false;
}

/* Powers of two fit into a block exactly if their sum does and each is no larger: every way to distribute them
   is tried. */
static void distribute(struct search *search, const struct system *system, size_t object, uint64_t cost)
{
    uint64_t size;
    if (cost >= search->best) {
        return;
    }
    if (object == system->num_free) {
        search->best = cost;
        return;
    }
    size = UINT64_C(1) << system->objects[object].size_bits;
    for (size_t i = 0; i < search->num_blocks; i++) {
        struct block *b = &search->blocks[i];
        bool twin = false;
        for (size_t j = 0; j < i; j++) {
            twin = twin || memcmp(&search->blocks[j], b, sizeof(*b)) == 0;
        }
        if (b->left < size || twin) {
            continue;
        }
        b->left -= size;
        distribute(search, system, object + 1, cost + (b->left + size == b->size ? b->cost : 0));
        b->left += size;
    }
}

static uint64_t cheapest(const struct system *system)
{
    static struct search search;
    uint64_t base = 0;
    search.num_blocks = 0;
    search.best = UINT64_MAX;
    for (size_t i = 0; i < system->num_untypeds; i++) {
        const struct capdl_untyped *u = &system->untypeds[i];
        uint64_t size = UINT64_C(1) << u->size_bits;
        if (u->is_device) {
            continue;
        }
        if (holds_fixed(system, u)) {
            base += size;
            add_gaps(&search, system, u);
        } else {
            search.blocks[search.num_blocks++] = (struct block){size, size, size};
        }
    }
    distribute(&search, system, 0, 0);
    return search.best == UINT64_MAX ? UINT64_MAX : base + search.best;
}

/* ---- Cases ---- */

static void open_system(struct capdl_blob *blob, struct encoder *e, struct system *system)
{
    struct capdl_blob_error error;
    encode(e, system);
    if (!capdl_blob_open(blob, e->bytes, e->size, &error)) {
        fprintf(stderr, "at byte %zu: expected %s\n", error.offset, error.expected);
        fail("the blob opens", __LINE__);
    }
}

static bool make_plan(struct capdl_plan *plan, struct system *system, const struct capdl_blob *blob)
{
    static uint64_t scratch[4096 * sizeof(struct capdl_plan_group) / 8];
    struct capdl_plan_request request = {blob, system->untypeds, system->num_untypeds, scratch, system->empty_slots};
    CHECK(capdl_plan_scratch_size(blob->counts[CAPDL_BLOB_ITEM_GROUPS]) <= sizeof(scratch));
    return capdl_plan_make(plan, &request);
}

static void check_failure(struct system *system, const struct capdl_plan *plan)
{
    const struct capdl_plan_failure *f = &plan->failure;
    uint64_t total = 0;
    CHECK(f->status == CAPDL_PLAN_NO_MEMORY);
    CHECK(f->missing > 0);
    CHECK((f->slot < system->num_slots ? object_at(system, f->slot)
                                       : &system->objects[system->direct[f->slot - system->num_slots]])
              ->size_bits == f->size_bits);
    for (size_t i = 0; i < system->num_untypeds; i++) {
        total += system->untypeds[i].is_device ? 0 : UINT64_C(1) << system->untypeds[i].size_bits;
    }
    CHECK(f->total_free <= total && (!f->largest_free || UINT64_C(1) << f->largest_free <= total));
}

static unsigned solved, refused, made_direct, dearer;

static void small_case(void)
{
    static struct system system;
    static struct encoder e;
    struct capdl_blob blob;
    struct capdl_plan plan;
    uint64_t best;
    bool may_wait; /* gaps before fixed objects may be passed while a CNode is not made yet */
    memset(&system, 0, sizeof(system));
    place_untypeds(&system);
    add_free_objects(&system, MOST_OBJECTS, 6);
    make_some_direct(&system);
    add_fixed_objects(&system);
    system.num_slots = system.num_objects + below(3);
    system.empty_slots = 100;
    system.fan_out = 1 + below(5);
    open_system(&blob, &e, &system);
    best = cheapest(&system);
    may_wait = system.num_direct > 0 && system.num_objects > system.num_free;
    if (!make_plan(&plan, &system, &blob)) {
        CHECK(best == UINT64_MAX || may_wait);
        check_failure(&system, &plan);
        refused++;
        return;
    }
    CHECK(plan.num_leaves == 0);
    CHECK(plan.ram_touched == best || (plan.ram_touched > best && may_wait));
    run_plan(&system, &plan);
    solved++;
    made_direct += system.num_direct > 0;
    dearer += plan.ram_touched > best;
}

/* More slots than the initial CNode has: the larger CSpace comes first, and no batch crosses a leaf. */
static void large_case(void)
{
    static struct system system;
    static struct encoder e;
    struct capdl_blob blob;
    struct capdl_plan plan;
    memset(&system, 0, sizeof(system));
    system.num_untypeds = MOST_UNTYPEDS;
    for (size_t i = 0; i < MOST_UNTYPEDS; i++) {
        unsigned bits = 6 + 3 * (unsigned)i;
        system.untypeds[i] = (struct capdl_untyped){.address = UINT64_C(1) << bits, .size_bits = (uint8_t)bits};
    }
    add_free_objects(&system, 9000, 4);
    system.num_objects = system.num_free;
    system.num_slots = system.num_objects + 500 + below(5000);
    system.empty_slots = 100 + below(200);
    system.fan_out = 256;
    open_system(&blob, &e, &system);
    CHECK(make_plan(&plan, &system, &blob));
    CHECK(plan.num_leaves == (system.num_slots + CAPDL_LEAF_SLOTS - 1) / CAPDL_LEAF_SLOTS);
    run_plan(&system, &plan);
}

/* The larger CSpace has no memory, though all objects do. */
static void no_memory_for_leaves(void)
{
    static struct system system;
    static struct encoder e;
    struct capdl_blob blob;
    struct capdl_plan plan;
    memset(&system, 0, sizeof(system));
    system.num_untypeds = 2;
    system.untypeds[0] = (struct capdl_untyped){.address = 0x10000, .size_bits = 16};
    system.untypeds[1] = (struct capdl_untyped){.address = 0x40000, .size_bits = 18, .is_device = 1};
    system.num_objects = system.num_free = 200;
    for (size_t i = 0; i < system.num_free; i++) {
        system.objects[i] = (struct object){.type = 100, .size_bits = 4};
    }
    system.num_slots = 200;
    system.empty_slots = 100;
    system.fan_out = 256;
    open_system(&blob, &e, &system);
    CHECK(!make_plan(&plan, &system, &blob));
    CHECK(plan.failure.status == CAPDL_PLAN_NO_MEMORY && plan.failure.slot == UINT64_MAX);
    CHECK(plan.failure.size_bits == 17 && plan.failure.missing == UINT64_C(1) << 17);
    CHECK(plan.failure.total_free == UINT64_C(1) << 16 && plan.failure.largest_free == 16);
}

/* Slots that only padding needs lead to the larger CSpace, too. */
static void slots_for_padding(void)
{
    static struct system system;
    static struct encoder e;
    struct capdl_blob blob;
    struct capdl_plan plan;
    memset(&system, 0, sizeof(system));
    system.num_untypeds = 2;
    system.untypeds[0] = (struct capdl_untyped){.address = 0x100000, .size_bits = 16};
    system.untypeds[1] = (struct capdl_untyped){.address = 0x200000, .size_bits = 18};
    system.num_objects = 1;
    system.objects[0] = (struct object){.type = 100, .size_bits = 4, .address = 0x100040, .is_fixed = true};
    system.num_slots = system.empty_slots = 2;
    system.fan_out = 256;
    open_system(&blob, &e, &system);
    CHECK(make_plan(&plan, &system, &blob));
    CHECK(plan.num_padding == 1 && plan.num_leaves == 1);
    run_plan(&system, &plan);
}

/* Objects of so many bytes that 64 bits do not hold their sum, alone and with others. */
static void sums_beyond_64_bits(void)
{
    static struct system system;
    static struct encoder e;
    struct capdl_blob blob;
    struct capdl_plan plan;
    memset(&system, 0, sizeof(system));
    system.num_untypeds = 1;
    system.untypeds[0] = (struct capdl_untyped){.address = 0, .size_bits = 47};
    for (system.num_free = 1; system.num_free <= 2; system.num_free++) {
        system.objects[0] = (struct object){.type = 100, .size_bits = 47};
        system.objects[1] = (struct object){.type = 100, .size_bits = 46};
        system.num_objects = system.num_free;
        system.more = 131071;
        system.num_slots = system.empty_slots = system.num_free << 17;
        system.fan_out = 256;
        open_system(&blob, &e, &system);
        CHECK(!make_plan(&plan, &system, &blob));
        CHECK(plan.failure.status == CAPDL_PLAN_NO_MEMORY && plan.failure.slot == 0 && plan.failure.size_bits == 47);
        CHECK(plan.failure.missing > UINT64_C(1) << 63 && plan.failure.total_free == UINT64_C(1) << 47);
    }
}

/* A list of untypeds that no kernel makes: not aligned, so that less fits than the sum says; of a size beyond all. */
static void untypeds_that_cannot_be(void)
{
    static struct system system;
    static struct encoder e;
    struct capdl_blob blob;
    struct capdl_plan plan;
    memset(&system, 0, sizeof(system));
    system.num_untypeds = 1;
    system.untypeds[0] = (struct capdl_untyped){.address = 0x10800, .size_bits = 12};
    system.num_objects = system.num_free = system.num_slots = system.empty_slots = 1;
    system.objects[0] = (struct object){.type = 100, .size_bits = 12};
    system.fan_out = 256;
    open_system(&blob, &e, &system);
    CHECK(!make_plan(&plan, &system, &blob));
    CHECK(plan.failure.status == CAPDL_PLAN_NO_MEMORY && plan.failure.slot == 0 && plan.failure.missing == 4096);
    for (unsigned bits = 48; bits < 256; bits++) {
        system.untypeds[0] = (struct capdl_untyped){.address = 0x10000, .size_bits = (uint8_t)bits};
        CHECK(!make_plan(&plan, &system, &blob));
        CHECK(plan.failure.status == CAPDL_PLAN_NO_MEMORY && plan.failure.largest_free == 0);
    }
}

/* ---- Padding ---- */

/* Calls until the watermark is at the address, as the kernel moves it. */
static unsigned pad(uint64_t mark, uint64_t address, bool few, uint64_t *pieces)
{
    unsigned calls = 0;
    while (mark != address) {
        struct capdl_padding next = capdl_padding_next(mark, address, few);
        uint64_t size = UINT64_C(1) << next.size_bits;
        CHECK(next.count >= 1 && next.count <= 256);
        mark = ((mark + size - 1) & ~(size - 1)) + next.count * size;
        CHECK(mark <= address);
        *pieces += next.count;
        calls++;
    }
    return calls;
}

/* Pages here and there in a GiB: three calls a page on average, with the page's own. Where pieces are kept, they are no
   more than the bits of the addresses demand. */
static void padding_between_pages(void)
{
    enum { PAGES = 1000, GIB_PAGES = 1 << 18 };
    static bool is_page[GIB_PAGES];
    uint64_t mark = 0, pieces = 0, few_pieces = 0;
    unsigned calls = 0, few_calls = 0;

    for (unsigned i = 0; i < PAGES; i++) {
        is_page[below(GIB_PAGES)] = true;
    }
    for (uint64_t i = 0; i < GIB_PAGES; i++) {
        uint64_t address = i << CAPDL_PAGE_BITS;
        if (is_page[i]) {
            calls += 1 + pad(mark, address, false, &pieces);
            few_calls += 1 + pad(mark, address, true, &few_pieces);
            mark = address + CAPDL_PAGE_SIZE;
        }
    }
    printf("%d pages in a GiB: %u calls with %llu pieces of padding, or %u with %llu\n", PAGES, calls,
           (unsigned long long)pieces, few_calls, (unsigned long long)few_pieces);
    CHECK(calls < 3 * PAGES && pieces < 20 * PAGES && few_pieces < 5 * PAGES);
}

static void padding_of_any_size(void)
{
    uint64_t most = 0;
    CHECK(pad(0, UINT64_C(1) << 55, false, &most) == 1 && most == 256);
    for (test_case = 0; test_case < 100000; test_case++) {
        const unsigned bits = 4 + (unsigned)below(52);
        uint64_t address =
                     ((below(UINT64_C(1) << 31) << 31 | below(UINT64_C(1) << 31)) & ((UINT64_C(1) << bits) - 1)) >>
                     4 << 4,
                 mark = below(2) ? 0 : address - (address & below(UINT64_C(1) << 31) << below(20)), pieces = 0;
        CHECK(pad(mark >> 4 << 4, address, below(2), &pieces) <= 52);
    }
}

int main(void)
{
    padding_between_pages();
    padding_of_any_size();
    sums_beyond_64_bits();
    untypeds_that_cannot_be();
    no_memory_for_leaves();
    slots_for_padding();
    for (test_case = 0; test_case < CASES; test_case++) {
        small_case();
    }
    for (; test_case < CASES + 100; test_case++) {
        large_case();
    }
    printf("%u systems placed, %u with direct objects, all but %u of these at the least cost; %u rightly refused\n",
           solved, made_direct, dearer, refused);
    CHECK(solved > CASES / 4 && refused > CASES / 20 && made_direct > CASES / 20 && dearer < solved / 20);
    return 0;
}
