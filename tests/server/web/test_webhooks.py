"""Settings -> Webhooks: what it shows, what it never shows, and that a trial says what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server.accounts.model import Identity, Role
from server.clock import FixedClock
from server.outbox import service
from server.parts import Parts
from tests.server.outbox.vendor import Vendor
from tests.server.web.desk import Desk

PAGE = "/settings/webhooks"


@pytest.fixture
def vendor(clock: FixedClock) -> Iterator[Vendor]:
    made = Vendor(clock.now)
    yield made
    made.close()


@pytest.fixture
def desk(parts: Parts, owner: Identity) -> Desk:
    return Desk(parts, owner, Role.OWNER)


def form(vendor: Vendor, **more: Any) -> dict[str, Any]:
    held = {"name": "值班群", "format": "wecom", "address": f"{vendor.url}/wecom?key=K1", "secret": "", "enabled": "on"}
    return {**held, "moments": ["issued", "unproven"], **more}


def only(parts: Parts, owner: Identity) -> Any:
    (found,) = service.list_webhooks(parts, owner)
    return found


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_an_empty_page_says_how_to_begin(parts: Parts, owner: Identity, locale: str) -> None:
    text = Desk(parts, owner, Role.OWNER, locale).text(PAGE)
    assert ("机器人" if locale == "zh" else "bot") in text


def test_a_webhook_is_added_and_its_key_is_never_shown_again(
    parts: Parts, owner: Identity, desk: Desk, vendor: Vendor
) -> None:
    answer = desk.post(PAGE, **form(vendor, secret="SECx"))
    assert answer.status_code == 303
    text = desk.text(answer.location)
    assert "值班群" in text
    assert "127.0.0.1" in text
    assert not [word for word in ("K1", "SECx") if word in text]
    assert only(parts, owner).moments == ("issued", "unproven")


def test_saving_with_address_and_secret_left_empty_keeps_them(
    parts: Parts, owner: Identity, desk: Desk, vendor: Vendor
) -> None:
    desk.post(PAGE, **form(vendor, secret="SECx"))
    before = only(parts, owner)
    desk.post(f"{PAGE}/{before.id}", **form(vendor, name="夜班群", address=""))
    after = only(parts, owner)
    assert (after.name, after.address, after.secret) == ("夜班群", before.address, "SECx")


def test_a_wrong_address_is_said_at_its_field_and_what_was_typed_stays(desk: Desk, vendor: Vendor) -> None:
    answer = desk.post(PAGE, **form(vendor, address="ftp://gw/"))
    assert answer.status_code == 422
    assert "要填完整地址" in answer.text
    assert 'value="ftp://gw/"' in answer.text


def test_a_trial_says_that_it_arrived(parts: Parts, owner: Identity, desk: Desk, vendor: Vendor) -> None:
    desk.post(PAGE, **form(vendor))
    answer = desk.post(f"{PAGE}/{only(parts, owner).id}/test")
    assert "发给「值班群」了" in desk.text(answer.location)
    assert len(vendor.taken) == 1


def test_a_trial_that_fails_says_why(parts: Parts, owner: Identity, desk: Desk, vendor: Vendor) -> None:
    desk.post(PAGE, **form(vendor, address=f"{vendor.url}/wecom?key=wrong"))
    answer = desk.post(f"{PAGE}/{only(parts, owner).id}/test")
    assert "93000 invalid webhook url" in desk.text(answer.location)


def test_one_is_removed(parts: Parts, owner: Identity, desk: Desk, vendor: Vendor) -> None:
    desk.post(PAGE, **form(vendor))
    assert desk.post(f"{PAGE}/{only(parts, owner).id}/remove").status_code == 303
    assert service.list_webhooks(parts, owner) == ()


def test_a_form_that_no_page_of_ours_sends_is_refused(desk: Desk, vendor: Vendor) -> None:
    assert desk.post(PAGE, **form(vendor, format="carrier-pigeon")).status_code == 400


def test_who_may_not_change_settings_does_not_see_it(parts: Parts, owner: Identity) -> None:
    assert Desk(parts, owner, Role.AUTHOR).get(PAGE).status_code == 403
