/** The editor's plain rules: lines pasted and cut, and two people's texts put together. */

import assert from "node:assert/strict";
import test from "node:test";
import { inTwo, slogansIn, width } from "../../../server/web/src/editor/lines.js";
import { merged } from "../../../server/web/src/editor/merging.js";

let n = 0;
const mint = () => `new${++n}`;
/** @param {string} id @param {string} text */
const line = (id, text) => ({ id, kind: "slogan", text });
/** @param {{text?: string}[]} items */
const texts = (items) => items.map((item) => item.text);

test("pasted lines become slogans, told apart from those there already and those too long", () => {
  const found = slogansIn(`先看清\r\n\n再动手\t\n先看清\n旧的\u2028${"长".repeat(501)}`, ["旧的 "]);
  assert.deepEqual(found.lines, ["先看清", "再动手"]);
  assert.deepEqual(found.twice, ["先看清", "旧的"]);
  assert.deepEqual(
    found.refused.map(({ line, length }) => [line, length]),
    [[6, 501]],
  );
});

test("a Latin character counts half, as it is set", () => {
  assert.equal(width("电话 119"), 4);
  assert.equal(width("  先看清，再动手 "), 7);
  assert.equal(width(""), 0);
});

test("a long slogan is cut behind the mark nearest its middle and loses the pause", () => {
  assert.deepEqual(inTwo("看见冒烟先喊人，再报警；电话 119 或内线 6119。"), [
    "看见冒烟先喊人，再报警",
    "电话 119 或内线 6119。",
  ]);
  assert.deepEqual(inTwo("先看清，再动手"), ["先看清", "再动手"]);
  assert.deepEqual(inTwo("一二三四五六"), ["一二三", "四五六"]);
  assert.deepEqual(inTwo("停！！！走"), ["停！！！", "走"]);
});

test("cutting loses no character but a pause", () => {
  for (const text of ["甲，乙；丙", "😀😀😀😀", "a b c d", "。。。", "一"]) {
    const bare = (/** @type {string} */ some) => some.replace(/[，、；：,;: ]/g, "");
    assert.equal(bare(inTwo(text).join("")), bare(text));
  }
});

test("what only one of two people changed is taken as it is", () => {
  const base = [line("a", "一"), line("b", "二"), line("c", "三")];
  const mine = [line("a", "一改"), line("b", "二"), line("c", "三"), line("m", "我加")];
  const theirs = [line("t", "对方加"), line("a", "一"), line("b", "二改"), line("c", "三")];
  assert.deepEqual(texts(merged(base, mine, theirs, mint)), ["对方加", "一改", "二改", "三", "我加"]);
});

test("what both changed stands twice, mine first, under an id of its own", () => {
  const found = merged([line("a", "一")], [line("a", "我")], [line("a", "对方")], mint);
  assert.deepEqual(texts(found), ["我", "对方"]);
  assert.notEqual(found[0].id, found[1].id);
});

test("what they added stands behind what became of the item before it", () => {
  const found = merged([line("a", "一")], [line("a", "我")], [line("a", "对方"), line("t", "对方加")], mint);
  assert.deepEqual(texts(found), ["我", "对方", "对方加"]);
});

test("what one deleted goes, unless the other changed it", () => {
  const base = [line("a", "一"), line("b", "二"), line("c", "三")];
  assert.deepEqual(
    texts(merged(base, [line("a", "一")], [line("a", "一"), line("b", "二改"), line("c", "三")], mint)),
    ["一", "二改"],
  );
  assert.deepEqual(texts(merged(base, [line("a", "一改"), line("b", "二")], [line("c", "三")], mint)), ["一改"]);
});

test("texts that agree are merged to themselves, in my order", () => {
  const [a, b] = [line("a", "一"), line("b", "二")];
  assert.deepEqual(merged([a, b], [b, a], [a, b], mint), [b, a]);
});
