// One clock: what it shows, when it runs, how it starts again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "../../../theme/play/clock.mjs";

function started(frames = 10, fps = 5, hold = 1) {
  const clock = new Clock(frames, fps, hold);
  clock.see(true);
  clock.play();
  return clock;
}

test("it counts frames, holds the last one, and starts again", () => {
  const clock = started();
  clock.advance(1);
  assert.equal(clock.frame, 5);
  clock.advance(1.5);
  assert.equal(clock.frame, 9);
  clock.advance(0.4);
  assert.equal(clock.frame, 0);
});

test("it waits out of view and goes on by itself", () => {
  const clock = started();
  clock.see(false);
  clock.advance(1);
  assert.deepEqual([clock.frame, clock.playing, clock.running], [0, true, false]);
  clock.see(true);
  clock.advance(1);
  assert.equal(clock.frame, 5);
});

test("it never runs backwards", () => {
  const clock = started();
  clock.advance(-0.01);
  assert.equal(clock.frame, 0);
});

test("it never starts unasked", () => {
  const clock = new Clock(10, 5);
  clock.see(true);
  clock.advance(1);
  assert.equal(clock.frame, 0);
});

test("seeking stays on the frames and lands on the frame asked for", () => {
  const clock = started(64, 8);
  for (let frame = 0; frame < 64; frame++) {
    clock.seek(frame);
    assert.equal(clock.frame, frame);
  }
  clock.seek(99);
  assert.equal(clock.frame, 63);
  clock.seek(-1);
  assert.equal(clock.frame, 0);
});

test("all listeners see the same position", () => {
  const clock = started();
  const seen = [[], []];
  seen.forEach((list) => clock.listen(() => list.push(clock.position)));
  clock.advance(0.3);
  clock.seek(7);
  assert.deepEqual(seen[0], seen[1]);
  assert.deepEqual(seen[0], [0, 1.5, 7]);
});
