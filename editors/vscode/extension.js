// SPDX-License-Identifier: BSD-2-Clause
// Starts `capdl lsp` for capDL files.
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = () => {
    const [command, ...args] = vscode.workspace.getConfiguration("capdl").get("command");
    client = new LanguageClient("capdl", "capDL", { command, args }, { documentSelector: [{ language: "capdl" }] });
    return client.start();
};

exports.deactivate = () => client && client.stop();
