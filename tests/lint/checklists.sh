#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# checklists.sh SOURCE-ROOT [print]: each checklist of HACKING.md names just the files in which its example stands. print: shows what it should name.
set -eu
cd "$1"
status=0
# Rows look like: | a kind | `PATTERN` | `FILE` `FILE` ... |
# A `|` in a pattern is `\|`, as in any table of Markdown; `~` stands for it here.
sed -n '/^| to add/,/^$/p' HACKING.md | grep '^| [a-z].*`' | sed 's/\\|/~/g' | while IFS='|' read -r _ what pattern files _; do
    pattern=$(echo "$pattern" | sed 's/^ *`//; s/` *$//' | tr '~' '|')
    found=$(grep -rlE "$pattern" blob capdl-spec editors examples include initialiser loader monitor tool --include='*.[chS]' \
        --include='*.def' --include=meson.build --include='*.vim' --include='*.el' --include='*.tmLanguage.json' | LC_ALL=C sort)
    named=$(echo "$files" | tr -d '` ' | tr ',' '\n' | LC_ALL=C sort)
    [ -n "$found" ] || { echo "nothing has $pattern" >&2; exit 1; }
    if [ "${2:-}" = print ]; then
        echo "$what: $(echo "$found" | sed 's/.*/`&`,/' | tr '\n' ' ' | sed 's/, $//')"
    elif [ "$found" != "$named" ]; then
        echo "HACKING.md, checklist for$what: what it names (-) and the files with $pattern (+) differ;" >&2
        echo "'checklists.sh . print' prints all lists, or the example has changed and needs another pattern" >&2
        work=$(mktemp -d)
        echo "$named" >"$work/named"
        echo "$found" >"$work/found"
        diff "$work/named" "$work/found" | sed -n 's/^</-/p; s/^>/+/p' >&2
        rm -r "$work"
        exit 1
    fi
done || status=1
exit $status
