// Play button, scrubber with marks, speed, and keys for one clock: space plays, arrows step, < and > change the speed.
import { drive } from "./clock.mjs";
import { calm, choice, make, words } from "./page.mjs";

// marks: frames to show on the scrubber. describe(frame): what a reader is told about it. speeds: to choose from.
export function controls(root, clock, { marks = [], describe, speeds = [] }) {
  const toggle = () => clock.play(!clock.playing);
  const button = make("button", { type: "button", class: "play", onclick: toggle });
  const range = make("input", {
    type: "range", min: 0, max: clock.frames - 1, step: 1, "aria-label": words.position,
    oninput: () => (clock.play(false), clock.seek(Number(range.value))),
  });
  const ticks = marks.map((frame) => {
    const tick = make("i");
    tick.style.setProperty("--at", frame / (clock.frames - 1));
    return tick;
  });
  const track = make("div", { class: "track" }, make("div", { class: "ticks", "aria-hidden": "true" }, ...ticks), range);
  const output = make("span", { class: "readout", "aria-hidden": "true" });
  const pace = speeds.length ? choice(words.speed, speeds.map((speed) => [String(speed), `${speed}×`]), "1", (speed) => (clock.speed = Number(speed))) : "";
  const change = (by) => {
    const next = speeds[speeds.indexOf(clock.speed) + by];
    if (!next) return;
    clock.speed = next;
    pace.value = String(next);
  };

  let shown = null;
  clock.listen(() => {
    button.dataset.playing = clock.playing;
    const label = clock.playing ? words.pause : words.play;
    if (button.title !== label) {
      button.title = label;
      button.setAttribute("aria-label", label);
    }
    if (shown === clock.frame) return;
    shown = clock.frame;
    range.value = shown;
    output.textContent = describe(shown);
    range.setAttribute("aria-valuetext", output.textContent);
  });

  root.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const faster = { "<": -1, ">": 1, ",": -1, ".": 1 }[event.key];
    const elsewhere = event.target.closest("button, summary, input:not([type=range]), select");
    if (event.key === " " && !elsewhere) toggle();
    else if (faster && speeds.length && !event.target.closest("select")) change(faster);
    else if (step && !event.target.closest("input, select")) {
      clock.play(false);
      clock.seek(clock.frame + step);
    } else return;
    event.preventDefault();
  });

  new IntersectionObserver(([entry]) => clock.see(entry.isIntersecting)).observe(root);
  drive(clock);
  // Readers who ask for less motion see the end, where the methods have come apart.
  if (calm) clock.seek(clock.frames - 1);
  else clock.play();
  return make("div", { class: "controls" }, button, track, output, pace);
}
