// The switches under the picture: what ties clips to the past, how many steps they take, and ways to keep a walk.
import { choice, make } from "../play/page.mjs";
import { gif, mp4, recordable, save } from "./film.mjs";

const ENGINE = new URL("../runtime/", import.meta.url);
const SIZE = 64;

// state: { way, cut, steps, marks, pilot }, which the controls change. do_: again(same), changed(), link(), pictures(),
// fps(). Returns { element, pads, update }.
export function controls(state, words, do_) {
  const button = (text, onclick, more = {}) => make("button", { type: "button", onclick, ...more }, text);
  const note = make("p", { class: "walk-note" });
  const set = (change) => {
    Object.assign(state, change);
    update();
    do_.changed();
  };
  const ways = ["memory", "frames", "injection"];
  const method = choice(words.method, ways.map((way) => [way, words[way]]), state.way, (way) => set({ way }));
  const pilot = button(words.pilot, () => set({ pilot: !state.pilot }), { "data-pilot": true });
  const forget = button(words.forget, () => set({ way: state.way === "memory" ? "frames" : "memory" }), { "data-forget": true });
  const cut = button(words.cut, () => set({ cut: !state.cut }), { "data-cut": true });
  const seams = button(words.seams, () => set({ marks: !state.marks }), { "data-seams": true });
  const count = make("output", {}, state.steps);
  const steps = make("input", {
    type: "range", min: 1, max: 20, value: state.steps, "aria-label": words.steps,
    oninput: () => ((count.textContent = steps.value), (state.steps = Number(steps.value))),
  });
  const share = button(words.share, async () => {
    const url = new URL(location.href);
    url.hash = `walk=${do_.link()}`;
    history.replaceState(null, "", url);
    await navigator.clipboard?.writeText(url.href).catch(() => {});
    share.textContent = words.shared;
    setTimeout(() => (share.textContent = words.share), 2000);
  });
  const saved = (text, make_, end) => {
    const one = button(text, async () => {
      one.disabled = true;
      one.textContent = words.saving;
      try {
        save(await make_(do_.pictures(), SIZE, Math.min(Math.max(do_.fps(), 4), 30), ENGINE), `walk.${end}`);
      } finally {
        one.disabled = false;
        one.textContent = text;
      }
    });
    return one;
  };

  function update() {
    for (const [one, on] of [[pilot, state.pilot], [forget, state.way !== "memory"], [cut, state.cut], [seams, state.marks]]) {
      one.setAttribute("aria-pressed", on);
    }
    method.value = state.way;
    method.disabled = forget.disabled = state.cut;
    note.textContent = words[state.cut ? "note_cut" : { memory: "note_memory", frames: "note_forget", injection: "note_injection" }[state.way]];
  }
  update();
  const pad = (way, sign) => make("button", { type: "button", "data-way": way, "aria-label": words[way] }, sign);
  return {
    update,
    pads: make("div", { class: "walk-pads" }, pad("left", "↺"), pad("ahead", "↑"), pad("back", "↓"), pad("right", "↻")),
    element: make("div", { class: "walk-bar" },
      make("div", { class: "walk-row" }, pilot, forget, cut, seams),
      make("div", { class: "walk-row" }, make("label", {}, words.method, " ", method), make("label", {}, words.steps, " ", steps, " ", count)),
      make("div", { class: "walk-row" }, button(words.again, () => do_.again(false)), button(words.same, () => do_.again(true)), share,
        saved(words.gif, gif, "gif"), ...(recordable() ? [saved(words.mp4, mp4, "mp4")] : [])),
      note, ...[words.keys, words.pace].map((text) => make("p", { class: "walk-keys" }, text))),
  };
}
