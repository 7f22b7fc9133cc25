// The names of measured numbers while writing: what they stand for, and which there are. Plain functions of
// `_data/evidence.json`, without the editor.

const MARK = /<!--\s*([A-Za-z]\w*(?:\.[\w+-]+)+(?:\|[^<>\n]*?)?)\s*-->/g;
const CLAIM = /<!--\s*claim:\s*([\w]+)(?::verdict)?[^<>]*-->/g;
const ANY = new RegExp(`${MARK.source}|${CLAIM.source}|<!--\\s*(?:table:\\s*[\\w.-]+|end)\\s*-->`, "g");
const CODE = /^(`{3,}|~{3,})[\s\S]*?^\1|`[^`\n]+`/gm;
const OPEN = /<!--\s*([\w.+-]*)$/;

/** Project and language of a page, from its name: `pzodmc.zh.md`, `pzodmc.study.en.md`. */
function pageOf(path, evidence) {
  const [project, ...rest] = path.split(/[\\/]/).pop().split(".");
  const lang = rest.at(-2) ?? "en";
  const key = Object.keys(evidence.projects ?? {}).find((name) => project.startsWith(name));
  return { ...(evidence.projects?.[key] ?? {}), lang };
}

/** What to show over a mark at a column of a line: Markdown, with the columns it is about; null elsewhere. */
function hover(evidence, path, line, column) {
  const page = pageOf(path, evidence);
  for (const match of line.matchAll(MARK)) {
    const number = page.numbers?.[match[1]];
    if (!number || !within(line, match, column)) continue;
    const run = page.runs?.[number.run] ?? {};
    const facts = [`run \`${number.run}\``, run.date, run.preset && `preset ${run.preset}`, run.device].filter(Boolean);
    return { text: `**${number.text[page.lang] ?? Object.values(number.text)[0]}** \`${number.key}\`\n\n${facts.join(", ")}`, ...span(line, match) };
  }
  for (const match of line.matchAll(CLAIM)) {
    const claim = page.claims?.find(({ name }) => name === match[1]);
    if (!claim || column < match.index || column > match.index + match[0].length) continue;
    return { text: `${claim.question[page.lang]} **${claim.verdict}**`, start: match.index, end: match.index + match[0].length };
  }
  return null;
}

/** Names that go on from what is typed behind `<!--`: each with its text and run; null where none is being typed. */
function completions(evidence, path, before) {
  const typed = OPEN.exec(before);
  if (!typed) return null;
  const page = pageOf(path, evidence);
  return Object.entries(page.numbers ?? {})
    .filter(([name]) => !name.includes("|") && name.startsWith(typed[1]))
    .map(([name, number]) => ({ name, detail: number.text[page.lang] ?? "", run: number.run, typed: typed[1].length }));
}

/** Where in a page marks stand, as offsets: the comments, and the numbers before them. Code is left out. */
function marks(text) {
  const bare = text.replace(CODE, (code) => " ".repeat(code.length));
  const comments = [...bare.matchAll(ANY)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
  const numbers = [...bare.matchAll(MARK)].flatMap((match) => {
    const begin = text.lastIndexOf("\n", match.index) + 1;
    const { start } = span(text.slice(begin, match.index), { 0: "", index: match.index - begin });
    return begin + start < match.index ? [{ start: begin + start, end: match.index }] : [];
  });
  return { comments, numbers };
}

function span(line, match) {
  const number = /[-−+]?\d[\d.,]*(?:[ \u202f]?%|\u202f[^\s<>\d]+)?(?: \[[^\]]*\])?$/.exec(line.slice(0, match.index));
  return { start: number ? number.index : match.index, end: match.index + match[0].length };
}

function within(line, match, column) {
  const { start, end } = span(line, match);
  return column >= start && column <= end;
}

module.exports = { completions, hover, marks };
