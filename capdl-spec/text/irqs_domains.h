/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_IRQS_DOMAINS_H
#define CAPDL_TEXT_IRQS_DOMAINS_H

#include "parser.h"

void capdl_text_irq_maps_section(struct text_parser *);
void capdl_text_domains_section(struct text_parser *);
void capdl_text_maps_finish(struct text_parser *);

#endif
