"""Feeds of every kind that lead to CAP, and what in them is no message."""

from __future__ import annotations

import pytest

from server.cap.refusal import CapRefused
from server.intake.feeds import Entry, read
from tests.server.intake.setting import FIRST, cap

WHERE = "https://met.city.example/cap/feed.xml"
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'


def atom(*entries: str) -> bytes:
    return f"<feed {ATOM}><title>x</title>{''.join(f'<entry>{one}</entry>' for one in entries)}</feed>".encode()


def rss(*items: str) -> bytes:
    return f"<rss version='2.0'><channel>{''.join(f'<item>{one}</item>' for one in items)}</channel></rss>".encode()


def links(data: bytes) -> list[str]:
    return [entry.link for entry in read(data, WHERE).entries]


@pytest.mark.parametrize(
    ("entry", "link"),
    [
        ('<link href="https://met.city.example/1.xml" type="application/cap+xml"/>', "https://met.city.example/1.xml"),
        ('<link href="1.xml"/>', "https://met.city.example/cap/1.xml"),
        ('<link rel="self" href="0.xml"/><link rel="alternate" href="/1.xml"/>', "https://met.city.example/1.xml"),
        ('<link href="1.html" type="text/html"/><link href="1.xml" type="Application/Cap+XML; charset=utf-8"/>',
         "https://met.city.example/cap/1.xml"),
        ('<link href="1"/><content type="application/cap+xml" src="1.cap"/>', "https://met.city.example/cap/1.cap"),
    ],
)  # fmt: skip
def test_an_atom_entry_leads_to_its_message(entry: str, link: str) -> None:
    assert links(atom(f"<id>x</id>{entry}")) == [link]


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ("<link>https://met.city.example/1.xml</link>", "https://met.city.example/1.xml"),
        ('<link>1.html</link><enclosure url="1.xml" type="application/cap+xml"/>',
         "https://met.city.example/cap/1.xml"),
        ('<guid isPermaLink="true">https://met.city.example/g.xml</guid>', "https://met.city.example/g.xml"),
    ],
)  # fmt: skip
def test_an_rss_item_leads_to_its_message(item: str, link: str) -> None:
    assert links(rss(item)) == [link]


def test_an_old_rss_with_namespaces_is_read_too() -> None:
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<channel/><item><link>1.xml</link></item></rdf:RDF>"
    )
    assert links(rdf.encode()) == ["https://met.city.example/cap/1.xml"]


def test_an_entry_that_leads_nowhere_is_left_out() -> None:
    assert links(atom("<id>urn:x</id>", '<link rel="self" href="x"/>', '<link type="text/html" href="x"/>')) == []
    assert links(rss("<title>x</title>", "<guid>abc</guid>", "<guid isPermaLink='false'>abc</guid>")) == []


def test_a_changed_entry_has_another_key() -> None:
    (old,) = read(atom('<link href="1.xml"/><updated>2026-11-25T10:00:00Z</updated>'), WHERE).entries
    (new,) = read(atom('<link href="1.xml"/><updated>2026-11-25T11:00:00Z</updated>'), WHERE).entries
    assert old == Entry("https://met.city.example/cap/1.xml 2026-11-25T10:00:00Z", "https://met.city.example/cap/1.xml")
    assert old.key != new.key


def test_cap_itself_is_a_feed_of_one() -> None:
    feed = read(cap(FIRST), WHERE)
    assert (feed.holds_messages, feed.entries) == (True, ())


def test_messages_that_stand_in_a_feed_are_found_beside_links() -> None:
    inner = cap(FIRST).decode().split("?>", 1)[1]
    feed = read(atom(f'<link href="no.xml"/><content type="text/xml">{inner}</content>', '<link href="1.xml"/>'), WHERE)
    assert feed.holds_messages
    assert [entry.link for entry in feed.entries] == ["https://met.city.example/cap/1.xml"]


@pytest.mark.parametrize("data", [b"<html><body/></html>", b"<!DOCTYPE rss><rss/>", b"hello", b"", b"{}"])
def test_what_is_no_feed_is_refused(data: bytes) -> None:
    with pytest.raises(CapRefused):
        read(data, WHERE)


def test_an_empty_feed_is_a_feed() -> None:
    assert read(atom(), WHERE).entries == ()
    assert read(rss(), WHERE).entries == ()
