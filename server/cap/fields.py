"""Asking an element of a message for its fields, leniently, and noting everything that CAP wants otherwise."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar
from xml.etree.ElementTree import Element

from server.cap import spelling, times
from server.cap.model import Named
from server.cap.parsing import NAMESPACES, split
from server.errors import Violation

W = TypeVar("W", bound=StrEnum)
D = TypeVar("D")
MOST_NOTES = 50
LONGEST_QUOTE = 40


class Notes:
    """What was let pass in one message, as far as anybody wants to read; ``offset_min`` is the site's zone."""

    def __init__(self, offset_min: int, found: tuple[Violation, ...] = ()) -> None:
        self.offset_min = offset_min
        self.found = list(found)

    def add(self, field: str, rule: str, value: str = "") -> None:
        """Note a field; ``rule`` names a sentence ``cap.note.<rule>``, ``value`` is quoted in it, cut short."""
        quote = (("value", value[:LONGEST_QUOTE]),) if value else ()
        note = Violation(field, f"cap.note.{rule}", quote)
        if len(self.found) < MOST_NOTES and note not in self.found:
            self.found.append(note)


class Fields:
    """The children of one element by name; a name counts in CAP's namespace or in none, and in any case."""

    def __init__(self, element: Element, notes: Notes, path: str = "") -> None:
        self.notes = notes
        self._path = path
        self._children: dict[str, list[Element]] = {}
        for child in element:
            space, local = split(child.tag)
            if space in (*NAMESPACES, ""):
                self._children.setdefault(local.lower(), []).append(child)

    def note(self, name: str, rule: str, value: str = "") -> None:
        """Note something about a field of this element."""
        self.notes.add(f"{self._path}{name}", rule, value)

    def _raw(self, name: str) -> list[str]:
        found = self._children.get(name.lower(), [])
        if any(split(child.tag)[1] != name for child in found):
            self.note(name, "spelling")
        if any(len(child) for child in found):
            self.note(name, "markup")
        return ["".join(child.itertext()) for child in found]

    def _single(self, texts: list[str], name: str) -> str:
        said = [text for text in texts if text]
        if len(said) > 1:
            self.note(name, "repeated")
        return said[0] if said else ""

    def text(self, name: str) -> str:
        """One line, "" when the field is absent or empty; the first when it stands there more than once."""
        return self._single([spelling.one_line(raw) for raw in self._raw(name)], name)

    def lines(self, name: str) -> str:
        """A text that may have lines."""
        return self._single([spelling.lines(raw) for raw in self._raw(name)], name)

    def needed(self, name: str) -> str:
        """One line that CAP requires; its absence is noted."""
        text = self.text(name)
        if not text:
            self.note(name, "missing")
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        """Every value of a field that may stand there more than once, each one line."""
        read = (spelling.one_line(raw) for raw in self._raw(name))
        return tuple(text for text in read if text)

    def word(self, name: str, words: type[W], unsaid: D) -> W | D:
        """A word of CAP's list; ``unsaid`` when there is none or one that CAP does not know."""
        text = self.needed(name)
        return (text and self._word(name, text, words)) or unsaid

    def words(self, name: str, words: type[W]) -> tuple[W, ...]:
        """The words of CAP's list that a field names, unknown ones left out and each only once."""
        read = (self._word(name, text, words) for text in self.texts(name))
        return tuple(dict.fromkeys(word for word in read if word))

    def _word(self, name: str, text: str, words: type[W]) -> W | None:
        found = next((word for word in words if word.lower() == text.lower()), None)
        if found is None or spelling.word(found) != text:
            self.note(name, "spelling" if found else "unknown_word", text)
        return found

    def time(self, name: str) -> int | None:
        """A time in UTC ms, None when there is none that can be read."""
        text = self.text(name)
        moment = times.parse(text, self.notes.offset_min)
        if text and not (moment and moment.is_strict):
            self.note(name, "odd_time" if moment else "no_time", text)
        return moment.ms if moment else None

    def inner(self, name: str) -> list[Fields]:
        """The fields of every child element of that name."""
        found = self._children.get(name.lower(), [])
        return [Fields(child, self.notes, f"{self._path}{name}.{number}.") for number, child in enumerate(found)]

    def pairs(self, name: str) -> tuple[Named, ...]:
        """Values under names that the sender chose; what has neither is left out."""
        read = (Named(pair.text("valueName"), pair.lines("value")) for pair in self.inner(name))
        return tuple(pair for pair in read if pair.name or pair.value)
