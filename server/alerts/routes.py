"""HTTP of alerts."""

from __future__ import annotations

from server.accounts import freshness
from server.accounts.model import Identity
from server.alerts import bodies as b
from server.alerts import service, settings, sightings, wording
from server.alerts.model import SCOPE, Issued, StoredAlert
from server.api import Answer, Api, stale_with, tagged
from server.paging import PageQuery, cursor, place
from server.parts import Parts
from server.problems import violation_object
from server.words import say

api = Api("alerts")


@api.post(
    "/api/v1/alerts", SCOPE, body=b.NewAlert, answer=b.IssuedAnswer, status=201, also=(409, 429),
    summary="Say something on every target now",
)  # fmt: skip
def issue(parts: Parts, who: Identity, body: b.NewAlert) -> b.IssuedAnswer:
    freshness.must_be_fresh(parts, who)
    source = "desk" if who.kind == "person" else "api"
    if body.template:
        order = service.order_from(
            parts, who.org, body.template, status=body.status, targets=body.targets.value(), source=source,
            **body.given(),
        )  # fmt: skip
    else:
        order = body.order(source)
    return issued_answer(who, service.issue(parts, who, order))


@api.get("/api/v1/alerts", query=b.AlertQuery, answer=b.AlertList, summary="List alerts and drills, the newest first")
def list_alerts(parts: Parts, who: Identity, query: b.AlertQuery) -> b.AlertList:
    if query.live:
        return b.AlertList(items=answers(parts, who, service.running(parts, who)))
    page = service.list_alerts(parts, who, query, tests=query.tests)
    return b.AlertList(items=answers(parts, who, page.items), next=page.next)


@api.get("/api/v1/alerts/<alert>", answer=b.WholeAlertAnswer, also=(404,), summary="One alert with its history")
def get_alert(parts: Parts, who: Identity, alert: str) -> Answer:
    found = _whole(parts, who, alert)
    return tagged(found, str(found.revision))


def _whole(parts: Parts, who: Identity, alert: str) -> b.WholeAlertAnswer:
    (answer,) = answers(parts, who, (service.get(parts, who, alert),))
    kept = service.history(parts, who, alert)
    revisions = [b.RevisionAnswer(**{name: getattr(one, name) for name in one.__slots__}) for one in kept]
    return b.WholeAlertAnswer(**dict(answer), revisions=revisions)


@api.get(
    "/api/v1/alerts/<alert>/deliveries", query=b.DeliveryQuery, answer=b.DeliveryList, also=(404,),
    summary="Every screen of the newest revision and its proof",
)  # fmt: skip
def list_deliveries(parts: Parts, who: Identity, alert: str, query: b.DeliveryQuery) -> b.DeliveryList:
    found = service.deliveries_of(
        parts, who, alert, after=place(query.cursor) or (-1, ""), limit=query.limit + 1, unproven=query.only != ""
    )
    page = found[: query.limit]
    rest = cursor(page[-1][1], page[-1][0].screen) if len(found) > len(page) else None
    rows = [b.DeliveryAnswer(**{name: getattr(one, name) for name in one.__slots__}) for one, _ in page]
    return b.DeliveryList(items=rows, next=rest)


@api.get(
    "/api/v1/alerts/<alert>/sightings", query=PageQuery, answer=b.SightingList, also=(404,),
    summary="Who acknowledged it, and where",
)  # fmt: skip
def list_sightings(parts: Parts, who: Identity, alert: str, query: PageQuery) -> b.SightingList:
    after = place(query.cursor) or (-1, "")
    found = sightings.list_sightings(parts, who, alert, after, query.limit + 1)
    page = found[: query.limit]
    rest = cursor(page[-1].at, page[-1].id) if len(found) > len(page) else None
    rows = [b.SightingAnswer(**{name: getattr(one, name) for name in one.__slots__}) for one in page]
    return b.SightingList(items=rows, next=rest)


