/* SPDX-License-Identifier: BSD-2-Clause */
#ifdef CONFIG_KERNEL_MCS
#define seL4_MinSchedContextBits 8
#endif
#define SEL4_TEST_CHECK(a, b) a##b
