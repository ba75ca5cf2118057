#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
usage: judge.py CAPDL COUNT SPEC...

A second judge of `capdl diff`. It makes one random edit at a time to the JSON of a system, of every kind of fact that the
JSON has, and knows what a reader must be told of it: that something changed, the object or whose it is, the old and the
new value, at most which rank, whether it is a gain or a loss. It knows nothing of how findings are made.
"""

import copy
import json
import random
import re
import subprocess
import sys
import tempfile

# What a field of an object means to who has it: the rank that it must not be milder than, when a thread can tell.
FIELDS = {
    "prio": 13, "max_prio": 13, "affinity": 13, "dom": 13, "ip": 12, "sp": 18, "addr": 18, "resume": 18,
    "fpu_disabled": 18, "fault_ep": 18, "budget": 13, "period": 13, "data": 18, "trigger": 14, "target": 14,
    "ioapic_pin": 14, "ioapic_level": 14, "ioapic_polarity": 14, "first_port": 19, "last_port": 19, "paddr": 19,
    "domainID": 19, "bus": 19, "slots": 19, "devices": 19,
}
LAYOUT = 20


def label(thing):
    return thing["name"] + ("[%d]" % thing["index"] if "index" in thing else "")


class Edit:
    """A change, and what must be said: texts of which one must stand there each, the mildest rank, the direction."""

    def __init__(self, what, words=(), rank=LAYOUT, direction=None):
        self.what, self.words, self.rank, self.direction = what, words, rank, direction


def numbers(value):
    return ["0x%x" % value, str(value)] if isinstance(value, int) and not isinstance(value, bool) else [""]


def edit_field(system, rng):
    objects = [o for o in system["objects"] if o["type"] == "tcb" or any(f in FIELDS for f in o)]
    thing = rng.choice(objects)
    fields = [f for f in thing if f in FIELDS]
    if thing["type"] == "tcb":
        fields += ["resume", "fpu_disabled", "fault_ep", "dom", "init"]
    field = rng.choice(fields)
    old = thing.get(field)
    if field in ("resume", "fpu_disabled"):
        thing[field] = not (old if old is not None else field == "resume")
        if field == "resume" and not {0, 1} & {c["slot"] for c in thing.get("caps", [])}:
            return Edit("resume", None)  # without CSpace and address space it does not run in either case
        return Edit((label(thing), field), [[plain(thing)]], 18)
    if field == "init":
        thing[field] = (old or []) + [rng.randrange(1, 1 << 40)]
        return Edit((label(thing), field), [numbers(thing[field][-1])], 12)
    if field == "trigger":
        thing[field] = "edge" if old == "level" else "level"
        return Edit((label(thing), field), [[thing[field]], [old]], 14)
    if field in ("ioapic_level", "ioapic_polarity"):
        thing[field] = 1 - old
        return Edit((label(thing), field), [[label(thing)]], 14)
    steps = {"paddr": 1 << 24, "first_port": -1, "prio": 7, "max_prio": 7, "affinity": 1, "dom": 1, "budget": -1,
             "domainID": 2, "target": 1, "devices": 1}
    thing[field] = (old or 0) + steps.get(field, 1 << rng.randrange(0, 4))
    if field == "devices" and thing[field] > 1:
        thing[field] = 0
    words = [] if field == "devices" else [numbers(thing[field])] + ([numbers(old)] if old else [])
    return Edit((label(thing), field, old, thing[field]), words, FIELDS[field])


def plain(thing):
    return re.sub(r"^tcb_|_tcb$", "", label(thing))


def containers(system, *types):
    return [o for o in system["objects"] if o.get("caps") and (not types or o["type"] in types)]


def is_told(cap):
    return [re.escape("'" + cap["object"] + "'"), re.escape(cap["object"].split("[")[0])]


def edit_remove(system, rng):
    holder = rng.choice(containers(system))
    cap = rng.choice(holder["caps"])
    holder["caps"].remove(cap)
    return Edit((label(holder), "without", cap), [[re.sub(r"\[.*", "", cap.get("object", "")), plain(holder)]])


def edit_give(system, rng):
    giver, taker = rng.choice(containers(system, "cnode", "tcb")), rng.choice(containers(system, "cnode"))
    cap = copy.deepcopy(rng.choice(giver["caps"]))
    free = [s for s in range(1 << taker["size_bits"]) if s not in [c["slot"] for c in taker["caps"]]]
    if not free:
        return None
    cap["slot"] = rng.choice(free)
    cap.pop("mapping", None)
    taker["caps"].append(cap)
    return Edit((label(taker), "with", cap), [[re.sub(r"\[.*", "", cap.get("object", ""))]], LAYOUT, "gain")


def edit_badge(system, rng):
    caps = [(o, c) for o in containers(system) for c in o["caps"] if "badge" in c]
    if not caps:
        return None
    holder, cap = rng.choice(caps)
    old, cap["badge"] = cap["badge"], cap["badge"] + rng.choice([1, 8, 1 << 20])
    return Edit((label(holder), cap, old), [numbers(cap["badge"]), numbers(old)], LAYOUT)


def edit_rights(system, rng):
    caps = [(o, c) for o in containers(system) for c in o["caps"] if "rights" in c and "W" in c["rights"] + "W"]
    if not caps:
        return None
    holder, cap = rng.choice(caps)
    old = cap["rights"]
    kinds = {label(o): o["type"] for o in system["objects"]}
    if kinds[cap["object"]] != "frame":
        choices = ["R", "W", "RW", "RWG", "WP", "RWGP"]
    else:  # who maps a frame decides on X
        choices = ["R", "RW", "RX", "RWX"] if holder["type"] in ("pt", "pd") else ["R", "RW", "W"]
    cap["rights"] = rng.choice([c for c in choices if set(c) != set(old) - (set() if "X" in "".join(choices) else set("X"))])
    more = set(cap["rights"]) > set(old)
    return Edit((label(holder), cap, old), [[re.sub(r"\[.*", "", cap["object"])]], LAYOUT, "gain" if more else None)


def edit_move(system, rng):
    holder = rng.choice(containers(system, "cnode", "pt"))
    cap = rng.choice(holder["caps"])
    bits = holder.get("size_bits", 9)
    free = [s for s in range(1 << bits) if s not in [c["slot"] for c in holder["caps"]]]
    old, cap["slot"] = cap["slot"], rng.choice(free)
    return Edit((label(holder), cap, old))


def edit_target(system, rng):
    caps = [(o, c) for o in containers(system) for c in o["caps"] if "object" in c]
    holder, cap = rng.choice(caps)
    kinds = {label(o): o["type"] for o in system["objects"]}
    others = [n for n, k in kinds.items() if k == kinds.get(cap["object"]) and n != cap["object"]]
    if not others:
        return None
    old, cap["object"] = cap["object"], rng.choice(others)
    return Edit((label(holder), cap, old), [[re.sub(r"\[.*", "", cap["object"]), re.sub(r"\[.*", "", old)]])


def edit_guard(system, rng):
    caps = [(o, c) for o in containers(system) for c in o["caps"] if c.get("guard_size")]
    if not caps:
        return None
    holder, cap = rng.choice(caps)
    old, cap["guard"] = cap["guard"], cap["guard"] + 1
    return Edit((label(holder), "guard", old), [["guard"]], 18)


def edit_uncached(system, rng):
    caps = [(o, c) for o in containers(system, "pt") for c in o["caps"] if "rights" in c]
    if not caps or system["arch"] not in ("aarch64", "aarch32"):
        return None
    holder, cap = rng.choice(caps)
    cap["uncached"] = not cap.get("uncached", False)
    return Edit((label(holder), cap), [["cache"]], 15)


def edit_irq(system, rng):
    if not system.get("irqs"):
        return None
    irq = rng.choice(system["irqs"])
    old, irq["irq"] = irq["irq"], irq["irq"] + 90
    return Edit(irq, [numbers(irq["irq"]), numbers(old), [irq["object"]]], 14)


def edit_domains(system, rng):
    if "domains" not in system:
        return None
    entry = rng.choice(system["domains"]["schedule"])
    old, entry["duration"] = entry["duration"], entry["duration"] + 13
    return Edit(("schedule", entry), [["domain"], [str(old)], [str(entry["duration"])]], 13)


def edit_object(system, rng):
    kind, size = rng.choice([("ep", None), ("notification", None), ("frame", 12), ("ut", 14)])
    thing = {"name": "zz_new", "type": kind}
    if size:
        thing["size_bits"] = size
    system["objects"].append(thing)
    return Edit(("new", thing), [["zz_new"]])


def edit_fill(system, rng):
    frames = [o for o in system["objects"] if o["type"] == "frame" and "paddr" not in o]
    thing = rng.choice(frames)
    thing["fill"] = [{"offset": 16, "length": 2, "bytes": "%04x" % rng.randrange(1, 1 << 16)}]
    return Edit((label(thing), "fill"), [[re.sub(r"\[.*", "", label(thing))], ["content"]])


def edit_size(system, rng):
    untypeds = [o for o in system["objects"] if o["type"] == "ut"]
    if not untypeds:
        return None
    thing = rng.choice(untypeds)
    thing["size_bits"] += 1
    return Edit((label(thing), "size"), [[thing["name"]]])


def edit_order(system, rng):
    rng.shuffle(system["objects"])
    for thing in system["objects"]:
        rng.shuffle(thing.get("caps", []))
    return Edit("order", None)


EDITS = [edit_field] * 5 + [edit_remove, edit_give, edit_give, edit_badge, edit_rights, edit_rights, edit_move, edit_target,
                            edit_target, edit_guard, edit_uncached, edit_irq, edit_domains, edit_object, edit_fill,
                            edit_size, edit_order]


def all_findings(findings):
    for finding in findings:
        yield finding
        yield from all_findings(finding["consequences"])


def judge(edit, report):
    """What is wrong with a report on an edit, or None."""
    findings = list(all_findings(report["findings"]))
    same = report["verdict"] in ("same-text", "same-system")
    if edit.words is None:
        return None if same else "what means nothing is a change"
    if same or report["old"]["sha256"] == report["new"]["sha256"]:
        return "a change is not seen"
    told = "\n".join(f["text"] + " " + (f["where"] or "") + " " + ((f["object"] or {}).get("name") or "") for f in findings)
    for words in edit.words:
        if not any(word.lower() in told.lower() for word in words):
            return "none of %s is told" % words
    gravest = min(f["rank"] for f in findings)
    if report["verdict"] == "changed" and gravest > edit.rank:
        return "rank %d, at least %d expected" % (gravest, edit.rank)
    if report["verdict"] == "changed" and edit.direction == "gain" and all(f["change"] == "lost" for f in findings):
        return "a gain is reported as a loss"
    for finding in findings:
        if not finding["subject"] or not finding["text"]:
            return "a finding without subject or text"
    return None


def main():
    capdl, count, specs = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    made = failed = 0
    with tempfile.TemporaryDirectory() as work:
        for spec in specs:
            old, new = work + "/old.json", work + "/new.json"
            text = subprocess.run([capdl, "show", spec, "--json"], capture_output=True, text=True, check=True).stdout
            with open(old, "w") as out:
                out.write(text)
            for seed in range(count):
                rng = random.Random("%s %d" % (spec.rsplit("/", 1)[-1], seed))
                system = json.loads(text)
                try:
                    edit = rng.choice(EDITS)(system, rng)
                except IndexError:
                    edit = None
                if not edit:  # nothing of that kind there
                    continue
                with open(new, "w") as out:
                    json.dump(system, out)
                done = subprocess.run([capdl, "diff", old, new, "--json"], capture_output=True, text=True)
                if done.returncode == 2:
                    continue  # no system any more
                if done.returncode not in (0, 1):
                    print("%s, seed %d: exit code %d for %s" % (spec, seed, done.returncode, edit.what))
                    failed += 1
                    continue
                made += 1
                report = json.loads(done.stdout)
                wrong = judge(edit, report)
                if wrong:
                    failed += 1
                    print("%s, seed %d: %s: %s" % (spec, seed, edit.what, wrong))
                    for finding in list(all_findings(report["findings"]))[:4]:
                        print("    (%d, %s) %s" % (finding["rank"], finding["change"], finding["text"]))
    print("%d edits judged, %d wrongly reported" % (made, failed))
    return failed != 0 or made < count * len(specs) // 2


sys.exit(main())
