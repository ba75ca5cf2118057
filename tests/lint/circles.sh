#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# circles.sh SOURCE-ROOT: no files of a room include each other in a circle. x.c and x.h are one; a header without a .c of its name
# is part of whoever includes it. Nor do the rooms of tool.
set -eu
cd "$1"
# Circles that stay, each by the include that closes it, with the reason.
allowed=$(mktemp)
trap 'rm -f "$allowed"' EXIT
cat >"$allowed" <<'END'
tool/machine/record tool/machine/kernel  the record is part of struct kernel, which kernel.h declares for the whole room
END
find blob capdl-spec initialiser loader monitor sha256 tool -name '*.[ch]' | awk -v allowed="$allowed" '
    { exists[$0] = 1 }
    END {
        while ((getline line < allowed) > 0) { split(line, word, " +"); stays[word[1], word[2]] = 1 }
        for (file in exists) {
            room = file; sub(/[^\/]*$/, "", room)
            while ((getline line < file) > 0) {
                if (line !~ /^#include "/) continue
                split(line, part, "\""); name = part[2]
                at = room name
                if (!(at in exists)) { at = "tool/" name; if (!(at in exists)) at = "capdl-spec/" name }
                dir = at; sub(/[^\/]*$/, "", dir)
                if (at in exists && dir == room) includes[file] = includes[file] " " at
            }
            close(file)
        }
        for (file in exists) {
            stem = file; sub(/\.[ch]$/, "", stem)
            if ((stem ".c") in exists) walk(stem, file)
        }
    }
    # What a file includes, and what headers that belong to nobody else include.
    function walk(stem, file, part, n, i, to) {
        n = split(includes[file], part, " ")
        for (i = 1; i <= n; i++) {
            to = part[i]; sub(/\.[ch]$/, "", to)
            if (!((to ".c") in exists)) { if (!((stem, part[i]) in seen)) { seen[stem, part[i]] = 1; walk(stem, part[i]) } }
            else if (to != stem && !((stem, to) in stays)) print stem, to
        }
    }' | sort -u | tsort >/dev/null
(cd tool && find ./*/ -name '*.[ch]' -exec awk '
    /^#include "[a-z]+\// {
        split(FILENAME, from, "/"); split($2, to, /["\/]/)
        if (from[2] != to[2] && system("test -d " to[2]) == 0) print from[2], to[2]
    }' {} +) | sort -u | tsort >/dev/null
