"""Polled feeds: each in its turn, what is new once, one bad entry or host silencing no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from playlists.alert import Phase
from server.alerts import service as alerts
from server.cap.model import CapMessage
from server.clock import FixedClock
from server.intake import polling, service, sources
from server.intake.model import Kind, Policy, Source, SourceOrder, State
from server.paging import PageQuery
from server.parts import Parts
from tests.server.intake.host import Pages
from tests.server.intake.setting import FIRST, OWNER, STORM, cancel, cap, full, screen, source, store_late


@pytest.fixture
def pages() -> Iterator[Pages]:
    pages = Pages()
    yield pages
    pages.shutdown()
    pages.server_close()


@pytest.fixture
def site(parts: Parts, pages: Pages) -> Parts:
    return replace(parts, config=pages.allowed_by(parts.config))


def feed(site: Parts, pages: Pages, name: str = "气象台", path: str = "/feed", **order: Any) -> Source:
    return source(site, name, Kind.FEED, address=pages.url(path), **{"policy": Policy.SHOW, **order})


def offer(pages: Pages, *messages: CapMessage) -> None:
    """Put messages on the host and an Atom feed before them."""
    links = []
    for message in messages:
        path = f"/{message.identifier}.xml"
        pages.pages[path] = cap(message)
        links.append(f'<entry><id>{message.identifier}</id><link href="{path}" type="application/cap+xml"/></entry>')
    pages.pages["/feed"] = f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(links)}</feed>'.encode()


def live(site: Parts) -> list[str]:
    return [one.identifier for one in alerts.running(site, OWNER) if one.phase is Phase.LIVE]


def said(site: Parts, made: Source) -> tuple[str, dict[str, Any]]:
    found = sources.get(site, OWNER, made.id).said
    return (found.rule.removeprefix("intake."), dict(found.params)) if found else ("", {})


def test_what_a_feed_offers_is_shown(site: Parts, pages: Pages) -> None:
    made = feed(site, pages)
    offer(pages, FIRST, replace(FIRST, identifier="w-2"))
    assert polling.poll(site) == 1
    assert sorted(live(site)) == ["w-1", "w-2"]
    assert said(site, made) == ("fetched", {"held": 0, "ignored": 0, "shown": 2})


def test_a_feed_is_fetched_in_its_turn_and_a_known_message_not_again(
    site: Parts, pages: Pages, clock: FixedClock
) -> None:
    made = feed(site, pages)
    offer(pages, FIRST)
    polling.poll(site)
    assert polling.poll(site) == 0
    clock.pass_(60_000)
    assert polling.poll(site) == 1
    assert pages.asked == ["/feed", "/w-1.xml", "/feed"]
    assert said(site, made)[1] == {"held": 0, "ignored": 0, "shown": 0}
    assert len(live(site)) == 1


def test_a_server_that_forgot_what_it_fetched_shows_nothing_twice(site: Parts, pages: Pages, clock: FixedClock) -> None:
    feed(site, pages)
    offer(pages, FIRST)
    polling.poll(site)
    polling._known.clear()
    clock.pass_(60_000)
    polling.poll(site)
    assert pages.asked.count("/w-1.xml") == 2
    assert len(live(site)) == 1


def test_a_full_disk_keeps_no_message_of_a_feed_off_the_walls(site: Parts, pages: Pages, clock: FixedClock) -> None:
    screen(site)
    made = feed(site, pages)
    offer(pages, FIRST, replace(FIRST, identifier="w-2"))
    with full(site):
        assert [polling.poll(site), polling.poll(site)] == [1, 0]
        assert sorted(live(site)) == ["w-1", "w-2"]
        clock.pass_(60_000)
        assert polling.poll(site) == 1
    store_late(site)
    polling._known.clear()
    clock.pass_(60_000)
    assert polling.poll(site) == 1
    assert sorted(live(site)) == ["w-1", "w-2"]
    assert said(site, made) == ("fetched", {"held": 0, "ignored": 0, "shown": 0})


def test_a_message_that_has_to_wait_for_room_does_not_hold_up_those_behind_it(site: Parts, pages: Pages) -> None:
    screen(site)
    feed(site, pages, blocked=("演练预报",))
    unwanted = replace(FIRST, identifier="w-0", infos=(replace(STORM, event="演练预报"),))
    offer(pages, unwanted, FIRST)
    with full(site):
        polling.poll(site)
        assert live(site) == ["w-1"]
    site.clock.pass_(60_000)  # type: ignore[attr-defined]
    polling.poll(site)
    assert pages.asked.count("/w-0.xml") == 2
    assert pages.asked.count("/w-1.xml") == 1


def test_a_cancel_in_the_feed_ends_the_alert(site: Parts, pages: Pages, clock: FixedClock) -> None:
    feed(site, pages)
    offer(pages, FIRST)
    polling.poll(site)
    clock.pass_(60_000)
    offer(pages, FIRST, cancel("w-2", FIRST))
    polling.poll(site)
    assert live(site) == []


def test_by_default_a_feed_waits_for_a_person(site: Parts, pages: Pages) -> None:
    source(site, "省台", Kind.FEED, address=pages.url("/feed"))
    offer(pages, FIRST)
    polling.poll(site)
    assert live(site) == []
    assert service.waiting(site, OWNER) == 1


def test_cap_itself_and_a_feed_that_holds_messages_are_fetched(site: Parts, pages: Pages) -> None:
    feed(site, pages, path="/alert.xml")
    pages.pages["/alert.xml"] = cap(FIRST)
    polling.poll(site)
    assert live(site) == ["w-1"]


def test_a_feed_speaks_only_for_its_own_senders(site: Parts, pages: Pages) -> None:
    feed(site, pages, senders=("other@example",))
    offer(pages, FIRST)
    polling.poll(site)
    assert live(site) == []
    assert service.list_messages(site, OWNER, PageQuery(), State.HELD).items == ()


def test_a_bad_entry_silences_no_other_and_may_be_better_next_time(
    site: Parts, pages: Pages, clock: FixedClock
) -> None:
    feed(site, pages)
    offer(pages, FIRST, replace(FIRST, identifier="w-2"), replace(FIRST, identifier="w-3"))
    del pages.pages["/w-1.xml"]
    pages.pages["/w-2.xml"] = b"<!DOCTYPE alert><alert/>"
    polling.poll(site)
    assert live(site) == ["w-3"]
    pages.pages["/w-1.xml"] = cap(FIRST)
    clock.pass_(60_000)
    polling.poll(site)
    assert sorted(live(site)) == ["w-1", "w-3"]
    assert pages.asked.count("/w-2.xml") == 1


def test_entries_that_always_fail_do_not_starve_the_others(site: Parts, pages: Pages, clock: FixedClock) -> None:
    feed(site, pages)
    bad = [replace(FIRST, identifier=f"bad-{n}") for n in range(polling.MOST_LINKS)]
    offer(pages, *bad, FIRST)
    for one in bad:
        del pages.pages[f"/{one.identifier}.xml"]
    polling.poll(site)
    assert live(site) == []
    clock.pass_(60_000)
    polling.poll(site)
    assert live(site) == ["w-1"]


def test_a_feed_leads_to_no_host_that_is_not_allowed(site: Parts, pages: Pages) -> None:
    feed(site, pages)
    pages.pages["/feed"] = (
        b"<rss><channel><item><link>http://169.254.169.254/latest/</link></item>"
        b"<item><link>file:///etc/hostname</link></item>"
        b"<item><link>http://127.0.0.1:9/x</link></item></channel></rss>"
    )
    polling.poll(site)
    assert pages.asked == ["/feed"]
    assert service.list_messages(site, OWNER, PageQuery(), State.IGNORED).items == ()


@pytest.mark.parametrize(
    ("page", "rule"),
    [(None, "bad_status"), (b"<html/>", "cap.refused.not_cap"), (b"<!DOCTYPE rss><rss/>", "cap.refused.doctype")],
)
def test_a_feed_that_fails_says_so_and_has_its_next_turn(
    site: Parts, pages: Pages, clock: FixedClock, page: bytes | None, rule: str
) -> None:
    made, other = feed(site, pages, path="/bad"), feed(site, pages, "别台")
    offer(pages, FIRST)
    if page is not None:
        pages.pages["/bad"] = page
    assert polling.poll(site) == 2
    assert said(site, made)[0] == rule
    assert said(site, other)[0] == "fetched"
    clock.pass_(60_000)
    assert polling.poll(site) == 2


def test_what_the_owner_of_the_machine_no_longer_allows_is_not_fetched(
    site: Parts, parts: Parts, pages: Pages, clock: FixedClock
) -> None:
    made = feed(site, pages)
    assert polling.poll(parts) == 1
    assert said(site, made)[0] == "host_not_allowed"
    assert pages.asked == []


@pytest.mark.parametrize("off", [{"enabled": False}, {"policy": Policy.IGNORE}])
def test_a_source_that_is_off_or_ignored_is_not_fetched(site: Parts, pages: Pages, off: Any) -> None:
    made = feed(site, pages)
    sources.change(site, OWNER, made.id, SourceOrder(**off))
    assert polling.poll(site) == 0
    assert pages.asked == []


def test_what_was_known_of_a_source_goes_with_it(site: Parts, pages: Pages, clock: FixedClock) -> None:
    made, other = feed(site, pages), feed(site, pages, name="地震局")
    offer(pages, FIRST)
    polling.poll(site)
    with full(site):
        clock.pass_(60_000)
        polling.poll(site)
    assert set(polling._known[site.db]) == set(polling._turns[site.db]) == {made.id, other.id}
    sources.remove(site, OWNER, made.id)
    polling.poll(site)
    assert set(polling._known[site.db]) == set(polling._turns[site.db]) == {other.id}
