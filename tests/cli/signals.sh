#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A command that is interrupted leaves no file behind, and ends as a program ends that the signal killed. usage: signals.sh CAPDL
set -u
capdl=$(realpath "$1")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/work"
cd "$dir/work" || exit 1
failed=0

# A system large enough to be caught while it is written.
cat > "$dir/system.cdl" <<'END'
arch aarch64
objects { f[60000] = frame (4k, fill: [{0 4096 CDL_FrameFill_FileData "zero" 0}])  c = cnode (17 bits) }
caps { c { 0: f[] } }
END
head -c 4096 /dev/urandom > "$dir/zero"
for signal in INT:130 TERM:143 HUP:129; do
    code=${signal#*:} signal=${signal%:*}
    # A shell lets background children ignore SIGINT: env puts it back.
    env --default-signal=INT "$capdl" compile "$dir/system.cdl" -I "$dir" -o system.elf 2> /dev/null &
    child=$!
    tries=0
    while [ -z "$(ls)" ] && kill -0 $child 2> /dev/null && [ $tries -lt 2000 ]; do
        tries=$((tries + 1))
    done
    kill -"$signal" $child 2> /dev/null
    wait $child
    got=$?
    # It may have been done before: then the whole file is there.
    if [ $got = 0 ] && [ "$(ls)" = system.elf ]; then
        echo "SIG$signal came too late"
    elif [ $got != "$code" ] || [ -n "$(ls)" ]; then
        echo "SIG$signal: exit code $got, expected $code; left: $(ls)"
        failed=1
    fi
    rm -f ./*
done

# As under nohup: a signal that is ignored ends nothing.
trap '' HUP
"$capdl" compile "$dir/system.cdl" -I "$dir" -o system.elf 2> out &
child=$!
trap - HUP
while kill -HUP $child 2> /dev/null; do :; done
wait $child
got=$?
[ $got = 0 ] && [ -s system.elf ] || { echo "ignored SIGHUP: exit code $got"; cat out; failed=1; }
rm -f ./*

# On the emulated machine, where a child process runs the system.
printf 'arch aarch64 objects { forever = pd ("forever.elf") }\n' > "$dir/forever.cdl"
compiler=aarch64-linux-gnu-gcc
if command -v $compiler > /dev/null; then
    printf '.globl _start\n_start: b _start\n' > "$dir/forever.S"
    $compiler -nostdlib -static -Wl,-Ttext-segment=0x200000 "$dir/forever.S" -o "$dir/forever.elf"
    "$capdl" compile "$dir/forever.cdl" -I "$dir" -o "$dir/forever.img" || failed=1
    for signal in INT:130 TERM:143; do
        code=${signal#*:} signal=${signal%:*}
        : > "$dir/out"
        env --default-signal=INT "$capdl" run "$dir/forever.img" > "$dir/out" 2>&1 &
        child=$!
        tries=0
        while ! grep -q booted "$dir/out" && [ $tries -lt 3000 ]; do
            tries=$((tries + 1))
        done
        kill -"$signal" $child
        wait $child
        got=$?
        [ $got = "$code" ] || { echo "run, SIG$signal: exit code $got, expected $code"; cat "$dir/out"; failed=1; }
    done
fi
exit $failed
