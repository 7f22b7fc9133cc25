// Laws of the walk's modules that need neither the model nor Python.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Bank, cover } from "../../../theme/walk/bank.mjs";
import { Body, PACE, RADIUS, wallsNear } from "../../../theme/walk/body.mjs";
import { Keys } from "../../../theme/walk/keys.mjs";
import { read, write } from "../../../theme/walk/link.mjs";
import { Pilot } from "../../../theme/walk/pilot.mjs";
import { reproject } from "../../../theme/walk/reprojection.mjs";
import { methods, renoise, sample, timeGrid } from "../../../theme/walk/sampler.mjs";
import { digest, widened } from "../../../theme/walk/weights.mjs";
import { wordsIn } from "../../../theme/walk/words.mjs";

const wallAhead = (distance, size = 64) => new Float32Array(size).fill(1 / distance);
const free = (x, y) => [x, y];

test("a link holds what was asked, and nothing else is one", () => {
  const asked = Array.from({ length: 90 }, (_, k) => [((k >> 3) % 3) - 1, ((k * k) % 3) - 1]);
  assert.deepEqual(read(write(123, asked)), { seed: 123, asked });
  assert.equal(write(7, [[1, 0], [1, 0], [0, 0]]), "7.h2e");
  for (const text of [null, "", "x", "7", "7.z", "7.h2<script>", "99999999999.h"]) assert.equal(read(text), null);
  assert.equal(read("1." + "h999".repeat(50)).asked.length, 600);
});

test("a tap that ends before anybody looks still counts, once", () => {
  let heard = 0;
  const keys = new Keys(() => heard++);
  keys.press("ahead");
  keys.release("ahead");
  assert.ok(keys.any);
  assert.deepEqual(keys.ask(4), [[1, 0], [1, 0], [0, 0], [0, 0]]);
  assert.ok(!keys.any && heard === 1);
  keys.press("left");
  assert.deepEqual(keys.ask(3), [[0, -1], [0, -1], [0, -1]]);
});

test("who asks for nothing comes to rest, and who turns back meets where he was", () => {
  const body = new Body();
  for (let k = 0; k < 10; k++) body.step([PACE.speed, 0], PACE.inertia, free);
  assert.ok(!body.still && Math.abs(body.speed - PACE.speed) < 1e-3);
  for (let k = 0; k < 12; k++) body.step([0, 0], PACE.inertia, free);
  assert.ok(body.still);
  const far = body.x;
  for (let k = 0; k < 10; k++) body.step([-PACE.speed, 0], PACE.inertia, free);
  for (let k = 0; k < 12; k++) body.step([0, 0], PACE.inertia, free);
  assert.ok(far > 1.5 && Math.abs(body.x) < 1e-3);
});

test("nobody walks through a wall that a view shows", () => {
  const view = { pose: [0, 0, 0], inverseDepth: wallAhead(1) };
  const keptOff = wallsNear([view], 0, 0);
  const body = new Body();
  for (let k = 0; k < 30; k++) body.step([PACE.speed, 0], PACE.inertia, keptOff);
  assert.ok(Math.abs(body.x - (1 - RADIUS)) < 1e-6, `${body.x}`);
  assert.ok(Math.abs(body.speed) < 1e-6, "who is stopped loses his speed");
  assert.deepEqual(keptOff(0.3, 0.1), [0.3, 0.1]);
});

test("a view seen from its own stance shows itself", () => {
  const size = 64;
  const image = Uint8ClampedArray.from({ length: 3 * size * size }, (_, k) => (k * 37) % 256);
  const view = { image, inverseDepth: wallAhead(1.5), pose: [2, 3, 0.7] };
  const { image: again, known } = reproject([view], view.pose);
  const middle = known.slice(24 * size, 40 * size);
  assert.ok(middle.reduce((sum, one) => sum + one) === middle.length, "all of the wall is known");
  let worst = 0;
  for (let k = 24 * size; k < 40 * size; k++) worst = Math.max(worst, Math.abs(again[k] - (image[k] / 127.5 - 1)));
  assert.ok(worst < 1e-4, `${worst}`);
  assert.ok(reproject([], view.pose).known.every((one) => one === 0));
});

test("memory is bounded, and forgets the oldest first", () => {
  const bank = new Bank();
  for (let k = 0; k < 1010; k++) bank.remember(new Uint8ClampedArray(0), wallAhead(1), [k, 0, 0]);
  assert.equal(bank.views.length, 1000);
  assert.equal(bank.views[0].pose[0], 10);
  assert.ok(Math.abs(cover(new Float32Array(4096).fill(1)).reduce((a, b) => Math.max(a, b)) - 1) < 1e-6);
});

