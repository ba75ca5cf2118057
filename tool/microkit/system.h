/* SPDX-License-Identifier: BSD-2-Clause */
/* A system description as it was written, with its defaults and references resolved. All of it is in the spec's
 * memory; lists are linked in the order of the file. */
#ifndef TOOL_MICROKIT_SYSTEM_H
#define TOOL_MICROKIT_SYSTEM_H

#include <capdl/architecture.h>

#include "microkit.h"

struct xml_element;

enum {
    MK_MOST_ID = 61,        /* of channels, interrupts, children, vCPUs: badges have room for no more */
    MK_MOST_PRIORITY = 254, /* the monitor has 255 */
    MK_ROOT_SLOTS = 64,     /* of a domain's root CNode: slot 0 holds the CNode with Microkit's own slots */
    MK_MOST_PDS = 4096,     /* each takes dozens of objects: more are a mistake */
    MK_MOST_VECTOR = 107,
    MK_NAME_BYTES = 64, /* of microkit_name */
};
#define MK_IO_SPACE_END (UINT64_C(1) << 39) /* of a device's addresses */

struct mk_region {
    const char *name;
    struct capdl_pos pos;
    uint64_t size, paddr;
    unsigned page_bits;
    bool page_given, has_paddr, paddr_asked; /* paddr_asked: a program is told where it is */
    const char *file;                        /* that fills it, or NULL */
    uint64_t file_size;
    const char *bootinfo; /* or the boot information that does */
    bool used, in_io_space, large;
    uint32_t first_frame; /* of size >> page_bits in a row */
    bool broken;
    struct mk_region *next;
};

struct mk_map {
    struct mk_region *region;
    uint64_t vaddr;
    uint8_t rights; /* enum capdl_right */
    bool uncached;
    struct capdl_pos pos;
    struct mk_map *next;
};

/* A symbol of a program that gets a value. */
struct mk_setvar {
    const char *symbol;
    uint64_t value;
    struct mk_region *paddr_of; /* the value is where this region is */
    struct capdl_pos pos;
    struct mk_setvar *next;
};

enum mk_irq_kind { MK_IRQ_NUMBER, MK_IRQ_IOAPIC, MK_IRQ_MSI };

struct mk_irq {
    enum mk_irq_kind kind;
    uint64_t id, number; /* number: on a PC the vector */
    uint64_t pin, ioapic, handle, bus, dev, fun;
    bool edge, low;
    struct capdl_pos pos;
    struct mk_irq *next;
};

struct mk_port {
    uint64_t id, first, last;
    struct capdl_pos pos;
    struct mk_port *next;
};

enum mk_cap_kind { MK_CAP_TCB, MK_CAP_SC, MK_CAP_VSPACE };

struct mk_cap {
    enum mk_cap_kind kind;
    uint64_t slot;
    const char *pd_name;
    struct mk_pd *pd;
    struct capdl_pos pos;
    struct mk_cap *next;
};

struct mk_vcpu {
    uint64_t id, cpu;
    struct capdl_pos pos;
    struct mk_vcpu *next;
    uint32_t tcb, vcpu; /* objects */
};

struct mk_vm {
    const char *name;
    uint64_t priority, budget, period;
    struct mk_vcpu *vcpus;
    struct mk_map *maps;
    struct capdl_pos pos;
};

struct mk_domain {
    const char *name;
    uint64_t id;
    bool has_id;
    struct capdl_pos pos;
    struct mk_domain *next;
};

struct mk_pd {
    const char *name;
    struct capdl_pos pos, image_pos;
    uint64_t id;    /* of a child */
    uint64_t index; /* depth first, parents first, from 0 */
    uint64_t priority, budget, period, stack_size, cpu;
    bool passive, smc, fpu, has_image;
    const char *image, *symbols; /* paths as written; symbols: the file that names symbols, if it is another */
    const struct mk_domain *domain;
    struct mk_map *maps;
    struct mk_irq *irqs;
    struct mk_port *ports;
    struct mk_setvar *setvars, *last_setvar;
    struct capdl_setting *settings; /* what its symbols were set to */
    size_t num_settings;
    struct mk_cap *caps;
    struct mk_vm *vm;
    bool called;                   /* somebody calls it */
    uint64_t ipc_buffer;           /* where its program was linked to have it; 0: where all have it */
    uint64_t notifications, calls; /* ids of its channels, as bits */
    struct mk_pd *parent, *children, *sibling;
    struct mk_pd *next;                                     /* in the order of their indexes */
    uint32_t cnode, root, tcb, sc, vspace, ep, ntfn, reply; /* objects */
};

struct mk_end {
    struct mk_pd *pd;
    uint64_t id;
    bool call, notify;
    struct capdl_pos pos;
};

