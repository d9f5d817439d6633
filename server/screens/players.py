"""Use cases around players: who a device token is, listing, revoking, and presence written in batches."""

from __future__ import annotations

from collections.abc import Iterable

from server import audit
from server.accounts.model import Identity
from server.db import PATIENCE_S, SOON_S, Transaction
from server.errors import NotFound, Unauthenticated
from server.events import PlayerPaired, PlayerRevoked, PresenceChanged
from server.ids import digest, new_id, new_secret
from server.parts import Parts
from server.screens import player_store, service
from server.screens.model import PLAYERS_PER_SCREEN, Credential, Player, Report, Screen

TOKEN = "pmp_"  # noqa: S105 - the prefix that tells a device token, not a token  # nosec B105
LONGEST_TOKEN = 200


def authenticate_player(parts: Parts, token: str) -> Identity | None:
    """The identity behind a device token, or None when it does not count (revoked, retired, unknown)."""
    return authenticate_players(parts, [token]).get(token)


def authenticate_players(parts: Parts, tokens: Iterable[str]) -> dict[str, Identity]:
    """The identities behind device tokens, read at once; tokens that do not count are left out."""
    hashes = {digest(token): token for token in tokens if _may_be_token(token)}
    if not hashes:
        return {}
    with parts.db.read() as tx:
        found = player_store.players_of_tokens(tx, hashes)
    return {
        hashes[token_hash]: Identity(org, "player", player, "player", screen=screen)
        for token_hash, org, player, screen in found
    }


def _may_be_token(text: str) -> bool:
    return text.startswith(TOKEN) and len(text) <= LONGEST_TOKEN and text.isascii()


def must_be_player(who: Identity) -> str:
    """Return the screen of a player's identity; raise Unauthenticated for anybody else."""
    if who.kind != "player" or not who.screen:
        raise Unauthenticated(detail="screens.no_token")
    return who.screen


def list_players(parts: Parts, who: Identity, screen: str) -> tuple[Player, ...]:
    """A screen's players with a live token."""
    with parts.db.read() as tx:
        service.visible(tx, who, screen)
        return player_store.players_of(tx, who.org, screen)


def revoke(parts: Parts, who: Identity, screen: str, player: str) -> None:
    """End a player's token; its sockets close. Raise NotFound for one that has none here."""
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        service.visible(tx, who, screen, "screens")
        if player not in {one.id for one in player_store.players_of(tx, who.org, screen)}:
            raise NotFound()
        _end(tx, who, at, screen, player)


def admit(tx: Transaction, who: Identity, at: int, screen: Screen) -> Credential:
    """Make a player for a screen and return its token; beyond ten the one silent for longest loses its own."""
    existing = player_store.players_of(tx, screen.org, screen.id)
    for one in existing[: max(0, len(existing) + 1 - PLAYERS_PER_SCREEN)]:
        _end(tx, who, at, screen.id, one.id)
    player, token = new_id("v"), new_secret(TOKEN)
    player_store.insert_player(tx, id=player, org=screen.org, screen=screen.id, token_hash=digest(token), paired=at)
    audit.record(tx, who, at, "player.pair", screen.id, after={"player": player})
    tx.announce(PlayerPaired(screen.org, screen.id, player))
    return Credential(token, screen, player)


def end_all(tx: Transaction, who: Identity, at: int, screen: Screen) -> None:
    """End every token of a screen."""
    for one in player_store.players_of(tx, screen.org, screen.id):
        _end(tx, who, at, screen.id, one.id)


def _end(tx: Transaction, who: Identity, at: int, screen: str, player: str) -> None:
    player_store.revoke(tx, who.org, player, at)
    audit.record(tx, who, at, "player.revoke", screen, before={"player": player})
    tx.announce(PlayerRevoked(who.org, screen, player))
    tx.announce(PresenceChanged(who.org, screen))


def forget(parts: Parts, before: int) -> int:
    """Remove players whose token ended before that instant (UTC ms); return how many. A kiosk may make one a day."""
    with parts.db.transaction() as tx:
        return player_store.forget_players(tx, before)


def report(parts: Parts, reports: Iterable[Report]) -> None:
    """Write what players told since the last time; announce the screens that look different now."""
    with parts.db.transaction(SOON_S) as tx:
        for org, screen in dict.fromkeys(player_store.write_reports(tx, reports)):
            tx.announce(PresenceChanged(org, screen))


def silence(parts: Parts, before: int, patience_s: float = PATIENCE_S) -> None:
    """Mark offline every player last heard before that instant, and announce its screen."""
    with parts.db.transaction(patience_s) as tx:
        for org, screen in player_store.silence(tx, before):
            tx.announce(PresenceChanged(org, screen))
