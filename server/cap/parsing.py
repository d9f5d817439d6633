"""Text to elements: no DOCTYPE, nothing from elsewhere, and only as many elements as a message can need."""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder

from defusedxml.common import DTDForbidden
from defusedxml.ElementTree import ParseError, XMLParser

from server.cap.model import NAMESPACE, OLDER_NAMESPACE
from server.cap.refusal import CapRefused, Reason

MOST_ELEMENTS = 100_000
"""A real message of 882 kB holds some forty thousand."""
DEEPEST = 40
"""CAP needs four levels; an EDXL wrapper and a signature add a few."""
MOST_MESSAGES = 50
"""The most messages that one wrapper may hold."""
NAMESPACES = (NAMESPACE, OLDER_NAMESPACE)
ALERTS = frozenset(f"{{{space}}}alert" for space in NAMESPACES)


class _Bounded(TreeBuilder):
    """Builds elements and gives up on a document that is too deep or has too many."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str], /) -> Element:
        self._count += 1
        self._depth += 1
        if self._count > MOST_ELEMENTS or self._depth > DEEPEST:
            raise CapRefused(Reason.TOO_COMPLEX)
        return super().start(tag, attributes)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def parse(text: str) -> Element:
    """The root element; raise CapRefused for a DOCTYPE, for what is no XML and for a document past all bounds."""
    try:
        parser = XMLParser(target=_Bounded(), forbid_dtd=True)
        parser.feed(text)
        root: Element = parser.close()
    except DTDForbidden:
        raise CapRefused(Reason.DOCTYPE) from None
    except (ParseError, ValueError) as error:
        raise CapRefused(Reason.NOT_XML) from error
    return root


def split(tag: str) -> tuple[str, str]:
    """The namespace and the local name of a tag as ElementTree writes it."""
    space, _, local = tag.rpartition("}")
    return space.removeprefix("{"), local


def alerts(root: Element) -> list[Element]:
    """The alert elements of a document, the root itself or whatever a wrapper holds; raise CapRefused for none."""
    if split(root.tag)[1] == "alert" and split(root.tag)[0] in (*NAMESPACES, ""):
        return [root]
    found = [element for element in root.iter() if element.tag in ALERTS]
    if not found:
        raise CapRefused(Reason.NOT_CAP)
    if len(found) > MOST_MESSAGES:
        raise CapRefused(Reason.TOO_COMPLEX)
    return found
