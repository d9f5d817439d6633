"""Any order of issuing, losing, restarting and restoring ends with every screen showing what it should.

``SEQUENCES=2000 python -m pytest tests/server/interleaved`` tries more of them than a test run has time for,
others each time; it says from which seed, and ``SEED=…`` beside it tries the same again. ``-k Without`` and
``-k Shuffled`` choose the lines on which no push arrives, or everything twice and in any order.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from playlists.alert import Phase, Presentation, Severity, Status
from server.alerts import service as alerts
from server.alerts.model import IssueAlert, Targets, UpdateAlert
from server.config import Config
from server.db import Database
from server.screens import service as screens
from tests.server.blank import CHEAP, lay
from tests.server.blank import settings as settings_here
from tests.server.interleaved.campaign import SEED, SEQUENCES
from tests.server.interleaved.plant import Rows, Site
from tests.simulation.lines import Deaf, Shuffled
from tests.simulation.network import CLEAR, CUT, NO_SOCKETS, ROUGH, SLOW
from tests.simulation.player import Player

DAY_MS = 86_400_000
FOLDER = tempfile.TemporaryDirectory(prefix="interleaved-")
WHICH = st.integers(0, 2)
TIMES = st.sampled_from((5, 300, 1_500, 4_000, 11_000))


@cache
def laid() -> tuple[Config, Database]:
    """One database for all, held as long as it is used: each sequence begins with its rows anew."""
    config = settings_here(Config(data=Path(FOLDER.name), password_mb=CHEAP))
    return config, lay(config)


class Interleaved(RuleBasedStateMachine):
    """People, accidents and time, in any order."""

    player = Player

    def __init__(self) -> None:
        super().__init__()
        self.backups: list[Rows] = []

    @initialize(weather=st.integers(0, 2**16))
    def begin(self, weather: int) -> None:
        self.site = Site(laid()[0], weather, self.player)
        self.site.agenda.run(2_000)

    # people

    @rule(
        where=st.sampled_from(("all", "shop", "one")), severity=st.sampled_from(list(Severity)),
        status=st.sampled_from((Status.ACTUAL, Status.EXERCISE)), lasts=st.sampled_from((5, 20, 3_600)),
        beside=st.booleans(),
    )  # fmt: skip
    def issue(self, where: str, severity: Severity, status: Status, lasts: int, beside: bool) -> None:
        site = self.site
        one = Targets(screens=(site.screens[0],))
        to = {"all": Targets(everywhere=True), "shop": Targets(groups=(site.group,)), "one": one}[where]
        order = IssueAlert(
            status, severity, "火灾", "走{出口}，到{集合点}", to, lasts, presentation=Presentation.TAKEOVER
        )
        self._do(lambda parts: alerts.issue(parts, site.who, order), beside=beside)

    @rule(which=st.integers(0, 9), act=st.sampled_from(("update", "clear", "correct")), beside=st.booleans())
    def change(self, which: int, act: str, beside: bool) -> None:
        live = [one for one in self._running() if one.phase is Phase.LIVE]
        if not live:
            return
        name, who = live[which % len(live)].id, self.site.who
        acts: dict[str, Any] = {
            "update": lambda parts: alerts.update(parts, who, name, UpdateAlert(headline="二次爆炸")),
            "clear": lambda parts: alerts.clear(parts, who, name),
            "correct": lambda parts: alerts.correct(parts, who, name),
        }
        self._do(acts[act], beside=beside)

    @rule(which=WHICH, into=st.booleans())
    def move(self, which: int, into: bool) -> None:
        within = (self.site.group,) if into else ()
        self._do(lambda parts: screens.change(parts, self.site.who, self.site.screens[which], {"groups": within}))

    @rule(which=WHICH, exit_=st.sampled_from(("东门", "西门")))
    def name_another_exit(self, which: int, exit_: str) -> None:
        self._do(lambda parts: screens.change(parts, self.site.who, self.site.screens[which], {"exit": exit_}))

    # accidents

    @rule(which=WHICH, weather=st.sampled_from((CLEAR, ROUGH, SLOW, CUT, NO_SOCKETS)))
    def turn(self, which: int, weather: Any) -> None:
        self.site.players[which].line.turn(weather)

    @rule(which=WHICH, rtc=st.sampled_from((0, 0, -3_600_000, 9 * DAY_MS)), dark=TIMES)
    def lose_power(self, which: int, rtc: int, dark: int) -> None:
        player = self.site.players[which]
        if player.on:
            player.cut_power()
            player.rtc_error = rtc
            self.site.agenda.after(dark, self._power_back, player)

    def _power_back(self, player: Any) -> None:
        if not player.on:
            player.boot()

    @rule(which=WHICH)
    def stick(self, which: int) -> None:
        connection = self.site.players[which].connection
        if connection:
            connection.stuck = True

    @rule(downtime=TIMES)
    def restart(self, downtime: int) -> None:
        self.site.restart(downtime)

    @rule()
    def back_up(self) -> None:
        self.backups.append(self.site.backup())

    @precondition(lambda self: bool(self.backups))
    @rule()
    def restore(self) -> None:
        self.site.restore(self.backups[-1])

    @rule(ms=TIMES)
    def pass_time(self, ms: int) -> None:
        self.site.agenda.run(ms)

    def _running(self) -> Any:
        return alerts.running(self.site.server.parts, self.site.who)

    def _do(self, act: Any, *, beside: bool = False) -> None:
        """Have the server do something, or another process beside it, whose facts the server does not hear."""
        if beside:
            with self.site.beside() as parts:
                act(parts)
        else:
            act(self.site.server.parts)
            self.site.settle(changed=True)

    def teardown(self) -> None:
        if hasattr(self, "site"):
            try:
                self.site.quiet()
            finally:
                self.site.close()


class WithoutPushes(Interleaved):
    """Whatever the server says by itself is lost."""

    player = Deaf


class OnShuffledLines(Interleaved):
    """Whatever is said either way comes twice, in any order."""

    player = Shuffled


def tried(kind: type[Interleaved], few: int) -> Any:
    """So many sequences as a test; as many as asked for in a campaign."""
    test = (seed(SEED)(kind) if SEQUENCES else kind).TestCase
    test.settings = settings(
        max_examples=SEQUENCES or few, stateful_step_count=12, deadline=None, print_blob=True,
        suppress_health_check=list(HealthCheck), derandomize=not SEQUENCES, database=None,
    )  # fmt: skip
    return test


TestInterleaved = tried(Interleaved, 140)
TestWithoutPushes = tried(WithoutPushes, 40)
TestOnShuffledLines = tried(OnShuffledLines, 40)
