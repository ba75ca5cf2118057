/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_RELATIONS_WAYS_H
#define CAPDL_REVIEW_RELATIONS_WAYS_H

#include "relation_finder.h"

/* What relates those in f->here. */
void capdl_relation_endpoint(struct relation_finder *, uint32_t object);
void capdl_relation_notification(struct relation_finder *, uint32_t object);
/* The capability of those who hold an object lets them control all others who have it, or use it as their CNode. */
void capdl_relation_shared(struct relation_finder *, uint32_t object);
void capdl_relation_owned(struct relation_finder *, uint32_t object);
void capdl_relation_device(struct relation_finder *, uint32_t object);

/* What lies in untypeds is gone when their holders revoke it. */
void capdl_relation_untypeds(struct relation_finder *);
void capdl_relation_faults(struct relation_finder *);

#endif
