"""Our alerts as an Atom feed (RFC 4287): one entry for each, leading to its CAP file."""

from __future__ import annotations

import html

from server.accounts import site
from server.accounts.model import Identity
from server.alerts.model import StoredAlert
from server.cap import spelling, times
from server.cap.model import MEDIA_TYPE
from server.intake import acting, outgoing
from server.parts import Parts

PATH = "/api/v1/cap/"
NAMESPACE = "http://www.w3.org/2005/Atom"
MEDIA = "application/atom+xml"


def feed(parts: Parts, who: Identity, root: str) -> bytes:
    """The feed of the newest alerts and drills; ``root`` is our own address, without a slash at its end."""
    found = outgoing.listed(parts, who)
    own = site.site(parts, who.org)
    offset = acting.offset_min(parts, who.org)
    newest = max((one.changed for one in found), default=parts.clock.now())
    us = outgoing.sender(parts, who.org)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="{NAMESPACE}">',
        f"  <id>tag:{us.partition('@')[2]},2026:alerts:{who.org}</id>",
        f"  <title>{_text(own.name)}</title>",
        f"  <updated>{_stamp(newest, offset)}</updated>",
        f"  <author><name>{_text(own.name)}</name></author>",
        f'  <link rel="self" type="{MEDIA}" href="{_text(root)}{PATH}feed.atom"/>',
        *(line for one in found for line in _entry(one, own.locale, root, us, offset)),
        "</feed>\n",
    ]
    return "\n".join(lines).encode()


def _entry(alert: StoredAlert, locale: str, root: str, us: str, offset: int) -> list[str]:
    headline, description, instruction = outgoing.said(alert, locale)
    name = f"tag:{us.partition('@')[2]},2026:alert:{alert.id}"
    return [
        "  <entry>",
        f"    <id>{name}</id>",
        f"    <title>{_text(headline) or alert.id}</title>",
        f"    <updated>{_stamp(alert.changed, offset)}</updated>",
        f'    <link rel="alternate" type="{MEDIA_TYPE}" href="{_text(root)}{PATH}{alert.id}.xml"/>',
        f"    <summary>{_text(instruction or description)}</summary>",
        "  </entry>",
    ]


def _text(text: str) -> str:
    return html.escape(spelling.lines(text))


def _stamp(ms: int, offset: int) -> str:
    """RFC 3339 wants UTC with an offset unlike CAP: ``+00:00``."""
    return times.stamp(ms, offset).replace("-00:00", "+00:00") if offset == 0 else times.stamp(ms, offset)
