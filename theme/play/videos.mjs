// All methods' videos on one clock, each from a sheet of its frames.
import { Clock } from "./clock.mjs";
import { controls } from "./controls.mjs";
import { fill, make, players, words } from "./page.mjs";

const zh = document.documentElement.lang.startsWith("zh");

// One method's video; its sheet is fetched when it is first shown.
function reel(row, { cell, columns, given }, address) {
  const label = zh ? row.label_zh : row.label_en;
  const canvas = make("canvas", { width: cell, height: cell, role: "img", "aria-label": label });
  const box = make("div", { class: "reel", hidden: true }, make("p", {}, label), canvas);
  const context = canvas.getContext("2d");
  const sheet = new Image();
  let drawn = null;
  const draw = (frame) => {
    if (frame === drawn || !sheet.naturalWidth || box.hidden) return;
    drawn = frame;
    context.drawImage(sheet, cell * (frame % columns), cell * Math.floor(frame / columns), cell, cell, 0, 0, cell, cell);
    box.classList.toggle("given", row.seams.length > 0 && frame < given);
    box.classList.toggle("seam", row.seams.some((seam) => frame >= seam && frame < seam + 2));
  };
  const show = async (shown) => {
    if (shown && !sheet.src) {
      sheet.src = new URL(row.sprite, address);
      await sheet.decode();
    }
    box.hidden = !shown;
    drawn = null;
  };
  return { name: row.name, label, box, draw, show };
}

// Check boxes for the methods; with fewer of them each is larger.
function choice(root, reels, clock) {
  const boxes = reels.map(({ label, box, draw, show }) => {
    const input = make("input", { type: "checkbox", checked: !box.hidden, onchange: async () => {
      await show(input.checked);
      draw(clock.frame);
      count(root, reels);
    } });
    return make("label", {}, input, ` ${label}`);
  });
  return make("details", { class: "choice" }, make("summary", {}, words.choose), make("div", {}, ...boxes));
}

const count = (root, reels) => root.style.setProperty("--n", Math.max(1, reels.filter(({ box }) => !box.hidden).length));

async function build(root, data, address) {
  const reels = data.rows.map((row) => reel(row, data, address));
  const first = root.dataset.show.split(" ");
  await Promise.all(reels.filter(({ name }) => first.includes(name)).map(({ show }) => show(true)));
  const clock = new Clock(data.frames, data.fps);
  const marks = [...new Set(data.rows.flatMap((row) => row.seams))];
  const describe = (frame) => fill(words.frame, frame + 1, data.frames);
  clock.listen(() => reels.forEach(({ draw }) => draw(clock.frame)));
  const bar = controls(root, clock, { marks, describe });
  const boxes = reels.map(({ box }) => box);
  root.replaceChildren(make("div", { class: "reels" }, ...boxes), bar, choice(root, reels, clock));
  count(root, reels);
  root.classList.add("ready");
}

players("data-player", build);
