/* SPDX-License-Identifier: BSD-2-Clause */
/* What an object is to whom: who has it, whose it is, and what a page is good for. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

uint32_t capdl_review_who(const struct world *world, const struct use *use)
{
    return use->who & USE_DEVICE ? USE_DEVICE | world->object_number[use->who & ~USE_DEVICE]
                                 : world->subject_number[use->who];
}

uint32_t capdl_review_local(const struct review *review, const struct world *world, uint64_t object)
{
    uint32_t count = review->new.spec->num_objects;
    if (object >> 32) {
        return REVIEW_NONE;
    }
    if (world == &review->new) {
        return object < count ? (uint32_t)object : REVIEW_NONE;
    }
    return object < count ? review->old_of[object] : (uint32_t)object - count;
}

uint32_t capdl_review_owner(const struct world *world, uint32_t object)
{
    uint32_t owner = object == REVIEW_NONE || object == CAPDL_NO_OBJECT ? REVIEW_NONE : world->owner[object];
    return owner == REVIEW_NONE ? REVIEW_NONE : world->subject_number[owner];
}

uint32_t *capdl_review_users(const struct world *world, uint32_t container, size_t *count)
{
    size_t first = world->first_use[container], most = world->first_use[container + 1] - first;
    uint32_t *list = capdl_spec_realloc(NULL, (most + 1) * sizeof(*list));
    for (size_t i = 0; i < most; i++) {
        list[i] = capdl_review_who(world, &world->uses[first + i]);
    }
    *count = capdl_review_unique(list, most);
    return list;
}

uint32_t *capdl_review_keepers(const struct world *world, uint32_t cnode, size_t *count)
{
    uint32_t *stack = NULL, *list = NULL;
    size_t depth = 0, capacity = 0, list_capacity = 0, kept = 0;
    bool *seen = capdl_spec_realloc(NULL, world->spec->num_objects + (size_t)1);
    memset(seen, 0, world->spec->num_objects + (size_t)1);
    stack = capdl_spec_grow(stack, &capacity, 1, sizeof(*stack));
    stack[depth++] = cnode;
    seen[cnode] = true;
    while (depth) {
        uint32_t below = stack[--depth];
        for (size_t i = world->first_holder[below]; i < world->first_holder[below + 1]; i++) {
            uint32_t holder = world->holders[i].container;
            if (capdl_object_kind(world->spec, holder) != CAPDL_KIND_CNODE || seen[holder]) {
                continue;
            }
            seen[holder] = true;
            for (size_t j = world->first_use[holder]; j < world->first_use[holder + 1]; j++) {
                list = capdl_spec_grow(list, &list_capacity, kept + 1, sizeof(*list));
                list[kept++] = capdl_review_who(world, &world->uses[j]);
            }
            stack = capdl_spec_grow(stack, &capacity, depth + 1, sizeof(*stack));
            stack[depth++] = holder;
        }
    }
    free(seen);
    free(stack);
    *count = capdl_review_unique(list, kept);
    return list;
}

static int party_compare(const void *left, const void *right)
{
    const struct party *a = left, *b = right;
    if (a->who != b->who) {
        return a->who < b->who ? -1 : 1;
    }
    if (a->badge != b->badge) {
        return a->badge < b->badge ? -1 : 1;
    }
    return a->rights < b->rights ? -1 : a->rights > b->rights;
}

static void parties_unite(struct parties *parties)
{
    size_t kept = 0;
    qsort(parties->list, parties->count, sizeof(*parties->list), party_compare);
    for (size_t i = 0; i < parties->count; i++) {
        struct party *party = &parties->list[i];
        if (kept && party_compare(&parties->list[kept - 1], party) == 0) {
            parties->list[kept - 1].mapped |= party->mapped;
        } else {
            parties->list[kept++] = *party;
        }
    }
    parties->count = kept;
}

static void parties_find(const struct world *world, uint32_t object, struct parties *parties)
{
    size_t capacity = 0;
    for (size_t i = world->first_holder[object]; i < world->first_holder[object + 1]; i++) {
        uint32_t container = world->holders[i].container;
        const struct capdl_cap *cap = capdl_review_held(world, i);
        struct plain_cap plain = capdl_review_cap(world->spec, cap);
        for (size_t j = world->first_use[container]; j < world->first_use[container + 1]; j++) {
            const struct use *use = &world->uses[j];
            bool mapped = capdl_object_kind(world->spec, container) != CAPDL_KIND_CNODE;
            parties->list = capdl_spec_grow(parties->list, &capacity, parties->count + 1, sizeof(*parties->list));
            parties->list[parties->count++] = (struct party){
                capdl_review_who(world, use), plain.rights, mapped, cap->kind == CAPDL_KIND_CNODE ? 0 : plain.data,
                use->address | (use->shift < 64 ? cap->slot << use->shift : 0)};
        }
    }
    if (parties->count) {
        parties_unite(parties);
    }
    parties->known = true;
}

const struct parties *capdl_review_parties(struct review *review, const struct world *world, uint32_t object)
{
    struct parties *parties = world == &review->old ? &review->old_parties[object] : &review->new_parties[object];
    if (!parties->known) {
        parties_find(world, object, parties);
    }
    return parties;
}

const struct party *capdl_review_party_of(const struct parties *parties, uint32_t who)
{
    size_t low = 0, high = parties->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (parties->list[middle].who < who) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < parties->count && parties->list[low].who == who ? &parties->list[low] : NULL;
}

/* ---- Words ---- */

