// Renders as Visual Studio Code does: parsed without an environment, rendered with one.
const path = require("node:path");
const markdownIt = require("markdown-it");

const ROOT = path.resolve(__dirname, "../..");
const EXTENSION = path.join(ROOT, ".vscode/extensions/figure-preview");
const preview = require(path.join(EXTENSION, "preview.js"));
const FOLDER = { path: "/home/ada/site" };

/** HTML and the pictures that the preview would watch. */
function render(source, document = "_projects/x.en.md") {
  const md = markdownIt({ html: true, linkify: true }).use(preview, { folderOf: () => FOLDER });
  const env = { containingImages: new Set(), currentDocument: { path: `${FOLDER.path}/${document}` } };
  const tokens = md.parse(source, {});
  return { html: md.renderer.render(tokens, md.options, env), watched: [...env.containingImages], tokens };
}

/** Every tag of this name as name → value. */
function tags(html, name) {
  return [...html.matchAll(new RegExp(`<${name}\\b((?:[^>"]|"[^"]*")*)>`, "g"))].map(([, text]) =>
    Object.fromEntries([...text.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, key, value]) => [key, value ?? true])),
  );
}

module.exports = { ROOT, EXTENSION, render, tags };
