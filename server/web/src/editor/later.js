/** Parts of the editor whose code comes after the first: what few use, and what waits for the server anyway. */

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";

export const parts = {
  meeting: () => import("./meeting.js"),
  past: () => import("./past.js"),
  pasting: () => import("./pasting.js"),
  picture: () => import("./picture.js"),
  preview: () => import("./preview.js"),
  where: () => import("./where.js"),
};

/**
 * A component that is shown once its code is there; `meanwhile` keeps its place.
 * @param {() => Promise<any>} load
 * @param {() => any} [meanwhile]
 */
export function later(load, meanwhile = () => null) {
  /** @type {any} */
  let part = null;
  return function Later(/** @type {any} */ props) {
    const [, arrived] = useState(part);
    useEffect(() => {
      if (!part)
        load().then((found) => {
          part = found;
          arrived(found);
        });
    }, []);
    return part ? h(part, props) : meanwhile();
  };
}

/** Fetch every part while nobody waits for it, so that it is here when it is wanted, also when the net is not. */
export function fetchParts() {
  const idle = window.requestIdleCallback || setTimeout;
  idle(() => Promise.allSettled(Object.values(parts).map((load) => load())));
}
