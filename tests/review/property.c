/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *     property FIRST COUNT
 *
 * Random systems and random edits of them. The lines of two systems differ if and only if there is a finding; another
 * order is no difference; other names are one line; and whatever a second judge, who knows nothing but the kernel's
 * rule for pointers, finds that a thread can name now and could not, or the other way round, is in a finding of its.
 * What has no finding boots alike: two such systems, written in the same order, have the same record of what the
 * initialiser does, byte by byte.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/review.h>

#include "image/image.h"
#include "mutate.h"
#include "random.h"

struct system {
    char *text, *lines;
    size_t size, lines_size;
    struct capdl_spec spec;
    struct capdl_diags diags;
    bool good;
};

static const struct capdl_diff_options plain = {.content = NULL};

static void system_read(struct system *s, const struct sample *sample)
{
    struct capdl_text_options none = {NULL};
    FILE *out;
    *s = (struct system){NULL};
    out = open_memstream(&s->text, &s->size);
    sample_write(sample, out);
    fclose(out);
    capdl_spec_init(&s->spec);
    uint16_t source = capdl_diags_add_source(&s->diags, "random.cdl", s->text, s->size);
    s->good = capdl_spec_read_text(&s->spec, &s->diags, source, &none);
    if (s->good) {
        out = open_memstream(&s->lines, &s->lines_size);
        capdl_review_lines(&s->spec, &plain, out);
        fclose(out);
    }
}

static void system_free(struct system *s)
{
    capdl_spec_free(&s->spec);
    capdl_diags_free(&s->diags);
    free(s->text);
    free(s->lines);
}

/* ---- Edits ---- */

static void shuffle(struct sample *s, struct rng *r)
{
    for (size_t i = s->num_lines; i > 1; i--) {
        size_t j = rng_below(r, i);
        struct line line = s->lines[i - 1];
        /* The schedule's order means something, and a capability without slot comes behind the one before. */
        if (line.section == SECTION_DOMAINS || s->lines[j].section == SECTION_DOMAINS) {
            continue;
        }
        s->lines[i - 1] = s->lines[j];
        s->lines[j] = line;
    }
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Gives every object another name, an array with its elements; the new order of names is not the old one. */
static void rename_all(struct sample *s, const struct capdl_spec *spec)
{
    for (size_t i = 0; i < s->num_lines; i++) {
        char *text = NULL, word[200];
        size_t size, length;
        FILE *out = open_memstream(&text, &size);
        for (const char *at = s->lines[i].text; *at; at += length) {
            for (length = 0; length < sizeof(word) - 1 && is_word(at[length]);) {
                length++;
            }
            snprintf(word, sizeof(word), "%.*s", (int)length, at);
            bool object = length && (capdl_spec_find(spec, word, CAPDL_NO_INDEX) != CAPDL_NO_OBJECT ||
                                     capdl_spec_array_length(spec, word));
            if (object) {
                unsigned hash = 5381;
                for (const char *c = word; *c; c++) {
                    hash = hash * 33 + (unsigned char)*c;
                }
                fprintf(out, "n%u_%s", hash % 97, word);
            } else {
                fwrite(at, 1, length ? length : 1, out);
            }
            length = length ? length : 1;
        }
        fclose(out);
        free(s->lines[i].text);
        s->lines[i].text = text;
    }
}

/* ---- The second judge: what a thread can name, by trying its pointers one slot after the other ---- */

struct named {
    char label[160];
    int kind;
    unsigned rights;
};

struct set {
    struct named list[4096];
    size_t count;
};

/* Whether something in the set allows all that this does. */
static bool set_has(const struct set *set, const struct named *named)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->list[i].kind == named->kind && strcmp(set->list[i].label, named->label) == 0 &&
            (set->list[i].rights & named->rights) == named->rights) {
            return true;
        }
    }
    return false;
}

static void set_add(struct set *set, const struct named *named)
{
    if (!set_has(set, named) && set->count < sizeof(set->list) / sizeof(set->list[0])) {
        set->list[set->count++] = *named;
    }
}

