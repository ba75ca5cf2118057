#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# architectures.sh SOURCE-ROOT: no architecture is named but in the table of facts and in files of one architecture (arch_NAME.c): all
# other code asks those.
set -eu
cd "$1"
ids=$(sed -n 's/^CAPDL_ARCH(\([A-Z0-9_]*\),.*/\1/p' include/capdl/arch.def | paste -sd '|' -)
[ -n "$ids" ]
named=$(grep -rnE "CAPDL_ARCH_($ids)\\b" blob capdl-spec include initialiser loader monitor tool --include='*.[ch]' |
    grep -vE '^capdl-spec/model/architectures\.c:|/arch_[a-z0-9_]+\.c:' || true)
[ -z "$named" ] || { echo "architectures are named outside of their tables (HACKING.md, Checklists):"; echo "$named"; exit 1; } >&2
