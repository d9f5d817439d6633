/**
 * What should be on a region at an instant, as a pure function of the programme; playlists/timeline.py agrees.
 *
 * @typedef {import("./types.js").Programme} Programme
 * @typedef {import("./types.js").Channel} Channel
 * @typedef {import("./types.js").Loop} Loop
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").Cue} Cue
 */

const FOREVER = Number.MAX_SAFE_INTEGER;

/**
 * The cue of a region at an instant (UTC ms); null is black: nothing to show, blanked, no such region.
 * @param {Programme} programme
 * @param {string} regionName
 * @param {number} at
 * @returns {Cue | null}
 */
export function cueAt(programme, regionName, at) {
  const channel = channelOf(programme, regionName);
  if (!channel || programme.blank) return null;
  const span = stretch(channel, at);
  const loop = programme.loops[span.loop];
  const length = lengthOf(loop);
  if (length === 0) return null;
  const cue = positionIn(loop, phase(at, span.anchor, length));
  cue.loop = span.loop;
  const showing = loop.showings[cue.showing];
  if (showing.effect === "scroll") cue.x = channel.region.width - thousandths(cue.elapsed_ms * showing.speed);
  return cue;
}

/**
 * The first instant after `at` at which a page's turn, or a span, ends or begins; null when none ever does.
 * @param {Programme} programme
 * @param {string} regionName
 * @param {number} at
 * @returns {number | null}
 */
export function nextChange(programme, regionName, at) {
  const channel = channelOf(programme, regionName);
  if (!channel || programme.blank) return null;
  const span = stretch(channel, at);
  const loop = programme.loops[span.loop];
  const length = lengthOf(loop);
  if (length === 0) return span.ends === FOREVER ? null : span.ends;
  const cue = positionIn(loop, phase(at, span.anchor, length));
  const turn = at - cue.elapsed_ms + loop.showings[cue.showing].pages[cue.page].duration_ms;
  return Math.min(turn, span.ends);
}

/**
 * The media that any region shows within [begins, ends), the soonest needed first; none while blanked.
 * @param {Programme} programme
 * @param {number} begins
 * @param {number} ends
 * @returns {string[]}
 */
export function resources(programme, begins, ends) {
  /** @type {Map<string, number>} */
  const soonest = new Map();
  if (!programme.blank) {
    for (const channel of programme.channels) need(programme, channel, begins, ends, soonest);
  }
  const names = Array.from(soonest.keys());
  return names.sort((a, b) => Number(soonest.get(a)) - Number(soonest.get(b)) || (a < b ? -1 : 1));
}

/**
 * @param {Programme} programme
 * @param {string} name
 * @returns {Channel | undefined}
 */
function channelOf(programme, name) {
  return programme.channels.find((channel) => channel.region.name === name);
}

/**
 * The span at `at`; outside every span the fallback turns from anchor 0 until the next span begins.
 * @param {Channel} channel
 * @param {number} at
 * @returns {Span}
 */
function stretch(channel, at) {
  const spans = channel.spans;
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle].begins <= at) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && at < spans[low - 1].ends) return spans[low - 1];
  const begins = low > 0 ? spans[low - 1].ends : 0;
  const ends = low < spans.length ? spans[low].begins : FOREVER;
  return { begins, ends, loop: channel.fallback, anchor: 0 };
}

/**
 * How far into its turn a loop is; never the remainder of a negative number.
 * @param {number} at
 * @param {number} anchor
 * @param {number} length
 * @returns {number}
 */
function phase(at, anchor, length) {
  return at >= anchor ? (at - anchor) % length : length - 1 - ((anchor - at - 1) % length);
}

/**
 * @param {number} amount not negative
 * @returns {number}
 */
function thousandths(amount) {
  return (amount - (amount % 1000)) / 1000;
}

/**
 * The time of one turn, in ms.
 * @param {Loop} loop
 * @returns {number}
 */
function lengthOf(loop) {
  let length = 0;
  for (const showing of loop.showings) for (const page of showing.pages) length += page.duration_ms;
  return length;
}

/**
 * The showing, the page and the ms into the page at a position of a turn.
 * @param {Loop} loop
 * @param {number} position
 * @returns {Cue}
 */
function positionIn(loop, position) {
  let left = position;
  for (let showing = 0; showing < loop.showings.length; showing++) {
    const pages = loop.showings[showing].pages;
    for (let page = 0; page < pages.length; page++) {
      if (left < pages[page].duration_ms) return { loop: 0, showing, page, elapsed_ms: left, x: 0 };
      left -= pages[page].duration_ms;
    }
  }
  throw new RangeError("a position lies within its loop");
}

/**
 * Notes the first instant within [begins, ends) at which each page of a channel shows.
 * @param {Programme} programme
 * @param {Channel} channel
 * @param {number} begins
 * @param {number} ends
 * @param {Map<string, number>} soonest
 */
function need(programme, channel, begins, ends, soonest) {
  let at = begins;
  while (at < ends) {
    const span = stretch(channel, at);
    const until = Math.min(ends, span.ends);
    turns(programme.loops[span.loop], span.anchor, at, until, soonest);
    at = until;
  }
}

/**
 * @param {Loop} loop
 * @param {number} anchor
 * @param {number} begins
 * @param {number} ends
 * @param {Map<string, number>} soonest
 */
function turns(loop, anchor, begins, ends, soonest) {
  const length = lengthOf(loop);
  if (length === 0) return;
  const now = phase(begins, anchor, length);
  let offset = 0;
  for (const showing of loop.showings) {
    for (const page of showing.pages) {
      const running = offset <= now && now < offset + page.duration_ms;
      const at = running ? begins : begins + (offset >= now ? offset - now : offset - now + length);
      const known = soonest.get(page.media);
      if (page.duration_ms > 0 && at < ends && (known === undefined || at < known)) soonest.set(page.media, at);
      offset += page.duration_ms;
    }
  }
}
