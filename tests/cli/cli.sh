#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Exit codes, help, and that failures leave no output behind. usage: cli.sh CAPDL
set -u
capdl=$(realpath "$1")
# shellcheck source=../expect.sh
. "$(dirname "$0")/../expect.sh"

for command in compile run check expand show profile; do
    expect 0 "usage: capdl $command" $command --help
    expect 2 'option' $command --no-such-option
done
for command in $("$capdl" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
    twice=$("$capdl" "$command" --help | grep -o '^  -., --[a-z-]*' | sort | uniq -d)
    [ -z "$twice" ] || { echo "capdl $command --help: twice: $twice"; failed=1; }
done
"$capdl" init --help | grep -q -e --memory-map && { echo 'init takes a memory map'; failed=1; }
expect 2 'usage: capdl COMMAND'
expect 2 "unknown command: complie (did you mean 'compile'?)" complie
expect 2 'unknown command: zzzzzzzz$' zzzzzzzz
expect 0 '^  -M, --memory-map' help compile
expect 2 "unknown command: compil (did you mean" help compil
expect 2 "unknown option: --max-erors (did you mean '--max-errors'?)" check --max-erors 3 x
expect 2 "unknown option: --kernal=x (did you mean '--kernel'?)" check --kernal=x x
expect 0 'compile' --help
expect 0 '^capdl [0-9]' --version
expect 2 'missing argument' compile
expect 2 'unexpected argument: b' show a b
expect 2 'needs an argument' compile --output
expect 2 'seconds above 0, not .-1.' run --timeout -1 x

# Warnings that count, and the line that counts them.
printf 'arch aarch64 objects { a = ep  b = ep }' > unused.cdl
expect 0 '^unused.cdl: 0 errors, 2 warnings$' check unused.cdl
expect 1 '2 warnings$' check -W error unused.cdl
expect 1 '2 warnings$' check --max-warnings 1 unused.cdl
expect 0 '2 warnings$' check --max-warnings 2 unused.cdl
for command in 'compile -o unused.img' fit; do
    # shellcheck disable=SC2086
    expect 1 '2 warnings$' $command -W error unused.cdl
    # shellcheck disable=SC2086
    expect 1 '2 warnings$' $command --max-warnings 1 unused.cdl
    [ ! -e unused.img ] || { echo "an image in spite of -W error"; failed=1; }
done
expect 0 '2 warnings$' compile -o unused.img --max-warnings 2 unused.cdl
expect 1 '2 warnings$' verify unused.img --spec unused.cdl -W error
expect 2 "takes 'error' (--no-check NAME turns off one check), not 'eror'" check -W eror unused.cdl
expect 0 '^\[' check --json unused.cdl
! grep -q '2 warnings' out || { echo 'check --json: a summary'; failed=1; }

# mistake TEXT PATTERN: one error, with the cure. The words are those of other tools and of the field; the program is any of this machine's.
mistake() {
    printf '%s' "$1" > mistake.cdl
    "$capdl" check mistake.cdl > out 2>&1
    if [ "$(grep -c ': error: ' out)" -ne 1 ] || ! grep -q ": error: .*$2" out; then
        echo "$1: expected one error with: $2"
        cat out
        failed=1
    fi
}
# elf MACHINE: a program of one page; its only instruction does not matter
elf() {
    z4='\0\0\0\0' at='\0\0\040\0'
    printf "\\177ELF\\002\\001\\001\\0$z4$z4\\002\\0$1\\0\\001\\0\\0\\0\\170\\0\\040\\0$z4\\100\\0\\0\\0$z4$z4$z4$z4"
    printf "\\100\\0\\070\\0\\001\\0\\100\\0\\0\\0\\0\\0\\001\\0\\0\\0\\005\\0\\0\\0$z4$z4$at$z4$at$z4\\200\\0\\0\\0$z4\\200\\0\\0\\0$z4\\0\\020\\0\\0$z4$z4$z4"
}
elf '\267' > a.elf
mistake 'arch arm64 objects { a = ep }' "did you mean 'aarch64'"
mistake 'arch riscv64 objects { a = ep }' "did you mean 'riscv'"
mistake 'arch x86 objects { a = ep }' "did you mean 'x86_64'"
mistake 'arch aarch64 objects { a = endpoint }' "did you mean 'ep'"
mistake 'arch aarch64 objects { a = scheduling_context }' "did you mean 'sc'"
mistake 'arch aarch64 objects { a = tcb (priority: 3) }' "did you mean 'prio'"
mistake 'arch aarch64 objects { a = frame (4k, phys_addr: 0) }' "did you mean 'paddr'"
mistake 'arch aarch64 objects { a = cnode (bits: 4) }' "without a name: '4 bits'"
mistake 'arch aarch64 objects { a = ut (bits: 0x10) }' "without a name: '16 bits'"
mistake 'arch aarch64 objects { a = frame (size: 4k) }' "without its name, as in '4k'"
mistake 'arch aarch64 objects { a[0] = frame (4k) }' 'the number of elements, not an index'
mistake 'arch aarch64 objects { a = pd ("a.elf", priority: 3) } caps { cnode_a { 3: tcb_a } }' "did you mean 'prio'"
mistake 'arch aarch64 objects { a = pd ("a.elf", colour: 3) }' 'its parameters: prio, max_prio, '
mistake 'arch aarch64 objects { a = pd (a.elf, prio: 3) } caps { cnode_a { 3: tcb_a } }' 'must be in quotes: "a.elf"'
mistake 'arch aarch64 objects { f = frame (4k)  a = pd ("a.elf", map: f (RW, uncachd), at: 0x10000000) }' "did you mean 'uncached'"
mistake 'arch aarch64 objects { f = frame (4k)  a = pd ("a.elf", map: f (nocache, RW), at: 0x10000000, prio: 1) }' "did you mean 'uncached'"
mistake 'arch aarch64 objects { f = frame (4k)  a = pd ("a.elf", map: f (RW), at: 0x10000004) }' '0x10000004), expected a multiple of 4096'
# A PD whose program is missing has no objects: only names that it would not have made are reported.
mistake 'arch aarch64 objects { a = pd ("none.elf") e = ep } caps { cnode_a { 1: e } tcb_a_0 { 1: e } frame_a_1_22 { 1: e } }' 'cannot find "none.elf"'
for name in frame_a_1_2_3 tcb_a_x tcb_aa cnode_b frame_a_; do
    printf 'arch aarch64 objects { a = pd ("none.elf") e = ep } caps { %s { 1: e } }' $name > mistake.cdl
    "$capdl" check mistake.cdl 2>&1 | grep -q ": error: no object is called '$name'" || { echo "'$name' is not missed"; failed=1; }
done
mistake 'objects { a = pd ("none.elf") } caps { cnode_a { 3: tcb_a } }' 'the architecture is not known'
# Without an arch line, it is that of the program.
for machine in '\267' '\363' '\076'; do
    elf "$machine" > m.elf
    printf 'objects { a = pd ("m.elf") } caps { cnode_a { 3: tcb_a } }' > mistake.cdl
    "$capdl" check mistake.cdl > out 2>&1 || { echo "no architecture for $machine"; cat out; failed=1; }
done

printf 'arch aarch64 objects { a = ep }' > good.cdl
printf 'arch aarch64\nobjects {\n  a = epp\n}' > bad.cdl
expect 0 'a = ep' show good.cdl
expect 1 'bad.cdl:3:7: error' show bad.cdl
expect 2 'cannot read missing.cdl: No such file' check missing.cdl
expect 2 'cannot read .: Is a directory' check .
expect 1 'unknown architecture .mips., expected' check good.cdl --arch mips
expect 1 'contradicts' check good.cdl --arch riscv --kernel x86_64
expect 1 'not an image' run good.cdl
expect 1 'cannot be compiled\|not compiled' compile good.cdl --arch ia32 -o out.elf

expect 0 '' compile good.cdl -o good.elf
expect 0 'a = ep' show good.elf
# The end of a line that shows a text ends a run; a system that comes to rest without showing it is a finding.
expect 0 'capdl: booted' run good.elf --until 'capdl: boo'
expect 1 "did not show 'nothing of the kind'" run good.elf --until 'nothing of the kind'
# Silent when all is well.
expect 0 '' compile good.cdl --quiet -o quiet.elf
"$capdl" run quiet.elf 2>/dev/null | grep -q . && { echo 'an image that is to be quiet is not'; failed=1; }
expect 0 'kernel calls before the first thread starts' verify quiet.elf
expect 2 'cannot write no/such/dir/x: No such file' compile good.cdl -o no/such/dir/x
expect 2 'overwritten' compile good.cdl -o good.cdl
expect 1 'error' compile bad.cdl -o bad.elf
# Mistakes of every stage in one run: of the text, of a PD, of an object.
printf "arch aarch64\nobjects {\n  a = epp\n  p = pd (\"no.elf\", prio: 999)\n  t = tcb (prio: 256)\n}" > all.cdl
for command in check "compile -o bad.elf"; do
    for place in 3:7 4:11 4:21 5:3; do
        expect 1 "all.cdl:$place: error" $command all.cdl
    done
done
# What has no end or can be read only once is no program and no content.
mkfifo pipe
printf 'arch aarch64 objects { p = pd ("pipe") }' > pipe.cdl
expect 1 'pipe.cdl:1:32: error: cannot read "pipe".*not a regular file' compile pipe.cdl -o bad.elf
printf 'arch aarch64 objects { f = frame (4k, fill: [{0 1 CDL_FrameFill_FileData "/dev/zero" 0}]) }' > zero.cdl
expect 1 'zero.cdl:1:.* error: cannot read ./dev/zero. .*not a regular file' compile zero.cdl -I /dev -o bad.elf
[ ! -e bad.elf ] || { echo 'a failed compilation left an output'; failed=1; }
ln -s linked.elf link.elf && : > linked.elf
expect 0 '' compile good.cdl -o link.elf
[ -L link.elf ] && cmp -s linked.elf good.elf || { echo 'an output that is a link was replaced, not what it leads to'; failed=1; }
head -c 3000 good.elf > short.elf
head -c -1 good.elf > shorter.elf
expect 1 'shorter.elf is not a complete image' run shorter.elf
cp shorter.elf stripped.elf # of its sections, which makes it no root task of somebody else's
for field in 40:8 60:2; do # e_shoff, e_shnum
    head -c "${field#*:}" /dev/zero | dd of=stripped.elf bs=1 seek="${field%:*}" conv=notrunc 2>/dev/null
done
expect 1 'stripped.elf is not a complete image' run stripped.elf
for at in 24 200 4200 20000; do # a byte anywhere
    cp good.elf flipped.elf
    byte=$(od -An -tu1 -j $at -N 1 good.elf)
    printf "\\$(printf %o $((byte ^ 16)))" | dd of=flipped.elf bs=1 seek=$at conv=notrunc 2>/dev/null
    expect 1 'flipped.elf is damaged' show flipped.elf
    expect 1 'flipped.elf is damaged' run flipped.elf
done

# The bytes that hexadecimal digits stand for.
digits() {
    sed 's/../&\n/g' | sed -n 's/../0x&/p' | while read -r byte; do
        printf "\\$(printf %03o "$byte")"
    done
}

# seal FILE: gives it a new seal: a mark and the SHA-256 of those of all before, 4 KiB each
seal() {
    head -c -48 "$1" > unsealed
    split -b 4096 --filter=sha256sum unsealed | cut -c 1-64 | digits > parts
    {
        cat unsealed
        printf 'capdl seal 2\n\0\0\0'
        sha256sum < parts | cut -c 1-64 | digits
    } > "$1"
}

# Names that boot does not read: what boots can also be shown.
printf 'arch aarch64 objects { shining = ep }' > names.cdl
expect 0 '' compile names.cdl -o names.elf
at=$(grep -abo shining names.elf | sed -n '1s/:.*//p')
printf '\001' | dd of=names.elf bs=1 seek="$at" conv=notrunc 2>/dev/null
expect 1 'names.elf is damaged' show names.elf
seal names.elf
expect 0 'has damaged names: at byte .*, expected printable ASCII characters; it boots.*\[image-names\]' run names.elf
expect 0 '^ *ep_0 = ep' show names.elf
expect 0 '' verify names.elf
expect 2 'cannot write /dev/full: No space left' compile good.cdl -o /dev/full
expect 1 'short.elf' run short.elf
expect 1 'short.elf' show short.elf
expect 1 'error' show "$capdl"
printf 'arch aarch64 objects { a = ep }' | "$capdl" show - | cmp - - >/dev/null || failed=1
"$capdl" show good.cdl > /dev/full 2> out && { echo 'a full disk went unnoticed'; failed=1; }
# shellcheck disable=SC2010
[ "$(ls -A | grep -c '\.elf\.')" = 0 ] || { echo 'a temporary file was left'; ls -A; failed=1; }
cp good.elf again.elf && "$capdl" compile good.cdl -o again.elf && cmp -s good.elf again.elf || { echo 'two compilations differ'; failed=1; }
# A program that never comes to rest.
if [ "$(uname -m)" = x86_64 ]; then
    printf '.globl _start\n_start: jmp _start\n' > loop.S
    cc -nostdlib -static -no-pie -Wl,-Ttext-segment=0x200000 -Wl,-z,noexecstack loop.S -o loop.elf
    printf 'arch x86_64 objects { loops = pd ("loop.elf") }' > loop.cdl
    # That x86-64 executes what it reads is said where problems are asked for, not at every build.
    "$capdl" compile loop.cdl -o loop.image.elf > said 2>&1 && [ ! -s said ] || { cat said; failed=1; }
    expect 0 'x86-exec' check loop.cdl
    expect 1 'tcb_loops is still running; it is at pc 0x20' run loop.image.elf --timeout 1
    expect 1 '"outcome":"timeout"' run loop.image.elf --timeout 1 --json
    printf '.globl _start\n_start: ud2\n' > stops.S
    cc -nostdlib -static -no-pie -Wl,-Ttext-segment=0x200000 -Wl,-z,noexecstack stops.S -o stops.elf
    printf 'arch x86_64 objects { stops = pd ("stops.elf", prio: 9) loops = pd ("loop.elf", prio: 8) late = pd ("stops.elf", prio: 7) }' > late.cdl
    "$capdl" compile late.cdl -o late.image.elf
    expect 1 'priority 7, but tcb_loops, of priority 8, runs' run late.image.elf --timeout 1
    expect 1 'raised exception 0x6, undefined instruction' run late.image.elf --timeout 1
    # Seventy threads send through an empty slot, and each is told of.
    printf '.globl _start\n_start: mov $5, %%edi\nxor %%esi, %%esi\nmov $-5, %%rdx\nmov %%rsp, %%rbx\nsyscall\nud2\n' > send.S
    cc -nostdlib -static -no-pie -Wl,-Ttext-segment=0x200000 -Wl,-z,noexecstack send.S -o send.elf
    echo "arch x86_64 objects { $(seq 70 | sed 's/.*/send& = pd ("send.elf")/' | tr '\n' ' ') }" > send.cdl
    "$capdl" compile send.cdl -o send.image.elf
    expect 1 'tcb_send1: Send through slot 5 of cnode_send1: the slot is empty' run send.image.elf
    [ "$(grep -c 'the slot is empty' out)" = 70 ] || fail "$(grep -c 'the slot is empty' out) of 70 threads are told of"
fi
# A function of ours under the name of one of the C library would take its place in every library.
# (Sanitizers that are linked in do just that.)
defined=$(nm -D --defined-only "$capdl" 2>/dev/null | grep " T ")
case $defined in
"" | *__asan_* | *__lsan_*) ;;
*) echo "functions that take the place of a library's: $defined"; failed=1 ;;
esac
# ---- What cannot be written, or is asked for together ----
# full ARGUMENT...: on a full disk
full() {
    expect 2 'cannot write /dev/full: No space left on device' "$@"
}
full compile good.cdl -o /dev/full
full compile good.cdl -o full.elf --depfile /dev/full
full graph good.cdl -o /dev/full
full graph good.cdl --level objects -o /dev/full
full report good.cdl -o /dev/full
full diff good.cdl good.elf -o /dev/full
echo 'arch aarch64 objects { f = frame (4k, fill: [{0 2 CDL_FrameFill_Bytes 0102}]) }' > bytes.cdl
full expand bytes.cdl --fill-file /dev/full
expect 2 'cannot write -: the text is on standard output' expand bytes.cdl --fill-file -
expect 2 'cannot write no/such/fill: No such file or directory' expand bytes.cdl --fill-file no/such/fill
expect 2 'cannot write no/such/x.dot: No such file or directory' graph good.cdl -o no/such/x.dot
expect 2 "capdl graph: --level takes subjects or objects, not 'threads'" graph good.cdl --level threads
expect 2 'capdl graph: --json prints subjects, not --level objects' graph good.cdl --level objects --json
for option in --all '--focus a' good.cdl; do
    # shellcheck disable=SC2086 # the option and its value
    expect 2 'capdl graph: --level objects draws everything in one system' graph good.cdl --level objects $option
done
echo 'policy' > policy
expect 2 'capdl diff: --policy only prints its findings: leave out -o or --policy' diff good.cdl good.cdl --policy policy -o x.html
expect 1 'good.elf was compiled for the kernel aarch64-mcs; aarch64 differs in its choice of MCS' verify good.elf --kernel aarch64
# Without -o, an image is called after the spec, here.
mkdir specs
for name in specs/one.two.cdl:one.two specs/bare:bare specs/.hidden:.hidden; do
    cp good.cdl "${name%:*}"
    expect 0 '' compile "${name%:*}"
    [ -s "${name#*:}.image.elf" ] || fail "${name%:*}: no ${name#*:}.image.elf"
done
"$capdl" compile - < good.cdl > out 2>&1 || fail 'a spec from standard input'
[ -s capdl.image.elf ] || fail 'no capdl.image.elf'
exit $failed
