"""The site's settings change with an audit row and refuse nonsense field by field."""

from __future__ import annotations

import pytest

from server.accounts import site
from server.accounts.model import Identity
from server.accounts.site import SiteOrder
from server.errors import Invalid
from server.events import SettingsChanged
from server.parts import Parts


def test_a_changed_site_is_read_back_and_told(parts: Parts, owner: Identity) -> None:
    told: list[SettingsChanged] = []
    parts.db.bus.subscribe(SettingsChanged, told.append)
    site.change(parts, owner, SiteOrder(name="二厂", zone="Europe/Berlin"))
    found = site.site(parts, "o1")
    assert (found.name, found.zone, found.locale, len(told)) == ("二厂", "Europe/Berlin", "zh", 1)


def test_every_wrong_field_is_named(parts: Parts, owner: Identity) -> None:
    with pytest.raises(Invalid) as refusal:
        site.change(parts, owner, SiteOrder(name=" ", zone="Mars/Base", locale="fr", fallback="p9"))
    assert [v.field for v in refusal.value.violations] == ["name", "zone", "locale", "fallback"]
    assert site.site(parts, "o1").name == "样板一厂"


def test_black_is_a_fallback_too(parts: Parts, owner: Identity) -> None:
    assert site.change(parts, owner, SiteOrder(fallback="")).fallback == ""
