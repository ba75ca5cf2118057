/* SPDX-License-Identifier: BSD-2-Clause */
/* `capdl profile` on its own, for command_test.sh. */
#include "command.h"

int main(int argc, char **argv)
{
    return cmd_profile(argc, argv);
}
