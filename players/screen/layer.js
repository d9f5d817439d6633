/** A rendition's page as canvases the compositor can move. */

/** Old graphics chips stop at 4096 px; half of that is safe everywhere. */
const TILE_PX = 2048;

/** @typedef {{media: string, element: HTMLElement, tiles: HTMLCanvasElement[], width: number, height: number}} Layer */

/** @param {Blob} blob @returns {Promise<HTMLImageElement>} */
function loaded(blob) {
  return new Promise((resolve, reject) => {
    const address = URL.createObjectURL(blob);
    const image = new Image();
    image.onload = () => {
      URL.revokeObjectURL(address);
      resolve(image);
    };
    image.onerror = () => {
      URL.revokeObjectURL(address);
      reject(new Error("undecodable picture"));
    };
    image.src = address;
  });
}

/** Decode off the main thread where the browser can. @param {ArrayBuffer} bytes @param {string} media */
function decoded(bytes, media) {
  const blob = new Blob([bytes], { type: media.slice(-4) === ".png" ? "image/png" : "" });
  return typeof createImageBitmap === "function" ? createImageBitmap(blob) : loaded(blob);
}

/** @param {CanvasImageSource} picture @param {number} left @param {number} width @param {number} height */
function tile(picture, left, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.style.left = `${left}px`;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.imageSmoothingEnabled = false;
  pen.drawImage(picture, left, 0, width, height, 0, 0, width, height);
  return canvas;
}

/**
 * @param {import("./types.js").Page} page @param {ArrayBuffer} bytes
 * @returns {Promise<Layer>} rejects when the picture is broken or not of the size the programme states
 */
export async function makeLayer(page, bytes) {
  const picture = await decoded(bytes, page.media);
  if (picture.width !== page.width || picture.height !== page.height) throw new Error("picture of another size");
  const element = document.createElement("div");
  element.className = "layer";
  const tiles = [];
  for (let left = 0; left < page.width; left += TILE_PX) {
    tiles.push(tile(picture, left, Math.min(TILE_PX, page.width - left), page.height));
  }
  tiles.forEach((canvas) => void element.appendChild(canvas));
  if ("close" in picture) picture.close();
  return { media: page.media, element, tiles, width: page.width, height: page.height };
}

/** Give the pixels back now, not when the collector comes by. @param {Layer} layer */
export function freeLayer(layer) {
  layer.element.remove();
  for (const canvas of layer.tiles) canvas.width = canvas.height = 0;
}
