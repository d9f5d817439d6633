"""The profiles a playlist is seen on: those of the regions where it plays, else those of the site's screens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from media.profile import Profile
from playlists.model import Region
from server.accounts.model import Identity
from server.parts import Parts
from server.scheduling.places import Places
from server.screens import layouts
from server.screens.model import Screen

MAIN = "main"
EXAMPLE = Profile(192, 16, "single")
MOST = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """A profile with the names of the screens that have it, and one of their regions; without any it is an example."""

    profile: Profile
    screens: tuple[str, ...]
    screen: str = ""
    region: str = ""

    def told(self) -> dict[str, Any]:
        """The profile as the editor's script takes it."""
        seen = self.profile
        return {
            "width": seen.width, "height": seen.height, "colour": seen.colour, "pitch_mm": seen.pitch_um / 1000,
            "distance_m": seen.distance_m, "screens": list(self.screens), "screen": self.screen, "region": self.region,
        }  # fmt: skip


def shown_on(parts: Parts, who: Identity, screens: Sequence[Screen], places: Places) -> tuple[Shown, ...]:
    """The profiles of a playlist's regions, the narrowest first; of every screen's main region without any slot."""
    wanted = _wanted(screens, places)
    found: dict[Profile, dict[str, tuple[str, str]]] = {}
    with parts.db.read() as tx:
        for screen, names in wanted:
            for region in layouts.layout_of(tx, screen).regions:
                if region.name in names:
                    found.setdefault(_profile(screen, region), {})[screen.name] = (screen.id, region.name)
    every = [Shown(profile, tuple(at), *next(iter(at.values()))) for profile, at in found.items()]
    every = every or [Shown(EXAMPLE, ())]
    return tuple(sorted(every, key=_room)[:MOST])


def _wanted(screens: Iterable[Screen], places: Places) -> list[tuple[Screen, set[str]]]:
    regions: dict[str, set[str]] = {}
    for slot, reached in zip(places.slots, places.reached, strict=True):
        for screen in reached:
            regions.setdefault(screen, set()).add(slot.region)
    return [(screen, regions.get(screen.id, set()) if regions else {MAIN}) for screen in screens]


def _profile(screen: Screen, region: Region) -> Profile:
    return Profile(region.width, region.height, screen.colour.value, screen.pitch_um, screen.distance_m)


def _room(shown: Shown) -> tuple[int, int, int]:
    seen = shown.profile
    return (seen.width // min(seen.height, 16), seen.width * seen.height, -len(shown.screens))