test("the pilot walks on where there is room, turns where there is none, and around now and then", () => {
  const pilot = new Pilot();
  assert.deepEqual(pilot.ask(wallAhead(3), 2), [[1, 0], [1, 0]]);
  const blocked = pilot.ask(wallAhead(0.5), 3);
  assert.ok(blocked.every(([ahead, turn]) => ahead === 0 && turn !== 0));
  let turned = 0;
  const free = new Pilot();
  for (let k = 0; k < 30; k++) turned += free.ask(wallAhead(5), 5).filter(([, turn]) => turn).length;
  assert.ok(turned >= 16 && turned <= 64);
});

// A denoiser that knows the answer: whatever the steps, the clip ends there.
const truth = Float32Array.from({ length: 20 }, (_, k) => Math.sin(k));
const base = { noise: truth.map((_, k) => Math.cos(3 * k)), frames: 10, normal: () => 0.5, shift: 8, ancestral: 1.4 };

test("a denoiser that knows the truth is followed to it, in any number of steps, and known frames are kept", async () => {
  const { independent, frames } = methods({ held: 0.1, injected: 0.33 });
  for (const steps of [1, 2, 4, 20]) {
    const clip = await sample(async () => truth, { ...base, steps, method: independent, known: new Float32Array(0) });
    assert.ok(clip.every((value, k) => Math.abs(value - truth[k]) < 1e-5));
    const known = Float32Array.of(9, 8, 7, 6);
    const tied = await sample(async () => truth, { ...base, steps, method: frames, known });
    assert.deepEqual([...tied.slice(0, 4)], [9, 8, 7, 6]);
  }
});

test("the levels that a method tells the network are those at which frames stand", async () => {
  const { frames, injection } = methods({ held: 0.1, injected: 0.33 });
  const told = [];
  const look = async (_, levels) => (told.push([levels[0], levels[9]]), truth);
  await sample(look, { ...base, steps: 6, method: frames, known: truth.slice(0, 10) });
  assert.ok(told.every(([known, fresh]) => known <= fresh && known <= 0.1 + 1e-6));
  told.length = 0;
  await sample(look, { ...base, steps: 6, method: injection, known: truth.slice(0, 10) });
  assert.ok(told.every(([known, fresh]) => known === fresh), "injected frames stand at the clip's own level");
});

test("fresh noise leaves the variance at its level, and the grid runs from 1 to 0", () => {
  const grid = timeGrid(4, 8);
  assert.equal(grid[0], 1);
  assert.equal(grid[4], 0);
  assert.ok(grid.every((t, k) => k === 0 || t < grid[k - 1]));
  const [down, up] = [0.3, 0.5];
  const scale = (1 - up) / (1 - down);
  const added = renoise([0], down, up, [1])[0];
  assert.ok(Math.abs((scale * down) ** 2 + added ** 2 - up ** 2) < 1e-12);
});

test("half precision is widened exactly, ordinary, tiny and infinite numbers", async () => {
  const header = new TextEncoder().encode("{}");
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x3555);
  const file = new Uint8Array(8 + header.length + 12);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  file.set(new Uint8Array(halves.buffer), 8 + header.length);
  const found = [...new Float32Array(widened(file).buffer)];
  assert.deepEqual(found, [1, -2, 2 ** -24, 65504, Infinity, 0.333251953125]);
  assert.equal(await digest(new Uint8Array(0)), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("both languages say the same things, with the same blanks", () => {
  const [en, zh] = [wordsIn("en"), wordsIn("zh-Hans")];
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
  for (const key of Object.keys(en)) assert.equal(en[key].split("{}").length, zh[key].split("{}").length, key);
});

test("the map draws a wall that is seen again three times at most, and a new one at once", async () => {
  const lines = [];
  globalThis.Path2D = class {
    moveTo(x, y) { lines.push([x, y]); }
    lineTo() {}
  };
  const pen = new Proxy({ canvas: { width: 300, height: 300 } }, { get: (own, name) => own[name] ?? (() => {}), set: () => true });
  const { Chart } = await import("../../../theme/walk/map.mjs");
  const chart = new Chart({ getContext: () => pen });
  const wall = new Float32Array(64).fill(1); // one block ahead, across the view
  const counts = Array.from({ length: 6 }, () => {
    const before = lines.length;
    chart.add([0, 0, 0], wall);
    return lines.length - before;
  });
  assert.ok(counts[0] > 50 && counts[1] === counts[0] && counts[2] === counts[0], counts.join());
  assert.deepEqual(counts.slice(3), [0, 0, 0]);
  assert.equal(chart.walls.length, 3);
  chart.add([0, 0, Math.PI], wall);
  assert.equal(chart.walls.length, 4);
  chart.clear();
  chart.add([0, 0, 0], wall);
  assert.equal(chart.walls.length, 1);
});
