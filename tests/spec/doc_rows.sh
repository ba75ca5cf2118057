#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc_rows.sh DOC_ROWS DOCS: fields of TCBs, members of JSON, ranks, parameters of pd stand in the documents as the tables of facts have them.
set -eu
rows=$1 docs=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

same() {
    diff -u "$work/written" "$work/expected" >&2 || { echo "$1 differs from the tables of facts (+)" >&2; status=1; }
}

# The table below the line that begins with $2 in file $1.
table() {
    awk -v head="$2" 'index($0, head) == 1 { in_table = 1; next } in_table && !/^\|/ { exit } in_table && !/^\|-/' "$docs/$1"
}

"$rows" tcb >"$work/expected"
table language.md '| parameter of `tcb`' >"$work/written"
same docs/language.md

# `addr` `ip`* ... of each row; values, which are code too, left out.
"$rows" members | sort >"$work/expected"
table json.md '| type | members' | sed -E 's/`(true|false|"[a-z]+")`//g' | while IFS='|' read -r _ type members _; do
    echo "$(echo "$type" | tr -d '` ') $(echo "$members" | grep -oE '`[A-Za-z_]+`\*?' | tr -d '`' | tr '\n' ' ' | sed 's/ $//')"
done | sort >"$work/written"
same docs/json.md

tr -d ' \n' <"$docs/spec.schema.json" >"$work/schema"
"$rows" schema | while read -r piece; do
    grep -qF -- "$piece" "$work/schema" || { echo "docs/spec.schema.json lacks: $piece" >&2; exit 1; }
done || status=1

"$rows" ranks >"$work/expected"
table review.md '| rank | kind' | sed -E 's/^\| ([0-9]+) \| `([a-z-]+)` \| ([^|]*) \|.*/\1 \2 \3/' >"$work/written"
same docs/review.md

# Of numbers: the range and the unit where the text speaks of them, and the default where it is a number.
table pd.md '| parameter ' >"$work/rows"
"$rows" pd | cut -d' ' -f1 | sort >"$work/expected"
cut -d'|' -f2 "$work/rows" | tr -d '` ' | tr ',' '\n' | sort >"$work/written"
same docs/pd.md
"$rows" pd | while read -r name least most unit default; do
    row=$(grep "^| [^|]*\`$name\`" "$work/rows")
    otherwise=$(echo "$row" | cut -d'|' -f4 | tr -d '` ')
    case $otherwise in
    [0-9]*k) otherwise=$((${otherwise%k} * 1024)) ;;
    *,else[0-9]*) otherwise=${otherwise##*else} ;; # `period`, else 10000
    esac
    case $otherwise in
    True | False) [ "$otherwise" = "$least" ] ;;
    *[!0-9]* | '') [ "${default:-0}" = 0 ] || [ "$name" = max_prio ] ;;
    *) [ "$otherwise" = "$default" ] ;;
    esac || { echo "docs/pd.md, $name: without it $otherwise, not ${default:-$least}" >&2; exit 1; }
    range=$(echo "$row" | grep -oE '[0-9]+ to [0-9]+' || echo "$least to $most")
    [ "$range" = "$least to $most" ] || { echo "docs/pd.md, $name: $range, not $least to $most" >&2; exit 1; }
    case $row in
    *'multiple of 4096'* | *'page aligned'*) [ "$unit" = 4096 ] || { echo "docs/pd.md, $name: its unit is $unit" >&2; exit 1; } ;;
    esac
done || status=1
exit $status
