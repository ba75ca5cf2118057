/* SPDX-License-Identifier: BSD-2-Clause */
/* Protection domains and virtual machines. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/blob.h>

#include "system.h"
#include "document.h"
#include "kernel.h"

enum { TIME_DEFAULT = 1000, STACK_DEFAULT = 0x2000, MOST_STACK = 16 << 20 };

/* Budget and period of a domain or a virtual machine, in microseconds. */
static void read_times(struct mk_reader *reader, const struct xml_element *element, const char *budget,
                       const char *period, uint64_t *budget_us, uint64_t *period_us)
{
    *budget_us = TIME_DEFAULT;
    if (budget) {
        mk_number(reader, element, "budget", budget, 1, UINT64_MAX, budget_us);
    }
    *period_us = *budget_us;
    if (period) {
        mk_number(reader, element, "period", period, 1, UINT64_MAX, period_us);
    }
    if (*budget_us > *period_us) {
        capdl_error(reader->diags, element->pos,
                    "the budget of %" PRIu64 " us is more than the period of %" PRIu64 " us", *budget_us, *period_us);
        *period_us = *budget_us;
    }
}

static void read_cpu(struct mk_reader *reader, const struct xml_element *element, const char *text, uint64_t *cpu)
{
    bool guessed = reader->options->guessed;
    uint64_t cores = reader->profile->max_nodes ? reader->profile->max_nodes : 1, value;
    if (!text || !mk_number(reader, element, "cpu", text, 0, CAPDL_MOST_CORES - 1, &value)) {
        return;
    }
    if (!guessed && value >= cores) {
        capdl_error(reader->diags, element->pos,
                    "'cpu' of '%s' is %" PRIu64 ", expected less than %" PRIu64 ", the cores of the kernel %s",
                    element->name, value, cores, reader->profile->name);
        return;
    }
    *cpu = value;
}

static struct mk_map **map_add(struct mk_map **last, struct mk_map *map)
{
    if (!map) {
        return last;
    }
    *last = map;
    return &map->next;
}

/* vCPUs of a virtual machine: distinct numbers. */
static void vcpu_read(struct mk_reader *reader, const struct xml_element *element, struct mk_pd *pd)
{
    static const struct mk_attribute rules[] = {{"id", true}, {"cpu", false}, {"setvar_id", false}, {NULL, false}};
    const char *values[3];
    struct mk_vcpu *vcpu = capdl_spec_alloc(reader->spec, sizeof(*vcpu)), **last = &pd->vm->vcpus;
    mk_no_elements(reader, element);
    if (!mk_attributes(reader, element, rules, values)) {
        return;
    }
    *vcpu = (struct mk_vcpu){.cpu = pd->cpu, .pos = element->pos};
    bool good = mk_number(reader, element, "id", values[0], 0, MK_MOST_ID, &vcpu->id);
    read_cpu(reader, element, values[1], &vcpu->cpu);
    if (values[2] && good) {
        mk_add_setvar(reader, element, pd, values[2], vcpu->id, NULL);
    }
    for (; *last; last = &(*last)->next) {
        if (good && (*last)->id == vcpu->id) {
            capdl_error(reader->diags, element->pos, "there are two vCPUs %" PRIu64 " in '%s'", vcpu->id, pd->vm->name);
            capdl_note(reader->diags, (*last)->pos, "the first is here");
            return;
        }
    }
    if (good) {
        *last = vcpu;
    }
}

static void vm_contents(struct mk_reader *reader, const struct xml_element *element, struct mk_pd *pd)
{
    static const char *const known[] = {"vcpu", "map", NULL};
    struct mk_map **last = &pd->vm->maps;
    bool has_vcpu = false;
    for (const struct xml_element *child = element->first; child; child = child->next) {
        if (strcmp(child->name, "vcpu") == 0) {
            has_vcpu = true;
            vcpu_read(reader, child, pd);
        } else if (strcmp(child->name, "map") == 0) {
            last = map_add(last, mk_read_map(reader, child, NULL));
        } else {
            mk_unknown_element(reader, child, known);
        }
    }
    bool own_threads = !capdl_architecture(reader->profile->arch)->guest_tables;
    if (!has_vcpu) {
        capdl_error(reader->diags, element->pos, "the virtual machine '%s' has no vCPU: it needs a <vcpu id=\"0\"/>",
                    pd->vm->name);
    } else if (!own_threads && pd->vm->vcpus && pd->vm->vcpus->next) {
        capdl_error(reader->diags, pd->vm->vcpus->next->pos,
                    "a virtual machine has one vCPU on this architecture, but '%s' has more", pd->vm->name);
    }
}

