/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unicorn, loaded when the first machine is made. Relocating it takes several milliseconds, which commands that run
 * no machine save. Its functions have their usual names.
 */
#ifndef MACHINE_UNICORN_H
#define MACHINE_UNICORN_H

#include <stdbool.h>
#include <unicorn/unicorn.h>

extern struct unicorn {
#define UNICORN(function) __typeof__(uc_##function) *function;
#include "unicorn.def"
#undef UNICORN
} unicorn;

/* Loads it, unless it is there. Returns NULL, or the dynamic linker's message, valid until the next call. No other
 * function may be called before it has returned 0. */
const char *unicorn_load(void);

#define uc_close unicorn.close
#define uc_context_alloc unicorn.context_alloc
#define uc_context_free unicorn.context_free
#define uc_context_restore unicorn.context_restore
#define uc_context_save unicorn.context_save
#define uc_ctl unicorn.ctl
#define uc_emu_start unicorn.emu_start
#define uc_emu_stop unicorn.emu_stop
#define uc_hook_add unicorn.hook_add
#define uc_hook_del unicorn.hook_del
#define uc_mem_map unicorn.mem_map
#define uc_mem_map_ptr unicorn.mem_map_ptr
#define uc_mem_unmap unicorn.mem_unmap
#define uc_mem_write unicorn.mem_write
#define uc_open unicorn.open
#define uc_reg_read unicorn.reg_read
#define uc_reg_read_batch unicorn.reg_read_batch
#define uc_reg_write unicorn.reg_write
#define uc_reg_write_batch unicorn.reg_write_batch
#define uc_strerror unicorn.strerror

#endif
