"""HTTP of webhooks and of the log of what they were told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from server.accounts.model import Identity
from server.api import Api
from server.bodies import Body
from server.outbox import addresses, service
from server.outbox.model import Format, Moment, State, Telling, Webhook, WebhookOrder
from server.paging import PageQuery, sliced
from server.parts import Parts

api = Api("outbox")

Name = Annotated[str, Field(min_length=1, max_length=80)]
Address = Annotated[str, Field(min_length=1, max_length=2_000)]
Secret = Annotated[str, Field(max_length=500)]
Moments = Annotated[list[Literal["issued", "unproven", "ended"]], Field(min_length=1, max_length=3)]


class NewWebhook(Body):
    """A webhook to be made; ``moments`` left out are all three."""

    name: Name
    format: Format
    address: Address
    secret: Secret = ""
    moments: Moments = Field(default=["issued", "unproven", "ended"])
    enabled: bool = True


class ChangedWebhook(Body):
    """What is to change; fields left out stay, ``secret`` "" takes it away."""

    name: Name | None = None
    format: Format | None = None
    address: Address | None = None
    secret: Secret | None = None
    moments: Moments | None = None
    enabled: bool | None = None


class WebhookAnswer(BaseModel):
    """A webhook; of its address only the host is told, of its secret only whether there is one."""

    id: str
    name: str
    format: Format
    address: str
    secret: bool
    moments: list[Moment]
    enabled: bool
    created: int


class WebhooksAnswer(BaseModel):
    """A page of webhooks."""

    items: list[WebhookAnswer]
    next: str | None = None


class TellingAnswer(BaseModel):
    """A message: ``due`` is when it is tried next, ``said`` what the other side answered; times UTC ms."""

    id: str
    webhook: str
    alert: str
    revision: int
    moment: Moment
    state: State
    created: int
    due: int
    tries: int
    done: int | None = None
    failed: int | None = None
    said: str


class OutboxAnswer(BaseModel):
    """A page of the log."""

    items: list[TellingAnswer]
    next: str | None = None


def webhook_answer(held: Webhook) -> WebhookAnswer:
    """A webhook as it may be listed."""
    return WebhookAnswer(
        id=held.id, name=held.name, format=held.format, address=addresses.told(held.address), secret=bool(held.secret),
        moments=list(held.moments), enabled=held.enabled, created=held.created,
    )  # fmt: skip


def telling_answer(row: Telling) -> TellingAnswer:
    """A message as JSON."""
    return TellingAnswer(
        id=row.id, webhook=row.webhook, alert=row.alert, revision=row.revision, moment=row.moment,
        state=row.state, created=row.created, due=row.due_at, tries=row.tries, done=row.done, failed=row.failed,
        said=row.said,
    )  # fmt: skip


def order(body: NewWebhook | ChangedWebhook) -> WebhookOrder:
    """A body as the order it is."""
    given = {name: getattr(body, name) for name in ("name", "format", "address", "secret", "enabled")}
    return WebhookOrder(**given, moments=None if body.moments is None else tuple(map(Moment, body.moments)))


@api.get("/api/v1/webhooks", "settings", query=PageQuery, answer=WebhooksAnswer, summary="Who is told of alerts")
def webhooks(parts: Parts, who: Identity, query: PageQuery) -> WebhooksAnswer:
    page = sliced(service.list_webhooks(parts, who), query, lambda held: held.id)
    return WebhooksAnswer(items=[webhook_answer(held) for held in page.items], next=page.next)


@api.post(
    "/api/v1/webhooks", "settings", body=NewWebhook, status=201, answer=WebhookAnswer, also=(409,),
    summary="Tell somebody of alerts; address and secret are never told again",
)  # fmt: skip
def add_webhook(parts: Parts, who: Identity, body: NewWebhook) -> WebhookAnswer:
    return webhook_answer(service.add(parts, who, order(body)))


@api.put(
    "/api/v1/webhooks/<webhook>", "settings", body=ChangedWebhook, answer=WebhookAnswer, also=(404,),
    summary="Change a webhook",
)  # fmt: skip
def change_webhook(parts: Parts, who: Identity, webhook: str, body: ChangedWebhook) -> WebhookAnswer:
    return webhook_answer(service.change(parts, who, webhook, order(body)))


@api.delete("/api/v1/webhooks/<webhook>", "settings", status=204, also=(404,), summary="Remove a webhook")
def remove_webhook(parts: Parts, who: Identity, webhook: str) -> None:
    service.remove(parts, who, webhook)


@api.post(
    "/api/v1/webhooks/<webhook>/test", "settings", status=202, answer=TellingAnswer, also=(404,),
    summary="Send a trial message; the log says what became of it",
)  # fmt: skip
def try_webhook(parts: Parts, who: Identity, webhook: str) -> TellingAnswer:
    return telling_answer(service.try_out(parts, who, webhook))


@api.get(
    "/api/v1/outbox",
    "settings",
    query=PageQuery,
    answer=OutboxAnswer,
    summary="What webhooks were told, the newest first",
)
def outbox(parts: Parts, who: Identity, query: PageQuery) -> OutboxAnswer:
    page = service.log(parts, who, query)
    return OutboxAnswer(items=[telling_answer(row) for row in page.items], next=page.next)
