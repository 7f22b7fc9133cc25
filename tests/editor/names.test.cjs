// Names of measured numbers while writing: hover and completion.
const test = require("node:test");
const assert = require("node:assert/strict");
const path = require("node:path");
const { EXTENSION } = require("./rendering.cjs");
const { completions, hover } = require(path.join(EXTENSION, "names.js"));

const EVIDENCE = {
  projects: {
    p: {
      numbers: {
        "injection.seams": { key: "overview.a", run: "overview", text: { en: "31%", zh: "31%" } },
        "injection.time": { key: "cost.b", run: "cost", text: { en: "1.2", zh: "1.2" } },
        "cost.b|.3f": { key: "cost.b", run: "cost", text: { en: "1.234" } },
      },
      runs: { overview: { date: "2026-11-22", preset: "standard", device: "CPU" }, cost: {} },
      claims: [{ name: "goes_on", question: { en: "Does it?", zh: "是吗？" }, verdict: "holds" }],
    },
  },
};
const LINE = "In 31%<!--injection.seams--> it goes on.<!--claim: goes_on-->";

test("over a number stand its key, run, date and preset", () => {
  for (const column of [3, 6, 12]) {
    const found = hover(EVIDENCE, "/w/_projects/p.zh.md", LINE, column);
    assert.equal(found.text, "**31%** `overview.a`\n\nrun `overview`, 2026-11-22, preset standard, CPU");
    assert.deepEqual([found.start, found.end], [3, LINE.indexOf("-->") + 3]);
  }
  assert.equal(hover(EVIDENCE, "/w/_projects/p.en.md", LINE, LINE.length - 5).text, "Does it? **holds**");
  for (const [name, column] of [["p.en.md", 0], ["p.en.md", 32], ["other.en.md", 5]]) assert.equal(hover(EVIDENCE, name, LINE, column), null);
  assert.equal(hover({}, "p.en.md", LINE, 5), null);
});

test("behind <!-- the names go on that begin so", () => {
  assert.deepEqual(completions(EVIDENCE, "p.en.md", "In <!--inj").map(({ name, detail, typed }) => [name, detail, typed]), [["injection.seams", "31%", 3], ["injection.time", "1.2", 3]]);
  assert.equal(completions(EVIDENCE, "p.en.md", "<!-- ").length, 2);
  assert.equal(completions(EVIDENCE, "p.en.md", "In inj"), null);
  assert.deepEqual(completions({}, "p.en.md", "<!--"), []);
});
