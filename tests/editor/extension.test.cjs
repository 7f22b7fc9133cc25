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
  assert.equal(manifest.capabilities.untrustedWorkspaces.supported, true);
  assert.equal(manifest.dependencies, undefined, "nothing to install");
});

test("the editor alone tells where the folder is, and gets what it asks of names", (t) => {
  const load = Module._load;
  const folder = { uri: { path: "/w/site" } };
  const registered = [];
  const vscode = {
    workspace: { getWorkspaceFolder: () => folder },
    languages: { registerHoverProvider: (...given) => registered.push(given), registerCompletionItemProvider: (...given) => registered.push(given) },
  };
  Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));
  t.after(() => { Module._load = load; });
  const context = { subscriptions: [] };
  const { extendMarkdownIt } = require(path.join(EXTENSION, manifest.main)).activate(context);
  assert.equal(context.subscriptions.length, 2);
  assert.deepEqual(registered.map(([pages, provider]) => [pages.language, Object.keys(provider)[0]]), [["markdown", "provideHover"], ["markdown", "provideCompletionItems"]]);
  const md = extendMarkdownIt(markdownIt({ html: true }));
  const html = md.render('<img src="/a.png">', { currentDocument: { path: "/w/site/a/b/c.md" } });
  assert.equal(tags(html, "img")[0].src, "../../a.png");
});
