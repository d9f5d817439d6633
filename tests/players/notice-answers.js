/** Lays alerts out, from standard input to standard output, for tests/playlists/test_agreement.py. */
import { readFileSync } from "node:fs";
import { momentOf, noticeOf } from "../../players/screen/notice.js";

const answers = JSON.parse(readFileSync(0, "utf8")).map(({ screen, alert, instant }) => {
  const notice = noticeOf(...screen, alert);
  const { page, x, lit } = momentOf(notice, ...instant);
  return { notice, moment: { page, x, lit } };
});
process.stdout.write(JSON.stringify(answers));
