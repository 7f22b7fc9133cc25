// Players and the live sampler are fetched and started when they come into view, not before.
const PIECES = {
  player: () => import("./videos.mjs"),
  particles: () => import("./particles.mjs"),
  live: () => import("./live.mjs"),
  piece: () => import("../walk/piece.mjs"),
};

const observer = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target: root } of entries) {
    if (!isIntersecting) continue;
    observer.unobserve(root);
    idle(() => start(root));
  }
});

// When the page itself is done; Safari has no such call.
const idle = window.requestIdleCallback
  ? (work) => requestIdleCallback(work, { timeout: 3000 })
  : (work) => setTimeout(work, 200);

function start(root) {
  const [name, load] = Object.entries(PIECES).find(([name]) => name in root.dataset);
  load()
    .then(({ build }) => begin(build, root, root.dataset[name]))
    .catch(() => root.classList.add("failed")); // the figure inside stays
}

// `address` names the JSON that a player shows; the sampler and the walk have none.
async function begin(build, root, address) {
  if (!address?.includes(".")) return build(root);
  const url = new URL(address, location.href);
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(answer.statusText);
  await build(root, await answer.json(), url);
}

for (const name of Object.keys(PIECES)) {
  for (const root of document.querySelectorAll(`[data-${name}]`)) observer.observe(root);
}
