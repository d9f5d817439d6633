"""The live alerts as every desk page says them in a band: what, how long left, how many screens proved it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playlists.alert import Phase, Severity, Status
from server.accounts.model import Identity
from server.alerts import filling, service, settings, wording
from server.alerts.filling import Surroundings
from server.alerts.model import SCOPE, StoredAlert
from server.parts import Parts
from server.words import say

__all__ = ["COLOURS", "SCOPE", "Band", "Fold", "bands", "colour_of", "folded", "of_above", "time_left"]

COLOURS = {Severity.EXTREME: "r", Severity.SEVERE: "o", Severity.MODERATE: "y", Severity.MINOR: "b"}


@dataclass(frozen=True, slots=True)
class Band:
    """One live alert in words; ``colour`` is a class of the style sheet, ``expires`` UTC ms; ``above`` whose it is."""

    id: str
    colour: str
    label: str
    headline: str
    proved: str
    left: str
    ends: str
    expires: int
    actual: bool
    waits: bool
    above: str = ""


@dataclass(frozen=True, slots=True)
class Fold:
    """Bands in the room of one: the gravest whole, the rest behind a line that counts them by ``colours``."""

    whole: Band
    rest: tuple[Band, ...]
    colours: tuple[tuple[str, int], ...]


def folded(some: Sequence[Band], own: str) -> Fold | None:
    """What a page shows of them; that of the alert ``own`` stands on the page already, and endings beside it do not."""
    shown = [one for one in some if one.id != own and not (own and one.colour == "g")]
    if not shown:
        return None
    whole, *rest = shown
    return Fold(whole, tuple(rest), tuple(Counter("w" if one.waits else one.colour for one in rest).items()))


def bands(parts: Parts, who: Identity, locale: str, clock_time: Callable[[int], str]) -> list[Band]:
    """Every alert that is on a screen or waits for another officer, the gravest first."""
    if not who.may("read"):
        return []
    running, at = service.running(parts, who), parts.clock.now()
    if not running:
        return []
    proved = service.tallies(parts, who, running)
    with parts.db.read() as tx:
        site = settings.read(tx, who.org).locale
    return [_band(one, proved[one.id], at, locale, site, clock_time) for one in sorted(running, key=_rank)]


def _rank(alert: StoredAlert) -> tuple[bool, bool, int, int]:
    order = list(Severity)
    return (alert.ended is not None, alert.status is not Status.ACTUAL, order.index(alert.severity), -alert.issued)


def _band(
    alert: StoredAlert, proved: dict[str, int], at: int, locale: str, site: str, clock_time: Callable[[int], str]
) -> Band:
    waits, over = alert.phase is Phase.WAITING, alert.ended is not None
    shown, of = proved["shown"], proved["targets"]
    key = "waits" if waits else "samples" if of == 0 else "shown" + ("_one" if of == 1 else "")
    return Band(
        id=alert.id, colour=colour_of(alert.phase, alert.status, alert.severity),
        label=wording.label(alert.phase, alert.status, alert.severity, site), headline=filling.for_screen(
            alert.headline,
            Surroundings(say("alerts_page.own.exit", locale), say("alerts_page.own.muster", locale)),
            locale,
        ),
        proved=say(f"desk.alert.{key}", locale, shown=shown, of=of, name=alert.issuer_name),
        left=say("desk.alert.left", locale, left=time_left(alert.expires - at)),
        ends=say("desk.alert.until", locale, time=clock_time(alert.expires)), expires=alert.expires,
        actual=alert.status is Status.ACTUAL and not over and not waits,
        waits=waits, above=of_above(alert, locale),
    )  # fmt: skip


def of_above(alert: StoredAlert, locale: str) -> str:
    """``上级单位 · 东方集团`` for an alert of an organisation above, "" for one's own."""
    return say("alerts_page.above", locale, name=alert.above) if alert.above else ""


def colour_of(phase: Phase, status: Status, severity: Severity) -> str:
    """The letter of the colour an alert has on the desk: of its severity, blue for a drill, green once it ended."""
    if phase in (Phase.CLEARED, Phase.CORRECTED):
        return "g"
    return "b" if status is Status.EXERCISE else COLOURS[severity]


def time_left(ms: int) -> str:
    """``27:40``, with hours in front once there are any; ``src/lib/left.js`` agrees."""
    seconds = max(0, ms // 1000)
    hours, rest = divmod(seconds, 3_600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60:02}:{rest % 60:02}"
