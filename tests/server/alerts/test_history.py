"""Proof is kept for good: what is read of a live alert must not grow with what there ever was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from playlists.alert import Severity, Status
from playlists.model import Colour
from server.accounts.model import Identity
from server.alerts import archive, deliveries
from server.alerts import service as alerts
from server.alerts.model import IssueAlert, Targets
from server.parts import Parts
from server.screens import service
from server.screens.model import NewScreenOrder
from server.tables import alerts as alert_rows
from server.tables import deliveries as rows

pytestmark = pytest.mark.sqlite  # PostgreSQL counts what its tables hold and plans by that

STEP = 100  # instructions of SQLite between two looks
LIVE, PAST = 4, 60  # alerts beside the first
HEADLINE = "火灾"


@pytest.fixture
def alert(parts: Parts, owner: Identity) -> str:
    """A live alert on forty screens."""
    for number in range(40):
        service.add(parts, owner, NewScreenOrder(f"屏{number}", 192, 16, Colour.SINGLE))
    order = IssueAlert(Status.ACTUAL, Severity.EXTREME, HEADLINE, "撤离", Targets(everywhere=True), 3_600)
    return alerts.issue(parts, owner, order).alert_id


@pytest.fixture
def steps(parts: Parts) -> Callable[[Callable[[], object]], int]:
    """How many hundred instructions SQLite takes for something."""
    counted = [0]

    def note() -> int:
        counted[0] += 1
        return 0

    def watch(_connection: object, cursor: sa.engine.interfaces.DBAPICursor, *_: object) -> None:
        cursor.connection.set_progress_handler(note, STEP)

    sa.event.listen(parts.db.engine, "before_cursor_execute", watch)

    def of(work: Callable[[], object]) -> int:
        counted[0] = 0
        work()
        return counted[0]

    return of


def more(parts: Parts, alert: str, kind: str, count: int, **other: int) -> tuple[str, ...]:
    """As many alerts of a kind as the first, each with the same rows."""
    names = tuple(f"{kind}{number}" for number in range(count))
    with parts.db.transaction() as tx:
        (one,) = tx.execute(alert_rows.select().where(alert_rows.c.id == alert)).all()
        proofs = tx.execute(rows.select().where(rows.c.alert == alert)).all()
        for name in names:
            told = one._asdict() | other | {"id": name, "identifier": name, "code": name}
            tx.execute(alert_rows.insert().values(**told))
            tx.execute(rows.insert(), [row._asdict() | {"alert": name} for row in proofs])
    return names


def test_what_is_read_of_a_live_alert_does_not_grow_with_the_past(
    parts: Parts, owner: Identity, alert: str, steps: Callable[[Callable[[], object]], int]
) -> None:
    (screen, *_) = [one.screen for one, _ in alerts.deliveries_of(parts, owner, alert)]
    found = [alerts.get(parts, owner, one) for one in (alert, *more(parts, alert, "live", LIVE))]

    def silent() -> object:
        with parts.db.read() as tx:
            return deliveries.silent(parts, tx, "o1", (), alert)

    work: dict[str, Callable[[], object]] = {
        "hello": lambda: alerts.held_by(parts, "o1", [screen], parts.clock.now()),
        "push": lambda: alerts.position(parts, "o1", parts.clock.now()),
        "counts": lambda: alerts.tallies(parts, owner, found),
        "list": lambda: archive.beginnings(parts, owner, found),
        "rows": lambda: alerts.deliveries_of(parts, owner, alert),
        "silent": silent,
    }
    before = {name: steps(one) for name, one in work.items()}
    more(parts, alert, "past", PAST, issued=0, expires=1)
    after = {name: steps(one) for name, one in work.items()}
    assert {name: (before[name], after[name]) for name in work if after[name] > before[name] + 2 * PAST} == {}
