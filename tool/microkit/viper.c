/* SPDX-License-Identifier: BSD-2-Clause */
/* What each domain may do, as definitions for the verifier Viper, in the words of Microkit's `--viper-output`. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "lower.h"

enum { MOST_NUMBERS = 1 << MK_CNODE_BITS };

struct numbers {
    uint64_t list[MOST_NUMBERS];
    size_t count;
};

static void number_add(struct numbers *numbers, uint64_t number)
{
    if (numbers->count < MOST_NUMBERS) {
        numbers->list[numbers->count++] = number;
    }
}

static void define_end(FILE *out, const char *name)
{
    fprintf(out, "define f_%s(heap,gv,x) (%s(x))\n", name, name);
}

static void define_numbers(FILE *out, const char *name, const struct numbers *numbers)
{
    if (numbers->count == 0) {
        fprintf(out, "define %s(x) (false)\n", name);
    } else {
        fprintf(out, "define %s(x) (x in Set(", name);
        for (size_t i = 0; i < numbers->count; i++) {
            fprintf(out, "%s%" PRIu64, i ? "," : "", numbers->list[i]);
        }
        fprintf(out, "))\n");
    }
    define_end(out, name);
}

struct talk {
    struct numbers callers, calls, notifiers, notifies, irqs, children;
};

static void talk_channels(const struct mk_reader *reader, const struct mk_pd *pd, struct talk *talk)
{
    for (const struct mk_channel *channel = reader->system.channels; channel; channel = channel->next) {
        bool second = channel->ends[0].pd != pd;
        const struct mk_end *end = &channel->ends[second], *other = &channel->ends[!second];
        if (end->pd != pd) {
            continue;
        }
        if (end->call) {
            number_add(&talk->calls, end->id);
        }
        if (other->call) {
            number_add(&talk->callers, end->id);
        }
        if (other->notify) {
            number_add(&talk->notifiers, end->id);
        }
        if (end->notify) {
            number_add(&talk->notifies, end->id);
        }
    }
}

static void define_talk(const struct mk_reader *reader, const struct mk_pd *pd, FILE *out)
{
    struct talk *talk = memory_zeroed(1, sizeof(*talk));
    for (const struct mk_irq *irq = pd->irqs; irq; irq = irq->next) {
        number_add(&talk->notifiers, irq->id);
        number_add(&talk->irqs, irq->id);
    }
    talk_channels(reader, pd, talk);
    for (const struct mk_pd *child = pd->children; child; child = child->sibling) {
        number_add(&talk->children, child->id);
    }
    define_numbers(out, "mk_is_protected_source", &talk->callers);
    define_numbers(out, "mk_is_ppcall_target", &talk->calls);
    define_numbers(out, "mk_is_notified_source", &talk->notifiers);
    define_numbers(out, "mk_is_notify_target", &talk->notifies);
    define_numbers(out, "mk_is_irq_channel", &talk->irqs);
    define_numbers(out, "mk_is_child", &talk->children);
    free(talk);
}

static bool is_any(enum capdl_kind kind)
{
    (void)kind;
    return true;
}

static bool is_endpoint(enum capdl_kind kind)
{
    return kind == CAPDL_KIND_EP;
}

static bool is_notification(enum capdl_kind kind)
{
    return kind == CAPDL_KIND_NOTIFICATION;
}

static bool is_reply(enum capdl_kind kind)
{
    return kind == CAPDL_KIND_RTREPLY;
}

static bool is_space(enum capdl_kind kind)
{
    return capdl_kind_is_table(kind);
}

static bool is_irq(enum capdl_kind kind)
{
    return capdl_kind_class(kind) == CAPDL_CLASS_INTERRUPT;
}

static bool is_thread(enum capdl_kind kind)
{
    return kind == CAPDL_KIND_TCB;
}

static bool is_vcpu(enum capdl_kind kind)
{
    return kind == CAPDL_KIND_VCPU;
}

static bool is_ports(enum capdl_kind kind)
{
    return kind == CAPDL_KIND_IO_PORTS;
}

static bool is_smc(enum capdl_kind kind)
{
    return kind == CAPDL_KIND_SMC;
}

static void define_caps(const struct mk_reader *reader, const struct mk_pd *pd, FILE *out)
{
    static const struct {
        const char *name;
        bool (*is)(enum capdl_kind);
    } sets[] = {
        {"pansel4_has_cap", is_any},
        {"pansel4_has_endpoint_cap", is_endpoint},
        {"pansel4_has_notification_cap", is_notification},
        {"pansel4_has_reply_cap", is_reply},
        {"pansel4_has_page_table_cap", is_space},
        {"pansel4_has_irq_handler_cap", is_irq},
        {"pansel4_has_tcb_cap", is_thread},
        {"pansel4_has_vcpu_cap", is_vcpu},
        {"pansel4_has_ioport_cap", is_ports},
        {"pansel4_has_arm_smc_cap", is_smc},
    };
    struct capdl_caps caps = capdl_object_caps(reader->spec, pd->cnode);
    struct numbers *numbers = memory_zeroed(1, sizeof(*numbers));
    for (size_t set = 0; set < sizeof(sets) / sizeof(sets[0]); set++) {
        numbers->count = 0;
        for (uint32_t i = 0; i < caps.count; i++) {
            if (sets[set].is((enum capdl_kind)caps.list[i].kind)) {
                number_add(numbers, caps.list[i].slot);
            }
        }
        define_numbers(out, sets[set].name, numbers);
    }
    free(numbers);
}

/* Calls `visit` for what the domain maps, in the order of the regions; returns how often. */
static size_t maps_visit(const struct mk_reader *reader, const struct mk_pd *pd, uint8_t rights, FILE *out,
                         void (*visit)(FILE *, const struct mk_map *, size_t number))
{
    size_t count = 0;
    for (const struct mk_region *region = reader->system.regions; region; region = region->next) {
        for (const struct mk_map *map = pd->maps; map; map = map->next) {
            if (map->region == region && (map->rights & rights) == rights) {
                visit(out, map, count++);
            }
        }
    }
    return count;
}

