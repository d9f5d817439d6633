/** Builds players/dist from players/screen; the same sources always give the same bytes. */

import { copyFile, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const from = fileURLToPath(new URL("./screen/", import.meta.url));
const to = fileURLToPath(new URL("./dist/", import.meta.url));

await mkdir(to, { recursive: true });
await build({
  entryPoints: { player: `${from}main.js`, sw: `${from}sw.js` },
  outdir: to,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2015",
  charset: "utf8",
  legalComments: "none",
  tsconfigRaw: "{}",
  conditions: ["browser"],
});
for (const name of ["index.html", "player.css"]) await copyFile(from + name, to + name);
