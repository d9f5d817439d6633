/** The bitmap face is read dot by dot, and what it lacks is told. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { bitmapFace } from "../../players/screen/face.js";
import { FACE_16, FACE_BOLD } from "../../players/screen/facenames.js";

const file = (name) => readFileSync(new URL(`../../media/fonts/${name}`, import.meta.url));
const face = (() => {
  const data = file("notice-16.bin");
  return bitmapFace(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
})();

test("faces are called by what they hold", () => {
  const hash = (name) => createHash("sha256").update(file(name)).digest("hex");
  assert.equal(FACE_16, `${hash("notice-16.bin")}.bin`);
  assert.equal(FACE_BOLD, `${hash("notice-bold.woff2")}.woff2`);
});

test("a narrow and a wide character have their dots", () => {
  const bang = face("!".codePointAt(0));
  assert.deepEqual([bang.width, bang.rows.map((row) => row.toString(2)).filter((row) => row !== "0")[0]], [8, "1000"]);
  const one = face("一".codePointAt(0));
  assert.equal(one.width, 16);
  assert.deepEqual(
    one.rows.filter((row) => row).map((row) => row.toString(2).length > 12),
    [true],
  );
});

test("a character that is not in the face has no dots", () => assert.equal(face("㛃".codePointAt(0)), null));
