#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# format.sh SOURCE-ROOT: all C code is as .clang-format has it, and no line of it has more than 120 columns.
# Skipped where clang-format 16 is not installed: other versions break lines elsewhere.
set -eu
command -v clang-format-16 >/dev/null || exit 77
cd "$1"
find blob capdl-spec examples include initialiser loader monitor sha256 tests tool -name '*.[ch]' -exec clang-format-16 --dry-run --Werror {} +
long=$(find blob capdl-spec examples include initialiser loader monitor sha256 tests tool -name '*.[chS]' -exec awk 'length > 120 { print FILENAME ":" FNR ": more than 120 columns" }' {} +)
[ -z "$long" ] || { echo "$long" >&2; exit 1; }
