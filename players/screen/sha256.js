/** SHA-256 in plain script, because browsers hide theirs from pages without TLS. */

const K = roundConstants();
const SLICE = 131_072;

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
function roundConstants() {
  const words = [];
  for (let candidate = 2; words.length < 64; candidate++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) prime = false;
    if (prime) words.push((Math.cbrt(candidate) * 0x100000000) | 0);
  }
  return Int32Array.from(words);
}

/**
 * @param {Int32Array} state 8 words, changed in place @param {Int32Array} w 64 words of scratch
 * @param {DataView} view @param {number} offset where the 64-byte block starts
 */
function block(state, w, view, offset) {
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(offset + i * 4);
  for (let i = 16; i < 64; i++) {
    const p = w[i - 15];
    const q = w[i - 2];
    const low = ((p >>> 7) | (p << 25)) ^ ((p >>> 18) | (p << 14)) ^ (p >>> 3);
    const high = ((q >>> 17) | (q << 15)) ^ ((q >>> 19) | (q << 13)) ^ (q >>> 10);
    w[i] = (w[i - 16] + low + w[i - 7] + high) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  const sums = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i++) state[i] = (state[i] + sums[i]) | 0;
}

/** The bytes after the last whole block, padded as FIPS 180-4, 5.1.1 says. @param {Uint8Array} bytes */
function tail(bytes) {
  const rest = bytes.length % 64;
  const padded = new Uint8Array(rest < 56 ? 64 : 128);
  padded.set(bytes.subarray(bytes.length - rest));
  padded[rest] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0);
  return view;
}

const start = () =>
  Int32Array.from([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]);

/** @param {Int32Array} state */
function hex(state) {
  let text = "";
  for (let i = 0; i < 8; i++) text += `0000000${(state[i] >>> 0).toString(16)}`.slice(-8);
  return text;
}

/**
 * The hex digest of `bytes`; gives the frame loop a turn after every 128 kB so that nothing on the wall janks.
 * @param {Uint8Array} bytes @param {() => Promise<void>} [turn] @returns {Promise<string>}
 */
export async function sha256(bytes, turn = nextTask) {
  const state = start();
  const scratch = new Int32Array(64);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % 64);
  for (let offset = 0; offset < whole; offset += 64) {
    if (offset && offset % SLICE === 0) await turn();
    block(state, scratch, view, offset);
  }
  const last = tail(bytes);
  for (let offset = 0; offset < last.byteLength; offset += 64) block(state, scratch, last, offset);
  return hex(state);
}

/** @returns {Promise<void>} */
function nextTask() {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
