#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# build.sh SOURCES DIRECTORY ARCHITECTURE COMPILER [FLAG...]: the programs of the test systems, linked where their .ld file says.
set -eu
sources=$1
out=$2/$3
arch=$3
shift 3
mkdir -p "$out"
# The numbers of two system calls of MCS kernels for debugging: seL4_SysDebugPutChar, seL4_SysRecv.
for program in plain vars filled segs flat share nopps smallvar top twin crash linked; do
    [ "$program" != top ] || [ "$arch" = aarch64 ] || continue
    script=$sources/plain.ld
    [ ! -e "$sources/$program.ld" ] || script=$sources/$program.ld
    set -- "$@" -DSYS_PUTCHAR=-12 -DSYS_RECV=-7 -w -O1 -g0 -ffreestanding -fno-pic -fno-pie -no-pie -fno-stack-protector \
        -fno-asynchronous-unwind-tables -fno-common -nostdlib -static -Wl,--build-id=none -Wl,-z,noexecstack \
        -Wl,-z,max-page-size=4096
    files=$sources/$program.c
    [ "$program" != twin ] || files="$files $sources/twin2.c"
    # shellcheck disable=SC2086
    "$@" -Wl,--no-warn-rwx-segments -T "$script" $files -o "$out/$program.elf"
done
"$1" -nostdlib -static -no-pie -s -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 -O1 -g0 -w -DSYS_PUTCHAR=-12 \
    -DSYS_RECV=-7 -ffreestanding -fno-pic -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables -fno-common \
    -T "$sources/plain.ld" "$sources/vars.c" -o "$out/vars.stripped.elf"
printf hello >"$out/text.elf"
printf ab >"$out/short.elf"
