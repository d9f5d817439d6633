"""Sends what is due: each message by one node, each webhook at its vendor's pace, retried ever more slowly."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from server.outbox import formats, post, sentences, store, telling
from server.outbox.formats import Verdict
from server.outbox.model import MOST_A_MINUTE, WAITS_MS, Telling, Webhook
from server.parts import Parts

MINUTE_MS = 60_000
CLAIM_MS = 60_000  # longer than any try may take: a node that dies with a message gives it back by then
AT_ONCE = 4  # webhooks; one that hangs holds nobody else up
BATCH = 100


def run(parts: Parts) -> int:
    """Queue what is new and send what is due; return how many tries were made. Harmless at any time, on any node."""
    with parts.db.read() as tx:
        if not store.enabled(tx):
            return 0
    post.prepare()
    telling.queue(parts)
    return send(parts)


def send(parts: Parts) -> int:
    """Send what is due."""
    with parts.db.read() as tx:
        rows = store.due(tx, parts.clock.now(), BATCH)
        listening = {webhook.id: webhook for webhook in store.enabled(tx)} if rows else {}
    waiting: dict[str, list[Telling]] = {}
    for row in rows:
        waiting.setdefault(row.webhook, []).append(row)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tried = pool.map(lambda name: _send(parts, listening.get(name), waiting[name]), waiting)
        return sum(tried) if waiting else 0


def _send(parts: Parts, webhook: Webhook | None, rows: Iterable[Telling]) -> int:
    """One webhook's messages, one after the other."""
    tried = 0
    for row in rows:
        if webhook is None:
            _settle(parts, row, Verdict(False, "outbox.disabled", again=False))
        elif not _claim(parts, webhook, row):
            break
        else:
            tried += 1
            _settle(parts, row, attempt(parts, webhook, row))
    return tried


def attempt(parts: Parts, webhook: Webhook, row: Telling) -> Verdict:
    """Send one message."""
    text = sentences.text(row.body)
    message = formats.outgoing(webhook.format, webhook.secret, parts.clock.now(), text, {"id": row.id, **row.body})
    return post.post(webhook.format, webhook.address, message)


def _claim(parts: Parts, webhook: Webhook, row: Telling) -> bool:
    """Take a message, unless another node has it or the webhook has had enough for this minute."""
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        if store.busy(tx, webhook.id, at - MINUTE_MS, at, at + CLAIM_MS) >= MOST_A_MINUTE[webhook.format]:
            return False
        return store.claim(tx, row, at, at + CLAIM_MS)


def _settle(parts: Parts, row: Telling, found: Verdict) -> None:
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        if found.taken:
            store.settle(tx, row.id, done=at, said=found.said)
        elif not found.again or row.tries >= len(WAITS_MS):
            store.settle(tx, row.id, failed=at, said=found.said)
        else:
            store.settle(tx, row.id, due_at=at + WAITS_MS[row.tries], said=found.said)
