/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of the objects that `pd` makes for a protection domain (docs/pd.md), by which they are found in an image:
 * PREFIX_DOMAIN, of which a domain that is an element of an array has its own element; PREFIX_DOMAIN[n] and
 * PREFIX_DOMAIN_n where there may be several. Before n, an element's number: PREFIX_DOMAIN_2_n.
 */
#ifndef TOOL_BASE_PD_NAMES_H
#define TOOL_BASE_PD_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include <capdl/spec.h>

#define PD_TCB "tcb"
#define PD_CNODE "cnode"
#define PD_VSPACE "vspace"
#define PD_ASID_POOL "asid_pool"
#define PD_SC "sc"
#define PD_REPLY "reply"
#define PD_IPC "ipc"
#define PD_BOOTINFO "bootinfo"
#define PD_STACK "stack" /* [n] */
#define PD_TLS "tls"     /* _n */
#define PD_MODULES "modules"
#define PD_EXTRA "extra" /* _n */
#define PD_ROOM "room"   /* [n] */
#define PD_ELF "elf"     /* _n: with bytes of the program */
#define PD_BSS "bss"     /* [n], or _n where it has an address: zeros of the program */
#define PD_LARGE "large" /* the same, of large frames */
/* _n: what PD_ELF, PD_BSS and PD_LARGE are in a domain of a Microkit system description */
#define PD_MICROKIT_ELF "frame_elf"

/* Whether an object is called PREFIX_NAME and is an element of an array, which `element` is set to then. */
bool pd_names_element(const struct capdl_spec *, uint32_t object, const char *prefix, const char *name,
                      uint32_t *element);
/* Whether an object is called PREFIX_NAME_n and is not an element of an array. */
bool pd_names_numbered(const struct capdl_spec *, uint32_t object, const char *prefix, const char *name);

#endif
