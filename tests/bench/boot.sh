#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# boot.sh CAPDL CONTENTS COUNT ARCH FLAG...: what a boot costs on real kernels, from reset to the first thread. Counted by the plugin
# COUNT in QEMU, and so the same in every run. Kernels: release kernels in $SEL4_PREFIXES, or those named in $KERNELS. Programs are
# compiled with the FLAGs. $SYSTEMS names some of the systems.
set -eu
capdl=$1 contents=$2 count=$(realpath "$3") arch=$4
shift 4
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
qemu=$(command -v "qemu-system-$arch") || { echo "no qemu-system-$arch, skipped"; exit 77; }
"$qemu" -h | grep -q "^-plugin" || { echo "$qemu knows no plugins, skipped"; exit 77; }

release() {
    "$capdl" profile "$1" --header > "$work/kernel.h" 2> /dev/null && ! grep -q '^#define SEL4_DEBUG 1' "$work/kernel.h" &&
        grep -q "^#define SEL4_ARCH_$(echo "$arch" | tr a-z A-Z) 1" "$work/kernel.h" && grep -q '^#define SEL4_MCS 1' "$work/kernel.h"
}

entry_of() {
    readelf -hW "$1" | sed -n 's/^ *Entry point address: *0x//p'
}
segments_of() { # lines of ADDRESS SIZE
    readelf -lW "$1" | awk '$1 == "LOAD" { print $3, $6 }'
}

# Stands for QEMU in PATH, and counts. A kernel begins at a multiple of 256 MiB; on PCs its last segment says where.
wrap() { # IMAGE PREFIX
    task=$(segments_of "$1" | head -n 1)
    start=${task% *} size=${task#* }
    end=$(printf %x $((start + size)))
    kernel=$(segments_of "$2/bin/kernel.elf" | awk '{ print $1 }' | sort | tail -n 1)
    firmware=
    [ "$arch" != riscv64 ] || firmware=,firmware=80000000-80200000
    cat > "$work/bin/qemu-system-$arch" << END
#!/bin/sh
exec $qemu "\$@" -icount shift=0,sleep=off \\
    -plugin $count,out=$work/counts,kernel=${kernel%???????}0000000,task=$start-$end,entry=$(entry_of "$1")$firmware
END
    chmod +x "$work/bin/qemu-system-$arch"
}

boot() { # PREFIX SYSTEM
    "$here/peers.sh" "$2" > "$work/$2.system"
    "$capdl" compile "$work/$2.system" --kernel "$1" --no-check x86-exec -o "$work/$2.elf" 2> "$work/trouble" ||
        { cat "$work/trouble"; return 1; }
    wrap "$work/$2.elf" "$1"
    rm -f "$work/counts"
    PATH=$work/bin:$PATH "$capdl" run "$work/$2.elf" --kernel "$1" --timeout 120 > "$work/console" 2> "$work/trouble" < /dev/null ||
        { cat "$work/trouble"; return 1; }
    size=- filled=-
    if [ "$arch" != x86_64 ]; then
        filled=0
        for bytes in $(segments_of "$work/$2.elf" | sed 's/.* //') $(segments_of "$1/bin/kernel.elf" | sed 's/.* //'); do
            filled=$((filled + bytes))
        done
        "$capdl" image "$work/$2.elf" --kernel "$1" --format raw -o "$work/raw"
        size=$(wc -c < "$work/raw")
    fi
    awk -v name="$2" -v size="$size" -v filled="$filled" 'function m(n) { return sprintf("%.3f", n / 1e6) }
        { printf "%-22s %10s %10s %10s %8s %12s %12s %12s %8d\n", name, size, filled, size == "-" ? "-" : m($1),
          size == "-" ? "-" : sprintf("%.2f", $1 / filled), m($3), m($4), m((size == "-" ? 0 : $1) + $3 + $4), $5 }' "$work/counts"
}

mkdir "$work/bin"
"$@" -ffreestanding -nostdlib -static -o "$work/domain.elf" "$here/domain.c"
for kind in random text; do
    "$contents" $kind 16777216 > "$work/$kind"
done
found=
for prefix in "${SEL4_PREFIXES:-/nowhere}"/${KERNELS:-*}; do
    release "$prefix" || continue
    found=yes
    echo "$(basename "$prefix"), millions of instructions"
    printf '%-22s %10s %10s %10s %8s %12s %12s %12s %8s\n' system 'boot file' filled loader 'a byte' initialiser kernel 'in all' calls
    for system in ${SYSTEMS:-hello sixty ring shared prefilled-4k-random prefilled-2M-random prefilled-2M-text region-64M-4k}; do
        boot "$prefix" "$system"
    done
done
[ "$found" ] || { echo "no release kernel for $arch in \$SEL4_PREFIXES, skipped"; exit 77; }
