// The sampler itself, running in the reader's browser, in view only, on a density that the reader draws or chooses. Particles
// come out of noise three times: with the whole point accepted or rejected, coordinate by coordinate, and by the blocks that
// the sampler finds. All may ask for equally many values of V a second.
import { Drawing } from "./drawn.mjs";
import { pad } from "./pad.mjs";
import { calm, fill, make, words } from "./page.mjs";
import { panel, PARTICLES, WAYS } from "./panel.mjs";
import { shade } from "./plane.mjs";
import { cellShares, floor, variation } from "./quality.mjs";
import { ENERGIES, NAMES, REACH, targetOf } from "./targets.mjs";
import { randomness } from "./zodmc.mjs";

const CELL = 72; // cells a side of the density's picture
const RATE = 120000; // values of V a second for one accepted point a score; more of them, more slowly than in proportion
const REST = 5; // seconds that the result stands before the next run

const select = (label, options, onchange) => {
  const list = make("select", { onchange }, ...options.map(([value, text]) => make("option", { value }, text)));
  return { list, element: make("label", {}, label, " ", list) };
};

// The density's picture, as often as it is wanted; its darkest place has the deepest shade.
function pictures(energy) {
  const at = (k) => ((k + 0.5) / CELL) * 2 * REACH - REACH;
  const values = Float64Array.from({ length: CELL * CELL }, (_, index) => Math.exp(-energy([at(index % CELL), -at(Math.floor(index / CELL))])));
  const most = Math.max(...values);
  return () => shade(CELL, (index) => values[index] / most);
}

export function build(root) {
  const panels = Object.keys(WAYS).map(panel);
  const drawing = new Drawing(REACH);
  const [board, about] = [pad(drawing, () => show(), () => restart()), make("p", { class: "count" }, words.live_pad_about)];
  let shares, best, seed = 0, playing = false, seen = false, last = null, rest = 0;

  const own = () => shape.list.value === "drawn";
  const energy = () => drawing.energy(own() ? null : ENERGIES[shape.list.value]);
  const show = () => board.show(pictures(energy())(), own());
  const result = (run) => {
    best ??= floor(shares, PARTICLES, randomness(1)).toFixed(2);
    return fill(words.live_distance, variation(run.x, shares, REACH).toFixed(2), best);
  };
  const finished = () => panels.every((one) => one.done);
  const draw = () => {
    panels.forEach((one) => one.draw(result));
    button.textContent = finished() ? words.live_again : playing ? words.live_pause : words.live_run;
  };
  const reset = () => {
    const chosen = targetOf(energy());
    const picture = pictures(chosen.whole[0].energy);
    seed++;
    best = undefined;
    rest = 0;
    shares = cellShares(chosen.whole[0].energy, REACH);
    for (const one of panels) one.begin(chosen, picture(), Number(wanted.list.value), seed);
    board.show(picture(), own());
    note.textContent = words[drawing.coupled ? "live_note_painted" : `live_note_${shape.list.value}`];
    clean.disabled = !drawing.coupled;
    draw();
  };
  const step = (now) => {
    if (!playing || !seen) return (last = null);
    const seconds = Math.min(last === null ? 0 : Math.max(0, now - last), 250) / 1000;
    last = now;
    if (!finished()) {
      const more = seconds * RATE * Math.sqrt(Number(wanted.list.value));
      panels.filter((one) => !one.done).forEach((one) => one.spend(more));
      draw();
    } else if (calm) {
      last = null;
      return play(false); // who asked for less motion asks for each run
    } else if ((rest += seconds) > REST) reset();
    requestAnimationFrame(step);
  };
  const go = () => {
    if (playing && seen && last === null) requestAnimationFrame(step);
  };
  const play = (wish) => {
    playing = wish;
    draw();
    go();
  };

  const restart = () => (reset(), play(true));
  const shape = select(words.live_target, ["drawn", ...NAMES].map((name) => [name, words[`live_${name}`]]), restart);
  const wanted = select(words.live_wanted, [1, 4, 16].map((m) => [m, m]), restart);
  const button = make("button", { type: "button", class: "run", onclick: () => (finished() ? restart() : play(!playing)) });
  const clean = make("button", { type: "button", class: "clean", onclick: () => (drawing.clean(), restart()) }, words.live_clean);
  const note = make("p", { class: "remark" });
  wanted.list.value = 4;
  root.append(
    make("p", { class: "title" }, make("strong", {}, words.live_title), " ", words.live_about),
    make("div", { class: "bench" }, make("div", { class: "side" }, make("p", { class: "way" }, words.live_pad), board.element, about),
      ...panels.map(({ box }) => box)),
    make("div", { class: "form" }, shape.element, wanted.element, clean, button),
    note,
  );
  reset();
  new IntersectionObserver(([entry]) => {
    seen = entry.isIntersecting;
    go();
  }).observe(root.querySelector(".bench")); // with its title alone in view it would run unseen, and slow the page down
  if (!calm) play(true);
}
