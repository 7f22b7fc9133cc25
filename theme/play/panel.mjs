// One way of accepting, with its picture and what it has asked for. The way "found" first finds out which coordinates
// depend on each other, and then accepts by the blocks that it has found.
import { discover } from "./discovery.mjs";
import { fill, make, words } from "./page.mjs";
import { cloud } from "./plane.mjs";
import { REACH } from "./targets.mjs";
import { randomness, Run } from "./zodmc.mjs";

export const PARTICLES = 200;
const SIDE = 400; // canvas pixels
const SLICE = 4; // milliseconds of sampling between two pictures, at most
export const WAYS = { whole: "#d55e00", blocks: "#0072b2", found: "#009e73" };

export function panel(name) {
  const label = words[`live_${name}`];
  const canvas = make("canvas", { width: SIDE, height: SIDE, role: "img", "aria-label": `${label}: ${words.live_picture}` });
  const context = canvas.getContext("2d");
  const stage = make("div", { class: "stage" });
  const title = make("p", { class: "way" }, label);
  title.style.setProperty("--colour", WAYS[name]);
  const [calls, state, blocks] = [make("strong"), make("span"), make("span")];
  const box = make("div", { class: "side" }, title, stage, make("p", { class: "count" }, calls, ` ${words.live_calls}`),
    make("p", { class: "count" }, state), name === "found" ? make("p", { class: "count", role: "status" }, blocks) : "");
  let chosen, settings, search, probe, before, run, moving, due;

  const sample = (terms) => {
    run = new Run(terms, settings);
    moving = run.moves();
  };
  const look = () => {
    const { value, done } = search.next();
    if (!done) return (probe = value);
    [search, before] = [null, value.calls];
    blocks.textContent = words[value.coupled ? "live_joint" : "live_apart"];
    sample(value.coupled ? chosen.whole : chosen.blocks);
  };
  const asked = () => (run ? before + run.calls : probe?.calls ?? 0);

  return {
    box,
    get done() { return Boolean(run?.done); },
    begin(target, shadow, wanted, seed) {
      chosen = target;
      settings = { particles: PARTICLES, wanted, seed };
      [search, probe, before, run, due] = [null, null, 0, null, 0];
      blocks.textContent = "";
      if (name === "found") search = discover(target.whole[0].energy, randomness(seed));
      else sample(target[name]);
      stage.replaceChildren(shadow, canvas);
    },
    // Spend `more` further values of V, or less where the time is up; one rectangle at a time while it searches.
    spend(more) {
      due = Math.max(due, asked()) + more;
      if (search) return look();
      const until = performance.now() + SLICE;
      while (!run.done && asked() < due && performance.now() < until) if (moving.next().done) moving = run.moves();
    },
    draw(result) {
      calls.textContent = asked().toLocaleString("en");
      if (run) {
        cloud(context, WAYS[name], PARTICLES, (index) => run.x[index >> 1][index & 1] / (2 * REACH) + 0.5);
        state.textContent = run.done ? result(run) : fill(words.noise_time, run.time.toFixed(2));
        return;
      }
      context.clearRect(0, 0, SIDE, SIDE);
      state.textContent = probe ? fill(words.live_probe, probe.done, probe.all, probe.gap < 1e-8 ? "0" : probe.gap.toPrecision(2)) : "";
      if (probe) rectangle(probe.corners);
    },
  };

  function rectangle(corners) {
    const [from, , , to] = corners.map(([x, y]) => [(x / (2 * REACH) + 0.5) * SIDE, (0.5 - y / (2 * REACH)) * SIDE]);
    context.strokeStyle = WAYS[name];
    context.lineWidth = 4;
    context.globalAlpha = 1;
    context.strokeRect(from[0], from[1], to[0] - from[0], to[1] - from[1]);
  }
}
