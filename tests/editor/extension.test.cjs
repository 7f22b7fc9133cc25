// The manifest and the entry are what Visual Studio Code asks of a Markdown plugin.
const test = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const markdownIt = require("markdown-it");
const { EXTENSION, tags } = require("./rendering.cjs");

const manifest = JSON.parse(fs.readFileSync(path.join(EXTENSION, "package.json"), "utf8"));

test("the manifest offers the plugin and a style sheet that is there", () => {
  assert.equal(manifest.contributes["markdown.markdownItPlugins"], true);
  for (const sheet of manifest.contributes["markdown.previewStyles"]) assert.ok(fs.existsSync(path.join(EXTENSION, sheet)));
  assert.equal(manifest.dependencies, undefined, "nothing to install");
});

test("commands of the manifest are there, and a folder that is not trusted runs nothing of its own", () => {
  const { untrustedWorkspaces } = manifest.capabilities;
  assert.equal(untrustedWorkspaces.supported, "limited");
  const sources = ["extension.js", "diagnostics.js"].map((name) => fs.readFileSync(path.join(EXTENSION, name), "utf8")).join("");
  for (const { command } of manifest.contributes.commands) assert.ok(sources.includes(`registerCommand("${command}"`), command);
});

test("the editor alone tells where the folder is, and gets what it asks for", (t) => {
  const load = Module._load;
  const folder = { uri: { path: "/w/site" } };
  const registered = [];
  const listen = () => ({});
  const vscode = {
    workspace: { getWorkspaceFolder: () => folder, isTrusted: false, onDidSaveTextDocument: listen, onDidGrantWorkspaceTrust: listen, onDidChangeTextDocument: listen },
    window: { createTextEditorDecorationType: () => ({}), visibleTextEditors: [], onDidChangeVisibleTextEditors: listen },
    commands: { registerCommand: listen },
    CodeActionKind: {},
    languages: {
      createDiagnosticCollection: listen,
      registerHoverProvider: (...given) => registered.push(given),
      registerCompletionItemProvider: (...given) => registered.push(given),
      registerCodeActionsProvider: (...given) => registered.push(given),
    },
  };
  Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));
  t.after(() => { Module._load = load; });
  const { extendMarkdownIt } = require(path.join(EXTENSION, manifest.main)).activate({ subscriptions: [] });
  assert.deepEqual(registered.map(([pages, provider]) => [pages.language, Object.keys(provider)[0]]), [
    ["markdown", "provideHover"], ["markdown", "provideCompletionItems"], ["markdown", "provideCompletionItems"], ["markdown", "provideCodeActions"],
  ]);
  const md = extendMarkdownIt(markdownIt({ html: true }));
  const html = md.render('<img src="/a.png">', { currentDocument: { path: "/w/site/a/b/c.md" } });
  assert.equal(tags(html, "img")[0].src, "../../a.png");
});