static void read_vm(struct mk_reader *reader, const struct xml_element *element, struct mk_pd *pd)
{
    static const struct mk_attribute rules[] = {
        {"name", true}, {"budget", false}, {"period", false}, {"priority", false}, {NULL, false}};
    static const struct mk_attribute bare_rules[] = {{"name", true}, {NULL, false}};
    bool own_threads = !capdl_architecture(reader->profile->arch)->guest_tables;
    const char *values[4] = {NULL};
    void *first;
    mk_kernel_lacks(reader, reader->profile->hypervisor, element->pos, "virtual machines need a hypervisor",
                    "KernelArmHypervisorSupport or KernelVTX");
    if (pd->vm) {
        capdl_error(reader->diags, element->pos, "'%s' has two virtual machines, expected one at most", pd->name);
        return;
    }
    if (!mk_attributes(reader, element, own_threads ? rules : bare_rules, values)) {
        return;
    }
    pd->vm = capdl_spec_alloc(reader->spec, sizeof(*pd->vm));
    *pd->vm = (struct mk_vm){.name = values[0], .pos = element->pos};
    read_times(reader, element, values[1], values[2], &pd->vm->budget, &pd->vm->period);
    if (values[3]) {
        mk_number(reader, element, "priority", values[3], 0, MK_MOST_PRIORITY, &pd->vm->priority);
    }
    if (!mk_names_add(reader->vm_names, pd->vm->name, pd->vm, &first)) {
        capdl_error(reader->diags, element->pos, "there are two virtual machines named '%s'", pd->vm->name);
        capdl_note(reader->diags, ((struct mk_vm *)first)->pos, "the first is here");
    }
    vm_contents(reader, element, pd);
}

enum pd_attribute { NAME, PRIORITY, BUDGET, PERIOD, PASSIVE, STACK_SIZE, CPU, SMC, FPU, DOMAIN, ID, SETVAR_ID, NUM_PD };
static const struct mk_attribute root_rules[] = {
    {"name", true},     {"priority", false},   {"budget", false}, {"period", false},
    {"passive", false}, {"stack_size", false}, {"cpu", false},    {"smc", false},
    {"fpu", false},     {"domain", false},     {NULL, false},
};
static const struct mk_attribute child_rules[] = {
    {"name", true},        {"priority", false},  {"budget", false}, {"period", false}, {"passive", false},
    {"stack_size", false}, {"cpu", false},       {"smc", false},    {"fpu", false},    {"domain", false},
    {"id", true},          {"setvar_id", false}, {NULL, false},
};

static void stack_read(struct mk_reader *reader, const struct xml_element *element, const char *text, struct mk_pd *pd)
{
    pd->stack_size = STACK_DEFAULT;
    if (!text || !mk_number(reader, element, "stack_size", text, CAPDL_PAGE_SIZE, MOST_STACK, &pd->stack_size)) {
        return;
    }
    if (pd->stack_size % CAPDL_PAGE_SIZE) {
        capdl_error(reader->diags, element->pos, "'stack_size' of '%s' is %s, expected a multiple of 0x1000", pd->name,
                    text);
        pd->stack_size = STACK_DEFAULT;
    }
}

static void smc_read(struct mk_reader *reader, const struct xml_element *element, const char *text, struct mk_pd *pd)
{
    mk_bool(reader, element, "smc", text, &pd->smc);
    if (pd->smc && !capdl_kind_on_arch(CAPDL_KIND_SMC, reader->profile->arch)) {
        capdl_error(reader->diags, element->pos, "'smc' is for Arm only, but the system is for %s",
                    capdl_architecture(reader->profile->arch)->title);
        pd->smc = false;
    } else if (pd->smc) {
        mk_kernel_lacks(reader, reader->profile->smc, element->pos, "'smc' lets a protection domain make SMC calls",
                        "KernelAllowSMCCalls");
    }
}

