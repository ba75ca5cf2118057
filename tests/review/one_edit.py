#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""One edit of a source is one finding, however many objects and capabilities it changes; two edits that have nothing to do
with each other are two. Each row of EDITS replaces texts of a system in 'systems', and says how many findings that is and what
is said in them, at the start of which line: '' for a finding, a kind for a consequence.
usage: one_edit.py CAPDL DIRECTORY DATA_DIRECTORY [DATA_DIRECTORY_OF_INITIALISERS]"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

FILES = {"appliance": "appliance.system", "drone": "drone.cdl", "settop": "settop.cdl", "firewall": "firewall.cdl",
         "hsm": "hsm.cdl", "vmhost": "vmhost.cdl"}
END = "</system>"
CHANNEL = [(END, '<channel><end pd="web" id="9"/><end pd="blk" id="5"/></channel></system>')]
PD = [('    <channel><end pd="eth" id="1"', '    <protection_domain name="extra" priority="30"><program_image path="dns.elf"/>'
       '%s</protection_domain>\n    <channel><end pd="eth" id="1"')]
REGION = ('<memory_region name="config"', '<memory_region name="fresh" size="0x2000"/><memory_region name="config"')
WEB_MAPS = ('perms="r" setvar_vaddr="region_vaddr" />', 'perms="r" setvar_vaddr="region_vaddr" />%s')
UART_MAPS = ('<map mr="uart_regs"', '%s<map mr="uart_regs"')
VM = ('<virtual_machine name="guest" priority="20"><vcpu id="0"/><map mr="ram" vaddr="0x40000000" perms="rwx"/>'
      '</virtual_machine>')
PRIORITY = ('name="blk" priority="75"', 'name="blk" priority="76"')


def filled(edit, text):
    return edit[0], edit[1] % text


