/** What the player remembers through a power cut: programme, media, credentials, plays. */

const NAME = "paomadeng";
const STORES = ["kept", "media", "plays"];

/** @typedef {"kept" | "media" | "plays"} Store */
/**
 * @typedef {object} Cache
 * @property {(store: Store, key: string) => Promise<any>} get undefined when absent
 * @property {(store: Store, entries: [string, any][]) => Promise<void>} put all or nothing
 * @property {(store: Store, keys: string[]) => Promise<void>} drop
 * @property {(store: Store) => Promise<string[]>} keys
 * @property {(store: Store, limit: number) => Promise<any[]>} first the oldest `limit` values by key
 * @property {boolean} durable whether it survives a reload
 */

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {IDBFactory} factory @returns {Promise<IDBDatabase>} */
function opened(factory) {
  const request = factory.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const store of STORES) request.result.createObjectStore(store);
  };
  return answered(request);
}

/** @param {IDBDatabase} db @returns {Cache} */
function stored(db) {
  /** @template T @param {Store} store @param {(store: IDBObjectStore) => IDBRequest<T>} ask */
  const read = (store, ask) => answered(ask(db.transaction(store, "readonly").objectStore(store)));
  /** @param {Store} store @param {(store: IDBObjectStore) => void} change @returns {Promise<void>} */
  const write = (store, change) =>
    new Promise((resolve, reject) => {
      const tx = db.transaction(store, "readwrite");
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(tx.error);
      try {
        change(tx.objectStore(store));
      } catch (error) {
        tx.abort();
        reject(error);
      }
    });
  return {
    durable: true,
    get: (store, key) => read(store, (at) => at.get(key)),
    put: (store, entries) => write(store, (at) => entries.forEach(([key, value]) => void at.put(value, key))),
    drop: (store, keys) => write(store, (at) => keys.forEach((key) => void at.delete(key))),
    keys: (store) => read(store, (at) => at.getAllKeys()).then((keys) => keys.map(String)),
    first: (store, limit) => read(store, (at) => at.getAll(undefined, limit)),
  };
}

/** The same promises without a disk, for browsers that refuse one. @returns {Cache} */
export function memoryCache() {
  const stores = { kept: new Map(), media: new Map(), plays: new Map() };
  const sorted = (/** @type {Store} */ store) => Array.from(stores[store].keys()).sort();
  return {
    durable: false,
    get: async (store, key) => stores[store].get(key),
    put: async (store, entries) => entries.forEach(([key, value]) => void stores[store].set(key, value)),
    drop: async (store, keys) => keys.forEach((key) => void stores[store].delete(key)),
    keys: async (store) => sorted(store),
    first: async (store, limit) =>
      sorted(store)
        .slice(0, limit)
        .map((key) => stores[store].get(key)),
  };
}

/** @param {IDBFactory | undefined} factory @returns {Promise<Cache>} never rejects: memory is the fall-back */
export async function openCache(factory) {
  if (!factory) return memoryCache();
  try {
    const cache = stored(await opened(factory));
    await cache.get("kept", "screen");
    return cache;
  } catch (_refused) {
    return memoryCache();
  }
}
