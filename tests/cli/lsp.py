#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""An editor that is driven by this script: lsp.py CAPDL. Speaks to `capdl lsp` as editors do and compares what it answers."""
import json
import os
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

        gone = Client(sys.argv[1])
        gone.process.stdin.close()
        equal("exit code of one whose editor is gone", gone.process.wait(10), 1)


main()
