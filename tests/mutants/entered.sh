#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Runs every test once in a build that notes which functions are entered (entered.c), and prints a line for each test and
# function: FILE LINE SECONDS TEST, where LINE is where the function begins. Tests that only read the sources are left out.
#
# The test "(build)" stands for what building enters: the images that tests boot are made then.
#
# usage: entered.sh SOURCES BUILD       BUILD: a directory for the build, made anew
set -eu
sources=$(cd "$1" && pwd)
build=$(mkdir -p "$2" && cd "$2" && pwd)
rm -rf "$build" "$build.functions" "$build.tables"
mkdir -p "$build" "$build.functions"
${CC:-cc} -O2 -fPIC -D_GNU_SOURCE -c -o "$build.o" "$sources/tests/mutants/entered.c"
meson setup "$build" "$sources" -Dwerror=false -Doptimization=0 -Dc_args='-finstrument-functions -falign-functions=16 -g1 -gdwarf-4' \
    -Dc_link_args="$build.o" > "$build.setup" 2>&1 || { cat "$build.setup" >&2; exit 2; }

# The functions of a program: NUMBER FILE LINE, in units of 16 bytes from its start; made once for each program.
functions_of() { # PROGRAM
    list=$build.functions/$(echo "$1" | tr / %)
    if [ ! -f "$list" ]; then
        nm "$1" | awk '$2 ~ /^[tT]$/ { print $1 }' > "$list.addresses"
        addr2line -e "$1" < "$list.addresses" > "$list.places"
        base=$(nm "$1" | awk '$3 == "__executable_start" { print $1 }')
        paste -d ' ' "$list.addresses" "$list.places" | awk -v root="$sources/" -v build="$build" -v base="$base" '
            function number(hex,    i, n) {
                for (i = 1; i <= length(hex); i++) n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
                return n
            }
            {
                sub("^[.]/", build "/", $2)
                while (sub("/[^/]+/[.][.]/", "/", $2)) { }
                at = index($2, root)
                if (at) $2 = substr($2, at + length(root))
                split($2, place, ":")
                print int((number($1) - number(base)) / 16), place[1], place[2]
            }' > "$list"
    fi
    echo "$list"
}

# What the programs entered that wrote tables to a directory.
lines_of() { # DIRECTORY SECONDS TEST
    for table in "$1"/*; do
        program=$(basename "$table" | tr % /)
        [ -f "$program" ] || continue
        list=$(functions_of "$program")
        cmp -l "$table" /dev/zero 2> /dev/null | awk -v seconds="$2" -v name="$3" -v list="$list" '
            BEGIN { while ((getline line < list) > 0) { split(line, f, " "); at[f[1]] = f[2] " " f[3] } }
            ($1 - 1) in at { print at[$1 - 1], seconds, name }'
    done | sort -u
}

mkdir -p "$build.tables/build"
CAPDL_ENTERED=$build.tables/build ninja -C "$build" > "$build.ninja" 2>&1 || { tail -n 30 "$build.ninja" >&2; exit 2; }
lines_of "$build.tables/build" 0 '(build)'

# Meson says to a wrapper what it starts, but not which test that is: the command says it.
cat > "$build.wrapper" << EOF
#!/bin/sh
CAPDL_ENTERED=$build.tables/\$(printf '%s\n' "\$@" | cksum | tr ' ' -)
mkdir -p "\$CAPDL_ENTERED"
export CAPDL_ENTERED
exec "\$@"
EOF
chmod +x "$build.wrapper"
meson test -C "$build" --no-rebuild --timeout-multiplier 5 --wrapper "$build.wrapper" --no-suite lint --no-suite mutants --no-suite real \
    --no-suite matrix > "$build.test" 2>&1 < /dev/null || true
python3 - "$build/meson-logs/testlog-$(basename "$build").wrapper.json" "$build.wrapper" > "$build.tests" << 'EOF'
import json, subprocess, sys
for line in open(sys.argv[1]):
    test = json.loads(line)
    command = test["command"][test["command"].index(sys.argv[2]) + 1:]
    sum = subprocess.run(["cksum"], input="".join(word + "\n" for word in command).encode(), stdout=subprocess.PIPE).stdout
    print("-".join(sum.decode().split()), "%.1f" % test["duration"], test["name"].split(" / ")[-1])
    if test["result"] not in ("OK", "SKIP"):
        print(test["name"], "fails in this build: all that it enters is not known", file=sys.stderr)
EOF
while read -r directory seconds name; do
    lines_of "$build.tables/$directory" "$seconds" "$name"
done < "$build.tests"
