#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# trace.sh CAPDL IMAGE JSON_LINES: what a trace of the system riddles says, as text and as JSON, with filters; the totals. The same words
# on each architecture: only addresses of instructions and numbers of labels differ.
set -eu
capdl=$1 image=$2 json_lines=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

run() { # OPTION...: standard error to said
    "$capdl" run "$image" "$@" > "$work/console" 2> "$work/said" || [ $? = 1 ]
}

lines() { # FILTER: of the trace, without times, addresses of instructions and labels
    run --trace="$1"
    sed -n 's/^trace: [0-9]*\.[0-9]\{9\} //p' "$work/said" | sed 's/ pc 0x[0-9a-f]*//; s/ label [0-9]*//'
}

lines 'thread:tcb_mute,thread:tcb_deaf' > "$work/threads"
diff -u - "$work/threads" <<'END'
tcb_mute Call asked badge 6 length 0: delivered to tcb_takes, cannot be answered
tcb_deaf Recv heard: no-right; CapFault address 0x4: unhandled
END

lines 'thread:tcb_polls,op:NBRecv' > "$work/polls"
diff -u - "$work/polls" <<'END'
tcb_polls NBRecv heard: nothing
tcb_polls NBRecv bell length 0: received
tcb_polls NBRecv bell: nothing
END

lines 'op:TCB_ReadRegisters' > "$work/operation"
diff -u - "$work/operation" <<'END'
tcb_refused TCB_ReadRegisters tcb_takes length 0: refused TruncatedMessage
END

# Keys restrict each other, patterns of one key add up, a pattern without a key looks everywhere.
lines 'object:asked,result:no-right,op:Send,op:Call' > "$work/both"
diff -u - "$work/both" <<'END'
tcb_unable Send asked badge 5 length 0: no-right InvalidCapability
tcb_unable Call asked badge 5 length 0: no-right InvalidCapability
END
lines '*_unable,result:no-*' | diff -u "$work/both" -
lines 'thread:nobody' > "$work/nothing"
[ ! -s "$work/nothing" ] || { cat "$work/nothing"; exit 1; }

# Characters of the console are no lines, unless they are asked for.
lines 'thread:tcb_takes' > "$work/takes"
! grep -q DebugPutChar "$work/takes" || { echo "characters are traced"; exit 1; }
lines 'thread:tcb_takes,op:DebugPutChar' | grep -c DebugPutChar | grep -qx 15

# All of it, as JSON in a file: standard error has the report alone.
run --trace=json -o "$work/trace.json"
grep -q '^machine: ' "$work/said"
if grep '^{' "$work/said"; then exit 1; fi
"$json_lines" < "$work/trace.json" > "$work/all"
grep -v '^the initialiser ' "$work/all" | grep -E '^tcb_(often|mute|deaf|unable) ' > "$work/some"
cat > "$work/expected" <<'END'
tcb_unable Send send: asked 5 InvalidCapability no-right
tcb_unable Call send: asked 5 InvalidCapability no-right
tcb_mute Call send: asked tcb_takes 6 true delivered
tcb_often Send send: InvalidCapability no-capability
tcb_often Send send: InvalidCapability no-capability
tcb_often Send send: InvalidCapability no-capability
tcb_often Send send: InvalidCapability no-capability
tcb_often Send send: InvalidCapability no-capability
tcb_deaf Recv receive: heard no-right fault: CapFault unhandled
END
grep -v ' stop ' "$work/some" | diff -u "$work/expected" -
grep -q '^the initialiser Untyped_Retype send:.* done$' "$work/all"
grep -q '^the initialiser TCB_WriteRegisters send: tcb_mute done$' "$work/all"

# A run is the same each time, traced or not.
cp "$work/trace.json" "$work/first.json"
run --trace=json -o "$work/trace.json" --stats
cmp "$work/first.json" "$work/trace.json"

# Totals: the calls of a thread that does nothing but call, and whom it reached.
grep -qE '^stats: +1 +0 +[0-9]+ +[0-9]+ tcb_mute$' "$work/said"
grep -qE '^stats: +1 +1 +[0-9]+ +[0-9]+ tcb_deaf$' "$work/said"
grep -qE '^stats: +1 tcb_mute -> asked -> tcb_takes$' "$work/said"

# What is no filter is said before anything runs.
for wrong in 'thread:' 'who:tcb_mute' ',' 'json,'; do
    code=0
    "$capdl" run "$image" --trace="$wrong" > "$work/console" 2> "$work/said" || code=$?
    [ "$code" = 2 ] && grep -q -e '--trace' "$work/said" && [ ! -s "$work/console" ] || { echo "'$wrong' is taken"; exit 1; }
done
