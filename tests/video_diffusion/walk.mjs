// What the walk in the browser computes, told in JSON for the tests: node walk.mjs WHAT < inputs.
import { readFileSync } from "node:fs";

const theme = new URL("../../theme/", import.meta.url);
const at = (name) => import(new URL(name, theme));
const given = JSON.parse(readFileSync(0, "utf8"));
const views = () => given.views.map(({ image, inverseDepth, pose }) => ({ image: Uint8ClampedArray.from(image), inverseDepth: Float32Array.from(inverseDepth), pose }));

const ANSWERS = {
  async retrieval() {
    const { mostOverlapping } = await at("walk/retrieval.mjs");
    return mostOverlapping(views(), given.poses, given.count);
  },
  async reprojection() {
    const { reproject } = await at("walk/reprojection.mjs");
    const { filled } = await at("walk/bank.mjs");
    const remembered = views();
    return given.poses.map((pose) => {
      const { image, known } = reproject(remembered, pose);
      return { image: [...image], known: [...known], filled: [...filled(image, known)] };
    });
  },
  async motion() {
    const { Body, wallsNear } = await at("walk/body.mjs");
    const body = new Body(...given.start);
    const remembered = given.views ? views() : [];
    return given.asked.map((asked) => {
      body.step(asked, given.inertia, given.views ? wallsNear(remembered, body.x, body.y) : (x, y) => [x, y]);
      return body.pose;
    });
  },
  async sampling() {
    const { methods, sample } = await at("walk/sampler.mjs");
    const fresh = given.fresh.flat();
    const clip = await sample(async (z, levels) => z.map((value, k) => Math.tanh(value) * (1 - 0.3 * levels[Math.floor(k / given.frame)])), {
      method: methods(given.settings)[given.method], known: Float32Array.from(given.known), noise: Float32Array.from(given.noise),
      frames: given.frames, normal: () => fresh.shift(), steps: given.steps, shift: given.settings.shift, ancestral: given.settings.ancestral,
    });
    return [...clip];
  },
  async widened() {
    const { digest, widened } = await at("walk/weights.mjs");
    return digest(widened(new Uint8Array(readFileSync(given.file))));
  },
  // A walk of some clips: all that the network was asked and what was drawn.
  async walk() {
    const ort = await at("runtime/ort.wasm.min.mjs");
    Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths: new URL("runtime/", theme).href });
    const [{ open }, { Walk }] = [await at("walk/networks.mjs"), await at("walk/walk.mjs")];
    const files = Object.fromEntries(Object.entries(given.files).map(([name, path]) => [name, new Uint8Array(readFileSync(path))]));
    const networks = open(ort, files, "wasm");
    const { settings } = given;
    if (given.probes) return [await networks.right(given.probes), await networks.right({ depth: given.probes.depth.map((one) => one + 0.03) })];
    const walk = new Walk(networks, settings, given.seed);
    const told = [];
    const { denoise } = networks;
    let told_now;
    networks.denoise = (z, levels, known) => ((told_now = { poses: [...known.poses], views: [...known.views] }), denoise(z, levels, known));
    for (const clip of given.clips) {
      const drawn = await walk.clip(clip);
      told.push({ ...told_now, latents: [...walk.latents], pictures: [...drawn.pictures], depth: [...drawn.depth], path: drawn.poses });
    }
    return told;
  },
  async normals() {
    const { randomness } = await at("play/zodmc.mjs");
    const random = randomness(given.seed);
    return Array.from({ length: given.count }, () => random.normal());
  },
};

console.log(JSON.stringify(await ANSWERS[process.argv[2]]()));
