#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What commands show of their progress on a terminal, and that nothing of it remains: progress.py CAPDL. The slow input is a pipe
that this script writes to when it wants."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

CLEAR = b"\r\x1b[K"
SPEC = b"arch aarch64\nobjects { c = cnode (1 bits) }\ncaps { c { 0: c } }\n"
capdl = os.path.realpath(sys.argv[1])
failed = False


def check(what, good, seen=None):
    global failed
    if not good:
        failed = True
        print(f"{what}: {seen!r}")


class Terminal:
    """A command whose standard error is a terminal, and its standard output, too, unless that is given."""

    def __init__(self, *command, columns=80, stdout=None, stdin=subprocess.DEVNULL, **environment):
        try:
            self.ours, theirs = pty.openpty()
        except OSError as error:  # a root directory without /dev/pts
            print(f"no terminal can be opened here ({error}), skipped")
            sys.exit(77)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        variables = {**os.environ, "TERM": "xterm", **environment}
        for name in [name for name in ("CI",) if name not in environment]:
            variables.pop(name, None)

        def lead():
            os.setsid()
            fcntl.ioctl(2, termios.TIOCSCTTY, 0)
            signal.signal(signal.SIGINT, signal.SIG_DFL)

        self.process = subprocess.Popen([capdl, *command], stdin=stdin, stdout=theirs if stdout is None else stdout, stderr=theirs,
                                        env=variables, preexec_fn=lead)
        os.close(theirs)
        self.seen = b""

    def read(self, seconds, until=None):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not (until and re.search(until, self.seen)):
            if select.select([self.ours], [], [], left)[0]:
                try:
                    self.seen += os.read(self.ours, 4096)
                except OSError:  # the other end is closed
                    return self.seen
        return self.seen

    def finish(self):
        self.read(60)
        os.close(self.ours)
        return self.process.wait()


def remains(seen):
    """The lines on the screen at the end, of what is written over each other."""
    lines = seen.replace(b"\r\n", b"\n").split(b"\n")
    return [line.split(CLEAR)[-1].rsplit(b"\r")[-1] for line in lines]


def slow(name, text=SPEC):
    """Answers the command that has opened this pipe for reading."""
    with open(name, "wb") as pipe:
        pipe.write(text)


os.chdir(tempfile.mkdtemp())
os.mkfifo("slow.cdl")
with open("good.cdl", "wb") as spec:
    spec.write(SPEC)

# The line appears, says what the command is at, and is gone before the output begins.
terminal = Terminal("show", "slow.cdl")
check("too early", terminal.read(0.5) == b"", terminal.seen)
seen = terminal.read(20, rb"2 s")
check("line", re.search(rb"^\rcapdl: show: reading slow\.cdl, 1 s\x1b\[K", seen) and b"\n" not in seen, seen)
slow("slow.cdl")
check("exit code", terminal.finish() == 0, terminal.seen)
plain = subprocess.run([capdl, "show", "good.cdl"], capture_output=True).stdout
check("output", b"c = cnode (1 bits)" in plain and remains(terminal.seen) == plain.split(b"\n"), terminal.seen)

# So is it before messages.
terminal = Terminal("check", "slow.cdl")
terminal.read(20, rb"reading")
slow("slow.cdl", b"nonsense\n")
check("exit code of findings", terminal.finish() == 1)
lines = remains(terminal.seen)
check("messages", lines[0].startswith(b"slow.cdl:1:1: error:") and lines[-2:] == [b"slow.cdl: 2 errors, 0 warnings", b""], terminal.seen)

# A signal that ends the command leaves a clean line; Ctrl-C comes from the terminal.
for what in ("INT", "TERM"):
    terminal = Terminal("compile", "slow.cdl", "-o", "out.elf")
    terminal.read(20, rb"reading")
    if what == "INT":
        os.write(terminal.ours, b"\x03")
    else:
        terminal.process.terminate()
    check(f"SIG{what}", terminal.finish() == -getattr(signal, f"SIG{what}") and terminal.seen.replace(b"^C", b"").endswith(CLEAR),
          terminal.seen)

# Names are escaped, and the line is never wider than the window: characters that are not ASCII may take two columns.
name = "sl\u00f6w\x1b[31m.cdl"
os.mkfifo(name)
for columns in (80, 30, 20, 1):
    terminal = Terminal("check", name, columns=columns)
    terminal.read(20, rb"\x1b\[K")
    slow(name)
    check("exit code in a narrow window", terminal.finish() == 0)
    line = terminal.seen.split(CLEAR)[0].split(b"\x1b[K")[0].lstrip(b"\r").decode()
    check("escapes", "\x1b" not in line, line)
    whole = "capdl: check: reading sl\u00f6w\\x1b[31m.cdl, 1 s"
    check(f"{columns} columns", line == {80: whole, 30: whole[:28], 20: whole[:19], 1: ""}[columns], line)

# Nobody watches: nothing is shown.
log = open("log", "w+b")
out, other = os.pipe()
for what, options, arguments in (
    ("dumb terminal", {"TERM": "dumb"}, ()),
    ("CI", {"CI": "true"}, ()),
    ("pipe", {"stdout": other}, ()),
    ("JSON", {}, ("--json",)),
):
    terminal = Terminal("check", "slow.cdl", *arguments, **options)
    terminal.read(1.6)
    check(what, terminal.seen == b"", terminal.seen)
    slow("slow.cdl")
    terminal.finish()
process = subprocess.Popen([capdl, "check", "slow.cdl"], stderr=log)
time.sleep(1.6)
slow("slow.cdl")
check("file", process.wait() == 0 and os.path.getsize("log") == 0)

# Who types a spec is not written over; a pipe is waited for.
terminal = Terminal("check", "-", stdin=subprocess.PIPE)
terminal.read(20, rb"reading <stdin>")
check("standard input", b"reading <stdin>, 1 s" in terminal.seen, terminal.seen)
terminal.process.stdin.write(SPEC)
terminal.process.stdin.close()
check("exit code of standard input", terminal.finish() == 0 and terminal.seen.endswith(CLEAR), terminal.seen)
ours, theirs = pty.openpty()
terminal = Terminal("check", "-", stdin=theirs)
check("typing", terminal.read(1.6) == b"", terminal.seen)
os.close(ours)
terminal.process.kill()
terminal.finish()

# How much of a text is read: one so long that reading it takes a while on any machine.
with open("long.cdl", "wb") as spec:
    spec.write(b"arch aarch64\nobjects {\n")
    for i in range(60):
        spec.write(b"".join(b"endpoint_with_a_name_%d = ep\n" % j for j in range(100000 * i, 100000 * (i + 1))))
    spec.write(b"}\n")
terminal = Terminal("check", "long.cdl")
terminal.read(60, rb"checking")
parts = [int(part) for part in re.findall(rb"reading long\.cdl, (\d+) %", terminal.seen)]
check("percentage", parts and parts == sorted(parts) and 0 < parts[-1] <= 100, terminal.seen)
terminal.process.kill()
terminal.finish()
sys.exit(failed)
