"""Facts in, programmes out: only touched screens, only real changes, the running line goes on."""

from __future__ import annotations

import json
from typing import Any

import gevent
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from playlists import wire
from playlists.model import DAY_MS
from playlists.timeline import cue_at
from server import tables
from server.accounts.model import Identity
from server.clock import FixedClock
from server.events import PlaylistApproved, PlaylistWithdrawn, ProgrammePublished, ScreenChanged, SettingsChanged
from server.parts import Parts
from server.programmes import store
from server.programmes.compiler import Compiler
from server.scheduling import service as scheduling
from server.scheduling.model import SlotOrder, Targets
from tests.server.hindered import locked
from tests.server.scheduling.site import Site, slogan


@pytest.fixture
def site(parts: Parts) -> Site:
    return Site(parts)


@pytest.fixture
def compiler(parts: Parts) -> Compiler:
    return Compiler(parts)


@pytest.fixture
def facts(parts: Parts) -> list[ProgrammePublished]:
    heard: list[ProgrammePublished] = []
    parts.db.bus.subscribe(ProgrammePublished, heard.append)
    return heard


def _body(parts: Parts, screen: str) -> dict[str, Any]:
    with parts.db.read() as tx:
        found = store.programme(tx, "o1", screen)
    assert found is not None
    body: dict[str, Any] = json.loads(found.body)
    return body


def _texts(parts: Parts, screen: str) -> list[str]:
    return [showing["text"] for loop in _body(parts, screen)["loops"] for showing in loop["showings"]]


def test_a_slot_with_an_approved_playlist_becomes_a_programme(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler, facts: list[ProgrammePublished]
) -> None:
    playlist = site.playlist(slogan("安全第一"))
    scheduling.add(parts, owner, SlotOrder(playlist, Targets(screens=("s-gate",))))
    compiler.run_pending()
    body = _body(parts, "s-gate")
    assert _texts(parts, "s-gate") == ["安全第一"]
    assert facts == [ProgrammePublished("o1", "s-gate", body["version"])]
    assert body["ends"] - body["begins"] == 9 * DAY_MS


def test_what_is_published_names_the_pictures_an_edit_made(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler, facts: list[ProgrammePublished]
) -> None:
    playlist = site.playlist(slogan("安全第一"), slogan("质量第二", "i2"))
    scheduling.add(parts, owner, SlotOrder(playlist, Targets(screens=("s-gate",))))
    compiler.run_pending()
    site.revise(playlist, slogan("安全第一"), slogan("质量也是第一", "i2"))
    compiler.touch("o1", ["s-gate"])
    compiler.run_pending()
    first, second = _body(parts, "s-gate")["loops"][0]["showings"]
    assert [fact.media for fact in facts][1] == (second["pages"][0]["media"],)
    assert first["pages"][0]["media"] in facts[0].media


def test_what_is_stored_is_what_the_core_writes_for_that_screen(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler
) -> None:
    scheduling.add(parts, owner, SlotOrder(site.playlist(), Targets(everywhere=True)))
    compiler.run_pending()
    with parts.db.read() as tx:
        bodies = {screen: store.programme(tx, "o1", screen) for screen in ("s-gate", "s-line", "s-office")}
    for screen, found in bodies.items():
        assert found is not None
        programme = wire.programme_from_bytes(found.body.encode())
        assert (programme.screen, programme.version) == (screen, found.version)
        assert wire.programme_bytes(programme).decode() == found.body


def test_nothing_is_written_or_said_when_nothing_changed(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler, facts: list[ProgrammePublished]
) -> None:
    scheduling.add(parts, owner, SlotOrder(site.playlist(), Targets(everywhere=True)))
    compiler.run_pending()
    facts.clear()
    compiler.touch_all()
    assert (compiler.run_pending(), facts) == (0, [])


