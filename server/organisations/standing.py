"""How many screens each organisation below has with all that lies in it: what an alert for it would reach."""

from __future__ import annotations

from dataclasses import dataclass

from server.accounts.model import Identity
from server.organisations import overview_store, service
from server.organisations.model import Organisation
from server.parts import Parts
from server.pool import breathe

CHUNK = 250  # organisations counted between two breaths


@dataclass(frozen=True, slots=True)
class Standing:
    """Screens in use of an organisation and of all that lies in it, and how many of them are there."""

    organisation: Organisation
    screens: int
    online: int


def standings(parts: Parts, who: Identity) -> tuple[Standing, ...]:
    """One's own organisation and all below, each before those in it; none where nothing lies below."""
    every = service.listed(parts, who)
    if len(every) == 1:
        return ()
    ids, screens, online = [one.id for one in every], dict[str, int](), dict[str, int]()
    with parts.db.read() as tx:
        for start in range(0, len(ids), CHUNK):
            screens |= overview_store.screens(tx, ids[start : start + CHUNK])
            online |= overview_store.online(tx, ids[start : start + CHUNK])
            breathe()
    for one in reversed(every):  # each after those in it
        if one.branch and one.depth:
            for counts in (screens, online):
                counts[one.branch.parent] = counts.get(one.branch.parent, 0) + counts.get(one.id, 0)
    return tuple(Standing(one, screens.get(one.id, 0), online.get(one.id, 0)) for one in every)
