/** The colours of an alert on each class of lamps; playlists/noticeinks.py holds the same tables. */

/** @typedef {import("./types.js").Inks} Inks */

const BLACK = [0, 0, 0];
const INK = [20, 23, 26];
const WHITE = [255, 255, 255];
const RED = [255, 45, 25];
const GREEN = [60, 240, 80];
const YELLOW = [255, 200, 20];
const AMBER = [255, 205, 60];

/** @param {number[][]} rgb @returns {Inks} */
const made = ([band, label, plain, headline, text, light]) => ({ band, label, plain, headline, text, light });

const MEANINGS = ["red", "orange", "yellow", "blue", "green"];
const SEVERITIES = ["extreme", "severe", "moderate", "minor"];

/** By colour class; within it by meaning, of fewer the last serves the rest. @type {Record<string, number[][][]>} */
const TABLES = {
  single: [[RED, BLACK, RED, RED, RED, RED]],
  dual: [
    [RED, BLACK, RED, RED, YELLOW, YELLOW],
    [YELLOW, BLACK, YELLOW, YELLOW, YELLOW, YELLOW],
    [YELLOW, BLACK, YELLOW, YELLOW, YELLOW, YELLOW],
    [GREEN, BLACK, GREEN, GREEN, YELLOW, YELLOW],
  ],
  seven: [
    [[255, 0, 0], WHITE, [255, 0, 0], WHITE, [255, 255, 0], WHITE],
    [[255, 255, 0], BLACK, [255, 255, 0], WHITE, [255, 255, 0], WHITE],
    [[255, 255, 0], BLACK, [255, 255, 0], WHITE, [255, 255, 0], WHITE],
    [[0, 0, 255], WHITE, [0, 255, 255], WHITE, [0, 255, 255], WHITE],
    [[0, 255, 0], BLACK, [0, 255, 0], WHITE, [0, 255, 0], WHITE],
  ],
  full: [
    [[214, 26, 32], WHITE, [255, 69, 58], WHITE, AMBER, WHITE],
    [[232, 113, 10], INK, [255, 149, 30], WHITE, AMBER, WHITE],
    [[245, 197, 24], INK, [245, 197, 24], WHITE, AMBER, WHITE],
    [[26, 95, 208], WHITE, [126, 184, 255], WHITE, AMBER, WHITE],
    [[24, 122, 62], WHITE, [70, 214, 104], WHITE, [120, 230, 150], WHITE],
  ],
};

/** A drill is blue whatever it is about, and so is its end; what is over is green. @param {import("./types.js").Alert} alert */
function meaningOf(alert) {
  if (alert.status === "exercise") return MEANINGS.indexOf("blue");
  return alert.phase === "live" ? SEVERITIES.indexOf(alert.severity) : MEANINGS.indexOf("green");
}

/** @param {string} colour @param {import("./types.js").Alert} alert @returns {Inks} */
export function inksFor(colour, alert) {
  const table = TABLES[colour] || TABLES.full;
  return made(table[Math.min(meaningOf(alert), table.length - 1)]);
}
