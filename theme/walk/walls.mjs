// Walls as pieces between neighbouring columns of a view whose depth is known, and what stands first on a ray
// (experiments/video_diffusion/memory/reprojection.py, walls_ahead).
import { compose, rays, seenFrom } from "./poses.mjs";

const ONE_WALL = 0.15; // blocks within which two views are taken to see the same wall
const STRAIGHT = 0.04; // how much 1 / depth may bend between neighbouring columns of one wall
const SEAM = 1e-3; // of a piece: a ray that meets the seam of two, as from the same stance, must not slip between them

// The pieces of wall that a view shows: flat [x1, y1, x2, y2, depth, …], depth the larger one of the two ends.
export function pieces({ pose, inverseDepth: q }) {
  const size = q.length;
  const across = rays(size);
  const depth = Array.from(q, (value) => 1 / Math.max(value, 1e-3));
  const ends = depth.map((d, k) => compose(pose, d, across[k] * d));
  const bend = depth.map((_, k) =>
    k === 0 || k === size - 1 ? Infinity : Math.abs(q[k + 1] - 2 * q[k] + q[k - 1]) / Math.max(q[k], 0.2));
  const found = [];
  for (let k = 0; k + 1 < size; k++) {
    if (Math.min(bend[k], bend[k + 1]) >= STRAIGHT) continue;
    found.push(ends[k][0], ends[k][1], ends[k + 1][0], ends[k + 1][1], Math.max(depth[k], depth[k + 1]));
  }
  return found;
}

// How far along a ray from (x, y) in direction (rx, ry) the first piece of a list lies; Infinity where none does.
function hit(list, x, y, rx, ry) {
  let nearest = Infinity;
  for (let k = 0; k < list.length; k += 5) {
    const [sx, sy] = [list[k + 2] - list[k], list[k + 3] - list[k + 1]];
    const [ox, oy] = [list[k] - x, list[k + 1] - y];
    let cross = rx * sy - ry * sx;
    if (Math.abs(cross) < 1e-9) cross = 1e-9;
    const s = (ox * sy - oy * sx) / cross;
    if (s <= 0.05 || s >= nearest) continue;
    const r = (ox * ry - oy * rx) / cross;
    if (r >= -SEAM && r <= 1 + SEAM) nearest = s;
  }
  return nearest;
}

// The first remembered wall on every ray of a pose: { depth, source }, the view nearest to it of those that see it.
export function wallsAhead(views, pose, size) {
  const lists = views.map((view) => (view.pieces ??= pieces(view)));
  const [x, y, heading] = pose;
  const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
  const depth = new Float64Array(size);
  const source = new Int32Array(size);
  const own = new Float64Array(views.length);
  rays(size).forEach((across, column) => {
    const [rx, ry] = [cos - across * sin, sin + across * cos];
    lists.forEach((list, m) => (own[m] = hit(list, x, y, rx, ry)));
    const nearest = Math.min(...own);
    depth[column] = nearest;
    if (nearest === Infinity) return;
    let least = Infinity;
    views.forEach((view, m) => {
      if (own[m] > nearest + ONE_WALL) return;
      const ahead = Math.max(seenFrom(view.pose, x + nearest * rx, y + nearest * ry)[0], 1e-4);
      if (ahead < least) [least, source[column]] = [ahead, m];
    });
  });
  return { depth, source };
}
