"""A group with two companies below, one of them with a plant: a screen with a player in each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playlists.alert import Severity, Status
from playlists.model import Colour
from server.accounts.model import Grant, Identity, nobody, system
from server.alerts import archive, finding
from server.alerts import service as alerts
from server.alerts.model import IssueAlert, Proof, ProofKind, Targets, UpdateAlert
from server.organisations import service as organisations
from server.organisations.model import OrganisationOrder
from server.paging import PageQuery
from server.parts import Parts
from server.screens import pairing, players, service
from server.screens.model import Credential, NewScreenOrder

GROUP, EAST, PLANT, WEST = "集团", "东区公司", "一厂", "西区公司"


ACTS: tuple[Callable[[Parts, Identity, str], object], ...] = (
    lambda parts, who, name: alerts.update(parts, who, name, UpdateAlert(headline="x")),
    lambda parts, who, name: alerts.clear(parts, who, name),
    lambda parts, who, name: alerts.correct(parts, who, name),
    lambda parts, who, name: alerts.approve(parts, who, name),
    lambda parts, who, name: alerts.note(parts, who, name, "x"),
)


@dataclass
class Tree:
    """``orgs`` and ``players`` by name; ``o1`` is the group above them all."""

    parts: Parts
    orgs: dict[str, str] = field(default_factory=dict)
    players: dict[str, Credential] = field(default_factory=dict)

    def officer(self, name: str) -> Identity:
        """A safety officer."""
        grants = (Grant("read"), Grant("alerts:issue"))
        return Identity(self.orgs[name], "person", f"u-{name}", f"{name}安全员", grants, address="192.0.2.1")

    def add_screen(self, name: str, **more: Any) -> Credential:
        """A screen of an organisation, with a player that is paired."""
        org = self.orgs[name]
        values: dict[str, Any] = {"name": f"{name}东门{len(self.players)}", "place": f"{name}东侧"} | more
        key = service.add(
            self.parts, system(org), NewScreenOrder(width=192, height=16, colour=Colour.SINGLE, **values)
        ).key
        return pairing.by_key(self.parts, nobody(org, "zh"), key)

    def screen(self, name: str) -> str:
        """The screen of an organisation."""
        return self.players[name].screen.id

    def say(self, by: str, *to: str, **more: Any) -> str:
        """Issue an alert for whole organisations."""
        values: dict[str, Any] = {
            "status": Status.ACTUAL, "severity": Severity.EXTREME, "headline": "台风", "instruction": "走{出口}",
            "targets": Targets(organisations=tuple(self.orgs[one] for one in to)), "expires_s": 3_600,
        } | more  # fmt: skip
        return alerts.issue(self.parts, self.officer(by), IssueAlert(**values)).alert_id

    def shown(self, name: str, screen: str = "") -> list[tuple[str, str, str]]:
        """(id, label, text) of the live set of an organisation's screen; three ways of reading agree."""
        org, screen, at = self.orgs[name], screen or self.screen(name), self.parts.clock.now()
        found = alerts.held_by(self.parts, org, [screen], at).of(screen)
        assert found == alerts.position(self.parts, org, at).of(screen)
        assert found == alerts.position(self.parts, None, at).of(screen)
        assert found == alerts.held_by(self.parts, None, [screen], at).of(screen)
        return [(one.id, one.label, one.text) for one in found]

    def proof(self, name: str, alert: str, kind: ProofKind = ProofKind.SHOWN, revision: int = 1) -> Proof:
        """What an organisation's player says of an alert."""
        who = players.authenticate_player(self.parts, self.players[name].token)
        assert who is not None
        return Proof(who, kind, "e" * 32, alert, revision)

    def prove(self, alert: str, *names: str) -> list[bool]:
        """Let players prove an alert; which were believed."""
        return [one == {"ok": True} for one in alerts.prove(self.parts, [self.proof(name, alert) for name in names])]


def grow(parts: Parts) -> Tree:
    """The whole tree."""
    tree = Tree(parts, {GROUP: "o1"})
    for name, above in ((EAST, GROUP), (PLANT, EAST), (WEST, GROUP)):
        made, _ = organisations.add(parts, system(tree.orgs[above]), OrganisationOrder(name))
        tree.orgs[name] = made.id
    for name in tree.orgs:
        tree.players[name] = tree.add_screen(name)
    return tree


def reached(tree: Tree) -> set[str]:
    """The organisations whose screen shows anything."""
    return {name for name in tree.orgs if tree.shown(name)}


def order(tree: Tree, *to: str) -> IssueAlert:
    """A grave alert for whole organisations."""
    targets = Targets(organisations=tuple(tree.orgs[one] for one in to))
    return IssueAlert(Status.ACTUAL, Severity.EXTREME, "台风", "走{出口}", targets, 600)


def tally(tree: Tree, by: str, name: str) -> dict[str, int]:
    """How far an alert is, as an organisation sees it."""
    who = tree.officer(by)
    return alerts.tallies(tree.parts, who, [alerts.get(tree.parts, who, name)])[name]


def lists(tree: Tree, name: str) -> list[set[str]]:
    """What an organisation is told by everything that lists alerts."""
    parts, who = tree.parts, tree.officer(name)
    return [
        {one.id for one in alerts.running(parts, who)},
        {one.id for one in alerts.list_alerts(parts, who, PageQuery(limit=50)).items},
        {one.id for one in archive.search(parts, who, PageQuery(limit=50), archive.Narrowed()).items},
        {one.id for one in finding.find_alerts(parts, who, "台风", 50)},
    ]
