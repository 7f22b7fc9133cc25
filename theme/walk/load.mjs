// Fetches what a walk needs, and tells what is wrong with it. Every error is a Fault whose `kind` is a line of words.mjs.
import { digest } from "./weights.mjs";

export class Fault extends Error {
  constructor(kind, detail = "") {
    super(detail ? `${kind}: ${detail}` : kind);
    Object.assign(this, { kind, detail });
  }
}

const answered = async (url, kind) => {
  const answer = await fetch(url).catch((error) => ({ ok: false, statusText: error.message }));
  if (!answer.ok) throw new Fault(kind, url.pathname.split("/").pop());
  return answer;
};

// The settings that walk.json holds, and the files that it lists: a promise of each, checked against its length and digest,
// so that what is there can be opened while the rest arrives. progress(loaded, total).
export async function load(folder, progress) {
  const listed = await (await answered(new URL("walk.json", folder), "missing")).json();
  const total = Object.values(listed.files).reduce((sum, { bytes }) => sum + bytes, 0);
  let loaded = 0;
  const one = async (name, { bytes, sha256 }) => {
    // The digest in the address: files of two versions are never mixed by a cache.
    const answer = await answered(new URL(`${name}?${sha256.slice(0, 12)}`, folder), "missing");
    const file = new Uint8Array(await answer.arrayBuffer());
    progress((loaded += file.length), total);
    if (file.length < bytes) throw new Fault("truncated", name);
    const found = await digest(file);
    if (file.length !== bytes || (found && found !== sha256)) throw new Fault("version", name);
    return file;
  };
  const files = Object.fromEntries(Object.entries(listed.files).map(([name, about]) => [name, one(name, about)]));
  for (const file of Object.values(files)) file.catch(() => {}); // whoever waits for it is told
  return { settings: listed.sampling, probes: listed.probes, files };
}

// ONNX Runtime, and the provider that it has here: the GPU where the browser offers one, WASM with SIMD elsewhere.
export async function runtime(folder, { gpu: wanted = true } = {}) {
  if (typeof WebAssembly === "undefined" || !WebAssembly.validate(SIMD)) throw new Fault("wasm");
  const gpu = wanted && (await graphics());
  const url = new URL(gpu ? "ort.jspi.min.mjs" : "ort.wasm.min.mjs", folder);
  await answered(url, "runtime");
  const ort = await import(url);
  ort.env.wasm.wasmPaths = folder.href;
  ort.env.wasm.numThreads = 1; // more need headers that GitHub Pages does not send
  return { ort, provider: gpu ? "webgpu" : "wasm" };
}

// Whether the runtime can use a GPU: it needs WebGPU, and stacks that can be switched (JSPI).
async function graphics() {
  if (!("Suspending" in WebAssembly)) return false;
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  return Boolean(adapter) && !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter);
}

// The shortest module with an instruction of SIMD: a v128 constant, dropped.
const SIMD = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0, 253, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 26, 11,
);
