// After a first visit the walk runs without a network: what the page and its worker have loaded is kept (offline.js).
const FILM = /\.(mp4|webm|gif)$/; // browsers ask for films in pieces, which cannot be kept

// loaded: addresses that the worker has loaded.
export async function keepForLater(loaded) {
  if (!navigator.serviceWorker) return; // not a secure address, or not allowed
  try {
    await navigator.serviceWorker.register(new URL("../../walk-offline.js", import.meta.url));
    const { active } = await navigator.serviceWorker.ready;
    const here = location.href.split("#")[0];
    const all = [here, ...performance.getEntriesByType("resource").map(({ name }) => name), ...loaded];
    const own = all.filter((url) => url.startsWith(`${location.origin}/`) && !FILM.test(url));
    active.postMessage({ keep: [...new Set(own)] });
  } catch {
    // A browser that keeps nothing shows the walk all the same.
  }
}
