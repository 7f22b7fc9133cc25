// Walks by itself, by what the depth reader sees ahead: goes on where there is room, turns to the side with more of it, and
// now and then turns around, so that the way back shows whether the world has stayed.
const BLOCKED = 0.75; // blocks ahead: turn
const CLEAR = 1.1; // blocks ahead: go on
const STRETCH = 45; // frames between two turns around
const AROUND = 16; // frames of turning that lead back

export class Pilot {
  walked = 0;
  turning = 0; // −1, 0 or 1
  left = 0; // frames of a turn around that remain

  // What is asked for the next `count` frames: [ahead, turn] of −1, 0 and 1, when the last frame's walls are these.
  ask(inverseDepth, count) {
    const room = rooms(inverseDepth);
    if (this.left <= 0 && this.walked >= STRETCH) {
      this.walked = 0;
      this.left = AROUND;
      this.turning = room.left > room.right ? -1 : 1;
    } else if (this.left <= 0) {
      if (room.ahead < BLOCKED && !this.turning) this.turning = room.left > room.right ? -1 : 1;
      else if (room.ahead > CLEAR) this.turning = 0;
    }
    return Array.from({ length: count }, () => {
      if (this.left > 0 && --this.left === 0) this.turning = 0;
      this.walked += this.turning ? 0 : 1;
      return this.turning ? [0, this.turning] : [1, 0];
    });
  }
}

// Blocks of free space ahead, and on either side.
function rooms(inverseDepth) {
  if (!inverseDepth) return { left: 1, right: 1, ahead: Infinity };
  const size = inverseDepth.length;
  const middle = (from, to) => {
    const part = Array.from(inverseDepth.slice(from * size, to * size), (q) => 1 / Math.max(q, 1e-3));
    return part.sort((a, b) => a - b)[part.length >> 1];
  };
  return { left: middle(0, 0.3), right: middle(0.7, 1), ahead: middle(0.4, 0.6) };
}
