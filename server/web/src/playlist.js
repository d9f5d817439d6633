/** The editor of a playlist: items, their pixels, saving by itself, the review chain. */

import { render } from "preact";
import { Head } from "./editor/head.js";
import { html } from "./editor/html.js";
import { conflict, found, readAgain, save, startKeeping } from "./editor/keeping.js";
import { fetchParts, later, parts } from "./editor/later.js";
import { add, List, openItem } from "./editor/list.js";
import { startLooking } from "./editor/looks.js";
import { items, locked, told } from "./editor/state.js";
import { calm, one } from "./lib/dom.js";
import { t } from "./lib/island.js";
import { stepThrough } from "./lib/keys.js";
import { live } from "./lib/live.js";
import { toast } from "./lib/toast.js";

const Meeting = later(async () => (await parts.meeting()).Meeting);
const Recovered = later(async () => (await parts.meeting()).Recovered);
const Past = later(async () => (await parts.past()).Past);
const Where = later(async () => (await parts.where()).Where);
const readPlaces = async () => (await parts.where()).readPlaces();

/** The preview's own shape, unlit. */
const Unlit = () => html`<aside class="preview" aria-label=${t("playlists_page.on_screen")}>
  <div class="row between pvh wrap"><h2>${t("playlists_page.on_screen")}</h2></div><div class="card"><div class="hang"></div><div class="scrub"><span class="btn q sm"></span></div></div></aside>`;
const Preview = later(async () => (await parts.preview()).Preview, Unlit);

function Editor() {
  return html`<${Head} />${conflict.value && html`<${Meeting} />`}${found.value && html`<${Recovered} />`}
    <div class="edit"><div><${List} /><${Where} /><${Past} /></div><${Preview} /></div>`;
}

/** @param {{id: string}} event */
const mine = (event) => event.id === told.value?.id;

/** Someone else's words take the place of ours when nothing of ours is unsaved. */
const look = calm(300, async () => {
  const other = await readAgain();
  if (other) toast(t("playlists_page.others_saved", { name: other.revisions[0]?.by_name || "" }));
});

startKeeping();
const root = one("#editor");
root.replaceChildren();
render(html`<${Editor} />`, root);
startLooking();
fetchParts();
if (!told.value && !items.value.length && !locked.value) add("slogan");
if (location.hash.startsWith("#item=")) openItem(location.hash.slice(6));

live("playlist_changed", (event) => mine(event) && event.revision !== told.value.revision && look(), look);
live("review_changed", (event) => mine(event) && look());
live("slot_changed", calm(300, readPlaces), readPlaces);
stepThrough("#items .bare");
document.addEventListener("keydown", (event) => {
  if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  save();
});
