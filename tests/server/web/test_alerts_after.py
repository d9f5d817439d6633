"""After an alert went out: proof, acts with a fresh password, report, history, templates and settings."""

from __future__ import annotations

import re

import pytest

from playlists.alert import Severity, Status
from playlists.model import Colour
from server.accounts.model import Identity, Role, system
from server.alerts import reports, service, settings, templates
from server.alerts.model import IssueAlert, Targets
from server.clock import FixedClock
from server.parts import Parts
from server.screens import groups
from server.screens import service as screens
from server.screens.model import NewScreenOrder
from server.web import alerts_proof, bands
from tests.server.hindered import takes_no_write
from tests.server.web.desk import PASSWORD, Desk
from tests.server.web.kiln import Site

MINUTE = 60_000


@pytest.fixture
def site(parts: Parts, owner: Identity) -> Site:
    return Site(parts, owner)


@pytest.fixture
def officer(parts: Parts, owner: Identity) -> Desk:
    return Desk(parts, owner, Role.SAFETY_OFFICER)


# proof --------------------------------------------------------------------------------------------------------------


def test_the_proof_counts_names_the_missing_and_tells_the_delay(site: Site, officer: Desk) -> None:
    alert = site.issue()
    site.show(alert)
    text = officer.text(f"/alerts/{alert}")
    assert re.search(r'id="shown">1<', text)
    assert re.search(r'id="of">2<', text)
    assert "最慢的一块用了 0.21 秒" in text
    assert "1 块联系不上，请派人去" in text
    assert "楼梯上" in text
    assert f'data-cell="{site.screen}"' in text
    assert ">.21<" in text


def test_the_state_is_what_the_page_shows(site: Site, officer: Desk) -> None:
    alert = site.issue()
    site.show(alert)
    told = officer.client.get(f"/alerts/{alert}/state").get_json()
    assert (told["shown"], told["of"], told["phase"]) == (1, 2, "live")
    assert [one["screen"] for one in told["missing"]] == [site.lost]
    assert [cell["shape"] for spot in told["spots"] for cell in spot["cells"]] == ["ok", "x"]


def test_above_120_screens_cells_carry_no_figures(parts: Parts, owner: Identity, site: Site, officer: Desk) -> None:
    assert 'class="mx "' in officer.text(f"/alerts/{site.issue()}")
    for n in range(119):
        here = NewScreenOrder(f"屏{n}", 64, 16, Colour.SINGLE, groups=(site.group,))
        screens.add(parts, owner, here)
    text = officer.text(f"/alerts/{site.issue()}")
    assert 'class="mx many"' in text
    assert text.count("data-cell=") == 121


def test_somebody_went_is_written_down(site: Site, officer: Desk) -> None:
    alert = site.issue()
    assert officer.post(f"/alerts/{alert}/visited", screen=site.lost).status_code == 303
    assert "厂办老李：有人去了" in officer.text(f"/alerts/{alert}")


def test_an_alert_on_samples_only_is_ended_without_counting_screens(
    parts: Parts, owner: Identity, officer: Desk
) -> None:
    shown = groups.add_group(parts, owner, "展厅").id
    screens.add(parts, owner, NewScreenOrder("样板", 192, 16, Colour.SINGLE, sample=True, groups=(shown,)))
    order = IssueAlert(Status.ACTUAL, Severity.EXTREME, "煤气泄漏", "走", Targets(groups=(shown,)), 1800)
    name = service.issue(parts, owner, order).alert_id
    for act in ("clear", "correct", "extend"):
        text = officer.text(f"/alerts/{name}/{act}")
        assert "样板屏" in text
        assert "0 块屏" not in text


def test_an_unstored_alert_is_said_loudly(site: Site, officer: Desk) -> None:
    stored = site.issue()
    assert 'id="loud" hidden' in officer.text(f"/alerts/{stored}")
    with takes_no_write(site.parts):
        alert = site.issue(headline="磁盘满了")
        assert 'id="loud" >' in officer.text(f"/alerts/{alert}")
        assert officer.client.get(f"/alerts/{alert}/state").get_json()["stored"] is False
        assert "磁盘满了" in officer.text("/screens")
        assert '"unstored"' in officer.text("/alerts/gone?stored=0")
        assert officer.get("/alerts/gone").status_code == 404


