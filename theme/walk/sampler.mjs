// The sampling loop (experiments/video_diffusion/sampling): levels t from 1 to 0 on the path z = (1 − t) x + t ε, the
// multistep solver, fresh noise on the way. Clips are flat arrays, `frame` numbers a frame.

export const timeGrid = (steps, shift) => Array.from({ length: steps + 1 }, (_, k) => {
  const u = 1 - k / steps;
  return (shift * u) / (1 + (shift - 1) * u);
});

const logRatio = (t) => Math.log((1 - t) / t);
const mix = (x, a, y, b) => x.map((value, k) => a * value + b * y[k]);

// Along the straight line through z at `now` and x at 0, to `then`.
const straight = (z, x, now, then) => z.map((value, k) => (1 - then) * x[k] + (then * (value - (1 - now) * x[k])) / now);

export function ancestralLevel(now, then, share) {
  const down = (then / (1 - then)) * (((1 - now) * then) / ((1 - then) * now)) ** (share * share);
  return down / (1 + down);
}

export function renoise(z, down, up, fresh) {
  const scale = (1 - up) / (1 - down);
  return mix(z, scale, fresh, Math.sqrt(up * up - (scale * down) ** 2));
}

function multistep(z, x, { now, then, down }, before) {
  let mean = x;
  if (before && before.now < 1 && then > 0) {
    const whole = logRatio(down) - logRatio(now);
    const along = -1 / Math.expm1(-whole) - 1 / whole;
    const share = (along * (logRatio(then) - logRatio(now))) / (logRatio(now) - logRatio(before.now));
    mean = mix(x, 1 + share, before.x, -share);
  }
  return straight(z, mean, now, down);
}

// The ways of tying a clip to the frames before it. `held(t)`: the level at which known frames stand in the input when
// the clip is at t, or null where they are left to the model. Frames held below t are told to be so.
export const methods = ({ held, injected }) => ({
  independent: () => null,
  frames: (t) => Math.min(t, held),
  injection: (t) => (t >= 1 - injected - 1e-6 ? t : null),
});

// A clip of `frames` frames from `noise`. denoise(z, levels) → x̂, a promise. known: its first frames, may be empty.
// normal(): numbers for the fresh noise.
export async function sample(denoise, { method, known, noise, frames, normal, steps, shift, ancestral }) {
  const grid = timeGrid(steps, shift);
  const frame = noise.length / frames;
  let [z, own, before] = [noise, noise, null];
  const enter = (clip, level) => {
    if (level === null) return clip;
    const held = clip.slice();
    for (let k = 0; k < known.length; k++) held[k] = (1 - level) * known[k] + level * own[k];
    return held;
  };
  for (let k = 0; k < steps; k++) {
    const [now, then] = [grid[k], grid[k + 1]];
    const noisy = ancestral > 0 && then > 0;
    const down = noisy ? ancestralLevel(now, then, ancestral) : then;
    const level = method(now);
    z = enter(z, level);
    const levels = Float32Array.from({ length: frames }, (_, f) => (level !== null && f * frame < known.length ? level : now));
    const x = await denoise(z, levels);
    z = multistep(z, x, { now, then, down }, before);
    before = { now, x };
    if (!noisy) continue;
    const fresh = z.map(() => normal());
    z = renoise(z, down, then, fresh);
    own = renoise(own.map((value) => value * down), down, then, fresh).map((value) => value / then);
  }
  return enter(z, method(0));
}
