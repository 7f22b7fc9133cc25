// Poses on the plane: [x, y, heading], blocks and radians, y to the right of x (experiments/video_diffusion/memory/poses.py).
export const compose = ([x, y, heading], ahead, right, turn = 0) => {
  const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
  return [x + cos * ahead - sin * right, y + sin * ahead + cos * right, heading + turn];
};

// How far ahead and to the right of a pose a point lies.
export const seenFrom = ([x, y, heading], px, py) => {
  const [cos, sin, dx, dy] = [Math.cos(heading), Math.sin(heading), px - x, py - y];
  return [cos * dx + sin * dy, cos * dy - sin * dx];
};

// The columns of a picture of `size` pixels, and its rows, from −1 to 1: the field of view is 90°.
export const rays = (size) => Float64Array.from({ length: size }, (_, k) => ((k + 0.5) / size) * 2 - 1);
