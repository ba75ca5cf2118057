#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What capdl does with specs beyond reading them: tool.sh CAPDL DIRECTORY
# Exit status 77 (skipped) when all went well but there was no dtc to make the device tree.
capdl=$(realpath "$1") || exit 2
cd "$2" || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    echo "$1" >&2
    failed=1
}

# expect STATUS WHAT COMMAND...: output in $work/out, messages in $work/err
expect() {
    expected=$1 what=$2
    shift 2
    "$@" >"$work/out" 2>"$work/err"
    status=$?
    [ $status -eq "$expected" ] || fail "$what: exit status $status, expected $expected"
}

# Many warnings do not hide an error, and neither floods the screen.
{
    echo 'arch ia32 objects { bad = tcb (prio: 300)'
    seq 12000 | sed 's/.*/w&[2] = ep/'
    echo '}'
} >"$work/many.cdl"
expect 1 'an error behind 12000 warnings' "$capdl" check "$work/many.cdl"
[ "$(grep -c ': error: ' "$work/err")" -eq 1 ] || fail 'an error beside 12000 warnings is not shown'
[ "$(grep -c ': warning: ' "$work/err")" -eq 20 ] || fail 'expected 20 warnings of 12001'
grep -q '^11981 more warnings not shown$' "$work/err" || fail 'warnings not shown are not counted'

expect 0 'expand --strict' "$capdl" expand --strict lower.cdl
diff -u lower.out "$work/out" || fail 'expand --strict: not what was expected'
expect 1 'expand --strict, refused' "$capdl" expand --strict refused.cdl
[ ! -s "$work/out" ] || fail 'expand --strict printed what it refused'
[ "$(grep -c 'which other capDL tools do not read' "$work/err")" -eq 5 ] || fail 'expand --strict: expected five refusals'
expect 1 'expand --strict, streams' "$capdl" expand --strict refused_devices.cdl
[ "$(grep -c 'which other capDL tools do not read' "$work/err")" -eq 3 ] || fail 'expand --strict: expected three refusals'
expect 1 'expand --strict, guests' "$capdl" expand --strict ../cases/devices.cdl
[ "$(grep -c 'is an extended page table, which other' "$work/err")" -eq 6 ] || fail 'expand --strict: expected six refusals'

# Each check of specs is seen in a case.
tr '\n' ' ' <../../../include/capdl/checks.def | grep -oE 'CAPDL_SPEC_CHECK\( *[A-Z_]+, [a-z_]+, [A-Z]+, "[a-z-]+"' |
    sed 's/.*"\(.*\)"/\1/' >"$work/names"
