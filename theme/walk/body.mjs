// A walker's motion (experiments/video_diffusion/data/walker.py): it follows what is asked with inertia, along an arc, and
// never comes nearer than RADIUS to a wall. There is no maze: the walls are those that the depth reader sees in the frames
// that the model has drawn.
import { piecesOf } from "./walls.mjs";

export const RADIUS = 0.2; // blocks
export const PACE = { speed: 0.2, turn: 0.2, inertia: 0.5 }; // blocks and radians a frame, in the middle of the training walks'
const TRUSTED = 1.5; // blocks: what a view shows farther away stops nobody
const CORNERS = 4; // walls that a walker may be moved away from in one go, the nearest first
const NEAR = 1.6; // blocks around a walker that a clip can lead to

export class Body {
  constructor(x = 0, y = 0, heading = 0) {
    Object.assign(this, { x, y, heading, speed: 0, turn: 0 });
  }

  get pose() {
    return [this.x, this.y, this.heading];
  }

  get still() {
    return Math.abs(this.speed) < 5e-3 && Math.abs(this.turn) < 5e-3;
  }

  // One frame towards the asked [speed, turn]; keptOff(x, y) moves a point away from walls.
  step([speed, turn], inertia, keptOff) {
    this.speed = inertia * this.speed + (1 - inertia) * speed;
    this.turn = inertia * this.turn + (1 - inertia) * turn;
    const middle = this.heading + this.turn / 2;
    const [cos, sin] = [Math.cos(middle), Math.sin(middle)];
    let [x, y] = [this.x, this.y];
    for (let half = 0; half < 2; half++) [x, y] = keptOff(x + (this.speed / 2) * cos, y + (this.speed / 2) * sin);
    this.heading += this.turn;
    this.speed = (x - this.x) * cos + (y - this.y) * sin; // who is stopped by a wall loses his speed
    [this.x, this.y] = [x, y];
  }
}

// keptOff for the walls that these views show near (x, y).
export function wallsNear(views, x, y) {
  const near = [];
  for (const view of views) {
    if (Math.hypot(view.pose[0] - x, view.pose[1] - y) > TRUSTED + NEAR) continue;
    const list = piecesOf(view);
    for (let k = 0; k < list.length; k += 5) {
      if (list[k + 4] < TRUSTED && Math.hypot(list[k] - x, list[k + 1] - y) < NEAR) near.push(list.slice(k, k + 4));
    }
  }
  return (px, py) => {
    let point = [px, py];
    for (let turn = 0; turn < CORNERS; turn++) {
      const nearest = near.reduce((best, piece) => closer(best, from(point, piece)), { distance: RADIUS });
      if (!nearest.out) break;
      point = nearest.out;
    }
    return point;
  };
}

const closer = (best, one) => (one.distance < best.distance && one.distance > 1e-9 ? one : best);

// How far a point is from a piece of wall, and where it is when it has been moved straight away from it.
function from([x, y], [x1, y1, x2, y2]) {
  const [sx, sy] = [x2 - x1, y2 - y1];
  const along = Math.min(Math.max(((x - x1) * sx + (y - y1) * sy) / Math.max(sx * sx + sy * sy, 1e-12), 0), 1);
  const [cx, cy] = [x1 + along * sx, y1 + along * sy];
  const distance = Math.hypot(x - cx, y - cy);
  return { distance, out: [cx + (RADIUS * (x - cx)) / distance, cy + (RADIUS * (y - cy)) / distance] };
}
