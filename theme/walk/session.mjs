// One walk from the click on: asks the worker for clips, and hands their frames on at the pace at which they are drawn.
const LEAST = 1000 / 30; // milliseconds between two frames, at least
const PATIENCE = 60_000; // milliseconds for a step of a clip; a worker that is silent for longer has been ended by the browser

export class Session {
  #worker;
  #queue = [];
  #pending = false;
  #shown = false; // whether a frame is on its way to the screen
  #awake = true;
  #interval = 120;
  #watch;

  // ask(count): { asked, way, memory, steps } for the next clip of `count` new frames, or null to wait.
  // onframe(frame), onstate({ progress } | { ready } | { fault }). hurried: only the last frame of a clip is shown.
  constructor({ ask, onframe, onstate, hurried = false }) {
    Object.assign(this, { ask, onframe, onstate, hurried, frames: 0, fps: 0 });
    this.#worker = new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#heard(data);
    this.#worker.onerror = (event) => this.#fault({ kind: "broken", detail: event.message ?? "worker" });
  }

  begin(seed) {
    const [model, engine] = ["../../assets/walk/", "../runtime/"].map((path) => new URL(path, import.meta.url).href);
    this.#queue = [];
    this.frames = 0;
    this.clips = 0;
    this.ready = false;
    this.#worker.postMessage({ begin: { model, engine, seed } });
  }

  // Out of view, or when nothing is asked, nothing is drawn.
  wake(awake = true) {
    this.#awake = awake;
    if (awake) this.#go();
  }

  end() {
    clearTimeout(this.#watch);
    this.#worker.terminate();
    this.#awake = false;
  }

  #heard({ progress, ready, drawn, fault, alive }) {
    clearTimeout(this.#watch);
    if (alive) return this.#pending && this.#wait();
    if (fault) return this.#fault(fault);
    if (progress !== undefined) return this.onstate({ progress });
    if (ready) {
      this.ready = true;
      this.#pending = false;
      if (ready.provider) this.provider = ready.provider;
      this.onstate({ ready });
      return this.#go();
    }
    this.#pending = false;
    if (!this.ready) return; // of the walk before a new one was begun
    const { pictures, poses, depth, keys, seconds, still } = drawn;
    const count = poses.length;
    if (this.clips++ > 1) this.fps = this.fps ? 0.7 * this.fps + (0.3 * count) / seconds : count / seconds;
    this.#interval = Math.max(LEAST, (1000 * seconds) / count);
    this.still = still;
    for (let k = 0; k < count; k++) {
      this.#queue.push({
        picture: pictures.subarray((k * pictures.length) / count, ((k + 1) * pictures.length) / count),
        depth: depth.subarray((k * depth.length) / count, ((k + 1) * depth.length) / count),
        pose: poses[k], key: keys[k], seam: k === 0 && this.clips > 1,
      });
    }
    this.#go();
  }

  #fault(fault) {
    this.end();
    this.onstate({ fault });
  }

  #go() {
    if (!this.#awake || !this.ready) return;
    if (!this.#shown && this.#queue.length) this.#show();
    if (!this.#pending && this.#queue.length <= 5) {
      const wanted = this.ask();
      if (!wanted) return;
      this.#pending = true;
      this.#worker.postMessage({ clip: wanted });
      this.#wait();
    }
  }

  #wait() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#fault({ kind: "broken", detail: "no answer" }), PATIENCE);
  }

  #show() {
    const hurry = this.hurried ? this.#queue.length : 1;
    for (const frame of this.#queue.splice(0, hurry)) {
      this.frames++;
      this.onframe(frame);
    }
    this.#shown = true;
    setTimeout(() => {
      this.#shown = false;
      this.#go();
    }, this.#interval);
  }
}
