#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Plants each change of edits.txt into base.cdl: 'capdl diff' must rank it as the table says. usage: edits.sh CAPDL DIRECTORY
set -u
capdl=$(realpath "$1") here=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
cp "$here/base.cdl" old.cdl
failed=0 count=0
grep -v '^#' "$here/edits.txt" > edits
while IFS='|' read -r edit code rank line; do
    edit=${edit% } code=$((code)) rank=$((rank)) line=${line# }
    count=$((count + 1))
    sed "$edit" old.cdl > new.cdl
    "$capdl" diff old.cdl new.cdl > out 2>&1
    got=$?
    gravest=$(sed -n '1s/^\([0-9]*\)\. .*/\1/p' out)
    if [ $got != $code ] || [ "${gravest:-0}" != $rank ] || ! grep -qF -e "$line" out; then
        echo "$edit: exit code $got, rank ${gravest:-0}; expected $code, rank $rank and: $line"
        cat out
        failed=1
    fi
done < edits
[ $count -gt 30 ] && exit $failed
echo "only $count edits were tried"
exit 1
