#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# docs/recipes.md, run as it stands: its sh blocks in order, from an empty directory. What they print is the text block that follows, to
# the letter. usage: recipes.sh PAGE CAPDL [real | print]
#   real    all of it on the kernel aarch64-mcs-debug below $SEL4_PREFIXES, in QEMU, and also the blocks marked `kernel`; what the emulated
#           machine reports (machine: ...) is left out of the comparison, and the kernel may print more
#   print   shows what is printed
set -eu
page=$(realpath "$1") capdl=$(realpath "$2") mode=${3:-}
command -v aarch64-linux-gnu-gcc > /dev/null || exit 77
command -v make > /dev/null || exit 77
command -v pkg-config > /dev/null || exit 77
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
PKG_CONFIG_PATH=$(dirname "$capdl")/../examples
export PKG_CONFIG_PATH
mkdir "$dir/bin" "$dir/work" "$dir/out"
PATH=$dir/bin:$PATH
if [ "$mode" = real ]; then
    PREFIX=${SEL4_PREFIXES:-}/aarch64-mcs-debug # of the Makefile, too
    export PREFIX
    [ -n "${SEL4_PREFIXES:-}" ] && [ -e "$PREFIX/bin/kernel.elf" ] || exit 77
    command -v qemu-system-aarch64 > /dev/null || exit 77
    cat > "$dir/bin/capdl" << END
#!/bin/sh
# Wherever the page runs an image, the kernel runs it.
case " \$* " in
" run "*" --kernel "*) exec "$capdl" "\$@" ;;
" run "*) "$capdl" "\$@" --kernel "$PREFIX" | tr -d '\r' ;;
*) exec "$capdl" "\$@" ;;
esac
END
    chmod +x "$dir/bin/capdl"
else
    unset PREFIX
    ln -s "$capdl" "$dir/bin/capdl"
fi

# steps.sh: the sh blocks, each text block replaced by the number of the next output file; want.N: the text blocks.
cd "$dir/out"
sed -n '/^<!-- recipes/,$p' "$page" | awk -v mode="$mode" '
    BEGIN { n = 1; print "exec > \"$outputs/got.1\"" > "steps.sh" }
    /^```(sh|text)/ {
        skip = $2 == "kernel" && mode != "real"
        block = skip ? "/dev/null" : $1 == "```sh" ? "steps.sh" : "want." n
        printf "" > block
        next
    }
    /^```$/ {
        if (block ~ /^want/) { n++; print "exec > \"$outputs/got." n "\"" > "steps.sh" }
        block = ""
        next
    }
    block { print > block }
    END { print n > "blocks" }'
cd "$dir/work"
outputs=$dir/out sh -eu "$dir/out/steps.sh" || { echo "the recipes stop:"; tail -n 20 "$dir"/out/got.*; exit 1; }

# Did block N print its text? On a kernel: were its lines printed in this order, with others between them or not?
printed() {
    if [ "$mode" = real ]; then
        awk 'BEGIN { i = 0 }
            $1 == "machine:" { next }
            NR == FNR { want[n++] = $0; next }
            $0 == want[i] { i++ }
            END { if (i < n) { print "not printed: " want[i]; exit 1 } }' want.$1 got.$1
    else
        diff -u want.$1 got.$1
    fi
}

cd "$dir/out"
status=0 n=1
[ "$(cat blocks)" -gt 9 ] || { echo "only $(cat blocks) blocks"; exit 1; }
while [ $n -lt "$(cat blocks)" ]; do
    [ "$mode" != print ] || cat got.$n
    printed $n || { status=1 && cat got.$n; }
    n=$((n + 1))
done
[ ! -s got.$n ] || { echo "printed after the last text block:"; cat got.$n; exit 1; }
exit $status
