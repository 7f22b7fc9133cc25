// Energies V in the plane with min V = 0, for the live sampler. Points are [x, y].
const well = (x) => 2 * (x * x - 1) ** 2;

const modes = [[-1.6, -1.2, 0.45], [1.5, -1.4, 0.3], [0.2, 1.6, 0.55]]; // x, y, standard deviation; equal shares
const mixture = ([x, y]) => {
  let density = 0;
  for (const [a, b, s] of modes) density += Math.exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * s * s)) / (s * s);
  return -Math.log(density + 1e-300);
};

// The least value over points that lie `step` apart in [−3, 3].
function least(energy, dim, step) {
  const [count, z] = [Math.round(6 / step) + 1, [0, 0].slice(0, dim)];
  let low = Infinity;
  for (let i = 0; i < count; i++) {
    z[0] = i * step - 3;
    for (let j = 0; j < (dim === 1 ? 1 : count); j++) {
      if (dim > 1) z[1] = j * step - 3;
      low = Math.min(low, energy(z));
    }
  }
  return low;
}

const lifted = (size, energy, step) => {
  const low = least(energy, size, step);
  return { size, energy: (z) => energy(z) - low };
};

// `whole` is V; `blocks` is V along each axis with the other coordinate at 0: the terms of V where V is a sum of
// terms, up to a constant, and wrong where it is not.
export const target = (name) => targetOf(ENERGIES[name]);

export function targetOf(energy) {
  const along = [(z) => energy([z[0], 0]), (z) => energy([0, z[0]])];
  return { whole: [lifted(2, energy, 0.05)], blocks: along.map((one) => lifted(1, one, 0.01)) };
}

export const ENERGIES = {
  wells: ([x, y]) => well(x) + well(y),
  ring: ([x, y]) => 6 * (Math.hypot(x, y) - 1.6) ** 2,
  mixture,
};

export const NAMES = Object.keys(ENERGIES);
export const REACH = 3; // the picture shows −REACH … REACH
