// A service worker that knows one thing: the walk, once it has run, runs again without a network. Everything is asked of the
// network first; what the page named is kept for the time when that fails.
const CACHE = "walk";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("message", (event) => {
  const { keep } = event.data;
  event.waitUntil(caches.open(CACHE).then(async (cache) => {
    for (const old of await cache.keys()) if (!keep.includes(old.url)) await cache.delete(old);
    // A digest in the address: what is kept is what is wanted. The rest is taken anew, so that all is of one version.
    const wanted = await Promise.all(keep.map(async (url) => !(url.includes("?") && (await cache.match(url, { ignoreVary: true })))));
    await Promise.allSettled(keep.filter((_, k) => wanted[k]).map((url) => cache.add(url)));
    event.source?.postMessage({ kept: keep.length });
  }));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith(fetch(request).catch(async (error) => {
    const kept = await caches.match(request, { cacheName: CACHE, ignoreVary: true });
    if (!kept) throw error;
    return kept;
  }));
});