static void domain_read(struct mk_reader *reader, const struct xml_element *element, const char *text, struct mk_pd *pd)
{
    const struct mk_domain *domain = reader->system.domains;
    if (!reader->system.has_domains) {
        if (text) {
            capdl_error(reader->diags, element->pos, "'%s' is in the domain '%s', but the system has no <domains>",
                        pd->name, text);
        }
        return;
    }
    while (text && domain && strcmp(domain->name, text) != 0) {
        domain = domain->next;
    }
    pd->domain = text ? domain : NULL;
    if (!text) {
        capdl_error(reader->diags, element->pos, "'%s' needs the attribute 'domain', as the system has <domains>",
                    pd->name);
    } else if (!domain) {
        capdl_error(reader->diags, element->pos, "there is no domain '%s' in <domains>", text);
    }
}

static void fields_read(struct mk_reader *reader, const struct xml_element *element, const char *const *values,
                        struct mk_pd *pd)
{
    if (values[PRIORITY]) {
        mk_number(reader, element, "priority", values[PRIORITY], 0, MK_MOST_PRIORITY, &pd->priority);
    }
    read_times(reader, element, values[BUDGET], values[PERIOD], &pd->budget, &pd->period);
    mk_bool(reader, element, "passive", values[PASSIVE], &pd->passive);
    stack_read(reader, element, values[STACK_SIZE], pd);
    read_cpu(reader, element, values[CPU], &pd->cpu);
    smc_read(reader, element, values[SMC], pd);
    pd->fpu = true;
    mk_bool(reader, element, "fpu", values[FPU], &pd->fpu);
    domain_read(reader, element, values[DOMAIN], pd);
    if (values[ID] && mk_number(reader, element, "id", values[ID], 0, MK_MOST_ID, &pd->id) && values[SETVAR_ID]) {
        mk_add_setvar(reader, element, pd->parent, values[SETVAR_ID], pd->id, NULL);
    }
}

static void image_read(struct mk_reader *reader, const struct xml_element *element, struct mk_pd *pd)
{
    static const struct mk_attribute rules[] = {{"path", true}, {"path_for_symbols", false}, {NULL, false}};
    const char *values[2];
    mk_no_elements(reader, element);
    if (pd->has_image) {
        capdl_error(reader->diags, element->pos, "'%s' has two program images, expected one", pd->name);
        return;
    }
    pd->has_image = true;
    pd->image_pos = element->pos;
    if (mk_attributes(reader, element, rules, values)) {
        pd->image = values[0];
        pd->symbols = values[1];
    }
}

static void setvar_read(struct mk_reader *reader, const struct xml_element *element, struct mk_pd *pd)
{
    static const struct mk_attribute rules[] = {{"symbol", true}, {"region_paddr", true}, {NULL, false}};
    const char *values[2];
    mk_no_elements(reader, element);
    if (!mk_attributes(reader, element, rules, values)) {
        return;
    }
    struct mk_region *region = mk_names_find(reader->region_names, values[1]);
    if (!region) {
        struct capdl_nearest nearest = mk_names_nearest(reader->region_names, values[1]);
        capdl_error(reader->diags, element->pos, "there is no memory region '%s'%s", values[1],
                    capdl_nearest_hint(&nearest));
        return;
    }
    region->used = region->paddr_asked = true;
    mk_add_setvar(reader, element, pd, values[0], 0, region);
}

static void cap_read(struct mk_reader *reader, const struct xml_element *element, struct mk_pd *pd,
                     enum mk_cap_kind kind)
{
    static const struct mk_attribute rules[] = {{"slot", true}, {"pd", true}, {NULL, false}};
    const char *values[2];
    struct mk_cap *cap = capdl_spec_alloc(reader->spec, sizeof(*cap)), **last = &pd->caps;
    mk_no_elements(reader, element);
    if (!mk_attributes(reader, element, rules, values) ||
        !mk_number(reader, element, "slot", values[0], 1, MK_ROOT_SLOTS - 1, &cap->slot)) {
        return;
    }
    cap->kind = kind;
    cap->pd_name = values[1];
    cap->pos = element->pos;
    for (; *last; last = &(*last)->next) {
        if ((*last)->slot == cap->slot) {
            capdl_error(reader->diags, element->pos, "two capabilities are put into slot %" PRIu64 " of '%s'",
                        cap->slot, pd->name);
            capdl_note(reader->diags, (*last)->pos, "the first is here");
            return;
        }
    }
    *last = cap;
}

