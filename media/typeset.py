"""Text and a profile become a strip or pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PIL import Image

from media import boards, faces, pace, signage, slogans
from media.characters import clean, count, one_line
from media.errors import Refused
from media.faces import Type
from media.markdown import plain
from media.palette import inks
from media.profile import Profile, check
from media.values import Facts
from media.wishes import Wishes, read

READ_AT = 142  # comfortable distance in heights of a character
STRIP_STORY = 120
LEAST_PX = 12  # the smallest face

Picture = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One picture and how long it stays, in ms."""

    picture: Image.Image
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Setting:
    """A text as set: ``speed`` in px per second when it scrolls, else 0; ``em`` the size of its main type in px."""

    effect: str
    speed: int
    sheets: tuple[Sheet, ...]
    text: str
    em: int
    left_out: int = 0


def typeset(item: Mapping[str, object], profile: Profile, picture: Picture) -> Setting:
    """Set an item of text for a profile; ``picture`` gives a portrait's bytes. Raise Refused for what cannot be set."""
    if min(check(profile).width, profile.height) < LEAST_PX:
        raise Refused("no_room", width=profile.width, height=profile.height, least=LEAST_PX)
    wishes = read(item)
    if wishes.kind == "story" or wishes.title or (wishes.kind == "notice" and signage.is_large(profile)):
        return _titled(wishes, profile, picture)
    return _untitled(wishes, wishes.text, profile)


def coverage(text: str, profile: Profile) -> tuple[str, ...]:
    """The characters of a text that no face for this profile has, each once."""
    em = boards.least_em(check(profile))
    return faces.missing(clean(text), Type(em, slogans.smooth(profile, em)))


def no_portrait(name: str) -> bytes:
    """The picture source of a caller that has none; raise Refused when a portrait is asked for."""
    raise Refused("picture_missing", name=name)


def facts(item: Mapping[str, object], profile: Profile, picture: Picture = no_portrait) -> Facts:
    """What an author should know of an item on this profile, before it is submitted."""
    done = typeset(item, profile, picture)
    words = "".join(str(item.get(name) or "") for name in ("text", "title", "body", "person"))
    return Facts(
        scrolls=done.effect == "scroll",
        needs_ms=sum(sheet.duration_ms for sheet in done.sheets),
        readable_m=readable_m(done.em, profile),
        missing=coverage(words, profile),
        pages=1 if done.effect == "scroll" else len(done.sheets),
        fits=fits(profile),
        left_out=done.left_out,
    )


def readable_m(em: int, profile: Profile) -> int:
    """From how many metres characters of ``em`` px read comfortably."""
    return round(em * profile.pitch_um * READ_AT / 1_000_000)


def fits(profile: Profile) -> int:
    """How many Chinese characters a page of this profile holds."""
    em = boards.least_em(profile)
    return max(1, profile.width // em) * max(1, profile.height // slogans.row_for(em))


def _untitled(wishes: Wishes, text: str, profile: Profile, left_out: int = 0) -> Setting:
    """One text without a title, as the author or the region wishes it."""
    effect = wishes.effect or ("scroll" if slogans.is_strip(profile) else "static")
    block = _still(text, profile, wishes.effect) if effect == "static" or not wishes.effect else None
    if block:
        return _sheets("static", [block], wishes, profile, left_out)
    if effect == "scroll":
        run = _scroll(wishes, text, profile, left_out)
        if run:
            return run
    return _sheets("fade" if effect == "fade" else "page", boards.turned(text, profile), wishes, profile, left_out)


def _still(text: str, profile: Profile, asked: str) -> slogans.Block | None:
    """The text as one page; smaller type than usual is used only when a still page was asked for."""
    if asked:
        return boards.still(text, profile, 12)
    if not slogans.is_strip(profile):
        return boards.still(text, profile, boards.least_em(profile))
    em = slogans.strip_type(profile, "国").em
    return boards.still(one_line(text), profile, em * 3 // 4 if em > 24 else em)


def _sheets(effect: str, blocks: list[slogans.Block], wishes: Wishes, profile: Profile, left_out: int) -> Setting:
    chosen = inks(profile.colour, wishes.kind, wishes.style.get("colour", ""))
    texts = ["".join(block.texts) for block in blocks]
    if effect == "static":
        dwells = [wishes.duration_ms or max(pace.STATIC_MS, pace.dwell_ms(texts[0]))]
    else:
        dwells = pace.shares([pace.dwell_ms(text) for text in texts], wishes.duration_ms)
    pictures = [boards.slogan(block, profile, chosen) for block in blocks]
    sheets = tuple(Sheet(picture, dwell) for picture, dwell in zip(pictures, dwells, strict=True))
    return Setting(effect, 0, sheets, "\n".join(texts), blocks[0].type.em, left_out)


def _scroll(wishes: Wishes, text: str, profile: Profile, left_out: int) -> Setting | None:
    colour = inks(profile.colour, wishes.kind, wishes.style.get("colour", "")).text
    made = slogans.strip(text, profile, colour)
    if made is None:
        return None
    strip, setting = made
    height = profile.height if slogans.is_strip(profile) and setting.em >= 24 else setting.em
    speed = pace.speed(height, wishes.style.get("speed", "medium"))
    once = pace.pass_ms(profile.width, strip.width, speed)
    sheets = (Sheet(strip, once),) * pace.passes(once, wishes.duration_ms)
    return Setting("scroll", speed, sheets, one_line(text), setting.em, left_out)


def _titled(wishes: Wishes, profile: Profile, picture: Picture) -> Setting:
    """A story, or a notice with its title: one line on a strip, designed pages on a board."""
    body = clean(plain(wishes.body)) if wishes.kind == "story" else wishes.text
    if not body and not wishes.title:
        raise Refused("empty", field="body")  # Markdown that says nothing, such as a lone rule
    if slogans.is_strip(profile) or wishes.effect in ("scroll", "static"):
        line, left_out = _one_line_of(wishes, body)
        return _untitled(wishes, line, profile, left_out)
    leaves = boards.leaves(wishes, body, profile, picture)
    dwells = pace.shares([pace.dwell_ms(leaf.text) for leaf in leaves], wishes.duration_ms)
    sheets = tuple(Sheet(leaf.picture, dwell) for leaf, dwell in zip(leaves, dwells, strict=True))
    text = "\n".join(leaf.text for leaf in leaves)
    return Setting("fade" if wishes.effect == "fade" else "page", 0, sheets, text, leaves[-1].em)


def _one_line_of(wishes: Wishes, body: str) -> tuple[str, int]:
    """A story on one line: title, person, and as many whole sentences as a passer-by can follow."""
    head = [part for part in (wishes.title, wishes.person) if part]
    rest = one_line(body)
    kept = rest if wishes.kind != "story" else _sentences(rest, STRIP_STORY - sum(map(count, head)))
    return "\u3000".join([*head, kept] if kept else head), count(rest) - count(kept)


def _sentences(text: str, limit: int) -> str:
    """The longest beginning of whole sentences within ``limit`` characters, at least one sentence."""
    ends = [at + 1 for at, char in enumerate(text) if char in "。！？!?…"] or [len(text)]
    if ends[-1] < len(text):
        ends.append(len(text))
    within = [end for end in ends if count(text[:end]) <= limit]
    return text[: within[-1] if within else ends[0]].strip()
