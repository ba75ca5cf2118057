#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# shell.sh SOURCE-ROOT: shellcheck has nothing to say of any script. What it is told to leave out: .shellcheckrc, with reasons.
set -eu
cd "$1"
command -v shellcheck > /dev/null || exit 77
list=$(mktemp)
trap 'rm -f "$list"' EXIT
find . -name 'build*' -prune -o -name .git -prune -o -type f -size +0 \
    -exec awk 'FNR == 1 { if (/^#!.*[\/ ](ba)?sh( |$)/) print FILENAME; nextfile }' {} + > "$list"
[ "$(wc -l < "$list")" -gt 100 ] || { echo "only $(wc -l < "$list") scripts found"; exit 1; }
xargs shellcheck -f gcc < "$list"
