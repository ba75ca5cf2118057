/* SPDX-License-Identifier: BSD-2-Clause */
/* What only kernels with an IOMMU, with VT-x or with an SMMU have: memory of devices and of guests. */
#include "generate.h"

static bool has_type(const struct generator *g, enum capdl_type type)
{
    return g->sample->profile->types[type] != CAPDL_PROFILE_ABSENT;
}

static void add_io_space(struct generator *g, unsigned number)
{
    unsigned slots[3];
    for (unsigned i = 0; i < 3; i++) {
        slots[i] = (unsigned)rng_below(&g->r, 512);
    }
    line_add(g, SECTION_OBJECTS, "io%u = io_device (domainID: %u, 0:%u.%u)", number, 1 + number, 3 + number,
             (unsigned)rng_below(&g->r, 8));
    for (unsigned level = 1; level <= 3; level++) {
        line_add(g, SECTION_OBJECTS, "io%u_%u = io_pt (level: %u)", number, level, level);
    }
    line_add(g, SECTION_OBJECTS, "io%u_page = frame (4k)", number);
    line_add(g, SECTION_CAPS, "io%u { 0: io%u_1 }", number, number);
    line_add(g, SECTION_CAPS, "io%u_1 { %u: io%u_2 }", number, slots[0], number);
    line_add(g, SECTION_CAPS, "io%u_2 { %u: io%u_3 }", number, slots[1], number);
    line_add(g, SECTION_CAPS, "io%u_3 { %u: io%u_page (%s) }", number, slots[2], number,
             rng_chance(&g->r, 2) ? "R" : "RW");
}

static void add_guest(struct generator *g, unsigned number)
{
    static const char *const kinds[] = {"pml4", "pdpt", "pd", "pt"};
    for (unsigned i = 0; i < 4; i++) {
        line_add(g, SECTION_OBJECTS, "guest%u_%s = ept_%s", number, kinds[i], kinds[i]);
    }
    line_add(g, SECTION_OBJECTS, "guest%u_cpu = vcpu", number);
    line_add(g, SECTION_OBJECTS, "guest%u_page = frame (4k)", number);
    line_add(g, SECTION_OBJECTS, "guest%u_large = frame (2M)", number);
    for (unsigned i = 0; i < 3; i++) {
        line_add(g, SECTION_CAPS, "guest%u_%s { %u: guest%u_%s }", number, kinds[i], (unsigned)rng_below(&g->r, 8),
                 number, kinds[i + 1]);
    }
    line_add(g, SECTION_CAPS, "guest%u_pt { %u: guest%u_page (RWX) }", number, (unsigned)rng_below(&g->r, 512), number);
    line_add(g, SECTION_CAPS, "guest%u_pd { %u: guest%u_large (RWX) }", number, 8 + (unsigned)rng_below(&g->r, 504),
             number);
    if (number < g->num_threads) {
        line_add(g, SECTION_CAPS, "thread%u { bound_vcpu: guest%u_cpu  ept_root: guest%u_pml4 }", number, number,
                 number);
    }
}

static void add_stream(struct generator *g, unsigned number)
{
    line_add(g, SECTION_OBJECTS, "stream%u = streamid (id: %u)", number, number + (unsigned)rng_below(&g->r, 3) * 8);
    line_add(g, SECTION_OBJECTS, "bank%u = contextbank (bank: %u)", number, number + (unsigned)rng_below(&g->r, 3) * 8);
    line_add(g, SECTION_CAPS, "stream%u { 0: bank%u }", number, number);
    if (number < g->num_spaces) {
        line_add(g, SECTION_CAPS, "bank%u { 0: v%u }", number, number);
    }
}

void devices_generate(struct generator *g)
{
    const struct capdl_profile *p = g->sample->profile;
    for (uint64_t i = rng_below(&g->r, 3); i > 0 && has_type(g, CAPDL_TYPE_IO_PAGE_TABLE); i--) {
        add_io_space(g, (unsigned)i);
    }
    for (unsigned i = (unsigned)rng_below(&g->r, 3); i > 0 && has_type(g, CAPDL_TYPE_EPT_PML4); i--) {
        add_guest(g, i - 1);
    }
    for (unsigned i = (unsigned)rng_below(&g->r, 3);
         i > 0 && p->labels[CAPDL_METHOD_SID_CONTROL_GET_SID] != CAPDL_PROFILE_ABSENT; i--) {
        add_stream(g, i - 1);
    }
}
