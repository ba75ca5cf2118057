/* SPDX-License-Identifier: BSD-2-Clause */
#define VECTOR_MAX 109
