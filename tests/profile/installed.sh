#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# installed.sh CAPDL INSTALL: files of an install prefix that say what a built-in profile says are read as that profile, but
# for the version, which no file has.
set -u
capdl=$1 install=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0 tried=0
for kernel in $("$capdl" profile | sed -n 's/^ *\([a-z0-9_]*64[a-z0-9-]*\) .*/\1/p'); do
    "$install" "$kernel" "$work/$kernel" || exit 1
    "$capdl" profile "$kernel" "$work/$kernel" >"$work/said" 2>&1
    [ "$(cat "$work/said")" = 'version: 16.0.0 -> ' ] || { echo "$kernel:"; cat "$work/said"; status=1; }
    tried=$((tried + 1))
done
[ $tried = 12 ] || { echo "$tried profiles, expected 12"; status=1; }
exit $status
