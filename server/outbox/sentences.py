"""What a webhook is told of an alert: an object for programs, sentences for people."""

from __future__ import annotations

from typing import Any

from playlists import calendar
from playlists.alert import Phase, Severity, Status
from server.alerts.wording import label
from server.outbox.model import Moment
from server.words import say

NAMED = 20  # missing screens that are named; the rest are counted


def body(site: Any, moment: Moment, found: Any, targets: int, missing: list[dict[str, str]]) -> dict[str, Any]:
    """The object of one message, kept in the queue so that it says later what was true then."""
    said = found.body
    marked = label(Phase(said["phase"]), Status(said["status"]), Severity(said["severity"]), site.locale)
    return {
        "moment": moment.value, "act": found.act, "site": site.name, "locale": site.locale, "zone": site.zone,
        "alert": found.alert, "revision": found.revision, "at": found.at, "by": found.by_name, "label": marked,
        "targets": targets, "missing": missing[:NAMED], "missing_count": len(missing),
        **{name: said[name] for name in ("phase", "status", "severity", "headline", "instruction", "expires")},
    }  # fmt: skip


def trial(site: Any, by: str) -> dict[str, Any]:
    """The object of a trial."""
    return {"moment": Moment.TRIAL.value, "site": site.name, "locale": site.locale, "zone": site.zone, "by": by}


def text(told: dict[str, Any]) -> str:
    """The message as people read it in a chat: what, where, since when, who is missing."""
    locale = told["locale"]
    if told["moment"] == Moment.TRIAL.value:
        return say("outbox.text.trial", locale, site=told["site"], by=told["by"])
    head = say(f"outbox.text.{told['act'] if told['moment'] != Moment.UNPROVEN.value else 'unproven'}", locale,
               label=told["label"], site=told["site"])  # fmt: skip
    lines = [head, told["headline"], *told["instruction"].splitlines(), *_missing(told), _foot(told)]
    return "\n".join(line for line in lines if line)


def _missing(told: dict[str, Any]) -> list[str]:
    locale, count = told["locale"], told["missing_count"]
    if not count:
        return []
    named = [say("outbox.text.place", locale, **one) if one["place"] else one["name"] for one in told["missing"]]
    rest = [say("outbox.text.more", locale, count=count - len(named))] if count > len(named) else []
    return [say("outbox.text.missing", locale, count=count, targets=told["targets"]), *named, *rest]


def _foot(told: dict[str, Any]) -> str:
    """Who, when, on how many screens, until when."""
    locale, zone = told["locale"], told["zone"]
    at = calendar.local(zone, told["at"]).strftime("%H:%M:%S")
    if told["act"] == "expire":
        return say("outbox.text.foot_expired", locale, at=at)
    until = calendar.local(zone, told["expires"]).strftime("%H:%M")
    foot = "outbox.text.foot" if told["targets"] else "outbox.text.foot_samples"
    return say(foot, locale, by=told["by"], at=at, until=until, targets=told["targets"])