char *capdl_review_format(const char *format, ...)
{
    va_list arguments;
    char *text;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0) {
        fprintf(stderr, "capdl: out of memory\n");
        exit(2);
    }
    va_end(arguments);
    return text;
}

const char *capdl_review_who_label(const struct review *review, uint32_t who, char label[REVIEW_LABEL])
{
    char object[REVIEW_LABEL];
    if (!(who & USE_DEVICE)) {
        return capdl_review_subject(review, who);
    }
    capdl_review_object(review, who & ~USE_DEVICE, object);
    if (capdl_review_kind(review, who & ~USE_DEVICE) != CAPDL_KIND_STREAMID) {
        return strcpy(label, object);
    }
    snprintf(label, REVIEW_LABEL, "SMMU device %s", strchr(object, '\'')); /* a stream id stands for its device */
    return label;
}

/* The index in "app[3]", after which nothing comes; false of another name. */
static bool has_index(const char *label, size_t *length, unsigned long *index)
{
    const char *open = strrchr(label, '[');
    char *end;
    if (!open || open[1] < '0' || open[1] > '9') {
        return false;
    }
    *index = strtoul(open + 1, &end, 10);
    *length = (size_t)(open - label);
    return end[0] == ']' && !end[1];
}

static int index_compare(const void *left, const void *right)
{
    unsigned long a = *(const unsigned long *)left, b = *(const unsigned long *)right;
    return a < b ? -1 : a > b;
}

/* All elements of the array of the first: "app[0..3]", "app[0..3, 7]". Returns how many they are. */
static size_t write_elements(FILE *out, const char *const *labels, size_t count, bool *named)
{
    size_t length, same, num = 0;
    unsigned long index, *list;
    if (!has_index(labels[0], &length, &index)) {
        fputs(labels[0], out);
        named[0] = true;
        return 1;
    }
    list = capdl_spec_realloc(NULL, count * sizeof(*list));
    for (size_t i = 0; i < count; i++) {
        if (!named[i] && has_index(labels[i], &same, &index) && same == length &&
            memcmp(labels[i], labels[0], length) == 0) {
            list[num++] = index;
            named[i] = true;
        }
    }
    qsort(list, num, sizeof(*list), index_compare);
    fprintf(out, "%.*s[", (int)length, labels[0]);
    for (size_t i = 0, end, runs = 0; i < num; i = end, runs++) {
        for (end = i + 1; end < num && list[end] == list[end - 1] + 1;) {
            end++;
        }
        if (runs == 8) {
            fprintf(out, " and %zu more", num - i);
            break;
        }
        fprintf(out, end - i > 1 ? "%s%lu..%lu" : "%s%lu", i ? ", " : "", list[i], list[end - 1]);
    }
    fputs("]", out);
    free(list);
    return num;
}

char *capdl_review_label_list(const char *const *labels, size_t count, size_t most)
{
    size_t size, done = 0, parts = 0, next = 0;
    char *text = NULL, *part = NULL;
    bool *named = capdl_spec_realloc(NULL, count + 1);
    FILE *out = open_memstream(&text, &size);
    memset(named, 0, count + 1);
    while (done < count) {
        size_t part_size;
        FILE *one;
        if (parts >= most && count - done > 1) {
            fprintf(out, " and %zu more", count - done);
            break;
        }
        while (named[next]) {
            next++;
        }
        one = open_memstream(&part, &part_size);
        done += write_elements(one, labels + next, count - next, named + next);
        fclose(one);
        fprintf(out, "%s%s", !parts ? "" : done == count ? " and " : ", ", part);
        free(part);
        parts++;
    }
    fclose(out);
    free(named);
    return text;
}

