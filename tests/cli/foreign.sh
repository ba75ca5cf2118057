#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Names that others chose, of files, in specs, as arguments: whatever a command says about them, nothing in it acts on a terminal.
# usage: foreign.sh CAPDL
set -u
capdl=$(realpath "$1") || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failed=0 runs=0
# ESC, C1, a bidirectional override, a line separator, DEL, a tab's neighbours
evil=$(printf '\033[31mE\302\233\342\200\256\342\200\250\177\010x')

acts=$(printf '[\001-\010\013-\037\177]|\302[\200-\237]|\342\200[\250-\256]') # on a terminal

# What was said stays in $said, for the look at the end.
try() { # ARGUMENT...
    runs=$((runs + 1)) said=all/$runs
    echo "$said: capdl $*" >>commands
    timeout 60 "$capdl" "$@" </dev/null >$said 2>&1
    [ $? -lt 124 ] || { echo "crashed: $*" | cat -v; failed=1; }
}

mkdir all "$evil"
spec=$evil/s$evil.cdl image=$evil/i$evil.elf
echo data >data
cat >"$spec" <<END
arch aarch64
objects { c = cnode (4 bits)  n = notification  f = frame (4k)  r = leftover (slots: 4)  big = frame (2M, paddr: 0x70000000) }
caps { c { 1: n (RW, badge: 3)  2: f (R)  4: r }  r { 0: f } }
END
sed 's/RW/R/' "$spec" >other.cdl
try compile "$spec" -o "$image"
[ -s "$image" ] || { echo 'no image'; cat -v $said; exit 1; }

for command in check show expand graph fit compile verify run image diff update; do
    for file in "$spec" "$image" "no$evil" other.cdl; do
        try $command "$file"
        try $command "$file" "$spec"
        try $command "$file" other.cdl
        try $command "$file" --json
    done
    try $command "$spec" --kernel "$evil"
    try $command "$image" "$evil=$evil"
done
for command in compile run verify image; do
    for option in --arch --spec --untypeds --memory-map --reserve --dtb --format --at --until --timeout --device --trace --output \
        --no-check --max-errors --max-warnings --warnings --level --include "--$evil" "-$evil"; do
        try $command "$image" "$option" "$evil"
    done
done
try verify "$image" --spec other.cdl
grep -q 'rights' $said || { echo 'verify finds no difference'; cat -v $said; failed=1; }
try diff "$spec" other.cdl
try diff "$image" other.cdl --json
for arguments in '' --json --header; do
    # shellcheck disable=SC2086 # an option or none
    try profile "$evil" $arguments
done
try "$evil"

# In specs: names, comments, files, line markers, as text and as JSON, where it may be written otherwise.
write() { # FILE TEXT
    printf 'arch aarch64\n%s\n' "$2" >"$1"
}
write a.cdl "objects { e$evil = ep }"
write b.cdl "objects { e = ep } -- $evil
caps { x { 0: e } } $evil"
write c.cdl "objects { f = frame (4k, fill: [{0 6 CDL_FrameFill_FileData \"$evil\" 0}]) }"
write d.cdl "objects { p = pd (\"../$evil\", $evil: 3)  q = pd (\"a\", name: \"$evil\") }"
printf '# 3 "%s"\narch aarch64 objects { e = ep = }\n' "$evil" >e.cdl
printf '# 3 "\\033[31m\\302\\233"\narch aarch64 objects { e = ep = }\n' >f.cdl
for where in '"name": "e@"' '"name": "e", "@": 1' '"name": "e", "paddr": "@"'; do
    for form in "$evil" '\u001b\u009b\u202e\u2028\u007f'; do
        printf '{"format": "capdl-spec", "version": 1, "arch": "aarch64", "objects": [{%s, "type": "ep"}]}\n' \
            "$(printf '%s' "$where" | FORM=$form awk '{ i = index($0, "@"); print substr($0, 1, i - 1) ENVIRON["FORM"] substr($0, i + 1) }')" \
            >"j$runs.json"
        runs=$((runs + 1))
    done
done
printf '{"format": "%s", "arch": "%s"' "$evil" "$evil" >cut.json
for file in ./*.cdl ./*.json; do
    for command in check show expand graph fit; do
        try $command "$file"
        try $command "$file" --json
    done
    try diff "$file" "$spec"
done
if LC_ALL=C grep -lE "$acts" all/* >bad; then
    failed=1
    while read -r file; do
        grep -a "^$file: " commands | cat -v
        echo "what it says acts on a terminal:"
        LC_ALL=C grep -E "$acts" "$file" | cat -v
    done <bad
fi
[ $runs -gt 350 ] || { echo "only $runs runs"; failed=1; }
exit $failed