def test_an_edit_touches_only_the_screens_that_show_it(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler, facts: list[ProgrammePublished]
) -> None:
    one, two = site.playlist(), site.playlist()
    scheduling.add(parts, owner, SlotOrder(one, Targets(groups=("g-line",))))
    scheduling.add(parts, owner, SlotOrder(two, Targets(screens=("s-office",))))
    compiler.run_pending()
    facts.clear()
    revision = site.revise(one, slogan("改过的一句"))
    parts.db.bus.publish([PlaylistApproved("o1", one, revision)])
    compiler.run_pending()
    assert [fact.screen for fact in facts] == ["s-line"]


def test_many_facts_about_one_screen_compile_it_once(
    parts: Parts, site: Site, compiler: Compiler, facts: list[ProgrammePublished]
) -> None:
    parts.db.bus.publish([ScreenChanged("o1", "s-gate")] * 20)
    assert compiler.run_pending() == 1
    assert len(facts) == 1


def test_a_withdrawn_playlist_leaves_the_screen_to_its_fallback(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler
) -> None:
    shown, below = site.playlist(slogan("要撤的")), site.playlist(slogan("垫播"))
    site.update("s-gate", fallback=below)
    scheduling.add(parts, owner, SlotOrder(shown, Targets(screens=("s-gate",))))
    compiler.run_pending()
    site.withdraw(shown)
    parts.db.bus.publish([PlaylistWithdrawn("o1", shown)])
    compiler.run_pending()
    assert set(_texts(parts, "s-gate")) == {"垫播"}


def test_the_sites_fallback_fills_screens_without_their_own(parts: Parts, site: Site, compiler: Compiler) -> None:
    usual, own = site.playlist(slogan("全厂垫播")), site.playlist(slogan("门口垫播"))
    site.update("s-gate", fallback=own)
    with parts.db.transaction() as tx:
        tx.execute(tables.organisations.update().values(settings={"fallback": usual}))
    parts.db.bus.publish([SettingsChanged("o1")])
    compiler.run_pending()
    assert (_texts(parts, "s-gate"), _texts(parts, "s-office")) == (["门口垫播"], ["全厂垫播"])


def test_a_draft_is_on_no_screen(parts: Parts, owner: Identity, site: Site, compiler: Compiler) -> None:
    playlist = site.playlist(slogan("草稿"), approved=False)
    scheduling.add(parts, owner, SlotOrder(playlist, Targets(screens=("s-gate",))))
    compiler.run_pending()
    assert _texts(parts, "s-gate") == []


def test_a_blanked_screen_has_a_blank_programme_that_keeps_its_loops(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler
) -> None:
    scheduling.add(parts, owner, SlotOrder(site.playlist(slogan("还在")), Targets(screens=("s-gate",))))
    site.update("s-gate", blanked=True)
    parts.db.bus.publish([ScreenChanged("o1", "s-gate")])
    compiler.run_pending()
    assert (_body(parts, "s-gate")["blank"], _texts(parts, "s-gate")) == (True, ["还在"])


def test_an_item_that_cannot_be_set_is_reported_and_the_others_play(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler
) -> None:
    lost = {"id": "i2", "kind": "image", "asset": "gone"}
    playlist = site.playlist(slogan("留下的"), lost)
    scheduling.add(parts, owner, SlotOrder(playlist, Targets(screens=("s-gate",))))
    compiler.run_pending()
    with parts.db.read() as tx:
        found = store.programme(tx, "o1", "s-gate")
    assert found is not None
    assert [(f["playlist"], f["item"], f["rule"]) for f in found.findings] == [
        (playlist, "i2", "programmes.picture_missing")
    ]
    assert _texts(parts, "s-gate") == ["留下的"]


