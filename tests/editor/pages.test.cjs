// The real pages: nothing is left of their includes, and every picture and film is there.
const test = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { ROOT, render, tags } = require("./rendering.cjs");

const PAGES = path.join(ROOT, "_projects");

for (const name of fs.readdirSync(PAGES).filter((file) => file.endsWith(".md"))) {
  test(name, () => {
    const source = fs.readFileSync(path.join(PAGES, name), "utf8");
    const { html, watched } = render(source, `_projects/${name}`);
    const shown = [...tags(html, "img"), ...tags(html, "video")];
    assert.ok(shown.length >= (source.match(/\{%-?\s*include/g) ?? []).length && shown.length > 0);
    assert.doesNotMatch(html, /\{%|\{\{|^\{:/m);
    for (const { src, poster } of shown) {
      for (const address of [src, poster].filter(Boolean)) {
        assert.ok(fs.existsSync(path.resolve(PAGES, address)), address);
        assert.ok(watched.includes(address), address);
      }
    }
  });
}
