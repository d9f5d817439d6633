"""Sample screens of a first start, so that the wall is alive before anything is paired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from playlists.model import Colour
from server.accounts.model import Identity
from server.parts import Parts
from server.scheduling import service as scheduling
from server.scheduling.model import SlotOrder, Targets
from server.screens import layouts
from server.screens import service as screens
from server.screens.model import LayoutKind, NewScreenOrder
from server.tables import organisations
from server.words import say


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample screen: ``samples.<word>`` is its name, ``plays`` the starter files of each region."""

    word: str
    order: NewScreenOrder
    plays: tuple[tuple[str, tuple[str, ...]], ...]
    layout: LayoutKind | None = None


def _screen(width: int, height: int, colour: Colour, pitch_um: int, distance_m: int) -> NewScreenOrder:
    return NewScreenOrder("", width, height, colour, pitch_um=pitch_um, distance_m=distance_m, sample=True)


SAMPLES = (
    Sample("gate", _screen(192, 16, Colour.SINGLE, 10_000, 20), (("main", ("01-slogans",)),)),
    Sample("workshop", _screen(256, 64, Colour.DUAL, 5_000, 12), (("main", ("02-notices",)),)),
    Sample("canteen", _screen(512, 128, Colour.FULL, 4_000, 10), (("main", ("01-slogans", "06-pictures")),)),
    Sample(
        "hall",
        _screen(1280, 720, Colour.FULL, 900, 4),
        (("main", ("03-kaolin", "04-first-class", "05-ceramics", "06-pictures")), ("strip", ("01-slogans",))),
        LayoutKind.MAIN_STRIP,
    ),
)


def add(parts: Parts, who: Identity, starters: Mapping[str, str], locale: str) -> None:
    """Make the sample screens and their slots; ``starters`` tells each starter file's playlist."""
    with parts.db.transaction() as tx:
        for sample in SAMPLES:
            _add(parts, who, sample, starters, locale)
        settings = {"fallback": starters["01-slogans"]}
        tx.execute(organisations.update().where(organisations.c.id == who.org).values(settings=settings))


def _add(parts: Parts, who: Identity, sample: Sample, starters: Mapping[str, str], locale: str) -> None:
    order = replace(sample.order, name=say(f"samples.{sample.word}", locale))
    screen = screens.add(parts, who, order).screen
    if sample.layout is not None:
        made = layouts.make_layout(parts, who, sample.layout, screen.width, screen.height, order.name)
        screens.change(parts, who, screen.id, {"layout": made.id})
    for region, names in sample.plays:
        for name in names:
            scheduling.add(parts, who, SlotOrder(starters[name], Targets(screens=(screen.id,)), region=region))


def waiting(parts: Parts, org: str) -> bool:
    """Whether the site has settings yet: a first start that was cut off is finished by the next."""
    with parts.db.read() as tx:
        settings = tx.execute(sa.select(organisations.c.settings).where(organisations.c.id == org)).scalar_one()
    return "fallback" not in settings
