// Reads {"texts": […], "terms": […]} as JSON from stdin; writes each Chinese text as a list of its pieces, between which a
// line may break: words, a single character joined to what follows it or, as 的, to what it belongs to.
const words = new Intl.Segmenter("zh-Hans", { granularity: "word" });
const LEANS = /^[的了着过地得们者性式化]$/;
const LETTER = /[\p{L}\p{N}]/u;

const { texts, terms } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const known = new RegExp(`(${[...terms].sort((a, b) => b.length - a.length).join("|") || "$^"})`);

function pieces(text) {
  const found = [""];
  const segments = text.split(known).flatMap((part, k) => (k % 2 ? [part] : [...words.segment(part)].map(({ segment }) => segment)));
  for (const segment of segments) {
    const last = found.at(-1);
    const between = LETTER.test(segment[0] ?? "") && LETTER.test(last.at(-1) ?? "") && /\p{Script=Han}/u.test(last.at(-1) + segment[0]);
    if (between && !LEANS.test(segment) && [...last.trim()].length > 1) found.push(segment);
    else found[found.length - 1] += segment;
  }
  if (found.length > 1 && [...found.at(-1).trim()].length === 1) found.push(found.splice(-2).join(""));
  return found;
}

process.stdout.write(JSON.stringify(texts.map(pieces)));
