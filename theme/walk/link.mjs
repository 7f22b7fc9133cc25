// A walk as a link: its seed, and what was asked for each frame, in runs: "7.e10f5" is ten frames of e and five of f.
const letter = ([ahead, turn]) => String.fromCharCode(97 + 3 * (ahead + 1) + turn + 1);
const MOST = 600; // frames in a link

export function write(seed, asked) {
  const letters = asked.slice(0, MOST).map(letter).join("");
  return `${seed}.${letters.replace(/(.)\1*/g, (run) => run[0] + (run.length > 1 ? run.length : ""))}`;
}

// { seed, asked }, or null for what is no such link.
export function read(text) {
  const found = /^(\d{1,9})\.((?:[a-i]\d{0,3})*)$/.exec(text ?? "");
  if (!found) return null;
  const asked = [...found[2].matchAll(/([a-i])(\d*)/g)].flatMap(([, key, count]) => {
    const code = key.charCodeAt(0) - 97;
    return Array.from({ length: Number(count || 1) }, () => [Math.floor(code / 3) - 1, (code % 3) - 1]);
  });
  return { seed: Number(found[1]), asked: asked.slice(0, MOST) };
}
