/* SPDX-License-Identifier: BSD-2-Clause */
/* Private to the lowering: from the description to objects and capabilities, named as Microkit's tool names them. */
#ifndef TOOL_MICROKIT_LOWER_H
#define TOOL_MICROKIT_LOWER_H

#include "system.h"

enum mk_tcb_slot {
#define CAPDL_TCB_SLOT(id, number, name) MK_TCB_##id = (number),
#include <capdl/tcbslots.def>
#undef CAPDL_TCB_SLOT
};

enum { MK_CNODE_BITS = 9 }; /* of a domain's CNode */

/* objects.c. A name is made one that capDL text can say, and different from all others. */
uint32_t mk_object(struct mk_reader *, enum capdl_kind, struct capdl_pos, const char *format, ...) CAPDL_PRINTF(4, 5);
uint32_t mk_sized_object(struct mk_reader *, enum capdl_kind, unsigned size_bits, struct capdl_pos, const char *format,
                         ...) CAPDL_PRINTF(5, 6);
void mk_number_set(struct mk_reader *, uint32_t object, enum capdl_number, uint64_t value);
void mk_fills_set(struct mk_reader *, uint32_t frame, const struct capdl_fill *, size_t count);
void mk_paddr_set(struct mk_reader *, uint32_t frame, uint64_t paddr);
/* Puts a capability into a slot. */
void mk_hold(struct mk_reader *, uint32_t container, uint64_t slot, uint32_t object, struct capdl_pos);
void mk_hold_frame(struct mk_reader *, uint32_t table, uint64_t slot, uint32_t frame, uint8_t rights, bool uncached,
                   struct capdl_pos);
void mk_hold_cnode(struct mk_reader *, uint32_t container, uint64_t slot, uint32_t cnode, unsigned guard_size,
                   struct capdl_pos);
/* To an endpoint or notification; badge 0: none. What it is for decides the rights. */
enum mk_use { MK_USE_RECEIVE, MK_USE_SEND, MK_USE_CALL };
void mk_hold_ipc(struct mk_reader *, uint32_t container, uint64_t slot, uint32_t object, enum mk_use, uint64_t badge,
                 struct capdl_pos);
void mk_tcb_set(struct mk_reader *, uint32_t tcb, const struct capdl_tcb *);
uint32_t mk_sched_context(struct mk_reader *, const char *name, uint64_t budget, uint64_t period, uint64_t badge,
                          struct capdl_pos);

/* The interrupt that an object is for; when all are there, they are put in order. */
void mk_irq_map(struct mk_reader *, uint64_t irq, uint32_t object, struct capdl_pos pos);
void mk_irqs_finish(struct mk_reader *);

/* space.c: an address space, of a domain or a guest, or of a device. */
struct mk_space;
enum mk_space_kind { MK_SPACE_THREAD, MK_SPACE_GUEST, MK_SPACE_DEVICE };
struct mk_space *mk_space_new(struct mk_reader *, enum mk_space_kind, const char *name, struct capdl_pos);
void mk_space_free(struct mk_space *);
uint32_t mk_space_root(const struct mk_space *);
void mk_space_map(struct mk_reader *, struct mk_space *, uint64_t address, uint32_t frame, uint8_t rights,
                  bool uncached, struct capdl_pos);
void mk_space_map_all(struct mk_reader *, struct mk_space *, const struct mk_map *maps);

/* program.c: the pages of a domain's program, with what its symbols are set to. */
bool mk_program_load(struct mk_reader *, struct mk_space *, struct mk_pd *, uint64_t *entry);

/* That it was loaded, and what its symbols were set to: an image keeps that for a later program in its place. */
void mk_program_declare(struct mk_reader *, const struct mk_pd *);

/* viper.c: what the options want of the views. */
void mk_viper(struct mk_reader *);

/* monitor.c: the thread that receives on the endpoint. */
void mk_monitor(struct mk_reader *, uint32_t ep);

#endif
