#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Manual pages and completion say what --help says, and the tools that read them do not complain. usage: manual.sh CAPDL SOURCES
set -u
capdl=$(realpath "$1") sources=$(realpath "$2")
# shellcheck source=../expect.sh
. "$(dirname "$0")/../expect.sh"

commands=$("$capdl" help | sed -n 's/^  \([a-z]*\) .*/\1/p')
[ "$(echo "$commands" | wc -l)" -ge 13 ] || fail "commands: $commands"
for shell in bash zsh fish; do
    # shellcheck disable=SC2094 # a word and a file
    "$capdl" help --completion $shell > $shell || fail "no completion for $shell"
    command -v $shell > /dev/null && { $shell -n $shell || fail "$shell does not read its completion"; }
done
"$capdl" help --completion csh > out 2>&1
grep -q "not 'csh'" out || fail 'completion for csh'

# roff: what lints a page where it is installed, and every option and word of the help on it.
page() {
    if command -v mandoc > /dev/null; then
        mandoc -T lint "$1" || fail "mandoc does not like $1"
    fi
    if command -v man > /dev/null && command -v groff > /dev/null; then
        LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$1" 2> warned > /dev/null
        [ ! -s warned ] || { cat warned; fail "man does not like $1"; }
    fi
}
"$capdl" help --man > capdl.1 && page capdl.1
for words in 'h ", " .-.-help' 'V ", " .-.-version'; do
    grep -q "^\.BR .-$words\$" capdl.1 || fail "capdl(1) lacks: $words"
done
# shellcheck disable=SC2086 # words
for command in $commands; do
    "$capdl" help --man $command > capdl-$command.1 || fail "no page for $command"
    page capdl-$command.1
    twice=$("$capdl" help $command | sed -n 's/^  -\(.\), --.*/\1/p' | sort | uniq -d)
    [ -z "$twice" ] || fail "$command has two options -$twice"
    grep -q "capdl.-$command" capdl.1 || fail "capdl(1) lacks $command"
    # The words of both, without what roff adds.
    sed -e 's/\\-/-/g' -e "s/\\\\(aq/'/g" -e 's/\\&//g' -e 's/\\e/\\/g' -e 's/^\.[A-Z]* //' capdl-$command.1 | tr -s ' \n' '  ' > words
    "$capdl" help $command | sed -n '/^  -/s/^  -., --[^ ]* *\([A-Z+]\{2,\} \)\?//p' | while read -r text; do
        grep -qF "${text##*  }" words || echo "capdl-$command(1) lacks: $text"
    done > missing
    [ ! -s missing ] || { cat missing; failed=1; }
    for option in $("$capdl" help $command | sed -n 's/^  -., --\([a-z-]*\).*/\1/p'); do
        for shell in bash zsh fish; do
            grep -qe "-$option\|-l $option" $shell || fail "$shell does not complete --$option"
        done
    done
    # Its synopsis has the options, except those of all checks and of other tools.
    "$capdl" help $command | awk '
        /^options:/ { listing = 1 }
        /^$/ { described = 1 }
        !described { synopsis = synopsis " " $0 " " }
        listing && /^  -/ {
            name = $2; sub(/\[.*/, "", name)
            if (name !~ /^--(help|no-check|warnings|max-warnings|max-errors|microkit-rights|override-kernel|list-checks)$/ &&
                !index(synopsis, name) && synopsis !~ ("[[ ]" substr($1, 1, 2) " ")) print "the synopsis lacks", name
        }' > missing
    [ ! -s missing ] || { echo "$command:"; cat missing; failed=1; }
    grep -q "'$command'" "$sources/docs/meson.build" || fail "docs/meson.build does not install capdl-$command(1)"
done
[ "$(sed -n "/^manual_commands/,/^]/p" "$sources/docs/meson.build" | grep -o "'[a-z]*'" | wc -l)" = "$(echo "$commands" | wc -l)" ] ||
    fail 'docs/meson.build installs pages of commands that do not exist'

# A format for boards is in the help, in docs/loader.md and in the test that reads it byte by byte.
sed -n 's/^PACK_FORMAT(\([A-Z]*\), "\([a-z]*\)").*/\1 \2/p' "$sources/tool/pack/formats.def" > formats
[ -s formats ] || fail 'no formats'
while read -r id name; do
    "$capdl" help image | grep -q "^  -f, --format .*[ ,]${name}[, ;]" || fail "the help of --format lacks $name"
    grep -q "^| \`$name\`" "$sources/docs/loader.md" || fail "the table of docs/loader.md lacks $name"
    grep -q "PACK_$id\b" "$sources/tests/loader/pack_test.c" || fail "tests/loader/pack_test.c lacks PACK_$id"
done < formats

# Pages of section 5.
if command -v lowdown > /dev/null; then
    "$sources/scripts/page5.sh" capdl-spec 2000-01-01 1 'the capDL language' "$sources/docs/language.md" "$sources/docs/pd.md" > capdl-spec.5
    "$sources/scripts/page5.sh" capdl-image 2000-01-01 1 'images that capdl makes' "$sources/docs/blob.md" "$sources/docs/placement.md" > capdl-image.5
    page capdl-spec.5
    page capdl-image.5
    # What Markdown might take for emphasis is there: words with underscores, stars of parameters that must be given.
    (cd "$sources/docs" && grep -ohE '[A-Za-z0-9]+(_[A-Za-z0-9]+)+' language.md pd.md blob.md placement.md) | sort -u > underscored
    sed -e 's/\\f.//g' -e 's/\\-/-/g' -e 's/\\[&(]//g' capdl-spec.5 capdl-image.5 > plain
    while read -r word; do
        grep -qF "$word" plain || fail "the pages of section 5 lack $word"
    done < underscored
    [ "$(grep -o ': n\*' plain | wc -l)" -eq "$(grep -o ': n`\*' "$sources/docs/language.md" | wc -l)" ] || fail 'capdl-spec(5) lacks stars'
fi

# What bash offers. Its <(...) needs /dev/fd.
if command -v bash > /dev/null && [ -e /dev/fd/0 ]; then
    cat > offers.bash <<'END'
. ./bash
offer() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _capdl; echo "${COMPREPLY[*]}"; }
offer capdl ver
offer capdl check --no-check frame-r
offer capdl check --no-check = frame-r
offer capdl diff --min-rank shared
offer capdl run --kernel riscv64-mcs
offer capdl run --ker
offer capdl run sys
END
    bash offers.bash > offered
    printf '%s\n' verify frame-rights frame-rights shared-memory 'riscv64-mcs riscv64-mcs-12' --kernel '' | diff -u - offered || failed=1
fi
exit $failed
