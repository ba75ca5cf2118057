#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What `capdl verify` says and returns: for differences, memory that does not suffice, and arguments that are no images.
# usage: command.sh CAPDL
set -eu
capdl=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# expect CODE TEXT ARGUMENT...: the exit code, and a line of output or messages with that text.
expect()
{
    code=$1 text=$2
    shift 2
    status=0
    "$capdl" verify "$@" > out 2>&1 || status=$?
    if [ "$status" != "$code" ] || ! grep -qF -- "$text" out; then
        echo "verify $*: exit code $status, not $code, or no line with: $text"
        cat out
        exit 1
    fi
}

cat > a.cdl <<'END'
arch aarch64
objects { c = cnode (4 bits)  e = ep  f[300] = frame (4k)  d = cnode (2 bits) }
caps { c { 1: e (RW, badge: 5)  2: f[7] (R) }  d { 0: c } }
END
sed 's/badge: 5/badge: 6/' a.cdl > b.cdl
"$capdl" compile a.cdl -o a.elf 2> warnings

expect 0 'a.elf: the kernel'"'"'s state is what the spec says' a.elf
expect 1 "b.cdl: CNode 'c' has in slot 0x1 a capability with badge 0x5, not 0x6" a.elf --spec b.cdl
expect 1 'b.cdl: 1 difference between' a.elf --spec b.cdl
expect 1 '"same":false' a.elf --spec b.cdl --json
sed 's/2: f\[7\] (R)/2: f[7] (RW)  3: e (R)/' b.cdl > c.cdl
expect 1 'c.cdl: and 2 more (--max-errors 0 shows them all)' a.elf --spec c.cdl --max-errors 1
expect 1 '3 differences between' a.elf --spec c.cdl --max-errors 1
echo nonsense > list
expect 1 'list:1: error: expected an untyped' a.elf --spec a.cdl --untypeds list
expect 1 'is not an image' a.cdl
expect 2 'cannot read' none.elf
expect 2 'missing argument'

# Where a report says that each object is: two frames are at addresses of their own, the kernel decides on the CNode.
cat > placed.cdl <<'END'
arch aarch64
objects { c = cnode (4 bits)  p = frame (4k, paddr: 0x70000000)  q = frame (4k, paddr: 0x70003000) }
caps { c { 1: p (R)  2: q (R)  3: c } }
END
"$capdl" compile placed.cdl -o placed.elf 2> warnings
report() { # ADDRESS-OF-CNODE
    printf '# Objects in memory\n\n    %-18s  %10s  %-12s  %s\n' address bytes kind name
    printf '    %s  %10u  %-12s  %s\n' 0x70000000 4096 frame p 0x70003000 4096 frame q "$1" 512 cnode c
    echo
}
echo '0x70000000 22 0' > some
report 0x70200000 > report.txt
expect 1 "CNode 'c' is at 0x" placed.elf --untypeds some --report report.txt
report "$(sed -n "s/.*CNode 'c' is at \(0x[0-9a-f]*\), not at 0x70200000 as report.txt says.*/\1/p" out)" > report.txt
expect 0 '  3 objects are where the report says' placed.elf --untypeds some --report report.txt
expect 0 '"addresses":3' placed.elf --untypeds some --report report.txt --json

# The same digest wherever the kernel puts things, and a boot that fails for want of memory.
echo '0x70000000 22 0' > some
echo '0x70000000 20 0' > little
expect 0 'with 4194304 bytes of RAM' a.elf --untypeds some
grep sha256 out > here
expect 0 sha256 a.elf
grep sha256 out | cmp - here
expect 1 'a.elf: the boot failed while planning memory' a.elf --untypeds little
