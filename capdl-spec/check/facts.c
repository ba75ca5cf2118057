/* SPDX-License-Identifier: BSD-2-Clause */
/* What the architecture and the text say of objects. */
#include "facts.h"

bool capdl_check_knows_size(const struct checker *c, uint32_t object)
{
    return !c->errors_only || capdl_object_flags(c->spec, object) & CAPDL_OBJECT_HAS_SIZE;
}

bool capdl_check_exists(const struct checker *c, enum capdl_kind kind)
{
    return kind < CAPDL_KIND_COUNT && capdl_kind_on_arch(kind, c->spec->arch);
}

bool capdl_check_frame_is_legal(const struct checker *c, uint32_t frame)
{
    for (unsigned i = 0; i < CAPDL_ARCH_MOST_FRAMES; i++) {
        if (capdl_check_facts(c)->frame_bits[i] == capdl_object_size_bits(c->spec, frame)) {
            return true;
        }
    }
    return false;
}

bool capdl_check_is_vspace_root(const struct checker *c, enum capdl_kind kind)
{
    const struct capdl_arch_table *table = capdl_arch_table(c->spec->arch, kind);
    return table && table->root;
}

unsigned capdl_check_table_entries(const struct checker *c, uint32_t id)
{
    const struct capdl_arch_table *table = capdl_arch_table(c->spec->arch, capdl_object_kind(c->spec, id));
    return !table ? 0 : c->table_holder[id] ? table->entries : table->root_entries;
}
