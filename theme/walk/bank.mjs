// The memory of one walk: its frames so far and from where each was seen (experiments/video_diffusion/memory/bank.py).
import { reproject } from "./reprojection.mjs";
import { mostOverlapping } from "./retrieval.mjs";

const MOST = 1000; // frames: 13 MB. The oldest go first, so that a long walk does not grow without bound.
const PLACES = 8; // of a latent, a side

export class Bank {
  views = [];

  // One frame: 3 planes of bytes, 1 / depth of its columns, its pose.
  remember(image, inverseDepth, pose) {
    this.views.push({ image, inverseDepth, pose });
    if (this.views.length > MOST) this.views.shift();
  }

  // What the `count` views that overlap most with those from `poses` show from `wanted`: [{ image, known }, …].
  show(poses, wanted, count) {
    const chosen = mostOverlapping(this.views, poses, count).map((index) => this.views[index]);
    return wanted.map((pose) => reproject(chosen, pose));
  }
}

// The same image (3, S, S) with the nearest known colour of the row where nothing is known: a latent is made of all that
// lies around it. A row without any stays as it is.
export function filled(image, known, size = 64) {
  const found = image.slice();
  for (let row = 0; row < size; row++) {
    const nearest = new Int32Array(size).fill(-size);
    for (let column = 0, last = -size; column < size; column++) {
      if (known[row * size + column] > 0) last = column;
      nearest[column] = last;
    }
    for (let column = size - 1, last = 2 * size; column >= 0; column--) {
      if (known[row * size + column] > 0) last = column;
      if (last - column < column - nearest[column]) nearest[column] = last;
      if (nearest[column] < 0 || nearest[column] >= size) continue;
      for (let plane = row * size; plane < image.length; plane += size * size) {
        found[plane + column] = image[plane + nearest[column]];
      }
    }
  }
  return found;
}

// How much of each place of a latent is known: the mean of `known` (S, S) over its pixels, (PLACES, PLACES).
export function cover(known, size = 64) {
  const found = new Float32Array(PLACES * PLACES);
  const side = size / PLACES;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      found[Math.floor(row / side) * PLACES + Math.floor(column / side)] += known[row * size + column] / side ** 2;
    }
  }
  return found;
}
