#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An image names the files it was made from, and none of the machine's directories; verify says which of them are others now.
# usage: inputs.sh CAPDL DIRECTORY
set -u
capdl=$(realpath "$1") here=$(realpath "$2")
# shellcheck source=../expect.sh
. "$(dirname "$0")/../expect.sh"

mkdir system system/sub elsewhere
python3 "$here/systems/programs.py" system 183 one && python3 "$here/systems/programs.py" elsewhere 183 two three four || exit 1
mv elsewhere/two.elf system/sub && printf '\1\2\3\4' > system/table.bin || exit 1
cat > system/a.cdl << END
arch aarch64 objects { one = pd ("one.elf", map: table (R), at: 0x10000000) two[2] = pd ("sub/two.elf") three = pd ("three.elf")
four = pd ("$work/elsewhere/four.elf") table = frame (4k, fill: [{0 4 CDL_FrameFill_FileData "table.bin" 0}]) }
END
sum() { sha256sum "$1" | cut -d ' ' -f 1; }
cat > wanted << END
$(sum system/a.cdl)  a.cdl
$(sum system/one.elf)  one.elf
$(sum system/sub/two.elf)  sub/two.elf
$(sum elsewhere/three.elf)  three.elf
$(sum elsewhere/four.elf)  four.elf
$(sum system/table.bin)  table.bin
END
"$capdl" compile system/a.cdl -I elsewhere -o a.elf || exit 1
"$capdl" show --inputs a.elf > listed
diff wanted listed || fail 'not the inputs'
(cd system && grep -v 'three\|four' ../listed | sha256sum -c --quiet) || fail 'sha256sum does not check them'
grep -a -q "$work" a.elf && fail 'the image names a directory of this machine'
"$capdl" show --inputs --json a.elf > listed.json
python3 - listed.json << 'END' || failed=1
import json
import sys

got = [(line["kind"], line["name"], line["domain"]) for line in json.load(open(sys.argv[1]))]
wanted = [("spec", "a.cdl", None), ("program", "one.elf", "one"), ("program", "sub/two.elf", "two"), ("program", "three.elf", "three"),
          ("program", "four.elf", "four"), ("file", "table.bin", None)]
if got != wanted:
    sys.exit("%s, not %s" % (got, wanted))
END

# The same files in another place make the same image.
mkdir -p far/away plain && cp -r system elsewhere far/away && sed "s|$work/elsewhere/||" system/a.cdl > plain/a.cdl
cp plain/a.cdl far/away/system/a.cdl
(cd far/away/system && "$capdl" compile a.cdl -I ../elsewhere -o ../a.elf) || exit 1
(cd plain && "$capdl" compile a.cdl -I "$work/system" -I "$work/elsewhere" -o ../plain.elf) || exit 1
cmp far/away/a.elf plain.elf || fail 'the image depends on where its files are'

# What changed is named; a change that the system does not show is none.
expect 0 ': made from the system of system/a.cdl' verify a.elf --spec system/a.cdl -I elsewhere
grep -q 'since changed' out && fail 'nothing has changed'
printf 'debugging information' >> elsewhere/three.elf
expect 0 '^capdl: 1 input has since changed, which makes no difference to the system:$' verify a.elf --spec system/a.cdl -I elsewhere
grep -q '^  three.elf, the program of three: sha256:[0-9a-f]\{64\}, now sha256:[0-9a-f]\{64\}$' out || fail 'three is not named'
cp system/one.elf system/sub/two.elf && printf '\1\2\3\5' > system/table.bin
expect 1 '^capdl: 3 inputs have since changed:$' verify a.elf --spec system/a.cdl -I elsewhere
grep -q "^  sub/two.elf, the program of two: sha256:[0-9a-f]*, now sha256:$(sum system/one.elf)$" out || fail 'two is not named'
grep -q "^  table.bin: sha256:[0-9a-f]*, now sha256:$(sum system/table.bin)$" out || fail 'the table is not named'
sed 's/"one.elf"/"sub\/two.elf"/; s/, map: table (R), at: 0x10000000//; s/table = [^}]*}\]) }/}/' system/a.cdl > system/b.cdl
expect 1 '^  table.bin: sha256:[0-9a-f]*, not an input of system/b.cdl$' verify a.elf --spec system/b.cdl -I elsewhere

# Another program in the place of one is another input, of that protection domain only.
"$capdl" update a.elf three=system/one.elf -o new.elf || exit 1
"$capdl" show --inputs new.elf | diff listed - > differs
[ "$(grep '^[<>]' differs | cut -d ' ' -f 1,4)" = "< three.elf
> three.elf" ] && grep -q "^> $(sum system/one.elf)" differs || fail "update: $(cat differs)"

# No names, no inputs.
"$capdl" compile system/a.cdl -I elsewhere --strip -o bare.elf || exit 1
expect 1 'bare.elf does not have its inputs' show --inputs bare.elf
expect 1 'a.cdl is not an image' show --inputs system/a.cdl -I elsewhere
exit $failed
