/* SPDX-License-Identifier: BSD-2-Clause */
/* Flags that the methods TCB_SetFlags and SchedControl_ConfigureFlags take; the same in all kernels. */
#ifndef CAPDL_FLAGS_H
#define CAPDL_FLAGS_H

enum { CAPDL_TCB_FLAG_FPU_DISABLED = 1, CAPDL_SC_FLAG_SPORADIC = 1 };

#endif
