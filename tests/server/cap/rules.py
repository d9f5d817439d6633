"""What OASIS CAP 1.2 asks of a file: its schema and the rules in words beside it, independent of our writer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MANY = 10**9
# 3.3.2: dates as in "2002-05-24T16:49:00-07:00"; "Z" must not be used, UTC is "-00:00".
TIME = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(?:[+-](?:0[1-9]|1[0-4]):[0-5][0-9]|[+-]00:(?!00)[0-5][0-9]|-00:00)"
)
NAME = re.compile(r"[^\s,<&]+")
LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
ANY = re.compile(r".+", re.DOTALL)
EMPTY_TOO = re.compile(r".*", re.DOTALL)
REFERENCES = re.compile(
    rf"{NAME.pattern},{NAME.pattern},{TIME.pattern}(?: {NAME.pattern},{NAME.pattern},{TIME.pattern})*"
)


def one_of(words: str) -> re.Pattern[str]:
    """A pattern for a list of the standard."""
    return re.compile("|".join(words.split()))


@dataclass(frozen=True)
class Rule:
    """One element in its place: how often it stands there, and what it holds, a pattern or elements."""

    name: str
    least: int
    most: int
    holds: re.Pattern[str] | tuple[Rule, ...] = ANY


PAIR = (Rule("valueName", 1, 1, EMPTY_TOO), Rule("value", 1, 1, EMPTY_TOO))
AREA = (
    Rule("areaDesc", 1, 1),
    Rule("polygon", 0, MANY),
    Rule("circle", 0, MANY),
    Rule("geocode", 0, MANY, PAIR),
    Rule("altitude", 0, 1),
    Rule("ceiling", 0, 1),
)
INFO = (
    Rule("language", 0, 1, LANGUAGE),
    Rule(
        "category",
        1,
        MANY,
        one_of("Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other"),
    ),
    Rule("event", 1, 1),
    Rule("responseType", 0, MANY, one_of("Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None")),
    Rule("urgency", 1, 1, one_of("Immediate Expected Future Past Unknown")),
    Rule("severity", 1, 1, one_of("Extreme Severe Moderate Minor Unknown")),
    Rule("certainty", 1, 1, one_of("Observed Likely Possible Unlikely Unknown")),
    Rule("audience", 0, 1),
    Rule("eventCode", 0, MANY, PAIR),
    Rule("effective", 0, 1, TIME),
    Rule("onset", 0, 1, TIME),
    Rule("expires", 0, 1, TIME),
    Rule("senderName", 0, 1),
    Rule("headline", 0, 1),
    Rule("description", 0, 1),
    Rule("instruction", 0, 1),
    Rule("web", 0, 1),
    Rule("contact", 0, 1),
    Rule("parameter", 0, MANY, PAIR),
    Rule("resource", 0, MANY, (Rule("resourceDesc", 1, 1), Rule("mimeType", 1, 1))),
    Rule("area", 0, MANY, AREA),
)
ALERT = (
    Rule("identifier", 1, 1, NAME),
    Rule("sender", 1, 1, NAME),
    Rule("sent", 1, 1, TIME),
    Rule("status", 1, 1, one_of("Actual Exercise System Test Draft")),
    Rule("msgType", 1, 1, one_of("Alert Update Cancel Ack Error")),
    Rule("source", 0, 1),
    Rule("scope", 1, 1, one_of("Public Restricted Private")),
    Rule("restriction", 0, 1),
    Rule("addresses", 0, 1),
    Rule("code", 0, MANY),
    Rule("note", 0, 1),
    Rule("references", 0, 1, REFERENCES),
    Rule("incidents", 0, 1),
    Rule("info", 0, MANY, INFO),
)


def faults(data: bytes) -> list[str]:
    """Everything that CAP 1.2 does not allow in a file; an empty list means that it is valid."""
    root = ElementTree.fromstring(data)
    if root.tag != f"{{{NAMESPACE}}}alert":
        return [f"the root is {root.tag}"]
    return [*within(root, ALERT, "alert"), *beyond_schema(root)]


def within(element: ElementTree.Element, rules: tuple[Rule, ...], path: str) -> list[str]:
    """Faults of an element that holds others: names, order, how often, what stands in each."""
    names = [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in element]
    order = [rule.name for rule in rules]
    found = [f"{path} holds {name}" for name in names if name not in order]
    places = [order.index(name) for name in names if name in order]
    found += [f"{path} is out of order"] if places != sorted(places) else []
    found += [f"{path} holds text"] if (element.text or "").strip() else []
    for rule in rules:
        inside = [child for child, name in zip(element, names, strict=True) if name == rule.name]
        found += [] if rule.least <= len(inside) <= rule.most else [f"{path}: {len(inside)} times {rule.name}"]
        for child in inside:
            found += content(child, rule, f"{path}/{rule.name}")
    return found


def content(element: ElementTree.Element, rule: Rule, path: str) -> list[str]:
    """Faults of what one element holds."""
    if isinstance(rule.holds, tuple):
        return within(element, rule.holds, path)
    fits = not len(element) and rule.holds.fullmatch(element.text or "")
    return [] if fits and not element.attrib else [f"{path} is {element.text!r}"]


def beyond_schema(root: ElementTree.Element) -> list[str]:
    """Rules that the standard states in words: what a restricted and what a private message must say."""

    def said(name: str) -> str:
        return root.findtext(f"{{{NAMESPACE}}}{name}") or ""

    needed = {"Restricted": "restriction", "Private": "addresses"}.get(said("scope"), "scope")
    return [] if said(needed) else [f"scope {said('scope')} without {needed}"]
