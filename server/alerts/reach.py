"""Which screens an alert is for, and who may alarm them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from server.accounts.model import NOWHERE, Identity
from server.alerts import delivery_lists, delivery_store
from server.alerts.model import SCOPE, Targets
from server.db import Transaction
from server.errors import Violation
from server.hierarchy import hierarchy
from server.screens import service as screens
from server.words import say


def screens_of(tx: Transaction, org: str, targets: Targets) -> tuple[str, ...]:
    """The screens in use that ``targets`` reaches now: one's own in the order (created, id), then those below."""
    own = screens.resolve_targets(tx, org, targets.screens, targets.groups, targets.everywhere)
    if not targets.organisations:
        return own
    return tuple(dict.fromkeys((*own, *delivery_store.lying(tx, targets.organisations))))


def organisations_of(tx: Transaction, org: str, tops: Collection[str]) -> frozenset[str]:
    """The organisations that alerts of ``org`` for these ``tops`` reach, its own among them."""
    return hierarchy(tx).within(tops) | {org} if tops else frozenset({org})


def violations(tx: Transaction, org: str, targets: Targets) -> Iterator[Violation]:
    """What speaks against these targets: none, unknown ones, groups without a screen."""
    if targets == Targets():
        yield Violation("targets", "alerts.no_targets")
        return
    known = frozenset(screens_of(tx, org, Targets(targets.screens))) if targets.screens else NOWHERE
    groups = screens.group_tree(tx, org).groups if targets.groups else {}
    within = hierarchy(tx).within([org]) if targets.organisations else NOWHERE
    for field, names, there in (
        ("screens", targets.screens, known), ("groups", targets.groups, groups),
        ("organisations", targets.organisations, within),
    ):  # fmt: skip
        for number, name in enumerate(names):
            if name not in there:
                yield Violation(f"targets.{field}.{number}", "alerts.unknown_target", (("name", name),))


def must_reach(tx: Transaction, who: Identity, targets: Targets) -> None:
    """Raise Forbidden unless ``who`` may alarm every target: a grant for a group covers it and those below."""
    who.must(SCOPE)
    tree = screens.group_tree(tx, who.org)
    if targets.everywhere or targets.organisations:
        who.must(SCOPE, NOWHERE)
    for group in targets.groups:
        who.must(SCOPE, tree.above([group]))
    for groups in screens.groups_of(tx, who.org, targets.screens).values():
        who.must(SCOPE, tree.above(groups))


def place_of(tx: Transaction, org: str, targets: Targets, locale: str) -> str:
    """Where the targets are, in a word or two: a screen's place, the names of groups or of organisations, the site."""
    if targets.everywhere or org in targets.organisations:
        return say("alerts.everywhere", locale)
    tree = screens.group_tree(tx, org)
    names = [tree.groups[one].name for one in targets.groups if one in tree.groups]
    found = (screens.living(tx, org, one) for one in targets.screens[:2])
    names += [one.place or one.name for one in found]
    names += delivery_lists.organisation_names(tx, targets.organisations[:3]).values() if targets.organisations else ()
    return say("alerts.and", locale).join(dict.fromkeys(names)) if len(names) <= 2 else say("alerts.places", locale)
