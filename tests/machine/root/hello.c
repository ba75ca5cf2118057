/* SPDX-License-Identifier: BSD-2-Clause */
/* The smallest initial task: says hello, and what the kernel told it. */
#include "root.h"

void root_main(void)
{
    puts_("hello\n");
    value("cnode bits", info->cnode_bits);
    value("domain", info->domain);
    value("ipc buffer behind image", (info->ipc_buffer & 4095) == 0);
}