char *capdl_review_names(const struct review *review, const uint32_t *who, size_t count)
{
    const char **labels = capdl_spec_realloc(NULL, (count + 1) * sizeof(*labels));
    char *text, **devices = capdl_spec_realloc(NULL, (count + 1) * sizeof(*devices)), label[REVIEW_LABEL];
    size_t num_devices = 0;
    for (size_t i = 0; i < count; i++) {
        labels[i] = capdl_review_who_label(review, who[i], label);
        if (labels[i] == label) {
            labels[i] = devices[num_devices++] = capdl_review_format("%s", label);
        }
    }
    text = capdl_review_label_list(labels, count, 12);
    while (num_devices) {
        free(devices[--num_devices]);
    }
    free(devices);
    free(labels);
    return text;
}

char *capdl_review_list(const struct review *review, const struct world *world, const uint32_t *objects, size_t count)
{
    enum { MOST_NAMED = 4 };
    const struct capdl_spec *spec = world->spec;
    char *text = NULL, label[REVIEW_LABEL];
    size_t size;
    FILE *out = open_memstream(&text, &size);

    for (size_t i = 0, end, parts = 0; i < count; i = end, parts++) {
        const char *name = capdl_object_name(spec, objects[i]);
        uint32_t index = capdl_object_index(spec, objects[i]);
        for (end = i + 1; end < count && index != CAPDL_NO_INDEX &&
                          capdl_object_index(spec, objects[end]) == index + (end - i) &&
                          strcmp(capdl_object_name(spec, objects[end]), name) == 0;) {
            end++;
        }
        if (parts == MOST_NAMED) {
            fprintf(out, " and %zu more", count - i);
            break;
        }
        capdl_review_object(review, world->object_number[objects[i]], label);
        if (end - i > 1) {
            char *close = strrchr(label, ']');
            snprintf(close, sizeof(label) - (size_t)(close - label), "..%zu]'", index + (end - i) - 1);
        }
        fprintf(out, "%s%s", !parts ? "" : end == count ? " and " : ", ", label);
    }
    fclose(out);
    return text;
}

char *capdl_review_thread(const struct world *world, uint32_t tcb)
{
    char label[REVIEW_LABEL / 2];
    uint32_t owner = world->owner[tcb];
    if (owner != REVIEW_NONE && world->subjects[owner].num_threads > 1) {
        return capdl_review_format("'s thread '%s'", capdl_object_label(world->spec, tcb, label, sizeof(label)));
    }
    return capdl_review_format("%s", "");
}

const char *capdl_review_size(uint64_t bytes, char text[32])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    unsigned unit = 0;
    while (unit < 4 && bytes >= 1024 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    snprintf(text, 32, "%" PRIu64 " %s", bytes, units[unit]);
    return text;
}

/* A thread whose IPC buffer or stack the frame is. */
static const char *thread_role(const struct world *world, uint32_t frame, const struct capdl_cap *cap,
                               uint32_t container, uint32_t *subject)
{
    if (capdl_object_kind(world->spec, container) == CAPDL_KIND_TCB && cap->slot == CAPDL_TCB_SLOT_IPC_BUFFER) {
        *subject = world->owner[container];
        return "IPC buffer";
    }
    for (size_t i = world->first_use[container]; i < world->first_use[container + 1]; i++) {
        const struct use *use = &world->uses[i];
        uint64_t size = UINT64_C(1) << capdl_object_size_bits(world->spec, frame), start;
        const struct capdl_tcb *tcb;
        if (use->who & USE_DEVICE || !capdl_kind_is_table(capdl_object_kind(world->spec, container))) {
            continue;
        }
        tcb = capdl_object_tcb(world->spec, world->subjects[use->who].tcb);
        start = use->address | cap->slot << use->shift;
        *subject = use->who;
        if (cap->rights & CAPDL_RIGHT_EXECUTE) {
            return "code";
        }
        if (tcb && tcb->sp > start && tcb->sp - start <= size) {
            return "stack";
        }
    }
    return NULL;
}

const char *capdl_review_frame_role(const struct world *world, uint32_t frame, uint32_t *subject)
{
    const char *best = NULL;
    size_t first = world->first_holder[frame], end = world->first_holder[frame + 1];
    /* Of a page that thousands have, the first few say what it is. */
    for (size_t i = first; i < end && i < first + 16; i++) {
        uint32_t container = world->holders[i].container, found;
        const struct capdl_cap *cap = capdl_review_held(world, i);
        const char *role = thread_role(world, frame, cap, container, &found);
        if (role && (!best || *role == 'I')) {
            best = role;
            *subject = found;
        }
    }
    return best;
}

