"""An item as the typesetter reads it: its words cleaned, its wishes checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from media.characters import clean
from media.errors import Refused

KINDS = ("slogan", "story", "notice", "image")
EFFECTS = ("scroll", "page", "static", "fade")
FIELDS = {"slogan": ("text",), "story": ("title", "body", "person"), "notice": ("text", "title"), "image": ()}
LIMITS = {"text": 2000, "title": 200, "body": 5000, "person": 100}
LONGEST_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Wishes:
    """One item's words and wishes; "" and None where the author left the choice to the typesetter."""

    kind: str
    text: str = ""
    title: str = ""
    body: str = ""
    person: str = ""
    portrait: str = ""
    asset: str = ""
    effect: str = ""
    duration_ms: int | None = None
    style: Mapping[str, str] = field(default_factory=dict)


def read(item: Mapping[str, object]) -> Wishes:
    """Read an item; raise Refused naming the field that is empty, too long or of no known kind."""
    kind = str(item.get("kind", ""))
    if kind not in KINDS:
        raise Refused("unknown_kind", kind=kind)
    words = {name: _words(item, name) for name in FIELDS[kind]}
    style = item.get("style")
    wishes = Wishes(
        kind=kind,
        portrait=str(item.get("portrait") or ""),
        asset=str(item.get("asset") or ""),
        effect=_effect(item.get("effect")),
        duration_ms=_duration(item.get("duration_ms")),
        style={str(k): str(v) for k, v in style.items()} if isinstance(style, Mapping) else {},
        **words,
    )
    _must_say_something(wishes)
    return wishes


def _words(item: Mapping[str, object], name: str) -> str:
    raw = item.get(name) or ""
    if not isinstance(raw, str):
        raise Refused("not_text", field=name)
    if len(raw) > LIMITS[name]:
        raise Refused("too_long", field=name, length=len(raw), limit=LIMITS[name])
    return clean(raw)


def _effect(raw: object) -> str:
    if raw in (None, ""):
        return ""
    if raw not in EFFECTS:
        raise Refused("unknown_effect", effect=str(raw))
    return str(raw)


def _duration(raw: object) -> int | None:
    if raw is None:
        return None
    if not isinstance(raw, int) or isinstance(raw, bool) or not 0 < raw <= LONGEST_MS:
        raise Refused("duration", limit_s=LONGEST_MS // 1000)
    return raw


def _must_say_something(wishes: Wishes) -> None:
    needed = {"slogan": "text", "notice": "text", "story": "body", "image": "asset"}[wishes.kind]
    said = getattr(wishes, needed) or (wishes.title if wishes.kind in ("story", "notice") else "")
    if not said:
        raise Refused("empty", field=needed)
