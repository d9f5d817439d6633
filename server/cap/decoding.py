"""Bytes to text: the letters a message was written with, by its byte order mark or its own word for them."""

from __future__ import annotations

import re

from server.cap.refusal import CapRefused, Reason

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
)
# Latin-1 is tried as its superset first: files that claim it carry the quotation marks of Windows.
_CODECS: dict[str, tuple[str, ...]] = {
    "utf-8": ("utf-8",),
    "utf8": ("utf-8",),
    "us-ascii": ("utf-8",),
    "ascii": ("utf-8",),
    "iso-8859-1": ("cp1252", "latin-1"),
    "iso8859-1": ("cp1252", "latin-1"),
    "latin1": ("cp1252", "latin-1"),
    "latin-1": ("cp1252", "latin-1"),
    "windows-1252": ("cp1252", "latin-1"),
    "iso-8859-2": ("iso-8859-2",),
    "iso-8859-15": ("iso-8859-15",),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "gb18030": ("gb18030",),
    "big5": ("big5hkscs",),
    "euc-kr": ("cp949",),
    "shift_jis": ("cp932",),
    "euc-jp": ("euc_jp",),
}
_SAYS = re.compile(rb"""\s{0,99}<\?xml\s[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,300}\?>")


def decoded(data: bytes) -> str:
    """The text of an XML file without its declaration; raise CapRefused when no known letters fit the bytes."""
    text = _text(data).lstrip("\ufeff \t\r\n")
    return _DECLARATION.sub("", text, count=1) if text.startswith("<?xml") else text


def _text(data: bytes) -> str:
    mark = next((encoding for start, encoding in _MARKS if data.startswith(start)), None)
    for codec in (mark,) if mark else _claimed(data):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    raise CapRefused(Reason.UNREADABLE_LETTERS)


def _claimed(data: bytes) -> tuple[str, ...]:
    found = _SAYS.match(data)
    return _CODECS.get(found[1].decode("ascii").lower(), ()) if found else ("utf-8",)
