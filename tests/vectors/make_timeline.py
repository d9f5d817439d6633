"""Writes timeline.json: what `cue_at`, `next_change` and `resources` must say, found by slow and obvious means."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

Json = dict[str, Any]
TARGET = Path(__file__).with_name("timeline.json")
EPOCH = 1_700_000_000_000


def write() -> None:
    """Write the file anew."""
    TARGET.write_text(text(), encoding="utf-8")


def text() -> str:
    """The file's text; the same every time."""
    rng = random.Random(20_240_601)
    programmes = [programme(rng, n) for n in range(24)]
    cues = [cue_case(rng, n, one) for n, one in enumerate(programmes) for _ in range(16)]
    cues += [asked(n, one, where, at) for n, one in enumerate(programmes) for where, at in turn_starts(one)]
    needs = [resource_case(rng, n, one) for n, one in enumerate(programmes) for _ in range(5)]
    lines = [f'{{"programmes":{rows(programmes)}', f'"cues":{rows(cues)}', f'"resources":{rows(needs)}}}']
    return ",\n".join(lines) + "\n"


def rows(values: list[Json]) -> str:
    """A list with one value a line."""
    return "[\n" + ",\n".join(json.dumps(v, separators=(",", ":")) for v in values) + "\n]"


def programme(rng: random.Random, n: int) -> Json:
    """A small programme; some have gaps between spans, empty loops, pages of no time, anchors ahead."""
    zero = 0 if n % 3 == 0 else EPOCH
    loops = [loop(rng) for _ in range(rng.randrange(1, 5))] + [{"playlists": [], "showings": []}]
    names = ["main", "strip"][: 1 + n % 2]
    return {
        "version": "0" * 32,
        "screen": f"s{n}",
        "width": 192,
        "height": 16,
        "colour": rng.choice(["single", "dual", "seven", "full"]),
        "begins": zero,
        "ends": zero + 4_000,
        "blank": n == 23,
        "channels": [channel(rng, name, zero, len(loops)) for name in names],
        "loops": loops,
    }


def channel(rng: random.Random, name: str, zero: int, loops: int) -> Json:
    """A region with spans in order."""
    cuts = sorted({zero + rng.randrange(0, 4_000) for _ in range(8)})
    spans = [
        {"begins": a, "ends": b, "loop": rng.randrange(loops), "anchor": max(0, a + rng.randrange(-3_000, 900))}
        for a, b in pairwise(cuts)
        if rng.random() < 0.8
    ]
    region = {"name": name, "x": 0, "y": 0, "width": rng.choice([64, 192, 193]), "height": 16}
    return {"region": region, "spans": spans, "fallback": rng.randrange(loops)}


def loop(rng: random.Random) -> Json:
    """One to four showings of one to three pages."""
    showings = [showing(rng, n) for n in range(rng.randrange(1, 5))]
    return {"playlists": [f"p{rng.randrange(9)}"], "showings": showings}


def showing(rng: random.Random, n: int) -> Json:
    """A showing; its pages last from no time to half a second."""
    effect = rng.choice(["scroll", "page", "static", "fade"])
    pages = [page(rng) for _ in range(1 if effect == "scroll" else rng.randrange(1, 4))]
    speed = rng.choice([1, 59, 60, 7_919]) if effect == "scroll" else 0
    return {"item": f"i{n}", "kind": "slogan", "effect": effect, "speed": speed, "text": "安全", "pages": pages}


def page(rng: random.Random) -> Json:
    """A page; few names, so that one medium serves several pages."""
    media = f"{rng.randrange(12):064x}.png"
    return {"media": media, "width": 372, "height": 16, "duration_ms": rng.choice([0, 1, 7, 100, 250, 499])}


