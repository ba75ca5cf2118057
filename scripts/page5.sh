#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A manual page of section 5 from pages of docs/: page5.sh NAME DATE VERSION 'what it is' PAGE.md...   (needs lowdown)
# The heading of each page is left out, or begins a section when there are several; its sections follow.
set -eu
name=$1 date=$2 version=$3 what=$4
shift 4
first=$1
{
    printf '# NAME\n\n%s - %s\n\n# DESCRIPTION\n\n' "$name" "$what"
    for page; do
        # Links between pages mean nothing here: their words stay.
        sed -e '/^<!--.*-->$/d' -e 's/\[\([^]]*\)\](\([^)]*\))/\1/g' "$page" | awk -v first="$([ "$page" = "$first" ] && echo 1 || echo 0)" '
            /^```/ { code = !code }
            # lowdown takes a star after a code span, and underscores in a word, for emphasis.
            function escaped(line,    out, c, i) {
                span = line == "" ? 0 : span
                for (i = 1; i <= length(line); i++) {
                    c = substr(line, i, 1)
                    span = c == "`" ? !span : span
                    out = out (!span && (c == "_" || c == "*" && substr(line, i - 1, 1) == "`") ? "\\" : "") c
                }
                return out
            }
            !code && /^# / { if (!first) { print "# " toupper(substr($0, 3)) }; next }
            !code && /^##/ { sub(/^#/, "") }
            { print code || /^    / ? $0 : escaped($0) }'
    done
    printf '\n# SEE ALSO\n\ncapdl(1)\n'
} | lowdown -s -Tman -M "title=$(echo "$name" | tr '[:lower:]' '[:upper:]')" -M section=5 -M "date=$date" -M "source=capdl $version" -M 'volume=seL4 systems' |
    awk -v name="$name" '
        BEGIN { print "'"'"'\\\" t" } # tables
        /^\.\\" -\*- mode/ { next }
        /^\.TH / { print; print ".ad l"; next }
        /^\.S[HS]$/ { heading = $0; next }
        heading != "" { print heading " \"" $0 "\""; heading = ""; after = 1; next }
        after && /^\.LP$/ { next }
        { after = 0; gsub(/\\fC/, "\\fB"); if (index($0, name " - ") == 1) { sub(/ - /, " \\- "); gsub(/capdl-/, "capdl\\-") } print }' |
    # No line of running text is longer than a page of 80 columns has room for; code and tables stay.
    awk '
        /^\.(TS|EX|nf)/ { whole++ }
        /^\.(TE|EE|fi)/ { whole-- }
        /^[.'"'"']/ || whole { print; next }
        {
            while (length($0) > 79) {
                for (end = 79; end > 1 && (substr($0, end, 1) != " " || substr($0, end + 1, 1) ~ /[ .'"'"']/); end--) {
                }
                if (end == 1) {
                    break
                }
                print substr($0, 1, end - 1)
                $0 = substr($0, end + 1)
            }
            print
        }'
