// What a visitor draws, and what the sampler finds out about it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { discover, mixedDifference } from "../../../theme/play/discovery.mjs";
import { Drawing } from "../../../theme/play/drawn.mjs";
import { ENERGIES, REACH, targetOf } from "../../../theme/play/targets.mjs";
import { randomness } from "../../../theme/play/zodmc.mjs";

function found(energy, seed = 1) {
  const search = discover(energy, randomness(seed));
  let step = search.next();
  while (!step.done) step = search.next();
  return step.value;
}

const SEEDS = Array.from({ length: 20 }, (_, k) => k);

test("sums are found to be sums, and what couples is found to couple, from every seed", () => {
  const drawing = new Drawing(REACH);
  for (const energy of [ENERGIES.wells, drawing.energy(null)]) {
    for (const seed of SEEDS) assert.deepEqual(found(energy, seed), { coupled: false, calls: 256 + 24 * 4 });
  }
  drawing.dab([0.3, 0.7]);
  for (const energy of [ENERGIES.ring, ENERGIES.mixture, drawing.energy(null), drawing.energy(ENERGIES.wells)]) {
    for (const seed of SEEDS) assert.ok(found(energy, seed).coupled);
  }
});

test("no value of V is asked for that is not counted", () => {
  let asked = 0;
  const { calls } = found((z) => (asked++, ENERGIES.wells(z)));
  assert.equal(calls, asked);
});

test("the mixed difference of a product of coordinates is the rectangle's area", () => {
  const { gap, bound } = mixedDifference(([x, y]) => x * y + x ** 3 - y, [0.5, -1], [2, 0.5]);
  assert.ok(Math.abs(gap - 1.5 * 1.5) < 1e-12 && bound < 1e-7);
});

test("a stroke bends a curve through both of its ends and leaves the rest", () => {
  const drawing = new Drawing(REACH);
  const before = drawing.curves[0].slice();
  drawing.bend(0, [0.5, 0.2], [0.25, 0.8]);
  const curve = drawing.curves[0];
  assert.ok(Math.abs(curve[30] - 0.2) < 1e-9 && Math.abs(curve[15] - 0.8) < 1e-9 && Math.abs(curve[22] - 0.52) < 0.02);
  assert.deepEqual([...curve.slice(40)], [...before.slice(40)]);
  drawing.bend(1, [0, -3], [1, 7]);
  assert.ok(Math.min(...drawing.curves[1]) > 0 && Math.max(...drawing.curves[1]) <= 1);
});

test("paint raises the density where it lies, does not pile up, and can be removed", () => {
  const drawing = new Drawing(REACH);
  const clean = drawing.energy(null);
  for (let k = 0; k < 5; k++) drawing.dab([0.5, 0.5]);
  const painted = drawing.energy(null);
  assert.ok(Math.abs(clean([0, 0]) - painted([0, 0]) - 3) < 1e-9);
  assert.equal(clean([2.5, -2.5]), painted([2.5, -2.5]));
  drawing.clean();
  assert.equal(drawing.coupled, false);
  assert.equal(drawing.energy(null)([0, 0]), clean([0, 0]));
  assert.ok(painted([0, 0]) < clean([0, 0]), "an energy stays what it was when it was taken");
});

test("whatever is drawn, the sampler gets a V whose minimum is 0", () => {
  const drawing = new Drawing(REACH);
  drawing.bend(0, [0, 0.9], [1, 0.1]);
  drawing.dab([0.13, 0.61]);
  const random = randomness(7);
  const { whole, blocks } = targetOf(drawing.energy(null));
  for (const { size, energy } of [...whole, ...blocks]) {
    const values = Array.from({ length: 20000 }, () => energy(Array.from({ length: size }, () => 8 * random.uniform() - 4)));
    assert.ok(Math.min(...values) > -1e-9);
  }
});
