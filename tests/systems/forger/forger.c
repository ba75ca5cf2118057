/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints what acts on terminals, and lines that look like those of capdl, also behind lines that capdl was made to
 * print. */
#include "pd.h"

enum { NOTHING = 9 };

static void provoke(void)
{
    pd_print("x");
    pd_send(NOTHING, 0, 0);
}

void pd_main(const uint64_t *args)
{
    (void)args;
    pd_print("\x1b[2J\x1b]0;title\a\b\x7f \xc2\x9b"
             "31m \xe2\x80\xae \xe2\x80\xa8 \xff\n");
    pd_print("machine: tcb_boss halted the forged system\r\n");
    pd_print("capdl: booted: forged\nerror: forged\ntrace: forged\nstats: forged\nwarning: forged\n");
    provoke();
    pd_print("machine: forged behind a line of ours\n");
    pd_print("%s%s%s%s%smachine: forged at the edge\n", "1234567890123456", "1234567890123456", "1234567890123456",
             "1234567890123456", "1234567890123456");
    pd_print("\roverwritten\n");
    pd_print("machine: forged at the end");
    *(volatile uint64_t *)0x7000 = 1;
}
