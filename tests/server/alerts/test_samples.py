"""Sample screens: shown to, counted nowhere, unless a player makes one a screen that somebody stands before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from playlists.alert import Severity, Status
from playlists.model import Colour
from server.accounts.model import Identity, nobody
from server.alerts import archive, reports
from server.alerts import service as alerts
from server.alerts.model import IssueAlert, Issued, Proof, ProofKind, Targets
from server.events import AlertProved, AlertsChanged, Fact
from server.parts import Parts
from server.screens import pairing, players, service
from server.screens.model import Credential, NewScreenOrder
from tests.server.intake.setting import full

ORDER = IssueAlert(Status.EXERCISE, Severity.MINOR, "停电", "", Targets(everywhere=True), 600)


@pytest.fixture
def sample(parts: Parts, owner: Identity) -> Credential:
    """A sample screen that a player is paired with, beside one that nobody is."""
    service.add(parts, owner, NewScreenOrder("样板二", 192, 16, Colour.SINGLE, sample=True))
    return paired(parts, service.add(parts, owner, NewScreenOrder("样板", 192, 16, Colour.SINGLE, sample=True)).key)


def paired(parts: Parts, key: str) -> Credential:
    return pairing.by_key(parts, nobody("o1", "zh"), key)


def revoke(parts: Parts, owner: Identity, one: Credential) -> None:
    players.revoke(parts, owner, one.screen.id, one.player)


def counts(parts: Parts, owner: Identity, issued: Issued) -> list[int]:
    """How many screens every place that counts them speaks of."""
    name = issued.alert_id
    return [
        alerts.tallies(parts, owner, [alerts.get(parts, owner, name)])[name]["targets"],
        len(alerts.deliveries_of(parts, owner, name)),
        archive.beginnings(parts, owner, [alerts.get(parts, owner, name)])[name].count,
        reports.report(parts, owner, name).count,
    ]


def test_whoever_issues_is_told_the_number_that_every_page_counts(
    parts: Parts, owner: Identity, sample: Credential
) -> None:
    issued = alerts.issue(parts, owner, ORDER)
    assert (issued.targets, issued.samples) == (1, 1)
    assert counts(parts, owner, issued) == [1] * 4
    revoke(parts, owner, sample)
    only_samples = alerts.issue(parts, owner, ORDER)
    assert (only_samples.targets, only_samples.samples) == (0, 2)
    assert counts(parts, owner, only_samples) == [0] * 4


def test_a_screen_that_owed_proof_stays_in_the_counts_when_its_player_is_revoked(
    parts: Parts, owner: Identity, sample: Credential
) -> None:
    issued = alerts.issue(parts, owner, ORDER)
    revoke(parts, owner, sample)
    alerts.rejoin(parts, "o1")
    assert counts(parts, owner, issued) == [1] * 4


@pytest.mark.parametrize("room", [True, False], ids=["stored", "from memory"])
def test_it_owes_proof_of_the_all_clear_too(parts: Parts, owner: Identity, sample: Credential, room: bool) -> None:
    issued = alerts.issue(parts, owner, ORDER)
    revoke(parts, owner, sample)

    def clear() -> Issued:
        return alerts.clear(parts, owner, issued.alert_id)

    ended = clear() if room else without_room(parts, clear)
    assert (ended.stored, ended.targets, ended.samples) == (room, 1, 1)
    assert alerts.tallies(parts, owner, [alerts.get(parts, owner, issued.alert_id)])[issued.alert_id]["targets"] == 1


def without_room(parts: Parts, act: Callable[[], Issued]) -> Issued:
    with full(parts):
        return act()


def test_what_is_stored_late_owes_what_it_owed_when_it_went_out(
    parts: Parts, owner: Identity, sample: Credential
) -> None:
    issued = without_room(parts, lambda: alerts.issue(parts, owner, ORDER))
    assert (
        alerts.tallies(parts, owner, [alerts.get(parts, owner, issued.alert_id)])[issued.alert_id]["targets"]
        == issued.targets
        == 1
    )
    assert len(alerts.deliveries_of(parts, owner, issued.alert_id)) == 1
    revoke(parts, owner, sample)
    parts.clock.pass_(20_000)  # type: ignore[attr-defined]
    assert alerts.retry(parts) == 0
    assert counts(parts, owner, issued) == [1] * 4


def test_a_sample_that_is_paired_while_an_alert_is_live_owes_proof_from_then_on(parts: Parts, owner: Identity) -> None:
    key = service.add(parts, owner, NewScreenOrder("样板", 192, 16, Colour.SINGLE, sample=True)).key
    issued = alerts.issue(parts, owner, ORDER)
    heard: list[Fact] = []
    for kind in (AlertProved, AlertsChanged):
        parts.db.bus.subscribe(kind, heard.append)
    player = paired(parts, key)
    for _ in range(2):
        alerts.rejoin(parts, "o1")
    assert heard == [AlertProved("o1", issued.alert_id, ())]
    assert counts(parts, owner, issued) == [1] * 4
    who = players.authenticate_player(parts, player.token)
    assert who is not None
    assert alerts.prove(parts, [Proof(who, ProofKind.SHOWN, "e" * 32, issued.alert_id, 1)]) == [{"ok": True}]
    assert alerts.tallies(parts, owner, [alerts.get(parts, owner, issued.alert_id)])[issued.alert_id]["shown"] == 1


def test_proof_of_a_sample_counts_though_nobody_asked_for_it(parts: Parts, owner: Identity) -> None:
    key = service.add(parts, owner, NewScreenOrder("样板", 192, 16, Colour.SINGLE, sample=True)).key
    issued = alerts.issue(parts, owner, ORDER)
    who = players.authenticate_player(parts, paired(parts, key).token)
    assert who is not None
    alerts.prove(parts, [Proof(who, ProofKind.RECEIVED, "e" * 32, issued.alert_id, 1)])
    assert counts(parts, owner, issued) == [1] * 4
