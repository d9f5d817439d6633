"""Where slots get in each other's way, so that the desk shows it and nobody has to guess."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from playlists.model import Slot
from playlists.sweep import Stretch, ranked, slot_occurrences, stretches


class Conflict(StrEnum):
    """What happens to the slots."""

    TURNS = "turns"  # equal priorities on top at once: they take turns
    HIDDEN = "hidden"  # a slot that never shows, because higher ones cover all of it


@dataclass(frozen=True, slots=True)
class Clash:
    """Slots that meet on a region, first from ``begins``, last until ``ends``, in all for ``total_ms``.

    For ``turns`` the slots are in the order of their turns; for ``hidden`` the hidden slot comes first, then those
    that cover it.
    """

    conflict: Conflict
    region: str
    slots: tuple[str, ...]
    begins: int
    ends: int
    total_ms: int


def conflicts(slots: Sequence[Slot], zone: str, begins: int, ends: int) -> tuple[Clash, ...]:
    """Every clash within [begins, ends) UTC ms, by region, then time. An overlap beneath a higher slot is none."""
    found: list[Clash] = []
    for region in sorted({slot.region for slot in slots}):
        order = ranked(slots, region)
        cuts = list(stretches(order, zone, begins, ends))
        found.extend(_turns(order, cuts))
        found.extend(_hidden(order, cuts, zone))
    return tuple(sorted(found, key=lambda clash: (clash.region, clash.begins, clash.conflict, clash.slots)))


def _turns(order: Sequence[Slot], cuts: Sequence[Stretch]) -> Iterator[Clash]:
    together: dict[tuple[int, ...], list[Stretch]] = {}
    for cut in cuts:
        if len(cut.top) > 1:
            together.setdefault(cut.top, []).append(cut)
    for top, all_cuts in together.items():
        ids = tuple(order[n].id for n in top)
        total = sum(cut.ends - cut.begins for cut in all_cuts)
        yield Clash(Conflict.TURNS, order[top[0]].region, ids, all_cuts[0].begins, all_cuts[-1].ends, total)


def _hidden(order: Sequence[Slot], cuts: Sequence[Stretch], zone: str) -> Iterator[Clash]:
    seen = {n for cut in cuts for n in cut.top}
    for n, slot in enumerate(order):
        spans = [] if n in seen or not cuts else list(slot_occurrences(slot, zone, cuts[0].begins, cuts[-1].ends))
        if spans:
            covering = {
                m for cut in cuts for m in cut.top if any(s.begins < cut.ends and cut.begins < s.ends for s in spans)
            }
            ids = (slot.id, *(order[m].id for m in sorted(covering)))
            total = sum(span.ends - span.begins for span in spans)
            yield Clash(Conflict.HIDDEN, slot.region, ids, spans[0].begins, spans[-1].ends, total)
