"""Hypothesis strategies that make the core's values."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from playlists.alert import Alert, Phase, Presentation, Severity, Status, Urgency
from playlists.model import (
    ALWAYS,
    Channel,
    Colour,
    Daypart,
    Effect,
    Item,
    Kind,
    Layout,
    Loop,
    Page,
    Programme,
    Region,
    Showing,
    Slot,
    Span,
)

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo")
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MAIN = Region("main", 0, 0, 192, 16)
STRIP = Region("strip", 0, 16, 192, 16)
LAYOUT = Layout("main + strip", 192, 32, (MAIN, STRIP))
PLAYLISTS = ("p0", "p1", "p2", "p3")

texts = st.text(max_size=30)
names = st.text(alphabet="abcdef0123456789", min_size=1, max_size=8)
words = st.dictionaries(texts, texts, max_size=3).map(lambda found: tuple(sorted(found.items())))
whole = st.integers(0, 2**53 - 1)

items = st.builds(
    Item,
    id=texts,
    kind=st.sampled_from(Kind),
    text=texts,
    title=texts,
    body=texts,
    portrait=texts,
    person=texts,
    asset=texts,
    duration_ms=st.none() | whole,
    effect=st.none() | st.sampled_from(Effect),
    style=words,
)
regions = st.builds(Region, texts, *(st.integers(-50, 500) for _ in range(4)))
layouts = st.builds(Layout, texts, whole, whole, st.lists(regions, max_size=4).map(tuple))

minutes = st.integers(0, 1439)
weekdays = st.sets(st.integers(1, 7), min_size=1).map(lambda days: tuple(sorted(days)))
dayparts = st.builds(Daypart, minutes, minutes, weekdays).filter(lambda d: d.start != d.end)
whole_days = st.builds(Daypart, weekdays=weekdays)

pages = st.builds(Page, names.map(lambda n: n + ".png"), st.just(192), st.just(16), st.integers(0, 3_000))
showings = st.builds(
    Showing,
    item=st.sampled_from(("i0", "i1", "i2", "i3", "i4")),
    kind=st.sampled_from(Kind),
    effect=st.sampled_from(Effect),
    speed=st.integers(0, 500),
    pages=st.lists(pages, max_size=3).map(tuple),
    text=texts,
)
loops = st.builds(
    Loop, st.lists(showings, max_size=4, unique_by=lambda s: s.item).map(tuple), st.lists(names, max_size=2).map(tuple)
)
turning_loops = loops.filter(lambda loop: loop.length_ms > 0)


@st.composite
def channels(draw: st.DrawFn, name: str, loop_count: int) -> Channel:
    """A region with spans in order, with and without gaps."""
    numbers = st.integers(0, loop_count - 1)
    cuts = sorted(draw(st.sets(st.integers(0, 20_000), max_size=8)))
    spans = [Span(a, b, draw(numbers), draw(st.integers(0, 25_000))) for a, b in pairwise(cuts) if draw(st.booleans())]
    return Channel(Region(name, 0, 0, draw(st.integers(8, 300)), 16), tuple(spans), draw(numbers))


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    """A programme such as might stand in a player's cache, whoever wrote it."""
    found = tuple(draw(st.lists(loops, min_size=1, max_size=4)))
    made = tuple(draw(channels(name, len(found))) for name in ("main", "strip"))
    return Programme(
        screen=draw(texts),
        width=192,
        height=32,
        colour=draw(st.sampled_from(Colour)),
        begins=0,
        ends=20_000,
        channels=made,
        loops=found,
        blank=draw(st.integers(0, 9)) == 0,
    )


@st.composite
def slot_lists(draw: st.DrawFn, begins: int, ends: int) -> list[Slot]:
    """Slots with different ids around a window, few priorities so that they meet."""
    edges = st.none() | st.integers(max(0, begins - DAY_MS), ends + DAY_MS)
    count = draw(st.integers(0, 9))
    return [
        Slot(
            id=f"s{n}",
            playlist=draw(st.sampled_from(PLAYLISTS)),
            region=draw(st.sampled_from(("main", "strip"))),
            daypart=draw(st.just(ALWAYS) | dayparts | whole_days),
            priority=draw(st.sampled_from((10, 50, 90))),
            begins=draw(edges),
            ends=draw(edges),
            created=draw(st.integers(0, 3)),
        )
        for n in range(count)
    ]


def alert_from_json(told: dict[str, Any]) -> Alert:
    """An alert of a vector, also one that would never go out."""
    kinds = {
        "phase": Phase, "status": Status, "severity": Severity, "urgency": Urgency, "presentation": Presentation,
        "qr": tuple,
    }  # fmt: skip
    return Alert(**{name: kinds[name](value) if name in kinds else value for name, value in told.items()})


@st.composite
def alerts(draw: st.DrawFn) -> Alert:
    """A revision of one of three alerts, within two minutes; few ranks, so that equals are common."""
    begins = draw(st.integers(0, 60_000))
    return Alert(
        id=draw(st.sampled_from(("a", "b", "c"))),
        revision=draw(st.integers(1, 4)),
        phase=draw(st.sampled_from(Phase)),
        status=draw(st.sampled_from(Status)),
        severity=draw(st.sampled_from(Severity)),
        urgency=draw(st.sampled_from((Urgency.IMMEDIATE, Urgency.UNKNOWN))),
        presentation=draw(st.sampled_from(Presentation)),
        label=draw(st.sampled_from(("Ⅰ级 红", "【演练】", "[Drill]"))),
        headline=draw(st.text("煤气 aé𠮷，", max_size=20)),
        text=draw(st.text("走东 b&𠮷。", max_size=60)),
        issued=draw(st.integers(0, 5)),
        effective=begins,
        expires=begins + draw(st.sampled_from((0, 1, 20_000, 60_000))),
    )


def screens() -> st.SearchStrategy[tuple[int, int, str]]:
    """Width, height and colour class."""
    heights = st.sampled_from((10, 16, 24, 31, 32, 48, 64, 80, 96, 128, 256, 432, 1080)) | st.integers(8, 600)
    return st.tuples(st.integers(64, 1920), heights, st.sampled_from(("single", "dual", "seven", "full")))


@st.composite
def worded(draw: st.DrawFn) -> Alert:
    """An alert of any kind with any words, some of which no line can hold."""
    word = st.text("煤气三号窑，。（《》）·…【】“”Ⅰ①é𠮷〓ﾊAWijm1.,:-%$#\u3000\t\u200b", max_size=14)
    words = st.lists(word, max_size=7).map(" ".join)
    return Alert(
        "a", 1, draw(st.sampled_from(Phase)), draw(st.sampled_from(Status)), draw(st.sampled_from(Severity)),
        Urgency.UNKNOWN, draw(st.sampled_from(Presentation)), draw(words | st.just("【演练】【解除】")),
        draw(words), draw(words), 0, 0, 1,
        draw(st.sampled_from(("", "7KMQ2X", "煤煤煤煤煤煤"))), draw(st.sampled_from(((), ("00000000",) * 25, ("0",)))),
    )  # fmt: skip
