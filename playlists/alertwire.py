"""An alert as JSON, as every part of the road speaks it: written losslessly, read back strictly."""

from __future__ import annotations

import re
from collections.abc import Iterable

from playlists.alert import Alert, Phase, Presentation, Severity, Status, Urgency
from playlists.strict import Reader
from playlists.violation import Rule

Json = dict[str, object]

_HEX = re.compile(r"[0-9a-f]*")
_GOES_OUT = (Phase.LIVE, Phase.CLEARED, Phase.CORRECTED)


def alert_object(alert: Alert) -> Json:
    """``{"id", "revision", "phase", …}``: the names of the fields of ``Alert``, every one of them, in their order."""
    return {
        "id": alert.id,
        "revision": alert.revision,
        "phase": alert.phase.value,
        "status": alert.status.value,
        "severity": alert.severity.value,
        "urgency": alert.urgency.value,
        "presentation": alert.presentation.value,
        "label": alert.label,
        "headline": alert.headline,
        "text": alert.text,
        "issued": alert.issued,
        "effective": alert.effective,
        "expires": alert.expires,
        "code": alert.code,
        "qr": list(alert.qr),
    }


def alert_objects(alerts: Iterable[Alert]) -> list[Json]:
    """A live set, in its order."""
    return [alert_object(alert) for alert in alerts]


def alert_from(value: object) -> Alert:
    """An alert; raises ``Malformed``, also for one that may not go out: a test, or one that waits for approval."""
    reader = Reader(value)
    alert = _alert(reader)
    reader.done()
    return alert


def alerts_from(value: object) -> tuple[Alert, ...]:
    """A live set; raises ``Malformed`` with paths such as ``alerts.1.severity``."""
    root = Reader({"alerts": value})
    alerts = tuple(_alert(inner) for inner in root.objects("alerts"))
    root.done()
    return alerts


def _alert(reader: Reader) -> Alert:
    alert = Alert(
        id=reader.text("id"),
        revision=reader.number("revision", low=1),
        phase=reader.word("phase", Phase, Rule.UNKNOWN_KIND),
        status=reader.word("status", Status, Rule.UNKNOWN_KIND),
        severity=reader.word("severity", Severity, Rule.UNKNOWN_KIND),
        urgency=reader.word("urgency", Urgency, Rule.UNKNOWN_KIND),
        presentation=reader.word("presentation", Presentation, Rule.UNKNOWN_KIND),
        label=reader.text("label"),
        headline=reader.text("headline"),
        text=reader.text("text"),
        issued=reader.number("issued", low=0),
        effective=reader.number("effective", low=0),
        expires=reader.number("expires", low=0),
        code=reader.text("code", ""),
        qr=_qr(reader),
    )
    if not reader.found:
        _refuse(reader, alert)
    reader.end()
    return alert


def _qr(reader: Reader) -> tuple[str, ...]:
    rows = reader.texts("qr") if reader.has("qr") else ()
    for number, row in enumerate(rows):
        if not _HEX.fullmatch(row):
            reader.wrong(f"qr.{number}", Rule.WRONG_TYPE, expected="text")
    return rows


def _refuse(reader: Reader, alert: Alert) -> None:
    if alert.phase not in _GOES_OUT:
        reader.wrong("phase", Rule.UNKNOWN_KIND, allowed=" ".join(_GOES_OUT))
    if alert.status is Status.TEST:
        reader.wrong("status", Rule.UNKNOWN_KIND, allowed=" ".join((Status.ACTUAL, Status.EXERCISE)))
    for name in ("id", "label"):
        if not getattr(alert, name):
            reader.wrong(name, Rule.EMPTY)