static bool is_fault_endpoint(const struct world *world, uint32_t object, uint32_t *tcb)
{
    for (size_t i = world->first_holder[object]; i < world->first_holder[object + 1]; i++) {
        uint32_t container = world->holders[i].container;
        const struct capdl_cap *cap = capdl_review_held(world, i);
        if (capdl_object_kind(world->spec, container) == CAPDL_KIND_TCB &&
            (cap->slot == CAPDL_TCB_SLOT_FAULT_EP || cap->slot == CAPDL_TCB_SLOT_TEMP_FAULT_EP)) {
            *tcb = container;
            return true;
        }
    }
    return false;
}

/* What a page is only after the change, such as code, is what the finding tells: not what the page is called. */
static bool role_is_new(const struct review *review, const struct world *world, uint32_t frame)
{
    uint32_t was = world == &review->new && review->old_of ? review->old_of[frame] : REVIEW_NONE, subject;
    return was != REVIEW_NONE && !capdl_review_frame_role(&review->old, was, &subject);
}

static void memory_role(const struct review *review, const struct world *world, uint32_t object, char *text)
{
    uint64_t bytes = UINT64_C(1) << capdl_object_size_bits(world->spec, object);
    uint32_t subject;
    const char *role = capdl_object_kind(world->spec, object) == CAPDL_KIND_FRAME
                           ? capdl_review_frame_role(world, object, &subject)
                           : NULL;
    char size[32];
    int length = 0;
    if (role && world->subjects && subject != REVIEW_NONE && !role_is_new(review, world, object)) {
        uint32_t was = world == &review->new && review->old_of ? review->old_of[object] : REVIEW_NONE,
                 owner = REVIEW_NONE;
        const char *former = was == REVIEW_NONE ? NULL : capdl_review_frame_role(&review->old, was, &owner);
        bool moved = former && owner != REVIEW_NONE && review->old.subjects &&
                     review->old.subject_number[owner] != world->subject_number[subject];
        length = snprintf(text, REVIEW_LABEL, "%s of %.60s%s, ", moved ? former : role,
                          moved ? review->old.subjects[owner].label : world->subjects[subject].label,
                          moved ? " before" : "");
    }
    length += snprintf(text + length, REVIEW_LABEL - (size_t)length, "%s", capdl_review_size(bytes, size));
    if (capdl_object_flags(world->spec, object) & CAPDL_OBJECT_HAS_PADDR) {
        uint64_t paddr = capdl_object_paddr(world->spec, object);
        const struct capdl_diff_options *options = review->options;
        const char *device = options && options->device ? options->device(options->device_context, paddr, bytes) : NULL;
        snprintf(text + length, REVIEW_LABEL - (size_t)length, " at physical 0x%" PRIx64 "%s%.40s", paddr,
                 device ? ", " : "", device ? device : "");
    }
}

const char *capdl_review_role(struct review *review, const struct world *world, uint32_t object,
                              char text[REVIEW_LABEL])
{
    enum capdl_kind kind = capdl_object_kind(world->spec, object);
    uint32_t tcb;
    text[0] = '\0';
    if (kind == CAPDL_KIND_FRAME || kind == CAPDL_KIND_UT) {
        memory_role(review, world, object, text);
    } else if (kind == CAPDL_KIND_EP && is_fault_endpoint(world, object, &tcb) && world->owner[tcb] != REVIEW_NONE) {
        snprintf(text, REVIEW_LABEL, "fault endpoint of %.100s", world->subjects[world->owner[tcb]].label);
    } else if (kind == CAPDL_KIND_IO_DEVICE) {
        snprintf(text, REVIEW_LABEL, "PCI %" PRIx64 ":%" PRIx64 ".%" PRIx64 ", I/O domain %" PRIu64,
                 capdl_object_number(world->spec, object, CAPDL_NUMBER_IO_BUS),
                 capdl_object_number(world->spec, object, CAPDL_NUMBER_IO_DEV),
                 capdl_object_number(world->spec, object, CAPDL_NUMBER_IO_FUN),
                 capdl_object_number(world->spec, object, CAPDL_NUMBER_IO_DOMAIN));
    } else if (kind == CAPDL_KIND_IO_PORTS) {
        snprintf(text, REVIEW_LABEL, "ports 0x%" PRIx64 " to 0x%" PRIx64,
                 capdl_object_number(world->spec, object, CAPDL_NUMBER_PORTS_FIRST),
                 capdl_object_number(world->spec, object, CAPDL_NUMBER_PORTS_LAST));
    } else if (capdl_kind_class(kind) == CAPDL_CLASS_INTERRUPT &&
               world->first_irq[object] < world->first_irq[object + 1]) {
        snprintf(text, REVIEW_LABEL, "interrupt %" PRIu64, world->irqs[world->first_irq[object]]);
    }
    return text;
}
