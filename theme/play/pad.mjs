// Where the visitor draws: the plane takes paint, and the strips below and beside it take the curves of x and of y. Fingers,
// pens and mice draw; on the keyboard arrows move a mark, and the space bar or Enter draws where it stands.
import { make, words } from "./page.mjs";
import { KNOTS } from "./drawn.mjs";

const STEP = 0.04; // of a side, that an arrow key moves the mark
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

// onstroke(from, to): both in 0 … 1 from the lower left corner; onend() when a stroke is done.
function surface(canvas, mark, onstroke, onend) {
  let last = null;
  let at = [0.5, 0.5];
  const place = (event) => {
    const { left, bottom, width, height } = canvas.getBoundingClientRect();
    return [(event.clientX - left) / width, (bottom - event.clientY) / height].map((part) => Math.min(Math.max(part, 0), 1));
  };
  const show = () => {
    mark.style.left = `${100 * at[0]}%`;
    mark.style.bottom = `${100 * at[1]}%`;
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    onstroke(last, last);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    const next = place(event);
    onstroke(last, next);
    last = next;
  });
  const end = () => {
    if (last) onend();
    last = null;
  };
  for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(kind, end);
  canvas.addEventListener("keydown", (event) => {
    const move = ARROWS[event.key];
    if (move) at = at.map((part, k) => Math.min(Math.max(part + STEP * move[k], 0), 1));
    else if (event.key === " " || event.key === "Enter") (onstroke(at, at), onend());
    else return;
    event.preventDefault();
    show();
  });
  show();
}

// drawing: see drawn.mjs. changed() while a stroke goes on, finished() after it. Returns { element, show(shadow, curves) }.
export function pad(drawing, changed, finished) {
  const part = (kind, width, height, label, stroke) => {
    const canvas = make("canvas", { width, height, tabindex: 0, role: "application", "aria-roledescription": words.live_surface, "aria-label": label });
    const mark = make("i", { class: "aim", "aria-hidden": "true" });
    surface(canvas, mark, (from, to) => (stroke(from, to), changed()), finished);
    return { canvas, box: make("div", { class: kind }, canvas, mark) };
  };
  const plane = part("plane", 10, 10, words.live_paint, (from, to) => {
    const count = Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / STEP);
    for (let k = 0; k <= count; k++) drawing.dab(from.map((part, i) => part + (k / Math.max(count, 1)) * (to[i] - part)));
  });
  const flipped = ([u, v]) => [v, 1 - u]; // the curve of y lies on its side, its foot on the right
  const below = part("below", 240, 48, words.live_curve_x, (from, to) => drawing.bend(0, from, to));
  const beside = part("beside", 48, 240, words.live_curve_y, (from, to) => drawing.bend(1, flipped(from), flipped(to)));
  const shade = make("div", { class: "shade" });
  plane.box.prepend(shade);

  const curve = (canvas, values, upright) => {
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (upright) pen.transform(0, -1, -1, 0, canvas.width, canvas.height);
    else pen.transform(1, 0, 0, -1, 0, canvas.height);
    const [long, high] = [240, 46];
    pen.fillStyle = "#868e96";
    pen.beginPath();
    pen.moveTo(0, 0);
    values.forEach((value, k) => pen.lineTo((k / (KNOTS - 1)) * long, value * high));
    pen.lineTo(long, 0);
    pen.fill();
  };
  return {
    element: make("div", { class: "pad" }, beside.box, plane.box, below.box),
    // curves: whether the density is that of the two curves; other ones take paint only.
    show(shadow, curves) {
      shade.replaceChildren(shadow);
      for (const { box } of [below, beside]) box.style.visibility = curves ? "" : "hidden";
      curve(below.canvas, drawing.curves[0], false);
      curve(beside.canvas, drawing.curves[1], true);
    },
  };
}
