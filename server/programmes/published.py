"""What screens were last told, kept as values so that an edit need not read and parse it again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping

from playlists import wire
from playlists.model import Programme
from server.parts import Parts
from server.programmes import store
from server.programmes.build import head_of
from server.programmes.model import Sources

KEPT = 4_096


class Published:
    """Programmes by screen with the version they were published under; the table is the truth."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[str, Programme]] = OrderedDict()

    def keep(self, org: str, versions: Mapping[str, str], programme: Programme) -> None:
        """Remember what these screens were told."""
        for screen, version in versions.items():
            self._kept[(org, screen)] = (version, programme)
            self._kept.move_to_end((org, screen))
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def of(self, parts: Parts, read: Sources, screens: Iterable[str]) -> list[Programme]:
        """What is published for ``screens``, each different one once; their ids are of no account."""
        found: dict[int, Programme] = {}
        strange: list[str] = []
        for screen in screens:
            version, programme = self._kept.get((read.org, screen), ("", None))
            if programme is not None and version == read.held.get(screen):
                found[id(programme)] = programme
            elif screen in read.held:
                strange.append(screen)
        return [*found.values(), *_parsed(parts, read.org, strange)]


def _parsed(parts: Parts, org: str, screens: list[str]) -> list[Programme]:
    if not screens:
        return []
    with parts.db.read() as tx:
        bodies = store.held_bodies(tx, org, screens)
    different = {head_of(body): body for body in bodies}
    return [wire.programme_from_bytes(body.encode()) for body in different.values()]
