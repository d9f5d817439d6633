/** Builds the desk's scripts into server/web/static; the same sources always give the same bytes. */

import { readdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const from = fileURLToPath(new URL("./src/", import.meta.url));
const to = fileURLToPath(new URL("./static/", import.meta.url));

for (const name of await readdir(to)) if (name.endsWith(".js")) await rm(to + name);
const pages = (await readdir(from)).filter((name) => name.endsWith(".js"));
await build({
  entryPoints: pages.map((name) => from + name),
  outdir: to,
  chunkNames: "part-[hash]",
  bundle: true,
  preserveSymlinks: true, // chunks are named by paths: a linked node_modules must give the same names
  splitting: true,
  minify: true,
  format: "esm",
  target: "es2020",
  charset: "utf8",
  legalComments: "none",
  conditions: ["browser"],
});