@api.post(
    "/api/v1/alerts/<alert>/update", SCOPE, body=b.AlertChange, answer=b.IssuedAnswer, may_match=True,
    also=(404, 409, 429), summary="Say it otherwise, to others or for longer; 412 carries it as `current`",
)  # fmt: skip
def update(parts: Parts, who: Identity, alert: str, body: b.AlertChange, held: str) -> b.IssuedAnswer:
    freshness.must_be_fresh(parts, who)
    with stale_with(lambda: _whole(parts, who, alert)):
        return issued_answer(who, service.update(parts, who, alert, body.order(), held))


@api.post(
    "/api/v1/alerts/<alert>/clear", SCOPE, body=b.ClearBody, answer=b.IssuedAnswer, also=(404, 409),
    summary="All clear: it is over",
)  # fmt: skip
def clear(parts: Parts, who: Identity, alert: str, body: b.ClearBody) -> b.IssuedAnswer:
    freshness.must_be_fresh(parts, who)
    return issued_answer(who, service.clear(parts, who, alert, body.note))


@api.post(
    "/api/v1/alerts/<alert>/correct", SCOPE, body=b.CorrectBody, answer=b.IssuedAnswer, also=(404, 409),
    summary="It was a false alarm",
)  # fmt: skip
def correct(parts: Parts, who: Identity, alert: str, body: b.CorrectBody) -> b.IssuedAnswer:
    freshness.must_be_fresh(parts, who)
    return issued_answer(who, service.correct(parts, who, alert, body.text))


@api.post(
    "/api/v1/alerts/<alert>/approve", SCOPE, answer=b.IssuedAnswer, also=(404, 409), summary="The second person agrees"
)
def approve(parts: Parts, who: Identity, alert: str) -> b.IssuedAnswer:
    freshness.must_be_fresh(parts, who)
    return issued_answer(who, service.approve(parts, who, alert))


@api.post(
    "/api/v1/alerts/<alert>/note", SCOPE, body=b.NoteBody, answer=b.AlertAnswer, also=(404,),
    summary="What it was about, asked for afterwards",
)  # fmt: skip
def note(parts: Parts, who: Identity, alert: str, body: b.NoteBody) -> b.AlertAnswer:
    (answer,) = answers(parts, who, (service.note(parts, who, alert, body.note),))
    return answer


@api.post(
    "/api/v1/alerts/<alert>/visited", SCOPE, body=b.VisitBody, status=204, also=(404,),
    summary="Somebody was sent to a screen",
)  # fmt: skip
def visited(parts: Parts, who: Identity, alert: str, body: b.VisitBody) -> Answer:
    service.visited(parts, who, alert, body.screen)
    return Answer(None)


# rendering --------------------------------------------------------------------------------------------------------


def issued_answer(who: Identity, issued: Issued) -> b.IssuedAnswer:
    """What somebody who issued is told, hints about its words included."""
    hints = [violation_object(found, who.locale) for found in issued.warnings]
    detail = None if issued.stored else say("alerts.unstored", who.locale)
    return b.IssuedAnswer(
        id=issued.alert_id, revision=issued.revision, seq=issued.seq, targets=issued.targets, phase=issued.phase,
        stored=issued.stored, detail=detail, warnings=[b.WarningAnswer(**hint) for hint in hints],
    )  # fmt: skip


def answers(parts: Parts, who: Identity, found: tuple[StoredAlert, ...]) -> list[b.AlertAnswer]:
    """Alerts as HTTP tells them, each with how far it is."""
    tallies = service.tallies(parts, who, found)
    with parts.db.read() as tx:
        locale = settings.read(tx, who.org).locale
    return [_answer(parts, one, tallies[one.id], locale) for one in found]


def _answer(parts: Parts, alert: StoredAlert, tally: dict[str, int], locale: str) -> b.AlertAnswer:
    apart = ("org", "everywhere", "screens", "groups", "organisations")
    values = {name: getattr(alert, name) for name in StoredAlert.__slots__ if name not in apart}
    label = wording.label(alert.phase, alert.status, alert.severity, locale)
    return b.AlertAnswer(
        **values, state=alert.state(parts.clock.now()), label=label, targets=b.TargetsAnswer.of(alert.targets),
        stored=not service.is_kept(parts, alert.id, alert.revision), deliveries=b.TallyAnswer(**tally),
    )  # fmt: skip