def test_a_full_disk_keeps_no_officer_from_an_alert(site: Site, officer: Desk, clock: FixedClock) -> None:
    clock.pass_(5 * MINUTE)
    form = {"headline": "着火", "instruction": "", "groups": site.group, "expires_s": "600", "severity": "extreme"}
    with takes_no_write(site.parts):
        assert officer.post("/alert/fresh", onward="/alert", password=PASSWORD).status_code == 303
        text = officer.text("/alert")
        for act in ("check", "issue"):
            ticket = re.search(r'name="ticket" value="([^"]+)"', text)
            digits = re.findall(r'id="shown">(\d{4})<', text)
            assert ticket
            answer = officer.post(f"/alert/{act}", ticket=ticket[1], digit=list("".join(digits)), **form)
            text = answer.text
        assert answer.status_code == 303
        assert 'id="loud" >' in officer.text(answer.headers["Location"])


@pytest.mark.parametrize(
    ("ms", "figure"), [(0, ".00"), (210, ".21"), (999, ".99"), (1_000, "1.0"), (3_449, "3.4"), (123_456, "123")]
)
def test_a_delay_fits_its_cell(ms: int, figure: str) -> None:
    assert alerts_proof.figure(ms) == figure


@pytest.mark.parametrize(("ms", "words"), [(0, "00:00"), (-5, "00:00"), (1_660_999, "27:40"), (7_384_000, "2:03:04")])
def test_time_left_in_words(ms: int, words: str) -> None:
    assert bands.time_left(ms) == words


# acts ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "said", "phase"),
    [("clear", "恢复", "cleared"), ("correct", "误报", "corrected"), ("extend", "30 分钟", "live")],
)
def test_an_act_is_prepared_asked_and_done(
    site: Site, officer: Desk, owner: Identity, act: str, said: str, phase: str
) -> None:
    alert = site.issue()
    assert said in officer.text(f"/alerts/{alert}/{act}")
    assert officer.post(f"/alerts/{alert}/{act}").status_code == 303
    held = service.get(site.parts, owner, alert)
    assert (held.revision, held.phase.value) == (2, phase)


def test_an_act_asks_for_the_password_when_it_is_stale(
    site: Site, officer: Desk, owner: Identity, clock: FixedClock
) -> None:
    alert = site.issue()
    assert 'name="password"' not in officer.text(f"/alerts/{alert}/clear")
    clock.pass_(5 * MINUTE)
    assert 'name="password"' in officer.text(f"/alerts/{alert}/clear")
    assert officer.post(f"/alerts/{alert}/clear").status_code == 403
    assert officer.post(f"/alerts/{alert}/clear", password="不对").status_code == 422
    assert service.get(site.parts, owner, alert).revision == 1
    assert officer.post(f"/alerts/{alert}/clear", password=PASSWORD).status_code == 303


def test_what_is_over_says_so_instead_of_changing(site: Site, officer: Desk, clock: FixedClock) -> None:
    alert = site.issue(expires_s=60)
    clock.pass_(MINUTE)
    answer = officer.post(f"/alerts/{alert}/clear")
    assert answer.status_code == 409
    assert "已经到期、解除或更正" in answer.text or "已经结束" in answer.text
    text = officer.text(f"/alerts/{alert}")
    assert "已经到期" in text
    assert 'href="/alerts/' + alert + '/clear"' not in text


def test_an_update_sends_only_what_changed(site: Site, officer: Desk, owner: Identity) -> None:
    alert = site.issue()
    before = service.get(site.parts, owner, alert)
    form = {"headline": "改走西门", "instruction": before.instruction, "severity": "severe", "expires_s": "",
            "presentation": "takeover", "groups": site.group}  # fmt: skip
    assert officer.post(f"/alerts/{alert}/update", **form).status_code == 303
    after = service.get(site.parts, owner, alert)
    assert (after.headline, after.severity, after.expires) == ("改走西门", Severity.SEVERE, before.expires)


