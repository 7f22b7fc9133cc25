// Which earlier views are worth remembering: those that together see most of what lies ahead
// (experiments/video_diffusion/memory/retrieval.py). A view is { image, inverseDepth, pose }.
import { seenFrom } from "./poses.mjs";

const DEPTHS = [0.4, 0.8, 1.3, 2.0, 3.0, 4.5]; // blocks ahead at which points are laid
const COLUMNS = 9;

export function pointsAhead(poses) {
  const points = [];
  for (const [x, y, heading] of poses) {
    const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
    for (const depth of DEPTHS) {
      for (let k = 0; k < COLUMNS; k++) {
        const side = (-0.95 + (1.9 * k) / (COLUMNS - 1)) * depth;
        points.push({ x: x + cos * depth - sin * side, y: y + sin * depth + cos * side, weight: 1 / depth });
      }
    }
  }
  return points;
}

export function sees({ pose, inverseDepth }, { x, y }) {
  const [ahead, right] = seenFrom(pose, x, y);
  if (ahead <= 0.05) return false;
  const across = right / Math.max(ahead, 1e-6);
  if (Math.abs(across) >= 1) return false;
  const columns = inverseDepth.length;
  const column = Math.min(Math.max(Math.trunc(((across + 1) / 2) * columns), 0), columns - 1);
  return ahead < 1 / Math.max(inverseDepth[column], 1e-3) + 0.1;
}

// Indices of at most `count` views, best first; greedy, ties go to the later view.
export function mostOverlapping(views, poses, count) {
  const points = pointsAhead(poses);
  const seen = views.map((view) => points.flatMap((point, k) => (sees(view, point) ? [k] : [])));
  const chosen = [];
  while (chosen.length < count) {
    let [best, most] = [-1, 0];
    seen.forEach((list, m) => {
      const gain = list.reduce((sum, k) => sum + points[k].weight, 0);
      if (gain > 0 && gain >= most) [best, most] = [m, gain];
    });
    if (best < 0) break;
    chosen.push(best);
    for (const k of seen[best]) points[k].weight *= 0.25; // a second view of it is nearer or sharper
    seen[best] = [];
  }
  return chosen;
}
