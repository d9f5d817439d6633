"""What a feed offers: messages that stand in it, and links to messages elsewhere; Atom, RSS or CAP itself."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from server.cap import parsing
from server.cap.decoding import decoded
from server.cap.model import MEDIA_TYPE
from server.cap.refusal import CapRefused, Reason

ATOM = "http://www.w3.org/2005/Atom"
_XML = (MEDIA_TYPE, "application/xml", "text/xml", "")
MOST_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry that links to a message; ``key`` changes when the entry does."""

    key: str
    link: str


@dataclass(frozen=True, slots=True)
class Feed:
    """``holds_messages`` when CAP stands in the document itself; ``entries`` lead elsewhere."""

    holds_messages: bool
    entries: tuple[Entry, ...]


def read(data: bytes, address: str) -> Feed:
    """Read a feed that came from ``address``; raise CapRefused for what is none, a DOCTYPE among others."""
    root = parsing.parse(decoded(data))
    try:
        holds = bool(parsing.alerts(root))
    except CapRefused as refusal:
        if refusal.reason is not Reason.NOT_CAP:
            raise
        holds = False
    if parsing.split(root.tag)[1] == "alert":
        return Feed(holds, ())
    entries = [_entry(one, address) for one in root.iter() if parsing.split(one.tag)[1] in ("entry", "item")]
    if not holds and parsing.split(root.tag)[1] not in ("feed", "rss", "RDF"):
        raise CapRefused(Reason.NOT_CAP)
    return Feed(holds, tuple(entry for entry in entries[:MOST_ENTRIES] if entry))


def _entry(element: Element, address: str) -> Entry | None:
    """The link of an entry without a message of its own; None when it has one, or no link."""
    if any(child.tag in parsing.ALERTS for child in element.iter()):
        return None
    link = _link(element)
    if not link:
        return None
    texts = {parsing.split(child.tag)[1]: (child.text or "").strip() for child in element}
    changed = texts.get("updated") or texts.get("pubDate") or texts.get("date") or ""
    where = urljoin(address, link)
    return Entry(f"{where} {changed}", where)


def _link(element: Element) -> str:
    """The best link: one that says it is CAP, then one to XML of no declared kind, then what else there is."""
    found: list[tuple[int, str]] = []
    for child in element:
        name, said = parsing.split(child.tag)[1], child.attrib
        kind = said.get("type", "").partition(";")[0].strip().lower()
        target = said.get("href") or said.get("url") or said.get("src") or (child.text or "").strip()
        if name in ("link", "enclosure", "content", "guid", "id") and target:
            found.append((_rank(name, kind, said), target))
    ranked = [(rank, link) for rank, link in found if rank < 9]
    return min(ranked, key=lambda one: one[0])[1] if ranked else ""


def _rank(name: str, kind: str, said: dict[str, str]) -> int:
    if kind == MEDIA_TYPE:
        return 0
    if name == "link" and kind in _XML and said.get("rel", "alternate") in ("alternate", "via", "enclosure"):
        return 1
    if name == "enclosure" and kind in _XML:
        return 2
    return 3 if name == "guid" and said.get("isPermaLink") == "true" else 9
