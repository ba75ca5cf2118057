#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes each change of examination.txt to a system in 'systems': 'capdl diff' must find what was written down before it was
run. The table at the end of the document must be what 'examination.py ... print' prints.
usage: examination.py CAPDL DIRECTORY DATA_DIRECTORY DOCUMENT [print]"""
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

FILES = {"drone": "drone.cdl", "appliance": "appliance.system", "hsm": "hsm.cdl", "settop": "settop.cdl",
         "controller": "controller.json", "satellite": "satellite.cdl", "firewall": "firewall.cdl", "pump": "pump.cdl",
         "vmhost": "vmhost.cdl", "terminal": "terminal.json"}
AARCH64, X86_64, RISCV64 = "183", "62", "243"
PROGRAMS = {
    AARCH64: "imu gps baro fusion control motors radio gate mission telemetry camera vision logger failsafe vmm linux tuner drm "
             "display ui compositor remote ethernet switch decoder pool store watchdog sensors attitude wheels thrusters "
             "uplink decrypt command downlink housekeeping payload clock fdir net gpu can tee speed os keeper",
    AARCH64 + "+": "eth rx_virt tx_virt copy web dns vpn keystore uart uart_virt timer blk supervisor metrics updater",
    X86_64: "ethercat image plc safety hmi historian disk serial opcua office engineer guardian wan lan inspect tunnel rules "
            "admin log ntp watch",
    RISCV64 + "+": "nfc pad crypto payment modem host printer screen apps",
}
TITLE = "| kind | system | change (sed) | rank | findings | expected | printed |\n|---|---|---|---|---|---|---|\n"


class Row:
    def __init__(self, line):
        fields = [field.strip() for field in re.split(r" \| ", line.rstrip("\n"))]
        self.kind, self.system, self.edit, rank, count, words = fields
        self.rank, self.count, self.words = int(rank), int(count), [word.strip() for word in words.split(";")]

    def told(self, text):
        printed = re.sub(r" \[[^]]*(?:\[[^]]*\][^]]*)*\]$", "", text)
        cells = [self.kind, self.system, "`%s`" % self.edit.replace("|", "\\|"), str(self.rank), str(self.count),
                 "; ".join(self.words), re.sub(r"([][*_|])", r"\\\1", printed)]
        return "| " + " | ".join(cells) + " |\n"


def findings(output):
    """Per finding: its rank, its sentence and all that is printed for it."""
    rank, found = 0, []
    for line in output.split("\n"):
        if re.match(r"(old|new): ", line):
            break
        head = re.match(r"(\d+)\. ", line)
        if head:
            rank = int(head.group(1))
        elif re.match(r"   \S", line):
            found.append([rank, line.strip(), line])
        elif found and line.strip():
            found[-1][2] += "\n" + line
    return found


def examine(capdl, systems, work, number, row, environment):
    name = FILES[row.system]
    old, new = os.path.join(systems, name), "%s/%d%s" % (work, number, os.path.splitext(name)[1])
    text = subprocess.run(["sed", row.edit, old], capture_output=True, check=True).stdout
    with open(old, "rb") as file:
        if file.read() == text:
            return row, "the change changes nothing", ""
    with open(new, "wb") as file:
        file.write(text)
    done = subprocess.run([capdl, "diff", old, new, "-I", work], capture_output=True, text=True, env=environment)
    found = findings(done.stdout)
    verdict = done.stdout.rstrip("\n").split("\n")[-1]
    wrong = []
    if done.returncode != (0 if row.kind == "silent" else 1):
        wrong.append("exit code %d" % done.returncode)
    if len(found) != row.count:
        wrong.append("%d findings, not %d" % (len(found), row.count))
    if row.rank != (found[0][0] if found else 0):
        wrong.append("rank %d, not %d" % (found[0][0] if found else 0, row.rank))
    texts = [verdict] if row.kind == "silent" else [text for rank, _, text in found if rank == row.rank]
    if not any(all(word in text for word in row.words) for text in texts):
        wrong.append("not said in one finding: %s" % "; ".join(row.words))
    printed = verdict if row.kind == "silent" or not found else found[0][1]
    return row, "; ".join(wrong) and "; ".join(wrong) + "\n" + done.stdout + done.stderr, printed


def main():
    capdl, directory, data, document = [os.path.abspath(name) for name in sys.argv[1:5]]
    with open(directory + "/examination.txt") as file:
        rows = [Row(line) for line in file if not line.startswith("#")]
    failed, table = 0, TITLE
    with tempfile.TemporaryDirectory() as work:
        for machine, names in PROGRAMS.items():
            subprocess.run([sys.executable, directory + "/systems/programs.py", work, machine] + names.split(), check=True)
        environment = dict(os.environ, CAPDL_DATA_DIR=data)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            jobs = [pool.submit(examine, capdl, directory + "/systems", work, number, row, environment)
                    for number, row in enumerate(rows)]
            results = [job.result() for job in jobs]
    for row, wrong, printed in results:
        table += row.told(printed)
        if wrong:
            failed = 1
            sys.stderr.write("%s, %s: %s\n" % (row.system, row.edit, wrong))
    if sys.argv[5:]:
        sys.stdout.write(table)
        return failed
    for kind, least in (("planted", 60), ("sneaky", 13), ("silent", 20)):
        if sum(row.kind == kind for row in rows) < least:
            sys.stderr.write("fewer than %d %s changes\n" % (least, kind))
            failed = 1
    with open(document) as file:
        if not file.read().endswith(table):
            sys.stderr.write("%s does not end with the table that 'examination.py ... print' prints\n" % document)
            failed = 1
    return failed


sys.exit(main())
