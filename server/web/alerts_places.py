"""What one may alarm, as the forms of alerts offer it: the whole site, organisations below, groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import g

from server.accounts.model import NOWHERE
from server.alerts.drafts import with_glass
from server.alerts.model import SCOPE
from server.api import parts
from server.organisations.model import lineages
from server.organisations.standing import Standing, standings
from server.screens import groups
from server.screens import service as screens
from server.screens.model import MOST_SCREENS, Screen
from server.screens.tree import GroupTree
from server.web.alerts_form import Typed
from server.web.shell import locale_now
from server.words import say

OFFERED = 6  # organisations below that stand on the page; all are found by typing


@dataclass(frozen=True, slots=True)
class Place:
    """A group, the whole site or an organisation to choose as target, by the name of its ``field``.

    ``offline`` of its ``count`` screens would not see it. ``samples``: it holds nothing but sample screens, which
    nobody stands before.
    """

    id: str
    name: str
    count: int
    offline: int
    chosen: bool
    field: str = "groups"
    samples: bool = False


def screens_here() -> tuple[Screen, ...]:
    """Every screen in use that the asker may see."""
    return tuple(screens.list_screens(parts(), g.who, limit=MOST_SCREENS))


def places(seen: Typed) -> tuple[Place, ...]:
    """Groups that hold screens; for who may alarm the whole site also that, and organisations below."""
    known = screens_here()
    with parts().db.read() as tx:
        tree = screens.group_tree(tx, g.who.org)
    found = [_place(group.id, group.name, tree, known, seen) for group, _ in groups.list_groups(parts(), g.who)]
    found = [one for one in found if one.count and g.who.may(SCOPE, tree.above([one.id]))]
    if not g.who.may(SCOPE, NOWHERE):
        return tuple(found)
    whole = _counted("1", say("alerts_page.everywhere", locale_now()), known, chosen=seen.everywhere)
    return (*((replace(whole, field="everywhere"),) if known else ()), *_below(seen), *found)


def _place(group: str, name: str, tree: GroupTree, known: Sequence[Screen], seen: Typed) -> Place:
    within = tree.below([group])
    inside = [one for one in known if within.intersection(one.groups)]
    return _counted(group, name, inside, chosen=group in seen.groups)


def _counted(name: str, title: str, inside: Sequence[Screen], *, chosen: bool) -> Place:
    count, samples = with_glass(inside), not any(one.has_glass for one in inside)
    offline = 0 if samples else sum(not one.presence.online for one in count)
    return Place(name, title, len(count), offline, chosen, samples=samples)


def _below(seen: Typed) -> tuple[Place, ...]:
    """All at and below one's own, the first of those directly below that have screens, and what is chosen."""
    every = standings(parts(), g.who)
    direct = [one for one in every if one.organisation.depth == 1 and one.screens][:OFFERED]
    offered = {g.who.org, *(one.organisation.id for one in direct), *seen.organisations}
    return tuple(_organisation(one, seen) for one in every if one.organisation.id in offered)


def _organisation(one: Standing, seen: Typed) -> Place:
    own = one.organisation
    name = own.name if own.depth else say("alerts_page.all_below", locale_now())
    return Place(own.id, name, one.screens, one.screens - one.online, own.id in seen.organisations, "organisations")


def organisations_here() -> list[dict[str, Any]]:
    """Every organisation below as the page's script offers it by name, under those it lies in."""
    if not g.who.may(SCOPE, NOWHERE):
        return []
    join, found = say("now.join", locale_now()), standings(parts(), g.who)
    above = lineages(one.organisation for one in found)
    return [
        {"id": one.organisation.id, "name": join.join((*over, one.organisation.name)), "online": one.online > 0}
        for one, over in zip(found, above, strict=True)
        if one.organisation.depth
    ]
