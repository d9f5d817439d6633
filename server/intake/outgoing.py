"""Our alerts as CAP messages for others: one message for each newest revision, referring to those before it."""

from __future__ import annotations

from urllib.parse import urlsplit

from playlists.alert import Phase, Response, Status
from server.accounts import site
from server.accounts.model import Identity
from server.alerts import filling, reach
from server.alerts import service as alerts
from server.alerts.filling import Surroundings
from server.alerts.model import Act, Revision, StoredAlert
from server.cap import model as cap
from server.cap.writer import write
from server.errors import NotFound
from server.intake import acting, mapping
from server.paging import PageQuery
from server.parts import Parts

STATUS = {
    Status.ACTUAL: cap.Status.ACTUAL,
    Status.EXERCISE: cap.Status.EXERCISE,
    Status.TEST: cap.Status.TEST,
}
ENDED = (Phase.CLEARED, Phase.CORRECTED)
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
IN_FEED = 50
SECOND_MS = 1000


def document(parts: Parts, who: Identity, alert: str) -> bytes:
    """The newest revision of an alert as a CAP file; raise NotFound, also while it waits for the second person."""
    found = alerts.get(parts, who, alert)
    if found.phase is Phase.WAITING:
        raise NotFound(detail="alerts.no_alert")
    return write(message(parts, who, found), offset_min=acting.offset_min(parts, who.org))


def listed(parts: Parts, who: Identity) -> tuple[StoredAlert, ...]:
    """The alerts and drills that others may hear of, the newest first."""
    page = alerts.list_alerts(parts, who, PageQuery(limit=IN_FEED))
    return tuple(one for one in page.items if one.phase is not Phase.WAITING)


def sender(parts: Parts, org: str) -> str:
    """Who we are to others."""
    host = urlsplit(parts.config.public_url).hostname or "paomadeng.invalid"
    return f"{org}@{host}"


def message(parts: Parts, who: Identity, alert: StoredAlert) -> cap.CapMessage:
    """The newest revision of an alert as a message."""
    earlier = [one for one in alerts.history(parts, who, alert.id) if _went_out(one) and one.revision < alert.revision]
    kind = cap.MsgType.CANCEL if alert.phase in ENDED else cap.MsgType.UPDATE
    us = sender(parts, who.org)
    return cap.CapMessage(
        identifier=identifier(alert.id, alert.revision), sender=us, sent=_second(alert.changed),
        status=STATUS[alert.status], msg_type=kind if earlier else cap.MsgType.ALERT,
        source=alert.sender if alert.source.startswith("cap:") else "",
        references=tuple(cap.Reference(us, identifier(alert.id, one.revision), _second(one.at)) for one in earlier),
        incidents=(alert.incident,) if alert.incident.replace('"', "").strip() else (),
        infos=(_info(parts, who, alert),),
    )  # fmt: skip


def said(alert: StoredAlert, locale: str) -> tuple[str, str, str]:
    """Headline, description and instruction for readers who stand before no screen of ours: nothing left to fill in."""
    headline, description, instruction = (
        filling.for_screen(text, Surroundings(), locale)
        for text in (alert.headline, alert.description, alert.instruction)
    )
    return headline, description, instruction


def identifier(alert: str, revision: int) -> str:
    """The name of one revision among the messages of the world."""
    return f"{alert}.{revision}"


def _went_out(revision: Revision) -> bool:
    """Whether a revision was ever said aloud: one that waited for the second person was not."""
    return revision.act is not Act.ISSUE or revision.body.get("phase") != Phase.WAITING


def _second(ms: int) -> int:
    return ms - ms % SECOND_MS


def _info(parts: Parts, who: Identity, alert: StoredAlert) -> cap.CapInfo:
    found = site.site(parts, who.org)
    with parts.db.read() as tx:
        place = reach.place_of(tx, who.org, alert.targets, found.locale)
    headline, description, instruction = said(alert, found.locale)
    response = Response.ALL_CLEAR if alert.phase in ENDED else alert.response
    return cap.CapInfo(
        event=mapping.presentable(headline).replace("\n", " ") or alert.category.value,
        categories=(alert.category,), urgency=alert.urgency, severity=alert.severity, certainty=alert.certainty,
        language=LANGUAGES.get(found.locale, cap.DEFAULT_LANGUAGE), response_types=(response,),
        effective=_second(alert.effective), expires=_second(alert.expires + SECOND_MS - 1), sender_name=found.name,
        headline=headline, description=description, instruction=instruction,
        areas=(cap.CapArea(place or found.name),),
    )  # fmt: skip