EDITS = [
    ("appliance", CHANNEL, 1, [
        ("", "web may now signal notification 'ntfn_blk' (W, badge 0x20); blk receives there"),
        ("flow", "blk may now signal notification 'ntfn_web' (W, badge 0x200)"),
        ("program", "blk's data at 0x220000 .* has other content: variable microkit_notifications is 0x22 (was 0x2)"),
        ("program", "web's data at .*: variable microkit_notifications is 0x217 (was 0x17)")]),
    ("appliance", [(END, '<channel><end pd="web" id="9" pp="true"/><end pd="keystore" id="5"/></channel></system>')], 1, [
        ("", "web may now signal notification 'ntfn_keystore'"), ("flow", "web may now call endpoint 'ep_keystore'"),
        ("flow", "keystore may now signal notification 'ntfn_web'"),
        ("program", "web's data .*: variable microkit_notifications is 0x217 (was 0x17), variable microkit_pps is 0x204 (was 0x4)")]),
    ("appliance", [('    <channel><end pd="web" id="4" /><end pd="uart_virt" id="1" /></channel>\n', "")], 1, [
        ("", "web can no longer signal"), ("removed", "uart_virt can no longer signal"),
        ("removed", "web's data .*: variable microkit_notifications is 0x7 (was 0x17)")]),
    ("appliance", [('<end pd="web" id="4" />', '<end pd="web" id="6" />')], 1, [
        ("", "uart_virt now appears at notification 'ntfn_web' with badge 0x40 instead of 0x10"),
        ("layout", "web has notification 'ntfn_uart_virt' in slot 16 instead of 14")]),
    ("appliance", [('<end pd="web" id="1" />', "X"), ('<end pd="web" id="4" />', '<end pd="web" id="1" />'),
                   ("X", '<end pd="web" id="4" />')], 1, [
        ("", "tx_virt now appears at notification 'ntfn_web' with badge 0x10 instead of 0x2"),
        ("identity", "in exchange, uart_virt now appears at notification 'ntfn_web' with badge 0x2 instead of 0x10")]),
    ("appliance", [filled(PD[0], "")], 1, [
        ("", "extra is a new thread of priority 30"), ("control", "monitor may now stop, resume and redirect extra's thread"),
        ("faults", "extra's faults are handled by monitor"), ("program", "monitor's constants"),
        ("held", "extra has 36 KiB of memory that nobody else reaches: 8 KiB (RX) at 0x200000"),
        ("time", "extra runs for 1000 us in every 1000 us, 100 % of a core")]),
    ("appliance", [filled(PD[0], '<map mr="config" vaddr="0xa000000" perms="r"/>'),
                   (END, '<channel><end pd="web" id="9"/><end pd="extra" id="5"/></channel></system>')], 1, [
        ("", "extra is a new thread"), ("flow", "web may now signal new notification 'ntfn_extra'"),
        ("shared-memory", "extra may now read frame 'frame_mr_config_000000000'"), ("program", "web's data")]),
    ("appliance", [('        <protection_domain name="updater"', '        <protection_domain name="extra" id="5" priority="30">'
                    '<program_image path="dns.elf"/></protection_domain>\n        <protection_domain name="updater"')], 1, [
        ("", "extra is a new thread"), ("control", "supervisor and monitor may now stop"),
        ("faults", "updater: the badge of timeout faults"), ("behaviour", "monitor has TCB 'tcb_updater' in slot 27")]),
    ("appliance", [(r'(?s)    <protection_domain name="dns".*?</protection_domain>\n', ""),
                   (r'    <channel>[^\n]*"dns"[^\n]*\n', "")], 1, [
        ("", "dns is gone: its thread was TCB 'tcb_dns'"),
        ("faults", "vpn, keystore, uart, uart_virt, timer, blk, supervisor, metrics and updater have other badges of timeout faults, all moved by the same "
                   "distance: vpn 0x107 (was 0x108), keystore 0x108 (was 0x109)"),
        ("identity", "vpn, .* have other badges at endpoint 'ep_fault_monitor'"),
        ("behaviour", "monitor has 13 capabilities in other slots, .*: TCB 'tcb_vpn' in 17 (was 18)"),
        ("removed", "timer can no longer signal notification 'ntfn_dns'"),
        ("removed", "timer's data .*: variable microkit_notifications is 0xa (was 0xe)")]),
    ("appliance", [REGION, filled(WEB_MAPS, '<map mr="fresh" vaddr="0xb000000" perms="rw"/>'),
                   filled(UART_MAPS, '<map mr="fresh" vaddr="0xb000000" perms="r"/>')], 1, [
        ("", "web may now read and write new frame 'frame_mr_fresh_000000000' to"),
        ("shared-memory", "uart may now read new frame 'frame_mr_fresh_000000000' to")]),
    ("appliance", [(r'    <memory_region name="config".*\n', ""), (r'        <map mr="config".*\n', "")], 1, [
        ("", "web can no longer read frame 'frame_mr_config"), ("removed", "supervisor can no longer read and write frame"),
        ("program", "web's data .*: variable region_vaddr is 0x0 (was 0xa000000)")]),
    ("appliance", [('<map mr="keys" vaddr="0x5000000"', '<map mr="keys" vaddr="0x5800000"')], 1, [
        ("", "keystore now finds the 2 pages"), ("layout", "1 object has another name: pt_keystore_vaddr_0x5000000 -> ")]),
    ("appliance", [('<irq irq="33" id="0" />', '<irq irq="33" id="0" /><irq irq="34" id="7" />')], 1, [
        ("", "uart may now acknowledge new Arm interrupt 'irq_34_uart'"),
        ("interrupt", "Arm interrupt 'irq_34_uart' signals notification 'ntfn_uart' (badge 0x80) and wakes uart"),
        ("interrupt", "uart's data .*: variable microkit_irqs is 0x81 (was 0x1)")]),
    ("appliance", [('irq="33"', 'irq="X"'), ('irq="30"', 'irq="33"'), ('irq="X"', 'irq="30"')], 1, [
        ("", "uart now serves interrupt 30, and no longer 33 (Arm interrupt 'irq_30_uart')"),
        ("interrupt", "in exchange, timer now serves interrupt 33, and no longer 30 (Arm interrupt 'irq_33_timer')"),
        ("layout", "2 objects have other names")]),
    ("appliance", [('        <irq irq="33" id="0" />\n', ""),
                   ('<map mr="console_web" vaddr="0x5000000"', '<irq irq="33" id="9" /><map mr="console_web" vaddr="0x5000000"')],
     1, [("interrupt", "uart_virt may now acknowledge new Arm interrupt 'irq_33_uart_virt'"),
         ("removed", "uart can no longer acknowledge Arm interrupt 'irq_33_uart'")]),
    ("appliance", [('name="blk" priority="75"', 'name="blk" priority="75" passive="true"')], 1, [
        ("", "monitor may now use and take away blk's processor time"), ("receive", "monitor may now wait for"),
        ("program", "blk's data .*: variable microkit_passive is 0x1 (was 0x0)")]),
    ("appliance", [('name="blk" priority="75"', 'name="blk" priority="75" cpu="1"')], 1, [
        ("", "blk now runs on core 1 (was 0)"), ("interrupt", "blk: the target core of Arm interrupt 'irq_48_blk' is 1 (was 0)")]),
    ("appliance", [('name="blk" priority="75"', 'name="blk" priority="75" stack_size="0x4000"')], 1, [
        ("", "blk may now read and write new frame 'frame_blk_stack_000000002' to 'frame_blk_stack_000000003'"),
        ("behaviour", "blk now finds frame 'frame_blk_stack_000000000'"), ("program", "monitor's constants")]),
    ("appliance", [('<memory_region name="config"',
                    '<memory_region name="ram" size="0x200000" page_size="0x200000"/><memory_region name="config"'),
                   filled(UART_MAPS, VM)], 1, [
        ("", "guest_0 is a new thread of priority 20"), ("control", "uart may now set registers of guest_0's virtual CPU"),
        ("control", "uart may now stop, resume and redirect guest_0's thread"), ("faults", "guest_0's faults are handled by uart")]),
    ("appliance", [('"dns"', '"names"')], 1, [
        ("", "23 objects have other names"), ("program", "names's data .*: variable microkit_name is \"names\" (was \"dns\")"),
        ("program", "monitor's constants")]),
    ("drone", [("faults = ep", "faults = ep fresh = ep"), ("cnode_imu {", "cnode_imu { 9: fresh (R)"),
               ("cnode_gps {", "cnode_gps { 9: fresh (WP, badge: 1)")], 1, [
        ("", "imu may now receive from new endpoint 'fresh'"), ("flow", "gps may now call new endpoint 'fresh'")]),
    ("drone", [("118: imu_irq  152: gps_irq", "152: imu_irq  118: gps_irq")], 1, [
        ("interrupt", "in exchange, gps now serves interrupt 118, and no longer 152 (Arm interrupt 'gps_irq')")]),
    ("drone", [("0xfe204000", "X"), ("0xfe201000", "0xfe204000"), ("X", "0xfe201000")], 1, [
        ("address", "in exchange, gps may now read and write 4 KiB at physical 0xfe204000")]),
    ("drone", [("prio: 220", "X"), ("prio: 210", "prio: 220"), ("X", "prio: 210")], 1, [
        ("time", "in exchange, .* priority and maximum controlled priority are")]),
    ("drone", [('imu = pd ("imu.elf", ', 'imu = pd ("imu.elf", stack: 32k, ')], 1, [
        ("", "imu may now read and write new frame 'stack_imu[4..7]'"), ("behaviour", "imu's stack pointer is")]),
    ("settop", [("{ bound_vcpu: cpu_tv }", "{ bound_vcpu: X }"), ("{ bound_vcpu: cpu_apps }", "{ bound_vcpu: cpu_tv }"),
                ("bound_vcpu: X", "bound_vcpu: cpu_apps")], 1, [
        ("control", "in exchange, guest_apps now has virtual CPU 'cpu_tv' as its bound vCPU (was virtual CPU 'cpu_apps')")]),
    # What an object is made up of is one thing.
    ("firewall", [("domainID: 1, 2:0.0", "domainID: 1, 4:1.2")], 1, [
        ("", "the PCI bus of I/O device 'wan_dev' is 0x4 (was 0x2), PCI device is 0x1 (was 0x0), PCI function is 0x2 (was 0x0)")]),
    ("firewall", [("msi_handle: 0, msi_pci_bus: 2, msi_pci_dev: 0", "msi_handle: 1, msi_pci_bus: 4, msi_pci_dev: 1")], 1, [
        ("", "wan: the handle of MSI interrupt 'wan_msi' is 1 (was 0), PCI bus is 0x4 (was 0x2), PCI device is 0x1 (was 0x0)")]),
    ("firewall", [("ioapic_pin: 19, ioapic_level: 1, ioapic_polarity: 1", "ioapic_pin: 20, ioapic_level: 0, ioapic_polarity: 0")],
     1, [("", "disk: the pin of IOAPIC interrupt 'disk_irq' is 20 (was 19), trigger is edge (was level), polarity is active high")]),
    ("firewall", [("ports: [0x3f8..0x3ff]", "ports: [0x2f8..0x2ff]")], 1, [
        ("", "serial may now use the I/O ports 0x2f8 to 0x2ff (I/O port range 'com1', was 0x3f8 to 0x3ff)")]),
    ("firewall", [("ports: [0x3f8..0x3ff]", "X"), ("ports: [0x70..0x71]", "ports: [0x3f8..0x3ff]"), ("X", "ports: [0x70..0x71]")],
     1, [("hardware", "in exchange, .* may now use the I/O ports")]),
    ("firewall", [("5: com1", "5: com1 7: cmos")], 1, [("", "serial may now use I/O port range 'cmos'")]),
    ("hsm", [("init: [16]", "init: [17, 18]")], 1, [
        ("", "vault's thread 'tcb_vault': start-up argument 0 is 0x11 (was 0x10), start-up argument 1 is 0x12 (was none)")]),
    ("hsm", [("cn_host = cnode (5 bits)", "cn_host = cnode (6 bits)")], 1, [
        ("", "host can no longer name, and so not use, the 4 capabilities in CNode 'cn_host'"),
        ("faults", "host's faults are now handled by nobody: at the first one it stops, until admin resumes it")]),
    ("hsm", [("cn_host = cnode (5 bits)", "cn_host = cnode (6 bits)"), ("cn_host (guard_size: 59)", "cn_host (guard_size: 58)")],
     1, [("", "host names the 4 capabilities in CNode 'cn_host'")]),
    ("hsm", [("(cn_filter, 2) {", "(cn_host, 2) {")], 1, [
        ("", "host can now take away vault's right to receive from endpoint 'to_vault'")]),
    ("vmhost", [("arm_sgi_signal (irq: 5, target: 1)", "arm_sgi_signal (irq: 7, target: 3)")], 1, [
        ("", "vmm_cluster may now raise interrupt 7 of core 3")]),
    # What holds in both directions is one line.
    ("firewall", [("wan_dev { 0: wan_l1 }", "wan_dev { 0: lan_l1 }")], 1, [
        ("flow", "data can now pass between I/O device 'wan_dev' and each of lan and I/O device 'lan_dev' directly, by memory"),
        ("flow", "data between I/O device 'wan_dev' and each of lan and I/O device 'lan_dev' no longer has to pass inspect")]),
    # What only happens to be changed at once stays apart.
    ("appliance", CHANNEL + [PRIORITY], 2, [("", "blk's priority")]),
    ("appliance", CHANNEL + [('name="dns" priority="81"', 'name="dns" priority="60"')], 2, [("", "dns's priority")]),
    ("appliance", CHANNEL + [(END, '<channel><end pd="dns" id="9"/><end pd="metrics" id="5"/></channel></system>')], 2, [
        ("", "web may now signal"), ("", "dns may now signal")]),
    ("appliance", [REGION, filled(WEB_MAPS, '<map mr="fresh" vaddr="0xb000000" perms="rw"/><map mr="keys" vaddr="0xb100000" '
                                  'perms="r"/>')], 2, [
        ("", "web may now read frame 'frame_mr_keys"), ("", "web may now read and write new frame 'frame_mr_fresh")]),
    ("appliance", [('path="dns.elf"', 'path="web.elf"'), (END, '<channel><end pd="dns" id="9"/><end pd="blk" id="5"/></channel>'
                                                          "</system>")], 2, [("", "dns runs another program")]),
    ("drone", [("cnode_logger { 4", "cnode_logger { 8: scratch 4"), ("cnode_gps {", "cnode_gps { 9: parameters (WP, badge: 9)")],
     2, [("", "logger may now make objects"), ("", "gps may now call endpoint 'parameters'")]),
]


