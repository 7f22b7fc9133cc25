// What helps while a page is written: paths, marks, faults and their cures.
const test = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { EXTENSION } = require("./rendering.cjs");
const check = require(path.join(EXTENSION, "check.js"));
const { marks } = require(path.join(EXTENSION, "names.js"));
const { completions } = require(path.join(EXTENSION, "pictures.js"));
const { addressOf } = require(path.join(EXTENSION, "site.js"));

function folder(t, ...files) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "pages-"));
  t.after(() => fs.rmSync(root, { recursive: true }));
  for (const file of files) {
    fs.mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), "");
  }
  return root;
}

test("paths of pictures go on from what is typed, the page's own first", (t) => {
  const root = folder(t, "assets/img/a/curve.png", "assets/img/b/curve.gif", "assets/img/a/.half.png", "assets/img/a/data.json");
  const texts = (before) => completions(root, "/w/_projects/b.en.md", before)?.map(({ text }) => text);
  const both = ["assets/img/b/curve.gif", "assets/img/a/curve.png"];
  for (const before of ['{% include figure.liquid path="', '{% include figure.liquid alt="x"\n  path="cur', '{% include video.liquid poster="assets/img', "---\nimg: cur"])
    assert.deepEqual(texts(before), both, before);
  for (const before of ["![a](", "![a](/assets/img", "![a](<../assets", '<img src="CUR']) assert.deepEqual(texts(before), both.map((place) => `/${place}`), before);
  assert.deepEqual(texts('path="assets/img/a'), undefined, "no include");
  for (const before of ['{% include figure.liquid path="x.png" alt="', "a (cur", "", '{% include figure.liquid path="x.png" %} path="']) assert.equal(texts(before), undefined, before);
  assert.equal(completions(root, "b.md", "![a](assets/img/a/c")[0].typed, "assets/img/a/c".length);
});

test("marks and the numbers before them are found, not those in code", () => {
  const text = "In 31%<!--injection.seams--> and −1.5 [−2, 1]<!--a.b|.2f-->.<!--claim: goes_on-->\n\n<!--table: t-->\n<!--end-->\n`1<!--c.d-->` <!-- a remark -->";
  const found = marks(text);
  const said = (spans) => spans.map(({ start, end }) => text.slice(start, end));
  assert.deepEqual(said(found.numbers), ["31%", "−1.5 [−2, 1]"]);
  assert.deepEqual(said(found.comments), ["<!--injection.seams-->", "<!--a.b|.2f-->", "<!--claim: goes_on-->", "<!--table: t-->", "<!--end-->"]);
});

test("a cure is offered as long as what it is for stands there", () => {
  const fault = { was: "../a.png", cure: "/a.png", by_fix: false };
  assert.deepEqual(check.remedy(fault, "../a.png"), { title: "Write /a.png", text: "/a.png" });
  assert.equal(check.remedy(fault, "../b.png"), null);
  assert.equal(check.remedy({ ...fault, cure: null }, "../a.png"), null);
  assert.equal(check.remedy({ ...fault, cure: null, by_fix: true }, "anything").fix, true);
});

test("the project's own Python looks for faults; without it, or when it fails, nothing is said", async (t) => {
  const root = folder(t);
  assert.equal(await check.faults(root), null);
  fs.mkdirSync(path.join(root, ".venv/bin"), { recursive: true });
  fs.symlinkSync(process.execPath, path.join(root, ".venv/bin/python"));
  const answer = (text) => fs.writeFileSync(path.join(root, "build_figures.py"), text);
  answer('console.log(JSON.stringify([{ path: "p.md", words: process.argv.slice(2).join(" ") }])); process.exitCode = 1;');
  assert.equal((await check.faults(root)).get("p.md")[0].words, "--check --json");
  for (const bad of ['console.log("Traceback")', "process.exitCode = 2"]) {
    answer(bad);
    assert.equal(await check.faults(root), null);
  }
});

test("saves during a look make one more look, not many at once", async () => {
  let runs = 0, most = 0, now = 0;
  const look = check.inTurn(async () => {
    most = Math.max(most, ++now);
    runs += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
    now -= 1;
  });
  look();
  await Promise.all([look(), look(), look()]);
  assert.deepEqual([runs, most], [2, 1]);
});

test("the address of a page is the one its front matter gives", () => {
  assert.equal(addressOf("---\nlayout: page\npermalink: /projects/x/ # here\n---\n\npermalink: /no/\n"), "/projects/x/");
  assert.equal(addressOf("no front matter\npermalink: /no/"), "/projects/");
});
