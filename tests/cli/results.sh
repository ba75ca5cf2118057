#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --json of the commands that make something: one document on standard output, whatever happens, as docs/results.schema.json says; and
# its values are those that sha256sum, the exit code, standard output without --json and the spec have.
# With SEL4_PREFIXES, also of `capdl image` and of a run in QEMU. usage: results.sh CAPDL SOURCES
set -u
capdl=$(realpath "$1") schema=$(realpath "$2")/docs/results.schema.json libpd=$(realpath "$2")/examples/libpd
command -v aarch64-linux-gnu-gcc > /dev/null || exit 77
command -v python3 > /dev/null || exit 77
include=$(realpath "$2")/include
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
failed=0

"$capdl" profile aarch64-mcs --header > kernel.h
cat > say.c <<'END'
#include "pd.h"
void pd_main(const uint64_t *args)
{
    pd_print("said %u \"\\\t\x01\xff end\n", args[0]);
}
END
cat > count.c <<'END'
#include "pd.h"
void pd_main(const uint64_t *args)
{
    for (uint64_t i = 0; i < args[0]; i++) {
        pd_print("%u,", i);
    }
    pd_print("\nend\n");
}
END
printf '.globl _start\n_start: mov x0, #0\n ldr x0, [x0]\n b _start\n' > fault.S
for name in say count; do
    aarch64-linux-gnu-gcc -O2 -ffreestanding -fno-pie -no-pie -nostdlib -static -mgeneral-regs-only -fno-stack-protector \
        -Wl,-Ttext-segment=0x200000 -Wl,-z,max-page-size=4096 -Wl,-z,separate-code -Wl,-z,noexecstack -include kernel.h \
        -I "$libpd" -I "$include" "$libpd/crt0.S" "$libpd/pd.c" $name.c -o $name.elf || exit 1
done
aarch64-linux-gnu-gcc -nostdlib -static -Wl,-Ttext-segment=0x200000 fault.S -o fault.elf || exit 1
cat > system.cdl <<'END'
arch aarch64
objects { a = pd ("say.elf", args: [7])  b = pd ("say.elf", args: [8])  stop = notification  e = ep }
caps { cnode_a { 3: stop (R)  4: e (W) }  cnode_b { 3: stop (R)  4: e (R) } }
END
sed 's/b = pd ("say.elf"/b = pd ("fault.elf"/' system.cdl > faulty.cdl
sed 's/4: e (R)/4: f (R)/' system.cdl > wrong.cdl

# gives CODE NAME ARGUMENT...: what the command prints goes to NAME.json
gives() {
    code=$1 name=$2
    shift 2
    "$capdl" "$@" --json > "$name.json" 2> "$name.err"
    got=$?
    [ $got = "$code" ] || { echo "$name: $got, not $code"; cat "$name.err" "$name.json"; failed=1; }
}
gives 0 compile compile system.cdl -o system.elf
gives 1 compile-wrong compile wrong.cdl -o wrong.elf
gives 2 compile-unwritten compile system.cdl -o no/such/file
gives 1 compile-warnings compile system.cdl -W error --no-check unused -o x.elf --kernel aarch64
gives 0 compile-faulty compile faulty.cdl -o faulty.elf
gives 0 run run system.elf
gives 1 run-faulty run faulty.elf
gives 0 run-until run system.elf --until 'said 8'
gives 1 run-never run system.elf --until 'said 9'
# Wherever in a long line the text is, and however long it is.
echo 'arch aarch64 objects { a = pd ("count.elf", args: [300]) stop = notification } caps { cnode_a { 3: stop (R) } }' > count.cdl
"$capdl" compile count.cdl -o count-system.elf || exit 1
for text in '0,1,2' '253,254,255,256,257' '298,299,' "$(seq -s , 40 290)"; do
    gives 0 run-count run count-system.elf --until "$text"
done
gives 1 run-uncounted run count-system.elf --until "$(seq -s , 40 290)0"
gives 0 update update system.elf a=say.elf -o updated.elf
gives 1 update-wrong update system.elf c=say.elf -o unmade.elf
gives 0 fit fit system.elf
gives 0 fit-spec fit system.cdl
gives 1 fit-wrong fit wrong.cdl
gives 1 image-builtin image system.elf --kernel aarch64-mcs -o boot.elf
gives 0 graph graph system.cdl
gives 0 graph-change graph faulty.cdl system.cdl
gives 1 graph-wrong graph wrong.cdl
gives 0 graph-dot graph system.cdl -o picture.dot
gives 0 verify verify system.elf --spec system.cdl
head -c 9000 system.elf > cut.elf
gives 1 run-cut run cut.elf
for name in unmade wrong; do
    [ ! -e $name.elf ] || { echo "$name.elf is there"; failed=1; }
done
"$capdl" compile system.cdl --json -o - > out 2> err && failed=1
grep -q 'so -o must name a file' err || { cat err; failed=1; }
"$capdl" run system.elf > console 2> /dev/null
"$capdl" fit system.elf > fit.txt || failed=1