def pattern(text):
    """What is not '.*' is meant literally."""
    return ".*".join(re.escape(part) for part in text.split(".*"))


def replaced(text, edits):
    for old, new in edits:
        made = re.sub(old, lambda _: new, text) if old.startswith(("(?s)", "    <channel>[", "    <mem", "        <map mr=\"c")) \
            else text.replace(old, new)
        if made == text:
            raise ValueError("nothing like " + old)
        text = made
    return text


def judge(done, count, words):
    wrong = []
    if done.returncode != (1 if count else 0):
        wrong.append("exit code %d" % done.returncode)
    found = len(re.findall(r"^   \S", done.stdout, re.M))
    if found != count:
        wrong.append("%d findings, not %d" % (found, count))
    for kind, text in words:
        start = "      (?:also|%s): " % kind if kind else "   "
        if not re.search("^" + start + pattern(text), done.stdout, re.M):
            wrong.append("not said: %s%s" % (start, text))
    return wrong


def main():
    capdl, directory, data = [os.path.abspath(name) for name in sys.argv[1:4]]
    failed = 0
    with tempfile.TemporaryDirectory() as work:
        for name in os.listdir(data) + (os.listdir(sys.argv[4]) if sys.argv[4:] else []):
            if name.endswith(".elf"):
                where = data if name.startswith("monitor") else sys.argv[4]
                shutil.copy(os.path.join(where, name), work)
        sys.argv[1:] = sys.argv[1:2]
        with open(directory + "/examination.py") as file:
            programs = re.search(r"^PROGRAMS = \{.*?^\}", file.read(), re.M | re.S).group(0)
        known = {"AARCH64": "183", "X86_64": "62", "RISCV64": "243"}
        exec(programs, known)
        for machine, names in known["PROGRAMS"].items():
            subprocess.run([sys.executable, directory + "/systems/programs.py", work, machine] + names.split(), check=True)
        environment = dict(os.environ, CAPDL_DATA_DIR=work)

        def run(*arguments):
            return subprocess.run([capdl] + list(arguments), capture_output=True, text=True, env=environment, cwd=work)

        for system, edits, count, words in EDITS:
            name = FILES[system]
            suffix = os.path.splitext(name)[1]
            with open(os.path.join(directory, "systems", name)) as file:
                text = file.read()
            for side, content in (("old", text), ("new", replaced(text, edits))):
                with open(os.path.join(work, side + suffix), "w") as out:
                    out.write(content)
            wrong = judge(run("diff", "old" + suffix, "new" + suffix), count, words)
            stock = system == "appliance" and (os.path.exists(work + "/initialiser-aarch64.elf") and
                                               'cpu="1"' not in str(edits))  # what the stock kernel has
            if stock:  # images know no variables, and are compared all the same
                for side in ("old", "new"):
                    made = run("compile", side + suffix, "-o", side + ".elf")
                    if made.returncode:
                        wrong.append(made.stderr)
                for pair in (("old.elf", "new.elf"), ("old.elf", "new" + suffix)):
                    done = run("diff", *pair)
                    found = len(re.findall(r"^   \S", done.stdout, re.M))
                    if found != count:
                        wrong.append("%s: %d findings, not %d\n%s" % (pair, found, count, done.stdout))
            if wrong:
                failed = 1
                print("%s, %s:\n  %s" % (system, edits, "\n  ".join(wrong)))
                print(run("diff", "old" + suffix, "new" + suffix).stdout[:4000])
    return failed


sys.exit(main())