def test_the_running_line_goes_on_where_it_was_when_another_is_edited(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler, clock: FixedClock
) -> None:
    playlist = site.playlist(slogan("第一句", "a"), slogan("第二句很长很长很长很长很长很长", "b"))
    scheduling.add(parts, owner, SlotOrder(playlist, Targets(screens=("s-gate",))))
    compiler.run_pending()
    at = clock.pass_(7_000)
    before = wire.programme_from_json(_body(parts, "s-gate"))
    cue = cue_at(before, "main", at)
    assert cue is not None
    running = before.loops[cue.loop].showings[cue.showing].item
    other = {"a": "b", "b": "a"}[running]
    texts = {
        "a": "第一句",
        "b": "第二句很长很长很长很长很长很长",
        other: "换成完全不同长短的一句话换成完全不同长短的一句话",
    }
    site.revise(playlist, slogan(texts["a"], "a"), slogan(texts["b"], "b"))
    parts.db.bus.publish([PlaylistApproved("o1", playlist, "")])
    compiler.run_pending()
    after = wire.programme_from_json(_body(parts, "s-gate"))
    now = cue_at(after, "main", at)
    assert now is not None
    assert (after.loops[now.loop].showings[now.showing].item, now.elapsed_ms, now.x) == (running, cue.elapsed_ms, cue.x)
    assert before.version != after.version


def test_the_running_line_itself_changes_at_once(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler, clock: FixedClock
) -> None:
    playlist = site.playlist(slogan("旧的一句话旧的一句话旧的一句话"))
    scheduling.add(parts, owner, SlotOrder(playlist, Targets(screens=("s-gate",))))
    compiler.run_pending()
    at = clock.pass_(3_000)
    site.revise(playlist, slogan("新的一句话新的一句话新的一句话"))
    parts.db.bus.publish([PlaylistApproved("o1", playlist, "")])
    compiler.run_pending()
    after = wire.programme_from_json(_body(parts, "s-gate"))
    cue = cue_at(after, "main", at)
    assert cue is not None
    assert after.loops[cue.loop].showings[cue.showing].text == "新的一句话新的一句话新的一句话"


def test_a_screen_compiled_later_falls_into_step_with_those_compiled_before(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler, clock: FixedClock
) -> None:
    playlist = site.playlist(slogan("第一句", "a"), slogan("第二句", "b"))
    scheduling.add(parts, owner, SlotOrder(playlist, Targets(everywhere=True)))
    compiler.run_pending()
    clock.pass_(4_321)
    site.revise(playlist, slogan("第一句加长加长加长加长加长加长加长", "a"), slogan("第二句", "b"))
    compiler.touch("o1", ["s-gate"])
    compiler.run_pending()
    clock.pass_(60_000)
    compiler.touch("o1", ["s-line", "s-office"])
    compiler.run_pending()
    programmes = [wire.programme_from_json(_body(parts, s)) for s in ("s-gate", "s-line", "s-office")]
    assert len({cue_at(programme, "main", clock.now()) for programme in programmes}) == 1


def test_a_restarted_process_carries_the_running_line_on_too(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler, clock: FixedClock
) -> None:
    playlist = site.playlist(slogan("第一句", "a"), slogan("第二句", "b"))
    scheduling.add(parts, owner, SlotOrder(playlist, Targets(screens=("s-gate",))))
    compiler.run_pending()
    at = clock.pass_(7_000)
    before = cue_at(wire.programme_from_json(_body(parts, "s-gate")), "main", at)
    site.revise(playlist, slogan("第零句在前面插进来", "z"), slogan("第一句", "a"), slogan("第二句", "b"))
    again = Compiler(parts)
    again.touch_all()
    again.run_pending()
    after = cue_at(wire.programme_from_json(_body(parts, "s-gate")), "main", at)
    assert before is not None
    assert after is not None
    assert (after.showing, after.elapsed_ms) == (before.showing + 1, before.elapsed_ms)


def test_an_edit_does_not_wait_for_those_in_no_hurry(
    parts: Parts, site: Site, compiler: Compiler, facts: list[ProgrammePublished]
) -> None:
    for n in range(5):
        site.screen(f"s-size{n}", width=64 + n)
    urgent = ScreenChanged("o1", "s-size4")
    parts.db.bus.subscribe(ProgrammePublished, lambda _: parts.db.bus.publish([urgent] if len(facts) == 1 else []))
    compiler.touch_all()
    compiler.run_pending()
    screens = [fact.screen for fact in facts]
    assert screens.index("s-size4") < screens.index("s-size0")
    assert len(screens) == len(set(screens)) == 8