static void define_range(FILE *out, const struct mk_map *map, size_t number)
{
    (void)number;
    fprintf(out, "define mem_%s_contains(x) (%" PRIu64 " <= x && x < %" PRIu64 ")\n", map->region->name, map->vaddr,
            map->vaddr + map->region->size);
}

static void name_range(FILE *out, const struct mk_map *map, size_t number)
{
    fprintf(out, "%smem_%s_contains(x)", number ? " || " : "", map->region->name);
}

static void define_memory(const struct mk_reader *reader, const struct mk_pd *pd, const char *name, uint8_t rights,
                          FILE *out)
{
    fprintf(out, "define %s(x) (", name);
    if (maps_visit(reader, pd, rights, out, name_range) == 0) {
        fprintf(out, "false");
    }
    fprintf(out, ")\n");
    define_end(out, name);
}

static void define_all(const struct mk_reader *reader, const struct mk_pd *pd, FILE *out)
{
    fprintf(out, "// exported invariants for PD %s in %s\n", pd->name, reader->options->spec_path);
    define_talk(reader, pd, out);
    define_caps(reader, pd, out);
    maps_visit(reader, pd, 0, out, define_range);
    define_memory(reader, pd, "mem_readable", 0, out);
    define_memory(reader, pd, "mem_writeable", CAPDL_RIGHT_WRITE, out);
}

void mk_viper(struct mk_reader *reader)
{
    struct microkit_view **last = reader->options->views;
    for (const struct mk_pd *pd = reader->system.pds; pd && last; pd = pd->next) {
        struct microkit_view *view = capdl_spec_alloc(reader->spec, sizeof(*view));
        char *text = NULL;
        size_t size = 0;
        FILE *out = memory_need(open_memstream(&text, &size));
        define_all(reader, pd, out);
        fclose(out);
        view->pd = pd->name;
        view->text = capdl_spec_intern(reader->spec, memory_need(text), size);
        free(text);
        *last = view;
        last = &view->next;
    }
}
