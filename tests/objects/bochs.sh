#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A PC with VT-x, which QEMU cannot be and Bochs can: boots a CD until a text is on the serial line, or time is up.
#
# usage: bochs.sh CD TEXT SECONDS > CONSOLE
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/machine" <<END
cpu: model=corei7_skylake_x, ips=200000000, reset_on_triple_fault=0
memory: guest=512, host=512
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
display_library: rfb, options="timeout=0"
plugin_ctrl: speaker=0
sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
ata0-master: type=cdrom, path=$1, status=inserted
boot: cdrom
clock: sync=none
com1: enabled=1, mode=file, dev=$work/console
log: $work/log
panic: action=report
error: action=ignore
info: action=ignore
END
# Debian's Bochs has a debugger, which waits for a command, and for more on a standard input that must stay open.
echo c > "$work/commands"
mkfifo "$work/input"
sleep "$3" > "$work/input" &
sleeper=$!
bochs-bin -q -f "$work/machine" -rc "$work/commands" < "$work/input" > "$work/said" 2>&1 &
bochs=$!
: > "$work/console"
while ! grep -q -a -e "$2" "$work/console" && kill -0 "$bochs" 2> /dev/null && kill -0 "$sleeper" 2> /dev/null; do
    sleep 0.2
done
sleep 0.5 # the rest of the line
kill -9 "$bochs" "$sleeper" 2> /dev/null || true
wait 2> /dev/null || true
cat "$work/console"
grep -q -a -e "$2" "$work/console" || { tail -n 5 "$work/said" "$work/log" >&2; exit 1; }
