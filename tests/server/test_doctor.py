"""What the doctor says of the browsers behind the screens."""

from __future__ import annotations

from pathlib import Path

import pytest

from server import doctor
from server.config import Config


@pytest.mark.parametrize(
    ("address", "word"), [("https://signs.example", "well"), ("http://paoma:8080/", "wanted"), ("", "wanted")]
)
def test_a_plain_address_has_to_stand_in_the_boxes_policy(tmp_path: Path, address: str, word: str) -> None:
    config = Config(data=tmp_path, host="192.0.2.7", public_url=address)
    (found,) = [one for one in doctor.examine(config) if one.topic == "policy"]
    assert (found.word, found.well) == (word, True)
    for locale in ("zh", "en"):
        assert (address.rstrip("/") or "http://192.0.2.7:8080") in found.said(locale)