@pytest.mark.parametrize("act", ["clear", "correct", "extend", "update", "approve", "visited", "note"])
def test_who_may_not_issue_does_nothing_to_an_alert(site: Site, parts: Parts, owner: Identity, act: str) -> None:
    alert = site.issue()
    reader = Desk(parts, owner, Role.VIEWER)
    assert reader.post(f"/alerts/{alert}/{act}", headline="x", screen=site.lost, note="x").status_code == 403
    assert f"/{act}" not in reader.text(f"/alerts/{alert}").replace("/state", "")
    assert service.get(parts, owner, alert).revision == 1


# bands --------------------------------------------------------------------------------------------------------------


def test_bands_stand_the_gravest_first_and_go_when_it_is_over(site: Site, officer: Desk, clock: FixedClock) -> None:
    site.issue(Status.EXERCISE, 600, "演练疏散")
    site.issue(headline="真的着火", expires_s=900)
    heads = re.findall(r'class="head1">([^<]+)<', officer.text("/screens"))
    assert heads == ["真的着火", "演练疏散"]
    assert 'class="sos on"' in officer.text("/screens")
    clock.pass_(900_000)
    assert 'class="live' not in officer.text("/screens")
    assert 'class="sos on"' not in officer.text("/screens")


# report and history -------------------------------------------------------------------------------------------------


def test_percentiles_are_by_nearest_rank() -> None:
    assert reports.times([]) == reports.Times(None, None, None, None, None)
    assert reports.times([70]) == reports.Times(70, 70, 70, 70, 70)
    assert reports.times(range(1, 101)) == reports.Times(1, 50, 95, 99, 100)
    assert reports.times([9, 1, 5]) == reports.Times(1, 5, 9, 9, 9)


def test_the_report_keeps_the_figures_of_the_alert_after_its_all_clear(site: Site, officer: Desk) -> None:
    alert = site.issue(Status.EXERCISE, 600)
    site.show(alert)
    service.clear(site.parts, system("o1"), alert)
    service.note(site.parts, system("o1"), alert, "广播没响")
    text = officer.text(f"/alerts/{alert}/report")
    assert "演练报告" in text
    assert "1 / 2" in text
    assert "0.21 秒" in text
    assert "楼梯上" in text
    assert "广播没响" in text
    assert "没有显示的屏" in officer.text(f"/alerts/{alert}/report?revision=2")


def test_the_next_drill_tells_how_the_last_one_went(site: Site, officer: Desk, clock: FixedClock) -> None:
    alert = site.issue(Status.EXERCISE, 600)
    site.show(alert)
    clock.pass_(600_000)
    officer.post("/alert/fresh", onward="/drill", password=PASSWORD)
    ticket = re.search(r'name="ticket" value="([^"]+)"', officer.text("/drill"))
    assert ticket
    form = {"headline": "疏散", "groups": site.group, "expires_s": "600"}
    assert "1 / 2 块显示，最慢 0.21 秒" in officer.post("/drill/check", ticket=ticket[1], **form).text


def test_history_tells_what_an_alert_said_before_its_all_clear(site: Site, officer: Desk) -> None:
    alert = site.issue(headline="煤气泄漏")
    site.show(alert)
    service.clear(site.parts, system("o1"), alert)
    row = officer.text("/alerts?text=煤气").split("<tbody>")[1]
    assert "煤气泄漏" in row
    assert "1 / 2" in row
    assert "已解除" in row
    assert "<tbody>" not in officer.text("/alerts?text=解除")


