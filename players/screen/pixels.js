/** Letters made of pixels, readable on sixteen rows without any font installed. */

const COLUMNS = 5;
const ROWS = 7;

/** Each letter is five columns of seven bits, top bit lowest, as two hex digits a column. */
const FACE = /** @type {Record<string, string>} */ ({
  A: "7e1111117e",
  B: "7f49494936",
  C: "3e41414122",
  D: "7f4141221c",
  E: "7f49494941",
  F: "7f09090901",
  G: "3e4149497a",
  H: "7f0808087f",
  I: "00417f4100",
  J: "2040413f01",
  K: "7f08142241",
  L: "7f40404040",
  M: "7f020c027f",
  N: "7f0408107f",
  O: "3e4141413e",
  P: "7f09090906",
  Q: "3e4151215e",
  R: "7f09192946",
  S: "4649494931",
  T: "01017f0101",
  U: "3f4040403f",
  V: "1f2040201f",
  W: "3f4038403f",
  X: "6314081463",
  Y: "0708700807",
  Z: "6151494543",
  0: "3e5149453e",
  1: "00427f4000",
  2: "4261514946",
  3: "2141454b31",
  4: "1814127f10",
  5: "2745454539",
  6: "3c4a494930",
  7: "0171090503",
  8: "3649494936",
  9: "064949291e",
  "-": "0808080808",
  ".": "0060600000",
  ":": "0036360000",
  " ": "0000000000",
});

/** @param {string} text @param {number} width @param {number} height px to fit in @returns {number} whole scale, 0 when too small */
export function scaleFor(text, width, height) {
  return Math.floor(Math.min(width / (text.length * (COLUMNS + 1) - 1), height / ROWS));
}

/** @param {string} text @returns {boolean} whether every letter can be drawn */
export function drawable(text) {
  return text.length > 0 && Array.from(text.toUpperCase()).every((letter) => letter in FACE);
}

/**
 * @param {CanvasRenderingContext2D} pen in the colour wanted
 * @param {string} text @param {number} left @param {number} top px @param {number} scale
 */
export function drawText(pen, text, left, top, scale) {
  Array.from(text.toUpperCase()).forEach((letter, place) => {
    const face = FACE[letter] || FACE[" "];
    for (let column = 0; column < COLUMNS; column++) {
      const bits = Number.parseInt(face.slice(column * 2, column * 2 + 2), 16);
      const x = left + (place * (COLUMNS + 1) + column) * scale;
      for (let row = 0; row < ROWS; row++) if (bits & (1 << row)) pen.fillRect(x, top + row * scale, scale, scale);
    }
  });
}

/** Draw `text` as large as the box allows, in its middle. @param {CanvasRenderingContext2D} pen @param {string} text
 * @param {{left: number, top: number, width: number, height: number}} box */
export function drawFitted(pen, text, box) {
  const scale = Math.max(1, scaleFor(text, box.width, box.height));
  const left = box.left + Math.max(0, Math.floor((box.width - (text.length * (COLUMNS + 1) - 1) * scale) / 2));
  const top = box.top + Math.max(0, Math.floor((box.height - ROWS * scale) / 2));
  drawText(pen, text, left, top, scale);
}
