"""Texts as they may stand in a message: the characters XML can hold, and one line where one line is meant."""

from __future__ import annotations

import re

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES = re.compile(r"[ \t\r\n]+")
_SPACE = " \t\r\n"
# OASIS CAP 1.2, 3.2.1: what an identifier and a sender must not include.
_FORBIDDEN = re.compile(r"[\s,<&]")
# XML Schema, 3.3.3: the form of xs:language.
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
UNDETERMINED = "und"
"""The language nobody can name, by ISO 639."""


def word(of: str) -> str:
    """A word of a list as CAP writes it."""
    return of[:1].upper() + of[1:]


def one_line(text: str) -> str:
    """The text without control characters, its breaks and runs of spaces each one space."""
    return _SPACES.sub(" ", _NOT_XML.sub("", text)).strip(" ")


def lines(text: str) -> str:
    """The text without control characters, ends cut, every break a line feed."""
    return _NOT_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip(_SPACE)


def is_name(text: str) -> bool:
    """Whether a text may stand as an identifier or a sender, and so within a reference."""
    return bool(text) and not _FORBIDDEN.search(text) and not _NOT_XML.search(text)


def is_language(text: str) -> bool:
    """Whether a text has the form of a language, such as ``zh-CN``."""
    return bool(_LANGUAGE.fullmatch(text))
