// The tally and the verdict on the screen follow from the seams alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { current, seamsOf, tally } from "../../../theme/play/seams.mjs";

const seams = seamsOf({ seams: [4, 8, 10], verdicts: [1, 0, 1] });

test("the tally counts what has been met, and never more plausible ones than that", () => {
  assert.deepEqual(tally(seams, 3), { met: 0, plausible: 0 });
  assert.deepEqual(tally(seams, 4), { met: 1, plausible: 1 });
  assert.deepEqual(tally(seams, 9), { met: 2, plausible: 1 });
  assert.deepEqual(tally(seams, 99), { met: 3, plausible: 2 });
});

test("a verdict stays for a while, or until the next seam", () => {
  assert.equal(current(seams, 3), undefined);
  assert.equal(current(seams, 7).frame, 4);
  assert.equal(current(seams, 10).frame, 10);
  assert.equal(current(seams, 14), undefined);
});

test("data without verdicts leave them open", () => {
  assert.deepEqual(seamsOf({ seams: [4] }), [{ frame: 4, plausible: undefined }]);
});
