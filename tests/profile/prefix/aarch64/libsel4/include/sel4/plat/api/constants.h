/* SPDX-License-Identifier: BSD-2-Clause */
#if CONFIG_WORD_SIZE == 32
#error "for 64-bit kernels only"
#endif
