// Do two coordinates depend on each other? From values of V alone (experiments/pzodmc/discovery.py): two points are the
// opposite corners of a rectangle, and where V is a sum of one term a coordinate, V(ij) − V(i) − V(j) + V() over its
// corners is exactly 0. First between likely points, then from the likeliest one to others.
const SPREAD = 1.5; // of the pilot's points, standard deviations
const [BELOW, SAFETY, EPS] = [1e-10, 32, 1e-15]; // nats that cannot matter; what rounding may do (rounding.py)

// The mixed difference of V between points a and b, and the gap above which it is a coupling. Four calls.
export function mixedDifference(energy, a, b) {
  const corners = [a, [b[0], a[1]], [a[0], b[1]], b];
  const values = corners.map(energy);
  const gap = Math.abs(values[3] - values[1] - values[2] + values[0]);
  return { corners, gap, bound: BELOW + SAFETY * EPS * values.reduce((sum, value) => sum + Math.abs(value), 0) };
}

// Yields { corners, gap, calls, done, all } after each rectangle, so that a page can draw it; returns { coupled, calls }.
// One coupling is proof and ends the search; that there is none is only as sure as the rectangles are many.
export function* discover(energy, random, { pilot = 256, probes = 8, checks = 16 } = {}) {
  const points = Array.from({ length: pilot }, () => [SPREAD * random.normal(), SPREAD * random.normal()]);
  const values = points.map(energy);
  let calls = pilot;
  const likely = drawn(points, values, 2 * probes + checks / 2, random);
  const best = points[values.indexOf(Math.min(...values))];
  const pairs = [
    ...Array.from({ length: probes }, (_, k) => [likely[k], likely[probes + k]]),
    ...[...likely.slice(2 * probes), ...points.slice(0, checks / 2)].map((point) => [best, point]),
  ];
  for (const [done, [a, b]] of pairs.entries()) {
    const { corners, gap, bound } = mixedDifference(energy, a, b);
    calls += 4;
    yield { corners, gap, calls, done: done + 1, all: pairs.length };
    if (gap > bound) return { coupled: true, calls };
  }
  return { coupled: false, calls };
}

// `count` different points with weights exp(−V)/q, tempered until they are that many (likely_points).
function drawn(points, values, count, random) {
  const logs = values.map((value, k) => -value + (points[k][0] ** 2 + points[k][1] ** 2) / (2 * SPREAD ** 2));
  const weigh = (beta) => {
    const most = Math.max(...logs);
    const weights = logs.map((log) => Math.exp(beta * (log - most)));
    const total = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / total);
  };
  const ess = (beta) => 1 / weigh(beta).reduce((sum, weight) => sum + weight * weight, 0);
  let [low, high] = [0, 1];
  if (ess(1) >= 4 * count) low = 1;
  else for (let k = 0; k < 40; k++) ess((low + high) / 2) >= 4 * count ? (low = (low + high) / 2) : (high = (low + high) / 2);
  const weights = weigh(low);
  const found = [];
  while (found.length < count) {
    let left = random.uniform() * weights.reduce((a, b) => a + b);
    let k = weights.findIndex((weight) => (left -= weight) < 0);
    if (k < 0) k = weights.findLastIndex((weight) => weight > 0);
    found.push(points[k]);
    weights[k] = 0;
  }
  return found;
}
