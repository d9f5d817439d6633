"""Writes precedence.json: which alert a live set shows at an instant, found by slow and obvious means."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

Json = dict[str, Any]
TARGET = Path(__file__).with_name("precedence.json")
EPOCH = 1_700_000_000_000
PHASES = ["live", "cleared", "corrected", "waiting"]
STATUSES = ["actual", "exercise", "test"]
SEVERITIES = ["extreme", "severe", "moderate", "minor"]
URGENCIES = ["immediate", "expected", "future", "past", "unknown"]
TEXTS = ["", "走东出口，到南门集合。", "Leave by the east exit.", "𠮷野家旁集合", "停机，断电，" * 9]


def write() -> None:
    """Write the file anew."""
    TARGET.write_text(text(), encoding="utf-8")


def text() -> str:
    """The file's text; the same every time."""
    rng = random.Random(20_261_125)
    sets = [live_set(rng, n) for n in range(40)]
    cases = [case(n, alerts, at) for n, alerts in enumerate(sets) for at in instants(rng, alerts)]
    return f'{{"sets":{rows(sets)},\n"cases":{rows(cases)}}}\n'


def rows(values: list[Any]) -> str:
    """A list with one value a line."""
    return "[\n" + ",\n".join(json.dumps(v, separators=(",", ":"), ensure_ascii=False) for v in values) + "\n]"


def live_set(rng: random.Random, n: int) -> list[Json]:
    """Up to six revisions of few ids; in every third set all of one rank, so that they take turns."""
    equal = n % 3 == 0
    return [alert(rng, equal) for _ in range(n % 7)]


def alert(rng: random.Random, equal: bool) -> Json:
    """A revision that begins and ends within a minute or so; one in eight ends as it begins."""
    begins = EPOCH + rng.randrange(0, 60) * 1_000
    return {
        "id": rng.choice(["a", "b", "c", "d"]) * 4,
        "revision": rng.randrange(1, 5),
        "phase": "live" if equal else rng.choice([*PHASES, "live", "live"]),
        "status": "actual" if equal else rng.choice([*STATUSES, "actual", "exercise"]),
        "severity": "severe" if equal else rng.choice(SEVERITIES[: rng.randrange(1, 5)]),
        "urgency": "expected" if equal else rng.choice(URGENCIES),
        "presentation": rng.choice(["takeover", "banner"]),
        "label": "Ⅰ级 红",
        "headline": rng.choice(["煤气泄漏 三号窑 撤离", "Gas leak", "停电"]),
        "text": rng.choice(TEXTS),
        "issued": begins - rng.randrange(0, 3) * 500,
        "effective": begins,
        "expires": begins + rng.choice([0, 1, 20_000, 45_000, 60_000, 90_000, 90_000, 90_000]),
        "code": "",
        "qr": [],
    }


def instants(rng: random.Random, alerts: list[Json]) -> list[int]:
    """Edges, the instants beside them, and some others."""
    edges = [one[side] + by for one in alerts for side in ("effective", "expires") for by in (-1, 0)]
    some = sorted(rng.sample(edges, min(8, len(edges))))
    return [*some, *(EPOCH + rng.randrange(0, 120_000) for _ in range(6))]


def case(n: int, alerts: list[Json], at: int) -> Json:
    """A question with its answers."""
    shown = showing(alerts, at)
    return {"set": n, "at": at, "shown": shown and [shown["id"], shown["revision"]], "next": following(alerts, at)}


def turn(one: Json) -> int:
    """How long an alert stays, in ms."""
    return max(8_000, 3_000 + 350 * (len(one["headline"]) + len(one["text"])))


def contenders(alerts: list[Json], at: int) -> list[Json]:
    """The alerts of the best rank, in order, by sorting everything."""
    shown = [one for one in reversed(alerts) if one["status"] != "test" and one["phase"] != "waiting"]
    begun = [one for one in shown if one["effective"] <= at]
    heads = {one["id"]: one for one in sorted(begun, key=lambda one: int(one["revision"]))}
    alive = [one for one in heads.values() if one["expires"] > at]
    if not alive:
        return []
    alive.sort(key=lambda one: str(one["id"]))
    alive.sort(key=lambda one: -int(one["issued"]))
    top = min(place(one) for one in alive)
    return [one for one in alive if place(one) == top]


def showing(alerts: list[Json], at: int) -> Json | None:
    """The alert on the glass, by walking whole rounds turn by turn since the start of time."""
    equals = contenders(alerts, at)
    for begins, ends, one in turns(equals, at):
        if begins <= at < ends:
            return one
    return None


def turns(equals: list[Json], at: int) -> list[tuple[int, int, Json]]:
    """(begins, ends, alert) of the turns of the round that runs at ``at``; one alone has no end."""
    if len(equals) == 1:
        return [(0, 2**53, equals[0])]
    length = sum(map(turn, equals))
    begins = at // length * length if length else 0
    laid = []
    for one in equals:
        laid.append((begins, begins + turn(one), one))
        begins += turn(one)
    return laid


def place(one: Json) -> str:
    """A rank as digits: live first, actual first, then severity and urgency."""
    over = "0" if one["phase"] == "live" else "1"
    rank = STATUSES.index(one["status"]), SEVERITIES.index(one["severity"]), URGENCIES.index(one["urgency"])
    return over + "".join(map(str, rank))


def following(alerts: list[Json], at: int) -> int | None:
    """The first later instant at which a revision begins or ends or, while several take turns, a turn ends."""
    edges = [one[side] for one in alerts for side in ("effective", "expires")]
    equals = contenders(alerts, at)
    if len(equals) > 1:
        edges += [ends for begins, ends, _ in turns(equals, at) if begins <= at < ends]
    return min((edge for edge in edges if edge > at), default=None)


if __name__ == "__main__":
    write()
