"""A playlist as a Markdown file with front matter, the form in which a folder of playlists is imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playlists import blocks, frontmatter
from playlists.blocks import Found, Wire
from playlists.frontmatter import Fault, Front
from playlists.model import Effect, Kind

KINDS: Mapping[str, tuple[Kind, ...]] = {
    "slogans": (Kind.SLOGAN,),
    "notices": (Kind.NOTICE,),
    "story": (Kind.STORY,),
    "series": (Kind.STORY,),
    "mixed": blocks.WORDED,
}
LANGUAGES = ("zh", "en")
FIELDS = ("name", "kind", "language", "effect", "style", "portrait", "person", "facts")
_FOR_ALL = ("effect", "style", "portrait", "person")
_STORIES_ONLY = ("portrait", "person")


@dataclass(frozen=True, slots=True)
class ParsedPlaylist:
    """What a file says: ``items`` in wire form without ids, file names still in ``asset`` and ``portrait``.

    ``errors`` are in line order; the items are those that could be read in spite of them. ``facts`` says where the
    figures in the text come from.
    """

    name: str
    items: tuple[Wire, ...]
    errors: tuple[Fault, ...] = ()
    kind: str = "mixed"
    language: str = ""
    facts: str = ""


def parse_playlist(text: str, name_hint: str) -> ParsedPlaylist:
    """Read a file; never raises. ``name_hint`` (the file's stem) is the name when the front matter gives none."""
    front = frontmatter.parse(text)
    kind = front.fields.get("kind") or "mixed"
    found, faults = blocks.read(front.body, front.body_line, KINDS.get(kind, blocks.WORDED))
    for_all = _for_all(front)
    errors = [*front.faults, *_front_faults(front), *faults, *_shape_faults(kind, found)]
    if kind != "mixed" and not found and not errors:
        errors.append(Fault(front.body_line, "nothing_here"))
    return ParsedPlaylist(
        name=front.fields.get("name") or name_hint,
        items=tuple(_with(for_all, one.item) for one in found),
        errors=tuple(sorted(errors, key=lambda fault: fault.line)),
        kind=kind,
        language=front.fields.get("language", ""),
        facts=front.fields.get("facts", ""),
    )


def write_playlist(name: str, items: Sequence[Mapping[str, object]], language: str = "") -> str:
    """The file that `parse_playlist` reads back as this name and these items, their ids left out."""
    bare = [{key: value for key, value in item.items() if key != "id"} for item in items]
    shared = _shared(bare)
    fields = {"name": name, "kind": _kind(bare)} | ({"language": language} if language else {})
    fields |= {key: _flat(value) for key, value in shared.items()}
    return frontmatter.write(fields, "\n" + _body([_without(shared, item) for item in bare]))


def _for_all(front: Front) -> Wire:
    """The front matter's wishes for every item, those that are sound."""
    wishes: Wire = {key: front.fields[key] for key in _FOR_ALL if front.fields.get(key)}
    if wishes.get("effect") not in tuple(Effect):
        wishes.pop("effect", None)
    if "style" in wishes:
        wishes["style"] = _style(str(wishes["style"])) or {}
    return {key: value for key, value in wishes.items() if value}


def _with(for_all: Wire, item: Wire) -> Wire:
    story = item.get("kind") == Kind.STORY
    return {key: value for key, value in for_all.items() if story or key not in _STORIES_ONLY} | item


def _without(shared: Wire, item: Wire) -> Wire:
    return {key: value for key, value in item.items() if shared.get(key) != value}


def _front_faults(front: Front) -> list[Fault]:
    """Fields that say something no playlist can do."""
    fields, at = front.fields, front.lines
    wrong = [Fault(at[key], "front_unknown_field", key) for key in fields if key not in FIELDS]
    choices: dict[str, Sequence[str]] = {"kind": tuple(KINDS), "language": LANGUAGES, "effect": tuple(Effect)}
    for key, words in choices.items():
        if fields.get(key) and fields[key] not in words:
            wrong.append(Fault(at[key], f"front_bad_{key}", fields[key]))
    if fields.get("style") and _style(fields["style"]) is None:
        wrong.append(Fault(at["style"], "front_bad_style", fields["style"]))
    return wrong


def _shape_faults(kind: str, found: list[Found]) -> list[Fault]:
    """Items that do not belong in a file of this kind."""
    worded = [one for one in found if one.item["kind"] != Kind.IMAGE]
    allowed = KINDS.get(kind, blocks.WORDED)
    wrong = [Fault(one.line, "not_of_this_kind", kind) for one in worded if one.item["kind"] not in allowed]
    if kind == "story":
        wrong += [Fault(one.line, "one_story_only") for one in worded[1:]]
    return wrong


def _style(text: str) -> Wire | None:
    """`colour=red, speed=slow` as a mapping, or None when it is not of that form."""
    pairs = [pair.partition("=") for pair in text.split(",")]
    style: Wire = {key.strip(): wish.strip() for key, _, wish in pairs}
    sound = len(style) == len(pairs) and all(key and wish and "=" not in str(wish) for key, wish in style.items())
    return style if sound else None


def _flat(value: object) -> str:
    return ", ".join(f"{key}={wish}" for key, wish in value.items()) if isinstance(value, dict) else str(value)


def _shared(items: Sequence[Wire]) -> Wire:
    """The wishes that all items have alike, as far as the front matter can say them."""
    shared: Wire = {}
    for key in _FOR_ALL:
        holders = [item for item in items if key not in _STORIES_ONLY or item["kind"] == Kind.STORY]
        value = holders[0].get(key) if holders else None
        if value and all(item.get(key) == value for item in holders) and _sayable(value):
            shared[key] = value
    return shared


def _sayable(value: object) -> bool:
    return not isinstance(value, dict) or _style(_flat(value)) == value


def _kind(items: Sequence[Wire]) -> str:
    kinds = [item["kind"] for item in items if item["kind"] != Kind.IMAGE]
    if not kinds or len(set(kinds)) > 1:
        return "mixed"
    if kinds[0] == Kind.STORY:
        return "story" if len(kinds) == 1 else "series"
    return f"{kinds[0]}s"


def _body(items: Sequence[Wire]) -> str:
    """The blocks below one another, slogans close together and everything else with a line between."""
    parts: list[str] = []
    for before, item in zip([None, *items], items, strict=False):
        block = blocks.written(item)
        if before and blocks.needs_mark(before["kind"], item["kind"]) and not block.startswith("<!-- "):
            block = "<!-- with {} -->\n" + block
        close = before and before["kind"] == item["kind"] == Kind.SLOGAN
        parts.append(block if close or not before else "\n" + block)
    return "".join(f"{part}\n" for part in parts)
