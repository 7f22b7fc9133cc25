// The piece on the page: a film until it is started, then a maze that the model draws while the visitor walks.
import { calm, fill, make } from "../play/page.mjs";
import { keepForLater } from "./keep.mjs";
import { Keys } from "./keys.mjs";
import { read, write } from "./link.mjs";
import { Chart } from "./map.mjs";
import { Session } from "./session.mjs";
import { controls } from "./controls.mjs";
import { wordsIn } from "./words.mjs";

const SIZE = 64; // pixels a side of a frame
const KEPT = 600; // frames that can be saved: 10 MB
const words = wordsIn(document.documentElement.lang);

export function build(root) {
  const film = make("div", { class: "walk-film" }, ...root.childNodes);
  const told = make("p", { class: "walk-told", role: "status" });
  const about = make("p", { class: "walk-about" }, root.dataset.megabytes ? fill(words.about, root.dataset.megabytes) : "");
  const start = make("button", { type: "button", "data-start": true, onclick: () => begin() }, words.start);
  const moving = film.querySelector("video");
  film.append(start, about, told);
  const state = { way: "memory", cut: false, steps: 4, marks: false, pilot: !calm, script: [], asked: [], kept: [] };
  let stage, session;

  const fault = ({ kind, detail }) => {
    session?.end();
    stage?.box.remove();
    [stage, session] = [null, null];
    film.hidden = false;
    film.append(told);
    start.disabled = false;
    if (state.played) moving.play().catch(() => {});
    root.dataset.error = fill(words[kind] ?? words.broken, detail || kind);
    told.textContent = root.dataset.error;
  };

  function begin(seed) {
    const shared = read(new URLSearchParams(location.hash.slice(1)).get("walk"));
    const clicked = performance.now();
    start.disabled = true;
    state.played = moving ? !moving.paused : false;
    moving?.pause(); // what the film takes of the processor is better spent on the model
    delete root.dataset.error;
    root.dataset.frames = 0;
    root.dataset.fps = 0;
    told.textContent = fill(words.loading, 0);
    Object.assign(state, { seed: seed ?? shared?.seed ?? Math.floor(Math.random() * 1e6), asked: [], kept: [] });
    state.script = seed === undefined && shared ? [...shared.asked] : [];
    let first = 0;
    if (!session) {
      if (typeof Worker === "undefined" || typeof WebAssembly === "undefined") return fault({ kind: "wasm" });
      session = new Session({ ask, onframe, onstate, hurried: calm });
    }
    session.begin(state.seed);
    stage?.chart.clear();

    function onstate({ progress, ready, fault: wrong }) {
      if (wrong) return fault(wrong);
      if (progress !== undefined) told.textContent = progress < 1 ? fill(words.loading, Math.round(100 * progress)) : words.preparing;
      if (ready) {
        told.textContent = words.first;
        keepForLater(ready.loaded);
      }
    }
    function onframe(frame) {
      if (!stage) open();
      first ||= (performance.now() - clicked) / 1000;
      stage.show(frame);
      state.asked.push(frame.key);
      state.kept.push(frame.picture);
      if (state.kept.length > KEPT) state.kept.shift();
      root.dataset.frames = session.frames;
      root.dataset.fps = session.fps.toFixed(1);
      root.dataset.first = first.toFixed(2);
      told.textContent = fill(words.speed, session.frames, session.fps ? session.fps.toFixed(1) : "…",
        session.provider === "webgpu" ? words.webgpu : words.wasm_name, first.toFixed(1));
    }
  }

  // What is asked for the next clip; null while nothing is.
  function ask() {
    const way = state.cut ? "independent" : state.way === "memory" ? "frames" : state.way;
    const count = way === "independent" || !session.clips ? 10 : 5;
    const clip = { way, memory: !state.cut && state.way === "memory", steps: state.steps };
    if (!session.clips) return { ...clip, asked: state.script.length ? padded(state.script.splice(0, count), count) : forward(count) };
    if (state.script.length) return { ...clip, asked: padded(state.script.splice(0, count), count) };
    if (keys.any) return { ...clip, asked: keys.ask(count) };
    if (state.pilot) return { ...clip, asked: null };
    return calm || session.still ? null : { ...clip, asked: keys.ask(count) };
  }

  const keys = new Keys(() => {
    if (!session?.ready) return;
    state.pilot = false;
    stage?.bar.update();
    session.wake();
  });

  // The canvas and its controls take the film's place.
  function open() {
    const canvas = make("canvas", { width: SIZE, height: SIZE, role: "img", "aria-label": words.picture });
    const map = make("canvas", { width: 300, height: 300, class: "walk-map", role: "img", "aria-label": words.map });
    const [pen, chart] = [canvas.getContext("2d"), new Chart(map)];
    const screen = make("div", { class: "walk-screen" }, canvas, make("span", { class: "walk-seam", "aria-hidden": "true" }, words.seam));
    const bar = controls(state, words, {
      again: (same) => begin(same ? state.seed : Math.floor(Math.random() * 1e6)),
      changed: () => session.wake(), link: () => write(state.seed, state.asked), pictures: () => [...state.kept], fps: () => session.fps,
    });
    const box = make("div", { class: "walk-stage", tabindex: 0, role: "application", "aria-label": words.keys },
      make("div", { class: "walk-views" }, screen, map), bar.pads, bar.element);
    keys.listen(box);
    stage = {
      box, chart, bar,
      show({ picture, depth, pose, seam }) {
        pen.putImageData(new ImageData(new Uint8ClampedArray(picture), SIZE), 0, 0);
        screen.classList.toggle("seam", state.marks && seam);
        chart.add(pose, depth);
      },
    };
    film.hidden = true;
    root.append(box, told);
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
    watch(root, (seen) => session?.wake(seen));
  }

  root.replaceChildren(film);
  root.classList.add("ready");
}

const forward = (count) => Array.from({ length: count }, () => [1, 0]);
const padded = (asked, count) => [...asked, ...Array.from({ length: count - asked.length }, () => [0, 0])];

// Tell whether a reader can see the piece.
function watch(root, tell) {
  let inView = true;
  const both = () => tell(inView && !document.hidden);
  new IntersectionObserver(([entry]) => ((inView = entry.isIntersecting), both())).observe(root);
  document.addEventListener("visibilitychange", both);
}
