/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *     blobs SEED COUNT [REAL]
 *
 * COUNT damaged images, from random systems: bits flipped, bytes changed, blobs cut short, tables exchanged, counts
 * that lie. Each is booted natively, every REAL-th also with the real binary, which must get just as far. An image is
 * rejected, or the boot stops, or what it makes is what the spec decoded from the same damaged image says; or, as blobs
 * are kernel calls, more than a spec can say, comparing the two finds out. It never crashes and always comes to an end.
 */
#include <stdlib.h>
#include <string.h>

#include "blob/blob.h"
#include "system.h"

enum { BOOT_SECONDS = 30 };

static struct {
    unsigned images, rejected, stopped, verified, undecodable, differs, silent, real;
} tally;

/* ---- Damage ---- */

struct damage {
    uint8_t *bytes; /* the image */
    uint8_t *blob;
    size_t size; /* of the blob */
    struct capdl_blob proved;
};

static void flip_bits(struct damage *d, struct rng *r)
{
    for (uint64_t i = rng_between(r, 1, 4); i > 0; i--) {
        d->blob[rng_below(r, d->size)] ^= (uint8_t)(1u << rng_below(r, 8));
    }
}

static void change_byte(struct damage *d, struct rng *r)
{
    static const uint8_t telling[] = {0, 1, 0x17, 0x18, 0x19, 0x1b, 0x1f, 0x20, 0x7f, 0x80, 0x9f, 0xa0, 0xf6, 0xff};
    size_t at = rng_below(r, d->size);
    d->blob[at] = rng_chance(r, 2) ? telling[rng_below(r, sizeof(telling))] : (uint8_t)rng_next(r);
}

/* Numbers of one byte are counts, slots, indexes: a little more, a little less. */
static void change_number(struct damage *d, struct rng *r)
{
    size_t at = rng_below(r, d->size);
    d->blob[at] = (uint8_t)(d->blob[at] + (rng_chance(r, 2) ? 1 : -1));
}

static void copy_piece(struct damage *d, struct rng *r)
{
    size_t length = rng_between(r, 1, 16);
    if (d->size <= length) {
        return;
    }
    memmove(d->blob + rng_below(r, d->size - length), d->blob + rng_below(r, d->size - length), length);
}

static void exchange_tables(struct damage *d, struct rng *r)
{
    unsigned first = (unsigned)rng_below(r, CAPDL_BLOB_ITEM_COUNT - 2);
    unsigned second = (unsigned)rng_between(r, first + 1, CAPDL_BLOB_ITEM_COUNT - 2);
    size_t a = d->proved.items[first], b = d->proved.items[first + 1], c = d->proved.items[second],
           e = d->proved.items[second + 1];
    uint8_t *copy = malloc(d->size);
    if (!copy) {
        abort();
    }
    memcpy(copy, d->blob, d->size);
    memcpy(d->blob + a, copy + c, e - c);
    memcpy(d->blob + a + (e - c), copy + b, c - b);
    memcpy(d->blob + a + (e - c) + (c - b), copy + a, b - a);
    free(copy);
}

static void cut_short(struct damage *d, size_t image_size, struct rng *r)
{
    for (size_t i = 0; i + sizeof(struct capdl_image_header) <= image_size; i += 8) {
        struct capdl_image_header header;
        memcpy(&header, d->bytes + i, sizeof(header));
        if (header.magic == CAPDL_IMAGE_MAGIC && header.blob_size == d->size) {
            header.blob_size = rng_chance(r, 2) ? rng_below(r, d->size) : d->size - rng_between(r, 1, 3);
            memcpy(d->bytes + i, &header, sizeof(header));
        }
    }
}

static void do_damage(const struct system *s, uint8_t *bytes, struct rng *r)
{
    static struct damage d;
    struct capdl_blob_error error;
    d = (struct damage){
        .bytes = bytes, .blob = bytes + (s->image.blob - s->image.bytes), .size = s->image.header.blob_size};
    if (!capdl_blob_open(&d.proved, d.blob, d.size, &error)) {
        abort();
    }
    switch (rng_below(r, 8)) {
    case 0:
    case 1:
        flip_bits(&d, r);
        break;
    case 2:
        change_byte(&d, r);
        break;
    case 3:
        copy_piece(&d, r);
        break;
    case 4:
        exchange_tables(&d, r);
        break;
    case 5:
        cut_short(&d, s->size, r);
        break;
    default:
        change_number(&d, r);
    }
}

/* ---- What becomes of it ---- */

struct trial {
    struct system *system;
    uint64_t number;
    uint8_t *bytes;
    struct image image;
    bool opened, decoded, compared;
    struct capdl_spec spec;
    struct capdl_diags diags;
    struct verify_result result;
    struct capdl_image_header header;
};

static void compare(struct trial *t, const struct machine_stop *stop, const char *said)
{
    struct verify_spec with = {.spec = &t->spec, .name = "image", .bytes = t->bytes, .size = t->system->size};
    if (stop->header) {
        t->header = *stop->header;
    }
    if (!t->decoded) {
        return;
    }
    verify_stopped(&t->image, stop, said, &with, &t->result, 1);
    t->compared = true;
}

static void native_stopped(void *context, const struct machine_stop *stop, const char *said)
{
    compare(context, stop, said);
}

static void real_stopped(void *context, const struct machine_stop *stop)
{
    compare(context, stop, "");
}

