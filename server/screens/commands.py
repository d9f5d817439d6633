"""Use cases around commands: order one of the fixed list, take its outcome, forget the old ones."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from media import jobs
from server import audit
from server.accounts.model import Identity
from server.errors import Invalid, NotFound, Violation
from server.events import CommandOrdered, PresenceChanged
from server.ids import new_id
from server.parts import Parts
from server.press import pressed
from server.screens import player_store, service
from server.screens.model import Command, CommandKind
from server.screens.players import must_be_player

PNG = b"\x89PNG\r\n\x1a\n"
LISTED = 50


def order(parts: Parts, who: Identity, screen: str, kind: CommandKind) -> Command:
    """Store a command for a screen's players and announce it; blank and unblank also change the screen itself."""
    at = parts.clock.now()
    made = Command(new_id("m"), screen, kind, who.name, at, None, None, None)
    with parts.db.transaction() as tx:
        found = service.visible(tx, who, screen, "screens")
        if kind in (CommandKind.BLANK, CommandKind.UNBLANK):
            service.set_blanked(tx, who, at, found, blanked=kind is CommandKind.BLANK)
        player_store.insert_command(tx, who.org, made)
        audit.record(tx, who, at, f"command.{kind.value}", screen, after={"command": made.id})
        tx.announce(CommandOrdered(who.org, screen, made.id, kind.value))
    return made


def list_commands(parts: Parts, who: Identity, screen: str) -> tuple[Command, ...]:
    """A screen's last commands, newest first."""
    with parts.db.read() as tx:
        service.visible(tx, who, screen)
        return player_store.commands_of(tx, who.org, screen, LISTED)


def get_command(parts: Parts, who: Identity, screen: str, command: str) -> Command:
    """One command of a screen; raise NotFound."""
    with parts.db.read() as tx:
        service.visible(tx, who, screen)
        found = player_store.command(tx, who.org, screen, command)
    if found is None:
        raise NotFound()
    return found


def done(parts: Parts, who: Identity, command: str, *, ok: bool, result: dict[str, Any]) -> None:
    """Take a player's outcome; of several players the first counts. Raise NotFound for another screen's command.

    A screenshot's picture goes to the blobs, its name into the row.
    """
    screen, at = must_be_player(who), parts.clock.now()
    with parts.db.read() as tx:
        found = player_store.command(tx, who.org, screen, command)
    if found is None:
        raise NotFound()
    if found.done is not None:
        return
    kept = _keep_picture(parts, result) if ok and found.kind is CommandKind.SCREENSHOT else _words(result)
    with parts.db.transaction() as tx:
        player_store.command_outcome(tx, command, at, ok, kept)
        tx.announce(PresenceChanged(who.org, screen))


def _keep_picture(parts: Parts, result: dict[str, Any]) -> dict[str, Any]:
    try:
        data = base64.b64decode(str(result.get("png", "")), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data.startswith(PNG):
        raise Invalid((Violation("result.png", "screens.no_picture"),))
    media = pressed(jobs.keep, data, "png", parts.blobs)
    sides = {name: result[name] for name in ("width", "height") if isinstance(result.get(name), int)}
    return {"media": media, **sides}


def _words(result: dict[str, Any]) -> dict[str, Any]:
    return {name[:40]: str(value)[:400] for name, value in list(result.items())[:10] if name != "png"}


def forget(parts: Parts, before: int) -> int:
    """Remove commands ordered before that instant (UTC ms); return how many."""
    with parts.db.transaction() as tx:
        return player_store.forget_commands(tx, before)


def kept_media(parts: Parts) -> frozenset[str]:
    """Names of the blobs that screenshots hold, so that no sweep removes them."""
    with parts.db.read() as tx:
        results = player_store.command_results(tx)
    return frozenset(result["media"] for result in results if isinstance(result, dict) and "media" in result)
