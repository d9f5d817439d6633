"""A small fleet against a real server: paired, welcomed, told of an alert, proving it, faults and all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from players.swarm import roster
from players.swarm.faults import Fault, Faults, faults
from players.swarm.fleet import Fleet
from tests.site import Site, open_site

SCREENS = 24
WAIT_MS = 60_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = open_site(tmp_path_factory.mktemp("swarm") / "var")
    yield made
    made.kill()


@pytest.fixture(scope="module")
def caller(site: Site) -> requests.Session:
    return site.token()


@pytest.fixture(scope="module")
def tokens(site: Site) -> list[str]:
    """Hired by the command, beside the running server."""
    site.run("swarm", "--screens", str(SCREENS), "--seconds", "1", "--port", str(site.port))
    return [one.token for one in roster.read(site.data / "swarm.json")]


def issue(site: Site, caller: requests.Session) -> str:
    order = {"status": "exercise", "severity": "severe", "headline": "疏散演练", "targets": {"all": True},
             "presentation": "takeover", "expires_in_s": 600}  # fmt: skip
    answer = caller.post(site.url + "/api/v1/alerts", json=order)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def welcomed(site: Site, tokens: list[str], wrong: Faults = Faults()) -> Fleet:  # noqa: B008 - a frozen value
    fleet = Fleet(site.url, tokens, wrong)
    assert fleet.run(WAIT_MS, lambda: fleet.welcome >= len(tokens))
    return fleet


def test_a_fleet_is_told_of_an_alert_and_proves_it_and_the_server_knows(
    site: Site, caller: requests.Session, tokens: list[str]
) -> None:
    fleet = welcomed(site, tokens)
    alert = issue(site, caller)
    assert fleet.run(WAIT_MS, lambda: (alert, 1) in fleet.tallies and len(fleet.tallies[alert, 1].shown) == SCREENS)
    assert fleet.run(WAIT_MS, lambda: all(member.programme for member in fleet.members))
    fleet.close()
    told = caller.get(f"{site.url}/api/v1/alerts/{alert}").json()
    assert told["deliveries"]["shown"] == SCREENS


def test_silent_players_prove_nothing_and_flapping_and_slow_ones_do_in_the_end(
    site: Site, caller: requests.Session, tokens: list[str]
) -> None:
    shares = ((Fault.SILENT, 25), (Fault.FLAPPING, 25), (Fault.SLOW, 25), (Fault.WRONG_CLOCK, 25))
    fleet = welcomed(site, tokens, Faults(shares))
    alert = issue(site, caller)
    able = {member.number for member in fleet.members if member.fault is not Fault.SILENT}
    assert len(able) == SCREENS * 3 // 4
    assert fleet.run(WAIT_MS, lambda: (alert, 1) in fleet.tallies and set(fleet.tallies[alert, 1].shown) == able)
    fleet.close()


def test_a_killed_server_gets_its_fleet_back(site: Site, tokens: list[str]) -> None:
    fleet = welcomed(site, tokens)
    site.kill()
    assert fleet.run(WAIT_MS, lambda: fleet.welcome == 0)
    site.start()
    assert fleet.run(WAIT_MS, lambda: fleet.welcome == SCREENS)
    fleet.close()


def test_a_fleet_is_hired_over_http_and_dismissed_again(
    site: Site, caller: requests.Session, tokens: list[str], tmp_path: Path
) -> None:
    secret = str(caller.headers["Authorization"]).partition(" ")[2]
    there = ("--server", site.url, "--token", secret, "--data", str(tmp_path))
    assert "2/2" in site.run("swarm", "--screens", "2", "--seconds", "4", *there)
    (path,) = tmp_path.glob("swarm-*.json")
    assert path.stat().st_mode & 0o077 == 0
    held = {one["screen"] for one in json.loads(path.read_text())}
    site.run("swarm", "--remove", *there)
    left = {one["id"] for one in caller.get(f"{site.url}/api/v1/screens?limit=200").json()["items"]}
    assert len(held) == 2
    assert not held & left


def test_shares_of_faults_are_read_and_dealt() -> None:
    assert faults("slow=2,silent=1") == Faults(((Fault.SLOW, 2.0), (Fault.SILENT, 1.0)))
    dealt = faults("slow=50").dealt(10, seed=1)
    assert dealt.count(Fault.SLOW) == 5
    assert dealt == faults("slow=50").dealt(10, seed=1)
    assert dealt != faults("slow=50").dealt(10, seed=2)


@pytest.mark.parametrize("text", ["fast=1", "slow", "slow=x", "slow=-1", "slow=60,silent=60"])
def test_shares_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        faults(text)
