/** What the server put into the page for its script: words, the site, the page's own data. */

/** @typedef {{zone: string, locale: "zh" | "en", now: number, csrf: string, session?: Session}} Site */
/** @typedef {{who: string, idle_ms: number, last_ms: number}} Session how long it lasts when it is not used, and in any case */

/** @returns {{words: Record<string, string>, site: Site, data: any}} */
function read() {
  const found = document.getElementById("island");
  if (!found) return { words: {}, site: { zone: "UTC", locale: "zh", now: 0, csrf: "" }, data: null };
  return JSON.parse(found.textContent || "{}");
}

const island = read();

export const site = island.site;
export const data = island.data;

/**
 * The words of a key in the reader's language, its {params} filled; an unknown key is told as it is.
 * @param {string} key
 * @param {Record<string, string | number>} [params]
 */
export function t(key, params = {}) {
  const text = island.words[key];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}