static void name_slots(const struct capdl_spec *spec, uint32_t cnode, unsigned bits, unsigned depth, struct set *set)
{
    struct capdl_caps caps = capdl_object_caps(spec, cnode);
    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        bool rights =
            cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION || cap->kind == CAPDL_KIND_FRAME;
        struct named named = {.kind = cap->kind, .rights = rights ? cap->rights : 0};
        if (cap->object != CAPDL_NO_OBJECT) {
            capdl_object_label(spec, cap->object, named.label, sizeof(named.label));
        }
        set_add(set, &named);
        if (cap->kind == CAPDL_KIND_CNODE && depth < 4 && bits &&
            cap->guard_size + (unsigned)capdl_object_size_bits(spec, cap->object) <= bits) {
            name_slots(spec, cap->object, bits - cap->guard_size - capdl_object_size_bits(spec, cap->object), depth + 1,
                       set);
        }
    }
}

static void what_is_named(const struct capdl_spec *spec, uint32_t tcb, struct set *set)
{
    const struct capdl_cap *root = capdl_spec_cap_at(spec, tcb, CAPDL_TCB_SLOT_CSPACE);
    set->count = 0;
    if (root && root->kind == CAPDL_KIND_CNODE &&
        root->guard_size + (unsigned)capdl_object_size_bits(spec, root->object) <= 64) {
        name_slots(spec, root->object, 64 - root->guard_size - capdl_object_size_bits(spec, root->object), 0, set);
    }
}

static bool speaks(const struct capdl_finding *finding, enum capdl_change without)
{
    for (size_t i = 0; i < finding->num_consequences; i++) {
        if (speaks(&finding->consequences[i], without)) {
            return true;
        }
    }
    return finding->change != without && finding->rank < CAPDL_RANK_LAYOUT;
}

static bool any_speaks(const struct capdl_findings *findings, enum capdl_change without)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (speaks(&findings->list[i], without)) {
            return true;
        }
    }
    return false;
}

static bool is_renamed(const struct capdl_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->list[i].change == CAPDL_RENAMED) {
            return true;
        }
    }
    return false;
}

/* Whether every gain and loss that the second judge sees is told. */
static bool agrees(const struct system *old, const struct system *new, const struct capdl_findings *findings)
{
    bool good = true;
    for (uint32_t i = 0; good && !is_renamed(findings) && i < old->spec.num_objects; i++) {
        uint32_t now = capdl_spec_find(&new->spec, capdl_object_name(&old->spec, i), capdl_object_index(&old->spec, i));
        if (capdl_object_kind(&old->spec, i) != CAPDL_KIND_TCB || now == CAPDL_NO_OBJECT ||
            capdl_object_kind(&new->spec, now) != CAPDL_KIND_TCB) {
            continue;
        }
        static struct set a, b;
        what_is_named(&old->spec, i, &a);
        what_is_named(&new->spec, now, &b);
        for (size_t j = 0; good && j < b.count; j++) {
            if (!set_has(&a, &b.list[j]) && !any_speaks(findings, CAPDL_LOST)) {
                printf("%s can name '%s' now, and no finding is a gain\n", capdl_object_name(&old->spec, i),
                       b.list[j].label);
                good = false;
            }
        }
        for (size_t j = 0; good && j < a.count; j++) {
            if (!set_has(&b, &a.list[j]) && !any_speaks(findings, CAPDL_GAINED)) {
                printf("%s cannot name '%s' any more, and no finding is a loss\n", capdl_object_name(&old->spec, i),
                       a.list[j].label);
                good = false;
            }
        }
    }
    return good;
}

/* ---- The third judge: what the initialiser is told to do ---- */

/* To be freed; NULL if the system cannot be compiled. */
static uint8_t *boot_record(const struct system *s, const struct capdl_profile *profile, size_t *size)
{
    struct capdl_text_options none = {NULL};
    struct capdl_spec spec;
    struct capdl_diags diags = {NULL};
    char *text = NULL, path[300];
    size_t length;
    FILE *out = open_memstream(&text, &length);
    uint8_t *blob = NULL;
    snprintf(path, sizeof(path), "%s/random.cdl", scratch_directory());
    struct image_options options = {.profile = profile, .spec_path = path, .strip = true};
    capdl_spec_write_text(&s->spec, out, true); /* by name */
    fclose(out);
    capdl_spec_init(&spec);
    uint16_t source = capdl_diags_add_source(&diags, "canonical.cdl", text, length);
    if (capdl_spec_read_text(&spec, &diags, source, &none) && capdl_spec_check(&spec, &diags)) {
        blob = image_compile_blob(&spec, &options, &diags, size);
    }
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    free(text);
    return blob;
}

