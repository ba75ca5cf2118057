#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# turnaround.sh CAPDL SPENT PROGRAMS [KERNEL]: from a changed program to its first words, in a system of sixty protection domains,
# ping and 59 that wait for calls, of which pong gets some: `capdl update`, then `capdl run` on the emulated machine until the words
# appear. PROGRAMS: where ping.elf and pong.elf of examples/ping-pong are. Of $RUNS runs, 21, the middle one.
set -eu
capdl=$1 spent=$2 programs=$3 kernel=${4:-aarch64-mcs} runs=${RUNS:-21}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$programs/ping.elf" "$programs/pong.elf" "$work"
cd "$work"
sed 's/pong: /PONG: /' pong.elf >changed.elf
{
    echo 'objects { table[59] = ep  stop = notification'
    echo '    ping = pd ("ping.elf", prio: 100)  pong = pd ("pong.elf", prio: 110)'
    seq 58 | sed 's/.*/    waiter& = pd ("pong.elf", prio: 110)/'
    echo '} caps { cnode_ping { 3: stop (R)  4: table[0] (WP, badge: 7)  5: table[0] (WP, badge: 9) }'
    echo '    cnode_pong { 3: stop (R)  4: table[0] (R) }'
    seq 58 | sed 's/.*/    cnode_waiter& { 3: stop (R)  4: table[&] (R) }/'
    echo '}'
} >sixty.cdl
"$capdl" compile sixty.cdl --kernel "$kernel" -o sixty.elf

# Microseconds of processor time of each command, and of the clock for both.
for _ in $(seq "$runs"); do
    begin=$(date +%s%N)
    update=$("$spent" "$capdl" update sixty.elf pong=changed.elf -o new.elf)
    run=$("$spent" "$capdl" run new.elf --until 'PONG: ')
    end=$(date +%s%N)
    [ "${update##* }" = 0 ] && [ "${run##* }" = 0 ] || { echo "update: $update, run: $run" >&2; exit 1; }
    echo "${update%% *} ${run%% *} $(((end - begin) / 1000))"
done > "$work/times"
middle() { # FIELD
    cut -d ' ' -f "$1" "$work/times" | sort -n | sed -n "$(((runs + 1) / 2))p"
}
awk -v update="$(middle 1)" -v run="$(middle 2)" -v both="$(middle 3)" 'BEGIN {
    printf "milliseconds of processor time: update %.1f, run %.1f; of the clock for both: %.1f (target 40)\n",
        update / 1e3, run / 1e3, both / 1e3 }'
