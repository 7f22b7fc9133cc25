// The sampler itself, running in the reader's browser, in view only: particles come out of noise, once with the whole point
// accepted or rejected, once coordinate by coordinate. Both may ask for equally many values of V a second.
import { calm, fill, make, words } from "./page.mjs";
import { cloud, shade } from "./plane.mjs";
import { cellShares, floor, variation } from "./quality.mjs";
import { NAMES, REACH, target } from "./targets.mjs";
import { randomness, Run } from "./zodmc.mjs";

const PARTICLES = 200;
const SIDE = 400; // canvas pixels
const CELL = 72; // cells a side of the density's picture
const RATE = 120000; // values of V a second for one accepted point a score; more of them, more slowly than in proportion
const SLICE = 8; // milliseconds of sampling between two pictures, at most
const REST = 5; // seconds that the result stands before the next run
const WAYS = { whole: "#d55e00", blocks: "#0072b2" };

const select = (label, options, onchange) => {
  const list = make("select", { onchange }, ...options.map(([value, text]) => make("option", { value }, text)));
  return { list, element: make("label", {}, label, " ", list) };
};

const density = (energy) => shade(CELL, (index) => {
  const at = (k) => ((k + 0.5) / CELL) * 2 * REACH - REACH;
  return Math.exp(-energy([at(index % CELL), -at(Math.floor(index / CELL))]));
});

// One way of accepting, with its picture and what it has asked for.
function panel(name) {
  const label = words[`live_${name}`];
  const canvas = make("canvas", { width: SIDE, height: SIDE, role: "img", "aria-label": `${label}: ${words.live_picture}` });
  const context = canvas.getContext("2d");
  const stage = make("div", { class: "stage" });
  const title = make("p", { class: "way" }, label);
  title.style.setProperty("--colour", WAYS[name]);
  const [calls, state] = [make("strong"), make("span")];
  const box = make("div", { class: "side" }, title, stage, make("p", { class: "count" }, calls, ` ${words.live_calls}`), make("p", { class: "count" }, state));
  let run, moving, due;

  return {
    box,
    get run() { return run; },
    begin(chosen, shadow, wanted, seed) {
      run = new Run(chosen[name], { particles: PARTICLES, wanted, seed });
      moving = run.moves();
      due = 0;
      stage.replaceChildren(shadow, canvas);
    },
    // Spend `more` further values of V, or less where the time is up.
    spend(more) {
      due = Math.max(due, run.calls) + more;
      const until = performance.now() + SLICE / 2;
      while (!run.done && run.calls < due && performance.now() < until) if (moving.next().done) moving = run.moves();
    },
    draw(result) {
      cloud(context, WAYS[name], PARTICLES, (index) => run.x[index >> 1][index & 1] / (2 * REACH) + 0.5);
      calls.textContent = run.calls.toLocaleString("en");
      state.textContent = run.done ? result(run) : fill(words.noise_time, run.time.toFixed(2));
    },
  };
}

export function build(root) {
  const panels = Object.keys(WAYS).map(panel);
  let shares, best, seed = 0, playing = false, seen = false, last = null, rest = 0;

  const result = (run) => {
    best ??= floor(shares, PARTICLES, randomness(1)).toFixed(2);
    return fill(words.live_distance, variation(run.x, shares, REACH).toFixed(2), best);
  };
  const finished = () => panels.every(({ run }) => run.done);
  const draw = () => {
    panels.forEach((one) => one.draw(result));
    button.textContent = finished() ? words.live_again : playing ? words.live_pause : words.live_run;
  };
  const reset = () => {
    const chosen = target(shape.list.value);
    seed++;
    best = undefined;
    rest = 0;
    shares = cellShares(chosen.whole[0].energy, REACH);
    for (const one of panels) one.begin(chosen, density(chosen.whole[0].energy), Number(wanted.list.value), seed);
    note.textContent = words[`live_note_${shape.list.value}`];
    draw();
  };
  const step = (now) => {
    if (!playing || !seen) return (last = null);
    const seconds = Math.min(last === null ? 0 : Math.max(0, now - last), 250) / 1000;
    last = now;
    if (!finished()) {
      const more = seconds * RATE * Math.sqrt(Number(wanted.list.value));
      panels.filter(({ run }) => !run.done).forEach((one) => one.spend(more));
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
  const shape = select(words.live_target, NAMES.map((name) => [name, words[`live_${name}`]]), restart);
  const wanted = select(words.live_wanted, [1, 4, 16].map((m) => [m, m]), restart);
  const button = make("button", { type: "button", class: "run", onclick: () => (finished() ? restart() : play(!playing)) });
  const note = make("p", { class: "remark" });
  wanted.list.value = 4;
  root.append(
    make("p", { class: "title" }, make("strong", {}, words.live_title), " ", words.live_about),
    make("div", { class: "bench" }, ...panels.map(({ box }) => box)),
    make("div", { class: "form" }, shape.element, wanted.element, button),
    note,
  );
  reset();
  new IntersectionObserver(([entry]) => {
    seen = entry.isIntersecting;
    go();
  }).observe(root);
  if (!calm) play(true);
}