def test_history_narrows_and_pages(site: Site, officer: Desk, clock: FixedClock) -> None:
    for n in range(32):
        site.issue(Status.EXERCISE if n % 2 else Status.ACTUAL, 60, f"第{n:02}条")
        clock.pass_(30_000)
    heads = re.findall(r">第(\d\d)条</a>", officer.text("/alerts"))
    assert heads == [f"{n:02}" for n in range(31, 1, -1)]
    more = re.search(r'href="(/alerts\?cursor=[^"]+)"', officer.text("/alerts"))
    assert more
    assert re.findall(r">第(\d\d)条</a>", officer.text(more[1])) == ["01", "00"]
    assert set(re.findall(r">第(\d\d)条</a>", officer.text("/alerts?kind=exercise"))) == {
        f"{n:02}" for n in range(1, 32, 2)
    }
    assert re.findall(r">第(\d\d)条</a>", officer.text("/alerts?text=第07")) == ["07"]
    assert re.findall(r">第(\d\d)条</a>", officer.text("/alerts?to=2025-11-17")) == []
    assert len(re.findall(r">第(\d\d)条</a>", officer.text("/alerts?from=2025-11-18&to=2025-11-18"))) == 30
    assert officer.get("/alerts?from=quatsch&to=9999-99-99&kind=x").status_code == 200


# templates and settings ---------------------------------------------------------------------------------------------


def test_templates_are_edited_measured_deleted_and_restored(parts: Parts, owner: Identity, officer: Desk) -> None:
    templates.ship(parts, "o1")
    fire = templates.get_template(parts, owner, "fire")
    page = officer.text(f"/settings/alerts/{fire.id}")
    form = {name: value for name, value in re.findall(r'name="([\w.]+)" value="([^"]*)"', page) if "." in name}
    form |= {"revision": str(fire.changed), "severity": "severe", "minutes": "20", "zh.headline": "着火了快走"}
    assert officer.post(f"/settings/alerts/{fire.id}", **form).status_code == 303
    after = templates.get_template(parts, owner, "fire")
    assert (after.words["zh"]["headline"], after.severity, after.expires_s) == ("着火了快走", Severity.SEVERE, 1200)
    assert after.words["en"] == fire.words["en"]
    assert officer.post(f"/settings/alerts/{fire.id}", **form).status_code == 412
    officer.post(f"/settings/alerts/{fire.id}/remove")
    assert "火灾" not in re.findall(r"<b>([^<]+)</b>", officer.text("/settings/alerts"))
    officer.post(f"/settings/alerts/{fire.id}/restore")
    assert templates.get_template(parts, owner, "fire").words == fire.words


def test_a_poor_template_is_refused_and_kept_as_typed(parts: Parts, officer: Desk) -> None:
    form = {"name": "Ammonia!", "zh.title": "氨气", "zh.headline": "{哪里}漏氨", "en.title": "Ammonia", "minutes": "30"}
    answer = officer.post("/settings/alerts/new", **form)
    assert answer.status_code == 422
    assert 'value="{哪里}漏氨"' in answer.text
    assert 'value="Ammonia!"' in answer.text


def test_the_sites_own_words_are_the_owners_to_set(parts: Parts, owner: Identity, officer: Desk) -> None:
    assert officer.post("/settings/alerts", phone="6119").status_code == 403
    desk = Desk.__new__(Desk)
    desk.client = officer.client
    assert 'name="phone"' not in officer.text("/settings/alerts")
    settings.change(parts, owner, settings.SettingsOrder(phone="6119"))
    assert settings.held(parts, "o1").phone == "6119"


def test_a_hijacked_session_neither_forges_nor_suppresses_by_the_interface(
    site: Site, officer: Desk, owner: Identity, clock: FixedClock
) -> None:
    alert = site.issue()
    clock.pass_(5 * MINUTE)
    order = {"status": "actual", "severity": "extreme", "headline": "假的", "targets": {"groups": [site.group]},
             "presentation": "takeover", "expires_in_s": 600}  # fmt: skip
    for path, body in (("/api/v1/alerts", order), (f"/api/v1/alerts/{alert}/clear", {})):
        answer = officer.call(path, body)
        assert (answer.status_code, answer.get_json()["type"]) == (403, "/problems/not-fresh")
    assert [one.headline for one in service.running(site.parts, owner)] == ["煤气泄漏"]
    officer.post("/alert/fresh", onward="/alert", password=PASSWORD)
    assert officer.call(f"/api/v1/alerts/{alert}/clear", {}).status_code == 200
