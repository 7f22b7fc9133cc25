// Which earlier views are worth remembering: those that together see most of what lies ahead
// (experiments/video_diffusion/memory/retrieval.py). A view is { image, inverseDepth, pose }.
const DEPTHS = [0.4, 0.8, 1.3, 2.0, 3.0, 4.5]; // blocks ahead at which points are laid
const COLUMNS = 9;
const ASIDE = 1e-3; // columns: points straight ahead of a view lie between two of its columns, and all fall to the right one
const WHOLE = 20; // whole numbers and their quarters add up without error: views that show as much are equals

export function pointsAhead(poses) {
  const points = [];
  for (const [x, y, heading] of poses) {
    const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
    for (const depth of DEPTHS) {
      for (let k = 0; k < COLUMNS; k++) {
        const side = (-0.95 + (1.9 * k) / (COLUMNS - 1)) * depth;
        points.push({ x: x + cos * depth - sin * side, y: y + sin * depth + cos * side, weight: Math.round(WHOLE / depth) });
      }
    }
  }
  return points;
}

// The numbers of the points that a view sees.
export function seen({ pose: [x, y, heading], inverseDepth }, points) {
  const [cos, sin, columns] = [Math.cos(heading), Math.sin(heading), inverseDepth.length];
  const found = [];
  for (let k = 0; k < points.length; k++) {
    const [dx, dy] = [points[k].x - x, points[k].y - y];
    const ahead = cos * dx + sin * dy;
    if (ahead <= 0.05) continue;
    const across = (cos * dy - sin * dx) / ahead;
    if (Math.abs(across) >= 1) continue;
    const column = Math.min(Math.trunc(((across + 1) / 2) * columns + ASIDE), columns - 1);
    if (ahead < 1 / Math.max(inverseDepth[column], 1e-3) + 0.1) found.push(k);
  }
  return found;
}

// Indices of at most `count` views, best first; greedy, ties go to the later view.
export function mostOverlapping(views, poses, count) {
  const points = pointsAhead(poses);
  const lists = views.map((view) => seen(view, points));
  const chosen = [];
  while (chosen.length < count) {
    let [best, most] = [-1, 0];
    lists.forEach((list, m) => {
      let gain = 0;
      for (const k of list) gain += points[k].weight;
      if (gain > 0 && gain >= most) [best, most] = [m, gain];
    });
    if (best < 0) break;
    chosen.push(best);
    for (const k of lists[best]) points[k].weight *= 0.25; // a second view of it is nearer or sharper
    lists[best] = [];
  }
  return chosen;
}
