"""What the server has committed: the one state that survives every crash, and everything it ever was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from playlists.alert import Alert

STEPS = (("again", 3_000), ("reconnect", 10_000), ("name", 15_000))
Key = tuple[str, int, str]  # alert, revision, screen


@dataclass(slots=True)
class Delivery:
    """The proof of one revision on one screen; ``named`` as unproven to the officer."""

    received: bool = False
    shown: bool = False
    named: bool = False


@dataclass(slots=True)
class Rows:
    """The tables. A target is "all" or the name of a group; ``due`` holds steps not yet done, UTC ms."""

    epoch: int = 0
    seq: int = 0
    alerts: dict[str, Alert] = field(default_factory=dict)
    revisions: dict[tuple[str, int], Alert] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=dict)
    deliveries: dict[Key, Delivery] = field(default_factory=dict)
    due: dict[tuple[str, int, str], int] = field(default_factory=dict)
    programmes: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Rows:
        """The same rows, whatever becomes of these."""
        return replace(
            self,
            alerts=dict(self.alerts),
            revisions=dict(self.revisions),
            targets=dict(self.targets),
            members={name: set(screens) for name, screens in self.members.items()},
            deliveries={key: replace(row) for key, row in self.deliveries.items()},
            due=dict(self.due),
            programmes=dict(self.programmes),
        )


class Truth:
    """The database, and a ghost's memory of it: what the live set was at every position, for the checks alone."""

    def __init__(self, screens: Iterable[str]) -> None:
        self.rows = Rows(members={"all": set(screens), "shop": set()}, programmes=dict.fromkeys(screens, 0))
        self.history: dict[tuple[int, int, str], tuple[Alert, ...]] = {}
        self.epochs = 0
        self.note()

    def live(self, screen: str) -> tuple[Alert, ...]:
        """Every alert for a screen that has not been forgotten, expired ones too."""
        rows = self.rows
        return tuple(a for a in rows.alerts.values() if screen in rows.members[rows.targets[a.id]])

    def note(self) -> None:
        """Remember the live sets of this position."""
        rows = self.rows
        for screen in rows.members["all"]:
            self.history[rows.epoch, rows.seq, screen] = self.live(screen)

    def commit(self, alert: Alert, target: str, at: int) -> None:
        """Store a revision with its deliveries and steps, and move the position: one transaction."""
        rows = self.rows
        rows.alerts[alert.id], rows.targets[alert.id] = alert, target
        rows.revisions[alert.id, alert.revision] = alert
        for screen in rows.members[target]:
            rows.deliveries.setdefault((alert.id, alert.revision, screen), Delivery())
        for step, ms in STEPS:
            rows.due[alert.id, alert.revision, step] = at + ms
        self.moved()

    def move(self, screen: str, at: int) -> None:
        """Put a screen into the group, or take it out; what is live there is for it now, or no longer."""
        rows = self.rows
        rows.members["shop"] ^= {screen}
        for alert in self.live(screen):
            key = (alert.id, alert.revision, screen)
            if key not in rows.deliveries and at < alert.expires:
                rows.deliveries[key] = Delivery()
                for step, ms in STEPS:
                    rows.due[alert.id, alert.revision, step] = at + ms
        self.moved()

    def moved(self) -> None:
        """Move the position on, in the transaction of what changed."""
        self.rows.seq += 1
        self.note()

    def restore(self, backup: Rows) -> None:
        """Go back to a backup, under an epoch that never was."""
        self.epochs += 1
        self.rows = backup.copy()
        self.rows.epoch = self.epochs
        self.note()

    def unproven(self, alert: str, revision: int) -> tuple[str, ...]:
        """The screens a revision is for that have not shown it."""
        found = self.rows.deliveries.items()
        return tuple(key[2] for key, row in found if key[:2] == (alert, revision) and not row.shown)
