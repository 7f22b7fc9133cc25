// The pages in a preview without any extension: VS Code's renderer as it is. Marks are not seen, tables are tables, and what
// no reader of the site sees is only the heads' ids and the includes of figures.
const test = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const markdownIt = require("markdown-it");
const { ROOT } = require("./rendering.cjs");

const PAGES = path.join(ROOT, "_projects");
const COMMENT = /<!--[\s\S]*?-->/g;
const md = markdownIt({ html: true, linkify: true });

/** What is read: text without tags and comments, its blanks joined. */
const read = (html) => html.replace(COMMENT, "").replace(/<[^<>]*>/g, " ").replace(/\s+/g, " ").trim();
const count = (text, pattern) => (text.match(pattern) ?? []).length;

for (const name of fs.readdirSync(PAGES).filter((file) => file.endsWith(".md"))) {
  test(name, () => {
    const source = fs.readFileSync(path.join(PAGES, name), "utf8").replace(/^---\n[\s\S]*?\n---\n/, "");
    const html = md.render(source);
    const numbers = [...source.matchAll(/(\S+)<!--[a-z]\w*(?:\.[\w+|-]+)+-->/g)];
    assert.ok(numbers.length > 10 && count(source, COMMENT) > numbers.length);

    const text = read(html);
    assert.doesNotMatch(text, /<!--|-->|&lt;!|\{: ?\./);
    const bare = read(md.render(source.replace(/<!--(?!table|end)[\s\S]*?-->/g, "")));
    assert.equal(text, bare, "a page reads as it would without its marks");
    for (const [, number] of numbers) assert.ok(text.includes(read(md.renderInline(number.replace(/^.*>/, "")))), number);

    assert.equal(count(html, /<table>/g), count(source, /^\|[-:| ]+\|$/gm));
    assert.equal(count(html, /<h[2-4]>/g), count(source, /^#{2,4} /gm));
    assert.doesNotMatch(text, /(?<!\|) \|(?:[-: ]+\|)+/, "no table is left as text");
    const left = text.replace(/\{% include (?:figure|video)\.liquid [\s\S]*?%\}/g, "").replace(/ \{#[\w-]+\}/g, "");
    assert.deepEqual(left.replace(/\$\$[\s\S]*?\$\$/g, "").match(/.{0,30}(?:\{[%#:]|\*\*|\]\().{0,30}/g), null);
  });
}
