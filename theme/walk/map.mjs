// The map that nobody has drawn: the way walked, as it was asked for, and the walls that the depth reader sees in the
// frames. Where the world stays, walls seen again fall on walls; where it does not, they lie across the way.
import { piecesOf } from "./walls.mjs";

const TRUSTED = 2.2; // blocks: walls seen from farther away are left out
const SCALE = 22; // pixels a block
const MOST = 500; // frames whose walls are kept
const [GRAIN, OFTEN] = [10, 3]; // places a block; frames that draw a wall at one place: more of them show nothing new

export class Chart {
  constructor(canvas) {
    this.pen = canvas.getContext("2d");
    this.clear();
  }

  clear() {
    [this.way, this.walls, this.places] = [[], [], new Map()];
    this.number = 0;
    this.#draw();
  }

  // One frame: its stance, and 1 / depth of its columns.
  add(pose, inverseDepth) {
    this.way.push(pose);
    const path = this.#outline(pose, inverseDepth);
    if (path) this.walls.push({ pose, path });
    if (this.walls.length > MOST) this.walls.shift();
    if (this.way.length > 4 * MOST) this.way.shift();
    this.#draw();
  }

  // North up, the walker in the middle.
  #draw() {
    const { pen } = this;
    const { width, height } = pen.canvas;
    const [x, y, heading] = this.way.at(-1) ?? [0, 0, 0];
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.setTransform(SCALE, 0, 0, SCALE, width / 2 - x * SCALE, height / 2 - y * SCALE);
    const reach = TRUSTED + Math.hypot(width, height) / 2 / SCALE;
    pen.strokeStyle = "rgb(47 158 68 / 40%)";
    pen.lineWidth = 1.6 / SCALE;
    for (const { pose, path } of this.walls) if (Math.hypot(pose[0] - x, pose[1] - y) < reach) pen.stroke(path);
    pen.strokeStyle = pen.fillStyle = "#e8590c";
    pen.lineWidth = 2 / SCALE;
    pen.beginPath();
    for (const [px, py] of this.way) pen.lineTo(px, py);
    pen.stroke();
    pen.translate(x, y);
    pen.rotate(heading);
    pen.fill(new Path2D("M.36 0 L-.24 .24 L-.24 -.24 Z"));
  }

  // The walls that one view shows, without those that were drawn often enough; null where nothing is left.
  #outline(pose, inverseDepth) {
    const [path, list, frame] = [new Path2D(), piecesOf({ pose, inverseDepth }), this.number++];
    let count = 0;
    if (this.places.size > 20 * MOST) this.places.clear();
    for (let k = 0; k < list.length; k += 5) {
      if (list[k + 4] > TRUSTED) continue;
      const key = [0, 1].map((c) => Math.round((GRAIN * (list[k + c] + list[k + 2 + c])) / 2)).join();
      const place = this.places.get(key) ?? { often: 0, last: -1 };
      if (place.last !== frame && place.often++ >= OFTEN) continue;
      place.last = frame;
      this.places.set(key, place);
      path.moveTo(list[k], list[k + 1]);
      path.lineTo(list[k + 2], list[k + 3]);
      count++;
    }
    return count ? path : null;
  }
}
