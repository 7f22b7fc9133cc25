// What stands in a page and what the preview makes of it.
const test = require("node:test");
const assert = require("node:assert/strict");
const { EXTENSION, render, tags } = require("./rendering.cjs");

const FIGURE = '{% include figure.liquid path="assets/img/x/a.png" alt="two curves" class="img-fluid rounded" zoomable=true %}';
const IMAGE = { src: "../assets/img/x/a.png", alt: "two curves", class: "img-fluid rounded" };

function one(source, name = "img", document) {
  const found = tags(render(source, document).html, name);
  assert.equal(found.length, 1, render(source).html);
  return found[0];
}

test("a figure becomes its picture", () => {
  assert.deepEqual(one(FIGURE), IMAGE);
  assert.deepEqual(one(FIGURE.replace("{%", "{%-").replace("%}", "-%}")), IMAGE);
  assert.deepEqual(one(FIGURE.replace(".liquid", ".html")), IMAGE);
});

test("also over several lines, in text, in lists and tables", () => {
  const lines = FIGURE.replace(/ (?=alt|class)/g, "\n    ");
  for (const source of [lines, `Before ${FIGURE} and *behind*.`, `- one\n\n  ${FIGURE}\n`, `|a|\n|-|\n|${FIGURE}|`, `> ${FIGURE}`])
    assert.deepEqual(one(source), IMAGE);
  assert.match(render(`Before ${FIGURE} and *behind*.`).html, /<em>behind<\/em>/);
});

test("also in rows, however far they are indented and however many lines lie between", () => {
  const column = (tag) => `    <div class="col-sm mt-3 mt-md-0">\n        ${tag}\n    </div>`;
  const lines = FIGURE.replace(/ (?=alt|class)/g, "\n            ");
  for (const source of [`<div class="row">\n${column(lines)}\n${column(FIGURE)}\n</div>\n`, `<div class="row">\n\n${column(FIGURE)}\n\n${column(lines)}\n\n</div>\n`]) {
    const { html } = render(`${source}<div class="caption">\n    Both.\n</div>\n\n## Next`);
    assert.equal(tags(html, "img").length, 2);
    assert.doesNotMatch(html, /<code|&lt;/);
    assert.match(html, /<h2>Next<\/h2>/);
    assert.equal(tags(html, "div").length, html.match(/<\/div>/g).length);
  }
});

test("line numbers stay: the preview scrolls with the editor", () => {
  const lines = FIGURE.replace(/ /g, "\n");
  for (const before of [lines, FIGURE, `<div>\n${lines}\n</div>`, "{% comment %}\nnot shown\n{% endcomment %}", "---\ntitle: x\n---"]) {
    const heading = render(`${before}\n\n## Here`).tokens.findLast((token) => token.type === "heading_open");
    assert.equal(heading.map[0], before.split("\n").length + 1);
  }
});

test("a video has its poster, its flags and always controls", () => {
  const source = '{% include video.liquid path="assets/img/x/a.mp4" poster="assets/img/x/a.png" alt="a walk" loop=true muted=true autoplay=false %}';
  const video = one(source, "video");
  assert.deepEqual(video, {
    src: "../assets/img/x/a.mp4", controls: true, loop: true, muted: true, poster: "../assets/img/x/a.png", "aria-label": "a walk",
  });
  assert.equal(one('{% include video.liquid path="https://youtu.be/abc" title="talk" %}', "a").href, "https://youtu.be/abc");
});

test("sizes, titles and captions are shown, quotes and angles are text", () => {
  const image = one('{% include figure.liquid url="/assets/img/x/a.png" title="a < b &amp; c" alt="&quot;hi&quot; & <i>" width="60%" max-height="90" %}');
  assert.equal(image.title, "a &lt; b &amp; c");
  assert.equal(image.alt, "&quot;hi&quot; &amp; &lt;i&gt;");
  assert.equal(image.style, "width:60%;max-height:90px");
  assert.match(render('{% include figure.liquid path="a.png" caption="of *\n\n* <em>two</em>" %}').html, /<figcaption[^>]*>of \* \* <em>two<\/em></);
});

