// The estimate behind every step: its mean, its acceptance and its cost are the ones of the theory.
import assert from "node:assert/strict";
import { test } from "node:test";
import { posteriorMean, randomness, reverseStep, score, timeGrid } from "../../../theme/play/zodmc.mjs";

const random = randomness(7);
const [centre, width] = [0.7, 0.5];
const gaussian = ([z]) => (z - centre) ** 2 / (2 * width ** 2);
const noised = (t) => Math.exp(-2 * t) * width ** 2 - Math.expm1(-2 * t); // variance of x_t

for (const t of [0.05, 0.4, 1.5]) {
  const x = 0.3;

  test(`posterior mean of a Gaussian at t = ${t}`, () => {
    const exact = centre + (Math.exp(-t) * width ** 2 * (x - Math.exp(-t) * centre)) / noised(t);
    const sd = Math.sqrt((width ** 2 * -Math.expm1(-2 * t)) / noised(t));
    const wanted = 20000;
    const { mean, accepted } = posteriorMean(gaussian, [x], t, { wanted, most: 1e7 }, random);
    assert.equal(accepted, wanted);
    assert.ok(Math.abs(mean[0] - exact) < (4 * sd) / Math.sqrt(wanted), `${mean[0]} against ${exact}`);
  });

  test(`acceptance is the noised density at t = ${t}`, () => {
    // α = Z e^{−t} p_t(x) with Z = √(2π) width, since min V = 0.
    const density = Math.exp(-((x - Math.exp(-t) * centre) ** 2) / (2 * noised(t))) / Math.sqrt(noised(t));
    const alpha = width * Math.exp(-t) * density;
    const { calls, accepted } = posteriorMean(gaussian, [x], t, { wanted: Infinity, most: 40000 }, random);
    const error = Math.sqrt((alpha * (1 - alpha)) / calls);
    assert.ok(Math.abs(accepted / calls - alpha) < 4 * error, `${accepted / calls} against ${alpha}`);
  });
}

test("the whole costs the product of what its coordinates cost", () => {
  const t = 1;
  const wanted = 3000;
  const one = posteriorMean(gaussian, [0.2], t, { wanted, most: 1e7 }, random).calls / wanted;
  const both = posteriorMean((z) => gaussian([z[0]]) + gaussian([z[1]]), [0.2, 0.2], t, { wanted, most: 1e7 }, random);
  assert.ok(Math.abs(both.calls / wanted / one ** 2 - 1) < 0.12, `${both.calls / wanted} against ${one ** 2}`);
});

test("without an accepted point there is no mean, and the calls are counted", () => {
  assert.deepEqual(posteriorMean(() => Infinity, [0, 0], 1, { wanted: 1, most: 50 }, random), { mean: null, calls: 50, accepted: 0 });
});

test("small steps with the exact score carry a Gaussian to a Gaussian", () => {
  const times = timeGrid(120, 3, 0.01);
  let [mean, variance] = [0, 1];
  for (let k = 0; k + 1 < times.length; k++) {
    const [t, to] = [times[k], times[k + 1]];
    const slope = (x) => -(x - Math.exp(-t) * centre) / noised(t);
    const grow = reverseStep(1, slope(1), t, to, 0) - reverseStep(0, slope(0), t, to, 0);
    mean = reverseStep(mean, slope(mean), t, to, 0);
    variance = grow ** 2 * variance + reverseStep(0, 0, t, to, 1) ** 2;
  }
  assert.ok(Math.abs(mean - centre) < 0.05 && Math.abs(variance / width ** 2 - 1) < 0.1, `${mean}, ${variance}`);
});

test("the score of a Gaussian from its posterior mean", () => {
  const [x, t] = [1.3, 0.6];
  const mean = centre + (Math.exp(-t) * width ** 2 * (x - Math.exp(-t) * centre)) / noised(t);
  assert.ok(Math.abs(score(x, mean, t) + (x - Math.exp(-t) * centre) / noised(t)) < 1e-12);
});
