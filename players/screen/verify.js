/** Whether what arrived is what its name says. */

import { sha256 } from "./sha256.js";

/** JSON with sorted keys and no spaces: the form whose hash names a programme. @param {unknown} value @returns {string} */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const fields = /** @type {Record<string, unknown>} */ (value);
  const parts = Object.keys(fields)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(fields[key])}`);
  return `{${parts.join(",")}}`;
}

/** @param {import("./types.js").Programme} programme @returns {Promise<boolean>} */
export async function isWhole(programme) {
  const rest = /** @type {Record<string, unknown>} */ (Object.assign({}, programme));
  delete rest.version;
  const digest = await sha256(new TextEncoder().encode(canonical(rest)));
  return digest.slice(0, 32) === programme.version;
}

/** @param {string} name `<sha256>.<ext>` @param {ArrayBuffer} bytes @returns {Promise<boolean>} */
export async function isNamed(name, bytes) {
  return (await digest(bytes)) === name.slice(0, 64);
}

/** The browser's own digest where it has one (another thread), ours elsewhere. @param {ArrayBuffer} bytes */
async function digest(bytes) {
  const subtle = typeof crypto === "undefined" ? undefined : crypto.subtle;
  if (!subtle) return sha256(new Uint8Array(bytes));
  const sum = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return Array.from(sum, (byte) => `0${byte.toString(16)}`.slice(-2)).join("");
}
