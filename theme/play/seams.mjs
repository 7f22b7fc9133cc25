// The judge's verdict on each seam of a video, and how many have passed up to a frame.

// [{ frame, plausible }, …] in order; plausible is undefined where the data carry no verdict.
export function seamsOf({ seams, verdicts = [] }) {
  return seams.map((frame, k) => ({ frame, plausible: verdicts[k] === undefined ? undefined : Boolean(verdicts[k]) }));
}

// How many seams lie at or before the frame, and how many of those are plausible.
export function tally(seams, frame) {
  const met = seams.filter((seam) => seam.frame <= frame);
  return { met: met.length, plausible: met.filter((seam) => seam.plausible).length };
}

// The seam whose verdict is on the screen at this frame: it stays for `hold` frames, or until the next one.
export function current(seams, frame, hold = 4) {
  return seams.findLast((seam) => seam.frame <= frame && frame < seam.frame + hold);
}
