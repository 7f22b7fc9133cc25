// What the visitor asks: arrows, WASD, or the pads on the screen. A tap that ends before anybody looks still counts once.
const KEYS = {
  ArrowUp: "ahead", KeyW: "ahead", ArrowDown: "back", KeyS: "back", ArrowLeft: "left", KeyA: "left", ArrowRight: "right", KeyD: "right",
};
const TAP = 2; // frames that a tap lasts

export class Keys {
  held = new Set();
  tapped = new Set();

  constructor(onpress) {
    this.onpress = onpress;
  }

  press(way) {
    this.held.add(way);
    this.tapped.add(way);
    this.onpress();
  }

  release(way) {
    this.held.delete(way);
  }

  clear() {
    this.held.clear();
    this.tapped.clear();
  }

  get any() {
    return this.held.size + this.tapped.size > 0;
  }

  // [ahead, turn] of −1, 0 and 1 for each of the next `count` frames; what was tapped is used up.
  ask(count) {
    const tapped = new Set(this.tapped);
    this.tapped.clear();
    return Array.from({ length: count }, (_, k) => {
      const on = (way) => (this.held.has(way) || (k < TAP && tapped.has(way)) ? 1 : 0);
      return [on("ahead") - on("back"), on("right") - on("left")];
    });
  }

  // Listen on an element that has the focus, and on its pads: buttons with data-way.
  listen(root) {
    root.addEventListener("keydown", (event) => {
      const way = KEYS[event.code];
      if (!way || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("select, input")) return;
      event.preventDefault();
      if (!event.repeat) this.press(way);
    });
    root.addEventListener("keyup", (event) => KEYS[event.code] && this.release(KEYS[event.code]));
    root.addEventListener("focusout", () => this.held.clear());
    for (const pad of root.querySelectorAll("[data-way]")) {
      const { way } = pad.dataset;
      pad.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        pad.setPointerCapture(event.pointerId);
        this.press(way);
      });
      for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) pad.addEventListener(end, () => this.release(way));
      // Enter, the space bar and switches for those who point with nothing.
      pad.addEventListener("click", (event) => event.detail === 0 && (this.press(way), this.release(way)));
    }
  }
}
