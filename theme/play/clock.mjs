// One clock for everything that is compared: it holds a position on the frames and tells its listeners.
export class Clock {
  #seconds = 0;
  #wanted = false;
  #visible = false;
  #listeners = [];

  // hold: seconds on the last frame before it starts again. speed: 2 is twice as fast; it may be set at any time.
  constructor(frames, fps, hold = 1.5) {
    Object.assign(this, { frames, fps, hold, speed: 1 });
  }

  // Fractional, 0 … frames − 1.
  get position() {
    return Math.min(this.#seconds * this.fps, this.frames - 1);
  }

  get frame() {
    return Math.floor(this.position + 1e-6);
  }

  get playing() {
    return this.#wanted;
  }

  // Out of view it waits, and goes on by itself when seen again.
  get running() {
    return this.#wanted && this.#visible;
  }

  play(wanted = true) {
    this.#wanted = wanted;
    this.#tell();
  }

  see(visible) {
    this.#visible = visible;
    this.#tell();
  }

  seek(position) {
    this.#seconds = Math.max(0, Math.min(position, this.frames - 1)) / this.fps;
    this.#tell();
  }

  advance(seconds) {
    if (!this.running) return;
    // A browser may date a frame before the moment that asked for it.
    this.#seconds = (this.#seconds + this.speed * Math.max(0, seconds)) % ((this.frames - 1) / this.fps + this.hold);
    this.#tell();
  }

  listen(listener) {
    this.#listeners.push(listener);
    listener(this);
  }

  #tell() {
    for (const listener of this.#listeners) listener(this);
  }
}

const TICK = 1000 / 32; // milliseconds: half of a screen's frames are enough for pictures that change 8 times a second

// Let the browser's frames move the clock, as long as it runs.
export function drive(clock) {
  let last = null;
  const step = (now) => {
    if (!clock.running) return (last = null);
    requestAnimationFrame(step);
    if (last !== null && now - last < TICK) return;
    if (last !== null) clock.advance(Math.min(now - last, 250) / 1000);
    last = now;
  };
  clock.listen(() => {
    if (!clock.running || last !== null) return;
    last = performance.now();
    requestAnimationFrame(step);
  });
}
