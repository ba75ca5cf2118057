# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
# For tests of the command line, which include this: they run in a directory of their own, $capdl is the program, and $failed is 1
# once something was not as expected.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

# fail WORD...
fail() {
    echo "$*"
    failed=1
}

# expect CODE PATTERN ARGUMENT...: exit code, and a line of what is printed, which is left in the file out
expect() {
    code=$1 pattern=$2
    shift 2
    "$capdl" "$@" > out 2>&1 < /dev/null
    got=$?
    if [ $got != "$code" ] || { [ "$pattern" ] && ! grep -qe "$pattern" out; }; then
        fail "capdl $*: exit code $got, expected $code and a line with: $pattern"
        cat out
    fi
}
