#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Random edits of a Microkit system, one at a time: each is one finding in which both parties or the old and the new value are
said; another order is none. Whatever changes a byte of the image made of it has a finding, and what has none changes no byte.
usage: microkit_edits.py CAPDL DIRECTORY MONITORS INITIALISERS COUNT [FIRST]"""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree


def domains(root):
    return list(root.iter("protection_domain"))


def name(domain):
    return domain.get("name")


def ends(root):
    return [end for channel in root.findall("channel") for end in channel.findall("end")]


def free_id(root, domain):
    taken = {int(end.get("id")) for end in ends(root) if end.get("pd") == name(domain)}
    taken |= {int(irq.get("id")) for irq in domain.findall("irq")}
    return str(random_of([i for i in range(60) if i not in taken]))


def random_of(items):
    if not items:
        raise IndexError
    return RNG.choice(items)


def free_address(domain):
    taken = [int(m.get("vaddr"), 0) >> 20 for m in domain.findall("map")]
    return "0x%x" % (random_of([a for a in range(0x100, 0x200) if a not in taken]) << 20)


def add_channel(root):
    a, b = RNG.sample(domains(root), 2)
    channel = tree.SubElement(root, "channel")
    for domain in (a, b):
        tree.SubElement(channel, "end", pd=name(domain), id=free_id(root, domain))
    if RNG.random() < 0.4 and int(a.get("priority")) < int(b.get("priority")):
        channel[0].set("pp", "true")
    return [name(a), name(b)]


def remove_channel(root):
    channel = random_of(root.findall("channel"))
    root.remove(channel)
    return [end.get("pd") for end in channel]


def move_channel(root):
    end = random_of(ends(root))
    end.set("id", free_id(root, next(d for d in domains(root) if name(d) == end.get("pd"))))
    return [end.get("pd")]


def change_priority(root):
    domain = random_of(domains(root))
    old = domain.get("priority")
    domain.set("priority", str(int(old) + random_of([-1, 1, 3])))
    return [name(domain), old, domain.get("priority")]


def change_budget(root):
    domain = random_of(domains(root))
    domain.set("budget", "350")
    domain.set("period", "7000")
    return [name(domain), "350 us", "7000 us"]


def all_maps(root):
    return [(d, m) for d in domains(root) for m in d.findall("map")]


def change_rights(root):
    domain, mapped = random_of(all_maps(root))
    mapped.set("perms", "rw" if mapped.get("perms") == "r" else "r")
    return [name(domain), mapped.get("mr")]


def add_map(root):
    domain, region = random_of(domains(root)), random_of(root.findall("memory_region"))
    if any(m.get("mr") == region.get("name") for m in domain.findall("map")):
        raise IndexError
    mapped = tree.Element("map", mr=region.get("name"), vaddr=free_address(domain), perms=random_of(["r", "rw"]))
    domain.insert(1, mapped)
    return [name(domain), region.get("name")]


def remove_map(root):
    domain, mapped = random_of(all_maps(root))
    domain.remove(mapped)
    return [name(domain), mapped.get("mr")]


def move_map(root):
    domain, mapped = random_of([(d, m) for d, m in all_maps(root) if not m.get("setvar_vaddr")])
    old = mapped.get("vaddr")
    mapped.set("vaddr", free_address(domain))
    return [name(domain), old, mapped.get("vaddr")]


def add_region(root):
    a, b = RNG.sample(domains(root), 2)
    region = tree.Element("memory_region", name="fresh", size="0x3000")
    root.insert(0, region)
    for domain, perms in ((a, "rw"), (b, "r")):
        domain.insert(1, tree.Element("map", mr="fresh", vaddr=free_address(domain), perms=perms))
    return [name(a), name(b), "fresh"]


def grow_region(root):
    region = random_of([r for r in root.findall("memory_region") if any(m.get("mr") == r.get("name") for _, m in all_maps(root))])
    region.set("size", hex(int(region.get("size"), 0) + 0x1000))
    return [region.get("name")]


def change_interrupt(root):
    irq = random_of(list(root.iter("irq")))
    old = irq.get("irq")
    irq.set("irq", str(int(old) + 3))
    return [old, irq.get("irq")]


def change_trigger(root):
    irq = random_of(list(root.iter("irq")))
    old = irq.get("trigger") or "level"
    irq.set("trigger", "edge" if old == "level" else "level")
    return ["edge", "level"]


def add_interrupt(root):
    domain = random_of(domains(root))
    tree.SubElement(domain, "irq", irq="101", id=free_id(root, domain))
    return [name(domain), "101"]


def remove_interrupt(root):
    domain = random_of([d for d in domains(root) if d.findall("irq")])
    domain.remove(domain.find("irq"))
    return [name(domain)]


def toggle_passive(root):
    domain = random_of([d for d in domains(root) if not d.get("budget")])
    domain.set("passive", "false" if domain.get("passive") == "true" else "true")
    return [name(domain), "monitor"]


def change_stack(root):
    domain = random_of(domains(root))
    domain.set("stack_size", random_of(["0x1000", "0x4000", "0x6000"]))
    return [name(domain), "stack"]


def rename(root):
    domain = random_of(domains(root))
    old = name(domain)
    domain.set("name", "renamed")
    for end in ends(root):
        if end.get("pd") == old:
            end.set("pd", "renamed")
    return ["renamed", old]


def add_domain(root):
    inside = random_of([root] + domains(root))
    domain = tree.Element("protection_domain", name="extra", priority="9")
    tree.SubElement(domain, "program_image", path="dns.elf")
    if inside is not root:
        domain.set("id", str(random_of([i for i in range(40, 60)])))
        inside.append(domain)
    else:
        root.insert(list(root).index(random_of(root.findall("protection_domain"))), domain)
    return ["extra is a new thread"]


def remove_domain(root):
    domain = random_of([d for d in root.findall("protection_domain") if not d.findall("protection_domain")])
    root.remove(domain)
    for channel in root.findall("channel"):
        if name(domain) in [end.get("pd") for end in channel]:
            root.remove(channel)
    return [name(domain) + " is gone"]


def change_program(root):
    domain = random_of([d for d in domains(root) if d.find("program_image").get("path") != "metrics.elf"])
    domain.find("program_image").set("path", "metrics.elf")
    return [name(domain) + " runs another program"]


def reorder(root):
    for kind in ("memory_region", "channel"):
        places = [i for i, child in enumerate(root) if child.tag == kind]
        order = [root[i] for i in places]
        RNG.shuffle(order)
        for place, child in zip(places, order):
            root[place] = child
    for domain in domains(root):
        image, rest = domain.find("program_image"), [c for c in domain if c.tag in ("map", "irq")]
        others = [c for c in domain if c.tag not in ("map", "irq", "program_image")]
        RNG.shuffle(rest)
        for child in list(domain):
            domain.remove(child)
        domain.extend([image] + rest + others)
    return None


EDITS = [add_channel, add_channel, remove_channel, move_channel, change_priority, change_budget, change_rights, add_map, remove_map,
         move_map, add_region, grow_region, change_interrupt, change_trigger, add_interrupt, remove_interrupt, toggle_passive,
         change_stack, rename, add_domain, remove_domain, change_program, reorder]


def run(work, *arguments):
    return subprocess.run([CAPDL] + list(arguments), capture_output=True, text=True, cwd=work, env=dict(os.environ, CAPDL_DATA_DIR=work))


def image(work, system):
    """The image of a system as bytes, without names and in an order that does not depend on the text."""
    with open("%s/%s.cdl" % (work, system), "w") as out:
        out.write(run(work, "show", system + ".system").stdout)
    if run(work, "compile", system + ".cdl", "--strip", "-o", "stripped.elf").returncode:
        return None
    with open(work + "/stripped.elf", "rb") as file:
        bytes_of = file.read()
    return bytes_of


def judge(words, done, images):
    wrong = []
    found = re.findall(r"^   \S.*(?:\n      .*)*", done.stdout, re.M)
    if words is None:
        if not re.search("^same system", done.stdout, re.M):  # tables have the name of their first map
            wrong.append("another order is a change")
    elif len(found) != 1:
        wrong.append("%d findings" % len(found))
    for word in words or []:
        if not re.search(r"(?<![\w])" + re.escape(word) + r"|_" + re.escape(word) + "_", done.stdout):
            wrong.append("%s is not said" % word)
    if None not in images and (images[0] != images[1]) != bool(found) and not re.search("^same system", done.stdout, re.M):
        wrong.append("images are %s, findings %d" % ("other ones" if images[0] != images[1] else "the same", len(found)))
    if None not in images and images[0] != images[1] and not found:
        wrong.append("images differ, and there is no finding")
    return wrong


def main():
    global CAPDL, RNG
    CAPDL, directory, monitors, initialisers = [os.path.abspath(path) for path in sys.argv[1:5]]
    count, first = int(sys.argv[5]), int(sys.argv[6]) if sys.argv[6:] else 0
    failed = made = 0
    with tempfile.TemporaryDirectory() as work:
        for data in (monitors, initialisers):
            for file in os.listdir(data):
                if file.endswith(".elf"):
                    shutil.copy(os.path.join(data, file), work)
        with open(directory + "/examination.py") as file:
            names = re.search(r'AARCH64 \+ "\+": "([^"]*)"', file.read()).group(1).split()
        subprocess.run([sys.executable, directory + "/systems/programs.py", work, "183+"] + names, check=True)
        shutil.copy(directory + "/systems/appliance.system", work + "/old.system")
        old = image(work, "old")
        for seed in range(first, first + count):
            RNG = random.Random(seed)
            root = tree.parse(work + "/old.system").getroot()
            edit = EDITS[seed % len(EDITS)]
            try:
                words = edit(root)
            except IndexError:
                continue
            tree.ElementTree(root).write(work + "/new.system")
            done = run(work, "diff", "old.system", "new.system")
            if done.returncode == 2:
                continue  # no system any more
            made += 1
            wrong = judge(words, done, (old, image(work, "new")))
            if wrong:
                failed += 1
                print("seed %d, %s %s: %s" % (seed, edit.__name__, words, "; ".join(wrong)))
                print(done.stdout[:3000])
    print("%d edits, %d wrongly reported" % (made, failed))
    return failed != 0 or made < count // 2


sys.exit(main())
