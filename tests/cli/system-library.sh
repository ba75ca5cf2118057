#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# libcapdl-system as its users see it: the example in C99 and C++ reads declarations, expanded systems, JSON and images, reports by
# return value, and shows no symbols but its own. usage: system-library.sh SOURCES SPEC-LIBRARY SYSTEM-LIBRARY CAPDL
# shellcheck disable=SC2086 # $runtimes: one word or none
set -u
sources=$(realpath "$1") spec=$(realpath "$2") system=$(realpath "$3") capdl=$(realpath "$4")
command -v aarch64-linux-gnu-gcc > /dev/null || exit 77
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
failed=0
runtimes=
! nm -u "$spec/libcapdl-spec.so" | grep -q __asan_ || runtimes=address
! nm -u "$spec/libcapdl-spec.so" | grep -q __ubsan_ || runtimes=${runtimes:+$runtimes,}undefined
[ -z "$runtimes" ] || runtimes=-fsanitize=$runtimes
LD_LIBRARY_PATH=$spec:$system
export LD_LIBRARY_PATH
build() {
    compiler=$1 source=$2
    shift 2
    $compiler $runtimes -Wall -Wextra -Wpedantic -Werror -I "$sources/include" "$@" "$source" -L "$system" -L "$spec" -lcapdl-system -lcapdl-spec
}
build cc "$sources/examples/library/domains.c" -std=c99 -o domains || exit 1
build cc "$sources/examples/library/objects.c" -std=c99 -o objects || exit 1

printf '.globl _start\n_start: b _start\n' > one.S
aarch64-linux-gnu-gcc -nostdlib -static -Wl,-Ttext-segment=0x200000 one.S -o one.elf
cat > system.cdl <<'END'
arch aarch64
objects { one = pd ("one.elf", prio: 100, args: [21, 7])  e = ep  shared = frame (4k) }
caps { cnode_one { 4: e (W) } }
END

# expect FILE: what domains prints of it is on standard input; nothing else is printed.
expect() {
    ./domains "$1" > out 2>&1
    diff -u - out || { echo "of $1"; failed=1; }
}
# The reference for the number of objects is the text that `capdl expand` prints, read by the other library.
"$capdl" expand system.cdl > expanded.cdl || failed=1
all=$(./objects expanded.cdl | wc -l)
[ "$all" -gt 8 ] || { cat expanded.cdl; failed=1; }
expect system.cdl <<END
one: program="one.elf" prio=100 args=21 7 ($((all - 2)) objects)
$all objects for aarch64-mcs
END
expect expanded.cdl <<END
$all objects
END
"$capdl" compile system.cdl --no-check unused --no-check endpoint-receiver -o image.elf || failed=1
"$capdl" show image.elf > shown.cdl || failed=1
expect image.elf <<END
$(./objects shown.cdl | wc -l) objects for aarch64-mcs
END
"$capdl" show --json system.cdl > spec.json || failed=1
expect spec.json <<END
$all objects
END

# Without the program: what is declared. Without even an architecture, or a file, or all of an image: what is wrong.
sed 's/one.elf/gone.elf/' system.cdl > declared.cdl
expect declared.cdl <<'END'
one: program="gone.elf" prio=100 args=21 7 (0 objects)
2 objects
END
wrong() {
    ./domains "$1" > out 2> err
    if [ $? != 1 ] || [ -s out ] || ! grep -q "$2" err; then
        echo "$1:"
        cat out err
        failed=1
    fi
}
sed 's/^caps.*/caps { cnode_one { 4: ee (W) } }/' system.cdl > unknown.cdl
wrong unknown.cdl "unknown.cdl:3:[0-9]*: error.*'ee'"
head -c 20000 image.elf > cut.elf
wrong cut.elf 'cut.elf is not a complete image'
wrong gone.cdl 'cannot read gone.cdl: No such file'
wrong . 'cannot read .: Is a directory'
: > empty.cdl
wrong empty.cdl 'expected at least one section'

# A system in memory, in C++, which outlives the bytes it was read from.
cat > memory.cc <<'END'
#include <capdl/system.h>
#include <cstring>
int main()
{
    char text[] = "objects { e = ep  n = notification }";
    capdl_system_options options = {};
    options.arch = "riscv";
    capdl_system *system = capdl_system_read("memory", text, std::strlen(text), &options);
    std::memset(text, 'x', sizeof(text));
    bool good = system && capdl_system_is_good(system) && !capdl_system_is_image(system) && !capdl_system_kernel(system);
    const capdl_spec *spec = capdl_system_spec(system);
    good = good && spec->num_objects == 2 && std::strcmp(capdl_object_name(spec, 1), "n") == 0 && spec->arch == CAPDL_ARCH_RISCV;
    capdl_system_free(system);
    options.declared = true;
    options.arch = "vax";
    system = capdl_system_read("memory", "", 0, &options);
    good = good && system && !capdl_system_is_good(system) && capdl_system_diags(system)->num_errors == 1;
    capdl_system_free(system);
    capdl_system_free(nullptr);
    return good ? 0 : 1;
}
END
if command -v c++ > /dev/null; then
    build c++ memory.cc -std=c++11 -o memory || failed=1
    ./memory || { echo 'from memory'; failed=1; }
    build c++ "$sources/examples/library/domains.c" -x c++ -std=c++20 -fsyntax-only || failed=1
fi
nm -D --defined-only "$system/libcapdl-system.so" | grep -v ' capdl_system_\| CAPDL_SYSTEM_0$' && { echo 'symbols of others'; failed=1; }
exit $failed
