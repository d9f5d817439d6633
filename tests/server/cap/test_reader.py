"""What real authorities send is read: each habit met in the wild has a synthetic message beside this file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playlists.alert import Certainty, Severity, Urgency
from server.cap.model import LARGEST, CapMessage, MsgType, Named, Reference, Scope, Status
from server.cap.reader import read, read_all
from server.cap.refusal import CapRefused
from server.words import say
from tests.server.cap.setting import ALL, SHANGHAI_MIN, TEN, data, message, notes

SHORT = message("short.xml")
EXPIRES = TEN + 6 * 3_600_000


def test_every_field_of_a_message_is_read() -> None:
    plain = message("plain.xml")
    info, area = plain.infos[0], plain.infos[0].areas[0]
    assert plain.warnings == ()
    assert (plain.identifier, plain.sender) == ("plant7-20261125-0001", "safety@plant7.example")
    assert (plain.status, plain.msg_type, plain.scope) == (Status.ACTUAL, MsgType.ALERT, Scope.PRIVATE)
    assert (plain.addresses, plain.codes, plain.note) == (("gate3", "值班 经理"), ("detector", "v2"), "第一行\n第二行")
    assert plain.incidents == ("leak-17", "tank farm 2")
    assert (info.event, info.headline, info.instruction) == (
        "煤气泄漏",
        "煤气泄漏 马上撤离",
        "走三号门，到操场集合。",
    )
    assert (info.urgency, info.severity, info.certainty) == (Urgency.IMMEDIATE, Severity.EXTREME, Certainty.OBSERVED)
    assert (info.event_codes, info.parameters) == ((Named("plant7", "GAS"),), (Named("co_ppm", "240"),))
    assert (area.description, area.geocodes, area.ceiling) == ("二号罐区", (Named("workshop", "T2"),), "60")


@pytest.mark.parametrize(
    "name",
    "byte-order-mark.xml utf-16.bin gb2312.bin claims-latin-but-marked.xml prefix.xml signed.xml any-order.xml "
    "points-elsewhere.xml".split(),
)
def test_the_same_message_in_other_clothes_is_the_same(name: str) -> None:
    other = message(name)
    infos = tuple(replace(info, web="") for info in other.infos)
    assert replace(other, infos=infos) == SHORT
    assert other.warnings == ()


def test_latin_letters_come_out_right() -> None:
    info = message("iso-8859-1.bin").infos[0]
    assert (info.event, info.headline, info.areas[0].description) == ("Gewitterböe", "Böen über 100 km/h", "Köln")


def test_windows_quotes_in_a_file_that_claims_latin_1_are_quotes() -> None:
    latin = data("iso-8859-1.bin").replace(b"100", b"\x93100\x94")
    assert read(latin).infos[0].headline == "Böen über “100” km/h"


def test_both_messages_within_an_edxl_wrapper_are_read() -> None:
    both = read_all(data("edxl.xml"), offset_min=SHANGHAI_MIN)
    assert [one.message for one in both] == [SHORT, replace(SHORT, identifier="weather-2")]
    assert [notes(one.message) for one in both] == [[("", "wrapped")]] * 2
    assert notes(message("edxl.xml")) == [("", "wrapped"), ("", "several")]


def test_a_wrapper_that_says_exercise_is_noted() -> None:
    drill = data("edxl.xml").replace(b"Status>Actual", b"Status>Exercise")
    assert ("", "wrapper_status") in notes(read(drill))


def test_an_unreadable_message_in_a_wrapper_does_not_hide_the_other() -> None:
    broken = data("edxl.xml").replace(b"<identifier>weather-1</identifier>", b"", 1)
    (found,) = read_all(broken)
    assert found.message.identifier == "weather-2"
    assert ("", "skipped") in notes(found.message)


@pytest.mark.parametrize("name", ALL)
def test_each_message_can_be_read_again_from_its_own_text(name: str) -> None:
    for found, document in read_all(data(name), offset_min=SHANGHAI_MIN):
        assert read(document.encode(), offset_min=SHANGHAI_MIN) == found


def test_empty_elements_say_nothing() -> None:
    empty = message("empty-elements.xml")
    assert (empty.source, empty.note, empty.references, empty.codes, empty.addresses) == ("", "", (), (), ())
    info = empty.infos[0]
    assert (info.language, info.expires, info.headline, info.event_codes) == ("en-US", None, "", ())
    assert (empty.infos[1].severity, empty.infos[1].event) == (None, "")
    assert ("info.1.event", "missing") in notes(empty)
    assert ("info.0.expires", "no_time") not in notes(empty)


def test_a_schema_invalid_message_is_read_and_every_fault_is_noted() -> None:
    found = message("schema-invalid.xml")
    info = found.infos[0]
    assert (found.identifier, found.sender, found.sent) == ("weather 1", "met, city", TEN)
    assert (found.status, found.msg_type, found.scope) == (Status.ACTUAL, MsgType.ALERT, Scope.PUBLIC)
    assert found.references == (Reference("met@city.example", "weather-0", TEN - 24 * 3_600_000),)
    assert (info.language, info.categories, info.event, info.response_types) == ("zh-CN", ("Other",), "暴雨", ())
    assert (info.urgency, info.severity, info.certainty) == (Urgency.UNKNOWN, Severity.SEVERE, Certainty.UNKNOWN)
    assert (info.headline, info.description, info.expires) == ("暴雨 橙色预警", "请不要外出", None)
    assert set(notes(found)) == {
        ("identifier", "forbidden_characters"),
        ("sender", "forbidden_characters"),
        ("sent", "odd_time"),
        ("status", "spelling"),
        ("msgType", "spelling"),
        ("scope", "missing"),
        ("references", "no_reference"),
        ("info.0.language", "spelling"),
        ("info.0.category", "unknown_word"),
        ("info.0.event", "repeated"),
        ("info.0.responseType", "unknown_word"),
        ("info.0.urgency", "unknown_word"),
        ("info.0.severity", "spelling"),
        ("info.0.certainty", "missing"),
        ("info.0.expires", "no_time"),
        ("info.0.description", "markup"),
        ("info.0.area.0.areaDesc", "missing"),
    }


def test_an_element_of_another_vocabulary_is_not_taken_for_ours() -> None:
    assert message("schema-invalid.xml").status is Status.ACTUAL
    assert message("schema-invalid.xml").infos[0].headline != "not this one"


def test_cap_1_1_is_read_and_very_likely_means_likely() -> None:
    older = message("older.xml")
    assert older.infos[0].certainty is Certainty.LIKELY
    assert notes(older) == [("", "older")]


def test_a_message_without_a_namespace_is_read_with_a_note() -> None:
    bare = read(
        data("short.xml").replace(b' xmlns="urn:oasis:names:tc:emergency:cap:1.2"', b""), offset_min=SHANGHAI_MIN
    )
    assert bare == SHORT
    assert notes(bare) == [("", "no_namespace")]


def test_all_languages_are_kept_in_order() -> None:
    assert [info.language for info in message("languages.xml").infos] == ["pt-BR", "en-US", "zh-tw", "zh-CN"]


def test_a_cancel_without_any_text_is_a_message() -> None:
    cancel = message("cancel.xml")
    assert (cancel.msg_type, cancel.infos) == (MsgType.CANCEL, ())
    assert cancel.references == (Reference("met@city.example", "weather-1", TEN),)
    assert cancel.warnings == ()


def test_a_cancelling_update_expires_when_it_is_sent() -> None:
    update = message("cancelled-by-update.xml")
    assert update.msg_type is MsgType.UPDATE
    assert update.infos[0].expires == update.sent


def test_a_reference_to_another_sender_is_kept_as_it_stands() -> None:
    update = message("references-another-sender.xml")
    assert [ref.sender for ref in update.references] == ["met@city.example", "relay.example"]
    assert update.references[1] == Reference("relay.example", "weather-1", TEN)


def test_all_three_may_be_unknown() -> None:
    info = message("unknown.xml").infos[0]
    assert (info.urgency, info.severity, info.certainty) == (Urgency.UNKNOWN, None, Certainty.UNKNOWN)
    assert message("unknown.xml").warnings == ()


def test_identifiers_keep_every_character() -> None:
    found = message("identifiers.xml")
    assert found.identifier == "urn:oid:2.49.0.1.156.0/2026+11:25/../a%2Fb"
    assert found.sender == "https://met.city.example/cap/"
    assert found.warnings == ()


def test_a_monthly_test_comes_as_actual_and_severe_and_shows_its_code() -> None:
    info = message("monthly-test.xml").infos[0]
    assert message("monthly-test.xml").status is Status.ACTUAL
    assert (info.severity, info.event) == (Severity.SEVERE, "Required Monthly Test")
    assert info.event_codes == (Named("SAME", "RMT"),)


@pytest.mark.parametrize(
    "sent",
    [
        "2026-11-25T02:00:00Z",
        "2026-11-25T10:00:00.123+08:00",
        "2026-11-25T02:00:00+00:00",
        "2026-11-25T02:00:00-00:00",
        "2026-11-25T10:00:00",
    ],
)
def test_sent_is_the_same_second_however_it_is_written(sent: str) -> None:
    other = data("short.xml").replace(b"2026-11-25T10:00:00+08:00", sent.encode())
    assert read(other, offset_min=SHANGHAI_MIN) == SHORT


def large(size: int) -> bytes:
    """A valid message of at least ``size`` bytes, of the shape that large ones have: thousands of geocodes."""
    code = b"<geocode>\n<valueName>SAME</valueName>\n<value>048301</value>\n</geocode>\n"
    short = data("short.xml")
    return short.replace(b"</areaDesc>\n", b"</areaDesc>\n" + code * (1 + (size - len(short)) // len(code)))


def test_a_message_of_882_kilobytes_is_read() -> None:
    big = large(882_000)
    assert len(big) > 882_000
    assert len(read(big).infos[0].areas[0].geocodes) > 12_000


def test_more_than_fifty_messages_in_one_wrapper_are_refused() -> None:
    one = data("short.xml").split(b"?>", 1)[1]
    assert len(read_all(b"<feed>" + one * 50 + b"</feed>")) == 50
    with pytest.raises(CapRefused) as caught:
        read_all(b"<feed>" + one * 51 + b"</feed>")
    assert caught.value.reason == "too_complex"


def test_the_limit_is_two_mebibytes() -> None:
    padding = b" " * (LARGEST - len(data("short.xml")))
    assert read(data("short.xml") + padding, offset_min=SHANGHAI_MIN) == SHORT
    with pytest.raises(CapRefused) as caught:
        read(data("short.xml") + padding + b" ")
    assert caught.value.reason == "too_large"


def refused_for(old: bytes, new: bytes) -> tuple[str, object]:
    """The reason and the field for which a message is refused once ``old`` in it is ``new``."""
    assert old in data("short.xml")
    with pytest.raises(CapRefused) as caught:
        read(data("short.xml").replace(old, new))
    return caught.value.reason, caught.value.params.get("field")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (b"<identifier>weather-1</identifier>", b"", "identifier"),
        (b"2026-11-25T10:00:00+08:00", b"yesterday", "sent"),
        (b"Actual", b"Real", "status"),
        (b"<status>Actual</status>", b"<status>Actual</status><status>Test</status>", "status"),
        (b"<msgType>Alert</msgType>", b"<msgType/>", "msgType"),
        (b"weather-1", b"w" * 251, "identifier"),
        (b"met@city.example", b"m" * 251, "sender"),
    ],
)
def test_a_message_nobody_could_act_on_is_refused_by_field(old: bytes, new: bytes, field: str) -> None:
    assert refused_for(old, new) == ("field", field)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (b"", "not_xml"),
        (b"hello", "not_xml"),
        (b'{"alert": 1}', "not_xml"),
        (b"<alert>", "not_xml"),
        (b"<rss/>", "not_cap"),
        (b'<alert xmlns="urn:other"/>', "not_cap"),
        (b"<alert/>", "field"),
        (b"<!DOCTYPE alert><alert/>", "doctype"),
        (b"<a>" * 40 + b"</a>" * 40, "not_cap"),
        (b"<a>" * 41 + b"</a>" * 41, "too_complex"),
        (b"<a>" + b"<b/>" * 99_999 + b"</a>", "not_cap"),
        (b"<a>" + b"<b/>" * 100_000 + b"</a>", "too_complex"),
        (b"<alert>\xff</alert>", "unreadable_letters"),
        (b'<?xml version="1.0" encoding="x-made-up"?><alert/>', "unreadable_letters"),
        (b'<?xml version="1.0" encoding="utf-7"?><alert/>', "unreadable_letters"),
    ],
)
def test_what_is_no_message_is_refused_with_its_reason(given: bytes, reason: str) -> None:
    with pytest.raises(CapRefused) as caught:
        read(given)
    assert caught.value.reason == reason
    assert caught.value.status == 422


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ALL)
def test_every_note_has_its_sentence(name: str, language: str) -> None:
    noted: CapMessage = message(name)
    said = [say(note.rule, language, **dict(note.params)) for note in noted.warnings]
    assert all(sentence and "{" not in sentence for sentence in said)
