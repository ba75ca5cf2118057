/* SPDX-License-Identifier: BSD-2-Clause */
/* What guest and VMM have agreed upon: the number of a call in x0, its argument in x1, the answer in x0. */
#ifndef GUEST_H
#define GUEST_H

enum { GUEST_LEVEL = 1, GUEST_SQUARE = 2, GUEST_OFF = 3 };

#define GUEST_DEVICE 0x50000000 /* a register of a device that there is not */

#endif
