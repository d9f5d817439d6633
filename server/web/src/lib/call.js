/** Calls to the server: JSON both ways, problems as values a page can show, nothing lost when the net is down. */

import { site, t } from "./island.js";
import { setNow } from "./time.js";

/** @typedef {{status: number, title: string, detail: string, violations?: {field: string, rule: string, detail: string}[], [more: string]: any}} ProblemBody */

/** An answer that was a refusal; `body` is the problem object, in the reader's language. */
export class Problem extends Error {
  /** @param {ProblemBody} body */
  constructor(body) {
    super(body.detail);
    this.body = body;
    this.status = body.status;
  }
}

/**
 * Call the server and return its JSON; throws Problem for a refusal and for a net that is down (status 0).
 * @param {string} method
 * @param {string} url
 * @param {any} [body] an object, or FormData
 * @param {{revision?: string, signal?: AbortSignal, keepalive?: boolean}} [options] `keepalive`: outlives the page
 * @returns {Promise<any>}
 */
export async function call(method, url, body, options = {}) {
  const headers = /** @type {Record<string, string>} */ ({ Accept: "application/json" });
  if (method !== "GET") headers["X-CSRF-Token"] = site.csrf;
  if (options.revision) headers["If-Match"] = `"${options.revision}"`;
  const form = body instanceof FormData;
  if (body !== undefined && !form) headers["Content-Type"] = "application/json";
  const response = await send(url, {
    method,
    headers,
    body: form ? body : JSON.stringify(body),
    signal: options.signal,
    keepalive: options.keepalive,
  });
  if (response.status === 204) return null;
  const value = await response.json().catch(() => ({}));
  if (response.ok) return value;
  throw new Problem({ status: response.status, title: "", detail: t("desk.failed"), ...value });
}

/**
 * @param {string} url
 * @param {RequestInit} init
 */
async function send(url, init) {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (/** @type {Error} */ (error).name === "AbortError") throw error;
    throw new Problem({ status: 0, title: "", detail: t("desk.failed") });
  }
}

/** Read the server's clock once. */
export async function readClock() {
  const sent = performance.now();
  const { now } = await call("GET", "/player/time");
  setNow(now, performance.now() - sent);
}

/**
 * Upload a file with its progress told from 0 to 1; throws Problem.
 * @param {string} url
 * @param {FormData} form
 * @param {(part: number) => void} progress
 * @returns {Promise<any>}
 */
export function upload(url, form, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRF-Token", site.csrf);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = () => reject(new Problem({ status: 0, title: "", detail: t("desk.failed") }));
    request.onload = () => settle(request, resolve, reject);
    request.send(form);
  });
}

/**
 * @param {XMLHttpRequest} request
 * @param {(value: any) => void} resolve
 * @param {(error: Problem) => void} reject
 */
function settle(request, resolve, reject) {
  /** @type {any} */
  let body = {};
  try {
    body = JSON.parse(request.responseText);
  } catch {
    body = { title: "", detail: t("desk.failed") };
  }
  if (request.status < 300) resolve(body);
  else reject(new Problem({ ...body, status: request.status }));
}
