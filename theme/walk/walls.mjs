// Walls as pieces between neighbouring columns of a view whose depth is known, and what stands first on a ray
// (experiments/video_diffusion/memory/reprojection.py, walls_ahead).
import { compose, rays, seenFrom } from "./poses.mjs";

const ONE_WALL = 0.15; // blocks within which two views are taken to see the same wall
const STRAIGHT = 0.04; // how much 1 / depth may bend between neighbouring columns of one wall
const BENT = 0.06; // from here on a wall ends at a column: depth that is read runs smoothly from one wall to the next
const SEAM = 1e-3; // of a piece: a ray that meets the seam of two, as from the same stance, must not slip between them

// The pieces of wall that a view shows, made once: flat [x1, y1, x2, y2, depth, …], depth the larger one of the two ends.
export const piecesOf = (view) => (view.pieces ??= pieces(view));

function pieces({ pose, inverseDepth: q }) {
  const size = q.length;
  const across = rays(size);
  const depth = Array.from(q, (value) => 1 / Math.max(value, 1e-3));
  const ends = depth.map((d, k) => compose(pose, d, across[k] * d));
  const bend = depth.map((_, k) => Math.abs(q[k + 1] - 2 * q[k] + q[k - 1]) / Math.max(q[k], 0.2)); // NaN at the edges
  const found = [];
  for (let k = 0; k + 1 < size; k++) {
    const sides = [bend[k], bend[k + 1]].filter((side) => !Number.isNaN(side));
    if (!(Math.min(...sides) < STRAIGHT && Math.max(...sides) < BENT)) continue;
    found.push(ends[k][0], ends[k][1], ends[k + 1][0], ends[k + 1][1], Math.max(depth[k], depth[k + 1]));
  }
  return found;
}

// The first piece of a list on a ray from (x, y) in direction (rx, ry): how far along it lies, Infinity where there is
// none, whether the ray meets its front, and how long the piece is.
function hit(list, x, y, rx, ry) {
  let [depth, front, piece] = [Infinity, true, 0];
  for (let k = 0; k < list.length; k += 5) {
    const [sx, sy] = [list[k + 2] - list[k], list[k + 3] - list[k + 1]];
    const [ox, oy] = [list[k] - x, list[k + 1] - y];
    let cross = rx * sy - ry * sx;
    if (Math.abs(cross) < 1e-9) cross = 1e-9;
    const s = (ox * sy - oy * sx) / cross;
    if (s <= 0.05 || s >= depth) continue;
    const r = (ox * ry - oy * rx) / cross;
    if (r >= -SEAM && r <= 1 + SEAM) [depth, front, piece] = [s, cross > 0, k];
  }
  return { depth, front, along: Math.hypot(list[piece + 2] - list[piece], list[piece + 3] - list[piece + 1]) };
}

// The first remembered wall on every ray of a pose: { depth, source }, the view that sees it finest. Behind the back of
// a wall, which a ray meets first where no view has seen its front, nothing is known.
export function wallsAhead(views, pose, size) {
  const lists = views.map(piecesOf);
  const [x, y, heading] = pose;
  const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
  const depth = new Float64Array(size).fill(Infinity);
  const source = new Int32Array(size);
  rays(size).forEach((across, column) => {
    const [rx, ry] = [cos - across * sin, sin + across * cos];
    const own = lists.map((list) => hit(list, x, y, rx, ry));
    const nearest = own.reduce((best, one) => (one.depth < best.depth ? one : best));
    if (!nearest.front || nearest.depth === Infinity) return;
    let least = Infinity;
    views.forEach((view, m) => {
      if (!own[m].front || own[m].depth > nearest.depth + ONE_WALL) return;
      const ahead = Math.max(seenFrom(view.pose, x + nearest.depth * rx, y + nearest.depth * ry)[0], 1e-4);
      const width = Math.max(own[m].along, (2 / size) * ahead);
      if (width < least) [least, source[column], depth[column]] = [width, m, own[m].depth];
    });
  });
  return { depth, source };
}
