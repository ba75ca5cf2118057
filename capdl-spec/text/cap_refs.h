/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_CAP_REFS_H
#define CAPDL_TEXT_CAP_REFS_H

#include "parser.h"

void capdl_text_cap_name_add(struct text_parser *, const struct text_ref *, struct text_cap_name);
void capdl_text_copies_expand(struct text_parser *);
void capdl_text_caps_settle(struct text_parser *);
/* Puts a copy of one slot into another, to be made by capdl_text_copies_resolve. */
void capdl_text_link_add(struct text_parser *, struct capdl_slot_ref to, struct capdl_slot_ref from, struct capdl_pos,
                         uint32_t params);
void capdl_text_copies_resolve(struct text_parser *);
/* Whether the parent is a capability whose name is known already; enters it. */
bool capdl_text_child_known(struct text_parser *, const struct text_child *);
void capdl_text_child_resolve(struct text_parser *, const struct text_child *);
void capdl_text_children_resolve(struct text_parser *);
void capdl_text_cdt_section(struct text_parser *);
bool capdl_text_slot_ref_parse(struct text_parser *, struct text_slot_ref *);

#endif
