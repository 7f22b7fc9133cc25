// What remembered frames show from a new stance: their pixels, carried over by the depth of their walls
// (experiments/video_diffusion/memory/reprojection.py). Images are 3 planes of size × size bytes.
import { compose, rays, seenFrom } from "./poses.mjs";
import { wallsAhead } from "./walls.mjs";

const HOLE = 0; // mid grey, of colours from −1 to 1

// The views seen from one pose: `image` (3, S, S) from −1 to 1 and `known` (S, S), 1 where something is known.
export function reproject(views, pose, size = 64) {
  const [image, known] = [new Float32Array(3 * size * size).fill(HOLE), new Float32Array(size * size)];
  if (!views.length) return { image, known };
  const across = rays(size);
  const { depth, source } = wallsAhead(views, pose, size);
  const sky = skyByRow(views, size);
  const paint = (index, colour) => {
    for (let c = 0; c < 3; c++) image[c * size * size + index] = colour[c];
    known[index] = 1;
  };
  for (let column = 0; column < size; column++) {
    const distance = depth[column];
    const wall = distance < Infinity && wallAt(views[source[column]], pose, across[column], distance);
    for (let row = 0; row < size; row++) {
      const [down, index] = [across[row], row * size + column];
      if (wall && Math.abs(down) <= 0.5 / distance) {
        const colour = lookUp(views[source[column]].image, size, wall.u, down * wall.scale);
        if (colour) paint(index, colour);
      } else if (down > 0) {
        const colour = floorAt(views, pose, across[column], down, size);
        if (colour) paint(index, colour);
      } else if (wall && sky[row]) paint(index, sky[row]);
    }
  }
  return { image, known };
}

// Where a view shows the wall that a ray ends on: its column, and how much higher than here it stands there.
function wallAt(view, pose, across, distance) {
  const [x, y] = compose(pose, distance, across * distance);
  const [ahead, right] = seenFrom(view.pose, x, y);
  const kept = Math.max(ahead, 1e-4);
  return { u: right / kept, scale: distance / kept };
}

// The floor under a pixel below the horizon, from the nearest view that sees it.
function floorAt(views, pose, across, down, size) {
  const far = 0.5 / Math.max(down, 1e-3);
  const [x, y] = compose(pose, far, across * far);
  let [best, least, u, v] = [null, Infinity, 0, 0];
  for (const view of views) {
    const [there, right] = seenFrom(view.pose, x, y);
    const ahead = Math.max(there, 1e-4);
    const [a, b] = [right / ahead, 0.5 / ahead];
    if (Math.abs(a) >= 1 || b >= 1 || ahead <= 0.05 || ahead >= least) continue;
    const column = Math.min(Math.max(Math.trunc(((a + 1) / 2) * size), 0), size - 1);
    if (ahead < 1 / Math.max(view.inverseDepth[column], 1e-3)) [best, least, u, v] = [view, ahead, a, b];
  }
  return best && lookUp(best.image, size, u, v);
}

// Bilinear colour at (u, v) in [−1, 1] of an image; null outside of it.
function lookUp(image, size, u, v) {
  if (Math.abs(u) > 1 || Math.abs(v) > 1) return null;
  const place = (part) => Math.min(Math.max(((part + 1) / 2) * size - 0.5, 0), size - 1);
  const [column, row] = [place(u), place(v)];
  const [left, top] = [Math.min(Math.floor(column), size - 2), Math.min(Math.floor(row), size - 2)];
  const [right, low] = [column - left, row - top];
  return [0, 1, 2].map((c) => {
    const k = (c * size + top) * size + left;
    const upper = image[k] * (1 - right) + image[k + 1] * right;
    const lower = image[k + size] * (1 - right) + image[k + size + 1] * right;
    return (upper * (1 - low) + lower * low) / 127.5 - 1;
  });
}

// The mean colour of what lies above the walls in each row, null where no view shows it.
function skyByRow(views, size) {
  return Array.from(rays(size), (down, row) => {
    if (down >= 0) return null;
    let [count, sum] = [0, [0, 0, 0]];
    for (const { image, inverseDepth } of views) {
      for (let column = 0; column < size; column++) {
        if (-down <= 0.5 * inverseDepth[column] + 2 / size) continue;
        count++;
        for (let c = 0; c < 3; c++) sum[c] += image[(c * size + row) * size + column];
      }
    }
    return count ? sum.map((total) => total / count / 127.5 - 1) : null;
  });
}
