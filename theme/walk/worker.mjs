// The walk in a thread of its own, so that the page never waits. It is asked { begin } or { clip } and answers
// { progress }, { ready }, { drawn } or { fault }, and { alive } after each step; one clip at a time.
import { load, runtime } from "./load.mjs";
import { FRAMES, LATENT, open, PLACES } from "./networks.mjs";
import { Walk } from "./walk.mjs";

const [WARMING, CALL] = [8000, 80]; // milliseconds for a GPU's first calls, and for one of them; a processor takes about 75

let networks, settings, walk;

async function prepare({ model, engine }) {
  const [{ files, probes, ...loaded }, best] = await Promise.all([
    load(new URL(model), (done, total) => postMessage({ progress: done / total })),
    runtime(new URL(engine)),
  ]);
  settings = loaded.settings;
  const all = Promise.all(Object.values(files));
  if (best.provider !== "wasm") {
    await all;
    networks = open(best.ort, files, best.provider);
    if (await good(networks, probes)) return best.provider;
  }
  const { ort, provider } = best.provider === "wasm" ? best : await runtime(new URL(engine), { gpu: false });
  networks = open(ort, files, provider);
  // The smallest one first: the runtime is fetched and compiled while the large files are on their way.
  await Promise.all([networks.ready("depth"), all]);
  return provider;
}

// Some browsers offer a GPU that is none, that is slower than the processor, or whose kernels err: it is asked what the
// answer to is known, which warms it up, and once more against the clock.
async function good({ right, denoise: ask }, probes) {
  const late = new Promise((done) => setTimeout(() => done(false), WARMING));
  const asked = async () => {
    if (!(await right(probes))) return false;
    const began = performance.now();
    await ask(new Float32Array(FRAMES * LATENT), new Float32Array(FRAMES).fill(0.5), {
      poses: new Float32Array(3 * FRAMES), views: new Float32Array(FRAMES * (LATENT + PLACES)), remembering: 0,
    });
    return performance.now() - began < CALL;
  };
  return Promise.race([asked().catch(() => false), late]);
}

async function denoise(...given) {
  const clip = await networks.denoise(...given);
  postMessage({ alive: true });
  return clip;
}

async function answer({ begin, clip }) {
  if (begin) {
    const provider = networks ? undefined : await prepare(begin);
    walk = new Walk({ ...networks, denoise }, settings, begin.seed);
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    postMessage({ ready: { provider, loaded: [location.href, ...loaded] } });
  } else if (clip) {
    const began = performance.now();
    const drawn = await walk.clip(clip);
    const seconds = (performance.now() - began) / 1000;
    const { pictures, depth } = drawn;
    postMessage({ drawn: { ...drawn, seconds, number: walk.clips } }, [pictures.buffer, depth.buffer]);
  }
}

let turn = Promise.resolve();
onmessage = ({ data }) => {
  turn = turn.then(() => answer(data)).catch((error) => {
    postMessage({ fault: { kind: error.kind ?? "broken", detail: error.detail ?? String(error.message ?? error) } });
  });
};
