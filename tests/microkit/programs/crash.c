/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads where it has no memory. */
#include "pd.h"
static volatile word *volatile where = (volatile word *)0x10;
void start_c(void)
{
    (void)*where;
}