static void cspace_read(struct mk_reader *reader, const struct xml_element *element, struct mk_pd *pd)
{
    static const struct mk_attribute no_rules[] = {{NULL, false}};
    static const char *const known[] = {"cap_tcb", "cap_sc", "cap_vspace", NULL};
    mk_attributes(reader, element, no_rules, NULL);
    for (const struct xml_element *child = element->first; child; child = child->next) {
        unsigned kind = 0;
        while (known[kind] && strcmp(known[kind], child->name) != 0) {
            kind++;
        }
        if (known[kind]) {
            cap_read(reader, child, pd, (enum mk_cap_kind)kind);
        } else {
            mk_unknown_element(reader, child, known);
        }
    }
}

static void contents_read(struct mk_reader *reader, const struct xml_element *element, struct mk_pd *pd)
{
    static const char *const known[] = {"program_image",   "map",    "irq", "ioport", "setvar", "protection_domain",
                                        "virtual_machine", "cspace", NULL};
    enum { IMAGE, MAP, IRQ, PORT, SETVAR, CHILD, VM, CSPACE, UNKNOWN };
    struct mk_map **last = &pd->maps;
    bool has_cspace = false;
    for (const struct xml_element *child = element->first; child; child = child->next) {
        unsigned which = 0;
        while (known[which] && strcmp(known[which], child->name) != 0) {
            which++;
        }
        switch (which) {
        case IMAGE:
            image_read(reader, child, pd);
            break;
        case MAP:
            last = map_add(last, mk_read_map(reader, child, pd));
            break;
        case IRQ:
            mk_read_irq(reader, child, pd);
            break;
        case PORT:
            mk_read_port(reader, child, pd);
            break;
        case SETVAR:
            setvar_read(reader, child, pd);
            break;
        case CHILD:
            mk_read_pd(reader, child, pd);
            break;
        case VM:
            read_vm(reader, child, pd);
            break;
        case CSPACE:
            if (has_cspace) {
                capdl_error(reader->diags, child->pos, "'%s' has two <cspace>, expected one at most", pd->name);
            }
            has_cspace = true;
            cspace_read(reader, child, pd);
            break;
        case UNKNOWN:
            mk_unknown_element(reader, child, known);
            break;
        }
    }
}

/* Notes it in the order of indexes and below its parent. */
static void pd_enter(struct mk_reader *reader, struct mk_pd *pd)
{
    void *first;
    struct mk_pd **last = pd->parent ? &pd->parent->children : NULL;
    if (strcmp(pd->name, "monitor") == 0) {
        capdl_error(reader->diags, pd->pos,
                    "the name 'monitor' is the monitor's: call this protection domain something else");
    }
    if (!mk_names_add(reader->pd_names, pd->name, pd, &first)) {
        capdl_error(reader->diags, pd->pos, "there are two protection domains named '%s'", pd->name);
        capdl_note(reader->diags, ((struct mk_pd *)first)->pos, "the first is here");
    }
    while (last && *last) {
        last = &(*last)->sibling;
    }
    if (last) {
        *last = pd;
    }
    if (reader->last_pd) {
        reader->last_pd->next = pd;
    } else {
        reader->system.pds = pd;
    }
    reader->last_pd = pd;
    pd->index = reader->system.num_pds++;
}

void mk_read_pd(struct mk_reader *reader, const struct xml_element *element, struct mk_pd *parent)
{
    const char *values[NUM_PD] = {NULL};
    if (!mk_attributes(reader, element, parent ? child_rules : root_rules, values) && !values[NAME]) {
        return;
    }
    if (reader->system.num_pds == MK_MOST_PDS) {
        capdl_error(reader->diags, element->pos, "there are more than %d protection domains", MK_MOST_PDS);
    }
    if (reader->system.num_pds >= MK_MOST_PDS) {
        reader->system.num_pds++;
        return;
    }
    struct mk_pd *pd = capdl_spec_alloc(reader->spec, sizeof(*pd));
    pd->name = values[NAME];
    pd->pos = element->pos;
    pd->parent = parent;
    pd_enter(reader, pd);
    fields_read(reader, element, values, pd);
    contents_read(reader, element, pd);
    if (!pd->has_image) {
        capdl_error(reader->diags, element->pos, "'%s' has no program: it needs a <program_image path=.../>", pd->name);
    }
}