static uint64_t num_records; /* that were compared */

static bool boot_alike(const struct system *old, const struct system *new, const struct capdl_profile *profile)
{
    size_t old_size, new_size;
    uint8_t *a = boot_record(old, profile, &old_size), *b = a ? boot_record(new, profile, &new_size) : NULL;
    bool alike = !a || !b || (old_size == new_size && memcmp(a, b, old_size) == 0);
    num_records += a && b;
    free(a);
    free(b);
    return alike;
}

/* ---- Checks ---- */

static bool report(uint64_t seed, const char *what, const struct system *old, const struct system *new,
                   const struct capdl_findings *findings)
{
    printf("seed %" PRIu64 ": %s\n---- old\n%s---- new\n%s---- findings\n", seed, what, old->text, new->text);
    for (size_t i = 0; i < findings->count; i++) {
        printf("(%d) %s\n", (int)findings->list[i].rank, findings->list[i].text);
    }
    return false;
}

static bool check(uint64_t seed, const char *edit, const struct system *old, const struct system *new,
                  const struct capdl_profile *profile)
{
    struct capdl_findings findings;
    bool same = strcmp(old->lines, new->lines) == 0, good = true;
    capdl_diff(&old->spec, &new->spec, &plain, &findings);
    if (same != (findings.count == 0)) {
        good = report(seed, same ? "nothing differs, and there are findings" : "a difference without a finding", old,
                      new, &findings);
    } else if (strcmp(edit, "shuffle") == 0 && findings.count) {
        good = report(seed, "another order is no change", old, new, &findings);
    } else if (strcmp(edit, "rename") == 0 && (findings.count != 1 || findings.list[0].rank != CAPDL_RANK_LAYOUT)) {
        good = report(seed, "other names are one line", old, new, &findings);
    } else if (strcmp(edit, "mutate") == 0 && !agrees(old, new, &findings)) {
        good = report(seed, "the second judge disagrees", old, new, &findings);
    } else if (findings.count == 0 && strcmp(old->text, new->text) != 0 && !boot_alike(old, new, profile)) {
        good = report(seed, "no finding, and the initialiser does something else", old, new, &findings);
    }
    capdl_findings_free(&findings);
    return good;
}

static bool try(uint64_t seed, uint64_t counts[3])
{
    static const char *const edits[] = {"shuffle", "rename", "mutate", "mutate", "mutate", "mutate"};
    struct sample sample = seed % 2 ? sample_generate(seed) : sample_generate_base(seed, NULL);
    struct rng r = rng_seeded(seed * 77 + 5);
    struct system old;
    bool good = true;
    system_read(&old, &sample);
    for (unsigned i = 0; good && old.good && i < sizeof(edits) / sizeof(edits[0]); i++) {
        struct sample copy = sample_copy(&sample);
        struct system new;
        if (i < 2) {
            shuffle(&copy, &r);
        }
        if (strcmp(edits[i], "rename") == 0) {
            rename_all(&copy, &old.spec);
        } else if (i >= 2) {
            sample_mutate(&copy, &r);
        }
        system_read(&new, &copy);
        if (new.good) {
            good = check(seed, edits[i], &old, &new, sample.profile);
            counts[i < 2 ? i : 2]++;
        }
        system_free(&new);
        sample_free(&copy);
    }
    system_free(&old);
    sample_free(&sample);
    return good;
}

int main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 0) : 1, count = argc > 2 ? strtoull(argv[2], NULL, 0) : 100;
    uint64_t counts[3] = {0};
    for (uint64_t seed = first; seed < first + count; seed++) {
        if (!try(seed, counts)) {
            return 1;
        }
    }
    scratch_free();
    printf("%" PRIu64 " other orders, %" PRIu64 " other names, %" PRIu64 " edits; %" PRIu64
           " pairs without a finding boot alike\n",
           counts[0], counts[1], counts[2], num_records);
    return counts[2] < count || num_records < count / 4; /* most edits must give a spec */
}
