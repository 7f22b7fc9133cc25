// Weights as they are shipped: safetensors in half precision, widened to float32 as a whole. The graphs know where in the
// result each tensor begins (experiments/video_diffusion/browser/graph.py).

// All 65,536 numbers of half precision.
function table() {
  const all = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const [sign, exponent, rest] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
    if (exponent === 31) all[bits] = rest ? NaN : sign * Infinity;
    else all[bits] = sign * (exponent ? 2 ** (exponent - 15) * (1 + rest / 1024) : (2 ** -14 * rest) / 1024);
  }
  return all;
}

// The data of a safetensors file (Uint8Array) as the bytes of float32 numbers.
export function widened(file) {
  const header = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const data = file.slice(8 + header).buffer;
  if (globalThis.Float16Array) return new Uint8Array(new Float32Array(new Float16Array(data)).buffer);
  const [halves, numbers] = [new Uint16Array(data), table()];
  const wide = new Float32Array(halves.length);
  for (let k = 0; k < halves.length; k++) wide[k] = numbers[halves[k]]; // Float32Array.from takes ten times as long
  return new Uint8Array(wide.buffer);
}

// SHA-256 in hexadecimal; null where the page is not served securely, and browsers do not offer it.
export async function digest(bytes) {
  if (!globalThis.crypto?.subtle) return null;
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