def test_a_failing_database_loses_no_touched_screen(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler
) -> None:
    scheduling.add(parts, owner, SlotOrder(site.playlist(slogan("还是要上")), Targets(screens=("s-gate",))))
    with parts.db.transaction() as tx:
        tx.execute(sa.text("ALTER TABLE anchors RENAME TO away"))
    with pytest.raises(sa.exc.DBAPIError):
        compiler.run_pending()
    with parts.db.transaction() as tx:
        tx.execute(sa.text("ALTER TABLE away RENAME TO anchors"))
    assert (compiler.run_pending(), _texts(parts, "s-gate")) == (1, ["还是要上"])


def test_a_programme_that_could_not_be_written_is_written_when_the_database_is_free_again(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler
) -> None:
    scheduling.add(parts, owner, SlotOrder(site.playlist(slogan("等锁开")), Targets(screens=("s-gate",))))
    with locked(parts), pytest.raises(sa.exc.OperationalError):
        compiler.run_pending()
    assert (compiler.run_pending(), _texts(parts, "s-gate")) == (1, ["等锁开"])


def test_the_window_moves_on_at_local_midnight_and_not_before(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler, clock: FixedClock
) -> None:
    scheduling.add(parts, owner, SlotOrder(site.playlist(), Targets(screens=("s-gate",))))
    compiler.touch_all()
    compiler.run_pending()
    clock.pass_(DAY_MS // 2 - 1)
    compiler.roll()
    assert compiler.run_pending() == 0
    clock.pass_(1)
    compiler.roll()
    assert compiler.run_pending() == 3
    assert _body(parts, "s-gate")["begins"] == clock.now()


def test_a_slot_that_rests_today_plays_again_tomorrow(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler, clock: FixedClock
) -> None:
    slot = scheduling.add(parts, owner, SlotOrder(site.playlist(), Targets(screens=("s-gate",))))
    scheduling.pause(parts, owner, slot.id, "2025-11-18")
    compiler.run_pending()
    programme = wire.programme_from_json(_body(parts, "s-gate"))
    shown = [cue_at(programme, "main", clock.now() + hours * 3_600_000) is not None for hours in (0, 11, 12, 24)]
    assert shown == [False, False, True, True]


def test_a_slot_for_a_region_the_screen_lacks_is_reported(
    parts: Parts, owner: Identity, site: Site, compiler: Compiler
) -> None:
    scheduling.add(parts, owner, SlotOrder(site.playlist(), Targets(screens=("s-gate",)), region="strip"))
    compiler.run_pending()
    with parts.db.read() as tx:
        found = store.programme(tx, "o1", "s-gate")
    assert found is not None
    assert [f["rule"] for f in found.findings] == ["programmes.no_region"]


def test_what_another_node_published_meanwhile_is_not_undone(
    parts: Parts, owner: Identity, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two nodes compile the same screen; the one that read first is the last to store."""
    playlist = site.playlist(slogan("一"))
    scheduling.add(parts, owner, SlotOrder(playlist, Targets(screens=("s-gate", "s-line"))))
    slow, quick = Compiler(parts), Compiler(parts)
    publish = slow._publish

    def late(read: Any, made: Any) -> int:
        monkeypatch.undo()
        site.revise(playlist, slogan("二"))
        quick.touch("o1", ["s-gate"])
        quick.run_pending()
        return publish(read, made)

    monkeypatch.setattr(slow, "_publish", late)
    slow.touch("o1", ["s-gate", "s-line"])
    slow.run_pending()
    assert _texts(parts, "s-gate") == ["二"]


def test_what_could_not_be_stored_is_tried_again_by_itself(
    parts: Parts, owner: Identity, site: Site, facts: list[ProgrammePublished]
) -> None:
    scheduling.add(parts, owner, SlotOrder(site.playlist(slogan("安全第一")), Targets(screens=("s-gate",))))
    compiler = Compiler(parts)
    with capture_logs() as logs:
        work = compiler.start()
        compiler.touch("o1", ["s-gate"])
        with locked(parts):
            while not logs:
                gevent.sleep(0)
        with gevent.Timeout(20):
            while not facts:
                gevent.sleep(0)
        work.kill()
    assert [one["event"] for one in logs] == ["compile_waits"]
