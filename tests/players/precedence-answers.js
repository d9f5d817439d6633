/** Answers questions about live sets, from standard input to standard output, for tests/playlists/test_agreement.py. */
import { readFileSync } from "node:fs";
import { nextAlertChange, turnAt } from "../../players/screen/precedence.js";

const told = (turn) => turn && [turn.alert.id, turn.alert.revision, turn.elapsed_ms, turn.length_ms];
const answers = JSON.parse(readFileSync(0, "utf8")).map(({ alerts, instants }) => ({
  turns: instants.map((at) => told(turnAt(alerts, at))),
  changes: instants.map((at) => nextAlertChange(alerts, at)),
}));
process.stdout.write(JSON.stringify(answers));
