/** Unpacks the engines beside their packages: `node unpack.mjs` prints one line per engine, its number and its program. */

import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";

const here = fileURLToPath(new URL("./node_modules/", import.meta.url));

/** @param {string} from @param {string} to a program, whole or absent */
function program(from, to) {
  writeFileSync(`${to}.part`, brotliDecompressSync(readFileSync(from)));
  chmodSync(`${to}.part`, 0o755);
  renameSync(`${to}.part`, to);
}

/** @param {string} from a tar of libraries @param {string} folder */
function libraries(from, folder) {
  execFileSync("tar", ["-xf", "-", "-C", folder], { input: brotliDecompressSync(readFileSync(from)) });
}

/** @param {string} number @returns {string} the engine's program, unpacked at the first call */
function engine(number) {
  const bin = `${here}chromium-${number}/bin/`;
  const to = `${here}chromium-${number}/unpacked/`;
  if (existsSync(`${to}chrome`)) return `${to}chrome`;
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(bin)) {
    if (name.endsWith(".tar.br")) libraries(bin + name, to);
    else program(bin + name, `${to}chrome`);
  }
  return `${to}chrome`;
}

for (const number of ["64", "69", "72", "80"]) console.log(number, engine(number));