def cue_case(rng: random.Random, n: int, one: Json) -> Json:
    """An instant, mostly an edge or next to one, with the answers."""
    where = rng.choice(one["channels"])
    edges = [span[side] for span in where["spans"] for side in ("begins", "ends")] or [one["begins"]]
    at = max(0, rng.choice([rng.choice(edges) + rng.randrange(-1, 2), one["begins"] + rng.randrange(-50, 4_100)]))
    name = where["region"]["name"] if rng.random() < 0.97 else "nowhere"
    return asked(n, one, name, at)


def asked(n: int, one: Json, name: str, at: int) -> Json:
    """A question with its answers."""
    return {"programme": n, "region": name, "at": at, "cue": cue(one, name, at), "next": following(one, name, at)}


def turn_starts(one: Json) -> list[tuple[str, int]]:
    """(region, instant) of the first turn that begins in each span whose anchor lies ahead."""
    found = []
    for where in one["channels"]:
        for span in where["spans"]:
            pages = [p["duration_ms"] for s in one["loops"][span["loop"]]["showings"] for p in s["pages"]]
            if span["anchor"] > span["begins"] and sum(pages):
                found.append((where["region"]["name"], span["begins"] + (span["anchor"] - span["begins"]) % sum(pages)))
    return found


def resource_case(rng: random.Random, n: int, one: Json) -> Json:
    """A stretch with the media that some region shows in it, asked millisecond by millisecond."""
    begins = max(0, one["begins"] + rng.randrange(-100, 4_000))
    ends = begins + rng.choice([0, 1, 30, 400, 1_500])
    soonest: dict[str, int] = {}
    for where in one["channels"]:
        for at in range(begins, ends):
            found = cue(one, where["region"]["name"], at)
            if found:
                shown = one["loops"][found["loop"]]["showings"][found["showing"]]["pages"][found["page"]]["media"]
                soonest[shown] = min(at, soonest.get(shown, at))
    names = [name for _, name in sorted((at, name) for name, at in soonest.items())]
    return {"programme": n, "begins": begins, "ends": ends, "media": names}


def turning(where: Json, at: int) -> tuple[int, int]:
    """The number and the anchor of the loop on a channel."""
    for span in where["spans"]:
        if span["begins"] <= at < span["ends"]:
            return span["loop"], span["anchor"]
    return where["fallback"], 0


def cue(one: Json, name: str, at: int) -> Json | None:
    """The cue, by laying one turn of the loop out in time."""
    for where in one["channels"]:
        if where["region"]["name"] != name or one["blank"]:
            continue
        number, anchor = turning(where, at)
        for begins, ends, n, m in turn(one["loops"][number], anchor, at):
            if begins <= at < ends:
                shown = one["loops"][number]["showings"][n]
                ran = at - begins
                x = where["region"]["width"] - ran * shown["speed"] // 1000 if shown["effect"] == "scroll" else 0
                return {"loop": number, "showing": n, "page": m, "elapsed_ms": ran, "x": x}
    return None


def turn(which: Json, anchor: int, at: int) -> list[tuple[int, int, int, int]]:
    """(begins, ends, showing, page) of the pages of the turn that runs at ``at``."""
    pages = [(n, m, p["duration_ms"]) for n, s in enumerate(which["showings"]) for m, p in enumerate(s["pages"])]
    length = sum(duration for _, _, duration in pages)
    if not length:
        return []
    begins = anchor + (at - anchor) // length * length
    laid = []
    for n, m, duration in pages:
        laid.append((begins, begins + duration, n, m))
        begins += duration
    return laid


def following(one: Json, name: str, at: int) -> int | None:
    """The first edge after ``at`` of a span or of the running page."""
    for where in one["channels"]:
        if where["region"]["name"] == name and not one["blank"]:
            number, anchor = turning(where, at)
            edges = [edge for span in where["spans"] for edge in (span["begins"], span["ends"])]
            edges += [ends for begins, ends, _, _ in turn(one["loops"][number], anchor, at) if begins <= at < ends]
            return min((edge for edge in edges if edge > at), default=None)
    return None


if __name__ == "__main__":
    write()
