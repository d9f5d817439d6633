/** Two people's changes to one playlist, put together: whatever only one of them touched is taken as it is. */

import { same } from "../lib/same.js";

/** @typedef {{id: string, kind: string, [field: string]: any}} Item */

/**
 * Merge `mine` and `theirs`, both made from `base`. What both changed stands twice: mine, then theirs under a new id.
 * @param {Item[]} base
 * @param {Item[]} mine
 * @param {Item[]} theirs
 * @param {() => string} mint
 * @returns {Item[]}
 */
export function merged(base, mine, theirs, mint) {
  const was = byId(base);
  const other = byId(theirs);
  const found = /** @type {{item: Item, of: string}[]} */ ([]);
  for (const one of mine)
    for (const item of kept(one, was.get(one.id), other.get(one.id), mint)) found.push({ item, of: one.id });
  const own = new Set(mine.map((item) => item.id));
  theirs.forEach((item, n) => {
    if (own.has(item.id) || same(was.get(item.id), item)) return;
    found.splice(placeOf(found, theirs, n), 0, { item, of: item.id });
  });
  return found.map(({ item }) => item);
}

/**
 * What becomes of an item of mine.
 * @param {Item} item
 * @param {Item | undefined} was
 * @param {Item | undefined} other
 * @param {() => string} mint
 * @returns {Item[]}
 */
function kept(item, was, other, mint) {
  if (!other) return was && same(was, item) ? [] : [item];
  if (same(item, other) || same(was, other)) return [item];
  if (same(was, item)) return [other];
  return [item, { ...other, id: mint() }];
}

/** Behind what became of the item that came before it in theirs. @param {{of: string}[]} found @param {Item[]} theirs @param {number} n */
function placeOf(found, theirs, n) {
  for (let at = n - 1; at >= 0; at--) {
    const here = found.map(({ of }) => of).lastIndexOf(theirs[at].id);
    if (here >= 0) return here + 1;
  }
  return 0;
}

/** @param {Item[]} items */
const byId = (items) => new Map(items.map((item) => [item.id, item]));
