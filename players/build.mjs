/** Builds players/dist from players/screen; the same sources always give the same bytes. */

import { copyFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const from = fileURLToPath(new URL("./screen/", import.meta.url));
const to = fileURLToPath(new URL("./dist/", import.meta.url));

/** What stands in for parts of the socket library that no player needs whole: bytes in packets, odd addresses, old requests. */
const LEAN = [
  { filter: /^socket\.io-parser$/, path: `${from}packets.js` },
  { filter: /^engine\.io-parser$/, path: `${from}envelopes.js` },
  { filter: /\/contrib\/parseuri\.js$/, path: `${from}address.js` },
  { filter: /\/webtransport\.js$/, contents: "export const WT = null;" },
  { filter: /\/polling-xhr(\.node)?\.js$/, contents: 'export { Fetch as XHR } from "./polling-fetch.js";' },
];

const lean = {
  name: "lean",
  setup(/** @type {import("esbuild").PluginBuild} */ bundle) {
    for (const { filter, path, contents } of LEAN) {
      bundle.onResolve({ filter }, ({ path: asked, importer }) =>
        path
          ? { path }
          : {
              path: asked,
              namespace: "lean",
              pluginData: { contents, resolveDir: `${dirname(importer)}/${dirname(asked)}` },
            },
      );
    }
    bundle.onLoad({ filter: /.*/, namespace: "lean" }, ({ pluginData }) => pluginData);
  },
};

await mkdir(to, { recursive: true });
await build({
  entryPoints: { player: `${from}main.js`, sw: `${from}sw.js` },
  outdir: to,
  bundle: true,
  preserveSymlinks: true, // chunks are named by paths: a linked node_modules must give the same names
  minify: true,
  format: "iife",
  target: "es2015",
  charset: "utf8",
  legalComments: "none",
  tsconfigRaw: "{}",
  conditions: ["browser"],
  plugins: [lean],
});
for (const name of ["index.html", "player.css"]) await copyFile(from + name, to + name);
