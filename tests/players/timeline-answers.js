/** Answers questions about programmes, from standard input to standard output, for tests/playlists/test_agreement.py. */
import { readFileSync } from "node:fs";
import { cueAt, nextChange, resources } from "../../players/screen/timeline.js";

const answers = JSON.parse(readFileSync(0, "utf8")).map((asked) => ({
  cues: asked.instants.map((at) => cueAt(asked.programme, asked.region, at)),
  changes: asked.instants.map((at) => nextChange(asked.programme, asked.region, at)),
  media: resources(asked.programme, asked.begins, asked.ends),
}));
process.stdout.write(JSON.stringify(answers));
