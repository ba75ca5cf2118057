/* SPDX-License-Identifier: BSD-2-Clause */
/* Every limit of the loader. Also read by start.S. */
#ifndef LOADER_LIMITS_H
#define LOADER_LIMITS_H

#define STACK_SIZE 8192
#define NUM_TABLES 24     /* one for each GiB in use, and four more */
#define MAX_CORES 16      /* CAPDL_PAYLOAD_CORES */
#define TREE_ROOM 0x40000 /* CAPDL_PAYLOAD_TREE_ROOM: for the firmware's device tree, its padding taken out */
#define TREE_DEPTH 16     /* nodes from the root to a leaf */
#define MAX_RAM 64        /* ranges of a device tree */
#define CORE_PATIENCE 10  /* seconds until a core that does not respond counts as lost */

/* Memory after the payload: stack, device tree, tables, stacks of the other cores, a page of core descriptions. */
#define WORKSPACE_SIZE (STACK_SIZE + NUM_TABLES * 4096 + MAX_CORES * STACK_SIZE + 4096 + TREE_ROOM)

#endif
