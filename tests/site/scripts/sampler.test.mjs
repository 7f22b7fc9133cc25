// The whole run: right where it should be, wrong where the theory says so.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cellShares, floor, variation } from "../../../theme/play/quality.mjs";
import { NAMES, REACH, target } from "../../../theme/play/targets.mjs";
import { randomness, Run } from "../../../theme/play/zodmc.mjs";

function ran(name, way, settings = {}) {
  const run = new Run(target(name)[way], { particles: 300, wanted: 4, seed: 5, ...settings });
  while (!run.done) run.advance();
  return run;
}

const distance = (name, run) => {
  const shares = cellShares(target(name).whole[0].energy, REACH);
  return variation(run.x, shares, REACH) / floor(shares, run.x.length, randomness(1));
};

test("all four wells get equal shares, by blocks and as a whole, and blocks ask for fewer values", () => {
  const [whole, blocks] = [ran("wells", "whole", { wanted: 2 }), ran("wells", "blocks", { wanted: 2 })];
  const [well] = target("wells").blocks;
  const line = Array.from({ length: 601 }, (_, k) => k / 100 - 3);
  const weight = line.map((x) => Math.exp(-well.energy([x])));
  const exact = (2 * line.reduce((sum, x, k) => sum + x * x * weight[k], 0)) / weight.reduce((a, b) => a + b);
  for (const run of [whole, blocks]) {
    const counts = [0, 0, 0, 0];
    for (const [x, y] of run.x) counts[(x > 0) + 2 * (y > 0)]++;
    const n = run.x.length;
    for (const count of counts) assert.ok(Math.abs(count / n - 1 / 4) < 4 * Math.sqrt(3 / 16 / n), counts.join());
    const radius = run.x.reduce((sum, [x, y]) => sum + x * x + y * y, 0) / n;
    assert.ok(Math.abs(radius - exact) < 0.12, `E |z|² is ${radius}, should be ${exact}`);
  }
  assert.ok(whole.calls > 2 * blocks.calls, `${whole.calls} and ${blocks.calls}`);
});

test("the ring comes out as a whole and is lost block by block", () => {
  assert.ok(distance("ring", ran("ring", "whole")) < 1.6);
  assert.ok(distance("ring", ran("ring", "blocks")) > 2.5);
});

test("the distance of exact draws is the floor", () => {
  const shares = cellShares(target("wells").whole[0].energy, REACH);
  assert.ok(Math.abs(shares.reduce((a, b) => a + b) - 1) < 1e-12);
  assert.ok(floor(shares, 20000, randomness(2), 3) < 0.03 && floor(shares, 100, randomness(2)) > 0.1);
});

test("every energy has its minimum at 0", () => {
  const random = randomness(3);
  for (const name of NAMES) {
    for (const { size, energy } of [...target(name).whole, ...target(name).blocks]) {
      const values = Array.from({ length: 2000 }, () => energy(Array.from({ length: size }, () => 6 * random.uniform() - 3)));
      const low = Math.min(...values);
      assert.ok(low > -0.03 && low < 0.5, `${name}: ${low}`);
    }
  }
});

test("a run is its seed's", () => {
  const [a, b, c] = [1, 1, 2].map((seed) => ran("wells", "blocks", { seed, particles: 5, wanted: 1 }).x.join());
  assert.ok(a === b && a !== c);
});

test("random numbers are uniform and normal", () => {
  const random = randomness(11);
  const n = 40000;
  const mean = (draw) => Array.from({ length: n }, draw).reduce((a, b) => a + b) / n;
  assert.ok(Math.abs(mean(() => random.uniform()) - 0.5) < 4 / Math.sqrt(12 * n));
  assert.ok(Math.abs(mean(() => random.normal())) < 4 / Math.sqrt(n));
  assert.ok(Math.abs(mean(() => random.normal() ** 2) - 1) < 4 * Math.sqrt(2 / n));
});
