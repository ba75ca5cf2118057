#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A random system is the same as its JSON, its expansion, its image, and what is shown of its image. Each KERNEL:SEED is
# one system; some of them once differed: arguments on stacks, and X of frames that are held and mapped.
# usage: random_forms.sh CAPDL RANDOM_WRITE KERNEL:SEED...
set -u
capdl=$(realpath "$1") write=$(realpath "$2")
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0 compiled=0
for system; do
    "$write" "${system#*:}" "${system%:*}" . || exit 1
    "$capdl" compile random.cdl --kernel "${system%:*}" -o image.elf > log 2>&1 || continue # there may be no room for it
    compiled=$((compiled + 1))
    "$capdl" show random.cdl --json > spec.json 2> log
    "$capdl" expand random.cdl > expanded.cdl
    "$capdl" show image.elf > image.cdl
    "$capdl" show image.elf --json > image.json
    for form in spec.json expanded.cdl image.elf image.cdl image.json; do
        if ! "$capdl" diff random.cdl $form > out 2>&1 || ! grep -q '^same system, other text' out; then
            echo "$system: $form is another system"
            cat out
            failed=1
        fi
    done
done
[ $compiled -gt $(($# / 2)) ] || { echo "only $compiled of $# systems compile"; failed=1; }
exit $failed
