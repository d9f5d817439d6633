"""What is written is valid CAP 1.2 and reads back as it was; what cannot be said is refused by field."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from server.cap.model import CapArea, CapInfo, CapMessage, MsgType, Reference, Scope, Status
from server.cap.reader import read
from server.cap.writer import write
from server.errors import Invalid
from tests.server.cap import made, rules
from tests.server.cap.setting import ALL, SHANGHAI_MIN, TEN, data, message

SMALL = CapMessage("w-1", "met@city", TEN, Status.ACTUAL, MsgType.ALERT)
CLEARED = "met@city,w-1,2026-11-25T10:00:00+08:00"


@made.patient
@given(made.messages, made.offsets)
def test_a_message_survives_and_is_valid(given: CapMessage, offset_min: int) -> None:
    data = write(given, offset_min=offset_min)
    assert rules.faults(data) == []
    back = read(data)
    assert back == given
    assert back.warnings == ()


def test_a_full_message_is_written_as_the_fixture_says() -> None:
    assert write(message("plain.xml"), offset_min=SHANGHAI_MIN) == data("plain.xml")


@pytest.mark.parametrize("name", [name for name in ALL if name not in ("schema-invalid.xml", "empty-elements.xml")])
def test_what_others_sent_can_be_passed_on_in_valid_form(name: str) -> None:
    written = write(message(name), offset_min=SHANGHAI_MIN)
    assert rules.faults(written) == []
    assert read(written) == message(name)


def test_times_are_in_the_zone_of_the_site_never_z_never_fractions() -> None:
    text = write(replace(SMALL, sent=TEN + 750), offset_min=SHANGHAI_MIN).decode()
    assert "<sent>2026-11-25T10:00:00+08:00</sent>" in text


def test_a_cancel_has_references_and_no_text() -> None:
    cancel = replace(SMALL, identifier="w-2", msg_type=MsgType.CANCEL, references=(Reference("met@city", "w-1", TEN),))
    text = write(cancel, offset_min=SHANGHAI_MIN).decode()
    assert f"<references>{CLEARED}</references>" in text
    assert "<info>" not in text


def test_control_characters_never_break_a_file() -> None:
    odd = replace(SMALL, note="a\x00b\x1b[0m\r\nc\ud800\ufffe", infos=(CapInfo("\x07e", ("Met",)),))  # type: ignore[arg-type]
    back = read(write(odd, offset_min=0))
    assert (back.note, back.infos[0].event) == ("ab[0m\nc", "e")


@pytest.mark.parametrize("bad", ["", "a b", "a,b", "a<b", "a&b", "a\tb", "a\u3000b", "a\x01b"])
def test_a_name_that_references_could_not_carry_is_refused(bad: str) -> None:
    refs = (Reference(bad, bad, TEN),)
    with pytest.raises(Invalid) as caught:
        write(replace(SMALL, identifier=bad, sender=bad, references=refs), offset_min=0)
    fields = [violation.field for violation in caught.value.violations]
    assert fields == ["identifier", "sender", "references.0.sender", "references.0.identifier"]


def test_every_missing_field_is_named() -> None:
    info = CapInfo("\n", language="中文", areas=(CapArea(""),))
    found = []
    for scope in (Scope.RESTRICTED, Scope.PRIVATE):
        with pytest.raises(Invalid) as caught:
            write(replace(SMALL, scope=scope, infos=(info,)), offset_min=0)
        found.append({violation.field for violation in caught.value.violations})
    of_info = {"info.0.language", "info.0.event", "info.0.category", "info.0.area.0.areaDesc"}
    assert found == [of_info | {"restriction"}, of_info | {"addresses"}]


def without(text: bytes, part: bytes) -> list[str]:
    assert part in text
    return rules.faults(text.replace(part, b"", 1))


def test_the_checker_of_these_tests_finds_what_is_wrong() -> None:
    good = data("short.xml")
    assert rules.faults(good) == []
    assert without(good, b"<scope>Public</scope>") == ["alert: 0 times scope", "scope  without scope"]
    assert without(good, b"<event>\xe6\x9a\xb4\xe9\x9b\xa8</event>") == ["alert/info: 0 times event"]
    assert without(good, b"+08:00") == ["alert/sent is '2026-11-25T10:00:00'"]
    assert rules.faults(good.replace(b">Severe<", b">Bad<")) == ["alert/info/severity is 'Bad'"]
    assert (
        rules.faults(good.replace(b"<scope>", b"<scoop>").replace(b"</scope>", b"</scoop>"))[0] == "alert holds scoop"
    )
    assert "alert is out of order" in rules.faults(data("any-order.xml"))
    assert rules.faults(data("older.xml")) == ["the root is {urn:oasis:names:tc:emergency:cap:1.1}alert"]
