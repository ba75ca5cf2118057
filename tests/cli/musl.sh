#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# With musl instead of glibc: the library is built and passes its tests, the example program of docs/library.md runs, programs of PDs
# compile, and every source of the tool compiles. usage: musl.sh SOURCES CAPDL
set -u
sources=$(realpath "$1") capdl=$(realpath "$2")
command -v musl-gcc > /dev/null || exit 77
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
failed=0
flags="-std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Werror -I$sources -I$sources/include -I$sources/capdl-spec"

for room in capdl-spec/model capdl-spec/text capdl-spec/check capdl-spec/review blob; do
    mkdir -p "$room"
    # shellcheck disable=SC2086 # flags
    (cd "$room" && musl-gcc $flags -c "$sources/$room"/*.c) || exit 1
done
ar rcsP libcapdl-spec.a ./*/*/*.o ./*/*.o

# passes TEST ARGUMENT...: that test program, run with these arguments
passes() {
    test=$1
    shift
    # shellcheck disable=SC2086 # flags
    musl-gcc $flags -static "$sources/$test" libcapdl-spec.a -o passing || { failed=1; return; }
    ./passing "$@" > out 2>&1 || { echo "$test:"; cat out; failed=1; }
}
passes tests/spec/spec_model.c
passes tests/spec/kinds_test.c
passes tests/spec/architectures_test.c
passes tests/spec/verdicts.c "$sources/tests/spec/verdicts.txt"
passes tests/blob/reader.c "$sources/tests/blob/good.hex"
passes tests/blob/plan.c

musl-gcc -std=c99 -static -I"$sources/include" "$sources/examples/library/objects.c" libcapdl-spec.a -o objects || failed=1
printf 'arch aarch64\nobjects { a = tcb  e = ep }\n' > system.cdl
[ "$(./objects system.cdl | wc -l)" = 2 ] || { ./objects system.cdl; failed=1; }

# The initialiser and programs of protection domains need no C library, only headers that every compiler brings.
if [ "$(uname -m)" = x86_64 ]; then
    # shellcheck disable=SC2086 # flags
    musl-gcc $flags -I"$sources/initialiser" -I"$sources/initialiser/arch/x86_64" -DINITIALISER_ARCH=CAPDL_ARCH_X86_64 \
        -ffreestanding -mgeneral-regs-only -fno-pie -fsyntax-only "$sources"/initialiser/*.c "$sources"/initialiser/arch/x86_64/*.c || failed=1
    "$capdl" profile x86_64-mcs --header > kernel.h
    musl-gcc -Wall -Wextra -Werror -ffreestanding -mgeneral-regs-only -fno-stack-protector -fno-pie -no-pie -nostdlib -static \
        -include kernel.h -I"$sources/examples/libpd" -I"$sources/include" "$sources/examples/ping-pong/pong.c" \
        "$sources/examples/libpd/crt0.S" "$sources/examples/libpd/pd.c" -o pong.elf || failed=1
fi

# The libraries that the tool needs: their headers, behind musl's own.
headers=
for place in /usr/include /usr/include/json-c "/usr/include/$(uname -m)-linux-gnu"; do
    headers="$headers -idirafter $place"
done
for header in libelf cbor json-c/json expat libfdt unicorn/unicorn elfutils/libdwfl; do
    [ -e "/usr/include/$header.h" ] || { echo "no $header.h"; exit $failed; }
done
# shellcheck disable=SC2086 # flags
musl-gcc $flags -Wno-error=format-truncation -I"$sources/tool" $headers -fsyntax-only -DCAPDL_VERSION='""' -DCAPDL_DATE='""' \
    -DCAPDL_INSTALLED_DATA_DIR='""' "$sources"/tool/*.c "$sources"/tool/[!n]*/*.c || failed=1
exit $failed
