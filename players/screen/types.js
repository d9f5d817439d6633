/** The shapes that cross the player's modules, for the type checker only. */

/** @typedef {{media: string, width: number, height: number, duration_ms: number}} Page sizes in px */
/** @typedef {{item: string, kind: string, effect: string, speed: number, text: string, playlist: string, pages: Page[]}} Showing speed in px/s */
/** @typedef {{playlists: string[], showings: Showing[]}} Loop */
/** @typedef {{name: string, x: number, y: number, width: number, height: number}} Region px */
/** @typedef {{begins: number, ends: number, loop: number, anchor: number}} Span UTC ms, half open */
/** @typedef {{region: Region, spans: Span[], fallback: number}} Channel */
/**
 * @typedef {{version: string, screen: string, width: number, height: number, colour: string, begins: number,
 *   ends: number, blank: boolean, channels: Channel[], loops: Loop[]}} Programme
 */
/** @typedef {{loop: number, showing: number, page: number, elapsed_ms: number, x: number}} Cue */

/**
 * One page on one region, from its first instant to its last (half open, server ms).
 * @typedef {object} Scene
 * @property {number} begins
 * @property {number} ends Infinity when nothing will change it
 * @property {Page | null} page null is black
 * @property {Showing | null} showing
 * @property {string} playlist
 * @property {Cue | null} cue
 */
/** @typedef {{id: string, region: string, item: string, playlist: string, media: string, begins: number, ends: number}} Play */
/** @typedef {{id: string, name: string, width: number, height: number, colour: string}} Screen */
/** @typedef {{id: string, kind: string, args?: object}} Command */
/**
 * One revision of an alert as this screen is to show it; playlists/alert.py says what each field means.
 * @typedef {{id: string, revision: number, phase: string, status: string, severity: string, urgency: string,
 *   presentation: string, label: string, headline: string, text: string, issued: number, effective: number,
 *   expires: number, code: string, qr: string[]}} Alert
 */
/** @typedef {{epoch: string, seq: number, now: number, alerts: Alert[]}} LiveSet all live alerts of this screen */
/** @typedef {[number, number, number, number]} Box x, y, width, height in px */
/** @typedef {{band: number[], label: number[], plain: number[], headline: number[], text: number[], light: number[]}} Inks */
/** @typedef {{text: string, x: number, y: number, em: number, bold: boolean, ink: string}} Line px */
/** @typedef {{lines: Line[], dwell_ms: number}} NoticePage */
/** @typedef {{box: Box, line: Line, speed: number, pass_ms: number}} NoticeScroll speed in px/s */
/**
 * An alert as it lies on a screen; `blink` is what goes on and off once a second: "border", "band" or "".
 * @typedef {{box: Box, border: number, band: Box, label: Line[], pages: NoticePage[], scroll: NoticeScroll | null,
 *   qr: Box, code: Line[], inks: Inks, blink: string}} Notice
 */
/** @typedef {{ok: boolean, nonce?: string, now: number, epoch: string, seq: number, type?: string, programme: string, screen?: Screen, alerts?: Alert[]}} Position */

export {};