static void judge(struct trial *t, enum machine_outcome outcome)
{
    bool ended = outcome != MACHINE_BOOT_FAILED && outcome != MACHINE_TIMEOUT;
    if (!ended && t->header.phase == CAPDL_PHASE_OPEN) {
        tally.rejected++;
    } else if (!ended) {
        tally.stopped++;
    } else if (!t->compared) {
        tally.undecodable++;
        if (getenv("BLOBS_SHOW")) {
            fprintf(stderr, "damage %llu of seed %llu on %s: %s\n", (unsigned long long)t->number,
                    (unsigned long long)t->system->sample.seed, t->system->sample.profile->name,
                    t->diags.count ? t->diags.list[t->diags.count - 1].message : "");
        }
    } else if (t->result.num_differences == 0) {
        tally.verified++;
    } else {
        tally.differs++;
        if (getenv("BLOBS_SHOW")) {
            fprintf(stderr, "damage %llu of seed %llu on %s: %s\n", (unsigned long long)t->number,
                    (unsigned long long)t->system->sample.seed, t->system->sample.profile->name,
                    t->result.differences[0]);
        }
    }
}

static void boot_native(struct trial *t)
{
    static struct native_result r;
    struct native_options options = {
        .profile = t->system->sample.profile, .untypeds = t->system->untypeds, .stopped = native_stopped, .context = t};
    watch(BOOT_SECONDS, "damage %llu of seed %llu", (unsigned long long)t->number,
          (unsigned long long)t->system->sample.seed);
    if (!native_boot(t->bytes, t->system->size, &options, &r, &t->diags)) {
        failed("damage %llu: no machine", (unsigned long long)t->number);
        return;
    }
    judge(t, r.outcome);
    /* without a proved profile there is no console; and a damaged call may suspend the initialiser or name another
       system call */
    tally.silent += r.outcome == MACHINE_BOOT_FAILED && !*r.said;
    if (r.header.phase > CAPDL_PHASE_OPEN && !t->opened) {
        failed("damage %llu of seed %llu: the initialiser goes on with a blob that the tool rejects: %s",
               (unsigned long long)t->number, (unsigned long long)t->system->sample.seed, t->diags.list[0].message);
    }
}

/* Whether the turn of another domain comes before the last call, by which the initialiser suspends itself, is a matter
   of time, and only the real one takes any. */
static bool differs_by_time(const struct trial *t, const struct capdl_image_header *native)
{
    const struct capdl_image_header *real = &t->header;
    return t->system->sample.profile->num_domains > 1 && !native->kernel_error && !real->kernel_error &&
           native->phase >= CAPDL_PHASE_START && real->phase >= CAPDL_PHASE_START &&
           native->num_calls + 1 >= real->num_calls && real->num_calls + 1 >= native->num_calls;
}

/* The real binary must get just as far. */
static void boot_real(struct trial *t)
{
    struct machine_result result;
    struct machine_program program = {.name = "image", .elf = t->bytes, .size = t->system->size};
    struct machine_options options = {.profile = t->system->sample.profile,
                                      .untypeds = t->system->untypeds,
                                      .timeout_seconds = BOOT_SECONDS,
                                      .stopped = real_stopped,
                                      .context = t};
    struct capdl_image_header native = t->header;
    size_t differences = t->result.num_differences;
    verify_result_free(&t->result);
    tally.real++;
    if (!machine_run_program(&program, &options, &result, &t->diags)) {
        failed("damage %llu: no machine", (unsigned long long)t->number);
    } else if (((t->header.phase != native.phase || t->header.kernel_error != native.kernel_error ||
                 t->header.num_calls != native.num_calls) &&
                !differs_by_time(t, &native)) ||
               !differences != !t->result.num_differences) {
        failed("damage %llu of seed %llu: real and native initialiser differ: phase %llu, %llu; calls %llu, %llu",
               (unsigned long long)t->number, (unsigned long long)t->system->sample.seed,
               (unsigned long long)t->header.phase, (unsigned long long)native.phase,
               (unsigned long long)t->header.num_calls, (unsigned long long)native.num_calls);
    }
}

static void try_one(struct system *s, uint64_t number, bool real)
{
    struct trial t = {.system = s, .number = number, .bytes = malloc(s->size)};
    struct rng r = rng_seeded(number * 7919 + s->sample.seed);
    if (!t.bytes) {
        abort();
    }
    memcpy(t.bytes, s->bytes, s->size);
    do_damage(s, t.bytes, &r);
    tally.images++;
    capdl_spec_init(&t.spec);
    t.opened = image_open(&t.image, "image", t.bytes, s->size, &t.diags);
    t.decoded = t.opened && image_to_spec(&t.image, "image", &t.spec, &t.diags);
    boot_native(&t);
    if (real) {
        boot_real(&t);
    }
    verify_result_free(&t.result);
    capdl_spec_free(&t.spec);
    capdl_diags_free(&t.diags);
    free(t.bytes);
}

int main(int argc, char **argv)
{
    enum { A_SYSTEM = 50 };
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: blobs SEED COUNT [REAL]\n");
        return 2;
    }
    uint64_t seed = strtoull(argv[1], NULL, 0), count = strtoull(argv[2], NULL, 0), number = 0;
    uint64_t real = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;
    while (number < count && failures < 5) {
        struct system s;
        bool good = system_build(&s, seed++) && s.sample.num_lines < 120;
        for (unsigned i = 0; good && i < A_SYSTEM && number < count; i++, number++) {
            try_one(&s, number, real && number % real == 0);
        }
        system_free(&s);
    }
    scratch_free();
    printf("%u damaged images: %u rejected, %u stopped at boot, %u booted and are what their own spec says\n",
           tally.images, tally.rejected, tally.stopped, tally.verified);
    printf("%u booted and are found out: %u have no spec, %u do what their spec does not say\n",
           tally.undecodable + tally.differs, tally.undecodable, tally.differs);
    printf("%u came to their end without a message, %u were booted with the real binary, too\n", tally.silent,
           tally.real);
    return failures != 0;
}
