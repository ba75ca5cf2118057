#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# peers.sh NAME: a system of the kind that other initialisers were measured with, as Microkit describes it. Programs: domain.elf.
set -eu

domain() { # NAME [ELEMENT]...
    printf '<protection_domain name="%s" priority="100"><program_image path="domain.elf"/>' "$1"
    shift
    printf '%s' "$@"
    echo '</protection_domain>'
}

channel() { # PD ID PD ID
    echo "<channel><end pd=\"$1\" id=\"$2\"/><end pd=\"$3\" id=\"$4\"/></channel>"
}

region() { # NAME SIZE PAGE [ATTRIBUTE]
    echo "<memory_region name=\"$1\" size=\"$2\" page_size=\"$3\" ${4:-}/>"
}

map() { # REGION ADDRESS
    echo "<map mr=\"$1\" vaddr=\"$2\" perms=\"rw\" cached=\"true\"/>"
}

echo '<?xml version="1.0" encoding="UTF-8"?>'
echo '<system>'
case $1 in
hello)
    domain hello
    ;;
sixty) # in a row, each with a channel to the next
    for i in $(seq 0 59); do domain "pd$i"; done
    for i in $(seq 1 59); do channel "pd$((i - 1))" 1 "pd$i" 0; done
    ;;
ring) # of 23, each sharing 256 KiB with the next
    for i in $(seq 0 22); do region "buffer$i" 0x40000 0x1000; done
    for i in $(seq 0 22); do domain "pd$i" "$(map "buffer$i" 0x10000000)" "$(map "buffer$(((i + 1) % 23))" 0x20000000)"; done
    for i in $(seq 0 22); do channel "pd$i" 1 "pd$(((i + 1) % 23))" 0; done
    ;;
shared) # 12 that share 8 MiB
    region shared 0x800000 0x1000
    for i in $(seq 0 11); do domain "pd$i" "$(map shared 0x10000000)"; done
    ;;
prefilled-*) # 16 MiB: prefilled-PAGE-CONTENTS
    page=${1#prefilled-}
    contents=${page#*-}
    [ "${page%-*}" = 4k ] && page=0x1000 || page=0x200000
    region data 0x1000000 "$page" "prefill_path=\"$contents\""
    domain hello "$(map data 0x10000000)"
    ;;
scattered) # 1,000 pages here and there in a GiB of qemu-arm-virt's RAM
    awk 'BEGIN {
        for (seed = 1; count < 1000; ) {
            seed = (seed * 1103515245 + 12345) % 2147483648
            page = int(seed / 8192)
            if (page in taken) continue
            taken[page]
            name = "page" count
            printf "<memory_region name=\"%s\" size=\"0x1000\" phys_addr=\"0x%x\"/>\n", name, 1744830464 + page * 4096
            maps = maps sprintf("<map mr=\"%s\" vaddr=\"0x%x\" perms=\"rw\" cached=\"true\"/>\n", name, 268435456 + count++ * 4096)
        }
        printf "<protection_domain name=\"hello\" priority=\"100\"><program_image path=\"domain.elf\"/>\n%s</protection_domain>\n", maps
    }'
    ;;
region-64M-4k)
    region data 0x4000000 0x1000
    domain hello "$(map data 0x10000000)"
    ;;
*)
    echo "peers.sh: no system $1" >&2
    exit 2
    ;;
esac
echo '</system>'
