#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The library as its users see it: every header alone, in C99 and C++; the examples of docs/library.md; which symbols are shown.
# usage: library.sh SOURCES DIRECTORY-OF-THE-LIBRARY
# shellcheck disable=SC2086 # $runtimes: one word or none
set -u
sources=$(realpath "$1") built=$(realpath "$2")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
failed=0
languages='c99 c++11 c++20'
command -v c++ > /dev/null || languages='c99'

mkdir capdl
cp "$sources"/include/capdl/*.h "$sources"/include/capdl/*.def capdl
rm capdl/payload.h capdl/monitor.h capdl/modules.h # not installed
for header in capdl/*.h; do
    for language in $languages; do
        echo "#include <$header>" > one.cc
        mode=${language%%[0-9]*}
        cc -std="$language" -x "$mode" -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I . one.cc || failed=1
    done
done

cat > system.cdl <<'END'
arch aarch64
objects { a = tcb  b = tcb  ca = cnode (4 bits)  cb = cnode (4 bits)  inner[2] = cnode (2 bits)  e = ep  n = notification }
caps {
    a { cspace: ca }  b { cspace: cb }
    ca { 1: e (W)  2: inner[1] }  inner[1] { 0: n (R) }
    cb { 1: e (R)  2: n (W) }
}
END
# A sanitized library wants its runtimes.
runtimes=
! nm -u "$built/libcapdl-spec.so" | grep -q __asan_ || runtimes=address
! nm -u "$built/libcapdl-spec.so" | grep -q __ubsan_ || runtimes=${runtimes:+$runtimes,}undefined
[ -z "$runtimes" ] || runtimes=-fsanitize=$runtimes
cc $runtimes -std=c99 -Wall -Wextra -Wpedantic -Werror -I . "$sources/examples/library/objects.c" -L "$built" -lcapdl-spec -o objects || failed=1
LD_LIBRARY_PATH=$built ./objects system.cdl > out || failed=1
printf '%-14s %-20s %u capabilities\n' tcb a 1 tcb b 1 cnode ca 2 cnode cb 2 cnode 'inner[0]' 0 cnode 'inner[1]' 1 ep e 0 notification n 0 |
    diff -u - out || failed=1
if command -v c++ > /dev/null; then
    c++ $runtimes -std=c++17 -Wall -Wextra -Wpedantic -Werror -I . "$sources/examples/library/writers.cc" -L "$built" -lcapdl-spec -o writers || failed=1
    LD_LIBRARY_PATH=$built ./writers system.cdl > out || failed=1
    printf '%s\n' 'a -> b by e' 'b -> a by n' | diff -u - out || failed=1
    echo 'arch aarch64 objects {' > bad.cdl
    ! LD_LIBRARY_PATH=$built ./writers bad.cdl 2> err > out || failed=1
    if [ -s out ] || ! grep -q '^bad.cdl:2:1: error' err; then
        cat err out
        failed=1
    fi
fi
nm -D --defined-only "$built/libcapdl-spec.so" | grep -v ' capdl_\| CAPDL_SPEC_0$' && { echo 'symbols without the prefix'; failed=1; }
exit $failed
