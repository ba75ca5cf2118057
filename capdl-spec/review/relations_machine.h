/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_RELATIONS_MACHINE_H
#define CAPDL_REVIEW_RELATIONS_MACHINE_H

#include "relation_finder.h"

/* What relates those in f->here. */
void capdl_relation_interrupt(struct relation_finder *, uint32_t object);
void capdl_relation_smc(struct relation_finder *, uint32_t object);
void capdl_relation_ports(struct relation_finder *, uint32_t object);

void capdl_relation_thread(struct relation_finder *, uint32_t tcb);
/* Capabilities to what is no object. */
void capdl_relation_control_caps(struct relation_finder *, uint32_t container);

#endif
