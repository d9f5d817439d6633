"""The form of an alert as it was typed, and as an order; nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from playlists.alert import Presentation, Severity, Status
from server.alerts import limits
from server.alerts.model import IssueAlert, Targets, Template

W = TypeVar("W", bound=StrEnum)
MINUTE_S = 60
EXPIRIES = {
    Status.ACTUAL: (15 * MINUTE_S, 30 * MINUTE_S, 120 * MINUTE_S),
    Status.EXERCISE: (5 * MINUTE_S, 10 * MINUTE_S, 30 * MINUTE_S),
}
USUAL_S = {Status.ACTUAL: 30 * MINUTE_S, Status.EXERCISE: 10 * MINUTE_S}


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form; words of closed lists are known ones."""

    template: str = ""
    place: str = ""
    headline: str = ""
    instruction: str = ""
    severity: Severity = Severity.EXTREME
    presentation: Presentation = Presentation.TAKEOVER
    expires_s: int = 1800
    code: bool = False
    groups: tuple[str, ...] = ()
    screens: tuple[str, ...] = ()
    everywhere: bool = False
    organisations: tuple[str, ...] = ()

    @property
    def targets(self) -> Targets:
        """Whom it is for; everything stands for each one of one's own."""
        if self.everywhere:
            return Targets(everywhere=True, organisations=self.organisations)
        return Targets(self.screens, self.groups, organisations=self.organisations)

    def fields(self) -> Iterator[tuple[str, str]]:
        """Name and value of every field, to be carried through another page."""
        for name in ("template", "place", "headline", "instruction", "severity", "presentation", "expires_s"):
            yield name, str(getattr(self, name))
        yield from (("groups", group) for group in self.groups)
        yield from (("screens", screen) for screen in self.screens)
        yield from (("organisations", organisation) for organisation in self.organisations)
        if self.code:
            yield "code", "1"
        if self.everywhere:
            yield "everywhere", "1"


def typed(form: MultiDict[str, str], kind: Status) -> Typed:
    """The form as it was sent."""
    return Typed(
        template=form.get("template", "")[:40],
        place=form.get("place", ""),
        headline=form.get("headline", ""),
        instruction=form.get("instruction", ""),
        severity=word(Severity, form.get("severity", ""), Severity.MINOR),
        presentation=word(Presentation, form.get("presentation", ""), Presentation.TAKEOVER),
        expires_s=form.get("expires_s", USUAL_S[kind], type=int),
        code=form.get("code") == "1",
        groups=tuple(dict.fromkeys(filter(None, form.getlist("groups")))),
        screens=tuple(dict.fromkeys(filter(None, form.getlist("screens")))),
        everywhere=form.get("everywhere") == "1",
        organisations=tuple(dict.fromkeys(filter(None, form.getlist("organisations")))),
    )


def word(words: type[W], text: str, otherwise: W) -> W:
    """A word of a closed list, or the usual one."""
    return words(text) if text in set(words) else otherwise


def with_template(seen: Typed, template: Template | None, locale: str) -> Typed:
    """With the template's words where none were typed: how a page without script uses one."""
    if template is None or seen.headline.strip():
        return seen
    words = template.words[locale]
    return replace(seen, headline=words["headline"], instruction=seen.instruction or words["instruction"])


def order(seen: Typed, kind: Status, identifier: str, template: Template | None) -> IssueAlert:
    """What is to be issued. A drill has no severity of its own."""
    made = IssueAlert(
        status=kind, severity=Severity.MINOR if kind is Status.EXERCISE else seen.severity, headline=seen.headline,
        instruction=seen.instruction, targets=seen.targets, expires_s=seen.expires_s, presentation=seen.presentation,
        template=seen.template, source="desk", identifier=identifier, code=seen.code, place=seen.place,
    )  # fmt: skip
    if template is None:
        return made
    about = template.urgency, template.certainty, template.category, template.response
    return replace(made, urgency=about[0], certainty=about[1], category=about[2], response=about[3])


def expiries(kind: Status, severity: Severity) -> tuple[int, ...]:
    """The lives one may choose, in seconds."""
    longest = limits.expiry(kind, severity).longest_s
    return tuple(seconds for seconds in EXPIRIES[kind] if seconds <= longest)
