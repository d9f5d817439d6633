"""A message to bytes, strictly: every element where OASIS CAP 1.2 wants it, in its one notation of time."""

from __future__ import annotations

import html

from server.cap import references, spelling, times
from server.cap.model import NAMESPACE, UNKNOWN, CapArea, CapInfo, CapMessage, Named, Scope
from server.errors import Invalid, Violation


class _Sheet:
    """The lines of a document; empty values leave no line."""

    def __init__(self, offset_min: int) -> None:
        self.offset_min = offset_min
        self._lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<alert xmlns="{NAMESPACE}">']
        self._indent = "  "

    def put(self, name: str, *values: str) -> None:
        """One element for each value that says something."""
        for value in values:
            if text := spelling.lines(value):
                self._line(name, text)

    def _line(self, name: str, text: str) -> None:
        self._lines.append(f"{self._indent}<{name}>{html.escape(text, quote=False)}</{name}>")

    def time(self, name: str, ms: int | None) -> None:
        """One element for a time, none for None."""
        if ms is not None:
            self.put(name, times.stamp(ms, self.offset_min))

    def pairs(self, name: str, pairs: tuple[Named, ...]) -> None:
        """One element of two for each pair; CAP requires both halves, so an empty one is written too."""
        for pair in (Named(spelling.one_line(pair.name), spelling.lines(pair.value)) for pair in pairs):
            if pair.name or pair.value:
                self.open(name)
                self._line("valueName", pair.name)
                self._line("value", pair.value)
                self.close(name)

    def open(self, name: str) -> None:
        """Begin an element that holds others."""
        self._lines.append(f"{self._indent}<{name}>")
        self._indent += "  "

    def close(self, name: str) -> None:
        """End an element that holds others."""
        self._indent = self._indent[2:]
        self._lines.append(f"{self._indent}</{name}>")

    def data(self) -> bytes:
        """The whole document, UTF-8."""
        return "\n".join([*self._lines, "</alert>\n"]).encode()


def write(message: CapMessage, *, offset_min: int) -> bytes:
    """The message as a CAP 1.2 file, its times those of a place ``offset_min`` minutes east of UTC.

    Raise Invalid, naming every field, when the message cannot be said in CAP: without an event or a category, or with
    an identifier that references could not carry.
    """
    if found := violations(message):
        raise Invalid(found)
    sheet = _Sheet(offset_min)
    sheet.put("identifier", message.identifier)
    sheet.put("sender", message.sender)
    sheet.time("sent", message.sent)
    sheet.put("status", message.status)
    sheet.put("msgType", message.msg_type)
    sheet.put("source", spelling.one_line(message.source))
    sheet.put("scope", message.scope)
    sheet.put("restriction", spelling.one_line(message.restriction))
    sheet.put("addresses", references.write_names(message.addresses))
    sheet.put("code", *map(spelling.one_line, message.codes))
    sheet.put("note", message.note)
    sheet.put("references", references.write(message.references, offset_min))
    sheet.put("incidents", references.write_names(message.incidents))
    for info in message.infos:
        _info(sheet, info)
    return sheet.data()


def _info(sheet: _Sheet, info: CapInfo) -> None:
    sheet.open("info")
    sheet.put("language", info.language)
    sheet.put("category", *info.categories)
    sheet.put("event", spelling.one_line(info.event))
    sheet.put("responseType", *info.response_types)
    sheet.put("urgency", spelling.word(info.urgency))
    sheet.put("severity", spelling.word(info.severity or UNKNOWN))
    sheet.put("certainty", spelling.word(info.certainty))
    sheet.put("audience", spelling.one_line(info.audience))
    sheet.pairs("eventCode", info.event_codes)
    sheet.time("effective", info.effective)
    sheet.time("onset", info.onset)
    sheet.time("expires", info.expires)
    sheet.put("senderName", spelling.one_line(info.sender_name))
    sheet.put("headline", spelling.one_line(info.headline))
    sheet.put("description", info.description)
    sheet.put("instruction", info.instruction)
    sheet.put("web", spelling.one_line(info.web))
    sheet.put("contact", spelling.one_line(info.contact))
    sheet.pairs("parameter", info.parameters)
    for area in info.areas:
        _area(sheet, area)
    sheet.close("info")


def _area(sheet: _Sheet, area: CapArea) -> None:
    sheet.open("area")
    sheet.put("areaDesc", spelling.one_line(area.description))
    sheet.put("polygon", *map(spelling.one_line, area.polygons))
    sheet.put("circle", *map(spelling.one_line, area.circles))
    sheet.pairs("geocode", area.geocodes)
    sheet.put("altitude", spelling.one_line(area.altitude))
    sheet.put("ceiling", spelling.one_line(area.ceiling))
    sheet.close("area")


def violations(message: CapMessage) -> tuple[Violation, ...]:
    """What of a message cannot be said in CAP 1.2, by field; every fault, not only the first."""
    names = [("identifier", message.identifier), ("sender", message.sender)]
    for number, reference in enumerate(message.references):
        names += [(f"references.{number}.sender", reference.sender)]
        names += [(f"references.{number}.identifier", reference.identifier)]
    bad = [Violation(field, "cap.unwritable.name") for field, text in names if not spelling.is_name(text)]
    for number, info in enumerate(message.infos):
        if not spelling.is_language(info.language):
            bad.append(Violation(f"info.{number}.language", "cap.unwritable.language"))
    return (*bad, *(Violation(field, "cap.unwritable.missing") for field in _missing(message)))


def _missing(message: CapMessage) -> list[str]:
    found = ["restriction"] if message.scope is Scope.RESTRICTED and not message.restriction else []
    found += ["addresses"] if message.scope is Scope.PRIVATE and not message.addresses else []
    for number, info in enumerate(message.infos):
        path = f"info.{number}."
        needed = {"event": spelling.one_line(info.event), "category": info.categories}
        found += [path + name for name, value in needed.items() if not value]
        areas = enumerate(info.areas)
        found += [f"{path}area.{at}.areaDesc" for at, area in areas if not spelling.one_line(area.description)]
    return found
