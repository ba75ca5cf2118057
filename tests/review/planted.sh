#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makes each change of planted.txt: 'capdl diff' must print the finding to the letter, rank it as the table says and find
# nothing graver. The table of docs/review-evidence.md must be what 'planted.sh CAPDL DIRECTORY DOCUMENT print' prints.
# usage: planted.sh CAPDL DIRECTORY DOCUMENT [print]
set -u
capdl=$(realpath "$1") here=$(realpath "$2") document=$(realpath "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

trimmed() {
    printf '%s\n' "$1" | sed 's/^ //; s/ $//'
}

# A line of a table: what acts in Markdown is escaped.
cells() {
    printf '| %s | %s | `%s` | %s | %s |\n' "$1" "$2" "$3" "$4" "$5" | sed 's/\\</</g; s/\\>/>/g'
}

table() {
    printf '| kind | system | change (sed) | rank | what is printed |\n|---|---|---|---|---|\n'
    while IFS='|' read -r kind system edit code rank line; do
        cells "${kind% }" $system "$(trimmed "$edit")" $rank "$(printf '%s\n' "${line# }" | sed 's/[][*_]/\\&/g')"
    done < rows
}

try() {
    sed "$3" "$here/$2.cdl" > new.cdl
    "$capdl" diff "$here/$2.cdl" new.cdl > out 2> trouble
    got=$?
    gravest=$(sed -n '1s/^\([0-9]*\)\. .*/\1/p' out)
    if [ "$1" = silent ]; then
        grep -qxF -e "$6" out
    else # the sentence, and then at most the place
        awk -v line="   $6" 'index($0, line) == 1 && substr($0, length(line) + 1) ~ /^( \[.*)?$/ { found = 1 } END { exit !found }' out
    fi
    # shellcheck disable=SC2181
    if [ $? != 0 ] || [ $got != "$4" ] || [ "${gravest:-0}" != "$5" ]; then
        echo "$2, $3: exit code $got, rank ${gravest:-0}; expected $4, $5 and: $6"
        cat trouble out
        failed=1
    fi
}

grep -v '^#' "$here/planted.txt" > rows
if [ $# -gt 3 ]; then
    table
    exit 0
fi
while IFS='|' read -r kind system edit code rank line; do
    try "${kind% }" $system "$(trimmed "$edit")" $((code)) $((rank)) "${line# }"
done < rows
for kind in planted:144 sneaky:44 silent:24; do
    [ "$(grep -c "^${kind%:*} " rows)" -ge "${kind#*:}" ] || { echo "fewer than ${kind#*:} ${kind%:*} changes"; failed=1; }
done
# shellcheck disable=SC2094
table > table
grep '^|' "$document" > documented
diff -u documented table || { echo "$document does not have the table that 'planted.sh ... print' prints"; failed=1; }
exit $failed