kernels=
prefix=${SEL4_PREFIXES:+$SEL4_PREFIXES/aarch64-mcs}
if [ "$prefix" ] && [ -e "$prefix/bin/kernel.elf" ] && command -v qemu-system-aarch64 > /dev/null; then
    kernels=yes
    "$capdl" compile system.cdl --kernel "$prefix" -o real.elf 2> err || failed=1
    gives 0 image image real.elf --kernel "$prefix" --format raw -o boot.raw
    gives 0 run-real run real.elf --kernel "$prefix" --until end --timeout 90
fi

python3 -W ignore - "$schema" "$kernels" << 'END' || failed=1
import glob, hashlib, json, os, sys
try:
    import jsonschema
    validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
except (ImportError, AttributeError):
    validator = None
documents = {}
for path in sorted(glob.glob("*.json")):
    documents[path[:-5]] = d = json.load(open(path))
    for error in validator.iter_errors(d) if validator else []:
        print(path, json.dumps(d)[:300])
        sys.exit(str([e.message for e in error.context][:8] or error.message))
    if isinstance(d, dict):
        assert d["command"] == path.split("-")[0].split(".")[0], d
        for o in d.get("outputs", []):
            data = open(o["file"], "rb").read()
            assert (o["bytes"], o["sha256"]) == (len(data), hashlib.sha256(data).hexdigest()) or o["file"] == "x.elf", o
# Whatever is not as it should be is refused.
if validator:
    for bad in ({}, {"command": "compile"}, dict(documents["compile"], exit_code=3), dict(documents["run"], extra=1), [{}]):
        assert not validator.is_valid(bad), bad

d = documents
errors = lambda name: [m["message"] for m in d[name]["diagnostics"] if m["severity"] == "error"]
assert [o["file"] for o in d["compile"]["outputs"]] == ["system.elf"] and d["compile"]["kernel"] == "aarch64-mcs"
assert "'f'" in errors("compile-wrong")[0] and d["compile-wrong"]["exit_code"] == 1 and "outputs" not in d["compile-wrong"]
assert d["compile-wrong"]["diagnostics"][0]["line"] == 3
assert d["compile-unwritten"]["exit_code"] == 2 and "outputs" not in d["compile-unwritten"]
run = d["run"]
assert run["outcome"] == "idle" and run["machine"] == "emulated" and 0 < run["boot_instructions"] < run["instructions"], run
printed = open("console", "rb").read()
assert b'said 7 "\\\t\x01\xff end\n' in printed and 'said 7 "\\\t\x01' in run["console"], run
assert run["kernel_calls"] == d["verify"][0]["totals"]["kernel_calls"], run
assert "%d kernel calls" % d["verify"][0]["said_calls"] in run["console"], run
assert d["run-faulty"]["outcome"] == "faulted" and d["run-until"]["outcome"] == "until" and d["run-never"]["outcome"] == "idle"
assert d["update"]["domain"] == "a" and d["update"]["program"] == "say.elf"
assert d["update"]["outputs"][0]["sha256"] == d["compile"]["outputs"][0]["sha256"]
assert errors("update-wrong") and errors("image-builtin") and errors("graph-wrong") and errors("run-cut")
fit = d["fit"]
assert fit["fits"] and fit["totals"] == d["fit-spec"]["totals"] and fit["totals"]["slots"] == 1 << 17, fit
assert "%d objects" % fit["totals"]["objects"] in run["console"], fit["totals"]
told = open("fit.txt").read()
for words in ("%(objects)d objects made by %(retypes)d calls", "clears (%(ram_touched)d bytes)", "%(slots_needed)d slots needed, %(slots_free)d of"):
    assert words % fit["totals"] in told, (fit["totals"], told)
assert {s["title"] for s in fit["sections"]} >= {"memory", "totals"}
names = {b["id"]: b["name"] for b in d["graph"]["picture"]["boxes"]}
lines = [(names[l["from"]], names[l["to"]], l["kind"], l["direction"]) for l in d["graph"]["picture"]["lines"]]
assert ("a", "b", "message", "forward") in lines and len(names) == 2, (names, lines)
assert d["graph-change"]["old"] == "faulty.cdl" and d["graph-change"]["old_diagnostics"] is not None
assert d["graph-dot"]["outputs"][0]["file"] == "picture.dot" and open("picture.dot").read().startswith("digraph")
assert [v["spec"] for v in d["verify"]] == ["system.elf", "system.cdl"] and all(v["same"] for v in d["verify"])
if sys.argv[2]:
    assert d["image"]["format"] == "raw" and d["image"]["outputs"][0]["file"] == "boot.raw" and d["image"]["image_at"] % 4096 == 0
    assert d["run-real"]["machine"] == "qemu" and d["run-real"]["outcome"] == "until" and "end" in d["run-real"]["console"]
END
exit $failed
