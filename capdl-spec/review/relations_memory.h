/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_RELATIONS_MEMORY_H
#define CAPDL_REVIEW_RELATIONS_MEMORY_H

#include "relation_finder.h"

void capdl_relation_memory(struct relation_finder *);
void capdl_relation_fixed_memory(struct relation_finder *);

#endif
