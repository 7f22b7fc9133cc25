// How far a cloud is from its density: total variation over the cells of a coarse grid, and what exact draws reach.
const CELLS = 8;
const FINE = 6; // points a cell and side, for the integral

// Shares of the cells of [−reach, reach]², row by row from the bottom.
export function cellShares(energy, reach) {
  const step = (2 * reach) / (CELLS * FINE);
  const shares = new Array(CELLS * CELLS).fill(0);
  for (let i = 0; i < CELLS * FINE; i++) {
    for (let j = 0; j < CELLS * FINE; j++) {
      const z = [-reach + (j + 0.5) * step, -reach + (i + 0.5) * step];
      shares[CELLS * Math.floor(i / FINE) + Math.floor(j / FINE)] += Math.exp(-energy(z));
    }
  }
  const total = shares.reduce((a, b) => a + b);
  return shares.map((share) => share / total);
}

const distance = (counts, n, shares) => {
  const inside = counts.reduce((a, b) => a + b, 0);
  return (counts.reduce((sum, count, k) => sum + Math.abs(count / n - shares[k]), 0) + (n - inside) / n) / 2;
};

export function variation(points, shares, reach) {
  const counts = new Array(CELLS * CELLS).fill(0);
  for (const [x, y] of points) {
    const [j, i] = [x, y].map((value) => Math.floor(((value + reach) / (2 * reach)) * CELLS));
    if (Math.min(i, j) >= 0 && Math.max(i, j) < CELLS) counts[CELLS * i + j]++;
  }
  return distance(counts, points.length, shares);
}

// The mean of the same number for n exact draws, over `times` trials: the floor that nothing can beat on average.
export function floor(shares, n, random, times = 40) {
  let total = 0;
  const upTo = shares.map((share) => (total += share));
  let sum = 0;
  for (let trial = 0; trial < times; trial++) {
    const counts = new Array(shares.length).fill(0);
    for (let draw = 0; draw < n; draw++) {
      const u = random.uniform();
      let [low, high] = [0, shares.length - 1]; // the first cell up to which the shares make more than u
      while (low < high) {
        const middle = (low + high) >> 1;
        if (upTo[middle] > u) high = middle;
        else low = middle + 1;
      }
      counts[low]++;
    }
    sum += distance(counts, n, shares);
  }
  return sum / times;
}
