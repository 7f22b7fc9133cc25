// Clouds of particles on one clock. The JSON holds positions as bytes, −127 … 127 for −reach … reach.
import { Clock } from "./clock.mjs";
import { controls } from "./controls.mjs";
import { fill, make, words } from "./page.mjs";
import { cloud, shade } from "./plane.mjs";

const SIDE = 320; // canvas pixels

function bytes(text) {
  const characters = atob(text);
  const found = new Uint8Array(characters.length);
  for (let i = 0; i < found.length; i++) found[i] = characters.charCodeAt(i); // Uint8Array.from takes ten times as long
  return found;
}

function panel(name, sampler, data, label, background) {
  const positions = new Int8Array(bytes(sampler.bytes).buffer);
  const share = `${Math.round(100 * sampler.wrong)}%`;
  const canvas = make("canvas", { width: SIDE, height: SIDE, role: "img", "aria-label": label });
  const title = make("p", {}, label);
  title.style.setProperty("--colour", sampler.colour);
  const stage = make("div", { class: "stage" }, background, canvas);
  const box = make("div", { class: "reel" }, title, stage, make("p", { class: "remark" }, fill(words.wrong, share)));
  const context = canvas.getContext("2d");
  const at = (step, index) => positions[2 * data.particles * step + index] / 254 + 0.5;
  // Between two steps a particle is drawn on the straight line from one to the other.
  const draw = (position) => {
    const step = Math.min(Math.floor(position), data.times.length - 2);
    const part = position - step;
    cloud(context, sampler.colour, data.particles, (index) => (1 - part) * at(step, index) + part * at(step + 1, index));
  };
  return { box, draw };
}

// The browser may paint and answer the reader before work goes on.
const pause = () => new Promise((resolve) => setTimeout(resolve));

export async function build(root, data) {
  const [density, side] = [bytes(data.density.bytes), data.density.side];
  // Columns of the density's plane are x, y upwards; a canvas has rows, downwards.
  const value = (i) => density[(i % side) * side + (side - 1 - Math.floor(i / side))] / 255;
  const panels = [];
  for (const [name, sampler] of Object.entries(data.samplers)) {
    panels.push(panel(name, sampler, data, root.dataset[name] ?? name, shade(side, value)));
    await pause();
  }
  const clock = new Clock(data.times.length, 8);
  clock.listen(() => panels.forEach(({ draw }) => draw(clock.position)));
  const bar = controls(root, clock, { describe: (frame) => fill(words.noise_time, data.times[frame].toFixed(2)) });
  root.replaceChildren(make("div", { class: "reels" }, ...panels.map(({ box }) => box)), bar);
  root.classList.add("ready");
}
