// Zeroth-order diffusion Monte Carlo in the plane; the formulas of experiments/pzodmc/{diffusion,rejection}.py.
// Forward x_t = e^{−t} z + √(1 − e^{−2t}) ξ; the score is (e^{−t} E[z | x_t] − x_t)/(1 − e^{−2t}).

// Uniform numbers in [0, 1) from a seed (mulberry32) and standard normal ones by Box and Muller.
export function randomness(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
  let spare = null;
  const normal = () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { uniform, normal };
}

// The paper's times from `horizon` down to `end`: step length κ min(1, t), with κ solved for.
export function timeGrid(steps = 24, horizon = 2, end = 5e-3) {
  const times = (kappa) => {
    const grid = [end];
    for (let k = 0; k < steps; k++) grid.push(grid[k] + kappa * Math.min(1, grid[k]));
    return grid;
  };
  let [low, high] = [0, 1];
  while (times(high)[steps] < horizon) high *= 2;
  for (let k = 0; k < 100; k++) {
    const middle = (low + high) / 2;
    if (times(middle)[steps] < horizon) low = middle;
    else high = middle;
  }
  return [...times(high).slice(0, -1), horizon].reverse();
}

export const score = (x, mean, t) => (Math.exp(-t) * mean - x) / -Math.expm1(-2 * t);

// Exponential integrator of the reversed process, the score held fixed from t down to `to`; one coordinate.
export function reverseStep(x, slope, t, to, noise) {
  const h = t - to;
  return Math.exp(h) * x + 2 * Math.expm1(h) * slope + Math.sqrt(Math.expm1(2 * h)) * noise;
}

// E[z | x_t = x] by rejection: propose z ~ N(e^t x, (e^{2t} − 1) I), accept with probability e^{−V(z)}, where
// min V = 0, until `wanted` are accepted. Returns the mean (null without one), the calls of V and the accepted.
export function posteriorMean(energy, x, t, { wanted, most }, random) {
  const [grow, spread] = [Math.exp(t), Math.sqrt(Math.expm1(2 * t))];
  const sum = x.map(() => 0);
  const z = x.map(() => 0);
  let [calls, accepted] = [0, 0];
  while (accepted < wanted && calls < most) {
    for (let k = 0; k < z.length; k++) z[k] = grow * x[k] + spread * random.normal();
    calls++;
    if (random.uniform() >= Math.exp(-energy(z))) continue;
    accepted++;
    for (let k = 0; k < z.length; k++) sum[k] += z[k];
  }
  return { mean: accepted ? sum.map((total) => total / accepted) : null, calls, accepted };
}

// One run: `terms` are energies of consecutive blocks, [{ size, energy }, …]; a single one is the whole of V.
export class Run {
  constructor(terms, { particles = 300, wanted = 8, most = 20000, seed = 1, times = timeGrid() } = {}) {
    Object.assign(this, { terms, wanted, most, times, step: 0, calls: 0, accepted: 0, empty: 0 });
    this.random = randomness(seed);
    const dim = terms.reduce((total, { size }) => total + size, 0);
    this.x = Array.from({ length: particles }, () => Array.from({ length: dim }, () => this.random.normal()));
    this.mean = this.x.map((x) => x.map(() => 0)); // the last estimate, kept where a new one stays empty
  }

  get time() {
    return this.times[this.step];
  }

  get done() {
    return this.step === this.times.length - 1;
  }

  // All particles one step down in time; yields after each, so that a page can draw in between.
  *moves() {
    const [t, to] = [this.times[this.step], this.times[this.step + 1]];
    for (const [i, x] of this.x.entries()) {
      this.#estimate(x, this.mean[i], t);
      for (let k = 0; k < x.length; k++) {
        x[k] = reverseStep(x[k], score(x[k], this.mean[i][k], t), t, to, this.random.normal());
      }
      yield;
    }
    this.step++;
  }

  advance() {
    for (const _ of this.moves());
  }

  // Block by block into `mean`.
  #estimate(x, mean, t) {
    let from = 0;
    for (const { size, energy } of this.terms) {
      const got = posteriorMean(energy, x.slice(from, from + size), t, this, this.random);
      this.calls += got.calls;
      this.accepted += got.accepted;
      if (got.mean) mean.splice(from, size, ...got.mean);
      else this.empty++;
      from += size;
    }
  }
}
