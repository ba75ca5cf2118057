/* SPDX-License-Identifier: BSD-2-Clause */
/* What an object is to whom, in words: what a page is good for, whose faults come to an endpoint. */
#include "roles.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "uses.h"
#include "words.h"

char *capdl_review_thread(const struct world *world, uint32_t tcb)
{
    char label[REVIEW_LABEL / 2];
    uint32_t owner = world->owner[tcb];
    if (owner != REVIEW_NONE && world->subjects[owner].num_threads > 1) {
        return capdl_review_format("'s thread '%s'", capdl_object_label(world->spec, tcb, label, sizeof(label)));
    }
    return capdl_review_format("%s", "");
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
