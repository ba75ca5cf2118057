#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# write.sh DOCUMENT EXPECTED ARCH=COMMAND...: writes the tables of docs/performance.md, between <!-- NAME --> and <!-- end -->: what
# the guard expects, and with kernels in $SEL4_PREFIXES what boot.sh, the COMMAND, prints. A table that cannot be made stays.
set -eu
document=$1 expected=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

counted() {
    echo '| system | kernel calls | our instructions | memory touched, bytes | image, bytes | blob, bytes an object |'
    echo '|---|---|---|---|---|---|'
    awk '/^#/ { next }
        match($1, /-(calls|instructions|memory|image|blob-per-100-objects)$/) && $1 !~ /^initialiser/ {
            name = substr($1, 1, RSTART - 1)
            if (!(name in row)) order[++count] = name
            value = $1 ~ /blob/ ? sprintf("%.1f", $2 / 100) : $2
            row[name] = row[name] " | " value
        }
        END { for (i = 1; i <= count; i++) print "| " order[i] row[order[i]] " |" }' "$expected"
}

sizes() {
    echo '| bytes | AArch64 | RISC-V | x86-64 |'
    echo '|---|---|---|---|'
    awk '{ value[$1] = $2 }
        function line(what, name) {
            print "| " what " | " value[name "-aarch64"] " | " value[name "-riscv64"] " | " value[name "-x86_64"] " |"
        }
        END {
            line("initialiser: text and read-only data of what every system runs, messages included", "text-common")
            line("of larger CSpaces, contents that are copied, leftovers, gaps before addresses, periods in microseconds", "text-optional")
            line("initialiser in memory, data and stack included", "initialiser-memory")
            line("loader", "loader-file")
        }' "$expected"
}

# Peers: million instructions of the Rust initialiser 5.0.0 on the same kernel, measured with Microkit 2.3.
booted() { # ARCH
    awk -v arch="$1" '
        BEGIN {
            peer["hello"] = 0.213; peer["sixty"] = 5.58; peer["prefilled-4k-random"] = 9.1; peer["prefilled-2M-random"] = 64.7
            peer["prefilled-2M-text"] = 283; peer["region-64M-4k"] = 118.5
        }
        / millions of instructions$/ {
            sub(/,.*/, "")
            print "| " $0 " | raw boot file, bytes | filled, bytes | loader | a byte | initialiser | kernel | reset to first thread | calls |" \
                (arch == "aarch64" ? " Rust initialiser, with the kernel |" : "")
            print "|---|---|---|---|---|---|---|---|---|" (arch == "aarch64" ? "---|" : "")
            next
        }
        NF == 9 && $1 != "system" {
            line = "|"
            for (i = 1; i <= NF; i++) line = line " " $i " |"
            print line (arch == "aarch64" ? " " peer[$1] " |" : "")
        }' "$work/said"
}

replace() { # NAME: by $work/table
    awk -v name="<!-- $1 -->" -v table="$work/table" '
        $0 == name { print; while ((getline line < table) > 0) print line; skipped = 1 }
        $0 == "<!-- end -->" { skipped = 0 }
        !skipped { print }' "$document" >"$work/document"
    cat "$work/document" >"$document"
}

counted >"$work/table"
replace counted
sizes >"$work/table"
replace sizes
for pair in "$@"; do
    # shellcheck disable=SC2086
    if ${pair#*=} >"$work/said"; then
        booted "${pair%%=*}" >"$work/table"
        replace "booted-${pair%%=*}"
    else
        echo "${pair%%=*}: no figures of a kernel"
    fi
done
