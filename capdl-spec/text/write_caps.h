/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_WRITE_CAPS_H
#define CAPDL_TEXT_WRITE_CAPS_H

#include "writer.h"

void capdl_write_caps(struct writer *);

#endif
