/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_WRITE_OBJECTS_H
#define CAPDL_TEXT_WRITE_OBJECTS_H

#include "writer.h"

void capdl_write_objects(struct writer *);

#endif
