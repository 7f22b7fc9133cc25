// A density that the visitor draws: V = base(x, y) − paint(x, y). The base is a sum of one term a coordinate where it is
// drawn as two curves; paint is nothing until the visitor adds some, and couples the coordinates wherever it lies.
export const KNOTS = 61; // of a curve, and a side of the paint, over [−reach, reach]
const LEAST = 0.04; // of a curve's height: nothing is impossible
const [WIDTH, DEPTH] = [0.45, 3]; // of a dab: its standard deviation, and what it takes off V in its middle
const WALL = 8; // how steeply V rises outside of the picture

// Two bumps, equally high.
const bumps = () => Float64Array.from({ length: KNOTS }, (_, k) => {
  const x = (6 * k) / (KNOTS - 1) - 3;
  return Math.max(LEAST, Math.exp(-8 * (x - 1.1) ** 2 / 2) + Math.exp(-8 * (x + 1.1) ** 2 / 2));
});

export class Drawing {
  curves = [bumps(), bumps()]; // heights along x and along y
  paint = new Float64Array(KNOTS * KNOTS); // row by row from the bottom

  constructor(reach) {
    this.reach = reach;
  }

  get coupled() {
    return this.paint.some((value) => value > 0);
  }

  // Points are in 0 … 1 from the lower left corner. A curve goes through both ends of the stroke.
  bend(axis, [u0, v0], [u1, v1]) {
    const [first, last] = u0 <= u1 ? [[u0, v0], [u1, v1]] : [[u1, v1], [u0, v0]];
    const place = (u) => Math.round(u * (KNOTS - 1));
    for (let k = place(first[0]) - 1; k <= place(last[0]) + 1; k++) {
      if (k < 0 || k >= KNOTS) continue;
      const part = Math.min(1, Math.max(0, (k / (KNOTS - 1) - first[0]) / Math.max(last[0] - first[0], 1e-9)));
      this.curves[axis][k] = Math.min(1, Math.max(LEAST, first[1] + part * (last[1] - first[1])));
    }
  }

  dab([u, v]) {
    const step = (2 * this.reach) / (KNOTS - 1);
    for (let k = 0; k < this.paint.length; k++) {
      const [dx, dy] = [(k % KNOTS) - u * (KNOTS - 1), Math.floor(k / KNOTS) - v * (KNOTS - 1)];
      const more = DEPTH * Math.exp(-((dx * dx + dy * dy) * step * step) / (2 * WIDTH * WIDTH));
      if (more > 0.02 && more > this.paint[k]) this.paint[k] = more;
    }
  }

  clean() {
    this.paint.fill(0);
  }

  // V of a base ([x, y]) → number, null for the two curves, as it is now: later strokes do not change it.
  energy(base) {
    const { reach, coupled } = this;
    const terms = this.curves.map((heights) => heights.map((height) => -Math.log(height)));
    const paint = this.paint.slice();
    const place = (x) => Math.min(Math.max(((x + reach) / (2 * reach)) * (KNOTS - 1), 0), KNOTS - 1);
    const along = (values, x) => {
      const at = place(x);
      const k = Math.min(Math.floor(at), KNOTS - 2);
      return values[k] + (at - k) * (values[k + 1] - values[k]) + WALL * Math.max(0, Math.abs(x) - reach) ** 2;
    };
    const under = (x, y) => {
      const [at, up] = [place(x), place(y)];
      const [k, row] = [Math.min(Math.floor(at), KNOTS - 2), Math.min(Math.floor(up), KNOTS - 2)];
      const [a, b, from] = [at - k, up - row, row * KNOTS + k];
      return (1 - b) * ((1 - a) * paint[from] + a * paint[from + 1]) + b * ((1 - a) * paint[from + KNOTS] + a * paint[from + KNOTS + 1]);
    };
    const drawn = base ?? (([x, y]) => along(terms[0], x) + along(terms[1], y));
    return coupled ? (z) => drawn(z) - under(z[0], z[1]) : drawn;
  }
}
