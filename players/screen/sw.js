/** Keeps the page itself, so that a player restarted while the server is away finds it again. */

const SHELF = "paomadeng-shell";
const PARTS = ["/screen", "/screen/player.js", "/screen/player.css"];
const FACES = "/screen/faces/";
const PATIENCE_MS = 3_000;

const worker = /** @type {any} */ (self);

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(
    caches
      .open(SHELF)
      .then((shelf) => shelf.addAll(PARTS))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));

/** The server's newest page when it answers soon, else the one we have. @param {string} path @param {Request} request */
async function newest(path, request) {
  const shelf = await caches.open(SHELF);
  const fresh = fetch(request).then((answer) => {
    if (answer.ok) shelf.put(path, answer.clone());
    return answer;
  });
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const first = await Promise.race([fresh, late]).catch(() => null);
  return (first?.ok ? first : await shelf.match(path)) || fresh;
}

/** A face never changes under its name; only those asked for last are kept. @param {string} path @param {Request} request */
async function face(path, request) {
  const shelf = await caches.open(SHELF);
  const kept = await shelf.match(path);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    const kind = path.slice(path.lastIndexOf("."));
    for (const old of await shelf.keys())
      if (old.url.indexOf(FACES) > 0 && old.url.slice(-kind.length) === kind) shelf.delete(old);
    shelf.put(path, answer.clone());
  }
  return answer;
}

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method === "GET" && pathname.indexOf(FACES) === 0) event.respondWith(face(pathname, event.request));
  if (event.request.method === "GET" && PARTS.indexOf(pathname) >= 0) {
    event.respondWith(newest(pathname, event.request));
  }
});
