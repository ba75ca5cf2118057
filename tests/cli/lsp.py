#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""An editor that is driven by this script: lsp.py CAPDL. Speaks to `capdl lsp` as editors do and compares what it answers."""
import json
import os
import struct
import subprocess
import sys
import tempfile


class Client:
    def __init__(self, capdl, *options):
        self.process = subprocess.Popen([capdl, "lsp", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.count = 0

    def send_raw(self, body):
        self.process.stdin.write(b"Content-Length: %d\r\nContent-Type: x\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def send(self, **message):
        self.send_raw(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def receive(self):
        length = 0
        while (line := self.process.stdout.readline()) not in (b"\r\n", b""):
            name, value = line.split(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self.process.stdout.read(length))

    def ask(self, method, **parameters):
        self.count += 1
        self.send(id=self.count, method=method, params=parameters)
        message = self.receive()
        assert message["id"] == self.count, message
        return message.get("result"), message.get("error")

    def tell(self, method, **parameters):
        self.send(method=method, params=parameters)


def equal(what, got, expected):
    if got != expected:
        sys.exit(f"{what}:\n  got      {json.dumps(got)}\n  expected {json.dumps(expected)}")


def span(line, start, end):
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


def program():
    """The smallest ELF file that `pd` takes: one segment with four bytes of code."""
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, 183, 1, 0x200078, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    return header + struct.pack("<IIQQQQQQ", 1, 5, 0, 0x200000, 0x200000, 124, 124, 0x1000) + b"\0\0\0\x14"


# Names that are also types, parameters or the end of a keyword; in comments and strings, too.
NAMES = r"""arch aarch64 /* ep /* ep */ */ objects {
    ep =ep  control= pd ("p.elf")  c[3] = cnode (5 bits)  page[2] = frame (4k, paddr: 0x9000000)
    badge = notification  dir = pd  free = ut (20 bits)  wide =frame (4k, fill: [{0 4 CDL_FrameFill_FileData "ep\" 0}])
    t = tcb (prio: 1)
}
caps {
    cnode_control { 1: ep (R, badge: 5)  2: irq_control  3: badge (W, badge: 3)  4: held[] = page[]  tcb_control }
    c[0] { 0: ep (W)  ep  ep  ep  ep  ep  ep  ep  ep  ep  ep  ep  ep  ep }
}
irq maps { }
domains { schedule: [(0, 7)] domain_set_start: 0 } -- ep
"""


TEXT = """arch aarch64
-- requests: not a use
objects {
    client = pd ("c.elf", prio: 100)
    \U0001d54f\U0001d54f = ep  requests = ep
}
caps {
    cnode_client { 4: requests (WP, badge: 7)  5: \U0001d54f\U0001d54f (R) }
}
"""


def features(client, directory):
    """What is offered for objects of all sorts. The directory's name has what addresses encode, and what only looks like it."""
    directory = os.path.join(directory, "q%zz%0%00\u00e9*")
    os.mkdir(directory)
    uri = "file://" + directory.replace("\u00e9", "%c3%A9").replace("*", "%2a") + "/names.cdl"
    document = {"uri": uri}

    def set_text(text):
        client.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])
        return client.receive()["params"]["diagnostics"]

    def place(line, text, count=0):
        """Where the text begins in a line of NAMES, after so many others."""
        at = -1
        for _ in range(count + 1):
            at = NAMES.split("\n")[line].index(text, at + 1)
        return {"line": line, "character": at}

    def hover(*where):
        result, _ = client.ask("textDocument/hover", textDocument=document, position=place(*where))
        return result and result["contents"]["value"]

    def edited(name, *where):
        """The text after a rename; None if it is refused."""
        result, _ = client.ask("textDocument/rename", textDocument=document, position=place(*where), newName=name)
        lines = NAMES.split("\n")
        for edit in reversed(result["changes"][uri] if result else []):
            start, end = edit["range"]["start"], edit["range"]["end"]
            lines[start["line"]] = lines[start["line"]][:start["character"]] + edit["newText"] + lines[start["line"]][end["character"]:]
        return "\n".join(lines) if result else None

    # The directory beside the text is searched.
    found = [d for d in set_text(NAMES) if "p.elf" in d["message"]]
    notes = [r["message"] for d in found for r in d["relatedInformation"]]
    assert "looked in " + directory in notes, (found, directory)
    for name in ["p.elf", "ep\\"]:
        with open(os.path.join(directory, name), "wb") as file:
            file.write(program())
    found = set_text(NAMES)
    equal("no errors", [d for d in found if d["severity"] == 1], [])

    equal("hover on a pd", hover(1, "control"),
          "**protection domain** `control`\n\nStands for 1 x reply object, 1 x TCB, 1 x CNode, 6 x frame, 1 x scheduling context, "
          "1 x page table, 1 x page directory, 1 x page upper directory")
    equal("hover on what it stands for", hover(6, "cnode_control"),
          "**CNode** `cnode_control`, 2^6 slots\n\nHeld by\n- `tcb_control` slot 0\n\nPart of the protection domain `control`.")
    equal("hover on an array", hover(1, "c[3]"), "**CNode** `c`[3], of which [0] is, 2^5 slots\n\nNobody holds it.")
    equal("hover on a frame", hover(1, "page"), "**frame** `page`[2], of which [0] is, 2^12 bytes, at physical address 0x9000000\n\n"
          "Held by\n- `cnode_control` slot 4 (no rights)")
    equal("hover on a table", hover(2, "dir"), "**page directory** `dir`\n\nNobody holds it.")
    equal("hover on an untyped", hover(2, "free"), "**untyped** `free`, 2^20 bytes\n\nNobody holds it.")
    equal("hover on a badge", hover(6, "badge (W"), "**notification** `badge`\n\nHeld by\n- `cnode_control` slot 3 (W), badge 3")
    for more, last in [(12, "\n- `c[0]` slot 10 (no rights)\n- `cnode_control` slot 1 (R), badge 5"), (13, "and in 1 more slots"), (14, "and in 2 more slots")]:
        set_text(NAMES.replace("  ep" * 13, "  ep" * (more - 2)))
        value = hover(1, "ep")
        assert value.endswith(last) and value.count("\n- `") == 12, (more, value)
    set_text(NAMES)

    result, _ = client.ask("textDocument/definition", textDocument=document, position=place(6, "cnode_control"))
    equal("definition of what a pd stands for", result, {"uri": uri, "range": span(1, 12, 19)})
    result, _ = client.ask("textDocument/references", textDocument=document, position=place(1, "ep"))
    equal("references of a name that is a type", [r["range"] for r in result],
          [span(1, 4, 6), span(6, 23, 25), span(7, 14, 16)] + [span(7, 22 + 4 * i, 24 + 4 * i) for i in range(13)])

    # Only the object is renamed: not its type, not a parameter, nothing in a comment or a string.
    equal("rename of a name that is a type", edited("X", 1, "ep"),
          NAMES.replace("    ep =ep", "    X =ep").replace("1: ep", "1: X").replace("0: ep (W)" + "  ep" * 13, "0: X (W)" + "  X" * 13))
    equal("rename of a type", edited("X", 1, "ep", 1), None)
    equal("rename of a pd", edited("X", 1, "control"), NAMES.replace("  control", "  X").replace("cnode_control", "cnode_X").replace("tcb_control", "tcb_X"))
    equal("rename of a name that is a parameter", edited("X", 2, "badge"), NAMES.replace("    badge", "    X").replace("3: badge", "3: X"))
    equal("rename of a parameter", edited("X", 6, "badge:"), None)
    equal("rename of a section", edited("X", 5, "caps"), None)
    sections = "objects { t = tcb  maps = cnode (4 bits)  a = ep }\ncaps { t { cspace: maps (guard_size: 60) }  -- {\n  maps { 1: a } }\n"
    set_text(sections)
    result, _ = client.ask("textDocument/rename", textDocument=document, position={"line": 0, "character": sections.index("maps")}, newName="X")
    equal("rename of a name that is a section", sorted(edit["range"]["start"]["line"] for edit in result["changes"][uri]), [0, 1, 2])
    set_text(NAMES)
    equal("rename of a page directory", edited("X", 2, "dir"), NAMES.replace("  dir", "  X"))
    for name in [None, 5]:
        error = client.ask("textDocument/rename", textDocument=document, position=place(1, "ep"), newName=name)[1]
        equal("no name", error["message"], "newName is not a string")

    def offered(*where):
        return {item["label"] for item in client.ask("textDocument/completion", textDocument=document, position=place(*where))[0]}

    assert {"tcb", "ep"} <= offered(1, "ep", 1) and "control" not in offered(1, "ep", 1)  # after = without a blank
    assert {"prio", "max_prio", "init"} <= offered(3, "prio") and "stack" not in offered(3, "prio")
    assert {"prio", "stack"} <= offered(1, "\"p.elf\"") and "init" not in offered(1, "\"p.elf\"")

    # Places before and after everything, methods that nobody knows.
    for line, character in [(-1, -1), (2**40, 0), (0, 2**40)]:
        equal("no place", client.ask("textDocument/hover", textDocument=document, position={"line": line, "character": character}), (None, None))
    equal("unknown", client.ask("textDocument/formatting", textDocument=document)[1]["code"], -32601)
    client.tell("textDocument/didChange", textDocument=document, contentChanges="none")
    equal("comments and strings without an end", [len(set_text(text)) > 0 for text in ["/* objects {", "/*/ ep", 'objects { x = pd ("', "objects { a[2"]], [True] * 4)
    client.ask("textDocument/definition", textDocument=document, position={"line": 0, "character": 11})
    client.tell("textDocument/didClose", textDocument=document)
    equal("closed", client.receive()["params"], {"uri": uri, "diagnostics": []})


def main():
    with tempfile.TemporaryDirectory() as directory:
        # Characters that addresses encode, and one that UTF-16 needs two units for.
        path = os.path.join(directory, "a b#.cdl")
        uri = "file://" + path.replace(" ", "%20").replace("#", "%23")
        document = {"uri": uri}
        client = Client(sys.argv[1], "-I", directory)

        result, _ = client.ask("initialize", processId=None, rootUri=None, capabilities={})
        equal("hover", result["capabilities"]["hoverProvider"], True)
        client.tell("initialized")

        # A file beside the document is found: there is none, so that is said, in the place where it is named.
        client.tell("textDocument/didOpen", textDocument={"uri": uri, "languageId": "capdl", "version": 1, "text": TEXT})
        message = client.receive()
        equal("method", message["method"], "textDocument/publishDiagnostics")
        found = message["params"]["diagnostics"]
        assert any("c.elf" in d["message"] and d["range"]["start"]["line"] == 3 and d["severity"] == 1 for d in found), found

        # With the rest of the text as it should be, a mistake is found where it is: columns count UTF-16 units.
        text = TEXT.replace('client = pd ("c.elf", prio: 100)', "cnode_client = cnode (6 bits)  t = tcb")
        wrong = text.replace("5: \U0001d54f\U0001d54f (R)", "5: \U0001d54f\U0001d54f (R)  6: nothing")
        client.tell("textDocument/didChange", textDocument={"uri": uri, "version": 2}, contentChanges=[{"text": "x"}, {"text": wrong}])
        errors = [d for d in client.receive()["params"]["diagnostics"] if d["severity"] == 1]
        equal("errors", [(d["range"], d["source"]) for d in errors], [(span(7, 63, 70), "capdl")])

        client.tell("textDocument/didChange", textDocument={"uri": uri, "version": 3}, contentChanges=[{"text": text}])
        found = client.receive()["params"]["diagnostics"]
        equal("no errors", [d for d in found if d["severity"] == 1], [])
        assert any(d.get("code") == "unused" for d in found), found

        at_use = {"line": 7, "character": 25}
        result, _ = client.ask("textDocument/definition", textDocument=document, position=at_use)
        equal("definition", result, {"uri": uri, "range": span(4, 15, 23)})
        result, _ = client.ask("textDocument/definition", textDocument=document, position={"line": 1, "character": 5})
        equal("definition in a comment", result, None)
        result, _ = client.ask("textDocument/definition", textDocument=document, position={"line": 999, "character": 999})
        equal("definition after the end", result, None)
        result, _ = client.ask("textDocument/references", textDocument=document, position=at_use, context={"includeDeclaration": True})
        equal("references", [r["range"] for r in result], [span(4, 15, 23), span(7, 22, 30)])

        result, _ = client.ask("textDocument/hover", textDocument=document, position=at_use)
        value = result["contents"]["value"]
        assert "endpoint" in value and "`cnode_client` slot 4 (WP), badge 7" in value, value
        result, _ = client.ask("textDocument/hover", textDocument=document, position={"line": 0, "character": 0})
        equal("hover on a keyword", result, None)

        def labels(line, character):
            return {item["label"]: item.get("detail") for item in
                    client.ask("textDocument/completion", textDocument=document,
                               position={"line": line, "character": character})[0]}

        offered = labels(3, 20)  # after "cnode_client ="
        assert {"cnode", "ep", "frame", "pd"} <= offered.keys() and "requests" not in offered, offered
        offered = labels(7, 25)
        assert {"requests", "cnode_client", "irq_control"} <= offered.keys() and "frame" not in offered, offered
        offered = labels(7, 32)
        assert "badge" in offered and "requests" not in offered, offered
        rights = {"R": "read", "W": "write", "G": "grant", "P": "grant reply"}
        equal("rights", {letter: offered[letter] for letter in rights}, {letter: "right: " + name for letter, name in rights.items()})
        equal("X", offered["X"], "right to a frame: execute")

        result, error = client.ask("textDocument/rename", textDocument=document, position=at_use, newName="calls")
        equal("rename", result, {"changes": {uri: [{"range": span(4, 15, 23), "newText": "calls"}, {"range": span(7, 22, 30), "newText": "calls"}]}})
        for name in ["t", "4x", "a b", "a--b", ""]:
            result, error = client.ask("textDocument/rename", textDocument=document, position=at_use, newName=name)
            assert result is None and error["code"] == -32602, (name, result, error)
        # A protection domain gives its name to objects that nobody declares.
        client.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": TEXT}])
        client.receive()
        result, error = client.ask("textDocument/rename", textDocument=document, position={"line": 3, "character": 6}, newName="peer")
        equal("rename of a pd", [e["range"] for e in result["changes"][uri]], [span(3, 4, 10), span(7, 10, 16)])

        features(client, directory)

        # What is no message, no method, no document.
        client.send_raw(b"{")
        equal("no JSON", client.receive()["error"]["code"], -32600)
        client.send_raw(b"[]")
        equal("no method", client.receive()["error"]["code"], -32600)
        for body in [b'{"method": 3, "id": 1}', b'"x"', b"5"]:
            client.send_raw(body)
            if b"id" not in body:
                equal("no method", client.receive()["error"]["code"], -32600)
        equal("unknown", client.ask("workspace/symbol", query="")[1]["code"], -32601)
        equal("not open", client.ask("textDocument/hover", textDocument={"uri": "file:///none"}, position=at_use)[1]["code"], -32602)
        equal("no position", client.ask("textDocument/definition", textDocument=document)[0], None)
        client.tell("textDocument/didOpen", textDocument={"uri": 5})
        client.tell("textDocument/didChange", textDocument=document, contentChanges=[])

        # Texts cut off anywhere: every one is answered.
        for end in range(0, len(TEXT), 7):
            client.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": TEXT[:end]}])
            equal("cut off", client.receive()["method"], "textDocument/publishDiagnostics")
            line = TEXT[:end].count("\n")
            for method in ["definition", "hover", "completion", "references"]:
                client.ask("textDocument/" + method, textDocument=document, position={"line": line, "character": 200})

        client.tell("textDocument/didClose", textDocument=document)
        equal("closed", client.receive()["params"], {"uri": uri, "diagnostics": []})
        equal("shutdown", client.ask("shutdown"), (None, None))
        equal("after", client.ask("textDocument/hover", textDocument=document, position=at_use)[1]["code"], -32600)
        client.tell("exit")
        equal("exit code", client.process.wait(10), 0)

        for message in [b"Content-Length: 1000000000000\r\n\r\n{}", b"Content-Length: 9\r\n\r\n{}", b"Content-Length: 2\r\n"]:
            cut = Client(sys.argv[1])
            cut.process.stdin.write(message)
            cut.process.stdin.close()
            equal("exit code after a message that is cut off", cut.process.wait(10), 1)
        gone = Client(sys.argv[1])
        gone.process.stdin.close()
        equal("exit code of one whose editor is gone", gone.process.wait(10), 1)


main()
