// The walk in a thread of its own, so that the page never waits. It is asked { begin } or { clip } and answers
// { progress }, { ready }, { drawn } or { fault }; one clip at a time.
import { load, runtime } from "./load.mjs";
import { open } from "./networks.mjs";
import { Walk } from "./walk.mjs";

let networks, settings, walk;

async function prepare({ model, engine }) {
  const [loaded, { ort, provider }] = await Promise.all([
    load(new URL(model), (done, total) => postMessage({ progress: done / total })),
    runtime(new URL(engine)),
  ]);
  settings = loaded.settings;
  networks = await open(ort, loaded.files, provider);
  return provider;
}

async function answer({ begin, clip }) {
  if (begin) {
    const provider = networks ? undefined : await prepare(begin);
    walk = new Walk(networks, settings, begin.seed);
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
