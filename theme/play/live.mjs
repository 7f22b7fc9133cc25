// The sampler itself, running in the reader's browser: pick a density, watch particles come out of noise, count calls.
import { fill, make, words } from "./page.mjs";
import { cloud, shade } from "./plane.mjs";
import { cellShares, floor, variation } from "./quality.mjs";
import { NAMES, REACH, target } from "./targets.mjs";
import { randomness, Run } from "./zodmc.mjs";

const PARTICLES = 200;
const SIDE = 480; // canvas pixels
const CELL = 96; // cells a side of the density's picture
const SLICE = 12; // milliseconds of sampling between two pictures
const COLOURS = { whole: "#d55e00", blocks: "#0072b2" };

const select = (label, options, onchange) => {
  const list = make("select", { onchange }, ...options.map(([value, text]) => make("option", { value }, text)));
  return { list, element: make("label", {}, label, " ", list) };
};

function density(energy) {
  return shade(CELL, (index) => {
    const [row, column] = [Math.floor(index / CELL), index % CELL];
    const at = (k) => ((k + 0.5) / CELL) * 2 * REACH - REACH;
    return Math.exp(-energy([at(column), -at(row)]));
  });
}

function build(root) {
  const canvas = make("canvas", { width: SIDE, height: SIDE, role: "img", "aria-label": words.live_picture });
  const context = canvas.getContext("2d");
  const stage = make("div", { class: "stage" });
  const values = ["time", "calls", "empty", "distance"].map((name) => [words[`live_${name}`], make("dd", {}, "–")]);
  const facts = make("dl", { class: "facts" }, ...values.flatMap(([text, value]) => [make("dt", {}, text), value]));
  const [time, calls, empty, distance] = values.map(([, value]) => value);
  let run, shares, best, moving, seed = 0, playing = false;

  const reset = () => {
    playing = false;
    const chosen = target(shape.list.value);
    run = new Run(chosen[way.list.value], { particles: PARTICLES, wanted: Number(wanted.list.value), seed: ++seed });
    shares = cellShares(chosen.whole[0].energy, REACH);
    best = floor(shares, PARTICLES, randomness(1));
    moving = run.moves();
    stage.replaceChildren(density(chosen.whole[0].energy), canvas);
    note.textContent = words[`live_note_${shape.list.value}`];
    draw();
  };
  const draw = () => {
    const at = (index) => run.x[index >> 1][index & 1] / (2 * REACH) + 0.5;
    cloud(context, COLOURS[way.list.value], PARTICLES, at);
    time.textContent = run.time.toFixed(3);
    calls.textContent = run.calls.toLocaleString("en");
    empty.textContent = run.empty.toLocaleString("en");
    distance.textContent = run.done ? fill(words.live_against, variation(run.x, shares, REACH).toFixed(2), best.toFixed(2)) : "–";
    button.textContent = playing ? words.live_pause : run.done ? words.live_again : words.live_run;
  };
  const step = () => {
    if (!playing) return;
    const until = performance.now() + SLICE;
    while (!run.done && performance.now() < until) if (moving.next().done) moving = run.moves();
    playing = !run.done;
    draw();
    requestAnimationFrame(step);
  };

  const shape = select(words.live_target, NAMES.map((name) => [name, words[`live_${name}`]]), reset);
  const way = select(words.live_way, ["whole", "blocks"].map((name) => [name, words[`live_${name}`]]), reset);
  const wanted = select(words.live_wanted, [1, 4, 16].map((m) => [m, m]), reset);
  const button = make("button", { type: "button", class: "run", onclick: () => {
    if (run.done) reset();
    playing = !playing;
    draw();
    requestAnimationFrame(step);
  } });
  const note = make("p", { class: "note", role: "status" });
  wanted.list.value = 4;
  const form = make("div", { class: "form" }, shape.element, way.element, wanted.element, button, facts, note);
  root.append(make("p", { class: "title" }, make("strong", {}, words.live_title), " ", words.live_about), make("div", { class: "bench" }, stage, form));
  reset();
}

const observer = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target: root } of entries) {
    if (!isIntersecting) continue;
    observer.unobserve(root);
    build(root);
  }
}, { rootMargin: "400px" });
document.querySelectorAll("[data-live]").forEach((root) => observer.observe(root));