[ "$(wc -l <"$work/names")" -eq "$(grep -c '^CAPDL_SPEC_CHECK' ../../../include/capdl/checks.def)" ] || fail 'rows of checks.def are not understood'
while read -r name; do
    grep -qF "[$name]" ../checks/*.err || fail "no case in tests/spec/checks has $name"
done <"$work/names"

# An error in what holds what may be why a slot is empty: then that is not said as well. Here (c, 9) is empty.
errors() { # CHECK OBJECTS CAPS
    echo "arch aarch64 objects { e = ep  c = cnode (4 bits)  $2 } caps { $3  c { 1: e (RW) } } cdt { (c, 9) { (c, 1) } }" >"$work/empty.cdl"
    "$capdl" check "$work/empty.cdl" >/dev/null 2>"$work/err"
    grep -oE ': error: .*\[[a-z-]+\]' "$work/err" | sed 's/.*\[\(.*\)\]/\1/' | tr '\n' ' ' >"$work/out"
    [ "$(cat "$work/out")" = "$1 " ] || fail "errors of $2 $3: $(cat "$work/out"), expected $1"
}
errors derivation '' ''
errors 'priority derivation' 't = tcb (prio: 300)' ''
errors container 'x = notification' 'x { 0: e (RW) }'
errors slot-range 'd = cnode (2 bits)' 'd { 7: e (RW) }'
errors cap-slot 't = tcb' 't { cspace: e (RW) }'
errors table-nesting 'top = pgd' 'top { 0: e (RW) }'
errors table-shared 'd = pd  p = pt' 'd { 0: p  1: p }'

# Bytes of the spec itself, in a file of their own.
printf 'arch aarch64\nobjects { f[2] = frame (4k, fill: [{7 5 CDL_FrameFill_Bytes 68656c6c6f}])\n  g = frame (4k, fill: [{0 2 %s}, {9 3 %s}]) }\n' \
    'CDL_FrameFill_FileData "a.bin" 4' 'CDL_FrameFill_Bytes 414243' >"$work/bytes.cdl"
expect 1 'expand --strict, bytes' "$capdl" expand --strict "$work/bytes.cdl"
grep -q "'g' is filled with bytes that the spec itself has (--fill-file moves them to a file), which" "$work/err" || fail "$(cat "$work/err")"
expect 0 'expand --fill-file' "$capdl" expand --strict --fill-file "$work/some.fill" "$work/bytes.cdl"
grep -qF 'f[2] = frame (4k, fill: [{7 5 CDL_FrameFill_FileData "some.fill" 0}])' "$work/out" || fail "$(cat "$work/out")"
grep -qF '{0 2 CDL_FrameFill_FileData "a.bin" 4}, {9 3 CDL_FrameFill_FileData "some.fill" 5}' "$work/out" || fail "$(cat "$work/out")"
[ "$(cat "$work/some.fill")" = helloABC ] || fail "$(cat "$work/some.fill")"
"$capdl" show --json "$work/bytes.cdl" >"$work/bytes.json" 2>/dev/null
expect 0 'expand --fill-file, JSON' "$capdl" expand --strict --fill-file "$work/some.fill" "$work/bytes.json"
grep -qF 'f[2] = frame (4k, fill: [{7 5 CDL_FrameFill_FileData "some.fill" 0}])' "$work/out" || fail "$(cat "$work/out")"
expect 2 'expand --fill-file, an input' "$capdl" expand --fill-file "$work/bytes.cdl" "$work/bytes.cdl"
expect 2 'expand --fill-file, standard output' "$capdl" expand --fill-file - "$work/bytes.cdl"
expect 1 'expand --fill-file, refused' "$capdl" expand --strict --fill-file "$work/none.fill" refused.cdl
[ ! -e "$work/none.fill" ] || fail 'expand --fill-file left a file'
expect 1 'expand --fill-file, a name with a space' "$capdl" expand --strict --fill-file "$work/no ne.fill" "$work/bytes.cdl"
[ ! -e "$work/no ne.fill" ] || fail 'expand --fill-file left a file with a space'

expect 1 'device memory' "$capdl" check --kernel aarch64 device_memory.cdl
for said in ":8:45: error: endpoint 'e' cannot be made at 0x9001000, which is device memory" ":20:.*frame 'told' .*cannot be an IPC buffer" \
    ":15:12: warning: frame 'told' at 0x9000000 .* mapped cached" ":9:5: warning: frame 'written' at 0x9002000 has contents" \
    ":17:12: warning: frame 'run' at 0x9003000 .* mapped executable"; do
    grep -q "device_memory.cdl$said" "$work/err" || fail "device memory: nothing says $said"
done
[ "$(grep -c 'device_memory.cdl:[0-9]' "$work/err")" -eq 5 ] || fail 'device memory: expected five findings'
expect 0 'RAM beside device memory' "$capdl" check --kernel aarch64-mcs memory_border.cdl
grep -q "memory_border.cdl:14:12: warning: frame 'ram' at 0x60000000 is RAM for kernel .* is device memory: .*\[memory-border\]" "$work/err" ||
    fail 'RAM beside device memory: nothing is said'
[ "$(grep -c 'memory_border.cdl:[0-9]' "$work/err")" -eq 1 ] || fail 'RAM beside device memory: expected one finding'

expect 2 '--no-check, misspelt' "$capdl" check --no-check padr lower.cdl
grep -q "did you mean 'paddr'" "$work/err" || fail '--no-check: no suggestion'
expect 0 '--list-checks' "$capdl" check --list-checks
sed -E 's/^([^ ]+) +([a-z]+) +(.*)/| `\1` | \2 | \3 |/' "$work/out" >"$work/listed"
grep '^| `' ../../../docs/checks.md | diff -u - "$work/listed" || fail 'docs/checks.md and --list-checks differ'
# shellcheck disable=SC2034
while read -r check severity text; do
    "$capdl" check --no-check "$check" lower.cdl || fail "--no-check $check is refused"
done <"$work/out"
# What cases find has the severity that the list says; a check that finds errors may also warn where the list says "W:".
grep -rhoE '(error|warning): .* \[[a-z-]+\]$' ../checks/*.err | sed -E 's/^(error|warning): .*\[([a-z-]+)\]$/\2 \1/' | sort -u >"$work/found"
while read -r check severity; do
    line=$(grep "^$check " "$work/out") || { fail "$check is not listed"; continue; }
    case $severity:$line in
    warning:*' warning '* | error:*' error '* | warning:*' error '*'W: '*) ;;
    *) fail "a case finds $check as $severity, but the list says: $line" ;;
    esac
done <"$work/found"
grep -q '^tcb-core  *warning ' "$work/out" || fail '--list-checks lacks a check of the compiler'

expect 0 'show --json' "$capdl" show --json lower.cdl
cp "$work/out" "$work/spec.json"
"$capdl" show lower.cdl >"$work/text"
expect 0 'show of JSON' "$capdl" show "$work/spec.json"
cmp "$work/text" "$work/out" || fail 'text by way of JSON is another text'
expect 1 'check --json' "$capdl" check --json refused.cdl
grep -q '"severity": "warning", "file": "refused.cdl", "line": 6, "column": 5' "$work/out" || fail 'check --json: warning not found'
printf 'arch aarch64\nobjects { "\303\244" fr\303\244me = frame (8k)\n  t = tcb (prio: 300) }\n' >"$work/ends.cdl"
"$capdl" check --json "$work/ends.cdl" >"$work/out"
grep -q '"line": 2, "column": 11, "end_line": 2, "end_column": 14,' "$work/out" || fail "$(cat "$work/out")"
grep -q '"line": 3, "column": 3, "end_line": 3, "end_column": 4,' "$work/out" || fail "$(cat "$work/out")"
cat >"$work/ends.json" <<END
{"format": "capdl-spec", "version": 1, "arch": "aarch64", "objects": [
    {"name": "a", "type": "frame",
     "size_bits": 13, "fill": []}, {"name": "b}\"", "type": "ep"}]}
END
"$capdl" check --json "$work/ends.json" >"$work/out"
grep -q '"line": 2, "column": 5, "end_line": 3, "end_column": 34,' "$work/out" || fail "$(cat "$work/out")"
grep -q '"line": 3, "column": 45, "end_line": 3, "end_column": 51,' "$work/out" || fail "$(cat "$work/out")"
[ ! -s "$work/err" ] || fail 'check --json: something on standard error'

# A spec takes files from its own directory and those of -I, all links followed, and from nowhere else.
mkdir -p "$work/spec/in" "$work/other"
echo secret >"$work/other/file"
cp "$work/other/file" "$work/spec/in/file"
ln -s ../../other/file "$work/spec/in/link"
ln -s "$work/other" "$work/spec/directory"
for name in ../other/file "$work/other/file" in/link directory/file in/../../other/file; do
    printf '# 1 "%s/other/x.cdl"\narch aarch64\nobjects { f = frame (4k, fill: [{0 6 CDL_FrameFill_FileData "%s" 0}]) }\n' \
        "$work" "$name" >"$work/spec/s.cdl"
    expect 1 "fill from $name" "$capdl" compile "$work/spec/s.cdl" -o "$work/image.elf"
    grep -q 'is outside the spec.s directory; -I' "$work/err" || fail "fill from $name: not said why"
    expect 0 "fill from $name with -I" "$capdl" compile "$work/spec/s.cdl" -I "$work/other" -o "$work/image.elf"
    printf 'arch aarch64\nobjects { p = pd ("%s") }\n' "$name" >"$work/spec/p.cdl"
    expect 1 "program $name" "$capdl" check "$work/spec/p.cdl"
    grep -q 'is outside the spec.s directory; -I' "$work/err" || fail "program $name: not said why"
done
# Nor do messages show lines of other files that a line marker names.
printf 'secret-one\nsecret-two\n' >"$work/other/lines"
for name in ../other/lines "$work/other/lines" in/lines directory/lines "$work/spec/directory/lines"; do
    ln -sf ../../other/lines "$work/spec/in/lines"
    printf '# 2 "%s"\narch aarch64 objects { e = ep = }\n' "$name" >"$work/spec/m.cdl"
    expect 1 "marker for $name" "$capdl" check "$work/spec/m.cdl"
    grep -q 'lines:2:' "$work/err" || fail "marker for $name: not followed"
    ! grep -q secret "$work/err" || fail "marker for $name: shows a line from outside the spec's directory"
    expect 1 "marker for $name with -I" "$capdl" check "$work/spec/m.cdl" -I "$work/other"
    grep -q secret-two "$work/err" || fail "marker for $name with -I: does not show the line"
done
sed -i 's/"[^"]*" 0}/"in\/file" 0}/' "$work/spec/s.cdl"
expect 0 'fill from below' "$capdl" compile "$work/spec/s.cdl" -o "$work/image.elf"
(cd "$work/spec" && "$capdl" compile s.cdl -o "$work/image.elf" 2>/dev/null) || fail 'fill from below, in its directory'

# nested N: untypeds in untypeds, so many braces deep
nested() {
    awk -v n="$1" 'BEGIN { printf "arch aarch64 objects {"; for (i = 0; i < n; i++) printf " u%d = ut {", i
        printf " e = ep"; for (i = 0; i < n; i++) printf " }"; print " }" }'
}
nested 100 >"$work/nested.cdl"
expect 0 '100 nested untypeds' "$capdl" expand "$work/nested.cdl"
nested 101 >"$work/nested.cdl"
expect 1 '101 nested untypeds' "$capdl" expand "$work/nested.cdl"
grep -q ':1:[0-9]*: error: untypeds are nested more than 100 deep' "$work/err" || fail '101 nested untypeds: not what was expected'

: >"$work/empty.dtb"
expect 1 '--dtb, empty' "$capdl" check --dtb "$work/empty.dtb" board.cdl
expect 2 '--dtb, missing' "$capdl" check --dtb "$work/none.dtb" board.cdl
if ! command -v dtc >/dev/null; then
    [ $failed -eq 0 ] || exit 1
    exit 77
fi
dtc -q -O dtb -o "$work/board.dtb" board.dts || fail 'dtc failed'
expect 0 '--dtb' "$capdl" check --dtb "$work/board.dtb" board.cdl
grep ': warning: .*device-tree' "$work/err" | diff -u board.err - || fail '--dtb: not what was expected'
expect 0 '--dtb, check off' "$capdl" check --no-check device-tree --dtb "$work/board.dtb" board.cdl
! grep -q device-tree "$work/err" || fail '--no-check device-tree had no effect'
size=$(wc -c <"$work/board.dtb")
for cut in 10 30 60 100 200 400 600; do
    [ $cut -lt "$size" ] && head -c $cut "$work/board.dtb" >"$work/cut.dtb"
    expect 1 "--dtb, cut off at $cut" "$capdl" check --dtb "$work/cut.dtb" board.cdl
done
exit $failed
