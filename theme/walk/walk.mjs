// A walk that the model draws as it goes: clip after clip, each tied to the last, along what the visitor asks
// (experiments/video_diffusion/sampling/{extension,remembering}.py).
import { randomness } from "../play/zodmc.mjs";
import { Bank, cover, filled } from "./bank.mjs";
import { Body, PACE, wallsNear } from "./body.mjs";
import { CHANNELS, FRAMES, LATENT, PLACES, SIZE } from "./networks.mjs";
import { Pilot } from "./pilot.mjs";
import { methods, sample } from "./sampler.mjs";

const PIXELS = SIZE * SIZE;
const BEGIN_STEPS = 12; // of the first clip, which nothing leads
const FORGOTTEN = 10; // frames whose walls still stop a walker who remembers nothing

export class Walk {
  bank = new Bank();
  body = new Body();
  pilot = new Pilot();
  latents = new Float32Array(0); // of the last frames, as many as a clip continues
  poses = [];
  shown = nothing(0); // what memory showed at these frames, as the denoiser takes it
  clips = 0;
  depth = null; // 1 / depth of the last frame's columns

  // networks: see networks.mjs. settings: shift, ancestral, held, injected, overlap, retrieved, as walk.json has them.
  constructor(networks, settings, seed) {
    Object.assign(this, { networks, settings, seed, methods: methods(settings) });
  }

  // How many frames the next clip adds.
  fresh(way) {
    return this.#tied(way) ? FRAMES - this.settings.overlap : FRAMES;
  }

  #tied(way) {
    return way !== "independent" && this.poses.length >= this.settings.overlap;
  }

  // The next clip. asked: [ahead, turn] from −1 to 1 for each new frame; null lets the pilot ask. way: "frames",
  // "injection" or "independent". memory: whether it is told what earlier frames show. Returns its new frames.
  async clip({ asked, way, memory, steps }) {
    const { overlap, shift, ancestral, retrieved } = this.settings;
    const tied = this.#tied(way);
    const known = tied ? overlap : 0;
    const keys = asked ?? this.pilot.ask(this.depth, FRAMES - known);
    const added = this.#move(keys.slice(0, FRAMES - known), memory);
    const poses = [...(tied ? this.poses.slice(-overlap) : []), ...added];
    // The known frames keep what memory showed when they were drawn: to see it anew costs time and gains nothing.
    const shown = memory && this.clips ? await this.#reminded(poses, added, retrieved) : nothing(added.length);
    const views = joined(tied ? this.shown : nothing(0), shown);
    const told = { poses: Float32Array.from(this.#around(poses).flat()), views, remembering: memory && this.clips ? 1 : 0 };
    const random = randomness(Math.imul(this.seed, 0x9e3779b1) + this.clips);
    const clip = await sample((z, levels) => this.networks.denoise(z, levels, told), {
      method: this.methods[tied ? way : "independent"], known: tied ? this.latents : new Float32Array(0),
      noise: Float32Array.from({ length: FRAMES * LATENT }, () => random.normal()),
      frames: FRAMES, normal: random.normal, steps: this.clips ? steps : Math.max(steps, BEGIN_STEPS), shift, ancestral,
    });
    const fresh = clip.subarray(known * LATENT);
    const images = await this.#draw(fresh);
    const depth = await this.networks.depth(images.colours);
    added.forEach((pose, k) => {
      this.bank.remember(images.planes[k], depth.slice(k * SIZE, (k + 1) * SIZE), pose);
    });
    this.depth = depth.slice(-SIZE);
    this.latents = clip.slice(-overlap * LATENT);
    this.shown = views.slice(-overlap * VIEW);
    this.poses = [...this.poses, ...added].slice(-overlap);
    this.clips++;
    return { pictures: images.pictures, poses: added, depth, keys, still: this.body.still };
  }

  // The stances that what is asked leads to.
  #move(keys, memory) {
    const views = memory ? this.bank.views : this.bank.views.slice(-FORGOTTEN);
    const keptOff = wallsNear(views, this.body.x, this.body.y);
    return keys.map(([ahead, turn]) => {
      this.body.step([ahead * PACE.speed, turn * PACE.turn], PACE.inertia, keptOff);
      return this.body.pose;
    });
  }

  // Only how poses lie to each other counts; near the origin float32 keeps them exact on a long walk, too.
  #around(poses) {
    const [x, y] = poses[0];
    return poses.map(([px, py, heading]) => [px - x, py - y, heading % (2 * Math.PI)]);
  }

  // What memory shows from the new stances, as the denoiser takes it; all stances of the clip choose the views.
  async #reminded(poses, added, retrieved) {
    const shown = this.bank.show(poses, added, retrieved);
    const images = new Float32Array(shown.length * 3 * PIXELS);
    shown.forEach(({ image, known }, k) => images.set(filled(image, known), k * 3 * PIXELS));
    const latents = await this.networks.encode(images);
    const views = nothing(shown.length);
    shown.forEach(({ known }, k) => {
      const covered = cover(known);
      const at = k * VIEW;
      for (let c = 0; c < CHANNELS; c++) {
        for (let p = 0; p < PLACES; p++) views[at + c * PLACES + p] = covered[p] > 0 ? latents[k * LATENT + c * PLACES + p] : 0;
      }
      views.set(covered, at + LATENT);
    });
    return views;
  }

  // Latents to pictures (RGBA bytes), to planes of bytes, and to these planes' colours from −1 to 1.
  async #draw(latents) {
    const decoded = await this.networks.decode(latents);
    const count = decoded.length / (3 * PIXELS);
    const bytes = Uint8ClampedArray.from(decoded, (value) => (value + 1) * 127.5);
    const planes = Array.from({ length: count }, (_, k) => bytes.slice(k * 3 * PIXELS, (k + 1) * 3 * PIXELS));
    const pictures = new Uint8ClampedArray(4 * PIXELS * count).fill(255);
    for (let k = 0; k < count; k++) {
      for (let p = 0; p < PIXELS; p++) {
        for (let c = 0; c < 3; c++) pictures[4 * (k * PIXELS + p) + c] = planes[k][c * PIXELS + p];
      }
    }
    return { pictures, planes, colours: Float32Array.from(bytes, (byte) => byte / 127.5 - 1) };
  }
}

const VIEW = LATENT + PLACES; // what memory shows at one frame: latents, and how much of each place is known
const nothing = (frames) => new Float32Array(frames * VIEW);

function joined(first, second) {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