test("addresses from the site's root are found from the page", () => {
  for (const source of [
    '<img src="/assets/img/x/a.png">',
    "<img class='a > b' src='/assets/img/x/a.png'>",
    `<img src="{{ '/assets/img/x/a.png' | relative_url }}">`,
    '<img src="{{ "assets/img/x/a.png" | relative_url }}">',
    '<img src="{{ site.baseurl }}/assets/img/x/a.png">',
    "text <img src='/assets/img/x/a.png'> text",
    '{% include figure.liquid path="../assets/img/x/a.png" %}',
  ]) assert.match(render(source).html, /src=["']\.\.\/assets\/img\/x\/a\.png["']/, source);
  assert.equal(one(FIGURE, "img", "README.md").src, "./assets/img/x/a.png");
  assert.equal(one(FIGURE, "img", "_projects/deep/x.md").src, "../../assets/img/x/a.png");
  assert.match(render("![a](/assets/a.png)").html, /src="\/assets\/a.png"/, "the editor does this one itself");
  const link = "https://example.org/a.png";
  assert.equal(one(`<img src="${link}">`).src, link);
  assert.equal(one(`{% include figure.liquid path="${link}" %}`).src, link);
});

test("pictures are watched, so that a rebuilt figure shows at once", () => {
  const { watched } = render(`${FIGURE}\n\n<video src="/a.mp4" poster="/a.png"></video>`);
  assert.deepEqual(watched, ["../assets/img/x/a.png", "../a.mp4", "../a.png"]);
});

test("front matter, code, comments and raw text are left alone", () => {
  for (const source of [`\`${FIGURE}\``, `\`\`\`liquid\n${FIGURE}\n\`\`\``, `~~~\n${FIGURE}`, `<!-- ${FIGURE} -->`, `{% raw %}${FIGURE}{% endraw %}`, `---\nimg: ${FIGURE}\n---\n`]) {
    const { html } = render(source);
    assert.deepEqual(tags(html, "img"), [], source);
    assert.match(html, /include figure/, "it is shown as it is");
  }
});

test("what the site would not understand stays visible", () => {
  for (const source of ["{% include figure.liquid %}", "{% include figure.liquid path=page.img %}", '{% include figure.liquid path="a.png" alt="say "hi"" %}', "{% include other.liquid %}"])
    assert.match(render(source).html, /include/);
});

test("kramdown's attributes are no text, and its heading ids can be linked to", () => {
  const { html } = render("## 现状 {#status}\n\n[up](#status)\n\n| a |\n|:--|\n| b |\n{: .table}\n");
  assert.doesNotMatch(html, /\{[:#]/);
  assert.match(html, /<h2>现状 <span id="status"><\/span><\/h2>/);
  assert.equal(tags(html, "tr").length, 2);
});

test("what marks stand for is the text before them", () => {
  const { html } = render("In 31%<!--injection.seams--> it goes on.<!--claim: goes_on--> More.\n\n<!--table: t-->\n\n| a | b |\n|---|---:|\n| x | 1 |\n\n<!--end-->\n");
  assert.equal(html.replace(/<!--.*?-->/g, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim(), "In 31% it goes on. More. a b x 1");
  assert.equal(tags(html, "td").length, 2);
});

test("a formula within a line stays in it, one on lines of its own is displayed", () => {
  const { expand } = require(require("node:path").join(EXTENSION, "liquid.js"));
  assert.equal(expand("$$x$$ begins $$ a_1 $$ and goes on."), "$x$ begins $a_1$ and goes on.");
  assert.equal(expand("| $$x$$ | 1 |\n- $$y$$"), "| $x$ | 1 |\n- $y$");
  for (const display of ["$$x + y$$", "  $$x$$  ", "> $$x$$", "$$\nx\n$$", "`$$x$$ code`", "```\na $$x$$\n```", "a \\(x\\)"]) assert.equal(expand(display), display);
});

test("a picture that is not there is a box with its path", () => {
  const there = new Set(["assets/img/x/My b.png"]);
  const md = require("markdown-it")({ html: true }).use(require(require("node:path").join(EXTENSION, "preview.js")), {
    folderOf: () => ({ path: "/w" }),
    exists: (_, path) => there.has(path),
  });
  const ours = md.renderer.rules.image;
  md.renderer.rules.image = (tokens, index, ...rest) => {
    // As the editor does after all plugins.
    tokens[index].attrSet("data-src", tokens[index].attrGet("src"));
    tokens[index].attrSet("src", "https://vscode-resource/elsewhere.png");
    return ours(tokens, index, ...rest);
  };
  const shown = (source) => md.render(source, { currentDocument: { path: "/w/_projects/x.md" }, containingImages: new Set() });
  for (const source of [FIGURE, "![a](/assets/img/x/a.png)", "![a](../assets/img/x/a.png)", '<img src="/assets/img/x/a.png">', '{% include video.liquid path="assets/img/x/a.mp4" %}'])
    assert.match(shown(source), /<span class="missing-picture">assets\/img\/x\/a\.(png|mp4)<\/span>/, source);
  for (const source of ["![a](</assets/img/x/My b.png>)", "![a](https://x.org/assets/a.png)", "![a](other.png)"])
    assert.doesNotMatch(shown(source), /missing-picture/, source);
});

test("footnotes and kramdown's attributes behind a picture are no text", () => {
  const { html } = render('Said[^one] and ![a](/a.png){: width="200" .rounded} and `x`{:.language-py}.\n\n[^one]: Here, in *words*.');
  assert.doesNotMatch(html, /\[\^|\{:/);
  assert.match(html, /<img [^>]*width="200"/);
  assert.match(html, /<sup><a href="#fn-one">one<\/a><\/sup> and/);
  assert.match(html, /<sup id="fn-one">one<\/sup> Here, in <em>words<\/em>/);
  assert.match(render("`[^1]`").html, /<code>\[\^1\]<\/code>/);
});
