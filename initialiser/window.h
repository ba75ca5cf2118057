/* SPDX-License-Identifier: BSD-2-Clause */
/* Where in our address space frames are mapped for filling. */
#ifndef INITIALISER_WINDOW_H
#define INITIALISER_WINDOW_H

#include <stdint.h>

/* Frees the window for 4 KiB frames: until then our own page is there. */
void window_open(void);
/* The address of that page, which is zero. */
uint64_t window_page(void);
/* Address at which a frame of this size is to be mapped. All page tables for it exist. */
uint64_t window_address(uint64_t size_bits);
/* Where to write its bytes then. */
uint8_t *window_bytes(uint64_t address);

#endif
