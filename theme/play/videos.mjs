// Two videos on one clock, any method against any other. Each is a sheet of its frames; a seam has the colour of the
// judge's verdict on it, and a tally runs along.
import { Clock } from "./clock.mjs";
import { controls } from "./controls.mjs";
import { choice, fill, make, words, zh } from "./page.mjs";
import { current, seamsOf, tally } from "./seams.mjs";

const HOLD = 4; // frames that a verdict stays on the screen
const named = (row) => (zh ? row.label_zh : row.label_en);

// One of the two videos; `turn` plays and pauses.
function reel({ cell, columns, given }, address, turn) {
  const canvas = make("canvas", { width: cell, height: cell, role: "img", onclick: turn });
  const context = canvas.getContext("2d");
  const badge = make("span", { class: "verdict", "aria-hidden": "true" });
  const marks = make("ol", { class: "seams", "aria-hidden": "true" });
  const score = make("p", { class: "tally" });
  const frameBox = make("div", { class: "screen" }, canvas, badge);
  let row, sheet, seams, drawn;

  const draw = (frame) => {
    if (frame === drawn || !sheet?.naturalWidth) return;
    drawn = frame;
    context.drawImage(sheet, cell * (frame % columns), cell * Math.floor(frame / columns), cell, cell, 0, 0, cell, cell);
    const seam = row.real ? undefined : current(seams, frame, HOLD);
    const kind = seam && (seam.plausible === undefined ? "unknown" : seam.plausible ? "good" : "bad");
    frameBox.dataset.seam = kind ?? "";
    badge.textContent = frame < given ? words.given : { good: words.plausible, bad: words.implausible, unknown: words.seam }[kind] ?? "";
    [...marks.children].forEach((mark, k) => mark.classList.toggle("met", seams[k].frame <= frame));
    const { met, plausible } = tally(seams, frame);
    score.textContent = seams.some((one) => one.plausible === undefined) || !seams.length ? ""
      : fill(row.real ? words.tally_real : words.tally, plausible, met);
  };
  const choose = async (chosen) => {
    row = chosen;
    seams = seamsOf(row);
    marks.replaceChildren(...seams.map(({ plausible }) => make("li", { class: plausible === undefined ? "" : plausible ? "good" : "bad" })));
    canvas.setAttribute("aria-label", named(row));
    const next = new Image();
    next.src = new URL(row.sprite, address);
    await next.decode();
    if (row === chosen) [sheet, drawn] = [next, undefined];
  };
  return { parts: [frameBox, score, marks], choose, draw };
}

// Both videos of one length: `names` are the two that are shown. Returns the box and its clock.
async function pair(data, address, names) {
  const clock = new Clock(data.frames, data.fps);
  const find = (name) => data.rows.find((row) => row.name === name);
  const reels = names.map(() => reel(data, address, () => clock.play(!clock.playing)));
  const options = data.rows.map((row) => [row.name, named(row)]);
  const lists = names.map((name, k) => choice([words.left, words.right][k], options, name, async (chosen) => {
    const other = 1 - k;
    const before = names[k];
    names[k] = chosen;
    // The same video twice compares nothing: the other side takes what stood here.
    if (names[other] === chosen) {
      names[other] = before;
      lists[other].value = before;
    }
    await Promise.all(reels.map((one, side) => one.choose(find(names[side]))));
    reels.forEach((one) => one.draw(clock.frame));
  }));
  await Promise.all(reels.map((one, k) => one.choose(find(names[k]))));
  clock.listen(() => reels.forEach((one) => one.draw(clock.frame)));
  const box = make("div", { class: "pair" });
  const marks = [...new Set(data.rows.flatMap((row) => (row.real ? [] : row.seams)))];
  const describe = (frame) => fill(words.frame, frame + 1, data.frames);
  const bar = controls(box, clock, { marks, describe, speeds: [0.5, 1, 2, 4] });
  box.append(make("div", { class: "reels" }, ...reels.map(({ parts }, k) => make("div", { class: "reel" }, lists[k], ...parts))), bar);
  return { box, clock };
}

// data: frames, columns, cell, fps, given, rows; `long`, where there is one, is another length of the same.
export async function build(root, data, address) {
  const lengths = [data, ...(data.long ? [{ ...data, ...data.long }] : [])];
  const wanted = (root.dataset.show ?? "").split(" ");
  const made = new Map();
  let shown;

  const show = async (index) => {
    const one = lengths[index];
    if (!made.has(index)) {
      const known = one.rows.map(({ name }) => name);
      const first = [...wanted.filter((name) => known.includes(name)), ...known.filter((name) => !wanted.includes(name))];
      made.set(index, await pair(one, address, first.slice(0, 2)));
    }
    shown?.clock.play(false);
    const next = made.get(index);
    if (shown) next.clock.play();
    root.replaceChildren(next.box, foot);
    shown = next;
  };
  const buttons = lengths.map((one, k) => make("label", {},
    make("input", { type: "radio", name: `length-${address.pathname}`, checked: k === 0, onchange: () => show(k) }),
    ` ${fill(words.length, one.frames)}`));
  const foot = make("div", { class: "foot" },
    lengths.length > 1 ? make("div", { class: "lengths", role: "radiogroup", "aria-label": words.lengths }, ...buttons) : "",
    make("span", { class: "keys" }, words.keys));
  await show(0);
  root.classList.add("ready");
}
