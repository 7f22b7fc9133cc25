// The four networks as functions of flat arrays, run by ONNX Runtime.
import { widened } from "./weights.mjs";

const GRAPHS = { denoiser: "denoiser", encoder: "autoencoder", decoder: "autoencoder", depth: "depth" }; // graph: weights
export const BATCH = 5; // frames that go through encoder, decoder and depth reader at once
export const [FRAMES, CHANNELS, PLACES, SIZE] = [10, 8, 64, 64]; // of a clip; of a latent, (8, 8) places; pixels a side
export const LATENT = CHANNELS * PLACES;

const TOLERANCE = 0.02; // of a probe's numbers, which are rounded
const IMAGES = { images: [BATCH, 3, SIZE, SIZE] };
const INPUTS = {
  denoiser: {
    z: [1, FRAMES, CHANNELS, 8, 8], t: [1, FRAMES], poses: [1, FRAMES, 3], views: [1, FRAMES, CHANNELS + 1, 8, 8], moving: [1], remembering: [1],
  },
  encoder: IMAGES, decoder: { latents: [BATCH, CHANNELS, 8, 8] }, depth: IMAGES,
};

function wave(key, dims) {
  const all = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, k) => (Math.sin(1.7 * k) + Math.cos(0.31 * k)) / 2);
  return key === "t" ? all.map(Math.abs) : all;
}

// files: name → Uint8Array or a promise of one. provider: "webgpu" or "wasm". A network is opened when it is first asked, or
// made ready; what no other one needs is let go.
export function open(ort, files, provider) {
  const left = { ...files };
  const closed = new Set(Object.keys(GRAPHS));
  const create = async (name) => {
    const [graph, weights] = [`${name}.onnx`, GRAPHS[name]];
    const [model, half] = await Promise.all([left[graph], left[`${weights}.safetensors`]]);
    closed.delete(name);
    delete left[graph];
    if (![...closed].some((other) => GRAPHS[other] === weights)) delete left[`${weights}.safetensors`];
    return ort.InferenceSession.create(model, {
      executionProviders: [provider],
      enableCpuMemArena: false,
      externalData: [{ path: `${weights}.float32`, data: widened(half) }],
    });
  };
  const sessions = {};
  const session = (name) => (sessions[name] ??= create(name));
  const run = async (name, inputs) => {
    const feeds = Object.fromEntries(Object.entries(inputs).map(([key, [data, ...dims]]) => [key, new ort.Tensor("float32", data, dims)]));
    const [found] = Object.values(await (await session(name)).run(feeds));
    return found.getData();
  };
  // Any number of frames, BATCH at a time; the last batch is filled up with zeros.
  const inBatches = async (name, key, data, size, ...dims) => {
    const parts = [];
    const count = data.length / size;
    for (let first = 0; first < count; first += BATCH) {
      const batch = new Float32Array(BATCH * size);
      batch.set(data.subarray(first * size, (first + BATCH) * size));
      const found = await run(name, { [key]: [batch, BATCH, ...dims] });
      parts.push(found.subarray(0, (Math.min(BATCH, count - first) * found.length) / BATCH));
    }
    const all = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
    parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
    return all;
  };
  return {
    ready: session,
    // Whether every network answers known inputs as torch does (experiments/video_diffusion/browser/check.py, probe).
    right: async (probes) => {
      for (const [name, expected] of Object.entries(probes)) {
        const inputs = Object.entries(INPUTS[name]).map(([key, dims]) => [key, [wave(key, dims), ...dims]]);
        const answer = await run(name, Object.fromEntries(inputs));
        const every = Math.max(1, Math.floor(answer.length / expected.length));
        if (expected.some((value, k) => !(Math.abs(answer[k * every] - value) < TOLERANCE))) return false;
      }
      return true;
    },
    // x̂ of a clip (FRAMES, LATENT) at levels (FRAMES), told poses (FRAMES, 3) and views (FRAMES, LATENT + PLACES).
    denoise: (z, levels, { poses, views, remembering }) => {
      const given = { z, t: levels, poses, views, moving: Float32Array.of(1), remembering: Float32Array.of(remembering) };
      return run("denoiser", Object.fromEntries(Object.entries(given).map(([key, data]) => [key, [data, ...INPUTS.denoiser[key]]])));
    },
    encode: (images) => inBatches("encoder", "images", images, 3 * SIZE * SIZE, 3, SIZE, SIZE),
    decode: (latents) => inBatches("decoder", "latents", latents, LATENT, CHANNELS, 8, 8),
    depth: (images) => inBatches("depth", "images", images, 3 * SIZE * SIZE, 3, SIZE, SIZE),
  };
}