struct mk_channel {
    struct mk_end ends[2];
    struct capdl_pos pos;
    struct mk_channel *next;
};

struct mk_io_space {
    const char *name;
    uint64_t domain, bus, dev, fun;
    struct mk_map *maps;
    struct capdl_pos pos;
    struct mk_io_space *next;
};

struct mk_system {
    struct mk_pd *pds;
    struct mk_region *regions;
    struct mk_channel *channels;
    struct mk_io_space *io_spaces;
    struct mk_domain *domains;
    uint64_t num_pds;
    bool has_domains;
};

struct mk_names; /* by which regions and domains are found */

struct mk_reader {
    struct capdl_spec *spec;
    struct capdl_diags *diags;
    const struct microkit_options *options;
    const struct capdl_profile *profile;
    bool pc; /* interrupts are vectors, devices have I/O ports and address spaces */
    struct mk_system system;
    struct mk_pd *last_pd; /* of lists: the last one so far, or NULL */
    struct mk_region *last_region;
    struct mk_channel *last_channel;
    struct mk_io_space *last_io_space;
    struct mk_names *region_names, *pd_names, *vm_names, *symbol_names;
};

static inline unsigned mk_word_bits(const struct mk_reader *reader)
{
    return capdl_architecture(reader->profile->arch)->word_bits;
}

/* attributes.c: each reports what is wrong; the value is then the default that was given. */
struct mk_attribute {
    const char *name;
    bool needed;
};
/* The values of attributes by the order of the rules, which end with a name of NULL; values[i] is NULL where there is
 * none. False if a needed one is missing. */
bool mk_attributes(struct mk_reader *, const struct xml_element *, const struct mk_attribute *rules,
                   const char **values);
/* A number in decimal or after 0x, `_` between digits, from `least` to `most`; false leaves *number. */
bool mk_number(struct mk_reader *, const struct xml_element *, const char *name, const char *text, uint64_t least,
               uint64_t most, uint64_t *number);
void mk_bool(struct mk_reader *, const struct xml_element *, const char *name, const char *text, bool *value);
/* One of two words: false, true; *value stays as it is if the text is NULL. */
void mk_choice(struct mk_reader *, const struct xml_element *, const char *name, const char *text,
               const char *const words[2], bool *value);
/* "bus:dev.function", hexadecimal. */
bool mk_pci(struct mk_reader *, const struct xml_element *, const char *name, const char *text, uint64_t address[3]);
/* An element that is not known where it is. `known` are those that are, ended by NULL. */
void mk_unknown_element(struct mk_reader *, const struct xml_element *, const char *const *known);
/* Reports elements in one that holds none. */
void mk_no_elements(struct mk_reader *, const struct xml_element *);

/* names.c: what is found by its name. A name that is taken is an error at pos. */
struct mk_names *mk_names_new(void);
void mk_names_free(struct mk_names *);
/* False if it is there already; *first is then what was added under it. */
bool mk_names_add(struct mk_names *, const char *name, void *what, void **first);
void *mk_names_find(const struct mk_names *, const char *name);
/* One that is nearly called so, or NULL. */
struct capdl_nearest mk_names_nearest(const struct mk_names *, const char *name);

/* The readers of elements. */
void mk_read_domains(struct mk_reader *, const struct xml_element *);
void mk_read_region(struct mk_reader *, const struct xml_element *);
void mk_read_pd(struct mk_reader *, const struct xml_element *, struct mk_pd *parent);
void mk_read_io_space(struct mk_reader *, const struct xml_element *);
void mk_read_irq(struct mk_reader *, const struct xml_element *, struct mk_pd *);
void mk_read_port(struct mk_reader *, const struct xml_element *, struct mk_pd *);
/* Of a domain or a virtual machine: its perms may have these letters. */
struct mk_map *mk_read_map(struct mk_reader *, const struct xml_element *, struct mk_pd *setvars_of);
struct mk_map *mk_read_iomap(struct mk_reader *, const struct xml_element *);
void mk_add_setvar(struct mk_reader *, const struct xml_element *, struct mk_pd *, const char *symbol, uint64_t value,
                   struct mk_region *paddr_of);

/* check.c: what no element shows alone. Also decides the size of pages. */
void mk_check(struct mk_reader *);
/* The end of what a domain may map: its stack begins there. */
uint64_t mk_stack_bottom(const struct capdl_profile *, const struct mk_pd *);
uint64_t mk_ipc_buffer(const struct capdl_profile *);

/* place.c: chooses physical addresses of regions that programs are told. */
void mk_place_regions(struct mk_reader *);

/* lower.c */
void mk_lower(struct mk_reader *);

#endif
